"""RTSP over HTTP: two HTTP connections of a client become one stream of bytes for the RTSP driver."""

import asyncio
import logging
from collections.abc import Callable

from vedette.base.clock import Clock, until_tick
from vedette.base.errors import PeerError
from vedette.protocols.http1.request import RequestHead
from vedette.protocols.rtsp.tunnel import COOKIE_HEADER, GET_REPLY_HEAD, Base64Stream, Tunnel, TunnelTable
from vedette.server.channel import Address, Channel, Duplex, Taker

_log = logging.getLogger(__name__)

REFUSAL = b"HTTP/1.0 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
SWEEP_S = 1.0


class _Half:
    """One of the two connections, with what came before its other half was there."""

    def __init__(self, channel: Channel, cookie: str, peer: Address, *, is_get: bool) -> None:
        self.channel = channel
        self.cookie = cookie
        self.peer = peer
        self.is_get = is_get
        self.early = b""
        self.duplex: TunnelDuplex | None = None


class _WaitingTaker(Taker):
    """Keeps what a half sends too early, within bounds, and notices when it goes."""

    def __init__(self, tunnels: "Tunnels", half: _Half) -> None:
        self._tunnels = tunnels
        self._half = half

    def receive(self, data: bytes) -> None:
        half = self._half
        half.early += data
        if len(half.early) > 64 << 10:
            half.channel.abort("sent too much before its tunnel was open")

    def finish(self) -> None:
        self._half.channel.abort("the server ends")

    def lost(self, reason: str) -> None:
        self._tunnels.gone(self._half)


class TunnelDuplex:
    """A tunnel as a `Duplex`: reads base64 from the POST connection, writes raw to the GET connection."""

    def __init__(self, get: Channel, peer: Address, on_end: Callable[[], None]) -> None:
        self._get = get
        self._post: Channel | None = None
        self._decoder = Base64Stream()
        self._on_end = on_end
        self.taker: Taker = Taker()
        self.peer = peer
        self.local = get.local
        self.link = get.link
        self.secure = get.secure
        self.watchers = get.watchers
        get.hand_to(_GetTaker(self))

    @property
    def fd(self) -> int:
        """The GET connection's descriptor."""
        return self._get.fd

    @property
    def queued_bytes(self) -> int:
        """What has been written and not yet taken by the system."""
        return self._get.queued_bytes

    @property
    def is_open(self) -> bool:
        """False as soon as closing has begun."""
        return self._get.is_open

    @property
    def deadline_s(self) -> float:
        """When the taker wants to be called, monotonic."""
        return self._get.deadline_s

    @deadline_s.setter
    def deadline_s(self, deadline_s: float) -> None:
        self._get.deadline_s = deadline_s

    def read_from(self, post: Channel, early: bytes) -> None:
        """A POST connection came, the first or one that takes the last one's place."""
        before, self._post = self._post, post
        self._decoder = Base64Stream()
        post.hand_to(_PostTaker(self, post))
        if before is not None and before is not post:
            before.abort("another POST took its place")
        post.resume()
        if early:
            self.take(early)

    def take(self, data: bytes) -> None:
        """Base64 from the POST connection."""
        try:
            decoded = self._decoder.decode(data)
        except PeerError as error:
            self.abort(str(error))
            return
        if decoded:
            self.taker.receive(decoded)

    def post_ended(self, post: Channel) -> None:
        """A POST connection is at its end."""
        if post is self._post:
            self._post = None
            self.taker.way_in_lost()

    def hand_to(self, taker: Taker) -> None:
        """From here on `taker` is told what happens."""
        self.taker = taker

    def write(self, data: bytes | memoryview) -> None:
        """Send to the GET connection."""
        self._get.write(data)

    async def drain(self, below_bytes: int) -> None:
        """Wait until less than `below_bytes` are queued; raises ConnectionError when the peer is gone."""
        await self._get.drain(below_bytes)

    def pause(self) -> None:
        """Stop reading from the POST connection."""
        if self._post is not None:
            self._post.pause()

    def resume(self) -> None:
        """Read again."""
        if self._post is not None:
            self._post.resume()

    def heard(self) -> None:
        """Wait anew for a peer that takes nothing."""
        self._get.heard()

    def close(self) -> None:
        """Close both connections when everything queued is sent."""
        self._get.close()
        if self._post is not None:
            self._post.close()

    def abort(self, reason: str) -> None:
        """Close both at once."""
        self._get.abort(reason)
        if self._post is not None:
            self._post.abort(reason)

    def ended(self, reason: str) -> None:
        """The GET connection is gone, and so is the tunnel."""
        self._on_end()
        if self._post is not None:
            self._post.abort(reason)
        self.taker.lost(reason)


class _GetTaker(Taker):
    def __init__(self, duplex: TunnelDuplex) -> None:
        self._duplex = duplex

    def receive(self, data: bytes) -> None:
        return  # nothing is expected here; some clients send a line break

    def input_ended(self) -> None:
        self._duplex.taker.input_ended()

    def drained(self) -> None:
        self._duplex.taker.drained()

    def overdue(self, now_s: float) -> None:
        self._duplex.taker.overdue(now_s)

    def finish(self) -> None:
        self._duplex.taker.finish()

    def lost(self, reason: str) -> None:
        self._duplex.ended(reason)


class _PostTaker(Taker):
    """A POST that ends does not end a tunnel in use: another one may come under the same cookie."""

    def __init__(self, duplex: TunnelDuplex, channel: Channel) -> None:
        self._duplex = duplex
        self._channel = channel

    def receive(self, data: bytes) -> None:
        self._duplex.take(data)

    def input_ended(self) -> None:
        self._channel.close()

    def finish(self) -> None:
        self._channel.close()

    def lost(self, reason: str) -> None:
        self._duplex.post_ended(self._channel)


class Tunnels:
    """Pairs the halves of tunnels and hands each whole one to `converse`."""

    def __init__(self, converse: Callable[[Duplex], object], clock: Clock) -> None:
        self._converse = converse
        self._clock = clock
        self._table: TunnelTable[_Half] = TunnelTable()

    def take(self, head: RequestHead, channel: Channel, rest: bytes, peer: Address) -> None:
        """Take over one half: its head, the connection, the bytes behind the head, and who sent it."""
        half = _Half(channel, head.headers.get(COOKIE_HEADER), peer, is_get=head.method == "GET")
        half.early = rest
        channel.hand_to(_WaitingTaker(self, half))
        arrived = self._table.get_arrived if half.is_get else self._table.post_arrived
        try:
            tunnel = arrived(half.cookie, peer.host, half, self._clock.monotonic_s())
        except PeerError as error:
            _log.info("tunnel from %s refused: %s", peer.host, error)
            channel.write(REFUSAL)
            channel.close(linger=True)
            return
        if half.is_get:
            channel.write(GET_REPLY_HEAD)
        if tunnel is not None:
            self._open(tunnel)

    def gone(self, half: _Half) -> None:
        """A half went before its other half came."""
        if half.duplex is None:
            self._table.close(half.cookie, half)

    async def run(self) -> None:
        """Give up on halves that wait too long, until cancelled."""
        while True:
            await asyncio.sleep(until_tick(SWEEP_S))
            for half in self._table.pass_time(self._clock.monotonic_s()):
                half.channel.abort("the other half of its tunnel did not come")

    def _open(self, tunnel: Tunnel[_Half]) -> None:
        get, post = tunnel.get, tunnel.post
        if get.duplex is None:
            get.duplex = TunnelDuplex(get.channel, get.peer, lambda: self._table.close(tunnel.cookie, get))
            self._converse(get.duplex)
        post.duplex = get.duplex
        early, post.early = post.early, b""
        get.duplex.read_from(post.channel, early)
