"""What is encoded decodes again, and looks as drawn."""

import numpy as np
import pytest

from vedette.media.sources.overlay import Overlay
from vedette.media.sources.renderer import SceneRenderer, clock_line
from vedette.media.sources.scene import Scene, Viewport
from vedette.media.sources.settings import VideoEncoding, VideoProfile, VideoSettings
from vedette.media.sources.video_encoder import VideoEncoder

UTC_US = 1_763_680_000_123_456
SMALL = {"width": 640, "height": 360, "bitrate_kbps": 2000}


def settings_of(encoding: VideoEncoding, **more: object) -> VideoSettings:
    return VideoSettings(encoding=encoding, **{**SMALL, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", list(VideoEncoding))
def test_every_frame_decodes_and_its_number_can_be_read(encoding, decode, read_text) -> None:  # type: ignore[no-untyped-def]
    encoder = VideoEncoder(settings_of(encoding, gop=5, quality=90), number=0)
    renderer = SceneRenderer(Scene(31), 640, 360, encoder.colours)
    units = [
        encoder.encode(renderer.draw(n, UTC_US, Viewport(), Overlay()), n * 3600, UTC_US) for n in range(12)
    ]
    assert [n for n, unit in enumerate(units) if unit.is_key] == (
        list(range(12)) if encoding is VideoEncoding.JPEG else [0, 5, 10]
    )
    frames = decode(encoder.track, units)
    assert [frame.pts for frame in frames] == [n * 3600 for n in range(12)]
    for number, frame in enumerate(frames):
        luma = frame.reformat(format="gray").to_ndarray()
        line = clock_line(UTC_US, number)
        assert read_text(luma, *renderer.clock_origin, renderer.dot, len(line)) == line


@pytest.mark.parametrize("encoding", [VideoEncoding.H264, VideoEncoding.H265])
def test_a_key_frame_comes_when_it_is_asked_for_and_decodes_alone(encoding, decode) -> None:  # type: ignore[no-untyped-def]
    encoder = VideoEncoder(settings_of(encoding), number=0)
    renderer = SceneRenderer(Scene(32), 640, 360)
    units = [
        encoder.encode(renderer.draw(n, UTC_US, Viewport(), Overlay()), n * 3600, UTC_US, wants_key=n == 3)
        for n in range(5)
    ]
    assert [unit.is_key for unit in units] == [True, False, False, True, False]
    assert len(decode(encoder.track, units[3:])) == 2


@pytest.mark.parametrize(
    ("profile", "number"), [(VideoProfile.BASELINE, 66), (VideoProfile.MAIN, 77), (VideoProfile.HIGH, 100)]
)
def test_the_profile_is_in_the_parameter_sets(profile: VideoProfile, number: int) -> None:
    track = VideoEncoder(settings_of(VideoEncoding.H264, profile=profile), number=0).track
    sps, pps = track.setup
    assert sps[0] & 0x1F == 7
    assert sps[1] == number
    assert pps[0] & 0x1F == 8


def test_h265_announces_three_parameter_sets() -> None:
    track = VideoEncoder(settings_of(VideoEncoding.H265), number=0).track
    assert [unit[0] >> 1 & 0x3F for unit in track.setup] == [32, 33, 34]


def test_h265_of_key_frames_alone_is_main_profile_too() -> None:
    """And not Main Intra, a format range extension (general_profile_idc 4) that few players know."""
    encoder = VideoEncoder(settings_of(VideoEncoding.H265, gop=1), number=0)
    sps = encoder.track.setup[1]
    assert sps[3] & 0x1F == 1
    renderer = SceneRenderer(Scene(35), 640, 360)
    units = [
        encoder.encode(renderer.draw(n, UTC_US, Viewport(), Overlay()), n * 3600, UTC_US) for n in range(5)
    ]
    assert all(unit.is_key for unit in units)


def sizes_of(settings: VideoSettings, count: int) -> list[int]:
    encoder = VideoEncoder(settings, number=0)
    renderer = SceneRenderer(Scene(36), settings.width, settings.height, encoder.colours)
    pictures = (renderer.draw(n, UTC_US, Viewport(), Overlay()) for n in range(count))
    return [len(encoder.encode(each, n * 3600, UTC_US).data) for n, each in enumerate(pictures)]


def test_jpegs_keep_to_the_bit_rate_and_are_no_better_than_the_quality() -> None:
    at_best = sizes_of(settings_of(VideoEncoding.JPEG, quality=75, bitrate_kbps=16_000), 60)
    limited = sizes_of(settings_of(VideoEncoding.JPEG, quality=75, bitrate_kbps=2500), 60)
    assert max(at_best) < min(at_best) * 1.2
    assert sum(at_best[30:]) * 8 * 25 / 30 / 1000 > 3500
    assert sum(limited[30:]) * 8 * 25 / 30 / 1000 < 2500 * 1.1


@pytest.mark.parametrize("encoding", [VideoEncoding.H264, VideoEncoding.H265])
def test_quality_says_how_good_a_picture_becomes(encoding: VideoEncoding) -> None:
    sizes = [
        sum(sizes_of(settings_of(encoding, quality=quality, bitrate_kbps=4000), 10))
        for quality in (1, 30, 60, 100)
    ]
    assert sizes == sorted(set(sizes))


def test_better_quality_makes_larger_jpegs_and_all_are_jfif() -> None:
    canvas = SceneRenderer(Scene(33), 640, 360).draw(0, UTC_US, Viewport(), Overlay())
    sizes = []
    for quality in (10, 50, 95):
        unit = VideoEncoder(settings_of(VideoEncoding.JPEG, quality=quality), number=0).encode(
            canvas, 0, UTC_US
        )
        assert unit.data[:11] == b"\xff\xd8\xff\xe0\0\x10JFIF\0"
        assert unit.data[-2:] == b"\xff\xd9"
        sizes.append(len(unit.data))
    assert sizes == sorted(set(sizes))


def test_colours_survive_h264(decode) -> None:  # type: ignore[no-untyped-def]
    encoder = VideoEncoder(settings_of(VideoEncoding.H264, bitrate_kbps=8000), number=0)
    canvas = SceneRenderer(Scene(34), 640, 360).draw(0, UTC_US, Viewport(), Overlay())
    drawn = canvas.luma.astype(int).copy()
    (frame,) = decode(encoder.track, [encoder.encode(canvas, 0, UTC_US)])
    seen = frame.to_ndarray()[:360].astype(int)
    assert np.abs(seen - drawn).mean() < 3.0
