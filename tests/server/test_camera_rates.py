"""Frame and bit rate of a camera, as the page and the command line tell them."""

from types import SimpleNamespace
from typing import cast

import pytest

from vedette.device.settings.media import KnownStream
from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.server.browser.admin import _rates

VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000)
UNKNOWN = KnownStream(stream="hall/main", codec="H264", width=640, height=360)
MEASURED = KnownStream(
    stream="hall/main", codec="H264", width=640, height=360, fps=25, bitrate_kbps=512, is_measured=True
)


def stream(*instants_ms: int) -> Stream:
    """A stream whose kept group has pictures of 1,000 bytes, in order of decoding."""
    units = [
        AccessUnit(track=0, utc_us=ms * 1000, pts=ms * 90, data=b"x" * 1000, is_key=not number)
        for number, ms in enumerate(instants_ms)
    ]
    return cast("Stream", SimpleNamespace(kept_group=units))


@pytest.mark.parametrize(
    "instants_ms",
    [
        (0, 40, 80, 120),
        (0, 120, 40, 80, 240, 160, 200),  # B-frames
        (0, 120, 40, 80, 240),  # the last B-frames are still to come
    ],
)
def test_the_frame_rate_is_that_of_the_pictures_in_order_of_time(instants_ms: tuple[int, ...]) -> None:
    assert _rates(stream(*instants_ms), VIDEO, UNKNOWN)["fps"] == 25.0


def test_a_single_picture_has_no_rate() -> None:
    assert _rates(stream(0), VIDEO, UNKNOWN) == {"fps": 0.0, "bitrate_kbps": 0}
    assert _rates(stream(0, 0), VIDEO, UNKNOWN)["fps"] == 0.0


def test_the_bit_rate_leaves_out_the_picture_whose_length_is_not_known() -> None:
    assert _rates(stream(0, 40, 80), VIDEO, UNKNOWN)["bitrate_kbps"] == 200


@pytest.mark.parametrize("instants_ms", [(0,), (0, 80), (0, 120, 40)])
def test_a_group_of_few_pictures_has_the_rates_measured_before(
    instants_ms: tuple[int, ...],
) -> None:
    assert _rates(stream(*instants_ms), VIDEO, MEASURED) == {"fps": 25.0, "bitrate_kbps": 512}


def test_a_group_of_some_pictures_has_its_own_rates() -> None:
    assert _rates(stream(*range(0, 500, 100)), VIDEO, MEASURED) == {"fps": 10.0, "bitrate_kbps": 80}


def test_a_stream_that_sends_nothing_has_no_rate() -> None:
    assert _rates(stream(), VIDEO, MEASURED) == {"fps": 0.0, "bitrate_kbps": 0}
