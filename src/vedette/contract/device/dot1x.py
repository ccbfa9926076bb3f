"""Device management service: port based access control."""

from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.security import Dot1XConfiguration
from vedette.wire.message import element, message
from vedette.wire.namespaces import TDS


@message(TDS)
class CreateDot1XConfiguration:
    """Makes a new 802.1X configuration."""

    dot1x_configuration: Dot1XConfiguration = element("Dot1XConfiguration")


@message(TDS)
class CreateDot1XConfigurationResponse:
    """Tells that the 802.1X configuration was made."""


@message(TDS)
class SetDot1XConfiguration:
    """Changes the 802.1X configuration."""

    dot1x_configuration: Dot1XConfiguration = element("Dot1XConfiguration")


@message(TDS)
class SetDot1XConfigurationResponse:
    """Tells that the 802.1X configuration changed."""


@message(TDS)
class GetDot1XConfiguration:
    """Asks for the 802.1X configuration."""

    dot1x_configuration_token: str = element("Dot1XConfigurationToken")


@message(TDS)
class GetDot1XConfigurationResponse:
    """Answers with the 802.1X configuration."""

    dot1x_configuration: Dot1XConfiguration = element("Dot1XConfiguration")


@message(TDS)
class GetDot1XConfigurations:
    """Asks for the 802.1X configurations."""


@message(TDS)
class GetDot1XConfigurationsResponse:
    """Answers with the 802.1X configurations."""

    dot1x_configurations: tuple[Dot1XConfiguration, ...] = element("Dot1XConfiguration", default=())


@message(TDS)
class DeleteDot1XConfiguration:
    """Deletes the 802.1X configuration."""

    dot1x_configuration_tokens: tuple[str, ...] = element("Dot1XConfigurationToken", default=())


@message(TDS)
class DeleteDot1XConfigurationResponse:
    """Tells that the 802.1X configuration was deleted."""


class PortAccess(Service):
    """Port based access control."""

    create_dot1x_configuration = Operation(
        CreateDot1XConfiguration,
        CreateDot1XConfigurationResponse,
        access=Access.WRITE_SYSTEM,
        source="Core, CreateDot1XConfiguration (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.8",
        deprecated=True,
    )

    set_dot1x_configuration = Operation(
        SetDot1XConfiguration,
        SetDot1XConfigurationResponse,
        access=Access.WRITE_SYSTEM,
        source="Core, SetDot1XConfiguration (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.8",
        deprecated=True,
    )

    get_dot1x_configuration = Operation(
        GetDot1XConfiguration,
        GetDot1XConfigurationResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetDot1XConfiguration (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.8",
        deprecated=True,
    )

    get_dot1x_configurations = Operation(
        GetDot1XConfigurations,
        GetDot1XConfigurationsResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetDot1XConfigurations (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.8",
        deprecated=True,
    )

    delete_dot1x_configuration = Operation(
        DeleteDot1XConfiguration,
        DeleteDot1XConfigurationResponse,
        access=Access.UNRECOVERABLE,
        source="Core, DeleteDot1XConfiguration (26.06 Annex D.2)",
        iec="IEC 60839-11-31 8.5.8",
        deprecated=True,
    )
