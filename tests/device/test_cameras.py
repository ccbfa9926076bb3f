"""Which cameras there are and what runs for each: changes while running, and troubles that stay alone."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from vedette.device import cameras as cameras_module
from vedette.device.cameras import Camera, CameraRefused, Cameras, NoSuchCamera, checked, drawing_of, trust_of
from vedette.device.settings import store as store_module
from vedette.device.settings.document import CameraSettings, Settings
from vedette.device.settings.media import ConfigurationSettings, DrawnEncoder, MediaSettings
from vedette.device.settings.recording import JobMode
from vedette.device.settings.store import SettingsNotSaved, SettingsStore
from vedette.media.hub import Hub, Stream
from vedette.media.sources.settings import MAIN_VIDEO
from vedette.media.sources.source import Source, SourceUnavailable


def named(name: str, **fields: object) -> CameraSettings:
    return CameraSettings(name=name, source="rtsp://192.0.2.1/stream", **fields)  # type: ignore[arg-type]


class Film:
    """A source that does what the test says."""

    def __init__(self, camera: Camera, act: Callable[[], Awaitable[None]]) -> None:
        self.streams: tuple[Stream, ...] = camera.streams
        self.is_running = False
        self._act = act

    async def run(self) -> None:
        self.is_running = True
        try:
            await self._act()
        finally:
            self.is_running = False

    def request_key_frame(self) -> None:
        return None


async def for_ever() -> None:
    await asyncio.get_running_loop().create_future()


class Studio:
    """Makes the sources, and knows them by camera."""

    def __init__(self, act: Callable[[], Awaitable[None]] = for_ever) -> None:
        self.act: dict[str, Callable[[], Awaitable[None]]] = {}
        self.films: dict[str, Film] = {}
        self._otherwise = act

    def __call__(self, camera: Camera) -> Iterable[Source]:
        film = Film(camera, self.act.get(camera.name, self._otherwise))
        self.films[camera.name] = film
        return [film]

    @property
    def running(self) -> set[str]:
        return {name for name, film in self.films.items() if film.is_running}


@pytest.fixture
def store(tmp_path: Path) -> SettingsStore:
    return SettingsStore.open(tmp_path / "settings.json", Settings)


Scene = Callable[[Cameras, Studio, Hub], Awaitable[None]]
Play = Callable[..., None]


@pytest.fixture
def play(store: SettingsStore) -> Play:
    """Run a scene while the cameras run."""

    def run(scene: Scene, *fixed: CameraSettings, studio: Studio | None = None) -> None:
        async def timed() -> None:
            hub, made = Hub(), studio or Studio()
            cameras = Cameras(hub, store, fixed, made)
            running = asyncio.create_task(cameras.run())
            await settled()
            try:
                async with asyncio.timeout(5):
                    await scene(cameras, made, hub)
            finally:
                assert not running.done()
                running.cancel()
                await asyncio.wait((running,))
            assert made.running == set()
            assert len(asyncio.all_tasks()) == 1

        asyncio.run(timed())

    return run


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_cameras_come_and_go_while_others_run(play: Play, store: SettingsStore) -> None:
    told: list[int] = []

    async def scene(cameras: Cameras, studio: Studio, hub: Hub) -> None:
        cameras.watch(lambda: told.append(len(cameras)))
        assert studio.running == {"fixed"}
        await cameras.add(named("a"))
        await cameras.add(named("b", sub_source="rtsp://192.0.2.1/small"))
        await settled()
        assert studio.running == {"fixed", "a", "b"}
        assert [stream.name for stream in hub.streams] == ["fixed/main", "a/main", "b/main", "b/sub"]
        await cameras.remove("a")
        await settled()
        assert studio.running == {"fixed", "b"}
        assert "a/main" not in [stream.name for stream in hub.streams]
        assert [camera.name for camera in cameras] == ["fixed", "b"]
        assert [camera.name for camera in store.current.cameras] == ["b"]
        assert told == [2, 3, 2]
        await cameras.add(named("a"))
        await settled()
        assert "a" in studio.running

    play(scene, named("fixed"))


def test_a_camera_added_anew_is_recorded_as_it_says(play: Play, store: SettingsStore) -> None:
    """Whoever adds it knows nothing of a job that was switched off before it was removed."""

    def idle(document: Settings) -> Settings:
        modes = (JobMode("a", is_active=False), JobMode("fixed", is_active=False))
        return replace(document, recording=replace(document.recording, job_modes=modes))

    async def scene(cameras: Cameras, studio: Studio, hub: Hub) -> None:
        await cameras.add(named("a"))
        await store.change(idle)
        await cameras.remove("a")
        assert store.current.recording.mode_of("a") is None
        await store.change(idle)  # as a former version left it behind
        await cameras.add(named("a"))
        assert store.current.recording.mode_of("a") is None
        assert store.current.recording.mode_of("fixed") is False

    play(scene, named("fixed"))


def test_what_was_set_of_a_camera_while_it_was_removed_does_not_count_for_the_next_of_its_name(
    play: Play, store: SettingsStore
) -> None:
    """As of an encoder: its pictures are waited for before the settings are kept."""

    async def scene(cameras: Cameras, studio: Studio, hub: Hub) -> None:
        await cameras.add(named("hall"))
        await cameras.remove("hall")
        late = MediaSettings(
            configurations=(ConfigurationSettings(token="vsc_hall", name="the old hall"),),
            encoders=(DrawnEncoder(stream="hall/main", video=MAIN_VIDEO),),
        )
        await store.change(lambda document: replace(document, media=late))
        await cameras.add(named("hall"))
        assert store.current.media == MediaSettings()

    play(scene)


def test_of_many_that_add_one_name_at_once_one_succeeds(play: Play, store: SettingsStore) -> None:
    async def scene(cameras: Cameras, studio: Studio, hub: Hub) -> None:
        results = await asyncio.gather(*(cameras.add(named("a")) for _ in range(5)), return_exceptions=True)
        assert sum(isinstance(each, CameraRefused) for each in results) == 4
        assert len(store.current.cameras) == len(cameras) == 1
        results = await asyncio.gather(*(cameras.remove("a") for _ in range(5)), return_exceptions=True)
        assert sum(isinstance(each, NoSuchCamera) for each in results) == 4
        assert len(store.current.cameras) == len(cameras) == 0

    play(scene)


def test_a_disk_that_refuses_leaves_the_cameras_as_they_were(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise SettingsNotSaved("no space")

    async def scene(cameras: Cameras, studio: Studio, hub: Hub) -> None:
        await cameras.add(named("a"))
        with monkeypatch.context() as patch:
            patch.setattr(store_module, "write_atomically", full)
            with pytest.raises(SettingsNotSaved):
                await cameras.add(named("b"))
            with pytest.raises(SettingsNotSaved):
                await cameras.remove("a")
        assert [camera.name for camera in cameras] == ["a"]
        await settled()
        assert studio.running == {"a"}

    play(scene)


def test_fixed_cameras_stay_and_hide_those_of_the_settings(play: Play, store: SettingsStore) -> None:
    asyncio.run(store.change(lambda _: Settings(cameras=(named("a", title="hidden"), named("b")))))

    async def scene(cameras: Cameras, studio: Studio, hub: Hub) -> None:
        assert [(camera.name, camera.is_fixed) for camera in cameras] == [("a", True), ("b", False)]
        assert cameras.require("a").title == "a"
        with pytest.raises(CameraRefused, match="operator's file"):
            await cameras.remove("a")
        with pytest.raises(CameraRefused, match="already"):
            await cameras.add(named("a"))
        with pytest.raises(NoSuchCamera):
            await cameras.remove("c")

    play(scene, named("a"))


def test_settings_that_make_no_camera_are_left_out_and_told(
    play: Play, store: SettingsStore, caplog: pytest.LogCaptureFixture
) -> None:
    asyncio.run(store.change(lambda _: Settings(cameras=(named("../up"), named("b")))))

    async def scene(cameras: Cameras, studio: Studio, hub: Hub) -> None:
        assert [camera.name for camera in cameras] == ["b"]
        assert "../up" in caplog.text

    play(scene)


def test_a_source_that_cannot_be_made_says_so_and_is_tried_again(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cameras_module, "RESTART_S", 0.0)
    attempts: Iterator[int] = iter(range(100))

    class Broken(Studio):
        def __call__(self, camera: Camera) -> Iterable[Source]:
            if camera.name == "bad" and next(attempts) < 3:
                raise SourceUnavailable("drawing needs numpy")
            return super().__call__(camera)

    async def scene(cameras: Cameras, studio: Studio, hub: Hub) -> None:
        assert "good" in studio.running
        while "bad" not in studio.running:
            assert cameras.require("bad").main.problem == "drawing needs numpy"
            await asyncio.sleep(0)

    play(scene, named("bad"), named("good"), studio=Broken())


def test_a_defect_in_one_source_stops_no_other_camera_and_it_runs_again(
    play: Play, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cameras_module, "RESTART_S", 0.0)
    studio = Studio()
    problems: list[str] = []
    runs = 0

    async def broken() -> None:
        nonlocal runs
        runs += 1
        problems.append(studio.films["bad"].streams[0].problem)
        if runs < 3:
            raise ZeroDivisionError("a defect")
        await for_ever()

    studio.act["bad"] = broken

    async def scene(cameras: Cameras, studio: Studio, hub: Hub) -> None:
        while runs < 3:  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0)
        assert "good" in studio.running

    play(scene, named("bad"), named("good"), studio=studio)
    assert problems[0] == ""
    assert "a defect" in problems[1]
    assert "ZeroDivisionError" in caplog.text


def test_without_the_media_packages_a_drawn_camera_says_what_to_install(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vedette.base.clock import ManualClock
    from vedette.media.sources.pattern import PatternSource

    monkeypatch.setitem(sys.modules, "av", None)
    for name in ("studio", "video_encoder", "tone"):
        monkeypatch.delitem(sys.modules, f"vedette.media.sources.{name}", raising=False)

    class Drawing(Studio):
        def __call__(self, camera: Camera) -> Iterable[Source]:
            if camera.name == "drawn":
                return [PatternSource(camera.title, camera.streams, clock=ManualClock())]
            return super().__call__(camera)

    async def scene(cameras: Cameras, studio: Studio, hub: Hub) -> None:
        assert studio.running == {"good"}
        assert "pip install 'vedette[media]'" in cameras.require("drawn").main.problem

    play(scene, CameraSettings(name="drawn", source="drawn:"), named("good"), studio=Drawing())


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "a b"},
        {"name": "-a"},
        {"name": "../a"},
        {"name": "a" * 33},
        {"name": "ä"},
        {"source": ""},
        {"source": "http://host/"},
        {"source": "rtsp://"},
        {"source": "rtsp:host"},
        {"source": "rtsp://host:99999/"},
        {"source": "rtsp://host:0/"},
        {"source": "rtsp://[::1/"},
        {"source": "rtsp://host/\r\nX: y"},
        {"source": "rtsp://host/" + "x" * 2048},
        {"source": "file:"},
        {"source": "drawn:?seed=x"},
        {"source": "drawn:?seed=²"},
        {"source": "drawn:?sed=1"},
        {"source": "drawn:?audio=opus"},
        {"source": "drawn:1"},
        {"source": "drawn:", "sub_source": "rtsp://host/"},
        {"sub_source": "drawn:"},
        {"sub_source": "ftp://host/"},
        {"transport": "http"},
        {"source": "rtsps://host/", "fingerprint": "AB:CD"},
        {"source": "rtsps://host/", "fingerprint": "ab" * 32, "ca_file": "/etc/cameras.pem"},
        {"source": "rtsps://host/", "ca_file": "/etc/a\nb.pem"},
        {"fingerprint": "ab" * 32},
        {"sub_source": "rtsp://host/2", "ca_file": "/etc/cameras.pem"},
        {"title": "x" * 65},
        {"title": "a\nb"},
    ],
)
def test_what_makes_no_camera_is_refused(fields: dict[str, str]) -> None:
    settings = CameraSettings(**{"name": "a", "source": "rtsp://host/", **fields})
    with pytest.raises(CameraRefused):
        checked(settings)


@pytest.mark.parametrize(
    "source",
    [
        "rtsp://192.0.2.1/stream?channel=1&subtype=0",
        "rtsp://user:p%40ss@camera.local:8554/",
        "rtsps://[2001:db8::1]:322/a",
        "file:footage/door.mp4",
        "drawn:",
        "drawn:?seed=7",
        "drawn:?seed=7&audio=aac",
    ],
)
def test_what_makes_a_camera_is_taken(source: str) -> None:
    checked(CameraSettings(name="A-1_b", source=source))


@pytest.mark.parametrize("sources", [("rtsps://host/", ""), ("rtsp://host/", "rtsps://host/2")])
@pytest.mark.parametrize("field", [{"fingerprint": "ab" * 32}, {"ca_file": "cameras.pem"}])
def test_a_camera_behind_tls_may_name_its_certificate(
    sources: tuple[str, str], field: dict[str, str]
) -> None:
    settings = CameraSettings(name="a", source=sources[0], sub_source=sources[1], **field)
    trust = trust_of(checked(settings))
    assert trust.verify
    assert (trust.ca_file == Path("cameras.pem")) is ("ca_file" in field)
    assert trust.fingerprint == (":".join(["AB"] * 32) if "fingerprint" in field else "")


@given(
    st.builds(CameraSettings, name=st.text(max_size=40), source=st.text(max_size=40).map("rtsp://{}".format))
)
def test_any_settings_are_taken_or_refused(settings: CameraSettings) -> None:
    with suppress(CameraRefused):
        assert checked(settings) is settings


@given(st.text(max_size=20))
def test_any_seed_is_a_number_or_refused(text: str) -> None:
    with suppress(CameraRefused):
        assert 0 <= drawing_of("drawn:" + text).seed < 1 << 31


def test_a_refusal_shows_no_password() -> None:
    with pytest.raises(CameraRefused) as refusal:
        checked(CameraSettings(name="a", source="rtsp://user:hunter2@:99999/"))
    assert "hunter2" not in str(refusal.value)
