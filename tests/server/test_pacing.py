"""How fast datagrams leave: gently to who has just come, no faster than told."""

from hypothesis import given
from hypothesis import strategies as st

from vedette.server.pacing import (
    AT_ONCE_BYTES,
    FIRST_SLICE_BYTES,
    LARGEST_SLICE_BYTES,
    LINK_BYTES_PER_S,
    SLICE_BYTES,
    SLICE_S,
    SLICES_MOST,
    Pace,
    Slices,
    steady_bytes_per_s,
)


def test_slices_are_small_first_for_who_has_just_come_and_grow() -> None:
    slices = Slices()
    slices.begin_gently()
    sizes = []
    for _ in range(200):
        slices.begin_next(100_000)
        sizes.append(slices.due_bytes)
        slices.due_bytes = 0
    assert sizes[0] == AT_ONCE_BYTES
    assert sizes[1] < FIRST_SLICE_BYTES * 1.1
    assert sizes[1:] == sorted(sizes[1:])
    assert sizes[-1] == SLICE_BYTES


def test_slices_of_who_watches_are_of_full_size_at_once() -> None:
    slices = Slices()
    slices.begin_gently()
    slices.begin_next(100_000)
    slices.end()
    assert slices.due_bytes == 0
    slices.begin_next(100_000)
    assert slices.due_bytes == SLICE_BYTES
    slices.due_bytes = 7  # less than a packet was left
    slices.begin_next(100_000)
    assert slices.due_bytes == SLICE_BYTES + 7


def test_a_stream_of_any_rate_up_to_that_of_a_link_gets_through_in_slices() -> None:
    slices, waiting, longest = Slices(), 0, 0
    each_slice = LARGEST_SLICE_BYTES - 5000
    for _ in range(500):
        waiting += each_slice
        longest = max(longest, waiting)
        slices.begin_next(waiting)
        waiting = max(0, waiting - slices.due_bytes)
        slices.due_bytes = 0
    assert longest <= (SLICES_MOST + 1) * each_slice


def test_no_slice_is_larger_than_what_a_link_carries_meanwhile() -> None:
    slices = Slices()
    slices.begin_next(2_500_000)
    assert slices.due_bytes == LARGEST_SLICE_BYTES == LINK_BYTES_PER_S * SLICE_S


def test_what_waits_together_leaves_within_so_many_slices_or_at_the_usual_pace() -> None:
    assert steady_bytes_per_s(1000) == SLICE_BYTES / SLICE_S
    assert steady_bytes_per_s(10_000_000) * SLICES_MOST * SLICE_S == 10_000_000


@given(
    st.lists(
        st.tuples(st.integers(min_value=1, max_value=AT_ONCE_BYTES), st.floats(min_value=0, max_value=0.1)),
        max_size=50,
    )
)
def test_a_pace_lets_some_leave_at_once_and_then_no_more_than_it_is(sends: list[tuple[int, float]]) -> None:
    rate, pace, now_s, history = 1_000_000.0, Pace(), 100.0, []
    for size, idle_s in sends:
        now_s += idle_s
        wait_s = pace.wait_s(size, rate, now_s)
        earlier = [(at_s, sum(each for _, each in history[i:])) for i, (at_s, _) in enumerate(history)]
        least_s = max(
            ((sent + size - AT_ONCE_BYTES) / rate - (now_s - at_s) for at_s, sent in earlier), default=0
        )
        assert abs(wait_s - max(0, least_s)) < 1e-6, "no sooner, and no later than it has to be"
        now_s += wait_s
        pace.left(size)
        history.append((now_s, size))
