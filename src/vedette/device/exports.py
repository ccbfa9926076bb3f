"""Exports of recordings into the folders of storage configurations, and how far each has come."""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from lxml import etree

from vedette.base.clock import Clock
from vedette.base.errors import VedetteError
from vedette.base.timestamps import datetime_from_utc_us
from vedette.contract.envelope import fault_envelope, to_soap
from vedette.contract.faults import Action
from vedette.contract.schema.recording import ArrayOfFileProgress, FileProgress
from vedette.contract.topics.device import MONITORING_ASYNCHRONOUS_OPERATION_STATUS
from vedette.device.events import EventBroker
from vedette.device.notifications import element_value
from vedette.device.recordings import Recording
from vedette.device.storage_configurations import PlaceUnusable, StorageConfigurations
from vedette.protocols.mp4.movie import ExportUnit
from vedette.storage.archive import Archive
from vedette.storage.errors import NoFootage, NoSuchRecording, StorageError, StorageFull
from vedette.storage.events import Items
from vedette.storage.export import Progressed, export
from vedette.storage.retention import free_bytes
from vedette.storage.segments import SampleEntry, codec_sample_entry
from vedette.wire.parser import parse

_log = logging.getLogger(__name__)

FORMAT = "ONVIF"
AT_ONCE = 2
WAITING_MOST = 32
REMEMBERED_MOST = 64  # exports that have ended, for who asks how they went
SAME_NAME_MOST = 1000
STEP = 0.05  # how often progress is told


class ExportRefused(VedetteError):
    """An export cannot be made; the message names the element at fault."""


class UnknownExport(VedetteError):
    """No export has that token, or it is long over."""


class _Stopped(VedetteError):
    """The export was stopped."""


class Export:
    """One export: a file for each recording. Progress is from 0 to 1."""

    def __init__(
        self, token: str, start_us: int, end_us: int, files: dict[str, Path], held: ExitStack
    ) -> None:
        self.token = token
        self.start_us = start_us
        self.end_us = end_us
        self.files = files
        self.held = held
        self.done = dict.fromkeys(files, 0.0)
        self.is_stopped = False
        self.is_over = False
        self.problem = ""

    def stop(self) -> None:
        """End it soon; files that are complete stay."""
        self.is_stopped = True

    @property
    def progress(self) -> float:
        """Of all files together."""
        return sum(self.done.values()) / len(self.done)

    @property
    def file_progress(self) -> ArrayOfFileProgress:
        """Of each file by its name."""
        return ArrayOfFileProgress(
            file_progress=tuple(
                FileProgress(file_name=self.files[each].name, progress=round(done, 3))
                for each, done in self.done.items()
            )
        )


class Exports:
    """Makes exports, AT_ONCE at a time, the others waiting in order.

    Source: Recording Control, ExportRecordedData (26.06 §5.21-§5.23); Core, Asynchronous Operation Status
    (26.06 §8.9.7).
    """

    def __init__(
        self,
        archive: Archive,
        storage: StorageConfigurations,
        broker: EventBroker,
        clock: Clock,
        *,
        sample_entry: SampleEntry = codec_sample_entry,
    ) -> None:
        self._archive = archive
        self._storage = storage
        self._broker = broker
        self._clock = clock
        self._sample_entry = sample_entry
        self._known: dict[str, Export] = {}
        self._waiting: deque[Export] = deque()
        self._arrival = asyncio.Semaphore(0)
        self._naming = asyncio.Lock()  # a file is there only when its export is done, and so few may wait
        broker.declare(MONITORING_ASYNCHRONOUS_OPERATION_STATUS)

    async def start(
        self,
        recordings: Sequence[Recording],
        place: str,
        folder: str,
        *,
        start_us: int | None,
        end_us: int | None,
    ) -> Export:
        """Begin to export what was recorded between two instants, by default everything so far.

        `place` is the token of a storage configuration, `folder` a path in it. Raises ExportRefused,
        NoConfig.
        """
        first = min((each.start_us for each in recordings if each.end_us), default=0)
        start_us = first if start_us is None else start_us
        # What a clock that was set back has left behind is dated later than now.
        last = max((each.end_us for each in recordings), default=0)
        end_us = max(last, self._clock.utc_us()) if end_us is None else end_us
        if end_us <= start_us:
            raise ExportRefused("EndPoint: not after StartPoint")
        near = [each.token for each in recordings if each.start_us < end_us and each.end_us > start_us]
        tokens = await asyncio.to_thread(self._with_footage, near, start_us, end_us)
        if not tokens:
            raise ExportRefused("SearchScope: nothing is recorded there at that time")
        with ExitStack() as holding:
            try:
                root = holding.enter_context(self._storage.holding(place))
            except PlaceUnusable as error:
                raise ExportRefused(f"StorageToken: {error}") from error
            async with self._naming:
                if len(self._waiting) >= WAITING_MOST:
                    raise ExportRefused(f"{WAITING_MOST} exports are waiting already")
                taken = {
                    path for each in self._known.values() if not each.is_over for path in each.files.values()
                }
                files = await asyncio.to_thread(_targets, root, folder, tokens, (start_us, end_us), taken)
                made = Export(secrets.token_hex(8), start_us, end_us, files, holding.pop_all())
                self._known[made.token] = made
                self._waiting.append(made)
        self._tell(made)
        self._arrival.release()
        return made

    def _with_footage(self, tokens: list[str], start_us: int, end_us: int) -> list[str]:
        """Those of the recordings that hold something of the range, and not just before and after it."""
        found = []
        for token in tokens:
            with suppress(NoSuchRecording), self._archive.reader(token) as reader:
                if reader.sections(start_us, end_us):
                    found.append(token)
        return found

    def require(self, token: str) -> Export:
        """An export that runs or has ended; raises UnknownExport."""
        found = self._known.get(token)
        if found is None:
            raise UnknownExport(f"OperationToken: no export {token[:40]!r}")
        return found

    async def run(self) -> None:
        """Export until cancelled; what is under way then is given up."""
        try:
            async with asyncio.TaskGroup() as group:
                for number in range(AT_ONCE):
                    group.create_task(self._work(), name=f"export {number}")
        finally:
            for each in self._known.values():
                each.stop()

    async def _work(self) -> None:
        while True:
            await self._arrival.acquire()
            operation = self._waiting.popleft()
            try:
                await self._export(operation)
            finally:
                self._end(operation)

    async def _export(self, operation: Export) -> None:
        loop = asyncio.get_running_loop()
        for recording, target in operation.files.items():

            def progressed(
                done: int, total: int, share: float, recording: str = recording, target: Path = target
            ) -> None:
                if operation.is_stopped:
                    raise _Stopped(operation.token)
                if free_bytes(target.parent) < self._storage.least_free_bytes + total - done:
                    raise StorageFull(f"too little space for {target.name}")
                share = min(share, 0.999)  # complete is what is durable
                if share - operation.done[recording] >= STEP:
                    operation.done[recording] = share
                    loop.call_soon_threadsafe(self._tell, operation)

            try:
                await asyncio.to_thread(self._make, operation, recording, target, progressed)
            except _Stopped:
                return
            except (StorageError, OSError) as error:
                _log.error("export %s of %s: %s", operation.token, recording, error)
                operation.problem = str(error)
                if isinstance(error, NoFootage | NoSuchRecording):  # it was deleted meanwhile
                    continue
                return
            operation.done[recording] = 1.0

    def _make(self, operation: Export, recording: str, target: Path, progressed: Progressed) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        progressed(0, 0, 0.0)  # it may have been stopped, or the disk filled, while it waited
        made = export(
            self._archive,
            recording,
            operation.start_us,
            operation.end_us,
            target,
            unit=ExportUnit(utc_us=self._clock.utc_us()),
            progressed=progressed,
            sample_entry=self._sample_entry,
        )
        for each in made.unread:
            _log.warning("export %s of %s lacks %s", operation.token, recording, each)

    def _end(self, operation: Export) -> None:
        operation.held.close()
        self._tell(operation)
        operation.is_over = True
        self._broker.forget(MONITORING_ASYNCHRONOUS_OPERATION_STATUS, source=_source(operation))
        over = [token for token, each in self._known.items() if each.is_over]
        for token in over[: max(0, len(over) - REMEMBERED_MOST)]:
            del self._known[token]

    def _tell(self, operation: Export) -> None:
        if operation.is_over:
            return  # the thread's last words come too late
        data = (
            ("Progress", f"{operation.progress:.3f}"),
            ("FileProgressStatus", element_value(operation.file_progress)),
            *((("Error", _fault(operation.problem)),) if operation.problem else ()),
        )
        self._broker.publish(MONITORING_ASYNCHRONOUS_OPERATION_STATUS, source=_source(operation), data=data)


def _source(operation: Export) -> Items:
    names = (("OperationName", "ExportRecordedData"), ("ServiceName", "Recording"))
    return (("Token", operation.token), *names)


def _fault(problem: str) -> str:
    """What an operation that failed would have been answered."""
    envelope = parse(fault_envelope(to_soap(Action(problem), "")))
    return etree.tostring(envelope[-1][0], encoding="unicode")


def _targets(
    root: Path, folder: str, recordings: list[str], span_us: tuple[int, int], taken: set[Path]
) -> dict[str, Path]:
    """A file of its own for each recording, none of those `taken` by exports that are not done.

    Raises ExportRefused for a folder that leads out of the root.
    """
    parts = Path(folder).parts
    if Path(folder).is_absolute() or ".." in parts or not folder.isprintable() or len(folder) > 255:
        raise ExportRefused(f"RelativePath: {folder[:80]!r} is no path below the storage")
    parent = root.joinpath(*parts)
    try:
        if not parent.resolve().is_relative_to(root):
            raise ExportRefused(f"RelativePath: {folder[:80]!r} leads out of the storage")
    except OSError as error:
        raise ExportRefused(f"RelativePath: {folder[:80]!r}: {error.strerror}") from error
    span = "-".join(f"{datetime_from_utc_us(each):%Y%m%dT%H%M%SZ}" for each in span_us)
    return {each: _free(parent, f"{each}-{span}", taken) for each in recordings}


def _free(parent: Path, stem: str, taken: set[Path]) -> Path:
    for number in range(SAME_NAME_MOST):
        path = parent / (f"{stem}-{number}.mp4" if number else f"{stem}.mp4")
        if path not in taken and not path.exists() and not path.with_name(path.name + ".part").exists():
            return path
    raise ExportRefused(f"there are {SAME_NAME_MOST} exports of {stem} already")
