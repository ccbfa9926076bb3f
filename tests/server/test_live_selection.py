"""A profile's live media: the tracks that it holds, and viewers that are lost all at once."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from vedette.base.clock import ManualClock
from vedette.device.media.metadata_streams import ChosenStream
from vedette.device.media.stream_uris import Selection
from vedette.device.settings.media import MetadataSettings
from vedette.media.hub import Hub
from vedette.media.unit import Track, TrackKind
from vedette.server.live.resource import LiveGroups, LiveSession
from vedette.server.live.selection import ProfileResource, ProfileSession, ProfileStreams
from vedette.server.live.viewers import DatagramViewer
from vedette.server.rtsp.media import Interleave, MediaRefused

PICTURE = Track(number=0, kind=TrackKind.VIDEO, codec="JPEG", clock_hz=90_000, width=640, height=360)
SOUND = Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8000, channels=1)


def resource(*kinds: TrackKind) -> ProfileResource:
    hub = Hub()
    stream = hub.open("yard/main")
    stream.announce((PICTURE, SOUND))
    groups = LiveGroups(hub, ManualClock())
    selection = Selection(stream=stream, kinds=frozenset(kinds))
    return ProfileResource(groups, selection, lambda: selection)


def test_only_the_tracks_of_the_profile_are_described() -> None:
    described = asyncio.run(resource(TrackKind.AUDIO).describe())
    assert "m=audio" in described
    assert "m=video" not in described
    assert "a=control:trackID=1" in described


def test_sound_that_the_camera_tells_of_while_it_is_waited_for_is_described() -> None:
    hub = Hub()
    stream = hub.open("yard/main")

    def select() -> Selection:
        return Selection(stream=stream, kinds=frozenset({TrackKind.VIDEO, *(t.kind for t in stream.tracks)}))

    async def scene() -> str:
        waiting = asyncio.create_task(
            ProfileResource(LiveGroups(hub, ManualClock()), select(), select).describe()
        )
        await asyncio.sleep(0)
        stream.announce((PICTURE, SOUND))
        return await waiting

    assert "m=audio" in asyncio.run(scene())


def test_a_profile_whose_tracks_the_stream_lacks_is_refused() -> None:
    with pytest.raises(MediaRefused, match="yard/main") as refused:
        asyncio.run(resource(TrackKind.METADATA).describe())
    assert refused.value.status == 503


def test_a_path_that_is_no_profiles_is_left_to_others() -> None:
    class Nothing:
        def selection(self, path: str) -> None:
            return None

    streams = ProfileStreams(Nothing(), LiveGroups(Hub(), ManualClock()))  # type: ignore[arg-type]
    assert streams.find("/live/attic") is None


def test_who_begins_or_has_lost_pictures_is_told_the_states(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        hub, told = Hub(), list[str]()
        monkeypatch.setattr(ChosenStream, "tell_states", lambda self: told.append(self.name))
        source = hub.open("yard/main")
        source.announce((PICTURE,))
        broker = SimpleNamespace(attach=lambda _: None, detach=lambda _: None)
        chosen = ChosenStream(
            "yard/main#1", source, broker, MetadataSettings(token="m"), producer="urn:uuid:1"
        )  # type: ignore[arg-type]
        session = ProfileSession(LiveGroups(hub, ManualClock()), chosen)
        session.add_track(0, Interleave(SimpleNamespace(fd=-1, queued_bytes=0, watchers=set(), write=len), 0))  # type: ignore[arg-type]
        session.begin()
        assert told == ["yard/main#1"]
        session.key_frame_wanted()
        assert told == ["yard/main#1"] * 2
        session.close()

    asyncio.run(scene())


def test_a_viewer_that_leaves_when_it_is_lost_disturbs_no_other() -> None:
    async def scene() -> None:
        hub = Hub()
        groups = LiveGroups(hub, ManualClock())
        lost: list[str] = []
        viewers = []
        for name in ("yard/main", "door/main"):
            stream = hub.open(name)
            stream.announce((PICTURE,))
            session = LiveSession(groups, stream)
            session.viewer = DatagramViewer({})
            viewers.append(session.viewer)
            session.on_lost = leaving(session, lost)
        for viewer in viewers:
            groups._on_gone(viewer, "the stream changed its codecs")
        assert lost == ["yard/main", "door/main"]

    asyncio.run(scene())


def leaving(session: LiveSession, lost: list[str]) -> Callable[[str], None]:
    def on_lost(why: str) -> None:
        lost.append(session.stream.name)
        session.close()

    return on_lost
