"""Which units of a recording a PLAY sends, and in which order; their media stay on disk until they are sent.

Source: Streaming, Playback (26.06 §6.5, §6.6).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.mp4.walk import StoredSample
from vedette.protocols.rtsp.headers import FrameKind
from vedette.protocols.rtsp.play import PlayParameters
from vedette.storage.index import Segment
from vedette.storage.reader import RecordingReader, StoredFragment


class Piece(NamedTuple):
    """What is sent of a fragment, or backwards of a group of pictures, in the order of sending.

    `first_us` is the instant that is shown first. `opens_section`: before it, in the direction of play,
    nothing is recorded; `closes_section`: likewise behind it. `cut` are the tracks that have more units
    there, which the range leaves out.
    """

    fragments: tuple[StoredFragment, ...]
    first_us: int
    opens_section: bool
    closes_section: bool
    cut: frozenset[int] = frozenset()

    @property
    def numbers(self) -> set[int]:
        """The tracks it has units of."""
        return {sample.track_id - 1 for fragment in self.fragments for sample in fragment.samples}

    def units(self) -> list[tuple[AccessUnit, Track]]:
        """Its units with their tracks; raises StorageError when the file is gone or damaged."""
        found = []
        for fragment in self.fragments:
            if fragment.samples:
                tracks = {track.number: track for track in fragment.tracks}
                found += [(unit, tracks[unit.track]) for unit in fragment.units()]
        return found


class Pieces(Protocol):
    """The pieces of one PLAY. `is_drained`: none will come any more, even when more is recorded.

    `is_misfit`: because what comes has other codecs.
    """

    is_drained: bool
    is_misfit: bool

    def next(self) -> Piece | None:
        """The next piece, or None when there is none (yet); it may be empty."""
        ...

    def is_end(self, piece: Piece) -> bool | None:
        """Whether a piece is the end of all footage; None when recording is just being ended."""
        ...


class ForwardPieces:
    """From the clean point at or before `start_us` on, up to `end_us` if there is one.

    Of time that a clock set back left twice both are sent, segment by segment.
    """

    def __init__(
        self,
        reader: RecordingReader,
        numbers: frozenset[int],
        play: PlayParameters,
        start_us: int,
        end_us: int | None,
        described: Sequence[Track] = (),
    ) -> None:
        self.is_drained = self.is_misfit = False
        self._reader = reader
        self._cursor = reader.forward(start_us)
        self._selection = _Selection(numbers, play, described)
        self._start_us = start_us
        self._end_us = end_us
        self._passed_over = 0
        self._earlier: Iterator[StoredFragment] | None = None  # recorded first of the time at the start
        self._held: StoredFragment | None = None  # comes when that is through
        self._latest: Segment | None = None  # of that

    def next(self) -> Piece | None:
        """The next fragment."""
        fragment = None if self.is_drained else self._following()
        end_us = self._end_us
        while fragment is not None and end_us is not None and fragment.start_us > end_us:
            self.is_drained = not self._comes_again(fragment, end_us)
            fragment = None if self.is_drained else self._following()
        if fragment is None:
            return None
        follows_damage = self._cursor.passed_over > self._passed_over
        self._passed_over = self._cursor.passed_over
        if not self._selection.fits(fragment):
            self.is_drained = self.is_misfit = True
            return None
        samples = whole = self._selection.of(fragment)
        cut: frozenset[int] = frozenset()
        comes_again = False
        if end_us is not None and fragment.end_us > end_us:
            comes_again = self._comes_again(fragment, end_us)
            self.is_drained = not comes_again
        if end_us is not None:
            samples = _until(whole, end_us, set())
            cut = frozenset(sample.track_id - 1 for sample in whole if sample not in samples)
        return Piece(
            (fragment._replace(samples=samples),),
            fragment.start_us,
            fragment.follows_gap or follows_damage,
            fragment.precedes_gap or comes_again,  # what follows lies earlier in time
            frozenset() if comes_again else cut,
        )

    def _following(self) -> StoredFragment | None:
        """The next fragment, or None when there is none (yet)."""
        if self._earlier is None:
            self._held = self._cursor.next()
            if self._held is None:
                return None
            self._earlier = self._reader.doubled(self._held, self._start_us)
        for fragment in self._earlier:
            if self._selection.fits(fragment):  # others are passed over like a gap
                return self._begun(fragment)
        if self._held is None:
            return self._cursor.next()
        held, self._held = self._held, None
        return self._begun(held)

    def _begun(self, fragment: StoredFragment) -> StoredFragment:
        """A fragment at the start; what comes for the second time follows a gap."""
        former, self._latest = self._latest, fragment.place.segment
        is_again = former is not None and former.id != self._latest.id
        return fragment._replace(follows_gap=True) if is_again else fragment

    def _comes_again(self, fragment: StoredFragment, end_us: int) -> bool:
        """Whether something of the range lies behind a fragment that reaches beyond it."""
        if self._held is not None:
            return True
        return fragment.place.caught_up is None and self._reader.goes_on_before(fragment.place, end_us)

    def is_end(self, piece: Piece) -> bool | None:
        """Whether the piece is the newest footage; what was written last is known once it is sealed."""
        if self.is_drained or self._reader.is_growing:
            return False
        place = piece.fragments[-1].place
        is_settled = self._reader.is_settled
        newest = self._reader.fragment(place)
        if newest is None:
            return False
        is_end = is_settled and newest.precedes_gap and self._reader.following(place) is None
        return is_end or None


class BackwardPieces:
    """From the group at or before `start_us` towards the oldest, down to `end_us` if there is one.

    A group is sent from its key frame on, even where the range ends in it: the rest needs it. Audio is
    left out.
    """

    def __init__(
        self,
        reader: RecordingReader,
        numbers: frozenset[int],
        play: PlayParameters,
        start_us: int,
        end_us: int | None,
        described: Sequence[Track] = (),
    ) -> None:
        self.is_drained = self.is_misfit = False
        self._cursor = reader.backward(start_us)
        self._selection = _Selection(numbers, play, described)
        self._start_us = start_us
        self._end_us = end_us
        self._is_first = True

    def next(self) -> Piece | None:
        """The next earlier group."""
        group = None if self.is_drained else self._cursor.next()
        if group is None or not self._selection.fits(group.fragments[-1]):
            self.is_drained = True
            self.is_misfit = group is not None
            return None
        end_us = self._end_us
        if end_us is not None and group.fragments[-1].end_us <= end_us:
            self.is_drained = True  # the range ended in a gap, or right behind this group
            return None
        if not self._selection.kinds(group.fragments[-1]):
            self.is_drained = True  # audio alone: nothing would come, however long it is looked for
            return None
        self._selection.jump()
        is_first, self._is_first = self._is_first, False
        chosen = [fragment._replace(samples=self._selection.of(fragment)) for fragment in group.fragments]
        first_us = min(group.fragments[-1].end_us, max(self._start_us, group.start_us))
        needed: set[int] = set()
        for index in range(len(chosen) - 1, -1, -1):
            kept = _until(chosen[index].samples, first_us, needed)
            chosen[index] = chosen[index]._replace(samples=kept)
        if end_us is not None and group.start_us <= end_us:
            self.is_drained = True
            if group.start_us < end_us and self._selection.is_intra_only and not is_first:
                chosen = []
        return Piece(tuple(chosen), first_us, group.precedes_gap, group.follows_gap)

    def is_end(self, piece: Piece) -> bool | None:
        """Whether the piece is the oldest footage; that does not depend on recording."""
        return piece.closes_section


class _Selection:
    """The samples that the chosen tracks, the Frames header and the direction leave."""

    def __init__(
        self, numbers: frozenset[int], play: PlayParameters, described: Sequence[Track] = ()
    ) -> None:
        self._numbers = numbers
        self._frames = play.frames
        self._is_reverse = play.is_reverse
        self.is_intra_only = play.frames.kind is FrameKind.INTRA
        self._latest_key_us: int | None = None
        self._newest_pts: dict[int, int] = {}
        self._codecs = {track.number: (track.codec, track.clock_hz) for track in described}

    def fits(self, fragment: StoredFragment) -> bool:
        """Whether the codecs are those that the client was told, or else those with which the PLAY began."""
        return all(
            self._codecs.setdefault(track.number, (track.codec, track.clock_hz))
            == (track.codec, track.clock_hz)
            for track in fragment.tracks
            if track.number in self._numbers
        )

    def kinds(self, fragment: StoredFragment) -> dict[int, TrackKind]:
        """The numbers of the tracks of which something is sent, and what they are."""
        kinds = {track.number: track.kind for track in fragment.tracks if track.number in self._numbers}
        if self._is_reverse:
            kinds = {number: kind for number, kind in kinds.items() if kind is not TrackKind.AUDIO}
        return kinds

    def jump(self) -> None:
        """What comes next was captured before what came last."""
        self._newest_pts.clear()

    def of(self, fragment: StoredFragment) -> Sequence[StoredSample]:
        """What is sent of a fragment."""
        kinds = self.kinds(fragment)
        samples = [sample for sample in fragment.samples if sample.track_id - 1 in kinds]
        if self.is_intra_only and fragment.lead in kinds:
            interval_us = (self._frames.interval_ms or 0) * 1000
            keys = (sample for sample in samples if sample.is_key and sample.track_id - 1 == fragment.lead)
            return [key for key in keys if self._is_apart(key, interval_us)]
        if self._frames.kind is FrameKind.PREDICTED:
            return [sample for sample in samples if not self._is_bidirectional(sample, kinds)]
        return samples

    def _is_apart(self, sample: StoredSample, interval_us: int) -> bool:
        latest_us = self._latest_key_us
        if latest_us is not None and abs(sample.utc_us - latest_us) < interval_us:
            return False
        self._latest_key_us = sample.utc_us
        return True

    def _is_bidirectional(self, sample: StoredSample, kinds: dict[int, TrackKind]) -> bool:
        """A picture that is shown before one decoded earlier: no picture but such needs it."""
        number = sample.track_id - 1
        if kinds[number] is not TrackKind.VIDEO:
            return False
        newest = self._newest_pts.get(number)
        if newest is not None and sample.pts < newest and not sample.is_key:
            return True
        self._newest_pts[number] = sample.pts
        return False


def first_described(
    reader: RecordingReader, numbers: frozenset[int], described: Sequence[Track], start_us: int, now_us: int
) -> int:
    """The instant from `start_us` on where footage begins that has the codecs of `described`.

    Footage of other codecs is passed over like a gap. Where codecs changed to and fro this is the beginning
    of one stretch that has them, not always the first; where there is none, `start_us`.
    """
    told = {track.number: (track.codec, track.clock_hz) for track in described if track.number in numbers}

    def fits(utc_us: int) -> bool:
        tracks = reader.tracks_at(utc_us)
        return all(
            (each.codec, each.clock_hz) == told.get(each.number, (each.codec, each.clock_hz))
            for each in tracks
        )

    if fits(start_us) or not fits(now_us):
        return start_us
    other_us, first_us = start_us, now_us
    while first_us - other_us > 1:
        middle_us = (other_us + first_us) // 2
        if fits(middle_us):
            first_us = middle_us
        else:
            other_us = middle_us
    return first_us


def _until(samples: Sequence[StoredSample], last_us: int, needed: set[int]) -> list[StoredSample]:
    """The samples up to an instant, with those later ones that must be decoded before one of them.

    `needed` are the tracks of which something later in decoding order is kept; it grows.
    """
    kept = []
    for sample in reversed(samples):
        if sample.utc_us <= last_us or sample.track_id in needed:
            needed.add(sample.track_id)
            kept.append(sample)
    kept.reverse()
    return kept
