"""The transport over loopback sockets: what is carried, and how failures are told."""

import asyncio
import errno
import re
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2
import msgspec
import pytest
from tests.certificates import Identity, wanting_a_certificate

from vedette.base.errors import LimitExceeded
from vedette.client.auth import Reply, Request
from vedette.client.errors import ConnectionClosed, Unreachable
from vedette.client.transport import HttpTransport
from vedette.client.trust import tls_context

POST = Request(method="POST", url="", headers=(("X-Test", "yes"),), body=b"<a/>")

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def fetched(
    serve: Serve,
    *,
    is_repeatable: bool = False,
    times: int = 1,
    timeout_s: float = 5.0,
    connect_timeout_s: float = 5.0,
    request: Request = POST,
) -> list[Reply]:
    """What comes back from a server on a loopback socket, whose address the request gets."""

    serving: set[asyncio.Task[None] | None] = set()

    async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def scene() -> list[Reply]:
        server = await asyncio.start_server(closing, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a?b=c"
        transport = HttpTransport(connect_timeout_s=connect_timeout_s)
        try:
            addressed = msgspec.structs.replace(request, url=url)
            return [
                await transport.send(addressed, answer_timeout_s=timeout_s, is_repeatable=is_repeatable)
                for _ in range(times)
            ]
        finally:
            await transport.aclose()
            server.close()
            await asyncio.gather(*(task for task in serving if task is not None), return_exceptions=True)
            await asyncio.sleep(0)

    return asyncio.run(scene())


async def take_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    return head + await reader.readexactly(4)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        got = await take_request(reader)
        head = b"HTTP/1.1 401 No\r\nWWW-Authenticate: A\r\nWWW-Authenticate: B\r\n"
        writer.write(head + b"Content-Length: %d\r\n\r\n" % len(got) + got)


def test_names_and_realms_of_any_letters_go_both_ways() -> None:
    sent: list[bytes] = []

    async def foreign(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sent.append(await reader.readuntil(b"\r\n\r\n"))
        realms = b'WWW-Authenticate: Digest realm="f\xfcr"\r\nWWW-Authenticate: Digest realm="f\xc3\xbcr"\r\n'
        writer.write(b"HTTP/1.1 401 No\r\n" + realms + b"Content-Length: 0\r\n\r\n")

    request = Request(method="GET", url="", headers=(("Authorization", 'Digest username="m\u00fcller"'),))
    (reply,) = fetched(foreign, request=request)
    assert b'username="m\xc3\xbcller"' in sent[0]
    assert reply.all("www-authenticate") == ['Digest realm="f\udcfcr"', 'Digest realm="für"']


def test_request_and_reply_are_carried_whole() -> None:
    (reply,) = fetched(echo)
    assert reply.status == 401
    assert reply.all("www-authenticate") == ["A", "B"]
    assert reply.body.startswith(b"POST /a?b=c HTTP/1.1\r\n")
    assert b"x-test: yes" in reply.body.lower()
    assert reply.body.endswith(b"<a/>")


def closing_after_one(*, is_reset: bool = False) -> Serve:
    """A server that closes or resets kept connections without a word, in the middle of the next request."""
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await take_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        if connections == 1:
            await take_request(reader)
            if is_reset:
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    return serve


def test_a_repeatable_request_survives_a_connection_that_was_closed_meanwhile() -> None:
    assert [each.body for each in fetched(closing_after_one(), is_repeatable=True, times=2)] == [b"ok", b"ok"]


def test_what_changes_something_is_not_sent_twice() -> None:
    with pytest.raises(Unreachable, match="the connection broke"):
        fetched(closing_after_one(), is_repeatable=False, times=2)


def test_nobody_listening_is_unreachable_with_advice() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

        async def scene() -> None:
            transport = HttpTransport()
            try:
                request = Request(method="GET", url=f"http://127.0.0.1:{port}/")
                await transport.send(request, answer_timeout_s=1.0, is_repeatable=True)
            finally:
                await transport.aclose()

        with pytest.raises(Unreachable, match="is the port right"):
            asyncio.run(scene())


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ECONNREFUSED, r"Connection refused\); is the port right"),
        (errno.ENETUNREACH, r"Network is unreachable\); .* in a network that leads there"),
        (errno.EHOSTUNREACH, r"No route to host\); .* in a network that leads there"),
        (errno.EINVAL, "takes the name of its interface"),
    ],
)
def test_the_system_s_reason_is_told_with_advice(
    monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise OSError(number, "Connect call failed")

    async def scene() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", refused)
        transport = HttpTransport()
        try:
            request = Request(method="GET", url="http://192.0.2.7/")
            await transport.send(request, answer_timeout_s=1.0, is_repeatable=True)
        finally:
            await transport.aclose()

    with pytest.raises(Unreachable, match=told):
        asyncio.run(scene())


def test_silence_is_told_apart_from_a_closed_port() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    with pytest.raises(Unreachable, match="no answer came in time"):
        fetched(silent, timeout_s=0.05)


def test_a_reply_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vedette.client.transport.BODY_MOST_BYTES", 10_000)

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await take_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + bytes(20_000))
        await reader.read()

    with pytest.raises(LimitExceeded, match="more than 10000 bytes"):
        fetched(endless)


def test_the_zone_of_an_address_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, str]] = []

    async def note(_: object, request: httpx2.Request) -> httpx2.Response:
        sent.append((request.url.host, request.headers["host"]))
        return httpx2.Response(200, content=b"ok")

    monkeypatch.setattr(httpx2.AsyncHTTPTransport, "handle_async_request", note)

    async def scene() -> None:
        transport = HttpTransport()
        for url in ("http://[fe80::7%eth0]:81/a", "http://[fe80::7]:81/a"):
            await transport.send(Request(method="GET", url=url), answer_timeout_s=1.0, is_repeatable=True)
        await transport.aclose()

    asyncio.run(scene())
    assert sent == [("fe80::7%eth0", "[fe80::7]:81"), ("fe80::7", "[fe80::7]:81")]


def test_a_closed_transport_says_so() -> None:
    async def scene() -> None:
        transport = HttpTransport()
        await transport.aclose()
        await transport.send(
            Request(method="GET", url="http://127.0.0.1/"), answer_timeout_s=1.0, is_repeatable=True
        )

    with pytest.raises(ConnectionClosed):
        asyncio.run(scene())


def test_an_answer_that_dribbles_is_late_too() -> None:
    async def dribbling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await take_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
        for _ in range(100):
            writer.write(b" ")
            await asyncio.sleep(0.02)

    with pytest.raises(Unreachable, match="not whole in time"):
        fetched(dribbling, timeout_s=0.3, connect_timeout_s=0.2)


def test_a_long_answer_has_the_time_it_takes() -> None:
    async def steady(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await take_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n")
        for _ in range(20):
            writer.write(bytes(1000))
            await asyncio.sleep(0.03)

    (reply,) = fetched(steady, timeout_s=0.2, connect_timeout_s=0.1)
    assert len(reply.body) == 20_000


@pytest.mark.parametrize("is_repeatable", [True, False])
def test_a_connection_that_is_reset_is_as_good_as_closed(is_repeatable: bool) -> None:
    if is_repeatable:
        assert len(fetched(closing_after_one(is_reset=True), is_repeatable=True, times=2)) == 2
    else:
        with pytest.raises(Unreachable, match="the connection broke"):
            fetched(closing_after_one(is_reset=True), is_repeatable=False, times=2)


def test_garbage_is_no_http() -> None:
    async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await take_request(reader)
        writer.write(b"\x00\x01\x02 not http\r\n\r\n")

    with pytest.raises(Unreachable):
        fetched(garbage)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_device_that_wants_a_certificate_of_ours_is_told_as_one(
    tmp_path: Path, version: ssl.TLSVersion
) -> None:
    """TLS 1.3 says so after the handshake; the error got past everybody, as one of the system's.

    TLS 1.2 says that the handshake failed; it was told as no TLS at all.
    """
    identity = Identity(tmp_path / "device.pem")

    async def attempt(url: str) -> None:
        transport = HttpTransport(ca_file=identity.path)
        request = Request(method="GET", url=url, headers=(), body=b"")
        with pytest.raises(Unreachable, match="it wants a certificate of ours, and there is none to show"):
            await transport.send(request, answer_timeout_s=5.0, is_repeatable=True)
        with pytest.raises(Unreachable, match="it wants a certificate of ours"):
            await transport.download(request, lambda part, whole: None, answer_timeout_s=5.0)
        await transport.aclose()

    with wanting_a_certificate(identity, version) as port:
        asyncio.run(attempt(f"https://127.0.0.1:{port}/"))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"\x15\x03\x03\x00\x02\x02\x28", "no version or cipher of TLS in common"),  # handshake_failure
        (b"\x15\x03\x03\x00\x02\x02\x46", "no version or cipher of TLS in common"),  # protocol_version
        (b"", "closed during the TLS handshake; is TLS 1.2 or newer spoken there?"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no TLS there"),
    ],
)
def test_why_no_tls_came_about_is_told(answer: bytes, words: str) -> None:
    """One that hung up was an "Exec format error": the number is OpenSSL's, not the system's."""

    async def refusing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(answer)
        writer.close()

    async def attempt() -> None:
        server = await asyncio.start_server(refusing, "127.0.0.1", 0)
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        transport = HttpTransport(verify_tls=False)
        request = Request(method="GET", url=url, headers=(), body=b"")
        async with server:
            with pytest.raises(Unreachable, match=re.escape(words)):
                await transport.send(request, answer_timeout_s=5.0, is_repeatable=True)
        await transport.aclose()

    asyncio.run(attempt())


def test_cookies_of_a_device_are_not_kept() -> None:
    """One that is no ASCII could not be sent back: the next request failed as nobody expected."""

    async def baking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await take_request(reader)
        answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=\xff\r\nConnection: close\r\n\r\n"
        writer.write(answer + (b"cookie" if b"cookie:" in request.lower() else b"none"))
        writer.close()

    async def scene() -> list[bytes]:
        server = await asyncio.start_server(baking, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        request = Request(method="POST", url=url, headers=(), body=b"1234")
        transport = HttpTransport()
        async with server:
            sending = [
                await transport.send(request, answer_timeout_s=2.0, is_repeatable=False) for _ in range(2)
            ]
        await transport.aclose()
        return [each.body for each in sending]

    assert asyncio.run(scene()) == [b"none", b"none"]


def test_an_authority_file_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(Unreachable, match="cannot be used"):
        tls_context(ca_file=tmp_path / "ca.pem")


def test_the_systems_authorities_are_read_for_https_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(*, cafile: str | None = None) -> None:
        asked.append("authorities")
        raise OSError("unreadable")

    monkeypatch.setattr("ssl.create_default_context", refuse)
    assert fetched(echo)
    assert asked == []

    async def scene() -> None:
        transport = HttpTransport()
        request = Request(method="GET", url="https://127.0.0.1:9/", headers=(), body=b"")
        with pytest.raises(Unreachable):
            await transport.send(request, answer_timeout_s=1.0, is_repeatable=False)
        await transport.aclose()

    asyncio.run(scene())
    assert asked == ["authorities"]
