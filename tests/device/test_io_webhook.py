"""A relay behind HTTPS is moved only if the other end is who it should be."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from vedette.device.hardware.errors import HardwareFailed
from vedette.device.io import webhook_relay
from vedette.device.io_plan import Webhook

LOCAL = "127.0.0.1"


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and the certificate that it signed for this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "relay")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 7, now - timedelta(1), now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOCAL))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("relay") / "relay.pem"
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private = key.private_bytes(pem, form, serialization.NoEncryption())
    path.write_bytes(private + certificate.public_bytes(pem))
    return path


def asked(identity: Path, **fields: object) -> list[str]:
    """What a relay behind TLS is asked when it is closed: request lines and logins."""
    heard: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        logins = [each for each in lines if each.lower().startswith("authorization: ")]
        heard.extend((lines[0], *logins))
        status = "204 No Content" if logins else '401 Unauthorized\r\nWWW-Authenticate: Basic realm="relay"'
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        writer.close()

    async def scene() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity)
        async with await asyncio.start_server(answer, LOCAL, 0, ssl=context) as server:
            port = server.sockets[0].getsockname()[1]
            urls = {f"{each}_url": f"https://{LOCAL}:{port}/{each}" for each in ("closed", "open")}
            relay = webhook_relay(Webhook(**urls, user="gate", password="secret", **fields))  # type: ignore[arg-type]
            try:
                await relay.put(is_closed=True)
            finally:
                await relay.close()

    asyncio.run(scene())
    return heard


def test_an_authority_of_its_own_vouches_and_the_password_goes_out_over_tls_alone(identity: Path) -> None:
    first, again, login = asked(identity, ca_file=str(identity))
    assert first == again == "GET /closed HTTP/1.1"
    assert login == "Authorization: Basic Z2F0ZTpzZWNyZXQ="


def test_a_stranger_is_not_asked_unless_that_was_allowed(identity: Path) -> None:
    with pytest.raises(HardwareFailed, match="certificate"):
        asked(identity)
    assert len(asked(identity, verify_tls=False)) == 3


def test_authorities_that_cannot_be_read_leave_the_relay_out(tmp_path: Path) -> None:
    there = "https://192.0.2.7/"
    with pytest.raises(HardwareFailed, match="nowhere"):
        webhook_relay(Webhook(closed_url=there, open_url=there, ca_file=str(tmp_path / "nowhere")))
