"""The audit log: who did or tried what, one structured line each, never a flood."""

import logging
from collections.abc import Mapping

import msgspec

from vedette.base.clock import Clock
from vedette.base.timestamps import datetime_from_utc_us

LINES_MOST_PER_S = 50
_TEXT_MOST = 200

Detail = str | int | float | bool | None


class Audit:
    """Writes to the logger `vedette.audit`; each record also carries its fields as `record.audit`.

    More than `LINES_MOST_PER_S` lines in one second are counted instead of written; the next line
    that is written says how many were left out.
    """

    def __init__(self, clock: Clock, logger: logging.Logger | None = None) -> None:
        self._clock = clock
        self._log = logger or logging.getLogger("vedette.audit")
        self._second = 0
        self._lines = 0
        self._left_out = 0

    def record(self, action: str, *, user: str, peer: str, outcome: str, **details: Detail) -> None:
        """Write one line. Texts from outside are cut to a sane length; line breaks cannot get in."""
        now_us = self._clock.utc_us()
        if now_us // 1_000_000 != self._second:
            self._second, self._lines = now_us // 1_000_000, 0
        self._lines += 1
        if self._lines > LINES_MOST_PER_S:
            self._left_out += 1
            return
        fields: dict[str, Detail] = {
            "time": datetime_from_utc_us(now_us).isoformat().replace("+00:00", "Z"),
            "action": action,
            "user": user,
            "peer": peer,
            "outcome": outcome,
            **details,
        }
        if self._left_out:
            fields["lines_left_out"] = self._left_out
            self._left_out = 0
        line = _cut(fields)
        self._log.info("%s", msgspec.json.encode(line).decode(), extra={"audit": line})


def _cut(fields: Mapping[str, Detail]) -> dict[str, Detail]:
    return {
        name: value[:_TEXT_MOST].encode(errors="replace").decode() if isinstance(value, str) else value
        for name, value in fields.items()
    }
