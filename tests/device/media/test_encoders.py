"""Encoders: what they can be set to is what they take, and they really change."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vedette.base.clock import SystemClock
from vedette.contract.faults import ConfigModify
from vedette.device.cameras import Camera
from vedette.device.media.encoders import BITRATES_KBPS, JPEG_BITRATES_KBPS, VideoEncoder, VideoOptions
from vedette.device.settings import store as store_module
from vedette.device.settings.document import CameraSettings
from vedette.device.settings.store import SettingsNotSaved
from vedette.device.sources import SourceMaker
from vedette.media.hub import Stream
from vedette.media.sources.pattern import PatternSource
from vedette.media.sources.settings import MAIN_VIDEO, SUB_VIDEO, VideoEncoding
from vedette.media.sources.source import Source
from vedette.media.unit import Track, TrackKind

WANTED = VideoEncoder(
    encoding="H265", width=1280, height=720, fps=15, bitrate_kbps=900, gop=30, quality=60, profile="Main"
)


def camera(rig: Any, name: str = "yard") -> Any:
    return rig.cameras.require(name)


def is_among(video: VideoEncoder, options: tuple[VideoOptions, ...]) -> bool:
    of = next(each for each in options if each.encoding == video.encoding)
    return (
        (video.width, video.height) in of.resolutions
        and min(of.frame_rates) <= video.fps <= max(of.frame_rates)
        and of.gops[0] <= video.gop <= of.gops[1]
        and of.bitrates_kbps[0] <= video.bitrate_kbps <= of.bitrates_kbps[1]
        and of.qualities[0] <= video.quality <= of.qualities[1]
        and (video.profile in of.profiles or not of.profiles)
    )


def test_a_set_encoder_is_ordered_from_the_source_and_kept(rig: Any, again: Callable[[], Any]) -> None:
    async def scene() -> None:
        yard = camera(rig)
        await rig.media.encoders.set_video(yard, yard.sub, WANTED)
        assert [lane for lane, _ in rig.studio.orders] == [1]
        assert rig.media.encoders.video(yard, yard.sub) == WANTED
        later = again()
        assert later.media.encoders.video(camera(later), camera(later).sub) == WANTED
        assert later.drawn.videos(camera(later))[0] == MAIN_VIDEO
        assert later.drawn.videos(camera(later))[1].encoding is VideoEncoding.H265

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("drawn:", ("PCMU", 8000)),
        ("drawn:?audio=pcmu", ("PCMU", 8000)),
        ("drawn:?seed=2&audio=aac", ("AAC", 48000)),
    ],
)
def test_a_drawn_camera_sounds_as_its_source_says(rig: Any, source: str, told: tuple[str, int]) -> None:
    async def scene() -> None:
        gate = await rig.cameras.add(CameraSettings(name="gate", source=source))
        for stream in gate.streams:
            audio = rig.media.encoders.audio(gate, stream)
            assert (audio.encoding, audio.sample_hz) == told
        assert rig.drawn.audio(gate).encoding == told[0]

    asyncio.run(scene())


def test_an_encoder_that_refuses_leaves_everything_as_it_was(rig: Any) -> None:
    async def scene() -> None:
        yard = camera(rig)
        rig.studio.is_broken = True
        with pytest.raises(ConfigModify, match="refuses"):
            await rig.media.encoders.set_video(yard, yard.main, WANTED)
        assert rig.drawn.video(yard, yard.main) == MAIN_VIDEO

    asyncio.run(scene())


def test_a_disk_that_refuses_puts_the_encoder_back(rig: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        raise SettingsNotSaved("full")

    async def scene() -> None:
        yard = camera(rig)
        monkeypatch.setattr(store_module, "write_atomically", full)
        with pytest.raises(SettingsNotSaved):
            await rig.media.encoders.set_video(yard, yard.sub, WANTED)
        assert rig.studio.orders[-1] == (1, SUB_VIDEO)
        assert rig.drawn.video(yard, yard.sub) == SUB_VIDEO

    asyncio.run(scene())


def test_what_two_set_at_once_is_kept_as_it_is_encoded(rig: Any) -> None:
    """The first waits for its pictures, which the second takes away from it."""

    async def scene() -> None:
        yard = camera(rig)
        picture = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, width=640, height=360)
        yard.sub.announce((picture,))

        def film() -> None:
            _, video = rig.studio.orders[-1]
            now = {"codec": video.encoding, "width": video.width, "height": video.height}
            yard.sub.announce((msgspec.structs.replace(picture, **now),))

        rig.studio.films = film
        first = msgspec.structs.replace(WANTED, width=1280, height=720)
        second = msgspec.structs.replace(WANTED, width=320, height=180)
        await asyncio.gather(
            rig.media.encoders.set_video(yard, yard.sub, first),
            rig.media.encoders.set_video(yard, yard.sub, second),
        )
        assert rig.studio.orders[-1] == (1, rig.drawn.video(yard, yard.sub))
        assert rig.media.encoders.video(yard, yard.sub) == second

    asyncio.run(scene())


encoders = st.builds(
    VideoEncoder,
    encoding=st.sampled_from(["H264", "H265", "JPEG", "MPEG4", ""]),
    width=st.sampled_from([1920, 1280, 640, 641, 0, -1, 10**9]),
    height=st.sampled_from([1080, 720, 360, 0]),
    fps=st.integers(-1, 30),
    bitrate_kbps=st.integers(-5, 10**6),
    gop=st.integers(-1, 300),
    quality=st.integers(-5, 200),
    profile=st.sampled_from(["", "Main", "Baseline", "High", "Extended", "x"]),
)


@given(wanted=encoders)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_wanted_ends_among_the_options_or_is_refused(rig: Any, wanted: VideoEncoder) -> None:
    async def scene() -> None:
        yard = camera(rig)
        before = rig.media.encoders.video(yard, yard.main)
        try:
            await rig.media.encoders.set_video(yard, yard.main, wanted)
        except ConfigModify:
            assert rig.media.encoders.video(yard, yard.main) == before
        after = rig.media.encoders.video(yard, yard.main)
        assert is_among(after, rig.media.encoders.video_options(yard, yard.main))

    asyncio.run(scene())


def test_jpeg_is_offered_in_sizes_that_arrive_as_they_are(rig: Any) -> None:
    """RFC 2435 counts in blocks of eight; players showed 184 lines of 180."""
    yard = camera(rig)
    offered = {each.encoding: each.resolutions for each in rig.media.encoders.video_options(yard, yard.sub)}
    assert (320, 180) in offered["H264"]
    assert offered["JPEG"] == ((1920, 1080), (1280, 720), (640, 360))
    small = msgspec.structs.replace(WANTED, encoding="JPEG", width=320, height=180, profile="")
    with pytest.raises(ConfigModify, match="320x180"):
        asyncio.run(rig.media.encoders.set_video(yard, yard.sub, small))


def test_a_bit_rate_out_of_range_is_brought_into_it(rig: Any) -> None:
    """Media2, Set<entity>Configuration (26.06 §5.3.3)."""

    async def scene() -> None:
        yard = camera(rig)
        await rig.media.encoders.set_video(
            yard, yard.main, msgspec.structs.replace(WANTED, bitrate_kbps=999_999)
        )
        video = rig.media.encoders.video(yard, yard.main)
        assert video is not None
        assert video.bitrate_kbps == BITRATES_KBPS[1]

    asyncio.run(scene())


def test_the_least_bit_rate_of_jpeg_is_one_that_it_can_keep_to(rig: Any) -> None:
    async def scene() -> None:
        yard = camera(rig)
        small = msgspec.structs.replace(WANTED, encoding="JPEG", bitrate_kbps=64, profile="", gop=1)
        await rig.media.encoders.set_video(yard, yard.main, small)
        video = rig.media.encoders.video(yard, yard.main)
        assert video is not None
        assert video.bitrate_kbps == JPEG_BITRATES_KBPS[0]
        assert is_among(video, rig.media.encoders.video_options(yard, yard.main))

    asyncio.run(scene())


def test_a_camera_that_is_not_ours_takes_what_it_sends_and_nothing_else(rig: Any) -> None:
    async def scene() -> None:
        door = camera(rig, "door")
        encoders = rig.media.encoders
        now = encoders.video(door, door.main)
        assert is_among(now, encoders.video_options(door, door.main))
        await encoders.set_video(door, door.main, now)
        for other in ({"fps": now.fps - 1}, {"gop": now.gop + 1}, {"width": 640}, {"encoding": "H265"}):
            with pytest.raises(ConfigModify):
                await encoders.set_video(door, door.main, msgspec.structs.replace(now, **other))

    asyncio.run(scene())


def test_every_stream_counts_as_one_encoder_instance(rig: Any) -> None:
    assert rig.media.encoders.instances(camera(rig)) == (2, {"H264": 2, "H265": 2, "JPEG": 2})
    assert rig.media.encoders.instances(camera(rig, "door")) == (1, {"H264": 1})


def test_a_set_encoder_answers_once_its_pictures_are_there(rig: Any) -> None:
    async def scene() -> None:
        yard = camera(rig)
        picture = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, width=640, height=360)
        yard.sub.announce((picture,))
        setting = asyncio.create_task(rig.media.encoders.set_video(yard, yard.sub, WANTED))
        await asyncio.sleep(0)
        assert rig.studio.orders
        assert not setting.done()
        yard.sub.announce((msgspec.structs.replace(picture, codec="H265", width=1280, height=720),))
        await setting
        assert yard.sub.sinks == ()

    asyncio.run(scene())


def test_a_drawn_camera_is_made_with_what_was_set_and_obeys_from_then_on(rig: Any) -> None:
    async def scene() -> None:
        yard = camera(rig)
        await rig.media.encoders.set_video(yard, yard.sub, WANTED)

        def no_rtsp(address: str, stream: Stream, of: Camera) -> Source:
            raise AssertionError(address)

        (source,) = SourceMaker(SystemClock(), no_rtsp, rig.drawn)(yard)
        assert isinstance(source, PatternSource)
        assert source.videos == rig.drawn.videos(yard)
        await rig.media.encoders.set_video(yard, yard.sub, msgspec.structs.replace(WANTED, fps=5))
        assert source.videos[1].fps == 5

    asyncio.run(scene())
