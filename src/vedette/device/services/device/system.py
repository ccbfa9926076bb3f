"""Device service: what the device is."""

from vedette.contract.device import Device
from vedette.contract.device.system import (
    GetDeviceInformation,
    GetDeviceInformationResponse,
)
from vedette.contract.operation import answers
from vedette.device.identity import DeviceIdentity


class SystemHandlers:
    """Tells what the device is."""

    def __init__(self, identity: DeviceIdentity) -> None:
        self._identity = identity

    @answers(Device.get_device_information)
    async def get_device_information(self, request: GetDeviceInformation) -> GetDeviceInformationResponse:
        """Maker, model, version and number."""
        return GetDeviceInformationResponse(
            manufacturer=self._identity.manufacturer,
            model=self._identity.model,
            firmware_version=self._identity.firmware_version,
            serial_number=self._identity.serial_number,
            hardware_id=self._identity.hardware_id,
        )
