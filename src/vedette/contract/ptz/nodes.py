"""PTZ service: capabilities, nodes and configurations."""

from vedette.contract.faults import (
    ConfigModify,
    ConfigurationConflict,
    NoConfig,
    NoEntity,
    OptionalActionNotSupported,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.ptz import PTZConfiguration, PTZConfigurationOptions
from vedette.contract.schema.ptz_tours import PTZNode
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TPTZ


@message(TPTZ)
class Capabilities:
    """What the PTZ service offers."""

    e_flip: bool | None = attribute("EFlip", default=None)
    reverse: bool | None = attribute("Reverse", default=None)
    get_compatible_configurations: bool | None = attribute("GetCompatibleConfigurations", default=None)
    move_status: bool | None = attribute("MoveStatus", default=None)
    status_position: bool | None = attribute("StatusPosition", default=None)
    move_and_track: tuple[str, ...] = attribute("MoveAndTrack", listed=True, default=())


@message(TPTZ)
class GetServiceCapabilities:
    """Asks what the service offers."""


@message(TPTZ)
class GetServiceCapabilitiesResponse:
    """Answers with what the service offers."""

    capabilities: Capabilities


@message(TPTZ)
class GetNodes:
    """Asks for the nodes."""


@message(TPTZ)
class GetNodesResponse:
    """Answers with the nodes."""

    ptz_nodes: tuple[PTZNode, ...] = element("PTZNode", default=())


@message(TPTZ)
class GetNode:
    """Asks for the node."""

    node_token: str


@message(TPTZ)
class GetNodeResponse:
    """Answers with the node."""

    ptz_node: PTZNode = element("PTZNode")


@message(TPTZ)
class GetConfiguration:
    """Asks for the configuration."""

    ptz_configuration_token: str = element("PTZConfigurationToken")


@message(TPTZ)
class GetConfigurationResponse:
    """Answers with the configuration."""

    ptz_configuration: PTZConfiguration = element("PTZConfiguration")


@message(TPTZ)
class GetConfigurations:
    """Asks for the configurations."""


@message(TPTZ)
class GetConfigurationsResponse:
    """Answers with the configurations."""

    ptz_configurations: tuple[PTZConfiguration, ...] = element("PTZConfiguration", default=())


@message(TPTZ)
class SetConfiguration:
    """Changes the configuration."""

    ptz_configuration: PTZConfiguration = element("PTZConfiguration")
    force_persistence: bool


@message(TPTZ)
class SetConfigurationResponse:
    """Tells that the configuration changed."""


@message(TPTZ)
class GetConfigurationOptions:
    """Asks what the configuration can be set to."""

    configuration_token: str


@message(TPTZ)
class GetConfigurationOptionsResponse:
    """Answers with what the configuration can be set to."""

    ptz_configuration_options: PTZConfigurationOptions = element("PTZConfigurationOptions")


@message(TPTZ)
class GetCompatibleConfigurations:
    """Asks for the configurations that fit a profile."""

    profile_token: str


@message(TPTZ)
class GetCompatibleConfigurationsResponse:
    """Answers with the configurations that fit."""

    ptz_configurations: tuple[PTZConfiguration, ...] = element("PTZConfiguration", default=())


class Nodes(Service):
    """Capabilities, nodes and configurations."""

    get_service_capabilities = Operation(
        GetServiceCapabilities,
        GetServiceCapabilitiesResponse,
        access=Access.PRE_AUTH,
        source="PTZ, GetServiceCapabilities (26.06 §5.10)",
        iec="IEC 62676-2-31 8.11",
    )

    get_nodes = Operation(
        GetNodes,
        GetNodesResponse,
        access=Access.READ_MEDIA,
        source="PTZ, GetNodes (26.06 §5.1.2)",
        iec="IEC 62676-2-31 8.2.2",
    )

    get_node = Operation(
        GetNode,
        GetNodeResponse,
        access=Access.READ_MEDIA,
        faults=(NoEntity,),
        source="PTZ, GetNode (26.06 §5.1.3)",
        iec="IEC 62676-2-31 8.2.3",
    )

    get_configuration = Operation(
        GetConfiguration,
        GetConfigurationResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="PTZ, GetConfiguration (26.06 §5.2.3)",
        iec="IEC 62676-2-31 8.3.3",
    )

    get_configurations = Operation(
        GetConfigurations,
        GetConfigurationsResponse,
        access=Access.READ_MEDIA,
        source="PTZ, GetConfigurations (26.06 §5.2.2)",
        iec="IEC 62676-2-31 8.3.2",
    )

    set_configuration = Operation(
        SetConfiguration,
        SetConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict),
        source="PTZ, SetConfiguration (26.06 §5.2.5)",
        iec="IEC 62676-2-31 8.3.5",
    )

    get_configuration_options = Operation(
        GetConfigurationOptions,
        GetConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="PTZ, GetConfigurationOptions (26.06 §5.2.4)",
        iec="IEC 62676-2-31 8.3.4",
    )

    get_compatible_configurations = Operation(
        GetCompatibleConfigurations,
        GetCompatibleConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(OptionalActionNotSupported,),
        source="PTZ, GetCompatibleConfigurations (26.06 §5.2.6)",
        iec="IEC 62676-2-31 8.3.6",
    )
