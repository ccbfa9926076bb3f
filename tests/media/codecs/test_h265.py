"""H.265: parameter sets read, random access pictures found."""

import base64
from fractions import Fraction

import pytest

from vedette.base.bits import BitsExhausted
from vedette.media.codecs.codec import MalformedMedia
from vedette.media.codecs.h265 import H265, parse_sps
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.payload import spread

VPS = bytes.fromhex("40010c01ffff016000000300900000030000030078959809")
SPS = bytes.fromhex("420101016000000300900000030000030078a003c08010e596566924cae68080000003008000000c84")
PPS = bytes.fromhex("4401c172b46240")
BARE = Track(number=0, kind=TrackKind.VIDEO, codec="H265", clock_hz=90_000)
codec = H265()


def test_a_sequence_parameter_set_tells_size_and_rate() -> None:
    sps = parse_sps(SPS)
    assert (sps.width, sps.height, sps.fps) == (1920, 1080, Fraction(25))
    assert sps.profile == bytes.fromhex("016000000090000000000078")


@pytest.mark.parametrize("size", range(20))
def test_a_sequence_parameter_set_that_is_cut_off_is_refused(size: int) -> None:
    with pytest.raises((MalformedMedia, BitsExhausted)):
        parse_sps(SPS[:size])


@pytest.mark.parametrize(
    ("kind", "is_key"), [(1, False), (9, False), (16, True), (19, True), (20, True), (21, True)]
)
def test_random_access_pictures_are_key_frames(kind: int, is_key: bool) -> None:
    depacketizer = codec.depacketizer(BARE)
    payload = memoryview(bytes([kind << 1, 1, 0xAF, 0x80]))
    assert [unit.is_key for unit in depacketizer.receive(payload, 1, marker=True, lost=False)] == [is_key]


def test_layers_above_the_base_are_dropped() -> None:
    assert codec.sort([bytes([2 << 1 | 1, 1, 0xAF]), b"\x02\x09\xd0"]).data == b"\0\0\0\x03\x02\x09\xd0"


def test_parameter_sets_come_in_one_aggregate_in_the_band() -> None:
    key = AccessUnit(track=0, utc_us=0, pts=0, data=b"\0\0\0\x03\x26\x01\xaf", is_key=True)
    sets, picture = spread(codec.payloads(codec.with_setup(BARE, (VPS, SPS, PPS)), key, 1400))
    assert sets.data[0] >> 1 == 48
    depacketizer = codec.depacketizer(BARE)
    assert not depacketizer.receive(memoryview(sets.data), 1, marker=sets.marker, lost=False)
    unit = depacketizer.receive(memoryview(picture.data), 1, marker=picture.marker, lost=False)[0]
    assert unit.setup == (VPS, SPS, PPS)


def test_parameter_sets_of_the_sdp_may_have_start_codes() -> None:
    vps, sps, pps = (base64.b64encode(b"\0\0\0\1" + each).decode() for each in (VPS, SPS, PPS))
    track = codec.track_from_sdp(0, "H265/90000", f"sprop-vps={vps}; sprop-sps={sps}; sprop-pps={pps}")
    assert track.setup == (VPS, SPS, PPS)
    assert (track.width, track.height) == (1920, 1080)


def test_decoding_order_numbers_are_refused() -> None:
    with pytest.raises(MalformedMedia, match="decoding order"):
        codec.track_from_sdp(0, "H265/90000", "sprop-max-don-diff=2")
