"""The cameras that feed this system: which there are, their live streams, and the task that runs each."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from vedette.base.errors import VedetteError
from vedette.device.settings.document import CameraSettings, Settings
from vedette.device.settings.store import SettingsStore
from vedette.media.hub import Hub, Stream, StreamState
from vedette.media.sources.source import Source

_log = logging.getLogger(__name__)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


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
        self._running: dict[str, list[asyncio.Task[None]]] = {}
        self._group: asyncio.TaskGroup | None = None
        self._watchers: list[Callable[[], None]] = []
        for settings in fixed:
            self._cameras[settings.name] = Camera(checked(settings), hub, is_fixed=True)
        for settings in store.current.cameras:
            if settings.name in self._cameras:
                _log.warning("camera %r of the settings is hidden by the operator's file", settings.name)
                continue
            self._cameras[settings.name] = Camera(settings, hub, is_fixed=False)

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
        if settings.name in self._cameras:
            raise CameraRefused(f"there is a camera {settings.name!r} already")

        def edit(document: Settings) -> Settings:
            return msgspec.structs.replace(document, cameras=(*document.cameras, settings))

        await self._store.change(edit)
        camera = self._cameras[settings.name] = Camera(settings, self._hub, is_fixed=False)
        self._start(camera)
        self._tell()
        return camera

    async def remove(self, name: str) -> None:
        """Stop and forget a camera; its recordings stay. Raises NoSuchCamera, CameraRefused."""
        camera = self.require(name)
        if camera.is_fixed:
            raise CameraRefused(f"camera {name!r} stands in the operator's file; remove it there")

        def edit(document: Settings) -> Settings:
            left = tuple(each for each in document.cameras if each.name != name)
            return msgspec.structs.replace(document, cameras=left)

        await self._store.change(edit)
        del self._cameras[name]
        for task in self._running.pop(name, []):
            task.cancel()
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
        if self._group is None:
            return
        tasks = []
        for source in self._sources(camera):
            tasks.append(self._group.create_task(source.run(), name=f"source of {camera.name}"))
        self._running[camera.name] = tasks

    def _tell(self) -> None:
        for watcher in self._watchers:
            watcher()


def has_sub_stream(settings: CameraSettings) -> bool:
    """Whether a camera gives a second, smaller stream: drawn ones do, others where one is named."""
    return settings.source.startswith("drawn:") or bool(settings.sub_source)


def checked(settings: CameraSettings) -> CameraSettings:
    """The settings, if a camera can be made of them; raises CameraRefused."""
    if not _NAME.fullmatch(settings.name):
        raise CameraRefused(
            f"{settings.name!r} is no camera name: letters, digits, - and _ only, 32 at the most"
        )
    for source in (settings.source, settings.sub_source):
        if source and not source.startswith(("rtsp://", "rtsps://", "file:", "drawn:")):
            raise CameraRefused(f"{source!r} is no source: rtsp://…, file:PATH or drawn:?seed=N")
    if not settings.source:
        raise CameraRefused(f"camera {settings.name!r} has no source")
    if settings.transport not in ("tcp", "udp"):
        raise CameraRefused(f"transport {settings.transport!r} is neither tcp nor udp")
    return settings
