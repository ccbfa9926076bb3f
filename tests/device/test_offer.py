"""What is offered follows from the handlers."""

import pytest

from vedette.base.errors import CallerError
from vedette.contract.device import Device
from vedette.contract.device.system import SystemReboot, SystemRebootResponse
from vedette.contract.deviceio import DeviceIO
from vedette.contract.deviceio.contacts import GetRelayOutputs, GetRelayOutputsResponse
from vedette.contract.operation import answers
from vedette.contract.replay import Capabilities as ReplayCapabilities
from vedette.contract.replay import GetServiceCapabilities, GetServiceCapabilitiesResponse, Replay
from vedette.device.offer import Offer


class Reboot:
    @answers(Device.system_reboot)
    async def reboot(self, request: SystemReboot) -> SystemRebootResponse:
        return SystemRebootResponse(message="soon")


class Replaying:
    @answers(Replay.get_service_capabilities)
    async def capabilities(self, request: GetServiceCapabilities) -> GetServiceCapabilitiesResponse:
        return GetServiceCapabilitiesResponse(capabilities=ReplayCapabilities())


class Relays:
    @answers(DeviceIO.get_relay_outputs)
    async def relays(self, request: GetRelayOutputs) -> GetRelayOutputsResponse:
        return GetRelayOutputsResponse()


def test_a_request_that_two_services_share_is_answered_by_the_one_that_is_there() -> None:
    found = Offer([Relays()]).find(Device.get_relay_outputs)

    assert found is not None
    assert found[0] is DeviceIO.get_relay_outputs


def test_services_are_those_with_handlers_the_device_service_first() -> None:
    offer = Offer([Replaying(), Reboot()])

    assert offer.services == (Device, Replay)
    assert offer.answered_operations() == {Device.system_reboot, Replay.get_service_capabilities}
    assert offer.has_service(Replay)
    assert not offer.answers(Device.get_hostname)
    assert offer.find(Device.get_hostname) is None


def test_nothing_is_offered_after_the_offer_is_sealed() -> None:
    offer = Offer([Replaying()])
    offer.seal()

    with pytest.raises(CallerError, match="too late"):
        offer.add(Reboot())
