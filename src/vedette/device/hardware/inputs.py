"""The port that digital inputs are read through, and its simulated twin."""

from collections.abc import Callable
from typing import Protocol

from vedette.base.errors import VedetteError


class NotSimulated(VedetteError):
    """The input shows a real circuit: its state cannot be chosen."""


class InputDriver(Protocol):
    """One circuit that is closed or open."""

    @property
    def is_closed(self) -> bool:
        """Its state when it was last looked at."""
        ...

    def start(self, changed: Callable[[], None]) -> None:
        """Call `changed` on the running event loop whenever `is_closed` has changed, until `close`."""
        ...

    def close(self) -> None:
        """Watch no longer and give back what the driver holds."""
        ...


class VirtualInput:
    """A circuit that exists in this program alone and is closed and opened by `put`."""

    def __init__(self) -> None:
        self._is_closed = False
        self._changed: Callable[[], None] | None = None

    @property
    def is_closed(self) -> bool:
        """What it was last put to."""
        return self._is_closed

    def start(self, changed: Callable[[], None]) -> None:
        """Call `changed` after each change."""
        self._changed = changed

    def put(self, *, is_closed: bool) -> None:
        """Close or open the circuit."""
        if is_closed == self._is_closed:
            return
        self._is_closed = is_closed
        if self._changed is not None:
            self._changed()

    def close(self) -> None:
        """Tell of no more changes."""
        self._changed = None
