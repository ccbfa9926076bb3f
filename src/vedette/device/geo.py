"""Where the device and its parts are."""

import math
from collections.abc import Iterable

import msgspec

from vedette.contract.faults import InvalidArgVal, NoAutoGeo, NoConfig, TooManyEntries
from vedette.contract.schema.geometry import GeoLocation, LocationEntity
from vedette.contract.topics.device import MONITORING_GEO_LOCATION
from vedette.device.events import EventBroker
from vedette.device.notifications import element_value
from vedette.device.settings.document import Settings
from vedette.device.settings.geo import Place
from vedette.device.settings.store import SettingsStore

PLACES_MOST = 32
TEXT_MOST_CHARS = 256

# The greatest absolute value of each number, degrees or metres; others need only be finite.
_LIMITS = {"lon": 180.0, "lat": 90.0}


class Places:
    """Keeps places; the device cannot find out any by itself.

    Source: Core, GetGeoLocation, SetGeoLocation and DeleteGeoLocation (26.06 §8.3.20-§8.3.22).
    """

    def __init__(self, store: SettingsStore) -> None:
        self._store = store

    def tell(self, broker: EventBroker) -> None:
        """Publish the geo location of every place that has one, now and whenever it changes.

        A place is told under its token, or where it has none, under its entity; of two places of one
        name the first is told. Source: Core, Geo Location (26.06 §8.9.11).
        """
        broker.declare(MONITORING_GEO_LOCATION)
        _publish(broker, (), self._store.current.places)
        self._store.watch(lambda before, after: _publish(broker, before.places, after.places))

    def all(self) -> tuple[LocationEntity, ...]:
        """Every place that is known."""
        return tuple(
            LocationEntity(
                entity=each.entity,
                token=each.token,
                fixed=False,
                geo_source=each.source,
                geo_location=each.location,
                geo_orientation=each.orientation,
                local_location=each.local_location,
                local_orientation=each.local_orientation,
            )
            for each in self._store.current.places
        )

    async def set(self, wanted: Iterable[LocationEntity]) -> None:
        """Put these places in the stead of those of the same entity and token, all or none.

        Raises TooManyEntries, NoAutoGeo and InvalidArgVal.
        """
        new = {(each.entity, each.token): _checked(each) for each in wanted}

        def edit(document: Settings) -> Settings:
            places = {_key(each): each for each in document.places} | new
            if len(places) > PLACES_MOST:
                raise TooManyEntries(f"{len(places)} places; {PLACES_MOST} can be kept")
            return msgspec.structs.replace(document, places=tuple(places.values()))

        await self._store.change(edit)

    async def delete(self, wanted: Iterable[LocationEntity]) -> None:
        """Forget the places of these entities and tokens, all or none; raises NoConfig."""
        keys = {(each.entity, each.token) for each in wanted}

        def edit(document: Settings) -> Settings:
            unknown = keys - {_key(each) for each in document.places}
            if unknown:
                entity, token = next(iter(unknown))
                raise NoConfig(f"no place is known of entity {entity!r} with token {token!r}")
            left = tuple(each for each in document.places if _key(each) not in keys)
            return msgspec.structs.replace(document, places=left)

        await self._store.change(edit)


def _publish(broker: EventBroker, before: tuple[Place, ...], after: tuple[Place, ...]) -> None:
    if before == after:
        return
    here = _located(after)
    for gone in _located(before).keys() - here.keys():
        broker.forget(MONITORING_GEO_LOCATION, source=(("Token", gone),))
    for name, location in here.items():
        data = (("CurrentLocation", element_value(location)),)
        broker.publish(MONITORING_GEO_LOCATION, source=(("Token", name),), data=data)


def _located(places: tuple[Place, ...]) -> dict[str, GeoLocation]:
    found: dict[str, GeoLocation] = {}
    for each in places:
        if each.location is not None:
            found.setdefault(each.token or each.entity or "Device", each.location)
    return found


def _key(place: Place) -> tuple[str | None, str | None]:
    return place.entity, place.token


def _checked(wanted: LocationEntity) -> Place:
    if wanted.auto_geo:
        raise NoAutoGeo("this device cannot find out where it is")
    if wanted.fixed:
        raise InvalidArgVal("Fixed is for the device to say")
    for name in ("entity", "token", "geo_source"):
        if len(getattr(wanted, name) or "") > TEXT_MOST_CHARS:
            raise InvalidArgVal(f"{name} is longer than {TEXT_MOST_CHARS} characters")
    for part in ("geo_location", "geo_orientation", "local_location", "local_orientation"):
        value = getattr(wanted, part)
        for name in () if value is None else value.__struct_fields__:
            number = getattr(value, name)
            limit = _LIMITS.get(name, math.inf)
            if number is not None and not (math.isfinite(number) and abs(number) <= limit):
                raise InvalidArgVal(f"{part}: {name} is {number}")
    return Place(
        entity=wanted.entity,
        token=wanted.token,
        source=wanted.geo_source,
        location=wanted.geo_location,
        orientation=wanted.geo_orientation,
        local_location=wanted.local_location,
        local_orientation=wanted.local_orientation,
    )
