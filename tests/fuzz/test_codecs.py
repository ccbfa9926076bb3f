"""Any bytes are taken or refused with a documented exception: parameter sets, SDP lines, sample entries."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.errors import PeerError
from vedette.media.codecs import CODECS, codec_in_sample_entry
from vedette.media.codecs.aac import audio_config, parse_audio_config
from vedette.media.codecs.h264 import H264
from vedette.media.codecs.h264 import parse_sps as parse_h264_sps
from vedette.media.codecs.h265 import H265
from vedette.media.codecs.h265 import parse_sps as parse_h265_sps
from vedette.media.codecs.jpeg_image import parse_image, picture_size
from vedette.media.codecs.metadata import split_documents
from vedette.media.codecs.nal import split_annex_b, split_lengths
from vedette.media.unit import AccessUnit, Track
from vedette.protocols.rtp.payload import spread

H264_SPS = bytes.fromhex("67640028acd940780227e584000003000400000300c83c60c658")
H265_SPS = bytes.fromhex("420101016000000300900000030000030078a003c08010e596566924cae68080000003008000000c84")
PARSERS: tuple[Callable[[bytes], object], ...] = (
    parse_h264_sps,
    parse_h265_sps,
    parse_audio_config,
    parse_image,
    picture_size,
    split_documents,
    split_annex_b,
    lambda data: list(split_lengths(data)),
    lambda data: H264().sort([data]),
    lambda data: H265().sort([data]),
)


def changed(whole: bytes) -> st.SearchStrategy[bytes]:
    """The bytes with a few of them overwritten, or cut off."""
    change = st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255))

    def apply(drawn: tuple[list[tuple[int, int]], int]) -> bytes:
        data = bytearray(whole)
        for at, value in drawn[0]:
            data[at] = value
        return bytes(data[: drawn[1]])

    return st.tuples(st.lists(change, max_size=4), st.integers(0, len(whole))).map(apply)


BYTES = st.one_of(
    st.binary(max_size=80),
    changed(H264_SPS),
    changed(H265_SPS),
    st.binary(max_size=40).map(lambda data: b"\xff\xd8\xff\xc0\0\x11" + data + b"\xff\xda\0\x02"),
)


@pytest.mark.parametrize("parse", PARSERS)
@settings(max_examples=60)
@given(data=BYTES)
def test_any_bytes_are_parsed_or_refused(parse: Callable[[bytes], object], data: bytes) -> None:
    try:
        parse(data)
    except PeerError:
        return


@settings(max_examples=60)
@given(
    st.text(max_size=20) | st.from_regex(r"[A-Za-z0-9-]{1,10}/\d{1,6}(/\d{1,2})?", fullmatch=True),
    st.text(max_size=80)
    | st.from_regex(r"(config|sprop-(vps|parameter-sets)|sizelength)=[A-Za-z0-9+/,]{0,40}", fullmatch=True),
)
def test_any_sdp_line_is_a_track_or_refused(rtpmap: str, fmtp: str) -> None:
    for codec in CODECS:
        try:
            track = codec.track_from_sdp(0, rtpmap, fmtp)
        except PeerError:
            continue
        assert track.codec == codec.name
        codec.depacketizer(track)


def tracks() -> list[Track]:
    setups = {"H264": (H264_SPS, b"\x68\xeb\xe3\xcb"), "H265": (H265_SPS,), "AAC": (audio_config(8000, 1),)}
    return [
        Track(
            number=0,
            kind=codec.kind,
            codec=codec.name,
            clock_hz=8000,
            channels=1,
            setup=setups.get(codec.name, ()),
        )
        for codec in CODECS
    ]


@pytest.mark.parametrize("which", range(len(CODECS)))
@settings(max_examples=60)
@given(data=st.data())
def test_any_sample_entry_is_a_track_or_refused(which: int, data: st.DataObject) -> None:
    entry = data.draw(changed(CODECS[which].sample_entry(tracks()[which])))
    try:
        codec_in_sample_entry(entry).track_from_sample_entry(0, entry, 8000)
    except PeerError:
        return


@pytest.mark.parametrize("which", range(len(CODECS)))
@settings(max_examples=40)
@given(data=BYTES)
def test_any_body_is_packetised_or_refused(which: int, data: bytes) -> None:
    unit = AccessUnit(track=0, utc_us=0, pts=0, data=data, is_key=True)
    try:
        payloads = spread(CODECS[which].payloads(tracks()[which], unit, 64))
    except PeerError:
        return
    assert all(len(payload.data) + len(payload.extension) <= 64 for payload in payloads)
