"""What a camera sends once more behind a lost connection, and what is new of it."""

from collections.abc import Iterable

import msgspec
import pytest

from vedette.client.rtsp.repetition import BEHIND_US, NEAR_US, Repetition
from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.clock import Back, Captured

TRACKS = (
    Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000),
    Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8000),
)
BACK = {0: 270_000, 1: 24_000}


def picture(frame: int) -> AccessUnit:
    data = b"picture %d" % frame
    return AccessUnit(track=0, utc_us=frame * 40_000, pts=frame * 3600, data=data, is_key=frame % 50 == 0)


def sound(frame: int) -> AccessUnit:
    """Silence: all alike."""
    return AccessUnit(track=1, utc_us=frame * 40_000 + 7, pts=frame * 320, data=bytes(320), is_key=True)


def film(frames: Iterable[int]) -> list[AccessUnit]:
    return [unit for frame in frames for unit in (picture(frame), sound(frame))]


def later(units: list[AccessUnit], *, utc_us: int = 0) -> list[AccessUnit]:
    """The units as the next connection stamps them: media time must not fall back."""
    return [
        msgspec.structs.replace(unit, pts=unit.pts + BACK[unit.track], utc_us=unit.utc_us + utc_us)
        for unit in units
    ]


class Source:
    """A stream that lost its camera behind frame 7 of the group from 0 on."""

    def __init__(self) -> None:
        self.stream = Stream("hall/main")
        self.heard: list[AccessUnit] = []
        self.stream.attach(self)
        self.repetition = Repetition()
        self.went_back = 0
        self.reports = True
        self.late_us = 0  # how much earlier than it seems by what has come a unit was captured
        self.stream.announce(TRACKS)
        self.publish(film(range(8)))
        self.lose()

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        """Of no interest."""

    def receive(self, units: Iterable[AccessUnit]) -> None:
        self.heard += units

    def lose(self) -> None:
        self.repetition.remember(self.stream, self)
        self.stream.withdraw("lost")

    def publish(self, units: list[AccessUnit]) -> None:
        self.stream.publish(self.repetition.new_of(units, self.stream, self))

    def captured(self, unit: AccessUnit) -> Captured:
        reported_us = unit.utc_us if self.reports else None
        return Captured(reported_us, unit.utc_us + self.late_us)

    def go_back(self, number: int, known: Back) -> dict[int, Back]:
        assert (number, known) == (0, Back(BACK[0], 0))
        self.went_back += 1
        return {track: Back(ticks, 0) for track, ticks in BACK.items()}


@pytest.mark.parametrize("first", [1, 2, 11, 16, 17, 24])
def test_what_was_published_is_left_out_and_the_rest_goes_on(first: int) -> None:
    source = Source()
    source.stream.announce(TRACKS)
    again = film(range(12))
    source.publish(later(again[:first]))
    source.publish(again[first:])  # its clocks have gone back by now
    assert source.heard == film(range(12))
    assert source.stream.kept_group == tuple(film(range(12)))
    assert source.went_back == 1


def test_it_is_left_out_as_often_as_the_connection_is_lost() -> None:
    source = Source()
    for _ in range(2):
        source.stream.announce(TRACKS)
        source.publish(later(film(range(5))))
        source.lose()
        source.lose()  # no connection came about
    source.stream.announce(TRACKS)
    source.publish(later(film(range(12))))
    assert source.heard == film(range(12))


@pytest.mark.parametrize("utc_us", [NEAR_US + 1, -NEAR_US - 1])
def test_pictures_of_a_still_scene_are_new_at_another_time(utc_us: int) -> None:
    source = Source()
    source.stream.announce(TRACKS)
    source.publish(again := later(film(range(8)), utc_us=utc_us))
    assert source.heard == film(range(8)) + again
    assert source.went_back == 0


@pytest.mark.parametrize("late_us", [NEAR_US, 2_000_000])
def test_nothing_is_published_before_it_shows_that_a_group_is_old(late_us: int) -> None:
    source = Source()
    source.stream.announce(TRACKS)
    again = film(range(12))
    source.reports, source.late_us = False, late_us
    source.publish(later(again[:3]))
    source.publish(later(again[3:15]))
    assert source.heard == film(range(8))
    source.late_us = 5_000
    source.publish(later(again[15:21]))
    source.publish(again[21:])
    assert source.heard == film(range(12))
    assert source.went_back == 1


def test_pictures_of_a_still_scene_are_published_when_nothing_shows_that_they_are_old() -> None:
    source = Source()
    source.stream.announce(TRACKS)
    source.reports, source.late_us = False, 2_000_000
    source.publish(again := later(film(range(8))))
    assert source.repetition.waited(10.0) == ()
    assert source.repetition.waited(10.9) == ()
    source.stream.publish(source.repetition.waited(11.0))
    assert source.heard == film(range(8)) + again
    source.late_us = 0
    source.publish(later(film(range(8, 12))))
    assert source.heard[16:] == later(film(range(12)))


def test_what_is_held_is_published_when_the_connection_ends() -> None:
    source = Source()
    source.stream.announce(TRACKS)
    source.reports, source.late_us = False, 2_000_000
    source.publish(again := later(film(range(3))))
    source.stream.publish(source.repetition.rest())
    source.lose()
    assert source.heard == film(range(8)) + again


def test_another_group_is_new() -> None:
    source = Source()
    source.stream.announce(TRACKS)
    source.publish(film(range(50, 60)))
    assert source.heard == film(range(8)) + film(range(50, 60))


def test_a_group_of_other_tracks_is_new() -> None:
    source = Source()
    source.stream.announce(TRACKS[:1])
    source.publish(pictures := [picture(each) for each in range(8)])
    assert source.heard == film(range(8)) + pictures


def test_what_was_lost_of_a_group_does_not_come_behind_what_follows_it() -> None:
    source = Source()
    source.lose()
    source.stream.announce(TRACKS)
    changed = [msgspec.structs.replace(picture(3), data=b"was lost")]
    source.publish(later([picture(0), *changed, picture(5), picture(7), picture(8)]))
    assert source.heard == [*film(range(8)), picture(8)]


def test_that_something_is_missing_behind_a_repetition_is_told() -> None:
    source = Source()
    source.stream.announce(TRACKS)
    source.publish(later([picture(0), picture(1), picture(9), picture(10)]))
    marked = msgspec.structs.replace(picture(9), is_discontinuous=True)
    assert source.heard == [*film(range(8)), marked, picture(10)]


def test_what_is_not_sent_again_is_not_waited_for() -> None:
    source = Source()
    source.stream.announce(TRACKS)
    silent = [picture(each) for each in range(10 + BEHIND_US // 40_000)]
    source.publish(later(silent[:8]))
    source.publish(silent[8:-4])
    assert set(source.repetition._known) == {1}
    source.publish([])
    source.publish(silent[-4:])
    assert source.repetition._known == {}
    assert source.heard == film(range(8)) + silent[8:]
