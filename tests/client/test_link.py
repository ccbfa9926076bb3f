"""What is said of a camera that cannot be connected to."""

import asyncio
import random
import re
import socket
import ssl
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.certificates import Identity, wanting_a_certificate
from tests.link_local import link_local

from vedette.base.clock import ManualClock
from vedette.client.rtsp import link
from vedette.client.rtsp.dialogue import Dialogue
from vedette.client.rtsp.link import CertificateNotTrusted, open_link
from vedette.client.rtsp.reading import SharedReader
from vedette.client.rtsp.udp import open_pair
from vedette.client.trust import Trust
from vedette.media.sources.source import SourceLost
from vedette.protocols.rtsp.client import ClientConnection


def problem(url: str) -> str:
    async def attempt() -> str:
        with pytest.raises(SourceLost) as found:
            await open_link(url, SharedReader())
        return str(found.value)

    return asyncio.run(attempt())


@pytest.mark.parametrize("scheme", ["rtsp", "rtsps"])
def test_a_refused_connection_is_told_in_the_systems_words(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert problem(f"{scheme}://127.0.0.1:{port}/") == f"127.0.0.1:{port}: Connection refused"


def test_a_name_that_nobody_knows_is_told_in_the_systems_words() -> None:
    assert problem("rtsp://no-such-host.invalid/").startswith("no-such-host.invalid:554: ")
    assert "name" in problem("rtsp://no-such-host.invalid/").lower()


class Shown:
    """A server that shows a certificate, and what it was sent."""

    def __init__(self, identity: Identity, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> None:
        self.heard = b""
        self._context = identity.server(newest=newest)

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard += await reader.read()
        writer.close()

    def opened(self, trust: Trust) -> str:
        """Connect, trusting so; the problem, if there is one."""

        async def attempt() -> str:
            server = await asyncio.start_server(self._hear, "127.0.0.1", 0, ssl=self._context)
            url = f"rtsps://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            try:
                link = await open_link(url, SharedReader(), trust)
            except CertificateNotTrusted as problem:
                return str(problem).removeprefix(url[8:-1])
            else:
                link.close()
                return ""
            finally:
                server.close()

        return asyncio.run(attempt())


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    return Identity(tmp_path / "camera.pem")


def test_a_certificate_is_trusted_by_its_file_alone(identity: Identity) -> None:
    shown = Shown(identity)
    problem = shown.opened(Trust())
    assert re.match(
        r": its certificate is not trusted here \(self.signed certificate\); its SHA-256 ", problem
    )
    assert problem.endswith(f" fingerprint is {identity.fingerprint}")
    assert shown.opened(Trust(ca_file=identity.path)) == ""
    assert shown.opened(Trust(verify=False)) == ""


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("wrong", [{}, {"address": "192.0.2.1"}, {"until": 2021}])
def test_a_certificate_that_was_named_is_taken_whatever_else_it_says(
    tmp_path: Path, wrong: dict[str, Any], newest: ssl.TLSVersion
) -> None:
    identity = Identity(tmp_path / "camera.pem", **wrong)
    shown = Shown(identity, newest)
    assert shown.opened(Trust(fingerprint=identity.fingerprint)) == ""
    assert (shown.opened(Trust(ca_file=identity.path)) == "") is not bool(wrong)


@pytest.mark.parametrize("mark", ["%25", "%"])
def test_a_camera_on_the_same_link_is_reached_over_tcp_and_udp(mark: str) -> None:
    """As URLs write the zone, which is how discovery names it, it was taken for a name that nobody knows."""
    host, index = link_local()

    async def attempt(port: int) -> None:
        zone = socket.if_indextoname(index)
        opened = await open_link(f"rtsp://[{host}{mark}{zone}]:{port}/main", SharedReader())
        assert (opened.local, opened.remote, opened.index) == (host, host, index)
        open_pair(opened.local, opened.remote, random.Random(1), link=opened.index).close()
        opened.close()

    with socket.create_server((host, 0, 0, index), family=socket.AF_INET6) as camera:
        asyncio.run(attempt(camera.getsockname()[1]))


def test_another_certificate_than_the_one_named_is_refused_before_anything_is_sent(
    identity: Identity, tmp_path: Path
) -> None:
    other = Identity(tmp_path / "other.pem")
    shown = Shown(other)
    assert shown.opened(Trust(fingerprint=identity.fingerprint)) == (
        f": its certificate is not the one that was named; its SHA-256 fingerprint is {other.fingerprint}"
    )
    assert shown.heard == b""


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"RTSP/1.0 400 Bad Request\r\n\r\n", "no TLS is spoken there; try rtsp://"),
        (b"", "closed during the TLS handshake; is TLS 1.2 or newer spoken there?"),
    ],
)
def test_a_port_without_tls_is_told_as_one(said: bytes, told: str) -> None:
    async def attempt() -> str:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1000)
            writer.write(said)
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        with pytest.raises(SourceLost) as found:
            await open_link(f"rtsps://127.0.0.1:{server.sockets[0].getsockname()[1]}/", SharedReader())
        server.close()
        return str(found.value)

    assert asyncio.run(attempt()).endswith(f": {told}")


def test_a_camera_that_wants_a_certificate_of_ours_is_told_as_one(identity: Identity) -> None:
    """In TLS 1.3 it says so when the handshake is done for us: the camera "closed the connection"."""

    async def attempt(url: str) -> None:
        link = await open_link(url, SharedReader(), Trust(ca_file=identity.path))
        dialogue = Dialogue(ClientConnection(url, cnonce="x"), link, ManualClock())
        link.start(dialogue.receive)
        try:
            with pytest.raises(SourceLost, match="it wants a certificate of ours, and there is none to show"):
                await dialogue.watch(lambda: None)
        finally:
            await dialogue.hang_up()

    with wanting_a_certificate(identity) as port:
        asyncio.run(attempt(f"rtsps://127.0.0.1:{port}/"))


def test_a_camera_of_tls_1_2_that_wants_a_certificate_of_ours_is_told_as_one(identity: Identity) -> None:
    async def attempt(url: str) -> None:
        with pytest.raises(SourceLost, match="it wants a certificate of ours, and there is none to show"):
            await open_link(url, SharedReader(), Trust(ca_file=identity.path))

    with wanting_a_certificate(identity, ssl.TLSVersion.TLSv1_2) as port:
        asyncio.run(attempt(f"rtsps://127.0.0.1:{port}/"))


def test_reading_the_systems_authorities_holds_up_no_other_camera(
    identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_in: list[threading.Thread] = []
    real = ssl.create_default_context

    def made(*arguments: Any, **more: Any) -> ssl.SSLContext:
        made_in.append(threading.current_thread())
        return real(*arguments, **more)

    monkeypatch.setattr(ssl, "create_default_context", made)
    Shown(identity).opened(Trust())
    assert len(made_in) == 1, "to see which certificate it was takes none"
    assert threading.main_thread() not in made_in


def test_authorities_that_cannot_be_read_are_told(identity: Identity, tmp_path: Path) -> None:
    async def attempt() -> None:
        server = await asyncio.start_server(
            lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=identity.server()
        )
        url = f"rtsps://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(SourceLost, match=r"certificates in .*none\.pem cannot be used"):
            await open_link(url, SharedReader(), Trust(ca_file=tmp_path / "none.pem"))
        server.close()

    asyncio.run(attempt())


def test_an_address_without_a_host_is_refused() -> None:
    assert "no host" in problem("rtsp:///stream")


@pytest.mark.parametrize(
    "url",
    ["rtsp://cam:99999/", "rtsp://cam:port/", "rtsp://[::1/", "rtsp://cam..lan/", f"rtsp://{'a' * 64}/"],
)
def test_an_address_that_leads_nowhere_is_refused_in_words(url: str) -> None:
    assert "no host and port" in problem(url) or "is no name" in problem(url)


NO_FAMILY = 9999  # what a machine without IPv6 says to that, every machine says to this


@pytest.mark.parametrize("family", [socket.AF_INET6, NO_FAMILY])
def test_an_address_that_leads_nowhere_leaves_time_for_the_next(
    monkeypatch: pytest.MonkeyPatch, family: int
) -> None:
    async def attempt() -> str:
        loop = asyncio.get_running_loop()
        real = loop.sock_connect

        async def connect(connecting: socket.socket, address: Any) -> None:
            if connecting.family is socket.AF_INET6:
                await asyncio.sleep(60)
            await real(connecting, address)

        async def both(host: str, port: int) -> list[Any]:
            return [
                (family, socket.SOCK_STREAM, 6, "", ("2001:db8::1", port, 0, 0)),
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
            ]

        monkeypatch.setattr(link, "CONNECT_S", 0.4)
        monkeypatch.setattr(link, "look_up", both)
        monkeypatch.setattr(loop, "sock_connect", connect)
        with socket.create_server(("127.0.0.1", 0)) as camera:
            reader = SharedReader()
            opened = await open_link(f"rtsp://cam.lan:{camera.getsockname()[1]}/", reader)
            opened.close()
            reader.close()
            return opened.remote

    assert asyncio.run(attempt()) == "127.0.0.1"
