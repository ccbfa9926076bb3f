"""A certificate that the operator's tools renewed is shown without a restart."""

import asyncio
import datetime
import errno
import os
import ssl
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from vedette.device.certificates import TlsMaterial
from vedette.server import chosen_tls
from vedette.server.chosen_tls import ChosenTls
from vedette.server.config import TlsConfig


def renewed(folder: Path, serial: int) -> None:
    """Put a certificate and its key into a folder, each by a rename as tools do it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "recorder")])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    until = start + datetime.timedelta(days=36500)
    signed = built.serial_number(serial).not_valid_before(start).not_valid_after(until)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for file, content in (
        ("key.pem", private),
        ("cert.pem", signed.sign(key, hashes.SHA256()).public_bytes(pem)),
    ):
        (folder / "new").write_bytes(content)
        (folder / "new").replace(folder / file)


def refuse(**_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def shown_serial(context: ssl.SSLContext) -> int:
    """The serial number of the certificate that a client meets."""
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    async with server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname(), ssl=trusting)
        found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
    return x509.load_der_x509_certificate(found).serial_number


@pytest.fixture
def chosen(tmp_path: Path) -> ChosenTls:
    renewed(tmp_path, 1)
    config = TlsConfig(certificate=str(tmp_path / "cert.pem"), key=str(tmp_path / "key.pem"))
    certificates: Any = SimpleNamespace(material=lambda: None)
    store: Any = None
    return ChosenTls(config, certificates, store, tmp_path)


def test_a_renewed_certificate_is_shown(chosen: ChosenTls, tmp_path: Path) -> None:
    async def scene() -> None:
        listener: Any = SimpleNamespace(tls=chosen.first_context())
        first = listener.tls
        await chosen.look(listener)
        assert listener.tls is first
        renewed(tmp_path, 2)
        await chosen.look(listener)
        assert await shown_serial(listener.tls) == 2

    asyncio.run(scene())


def test_files_that_cannot_be_used_leave_the_certificate_before_and_are_told_of_once(
    chosen: ChosenTls, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        listener: Any = SimpleNamespace(tls=chosen.first_context())
        (tmp_path / "cert.pem").write_bytes(b"half a certi")
        for _ in range(3):
            await chosen.look(listener)
        assert await shown_serial(listener.tls) == 1
        (tmp_path / "cert.pem").unlink()
        await chosen.look(listener)
        assert await shown_serial(listener.tls) == 1
        renewed(tmp_path, 3)
        await chosen.look(listener)
        assert await shown_serial(listener.tls) == 3

    asyncio.run(scene())
    assert [each.levelname for each in caplog.records if "TLS" in each.message] == ["ERROR"] * 2


def test_a_link_that_leads_to_another_certificate_counts(chosen: ChosenTls, tmp_path: Path) -> None:
    async def scene() -> None:
        for serial in (5, 6):
            folder = tmp_path / str(serial)
            folder.mkdir()
            renewed(folder, serial)
        config = TlsConfig(
            certificate=str(tmp_path / "live" / "cert.pem"), key=str(tmp_path / "live" / "key.pem")
        )
        (tmp_path / "live").symlink_to("5")
        certificates: Any = SimpleNamespace(material=lambda: None)
        store: Any = None
        linked = ChosenTls(config, certificates, store, tmp_path)
        listener: Any = SimpleNamespace(tls=linked.first_context())
        (tmp_path / "next").symlink_to("6")
        os.replace(tmp_path / "next", tmp_path / "live")
        await linked.look(listener)
        assert await shown_serial(listener.tls) == 6

    asyncio.run(scene())


def test_what_clients_activated_stays_though_the_operators_files_change(tmp_path: Path) -> None:
    async def scene() -> None:
        renewed(tmp_path, 1)
        config = TlsConfig(certificate=str(tmp_path / "cert.pem"), key=str(tmp_path / "key.pem"))
        certificates: Any = SimpleNamespace(material=object)
        store: Any = None
        chosen = ChosenTls(config, certificates, store, tmp_path)
        listener: Any = SimpleNamespace(tls=None)
        renewed(tmp_path, 2)
        await chosen.look(listener)
        assert listener.tls is None

    asyncio.run(scene())


def test_where_a_full_disk_keeps_what_clients_activated_from_openssl_tls_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    renewed(tmp_path, 1)
    config = TlsConfig(certificate=str(tmp_path / "cert.pem"), key=str(tmp_path / "key.pem"))
    certificates: Any = SimpleNamespace(material=lambda: TlsMaterial(certificate=b"c", key=b"k"))
    watchers: list[Any] = []
    store: Any = SimpleNamespace(watch=watchers.append)
    chosen = ChosenTls(config, certificates, store, tmp_path)
    monkeypatch.setattr(chosen_tls, "TemporaryDirectory", refuse)
    listener: Any = SimpleNamespace(tls=chosen.first_context())
    before = listener.tls
    chosen.follow(listener)
    for watcher in watchers:
        watcher(SimpleNamespace(certificates=1), SimpleNamespace(certificates=2))
    assert listener.tls is before is not None
    assert [str(tmp_path) in each.getMessage() for each in caplog.records] == [True, True]
