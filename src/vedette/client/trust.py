"""Which TLS certificates are trusted: what authorities vouch for, or one that is known by its fingerprint."""

import hashlib
import re
import ssl
from pathlib import Path
from typing import NamedTuple

from vedette.client.errors import Unreachable

_WANTS_CERTIFICATE = ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "TLSV1_ALERT_CERTIFICATE_REQUIRED")
# What servers of TLS 1.2 say to a client that has shown none, which has no word of its own there.
_REFUSALS = ("SSLV3_ALERT_HANDSHAKE_FAILURE", "SSLV3_ALERT_BAD_CERTIFICATE")
_NOTHING_IN_COMMON = ("SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL")
CLOSED = "closed during the TLS handshake; is TLS 1.2 or newer spoken there?"
_FINGERPRINT = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){31}|[0-9A-F]{64}")


class Trust(NamedTuple):
    """How the certificate of a device is judged.

    With a `fingerprint` (see `fingerprint_of`) it has to be the very certificate that has it; name, term
    and issuer do not matter. Else the authorities in `ca_file` (PEM), or the system's, have to vouch for
    it; without `verify` nobody has to.
    """

    verify: bool = True
    ca_file: Path | None = None
    fingerprint: str = ""

    def context(self) -> ssl.SSLContext:
        """For a connection whose certificate `admits` judges as well; raises Unreachable as `tls_context`.

        May block for some tenths of a second, to read the system's authorities.
        """
        return tls_context(verify=self.verify and not self.fingerprint, ca_file=self.ca_file)

    def admits(self, certificate: bytes) -> bool:
        """Whether a certificate (DER) is the one wanted, where the context has let it pass."""
        return not self.fingerprint or fingerprint_of(certificate) == self.fingerprint


SYSTEM_TRUST = Trust()


class CertificateWanted(ssl.SSLError):
    """A server of TLS 1.2 broke off because it was shown no certificate: in TLS 1.3's word for that."""

    library = "SSL"
    reason = _WANTS_CERTIFICATE[0]


class _Handshake(ssl.SSLObject):
    """Tells a refusal for want of a certificate from one for want of a common cipher.

    Both are the same alert in TLS 1.2, but a cipher has been agreed upon before a certificate is looked at.
    """

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except ssl.SSLError as error:
            if error.reason in _REFUSALS and self.cipher() is not None:
                raise CertificateWanted(*error.args) from error
            raise


def said_of_tls(error: ssl.SSLError) -> str:
    """In words, what is wrong with a connection inside TLS."""
    if error.reason in _WANTS_CERTIFICATE:
        return "it wants a certificate of ours, and there is none to show"
    if error.reason in _NOTHING_IN_COMMON:
        return f"no version or cipher of TLS in common; is TLS 1.2 or newer spoken there? ({error.reason})"
    return error.strerror or str(error)


def said_of_handshake(error: ssl.SSLError) -> str:
    """In words, why no connection inside TLS came about."""
    if isinstance(error, ssl.SSLEOFError):
        return CLOSED
    return said_of_tls(error)


def is_spoken(error: ssl.SSLError) -> bool:
    """Whether a handshake that failed may have been one all the same: anything but an answer in the clear."""
    reason = error.reason or ""
    return isinstance(error, ssl.SSLEOFError) or "_ALERT_" in reason or reason in _NOTHING_IN_COMMON


def tls_context(*, verify: bool = True, ca_file: Path | None = None) -> ssl.SSLContext:
    """How certificates are checked: against the system's authorities or those in `ca_file`, or not at all.

    Raises Unreachable when `ca_file` has to vouch and cannot be used.
    """
    if not verify:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        where = "of this system" if ca_file is None else f"in {ca_file}"
        try:
            context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
        except (OSError, ssl.SSLError) as error:
            raise Unreachable(f"the certificates {where} cannot be used: {error}") from error
    return telling(context)


def telling(context: ssl.SSLContext) -> ssl.SSLContext:
    """The context, from now on raising CertificateWanted where that is why a handshake fails."""
    context.sslobject_class = _Handshake
    return context


def fingerprint_of(certificate: bytes) -> str:
    """SHA-256 of a certificate (DER) as people compare it: 32 pairs of upper case digits with colons."""
    return hashlib.sha256(certificate).digest().hex(":").upper()


def fingerprint_from(text: str) -> str | None:
    """What somebody wrote, with colons or without, as `fingerprint_of` has it; None if it is none."""
    digits = text.strip().upper()
    return bytes.fromhex(digits.replace(":", "")).hex(":").upper() if _FINGERPRINT.fullmatch(digits) else None
