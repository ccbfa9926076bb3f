"""The uplink service: messages and operations."""

from enum import StrEnum

from vedette.contract.faults import (
    Address,
    AmbiguousAuthentication,
    AuthorizationServerConfigurationToken,
    CertificateID,
    CertPathValidationPolicyID,
    MissingAuthentication,
    ProtocolNotSupported,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TUP


@message(TUP)
class Capabilities:
    """What the uplink service offers."""

    max_uplinks: int | None = attribute("MaxUplinks", default=None)
    protocols: tuple[str, ...] = attribute("Protocols", listed=True, default=())
    authorization_modes: tuple[str, ...] = attribute("AuthorizationModes", listed=True, default=())
    streaming_over_uplink: bool | None = attribute("StreamingOverUplink", default=None)


@message(TUP)
class Configuration:
    """A remote side that the device keeps a connection open to."""

    remote_address: str
    certificate_id: str | None = element("CertificateID", default=None)
    user_level: tuple[str, ...] = element(listed=True)
    status: str | None = None
    cert_path_validation_policy_id: str | None = element("CertPathValidationPolicyID", default=None)
    authorization_server: str | None = None
    error: str | None = None


class Protocols(StrEnum):
    """The protocols of an uplink."""

    HTTPS = "https"
    WSS = "wss"


class AuthorizationModes(StrEnum):
    """The ways in which an uplink is authorized."""

    M_TLS = "mTLS"
    ACCESS_TOKEN = "AccessToken"


class ConnectionStatus(StrEnum):
    """Whether an uplink is connected."""

    OFFLINE = "Offline"
    CONNECTING = "Connecting"
    CONNECTED = "Connected"


@message(TUP)
class GetServiceCapabilities:
    """Asks what the service offers."""


@message(TUP)
class GetServiceCapabilitiesResponse:
    """Answers with what the service offers."""

    capabilities: Capabilities


@message(TUP)
class GetUplinks:
    """Asks for the uplinks."""


@message(TUP)
class GetUplinksResponse:
    """Answers with the uplinks."""

    configurations: tuple[Configuration, ...] = element("Configuration", default=())


@message(TUP)
class SetUplink:
    """Changes the uplink."""

    configuration: Configuration


@message(TUP)
class SetUplinkResponse:
    """Tells that the uplink changed."""


@message(TUP)
class DeleteUplink:
    """Deletes the uplink."""

    remote_address: str


@message(TUP)
class DeleteUplinkResponse:
    """Tells that the uplink was deleted."""


class Uplink(Service):
    """The uplink service."""

    namespace = TUP

    get_service_capabilities = Operation(
        GetServiceCapabilities,
        GetServiceCapabilitiesResponse,
        access=Access.PRE_AUTH,
        source="Uplink, GetServiceCapabilities (26.06 §6.5)",
        iec="IEC 62676-2-33 8.2.5",
    )

    get_uplinks = Operation(
        GetUplinks,
        GetUplinksResponse,
        access=Access.READ_SYSTEM,
        source="Uplink, GetUplinks (26.06 §6.2)",
        iec="IEC 62676-2-33 8.2.2",
    )

    set_uplink = Operation(
        SetUplink,
        SetUplinkResponse,
        access=Access.WRITE_SYSTEM,
        faults=(
            CertificateID,
            CertPathValidationPolicyID,
            AuthorizationServerConfigurationToken,
            MissingAuthentication,
            AmbiguousAuthentication,
            ProtocolNotSupported,
        ),
        source="Uplink, SetUplink (26.06 §6.3)",
        iec="IEC 62676-2-33 8.2.3",
    )

    delete_uplink = Operation(
        DeleteUplink,
        DeleteUplinkResponse,
        access=Access.WRITE_SYSTEM,
        faults=(Address,),
        source="Uplink, DeleteUplink (26.06 §6.4)",
        iec="IEC 62676-2-33 8.2.4",
    )
