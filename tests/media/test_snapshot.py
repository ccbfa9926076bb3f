"""The latest picture as JPEG: right, shared, cached, bounded."""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import av
import numpy as np
import pytest

from vedette.base.clock import ManualClock
from vedette.media import picture, snapshot
from vedette.media.hub import Stream
from vedette.media.snapshot import NoPicture, Snapshots, newest_jpeg
from vedette.media.sources.overlay import Overlay
from vedette.media.sources.renderer import SceneRenderer
from vedette.media.sources.scene import Scene, Viewport
from vedette.media.sources.settings import VideoEncoding, VideoSettings
from vedette.media.sources.video_encoder import VideoEncoder
from vedette.media.unit import AccessUnit, Track, TrackKind

UTC_US = 1_763_680_000_000_000


def filmed(
    encoding: VideoEncoding = VideoEncoding.H264, frames: int = 6, size: tuple[int, int] = (320, 180)
) -> tuple[Stream, SceneRenderer]:
    width, height = size
    settings = VideoSettings(encoding=encoding, width=width, height=height, bitrate_kbps=3000, quality=95)
    encoder = VideoEncoder(settings, number=0)
    renderer = SceneRenderer(Scene(51), width, height, encoder.colours)
    stream = Stream("yard")
    stream.announce((encoder.track,))
    for n in range(frames):
        canvas = renderer.draw(n * 10, UTC_US, Viewport(), Overlay())
        stream.publish([encoder.encode(canvas, n * 3600, UTC_US + n)])
    return stream, renderer


def decoded(data: bytes) -> Any:
    (frame,) = av.CodecContext.create("mjpeg", "r").decode(av.Packet(data))
    return frame


def test_it_shows_the_newest_frame_of_the_group() -> None:
    for encoding in VideoEncoding:
        stream, renderer = filmed(encoding)
        jpeg = asyncio.run(Snapshots(ManualClock()).latest(stream))
        assert jpeg.utc_us == UTC_US + 5
        assert (jpeg.width, jpeg.height) == (320, 180)
        luma = decoded(jpeg.data).reformat(format="gray").to_ndarray().astype(int)
        drawn = renderer.canvas.luma.astype(int)
        if encoding is not VideoEncoding.JPEG:
            drawn = (drawn - 16) * 255 // 219
        assert np.abs(luma - drawn).mean() < 12


def test_a_picture_of_an_encoder_that_was_set_otherwise_is_not_shown_again() -> None:
    async def scene() -> None:
        stream, _ = filmed()
        snapshots = Snapshots(ManualClock())
        assert (await snapshots.latest(stream)).width == 320
        other = filmed(VideoEncoding.H264, size=(640, 360))[0]
        stream.announce(other.tracks)
        stream.publish(other.kept_group)
        assert (await snapshots.latest(stream)).width == 640

    asyncio.run(scene())


def test_what_is_kept_is_bounded_however_many_sizes_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "CACHE_MOST", 2)

    async def scene() -> None:
        stream, _ = filmed(frames=1)
        clock = ManualClock()
        snapshots = Snapshots(clock)
        for width in (40, 60, 80, 100):
            assert (await snapshots.latest(stream, width=width)).width == width
        assert sorted(key.width for key in snapshots._cache) == [40, 60]
        clock.advance(snapshot.FRESH_S)
        await snapshots.latest(stream, width=80)
        assert [key.width for key in snapshots._cache] == [80]

    asyncio.run(scene())


def test_motion_jpeg_is_passed_through() -> None:
    stream, _ = filmed(VideoEncoding.JPEG)
    assert asyncio.run(Snapshots(ManualClock()).latest(stream)).data is stream.kept_group[-1].data


@pytest.mark.parametrize(
    ("wanted", "made"), [((160, 0), (160, 90)), ((0, 90), (160, 90)), ((101, 51), (100, 50))]
)
def test_the_size_is_as_wanted(wanted: tuple[int, int], made: tuple[int, int]) -> None:
    stream, _ = filmed()
    jpeg = asyncio.run(Snapshots(ManualClock()).latest(stream, width=wanted[0], height=wanted[1]))
    frame = decoded(jpeg.data)
    assert (jpeg.width, jpeg.height) == made == (frame.width, frame.height)


@pytest.mark.parametrize("size", [(-1, 0), (0, 4097)])
def test_an_impossible_size_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="4096"):
        asyncio.run(Snapshots(ManualClock()).latest(Stream("yard"), width=size[0], height=size[1]))


def counting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    made: list[int] = []
    decode: Callable[..., Any] = picture.last_picture

    def counted(track: Track, units: tuple[AccessUnit, ...]) -> Any:
        made.append(len(units))
        return decode(track, units)

    monkeypatch.setattr(picture, "last_picture", counted)
    return made


def test_many_who_ask_at_once_share_one_picture_and_it_lasts_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = counting(monkeypatch)
    clock = ManualClock()
    stream, _ = filmed()

    async def case() -> None:
        snapshots = Snapshots(clock)
        jpegs = await asyncio.gather(*(snapshots.latest(stream) for _ in range(20)))
        assert len({id(jpeg) for jpeg in jpegs}) == 1
        clock.advance(0.9)
        assert await snapshots.latest(stream) is jpegs[0]
        assert made == [6]
        clock.advance(0.2)
        assert await snapshots.latest(stream) is not jpegs[0]
        assert made == [6, 6]

    asyncio.run(case())


def test_memory_is_given_back_once_after_the_last_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "QUIET_S", 0.5)
    clock = ManualClock()
    stream, _ = filmed()
    told: list[str] = []

    async def case() -> None:
        snapshots = Snapshots(clock, when_quiet=lambda: told.append("quiet"))
        for _ in range(3):
            await snapshots.latest(stream)
            clock.advance(1.1)
        assert told == []
        async with asyncio.timeout(5):
            while not told:  # noqa: ASYNC110 (a thread tells)
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert told == ["quiet"]

    asyncio.run(case())


def test_a_very_long_group_gives_its_key_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    made = counting(monkeypatch)
    stream, _ = filmed()
    stream.publish([stream.kept_group[-1]] * 100)
    assert asyncio.run(Snapshots(ManualClock()).latest(stream)).utc_us == UTC_US
    assert made == [1]


def test_no_picture_says_why() -> None:
    stream = Stream("yard")
    with pytest.raises(NoPicture, match="no video yet"):
        asyncio.run(Snapshots(ManualClock()).latest(stream))
    stream, _ = filmed()
    stream.withdraw("the camera does not answer")
    with pytest.raises(NoPicture, match="does not answer"):
        asyncio.run(Snapshots(ManualClock()).latest(stream))


def test_rubbish_is_no_picture() -> None:
    stream, _ = filmed()
    track = stream.tracks[0]
    for data in (b"\xff" * 50, b"\0\0\0\4\x65\1\2\3", bytes(200)):
        stream.publish([AccessUnit(track=0, utc_us=0, pts=0, data=data, is_key=True)])
        with pytest.raises(NoPicture, match="decoded"):
            asyncio.run(Snapshots(ManualClock()).latest(stream))
    assert track.kind is TrackKind.VIDEO


def test_any_group_of_units_gives_its_newest_picture() -> None:
    stream, _ = filmed()
    (track,), units = stream.tracks, stream.kept_group
    whole, first = (decoded(newest_jpeg(track, some).data).to_ndarray() for some in (units, units[:1]))
    assert whole.shape == first.shape == (270, 320)
    assert not np.array_equal(whole, first)


def test_without_pyav_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    stream, _ = filmed()
    monkeypatch.delitem(sys.modules, "vedette.media.picture", raising=False)
    monkeypatch.delattr("vedette.media.picture", raising=False)
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(NoPicture, match=r"vedette\[media\]"):
        asyncio.run(Snapshots(ManualClock()).latest(stream))
