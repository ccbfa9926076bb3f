"""What every source offers to whoever runs it, and how a source waits before it tries again."""

import random
from typing import Protocol

from vedette.base.errors import VedetteError
from vedette.media.hub import Stream


class SourceUnavailable(VedetteError):
    """A source cannot work here at all; the message says what the operator has to do."""


class SourceLost(VedetteError):
    """A source stopped giving units: the file is unreadable, the encoder failed, the camera is silent."""


class Source(Protocol):
    """Produces units and publishes them into the streams it was given."""

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The streams it publishes into, best picture first."""
        ...

    async def run(self) -> None:
        """Publish until cancelled.

        Trouble with the camera is not raised: the streams are withdrawn with the problem in words for
        the operator, and after a back-off it tries again. Cancelling withdraws the streams.
        """
        ...

    def request_key_frame(self) -> None:
        """Ask for a key frame on every stream as soon as possible; a source that cannot ignores it."""
        ...


class Backoff:
    """How long to wait before the next attempt: doubling from `first_s` to `most_s`, with jitter.

    The jitter of up to a quarter keeps many sources that failed together from returning together.
    """

    def __init__(self, chance: random.Random, *, first_s: float = 0.5, most_s: float = 15.0) -> None:
        self._chance = chance
        self._first_s = first_s
        self._most_s = most_s
        self._next_s = first_s

    def succeeded(self) -> None:
        """It works again: the next failure waits `first_s`."""
        self._next_s = self._first_s

    def wait_s(self) -> float:
        """Seconds to wait after one more failure."""
        wait_s = self._next_s
        self._next_s = min(2 * wait_s, self._most_s)
        return wait_s * (1.0 + 0.25 * self._chance.random())
