"""Points in time as people type them."""

import re
from datetime import datetime, timedelta

from vedette.base.timestamps import datetime_from_utc_us, utc_us_from_datetime

FORMS = "2026-05-01T12:00:00Z (zone given), 2026-05-01T14:00 (local time), 14:00 (today), -5m (ago) or now"
_RELATIVE = re.compile(r"-(\d{1,9}(?:\.\d{1,6})?)([smhd])")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def utc_us_of(text: str, now_us: int) -> int:
    """The instant that `text` means, given the present one; raises ValueError naming the forms.

    Of a local time that occurs twice, as clocks are set back, the first is meant; one that is left out,
    as they are set forward, is the instant at which they are.
    """
    written = text.strip()
    if written == "now":
        return now_us
    try:
        if relative := _RELATIVE.fullmatch(written):
            ago_us = round(float(relative[1]) * 1_000_000) * _UNIT_S[relative[2]]
            return utc_us_from_datetime(datetime_from_utc_us(now_us - ago_us))
        if _CLOCK.fullmatch(written):
            today = datetime.fromtimestamp(now_us / 1_000_000).astimezone().date()
            written = f"{today.isoformat()}T{written.zfill(len('00:00') if written.count(':') == 1 else 8)}"
        moment = datetime.fromisoformat(written)
        return utc_us_from_datetime(moment) if moment.tzinfo else _of_local(moment)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{text!r} is no time; write {FORMS}") from None


def _of_local(moment: datetime) -> int:
    """The instant of a time without a zone."""
    whole = moment.replace(microsecond=0)
    first_s, second_s = (round(whole.replace(fold=fold).timestamp()) for fold in (0, 1))
    if first_s <= second_s:  # two only where it occurs twice
        return first_s * 1_000_000 + moment.microsecond
    before_s, after_s = second_s, first_s  # PEP 495: it is left out, between these two
    while after_s - before_s > 1:
        middle_s = (before_s + after_s) // 2
        is_after = datetime.fromtimestamp(middle_s).astimezone().replace(tzinfo=None) > whole
        before_s, after_s = (before_s, middle_s) if is_after else (middle_s, after_s)
    return after_s * 1_000_000


def shown(utc_us: int) -> str:
    """An instant in local time with its zone, to the millisecond."""
    moment = datetime.fromtimestamp(utc_us // 1_000_000).astimezone()
    return (moment + timedelta(microseconds=utc_us % 1_000_000)).isoformat(timespec="milliseconds")


def shown_length(length_us: int) -> str:
    """A length of time as h:mm:ss."""
    minutes, seconds = divmod(round(length_us / 1_000_000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}"
