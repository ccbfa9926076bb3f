"""Who watches is told by encoder: the first viewer, others, the last one gone."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from vedette.base.clock import ManualClock
from vedette.device.addresses import StreamAddresses
from vedette.device.cameras import Cameras
from vedette.device.events import EventBroker
from vedette.device.media.domain import MediaDomain
from vedette.device.media.drawn import DrawnEncoders
from vedette.device.notifications import Event
from vedette.device.settings.document import CameraSettings, Settings
from vedette.device.settings.store import SettingsStore
from vedette.media.hub import Hub, Stream
from vedette.media.unit import Track, TrackKind
from vedette.server.live.resource import LiveGroups, LiveSession
from vedette.server.live.sessions import ActiveSessions
from vedette.server.rtsp.media import Interleave

TRACKS = (
    Track(number=0, kind=TrackKind.VIDEO, codec="JPEG", clock_hz=90_000, width=64, height=48),
    Track(number=2, kind=TrackKind.METADATA, codec="METADATA", clock_hz=90_000),
)


class Scene:
    def __init__(self, folder: Path) -> None:
        store = SettingsStore.open(folder / "settings.json", Settings)
        self.hub = Hub()
        yard = CameraSettings(name="yard", source="drawn:?seed=1")
        self.cameras = Cameras(self.hub, store, (yard,), lambda camera: [])
        media = MediaDomain.over(self.cameras, store, DrawnEncoders(store), StreamAddresses(rtsp_port=8554))
        self.main = self.hub.require("yard/main")
        self.main.announce(TRACKS)
        self.broker = EventBroker(ManualClock())
        self.broker.attach(self)
        self.groups = LiveGroups(self.hub, ManualClock())
        self.sessions = ActiveSessions(self.groups, media.configurations, self.broker)
        self.lines: list[str] = []

    def receive(self, event: Event) -> None:
        topic = event.topic.path.rpartition("/")[2]
        said = event.data[0][1] if event.data else ""
        self.lines.append(f"{topic} {event.source[0][1]} {event.operation}: {said}".strip())

    def told(self) -> list[str]:
        self.sessions.report()
        lines, self.lines = sorted(self.lines), []
        return lines

    def watch(self, stream: Stream, peer: str, *tracks: int) -> LiveSession:
        session = LiveSession(self.groups, stream)
        session.peer = peer
        outbox: Any = SimpleNamespace(fd=-1, queued_bytes=0, watchers=set(), write=lambda data: None)
        for number in tracks:
            session.add_track(number, Interleave(outbox, 2 * number))
        session.begin()
        return session


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_viewers_are_told_by_encoder_and_each_of_them(scene: Scene) -> None:
    async def run() -> None:
        assert scene.told() == []
        first = scene.watch(scene.main, "192.0.2.7", 0, 2)
        assert scene.told() == [
            "Metadata md_yard Initialized: 192.0.2.7",
            "VideoEncoder ve_yard_main Initialized: 192.0.2.7",
        ]
        assert scene.told() == []
        second = scene.watch(scene.main, "192.0.2.7", 0)
        third = scene.watch(scene.main, "2001:db8::1", 0)
        assert scene.told() == ["VideoEncoder ve_yard_main Changed: 192.0.2.7 192.0.2.7 2001:db8::1"]
        first.close()
        assert scene.told() == [
            "Metadata md_yard Deleted:",
            "VideoEncoder ve_yard_main Changed: 192.0.2.7 2001:db8::1",
        ]
        second.pause()
        third.lose("the stream has ended")
        assert scene.told() == ["VideoEncoder ve_yard_main Deleted:"]
        second.close()
        third.close()

    asyncio.run(run())


def test_who_watches_what_is_made_of_a_stream_counts_for_the_stream(scene: Scene) -> None:
    async def run() -> None:
        made = Stream("yard/main#md_yard")
        made.announce(TRACKS)
        session = scene.watch(made, "192.0.2.7", 2)
        assert scene.told() == ["Metadata md_yard Initialized: 192.0.2.7"]
        assert scene.groups.viewers_of(scene.main) == 1
        session.close()

    asyncio.run(run())
