"""The two threads that touch the disk for all recordings: one writes, one makes durable."""

import struct
from collections import deque
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock, Thread
from time import monotonic
from typing import Protocol

from vedette.base.errors import VedetteError
from vedette.storage.recordings import sync_folder


class Syncable(Protocol):
    """A file that was appended to."""

    def sync(self) -> None:
        """Make it durable; may raise OSError."""
        ...

    def close(self) -> None:
        """Close it; may raise OSError."""
        ...


# What a defect in one recording's job may raise: reported, so that the other recordings go on.
DEFECTS = (VedetteError, OSError, ArithmeticError, LookupError, ValueError, TypeError, struct.error)

Finished = Callable[[OSError | None], None]
PASSES_CALM = 15  # after so many without an error the disk takes what is written again


class Disk:
    """Runs jobs in order in its writing thread; syncs files every `sync_interval_s` in another.

    The writing thread only fills the system's cache, so it is slow only when the disk cannot keep up.
    `submit` never blocks; how much may wait is for the caller to bound, with `pending_bytes`.

    `on_problem` hears of defects in jobs, `on_unsynced` that what was written does not become durable, and
    with None that it does again, once each.
    """

    def __init__(
        self,
        *,
        sync_interval_s: float = 2.0,
        on_problem: Callable[[Exception], None],
        on_unsynced: Callable[[OSError | None], None],
    ) -> None:
        self._interval_s = sync_interval_s
        self._on_problem = on_problem
        self._on_unsynced = on_unsynced
        self._failed: OSError | None = None  # in this pass
        self._troubled_for = 0  # passes without an error that are still to come
        self._jobs: SimpleQueue[tuple[Callable[[], None], int] | None] = SimpleQueue()
        self._submitted_bytes = 0  # counted by the submitting thread only
        self._done_bytes = 0  # counted by the writing thread only
        self.passes = 0  # over all that was to be made durable; each begins some seconds after the last
        self._changed_s = self._durable_s = monotonic()
        self._dirty: dict[int, Syncable] = {}
        self._lock = Lock()  # on `_dirty`
        self._ended: deque[tuple[Syncable, Finished]] = deque()
        self._folders: deque[Path] = deque()
        self._wake = Event()
        self._is_closing = False
        self._writing = Thread(target=self._write, name="disk-write", daemon=True)
        self._syncing = Thread(target=self._sync, name="disk-sync", daemon=True)
        self._writing.start()
        self._syncing.start()

    @property
    def pending_bytes(self) -> int:
        """The sizes given to `submit` whose jobs have not ended."""
        return self._submitted_bytes - self._done_bytes

    @property
    def unsure_s(self) -> float:
        """For how long the disk has not confirmed what was written; 0 where it has confirmed all."""
        is_sure = self._durable_s >= self._changed_s
        return 0.0 if is_sure else monotonic() - self._durable_s

    def submit(self, job: Callable[[], None], size: int = 0) -> None:
        """Run `job` in the writing thread, soon. Call from one and the same thread only."""
        self._submitted_bytes += size
        self._jobs.put((job, size))

    def changed(self, file: Syncable) -> None:
        """Have a file synced within the interval."""
        with self._lock:
            self._dirty[id(file)] = file
        self._changed_s = monotonic()

    def made(self, folder: Path) -> None:
        """Have the names in a folder made durable within the interval."""
        self._folders.append(folder)

    def ended(self, file: Syncable, then: Finished) -> None:
        """Sync and close a file soon, then call `then` in the syncing thread with what went wrong."""
        self._ended.append((file, then))
        self._changed_s = monotonic()
        self._wake.set()

    def close(self) -> None:
        """Run what was submitted, sync everything, end both threads; a second call does nothing."""
        if not self._writing.is_alive():
            return
        self._jobs.put(None)
        self._writing.join()
        self._is_closing = True
        self._wake.set()
        self._syncing.join()

    def _write(self) -> None:
        while (entry := self._jobs.get()) is not None:
            job, size = entry
            try:
                job()
            except DEFECTS as error:
                self._on_problem(error)
            self._done_bytes += size
            del entry, job  # or the last group of pictures stays in memory until the next comes

    def _sync(self) -> None:
        while True:
            is_last = self._is_closing
            self._pass()
            if is_last:
                return
            self._wake.wait(self._interval_s)
            self._wake.clear()

    def _pass(self) -> None:
        self._failed = None
        begun_s = monotonic()
        self._sync_all()
        self.passes += 1
        if self._failed is not None:
            is_news, self._troubled_for = not self._troubled_for, PASSES_CALM
            if is_news:
                self._on_unsynced(self._failed)
            return
        self._durable_s = begun_s
        if self._troubled_for:
            self._troubled_for -= 1
            if not self._troubled_for:
                self._on_unsynced(None)

    def _sync_all(self) -> None:
        for folder in dict.fromkeys(_drained(self._folders)):
            self._attempt(lambda folder=folder: sync_folder(folder))  # type: ignore[misc]
        ended = [self._ended.popleft() for _ in range(len(self._ended))]
        closing = {id(file) for file, _ in ended}
        with self._lock:
            dirty, self._dirty = self._dirty, {}
        for key, file in dirty.items():
            if key not in closing:
                self._attempt(file.sync)
        for file, then in ended:
            problem = self._attempt(file.sync)
            then(self._attempt(file.close) or problem)

    def _attempt(self, act: Callable[[], None]) -> OSError | None:
        try:
            act()
        except FileNotFoundError:
            return None  # a folder that was deleted meanwhile
        except OSError as error:
            self._failed = error
            return error
        return None


def _drained(queue: deque[Path]) -> list[Path]:
    return [queue.popleft() for _ in range(len(queue))]
