"""The cameras that feed this system: which there are, their live streams, and the task that runs each."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from vedette.base.errors import VedetteError
from vedette.client.trust import Trust, fingerprint_from
from vedette.device.settings.document import CameraSettings, Settings, with_camera, without_camera
from vedette.device.settings.store import SettingsStore
from vedette.media.hub import Hub, Stream, StreamState
from vedette.media.sources.settings import AudioEncoding
from vedette.media.sources.source import Source

_log = logging.getLogger(__name__)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
TITLE_MOST = 64
SOURCE_MOST = 2048
SEED_MOST = (1 << 31) - 1
RESTART_S = 30.0  # until a source is tried again that could not even be made, or that failed by a defect
DEFECT = "stopped by a defect of this program; its log has the trace"


class NoSuchCamera(VedetteError):
    """No camera has that name."""


class CameraRefused(VedetteError):
    """A camera cannot be added, changed or removed; the message says why."""


class Camera:
    """One camera: its settings and its live streams. `main` is the best picture, `sub` a small one."""

    def __init__(self, settings: CameraSettings, hub: Hub, *, is_fixed: bool) -> None:
        self.settings = settings
        self.is_fixed = is_fixed
        self.main: Stream = hub.open(f"{settings.name}/main")
        self.sub: Stream | None = hub.open(f"{settings.name}/sub") if has_sub_stream(settings) else None

    @property
    def name(self) -> str:
        """Its token."""
        return self.settings.name

    @property
    def title(self) -> str:
        """What people call it."""
        return self.settings.title or self.settings.name

    @property
    def streams(self) -> tuple[Stream, ...]:
        """Its live streams, best picture first."""
        return (self.main,) if self.sub is None else (self.main, self.sub)

    @property
    def is_live(self) -> bool:
        """True while its main stream gives pictures."""
        return self.main.state is StreamState.LIVE


SourceFactory = Callable[[Camera], Iterable[Source]]


class Cameras:
    """Every camera, fixed ones (the operator's file) first; runs the sources of each under `run`."""

    def __init__(
        self, hub: Hub, store: SettingsStore, fixed: Iterable[CameraSettings], sources: SourceFactory
    ) -> None:
        self._hub = hub
        self._store = store
        self._sources = sources
        self._cameras: dict[str, Camera] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None
        self._watchers: list[Callable[[], None]] = []
        for settings in fixed:
            self._cameras[settings.name] = Camera(checked(settings), hub, is_fixed=True)
        for settings in store.current.cameras:
            try:
                if settings.name in self._cameras:
                    raise CameraRefused("hidden by one of that name in the operator's file")
                self._cameras[settings.name] = Camera(checked(settings), hub, is_fixed=False)
            except CameraRefused as refusal:
                _log.warning("camera %r of the settings: %s", settings.name, refusal)

    def __iter__(self) -> Iterator[Camera]:
        return iter(tuple(self._cameras.values()))

    def __len__(self) -> int:
        return len(self._cameras)

    def require(self, name: str) -> Camera:
        """The camera of that name; raises NoSuchCamera."""
        try:
            return self._cameras[name]
        except KeyError:
            raise NoSuchCamera(f"no camera {name!r}") from None

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after a camera was added or removed."""
        self._watchers.append(watcher)

    async def add(self, settings: CameraSettings) -> Camera:
        """Add a camera for good and start it; raises CameraRefused."""
        checked(settings)

        def edit(document: Settings) -> Settings:
            if settings.name in self._cameras or any(c.name == settings.name for c in document.cameras):
                raise CameraRefused(f"there is a camera {settings.name!r} already")
            return with_camera(document, settings)

        await self._store.change(edit)
        camera = self._cameras[settings.name] = Camera(settings, self._hub, is_fixed=False)
        self._start(camera)
        self._tell()
        return camera

    async def remove(self, name: str) -> None:
        """Stop and forget a camera; its recordings stay. Raises NoSuchCamera, CameraRefused."""
        camera = self.require(name)
        if camera.is_fixed:
            raise CameraRefused(
                f"camera {name!r} comes from the operator's file or --demo; remove it there and start again"
            )

        def edit(document: Settings) -> Settings:
            if all(each.name != name for each in document.cameras):
                raise NoSuchCamera(f"no camera {name!r}")  # another removal came first
            return without_camera(document, name)

        await self._store.change(edit)
        del self._cameras[name]
        running = self._running.pop(name, None)
        if running is not None:
            running.cancel()
        for stream in camera.streams:
            self._hub.close(stream.name)
        self._tell()

    async def run(self) -> None:
        """Run every camera's sources until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                for camera in self:
                    self._start(camera)
                await asyncio.get_running_loop().create_future()
            finally:
                self._group = None

    def _start(self, camera: Camera) -> None:
        if self._group is not None:
            task = self._group.create_task(self._keep_filming(camera), name=f"camera {camera.name}")
            self._running[camera.name] = task

    async def _keep_filming(self, camera: Camera) -> None:
        """Make the camera's sources and run them; what fails here concerns this camera alone."""
        while True:
            try:
                sources = tuple(self._sources(camera))
            except VedetteError as problem:
                if camera.main.problem != str(problem):
                    _log.error("camera %s: %s", camera.name, problem)
                _withdraw(camera.streams, str(problem))
            else:
                async with asyncio.TaskGroup() as group:
                    for source in sources:
                        group.create_task(_keep_running(source, camera.name), name=f"source {camera.name}")
            await asyncio.sleep(RESTART_S)

    def _tell(self) -> None:
        for watcher in self._watchers:
            watcher()


async def _keep_running(source: Source, name: str) -> None:
    """Run a source until cancelled; one that fails by a defect of ours is told of and run again."""
    while True:
        run = asyncio.create_task(source.run(), name=f"source of {name}")
        try:
            await asyncio.wait((run,))
        finally:
            run.cancel()
            await asyncio.wait((run,))
        _log.error("camera %s: its source ended", name, exc_info=None if run.cancelled() else run.exception())
        _withdraw(source.streams, DEFECT)
        await asyncio.sleep(RESTART_S)


def _withdraw(streams: Iterable[Stream], problem: str) -> None:
    for stream in streams:
        stream.withdraw(problem)


def has_sub_stream(settings: CameraSettings) -> bool:
    """Whether a camera gives a second, smaller stream: drawn ones do, others where one is named."""
    return settings.source.startswith("drawn:") or bool(settings.sub_source)


def checked(settings: CameraSettings) -> CameraSettings:
    """The settings, if a camera can be made of them; raises CameraRefused."""
    if not _NAME.fullmatch(settings.name):
        raise CameraRefused(
            f"{settings.name!r} is no camera name: letters, digits, - and _ only, 32 at the most"
        )
    if not settings.source:
        raise CameraRefused(f"camera {settings.name!r} has no source")
    if len(settings.title) > TITLE_MOST or not settings.title.isprintable():
        raise CameraRefused(f"a title has {TITLE_MOST} signs at the most, and all can be printed")
    _check_source(settings.source)
    if settings.sub_source:
        _check_source(settings.sub_source)
        if settings.source.startswith("drawn:") or settings.sub_source.startswith("drawn:"):
            raise CameraRefused("a drawn camera draws its sub stream itself; sub_source goes with others")
    if settings.transport not in ("tcp", "udp"):
        raise CameraRefused(f"transport {settings.transport!r} is neither tcp nor udp")
    _check_trust(settings)
    return settings


def _check_trust(settings: CameraSettings) -> None:
    """Raise CameraRefused for a certificate that could not be told, or would never be looked at."""
    if not (settings.fingerprint or settings.ca_file):
        return
    if settings.fingerprint and settings.ca_file:
        raise CameraRefused(
            "a fingerprint names the one certificate: ca_file has no part in it; give one of them"
        )
    if settings.fingerprint and fingerprint_from(settings.fingerprint) is None:
        raise CameraRefused(
            f"{settings.fingerprint[:100]!r} is no SHA-256 fingerprint: 64 hexadecimal digits, colons or none"
        )
    if len(settings.ca_file) > SOURCE_MOST or not settings.ca_file.isprintable():
        raise CameraRefused(f"the path of a file has {SOURCE_MOST} signs at the most, and all can be printed")
    if not any(each.startswith("rtsps:") for each in (settings.source, settings.sub_source)):
        raise CameraRefused(
            "only cameras at rtsps://… show certificates; fingerprint and ca_file go with them"
        )


def trust_of(settings: CameraSettings) -> Trust:
    """Which certificates are taken for the camera's."""
    return Trust(
        ca_file=Path(settings.ca_file) if settings.ca_file else None,
        fingerprint=fingerprint_from(settings.fingerprint) or "",
    )


def _check_source(source: str) -> None:
    """Raise CameraRefused for an address that no source can be made of."""
    start, at, rest = source.rpartition("@")  # shown without the password that may stand there
    shown = (start.partition("://")[0] + "://" + rest if at and "://" in start else rest)[:80]
    if len(source) > SOURCE_MOST or not source.isprintable():
        raise CameraRefused(f"a source has {SOURCE_MOST} signs at the most, and all can be printed")
    scheme, _, rest = source.partition(":")
    match scheme:
        case "drawn":
            drawing_of(source)
        case "file":
            if not rest:
                raise CameraRefused("file: is followed by the path of a media file")
        case "rtsp" | "rtsps":
            try:
                split = urlsplit(source)
                is_good = bool(split.hostname) and split.port != 0 and source.startswith(f"{scheme}://")
            except ValueError:
                is_good = False
            if not is_good:
                raise CameraRefused(f"{shown!r} has no host, or a port that is none; rtsp://HOST[:PORT]/PATH")
        case _:
            raise CameraRefused(f"{shown!r} is no source: rtsp://…, rtsps://…, file:PATH or drawn:?seed=N")


class Drawing(NamedTuple):
    """What the address of a drawn camera asks for."""

    seed: int
    audio: AudioEncoding


def drawing_of(address: str) -> Drawing:
    """What `drawn:?seed=N&audio=pcmu|aac` asks for; raises CameraRefused.

    Left out, the seed is 1 and the sound PCMU.
    """
    rest = address.removeprefix("drawn:")
    values = parse_qs(rest.removeprefix("?"), keep_blank_values=True)
    text = values.pop("seed", ["1"])[0]
    audio = values.pop("audio", ["pcmu"])[0]
    if values or (rest and not rest.startswith("?")):
        raise CameraRefused(f"{address[:80]!r}: only drawn:?seed=N&audio=pcmu|aac is known")
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or int(text) > SEED_MOST:
        raise CameraRefused(f"seed {text[:40]!r} is no number of 0 to {SEED_MOST}")
    if audio not in ("pcmu", "aac"):
        raise CameraRefused(f"audio {audio[:40]!r} is neither pcmu nor aac")
    return Drawing(int(text), AudioEncoding(audio.upper()))
