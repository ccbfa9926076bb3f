"""RTSP header values as typed values, parsed and formatted: transports, sessions, ranges, replay headers."""

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from enum import StrEnum

import msgspec

from vedette.base.errors import PeerError
from vedette.base.timestamps import clock_range_time, utc_us_from_datetime

LIST_MOST = 32
TIMEOUT_MOST_S = 86_400

_CLOCK = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})(?:\.([0-9]{1,9}))?Z", re.IGNORECASE
)
_NPT_SECONDS = re.compile(r"([0-9]{1,10})(?:\.([0-9]{0,9}))?")
_NPT_CLOCK = re.compile(r"([0-9]{1,8}):([0-5]?[0-9]):([0-5]?[0-9])(?:\.([0-9]{0,9}))?")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})")
_SSRC = re.compile(r"(?:0[xX])?([0-9A-Fa-f]{1,8})")
_PAIR = re.compile(r"([0-9]{1,5})(?:\s*-\s*([0-9]{1,5}))?")
_RTP_INFO = re.compile(r"(?:^|,)\s*url\s*=", re.IGNORECASE)
_RTP_INFO_PART = re.compile(r";\s*(seq|rtptime|ssrc)\s*=\s*([0-9A-Fa-f]{1,10})\s*(?=;|$)", re.IGNORECASE)
_FRAMES = re.compile(r"intra(?:\s*/\s*([0-9]{1,9}))?|predicted|all", re.IGNORECASE)
_EARLIEST_YEAR = 1900
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(
    r"(?:^|[\s,])([A-Za-z]{3}|[0-9]{1,2}) +([A-Za-z]{3}|[0-9]{1,2}) +([0-9]{4})"
    r" +([0-9]{2}):([0-9]{2}):([0-9]{2})"
)


class BadHeader(PeerError):
    """A header value that cannot be read."""


class UnsupportedRange(PeerError):
    """A Range in units we do not serve (SMPTE), or one that cannot be read."""


class LowerTransport(StrEnum):
    """What carries RTP."""

    UDP = "UDP"
    TCP = "TCP"


class Transport(msgspec.Struct, frozen=True, kw_only=True):
    """One way to carry a stream. Source: RFC 2326 §12.39.

    Ports and channels are pairs (RTP, RTCP); a single one stands for itself and its successor. `port` is
    multicast's. `interleaved` are the channels in the RTSP connection. `mode` is upper case.
    """

    profile: str = "RTP/AVP"
    lower: LowerTransport = LowerTransport.UDP
    is_multicast: bool = False
    destination: str | None = None
    source: str | None = None
    interleaved: tuple[int, int] | None = None
    port: tuple[int, int] | None = None
    client_port: tuple[int, int] | None = None
    server_port: tuple[int, int] | None = None
    ttl: int | None = None
    ssrc: int | None = None
    mode: str = "PLAY"

    def to_header(self) -> str:
        """The value of a Transport header."""
        parts = [self.profile if self.lower is LowerTransport.UDP else f"{self.profile}/TCP"]
        parts.append("multicast" if self.is_multicast else "unicast")
        for name in ("destination", "source"):
            if (value := getattr(self, name)) is not None:
                parts.append(f"{name}={value}")
        for name in ("interleaved", "port", "client_port", "server_port"):
            if (pair := getattr(self, name)) is not None:
                parts.append(f"{name}={pair[0]}-{pair[1]}")
        if self.ttl is not None:
            parts.append(f"ttl={self.ttl}")
        if self.ssrc is not None:
            parts.append(f"ssrc={self.ssrc:08X}")
        if self.mode != "PLAY":
            parts.append(f'mode="{self.mode}"')
        return ";".join(parts)


def parse_transports(value: str) -> tuple[Transport, ...]:
    """The alternatives of a Transport header, most wanted first.

    An alternative that cannot be read is left out; raises BadHeader when none remains.
    """
    found: list[Transport] = []
    problem = "empty"
    for alternative in value.split(",", LIST_MOST)[:LIST_MOST]:
        try:
            found.append(_transport(alternative))
        except BadHeader as error:
            problem = str(error)
    if not found:
        raise BadHeader(f"Transport {value[:120]!r}: {problem}")
    return tuple(found)


def format_transports(transports: Iterable[Transport]) -> str:
    """The value of a Transport header with these alternatives."""
    return ",".join(transport.to_header() for transport in transports)


class SessionHeader(msgspec.Struct, frozen=True, kw_only=True):
    """A session's id and, in responses, its time-out in whole seconds. Source: RFC 2326 §12.37."""

    id: str
    timeout_s: int | None = None

    def to_header(self) -> str:
        """The value of a Session header."""
        return self.id if self.timeout_s is None else f"{self.id};timeout={self.timeout_s}"


def parse_session(value: str) -> SessionHeader:
    """A Session header; an unreadable time-out counts as none. Raises BadHeader without an id."""
    session_id, *parameters = (part.strip() for part in value.split(";"))
    if not session_id or len(session_id) > 128 or any(letter.isspace() for letter in session_id):
        raise BadHeader(f"Session {value[:80]!r}")
    timeout_s = None
    for parameter in parameters:
        name, _, number = parameter.partition("=")
        number = number.strip().strip('"')
        if name.strip().lower() == "timeout" and _is_count(number) and int(number) > 0:
            timeout_s = min(int(number), TIMEOUT_MOST_S)
    return SessionHeader(id=session_id, timeout_s=timeout_s)


class ClockRange(msgspec.Struct, frozen=True, kw_only=True):
    """Absolute time: from `start_utc_us`, where playback starts, to `end_utc_us` or open.

    Without a start playback goes on where it is. In reverse the end lies before the start. Source: RFC 2326
    §3.7; Streaming, Range header field (26.06 §6.5.1), which adds ranges without a start.
    """

    start_utc_us: int | None = None
    end_utc_us: int | None = None

    def to_header(self) -> str:
        """The value of a Range header, to the microsecond."""
        if self.start_utc_us is None and self.end_utc_us is None:
            return "clock"
        start, end = (
            "" if each is None else clock_range_time(each) for each in (self.start_utc_us, self.end_utc_us)
        )
        return f"clock={start}-{end}"


class NptRange(msgspec.Struct, frozen=True, kw_only=True):
    """Time since the beginning in microseconds; a start of None is `now`. Source: RFC 2326 §3.6."""

    start_us: int | None = None
    end_us: int | None = None

    def to_header(self) -> str:
        """The value of a Range header, to the microsecond."""
        start = "now" if self.start_us is None else _npt(self.start_us)
        return f"npt={start}-{'' if self.end_us is None else _npt(self.end_us)}"


Range = ClockRange | NptRange


def parse_range(value: str) -> Range:
    """A Range header in clock or npt units; fractions beyond microseconds are cut off.

    Of a range that is told in several units the first is taken that can be read (RFC 2326 §12.29). A `time`
    parameter is ignored. Raises UnsupportedRange for SMPTE units and for what cannot be read.
    """
    problem = UnsupportedRange(f"Range {value[:80]!r}")
    for number, spec in enumerate(value.split(";", 1)[0].split(",", LIST_MOST)[:LIST_MOST]):
        try:
            return _range(spec.strip())
        except UnsupportedRange as error:
            problem = problem if number else error
    raise problem


def _range(spec: str) -> Range:
    unit, equals, limits = spec.partition("=")
    if not equals and unit.lower() == "clock":
        return ClockRange()
    start, dash, end = (part.strip() for part in limits.partition("-"))
    if not equals or not dash:
        raise UnsupportedRange(f"Range {spec[:80]!r}")
    match unit.strip().lower():
        case "clock":
            if not start and not end:
                raise UnsupportedRange(f"Range {spec[:80]!r}")
            return ClockRange(
                start_utc_us=_clock_us(start) if start else None, end_utc_us=_clock_us(end) if end else None
            )
        case "npt":
            is_now = start.lower() == "now"
            return NptRange(
                start_us=None if is_now else _npt_us(start or "0"), end_us=_npt_us(end) if end else None
            )
    raise UnsupportedRange(f"Range in units of {unit[:40]!r}")


class FrameKind(StrEnum):
    """Which frames a replay sends."""

    ALL = "all"
    INTRA = "intra"
    PREDICTED = "predicted"


class FrameSelection(msgspec.Struct, frozen=True, kw_only=True):
    """A Frames header; `interval_ms` (only with intra) is the least distance on the recording's time line.

    Source: Streaming, Frames header field (26.06 §6.5.3).
    """

    kind: FrameKind = FrameKind.ALL
    interval_ms: int | None = None

    def to_header(self) -> str:
        """The value of a Frames header."""
        return self.kind.value if self.interval_ms is None else f"{self.kind.value}/{self.interval_ms}"


def parse_frames(value: str) -> FrameSelection:
    """A Frames header; raises BadHeader, also for an interval with anything but intra."""
    found = _FRAMES.fullmatch(value.strip())
    if found is None:
        raise BadHeader(f"Frames {value[:80]!r}")
    kind = FrameKind(found[0].split("/")[0].strip().lower())
    return FrameSelection(kind=kind, interval_ms=None if found[1] is None else int(found[1]))


def parse_yes_no(name: str, value: str) -> bool:
    """A header that says yes or no (Rate-Control, Immediate); raises BadHeader."""
    word = value.strip().lower()
    if word not in ("yes", "no"):
        raise BadHeader(f"{name} {value[:40]!r}")
    return word == "yes"


def parse_decimal(name: str, value: str) -> float:
    """A decimal number (Scale, Speed); raises BadHeader for anything else, zero included."""
    text = value.strip()
    if not _NUMBER.fullmatch(text) or float(text) == 0:
        raise BadHeader(f"{name} {value[:40]!r}")
    return float(text)


def format_decimal(number: float) -> str:
    """A number as Scale and Speed want it, with one to six decimals; not finite raises ValueError."""
    if not math.isfinite(number):
        raise ValueError(f"{number} has no decimal form")
    whole, _, fraction = f"{number:.6f}".partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"


def parse_speed(value: str) -> float:
    """A Speed header: above zero; raises BadHeader. Source: RFC 2326 §12.35."""
    speed = parse_decimal("Speed", value)
    if speed < 0:
        raise BadHeader(f"Speed {value[:40]!r}")
    return speed


def parse_count(name: str, value: str) -> int:
    """A whole number of at most ten digits (CSeq, Blocksize); raises BadHeader."""
    text = value.strip()
    if not _is_count(text):
        raise BadHeader(f"{name} {value[:40]!r}")
    return int(text)


def parse_date(value: str) -> int | None:
    """UTC in µs of a Date, whole seconds; None where it is none.

    Month and day may have changed places, as live555 has them. Source: RFC 2326 §12.18; RFC 2068 §3.3.1.
    """
    found = _DATE.search(value)
    if found is None:
        return None
    first, second, *rest = found.groups()
    day, month = (first, second) if first.isdigit() else (second, first)
    if month.capitalize() not in _MONTHS or not _is_count(day):
        return None
    year, hour, minute, whole_s = map(int, rest)
    try:
        moment = datetime(
            year, _MONTHS.index(month.capitalize()) + 1, int(day), hour, minute, whole_s, tzinfo=UTC
        )
    except ValueError:
        return None
    return utc_us_from_datetime(moment)


def format_date(utc_us: int) -> str:
    """A Date, rounded down to whole seconds."""
    return formatdate(utc_us // 1_000_000, usegmt=True)


def parse_list(value: str | None) -> tuple[str, ...]:
    """A comma-separated list (Require, Unsupported, Public, Allow), without empty items; None is empty."""
    return tuple(item.strip() for item in (value or "").split(",", LIST_MOST)[:LIST_MOST] if item.strip())


def format_list(items: Iterable[str]) -> str:
    """The items as a comma-separated list."""
    return ", ".join(items)


class RtpInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Where one stream starts: its URL, first sequence number, RTP time of the Range's start.

    Source: RFC 2326 §12.33.
    """

    url: str
    sequence: int | None = None
    rtp_time: int | None = None
    ssrc: int | None = None

    def to_header(self) -> str:
        """One entry of an RTP-Info header."""
        parts = [f"url={self.url}"]
        if self.sequence is not None:
            parts.append(f"seq={self.sequence}")
        if self.rtp_time is not None:
            parts.append(f"rtptime={self.rtp_time}")
        if self.ssrc is not None:
            parts.append(f"ssrc={self.ssrc:08X}")
        return ";".join(parts)


def parse_rtp_info(value: str) -> tuple[RtpInfo, ...]:
    """The entries of an RTP-Info header; never raises: what cannot be read is left out."""
    starts = list(_RTP_INFO.finditer(value))[:LIST_MOST]
    ends = [*(found.start() for found in starts[1:]), len(value)]
    return tuple(_rtp_info(value[found.end() : end]) for found, end in zip(starts, ends, strict=False))


def format_rtp_info(entries: Iterable[RtpInfo]) -> str:
    """The value of an RTP-Info header."""
    return ",".join(entry.to_header() for entry in entries)


def _rtp_info(text: str) -> RtpInfo:
    first = _RTP_INFO_PART.search(text)
    url = text[: first.start() if first else len(text)].strip(' \t",;')
    known = {found[1].lower(): found[2] for found in _RTP_INFO_PART.finditer(text)}
    return RtpInfo(
        url=url,
        sequence=_bounded(known.get("seq"), 10, 0xFFFF),
        rtp_time=_bounded(known.get("rtptime"), 10, 0xFFFF_FFFF),
        ssrc=_bounded(known.get("ssrc"), 16, 0xFFFF_FFFF),
    )


def _bounded(text: str | None, base: int, most: int) -> int | None:
    if text is None or (base == 10 and not text.isdigit()):
        return None
    number = int(text, base)
    return number if number <= most else None


def _transport(text: str) -> Transport:
    spec, *parameters = (part.strip() for part in text.split(";", LIST_MOST)[:LIST_MOST])
    words = [word.strip().upper() for word in spec.split("/")]
    if len(words) not in (2, 3) or not all(words):
        raise BadHeader(f"transport {spec[:40]!r}")
    lower = words[2] if len(words) == 3 else "UDP"
    if lower not in ("UDP", "TCP"):
        raise BadHeader(f"lower transport {lower[:40]!r}")
    fields: dict[str, object] = {}
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        _transport_parameter(fields, name.strip().lower(), value.strip().strip('"'))
    if "interleaved" in fields:
        lower = "TCP"  # some cameras answer RTP/AVP;interleaved=0-1
    return msgspec.convert(
        {"profile": f"{words[0]}/{words[1]}", "lower": lower, **fields}, Transport, strict=False
    )


def _transport_parameter(fields: dict[str, object], name: str, value: str) -> None:
    match name:
        case "unicast" | "multicast":
            fields["is_multicast"] = name == "multicast"
        case "source" | "destination":
            if value and not any(letter.isspace() for letter in value):
                fields[name] = value
        case "interleaved" | "port" | "client_port" | "server_port":
            fields[name] = _pair(name, value, 255 if name == "interleaved" else 65535)
        case "ttl":
            fields[name] = _ttl(value)
        case "ssrc":
            # Only for information, and often wrong: decimal, negative, or with blanks.
            if (found := _SSRC.fullmatch(value)) is not None:
                fields[name] = int(found[1], 16)
        case "mode":
            fields[name] = value.upper() or "PLAY"
        case _:
            return  # RFC 2326 leaves room for parameters we do not know


def _ttl(value: str) -> int:
    if not _is_count(value) or int(value) > 255:
        raise BadHeader(f"ttl {value[:40]!r}")
    return int(value)


def _pair(name: str, value: str, most: int) -> tuple[int, int]:
    found = _PAIR.fullmatch(value)
    if found is None:
        raise BadHeader(f"{name} {value[:40]!r}")
    first = int(found[1])
    second = int(found[2]) if found[2] else first + 1
    if first > most or second > most:
        raise BadHeader(f"{name} {value[:40]!r} above {most}")
    return first, second


def _clock_us(text: str) -> int:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise UnsupportedRange(f"clock time {text[:40]!r}")
    year, month, day, hour, minute, second = (int(found[each]) for each in range(1, 7))
    try:
        if year < _EARLIEST_YEAR:
            raise ValueError
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        if second == 60:  # a leap second is the next minute's first
            moment += timedelta(seconds=1)
        elif second > 60:
            raise ValueError
    except (ValueError, OverflowError):
        raise UnsupportedRange(f"clock time {text[:40]!r}") from None
    return utc_us_from_datetime(moment) + _fraction_us(found[7])


def _npt_us(text: str) -> int:
    if (found := _NPT_SECONDS.fullmatch(text)) is not None:
        return int(found[1]) * 1_000_000 + _fraction_us(found[2])
    if (found := _NPT_CLOCK.fullmatch(text)) is not None:
        seconds = int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])
        return seconds * 1_000_000 + _fraction_us(found[4])
    raise UnsupportedRange(f"npt time {text[:40]!r}")


def _npt(time_us: int) -> str:
    return f"{time_us // 1_000_000}.{time_us % 1_000_000:06d}"


def _fraction_us(digits: str | None) -> int:
    return int((digits or "0").ljust(6, "0")[:6])


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10
