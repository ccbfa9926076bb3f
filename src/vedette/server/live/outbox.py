"""Where bytes leave towards one peer: at once while it keeps up, through a bounded queue when it does not."""

from collections.abc import Callable
from typing import Protocol

MOST_QUEUED_BYTES = 4 << 20  # per peer; about eight seconds of a 4 Mbit/s stream


class Outbox(Protocol):
    """What live groups, replay and the RTSP driver need of a connection's sending side.

    `fd` is a descriptor that may be written to directly while `queued_bytes` is 0, or -1 where bytes
    must pass through `write` (TLS, WebSocket). Who keeps `fd` adds to `watchers` what is to be called when
    it must no longer be written to directly: before it is closed, and when something begins to be queued.
    """

    watchers: set[Callable[[], None]]

    @property
    def fd(self) -> int:
        """What may be written to directly, or -1."""
        ...

    @property
    def queued_bytes(self) -> int:
        """What was accepted and is not yet taken by the system; read once a frame and viewer."""
        ...

    def write(self, data: bytes | memoryview) -> None:
        """Send, or queue what cannot be sent now; after the connection broke it does nothing."""
        ...

    async def drain(self, below_bytes: int) -> None:
        """Wait until less than `below_bytes` are queued; raises ConnectionError when the peer is gone."""
        ...
