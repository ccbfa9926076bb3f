"""Device service: the clock."""

from vedette.contract.device import Device
from vedette.contract.device.system import (
    GetSystemDateAndTime,
    GetSystemDateAndTimeResponse,
    SetSystemDateAndTime,
    SetSystemDateAndTimeResponse,
)
from vedette.contract.operation import answers
from vedette.device.network_time import DeviceClock


class ClockHandlers:
    """Tells and sets the time."""

    def __init__(self, clock: DeviceClock) -> None:
        self._clock = clock

    @answers(Device.get_system_date_and_time)
    async def get_system_date_and_time(self, request: GetSystemDateAndTime) -> GetSystemDateAndTimeResponse:
        """The time, in UTC and in the device's zone."""
        return GetSystemDateAndTimeResponse(system_date_and_time=await self._clock.now())

    @answers(Device.set_system_date_and_time)
    async def set_system_date_and_time(self, request: SetSystemDateAndTime) -> SetSystemDateAndTimeResponse:
        """Choose the source, the zone and the time."""
        await self._clock.set(
            request.date_time_type,
            daylight_savings=request.daylight_savings,
            time_zone=None if request.time_zone is None else request.time_zone.tz,
            utc=request.utc_date_time,
        )
        return SetSystemDateAndTimeResponse()
