"""The source as a whole: it publishes, obeys, and stops."""

import asyncio
import sys
from collections.abc import Callable, Sequence

import pytest

from vedette.base.clock import SystemClock
from vedette.media.hub import Stream, StreamState
from vedette.media.sources.pattern import PatternSource
from vedette.media.sources.settings import AudioSettings, VideoProfile, VideoSettings
from vedette.media.sources.source import SourceLost, SourceUnavailable
from vedette.media.unit import AccessUnit, Track

BIG = VideoSettings(width=320, height=180, bitrate_kbps=500)
SMALL = VideoSettings(width=160, height=90, bitrate_kbps=100)


class Watcher:
    """A sink whose reader waits for something to become true."""

    def __init__(self) -> None:
        self.tracks: list[tuple[Track, ...]] = []
        self.units: list[AccessUnit] = []
        self._changed = asyncio.Event()

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        self.tracks.append(tracks)
        self._changed.set()

    def receive(self, units: Sequence[AccessUnit]) -> None:
        self.units += units
        self._changed.set()

    async def until(self, condition: "Callable[[], bool]") -> None:
        async with asyncio.timeout(10):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def video(self) -> list[AccessUnit]:
        return [unit for unit in self.units if unit.track == 0]


def source() -> tuple[PatternSource, Watcher, Stream]:
    streams = (Stream("yard/main"), Stream("yard/sub"))
    made = PatternSource("Yard", streams, clock=SystemClock(), seed=3, videos=(BIG, SMALL), scene_fps=50)
    watcher = Watcher()
    streams[0].attach(watcher)
    return made, watcher, streams[0]


async def _played() -> None:
    made, watcher, stream = source()
    task = asyncio.create_task(made.run())
    await watcher.until(lambda: len(watcher.video()) >= 3)
    assert stream.state is StreamState.LIVE
    assert [track.codec for track in stream.tracks] == ["H264", "PCMU", "METADATA"]
    assert made.streams[1].units_total > 0

    made.request_key_frame()
    seen = len(watcher.video())
    await watcher.until(lambda: any(unit.is_key for unit in watcher.video()[seen:]))
    assert stream.request_key_frame()

    await made.reconfigure(0, VideoSettings(width=200, height=120))
    await watcher.until(lambda: stream.tracks[0].width == 200)
    assert made.videos[0].width == 200
    with pytest.raises(ValueError, match="60"):
        await made.reconfigure(0, VideoSettings(fps=60))

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stream.state is StreamState.WAITING
    assert not stream.request_key_frame()
    times = [unit.utc_us for unit in watcher.video()]
    assert times == sorted(set(times))


def test_it_publishes_obeys_and_stops() -> None:
    asyncio.run(_played())


async def _reconfigured() -> None:
    """Whoever set an encoder asks next for its description and its picture."""
    made, watcher, stream = source()
    task = asyncio.create_task(made.run())
    await watcher.until(lambda: bool(watcher.video()))
    for settings in (
        VideoSettings(width=160, height=90, profile=VideoProfile.HIGH),
        VideoSettings(width=160, height=90, profile=VideoProfile.BASELINE, fps=5),
        VideoSettings(width=160, height=90, profile=VideoProfile.HIGH, fps=5),
    ):
        seen = len(watcher.video())
        await made.reconfigure(0, settings)
        sps = stream.tracks[0].setup[0]
        assert sps[1] == (100 if settings.profile is VideoProfile.HIGH else 66)
        assert stream.has_group
        assert any(unit.is_key for unit in watcher.video()[seen:])
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_an_order_is_answered_when_a_picture_of_it_is_published() -> None:
    asyncio.run(_reconfigured())


async def _broken(monkeypatch: pytest.MonkeyPatch) -> None:
    made, watcher, stream = source()

    def refuse(*_: object, **__: object) -> None:
        raise SourceLost("the encoder is on fire")

    withdrawn = asyncio.Event()
    withdraw = stream.withdraw

    def withdraw_and_tell(problem: str) -> None:
        withdraw(problem)
        withdrawn.set()

    with monkeypatch.context() as patch:
        patch.setattr(stream, "withdraw", withdraw_and_tell)
        patch.setattr("vedette.media.sources.studio.VideoEncoder", refuse)
        task = asyncio.create_task(made.run())
        async with asyncio.timeout(10):
            await withdrawn.wait()
        assert stream.problem == "the encoder is on fire"
    await watcher.until(lambda: bool(watcher.video()))
    assert stream.problem == ""
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_an_encoder_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(_broken(monkeypatch))


def test_settings_of_a_source_that_does_not_run_are_kept_for_its_start() -> None:
    made, _, _ = source()
    asyncio.run(made.reconfigure(1, BIG))
    assert made.videos == (BIG, BIG)


def test_without_pyav_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "vedette.media.sources.studio", raising=False)
    monkeypatch.delitem(sys.modules, "vedette.media.sources.video_encoder", raising=False)
    monkeypatch.delitem(sys.modules, "vedette.media.sources.tone", raising=False)
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(SourceUnavailable, match=r"vedette\[media\]"):
        PatternSource("Yard", (Stream("a"),), clock=SystemClock(), videos=(BIG,), audio=AudioSettings())


def test_streams_and_settings_come_in_pairs() -> None:
    with pytest.raises(ValueError, match="2 video"):
        PatternSource("Yard", (Stream("a"),), clock=SystemClock())
