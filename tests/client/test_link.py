"""What is said of a camera that cannot be connected to."""

import asyncio
import datetime
import socket
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from vedette.client.rtsp import link
from vedette.client.rtsp.link import CertificateNotTrusted, open_link
from vedette.client.rtsp.reading import SharedReader
from vedette.media.sources.source import SourceLost


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


def test_a_certificate_is_trusted_by_its_file_alone(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "camera")])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    signed = (
        x509.CertificateBuilder(
            name, name, key.public_key(), 1, start, start + datetime.timedelta(days=36500)
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    authority = tmp_path / "camera.pem"
    authority.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key.pem").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, tmp_path / "key.pem")

    async def attempt() -> None:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
        url = f"rtsps://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(CertificateNotTrusted, match=r"not trusted here \(self.signed certificate\)"):
            await open_link(url, SharedReader())
        (await open_link(url, SharedReader(), ca_file=authority)).close()
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
