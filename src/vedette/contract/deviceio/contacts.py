"""Device input and output service: capabilities, relays and digital inputs."""

from vedette.contract.device.relays import (
    GetRelayOutputs,
    GetRelayOutputsResponse,
    SetRelayOutputState,
    SetRelayOutputStateResponse,
)
from vedette.contract.faults import ModeError, NoConfig, RelayToken, SettingsInvalid
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.io import DigitalIdleState, DigitalInput, RelayMode, RelayOutput
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TMD


@message(TMD)
class Capabilities:
    """How many inputs and outputs of each kind there are."""

    video_sources: int | None = attribute("VideoSources", default=None)
    video_outputs: int | None = attribute("VideoOutputs", default=None)
    audio_sources: int | None = attribute("AudioSources", default=None)
    audio_outputs: int | None = attribute("AudioOutputs", default=None)
    relay_outputs: int | None = attribute("RelayOutputs", default=None)
    serial_ports: int | None = attribute("SerialPorts", default=None)
    digital_inputs: int | None = attribute("DigitalInputs", default=None)
    digital_input_options: bool | None = attribute("DigitalInputOptions", default=None)


@message(TMD)
class RelayOutputOptions:
    """The modes and delays that a relay output can be set to."""

    token: str = attribute("token")
    modes: tuple[RelayMode, ...] = element("Mode")
    delay_times: tuple[float, ...] = element(listed=True, default=())
    discrete: bool | None = None


@message(TMD)
class DigitalInputConfigurationOptions:
    """The idle states that a digital input can be set to."""

    idle_states: tuple[DigitalIdleState, ...] = element("IdleState")


@message(TMD)
class GetServiceCapabilities:
    """Asks what the service offers."""


@message(TMD)
class GetServiceCapabilitiesResponse:
    """Answers with what the service offers."""

    capabilities: Capabilities


@message(TMD)
class GetRelayOutputOptions:
    """Asks what the relay output can be set to."""

    relay_output_token: str | None = None


@message(TMD)
class GetRelayOutputOptionsResponse:
    """Answers with what the relay output can be set to."""

    relay_output_options: tuple[RelayOutputOptions, ...] = ()


@message(TMD)
class SetRelayOutputSettings:
    """Changes the relay output settings."""

    relay_output: RelayOutput


@message(TMD)
class SetRelayOutputSettingsResponse:
    """Tells that the relay output settings changed."""


@message(TMD)
class GetDigitalInputs:
    """Asks for the digital inputs."""


@message(TMD)
class GetDigitalInputsResponse:
    """Answers with the digital inputs."""

    digital_inputs: tuple[DigitalInput, ...] = ()


@message(TMD)
class GetDigitalInputConfigurationOptions:
    """Asks what the digital input configuration can be set to."""

    token: str | None = None


@message(TMD)
class GetDigitalInputConfigurationOptionsResponse:
    """Answers with what the digital input configuration can be set to."""

    digital_input_options: DigitalInputConfigurationOptions


@message(TMD)
class SetDigitalInputConfigurations:
    """Changes the digital input configurations."""

    digital_inputs: tuple[DigitalInput, ...]


@message(TMD)
class SetDigitalInputConfigurationsResponse:
    """Tells that the digital input configurations changed."""


class Contacts(Service):
    """Capabilities, relays and digital inputs."""

    get_service_capabilities = Operation(
        GetServiceCapabilities,
        GetServiceCapabilitiesResponse,
        access=Access.PRE_AUTH,
        source="Device IO, GetServiceCapabilities (26.06 §5.9)",
        iec="IEC 60839-11-31; IEC 62676-2-31 9.5; 5.7",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetServiceCapabilities",
    )

    get_relay_output_options = Operation(
        GetRelayOutputOptions,
        GetRelayOutputOptionsResponse,
        access=Access.PRE_AUTH,
        source="Device IO, GetRelayOutputOptions (26.06 §5.6.2)",
        iec="IEC 60839-11-31 9.2.3",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetRelayOutputOptions",
    )

    get_relay_outputs = Operation(
        GetRelayOutputs,
        GetRelayOutputsResponse,
        access=Access.READ_MEDIA,
        source="Device IO, GetRelayOutputs (26.06 §5.6.1)",
        iec="IEC 60839-11-31 9.2.2",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetRelayOutputs",
    )

    set_relay_output_settings = Operation(
        SetRelayOutputSettings,
        SetRelayOutputSettingsResponse,
        access=Access.ACTUATE,
        faults=(RelayToken, ModeError),
        source="Device IO, SetRelayOutputSettings (26.06 §5.6.3)",
        iec="IEC 60839-11-31 9.2.4",
        action="http://www.onvif.org/ver10/deviceio/wsdl/SetRelayOutputSettings",
    )

    set_relay_output_state = Operation(
        SetRelayOutputState,
        SetRelayOutputStateResponse,
        access=Access.ACTUATE,
        faults=(RelayToken,),
        source="Device IO, SetRelayOutputState (26.06 §5.6.4)",
        iec="IEC 60839-11-31 9.2.5",
        action="http://www.onvif.org/ver10/deviceio/wsdl/SetRelayOutputState",
    )

    get_digital_inputs = Operation(
        GetDigitalInputs,
        GetDigitalInputsResponse,
        access=Access.READ_SYSTEM,
        source="Device IO, GetDigitalInputs (26.06 §5.7.1)",
        iec="IEC 60839-11-31 9.3.2",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetDigitalInputs",
    )

    get_digital_input_configuration_options = Operation(
        GetDigitalInputConfigurationOptions,
        GetDigitalInputConfigurationOptionsResponse,
        access=Access.READ_SYSTEM,
        faults=(NoConfig,),
        source="Device IO, GetDigitalInputConfigurationOptions (26.06 §5.7.2)",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetDigitalInputConfigurationOptions",
    )

    set_digital_input_configurations = Operation(
        SetDigitalInputConfigurations,
        SetDigitalInputConfigurationsResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, SettingsInvalid),
        source="Device IO, SetDigitalInputConfigurations (26.06 §5.7.3)",
        action="http://www.onvif.org/ver10/deviceio/wsdl/SetDigitalInputConfigurations",
    )
