"""Certificates made, loaded and activated by clients, and the TLS that shows them."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from vedette.contract import faults
from vedette.contract.device import Device
from vedette.contract.envelope import read_response, request_envelope
from vedette.contract.operation import Operation
from vedette.contract.schema.network import NetworkProtocol, NetworkProtocolType
from vedette.contract.schema.security import Certificate, CertificateStatus, CertificateWithPrivateKey
from vedette.contract.schema.values import BinaryData
from vedette.server.lifecycle import welcome

SOAP = {"Content-Type": "application/soap+xml"}
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Authority")])


async def ask(site: Any, operation: Operation[Any, Any, Any], **fields: Any) -> Any:
    body = request_envelope(operation, operation.request(**fields), message_id="urn:uuid:1")
    answer = await site.client.post("/onvif/device_service", content=body, headers=SOAP)
    return read_response(operation, answer.content, tolerant=False)


def signed(subject: x509.Name, public_key: Any, key: ec.EllipticCurvePrivateKey) -> bytes:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        NAME, subject, public_key, 7, now - timedelta(days=1), now + timedelta(days=1)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def shown(port: int) -> bytes:
    return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port)))


async def activate(site: Any, name: str, *, status: bool = True) -> None:
    wanted = CertificateStatus(certificate_id=name, status=status)
    await ask(site, Device.set_certificates_status, certificate_statuses=(wanted,))


def test_a_certificate_that_is_activated_is_shown_at_once(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site:
            port = site.server.http_address.port
            made = await ask(site, Device.create_certificate, certificate_id="mine", subject="CN=gate")
            assert (await ask(site, Device.get_certificates)).nvt_certificates == (made.nvt_certificate,)
            with pytest.raises((ssl.SSLError, OSError)):
                await asyncio.to_thread(shown, port)
            await activate(site, "mine")
            told = (await ask(site, Device.get_certificates_status)).certificate_statuses
            assert told == (CertificateStatus(certificate_id="mine", status=True),)
            assert await asyncio.to_thread(shown, port) == made.nvt_certificate.certificate.data
            with pytest.raises(faults.OperationProhibited):
                await ask(site, Device.delete_certificates, certificate_ids=("mine",))
            await activate(site, "mine", status=False)
            await ask(site, Device.delete_certificates, certificate_ids=("mine",))
            assert (await ask(site, Device.get_certificates)).nvt_certificates == ()
            assert not list(site.server.folder.glob(".tls-*"))

    play(scene())


async def https(site: Any) -> tuple[NetworkProtocol, ...]:
    told = (await ask(site, Device.get_network_protocols)).network_protocols
    return tuple(each for each in told if each.name is NetworkProtocolType.HTTPS)


def test_https_is_there_as_soon_as_there_is_a_certificate(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site:
            port = site.server.http_address.port
            assert await https(site) == ()
            await ask(site, Device.create_certificate, certificate_id="mine", subject="CN=gate")
            await activate(site, "mine")
            on = NetworkProtocol(name=NetworkProtocolType.HTTPS, enabled=True, ports=(port,))
            assert await https(site) == (on,)
            assert f"  page    https://127.0.0.1:{port}/" in welcome(site.server, "")
            capabilities = (await ask(site, Device.get_service_capabilities)).capabilities
            assert capabilities.security.tls1_2
            off = NetworkProtocol(name=NetworkProtocolType.HTTPS, enabled=False, ports=(port,))
            await ask(site, Device.set_network_protocols, network_protocols=(off,))
            with pytest.raises((ssl.SSLError, OSError)):
                await asyncio.to_thread(shown, port)
            assert f"  page    http://127.0.0.1:{port}/" in welcome(site.server, "")
            await ask(site, Device.set_network_protocols, network_protocols=(on,))
            assert await asyncio.to_thread(shown, port)
            await activate(site, "mine", status=False)
            assert await https(site) == ()

    play(scene())


def test_an_authority_signs_what_the_device_asks_for(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site:
            await ask(site, Device.create_certificate, certificate_id="own")
            wanted = await ask(
                site, Device.get_pkcs10_request, certificate_id="own", subject="CN=gate,O=Site"
            )
            request = x509.load_der_x509_csr(wanted.pkcs10_request.data)
            assert request.is_signature_valid
            content = signed(request.subject, request.public_key(), ec.generate_private_key(ec.SECP256R1()))
            new = Certificate(certificate_id="signed", certificate=BinaryData(data=content))
            await ask(site, Device.load_certificates, nvt_certificates=(new,))
            told = await ask(site, Device.get_certificate_information, certificate_id="signed")
            found = told.certificate_information
            assert (found.issuer_dn, found.subject_dn) == ("CN=Authority", "CN=gate,O=Site")
            assert (found.key_length, found.version, found.serial_num) == (256, "3", "7")
            stranger = ec.generate_private_key(ec.SECP256R1())
            other = signed(NAME, stranger.public_key(), stranger)
            before = site.server.store.current
            with pytest.raises(faults.InvalidArgVal):
                await ask(
                    site,
                    Device.load_certificates,
                    nvt_certificates=(Certificate(certificate_id="x", certificate=BinaryData(data=other)),),
                )
            key = stranger.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            wrong = CertificateWithPrivateKey(
                certificate_id="y", certificate=BinaryData(data=content), private_key=BinaryData(data=key)
            )
            right = CertificateWithPrivateKey(
                certificate_id="z", certificate=BinaryData(data=other), private_key=BinaryData(data=key)
            )
            load = Device.load_certificate_with_private_key
            with pytest.raises(faults.InvalidArgVal):
                await ask(site, load, certificates_with_private_keys=(right, wrong))
            assert site.server.store.current == before
            await ask(site, load, certificates_with_private_keys=(right,))
            assert key not in site.server.store.path.read_bytes()
            await activate(site, "z")
            with pytest.raises(faults.OperationProhibited):
                await activate(site, "signed")

    play(scene())


def answered(port: int, chain: Path | None) -> str:
    """The first line that comes over TLS from a client with, or without, a certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if chain is not None:
        context.load_cert_chain(chain)
    with (
        socket.create_connection(("127.0.0.1", port), 5) as plain,
        context.wrap_socket(plain) as secure,
    ):
        secure.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        return secure.recv(100).split(b"\r\n")[0].decode()


def test_clients_are_asked_for_certificates_only_of_known_authorities(
    running: Any, play: Any, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with running() as site:
            mode = Device.set_client_certificate_mode
            with pytest.raises(faults.OperationProhibited):
                await ask(site, mode, enabled=True)
            key = ec.generate_private_key(ec.SECP256R1())
            content = signed(NAME, key.public_key(), key)
            new = Certificate(certificate_id="ca", certificate=BinaryData(data=content))
            await ask(site, Device.load_ca_certificates, ca_certificates=(new,))
            told = (await ask(site, Device.get_ca_certificates)).ca_certificates
            assert [each.certificate_id for each in told] == ["ca"]
            await ask(site, mode, enabled=True)
            assert (await ask(site, Device.get_client_certificate_mode)).enabled
            material = site.server.upkeep.certificates.material()
            assert material is None
            with pytest.raises(faults.OperationProhibited):
                await ask(site, Device.delete_certificates, certificate_ids=("ca",))
            await ask(site, Device.create_certificate, certificate_id="mine")
            await activate(site, "mine")
            chain = tmp_path / "client.pem"
            pem = x509.load_der_x509_certificate(content).public_bytes(serialization.Encoding.PEM)
            chain.write_bytes(
                pem
                + key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
            port = site.server.http_address.port
            assert (await asyncio.to_thread(answered, port, chain)).startswith("HTTP/1.1 ")
            with pytest.raises((ssl.SSLError, OSError)):
                await asyncio.to_thread(answered, port, None)

    play(scene())


def test_no_two_certificates_have_one_name(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site:
            made = await ask(site, Device.create_certificate, certificate_id="1")
            content = made.nvt_certificate.certificate
            for name, is_taken in (("1", True), ("2", False), ("2", False)):
                new = Certificate(certificate_id=name, certificate=content)
                if is_taken:
                    with pytest.raises(faults.InvalidArgVal, match="already"):
                        await ask(site, Device.load_ca_certificates, ca_certificates=(new,))
                else:
                    await ask(site, Device.load_ca_certificates, ca_certificates=(new,))
            with pytest.raises(faults.InvalidArgVal, match="already"):
                await ask(site, Device.create_certificate, certificate_id="2")
            await ask(site, Device.delete_certificates, certificate_ids=("2",))
            told = (await ask(site, Device.get_certificates)).nvt_certificates
            assert [each.certificate_id for each in told] == ["1"]

    play(scene())


OID_OF_KEYS, OID_OF_NOTHING = bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex("06072a8648ce3d027f")
VERSION_3, VERSION_67 = bytes.fromhex("a003020102"), bytes.fromhex("a003020142")


@pytest.mark.parametrize("change", [(OID_OF_KEYS, OID_OF_NOTHING), (VERSION_3, VERSION_67)])
def test_a_certificate_that_says_what_nobody_can_read_is_refused(
    running: Any, play: Any, change: tuple[bytes, bytes]
) -> None:
    async def scene() -> None:
        async with running() as site:
            key = ec.generate_private_key(ec.SECP256R1())
            content = signed(NAME, key.public_key(), key)
            assert change[0] in content
            odd = BinaryData(data=content.replace(*change))
            new = Certificate(certificate_id="odd", certificate=odd)
            with pytest.raises(faults.InvalidArgVal):
                await ask(site, Device.load_ca_certificates, ca_certificates=(new,))
            private = key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            both = CertificateWithPrivateKey(
                certificate_id="odd", certificate=odd, private_key=BinaryData(data=private)
            )
            with pytest.raises(faults.InvalidArgVal):
                await ask(
                    site, Device.load_certificate_with_private_key, certificates_with_private_keys=(both,)
                )

    play(scene())


def weak() -> CertificateWithPrivateKey:
    """A certificate with a key that is too short for OpenSSL."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(NAME, NAME, key.public_key(), 7, now, now + timedelta(days=1))
    content = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return CertificateWithPrivateKey(
        certificate_id="weak", certificate=BinaryData(data=content), private_key=BinaryData(data=private)
    )


def test_what_tls_cannot_use_is_kept_but_not_activated(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site:
            load = Device.load_certificate_with_private_key
            await ask(site, load, certificates_with_private_keys=(weak(),))
            await ask(site, Device.create_certificate, certificate_id="mine")
            await activate(site, "mine")
            before = site.server.store.current
            off = CertificateStatus(certificate_id="mine", status=False)
            on = CertificateStatus(certificate_id="weak", status=True)
            with pytest.raises(faults.OperationProhibited, match="TLS cannot use it"):
                await ask(site, Device.set_certificates_status, certificate_statuses=(off, on))
            assert site.server.store.current == before
            assert await asyncio.to_thread(shown, site.server.http_address.port)

    play(scene())


def test_a_device_starts_though_tls_cannot_use_its_certificate_any_more(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site:
            load = Device.load_certificate_with_private_key
            await ask(site, load, certificates_with_private_keys=(weak(),))
            store = site.server.store
            kept = store.current.certificates
            own = tuple(msgspec.structs.replace(each, is_active=True) for each in kept.own)
            active = msgspec.structs.replace(kept, own=own)
            await store.change(lambda document: msgspec.structs.replace(document, certificates=active))
        async with running() as site:
            assert await https(site) == ()
            await activate(site, "weak", status=False)
            await ask(site, Device.delete_certificates, certificate_ids=("weak",))

    play(scene())


@pytest.mark.parametrize(
    ("operation", "fields"),
    [
        (Device.create_certificate, {"subject": "CN="}),
        (Device.create_certificate, {"certificate_id": "x" * 65}),
        (Device.create_certificate, {"valid_not_before": datetime(1900, 1, 1, tzinfo=UTC)}),
        (Device.create_certificate, {"valid_not_before": datetime(9998, 1, 1, tzinfo=UTC)}),
        (Device.create_certificate, {"valid_not_after": datetime(1999, 1, 1, tzinfo=UTC)}),
        (Device.get_certificate_information, {"certificate_id": "none"}),
        (Device.get_pkcs10_request, {"certificate_id": "none"}),
        (Device.delete_certificates, {"certificate_ids": ("none",)}),
        (
            Device.load_ca_certificates,
            {"ca_certificates": (Certificate(certificate_id="a", certificate=BinaryData(data=b"none")),)},
        ),
    ],
)
def test_what_cannot_be_is_refused(running: Any, play: Any, operation: Any, fields: dict[str, Any]) -> None:
    async def scene() -> None:
        async with running() as site:
            before = site.server.store.current
            with pytest.raises(faults.InvalidArgVal):
                await ask(site, operation, **fields)
            assert site.server.store.current == before

    play(scene())
