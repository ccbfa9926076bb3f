"""Footage in the order, with the marks and on the time line that a PLAY asks for; storage in, steps out.

Source: Streaming, Playback (26.06 §6).
"""

from collections.abc import Callable
from typing import NamedTuple

from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtsp.headers import FrameKind
from vedette.protocols.rtsp.play import PlayParameters
from vedette.storage.reader import BackwardCursor, ForwardCursor, Group, RecordingReader, StoredFragment

AFTER_GAP_US = 40_000  # of the playback time line, between the last unit before a gap and the first after it


class Step(NamedTuple):
    """One unit to be sent.

    `line_us` is its place on the time line of RTP timestamps: with rate control the time at which it is
    to be shown, counted from the start of this PLAY; without, its capture instant. `due_us` says when to
    send it, counted like the former; 0 without rate control. The marks are those of the replay
    extension.
    """

    unit: AccessUnit
    track: Track
    line_us: int
    due_us: int
    is_section_end: bool = False
    is_discontinuous: bool = False
    is_terminal: bool = False


class Line:
    """Capture instants to the playback time line: scaled, gaps taken out."""

    def __init__(self, play: PlayParameters) -> None:
        self._is_controlled = play.is_rate_controlled
        self._scale = play.scale or 1.0
        self._origin_us: int | None = None
        self._base_us = 0
        self._last_us = 0

    def begin_section(self, first_us: int) -> None:
        """A contiguous stretch begins with the unit shown first, captured at `first_us`."""
        if self._origin_us is not None:
            self._base_us = self._last_us + AFTER_GAP_US
        self._origin_us = first_us

    def place(self, utc_us: int) -> int:
        """Where a unit belongs."""
        if not self._is_controlled:
            return utc_us
        assert self._origin_us is not None
        line_us = self._base_us + round((utc_us - self._origin_us) / self._scale)
        self._last_us = max(self._last_us, line_us)
        return line_us


class Sequencer:
    """What one PLAY sends, piece by piece; used in a worker thread, one call at a time.

    `numbers` are the chosen tracks. `is_seek` marks the first unit of each track as following a
    discontinuity. `is_finished` becomes true when the range is done; until then None from `next` means
    that nothing more is recorded yet.
    """

    def __init__(
        self,
        reader: RecordingReader,
        numbers: frozenset[int],
        play: PlayParameters,
        start_us: int,
        end_us: int | None,
        *,
        is_seek: bool,
    ) -> None:
        self.is_finished = False
        self._reader = reader
        self._numbers = numbers
        self._play = play
        self._end_us = end_us
        self._line = Line(play)
        self._jumped = set(numbers) if is_seek else set()
        self._latest_key_us: int | None = None
        self._newest_pts: dict[int, int] = {}
        self._codecs: dict[int, str] = {}
        self._is_first = True
        self._start_us = start_us
        self._forward: ForwardCursor | None = None
        self._backward: BackwardCursor | None = None
        self._ahead: list[StoredFragment | Group] = []
        if play.is_reverse:
            self._backward = reader.backward(start_us)
        else:
            self._forward = reader.forward(start_us)

    def next(self) -> list[Step] | None:
        """The next steps, at most a fragment or a group; an empty list is only a pause for breath."""
        if self.is_finished:
            return None
        if self._forward is not None:
            return self._next_forward(self._forward)
        assert self._backward is not None
        return self._next_backward(self._backward)

    # -- forward -----------------------------------------------------------------------------------

    def _next_forward(self, cursor: ForwardCursor) -> list[Step] | None:
        fragment = self._pull(cursor.next)
        if not isinstance(fragment, StoredFragment):
            return None
        if self._end_us is not None and fragment.start_us > self._end_us:
            self.is_finished = True
            return None
        if self._is_first or fragment.follows_gap:
            self._is_first = False
            self._line.begin_section(fragment.start_us)
        is_last = fragment.precedes_gap and self._is_end(cursor.next) and not self._reader.is_growing
        units = self._chosen(fragment, fragment.units if self._takes_all else fragment.key_units)
        if self._end_us is not None:
            kept = [unit for unit in units if unit.utc_us <= self._end_us]
            self.is_finished = fragment.end_us > self._end_us
            units = kept
        return self._steps(fragment, units, ends_section=fragment.precedes_gap, is_last=is_last)

    # -- backward ----------------------------------------------------------------------------------

    def _next_backward(self, cursor: BackwardCursor) -> list[Step] | None:
        group = self._pull(cursor.next)
        if not isinstance(group, Group):
            self.is_finished = True  # before the beginning nothing will ever be recorded
            return None
        newest = group.fragments[-1]
        if self._is_first or group.precedes_gap:
            shown_first = min(newest.end_us, self._start_us) if self._is_first else newest.end_us
            self._is_first = False
            self._line.begin_section(shown_first)
        is_last = group.follows_gap and self._is_end(cursor.next)
        if self._takes_all:
            units = self._chosen(newest, group.units)
        else:
            units = self._chosen(newest, lambda: [group.key_unit()])
        units = [unit for unit in units if unit.utc_us <= max(self._start_us, group.start_us)]
        if self._end_us is not None and group.start_us <= self._end_us:
            self.is_finished = True
            if not self._takes_all:
                units = [unit for unit in units if unit.utc_us >= self._end_us]
        self._jumped.update(self._numbers)
        self._newest_pts.clear()
        return self._steps(newest, units, ends_section=group.follows_gap, is_last=is_last)

    # -- both --------------------------------------------------------------------------------------

    @property
    def _takes_all(self) -> bool:
        return self._play.frames.kind is not FrameKind.INTRA

    def _pull(self, read: "Callable[[], StoredFragment | Group | None]") -> StoredFragment | Group | None:
        return self._ahead.pop() if self._ahead else read()

    def _is_end(self, read: "Callable[[], StoredFragment | Group | None]") -> bool:
        """Whether nothing follows; what does is kept for the next call."""
        following = read()
        if following is not None:
            self._ahead.append(following)
        return following is None

    def _chosen(self, fragment: StoredFragment, read: Callable[[], list[AccessUnit]]) -> list[AccessUnit]:
        """The units of the chosen tracks that the Frames header and the direction leave."""
        tracks = {track.number: track for track in fragment.tracks}
        for number in self._numbers & tracks.keys():
            if self._codecs.setdefault(number, tracks[number].codec) != tracks[number].codec:
                self.is_finished = True  # the description that the client has does not fit any more
                return []
        silent = {n for n, t in tracks.items() if self._play.is_reverse and t.kind is TrackKind.AUDIO}
        wanted = self._numbers - silent
        units = [unit for unit in read() if unit.track in wanted]
        if self._play.frames.kind is FrameKind.PREDICTED:
            return [unit for unit in units if not self._is_bidirectional(unit, tracks[unit.track])]
        if self._play.frames.interval_ms:
            return [unit for unit in units if self._is_apart(unit, self._play.frames.interval_ms * 1000)]
        return units

    def _is_bidirectional(self, unit: AccessUnit, track: Track) -> bool:
        """A picture that is shown before one decoded earlier: no other picture needs it."""
        if track.kind is not TrackKind.VIDEO:
            return False
        newest = self._newest_pts.get(unit.track)
        if newest is not None and unit.pts < newest and not unit.is_key:
            return True
        self._newest_pts[unit.track] = unit.pts
        return False

    def _is_apart(self, unit: AccessUnit, interval_us: int) -> bool:
        latest_us = self._latest_key_us
        if latest_us is not None and abs(unit.utc_us - latest_us) < interval_us:
            return False
        self._latest_key_us = unit.utc_us
        return True

    def _steps(
        self, fragment: StoredFragment, units: list[AccessUnit], *, ends_section: bool, is_last: bool
    ) -> list[Step]:
        tracks = {track.number: track for track in fragment.tracks}
        last_of: dict[int, int] = {unit.track: index for index, unit in enumerate(units)}
        places = [self._line.place(unit.utc_us) for unit in units]
        is_controlled = self._play.is_rate_controlled
        soonest = min(places, default=0) if self._play.is_reverse else 0
        steps = []
        for index, unit in enumerate(units):
            is_final = last_of[unit.track] == index
            due_us = 0
            if is_controlled:
                due_us = soonest if self._play.is_reverse else places[index]
            steps.append(
                Step(
                    unit,
                    tracks[unit.track],
                    places[index],
                    due_us,
                    is_section_end=ends_section and is_final,
                    is_discontinuous=unit.track in self._jumped,
                    is_terminal=is_last and is_final,
                )
            )
            self._jumped.discard(unit.track)
        return steps
