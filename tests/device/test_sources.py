"""The sources that a camera's settings make."""

import asyncio
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest

from vedette.base.clock import SystemClock
from vedette.device.cameras import Camera
from vedette.device.media.drawn import DrawnEncoders
from vedette.device.settings.document import CameraSettings
from vedette.device.sources import SourceMaker
from vedette.media.hub import Hub, Stream
from vedette.media.sources.source import Source


def film(path: Path) -> Path:
    """Ten pictures and a second of sound."""
    with av.open(str(path), "w") as out:
        video: Any = out.add_stream("libx264", rate=Fraction(10))
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sound: Any = out.add_stream("aac", rate=48_000)
        sound.layout = "mono"
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64), 20 * number, np.uint8), format="gray")
            frame.pts = number
            out.mux(video.encode(frame.reformat(format="yuv420p")))
        out.mux(video.encode(None))
        for start in range(0, 48_000, 1024):
            piece = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.int16), "s16", "mono")
            piece.sample_rate, piece.pts = 48_000, start
            out.mux(sound.encode(piece))
        out.mux(sound.encode(None))
    return path


@pytest.mark.parametrize(("audio", "codecs"), [(True, ["H264", "AAC"]), (False, ["H264"])])
def test_the_sound_of_a_file_camera_is_left_out_where_its_settings_say_so(
    tmp_path: Path, audio: bool, codecs: list[str]
) -> None:
    settings = CameraSettings(name="yard", source=f"file:{film(tmp_path / 'a.mp4')}", audio=audio)
    camera = Camera(settings, Hub(), is_fixed=True)

    def no_rtsp(address: str, stream: Stream, of: Camera) -> Source:
        raise AssertionError(address)

    async def scene() -> None:
        (source,) = SourceMaker(SystemClock(), no_rtsp, cast("DrawnEncoders", None))(camera)
        running = asyncio.create_task(source.run())
        async with asyncio.timeout(10):
            while not camera.main.tracks:  # noqa: ASYNC110 (what is waited for has no event)
                await asyncio.sleep(0.005)
        running.cancel()

    asyncio.run(scene())
    assert [track.codec for track in camera.main.tracks] == codecs
