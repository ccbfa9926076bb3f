"""Any bytes are a session description, or refused as none."""

from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.errors import PeerError
from vedette.protocols.rtsp.url import aggregate_url, track_urls
from vedette.protocols.sdp import SessionDescription, parse_sdp

LINES = st.lists(
    st.tuples(
        st.sampled_from("vosiuetbcamrkz "), st.text(alphabet="=: /0179IN4videoRTPAVP*rtsp#?@é\t", max_size=30)
    )
    .map("=".join)
    .map(str.encode)
    | st.binary(max_size=20),
    max_size=12,
).map(b"\n".join)


@given(LINES | st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        sdp = parse_sdp(data)
    except PeerError:
        return
    assert isinstance(sdp, SessionDescription)
    for media in sdp.media:
        assert all(0 <= number < 128 for number in media.payload_types)
        assert media.rtpmap(96) is None or isinstance(media.rtpmap(96), str)
    assert len(track_urls("rtsp://h/p", sdp)) == len(sdp.media)
    assert aggregate_url("rtsp://h/p", sdp)
    assert parse_sdp(sdp.to_text()).media == sdp.media
