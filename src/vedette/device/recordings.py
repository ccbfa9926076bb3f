"""The recordings as clients see them: their tracks, their state and what can be set of them."""

import asyncio
from datetime import timedelta
from typing import NamedTuple

import msgspec

from vedette.base.errors import VedetteError
from vedette.base.timestamps import datetime_from_utc_us
from vedette.contract.schema.recording import RecordingSourceInformation, TrackType
from vedette.contract.schema.search import RecordingInformation, RecordingStatus, TrackInformation
from vedette.device.cameras import Camera, Cameras, NoSuchCamera
from vedette.device.jobs import Job, JobState, Recorder
from vedette.device.settings.document import Settings
from vedette.device.settings.recording import JobMode
from vedette.device.settings.store import SettingsStore
from vedette.media.unit import Track, TrackKey
from vedette.storage.archive import Archive
from vedette.storage.recordings import RecordingInfo

TEXT_MOST = 512  # characters kept of a description
NAME_MOST = 64
FOREVER_US = 1 << 62
KEEP_MOST_S = 100 * 366 * 86_400
_JOB = "job_"


class NoSuchJob(VedetteError):
    """No recording job has that token."""


class RecordingRefused(VedetteError):
    """A recording cannot be described so; the message says why."""


class RecordedTrack(NamedTuple):
    """A track of a recording, with the first and last instant of its footage; both 0 without any."""

    token: str
    track: Track
    start_us: int
    end_us: int

    @property
    def track_type(self) -> TrackType:
        """Its kind in the standard's words."""
        return TrackType(self.track.kind.value)


class Recording(NamedTuple):
    """A recording as it stands. `camera` feeds it, unless that was removed; then there is no job."""

    id: int
    info: RecordingInfo
    tracks: tuple[RecordedTrack, ...]
    camera: Camera | None
    job: Job | None

    @property
    def token(self) -> str:
        """Its token."""
        return self.info.token

    @property
    def start_us(self) -> int:
        """The first instant of its footage, 0 without any."""
        return min((each.start_us for each in self.tracks if each.end_us), default=0)

    @property
    def end_us(self) -> int:
        """The last instant of its footage, 0 without any."""
        return max((each.end_us for each in self.tracks), default=0)

    @property
    def ends(self) -> tuple[int, int]:
        """Between which instants its events lie: from its first footage on, once it is stopped to its last.

        Without footage they lie anywhere. What happens while its camera is wanted and gone belongs to it.
        """
        if not self.end_us:
            return -FOREVER_US, FOREVER_US
        is_stopped = self.job is None or self.job.state is JobState.IDLE
        return self.start_us, self.end_us if is_stopped else FOREVER_US

    @property
    def status(self) -> RecordingStatus:
        """Source: Recording Search, RecordingInformation (26.06 §5.3.1)."""
        if self.job is not None and self.job.state is JobState.ACTIVE:
            return RecordingStatus.RECORDING
        return RecordingStatus.STOPPED if self.end_us else RecordingStatus.INITIATED

    def track(self, token: str) -> RecordedTrack | None:
        """Its track of that token."""
        return next((each for each in self.tracks if each.token == token), None)

    def describe(self, track: RecordedTrack) -> str:
        """What people read of a track."""
        return f"{self.info.source_name or self.token} {track.track.kind.lower()}"

    def source(self) -> RecordingSourceInformation:
        """What it is a recording of."""
        info = self.info
        return RecordingSourceInformation(
            source_id=info.source_id,
            name=info.source_name[:NAME_MOST],
            location=info.source_location,
            description=info.source_description,
            address=info.source_address,
        )

    def information(self) -> RecordingInformation:
        """What the search service tells of it; tracks without footage are left out."""
        return RecordingInformation(
            recording_token=self.token,
            source=self.source(),
            earliest_recording=datetime_from_utc_us(self.start_us) if self.end_us else None,
            latest_recording=datetime_from_utc_us(self.end_us) if self.end_us else None,
            content=self.info.content,
            tracks=tuple(
                TrackInformation(
                    track_token=each.token,
                    track_type=each.track_type,
                    description=self.describe(each),
                    data_from=datetime_from_utc_us(each.start_us),
                    data_to=datetime_from_utc_us(each.end_us),
                )
                for each in self.tracks
                if each.end_us
            ),
            recording_status=self.status,
        )


class Recordings:
    """All recordings. Reading happens in worker threads."""

    def __init__(self, archive: Archive, recorder: Recorder, cameras: Cameras, store: SettingsStore) -> None:
        self.archive = archive
        self._recorder = recorder
        self._cameras = cameras
        self._store = store

    async def all(self) -> list[Recording]:
        """Every recording, oldest first."""
        known = await asyncio.to_thread(self._read_all)
        return [self._complete(*each) for each in known]

    async def require(self, token: str) -> Recording:
        """One recording; raises NoSuchRecording."""
        return self._complete(*await asyncio.to_thread(self._read, token))

    async def change(self, token: str, wanted: RecordingInfo) -> RecordingInfo:
        """Replace what describes a recording and how long it is kept; gives what is stored now.

        Content, location and description are cut to TEXT_MOST characters. Raises NoSuchRecording or
        RecordingRefused.
        """
        if not 0 <= wanted.keep_s <= KEEP_MOST_S:
            raise RecordingRefused(f"a retention time of {wanted.keep_s} s is out of range")
        for text, most in (
            (wanted.source_name, NAME_MOST),
            (wanted.source_id, TEXT_MOST),
            (wanted.source_address, TEXT_MOST),
        ):
            if len(text) > most:
                raise RecordingRefused(f"{text[:40]!r}… is longer than {most} characters")

        def write() -> RecordingInfo:
            _, known = self.archive.index.recording(token)
            changed = msgspec.structs.replace(
                known,
                content=wanted.content[:TEXT_MOST],
                source_id=wanted.source_id,
                source_name=wanted.source_name,
                source_location=wanted.source_location[:TEXT_MOST],
                source_description=wanted.source_description[:TEXT_MOST],
                source_address=wanted.source_address,
                keep_s=wanted.keep_s,
            )
            self.archive.change(changed)
            return changed

        changed = await asyncio.to_thread(write)
        self._recorder.enforce_retention()
        return changed

    async def jobs(self) -> list[Recording]:
        """Every recording that has a job."""
        return [each for each in await self.all() if each.job is not None]

    async def require_job(self, token: str) -> Recording:
        """The recording of a job; raises NoSuchJob."""
        for each in await self.jobs():
            if job_token(each.token) == token:
                return each
        raise NoSuchJob(f"no recording job {token!r}")

    def is_wanted(self, recording: Recording) -> bool:
        """Whether a recording's job is switched on."""
        said = self._store.current.recording.mode_of(recording.token)
        if said is None:
            return recording.camera is not None and recording.camera.settings.record
        return said

    async def set_job_mode(self, recording: Recording, *, is_active: bool) -> None:
        """Switch a recording's job on or off for good; it starts or stops soon."""
        known = {each.name for each in self._cameras}

        def edit(document: Settings) -> Settings:
            modes = {each.camera: each for each in document.recording.job_modes if each.camera in known}
            modes[recording.token] = JobMode(recording.token, is_active)
            section = msgspec.structs.replace(document.recording, job_modes=tuple(modes.values()))
            return msgspec.structs.replace(document, recording=section)

        await self._store.change(edit)
        self._recorder.refresh()

    def _read_all(self) -> list[tuple[int, RecordingInfo, list[tuple[Track, int, int]]]]:
        index = self.archive.index
        return [(key, info, index.track_spans(key)) for key, info in index.recordings()]

    def _read(self, token: str) -> tuple[int, RecordingInfo, list[tuple[Track, int, int]]]:
        key, info = self.archive.index.recording(token)
        return key, info, self.archive.index.track_spans(key)

    def _complete(self, key: int, info: RecordingInfo, spans: list[tuple[Track, int, int]]) -> Recording:
        camera, job = None, None
        try:
            camera = self._cameras.require(info.token)
            job = self._recorder.job_of(camera)
        except NoSuchCamera:
            pass
        return Recording(key, info, _tracks(spans, camera), camera, job)


def _tracks(spans: list[tuple[Track, int, int]], camera: Camera | None) -> tuple[RecordedTrack, ...]:
    """The tracks that have footage and those that are about to."""
    found = {
        track_token(track): RecordedTrack(track_token(track), track, start_us, end_us)
        for track, start_us, end_us in spans
    }
    for track in camera.main.tracks if camera is not None else ():
        found.setdefault(track_token(track), RecordedTrack(track_token(track), track, 0, 0))
    return tuple(sorted(found.values(), key=lambda each: each.track.number))


def track_token(track: Track) -> str:
    """The token of a track within its recording, the same in search and replay."""
    return token_of(track.key)


def token_of(key: TrackKey) -> str:
    """The token of the tracks of that kind and number."""
    kind, number = key
    return f"{kind.value.upper()}{number:03d}"


def job_token(recording: str) -> str:
    """The token of the job that fills a recording."""
    return _JOB + recording


def recorded_profile(camera: Camera) -> str:
    """The token of the media profile that a camera's job records."""
    return camera.main.name.replace("/", "_")


def keep_time(info: RecordingInfo) -> timedelta:
    """How long a recording's footage is kept; zero is without limit."""
    return timedelta(seconds=info.keep_s)
