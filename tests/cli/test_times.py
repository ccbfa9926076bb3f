"""Times as people type them."""

import time
from collections.abc import Iterator

import pytest

from vedette.base.timestamps import utc_us_from_datetime
from vedette.cli.times import shown, shown_length, utc_us_of

NOW_US = 1_777_636_800_250_000  # 2026-05-01T12:00:00.250Z


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """This machine in another zone for a while."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("now", 0.0),
        ("-5m", -300.0),
        ("-1.5h", -5400.0),
        ("-2d", -172_800.0),
        ("-90s", -90.0),
        ("2026-05-01T12:00:00Z", -0.25),
        ("2026-05-01T14:00:00.250+02:00", 0.0),
        ("2026-05-01T12:00:01.250000Z", 1.0),
    ],
)
def test_absolute_and_relative_times(text: str, seconds: float) -> None:
    assert utc_us_of(text, NOW_US) == NOW_US + round(seconds * 1_000_000)


def test_a_time_without_zone_is_local() -> None:
    from datetime import datetime

    local = datetime(2026, 5, 1, 14, 30).astimezone()
    assert utc_us_of("2026-05-01T14:30", NOW_US) == utc_us_from_datetime(local)


def test_a_time_of_day_is_today_s() -> None:
    moment = utc_us_of("9:05", NOW_US)
    assert shown(moment)[11:16] == "09:05"
    assert shown(moment)[:10] == shown(NOW_US)[:10]
    assert utc_us_of("9:05:07", NOW_US) == moment + 7_000_000


@pytest.mark.parametrize(
    "text", ["", "soon", "-5", "5m", "25:00", "2026-13-01", "-5w", "9" * 40, "-999999999d"]
)
def test_what_is_no_time_names_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match="-5m"):
        utc_us_of(text, NOW_US)


def test_shown_times_are_read_back() -> None:
    assert utc_us_of(shown(NOW_US), 0) == NOW_US


def test_lengths_are_hours_minutes_seconds() -> None:
    assert shown_length(3_723_400_000) == "1:02:03"
    assert shown_length(59_600_000) == "0:01:00"


@pytest.mark.parametrize(
    ("zone", "text", "instant"),
    [
        ("Europe/Berlin", "2026-03-29T01:59", "2026-03-29T01:59:00.000+01:00"),
        ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T03:00:00.000+02:00"),
        ("Europe/Berlin", "2026-03-29T02:59:30.5", "2026-03-29T03:00:00.000+02:00"),
        ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T03:00:00.000+02:00"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T03:00:00.000-04:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-04T02:30:00.000+11:00"),
    ],
    indirect=["zone"],
)
def test_a_local_time_that_clocks_leave_out_is_the_instant_at_which_they_are_set_forward(
    zone: str, text: str, instant: str
) -> None:
    assert shown(utc_us_of(text, NOW_US)) == instant


@pytest.mark.parametrize(
    ("zone", "text", "instant"),
    [
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T02:30:00.000+02:00"),
        ("Europe/Berlin", "2026-10-25T02:30+01:00", "2026-10-25T02:30:00.000+01:00"),
        ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T03:00:00.000+01:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-05T01:45:00.000+11:00"),
    ],
    indirect=["zone"],
)
def test_a_local_time_that_occurs_twice_is_the_first(zone: str, text: str, instant: str) -> None:
    assert shown(utc_us_of(text, NOW_US)) == instant


@pytest.mark.parametrize("zone", ["Europe/Berlin"], indirect=True)
def test_a_time_of_day_means_the_same_on_the_day_that_clocks_change(zone: str) -> None:
    noon_us = utc_us_of("2026-03-29T12:00", NOW_US)
    assert shown(utc_us_of("02:15", noon_us)) == "2026-03-29T03:00:00.000+02:00"
