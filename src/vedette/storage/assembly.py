"""Units become fragments: columns, media times, and the seams where a new segment has to begin."""

import struct
from collections.abc import Sequence
from enum import Enum
from itertools import repeat
from operator import mul, sub
from typing import NamedTuple

import msgspec

from vedette.base.timestamps import rescale
from vedette.media.unit import (
    AccessUnit,
    Track,
    TrackKind,
    data_of,
    is_discontinuous_of,
    is_key_of,
    pts_of,
    units_of,
    utc_us_of,
)
from vedette.protocols.mp4.fragments import SampleRun, UnitTable, fragment_head, timeline
from vedette.protocols.mp4.seektable import SyncPoint

STEP_US = 1_000_000  # capture instants that depart further from media time are a clock that was set
SILENCE_US = 10_000_000  # without a unit of the leading track: a gap, whoever is to blame, …
PACES = 2  # … unless the last two were more than half as far apart, as those of a time lapse
RECENT = 8  # units of the leading track that tell how far apart its pictures are
MISSING_FROM = 1.75  # times that far apart: pictures between two connections are missing, …
LONE_MISSING_US = 400_000  # … or where each is a key frame, or sound: one packet that is lost makes no gap
NEAR_US = 10_000_000  # a track whose clock is further from the leading track's is placed beside that one


class Seam(Enum):
    """Why the next unit cannot go into the same segment."""

    GAP = "source lost"  # footage is missing
    STEP = "clock set"  # nothing need be missing, but the capture instants jump


class Break(NamedTuple):
    """A seam before the unit at `place`; `set_by_us`: a clock was set by so much, and nothing is missing."""

    place: int
    kind: Seam
    set_by_us: int = 0


class Fragment(NamedTuple):
    """A fragment ready to be written: `head`, then the buffers of `media` one after the other.

    `sync_points` go by track id; offsets in them count from the fragment's start.
    """

    head: bytes
    media: list[bytes]
    start_us: int
    end_us: int
    is_clean: bool
    track_mask: int
    sync_points: list[tuple[int, SyncPoint]]


class _Line:
    """One track's media time line in one segment."""

    def __init__(self, track: Track) -> None:
        self.track = track
        self.base: int | None = None  # the unit's pts less the file's media time
        self.earliest = 0  # decode times must not come before
        self.nominal = max(1, track.clock_hz // 25)
        self.deviation = 0  # utc × clock − pts × 10⁶ of the latest unit, for the leading track's seams


def leading_track(tracks: Sequence[Track]) -> Track:
    """The track by which a recording is cut and sought: first video, else first audio, else the first."""
    for kind in (TrackKind.VIDEO, TrackKind.AUDIO):
        for track in tracks:
            if track.kind is kind:
                return track
    return tracks[0]


def origin_us(units: Sequence[AccessUnit], lead: int) -> int:
    """The instant of media time zero of a segment that begins with these units."""
    first_us = next((unit.utc_us for unit in units if unit.track == lead), units[0].utc_us)
    return min(unit.utc_us for unit in units if abs(unit.utc_us - first_us) < NEAR_US)


def _latest_near(end_us: int, units: Sequence[AccessUnit]) -> int:
    """When the latest unit was captured of those that go on from an instant; the others' clock is another."""
    latest_us: int = max(map(utc_us_of, units))
    if latest_us - end_us < NEAR_US:
        return latest_us
    for utc_us in sorted(map(utc_us_of, units)):
        if utc_us - end_us < NEAR_US:
            end_us = max(end_us, utc_us)
    return end_us


class SeamFinder:
    """Finds where the units of a leading track stop following each other."""

    def __init__(self, lead: Track) -> None:
        self._lead = lead
        self._latest: AccessUnit | None = None
        self._passed: AccessUnit | None = None  # the last one before the latest seam
        self._pace_us: int | None = None  # how far apart the latest two were; 0 for less than STEP_US
        self._recent_us: list[int] = []  # instants of the latest ones

    @property
    def pace_us(self) -> int:
        """How far apart the units of a time lapse are; 0 where they are not."""
        return self._pace_us or 0

    def forget(self) -> None:
        """Whatever comes next follows nothing."""
        self._latest = self._passed = None
        self._recent_us = []

    def first(self, units: Sequence[AccessUnit]) -> Break | None:
        """The first seam among the units, if any; takes all units before it as seen."""
        number, latest = self._lead.number, self._latest
        if self._follow(units_of(number, units)):
            return None
        for index, unit in enumerate(units):
            if unit.track == number:
                seam = None if latest is None else self._seam(index, unit, latest)
                if latest is not None:
                    self._note_pace(unit, latest)
                if seam is not None:
                    self._passed, self._latest = latest, None
                    self._recent_us = []
                    return seam
                latest = unit
                self._recent_us = [*self._recent_us[1 - RECENT :], unit.utc_us]
        self._latest = latest
        return None

    def ahead(self, units: Sequence[AccessUnit]) -> int:
        """Of units that were taken as seen, the index of the first one at their end that has taken a step in
        time which the leading track has yet to take; their number where none has."""
        latest, found = self._latest or self._passed, len(units)
        if latest is not None and any(map(is_discontinuous_of, units)):
            for index in range(found - 1, -1, -1):
                unit = units[index]
                if unit.track == self._lead.number:
                    break
                if unit.is_discontinuous and abs(unit.utc_us - latest.utc_us) > STEP_US:
                    found = index
        return found

    def _follow(self, units: Sequence[AccessUnit]) -> bool:
        """Whether these follow each other and the latest without a seam, as nearly all do; then they are
        taken as seen."""
        latest, hz = self._latest, self._lead.clock_hz
        if latest is None or not units:
            return False
        instants = [latest.utc_us, *map(utc_us_of, units)]
        times = [latest.pts, *map(pts_of, units)]
        ahead_us = list(map(sub, instants[1:], instants))
        media_ahead = map(mul, map(sub, times[1:], times), repeat(1_000_000))
        apart = list(map(sub, media_ahead, map(mul, ahead_us, repeat(hz))))
        if not (
            min(ahead_us) > -STEP_US
            and max(ahead_us) < STEP_US
            and -STEP_US * hz <= min(apart)
            and max(apart) <= STEP_US * hz
            and not any(map(is_discontinuous_of, units))
        ):
            return False
        self._latest = units[-1]
        self._pace_us = 0
        self._recent_us = instants[-RECENT:]
        return True

    def _note_pace(self, unit: AccessUnit, latest: AccessUnit) -> None:
        """See how far apart units are; between those of two connections something may be missing."""
        ahead_us = unit.utc_us - latest.utc_us
        if ahead_us < STEP_US:
            self._pace_us = 0
        elif not unit.is_discontinuous:
            self._pace_us = ahead_us

    def _seam(self, index: int, unit: AccessUnit, latest: AccessUnit) -> Break | None:
        hz, ahead_us = self._lead.clock_hz, unit.utc_us - latest.utc_us
        media_ahead = (unit.pts - latest.pts) * 1_000_000
        apart = media_ahead - ahead_us * hz
        if abs(media_ahead) <= STEP_US * hz < abs(apart):
            return Break(index, Seam.STEP, -apart // hz)  # media time goes on as if nothing were the matter
        is_slow = self._pace_us is None or ahead_us < PACES * self._pace_us
        # By a second or less a clock may be set where media time goes on: nothing is missing.
        has_lost = unit.is_discontinuous and ahead_us > STEP_US and media_ahead > STEP_US * hz
        if (ahead_us >= SILENCE_US and not is_slow) or has_lost:
            return Break(index, Seam.GAP)
        if ahead_us <= -STEP_US or abs(apart) > STEP_US * hz:
            return Break(index, Seam.STEP)
        if unit.is_discontinuous and unit.is_key and self._is_missing_before(unit, latest):
            return Break(index, Seam.GAP)
        return None

    def _is_missing_before(self, unit: AccessUnit, latest: AccessUnit) -> bool:
        """Whether a unit is further from the latest ones than they are from each other."""
        recent_us = self._recent_us
        if len(recent_us) < RECENT:
            return False
        missing_us = unit.utc_us - max(recent_us)
        pace_us = (max(recent_us) - min(recent_us)) / (RECENT - 1)
        return missing_us > max(MISSING_FROM * pace_us, LONE_MISSING_US if latest.is_key else 0)


class TimeBefore:
    """A clock that was set within a group of pictures, as it was before.

    The rest of the group is dated by it, since it cannot be decoded without the key frame that was.
    """

    def __init__(self, lead: int) -> None:
        self._lead = lead
        self._set_by_us = 0
        self._since_us = self._latest_us = 0  # of the leading track, by the clock as it was
        self.is_in_force = False

    def goes_on(self, unit: AccessUnit, set_by_us: int) -> None:
        """Go by the clock as it was from this unit of the leading track on, if by another one before too."""
        self._set_by_us += set_by_us
        self._latest_us = unit.utc_us - self._set_by_us
        if not self.is_in_force:
            self._since_us = self._latest_us
        self.is_in_force = abs(self._set_by_us) > STEP_US  # else it was set right again

    def end(self) -> None:
        """Go by the clock as it is."""
        self._set_by_us = 0
        self.is_in_force = False

    def units_until_key(self, units: Sequence[AccessUnit], most_us: int) -> list[AccessUnit]:
        """The units before the next key frame, or before one that comes `most_us` later, as dated by it.

        Units of other tracks may still have come by the clock as it was, or have none to do with it.
        """
        dated = []
        for unit in units:
            utc_us = unit.utc_us - self._set_by_us
            if unit.track == self._lead:
                if unit.is_key or utc_us - self._since_us >= most_us:
                    break
                self._latest_us = utc_us
            elif abs(utc_us - self._latest_us) > min(abs(unit.utc_us - self._latest_us), NEAR_US):
                utc_us = unit.utc_us
            dated.append(msgspec.structs.replace(unit, utc_us=utc_us))
        return dated


class Assembler:
    """Makes the fragments of one segment; keeps each track's media time line.

    The file's media times go on when a clock is set: its origin then moves by as much.
    """

    def __init__(self, tracks: Sequence[Track], segment_origin_us: int) -> None:
        self._lead = leading_track(tracks)
        ordered = [self._lead, *(track for track in tracks if track is not self._lead)]
        self._lines = {track.number: _Line(track) for track in ordered}
        self._origin_us = segment_origin_us
        self._sequence = 0

    def fragments(self, units: Sequence[AccessUnit], following: int | None = None) -> list[Fragment]:
        """Units in order as one fragment; as several where their times are too far apart for one.

        `following` is the media time of the leading track's next unit where it is known already; it tells
        how long the last one lasts.
        """
        try:
            return [self._fragment(units, following)]
        except struct.error:
            if len(units) == 1:
                raise
        middle = len(units) // 2
        for line in self._lines.values():
            line.base = None
        return self.fragments(units[:middle]) + self.fragments(units[middle:], following)

    def _fragment(self, units: Sequence[AccessUnit], following: int | None) -> Fragment:
        sorted_units = {number: units_of(number, units) for number in self._lines}
        runs: list[SampleRun] = []
        clocks_hz: list[int] = []
        bases: list[int] = []
        points: list[tuple[int, SyncPoint]] = []
        media: list[bytes] = []
        index_of: dict[int, int] = {}
        mask = 0
        near_us = next((unit.utc_us for unit in units if unit.track == self._lead.number), units[0].utc_us)
        end_us = near_us
        for number, of_track in sorted_units.items():
            if not of_track:
                continue
            line = self._lines[number]
            run, base = self._run(line, of_track, near_us)
            if following is not None and line.track is self._lead:
                last = run.decode_time + sum(run.durations[:-1])
                run.durations[-1] = max(1, following - base - last)
            index_of[number] = len(runs)
            mask |= 1 << number
            if run.keys is None or True in run.keys:
                first = 0 if run.keys is None else run.keys.index(True)
                points.append((run.track_id, SyncPoint(max(0, of_track[first].pts - base), 0, len(runs) + 1)))
            runs.append(run)
            clocks_hz.append(line.track.clock_hz)
            bases.append(base)
            media += map(data_of, of_track)
            last_us = rescale(run.durations[-1], line.track.clock_hz, 1_000_000)
            end_us = max(end_us, _latest_near(end_us, of_track) + last_us)
        lead_units = sorted_units[self._lead.number]
        is_clean = bool(lead_units) and lead_units[0].is_key
        if len(lead_units) == len(units) and not any(map(is_discontinuous_of, units)):
            order = bytes(len(units))
        else:
            order = bytes([index_of[u.track] | (u.is_discontinuous << 7) for u in units])
        start_us = (lead_units or next(filter(None, sorted_units.values())))[0].utc_us
        table = UnitTable(bases, order, list(map(utc_us_of, units)), is_clean)
        head = fragment_head(self._sequence + 1, start_us, runs, clocks_hz, table)
        self._sequence += 1
        self._commit(runs, bases, index_of)
        return Fragment(head, media, start_us, end_us, is_clean, mask, points)

    def _run(self, line: _Line, units: Sequence[AccessUnit], near_us: int) -> tuple[SampleRun, int]:
        pts = list(map(pts_of, units))
        base = line.base
        if base is None or self._has_stepped(line, units[0]):
            first = min(units, key=pts_of)
            utc_us = first.utc_us if abs(first.utc_us - near_us) < NEAR_US else near_us
            place = max(0, rescale(utc_us - self._origin_us, 1_000_000, line.track.clock_hz))
            base = first.pts - max(place, line.earliest)
        times = [each - base for each in pts] if base else pts
        decode_time, durations, offsets = timeline(times, line.earliest, line.nominal)
        self._follow_clock(line, units[-1])
        keys = list(map(is_key_of, units)) if line.track.kind is TrackKind.VIDEO else None
        sizes = list(map(len, map(data_of, units)))
        return SampleRun(line.track.number + 1, decode_time, durations, sizes, keys, offsets), base

    def _follow_clock(self, line: _Line, latest: AccessUnit) -> None:
        """Note how far capture instants are from media time; by a step of the leading track's the origin
        moves, so that the others are placed beside it."""
        hz, before = line.track.clock_hz, line.deviation
        line.deviation = latest.utc_us * hz - latest.pts * 1_000_000
        step = line.deviation - before
        if line.track is self._lead and line.base is not None and abs(step) > STEP_US * hz:
            self._origin_us += step // hz

    def _has_stepped(self, line: _Line, unit: AccessUnit) -> bool:
        """Whether a track other than the leading one has to be placed afresh."""
        hz = line.track.clock_hz
        return line.track is not self._lead and (
            abs(unit.utc_us * hz - unit.pts * 1_000_000 - line.deviation) > STEP_US * hz
        )

    def _commit(self, runs: list[SampleRun], bases: list[int], index_of: dict[int, int]) -> None:
        for number, index in index_of.items():
            line = self._lines[number]
            run = runs[index]
            line.base = bases[index]
            line.nominal = run.durations[-1] or line.nominal
            line.earliest = run.decode_time + sum(run.durations[:-1]) + 1
