"""What waits for a browser that watches live, and when footage is due to it."""

import asyncio

import msgspec
import pytest

from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.server.browser.player import AHEAD_S, WAITING_MOST_BYTES, LiveFeed, Pace

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


def test_a_browser_gets_nothing_of_another_codec_than_it_was_told() -> None:
    stream, feed = watched(kept=2)
    stream.announce((msgspec.structs.replace(VIDEO, codec="H265"),))
    stream.publish([picture(50)])
    assert feed.is_over
    given = [unit for _ in range(2) for unit in asyncio.run(feed.next())]
    assert [unit.utc_us for unit in given] == [0, 40_000]
    assert feed.waiting_s == 0


def test_what_is_old_gives_way_to_the_next_key_frame() -> None:
    """Pictures of 20 kB, 25 a second, a key frame every two seconds."""
    stream = Stream("hall/main")
    stream.announce((VIDEO,))
    feed = LiveFeed(stream)
    stream.attach(feed)

    def come(*frames: int) -> None:
        stream.publish([msgspec.structs.replace(picture(frame), data=bytes(20_000)) for frame in frames])

    def given() -> int:
        (unit,) = asyncio.run(feed.next())
        return unit.utc_us // 40_000

    come(0, 1)
    assert (given(), given()) == (0, 1)
    come(2, 3)
    assert given() == 2
    come(*range(4, 50))
    come(*range(50, 53))
    assert given() == 3  # the key frame is not two seconds behind it
    come(*range(53, 100))
    assert feed.waiting_s == pytest.approx(96 * 0.04)
    come(100, 101)
    assert (given(), given()) == (100, 101)
    assert feed.waiting_s == 0


def test_sound_makes_nothing_give_way() -> None:
    stream = Stream("hall/main")
    stream.announce((VIDEO, msgspec.structs.replace(VIDEO, number=1, kind=TrackKind.AUDIO, codec="AAC")))
    feed = LiveFeed(stream)
    stream.attach(feed)
    for frame in (0, 49):
        stream.publish([msgspec.structs.replace(picture(frame), track=frame and 1, is_key=True)])
    stream.publish([msgspec.structs.replace(picture(99), track=1, is_key=True)])
    assert [unit.utc_us for _ in range(3) for unit in asyncio.run(feed.next())] == [0, 1_960_000, 3_960_000]


S = 1_000_000  # microseconds


def test_footage_is_due_at_the_speed_of_its_making() -> None:
    pace = Pace(100 * S)
    due_s = [
        pace.due_s(start * S, (start + 2) * S, 50.0 + late, is_beginning=start == 100)
        for start, late in ((100, 0), (102, 0.5), (104, 3))
    ]
    assert due_s == pytest.approx([50 - AHEAD_S, 52 - AHEAD_S, 54 - AHEAD_S])


def test_short_stretches_of_footage_wait_for_those_before_them() -> None:
    pace = Pace(0)
    starts_us = range(100 * S, 400 * S, 5 * S)  # of a second each, four seconds apart
    due_s = [pace.due_s(start_us, start_us + S, 50.0, is_beginning=True) for start_us in starts_us]
    assert due_s == pytest.approx([50 + number - AHEAD_S for number in range(len(due_s))])


def test_what_comes_late_behind_a_gap_is_due_from_then_on() -> None:
    pace = Pace(0)
    pace.due_s(100 * S, 101 * S, 50.0, is_beginning=True)
    assert pace.due_s(200 * S, 201 * S, 150.0, is_beginning=True) == pytest.approx(150 - AHEAD_S)


def test_a_group_of_pictures_is_due_at_once_up_to_what_was_asked_for() -> None:
    pace = Pace(109 * S)
    due_s = [
        pace.due_s(start * S, (start + 2) * S, 50.0, is_beginning=start == 100)
        for start in range(100, 114, 2)
    ]
    assert due_s[4] < 50  # the one that holds the instant
    assert due_s[5:] == pytest.approx([51 - AHEAD_S, 53 - AHEAD_S])


def test_footage_that_was_held_back_goes_on_at_the_speed_of_its_making() -> None:
    pace = Pace(0)
    due_s = [
        pace.due_s(start * S, (start + 2) * S, 50.0, is_beginning=start == 100) for start in (100, 102, 104)
    ]
    assert due_s[2] == pytest.approx(54 - AHEAD_S)
    pace.go_on(104 * S, 90.0)  # where it waited
    assert pace.due_s(106 * S, 108 * S, 90.0, is_beginning=False) == pytest.approx(92)
    assert pace.due_s(200 * S, 202 * S, 93.0, is_beginning=True) == pytest.approx(94)


def test_footage_from_before_a_clock_was_set_back_is_not_due_at_once() -> None:
    pace = Pace(200 * S)
    pace.due_s(200 * S, 210 * S, 50.0, is_beginning=True)
    due_s = [pace.due_s(start * S, (start + 2) * S, 50.0, is_beginning=start == 100) for start in (100, 102)]
    assert due_s == pytest.approx([60 - AHEAD_S, 62 - AHEAD_S])
