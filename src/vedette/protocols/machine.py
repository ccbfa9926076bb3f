"""The verbs every protocol core offers, so that one driver runs them all."""

from typing import Any, Protocol


class Machine(Protocol):
    """A protocol conversation without I/O: bytes and time in, events and bytes out.

    `receive` and `pass_time` return what happened, oldest first. `deadline_s` is a monotonic time.
    `outgoing` yields what must be written now, in order, and forgets it.
    """

    @property
    def deadline_s(self) -> float | None:
        """When `pass_time` wants to be called next, or None."""
        ...

    def receive(self, data: bytes, now_s: float) -> list[Any]:
        """Take bytes from the peer; an empty `data` says that the peer closed its side."""
        ...

    def pass_time(self, now_s: float) -> list[Any]:
        """Say what time it is; calling early is harmless."""
        ...

    def outgoing(self) -> list[bytes]:
        """Take the bytes to be written, in order."""
        ...
