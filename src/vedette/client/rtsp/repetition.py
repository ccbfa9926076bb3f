"""What a camera sends once more when it is connected to anew."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, units_of
from vedette.protocols.rtp.clock import BURST_TAKES_US, Back, Captured

NEAR_US = 500_000  # how far apart two connections date a picture at most: a still scene has many alike, …
LEAST_NEAR_US = 10_000  # … and where little of a group came the next may be near: within half of what came
BEHIND_US = 5_000_000  # how far behind the others a track may be sent; what has not come by then will not
TICKS_APART_MOST = 10  # what a time in another clock is rounded by, and more
WAIT_S = BURST_TAKES_US / 1_000_000  # for what shows that a group is old: that it comes faster than in life


class TimeLines(Protocol):
    """The time lines of a camera's tracks."""

    def captured(self, unit: AccessUnit) -> Captured:
        """When a unit of the present connection was captured."""
        ...

    def go_back(self, number: int, known: Back) -> Mapping[int, Back]:
        """Go on as before the connection; how far its units fall back, by track. Of `number` it is known."""
        ...


class Repetition:
    """Leaves out what was published before a connection was lost.

    Recorders and relays begin with the group of pictures that they keep for new viewers. Where it is
    the one amid which the connection was lost, its units are known by their bytes and capture instants, what
    follows them goes on where the stream was left, and nothing is published twice. It outlives a connection.

    A picture that looks like the one that the group began with may be a later one of a still scene. It is the
    same only when it was captured at the same time, which a camera that does not report it shows by how early
    the pictures behind it come: until then nothing is published, for `WAIT_S` at most.
    """

    def __init__(self) -> None:
        self._tracks: tuple[Track, ...] = ()
        self._group: tuple[AccessUnit, ...] = ()
        self._captured = Captured()  # when the group's first was
        self._known: dict[int, deque[AccessUnit]] = {}  # by track: what may still come again
        self._clocks_hz: dict[int, int] = {}  # of these
        self._held: list[AccessUnit] = []  # may be what the group began with
        self._held_until_s: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether all is new that may still come in this connection."""
        return not (self._group or self._held or self._known)

    def remember(self, stream: Stream, lines: TimeLines) -> None:
        """A connection is lost; call it before the stream is withdrawn, which forgets its group."""
        if stream.has_group:
            self._tracks, self._group = stream.tracks, stream.kept_group
            self._captured = lines.captured(self._group[0])
        self._known = {}

    def new_of(self, units: Sequence[AccessUnit], stream: Stream, lines: TimeLines) -> Sequence[AccessUnit]:
        """Of units about to be published those that are new; a connection's first is a key frame.

        Where it is a known one the stream gets its group back. While that cannot be told units are held, and
        come first in what a later call, `waited` or `rest` returns.
        """
        if self._group and units:
            self._held += units
            is_known = stream.tracks == self._tracks and self._is_known(lines)
            if is_known is None:
                return ()
            begun, units = self._group, self.rest()
            if is_known:
                units = self._join(begun, units, stream, lines)
        if not (self._known and units):
            return units
        found = [new for unit in units if (new := self._unless_known(unit)) is not None]
        for number in [each for each, known in self._known.items() if _is_over(known, units)]:
            del self._known[number]
        return found

    def waited(self, now_s: float) -> Sequence[AccessUnit]:
        """What has been held for long enough, to be published now; call it now and then."""
        if self._held and self._held_until_s is None:
            self._held_until_s = now_s + WAIT_S
        if self._held_until_s is None or now_s < self._held_until_s:
            return ()
        return self.rest()

    def rest(self) -> Sequence[AccessUnit]:
        """What is held, to be published now; from then on all is new."""
        held, self._held, self._held_until_s = self._held, [], None
        if held:
            self._group = ()
        return held

    def _is_known(self, lines: TimeLines) -> bool | None:
        """Whether what is held is what the group began with; None while that cannot be told."""
        known, first = self._group[0], self._held[0]
        if first.track != known.track or first.data != known.data:
            return False
        spans_us = units_of(known.track, self._group)[-1].utc_us - known.utc_us
        near_us = min(NEAR_US, max(spans_us // 2, LEAST_NEAR_US))
        now, then = lines.captured(first), self._captured
        if now.reported_us is not None and then.reported_us is not None:
            return abs(now.reported_us - then.reported_us) <= near_us
        if now.latest_us is None or then.latest_us is None:
            return None
        later_us = now.latest_us - then.latest_us
        return None if later_us > near_us else later_us >= -near_us

    def _join(
        self,
        begun: Sequence[AccessUnit],
        again: Sequence[AccessUnit],
        stream: Stream,
        lines: TimeLines,
    ) -> Sequence[AccessUnit]:
        """Go on amid the group; what is sent again with its times as they were."""
        stream.take_up(begun)
        lead = begun[0].track
        known, came = units_of(lead, begun), units_of(lead, again)
        ahead, same = came[0].pts - known[0].pts, 0
        for one, other in zip(known, came, strict=False):
            if one.data != other.data or abs(other.pts - one.pts - ahead) > TICKS_APART_MOST:
                break
            last, same = Back(other.pts - one.pts, other.utc_us - one.utc_us), same + 1
        back = lines.go_back(lead, last)
        left = {each.number: deque(units_of(each.number, begun)) for each in stream.tracks}
        left[lead] = deque(known[same:])
        self._clocks_hz = {each.number: each.clock_hz for each in stream.tracks}
        self._known = {number: units for number, units in left.items() if units}
        passed = set(map(id, came[:same]))
        return [_moved(each, back[each.track]) for each in again if id(each) not in passed]

    def _unless_known(self, unit: AccessUnit) -> AccessUnit | None:
        known = self._known.get(unit.track)
        if known is None:
            return unit
        latest = known[-1]
        while known:
            if self._is_same(known.popleft(), unit):
                if not known:
                    del self._known[unit.track]
                return None
        if unit.pts <= latest.pts:  # it never came before, and its place is taken
            known.append(latest)
            return None
        del self._known[unit.track]
        return msgspec.structs.replace(unit, is_discontinuous=True)

    def _is_same(self, one: AccessUnit, other: AccessUnit) -> bool:
        apart_us = abs(one.pts - other.pts) * 1_000_000 // self._clocks_hz[one.track]
        return apart_us <= NEAR_US and one.data == other.data


def _moved(unit: AccessUnit, back: Back) -> AccessUnit:
    return msgspec.structs.replace(unit, pts=unit.pts - back.ticks, utc_us=unit.utc_us - back.us)


def _is_over(known: Sequence[AccessUnit], units: Sequence[AccessUnit]) -> bool:
    return units[-1].utc_us - known[-1].utc_us > BEHIND_US
