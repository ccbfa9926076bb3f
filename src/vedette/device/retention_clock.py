"""The time by which footage and events grow old: a clock that is wrong for a while deletes no month."""

import logging
from datetime import timedelta

from vedette.base.clock import Clock, ahead_us

_log = logging.getLogger(__name__)

LEAP_MOST_US = 3600 * 1_000_000  # clocks are corrected by less
BELIEVED_AFTER_S = 24 * 3600.0


class RetentionClock:
    """A clock whose civil time, when somebody sets it forward by over an hour, follows a day later.

    Until then it goes on as it was; of a clock that is set once more meanwhile the day begins anew. Set back,
    or set right again, it is followed at once: then all only grows younger. Whether it was wrong before it
    started cannot be told.
    """

    def __init__(self, clock: Clock, what: str = "footage") -> None:
        self._clock = clock
        self._what = what
        self._ahead_us = ahead_us(clock)  # of monotonic time, as far as that is believed
        self._doubted_s: float | None = None  # since when civil time is not believed …
        self._doubted_us = 0  # … which was so much ahead of monotonic time then

    def utc_us(self) -> int:
        """The civil time that is believed."""
        ahead, now_s = ahead_us(self._clock), self.monotonic_s()
        leap_us = ahead - self._ahead_us
        if leap_us <= LEAP_MOST_US:
            self._believe(ahead)
        elif self._doubted_s is None or abs(ahead - self._doubted_us) > LEAP_MOST_US:
            self._doubted_s, self._doubted_us = now_s, ahead
            _log.warning(
                "the clock was set forward by %s: for a day no %s grows older by that;"
                " a restart has it count at once",
                timedelta(seconds=leap_us // 1_000_000),
                self._what,
            )
        elif now_s - self._doubted_s >= BELIEVED_AFTER_S:
            self._believe(ahead)
        return round(now_s * 1_000_000) + self._ahead_us

    def monotonic_s(self) -> float:
        """The clock's monotonic time."""
        return self._clock.monotonic_s()

    def _believe(self, ahead: int) -> None:
        self._ahead_us = ahead
        self._doubted_s = None
