"""Deleting the oldest footage: by age, by size, and before the disk is full."""

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import accumulate
from pathlib import Path

import msgspec

from vedette.base.clock import Clock
from vedette.media.unit import Track, TrackKey
from vedette.storage.archive import Archive
from vedette.storage.errors import StorageError, StorageFull
from vedette.storage.index import Segment
from vedette.storage.recordings import AHEAD_US, TimeRange, folder_gone
from vedette.storage.segments import is_foreign
from vedette.storage.spare import Spare

BATCH = 64  # segments deleted at a time
ROUNDS_MOST = 10_000
ALL_TIME = TimeRange(-(1 << 62), 1 << 62)
WANTED_BYTES = 256 << 20  # made free beyond the floor when a writer found the disk full,
WANTED_MOST = 16  # but no more than this part of the disk
INTERVAL_S = 10.0  # in which 128 cameras of 8 Mbit/s write 1.3 GB, less than the usual floor


class RetentionLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits over all recordings; 0 means none. Each recording may have its own besides.

    `least_free_bytes` is what always stays free on the disk.
    """

    keep_s: int = 0
    most_bytes: int = 0
    least_free_bytes: int = 2 << 30


class Deleted(msgspec.Struct):
    """What a pass deleted, and by recording the first and last instant of the footage that went.

    `tracks` are those that the footage held, `emptied` those of them that hold nothing any more. `problem`
    is why files could not be deleted, `stuck` the ids of their recordings and of those whose folder is gone,
    which the pass then leaves alone.
    """

    bytes: int = 0
    segments: int = 0
    from_us: dict[str, int] = {}
    until_us: dict[str, int] = {}
    tracks: dict[str, dict[TrackKey, Track]] = {}
    emptied: dict[str, tuple[Track, ...]] = {}
    is_short: bool = False  # less is free than wanted, and nothing more may be deleted
    problem: StorageError | None = None
    stuck: set[int] = set()


def free_bytes(folder: Path) -> int:
    """What is free for us on the folder's disk; raises StorageError when that does not answer."""
    found = _disk(folder)
    return found.f_bavail * found.f_frsize


def disk_bytes(folder: Path) -> int:
    """How large the folder's disk is; raises StorageError when that does not answer."""
    found = _disk(folder)
    return found.f_blocks * found.f_frsize


def missing_files(folder: Path) -> int:
    """How many files must go so that the folder's disk, though it has room, takes further ones.

    0 where it does, or counts none, as btrfs. Raises StorageError when it does not answer.
    """
    found = _disk(folder)
    wanted = min(BATCH, found.f_files // WANTED_MOST + 1)
    return max(0, wanted - found.f_favail) if found.f_files else 0


def _disk(folder: Path) -> os.statvfs_result:
    try:
        return os.statvfs(folder)
    except OSError as error:
        raise StorageError(f"cannot tell what is free in {folder}: {error.strerror}") from error


def enforce(archive: Archive, limits: RetentionLimits, now_us: int, *, wanted_bytes: int = 0) -> Deleted:
    """Delete sealed segments, oldest first, until every limit holds; run it in a worker thread.

    What is dated later than now is as old as it was begun, see `_oldest`; by age it stays.

    Held footage and segments being recorded stay. `wanted_bytes` is to be free beyond the
    floor, for example after StorageFull; of a small disk a sixteenth is enough, and where it has room but
    takes no more files, some of the oldest go. Footage whose recording's folder is gone, as with its disk,
    stays in the index: deleting it would free nothing, and the files would be unknown when they come back.
    Raises StorageError when the disk refuses, or no folder is there.
    """
    tokens = {}
    disk = archive.recordings_folder  # which may lie on a disk of its own
    size_bytes = disk_bytes(disk)
    recordings = archive.index.recordings()
    deleted = Deleted(stuck={key for key, info in recordings if not archive.has_folder(info.token)})
    if recordings and len(deleted.stuck) == len(recordings):
        raise StorageError(folder_gone(archive.folder_of(recordings[0][1].token)))
    for recording_id, info in recordings:
        if recording_id in deleted.stuck:
            continue
        tokens[recording_id] = info.token
        keep_s = min(filter(None, (info.keep_s, limits.keep_s)), default=0)
        if keep_s:
            _delete_older(archive, tokens, recording_id, now_us - keep_s * 1_000_000, deleted)
        if info.most_bytes:
            excess = archive.index.total_bytes(recording_id) - info.most_bytes
            _delete_bytes(archive, tokens, recording_id, now_us, excess, deleted)
    if limits.most_bytes:
        total = sum(archive.index.total_bytes(recording_id) for recording_id in tokens)
        _delete_bytes(archive, tokens, None, now_us, total - limits.most_bytes, deleted)
    floor = limits.least_free_bytes + min(wanted_bytes, size_bytes // WANTED_MOST)
    missing = floor - free_bytes(disk)
    if missing > 0:
        deleted.is_short = _delete_bytes(archive, tokens, None, now_us, missing, deleted) < missing
    _delete_files(archive, tokens, now_us, missing_files(disk) if wanted_bytes else 0, deleted)
    for recording_id, token in tokens.items():
        if token in deleted.tracks:
            left = {track.key for track, _, _ in archive.index.track_spans(recording_id)}
            gone = deleted.tracks[token].items()
            deleted.emptied[token] = tuple(track for key, track in gone if key not in left)
    return deleted


def _delete_older(
    archive: Archive, tokens: dict[int, str], recording_id: int, limit_us: int, deleted: Deleted
) -> None:
    def old() -> list[Segment]:
        oldest = archive.index.oldest_deletable(recording_id, archive.held, most=BATCH)
        return [segment for segment in oldest if segment.end_us <= limit_us]

    for _ in range(ROUNDS_MOST):
        if recording_id in deleted.stuck or not delete_segments(archive, tokens, old, deleted):
            return


def _delete_files(
    archive: Archive, tokens: dict[int, str], now_us: int, excess: int, deleted: Deleted
) -> None:
    """Delete so many of the oldest segments."""
    if excess:
        oldest = partial(_oldest, archive, None, now_us, deleted, excess)
        deleted.is_short = not delete_segments(archive, tokens, oldest, deleted) or deleted.is_short


def _delete_bytes(
    archive: Archive,
    tokens: dict[int, str],
    recording_id: int | None,
    now_us: int,
    excess: int,
    deleted: Deleted,
) -> int:
    """Delete the oldest segments until `excess` bytes are gone; how many are."""
    before = deleted.bytes

    def chosen() -> list[Segment]:
        oldest = _oldest(archive, recording_id, now_us, deleted, BATCH)
        sizes = accumulate((segment.bytes for segment in oldest), initial=deleted.bytes - before)
        return [segment for segment, gone in zip(oldest, sizes, strict=False) if gone < excess]

    for _ in range(ROUNDS_MOST):
        if not delete_segments(archive, tokens, chosen, deleted):
            break
    return deleted.bytes - before


def _oldest(
    archive: Archive, recording_id: int | None, now_us: int, deleted: Deleted, most: int
) -> list[Segment]:
    """The oldest segments that may go; when no older ones are left, those that are held and give way.

    What is dated later than any camera's now was recorded before a clock was set back, or went back as one
    does whose battery is empty: it goes before all that was begun later, though that has earlier dates.
    """
    oldest = partial(archive.index.oldest_deletable, recording_id, most=most)
    unreached = [(key, ALL_TIME) for key in deleted.stuck]
    held = archive.held + unreached
    found, ahead = oldest(held), oldest(held, after_us=now_us + AHEAD_US)
    if ahead:
        earlier = [each for each in found if each.start_us <= now_us and each.id < ahead[0].id]
        found = (earlier + ahead)[:most]
    found = [each for each in found if not archive.is_given_way_to(each)]
    return found or oldest(archive.firmly_held + unreached)


def delete_segments(
    archive: Archive, tokens: dict[int, str], choose: Callable[[], Sequence[Segment]], deleted: Deleted
) -> bool:
    """Delete segments in the order that survives a crash: marked, then the files, then the rows.

    Nobody begins to hold footage while they are chosen and marked: who looks into the index after that
    finds them going, or they were not chosen. Returns whether any were.

    Files that cannot be deleted, or went away with their recording's folder, stay in the index, since they
    would be neither shown nor deleted any more. So do segments of recordings that `tokens` does not have, and
    the file alone of one that somebody else put there.
    """
    with archive.choosing:
        segments = choose()
        if not segments:
            return False
        deleted.stuck.update(each.recording_id for each in segments if each.recording_id not in tokens)
        segments = [each for each in segments if each.recording_id in tokens]
        archive.index.start_deleting([segment.id for segment in segments]).result()
    kept = []
    for segment in segments:
        token = tokens[segment.recording_id]
        file = archive.file_of(token, segment)
        try:
            if not is_foreign(file) or not file.exists():
                file.unlink()
        except FileNotFoundError:
            if not archive.has_folder(token):  # its disk has just gone away
                kept.append(segment.id)
                deleted.stuck.add(segment.recording_id)
                continue
        except OSError as error:
            kept.append(segment.id)
            deleted.stuck.add(segment.recording_id)
            deleted.problem = StorageError(f"cannot delete {segment.path} of {token!r}: {error.strerror}")
            continue
        with suppress(OSError):  # the day's folder may be gone as well
            if not any(file.parent.iterdir()):
                file.parent.rmdir()
        deleted.bytes += segment.bytes
        deleted.segments += 1
        deleted.from_us[token] = min(segment.start_us, deleted.from_us.get(token, segment.start_us))
        deleted.until_us[token] = max(segment.end_us, deleted.until_us.get(token, 0))
        tracks = deleted.tracks.setdefault(token, {})
        for track in archive.index.tracks(segment.setup_id):
            if segment.track_mask >> track.number & 1:
                tracks[track.key] = track
    archive.index.keep_segments(kept).result()
    archive.index.forget_segments([each.id for each in segments if each.id not in kept]).result()
    return True


class Keeper:
    """Enforces the limits every `interval_s`, and at once when the disk is full.

    `limits` is asked each time. `deleted` hears what went, `failed` of errors (once for each in a row, then
    None when it works again); both on the event loop.
    """

    def __init__(
        self,
        archive: Archive,
        limits: Callable[[], RetentionLimits],
        clock: Clock,
        *,
        deleted: Callable[[Deleted], None],
        failed: Callable[[StorageError | None], None],
        interval_s: float = INTERVAL_S,
        wanted_bytes: int = WANTED_BYTES,
    ) -> None:
        self._archive = archive
        self._limits = limits
        self._clock = clock
        self._deleted = deleted
        self._failed = failed
        self._interval_s = interval_s
        self._wanted_bytes = wanted_bytes
        self._is_full = False
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._has_failed = False
        self._was_short = False
        self._spare = Spare(archive.folder)
        self.deleting = asyncio.Lock()  # held for each pass, and by who must not be deleted under

    def make_room(self) -> None:
        """Say, from any thread, that a writer found the disk full."""
        self._is_full = True
        self.enforce_soon()

    def enforce_soon(self) -> None:
        """Say, from any thread, that a limit has changed."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Enforce until cancelled."""
        self._loop = asyncio.get_running_loop()
        while True:
            wanted, self._is_full = (self._wanted_bytes if self._is_full else 0), False
            async with self.deleting:
                await self._pass(wanted)
            try:
                # not by `wait_for`, which in Python 3.11 may miss a cancellation
                async with asyncio.timeout(self._interval_s):
                    await self._wake.wait()
            except TimeoutError:
                continue
            self._wake.clear()

    async def _pass(self, wanted_bytes: int) -> None:
        try:
            deleted = await asyncio.to_thread(self._enforce, wanted_bytes)
        except StorageError as error:
            if not self._has_failed:
                self._failed(error)
            self._has_failed = True
            return
        if bool(deleted.problem) is not self._has_failed:
            self._failed(deleted.problem)
        self._has_failed = bool(deleted.problem)
        if deleted.segments or deleted.is_short or self._was_short:
            self._deleted(deleted)
        self._was_short = deleted.is_short

    def _enforce(self, wanted_bytes: int) -> Deleted:
        if wanted_bytes:
            self._spare.give_up()
        try:
            deleted = self._enforce_now(wanted_bytes)
        except StorageFull:
            self._spare.give_up()
            deleted = self._enforce_now(wanted_bytes)
        self._spare.keep(free_bytes(self._archive.folder))
        return deleted

    def _enforce_now(self, wanted_bytes: int) -> Deleted:
        limits, size_bytes = self._limits(), disk_bytes(self._archive.recordings_folder)
        kept = limits
        if limits.least_free_bytes >= size_bytes:  # for which everything would be deleted, and in vain
            kept = msgspec.structs.replace(limits, least_free_bytes=size_bytes // WANTED_MOST)
        deleted = enforce(self._archive, kept, self._clock.utc_us(), wanted_bytes=wanted_bytes)
        if kept is not limits and deleted.problem is None:
            deleted.problem = StorageError(
                f"{limits.least_free_bytes >> 20} MB are to be left free of a disk of {size_bytes >> 20} MB;"
                f" {kept.least_free_bytes >> 20} MB are instead"
            )
        return deleted
