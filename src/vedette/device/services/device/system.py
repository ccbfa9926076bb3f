"""Device service: what the device is, and its clock."""

from vedette.contract.device import Device
from vedette.contract.device.system import (
    GetDeviceInformation,
    GetDeviceInformationResponse,
    GetSystemDateAndTime,
    GetSystemDateAndTimeResponse,
    SetSystemDateAndTime,
    SetSystemDateAndTimeResponse,
)
from vedette.contract.operation import answers
from vedette.device.identity import DeviceIdentity
from vedette.device.system import DeviceClock


class SystemHandlers:
    """Tells what the device is and what time it has."""

    def __init__(self, identity: DeviceIdentity, clock: DeviceClock) -> None:
        self._identity = identity
        self._clock = clock

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

    @answers(Device.get_system_date_and_time)
    async def get_system_date_and_time(self, request: GetSystemDateAndTime) -> GetSystemDateAndTimeResponse:
        """The time, in UTC and in the device's zone."""
        return GetSystemDateAndTimeResponse(system_date_and_time=self._clock.now())

    @answers(Device.set_system_date_and_time)
    async def set_system_date_and_time(self, request: SetSystemDateAndTime) -> SetSystemDateAndTimeResponse:
        """Choose the zone."""
        await self._clock.set(
            request.date_time_type,
            daylight_savings=request.daylight_savings,
            time_zone=None if request.time_zone is None else request.time_zone.tz,
            utc=request.utc_date_time,
        )
        return SetSystemDateAndTimeResponse()
