"""Instants that periodic work shares."""

from hypothesis import given
from hypothesis import strategies as st

from vedette.base.clock import until_tick


@given(st.floats(0.0, 1e7), st.sampled_from([0.008, 0.03125, 0.25, 0.5, 1.0, 5.0, 600.0]))
def test_ticks_are_multiples_of_their_interval(now_s: float, every_s: float) -> None:
    wait_s = until_tick(every_s, now_s)
    assert every_s / 10 < wait_s <= every_s * 1.1
    beats = (now_s + wait_s) / every_s
    assert abs(beats - round(beats)) < 1e-3


def test_a_tick_that_comes_a_little_early_is_not_done_twice() -> None:
    assert until_tick(1.0, 9.9999) > 1.0
    assert until_tick(1.0, 10.0001) < 1.0
