"""The one-port listener: looks at a connection's first bytes and gives it to TLS, RTSP or HTTP."""

import asyncio
import errno
import ipaddress
import logging
import os
import re
import socket
import ssl
import sys
from collections import Counter
from collections.abc import Callable

import msgspec

from vedette.base.clock import until_tick
from vedette.base.errors import VedetteError
from vedette.device.network_protocols import Spoken
from vedette.server.channel import Address, Channel, Taker
from vedette.server.http import HttpService
from vedette.server.http_connection import HttpConnection
from vedette.server.tls import NO_TLS_HERE

log = logging.getLogger("vedette.server.listener")

BACKLOG = 1024
ACCEPTS_AT_ONCE = 64
OUT_OF_FILES_PAUSE_S = 1.0
SWEEP_S = 1.0
FIRST_LINE_MOST_BYTES = 8 << 10
FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_RTSP_LINE = re.compile(rb"\A(?:[A-Za-z_]+ rtspu?s?://|[^\r\n]* RTSP/\d)", re.IGNORECASE)
_SHORTAGES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

RtspTaker = Callable[[Channel, bytes], None]


GONE_AFTER_S = 60  # what a peer's system has not acknowledged for so long, or asked, does not answer


class CannotListen(VedetteError):
    """An address cannot be listened on; the message says which and why."""


class ListenerLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How many connections are held, and how long a silent one; times in seconds.

    Descriptors from `files_most` on are left to others, whatever took those below: viewers over UDP do, too.
    """

    connections_most: int = 4096
    files_most: int = sys.maxsize
    per_address_most: int = 512  # of one IPv4 address or one IPv6 /64 that is no trusted proxy's
    first_line_s: float = 10.0
    stall_s: float = 60.0  # a peer that takes nothing of what is queued


class Listener:
    """Listens on any number of addresses and serves HTTP, RTSP and, given a context, TLS on each.

    `rtsp` gets every connection that opens with an RTSP request line, with the bytes read so far (the
    request line included); it owns the channel and must call `channel.hand_to` before it returns. Without
    it such connections are refused in RTSP's own words.
    """

    def __init__(
        self,
        http: HttpService,
        *,
        rtsp: RtspTaker | None = None,
        tls: ssl.SSLContext | None = None,
        limits: ListenerLimits | None = None,
        sweep_s: float = SWEEP_S,
    ) -> None:
        self.http = http
        self.rtsp = rtsp
        self.tls = tls
        self.admits: Callable[[str], bool] = lambda host: True
        self.spoken = frozenset(Spoken)
        self.limits = limits or ListenerLimits()
        self.refused_total = 0
        self._refused_told = 0
        self._sweep_s = sweep_s
        self._loop = asyncio.get_running_loop()
        self._sockets: list[socket.socket] = []
        self._channels: set[Channel] = set()
        self._by_address: Counter[str] = Counter()
        self._sweeper: asyncio.TimerHandle | None = None
        self._empty = asyncio.Event()

    @property
    def connections_now(self) -> int:
        """How many connections are open."""
        return len(self._channels)

    def listen(self, host: str, port: int) -> Address:
        """Listen on one address and return it with the port the system chose for 0.

        An empty `host`, as `::`, means every address, IPv4 and IPv6. Raises CannotListen.
        """
        return self.serve(self.bound(host, port))

    def bound(self, host: str, port: int) -> socket.socket:
        """A socket that holds an address for `serve`; who connects waits. Raises CannotListen."""
        try:
            listening = self._bound(host, port)
        except OSError as error:
            # create_server adds the address to the system's words; names without one have numbers below zero
            number = error.errno or 0
            said = os.strerror(number) if number > 0 else error.strerror or error
            raise CannotListen(f"cannot listen on {host or '*'}:{port}: {said}") from error
        listening.settimeout(0.0)
        return listening

    def serve(self, listening: socket.socket) -> Address:
        """Accept what connects to a bound socket, and return its address."""
        self._sockets.append(listening)
        self._loop.add_reader(listening.fileno(), self._accept, listening)
        if self._sweeper is None:
            self._sweep_later()
        return address_of(listening.getsockname())

    @property
    def ports(self) -> frozenset[int]:
        """The ports that are listened on."""
        return frozenset(each.getsockname()[1] for each in self._sockets)

    def leave(self, ports: frozenset[int]) -> None:
        """Accept no more on these ports; connections that came there stay."""
        for listening in [each for each in self._sockets if each.getsockname()[1] in ports]:
            self._sockets.remove(listening)
            self._loop.remove_reader(listening.fileno())
            listening.close()

    def drop_refused(self) -> None:
        """End the connections of peers that are admitted no longer."""
        for channel in tuple(self._channels):
            if not self.admits(channel.peer.host):
                channel.abort("its address is refused")

    async def close(self, grace_s: float = 2.0) -> None:
        """Accept no more, let every connection finish within `grace_s`, then close what is left."""
        for listening in self._sockets:
            self._loop.remove_reader(listening.fileno())
            listening.close()
        self._sockets.clear()
        if self._channels:
            for channel in tuple(self._channels):
                channel.taker.finish()
            try:
                async with asyncio.timeout(grace_s):
                    await self._empty.wait()
            except TimeoutError:
                log.info("%d connections did not end in time", len(self._channels))
        for channel in tuple(self._channels):
            channel.abort("the server ends")
        await self.http.close()
        await asyncio.sleep(0)  # lets the takers hear of it
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None

    def sniff(self, channel: Channel) -> None:
        """Look at the first bytes of a channel's conversation, which may itself be inside TLS."""
        channel.hand_to(_Sniffer(self, channel))
        channel.deadline_s = channel.now_s() + self.limits.first_line_s

    def _bound(self, host: str, port: int) -> socket.socket:
        if host in ("", "::"):
            return socket.create_server(
                ("", port),
                family=socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET,
                dualstack_ipv6=socket.has_dualstack_ipv6(),
                backlog=BACKLOG,
            )
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address, family=family, backlog=BACKLOG)

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(ACCEPTS_AT_ONCE):
            try:
                connected, peer = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in _SHORTAGES:
                    raise
                log.error("cannot accept connections: %s", error.strerror)
                self._loop.remove_reader(listening.fileno())
                self._loop.call_later(OUT_OF_FILES_PAUSE_S, self._accept_again, listening)
                return
            self._admit(connected, address_of(peer))

    def _accept_again(self, listening: socket.socket) -> None:
        if listening in self._sockets:
            self._loop.add_reader(listening.fileno(), self._accept, listening)

    def _admit(self, connected: socket.socket, peer: Address) -> None:
        if not self.admits(peer.host):
            log.debug("%s: its address is refused", peer.host)
            connected.close()
            return
        key = counted_as(peer.host)
        limits = self.limits
        # the system gives the lowest number that is free
        is_full = len(self._channels) >= limits.connections_most or connected.fileno() >= limits.files_most
        if is_full or (self._by_address[key] >= limits.per_address_most and not self._is_proxy(peer)):
            self.refused_total += 1
            reason = "too many connections" if is_full else "too many of its own"
            log.debug("%s: refused, %s", peer.host, reason)
            connected.settimeout(0.0)
            try:
                connected.send(FULL)
            except OSError as error:
                log.debug("%s: %s", peer.host, error)
            connected.close()
            return
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _detect_death(connected)
        channel = Channel(
            connected,
            peer=peer,
            local=address_of(connected.getsockname()),
            link=link_of(connected.getsockname()),
            clock=self.http.clock,
            on_lost=self._channel_lost,
        )
        self._channels.add(channel)
        self._by_address[key] += 1
        self._empty.clear()
        self.sniff(channel)
        channel.resume()

    def _is_proxy(self, peer: Address) -> bool:
        """Whether many come from that address because it is a proxy's, which the operator trusts."""
        trusted = self.http.trusted
        return trusted is not None and trusted.includes(peer.host)

    def _channel_lost(self, channel: Channel) -> None:
        self._channels.discard(channel)
        key = counted_as(channel.peer.host)
        self._by_address[key] -= 1
        if self._by_address[key] <= 0:
            del self._by_address[key]
        if not self._channels:
            self._empty.set()

    def _sweep_later(self) -> None:
        self._sweeper = self._loop.call_later(until_tick(self._sweep_s), self._sweep)

    def _sweep(self) -> None:
        now_s = self.http.clock.monotonic_s()
        self._sweep_later()
        if self.refused_total != self._refused_told:
            log.warning(
                "%d connections refused, %d are open",
                self.refused_total - self._refused_told,
                self.connections_now,
            )
            self._refused_told = self.refused_total
        stall_s = self.limits.stall_s
        for channel in tuple(self._channels):
            channel.check(now_s, stall_s)


class _Sniffer(Taker):
    def __init__(self, listener: Listener, channel: Channel) -> None:
        self._listener = listener
        self._channel = channel
        self._seen = b""

    def receive(self, data: bytes) -> None:
        channel = self._channel
        seen = self._seen = self._seen + data
        if seen[0] == 0x16 and not channel.secure:
            self._to_tls(seen)
            return
        line, end, _ = seen.lstrip(b"\r\n").partition(b"\n")
        if not end and len(line) < FIRST_LINE_MOST_BYTES:
            return
        if _RTSP_LINE.match(line):
            self._to_rtsp(seen)
        elif not self._speaks(Spoken.HTTPS if channel.secure else Spoken.HTTP):
            channel.abort("speaks a protocol that is off")
        else:
            HttpConnection(self._listener.http, channel)
            channel.taker.receive(seen)

    def input_ended(self) -> None:
        self._channel.abort("closed without a request")

    def overdue(self, now_s: float) -> None:
        self._channel.abort("sent no request in time")

    def finish(self) -> None:
        self._channel.abort("the server ends")

    def _speaks(self, what: Spoken) -> bool:
        return what in self._listener.spoken

    def _to_tls(self, seen: bytes) -> None:
        listener, channel = self._listener, self._channel
        if not self._speaks(Spoken.HTTPS):
            channel.abort("speaks a protocol that is off")
            return
        if listener.tls is None:
            log.info("%s asked for TLS, which is not configured", channel.peer.host)
            channel.write(NO_TLS_HERE)
            channel.close(linger=True)
            return
        channel.start_tls(listener.tls)
        listener.sniff(channel)
        channel.feed(seen)

    def _to_rtsp(self, seen: bytes) -> None:
        listener, channel = self._listener, self._channel
        if not self._speaks(Spoken.RTSP):
            channel.abort("speaks a protocol that is off")
            return
        if listener.rtsp is None:
            channel.write(b"RTSP/1.0 501 Not Implemented\r\n\r\n")
            channel.close(linger=True)
            return
        listener.rtsp(channel, seen)


def address_of(name: tuple[str, int] | tuple[str, int, int, int]) -> Address:
    """A socket's name as an address; IPv4 inside IPv6 becomes plain IPv4."""
    host = name[0]
    if host.startswith("::ffff:") and "." in host:
        host = host[7:]
    return Address(host, name[1])


def link_of(name: tuple[str, int] | tuple[str, int, int, int]) -> int:
    """The number of the interface where a socket's name is an address of a link, else 0."""
    return name[3] if len(name) == 4 else 0


def counted_as(host: str) -> str:
    """What a peer is counted under: an IPv4 address, or the /64 an IPv6 user can move in at will."""
    if ":" not in host:
        return host
    network = ipaddress.ip_network((host.partition("%")[0], 64), strict=False)
    return str(network)


def _detect_death(connected: socket.socket) -> None:
    """Have the system notice a peer that vanished without a word, such as one that lost its power."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, GONE_AFTER_S)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, GONE_AFTER_S // 4)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_AFTER_S * 1000)
