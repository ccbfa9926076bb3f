"""Laws that hold for every codec: RTP there and back, SDP there and back, MP4 there and back, loss told."""

import struct
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.media.codecs import CODECS, codec_in_sample_entry, codec_in_sdp, codec_named
from vedette.media.codecs.aac import audio_config
from vedette.media.codecs.codec import Codec, UnknownCodec
from vedette.media.codecs.jpeg_image import (
    DHT,
    DQT,
    JFIF,
    SCAN_HEADER,
    frame_header,
    quantisers,
    segment,
    standard_huffman,
)
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.sender import RtpSender

H264_SETUP = (
    bytes.fromhex("67640028acd940780227e584000003000400000300c83c60c658"),
    bytes.fromhex("68ebe3cb22c0"),
)
H265_SETUP = (
    bytes.fromhex("40010c01ffff016000000300900000030000030078959809"),
    bytes.fromhex("420101016000000300900000030000030078a003c08010e596566924cae68080000003008000000c84"),
    bytes.fromhex("4401c172b46240"),
)
Receive = Callable[[Track, Sequence[Sequence[bytes]]], tuple[list[AccessUnit], Track]]


class Example(NamedTuple):
    """A codec with a track of it, and how far apart its units are in its clock."""

    codec: Codec
    track: Track
    ticks: int


EXAMPLES = {
    "H264": Example(
        codec_named("H264"),
        Track(
            number=0,
            kind=TrackKind.VIDEO,
            codec="H264",
            clock_hz=90_000,
            setup=H264_SETUP,
            width=1920,
            height=1080,
        ),
        3600,
    ),
    "H265": Example(
        codec_named("H265"),
        Track(
            number=0,
            kind=TrackKind.VIDEO,
            codec="H265",
            clock_hz=90_000,
            setup=H265_SETUP,
            width=1920,
            height=1080,
        ),
        3600,
    ),
    "JPEG": Example(
        codec_named("JPEG"),
        Track(
            number=1,
            kind=TrackKind.VIDEO,
            codec="JPEG",
            clock_hz=90_000,
            setup=(struct.pack(">HH", 640, 480),),
            width=640,
            height=480,
        ),
        3600,
    ),
    "AAC": Example(
        codec_named("AAC"),
        Track(
            number=1,
            kind=TrackKind.AUDIO,
            codec="AAC",
            clock_hz=48_000,
            setup=(audio_config(48_000, 2),),
            channels=2,
        ),
        1024,
    ),
    "PCMU": Example(
        codec_named("PCMU"),
        Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8000, channels=1),
        320,
    ),
    "PCMA": Example(
        codec_named("PCMA"),
        Track(number=1, kind=TrackKind.AUDIO, codec="PCMA", clock_hz=8000, channels=1),
        320,
    ),
    "METADATA": Example(
        codec_named("METADATA"),
        Track(number=2, kind=TrackKind.METADATA, codec="METADATA", clock_hz=90_000),
        18_000,
    ),
}


def nal_bodies(name: str) -> st.SearchStrategy[tuple[bytes, bool]]:
    """Pictures of one to three slices, now and then of a few kilobytes."""
    heads = {"H264": (b"\x65", b"\x41"), "H265": (b"\x26\x01", b"\x02\x01")}[name]
    filling = st.one_of(st.binary(max_size=40), st.integers(100, 6000).map(lambda size: b"\x5a\xa5" * size))

    def body(drawn: tuple[bool, list[bytes]]) -> tuple[bytes, bool]:
        is_key, fillings = drawn
        nals = [
            heads[not is_key] + (b"\x88" if place == 0 else b"\x48") + content.replace(b"\0", b"\1") + b"\x80"
            for place, content in enumerate(fillings)
        ]
        return b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals), is_key

    return st.tuples(st.booleans(), st.lists(filling, min_size=1, max_size=3)).map(body)


def jpeg_of(drawn: tuple[int, bytes]) -> tuple[bytes, bool]:
    quality, scan = drawn
    header = [segment(DQT, table) for _, table in sorted(quantisers(quality).items())]
    huffman = standard_huffman()
    header.append(segment(DHT, b"".join(huffman[place] for place in sorted(huffman))))
    header += [frame_header(640, 480, 0x22), SCAN_HEADER]
    return b"\xff\xd8" + JFIF + b"".join(header) + scan.replace(b"\xff", b"\xfe") + b"\xff\xd9", True


def bodies(name: str) -> st.SearchStrategy[tuple[bytes, bool]]:
    if name in ("H264", "H265"):
        return nal_bodies(name)
    if name == "JPEG":
        return st.tuples(st.integers(1, 99), st.binary(min_size=1, max_size=4000)).map(jpeg_of)
    if name == "METADATA":
        text = st.text(
            st.characters(codec="utf-8", exclude_characters="<>&\r", exclude_categories=("Cc", "Cs"))
        )
        return text.map(
            lambda content: (
                f'<tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema"><a>{content}</a>'
                f"</tt:MetadataStream>".encode(),
                True,
            )
        )
    if name == "AAC":
        return st.binary(min_size=1, max_size=3000).map(lambda data: (data, True))
    return st.binary(min_size=1, max_size=320).map(lambda data: (data, True))


def units_of(name: str, drawn: list[tuple[bytes, bool]]) -> list[AccessUnit]:
    example = EXAMPLES[name]
    return [
        AccessUnit(
            track=example.track.number, utc_us=0, pts=7 + place * example.ticks, data=data, is_key=is_key
        )
        for place, (data, is_key) in enumerate(drawn)
    ]


def packets_of(
    example: Example, units: list[AccessUnit], most_bytes: int, first: int = 65_530
) -> list[list[bytes]]:
    sender = RtpSender(0x1234, 96, first, 0xFFFF_F000)
    return [
        sender.packets(example.codec.payloads(example.track, unit, most_bytes), unit.pts) for unit in units
    ]


def cut(packets: list[bytes], cuts: list[int]) -> list[list[bytes]]:
    edges = [0, *sorted(cuts), len(packets)]
    return [packets[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize("name", EXAMPLES)
@settings(max_examples=25, deadline=None)
@given(data=st.data(), most_bytes=st.sampled_from((64, 100, 333, 1400, 8000)))
def test_what_is_packetised_is_put_together_again(
    receive: Receive, name: str, data: st.DataObject, most_bytes: int
) -> None:
    example = EXAMPLES[name]
    units = units_of(name, data.draw(st.lists(bodies(name), min_size=1, max_size=6)))
    by_unit = packets_of(example, units, most_bytes)
    packets = [packet for each in by_unit for packet in each]
    assert all(len(packet) <= 12 + most_bytes for packet in packets)
    cuts = data.draw(st.lists(st.integers(0, len(packets)), max_size=5))
    got, track = receive(example.track, cut(packets, cuts))
    if name.startswith("PCM"):
        assert b"".join(unit.data for unit in got) == b"".join(unit.data for unit in units)
        return
    assert [unit.data for unit in got] == [unit.data for unit in units]
    assert [unit.is_key for unit in got] == [unit.is_key for unit in units]
    assert not any(unit.is_discontinuous for unit in got)
    assert track == example.track
    if name != "METADATA":
        steps = [later.pts - earlier.pts for earlier, later in pairwise(got)]
        assert steps == [example.ticks] * (len(units) - 1)


@pytest.mark.parametrize("name", EXAMPLES)
@settings(max_examples=40, deadline=None)
@given(data=st.data(), most_bytes=st.sampled_from((64, 200, 1400)))
def test_a_lost_packet_costs_its_unit_and_is_told(
    receive: Receive, name: str, data: st.DataObject, most_bytes: int
) -> None:
    example = EXAMPLES[name]
    units = units_of(name, data.draw(st.lists(bodies(name), min_size=2, max_size=6)))
    by_unit = packets_of(example, units, max(most_bytes, 400) if name.startswith("PCM") else most_bytes)
    numbered = [(place, packet) for place, each in enumerate(by_unit) for packet in each]
    lost = data.draw(st.sets(st.integers(1, len(numbered) - 1), min_size=1, max_size=4))
    kept = [packet for at, (_, packet) in enumerate(numbered) if at not in lost]
    losing = {numbered[at][0] for at in lost}
    cuts = data.draw(st.lists(st.integers(0, len(kept)), max_size=4))
    got, _ = receive(example.track, cut(kept, cuts))

    followed = -1
    for unit in got:
        place = next(
            place
            for place in range(followed + 1, len(units))
            if units[place].data == unit.data
            and (place not in losing or is_only_setup_lost(example, place, lost, numbered))
        )
        if any(followed < each <= place for each in losing):
            assert unit.is_discontinuous
        followed = place


def is_only_setup_lost(
    example: Example, place: int, lost: set[int], numbered: list[tuple[int, bytes]]
) -> bool:
    """Whether the unit misses nothing but parameter sets, which were known."""
    sets = {"H264": (b"\x67", b"\x68", b"\x78"), "H265": (b"\x40", b"\x42", b"\x44", b"\x60")}
    starts = sets.get(example.codec.name, ())
    return bool(starts) and all(numbered[at][1][12:13] in starts for at in lost if numbered[at][0] == place)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_track_survives_sdp_and_sample_entry(name: str) -> None:
    codec, track, _ = EXAMPLES[name]
    rtpmap = codec.rtpmap(track)
    described = codec.track_from_sdp(track.number, rtpmap, codec.fmtp(track))
    assert codec_in_sdp(96, rtpmap) is codec
    entry = codec.sample_entry(track)
    assert int.from_bytes(entry[:4], "big") == len(entry)
    assert codec_in_sample_entry(entry) is codec
    assert codec.track_from_sample_entry(track.number, entry, track.clock_hz) == track
    if name != "JPEG":  # whose size only the band tells
        assert described == track


@pytest.mark.parametrize("name", ["H264", "H265", "JPEG"])
def test_what_the_sdp_leaves_out_is_learnt_from_the_band(receive: Receive, name: str) -> None:
    example = EXAMPLES[name]
    body = (
        jpeg_of((50, b"scan"))
        if name == "JPEG"
        else (b"\0\0\0\x04" + {"H264": b"\x65\x88\x80\x80", "H265": b"\x26\x01\x88\x80"}[name], True)
    )
    packets = packets_of(example, units_of(name, [body]), 1400)[0]
    bare = example.codec.track_from_sdp(example.track.number, example.codec.rtpmap(example.track), "")
    got, track = receive(bare, [packets])
    assert len(got) == 1
    assert track == example.track


def test_static_payload_types_need_no_rtpmap() -> None:
    assert [codec_in_sdp(number, "").name for number in (0, 8, 26)] == ["PCMU", "PCMA", "JPEG"]


def test_an_unknown_codec_is_refused_by_name() -> None:
    with pytest.raises(UnknownCodec, match="VP8"):
        codec_named("VP8")
    with pytest.raises(UnknownCodec, match="VP8/90000"):
        codec_in_sdp(96, "VP8/90000")
    with pytest.raises(UnknownCodec, match="vp08"):
        codec_in_sample_entry(b"\0\0\0\x08vp08")


def test_every_codec_is_in_the_list_once() -> None:
    assert [codec.name for codec in CODECS] == list(EXAMPLES)
