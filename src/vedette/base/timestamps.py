"""Every conversion between time formats; inside Vedette time is UTC microseconds."""

from datetime import UTC, datetime, timedelta

NTP_EPOCH_S = 2_208_988_800  # seconds from 1900-01-01 to 1970-01-01
MP4_EPOCH_S = 2_082_844_800  # seconds from 1904-01-01 to 1970-01-01
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def ntp_from_utc_us(utc_us: int) -> int:
    """The NTP timestamp of an instant.

    64-bit fixed point: seconds since 1900-01-01 in the high half, 2⁻³² s in the low. The fraction is
    rounded up, so that `utc_us_from_ntp` gives back the same microsecond; a later instant never gets
    an earlier timestamp until the count wraps in 2036.

    Source: RFC 3550 §4; Streaming, RTP header extension (26.06 §6.3).
    """
    seconds, rest_us = divmod(utc_us, 1_000_000)
    fraction = -((-rest_us << 32) // 1_000_000)
    return ((seconds + NTP_EPOCH_S) & 0xFFFF_FFFF) << 32 | fraction


def utc_us_from_ntp(ntp: int) -> int:
    """The instant of a 64-bit NTP timestamp, rounded down; counts below 2³¹ s are taken as after 2036."""
    seconds = ntp >> 32
    if seconds < 0x8000_0000:
        seconds += 1 << 32
    return (seconds - NTP_EPOCH_S) * 1_000_000 + ((ntp & 0xFFFF_FFFF) * 1_000_000 >> 32)


def datetime_from_utc_us(utc_us: int) -> datetime:
    """The aware UTC datetime of an instant, exact to the microsecond."""
    return _EPOCH + timedelta(microseconds=utc_us)


def utc_us_from_datetime(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of an aware datetime; a naive one raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {moment.isoformat()}")
    return (moment - _EPOCH) // _MICROSECOND


def rescale(value: int, from_hz: int, to_hz: int) -> int:
    """A count of 1/`from_hz` s as a count of 1/`to_hz` s, rounded to nearest (halves up)."""
    return (2 * value * to_hz + from_hz) // (2 * from_hz)


def clock_range_time(utc_us: int) -> str:
    """An instant as RTSP's absolute time, `YYYYMMDDTHHMMSS.ffffffZ`.

    Source: RFC 2326 §3.7; Streaming, Range header field (26.06 §6.5.1).
    """
    return datetime_from_utc_us(utc_us).strftime("%Y%m%dT%H%M%S.%fZ")
