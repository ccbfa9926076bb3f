"""However many wish for a key frame, its source is asked once a second, and no wish is forgotten."""

from vedette.base.clock import ManualClock
from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind

VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000)


class Rig:
    """A stream of 25 pictures a second whose publisher can be asked for key frames."""

    def __init__(self) -> None:
        self.clock = ManualClock(monotonic_s=0.0)
        self.asked_s: list[float] = []
        self.stream = Stream("gate/main", self.clock)
        self.stream.on_key_frame_wanted(lambda: self.asked_s.append(round(self.clock.monotonic_s(), 2)))
        self.stream.announce((VIDEO,))

    def pass_time(self, seconds: float, *, is_key: bool = False) -> None:
        """Pictures go by; `is_key` says what the first one is."""
        for number in range(round(seconds * 25)):
            self.clock.advance(0.04)
            key = is_key and number == 0
            self.stream.publish([AccessUnit(track=0, utc_us=0, pts=0, data=b"picture", is_key=key)])


def test_ten_viewers_at_once_ask_once() -> None:
    rig = Rig()
    for _ in range(10):
        assert rig.stream.request_key_frame()
    rig.pass_time(3, is_key=True)
    assert rig.asked_s == [0.0]


def test_a_wish_within_the_second_is_answered_by_the_key_frame_that_is_on_its_way() -> None:
    rig = Rig()
    rig.stream.request_key_frame()
    rig.pass_time(0.2)
    rig.stream.request_key_frame()
    rig.pass_time(3, is_key=True)
    assert rig.asked_s == [0.0]


def test_a_wish_behind_the_key_frame_is_passed_on_when_the_second_is_over() -> None:
    rig = Rig()
    rig.stream.request_key_frame()
    rig.pass_time(0.4, is_key=True)
    for _ in range(5):
        rig.stream.request_key_frame()
    rig.pass_time(3)
    assert rig.asked_s == [0.0, 1.0]


def test_a_wish_that_the_camera_did_not_heed_is_told_again_only_if_somebody_else_has_it() -> None:
    rig = Rig()
    rig.stream.request_key_frame()
    rig.pass_time(3)
    assert rig.asked_s == [0.0]
    rig.stream.request_key_frame()
    rig.stream.request_key_frame()
    rig.pass_time(3)
    assert rig.asked_s == [0.0, 3.0, 4.0]


def test_a_wish_that_cannot_be_told_yet_is_told_with_the_first_unit() -> None:
    rig, is_connected = Rig(), False

    def ask() -> bool:
        rig.asked_s.append(rig.clock.monotonic_s() if is_connected else -1)
        return is_connected

    rig.stream.on_key_frame_wanted(ask)
    assert rig.stream.request_key_frame()
    rig.clock.advance(0.25)
    rig.stream.pass_wishes_on()
    is_connected = True
    rig.stream.pass_wishes_on()
    rig.stream.pass_wishes_on()
    rig.pass_time(3)
    assert rig.asked_s == [-1, -1, 0.25]


def test_another_publisher_is_asked_at_once_and_owes_nothing() -> None:
    rig = Rig()
    rig.stream.request_key_frame()
    rig.stream.request_key_frame()
    rig.stream.on_key_frame_wanted(None)
    assert not rig.stream.request_key_frame()
    rig.stream.on_key_frame_wanted(lambda: rig.asked_s.append(-1))
    rig.pass_time(3)
    assert rig.asked_s == [0.0]
    rig.stream.request_key_frame()
    assert rig.asked_s == [0.0, -1]
