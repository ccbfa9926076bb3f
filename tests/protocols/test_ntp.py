"""Questions to time servers and what follows from the answers."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.protocols.ntp import BadTimeAnswer, answer, measured, question

SENT_US = 1_700_000_000_000_000
COOKIE = 0x1122334455667788


def changed(packet: bytes, at: int, value: int) -> bytes:
    return packet[:at] + bytes((value,)) + packet[at + 1 :]


@given(
    ahead_us=st.integers(-(10**12), 10**12),
    way_us=st.integers(0, 5_000_000),
    thought_us=st.integers(0, 1_000_000),
)
def test_the_offset_is_found_where_both_ways_take_as_long(
    ahead_us: int, way_us: int, thought_us: int
) -> None:
    arrived = SENT_US + way_us + ahead_us
    packet = answer(question(COOKIE), arrived_us=arrived, left_us=arrived + thought_us)
    received = SENT_US + 2 * way_us + thought_us
    found = measured(packet, COOKIE, sent_us=SENT_US, received_us=received)
    assert abs(found.offset_us - ahead_us) <= 1
    assert abs(found.delay_us - 2 * way_us) <= 1


@given(packet=st.binary(max_size=80))
def test_any_bytes_are_measured_or_refused(packet: bytes) -> None:
    with contextlib.suppress(BadTimeAnswer):
        measured(packet, COOKIE, sent_us=SENT_US, received_us=SENT_US + 1000)
    with contextlib.suppress(BadTimeAnswer):
        answer(packet, arrived_us=SENT_US, left_us=SENT_US)


GOOD = answer(question(COOKIE), arrived_us=SENT_US + 10, left_us=SENT_US + 20)


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (GOOD[:47], "47 bytes"),
        (changed(GOOD, 0, 0x23), "no answer"),
        (changed(GOOD, 0, 0x04), "no answer"),  # version 0
        (changed(GOOD, 0, 0x2C), "no answer"),  # version 5
        (changed(GOOD, 0, 0xE4), "no time itself"),
        (changed(GOOD, 1, 0), "refuses"),
        (changed(GOOD, 1, 16), "no time itself"),
        (changed(GOOD, 24, 0), "another question"),
        (changed(GOOD, 43, 99), "less than no time"),
    ],
)
def test_a_server_without_time_is_refused(packet: bytes, why: str) -> None:
    with pytest.raises(BadTimeAnswer, match=why):
        measured(packet, COOKIE, sent_us=SENT_US, received_us=SENT_US + 100)
