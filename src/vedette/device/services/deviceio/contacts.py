"""Device I/O service: capabilities, relays and digital inputs."""

from vedette.contract.device.relays import (
    GetRelayOutputs,
    GetRelayOutputsResponse,
    SetRelayOutputState,
    SetRelayOutputStateResponse,
)
from vedette.contract.deviceio import DeviceIO as Contract
from vedette.contract.deviceio import contacts as m
from vedette.contract.faults import InvalidArgVal
from vedette.contract.operation import answers
from vedette.contract.schema.io import DigitalIdleState, DigitalInput, RelayLogicalState, RelayMode
from vedette.device.io import DeviceIO
from vedette.device.io_inputs import Inputs
from vedette.device.io_relays import Relay, Relays
from vedette.device.media.configurations import Kind
from vedette.device.media.domain import MediaDomain
from vedette.device.services.deviceio.relays import told, wanted
from vedette.device.settings.io import DELAY_LEAST_US, DELAY_MOST_US, InputSettings


class CapabilityHandlers:
    """Counts what there is."""

    def __init__(self, io: DeviceIO, media: MediaDomain) -> None:
        self._io = io
        self._configurations = media.configurations

    @answers(Contract.get_service_capabilities)
    async def get_service_capabilities(
        self, request: m.GetServiceCapabilities
    ) -> m.GetServiceCapabilitiesResponse:
        """How many inputs and outputs of each kind there are now."""
        return m.GetServiceCapabilitiesResponse(
            capabilities=m.Capabilities(
                video_sources=len(self._configurations.of_kind(Kind.VIDEO_SOURCE)),
                video_outputs=0,
                audio_sources=len(self._configurations.of_kind(Kind.AUDIO_SOURCE)),
                audio_outputs=0,
                relay_outputs=len(self._io.relays),
                serial_ports=len(self._io.serial),
                digital_inputs=len(self._io.inputs),
                digital_input_options=len(self._io.inputs) > 0,
            )
        )


class RelayHandlers:
    """Lists, sets and switches relays."""

    def __init__(self, relays: Relays) -> None:
        self._relays = relays

    @answers(Contract.get_relay_outputs)
    async def get_relay_outputs(self, request: GetRelayOutputs) -> GetRelayOutputsResponse:
        """Every relay and its settings."""
        return GetRelayOutputsResponse(relay_outputs=tuple(told(each) for each in self._relays))

    @answers(Contract.get_relay_output_options)
    async def get_relay_output_options(
        self, request: m.GetRelayOutputOptions
    ) -> m.GetRelayOutputOptionsResponse:
        """What one relay or every relay can be set to."""
        token = request.relay_output_token
        chosen = tuple(self._relays) if token is None else (self._relays.require(token),)
        return m.GetRelayOutputOptionsResponse(relay_output_options=tuple(_options(each) for each in chosen))

    @answers(Contract.set_relay_output_settings)
    async def set_relay_output_settings(
        self, request: m.SetRelayOutputSettings
    ) -> m.SetRelayOutputSettingsResponse:
        """Set how a relay behaves."""
        relay = self._relays.require(request.relay_output.token)
        await relay.set(wanted(relay.token, request.relay_output.properties))
        return m.SetRelayOutputSettingsResponse()

    @answers(Contract.set_relay_output_state)
    async def set_relay_output_state(self, request: SetRelayOutputState) -> SetRelayOutputStateResponse:
        """Make a relay active or inactive."""
        relay = self._relays.require(request.relay_output_token)
        await relay.switch(is_active=request.logical_state is RelayLogicalState.ACTIVE)
        return SetRelayOutputStateResponse()


class InputHandlers:
    """Lists and sets digital inputs."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs

    @answers(Contract.get_digital_inputs)
    async def get_digital_inputs(self, request: m.GetDigitalInputs) -> m.GetDigitalInputsResponse:
        """Every digital input and its idle state."""
        return m.GetDigitalInputsResponse(
            digital_inputs=tuple(
                DigitalInput(
                    token=each.token,
                    idle_state=(
                        DigitalIdleState.CLOSED if each.settings.is_idle_closed else DigitalIdleState.OPEN
                    ),
                )
                for each in self._inputs
            )
        )

    @answers(Contract.get_digital_input_configuration_options)
    async def get_digital_input_configuration_options(
        self, request: m.GetDigitalInputConfigurationOptions
    ) -> m.GetDigitalInputConfigurationOptionsResponse:
        """Both idle states, for every input alike."""
        if request.token is not None:
            self._inputs.require(request.token)
        return m.GetDigitalInputConfigurationOptionsResponse(
            digital_input_options=m.DigitalInputConfigurationOptions(idle_states=tuple(DigitalIdleState))
        )

    @answers(Contract.set_digital_input_configurations)
    async def set_digital_input_configurations(
        self, request: m.SetDigitalInputConfigurations
    ) -> m.SetDigitalInputConfigurationsResponse:
        """Set idle states; an input whose request names none keeps its own."""
        if not request.digital_inputs:
            raise InvalidArgVal("DigitalInputs is missing")
        await self._inputs.set([self._wanted(each) for each in request.digital_inputs])
        return m.SetDigitalInputConfigurationsResponse()

    def _wanted(self, entity: DigitalInput) -> InputSettings:
        present = self._inputs.require(entity.token).settings
        if entity.idle_state is None:
            return present
        is_closed = entity.idle_state is DigitalIdleState.CLOSED
        return InputSettings(token=entity.token, is_idle_closed=is_closed)


def _options(relay: Relay) -> m.RelayOutputOptions:
    return m.RelayOutputOptions(
        token=relay.token,
        modes=tuple(RelayMode),
        delay_times=(DELAY_LEAST_US / 1_000_000, DELAY_MOST_US / 1_000_000),
        discrete=False,
    )
