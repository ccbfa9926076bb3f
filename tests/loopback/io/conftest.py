"""A device with two relays, two inputs and a serial port, all simulated, and a camera with sound."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vedette.base.clock import ManualClock
from vedette.device.addresses import StreamAddresses
from vedette.device.cameras import Camera, Cameras
from vedette.device.events import EventBroker
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.inputs import VirtualInput
from vedette.device.hardware.relays import VirtualRelay
from vedette.device.hardware.serial import SerialLine
from vedette.device.io import DeviceIO
from vedette.device.io_inputs import Inputs
from vedette.device.io_relays import Relays
from vedette.device.io_serial import SerialPort, SerialPorts
from vedette.device.media.domain import MediaDomain
from vedette.device.media.drawn import DrawnEncoders
from vedette.device.notifications import Event
from vedette.device.pull_points import PullPoints
from vedette.device.services.deviceio import deviceio_handlers
from vedette.device.services.events import EventHandlers
from vedette.device.settings.document import CameraSettings, Settings
from vedette.device.settings.store import SettingsStore
from vedette.media.hub import Hub
from vedette.media.sources.source import Source
from vedette.media.unit import Track, TrackKind

CAMERAS = (
    CameraSettings(name="yard", title="Yard", source="drawn:?seed=1", audio=False),
    CameraSettings(name="gate", source="rtsp://192.0.2.6/h265"),
)
H265 = Track(number=0, kind=TrackKind.VIDEO, codec="H265", clock_hz=90_000, width=2560, height=1440)
AAC = Track(number=1, kind=TrackKind.AUDIO, codec="AAC", clock_hz=48_000, channels=2)


class Contact(VirtualRelay):
    """A relay that can be told to fail, and that counts what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.is_stuck = False
        self.moves = 0

    async def put(self, *, is_closed: bool) -> None:
        if self.is_stuck:
            raise HardwareFailed("stuck")
        self.moves += 1
        await super().put(is_closed=is_closed)


class Rig:
    """The device: `loop` calls it, `events` is what it told; contacts and circuits are within reach."""

    def __init__(self, folder: Path, loop_of: Callable[..., Any]) -> None:
        self.store = SettingsStore.open(folder / "settings.json", Settings)
        hub = Hub()
        drawn = DrawnEncoders(self.store)
        cameras = Cameras(hub, self.store, CAMERAS, self._sources)
        self.media = MediaDomain.over(cameras, self.store, drawn, StreamAddresses(rtsp_port=8554))
        hub.require("gate/main").announce((H265, AAC))
        self.clock = ManualClock()
        self.broker = EventBroker(self.clock)
        self.broker.attach(self)
        self.events: list[Event] = []
        self.contacts = {"bell": Contact(), "gate": Contact()}
        self.circuits = {"door": VirtualInput(), "tamper": VirtualInput()}
        self.port = SerialPort("wire", "RS232", SerialLine.pseudo, self.store)
        self.io = DeviceIO(
            Relays(self.contacts, self.store, self.broker, self.clock),
            Inputs(self.circuits, self.store, self.broker),
            SerialPorts((self.port,)),
        )
        pull_points = EventHandlers(PullPoints(self.broker, self.clock), StreamAddresses(), self.clock)
        self.loop = loop_of(*deviceio_handlers(self.io, self.media), pull_points)
        self.call = self.loop.call

    def receive(self, event: Event) -> None:
        self.events.append(event)

    def states(self, token: str) -> list[str]:
        """The states that were told of an input or relay, oldest first."""
        return [each.data[0][1] for each in self.events if each.source[0][1] == token]

    async def start(self) -> None:
        """As the running device does at its start."""
        for circuit in self.io.inputs:
            circuit.start()
        for relay in self.io.relays:
            await relay.start()

    async def pass_time(self, seconds: float) -> None:
        """Let time go by for the relays."""
        self.clock.advance(seconds)
        for relay in self.io.relays:
            await relay.pass_time(self.clock.monotonic_s())

    def _sources(self, camera: Camera) -> list[Source]:
        return []


@pytest.fixture
def rig(tmp_path: Path, loop_of: Callable[..., Any]) -> Rig:
    """The relays `bell` and `gate`, the inputs `door` and `tamper`, the port `wire`."""
    return Rig(tmp_path, loop_of)
