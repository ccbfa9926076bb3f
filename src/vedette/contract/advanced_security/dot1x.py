"""Security configuration service: port based access control."""

from vedette.contract.faults import (
    CertificationPathID,
    CertPathValidationPolicyID,
    Dot1XConfigurationID,
    Dot1XMethod,
    Dot1XMethodCombination,
    InvalidNetworkInterface,
    MaximumNumberOfDot1XConfigurationsReached,
    PassphraseID,
    ReferenceExists,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TAS


@message(TAS)
class Dot1XStage:
    """One stage of 802.1X authentication; stages may nest."""

    method: str = attribute("Method")
    cert_path_validation_policy_id: str | None = attribute("CertPathValidationPolicyID", default=None)
    identity: str | None = None
    certification_path_id: str | None = element("CertificationPathID", default=None)
    passphrase_id: str | None = element("PassphraseID", default=None)
    inner: "Dot1XStage | None" = None


@message(TAS)
class Dot1XConfiguration:
    """How the device identifies itself to an 802.1X network."""

    dot1x_id: str | None = element("Dot1XID", default=None)
    alias: str | None = None
    outer: Dot1XStage


@message(TAS)
class AddDot1XConfiguration:
    """Adds the 802.1X configuration."""

    dot1x_configuration: Dot1XConfiguration = element("Dot1XConfiguration")


@message(TAS)
class AddDot1XConfigurationResponse:
    """Tells that the 802.1X configuration was added."""

    dot1x_id: str = element("Dot1XID")


@message(TAS)
class GetAllDot1XConfigurations:
    """Asks for all 802.1X configurations."""


@message(TAS)
class GetAllDot1XConfigurationsResponse:
    """Answers with all 802.1X configurations."""

    configurations: tuple[Dot1XConfiguration, ...] = element("Configuration", default=())


@message(TAS)
class GetDot1XConfiguration:
    """Asks for the 802.1X configuration."""

    dot1x_id: str = element("Dot1XID")


@message(TAS)
class GetDot1XConfigurationResponse:
    """Answers with the 802.1X configuration."""

    dot1x_configuration: Dot1XConfiguration = element("Dot1XConfiguration")


@message(TAS)
class DeleteDot1XConfiguration:
    """Deletes the 802.1X configuration."""

    dot1x_id: str = element("Dot1XID")


@message(TAS)
class DeleteDot1XConfigurationResponse:
    """Tells that the 802.1X configuration was deleted."""


@message(TAS)
class SetNetworkInterfaceDot1XConfiguration:
    """Changes the network interface 802.1X configuration."""

    token: str = element("token")
    dot1x_id: str = element("Dot1XID")


@message(TAS)
class SetNetworkInterfaceDot1XConfigurationResponse:
    """Tells that the network interface 802.1X configuration changed."""

    reboot_needed: bool


@message(TAS)
class GetNetworkInterfaceDot1XConfiguration:
    """Asks for the network interface 802.1X configuration."""

    token: str = element("token")


@message(TAS)
class GetNetworkInterfaceDot1XConfigurationResponse:
    """Answers with the network interface 802.1X configuration."""

    dot1x_id: str | None = element("Dot1XID", default=None)


@message(TAS)
class DeleteNetworkInterfaceDot1XConfiguration:
    """Deletes the network interface 802.1X configuration."""

    token: str = element("token")


@message(TAS)
class DeleteNetworkInterfaceDot1XConfigurationResponse:
    """Tells that the network interface 802.1X configuration was deleted."""

    reboot_needed: bool


class PortAccess(Service):
    """Port based access control."""

    add_dot1x_configuration = Operation(
        AddDot1XConfiguration,
        AddDot1XConfigurationResponse,
        access=Access.WRITE_SYSTEM,
        faults=(
            CertPathValidationPolicyID,
            MaximumNumberOfDot1XConfigurationsReached,
            PassphraseID,
            CertificationPathID,
            Dot1XMethod,
            Dot1XMethodCombination,
        ),
        source="Security, AddDot1XConfiguration (26.06 §5.4.1)",
    )

    get_all_dot1x_configurations = Operation(
        GetAllDot1XConfigurations,
        GetAllDot1XConfigurationsResponse,
        access=Access.READ_SYSTEM_SECRET,
        source="Security, GetAllDot1XConfigurations (26.06 §5.4.2)",
    )

    get_dot1x_configuration = Operation(
        GetDot1XConfiguration,
        GetDot1XConfigurationResponse,
        access=Access.READ_SYSTEM_SECRET,
        faults=(Dot1XConfigurationID,),
        source="Security, GetDot1XConfiguration (26.06 §5.4.3)",
    )

    delete_dot1x_configuration = Operation(
        DeleteDot1XConfiguration,
        DeleteDot1XConfigurationResponse,
        access=Access.UNRECOVERABLE,
        faults=(Dot1XConfigurationID, ReferenceExists),
        source="Security, DeleteDot1XConfiguration (26.06 §5.4.4)",
    )

    set_network_interface_dot1x_configuration = Operation(
        SetNetworkInterfaceDot1XConfiguration,
        SetNetworkInterfaceDot1XConfigurationResponse,
        access=Access.WRITE_SYSTEM,
        faults=(Dot1XConfigurationID, InvalidNetworkInterface),
        source="Security, SetNetworkInterfaceDot1XConfiguration (26.06 §5.4.5)",
    )

    get_network_interface_dot1x_configuration = Operation(
        GetNetworkInterfaceDot1XConfiguration,
        GetNetworkInterfaceDot1XConfigurationResponse,
        access=Access.READ_SYSTEM_SECRET,
        faults=(InvalidNetworkInterface,),
        source="Security, GetNetworkInterfaceDot1XConfiguration (26.06 §5.4.6)",
    )

    delete_network_interface_dot1x_configuration = Operation(
        DeleteNetworkInterfaceDot1XConfiguration,
        DeleteNetworkInterfaceDot1XConfigurationResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidNetworkInterface,),
        source="Security, DeleteNetworkInterfaceDot1XConfiguration (26.06 §5.4.7)",
    )
