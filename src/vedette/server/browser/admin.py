"""The small JSON interface of the page and the command line: cameras, spans of footage, single frames."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise
from statistics import median
from typing import Any

import msgspec

from vedette.base.clock import Clock
from vedette.base.errors import VedetteError
from vedette.device.cameras import Camera, CameraRefused, Cameras, NoSuchCamera
from vedette.device.jobs import Job, JobState
from vedette.device.settings.document import CameraSettings
from vedette.device.settings.media import KnownStream
from vedette.device.settings.store import SettingsNotSaved
from vedette.media.hub import Stream
from vedette.media.snapshot import NoPicture, newest_jpeg
from vedette.media.unit import Track, TrackKind
from vedette.security.passwords import Vault
from vedette.security.policy import Entrance
from vedette.server.browser.answers import as_json, refusal
from vedette.server.browser.download import Abandoned, Download
from vedette.server.browser.io_admin import PATH as IO_PATH
from vedette.server.browser.io_admin import IOAdmin
from vedette.server.entrances import CAMERAS, CHANGED_CAMERAS, FOOTAGE, RECORDED_TIMES
from vedette.server.http import HttpRequest, HttpResponse
from vedette.storage.archive import Archive
from vedette.storage.errors import NoFootage, NoSuchRecording, StorageError

SPANS_MOST_DAYS = 31
EXPORT_MOST_HOURS = 24
DOWNLOADS_MOST = 4  # while a day is gathered its tables take hundreds of megabytes
FEWEST_FRAMES = 5  # of a group of pictures that tells a frame rate
RECORDING_STATES = {
    JobState.ACTIVE: "recording",
    JobState.WAITING: "waiting",
    JobState.IDLE: "idle",
    JobState.ERROR: "error",
}
_log = logging.getLogger(__name__)
_INSTANT = re.compile(r"[0-9]{1,16}")  # into the year 2286


class BadRequest(VedetteError):
    """A request that cannot be understood."""


MayEnter = Callable[[Entrance], bool]
Action = Callable[["Admin", HttpRequest, str, MayEnter], Awaitable[HttpResponse]]


class Admin:
    """Answers `/api/…`. Who may ask is decided before, by the entrance that a request leads to."""

    def __init__(
        self,
        *,
        cameras: Cameras,
        viewers_of: Callable[[Stream], int],
        known_of: Callable[[Stream], KnownStream],
        job_of: Callable[[Camera], Job],
        archive: Archive,
        vault: Vault,
        io: IOAdmin,
        clock: Clock,
    ) -> None:
        self._cameras = cameras
        self._viewers_of = viewers_of
        self._known_of = known_of
        self._job_of = job_of
        self._archive = archive
        self._vault = vault
        self._io = io
        self._clock = clock
        self._downloads = 0  # exports that are being gathered or sent

    def entrance(self, request: HttpRequest) -> Entrance:
        """What somebody needs the right to for a request under `/api/`."""
        if _is_io(request):
            return self._io.entrance(request)
        for method, pattern, entrance, _ in ROUTES:
            if method == _routed(request) and pattern.fullmatch(request.path):
                return entrance
        return CAMERAS if request.method in ("GET", "HEAD") else CHANGED_CAMERAS

    async def answer(self, request: HttpRequest, may_enter: MayEnter) -> HttpResponse:
        """The answer to one request under `/api/`, with what the caller `may_enter` in it."""
        if _is_io(request):
            return await self._io.answer(request, may_enter)
        for method, pattern, _, action in ROUTES:
            found = pattern.fullmatch(request.path)
            if found and method == _routed(request):
                name = "".join(found.groups())
                try:
                    return await action(self, request, name, may_enter)
                except (BadRequest, CameraRefused) as error:
                    return refusal(400, error)
                except (NoSuchCamera, NoSuchRecording, NoFootage) as error:
                    return refusal(404, error)
                except (NoPicture, StorageError, SettingsNotSaved, Abandoned) as error:
                    return refusal(503, error)
        known = [method for method, pattern, *_ in ROUTES if pattern.fullmatch(request.path)]
        allow = ", ".join(["GET, HEAD" if each == "GET" else each for each in known])
        problem = BadRequest(f"no {request.method} {request.path}")
        return refusal(405, problem, ("Allow", allow)) if known else refusal(404, problem)

    async def list_cameras(self, request: HttpRequest, _: str, may_enter: MayEnter) -> HttpResponse:
        """Every camera with its state; since when it was recorded only for those who may know."""
        cameras = tuple(self._cameras)
        jobs = [self._job_of(each) for each in cameras]
        recordings = await asyncio.to_thread(lambda: [self._recording_state(each) for each in jobs])
        if not may_enter(RECORDED_TIMES):
            recordings = [_without_times(each) for each in recordings]
        states = [self._state(*pair) for pair in zip(cameras, recordings, strict=True)]
        return as_json({"cameras": states, "utc_us": self._clock.utc_us()})

    async def add_camera(self, request: HttpRequest, _: str, may_enter: MayEnter) -> HttpResponse:
        """Add the camera that the body describes, its password as it is, and start it."""
        try:
            new = msgspec.json.decode(request.body, type=CameraSettings)
        except msgspec.MsgspecError as error:
            raise BadRequest(str(error)) from error
        if new.password:
            new = msgspec.structs.replace(new, password=self._vault.seal(new.password, new.name))
        camera = await self._cameras.add(new)
        _log.info("camera %s was added", camera.name)
        recording = await asyncio.to_thread(self._recording_state, self._job_of(camera))
        return as_json(self._state(camera, recording), status=201)

    async def remove_camera(self, request: HttpRequest, name: str, may_enter: MayEnter) -> HttpResponse:
        """Stop and forget a camera; its recordings stay."""
        await self._cameras.remove(name)
        _log.info("camera %s was removed", name)
        return HttpResponse(204)

    async def timeline(self, request: HttpRequest, name: str, may_enter: MayEnter) -> HttpResponse:
        """The spans of footage of a recording between `from_us` and `to_us`."""
        from_us = instant(request, "from_us", self._clock.utc_us() - 3_600_000_000)
        to_us = instant(request, "to_us", self._clock.utc_us())
        if not 0 <= to_us - from_us <= SPANS_MOST_DAYS * 86_400_000_000:
            raise BadRequest(f"a range of 0 to {SPANS_MOST_DAYS} days is possible")

        def read() -> list[tuple[int, int]]:
            with self._archive.reader(name) as reader:
                return reader.sections(from_us, to_us)

        return as_json({"spans": await asyncio.to_thread(read)})

    async def frame(self, request: HttpRequest, name: str, may_enter: MayEnter) -> HttpResponse:
        """The recorded picture at or before `at_us`, as JPEG."""
        at_us = instant(request, "at_us", self._clock.utc_us())
        picture = await asyncio.to_thread(self._recorded_picture, name, at_us)
        return HttpResponse(200, (("Content-Type", "image/jpeg"), ("Cache-Control", "no-store")), picture)

    async def export(self, request: HttpRequest, name: str, may_enter: MayEnter) -> HttpResponse:
        """Footage from `from_us` to `to_us` as one MP4 file, at most `EXPORT_MOST_HOURS` of it, or a range of
        the file's bytes.

        It is given up where who asked is gone. For HEAD it is not gathered, and its length not told.
        """
        to_us = instant(request, "to_us", self._clock.utc_us())
        from_us = instant(request, "from_us", to_us)
        if not from_us < to_us <= from_us + EXPORT_MOST_HOURS * 3_600_000_000:
            raise BadRequest(f"an export begins before it ends and has {EXPORT_MOST_HOURS} hours at the most")
        described = (
            ("Content-Type", "video/mp4"),
            ("Content-Disposition", f'attachment; filename="{name}.mp4"'),
            ("Cache-Control", "no-store"),
            ("Accept-Ranges", "bytes"),
        )
        if request.method == "HEAD":
            await asyncio.to_thread(self._require_footage, name, from_us, to_us)
            return HttpResponse(200, described, _nothing())
        if self._downloads >= DOWNLOADS_MOST:
            return refusal(503, BadRequest(f"{DOWNLOADS_MOST} exports are under way; try again later"))
        self._downloads += 1
        download = Download(self._archive, request, self._download_ended)
        film = await download.gather(name, from_us, to_us)
        for each in film.made.unread:
            _log.warning("export of %s lacks %s", name, each)
        return await download.answer(film, *described)

    def _require_footage(self, name: str, from_us: int, to_us: int) -> None:
        with self._archive.reader(name) as reader:
            if not reader.sections(from_us, to_us):
                raise NoFootage(f"recording {name!r} has nothing of that time")

    def _download_ended(self) -> None:
        self._downloads -= 1

    def _recorded_picture(self, name: str, at_us: int) -> bytes:
        with self._archive.reader(name) as reader:
            fragment = reader.forward(at_us).next()
            if fragment is None:
                raise NoPicture(f"recording {name!r} has nothing at that time")
            track = next((t for t in fragment.tracks if t.kind is TrackKind.VIDEO), None)
            if track is None:
                raise NoPicture(f"recording {name!r} has no video")
            wanted = [u for u in fragment.units() if u.track == track.number]
            shown = [u for u in wanted if u.utc_us <= at_us] or wanted[:1]
            return newest_jpeg(track, shown).data

    def _state(self, camera: Camera, recording: dict[str, Any] | None) -> dict[str, Any]:
        return {
            "token": camera.name,
            "name": camera.title,
            "state": camera.main.state.value,
            "problem": camera.main.problem,
            "fixed": camera.is_fixed,
            "main": self._stream_state(camera.main),
            "sub": None if camera.sub is None else self._stream_state(camera.sub),
            "recording": recording,
        }

    def _stream_state(self, stream: Stream) -> dict[str, Any]:
        video = next((t for t in stream.tracks if t.kind is TrackKind.VIDEO), None)
        audio = next((t for t in stream.tracks if t.kind is TrackKind.AUDIO), None)
        return {
            "codec": "" if video is None else video.codec,
            "audio": "" if audio is None else audio.codec,
            "width": 0 if video is None else video.width,
            "height": 0 if video is None else video.height,
            "viewers": self._viewers_of(stream),
            "units_total": stream.units_total,
            "bytes_total": stream.bytes_total,
            **_rates(stream, video, self._known_of(stream)),
        }

    def _recording_state(self, job: Job) -> dict[str, Any] | None:
        try:
            usage = self._archive.usage(job.recording)
        except NoSuchRecording:
            return None
        return {
            "token": job.recording,
            "state": RECORDING_STATES[job.state],
            "problem": job.problem,
            "from_utc_us": usage.start_us,
            "to_utc_us": usage.end_us,
            "bytes": usage.bytes,
        }


def _routed(request: HttpRequest) -> str:
    """The method by which a request finds its route: HEAD asks for what GET answers, without the body."""
    return "GET" if request.method == "HEAD" else request.method


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""


def _is_io(request: HttpRequest) -> bool:
    return request.path == IO_PATH or request.path.startswith(f"{IO_PATH}/")


def _without_times(recording: dict[str, Any] | None) -> dict[str, Any] | None:
    return recording and {**recording, "from_utc_us": 0, "to_utc_us": 0, "bytes": 0}


def _rates(stream: Stream, video: Track | None, known: KnownStream) -> dict[str, float]:
    """Frame and bit rate over the kept group of pictures; while that is of few, those measured before."""
    pictures = [] if video is None else [u for u in stream.kept_group if u.track == video.number]
    instants = sorted(unit.utc_us for unit in pictures)  # B-frames come after what is shown after them
    length_us = instants[-1] - instants[0] if instants else 0
    if known.is_measured and pictures and len(pictures) < FEWEST_FRAMES:
        return {"fps": known.frame_rate, "bitrate_kbps": known.bitrate_kbps}
    if length_us <= 0:
        return {"fps": 0.0, "bitrate_kbps": 0}
    size = sum(len(unit.data) for unit in pictures[:-1])
    apart_us = median(later - earlier for earlier, later in pairwise(instants))
    return {
        "fps": round(1_000_000 / apart_us, 1) if apart_us > 0 else 0.0,
        "bitrate_kbps": round(size * 8_000 / length_us),
    }


def instant(request: HttpRequest, name: str, default: int) -> int:
    """A parameter in microseconds since 1970; raises BadRequest."""
    text = request.parameters.get(name, "")
    if not text:
        return default
    if not _INSTANT.fullmatch(text):
        raise BadRequest(f"{name} is {text[:40]!r}, not a number of microseconds since 1970")
    return int(text)


ROUTES: tuple[tuple[str, "re.Pattern[str]", Entrance, Action], ...] = (
    ("GET", re.compile(r"/api/cameras"), CAMERAS, Admin.list_cameras),
    ("POST", re.compile(r"/api/cameras"), CHANGED_CAMERAS, Admin.add_camera),
    ("DELETE", re.compile(r"/api/cameras/([\w-]+)"), CHANGED_CAMERAS, Admin.remove_camera),
    ("GET", re.compile(r"/api/timeline/([\w-]+)"), RECORDED_TIMES, Admin.timeline),
    ("GET", re.compile(r"/api/frame/([\w-]+)"), FOOTAGE, Admin.frame),
    ("GET", re.compile(r"/api/export/([\w.-]+)"), FOOTAGE, Admin.export),
)
