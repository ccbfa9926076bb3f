"""What a camera sends once more when it is connected to anew."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence

import msgspec

from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track

NEAR_US = 500_000  # how far apart two connections date a picture at most: a still scene has many alike
BEHIND_US = 5_000_000  # how far behind the others a track may be sent; what has not come by then will not


class Repetition:
    """Leaves out what was published before a connection was lost.

    Recorders and relays begin with the group of pictures that they keep for new viewers. Where it is
    the one amid which the connection was lost, its units are known by their bytes and capture instants, what
    follows them goes on where the stream was left, and nothing is published twice. It outlives a connection.
    """

    def __init__(self) -> None:
        self._tracks: tuple[Track, ...] = ()
        self._group: tuple[AccessUnit, ...] = ()
        self._known: dict[int, deque[AccessUnit]] = {}  # by track: what may still come again

    def remember(self, stream: Stream) -> None:
        """A connection is lost; call it before the stream is withdrawn, which forgets its group."""
        if stream.has_group:
            self._tracks, self._group = stream.tracks, stream.kept_group
        self._known = {}

    def new_of(
        self, units: Sequence[AccessUnit], stream: Stream, go_back: Callable[[], Mapping[int, int]]
    ) -> Sequence[AccessUnit]:
        """Of units about to be published those that are new; a connection's first is a key frame.

        Where it is a known one the stream gets its group back, and `go_back` is called: it lets media time
        fall back, and says by how many ticks of each track these units have to.
        """
        if self._group and units:
            begun, self._group = self._group, ()
            if stream.tracks == self._tracks and _is_same(begun[0], units[0]):
                stream.take_up(begun)
                for each in begun:
                    self._known.setdefault(each.track, deque()).append(each)
                units = _moved(units, go_back())
        if not (self._known and units):
            return units
        found = [new for unit in units if (new := self._unless_known(unit)) is not None]
        for number in [each for each, known in self._known.items() if _is_over(known, units)]:
            del self._known[number]
        return found

    def _unless_known(self, unit: AccessUnit) -> AccessUnit | None:
        known = self._known.get(unit.track)
        if known is None:
            return unit
        latest = known[-1]
        while known:
            if _is_same(known.popleft(), unit):
                if not known:
                    del self._known[unit.track]
                return None
        if unit.utc_us <= latest.utc_us:  # it never came before, and its place is taken
            known.append(latest)
            return None
        del self._known[unit.track]
        return msgspec.structs.replace(unit, is_discontinuous=True)


def _moved(units: Sequence[AccessUnit], back: Mapping[int, int]) -> Sequence[AccessUnit]:
    return [msgspec.structs.replace(each, pts=each.pts - back.get(each.track, 0)) for each in units]


def _is_over(known: Sequence[AccessUnit], units: Sequence[AccessUnit]) -> bool:
    return units[-1].utc_us - known[-1].utc_us > BEHIND_US


def _is_same(one: AccessUnit, other: AccessUnit) -> bool:
    return one.track == other.track and abs(one.utc_us - other.utc_us) <= NEAR_US and one.data == other.data
