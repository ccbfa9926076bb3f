"""How long a camera may show nothing, by how far apart its pictures were."""

from vedette.client.rtsp.pace import MOST_S, SILENCE_S, UNSEEN_MOST_S, Pace


def shown(pace: Pace, begin_s: float, *gaps_s: float) -> float:
    now_s = begin_s
    pace.see(now_s)
    for gap_s in gaps_s:
        now_s += gap_s
        pace.see(now_s)
    return now_s


def test_a_quick_camera_is_waited_for_as_long_as_ever() -> None:
    pace = Pace()
    pace.begin(100.0)
    now_s = shown(pace, 100.0, *[0.04] * 1000)
    assert not pace.is_silent(now_s + SILENCE_S)
    assert pace.is_silent(now_s + SILENCE_S + 0.1)


def test_a_slow_one_is_waited_for_twice_as_long_as_between_its_pictures() -> None:
    pace = Pace()
    pace.begin(0.0)
    assert shown(pace, 0.0, 20.0, 19.0, 20.0, 12.0) == 71.0
    assert pace.patience_s == 40.0
    assert not pace.is_silent(111.0)
    assert pace.is_silent(111.1)
    shown(pace, 72.0, 3600.0)
    assert pace.patience_s == MOST_S


def test_what_was_slow_once_is_forgotten_when_pictures_have_come_often_for_as_long() -> None:
    pace = Pace()
    now_s = shown(pace, 0.0, 20.0, *[1.0] * 40)
    assert pace.patience_s == 40.0
    shown(pace, now_s, 1.0)
    assert pace.patience_s == SILENCE_S


def test_only_connections_without_any_picture_are_waited_for_longer_each_time() -> None:
    pace = Pace()
    for patience_s in (10.0, 20.0, 40.0, UNSEEN_MOST_S, UNSEEN_MOST_S):
        assert pace.patience_s == patience_s
        pace.begin(0.0)
        pace.give_up()
    pace = Pace()
    pace.begin(0.0)
    pace.see(1.0)
    pace.give_up()
    assert pace.patience_s == SILENCE_S


def test_a_time_without_connection_says_nothing_of_the_cameras_pace() -> None:
    pace = Pace()
    shown(pace, 0.0, 0.04)
    pace.interrupt()
    shown(pace, 3600.0, 0.04)
    assert pace.patience_s == SILENCE_S
