"""Time zones in POSIX notation."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.device.posix_zone import InvalidZone, host_zone, local_time, zone_of

SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)
WINTER = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("notation", "winter_hour", "summer_hour"),
    [
        ("UTC0", 12, 12),
        ("CET-1CEST,M3.5.0,M10.5.0/3", 13, 14),
        ("PST8PDT", 4, 5),
        ("<+0330>-3:30", 15, 15),
        ("NZST-12NZDT,M9.5.0,M4.1.0/3", 1, 0),
        ("EST5EDT,M3.2.0/-100,M11.1.0/100", 7, 8),
    ],
)
def test_a_notation_tells_local_time(notation: str, winter_hour: int, summer_hour: int) -> None:
    zone = zone_of(notation)

    assert local_time(WINTER, zone).hour == winter_hour
    assert local_time(SUMMER, zone).hour == summer_hour


def test_summer_time_can_be_left_out() -> None:
    zone = zone_of("CET-1CEST,M3.5.0,M10.5.0/3", daylight_savings=False)

    assert local_time(SUMMER, zone).hour == 13


@pytest.mark.parametrize(
    "notation", ["", "UTC", "Europe/Berlin", "INVALID", "C1", "CET-1CEST,M13.5.0,M1.1.1"]
)
def test_what_is_no_notation_is_refused(notation: str) -> None:
    with pytest.raises(InvalidZone):
        zone_of(notation)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ABCabc<>+-0123456789,./MJ:", max_size=30))
def test_any_text_is_a_zone_or_refused(notation: str) -> None:
    try:
        zone = zone_of(notation)
    except InvalidZone:
        return
    local_time(WINTER, zone)


def test_the_host_has_a_zone() -> None:
    zone_of(host_zone())
