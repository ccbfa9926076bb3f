"""A stretch of a recording as one plain MP4 file that plays anywhere."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from hashlib import sha256
from itertools import accumulate, chain, repeat
from pathlib import Path
from typing import NamedTuple

from vedette.base.timestamps import rescale
from vedette.media.unit import Track, TrackKind
from vedette.protocols.mp4.boxes import large_box_header
from vedette.protocols.mp4.export import Chunk, SampleTable, delayed_start, movie_ms
from vedette.protocols.mp4.fragments import timeline
from vedette.protocols.mp4.movie import (
    ExportedTrack,
    ExportUnit,
    MovieTrack,
    TrackStart,
    correct_start_times,
    file_meta,
    file_type,
    plain_movie,
    supplementary,
)
from vedette.protocols.mp4.walk import SampleColumns, columns_of
from vedette.storage.archive import Archive
from vedette.storage.draft import drafted
from vedette.storage.errors import NoFootage, StorageError
from vedette.storage.index import Segment
from vedette.storage.reader import RecordingReader, StoredFragment
from vedette.storage.segments import SampleEntry, codec_sample_entry

COPY_BYTES = 256 << 10
NEAR_US = 1_000_000  # how far before the first key frame pictures that came with it may have been captured
LATE_US = 10_000_000  # how much later than the pictures of its time sound may lie in the recording
APART_US = 500_000  # media time that departs further from capture instants is placed afresh
OFF_US = 20_000  # beyond this it is bent towards them: clocks of sound and pictures part over the hours
LONGEST_STEP = (1 << 31) - 1  # between two samples; some players take more for a negative number
LOOK_EVERY = 16  # fragments, between two calls that tell how far it has gathered
GATHERING = 0.3  # of the work, by the time that it takes where a disk reads 200 MB/s


class Exported(NamedTuple):
    """What an export holds. `start_us` may lie before what was asked for, at the key frame before it.

    It plays for `length_us`: less than from `start_us` to `end_us` where gaps are closed. `unread` are the
    files of the range that it lacks since they cannot be read, and why.
    """

    start_us: int
    end_us: int
    length_us: int
    bytes: int
    units: int
    gaps: int
    unread: list[str]


# (media bytes copied, those to copy as far as they are known, the share of the work that is done, 0 to 1);
# what it raises ends the export
Progressed = Callable[[int, int, float], None]


class _Piece(NamedTuple):
    """Bytes to be copied from a segment; without the samples, of which a day has millions."""

    read: Callable[[int, int], bytes]
    segment_path: str
    offset: int
    size: int

    def part(self, at: int, size: int) -> bytes:
        data = self.read(self.offset + at, size)
        if len(data) != size:
            raise StorageError(f"segment {self.segment_path} is damaged")
        return data


class Film:
    """An export of which every byte is settled, while its media is still to be read; see `gathered`."""

    def __init__(self, made: Exported, head: bytes, pieces: Sequence[_Piece], tail: bytes) -> None:
        self.made = made
        self.head_bytes = len(head)
        self.media_bytes = made.bytes - len(head) - len(tail)
        self._head = head
        self._pieces = pieces
        self._tail = tail

    def digest(self) -> str:
        """Another for whatever has other bytes; to be asked for before `parts`, and 60 MB to read for a day.

        Tables count by their bytes, media by where it lies, since files only grow.
        """
        digest = sha256(self._head)
        for piece in self._pieces:
            digest.update(f"{piece.segment_path} {piece.offset} {piece.size}\n".encode())
        digest.update(self._tail)
        return digest.hexdigest()

    def parts(self, about_bytes: int, begin: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes of the file from `begin` to the one before `end`, all that follow without one; once.

        They come in parts of `about_bytes` to twice that. Reading blocks. Raises StorageError when footage
        has vanished meanwhile or cannot be read.
        """
        waiting: list[bytes] = []
        size = 0
        for part in self._cut(about_bytes, begin, self.made.bytes if end is None else end):
            waiting.append(part)
            size += len(part)
            if size >= about_bytes:
                yield b"".join(waiting)
                waiting, size = [], 0
        if waiting:
            yield b"".join(waiting)

    def _cut(self, most_bytes: int, begin: int, end: int) -> Iterator[bytes]:
        passed = 0  # bytes of the file
        for whole, part in self._sources():
            last = min(whole, end - passed)
            for at in range(max(0, begin - passed), last, most_bytes):
                yield part(at, min(most_bytes, last - at))
            passed += whole

    def _sources(self) -> Iterator[tuple[int, Callable[[int, int], bytes]]]:
        """What the file is put together of: how many bytes, and what gives so many from one on."""
        head, self._head = self._head, b""  # a day has 60 MB: not to be kept while the rest is read
        yield len(head), partial(_part, head)
        del head
        yield from ((piece.size, piece.part) for piece in self._pieces)
        yield len(self._tail), partial(_part, self._tail)


def _part(data: bytes, at: int, size: int) -> bytes:
    return data[at : at + size]


class _ExportTrack:
    """One track of the file to be, gathered from fragments whose tracks may have changed on the way."""

    def __init__(self, track: Track) -> None:
        self.track = track
        self.table = SampleTable()
        self.entries: list[bytes] = []
        self.start = 0  # decode time of the first sample
        self._setups: dict[Track, int] = {}
        self._anchor: tuple[int, int, int] | None = None  # media time, pts, clock
        self._earliest = 0
        self._boxes = b""  # of the table, once all samples are there

    def add(
        self, track: Track, samples: SampleColumns, origin_us: int, offset: int, entry: SampleEntry
    ) -> SampleColumns:
        """Append one fragment's samples, which will lie at `offset` of the media; returns those it took.

        Sound and metadata captured before the beginning, or where there are some already, are left out:
        put behind, all that follows would be late.
        """
        hz = self.track.clock_hz
        at = self._bent(samples, track.clock_hz, origin_us)
        if at is None:
            if track.kind is not TrackKind.VIDEO:
                samples = self._from_earliest(samples, origin_us)
            if not samples.sizes:
                return samples
            at = max(0, rescale(_first_us(samples) - origin_us, 1_000_000, hz))
        first_pts = min(samples.pts)
        self._anchor = (at, first_pts, track.clock_hz)
        if track not in self._setups:
            self._setups[track] = len(self.entries) + 1
            self.entries.append(entry(track))
        if track.clock_hz == hz:
            pts = [each + (at - first_pts) for each in samples.pts]
        else:
            pts = [at + rescale(each - first_pts, track.clock_hz, hz) for each in samples.pts]
        decode, durations, offsets = timeline(pts, self._earliest, max(1, hz // 25))
        table, last_duration = self.table, durations.pop()
        if not table.decode:
            self.start = decode
        table.decode.extend(accumulate(durations, initial=decode))
        table.composition.extend(offsets or repeat(0, len(pts)))
        table.sizes.extend(samples.sizes)
        table.keys.extend(samples.keys)
        self._earliest = table.decode[-1] + 1
        table.last_duration = max(1, last_duration)
        table.chunks.append(Chunk(offset, len(pts), self._setups[track]))
        return samples

    def _bent(self, samples: SampleColumns, clock_hz: int, origin_us: int) -> int | None:
        """Where the first sample follows, a little nearer to its capture instant; None where it does not."""
        anchor, hz = self._anchor, self.track.clock_hz
        if anchor is None or anchor[2] != clock_hz:
            return None
        at = anchor[0] + rescale(min(samples.pts) - anchor[1], clock_hz, hz)
        off_us = _first_us(samples) - origin_us - rescale(at, hz, 1_000_000)
        if abs(off_us) > APART_US:
            return None
        if abs(off_us) > OFF_US:
            most = self.table.last_duration // 4
            at += max(-most, min(most, rescale(off_us, 1_000_000, hz)))
        return at

    def _from_earliest(self, samples: SampleColumns, origin_us: int) -> SampleColumns:
        earliest_us = origin_us + rescale(self._earliest, self.track.clock_hz, 1_000_000)
        return samples.part(_index(samples.utc_us, lambda utc_us: utc_us >= earliest_us), len(samples.sizes))

    def movie_track(self, track_id: int, media_offset: int) -> MovieTrack:
        hz, table = self.track.clock_hz, self.table
        if table.longest_step > LONGEST_STEP:
            hz = max(1, hz // -(-table.longest_step // LONGEST_STEP))
            table = table.in_clock(self.track.clock_hz, hz)
        self._boxes = self._boxes or table.boxes()  # takes a second for a day's
        delay_ms = movie_ms(self.start, self.track.clock_hz)
        edits = delayed_start(delay_ms, movie_ms(table.duration, hz))
        return MovieTrack(
            track_id,
            self.track.kind.value,
            hz,
            self.entries,
            self.track.width,
            self.track.height,
            self._boxes + table.offsets_box(media_offset),
            edits,
            table.duration,
            delay_ms,
        )


def _first_us(samples: SampleColumns) -> int:
    """When the first to be shown was captured."""
    return samples.utc_us[samples.pts.index(min(samples.pts))]


def _index(instants_us: Sequence[int], wanted: Callable[[int], bool]) -> int:
    """The index of the first instant that is wanted; behind the last when none is."""
    return next((index for index, utc_us in enumerate(instants_us) if wanted(utc_us)), len(instants_us))


def _beside(fragment: StoredFragment, samples: SampleColumns) -> SampleColumns:
    """Samples of a clock that has nothing to do with the pictures' get the instants of these."""
    apart_us = samples.utc_us[0] - fragment.start_us
    if abs(apart_us) < LATE_US:
        return samples
    return samples._replace(utc_us=[utc_us - apart_us for utc_us in samples.utc_us])


class _Plan:
    """What an export will hold: its tracks' tables and the bytes to copy."""

    def __init__(self, *, with_metadata: bool, closes_gaps: bool, sample_entry: SampleEntry) -> None:
        self.tracks: dict[tuple[int, TrackKind, str], _ExportTrack] = {}
        self.pieces: list[_Piece] = []
        self.media_bytes = 0
        self.units = 0
        self.gaps = 0
        self.start_us = self.end_us = 0
        self._with_metadata = with_metadata
        self._closes_gaps = closes_gaps
        self._sample_entry = sample_entry
        self._origin_us = 0  # the instant of media time zero; moves when gaps are closed
        self._first_us = 0  # where it began

    def begin(self, fragment: StoredFragment) -> None:
        """Media time zero is the instant of the first picture, which need not be the key frame."""
        self.start_us = self.end_us = fragment.start_us
        shown = columns_of(fragment.samples, fragment.lead + 1)
        near = (
            utc_us
            for utc_us in (shown.utc_us if shown is not None else ())
            if abs(utc_us - fragment.start_us) < NEAR_US
        )
        self._origin_us = self._first_us = min(near, default=fragment.start_us)

    def add(self, fragment: StoredFragment, until_us: int) -> None:
        """Take what was captured before `until_us`, and what has to be decoded before the last of it."""
        taken = {}
        for track in fragment.tracks:
            of_track = columns_of(fragment.samples, track.number + 1)
            if of_track is None:
                continue
            of_track = _beside(fragment, of_track)
            behind = _index(of_track.utc_us[::-1], lambda utc_us: utc_us < until_us)
            if behind < len(of_track.sizes):
                taken[track] = of_track.part(0, len(of_track.sizes) - behind)
        lead = next((taken[each] for each in taken if each.number == fragment.lead), None)
        if lead is not None:
            self._advance(fragment, until_us, lead.utc_us[-1])
        for track, of_track in taken.items():
            if self._with_metadata or track.kind is not TrackKind.METADATA:
                self._add_track(fragment, track, of_track)

    def _advance(self, fragment: StoredFragment, until_us: int, last_us: int) -> None:
        if fragment.follows_gap and self.pieces:
            self.gaps += 1
            if self._closes_gaps or fragment.start_us < self.end_us:  # or the clock was set back
                self._origin_us += fragment.start_us - self.end_us
        self.end_us = min(fragment.end_us, max(until_us, last_us + 1))

    def _add_track(self, fragment: StoredFragment, track: Track, samples: SampleColumns) -> None:
        key = (track.number, track.kind, track.codec)  # players keep to the codec with which a track begins
        known = self.tracks.get(key) or _ExportTrack(track)
        samples = known.add(track, samples, self._origin_us, self.media_bytes, self._sample_entry)
        if not samples.sizes:
            return
        self.tracks[key] = known
        size = sum(samples.sizes)
        self._take(fragment, samples.offset, size)
        self.media_bytes += size
        self.units += len(samples.sizes)

    def _take(self, fragment: StoredFragment, offset: int, size: int) -> None:
        segment = fragment.place.segment
        if self.pieces:
            latest = self.pieces[-1]
            if latest.segment_path == segment.path and latest.offset + latest.size == offset:
                self.pieces[-1] = latest._replace(size=latest.size + size)
                return
        self.pieces.append(_Piece(fragment.read, segment.path, offset, size))

    @property
    def length_us(self) -> int:
        """How long it plays."""
        return self.end_us - self._origin_us

    def film(self, unit: ExportUnit, source_name: str, source_url: str, unread: list[str]) -> Film:
        """What was gathered, without the tables."""
        head, tail = self._head(), self._tail(unit, source_name, source_url)
        size = len(head) + self.media_bytes + len(tail)
        made = Exported(self.start_us, self.end_us, self.length_us, size, self.units, self.gaps, unread)
        return Film(made, head, self.pieces, tail)

    def _head(self) -> bytes:
        """Everything before the media."""
        kind = file_type(is_fragmented=False)
        size = len(self._movie(0)) + len(kind) + len(large_box_header(b"mdat", self.media_bytes))
        return kind + self._movie(size) + large_box_header(b"mdat", self.media_bytes)

    def _movie(self, media_offset: int) -> bytes:
        tracks = self._numbered()
        lengths = (movie_ms(each.start + each.table.duration, each.track.clock_hz) for _, each in tracks)
        movie_tracks = [each.movie_track(track_id, media_offset) for track_id, each in tracks]
        return plain_movie(movie_tracks, self._first_us, max(lengths))

    def _numbered(self) -> list[tuple[int, _ExportTrack]]:
        """The tracks by their numbers in the recording, with their numbers in the file."""
        return list(enumerate(sorted(self.tracks.values(), key=lambda each: each.track.number), 1))

    def _tail(self, unit: ExportUnit, source_name: str, source_url: str) -> bytes:
        """Everything after the media: where it comes from and when it was captured."""
        starts = [
            TrackStart(track_id, self._first_us + rescale(each.start, each.track.clock_hz, 1_000_000))
            for track_id, each in self._numbered()
        ]
        sources = [ExportedTrack(track_id, source_name, source_url) for track_id, _ in self._numbered()]
        return file_meta(supplementary(unit, sources), correct_start_times(starts))


def export(
    archive: Archive,
    token: str,
    start_us: int,
    end_us: int,
    target: Path,
    *,
    unit: ExportUnit | None = None,
    with_metadata: bool = True,
    closes_gaps: bool = False,
    progressed: Progressed | None = None,
    sample_entry: SampleEntry = codec_sample_entry,
) -> Exported:
    """Write [start_us, end_us) of a recording into a new file; run it in a worker thread.

    The file appears under its name only when it is complete and durable; it is not signed. For the rest see
    `gathered`.
    """
    with gathered(
        archive,
        token,
        start_us,
        end_us,
        unit=unit,
        with_metadata=with_metadata,
        closes_gaps=closes_gaps,
        progressed=progressed,
        sample_entry=sample_entry,
    ) as film:
        try:
            with drafted(target) as file:
                for part in film.parts(COPY_BYTES):
                    file.write(part)
                    done = min(file.tell() - film.head_bytes, film.media_bytes)
                    if progressed is not None and done > 0:
                        share = GATHERING + (1 - GATHERING) * done / film.media_bytes
                        progressed(done, film.media_bytes, share)
        except OSError as error:
            raise StorageError(f"cannot export to {target.name}: {error.strerror}") from error
    return film.made


@contextmanager
def gathered(
    archive: Archive,
    token: str,
    start_us: int,
    end_us: int,
    *,
    unit: ExportUnit | None = None,
    with_metadata: bool = True,
    closes_gaps: bool = False,
    gives_way: bool = False,
    progressed: Progressed | None = None,
    sample_entry: SampleEntry = codec_sample_entry,
) -> Iterator[Film]:
    """Gather [start_us, end_us) of a recording as a plain MP4 file; blocks, also while the film is read.

    It begins with the key frame at or before the start, and with the sound of its time. Gaps stay as long as
    they were, the last picture standing, unless `closes_gaps`. What the film takes is kept from retention
    for the length of the block; where it `gives_way`, it goes before anything that is recorded from now on.

    Raises NoSuchRecording, NoFootage when nothing is recorded there, StorageError when the disk refuses.
    Source: Export file format (26.06 §5.2, §5.3, §5.5).
    """
    info = archive.recording(token)
    plan = _Plan(with_metadata=with_metadata, closes_gaps=closes_gaps, sample_entry=sample_entry)
    holding = partial(archive.holding, token, gives_way=gives_way)
    with ExitStack() as held, holding(start_us, end_us), archive.reader(token, waits=False) as reader:
        begin_us = _reach(reader, start_us)  # looked for again once it is held: it may just have gone
        held.enter_context(holding(begin_us, end_us + LATE_US))
        _gather(plan, reader, start_us, end_us, archive.usage(token).end_us, progressed)
        unread = reader.unread(start_us, end_us)
        if not plan.pieces:
            if unread:
                raise StorageError(f"nothing of {token!r} in that range can be read: {'; '.join(unread[:3])}")
            raise NoFootage(f"nothing of {token!r} is recorded in that range")
        film = plan.film(unit or ExportUnit(), info.source_name, info.source_address, unread)
        del plan  # its tables, of which a day has hundreds of megabytes
        yield film


def _reach(reader: RecordingReader, start_us: int) -> int:
    """Where what is taken begins: the key frame and its sound may lie in a segment before."""
    first = reader.forward(start_us).next()
    if first is None:
        return start_us
    return min(each.place.segment.start_us for each in (first, *reader.lying_before(first)))


def _gather(
    plan: _Plan,
    reader: RecordingReader,
    start_us: int,
    end_us: int,
    newest_us: int,
    progressed: Progressed | None,
) -> None:
    fragments = _fragments(reader, start_us, end_us)
    first = next(fragments, None)
    if first is None:
        return
    plan.begin(first)
    for before in reader.lying_before(first):  # sound lies before the pictures of its time as well
        plan.add(before, end_us)
    latest_us, length_us = plan.start_us, max(1, min(end_us, newest_us) - plan.start_us)
    for number, fragment in enumerate(chain((first,), fragments), 1):
        plan.add(fragment, end_us)
        if progressed is not None and number % LOOK_EVERY == 0:
            latest_us = max(latest_us, fragment.end_us)
            progressed(0, plan.media_bytes, GATHERING * min(1, (latest_us - plan.start_us) / length_us))


def _fragments(reader: RecordingReader, start_us: int, end_us: int) -> Iterator[StoredFragment]:
    """Those that may hold something of a range, in order of time; where that comes twice, segment by segment.

    Each time it begins with a clean point, and what comes for the second time is told to follow a gap.
    """
    cursor = reader.forward(start_us, looks_ahead=True)
    fragment = cursor.next()
    if fragment is None or fragment.start_us >= end_us:
        return
    former: Segment | None = None
    for earlier in reader.doubled(fragment, start_us):
        if earlier.start_us < end_us + LATE_US:
            is_again = former is not None and earlier.place.segment.id != former.id
            yield earlier._replace(follows_gap=True) if is_again else earlier
            former = earlier.place.segment
    if former is not None:
        fragment = fragment._replace(follows_gap=True)
    while fragment is not None:
        # Where the clock was set back, what belongs here comes behind what does not.
        if fragment.start_us >= end_us + LATE_US and not reader.goes_on_before(fragment.place, end_us):
            return
        yield fragment
        fragment = cursor.next()
