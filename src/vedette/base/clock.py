"""Where time comes from: the one file below `server` that may read the system's clocks."""

import time
from typing import Protocol


class Clock(Protocol):
    """Two clocks: civil time for stamps, monotonic time for waiting."""

    def utc_us(self) -> int:
        """Microseconds since 1970-01-01 UTC, leap seconds not counted."""
        ...

    def monotonic_s(self) -> float:
        """Seconds on a clock that never jumps; only differences mean anything."""
        ...


def ahead_us(clock: Clock) -> int:
    """By how many microseconds civil time is ahead of monotonic time: it changes when civil time is set."""
    return clock.utc_us() - round(clock.monotonic_s() * 1_000_000)


def until_tick(every_s: float, now_s: float | None = None) -> float:
    """Seconds from `now_s` of the monotonic clock (None: from now) to the next multiple of `every_s`.

    What is done periodically is done then, so that the process wakes once for all of it: a wake-up costs
    more than most of what there is to do. An instant just before a multiple belongs to that one.
    """
    wait_s = every_s - (time.monotonic() if now_s is None else now_s) % every_s
    return wait_s if wait_s > every_s / 10 else wait_s + every_s


class SystemClock:
    """The clocks of this machine."""

    def utc_us(self) -> int:
        """The machine's civil time."""
        return time.time_ns() // 1000

    def monotonic_s(self) -> float:
        """The machine's monotonic time."""
        return time.monotonic()


class ManualClock:
    """A clock that moves only when told, for tests and simulations."""

    def __init__(self, utc_us: int = 1_700_000_000_000_000, monotonic_s: float = 1000.0) -> None:
        self._utc_us = utc_us
        self._monotonic_s = monotonic_s

    def utc_us(self) -> int:
        """The civil time it was left at."""
        return self._utc_us

    def monotonic_s(self) -> float:
        """The monotonic time it was left at."""
        return self._monotonic_s

    def advance(self, seconds: float) -> None:
        """Let both clocks run for `seconds`."""
        self._monotonic_s += seconds
        self._utc_us += round(seconds * 1_000_000)

    def step(self, seconds: float) -> None:
        """Set civil time forward or back, as an administrator does; monotonic time stays."""
        self._utc_us += round(seconds * 1_000_000)


class OffsetClock:
    """A clock whose civil time is moved against another's; its monotonic time is the other's."""

    def __init__(self, clock: Clock, offset_us: int = 0) -> None:
        self._clock = clock
        self.offset_us = offset_us

    def utc_us(self) -> int:
        """The moved civil time."""
        return self._clock.utc_us() + self.offset_us

    def monotonic_s(self) -> float:
        """The other clock's monotonic time."""
        return self._clock.monotonic_s()
