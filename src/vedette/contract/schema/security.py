"""Users, certificates and port access control as the device service knows them."""

from enum import StrEnum

from vedette.contract.schema.values import BinaryData, DateTimeRange
from vedette.wire.message import attribute, element, message, text
from vedette.wire.namespaces import TT


@message(TT)
class UserRole:
    """A role and the rights it gives."""

    name: str
    functions: tuple[str, ...] = element(listed=True)


@message(TT)
class RemoteUser:
    """The user that the device logs in as elsewhere."""

    username: str
    password: str | None = None
    use_derived_password: bool


class UserLevel(StrEnum):
    """The levels of users."""

    ADMINISTRATOR = "Administrator"
    OPERATOR = "Operator"
    USER = "User"
    ANONYMOUS = "Anonymous"
    EXTENDED = "Extended"


@message(TT)
class UserExtension:
    """The roles of a user."""

    roles: tuple[str, ...] = element(listed=True)


@message(TT)
class User:
    """A user with level and, when set, password."""

    username: str
    password: str | None = None
    user_level: UserLevel
    extension: UserExtension | None = None


@message(TT)
class Certificate:
    """A certificate under its identifier."""

    certificate_id: str = element("CertificateID")
    certificate: BinaryData


@message(TT)
class CertificateStatus:
    """Whether a certificate is in use."""

    certificate_id: str = element("CertificateID")
    status: bool


@message(TT)
class CertificateWithPrivateKey:
    """A certificate with its private key."""

    certificate_id: str | None = element("CertificateID", default=None)
    certificate: BinaryData
    private_key: BinaryData


@message(TT)
class CertificateUsage:
    """What a key may be used for."""

    critical: bool = attribute("Critical")
    value: str = text()


@message(TT)
class CertificateInformation:
    """What a certificate says."""

    certificate_id: str = element("CertificateID")
    issuer_dn: str | None = element("IssuerDN", default=None)
    subject_dn: str | None = element("SubjectDN", default=None)
    key_usage: CertificateUsage | None = None
    extended_key_usage: CertificateUsage | None = None
    key_length: int | None = None
    version: str | None = None
    serial_num: str | None = None
    signature_algorithm: str | None = None
    validity: DateTimeRange | None = None


@message(TT)
class TLSConfiguration:
    """The certificate that EAP-TLS uses."""

    certificate_id: str = element("CertificateID")


@message(TT)
class EAPMethodConfiguration:
    """What an EAP method needs."""

    tls_configuration: TLSConfiguration | None = element("TLSConfiguration", default=None)
    password: str | None = None


@message(TT)
class Dot1XConfiguration:
    """How the device identifies itself to an 802.1X network, in the device service."""

    dot1x_configuration_token: str = element("Dot1XConfigurationToken")
    identity: str
    anonymous_id: str | None = element("AnonymousID", default=None)
    eap_method: int = element("EAPMethod")
    ca_certificate_ids: tuple[str, ...] = element("CACertificateID", default=())
    eap_method_configuration: EAPMethodConfiguration | None = element("EAPMethodConfiguration", default=None)
