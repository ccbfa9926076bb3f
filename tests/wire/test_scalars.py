"""Simple types: what is read, what is refused, and that writing and reading agree."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.errors import CallerError
from vedette.wire.message import HexBytes
from vedette.wire.scalars import READERS, WRITERS, read_datetime, read_duration, write_datetime

MOMENT = datetime(2026, 11, 20, 23, 18, 47, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T23:18:47Z", MOMENT),
        (" 2026-11-20T23:18:47\n", MOMENT),
        ("2026-11-21T00:18:47+01:00", MOMENT),
        ("2026-11-20T13:48:47-09:30", MOMENT),
        ("2026-11-20T23:18:47.5Z", MOMENT + timedelta(milliseconds=500)),
        ("2026-11-20T23:18:47.1234569Z", MOMENT + timedelta(microseconds=123456)),
        ("2026-11-19T24:00:00Z", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_utc(text: str, expected: datetime) -> None:
    assert read_datetime(text) == expected


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT60S", 60),
        ("PT1M", 60),
        ("P1DT2H3M4.5S", 93784.5),
        ("-PT1S", -1),
        ("P1Y", 365 * 86400),
        ("P2M", 60 * 86400),
        (" PT0S ", 0),
    ],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert read_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((bool, each) for each in ("", "yes", "TRUE", "2")),
        *((int, each) for each in ("", "1.0", "1_000", "0x1", "--1", "9" * 41, "٣", "one")),
        *((float, each) for each in ("", "inf", "nan", "1,5", "0x1p3", "1_0.0", "1e99999")),
        *((datetime, each) for each in ("", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z")),
        *((datetime, each) for each in ("2026-11-20", "2026-11-20T25:00:00Z", "9999-12-31T23:59:60Z")),
        *((datetime, each) for each in ("0000-01-01T00:00:00Z", "2026-11-20T00:00:00+15:00")),
        *((timedelta, each) for each in ("", "P", "PT", "P1DT", "60", "PT1.5M", "1H", "P999999999Y")),
        *((bytes, each) for each in ("A", "a*bc", "é")),
        *((HexBytes, each) for each in ("A", "GG")),
    ],
)
def test_what_is_no_value_of_its_type_is_refused(kind: Any, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        READERS[kind](text)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (bool, "1", True),
        (bool, " false ", False),
        (int, " +007 ", 7),
        (int, "-5", -5),
        (float, "INF", math.inf),
        (float, "-INF", -math.inf),
        (float, " 1.5E+3 ", 1500.0),
        (float, ".5", 0.5),
        (bytes, " aGVs\nbG8 ", b"hello"),
        (bytes, "", b""),
        (HexBytes, "0aFF", b"\x0a\xff"),
    ],
)
def test_values_are_read_in_every_spelling(kind: Any, text: str, expected: object) -> None:
    assert READERS[kind](text) == expected


def test_not_a_number_travels() -> None:
    assert math.isnan(READERS[float](WRITERS[float](math.nan)))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (bool, st.booleans()),
        (int, st.integers(-(10**39), 10**39)),
        (float, st.floats(allow_nan=False)),
        (datetime, st.datetimes(min_value=datetime(1, 1, 2), timezones=st.just(UTC))),  # noqa: DTZ001
        (timedelta, st.timedeltas(timedelta(days=-(10**6)), timedelta(days=10**6))),
        (bytes, st.binary()),
        (HexBytes, st.binary().map(HexBytes)),
    ],
)
def test_what_is_written_reads_back(kind: Any, values: st.SearchStrategy[Any]) -> None:
    @settings(max_examples=40, deadline=None)
    @given(values)
    def holds(value: Any) -> None:
        assert READERS[kind](WRITERS[kind](value)) == value

    holds()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(READERS, key=str)), st.text(max_size=30))
def test_any_text_is_read_or_refused_by_value_error(kind: Any, text: str) -> None:
    try:
        READERS[kind](text)
    except ValueError:
        return


def test_a_naive_time_is_not_written() -> None:
    with pytest.raises(CallerError):
        write_datetime(MOMENT.replace(tzinfo=None))
