"""The section of certificates: the device's own with sealed keys, and the authorities of its clients."""

import msgspec
from cryptography import x509


class StoredCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate (DER); `sealed_key` is its private key (PKCS 8, PEM), sealed under its identifier."""

    id: str
    certificate: bytes
    sealed_key: str
    is_active: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for what is no certificate."""
        _check(self.id, self.certificate)


class StoredAuthority(msgspec.Struct, frozen=True, kw_only=True):
    """The certificate (DER) of an authority that clients' certificates may come from."""

    id: str
    certificate: bytes

    def __post_init__(self) -> None:
        """Raise ValueError for what is no certificate."""
        _check(self.id, self.certificate)


class CertificateSettings(msgspec.Struct, frozen=True, kw_only=True):
    """At most one certificate is active; `wants_clients` makes TLS insist on clients' certificates."""

    own: tuple[StoredCertificate, ...] = ()
    authorities: tuple[StoredAuthority, ...] = ()
    wants_clients: bool = False


def _check(name: str, content: bytes) -> None:
    try:
        x509.load_der_x509_certificate(content)
    except (ValueError, x509.InvalidVersion) as error:
        raise ValueError(f"{name!r} is no certificate in DER") from error
