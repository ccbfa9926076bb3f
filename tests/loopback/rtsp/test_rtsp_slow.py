"""Cameras that show a picture now and then, told from those that have stopped."""

import asyncio
from typing import Any

import pytest
from tests.loopback.rtsp.scripted_camera import Camera, Stage, picture, showing, staged

from vedette.client.rtsp import dialogue
from vedette.client.rtsp.session import CameraSession

TICKS: list[float] = []  # when a session looked at the time


@pytest.fixture(autouse=True)
def frequent_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    look = CameraSession._tick

    def noted(session: CameraSession) -> None:
        look(session)
        TICKS.append(session._clock.monotonic_s())

    monkeypatch.setattr(dialogue, "TICK_S", 0.01)
    monkeypatch.setattr(CameraSession, "_tick", noted)
    TICKS.clear()


class SlowCamera(Camera):
    """Shows key frames when it is told to play, if it `begins_with_one`, and whenever it is asked to."""

    def __init__(self, *, begins_with_one: bool = True) -> None:
        super().__init__(audio=False)
        self.shown = 0
        self.begins_with_one = begins_with_one
        self.answers["PLAY"] = SlowCamera.plays

    def plays(self, url: str, headers: dict[str, str]) -> None:
        if self.begins_with_one:
            asyncio.get_running_loop().call_soon(self.show)

    def show(self) -> None:
        self.send(picture(10 * self.shown, shown=25 * self.shown))
        self.shown += 1


async def pass_time(stage: Stage, seconds: int) -> None:
    """Let a session look at the time at each second, also one that is made anew meanwhile."""
    for _ in range(seconds):
        stage.clock.advance(1)
        await stage.heard.until(lambda: bool(TICKS) and TICKS[-1] == stage.clock.monotonic_s())


def test_a_time_lapse_is_not_connected_to_anew_between_its_pictures(play: Any) -> None:
    async def run() -> None:
        camera = SlowCamera()
        async with staged(camera) as stage:
            await camera.playing.wait()
            for _ in range(6):
                await pass_time(stage, 20)
                camera.show()
            await pass_time(stage, 1)
            assert camera.connections == 2
            assert len(stage.heard.units) == camera.shown == 8
            assert not stage.stream.problem

    play(run())


def test_a_camera_that_answers_and_shows_nothing_is_left_in_peace_longer_and_longer(play: Any) -> None:
    async def run() -> None:
        camera = SlowCamera(begins_with_one=False)
        async with staged(camera) as stage:
            await camera.playing.wait()
            connections = []
            for _ in range(20):
                await pass_time(stage, 10)
                connections.append(camera.connections)
            assert connections[3:5] == [3, 3]  # 10 s, 20 s
            assert connections[8] == 4  # 40 s
            assert connections[15] == 5  # 60 s, the most
            camera.show()
            await stage.hear(1)
            assert not stage.stream.problem

    play(run())


def test_a_slow_camera_that_is_gone_is_noticed_by_its_missing_answer(play: Any) -> None:
    async def run() -> None:
        camera = SlowCamera()
        async with staged(camera) as stage:
            await camera.playing.wait()
            for _ in range(3):
                await pass_time(stage, 20)
                camera.show()
            await pass_time(stage, 1)
            assert camera.connections == 2
            camera.is_mute = True
            while camera.connections == 2:
                stage.clock.advance(1)
                await asyncio.sleep(0.03)
            assert "no answer to" in stage.stream.problem

    play(run())


def test_a_camera_that_has_become_quick_again_is_given_up_as_soon_as_others(play: Any) -> None:
    async def run() -> None:
        camera = SlowCamera()
        async with staged(camera) as stage:
            await camera.playing.wait()
            for _ in range(3):
                await pass_time(stage, 20)
                camera.show()
            for _ in range(45):
                await pass_time(stage, 1)
                camera.show()
            await pass_time(stage, 1)
            assert camera.connections == 2
            await pass_time(stage, 11)
            assert camera.connections == 3

    play(run())


def test_a_key_frame_wished_for_behind_another_is_asked_for_before_the_next_picture(play: Any) -> None:
    async def run() -> None:
        camera = Camera(audio=False)
        async with showing(camera) as stage:
            stage.stream.request_key_frame()
            camera.send(picture(10))
            await stage.hear(11)
            stage.stream.request_key_frame()
            await stage.heard.until(lambda: camera.key_frames_asked > 0)
            await asyncio.sleep(0.05)  # ticks
            assert camera.key_frames_asked == 1
            stage.clock.advance(1)
            await stage.heard.until(lambda: camera.key_frames_asked == 2)

    play(run())
