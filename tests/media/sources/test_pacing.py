"""Deadlines without drift, and UTC that follows a civil clock."""

import pytest

from vedette.base.clock import ManualClock
from vedette.media.sources.pacing import FramePacer, UtcAnchor


def test_frames_are_due_on_the_grid_whenever_one_looks() -> None:
    pacer = FramePacer(25, start_s=100.0)
    assert pacer.next_due(100.0) == (0, 0.0)
    frame, wait_s = pacer.next_due(100.013)
    assert frame == 1
    assert wait_s == pytest.approx(0.027)
    assert pacer.next_due(100.081) == (2, 0.0)
    assert pacer.next_due(100.09).wait_s == pytest.approx(0.03)


def test_late_frames_are_passed_over() -> None:
    pacer = FramePacer(10, start_s=0.0)
    pacer.next_due(0.0)
    assert pacer.next_due(0.57) == (5, 0.0)
    assert pacer.next_due(0.58).frame == 6


def test_a_day_later_the_grid_has_not_moved() -> None:
    pacer = FramePacer(30, start_s=5.0, first=7)
    frames = 30 * 86_400
    assert pacer.due_s(frames + 7) == pytest.approx(5.0 + 86_400, abs=1e-6)


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="0"):
        FramePacer(0, 0.0)


def test_utc_follows_media_time_exactly_while_the_clocks_agree() -> None:
    clock = ManualClock(utc_us=1_000_000)
    anchor = UtcAnchor(clock)
    assert anchor.utc_us(0) == (1_000_000, False)
    clock.advance(0.04)
    assert anchor.utc_us(40_000) == (1_040_000, False)


def test_lateness_does_not_show_in_the_instant() -> None:
    clock = ManualClock(utc_us=1_000_000)
    anchor = UtcAnchor(clock)
    anchor.utc_us(0)
    clock.advance(0.047)
    assert anchor.utc_us(40_000, late_s=0.007) == (1_040_000, False)


def test_a_small_step_of_the_clock_is_worked_off_and_time_never_goes_back() -> None:
    clock = ManualClock(utc_us=10_000_000)
    anchor = UtcAnchor(clock)
    last_us, _ = anchor.utc_us(0)
    clock.step(-0.1)
    for frame in range(1, 400):
        clock.advance(0.04)
        utc_us, has_jumped = anchor.utc_us(frame * 40_000)
        assert last_us < utc_us <= last_us + 42_000
        assert not has_jumped
        last_us = utc_us
    assert last_us == clock.utc_us()


def test_a_clock_that_was_set_is_followed_at_once() -> None:
    clock = ManualClock()
    anchor = UtcAnchor(clock)
    anchor.utc_us(0)
    clock.advance(0.04)
    clock.step(3600.0)
    assert anchor.utc_us(40_000) == (clock.utc_us(), True)
