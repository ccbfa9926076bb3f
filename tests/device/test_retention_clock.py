"""A clock that is set forward, for a while or for good, as retention sees it."""

import pytest

from vedette.base.clock import ManualClock
from vedette.device.retention_clock import RetentionClock

DAY_S = 24 * 3600
START_US = 1_700_000_000_000_000


def passed_s(clock: RetentionClock) -> int:
    return round((clock.utc_us() - START_US) / 1_000_000)


def test_a_clock_set_far_forward_is_believed_a_day_later(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock(START_US)
    retention = RetentionClock(clock)
    clock.advance(10)
    clock.step(400 * DAY_S)
    assert passed_s(retention) == 10
    clock.advance(DAY_S - 1)
    assert passed_s(retention) == 10 + DAY_S - 1
    clock.advance(1)
    assert passed_s(retention) == 10 + 401 * DAY_S
    assert caplog.text.count("set forward by 400 days") == 1


def test_a_clock_that_is_set_right_again_was_never_believed() -> None:
    clock = ManualClock(START_US)
    retention = RetentionClock(clock)
    clock.step(400 * DAY_S)
    retention.utc_us()
    clock.advance(DAY_S / 2)
    clock.step(-400 * DAY_S)
    assert passed_s(retention) == DAY_S / 2
    clock.step(400 * DAY_S)
    retention.utc_us()
    clock.advance(DAY_S / 2)
    assert passed_s(retention) == DAY_S  # the day of doubt has begun anew


@pytest.mark.parametrize("second_s", [400 * DAY_S, -DAY_S])
def test_a_clock_that_is_set_once_more_is_believed_a_day_after_that(second_s: int) -> None:
    clock = ManualClock(START_US)
    retention = RetentionClock(clock)
    for step_s in (30 * DAY_S, second_s):
        clock.step(step_s)
        retention.utc_us()
        clock.advance(DAY_S - 1)
    assert passed_s(retention) == 2 * DAY_S - 2
    clock.advance(1)
    assert passed_s(retention) == 32 * DAY_S - 1 + second_s


@pytest.mark.parametrize("step_s", [-400 * DAY_S, -1, 30, 3600])
def test_a_clock_that_is_corrected_or_set_back_is_followed_at_once(step_s: int) -> None:
    clock = ManualClock(START_US)
    retention = RetentionClock(clock)
    clock.step(step_s)
    assert passed_s(retention) == step_s
