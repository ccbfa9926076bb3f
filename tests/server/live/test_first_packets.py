"""What a new viewer of a live stream is told before anything is sent."""

import asyncio
from collections.abc import Iterator

import msgspec
import pytest

from vedette.base.clock import ManualClock
from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.server.live.group import LiveGroup

PICTURE = Track(
    number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, setup=(b"\x67\x4d\x00\x28", b"\x68")
)
SOUND = Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8_000)
OFFSET = 1000


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


def group_of(stream: Stream, clock: ManualClock, loop: asyncio.AbstractEventLoop) -> LiveGroup:
    return LiveGroup(
        stream, clock=clock, loop=loop, identity=lambda: (7, 1, OFFSET), on_gone=lambda viewer, why: None
    )


def test_a_track_without_a_packet_yet_begins_at_the_rtp_time_that_was_told(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """A stream that runs for an hour and whose kept group holds no sound; Retina's client wants a time all
    the same."""
    clock = ManualClock()
    stream = Stream("yard/main")
    stream.announce((PICTURE, SOUND))
    hour = 3600 * 90_000
    stream.publish(
        [AccessUnit(track=0, utc_us=clock.utc_us(), pts=hour, data=b"\0\0\0\2\x65\x88", is_key=True)]
    )
    group = group_of(stream, clock, loop)
    group.open()

    picture, sound = group.first_packets(frozenset({0, 1}))
    assert picture.rtp_time == OFFSET + hour
    assert sound.sequence == 1

    clock.advance(2)
    (later,) = group.first_packets(frozenset({1}))
    assert later.rtp_time == sound.rtp_time + 16_000
    clock.advance(1)
    first = AccessUnit(track=1, utc_us=clock.utc_us(), pts=3600 * 8000, data=b"\xff" * 160, is_key=True)
    stream.publish([first, msgspec.structs.replace(first, utc_us=first.utc_us + 20_000, pts=first.pts + 160)])
    assert group._latest[1].rtp_time == sound.rtp_time + 24_000 + 160
    assert group._senders[1].next_sequence == 3


def test_the_time_of_a_track_with_packets_goes_on_from_them(loop: asyncio.AbstractEventLoop) -> None:
    clock = ManualClock()
    stream = Stream("yard/main")
    stream.announce((PICTURE, SOUND))
    group = group_of(stream, clock, loop)
    group.open()
    stream.publish([AccessUnit(track=1, utc_us=clock.utc_us(), pts=800_000, data=b"\xff" * 160, is_key=True)])
    clock.advance(0.5)

    (sound,) = group.first_packets(frozenset({1}))

    assert sound.rtp_time == OFFSET + 800_000 + 4_000


@pytest.mark.parametrize("step_s", [-3600, 3600])
def test_the_rtp_time_of_a_silent_track_does_not_leap_when_civil_time_is_set(
    loop: asyncio.AbstractEventLoop, step_s: int
) -> None:
    clock = ManualClock()
    stream = Stream("yard/main")
    stream.announce((PICTURE, SOUND))
    group = group_of(stream, clock, loop)
    group.open()
    late_us = clock.utc_us() - 7_000_000  # as of a camera that keeps what it sends for a while
    stream.publish([AccessUnit(track=1, utc_us=late_us, pts=800_000, data=b"\xff" * 160, is_key=True)])
    clock.advance(2)
    clock.step(step_s)
    clock.advance(1)

    (sound,) = group.first_packets(frozenset({1}))

    assert sound.rtp_time == OFFSET + 800_000 + (7 + 3) * 8_000


@pytest.mark.parametrize("step_s", [-3600, 3600])
@pytest.mark.parametrize("is_dated_by_the_camera", [False, True])
def test_the_first_packet_of_a_track_is_where_it_was_told_to_be_also_when_civil_time_was_set_meanwhile(
    loop: asyncio.AbstractEventLoop, step_s: int, is_dated_by_the_camera: bool
) -> None:
    clock = ManualClock()
    stream = Stream("yard/main")
    stream.announce((PICTURE, SOUND))
    group = group_of(stream, clock, loop)
    group.open()
    (told,) = group.first_packets(frozenset({1}))
    clock.advance(2)
    clock.step(step_s)
    clock.advance(1)
    at_us = clock.utc_us() - (step_s * 1_000_000 if is_dated_by_the_camera else 0)

    stream.publish([AccessUnit(track=1, utc_us=at_us, pts=800_000, data=b"\xff" * 160, is_key=True)])

    assert group._latest[1].rtp_time == told.rtp_time + 3 * 8_000
