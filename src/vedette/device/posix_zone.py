"""Time zones in POSIX notation: checked, and local time by them."""

import io
import os
import re
import struct
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from vedette.base.errors import VedetteError

ZONE_MOST_CHARS = 256
_NAME = r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)"
_HOURS = r"[+-]?\d{1,3}(?::[0-5]\d(?::[0-5]\d)?)?"
_DATE = r"(?:M(?:[1-9]|1[0-2])\.[1-5]\.[0-6]|J?\d{1,3})"
_RULE = rf"{_DATE}(?:/{_HOURS})?"
_ZONE = re.compile(rf"(?P<standard>{_NAME}{_HOURS})(?:{_NAME}(?:{_HOURS})?(?P<rules>,{_RULE},{_RULE})?)?")
# POSIX leaves it to the system when summer time is where no rules are given; the common answer.
_USUAL_RULES = ",M3.2.0,M11.1.0"


class InvalidZone(VedetteError):
    """Not a time zone in POSIX notation."""


def zone_of(notation: str, *, daylight_savings: bool = True) -> ZoneInfo:
    """The zone of a POSIX notation, without its summer time if `daylight_savings` is off.

    Raises InvalidZone. Source: IEEE 1003.1 §8.3.
    """
    found = _ZONE.fullmatch(notation) if len(notation) <= ZONE_MOST_CHARS else None
    if found is None:
        raise InvalidZone(f"{notation[:ZONE_MOST_CHARS]!r} is no time zone in POSIX notation")
    rule = notation
    if not daylight_savings:
        rule = found["standard"]
    elif found["rules"] is None and notation != found["standard"]:
        rule += _USUAL_RULES
    try:
        return ZoneInfo.from_file(io.BytesIO(_zone_file(rule)), key=rule)
    except ValueError as error:
        raise InvalidZone(f"{notation!r} is no time zone: {error}") from error


def has_summer_time(notation: str) -> bool:
    """Whether a zone's clocks are set forward for a part of the year; false for what is no zone."""
    found = _ZONE.fullmatch(notation)
    return found is not None and notation != found["standard"]


def local_time(utc: datetime, zone: ZoneInfo) -> datetime:
    """An instant as the clocks in a zone show it."""
    return utc.astimezone(UTC).astimezone(zone)


def host_zone() -> str:
    """The host's own zone in POSIX notation; UTC where the host does not say."""
    named = os.environ.get("TZ", "").removeprefix(":")
    path = Path("/usr/share/zoneinfo", named) if named else Path("/etc/localtime")
    for notation in (named, _last_line(path)):
        try:
            zone_of(notation)
        except InvalidZone:
            continue
        return notation
    return "UTC0"


def _last_line(path: Path) -> str:
    """A zone file ends with the POSIX notation of what holds after its table. Source: RFC 8536 §3.3."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return ""
    return lines[-2].decode("ascii", "replace") if len(lines) > 2 else ""


def _zone_file(notation: str) -> bytes:
    """A zone file of one type and no transitions, so that the notation alone holds. Source: RFC 8536 §3."""
    head = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    table = struct.pack(">lbb", 0, 0, 0) + b"UTC\0"
    return (head + table) * 2 + b"\n" + notation.encode("ascii") + b"\n"
