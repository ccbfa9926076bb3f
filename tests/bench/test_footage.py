"""The synthetic archive that replay is measured in."""

import pytest
from bench.footage import FRAME_US, clip_frames, units
from bench.scenarios.replay import clock

SPS, PPS = bytes.fromhex("6742c01ed9008402"), bytes.fromhex("68cb83cb20")


@pytest.fixture
def clip(tmp_path):
    """A key frame of two slices and another frame of one."""
    path = tmp_path / "clip.h264"
    nals = [SPS, PPS, b"\x06\x05", b"\x65\x88\x01", b"\x65\x08\x02", b"\x41\x9a\x03"]
    path.write_bytes(b"".join(b"\0\0\0\1" + nal for nal in nals))
    return path


def test_slices_of_one_picture_are_one_frame_without_sei_and_parameter_sets(clip):
    setup, frames = clip_frames(clip)
    assert setup == (SPS, PPS)
    assert frames == [(b"\0\0\0\3\x65\x88\x01\0\0\0\3\x65\x08\x02", True), (b"\0\0\0\3\x41\x9a\x03", False)]


def test_the_clip_repeats_at_25_frames_a_second_from_a_key_frame_on(clip):
    made = list(units(clip_frames(clip)[1], 1_000_000, 2))
    assert len(made) == 50
    assert [unit.is_key for unit in made[:3]] == [True, False, True]
    assert made[-1].utc_us == 1_000_000 + 49 * FRAME_US
    assert made[-1].pts == 49 * 3600


def test_a_range_is_written_to_the_microsecond():
    assert clock(1_795_107_840_000_001) == "clock=20261119T170400.000001Z-"
