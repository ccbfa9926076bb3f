"""What waits for a browser that watches live."""

from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.server.browser.player import WAITING_MOST_BYTES, LiveFeed

VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, setup=(b"\x67", b"\x68"))
SIZE = WAITING_MOST_BYTES // 4


def picture(frame: int) -> AccessUnit:
    return AccessUnit(
        track=0, utc_us=frame * 40_000, pts=frame * 3600, data=bytes(SIZE), is_key=frame % 50 == 0
    )


def watched(*, kept: int) -> tuple[Stream, LiveFeed]:
    """A stream that keeps so many pictures, and who begins to watch it."""
    stream = Stream("hall/main")
    stream.announce((VIDEO,))
    stream.publish([picture(frame) for frame in range(kept)])
    feed = LiveFeed(stream)
    stream.attach(feed)
    return stream, feed


def test_what_comes_while_a_large_group_is_sent_waits_for_the_browser() -> None:
    stream, feed = watched(kept=8)
    stream.publish([picture(frame) for frame in range(8, 16)])
    assert not feed.is_over


def test_what_waits_for_a_browser_is_bounded() -> None:
    stream, feed = watched(kept=8)
    for frame in range(8, 30):
        stream.publish([picture(frame)])
    assert feed.is_over
