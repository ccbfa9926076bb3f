"""Recording jobs: every camera that is to be recorded, from its live stream into its recording."""

import asyncio
import logging
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple
from weakref import WeakSet

import msgspec

from vedette.base.clock import Clock, until_tick
from vedette.device.cameras import Camera, Cameras
from vedette.device.retention_clock import RetentionClock
from vedette.device.settings.store import SettingsStore
from vedette.media.unit import Track, TrackKey
from vedette.storage.archive import Archive
from vedette.storage.check import Finding
from vedette.storage.errors import NoSuchRecording, StorageError, StorageFull
from vedette.storage.recordings import RecordingInfo, read_about
from vedette.storage.renewal import Renewal
from vedette.storage.retention import Deleted, Keeper, RetentionLimits
from vedette.storage.writer import RecordingWriter

_log = logging.getLogger(__name__)

LOOK_S = 1.0  # a job follows its camera that soon
PROGRESS_S = 10.0  # between two words on how far an index is
RETRY_S = 10.0  # until a recording that the disk did not let begin is tried again
SHORTAGE = "less of the disk is free than free_floor_gib asks for, and no more footage may be deleted"


class JobState(StrEnum):
    """What a recording job does; clients are told of WAITING as Idle, since nothing is written then.

    Source: Recording Control, GetRecordingJobState (26.06 §5.19).
    """

    IDLE = "Idle"  # switched off
    ACTIVE = "Active"  # footage is being written
    WAITING = "Waiting"  # wanted, but the camera gives nothing
    ERROR = "Error"  # the disk refuses


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One camera's recording as it stands; `problem` says why it is in error."""

    recording: str
    camera: str
    state: JobState
    problem: str = ""


class Presence(NamedTuple):
    """Whether footage of a recording is being written, and since when that is so, by the footage itself.

    `since_us` is when the first unit or, without footage, the last one was captured; None where nobody knows.
    """

    is_present: bool
    since_us: int | None = None


NOT_PRESENT = Presence(is_present=False)


class Deletion(NamedTuple):
    """Footage of a recording that was deleted, all of it between two instants.

    `tracks` had some of it; `lost` are those of them that the recording has no longer.
    """

    recording: str
    start_us: int
    end_us: int
    tracks: tuple[Track, ...]
    lost: tuple[Track, ...] = ()


class Creation(NamedTuple):
    """A recording that was made, or with `track` the first time that it has such a track."""

    recording: str
    track: Track | None


def log_finding(finding: Finding) -> None:
    """Tell the operator of what is not as the storage promises."""
    _log.warning("%s: %s", finding.path, finding.problem)


def wanted_by(store: SettingsStore) -> Callable[[Camera], bool]:
    """Whether a camera is to be recorded: as a client has said, else as its settings say."""

    def is_wanted(camera: Camera) -> bool:
        said = store.current.recording.mode_of(camera.name)
        return camera.settings.record if said is None else said

    return is_wanted


class Recorder:
    """Runs the recording jobs and the retention. `is_wanted` says which cameras are to be recorded now.

    `watch` hears of every change of a job's state, `watch_deletions` of footage that retention deleted,
    `watch_creations` of new recordings and tracks, all on the event loop.
    """

    def __init__(
        self,
        archive: Archive,
        cameras: Cameras,
        clock: Clock,
        *,
        limits: RetentionLimits,
        is_wanted: Callable[[Camera], bool] | None = None,
    ) -> None:
        self._archive = archive
        self._cameras = cameras
        self._clock = clock
        self._keeper = Keeper(
            archive,
            lambda: limits,
            RetentionClock(clock),
            deleted=self._footage_deleted,
            failed=self._retention_failed,
        )
        self._renewal = Renewal(
            archive,
            clock,
            retention=self._keeper.deleting,
            told=self._renewal_told,
            progressed=self._renewal_progressed,
            found=log_finding,
        )
        self._is_wanted = is_wanted or (lambda camera: camera.settings.record)
        self._writers: dict[str, tuple[Camera, RecordingWriter]] = {}
        self._begun: WeakSet[Camera] = WeakSet()  # cameras that were recorded before
        self._problems: dict[str, StorageError] = {}
        self._states: dict[str, JobState] = {}
        self._presences: dict[str, Presence] = {}
        self._watchers: list[Callable[[Job], None]] = []
        self._deletion_watchers: list[Callable[[Deletion], None]] = []
        self._creation_watchers: list[Callable[[Creation], None]] = []
        self._tracks: dict[str, set[TrackKey]] = {}  # by recording
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()
        self._retry_s = float("inf")  # when to, by the loop's clock
        self._shortage = ""  # in words, where less is free than is to be
        self._retention_problem = ""  # what keeps retention from deleting
        self._progress_due_s = 0.0  # when to speak of it next
        self.deleted_bytes_total = 0
        self.index_days_left = 0  # of footage that a new index lacks

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Every camera's job, wanted or not."""
        return tuple(self.job_of(camera) for camera in self._cameras)

    @property
    def is_disk_failing(self) -> bool:
        """Whether the disk refuses footage for another reason than being full or slow."""
        problems = (*self._problems.values(), self._archive.disk_problem)
        return any(type(each) is StorageError for each in problems)

    def writer_of(self, recording: str) -> RecordingWriter | None:
        """The writer of a recording that is wanted now."""
        found = self._writers.get(recording)
        return None if found is None else found[1]

    def tracks_of(self, recording: str) -> frozenset[TrackKey]:
        """The tracks of a recording that is or was wanted in this run."""
        return frozenset(self._tracks.get(recording, ()))

    def presence_of(self, job: Job) -> Presence:
        """Whether a job's footage is being written: a camera is missed long after its last unit."""
        writer = self.writer_of(job.recording)
        if writer is not None:
            if job.state is not JobState.ACTIVE:
                self._end_footage(job.recording, writer)
            elif writer.begun_us is not None:
                self._presences[job.recording] = Presence(is_present=True, since_us=writer.begun_us)
        return self._presences.get(job.recording, NOT_PRESENT)

    def watch(self, watcher: Callable[[Job], None]) -> None:
        """Call `watcher` with each job whose state has changed."""
        self._watchers.append(watcher)

    def watch_deletions(self, watcher: Callable[[Deletion], None]) -> None:
        """Call `watcher` after footage was deleted."""
        self._deletion_watchers.append(watcher)

    def watch_creations(self, watcher: Callable[[Creation], None]) -> None:
        """Call `watcher` when a recording or a track of one was made."""
        self._creation_watchers.append(watcher)

    def report(self, recording: str, problem: StorageError | None) -> None:
        """The archive's report of a problem or its end; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._reported, recording, problem)

    def refresh(self) -> None:
        """Cameras or wishes have changed: start and stop jobs soon."""
        self._wake.set()

    def enforce_retention(self) -> None:
        """A limit has changed: delete soon what is beyond it."""
        self._keeper.enforce_soon()

    async def start(self) -> None:
        """Make the recordings there are to be, and begin to record."""
        self._loop = asyncio.get_running_loop()
        self._cameras.watch(self.refresh)
        await self._arrange()

    async def run(self) -> None:
        """Follow the cameras, delete what is too old and look after the index, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keeper.run(), name="retention")
            group.create_task(self._renewal.run(), name="index")
            await self._follow()

    async def _follow(self) -> None:
        while True:
            for camera in self._cameras:
                self._tell(camera)
            for _, writer in self._writers.values():
                writer.rest()
            try:
                async with asyncio.timeout(until_tick(LOOK_S)):
                    await self._wake.wait()
            except TimeoutError:
                if asyncio.get_running_loop().time() < self._retry_s:
                    continue
            self._wake.clear()
            await self._arrange()

    def close(self) -> None:
        """Stop recording; what was collected is written when the archive closes."""
        for name in tuple(self._writers):
            self._stop(name)

    async def _arrange(self) -> None:
        wanted = {camera.name: camera for camera in self._cameras if self._is_wanted(camera)}
        self._retry_s = float("inf")
        for name in self._problems.keys() - wanted.keys():
            del self._problems[name]
        for name, (camera, _) in tuple(self._writers.items()):
            if wanted.get(name) is not camera:
                self._stop(name)
        for name, camera in wanted.items():
            if name not in self._writers:
                await self._begin(camera)

    async def _begin(self, camera: Camera) -> None:
        try:
            recording_id, is_new, tracks = await asyncio.to_thread(self._recording, camera)
        except StorageError as problem:
            if str(self._problems.get(camera.name)) != str(problem):
                _log.error("cannot record %s: %s", camera.name, problem)
            self._problems[camera.name] = problem
            self._retry_s = asyncio.get_running_loop().time() + RETRY_S
            return
        self._problems.pop(camera.name, None)  # what the writer before met does not concern this one
        if is_new:
            self._created(Creation(camera.name, None))
        self._tracks[camera.name] = tracks
        writer = self._archive.writer(camera.name, recording_id)
        self._writers[camera.name] = (camera, writer)
        camera.main.attach(writer, is_patient=True)
        if camera not in self._begun:  # what it has sent while its recording was made is in no file yet
            self._begun.add(camera)
            writer.receive(camera.main.kept_group)

    def _recording(self, camera: Camera) -> tuple[int, bool, set[TrackKey]]:
        """The id of a camera's recording, whether it was made now, and its tracks."""
        token, index = camera.name, self._archive.index
        try:
            recording_id, info = index.recording(token)
        except NoSuchRecording:
            self._archive.create(self._described(camera), is_durable=False)
            return index.recording(token)[0], True, set()
        bare = RecordingInfo(token=token)
        folder = self._archive.folder_of(token) if self._archive.has_folder(token) else None
        if folder is not None and read_about(folder) == bare:  # lost, with a lost index for good
            self._archive.change(self._described(camera) if info == bare else info)
        return recording_id, False, {track.key for track, _, _ in index.track_spans(recording_id)}

    def _described(self, camera: Camera) -> RecordingInfo:
        return RecordingInfo(
            token=camera.name,
            content=camera.title,
            source_id=camera.name,
            source_name=camera.title,
            source_description=f"camera {camera.title}",
            source_address=camera.settings.source.partition("?")[0].rpartition("@")[2],
            created_us=self._clock.utc_us(),
        )

    def _stop(self, name: str) -> None:
        camera, writer = self._writers.pop(name)
        camera.main.detach(writer)
        self._end_footage(name, writer)
        self._archive.release(writer)

    def _end_footage(self, name: str, writer: RecordingWriter) -> None:
        writer.begin_anew()
        if self._presences.get(name, NOT_PRESENT).is_present:
            self._presences[name] = Presence(is_present=False, since_us=writer.latest_us)

    def _created(self, creation: Creation) -> None:
        for watcher in self._creation_watchers:
            watcher(creation)

    @property
    def retention_problem(self) -> str:
        """Why retention cannot keep what it is to keep, in words; empty when it does."""
        return self._retention_problem or self._shortage

    def _renewal_told(self, problem: StorageError | None) -> None:
        if problem is not None:
            _log.error("index: %s", problem)
            return
        self.index_days_left = 0
        _log.warning("index: all footage is in it again")

    def _renewal_progressed(self, entered: int, of: int) -> None:
        self.index_days_left = of - entered
        now_s = self._clock.monotonic_s()
        if now_s >= self._progress_due_s:
            self._progress_due_s = now_s + PROGRESS_S
            _log.info("index: %d of %d days are in it again", entered, of)

    def _retention_failed(self, problem: StorageError | None) -> None:
        self._retention_problem = "" if problem is None else str(problem)
        if problem is not None:
            _log.error("retention: %s", problem)

    def _footage_deleted(self, deleted: Deleted) -> None:
        self.deleted_bytes_total += deleted.bytes
        if deleted.segments:
            _log.info("deleted %d segments, %d MB", deleted.segments, deleted.bytes >> 20)
        for recording, until_us in deleted.until_us.items():
            deletion = Deletion(
                recording,
                deleted.from_us[recording],
                until_us,
                tracks=tuple(deleted.tracks[recording].values()),
                lost=self._lost(recording, deleted.emptied[recording]),
            )
            for watcher in self._deletion_watchers:
                watcher(deletion)
        if deleted.is_short and not self._shortage:
            _log.error("retention: %s", SHORTAGE)
        self._shortage = SHORTAGE if deleted.is_short else ""

    def _lost(self, recording: str, emptied: tuple[Track, ...]) -> tuple[Track, ...]:
        """The tracks without footage that no camera has ready either; they are made anew when one comes."""
        ready = {
            track.key for camera in self._cameras if camera.name == recording for track in camera.main.tracks
        }
        lost = tuple(track for track in emptied if track.key not in ready)
        self._tracks.get(recording, set()).difference_update(track.key for track in lost)
        return lost

    def _reported(self, recording: str, problem: StorageError | None) -> None:
        if problem is None:
            self._problems.pop(recording, None)
            return
        _log.error("recording %s: %s", recording or "(all)", problem)
        if recording:
            self._problems[recording] = problem
        if isinstance(problem, StorageFull):
            self._keeper.make_room()

    def job_of(self, camera: Camera) -> Job:
        """A camera's job as it stands."""
        problem = self._problems.get(camera.name)
        found = self._writers.get(camera.name)
        if problem is not None:
            state = JobState.ERROR
        elif found is None:
            state = JobState.IDLE
        else:
            state = JobState.ACTIVE if camera.is_live else JobState.WAITING
        return Job(
            recording=camera.name,
            camera=camera.name,
            state=state,
            problem="" if problem is None else str(problem),
        )

    def _tell(self, camera: Camera) -> None:
        job = self.job_of(camera)
        if job.state is JobState.ACTIVE:
            known = self._tracks[camera.name]  # an active job has begun
            for track in camera.main.tracks:
                if track.key not in known:
                    known.add(track.key)
                    self._created(Creation(camera.name, track))
        if self._states.get(camera.name) is not job.state:
            self._states[camera.name] = job.state
            writer = self.writer_of(camera.name)
            if job.state is JobState.WAITING and writer is not None:
                writer.flush()  # the camera's last group would wait in memory for the camera's return
            for watcher in self._watchers:
                watcher(job)
