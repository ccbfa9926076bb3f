"""A connected socket on the event loop: bytes in to one taker, bytes out through a queue that can be seen."""

import asyncio
import socket
import ssl
import sys
import termios
from collections import deque
from collections.abc import Callable
from fcntl import ioctl
from typing import NamedTuple, Protocol

from vedette.base.clock import Clock
from vedette.base.errors import PeerError
from vedette.server.tls import TlsSession

READ_BYTES = 64 << 10  # above glibc's mmap threshold every read would cost a mapping
WRITE_PARTS = 64  # parts of the queue that go out in one system call
LINGER_S = 2.0  # how long an answer may travel to a peer that still sends
LINGER_MOST_BYTES = 8 << 20
NEVER = float("inf")


class Address(NamedTuple):
    """One end of a connection; an IPv4 address that came in over IPv6 is shown as IPv4."""

    host: str
    port: int


class Taker:
    """What a connection's owner is told; every method has a harmless default but `receive`."""

    def receive(self, data: bytes) -> None:
        """Bytes from the peer, never empty."""
        raise NotImplementedError

    def input_ended(self) -> None:
        """The peer will send no more; it may still read."""

    def way_in_lost(self) -> None:
        """The peer, who reads and may come back, has nothing to send by: its side of a tunnel has ended."""

    def drained(self) -> None:
        """Everything that was queued has been handed to the system."""

    def overdue(self, now_s: float) -> None:
        """The connection's `deadline_s` has passed; it was set to never before this call."""

    def finish(self) -> None:
        """The server ends: say goodbye and close soon."""

    def lost(self, reason: str) -> None:
        """The connection is gone, whoever closed it; the last call."""


class Duplex(Protocol):
    """Bytes both ways, whatever carries them: a socket, TLS, a WebSocket, a tunnel.

    `deadline_s` (monotonic) may be set by the taker; `overdue` follows within about a second. `fd` is a
    descriptor that may be written to directly while nothing is queued, or -1 where bytes must pass
    through `write`: inside TLS or a WebSocket, and once the connection closes. `watchers` are called
    before `fd` becomes another's, and when something begins to be queued. `link` is the number of the
    interface where `local` is an address of a link, else 0: several interfaces may have the same, as a
    bridge has that of its first port.
    """

    peer: Address
    local: Address
    link: int
    secure: bool
    deadline_s: float
    watchers: set[Callable[[], None]]

    @property
    def fd(self) -> int:
        """What may be written to directly, or -1."""
        ...

    @property
    def queued_bytes(self) -> int:
        """What has been written and not yet taken by the system."""
        ...

    @property
    def is_open(self) -> bool:
        """False as soon as closing has begun."""
        ...

    def hand_to(self, taker: Taker) -> None:
        """From here on `taker` is told what happens; there is no deadline until it sets one."""
        ...

    def write(self, data: bytes | memoryview) -> None:
        """Send now if nothing is queued, else queue; ignored once the connection closes."""
        ...

    async def drain(self, below_bytes: int) -> None:
        """Wait until less than `below_bytes` are queued; raises ConnectionError when the peer is gone."""
        ...

    def pause(self) -> None:
        """Stop reading, so that the peer is held back."""
        ...

    def resume(self) -> None:
        """Read again."""
        ...

    def heard(self) -> None:
        """The peer takes nothing of what is queued, and shows that it is there: wait for it anew."""
        ...

    def close(self) -> None:
        """Close when everything queued is sent."""
        ...

    def abort(self, reason: str) -> None:
        """Close at once and drop what is queued."""
        ...


class _Discarding(Taker):
    def __init__(self, channel: "Channel") -> None:
        self._channel = channel
        self._left_bytes = LINGER_MOST_BYTES

    def receive(self, data: bytes) -> None:
        self._left_bytes -= len(data)
        if self._left_bytes < 0:
            self._channel.abort("sent too much after the end")

    def input_ended(self) -> None:
        self._channel.abort("closed by both sides")

    def overdue(self, now_s: float) -> None:
        self._channel.abort("did not close in time")

    def finish(self) -> None:
        self._channel.abort("the server ends")


class Channel:
    """A `Duplex` over a connected stream socket that it owns; must be made on the running event loop."""

    def __init__(
        self,
        connected: socket.socket,
        *,
        peer: Address,
        local: Address,
        link: int = 0,
        clock: Clock,
        on_lost: Callable[["Channel"], None] | None = None,
    ) -> None:
        connected.settimeout(0.0)
        self._socket = connected
        self._number = self.fd = connected.fileno()
        self._loop = asyncio.get_running_loop()
        self.now_s = clock.monotonic_s  # what its deadlines and those of its takers are told by
        self._taker: Taker = _Discarding(self)
        self._after: Taker | None = None  # who is told of the loss while a lingering close discards
        self._on_lost = on_lost
        self._tls: TlsSession | None = None
        self._queue: deque[memoryview] = deque()
        self.queued_bytes = 0
        self._progress_s = 0.0
        self._patience_s = 0.0
        self._gone_after_ms = 0  # the system's patience, while there is more
        self._untaken_bytes = 0  # by the peer, of what the system was handed, at the latest `check`
        self.lost_reason = ""
        self.has_stalled = False  # it was lost since the peer read nothing
        self._acknowledged_ms: int | None = None  # the system's own patience, while it is suspended
        self._is_reading = False
        self._has_input_ended = False
        self._is_closing = False
        self._is_lingering = False
        self._is_lost = False
        self._waiters: list[asyncio.Future[None]] = []
        self.watchers: set[Callable[[], None]] = set()
        self.peer = peer
        self.local = local
        self.link = link
        self.secure = False
        self.deadline_s = NEVER

    @property
    def is_open(self) -> bool:
        """False as soon as closing has begun."""
        return not (self._is_closing or self._is_lost)

    @property
    def client_certificate(self) -> bytes | None:
        """The verified certificate the peer showed in TLS, DER, if any."""
        return self._tls.peer_certificate if self._tls else None

    @property
    def taker(self) -> Taker:
        """Who is told what happens."""
        return self._after or self._taker

    def hand_to(self, taker: Taker) -> None:
        """From here on `taker` is told what happens; there is no deadline until it sets one."""
        self._taker = taker
        self.deadline_s = NEVER

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Everything received and written from here on is inside TLS; `feed` what was read already."""
        self._tls = TlsSession(context)
        self._hide()
        self.secure = True

    def feed(self, data: bytes) -> None:
        """Treat `data` as if it came from the socket now."""
        if self._is_lost or (self._is_closing and self._after is None):
            return  # what comes after the goodbye has been decided is nobody's
        if self._tls is not None:
            try:
                data = self._tls.receive(data)
            except PeerError as error:
                self._send(self._tls.outgoing())
                self.abort(str(error))
                return
            self._send(self._tls.outgoing())
        is_taken = False
        try:
            if data:
                self._taker.receive(data)
            if self._tls is not None and self._tls.is_ended:
                self._end_input()
            is_taken = True
        finally:
            if not is_taken:  # the loop logs the exception; the connection must not hang about
                self.abort("an error of the server")

    def detach(self) -> socket.socket:
        """Give up the socket (not closed, non-blocking); only for a plain channel with nothing queued."""
        if self._tls is not None or self._queue or self._is_lost:
            raise ValueError("only an open plain channel with nothing queued can be detached")
        self._forget("handed over")
        return self._socket

    def write(self, data: bytes | memoryview) -> None:
        """Send now if nothing is queued, else queue; ignored once the connection closes."""
        if self._is_closing or self._is_lost:
            return
        if self._tls is not None:
            self._tls.send(data)
            data = self._tls.outgoing()
        self._send(data)

    def pause(self) -> None:
        """Stop reading, so that the peer is held back."""
        if self._is_reading:
            self._is_reading = False
            self._loop.remove_reader(self._number)

    def resume(self) -> None:
        """Read again; a new channel starts with this."""
        if not (self._is_reading or self._has_input_ended or self._is_lost):
            self._is_reading = True
            self._loop.add_reader(self._number, self._readable)

    def heard(self) -> None:
        """The peer takes nothing of what is queued, and shows that it is there: wait for it anew.

        The system would end the connection by itself (TCP_USER_TIMEOUT), also of a peer that acknowledges
        each of its questions for room; `check` is who waits until the peer takes something again.
        """
        self._progress_s = self.now_s()
        if self._acknowledged_ms is None and self._queue:
            self._acknowledged_ms = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 0)

    def be_patient(self, patience_s: float) -> None:
        """Wait at least so long for the peer to take something of what is queued; 0 is as long as for others.

        The system does not end it before: of a small window it takes what a peer reads slowly for nothing.
        """
        patient, self._patience_s = self._patience_s, patience_s
        if self._is_lost or bool(patient) is bool(patience_s):
            return
        if patience_s:
            self._gone_after_ms = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        timeout_ms = 0 if patience_s else self._gone_after_ms
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, timeout_ms)

    def hand_over_little(self, most_bytes: int) -> None:
        """Have the system take no more than about `most_bytes` ahead of what the link takes.

        By itself it takes megabytes, which on a slow link are minutes that cannot be taken back.
        """
        if not self._is_lost:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, most_bytes)

    async def drain(self, below_bytes: int = 64 << 10) -> None:
        """Wait until less than `below_bytes` are queued; raises ConnectionError when the peer is gone."""
        while self.queued_bytes >= below_bytes and not self._is_lost:
            waiter = self._loop.create_future()
            self._waiters.append(waiter)
            await waiter
        if self._is_lost:
            raise ConnectionResetError(f"the connection to {self.peer.host} is gone: {self.lost_reason}")

    def close(self, *, linger: bool = False) -> None:
        """Close when everything queued is sent.

        With `linger`, what the peer still sends is read and thrown away for a moment, or the system
        would answer it with a reset that destroys our last words on their way.
        """
        if self._is_closing or self._is_lost:
            return
        if self._tls is not None:
            self._tls.close()
            self._send(self._tls.outgoing())
        self._is_closing = True
        self._hide()
        self._is_lingering = linger
        if not self._queue:
            self._flushed()

    def abort(self, reason: str) -> None:
        """Close at once and drop what is queued; the taker hears of it in the loop's next round."""
        if not self._is_lost:
            self._forget(reason)
            self._socket.close()

    def check(self, now_s: float, stall_s: float) -> None:
        """Let time pass: a deadline, or a peer that has read nothing of what is queued for `stall_s`."""
        stall_s = max(stall_s, self._patience_s)
        if self._queue and self._takes_some():
            self._progress_s = now_s
        if self._queue and now_s - self._progress_s > stall_s:
            self.has_stalled = True
            self.abort(f"read nothing for {stall_s:.0f} s")
        elif self.deadline_s <= now_s:
            self.deadline_s = NEVER
            self._taker.overdue(now_s)

    def _takes_some(self) -> bool:
        """Whether the peer has taken something since the latest look, though too little for the system to
        take more: it wants a third of its buffer free, of megabytes, which on a slow line is minutes."""
        told = ioctl(self._number, termios.TIOCOUTQ, bytes(4))
        before, self._untaken_bytes = self._untaken_bytes, int.from_bytes(told, sys.byteorder)
        return self._untaken_bytes < before

    def _readable(self) -> None:
        try:
            data = self._socket.recv(READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self.abort(error.strerror or "connection lost")
            return
        if data:
            self.feed(data)
        else:
            self._end_input()

    def _end_input(self) -> None:
        if not (self._has_input_ended or self._is_lost):
            self.pause()
            self._has_input_ended = True
            self._taker.input_ended()

    def _send(self, data: bytes | memoryview) -> None:
        if not self._queue:
            if self._is_lost:
                return
            try:
                sent = self._socket.send(data)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except OSError as error:
                self.abort(error.strerror or "connection lost")
                return
            if sent == len(data):
                return
            self._progress_s = self.now_s()
            self._loop.add_writer(self._number, self._writable)
            data = memoryview(data)[sent:]
            self._tell_watchers()
        self._queue.append(memoryview(data))
        self.queued_bytes += len(data)

    def _writable(self) -> None:
        queue = self._queue
        try:
            sent = self._socket.sendmsg([queue[i] for i in range(min(len(queue), WRITE_PARTS))])
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self.abort(error.strerror or "connection lost")
            return
        self.queued_bytes -= sent
        self._progress_s = self.now_s()
        if self._acknowledged_ms is not None:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, self._acknowledged_ms)
            self._acknowledged_ms = None
        while sent:
            first = queue[0]
            if sent < len(first):
                queue[0] = first[sent:]
                break
            sent -= len(queue.popleft())
        self._wake()
        if not queue:
            self._loop.remove_writer(self._number)
            if self._is_closing:
                self._flushed()
            else:
                self._taker.drained()

    def _flushed(self) -> None:
        if not self._is_lingering or self._has_input_ended:
            self.abort("closed")
            return
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            self.abort(error.strerror or "connection lost")
            return
        self._after = self._taker
        self._tls = None
        self.hand_to(_Discarding(self))
        self.deadline_s = self.now_s() + LINGER_S
        self.resume()

    def _forget(self, reason: str) -> None:
        self._is_lost = True
        self.lost_reason = reason
        self._hide()
        self.pause()
        if self._queue:
            self._loop.remove_writer(self._number)
            self._queue.clear()
            self.queued_bytes = 0
        self._wake()
        self._loop.call_soon(self._tell_lost, reason)

    def _hide(self) -> None:
        """From here on nothing may be written but through `write`."""
        self.fd = -1
        self._tell_watchers()

    def _tell_watchers(self) -> None:
        for watcher in tuple(self.watchers):
            watcher()

    def _tell_lost(self, reason: str) -> None:
        if self._on_lost is not None:
            self._on_lost(self)
        self.taker.lost(reason)

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
