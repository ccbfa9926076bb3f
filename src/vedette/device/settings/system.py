"""What the device management service keeps: who the device is, its scopes, its clock's zone, its name."""

import msgspec

from vedette.device.posix_zone import InvalidZone, zone_of

# Releases up to 21.12 want a scope that tells the place, and clients of that time sort devices by it.
UNKNOWN_PLACE = "onvif://www.onvif.org/location/unknown"


class SystemSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The device itself.

    `endpoint` is the UUID by which discovery knows the device and `serial_number` follows from it; both
    are made at the first start and never change. `scopes` are the configurable ones. `metadata_version`
    rises whenever what discovery tells has changed. `hostname` empty means the host's own, `time_zone`
    (POSIX notation) empty the host's own.
    """

    endpoint: str = ""
    serial_number: str = ""
    scopes: tuple[str, ...] = (UNKNOWN_PLACE,)
    is_discoverable: bool = True
    metadata_version: int = 1
    hostname: str = ""
    time_zone: str = ""
    daylight_savings: bool = True

    def __post_init__(self) -> None:
        """Raise ValueError for what is no time zone."""
        if self.time_zone:
            try:
                zone_of(self.time_zone)
            except InvalidZone as error:
                raise ValueError(str(error)) from error
