"""A device that answers both media services, over a drawn camera and two RTSP cameras."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vedette.base.clock import ManualClock
from vedette.device.addresses import StreamAddresses
from vedette.device.cameras import Camera, Cameras
from vedette.device.events import EventBroker
from vedette.device.media.domain import MediaDomain
from vedette.device.media.drawn import DrawnEncoders
from vedette.device.notifications import Event
from vedette.device.services.media import media_handlers
from vedette.device.services.media2 import media2_handlers
from vedette.device.settings.document import CameraSettings, Settings
from vedette.device.settings.store import SettingsStore
from vedette.media.hub import Hub
from vedette.media.sources.source import Source
from vedette.media.unit import Track, TrackKind

CAMERAS = (
    CameraSettings(name="yard", title="Yard", source="drawn:?seed=1"),
    CameraSettings(name="door", source="rtsp://192.0.2.5/stream"),
    CameraSettings(name="gate", source="rtsp://192.0.2.6/h265"),
)
H265 = Track(number=0, kind=TrackKind.VIDEO, codec="H265", clock_hz=90_000, width=2560, height=1440)
AAC = Track(number=1, kind=TrackKind.AUDIO, codec="AAC", clock_hz=48_000, channels=2)


class Rig:
    """The device: `loop` calls it, `events` is what it told."""

    def __init__(
        self, folder: Path, loop_of: Callable[..., Any], cameras: tuple[CameraSettings, ...] = CAMERAS
    ) -> None:
        self.store = SettingsStore.open(folder / "settings.json", Settings)
        self.clock = ManualClock()
        self.hub = Hub(self.clock)
        drawn = DrawnEncoders(self.store)
        self.cameras = Cameras(self.hub, self.store, cameras, self._sources)
        self.addresses = StreamAddresses(rtsp_port=8554)
        self.media = MediaDomain.over(self.cameras, self.store, drawn, self.addresses)
        if cameras is CAMERAS:
            self.hub.require("gate/main").announce((H265, AAC))
        self.events: list[Event] = []
        broker = EventBroker(ManualClock())
        self.media.tell(broker, "urn:uuid:here")
        broker.attach(self)
        self.loop = loop_of(*media_handlers(self.media), *media2_handlers(self.media))
        self.call = self.loop.call

    def receive(self, event: Event) -> None:
        self.events.append(event)

    def _sources(self, camera: Camera) -> list[Source]:
        return []


@pytest.fixture
def rig(tmp_path: Path, loop_of: Callable[..., Any]) -> Rig:
    """The cameras `yard` (drawn), `door` (never live) and `gate` (H.265 with AAC)."""
    return Rig(tmp_path, loop_of)


@pytest.fixture
def rig_of(tmp_path: Path, loop_of: Callable[..., Any]) -> Callable[..., Rig]:
    """`rig_of(name, ...)` is a device with only these of the cameras."""
    return lambda *names: Rig(tmp_path, loop_of, tuple(each for each in CAMERAS if each.name in names))
