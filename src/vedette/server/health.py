"""Whether the recorder does its work: what an operator, or a watching program, has to look at."""

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from vedette.base.clock import Clock, until_tick
from vedette.device.cameras import Cameras
from vedette.device.jobs import JobState, Recorder
from vedette.storage.archive import Archive
from vedette.storage.errors import StorageError

_log = logging.getLogger(__name__)

INTERVAL_S = 5.0
STALLED_S = 20.0  # footage reaches a file some seconds after it came; this is no such delay
UNANSWERED_S = 15.0
UNSYNCED_S = 30.0  # a disk that wakes up takes half of it
LEAST_FREE_BYTES = 32 << 20


class _Written(NamedTuple):
    """How far a recording was when it was seen to grow, and how far its camera was then."""

    units: int
    published: int
    at_s: float


class Health:
    """Looks every few seconds; `problems` is what it saw, without waiting for anything.

    `elsewhere` says what is wrong, in words, with all that is neither camera nor recording.
    """

    def __init__(
        self,
        *,
        cameras: Cameras,
        recorder: Recorder,
        archive: Archive,
        elsewhere: Callable[[], list[str]],
        folder: Path,
        clock: Clock,
    ) -> None:
        self._cameras = cameras
        self._recorder = recorder
        self._archive = archive
        self._elsewhere = elsewhere
        self._folder = folder
        self._clock = clock
        self._written: dict[str, _Written] = {}
        self._stalled: dict[str, float] = {}
        self._disk_problems: tuple[str, ...] = ()
        self._asked_at_s: float | None = None
        self._sync_passes = 0
        self._synced_at_s = clock.monotonic_s()
        self._sync_took_s = 0.0

    @property
    def problems(self) -> list[str]:
        """What is wrong now, in words; empty when all is well."""
        found = [
            f"recording {job.recording}: {job.problem or 'an error'}"
            for job in self._recorder.jobs
            if job.state is JobState.ERROR
        ]
        found += [
            f"recording {name}: nothing written for {since_s:.0f} s though its camera gives media"
            for name, since_s in self._stalled.items()
        ]
        if self._recorder.retention_problem:
            found.append(f"retention: {self._recorder.retention_problem}")
        if self._archive.disk_problem is not None:
            found.append(f"the disk of {self._archive.recordings_folder}: {self._archive.disk_problem}")
        unsynced_s = max(self._sync_took_s, self._clock.monotonic_s() - self._synced_at_s)
        if unsynced_s > UNSYNCED_S:
            found.append(
                f"the disk of {self._archive.recordings_folder} is slow: it took {unsynced_s:.0f} s and more"
                " to make durable what is written"
            )
        found += self._disk_problems
        found += self._elsewhere()
        if self._asked_at_s is not None:
            waited_s = self._clock.monotonic_s() - self._asked_at_s
            if waited_s > UNANSWERED_S:
                found.append(f"the disk of {self._folder} has not answered for {waited_s:.0f} s")
        return found

    async def run(self) -> None:
        """Look until cancelled; what changes is logged."""
        before: list[str] = []
        while True:
            await self.look()
            now = self.problems
            if bool(now) is not bool(before):
                _log.log(logging.ERROR if now else logging.INFO, "health: %s", "; ".join(now) or "ok")
            before = now
            await asyncio.sleep(until_tick(INTERVAL_S))

    async def look(self) -> None:
        """Look once."""
        self._look_at_recordings()
        passes = self._archive.sync_passes
        if passes != self._sync_passes:
            before_s, self._synced_at_s = self._synced_at_s, self._clock.monotonic_s()
            self._sync_took_s = (self._synced_at_s - before_s) / (passes - self._sync_passes)
            self._sync_passes = passes
        self._asked_at_s = self._clock.monotonic_s()
        self._disk_problems = await asyncio.to_thread(self._disk_state)
        self._asked_at_s = None

    def _look_at_recordings(self) -> None:
        now_s = self._clock.monotonic_s()
        written, stalled = {}, {}
        for job in self._recorder.jobs:
            writer = self._recorder.writer_of(job.recording)
            if job.state is not JobState.ACTIVE or writer is None:
                continue
            published = self._cameras.require(job.camera).main.units_total
            before = self._written.get(job.recording)
            if before is None or before.units != writer.counts.units or before.published == published:
                before = _Written(writer.counts.units, published, now_s)
            written[job.recording] = before
            if now_s - before.at_s > STALLED_S:
                stalled[job.recording] = now_s - before.at_s
        self._written, self._stalled = written, stalled

    def _disk_state(self) -> tuple[str, ...]:
        found = []
        try:
            self._archive.recordings()
        except StorageError as problem:
            found.append(f"the index: {problem}")
        if self._archive.index.is_damaged:
            found.append("the index is damaged; it is made anew within minutes, while recording goes on")
        disks: set[int] = set()
        for folder in (self._folder, self._archive.recordings_folder):  # which may have a disk of its own
            try:
                state, disk = os.statvfs(folder), folder.stat().st_dev
            except OSError as error:
                found.append(f"the disk of {folder}: {error.strerror}")
                break
            free = state.f_bavail * state.f_frsize
            if free < LEAST_FREE_BYTES and disk not in disks:
                found.append(f"the disk of {folder} is full: {free >> 20} MB free")
            disks.add(disk)
        return tuple(found)
