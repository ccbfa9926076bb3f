"""Where bytes leave towards one peer: at once while it keeps up, through a bounded queue when it does not."""

import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable
from typing import Protocol

MOST_QUEUED_BYTES = 4 << 20  # per peer; about eight seconds of a 4 Mbit/s stream


class Outbox(Protocol):
    """What live groups, replay and the RTSP driver need of a connection's sending side.

    `fd` is a descriptor that may be written to directly while `queued_bytes` is 0, or -1 where bytes
    must pass through `write` (TLS, WebSocket).
    """

    fd: int
    queued_bytes: int  # accepted, not yet taken by the system; read per frame and viewer

    def write(self, data: bytes | memoryview) -> None:
        """Send, or queue what cannot be sent now; after the connection broke it does nothing."""
        ...

    async def drain(self, below_bytes: int) -> None:
        """Wait until less than `below_bytes` are queued; raises ConnectionError when the peer is gone."""
        ...


class SocketOutbox:
    """An outbox on a plain non-blocking socket, without a copy.

    `on_broken` is called once, on the event loop, when the peer can no longer be written to.
    """

    def __init__(
        self, sock: socket.socket, loop: asyncio.AbstractEventLoop, on_broken: Callable[[OSError], None]
    ) -> None:
        self.fd = sock.fileno()
        self._loop = loop
        self._on_broken = on_broken
        self._queue: deque[memoryview] = deque()
        self.queued_bytes = 0
        self._broken: OSError | None = None
        self._drained: list[tuple[int, asyncio.Future[None]]] = []

    def write(self, data: bytes | memoryview) -> None:
        """Send, or queue what the system does not take now."""
        if self._broken is not None:
            return
        if not self._queue:
            try:
                sent = os.write(self.fd, data)
            except BlockingIOError:
                sent = 0
            except OSError as error:
                self._break(error)
                return
            if sent == len(data):
                return
            data = memoryview(data)[sent:]
            self._loop.add_writer(self.fd, self._flush)
        self._queue.append(memoryview(data))
        self.queued_bytes += len(data)

    async def drain(self, below_bytes: int = MOST_QUEUED_BYTES) -> None:
        """Wait until less than `below_bytes` are queued; raises ConnectionError when the peer is gone."""
        if self._broken is None and self.queued_bytes >= below_bytes:
            future: asyncio.Future[None] = self._loop.create_future()
            self._drained.append((below_bytes, future))
            await future
        if self._broken is not None:
            raise ConnectionError(str(self._broken)) from self._broken

    def close(self) -> None:
        """Forget what is queued; must be called before the socket is closed."""
        if self._broken is None:
            self._broken = ConnectionAbortedError("closed")
            self._forget()

    def _flush(self) -> None:
        while self._queue:
            first = self._queue[0]
            try:
                sent = os.write(self.fd, first)
            except BlockingIOError:
                break
            except OSError as error:
                self._break(error)
                return
            self.queued_bytes -= sent
            if sent < len(first):
                self._queue[0] = first[sent:]
                break
            self._queue.popleft()
        else:
            self._loop.remove_writer(self.fd)
        self._wake()

    def _wake(self) -> None:
        if not self._drained:
            return
        still: list[tuple[int, asyncio.Future[None]]] = []
        for below_bytes, future in self._drained:
            if self._broken is not None or self.queued_bytes < below_bytes:
                if not future.done():
                    future.set_result(None)
            else:
                still.append((below_bytes, future))
        self._drained = still

    def _break(self, error: OSError) -> None:
        self._broken = error
        self._forget()
        self._loop.call_soon(self._on_broken, error)

    def _forget(self) -> None:
        if self._queue:
            self._loop.remove_writer(self.fd)
        self._queue.clear()
        self.queued_bytes = 0
        self._wake()
