"""The section of places: where the device and its parts are, as clients have said."""

import msgspec

from vedette.contract.schema.geometry import GeoLocation, GeoOrientation, LocalLocation, LocalOrientation


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where one part is; `entity` and `token` together name it."""

    entity: str | None = None
    token: str | None = None
    source: str | None = None
    location: GeoLocation | None = None
    orientation: GeoOrientation | None = None
    local_location: LocalLocation | None = None
    local_orientation: LocalOrientation | None = None
