"""AAC and G.711: configurations, several units a packet, long units."""

import pytest

from vedette.base.errors import PeerError
from vedette.media.codecs.aac import Aac, audio_config, parse_audio_config
from vedette.media.codecs.codec import MalformedMedia
from vedette.media.codecs.list import PCMA, PCMU
from vedette.media.unit import AccessUnit, Track, TrackKind

codec = Aac()


@pytest.mark.parametrize(("hz", "channels"), [(8000, 1), (16_000, 1), (44_100, 2), (48_000, 2), (48_000, 8)])
def test_a_configuration_says_what_it_was_made_of(hz: int, channels: int) -> None:
    config = parse_audio_config(audio_config(hz, channels))
    assert (config.object_type, config.core_hz, config.channels, config.frame_samples) == (
        2,
        hz,
        channels,
        1024,
    )


def test_a_configuration_that_says_nothing_is_refused() -> None:
    for config in (b"", b"\x17", b"\x16\xf8"):
        with pytest.raises(PeerError):
            parse_audio_config(config)
    with pytest.raises(MalformedMedia, match="47000"):
        audio_config(47_000, 2)


def test_spectral_band_replication_doubles_the_rate() -> None:
    config = parse_audio_config(bytes.fromhex("2b118800"))
    assert (config.object_type, config.core_hz, config.output_hz) == (2, 24_000, 48_000)


def test_parametric_stereo_doubles_the_rate_too() -> None:
    config = parse_audio_config(bytes.fromhex("eb098800"))
    assert (config.object_type, config.core_hz, config.output_hz) == (2, 24_000, 48_000)


def test_several_units_in_one_packet_follow_each_other() -> None:
    track = codec.track_from_sdp(
        1, "MPEG4-GENERIC/16000", "config=1408; sizelength=13;indexlength=3;mode=AAC-hbr"
    )
    assert (track.clock_hz, track.channels) == (16_000, 1)
    payload = b"\0\x20" + (3 << 3).to_bytes(2, "big") + (2 << 3).to_bytes(2, "big") + b"abcde"
    units = codec.depacketizer(track).receive(memoryview(payload), 500, marker=True, lost=False)
    assert [(unit.data, unit.pts_offset) for unit in units] == [(b"abc", 0), (b"de", 1024)]


def test_a_packet_that_is_shorter_than_it_says_gives_what_is_whole() -> None:
    depacketizer = codec.depacketizer(codec.track_from_sdp(1, "mpeg4-generic/48000/2", "config=1190"))
    payload = b"\0\x20" + (3 << 3).to_bytes(2, "big") + (9 << 3).to_bytes(2, "big") + b"abcde"
    units = depacketizer.receive(memoryview(payload), 500, marker=True, lost=False)
    assert [unit.data for unit in units] == [b"abc"]
    after = depacketizer.receive(memoryview(b"\0\x10\0\x08x"), 2548, marker=True, lost=False)
    assert [(unit.data, unit.is_discontinuous) for unit in after] == [(b"x", True)]


def test_other_field_widths_are_refused() -> None:
    with pytest.raises(MalformedMedia, match="sizelength=6"):
        codec.track_from_sdp(0, "mpeg4-generic/8000", "mode=AAC-lbr;sizelength=6;indexlength=2")
    with pytest.raises(MalformedMedia):
        codec.track_from_sdp(0, "mpeg4-generic", "")


def test_an_sdp_without_a_configuration_means_low_complexity() -> None:
    track = codec.track_from_sdp(0, "mpeg4-generic/44100/2", "")
    assert track.setup == (audio_config(44_100, 2),)


def test_a_long_g711_unit_becomes_packets_of_at_most_forty_milliseconds() -> None:
    track = PCMU.track_from_sdp(0, "", "")
    assert track == Track(number=0, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8000, channels=1)
    unit = AccessUnit(track=0, utc_us=0, pts=0, data=bytes(range(250)) * 4, is_key=True)
    payloads = PCMU.payloads(track, unit, 1400)
    assert [len(payload.data) for payload in payloads] == [250] * 4
    assert [payload.ticks for payload in payloads] == [0, 250, 500, 750]
    assert b"".join(payload.data for payload in payloads) == unit.data


def test_g711_in_stereo_keeps_channels_together() -> None:
    track = PCMA.track_from_sdp(0, "PCMA/16000/2", "")
    assert PCMA.rtpmap(track) == "PCMA/16000/2"
    unit = AccessUnit(track=0, utc_us=0, pts=0, data=bytes(2002), is_key=True)
    payloads = PCMA.payloads(track, unit, 1400)
    assert all(len(payload.data) % 2 == 0 for payload in payloads)
    assert [payload.ticks for payload in payloads] == [0, 501]


def test_nonsense_in_an_rtpmap_is_refused() -> None:
    for rtpmap in ("PCMU/x", "PCMU/8000/99", "PCMU/1"):
        with pytest.raises(MalformedMedia):
            PCMU.track_from_sdp(0, rtpmap, "")
