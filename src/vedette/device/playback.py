"""Footage in the order, with the marks and on the time line that a PLAY asks for; storage in, steps out.

Source: Streaming, Playback (26.06 §6).
"""

import logging
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from vedette.device.playback_pieces import BackwardPieces, ForwardPieces, Piece, Pieces
from vedette.media.unit import AccessUnit, Track
from vedette.protocols.rtsp.play import PlayParameters
from vedette.storage.errors import StorageError
from vedette.storage.reader import RecordingReader

_log = logging.getLogger(__name__)

AFTER_GAP_US = 40_000  # of the playback time line, between the last unit before a gap and the first after it
LOOK_AHEAD_MOST = 64  # pieces searched for a track's next unit, to know whether one is its last


class Step(NamedTuple):
    """One unit to be sent.

    `line_us` is its place on the time line of RTP timestamps: with rate control the time at which it is
    to be shown, on a line that goes on from one PLAY of a session to the next; without, its capture
    instant. `due_us` says when to send it, counted like the former; 0 without rate control. The marks are
    those of the replay extension.
    """

    unit: AccessUnit
    track: Track
    line_us: int
    due_us: int
    is_section_end: bool = False
    is_discontinuous: bool = False
    is_terminal: bool = False


class Line:
    """Capture instants to the playback time line: scaled, gaps taken out; it begins at `start_us`."""

    def __init__(self, play: PlayParameters, start_us: int = 0) -> None:
        self._is_controlled = play.is_rate_controlled
        self._scale = play.scale or 1.0
        self._origin_us: int | None = None
        self._told_us: int | None = None
        self._base_us = start_us
        self._last_us = start_us

    def tell(self, utc_us: int) -> None:
        """The client was told that the line begins at an instant, before anything was found there."""
        self._told_us = utc_us

    def begin_section(self, first_us: int) -> None:
        """A contiguous stretch begins with the unit shown first, captured at `first_us`."""
        if self._origin_us is not None:
            self._base_us = self._last_us + AFTER_GAP_US
        elif self._told_us is not None:
            first_us = max(first_us, self._told_us)
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
    discontinuity. `described` are the tracks that the client was told, if any: footage of other codecs is not
    sent. `is_finished` becomes true when the range is done; until then None from `next` means
    that nothing more is recorded yet. `first_us` is the instant shown first, None before it is known.
    `has_told_end`: a unit was marked as terminal. `line_start_us` is where the time line of RTP timestamps
    begins with rate control.
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
        described: Sequence[Track] = (),
        line_start_us: int = 0,
    ) -> None:
        self.is_finished = False
        self.has_told_end = False
        self.start_us = start_us
        self.line_start_us = line_start_us
        self.first_us: int | None = None
        self._play = play
        self._speed = play.speed or 1.0
        self._line = Line(play, line_start_us)
        self._numbers = numbers
        self._jumped = set(numbers) if is_seek else set()
        self._begins_section = True
        self._has_passed_over = False
        self._ahead: deque[Piece] = deque()
        kind = BackwardPieces if play.is_reverse else ForwardPieces
        self._pieces: Pieces = kind(reader, numbers, play, start_us, end_us, described)

    def next(self) -> list[Step] | None:
        """The next steps, at most a fragment or a group; an empty list is only a pause for breath."""
        piece = self._ahead.popleft() if self._ahead else self._pieces.next()
        if piece is None:
            self.is_finished = self._pieces.is_drained
            return None
        ends = self._ends(piece)
        if ends is None:
            self._ahead.appendleft(piece)
            return None
        self.has_told_end = self.has_told_end or bool(ends[1])
        self._begins_section = self._begins_section or piece.opens_section
        if self._play.is_reverse:
            self._jumped.update(self._numbers)
        try:
            units = piece.units()
        except StorageError as error:  # deleted meanwhile, or damaged: passed over like a gap
            if not self._has_passed_over:
                self._has_passed_over = True
                _log.warning("replay passes over footage that cannot be read: %s", error)
            self._begins_section = True
            self._jumped.update(self._numbers)  # what was sent before has no mark of an end
            return []
        return self._steps(piece, units, *ends) if units else []

    @property
    def is_cut_off(self) -> bool:
        """Whether footage of other codecs followed on units that were sent without a mark of the end."""
        return self.is_finished and self._pieces.is_misfit and not self.has_told_end

    def tell_start(self) -> None:
        """`start_us` was told before anything was found: footage from before has earlier places."""
        if not self._play.is_reverse:
            self._line.tell(self.start_us)

    def line_of(self, utc_us: int) -> int:
        """The place of an instant on the time line, once something was found."""
        return self._line.place(utc_us)

    def _steps(
        self,
        piece: Piece,
        units: list[tuple[AccessUnit, Track]],
        section_ends: set[int],
        terminals: set[int],
    ) -> list[Step]:
        if self._begins_section:
            self._begins_section = False
            self._line.begin_section(piece.first_us)
        if self.first_us is None:
            self.first_us = piece.first_us
        places = [self._line.place(unit.utc_us) for unit, _ in units]
        dues = self._dues(units, places)
        last_of = {unit.track: index for index, (unit, _) in enumerate(units)}
        steps = []
        for index, (unit, track) in enumerate(units):
            is_final = last_of[unit.track] == index
            steps.append(
                Step(
                    unit,
                    track,
                    places[index],
                    dues[index],
                    is_section_end=is_final and unit.track in section_ends,
                    is_discontinuous=unit.track in self._jumped,
                    is_terminal=is_final and unit.track in terminals,
                )
            )
            self._jumped.discard(unit.track)
        return steps

    def _dues(self, units: list[tuple[AccessUnit, Track]], places: list[int]) -> list[int]:
        """When to send: not after anything that is decoded later is shown; backwards a group at once."""
        if not self._play.is_rate_controlled:
            return [0] * len(units)
        if self._play.is_reverse:
            return [round(min(places) / self._speed)] * len(units)
        soonest: dict[int, int] = {}
        dues = []
        for (unit, _), place in zip(reversed(units), reversed(places), strict=True):
            soonest[unit.track] = min(place, soonest.get(unit.track, place))
            dues.append(round(soonest[unit.track] / self._speed))
        dues.reverse()
        return dues

    def _ends(self, piece: Piece) -> tuple[set[int], set[int]] | None:
        """The tracks whose last unit before a gap, and those whose last unit at all, is in a piece.

        None when that is not known yet.
        """
        pending = piece.numbers
        is_closed = piece.closes_section
        section_ends = pending - piece.cut if is_closed else set()
        latest = piece
        for depth in range(LOOK_AHEAD_MOST):
            if not pending:
                break
            following = self._look_ahead(depth)
            if following is None:
                is_end = self._pieces.is_end(latest)
                if is_end is None:
                    return None
                if is_end and not is_closed:
                    section_ends |= pending
                return section_ends, pending if is_end or self._pieces.is_drained else set()
            if not is_closed and following.opens_section:
                is_closed, section_ends = True, section_ends | pending
            pending = pending - following.numbers
            if not is_closed and following.closes_section:
                is_closed, section_ends = True, section_ends | (pending - following.cut)
            latest = following
        return section_ends, set()

    def _look_ahead(self, depth: int) -> Piece | None:
        while len(self._ahead) <= depth:
            piece = self._pieces.next()
            if piece is None:
                return None
            self._ahead.append(piece)
        return self._ahead[depth]
