"""TLS for connections whose first bytes ask for it: a session without I/O, and the server's context."""

import ssl
from pathlib import Path

from vedette.base.errors import PeerError, VedetteError

RECORD_BYTES = 64 << 10
# A fatal handshake_failure alert. Source: RFC 8446 §6, record layer as in RFC 5246 §6.2.1.
NO_TLS_HERE = bytes((21, 3, 1, 0, 2, 2, 40))


class TlsFailed(PeerError):
    """The peer broke TLS, or no common version, cipher or certificate was found."""


class UnusableCertificate(VedetteError):
    """The certificate or key files of the configuration cannot be used; the message names them."""


def server_context(certificate: Path, key: Path, *, client_authorities: Path | None = None) -> ssl.SSLContext:
    """A server's TLS settings from PEM files: TLS 1.2 and later, HTTP/1.1 only.

    With `client_authorities`, clients may show a certificate signed by one of them. Raises
    UnusableCertificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key)
        if client_authorities is not None:
            context.load_verify_locations(client_authorities)
            context.verify_mode = ssl.CERT_OPTIONAL
    except (OSError, ssl.SSLError) as error:
        raise UnusableCertificate(f"cannot use {certificate} with {key}: {error}") from error
    return context


class TlsSession:
    """One connection's TLS, server side: sealed bytes in, plain bytes out, and back."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._session = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._is_shaken = False
        self._early: list[bytes] = []  # written before the handshake was over
        self.is_ended = False  # the peer has said that it sends no more

    @property
    def peer_certificate(self) -> bytes | None:
        """The certificate the peer has shown and we have verified, DER."""
        return self._session.getpeercert(binary_form=True) if self._is_shaken else None

    def receive(self, data: bytes) -> bytes:
        """Take sealed bytes and return what they say; raises TlsFailed. `outgoing` may have grown."""
        self._incoming.write(data)
        try:
            if not self._is_shaken and not self._shake():
                return b""
            return self._read()
        except ssl.SSLError as error:
            raise TlsFailed(f"TLS failed: {error.reason or error}") from error

    def send(self, data: bytes | memoryview) -> None:
        """Seal bytes for the peer; they come out of `outgoing`."""
        if not self._is_shaken:
            self._early.append(bytes(data))
        else:
            self._seal(data)

    def close(self) -> None:
        """Tell the peer that no more comes."""
        if self._is_shaken:
            try:
                self._session.unwrap()
            except ssl.SSLError:
                return  # its own goodbye has not come, which is of no concern

    def outgoing(self) -> bytes:
        """Take the sealed bytes to be sent."""
        return self._outgoing.read()

    def _shake(self) -> bool:
        try:
            self._session.do_handshake()
        except ssl.SSLWantReadError:
            return False
        self._is_shaken = True
        for data in self._early:
            self._seal(data)
        self._early.clear()
        return True

    def _seal(self, data: bytes | memoryview) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[self._session.write(rest) :]

    def _read(self) -> bytes:
        parts = []
        try:
            while part := self._session.read(RECORD_BYTES):
                parts.append(part)
            self.is_ended = True
        except ssl.SSLWantReadError:
            pass
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            self.is_ended = True
        return b"".join(parts)
