"""A damaged or lost index is made anew while recording goes on: the oldest footage is entered first."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from glob import escape
from pathlib import Path
from time import monotonic, sleep

from vedette.base.clock import Clock
from vedette.storage.archive import INDEX_FILE, Archive
from vedette.storage.check import (
    NEW_TO_INDEX,
    Finding,
    begin_unknown,
    conclude_entering,
    enter_file,
    files_of_day,
)
from vedette.storage.errors import StorageError
from vedette.storage.index import Index
from vedette.storage.recordings import AHEAD_US, Standing, TimeRange

LOOK_S = 2.0
RETRY_S = 30.0
AGAIN_S = 600.0  # what is damaged sooner than that stays so: each time a file is kept aside
PAUSE_MOST_S = 0.5

Told = Callable[[StorageError | None], None]
Progressed = Callable[[int, int], None]  # days that are entered, of so many
Files = Sequence[tuple[str, str]]  # (path, recording's token)


class Renewal:
    """Looks after the index of an archive that is recorded into.

    One that is damaged, or whose file somebody took away, is moved aside and a new one begun at once: it
    knows what is recorded from then on, and within minutes what was recorded before; so does one that a
    start has begun. Retention leaves the former alone until it knows the latter. `retention` is held by
    whoever deletes, so that nobody has rows of the one index and asks the other. `told` hears of damage,
    and of None when all is entered; `progressed` before each day that is entered; `found`, in another thread,
    of files that are not as they should be.
    """

    def __init__(
        self,
        archive: Archive,
        clock: Clock,
        *,
        retention: asyncio.Lock,
        told: Told,
        progressed: Progressed,
        found: Callable[[Finding], None],
    ) -> None:
        self._archive = archive
        self._clock = clock
        self._retention = retention
        self._told = told
        self._progressed = progressed
        self._found = found
        self._not_before_s = 0.0
        self._problem = ""
        self._is_ended = False

    async def run(self) -> None:
        """Look until cancelled."""
        await self._hold_back()
        if self._archive.held_back:
            self._tell(StorageError(f"{INDEX_FILE} lacks footage, which is entered while recording goes on"))
        try:
            while True:
                pause_s = LOOK_S
                try:
                    await self._look()
                except StorageError as problem:
                    self._tell(problem)
                    pause_s = RETRY_S
                except OSError as error:
                    self._tell(StorageError(f"{INDEX_FILE} cannot be made anew: {error.strerror}"))
                    pause_s = RETRY_S
                await asyncio.sleep(pause_s)
        finally:
            self._is_ended = True

    async def _look(self) -> None:
        index = self._archive.index
        await asyncio.to_thread(index.database.look)
        if index.is_damaged and monotonic() >= self._not_before_s:
            self._tell(StorageError(f"{INDEX_FILE} is damaged and made anew; recording goes on meanwhile"))
            async with self._retention:
                self._archive.take_index(await asyncio.to_thread(self._archive.fresh_index))
                await self._hold_back()
            self._not_before_s = monotonic() + AGAIN_S
        if self._archive.held_back and not self._archive.index.is_damaged:
            await self._complete()

    async def _hold_back(self) -> None:
        """Keep what incomplete recordings record from now on, told by the clock as it is when asked."""
        clock, begun_s = self._clock, self._clock.monotonic_s()

        def recorded() -> TimeRange:
            now_us = clock.utc_us()
            return TimeRange(now_us - round((clock.monotonic_s() - begun_s) * 1_000_000), now_us + AHEAD_US)

        self._archive.hold_back(await asyncio.to_thread(self._incomplete), recorded)

    def _incomplete(self) -> list[int]:
        try:
            return [key for key, _ in self._archive.index.recordings(Standing.COMPLETING)]
        except StorageError:
            return []  # damaged, which is looked for next

    def _tell(self, problem: StorageError) -> None:
        if str(problem) != self._problem:
            self._told(problem)
        self._problem = str(problem)

    async def _complete(self) -> None:
        archive = self._archive
        await asyncio.wrap_future(
            archive.unknown_files()
        )  # behind that, writers enter what they end themselves
        days = await asyncio.to_thread(self._days)
        for entered, day in enumerate(days):
            self._progressed(entered, len(days))
            files = await asyncio.to_thread(self._files, day)
            if not files:  # none of ours: the folder may be anybody's, with a name that is no text
                continue
            # What a writer has made since is in the index by now, or in this.
            unknown = await asyncio.wrap_future(archive.unknown_files())
            await asyncio.to_thread(self._enter, day, [each for each in files if each not in unknown])
        await asyncio.to_thread(self._conclude)
        await self._hold_back()
        if not archive.held_back:
            self._problem = ""
            self._told(None)

    def _days(self) -> list[str]:
        begin_unknown(self._archive)  # what was made just before the new index came
        return sorted({day.name for _, folder in self._folders() for day in folder.glob("*/")})

    def _folders(self) -> list[tuple[str, Path]]:
        tokens = [info.token for _, info in self._archive.index.recordings(Standing.COMPLETING)]
        return [(token, self._archive.folder_of(token)) for token in tokens]

    def _files(self, day: str) -> Files:
        found = [(path, token) for token, folder in self._folders() for path in files_of_day(folder, day)]
        return sorted(found)

    def _enter(self, day: str, files: Files) -> None:
        """Enter the files of a day that the index does not know, taking half of the time for it."""
        index = self._archive.index
        ids = {info.token: key for key, info in index.recordings(Standing.COMPLETING)}
        known = {token: index.paths(key, f"{escape(day)}/*") for token, key in ids.items()}
        for path, token in self._while_wanted(index, files):
            if token in ids and path not in known[token]:
                finding = enter_file(index, ids[token], self._archive.folder_of(token), path, is_older=True)
                if finding.problem != NEW_TO_INDEX:
                    self._found(finding)

    def _while_wanted(self, index: Index, files: Files) -> Iterator[tuple[str, str]]:
        for each in files:
            if self._is_ended:
                return
            if index.is_damaged:
                raise StorageError(f"{INDEX_FILE} is damaged again; it is made anew in some minutes")
            begun_s = monotonic()
            yield each
            sleep(min(PAUSE_MOST_S, monotonic() - begun_s))

    def _conclude(self) -> None:
        archive = self._archive
        for recording_id, info in archive.index.recordings(Standing.COMPLETING):
            if archive.has_folder(info.token) and not self._is_ended:
                conclude_entering(archive.index, recording_id)
