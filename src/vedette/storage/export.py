"""A stretch of a recording as one plain MP4 file that plays anywhere."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

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
from vedette.protocols.mp4.walk import StoredSample
from vedette.storage.archive import Archive
from vedette.storage.errors import NoFootage, StorageError
from vedette.storage.reader import RecordingReader, StoredFragment
from vedette.storage.segments import SampleEntry, codec_sample_entry

COPY_BYTES = 1 << 20
NEAR_US = 1_000_000  # how far before the first key frame audio that came with it may have been captured
APART_US = 500_000  # media time that departs further from capture instants is placed afresh


class Exported(NamedTuple):
    """What an export holds. `start_us` may lie before what was asked for, at the key frame before it."""

    start_us: int
    end_us: int
    bytes: int
    units: int
    gaps: int


Progressed = Callable[[int, int], None]  # (bytes copied, bytes in all); what it raises ends the export


class _Piece(NamedTuple):
    """Bytes to be copied from a fragment."""

    fragment: StoredFragment
    offset: int
    size: int


class _ExportTrack:
    """One track of the file to be, gathered from fragments whose tracks may have changed on the way."""

    def __init__(self, track: Track, track_id: int) -> None:
        self.track = track
        self.track_id = track_id
        self.table = SampleTable()
        self.entries: list[bytes] = []
        self.start = 0  # decode time of the first sample
        self._setups: dict[Track, int] = {}
        self._anchor: tuple[int, int, int, int] | None = None  # media time, pts, instant, clock
        self._earliest = 0

    def add(
        self, track: Track, samples: list[StoredSample], origin_us: int, offset: int, entry: SampleEntry
    ) -> None:
        """Append one fragment's samples, which will lie at `offset` of the media."""
        hz = self.track.clock_hz
        if track not in self._setups:
            self._setups[track] = len(self.entries) + 1
            self.entries.append(entry(track))
        first = min(samples, key=lambda sample: sample.pts)
        anchor = self._anchor
        if anchor is None or not self._follows(anchor, first, track.clock_hz, origin_us):
            at = max(0, rescale(first.utc_us - origin_us, 1_000_000, hz))
            anchor = self._anchor = (at, first.pts, first.utc_us - origin_us, track.clock_hz)
        pts = [anchor[0] + rescale(sample.pts - anchor[1], track.clock_hz, hz) for sample in samples]
        decode, durations, offsets = timeline(pts, self._earliest, max(1, hz // 25))
        table = self.table
        if not table.decode:
            self.start = decode
        for index, sample in enumerate(samples):
            table.decode.append(decode)
            table.composition.append(offsets[index] if offsets else 0)
            table.sizes.append(sample.size)
            table.keys.append(sample.is_key)
            decode += durations[index]
        self._earliest = table.decode[-1] + 1
        table.last_duration = max(1, durations[-1])
        table.chunks.append(Chunk(offset, len(samples), self._setups[track]))

    def _follows(
        self, anchor: tuple[int, int, int, int], sample: StoredSample, clock_hz: int, origin_us: int
    ) -> bool:
        media_us = rescale(sample.pts - anchor[1], anchor[3], 1_000_000)
        return anchor[3] == clock_hz and abs(sample.utc_us - origin_us - anchor[2] - media_us) <= APART_US

    def movie_track(self, media_offset: int) -> MovieTrack:
        hz = self.track.clock_hz
        duration = self.table.duration
        edits = delayed_start(movie_ms(self.start, hz), movie_ms(duration, hz))
        return MovieTrack(
            self.track_id,
            self.track.kind.value,
            hz,
            self.entries,
            self.track.width,
            self.track.height,
            self.table.boxes(media_offset),
            edits,
            duration,
        )


class _Plan:
    """What an export will hold: its tracks' tables and the bytes to copy."""

    def __init__(self, *, with_metadata: bool, closes_gaps: bool, sample_entry: SampleEntry) -> None:
        self.tracks: dict[tuple[int, TrackKind], _ExportTrack] = {}
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

    def add(self, fragment: StoredFragment, until_us: int) -> None:
        inside = [i for i, sample in enumerate(fragment.samples) if sample.utc_us < until_us]
        if not inside:
            return
        samples = fragment.samples[: inside[-1] + 1]
        if not self.pieces:
            self.start_us = fragment.start_us
            near = (sample.utc_us for sample in samples if abs(sample.utc_us - self.start_us) < NEAR_US)
            self._origin_us = self._first_us = min(near, default=self.start_us)
        elif fragment.follows_gap:
            self.gaps += 1
            if self._closes_gaps or fragment.start_us < self.end_us:  # or the clock was set back
                self._origin_us += fragment.start_us - self.end_us
        self.end_us = min(fragment.end_us, max(until_us, samples[-1].utc_us + 1))
        for track in fragment.tracks:
            of_track = [sample for sample in samples if sample.track_id == track.number + 1]
            if of_track and (self._with_metadata or track.kind is not TrackKind.METADATA):
                self._add_track(fragment, track, of_track)

    def _add_track(self, fragment: StoredFragment, track: Track, samples: list[StoredSample]) -> None:
        key = (track.number, track.kind)
        if key not in self.tracks:
            self.tracks[key] = _ExportTrack(track, len(self.tracks) + 1)
        size = sum(sample.size for sample in samples)
        self.tracks[key].add(track, samples, self._origin_us, self.media_bytes, self._sample_entry)
        self.pieces.append(_Piece(fragment, samples[0].offset, size))
        self.media_bytes += size
        self.units += len(samples)

    def head(self) -> bytes:
        """Everything before the media."""
        kind = file_type(is_fragmented=False)
        size = len(self._movie(0)) + len(kind) + len(large_box_header(b"mdat", self.media_bytes))
        return kind + self._movie(size) + large_box_header(b"mdat", self.media_bytes)

    def _movie(self, media_offset: int) -> bytes:
        tracks = list(self.tracks.values())
        duration_ms = max(movie_ms(each.start + each.table.duration, each.track.clock_hz) for each in tracks)
        return plain_movie([each.movie_track(media_offset) for each in tracks], self._first_us, duration_ms)

    def tail(self, unit: ExportUnit, source_name: str, source_url: str) -> bytes:
        """Everything after the media: where it comes from and when it was captured."""
        starts = [
            TrackStart(each.track_id, self._first_us + rescale(each.start, each.track.clock_hz, 1_000_000))
            for each in self.tracks.values()
        ]
        sources = [ExportedTrack(each.track_id, source_name, source_url) for each in self.tracks.values()]
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

    It begins with the key frame at or before the start. Gaps stay as long as they were, the last picture
    standing, unless `closes_gaps`. The file appears under its name only when it is complete and durable; it
    is not signed. Footage is kept from retention meanwhile.

    Raises NoSuchRecording, NoFootage when nothing is recorded there, StorageError when the disk refuses.
    Source: Export file format (26.06 §5.2, §5.3, §5.5).
    """
    info = archive.recording(token)
    part = target.with_name(target.name + ".part")
    plan = _Plan(with_metadata=with_metadata, closes_gaps=closes_gaps, sample_entry=sample_entry)
    with archive.holding(token, start_us, end_us), archive.reader(token) as reader:
        _gather(plan, reader, start_us, end_us)
        if not plan.pieces:
            raise NoFootage(f"nothing of {token!r} is recorded in that range")
        try:
            with part.open("wb") as file:
                file.write(plan.head())
                _copy(plan, file, progressed)
                file.write(plan.tail(unit or ExportUnit(), info.source_name, info.source_address))
                size = file.tell()
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise StorageError(f"cannot export to {target.name}: {error.strerror}") from error
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    return Exported(plan.start_us, plan.end_us, size, plan.units, plan.gaps)


def _gather(plan: _Plan, reader: RecordingReader, start_us: int, end_us: int) -> None:
    cursor = reader.forward(start_us)
    while (fragment := cursor.next()) is not None and fragment.start_us < end_us:
        plan.add(fragment, end_us)


def _copy(plan: _Plan, file: BinaryIO, progressed: Progressed | None) -> None:
    done = 0
    for piece in plan.pieces:
        for at in range(0, piece.size, COPY_BYTES):
            wanted = min(COPY_BYTES, piece.size - at)
            data = piece.fragment.read(piece.offset + at, wanted)
            if len(data) != wanted:
                raise StorageError(f"{piece.fragment.place.segment.path} is damaged")
            file.write(data)
            done += wanted
        if progressed is not None:
            progressed(done, plan.media_bytes)
