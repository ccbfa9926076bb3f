"""Certificates that servers of tests sign for themselves."""

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from vedette.client.trust import fingerprint_of


class Identity:
    """A key and the certificate for an `address` that it signed, in one PEM file."""

    def __init__(self, path: Path, *, address: str = "127.0.0.1", until: int = 2120) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "camera")])
        times = (datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) for year in (2020, until))
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), 1, *times)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
            .sign(key, hashes.SHA256())
        )
        pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        private = key.private_bytes(pem, form, serialization.NoEncryption())
        path.write_bytes(private + certificate.public_bytes(pem))
        self.path = path
        self.fingerprint = fingerprint_of(certificate.public_bytes(serialization.Encoding.DER))

    def server(self, *, newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED) -> ssl.SSLContext:
        """What a server shows it with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        context.maximum_version = newest
        return context


@contextmanager
def wanting_a_certificate(
    identity: Identity, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> Iterator[int]:
    """The port of a server that refuses whoever shows none: in TLS 1.3 when the handshake is over.

    It needs a thread: the event loop's servers close before they have said why.
    """
    context = identity.server(newest=version)
    context.minimum_version = version
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(identity.path)

    def refuse() -> None:
        with suppress(OSError):
            while True:
                connected, _ = listening.accept()
                with connected, connected.dup() as heard, suppress(ConnectionError):
                    with suppress(ssl.SSLError):
                        context.wrap_socket(connected, server_side=True)
                    heard.shutdown(socket.SHUT_WR)
                    while heard.recv(4096):  # or closing would take back what was said
                        pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        refusing = threading.Thread(target=refuse)
        refusing.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            refusing.join()
