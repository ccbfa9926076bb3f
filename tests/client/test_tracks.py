"""The tracks that are taken of a camera's description."""

import pytest

from vedette.client.rtsp.tracks import chosen_tracks
from vedette.protocols.sdp import parse_sdp


@pytest.mark.parametrize(
    ("line", "size"),
    [
        ("framesize:26 2592-1944", (2592, 1944)),
        ("x-dimensions:2592,1944", (2592, 1944)),
        ("framesize:97 2592-1944", (0, 0)),
        ("framesize:26 0-1944", (0, 0)),
        ("x-dimensions:2592", (0, 0)),
        ("x-dimensions:99999,1944", (0, 0)),
    ],
)
def test_a_jpeg_track_has_the_size_that_the_description_tells(line: str, size: tuple[int, int]) -> None:
    sdp = parse_sdp(f"v=0\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na={line}\r\n")
    offers, left_out = chosen_tracks(sdp, ["rtsp://192.0.2.1/x"])
    assert left_out == []
    assert [(each.track.width, each.track.height) for each in offers] == [size]
