"""Device service: geo location."""

from vedette.contract.device import Device
from vedette.contract.device.scopes import (
    DeleteGeoLocation,
    DeleteGeoLocationResponse,
    GetGeoLocation,
    GetGeoLocationResponse,
    SetGeoLocation,
    SetGeoLocationResponse,
)
from vedette.contract.operation import answers
from vedette.device.geo import Places


class PlaceHandlers:
    """Reads and changes where the device is."""

    def __init__(self, places: Places) -> None:
        self._places = places

    @answers(Device.get_geo_location)
    async def get_geo_location(self, request: GetGeoLocation) -> GetGeoLocationResponse:
        """Every place."""
        return GetGeoLocationResponse(locations=self._places.all())

    @answers(Device.set_geo_location)
    async def set_geo_location(self, request: SetGeoLocation) -> SetGeoLocationResponse:
        """Change places, all or none."""
        await self._places.set(request.locations)
        return SetGeoLocationResponse()

    @answers(Device.delete_geo_location)
    async def delete_geo_location(self, request: DeleteGeoLocation) -> DeleteGeoLocationResponse:
        """Forget places, all or none."""
        await self._places.delete(request.locations)
        return DeleteGeoLocationResponse()
