"""Which TLS certificates are trusted: what authorities vouch for, or one that is known by its fingerprint."""

import hashlib
import re
import ssl
from pathlib import Path
from typing import NamedTuple

from vedette.client.errors import Unreachable

_WANTS_CERTIFICATE = ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "TLSV1_ALERT_CERTIFICATE_REQUIRED")
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


def said_of_tls(error: ssl.SSLError) -> str:
    """In words, what is wrong with a connection inside TLS."""
    if error.reason in _WANTS_CERTIFICATE:
        return "it wants a certificate of ours, and there is none to show"
    return error.strerror or str(error)


def tls_context(*, verify: bool = True, ca_file: Path | None = None) -> ssl.SSLContext:
    """How certificates are checked: against the system's authorities or those in `ca_file`, or not at all.

    Raises Unreachable when `ca_file` has to vouch and cannot be used.
    """
    if not verify:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    where = "of this system" if ca_file is None else f"in {ca_file}"
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise Unreachable(f"the certificates {where} cannot be used: {error}") from error


def fingerprint_of(certificate: bytes) -> str:
    """SHA-256 of a certificate (DER) as people compare it: 32 pairs of upper case digits with colons."""
    return hashlib.sha256(certificate).digest().hex(":").upper()


def fingerprint_from(text: str) -> str | None:
    """What somebody wrote, with colons or without, as `fingerprint_of` has it; None if it is none."""
    digits = text.strip().upper()
    return bytes.fromhex(digits.replace(":", "")).hex(":").upper() if _FINGERPRINT.fullmatch(digits) else None
