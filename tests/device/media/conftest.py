"""A media domain over a drawn camera with two streams and an RTSP camera with one, nothing running."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from vedette.device.addresses import StreamAddresses
from vedette.device.cameras import Camera, Cameras
from vedette.device.media.domain import MediaDomain
from vedette.device.media.drawn import DrawnEncoders
from vedette.device.settings.document import CameraSettings, Settings
from vedette.device.settings.store import SettingsStore
from vedette.media.hub import Hub
from vedette.media.sources.settings import VideoSettings
from vedette.media.sources.source import Source, SourceLost

YARD = CameraSettings(name="yard", title="Yard", source="drawn:?seed=1")
DOOR = CameraSettings(name="door", source="rtsp://192.0.2.5/stream")
FILMS_AFTER_S = 0.02


class Studio:
    """Stands for a running drawn source: remembers what it was set to, or refuses."""

    def __init__(self) -> None:
        self.orders: list[tuple[int, VideoSettings]] = []
        self.is_broken = False
        self.films: Callable[[], None] | None = None

    async def reconfigure(self, lane: int, settings: VideoSettings) -> None:
        if self.is_broken:
            raise SourceLost("the encoder refuses")
        self.orders.append((lane, settings))
        if self.films is not None:  # soon, as a real one does
            asyncio.get_running_loop().call_later(FILMS_AFTER_S, self.films)


class Rig:
    """The domain with what stands around it."""

    def __init__(self, folder: Path, cameras: Iterable[CameraSettings]) -> None:
        self.store = SettingsStore.open(folder / "settings.json", Settings)
        self.hub = Hub()
        self.drawn = DrawnEncoders(self.store)
        self.studio = Studio()
        self.cameras = Cameras(self.hub, self.store, cameras, self._sources)
        for camera in self.cameras:
            if camera.settings.source.startswith("drawn:"):
                self.drawn.adopt(camera, self.studio)
        addresses = StreamAddresses(rtsp_port=8554)
        self.media = MediaDomain.over(self.cameras, self.store, self.drawn, addresses)

    def _sources(self, camera: Camera) -> list[Source]:
        return []


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """The drawn camera `yard` and the RTSP camera `door`."""
    return Rig(tmp_path, (YARD, DOOR))


@pytest.fixture
def again(tmp_path: Path) -> Callable[[], Rig]:
    """`again()` makes the rig anew from what is on disk, as after a restart."""
    return lambda: Rig(tmp_path, (YARD, DOOR))
