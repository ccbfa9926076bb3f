"""Cameras that begin every connection with the group of pictures that they keep."""

import asyncio
from typing import Any

from tests.loopback.rtsp.scripted_camera import TEN, Camera, Stage, picture, staged

from vedette.media.unit import AccessUnit
from vedette.protocols.rtp.sender import RtpSender

FRAME_US = 40_000


async def begin(stage: Stage, begun_us: int, *units: AccessUnit) -> None:
    """Play with a report of when the first picture was captured, then the group."""
    camera = stage.camera
    await camera.playing.wait()
    camera.playing.clear()
    camera.write(camera.report(begun_us, units[0].pts) + camera.inside(*units))


async def begin_and_lose(stage: Stage) -> int:
    """Play eight pictures and lose the connection, 1.5 s ago; the camera's next session counts anew.

    Returns when the first one was captured.
    """
    begun_us = stage.clock.utc_us() - 7 * FRAME_US
    await begin(stage, begun_us, *TEN[:8])
    await stage.hear(8)
    stage.camera.hang_up()
    stage.camera.sender = RtpSender(ssrc=0xCA, payload_type=96, first_sequence=7, timestamp_offset=99)
    stage.clock.advance(1.5)
    return begun_us


def test_a_group_that_is_sent_again_is_published_once_and_goes_on(play: Any) -> None:
    async def run() -> None:
        async with staged(Camera()) as stage:
            begun_us = await begin_and_lose(stage)
            await begin(stage, begun_us, *TEN, *(picture(each) for each in range(10, 40)))
            assert await stage.hear(40) == list(range(40))
            units = stage.heard.units
            utc_us = [unit.utc_us - begun_us for unit in units]
            assert all(abs(each - place * FRAME_US) < 20 for place, each in enumerate(utc_us))
            pts = [unit.pts - units[0].pts for unit in units]
            assert all(abs(each - place * 3600) < 20 for place, each in enumerate(pts))
            assert not any(unit.is_discontinuous for unit in units)
            assert len(stage.heard.tracks) == 1

    play(run())


def test_a_camera_that_comes_back_with_another_group_is_published_behind_a_gap(play: Any) -> None:
    async def run() -> None:
        async with staged(Camera()) as stage:
            begun_us = await begin_and_lose(stage)
            await begin(stage, begun_us + 20 * FRAME_US, *(picture(each) for each in range(20, 40)))
            assert await stage.hear(28) == [*range(8), *range(20, 40)]
            assert [place for place, unit in enumerate(stage.heard.units) if unit.is_discontinuous] == [8]

    play(run())


def test_a_camera_that_reports_nothing_is_published_once_where_its_group_comes_faster_than_in_life(
    play: Any,
) -> None:
    async def run() -> None:
        async with staged(Camera()) as stage:
            camera = stage.camera
            await camera.playing.wait()
            for number in range(9):
                camera.send(picture(number))
                await stage.hear(number)  # the last is complete when the next begins
                stage.clock.advance(FRAME_US / 1e6)
            assert camera.writer is not None
            camera.playing.clear()
            camera.writer.close()
            camera.sender = RtpSender(ssrc=0xCA, payload_type=96, first_sequence=7, timestamp_offset=99)
            await camera.playing.wait()
            stage.clock.advance(1.0)
            for number in range(34):
                camera.send(picture(number))
                await asyncio.sleep(0.005)
            assert await stage.hear(33) == list(range(33))
            pts = [unit.pts - stage.heard.units[0].pts for unit in stage.heard.units]
            assert all(abs(each - place * 3600) < 20 for place, each in enumerate(pts))
            assert not any(unit.is_discontinuous for unit in stage.heard.units)

    play(run())
