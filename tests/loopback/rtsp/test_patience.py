"""What a camera has sent and was left to wait: read when somebody watches, and before the end."""

import asyncio
import time
from typing import Any

import pytest
from tests.loopback.rtsp.scripted_camera import (
    TEN,
    Camera,
    Listener,
    Stage,
    picture,
    staged,
)

from vedette.client.rtsp import dialogue, reading


async def left_to_wait(stage: Stage) -> Listener:
    """A recorder that has heard eleven pictures; two more wait for its turn to be read."""
    recorder = Listener(stage.stream, is_patient=True)
    await stage.play(*TEN)
    await stage.hear(10)
    stage.stream.detach(stage.heard)
    stage.camera.send(picture(10))  # read at once: it tells the source that nobody watches
    await recorder.until(lambda: len(recorder.units) >= 11)
    stage.camera.send(picture(11), picture(12))
    await asyncio.sleep(0.05)
    assert len(recorder.units) == 11
    return recorder


def test_who_begins_to_watch_does_not_wait_for_the_recorders_turn(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENT_S", 3600.0)

    async def run() -> None:
        async with staged(Camera()) as stage:
            await left_to_wait(stage)
            viewer = Listener(stage.stream)
            await viewer.until(lambda: len(viewer.units) >= 2)
            assert viewer.frames == [11, 12]

    play(run())


def test_what_waits_is_recorded_when_the_source_is_wanted_no_more(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENT_S", 3600.0)

    async def run() -> None:
        async with staged(Camera()) as stage:
            recorder = await left_to_wait(stage)
            await stage.end()
            assert recorder.frames[11:] == [11, 12]

    play(run())


def test_a_camera_is_not_given_up_because_this_process_stood_still(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENT_S", 3600.0)
    monkeypatch.setattr(dialogue, "STILL_S", 0.02)

    async def run() -> None:
        async with staged(Camera()) as stage:
            recorder = await left_to_wait(stage)
            time.sleep(dialogue.TICK_S + 0.1)  # noqa: ASYNC251 (all of the process)
            stage.clock.advance(12)
            await recorder.until(lambda: len(recorder.units) >= 13)
            assert recorder.frames[11:] == [11, 12]
            await asyncio.sleep(1.1)  # two more ticks
            assert stage.source.connects_total == 1

    play(run())
