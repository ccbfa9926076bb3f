"""The listener over loopback: who gets a connection, how many are held, how all of it ends."""

import asyncio
import datetime
import os
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from vedette.server.channel import Address, Channel, Taker
from vedette.server.http import HttpRequest, HttpResponse, plain_response
from vedette.server.listener import CannotListen, ListenerLimits, counted_as
from vedette.server.tls import UnusableCertificate, server_context

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Loud(Taker):
    """Says back what it hears, in capitals."""

    def __init__(self, channel: Channel, first: bytes) -> None:
        self._channel = channel
        channel.hand_to(self)
        self.receive(first)

    def receive(self, data: bytes) -> None:
        self._channel.write(data.upper())

    def input_ended(self) -> None:
        self._channel.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "camera")])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36500))
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "cert.pem", folder / "key.pem"


def trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@pytest.mark.parametrize(
    "line",
    [
        b"OPTIONS rtsp://cam/live RTSP/1.0\r\n",
        b"DESCRIBE rtsps://cam/live RTSP/1.0\n",
        b"OPTIONS * RTSP/1.0\r\n",
        b"GET_PARAMETER /x RTSP/2.0\r\n",
        b"\r\nSETUP RTSP://cam/live\r\n",
    ],
)
def test_rtsp_gets_its_connections_with_every_byte(serve: Any, line: bytes) -> None:
    async def scene() -> None:
        async with serve(rtsp=Loud) as site:
            client = await site.connect()
            for byte in line:
                client.writer.write(bytes((byte,)))
                await client.writer.drain()
                await asyncio.sleep(0)
            assert await client.reader.readexactly(len(line)) == line.upper()
            client.writer.write(b"more")
            client.writer.write_eof()
            assert await client.rest() == b"MORE"

    asyncio.run(scene())


def test_http_options_is_not_taken_for_rtsp(serve: Any) -> None:
    async def scene() -> None:
        async with serve(rtsp=Loud) as site:
            for line in (b"OPTIONS * HTTP/1.1", b"GET /?u=rtsp://x/ HTTP/1.1", b"GET /RTSP/1.0 HTTP/1.1"):
                client = await site.connect()
                assert (await client.ask(line + b"\r\nHost: a\r\n\r\n"))[0] == 200

    asyncio.run(scene())


def test_rtsp_is_refused_in_its_own_words_where_there_is_none(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            client = await site.connect()
            client.writer.write(b"OPTIONS * RTSP/1.0\r\n\r\n")
            client.writer.write_eof()
            assert (await client.rest()).startswith(b"RTSP/1.0 501 ")

    asyncio.run(scene())


def test_tls_is_spoken_on_the_same_port(serve: Any, certificate: tuple[Path, Path]) -> None:
    async def scene() -> None:
        async with serve(rtsp=Loud, tls=server_context(*certificate)) as site:
            plain = await site.connect()
            assert (await plain.ask(GET))[2].split()[2:3] == [b"http"]
            sealed = await site.connect(ssl=trusting())
            assert (await sealed.ask(GET))[2].split()[2:3] == [b"https"]
            body = bytes(range(256)) * 4000
            status, _, echoed = await sealed.ask(
                b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
            assert status == 200
            assert echoed.endswith(body)
            camera = await site.connect(ssl=trusting())
            camera.writer.write(b"DESCRIBE rtsps://cam RTSP/1.0\r\n")
            assert (await camera.reader.readline()) == b"DESCRIBE RTSPS://CAM RTSP/1.0\r\n"
            camera.writer.close()

    asyncio.run(scene())


def test_tls_is_refused_with_an_alert_where_there_is_none(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            with pytest.raises(ssl.SSLError, match=r"(?i)handshake.failure"):
                await site.connect(ssl=trusting())

    asyncio.run(scene())


def test_broken_tls_ends_the_connection(serve: Any, certificate: tuple[Path, Path]) -> None:
    async def scene() -> None:
        async with serve(tls=server_context(*certificate)) as site:
            client = await site.connect()
            client.writer.write(b"\x16\x03\x01\x00\x05hello\r\n\r\n")
            await client.rest()
            assert (await (await site.connect()).ask(GET))[0] == 200

    asyncio.run(scene())


def test_unusable_certificate_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableCertificate, match=r"nothing\.pem"):
        server_context(tmp_path / "nothing.pem", tmp_path / "key.pem")


def test_one_address_cannot_take_every_connection(serve: Any) -> None:
    async def scene() -> None:
        async with serve(listener_limits=ListenerLimits(per_address_most=2)) as site:
            first = await site.connect()
            await first.ask(GET)
            second = await site.connect()
            await second.ask(GET)
            third = await site.connect()
            assert (await third.response())[0] == 503
            assert site.listener.refused_total == 1
            first.writer.close()
            await site.until(lambda: site.listener.connections_now < 2)
            assert (await (await site.connect()).ask(GET))[0] == 200

    asyncio.run(scene())


@pytest.mark.parametrize("host", ["", "::"])
def test_every_address_is_of_both_families(serve: Any, host: str) -> None:
    async def scene() -> None:
        async with serve() as site:
            site.address = Address("127.0.0.1", site.listener.listen(host, 0).port)
            assert (await (await site.connect()).ask(GET))[0] == 200

    asyncio.run(scene())


def test_the_number_of_connections_is_bounded(serve: Any) -> None:
    async def scene() -> None:
        async with serve(listener_limits=ListenerLimits(connections_most=1)) as site:
            first = await site.connect()
            await first.ask(GET)
            assert (await (await site.connect()).response())[0] == 503
            assert (await first.ask(GET))[0] == 200

    asyncio.run(scene())


def test_connections_leave_files_to_others(serve: Any) -> None:
    async def scene() -> None:
        free = os.dup(0)
        os.close(free)
        async with serve(listener_limits=ListenerLimits(files_most=free + 40)) as site:
            held = [os.dup(0) for _ in range(60)]  # as viewers over UDP hold theirs
            try:
                assert (await (await site.connect()).response())[0] == 503
            finally:
                for each in held:
                    os.close(each)
            assert (await (await site.connect()).ask(GET))[0] == 200

    asyncio.run(scene())


def test_silent_connections_are_dropped(serve: Any) -> None:
    async def scene() -> None:
        async with serve(listener_limits=ListenerLimits(first_line_s=0.05)) as site:
            silent, dripping = await site.connect(), await site.connect()
            dripping.writer.write(b"GET / HT")
            assert await silent.rest() == b""
            assert await dripping.rest() == b""
            assert site.listener.connections_now == 0

    asyncio.run(scene())


def test_a_peer_that_reads_nothing_is_dropped(serve: Any) -> None:
    async def scene() -> None:
        async with serve(rtsp=Loud, listener_limits=ListenerLimits(stall_s=0.05)) as site:
            client = await site.connect(limit=1024)
            client.writer.write(b"OPTIONS * RTSP/1.0\r\n")

            async def talk() -> None:
                while True:
                    client.writer.write(bytes(100_000))
                    await client.writer.drain()
                    await asyncio.sleep(0)

            with pytest.raises(ConnectionError):
                await talk()

    asyncio.run(scene())


def test_a_flood_of_half_open_connections_leaves_room_and_is_gone_in_time(serve: Any) -> None:
    async def scene() -> None:
        limits = ListenerLimits(first_line_s=0.3, per_address_most=150)
        async with serve(listener_limits=limits) as site:
            honest = await site.connect()
            await honest.ask(GET)
            flood = [await site.connect() for _ in range(300)]
            for client in flood[:100]:
                client.writer.write(b"POST /slow HTTP/1.1")
            assert site.listener.connections_now <= 150
            assert (await honest.ask(GET))[0] == 200
            await site.until(lambda: site.listener.connections_now == 1)
            assert (await honest.ask(GET))[0] == 200

    asyncio.run(scene())


def test_closing_lets_answers_finish_and_idle_connections_go(serve: Any) -> None:
    async def scene() -> None:
        started, release = asyncio.Event(), asyncio.Event()

        async def handler(request: HttpRequest) -> HttpResponse:
            if request.path == "/slow":
                started.set()
                await release.wait()
            return plain_response(200, "done")

        async with serve(handler) as site:
            idle, busy = await site.connect(), await site.connect()
            await idle.ask(GET)
            busy.writer.write(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            await started.wait()
            closing = asyncio.create_task(site.listener.close(grace_s=5.0))
            assert await idle.rest() == b""
            release.set()
            status, headers, _ = await busy.response()
            assert (status, headers["connection"]) == (200, "close")
            busy.writer.close()
            await closing
            with pytest.raises(ConnectionRefusedError):
                await site.connect()

    asyncio.run(scene())


def test_closing_waits_for_nobody_beyond_the_grace_time(serve: Any) -> None:
    async def scene() -> None:
        started = asyncio.Event()
        cancelled = asyncio.Event()

        async def handler(request: HttpRequest) -> HttpResponse:
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()
            return plain_response(200, "never")

        async with serve(handler) as site:
            client = await site.connect()
            client.writer.write(GET)
            await started.wait()
            await site.listener.close(grace_s=0.05)
            assert cancelled.is_set()
            assert site.listener.connections_now == 0

    asyncio.run(scene())


def test_an_address_in_use_is_named(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            with pytest.raises(CannotListen, match=str(site.address.port)):
                site.listener.listen("127.0.0.1", site.address.port)

    asyncio.run(scene())


def test_every_address_means_both_families(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            everywhere = site.listener.listen("", 0)
            reader, writer = await asyncio.open_connection("127.0.0.1", everywhere.port)
            writer.write(GET)
            assert (await reader.readuntil(b"127.0.0.1 ")).endswith(b" http a 127.0.0.1 ")
            writer.close()

    asyncio.run(scene())


def test_a_detached_channel_gives_its_socket_away(serve: Any) -> None:
    async def scene() -> None:
        taken: list[Any] = []

        def rtsp(channel: Channel, first: bytes) -> None:
            taken.append(channel.detach())

        async with serve(rtsp=rtsp) as site:
            client = await site.connect()
            client.writer.write(b"OPTIONS * RTSP/1.0\r\n")
            await site.until(lambda: bool(taken) and site.listener.connections_now == 0)
            taken[0].send(b"raw")
            taken[0].close()
            assert await client.rest() == b"raw"

    asyncio.run(scene())


def test_an_ipv6_peer_is_counted_by_its_network() -> None:
    assert counted_as("2001:db8::1") == counted_as("2001:db8::2:1")
    assert counted_as("2001:db8:0:1::1") != counted_as("2001:db8::1")
    assert counted_as("fe80::1%eth0") == "fe80::/64"
    assert counted_as("192.0.2.1") == "192.0.2.1"
