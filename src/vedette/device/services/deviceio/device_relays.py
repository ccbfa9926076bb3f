"""Device service: relay outputs, the older words for the same relays."""

from vedette.contract.device import Device
from vedette.contract.device.relays import (
    GetRelayOutputs,
    GetRelayOutputsResponse,
    SetRelayOutputSettings,
    SetRelayOutputSettingsResponse,
    SetRelayOutputState,
    SetRelayOutputStateResponse,
)
from vedette.contract.operation import answers
from vedette.contract.schema.io import RelayLogicalState
from vedette.device.io_relays import Relays
from vedette.device.services.deviceio.relays import told, wanted


class DeviceRelayHandlers:
    """Lists, sets and switches relays."""

    def __init__(self, relays: Relays) -> None:
        self._relays = relays

    @answers(Device.get_relay_outputs)
    async def get_relay_outputs(self, request: GetRelayOutputs) -> GetRelayOutputsResponse:
        """Every relay and its settings."""
        return GetRelayOutputsResponse(relay_outputs=tuple(told(each) for each in self._relays))

    @answers(Device.set_relay_output_settings)
    async def set_relay_output_settings(
        self, request: SetRelayOutputSettings
    ) -> SetRelayOutputSettingsResponse:
        """Set how a relay behaves."""
        relay = self._relays.require(request.relay_output_token)
        await relay.set(wanted(relay.token, request.properties))
        return SetRelayOutputSettingsResponse()

    @answers(Device.set_relay_output_state)
    async def set_relay_output_state(self, request: SetRelayOutputState) -> SetRelayOutputStateResponse:
        """Make a relay active or inactive."""
        relay = self._relays.require(request.relay_output_token)
        await relay.switch(is_active=request.logical_state is RelayLogicalState.ACTIVE)
        return SetRelayOutputStateResponse()
