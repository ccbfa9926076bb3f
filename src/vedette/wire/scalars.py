"""Simple types: xs: text to Python values and back; anything unreadable raises ValueError."""

import math
import re
from base64 import b64encode
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from vedette.base.errors import CallerError
from vedette.wire.message import HexBytes

_INTEGER = re.compile(r"[+-]?[0-9]{1,40}")
_FLOAT = re.compile(r"[+-]?([0-9]{1,400}(\.[0-9]{0,400})?|\.[0-9]{1,400})([eE][+-]?[0-9]{1,4})?")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_ODD_FLOATS = {"INF": math.inf, "+INF": math.inf, "-INF": -math.inf, "NaN": math.nan}
_DATE_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,40}))?"
    r"(?:(Z)|([+-])([0-9]{2}):([0-9]{2}))?",
    re.ASCII,
)
_SECONDS = re.compile(r"PT([0-9]{1,9})S")  # what nearly every duration looks like
_DURATION = re.compile(
    r"(-)?P(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})D)?"
    r"(T(?:([0-9]{1,12})H)?(?:([0-9]{1,12})M)?(?:([0-9]{1,12})(?:\.([0-9]{1,40}))?S)?)?",
    re.ASCII,
)


def read_bool(text: str) -> bool:
    """xs:boolean: `true`, `false`, `1`, `0`."""
    value = _BOOLEANS.get(text)
    if value is None:
        value = _BOOLEANS.get(text.strip())
        if value is None:
            raise ValueError("not a boolean")
    return value


def read_int(text: str) -> int:
    """xs:integer and its kin, at most 40 digits."""
    if len(text) <= 18 and text.isascii() and text.isdecimal():
        return int(text)
    text = text.strip()
    if not _INTEGER.fullmatch(text):
        raise ValueError("not an integer")
    return int(text)


def read_float(text: str) -> float:
    """xs:float, xs:double, xs:decimal, with `INF`, `-INF` and `NaN`; beyond the range of a double is INF."""
    text = text.strip()
    if not _FLOAT.fullmatch(text):
        odd = _ODD_FLOATS.get(text)
        if odd is None:
            raise ValueError("not a number")
        return odd
    return float(text)


def write_float(value: float) -> str:
    """The shortest text that reads back as the same number."""
    if math.isfinite(value):
        return repr(value)
    if math.isnan(value):
        return "NaN"
    return "INF" if value > 0 else "-INF"


def read_datetime(text: str) -> datetime:
    """xs:dateTime as aware UTC.

    A missing zone means UTC; fractions are rounded down to microseconds; 24:00:00 is the next day's
    midnight; a leap second (:60) is the first instant after it. Years 0001 to 9999.
    """
    match = _DATE_TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a date and time")
    year, month, day, hour, minute, second = (int(each) for each in match.group(1, 2, 3, 4, 5, 6))
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError("not a time of day")
    fraction_us = int((match[7] or "")[:6].ljust(6, "0"))
    offset_minutes = 0
    if match[9]:
        hours, minutes = int(match[10]), int(match[11])
        if hours > 14 or minutes > 59:
            raise ValueError("not a time zone")
        offset_minutes = (hours * 60 + minutes) * (1 if match[9] == "+" else -1)
    try:
        return datetime(year, month, day, tzinfo=UTC) + timedelta(
            hours=hour, minutes=minute - offset_minutes, seconds=second, microseconds=fraction_us
        )
    except OverflowError:
        raise ValueError("a date out of range") from None


def write_datetime(value: datetime) -> str:
    """xs:dateTime in UTC with `Z`, microseconds where there are any; a naive value raises CallerError."""
    if value.tzinfo is None:
        raise CallerError(f"a time without a zone: {value.isoformat()}")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def read_duration(text: str) -> timedelta:
    """xs:duration; a year counts 365 days, a month 30, as the field means them; microseconds round down."""
    match = _SECONDS.fullmatch(text)
    if match is not None:
        return timedelta(seconds=int(match[1]))
    match = _DURATION.fullmatch(text.strip())
    if match is None or match[5] == "T" or not any(match.group(2, 3, 4, 5)):
        raise ValueError("not a duration")
    years, months, days = int(match[2] or 0), int(match[3] or 0), int(match[4] or 0)
    hours, minutes, seconds = int(match[6] or 0), int(match[7] or 0), int(match[8] or 0)
    fraction_us = int((match[9] or "")[:6].ljust(6, "0"))
    try:
        length = timedelta(
            days=years * 365 + months * 30 + days,
            hours=hours,
            minutes=minutes,
            seconds=seconds,
            microseconds=fraction_us,
        )
    except OverflowError:
        raise ValueError("a duration out of range") from None
    return -length if match[1] else length


def write_duration(value: timedelta) -> str:
    """xs:duration in seconds alone (`PT90S`): devices exist that read minutes as seconds."""
    total_us = value // timedelta(microseconds=1)
    seconds, rest_us = divmod(abs(total_us), 1_000_000)
    fraction = f".{rest_us:06d}".rstrip("0") if rest_us else ""
    return f"{'-' if total_us < 0 else ''}PT{seconds}{fraction}S"


def read_base64(text: str) -> bytes:
    """xs:base64Binary; white space and missing padding are tolerated."""
    packed = "".join(text.split())
    packed = packed.rstrip("=")
    try:
        return a2b_base64(packed + "=" * (-len(packed) % 4), strict_mode=True)
    except (Base64Error, UnicodeEncodeError, ValueError):
        raise ValueError("not base64") from None


def write_base64(value: bytes) -> str:
    """xs:base64Binary in one line."""
    return b64encode(value).decode("ascii")


def read_hex(text: str) -> HexBytes:
    """xs:hexBinary."""
    return HexBytes(bytes.fromhex(text))


def write_hex(value: bytes) -> str:
    """xs:hexBinary in capitals."""
    return value.hex().upper()


def write_bool(value: bool) -> str:  # noqa: FBT001 — one of a table of writers
    """xs:boolean."""
    return "true" if value else "false"


def write_int(value: int) -> str:
    """xs:integer."""
    return str(int(value))


def read_str(text: str) -> str:
    """xs:string, as it stands."""
    return text


def enum_reader(enumeration: type[StrEnum]) -> Callable[[str], StrEnum]:
    """A reader of one enumeration's values."""
    members: dict[str, StrEnum] = {member.value: member for member in enumeration}

    def read(text: str) -> StrEnum:
        member = members.get(text)
        if member is None:
            member = members.get(text.strip())
            if member is None:
                raise ValueError(f"not one of {', '.join(members)}"[:200])
        return member

    return read


READERS: dict[type, Callable[[str], Any]] = {
    str: read_str,
    bool: read_bool,
    int: read_int,
    float: read_float,
    datetime: read_datetime,
    timedelta: read_duration,
    bytes: read_base64,
    HexBytes: read_hex,
}

WRITERS: dict[type, Callable[[Any], str]] = {
    bool: write_bool,
    int: write_int,
    float: write_float,
    datetime: write_datetime,
    timedelta: write_duration,
    bytes: write_base64,
    HexBytes: write_hex,
}
"""Writers of the types whose text never needs escaping."""
