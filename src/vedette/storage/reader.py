"""Reading a recording: forward from an instant, backward by groups, also what is being recorded."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.mp4.boxes import MalformedFile
from vedette.protocols.mp4.walk import StoredSample
from vedette.storage.assembly import STEP_US, leading_track
from vedette.storage.errors import StorageError
from vedette.storage.index import Gap, Index, Segment, SegmentState
from vedette.storage.view import SegmentView

OPEN_MOST = 4  # files of one reader at a time
TAIL_MOST = 512  # fragments without a key frame that one group may have
LOOK_BACK_MOST = 64  # segments that can be read and are searched for a key frame before an instant
DOUBLED_AMONG = 256  # segments that begin latest before an instant: others that hold it are looked for
OVERLAP_US = 3_000_000  # tracks of one segment may outlast the leading one; by more it is another clock


class Place(NamedTuple):
    """A fragment's place: its segment and its number in there, from 0.

    Segments follow each other in order of time. Once a reader has caught up with recording, those whose id is
    greater than `caught_up` follow in order of recording: a clock that is set back takes nothing from it.
    """

    segment: Segment
    number: int
    caught_up: int | None = None


class StoredFragment(NamedTuple):
    """A fragment, or the part of one from a key frame on; its media is read when asked for.

    `samples` are in order of arrival, `lead` is the number of the track that decides on key frames.
    `follows_gap` and `precedes_gap`: nothing is recorded right before its first or after its last unit. The
    latter stays False for the newest fragment while recording goes on.
    """

    place: Place
    tracks: tuple[Track, ...]
    lead: int
    samples: Sequence[StoredSample]
    start_us: int
    end_us: int
    is_clean: bool
    follows_gap: bool
    precedes_gap: bool
    read: Callable[[int, int], bytes]

    def units(self) -> list[AccessUnit]:
        """All units in order of arrival; raises StorageError when the file is gone or damaged."""
        start = min(sample.offset for sample in self.samples)
        data = self.read(start, max(sample.offset + sample.size for sample in self.samples) - start)
        return [
            _unit(sample, data[sample.offset - start : sample.offset - start + sample.size])
            for sample in self.samples
        ]


def _unit(sample: StoredSample, data: bytes) -> AccessUnit:
    if len(data) != sample.size:
        raise StorageError(f"a unit of {sample.size} bytes at {sample.offset} is not wholly there")
    return AccessUnit(
        track=sample.track_id - 1,
        utc_us=sample.utc_us,
        pts=sample.pts,
        data=data,
        is_key=sample.is_key,
        is_discontinuous=sample.is_discontinuous,
    )


class Group(NamedTuple):
    """A key frame and all that is decoded after it up to the next, with the audio and metadata between."""

    fragments: tuple[StoredFragment, ...]

    @property
    def start_us(self) -> int:
        """The capture instant of the key frame."""
        return self.fragments[0].start_us

    @property
    def follows_gap(self) -> bool:
        """Whether a contiguous stretch of footage begins with this group."""
        return self.fragments[0].follows_gap

    @property
    def precedes_gap(self) -> bool:
        """Whether a contiguous stretch of footage ends with this group."""
        return self.fragments[-1].precedes_gap

    def units(self) -> list[AccessUnit]:
        """All units, in order of arrival."""
        return [unit for fragment in self.fragments for unit in fragment.units()]


class RecordingReader:
    """Reads one recording; used by one worker thread at a time. Close it, or use it as a context manager.

    A segment that retention deletes meanwhile, or whose file is damaged, is passed over like a gap.
    Instants are UTC microseconds.
    """

    def __init__(
        self,
        index: Index,
        recording_id: int,
        folder: Path,
        is_growing: Callable[[], bool],
        is_settled: Callable[[], bool],
    ) -> None:
        self._index = index
        self._recording_id = recording_id
        self._folder = folder
        self._is_growing = is_growing
        self._is_settled = is_settled
        self._views: dict[int, SegmentView] = {}
        self._unread: dict[int, tuple[Segment, str]] = {}

    def __enter__(self) -> "RecordingReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files; the reader may be used again."""
        while self._views:
            self._views.popitem()[1].file.close()

    @property
    def is_growing(self) -> bool:
        """Whether more footage may come."""
        return self._is_growing()

    @property
    def is_settled(self) -> bool:
        """Whether none comes, and all that came is written: what is read from then on is all there is."""
        return self._is_settled()

    def unread(self, start_us: int, end_us: int) -> list[str]:
        """The files of [start_us, end_us) that were passed over since they cannot be read, and why."""
        touching = [each for each in self._unread.values() if each[0].start_us < end_us]
        return [f"{segment.path}: {why}" for segment, why in touching if segment.end_us > start_us]

    def tracks_at(self, utc_us: int) -> tuple[Track, ...]:
        """The tracks at an instant, in a gap those after it, behind the end the last; empty when all is."""
        segment = self._index.at(self._recording_id, utc_us) or self._next(utc_us)
        if segment is None:
            before = self._index.before(self._recording_id, utc_us)
            segment = before[0] if before else None
        return () if segment is None else self._index.tracks(segment.setup_id)

    def sections(self, start_us: int, end_us: int) -> list[tuple[int, int]]:
        """The contiguous stretches of footage that touch [start_us, end_us), oldest first."""
        sections: list[tuple[int, int]] = []
        for segment in self._index.overlapping(self._recording_id, start_us, end_us):
            ends_us = self._end_of(segment)
            if ends_us <= max(segment.start_us, start_us):
                continue  # just opened, nothing in it
            if sections and segment.continues:
                sections[-1] = (sections[-1][0], max(sections[-1][1], ends_us))
            else:
                sections.append((segment.start_us, ends_us))
        return sections

    def _open_at(self, utc_us: int) -> Segment | None:
        """The segment that another process writes, when it holds the instant."""
        before = self._index.before(self._recording_id, utc_us, 1 << 62)
        return before[0] if before and self._end_of(before[0]) > utc_us else None

    def _end_of(self, segment: Segment) -> int:
        """Where a segment ends; of one that another process writes, the index does not know it yet."""
        if segment.state is not SegmentState.OPEN or segment.end_us > segment.start_us:
            return segment.end_us
        view = self.view(segment)
        head = view.head(len(view.entries) - 1) if view is not None and view.entries else None
        return segment.end_us if head is None else head.end_us

    def gaps(self, start_us: int, end_us: int) -> list[Gap]:
        """The gaps between footage that touch the range, with what is known of their reason."""
        return self._index.gaps(self._recording_id, start_us, end_us)

    def forward(self, utc_us: int, *, looks_ahead: bool = False) -> "ForwardCursor":
        """A cursor from the last clean point at or before an instant; in a gap from the first one after.

        It `looks_ahead` for who reads many heads without their media, so that none is waited for.
        Source: Streaming, Initial position of a PLAY (26.06 §6.5.4).
        """
        return ForwardCursor(self, self.clean_place(utc_us), utc_us, looks_ahead=looks_ahead)

    def look_ahead(self, place: Place) -> None:
        """Have the system fetch the heads of the segment behind that of a place."""
        after = self._succeeding(place.segment, place.caught_up)
        view = self.view(after) if after is not None else None
        if view is not None:
            view.fetch_heads()

    def lying_before(self, fragment: StoredFragment) -> list[StoredFragment]:
        """What lies right before a fragment, oldest first, without the leading track.

        Of what was captured with its key frame, sound may have come before it.
        """
        whole = self.fragment(fragment.place)
        place = None if fragment.follows_gap else self.preceding(fragment.place)
        before = self.fragment(place) if place is not None else None
        parts = [(before, before.samples)] if before is not None else []
        if whole is not None:
            parts.append((whole, whole.samples[: len(whole.samples) - len(fragment.samples)]))
        found = []
        for part, samples in parts:
            others = [sample for sample in samples if sample.track_id != part.lead + 1]
            if others and part.tracks == fragment.tracks:
                found.append(part._replace(samples=others))
        return found

    def doubled(self, fragment: StoredFragment, utc_us: int) -> Iterator[StoredFragment]:
        """What other segments than that of `fragment` hold from an instant on that theirs hold too.

        A clock that was set back leaves the same time twice. Each begins with its clean point at or before.
        """
        chosen = fragment.place.segment
        for segment in self._index.overlapping(self._recording_id, utc_us, utc_us + 1, most=DOUBLED_AMONG):
            comes_later = (segment.start_us, segment.id) >= (chosen.start_us, chosen.id)
            if comes_later or _joins(segment, chosen):
                continue
            view = self.view(segment)
            entries = [] if view is None else view.entries
            clean = [i for i, each in enumerate(entries) if each.is_clean and each.start_us <= utc_us]
            for number in range(clean[-1], len(entries)) if clean else ():
                found = self.fragment(Place(segment, number), utc_us if number == clean[-1] else None)
                if found is not None:
                    yield found

    def goes_on_before(self, place: Place, utc_us: int) -> bool:
        """Whether another segment that comes behind a place begins before an instant."""
        before = self._index.before(self._recording_id, utc_us)
        segment = place.segment
        return any((each.start_us, each.id) > (segment.start_us, segment.id) for each in before[:1])

    def backward(self, utc_us: int) -> "BackwardCursor":
        """A cursor from the group of the last clean point at or before an instant towards the oldest."""
        return BackwardCursor(self, self._last_clean_before(utc_us), utc_us)

    def view(self, segment: Segment) -> SegmentView | None:
        """A segment's file, opened and up to date; None when it cannot be read."""
        view = self._views.pop(segment.id, None)
        try:
            if view is None:
                view = SegmentView(segment, self._folder / segment.path)
            view.refresh()
        except (OSError, MalformedFile) as error:
            if view is not None:
                view.file.close()
            if not isinstance(error, FileNotFoundError):  # as retention leaves it behind
                reason = error.strerror if isinstance(error, OSError) else str(error)
                self._unread[segment.id] = (segment, reason or "damaged")
            return None
        self._views[segment.id] = view
        while len(self._views) > OPEN_MOST:
            self._views.pop(next(iter(self._views))).file.close()
        return view

    def fragment(self, place: Place, from_us: int | None = None) -> StoredFragment | None:
        """The fragment at a place, from its last key frame at or before `from_us` on; None when damaged."""
        view = self.view(place.segment)
        head = view.head(place.number) if view is not None else None
        if view is None or head is None:
            return None
        tracks = self._index.tracks(place.segment.setup_id)
        lead = leading_track(tracks).number
        samples: Sequence[StoredSample] = head.samples
        skipped = _last_key(samples, lead, from_us) if head.is_clean and from_us is not None else 0
        return StoredFragment(
            place,
            tracks,
            lead,
            samples[skipped:] if skipped else samples,
            samples[skipped].utc_us if skipped else head.start_us,
            head.end_us,
            head.is_clean,
            place.number == 0 and not skipped and self._follows_gap(place),
            self._precedes_gap(place, len(view.entries)),
            self._reading(place.segment),
        )

    def _reading(self, segment: Segment) -> Callable[[int, int], bytes]:
        def read(offset: int, size: int) -> bytes:
            view = self.view(segment)
            if view is None:
                raise StorageError(f"segment {segment.path} is gone")
            try:
                return view.file.read(offset, size)
            except OSError as error:
                raise StorageError(f"segment {segment.path} cannot be read: {error.strerror}") from error

        return read

    def _follows_gap(self, place: Place) -> bool:
        segment = place.segment
        if not segment.continues or place.caught_up is not None:
            return not segment.continues
        before = self._index.before(self._recording_id, segment.start_us, segment.id)
        return not before or not _joins(before[0], segment) or self._is_lost(before[0])

    def _precedes_gap(self, place: Place, count: int) -> bool:
        if place.number + 1 < count:
            return False
        after = self._succeeding(place.segment, place.caught_up)
        now = self._index.by_id(place.segment.id)
        if after is not None:
            is_end = not _joins(now or place.segment, after) or self._is_lost(after)
        else:
            is_sealed = now is not None and now.state is SegmentState.SEALED
            is_end = is_sealed and self._is_settled()  # and only then nothing more is begun:
            is_end = is_end and self._succeeding(place.segment, place.caught_up) is None
        if not is_end:
            return False
        view = self.view(place.segment)  # a fragment may have come just before the segment was sealed
        return view is None or place.number + 1 >= len(view.entries)

    def _is_lost(self, segment: Segment) -> bool:
        """Whether nothing can be read of a segment, such as one whose file was deleted by hand."""
        if segment.state is not SegmentState.SEALED:
            return False
        view = self.view(segment)
        return view is None or not view.entries

    def _next(self, start_us: int, segment_id: int = 1 << 62) -> Segment | None:
        after = self._index.after(self._recording_id, start_us, segment_id)
        return after[0] if after else None

    def _succeeding(self, segment: Segment, caught_up: int | None) -> Segment | None:
        if caught_up is not None:
            return self._index.recorded_after(self._recording_id, max(caught_up, segment.id))
        is_settled = self._is_settled()
        after = self._next(segment.start_us, segment.id)
        if after is None or after.id > segment.id or is_settled:
            return after
        now = self._index.by_id(segment.id)
        is_open = now is not None and now.state is SegmentState.OPEN
        if is_open and self._index.recorded_after(self._recording_id, segment.id) is None:
            return None  # a clock was set back: older footage is later in time than what comes next
        return self._next(segment.start_us, segment.id)  # which may have been begun in between

    def following(self, place: Place) -> Place | None:
        """The place after one, however many segments cannot be read; None when nothing is there (yet)."""
        segment, index = place.segment, place.number + 1
        while True:
            view = self.view(segment)
            if view is not None and index < len(view.entries):
                return Place(segment, index, place.caught_up)
            after = self._succeeding(segment, place.caught_up)
            if after is None:
                return None
            view = self.view(segment)  # a fragment may have come just before the next segment was begun
            if view is not None and index < len(view.entries):
                return Place(segment, index, place.caught_up)
            segment, index = after, 0

    def caught_up(self, place: Place) -> Place:
        """A place behind which nothing more is, as one from which a reader goes on in order of recording.

        Where a clock was set back, the segment that is being recorded lies earlier: then right before that.
        """
        if place.caught_up is not None:
            return place
        newest = self._index.by_id(self._index.newest_id(self._recording_id))
        if self.following(place) is not None:
            return place
        if newest is None or newest.id <= place.segment.id:
            return place._replace(caught_up=place.segment.id)
        is_open = newest.state is SegmentState.OPEN
        return Place(newest, -1, newest.id) if is_open else place._replace(caught_up=newest.id)

    def preceding(self, place: Place) -> Place | None:
        """The place before one, however many segments cannot be read; None at the beginning."""
        segment, index = place.segment, place.number - 1
        while True:
            if index >= 0:
                return Place(segment, index)
            before = self._index.before(self._recording_id, segment.start_us, segment.id)
            if not before:
                return None
            segment = before[0]
            view = self.view(segment)
            index = -1 if view is None else len(view.entries) - 1

    def is_clean(self, place: Place) -> bool:
        """Whether decoding can begin at a place."""
        view = self.view(place.segment)
        return view is not None and place.number < len(view.entries) and view.entries[place.number].is_clean

    def clean_place(self, utc_us: int) -> Place | None:
        """The last clean place at or before an instant, in a gap the first after it; None while none is.

        A segment that cannot be read is a gap.
        """
        segment = self._index.at(self._recording_id, utc_us) or self._open_at(utc_us)
        if segment is not None and self.view(segment) is not None:
            place = self._last_clean_before(utc_us)
            if place is not None:
                return place
        return self._first_clean_after(segment.start_us if segment is not None else utc_us)

    def _first_clean_after(self, utc_us: int) -> Place | None:
        """The first clean place in the segments that begin at an instant or later."""
        segment = self._next(utc_us - 1)
        place = Place(segment, -1) if segment is not None else None
        for _ in range(TAIL_MOST):
            place = self.following(place) if place is not None else None
            if place is None or self.is_clean(place):
                return place
        return None

    def _last_clean_before(self, utc_us: int) -> Place | None:
        """The last clean place at or before an instant, but not across a gap to where there is none."""
        start_us, segment_id, searched = utc_us, 1 << 62, 0
        while searched < LOOK_BACK_MOST:
            before = self._index.before(self._recording_id, start_us, segment_id)
            if not before:
                return None
            segment = before[0]
            view = self.view(segment)
            searched += view is not None
            entries = view.entries if view is not None else []
            for index in range(len(entries) - 1, -1, -1):
                if entries[index].is_clean and entries[index].start_us <= utc_us:
                    return Place(segment, index)
            start_us, segment_id = segment.start_us, segment.id
        return None


def _joins(before: Segment, segment: Segment) -> bool:
    """Whether a segment goes on where the one before it ends; others may lie between."""
    return segment.continues and -OVERLAP_US <= segment.start_us - before.end_us <= STEP_US


def _last_key(samples: Sequence[StoredSample], lead: int, utc_us: int) -> int:
    """The index of the last key frame at or before an instant; 0 when that is the first, or none is."""
    found = 0
    first = True
    for index, sample in enumerate(samples):
        if sample.track_id == lead + 1 and sample.is_key:
            if sample.utc_us > utc_us:
                break
            found = 0 if first else index
            first = False
    return found


class ForwardCursor:
    """Goes over fragments in order of time, and on as they are recorded.

    `passed_over` counts those that cannot be read, in segments that can.
    """

    def __init__(
        self, reader: RecordingReader, place: Place | None, from_us: int, *, looks_ahead: bool = False
    ) -> None:
        self._reader = reader
        self._looks_ahead = looks_ahead
        self._place = place
        self._last: Place | None = None
        self._from_us: int | None = from_us
        self._start_us = from_us
        self._has_leapt = False  # back in time, to what is being recorded
        self.passed_over = 0

    def next(self) -> StoredFragment | None:
        """The next fragment, or None when there is none yet; then call again when the recording grew."""
        while True:
            place = self._place
            if place is None and self._last is not None:
                place = self._reader.following(self._last)
            elif place is None:
                place = self._reader.clean_place(self._start_us)  # it may have been recorded since
            if place is None:
                if self._last is not None:
                    before, self._last = self._last, self._reader.caught_up(self._last)
                    self._has_leapt = self._has_leapt or self._last.segment.start_us < before.segment.start_us
                return None
            if self._looks_ahead and (self._last is None or self._last.segment.id != place.segment.id):
                self._reader.look_ahead(place)
            fragment = self._reader.fragment(place, self._from_us)
            self._place, self._last = None, place
            if fragment is not None:
                self._from_us = None
                if self._has_leapt:
                    self._has_leapt, fragment = False, fragment._replace(follows_gap=True)
                return fragment
            self.passed_over += 1


class BackwardCursor:
    """Goes over groups of pictures from late to early; inside a group the order is that of time."""

    def __init__(self, reader: RecordingReader, place: Place | None, from_us: int) -> None:
        self._reader = reader
        self._place = place
        self._ready: list[Group] = []
        self._tail: list[StoredFragment] = [] if place is None else self._tail_behind(place)
        self._from_us: int | None = from_us

    def next(self) -> Group | None:
        """The next earlier group, or None at the beginning."""
        while not self._ready:
            place = self._place
            if place is None:
                return None
            fragment = self._reader.fragment(place)
            self._place = self._reader.preceding(place)
            if fragment is None:
                self._tail = []
            elif fragment.is_clean:
                self._ready = _groups(fragment, self._tail, self._from_us)
                self._tail, self._from_us = [], None
            elif len(self._tail) < TAIL_MOST:
                self._tail.insert(0, fragment)
        return self._ready.pop()

    def _tail_behind(self, place: Place) -> list[StoredFragment]:
        tail: list[StoredFragment] = []
        at: Place | None = place
        while len(tail) < TAIL_MOST:
            at = self._reader.following(at) if at is not None else None
            if at is None or self._reader.is_clean(at):
                break
            fragment = self._reader.fragment(at)
            if fragment is None or fragment.follows_gap:
                break
            tail.append(fragment)
        return tail


def _groups(first: StoredFragment, tail: list[StoredFragment], until_us: int | None) -> list[Group]:
    """The groups that begin in a clean fragment, without those whose key frame is later than `until_us`."""
    samples = first.samples
    is_video = next(track.kind for track in first.tracks if track.number == first.lead) is TrackKind.VIDEO
    keys = [i for i, s in enumerate(samples) if s.is_key and s.track_id == first.lead + 1] if is_video else []
    groups = []
    bounds = [0, *keys[1:], len(samples)]
    for number, (begin, end) in enumerate(pairwise(bounds)):
        part = samples[begin:end]
        if until_us is not None and number and part[0].utc_us > until_us:
            break
        is_last = end == len(samples)
        piece = first._replace(
            samples=part,
            start_us=part[0].utc_us if number else first.start_us,
            end_us=first.end_us if is_last else samples[end].utc_us,
            follows_gap=first.follows_gap and number == 0,
            precedes_gap=first.precedes_gap and is_last,
        )
        groups.append(Group((piece, *tail) if is_last else (piece,)))
    return groups
