"""Segment files: made, appended to, finished, salvaged and deleted, in an order that survives a crash."""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from vedette.base.timestamps import datetime_from_utc_us
from vedette.media.codecs import codec_named
from vedette.media.unit import Track
from vedette.protocols.mp4.boxes import MalformedFile, parse_header, uuid_box, uuid_content
from vedette.protocols.mp4.fragments import PRFT_BYTES
from vedette.protocols.mp4.movie import (
    MOVIE_HZ,
    MovieTrack,
    TrackStart,
    correct_start_times,
    file_meta,
    file_type,
    fragmented_movie,
)
from vedette.protocols.mp4.seektable import SeekEntry, SyncPoint, random_access, read_seek_table
from vedette.protocols.mp4.walk import FragmentHead, FragmentWalk, Read
from vedette.storage.assembly import Fragment

SEGMENT_HEAD = bytes.fromhex("3f0b5a4e8b0d4a5f9d7c64f1a2c35e88")
IOV_MOST = 1024  # buffers in one system call, the kernel's limit
MOST_HEAD_BYTES = 1 << 20
MOST_SAME_START = 1000
SEGMENT_NAME = re.compile(r"\d{6}\.\d{6}(-\d+)?\.mp4")

SampleEntry = Callable[[Track], bytes]


def codec_sample_entry(track: Track) -> bytes:
    """The sample entry that the track's codec makes; raises VedetteError when it cannot."""
    return codec_named(track.codec).sample_entry(track)


class SegmentHead(msgspec.Struct, frozen=True, kw_only=True):
    """What a segment says of itself in its `uuid` box, so that the index can be rebuilt from files alone."""

    recording: str
    tracks: tuple[Track, ...]
    origin_us: int
    continues: bool


class SegmentEnd(NamedTuple):
    """What a walk over a segment's file found out."""

    head: SegmentHead
    start_us: int
    end_us: int
    bytes: int
    track_mask: int
    fragments: int
    has_table: bool
    problem: str


def segment_path(start_us: int, attempt: int = 0) -> str:
    """Where a segment lies below its recording's folder: the day, then the time of day, in UTC."""
    suffix = f"-{attempt}" if attempt else ""
    return datetime_from_utc_us(start_us).strftime("%Y-%m-%d/%H%M%S.%f") + suffix + ".mp4"


class SegmentFile:
    """A segment being written, by one thread at a time. Every method may raise OSError."""

    def __init__(self, folder: Path, start_us: int, head: SegmentHead, sample_entry: SampleEntry) -> None:
        tracks = [
            MovieTrack(t.number + 1, t.kind.value, t.clock_hz, [sample_entry(t)], t.width, t.height)
            for t in head.tracks
        ]
        movie, duration_at = fragmented_movie(tracks, head.origin_us)
        starts = correct_start_times([TrackStart(track.track_id, head.origin_us) for track in tracks])
        kind = file_type(is_fragmented=True)
        opening = b"".join(
            (kind, movie, file_meta(starts), uuid_box(SEGMENT_HEAD, msgspec.json.encode(head)))
        )
        self._duration_at = len(kind) + duration_at
        self.head = head
        self.start_us = start_us
        self.end_us = start_us
        self.track_mask = 0
        self.bytes = 0
        self.fragments: list[SeekEntry] = []
        self._sync_points: dict[int, list[SyncPoint]] = {}
        self.path, self.has_new_day, self._descriptor = _create(folder, start_us)
        self.file = folder / self.path
        try:
            self._write([opening])
        except OSError:
            os.close(self._descriptor)
            self.file.unlink(missing_ok=True)
            raise

    def append(self, fragment: Fragment) -> None:
        """Append a whole fragment; when that fails, what was written of it is taken back."""
        offset = self.bytes
        self._write([fragment.head, *fragment.media])
        self.fragments.append(SeekEntry(fragment.start_us, offset, fragment.is_clean))
        for track_id, point in fragment.sync_points:
            moof = point._replace(moof_offset=offset + PRFT_BYTES)
            self._sync_points.setdefault(track_id, []).append(moof)
        self.end_us = max(self.end_us, fragment.end_us)
        self.track_mask |= fragment.track_mask

    def finish(self) -> None:
        """Append the random access table and enter the duration; the file may still be unsynced."""
        self._write([random_access(self.fragments, self._sync_points)])
        duration = max(1, (self.end_us - self.head.origin_us) * MOVIE_HZ // 1_000_000)
        os.pwrite(self._descriptor, duration.to_bytes(8, "big"), self._duration_at)

    def sync(self) -> None:
        """Make what was appended durable; blocks for as long as the disk takes."""
        os.fdatasync(self._descriptor)

    def close(self) -> None:
        """Give the file back to the system."""
        os.close(self._descriptor)

    def _write(self, buffers: Sequence[bytes]) -> None:
        expected = sum(map(len, buffers))
        written = 0
        try:
            if len(buffers) <= IOV_MOST:
                written = os.pwritev(self._descriptor, buffers, self.bytes)
            if written < expected:
                rest = memoryview(b"".join(buffers))
                while written < expected:
                    written += os.pwrite(self._descriptor, rest[written:], self.bytes + written)
        except OSError:
            os.ftruncate(self._descriptor, self.bytes)
            raise
        self.bytes += expected


def _create(folder: Path, start_us: int) -> tuple[str, bool, int]:
    """A new file's path below `folder`, whether its day's folder is new too, and its descriptor."""
    day = folder / segment_path(start_us).split("/")[0]
    has_new_day = _is_made(day)  # not the recording's own folder: that goes with its disk, and comes with it
    for attempt in range(MOST_SAME_START):
        path = segment_path(start_us, attempt)
        try:
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
            return path, has_new_day, os.open(folder / path, flags, 0o640)
        except FileExistsError:
            continue
        except FileNotFoundError:  # retention has just removed the empty day
            has_new_day = _is_made(day) or has_new_day
    raise FileExistsError(f"{MOST_SAME_START} segments begin at {start_us}")


def _is_made(folder: Path) -> bool:
    """Make a folder; whether it was not there."""
    try:
        folder.mkdir()
    except FileExistsError:
        if not folder.is_dir():
            raise
        return False
    return True


class SegmentReader:
    """A segment's file opened for reading, also while it grows. Use it as a context manager.

    Raises OSError when the file is gone, MalformedFile when its opening is not that of a segment.
    """

    def __init__(self, file: Path) -> None:
        self._descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self.head, self.fragments_at = _read_head(self.read, file.name)
        except BaseException:
            os.close(self._descriptor)
            raise

    def __enter__(self) -> "SegmentReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes at `offset`."""
        return os.pread(self._descriptor, size, offset)

    def will_read(self, offset: int, size: int) -> None:
        """Have the system fetch that, without waiting for it."""
        os.posix_fadvise(self._descriptor, offset, size, os.POSIX_FADV_WILLNEED)

    def size(self) -> int:
        """The file's size now."""
        return os.fstat(self._descriptor).st_size

    def close(self) -> None:
        """Give the file back; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _read_head(read: Read, name: str) -> tuple[SegmentHead, int]:
    """A segment's own description, and where its first fragment begins; raises MalformedFile."""
    at = 0
    while at < MOST_HEAD_BYTES:
        header = parse_header(read(at, 16), 0, at)
        if header is None or header.kind in (b"moof", b"mdat", b"prft"):
            break
        if header.kind == b"uuid" and header.size <= MOST_HEAD_BYTES:
            box = memoryview(read(at, header.size))
            own = uuid_content(box[header.header_bytes :], SEGMENT_HEAD)
            if own is not None and len(box) == header.size:
                return _decoded_head(own), at + header.size
        at += header.size or MOST_HEAD_BYTES
    raise MalformedFile(f"{name} does not open like a segment")


def _decoded_head(own: memoryview) -> SegmentHead:
    try:
        return msgspec.json.decode(own, type=SegmentHead)
    except msgspec.MsgspecError as error:
        raise MalformedFile(f"a segment's description is garbled: {error}") from error


def is_foreign(file: Path) -> bool:
    """Whether a file is neither named like a segment nor opens like one: somebody put it there.

    So is what is no file but a pipe, say, and what has a name that is no text. May raise OSError.
    """
    if not file.is_file() or not _is_text(f"{file.parent.name}/{file.name}"):
        return True
    if SEGMENT_NAME.fullmatch(file.name):
        return False
    try:
        with SegmentReader(file):
            return False
    except MalformedFile:
        return True


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def examine(file: Path, visit: Callable[[FragmentHead], None] | None = None) -> SegmentEnd:
    """Walk over all fragments of a segment's file; `bytes` is where the last whole one ends.

    With a random access table in place, `bytes` covers it too. Raises OSError or MalformedFile when the
    file has no readable opening.
    """
    with SegmentReader(file) as reader:
        size = reader.size()
        walk = FragmentWalk(reader.fragments_at)
        start_us = end_us = 0
        count = mask = 0
        while (head := walk.following(reader.read, size)) is not None:
            start_us = start_us if count else head.start_us
            end_us = max(end_us, head.end_us) if count else head.end_us
            count += 1
            mask |= sum(1 << track_id - 1 for track_id in head.samples.track_ids)
            if visit is not None:
                visit(head)
        has_table = False
        problem = walk.problem
        if walk.is_at_table:
            try:
                table = read_seek_table(reader.read, size)
            except MalformedFile as error:
                problem = str(error)
            else:
                has_table = table is not None and table[1] == walk.at
        if not has_table and walk.at < size and not problem:
            problem = f"{size - walk.at} bytes after the last whole fragment"
        whole = size if has_table else walk.at
        return SegmentEnd(reader.head, start_us, end_us, whole, mask, count, has_table, problem)


def salvage(file: Path) -> SegmentEnd | None:
    """Cut a segment's file behind its last whole fragment and make that durable.

    None when it held no whole fragment; the file is deleted then, unless it is foreign. May raise OSError.
    """
    try:
        end = examine(file)
    except MalformedFile:
        end = None
    if end is None or end.fragments == 0:
        if not is_foreign(file):
            file.unlink(missing_ok=True)
        return None
    if file.stat().st_size != end.bytes:
        descriptor = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.ftruncate(descriptor, end.bytes)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return end
