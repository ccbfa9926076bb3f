"""Session descriptions: the law of the round trip, and what devices really send."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.errors import LimitExceeded
from vedette.protocols.sdp import (
    LINES_MOST,
    MEDIA_MOST,
    Attribute,
    Bandwidth,
    Connection,
    MediaDescription,
    NoSessionDescription,
    Origin,
    SessionDescription,
    parse_sdp,
)

CAMERA = """v=0\r
o=- 1700000000 1 IN IP4 192.168.1.64\r
s=Media Presentation\r
e=NONE\r
b=AS:5100\r
t=0 0\r
a=control:rtsp://192.168.1.64/Streaming/Channels/101/\r
m=video 0 RTP/AVP 96\r
c=IN IP4 239.1.2.3/64\r
b=AS:5000\r
a=recvonly\r
a=x-dimensions:1920,1080\r
a=control:rtsp://192.168.1.64/Streaming/Channels/101/trackID=1\r
a=rtpmap:96 H264/90000\r
a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets=Z01,aO4=\r
m=application 0 RTP/AVP 107\r
a=control:trackID=3\r
a=rtpmap:107 vnd.onvif.metadata/90000\r
"""


def test_a_camera_s_description_is_read() -> None:
    sdp = parse_sdp(CAMERA.encode())
    video, metadata = sdp.media

    assert sdp.name == "Media Presentation"
    assert sdp.origin.address == "192.168.1.64"
    assert sdp.bandwidths == (Bandwidth("AS", 5100),)
    assert sdp.control == "rtsp://192.168.1.64/Streaming/Channels/101/"
    assert (video.kind, video.port, video.protocol, video.payload_types) == ("video", 0, "RTP/AVP", (96,))
    assert video.rtpmap(96) == "H264/90000"
    assert (video.fmtp(96) or "").endswith("sprop-parameter-sets=Z01,aO4=")
    assert video.direction == "recvonly"
    assert video.connection is not None
    assert video.connection.address == "239.1.2.3/64"
    assert video.attribute("x-dimensions") == "1920,1080"
    assert metadata.rtpmap(107) == "vnd.onvif.metadata/90000"
    assert metadata.fmtp(107) is None
    assert metadata.control == "trackID=3"


def test_order_line_ends_missing_lines_and_junk_do_not_matter() -> None:
    sdp = parse_sdp(
        "\ufeffjunk\na=control:*\n\nm=Video 0/2 RTP/AVP 26 96\n = \ni=a\nm=broken\na=lost\no=- 1\ns=late"
    )

    assert sdp.control == "*"
    assert sdp.origin == Origin()
    assert sdp.times == ()
    assert sdp.media == (MediaDescription(kind="video", port_count=2, formats=("26", "96"), information="a"),)


def test_what_is_not_utf8_is_taken_as_latin1() -> None:
    assert parse_sdp(b"v=0\r\ns=Caf\xe9\r\n").name == "Café"


def test_line_breaks_inside_values_cannot_forge_lines() -> None:
    text = SessionDescription(name="a\r\nm=video 0 RTP/AVP 96").to_text()

    assert parse_sdp(text).media == ()


def test_what_is_no_description_is_refused() -> None:
    for text in (b"", b"<html></html>", b"\x00\xff"):
        with pytest.raises(NoSessionDescription):
            parse_sdp(text)


@pytest.mark.parametrize(
    "text",
    ["a=x\n" * (LINES_MOST + 1), "m=video 0 RTP/AVP 0\n" * (MEDIA_MOST + 1), "v=0\n" + "x" * (256 << 10)],
)
def test_an_endless_description_is_refused(text: str) -> None:
    with pytest.raises(LimitExceeded):
        parse_sdp(text)


WORDS = st.text("abcXYZ019.-/+;,=é", min_size=1, max_size=10)
LINES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
NAMES = st.text("abcxyz-019", min_size=1, max_size=8)
ATTRIBUTES = st.lists(st.builds(Attribute, NAMES, st.none() | LINES | st.just("")), max_size=4).map(tuple)
CONNECTIONS = st.none() | st.builds(Connection, address=WORDS)
BANDWIDTHS = st.lists(st.builds(Bandwidth, NAMES, st.integers(0, 10**9)), max_size=2).map(tuple)
MEDIA = st.builds(
    MediaDescription,
    kind=st.sampled_from(["video", "audio", "application"]),
    port=st.integers(0, 65535),
    port_count=st.integers(1, 9),
    protocol=WORDS,
    formats=st.lists(WORDS, max_size=3).map(tuple),
    information=st.none() | LINES,
    connection=CONNECTIONS,
    bandwidths=BANDWIDTHS,
    attributes=ATTRIBUTES,
)
DESCRIPTIONS = st.builds(
    SessionDescription,
    origin=st.builds(Origin, username=WORDS, session_id=WORDS, session_version=WORDS, address=WORDS),
    name=LINES,
    uri=st.none() | WORDS,
    times=st.lists(LINES, max_size=2).map(tuple),
    media=st.lists(MEDIA, max_size=3).map(tuple),
    information=st.none() | LINES,
    connection=CONNECTIONS,
    bandwidths=BANDWIDTHS,
    attributes=ATTRIBUTES,
)


@given(DESCRIPTIONS)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_back(sdp: SessionDescription) -> None:
    assert parse_sdp(sdp.to_text().encode()) == sdp


def test_formats_that_are_no_payload_types_are_passed_over() -> None:
    (video,) = parse_sdp("m=video 0 RTP/AVP 127 128 H264 96").media

    assert video.payload_types == (127, 96)


@pytest.mark.parametrize(
    ("told", "size"),
    [("640,480", (640, 480)), ("65535-1", (65_535, 1)), ("65536,480", None), ("0,480", None), ("640", None)],
)
def test_a_frame_size_is_one_that_a_picture_can_have(told: str, size: tuple[int, int] | None) -> None:
    (video,) = parse_sdp(f"m=video 0 RTP/AVP 96\na=x-dimensions:{told}").media

    assert video.frame_size(96) == size
