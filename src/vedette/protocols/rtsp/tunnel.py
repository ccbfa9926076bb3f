"""RTSP over HTTP: pairing the two connections, base64 that arrives in pieces.

What the server sends runs raw on the GET connection; what the client sends runs as base64 in the body of
an endless POST, which is never answered. Source: Streaming (26.06 §5.1.1.5), which names Apple's
"Tunneling RTSP and RTP over HTTP".
"""

import binascii
import re
from typing import Generic, NamedTuple, TypeVar

from vedette.base.errors import LimitExceeded, PeerError

COOKIE_HEADER = "x-sessioncookie"
PATIENCE_S = 10.0
HALF_OPEN_MOST = 256
HALF_OPEN_PER_PEER_MOST = 16
GET_REPLY_HEAD = (
    b"HTTP/1.0 200 OK\r\n"
    b"Server: Vedette\r\n"
    b"Connection: close\r\n"
    b"Cache-Control: no-store\r\n"
    b"Pragma: no-cache\r\n"
    b"Content-Type: application/x-rtsp-tunnelled\r\n"
    b"\r\n"
)  # no length: everything that follows is RTSP and media

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_BLANKS = b" \t\r\n"
_COOKIE = re.compile(r"[!-~]{1,256}")

T = TypeVar("T")


class MalformedTunnel(PeerError):
    """The peer does not keep to the tunnel's rules."""


class Tunnel(NamedTuple, Generic[T]):
    """Both halves: read base64 from `post`, write raw to `get`."""

    cookie: str
    get: T
    post: T


class _Half(NamedTuple, Generic[T]):
    """The one connection of a cookie that came, and waits for the other."""

    connection: T
    peer: str
    deadline_s: float
    is_get: bool


class TunnelTable(Generic[T]):
    """Pairs GET and POST connections by their cookie; `T` is whatever the driver has for a connection.

    A cookie of which only one half came is given up after `PATIENCE_S`, and the table holds only so many
    of them, in all and per peer. A client may send another POST under the cookie of an open tunnel: it
    takes the place of the old one. The driver says when a connection ends (`close`).
    """

    def __init__(
        self,
        *,
        patience_s: float = PATIENCE_S,
        most: int = HALF_OPEN_MOST,
        most_per_peer: int = HALF_OPEN_PER_PEER_MOST,
    ) -> None:
        self._patience_s = patience_s
        self._most = most
        self._most_per_peer = most_per_peer
        self._waiting: dict[str, _Half[T]] = {}
        self._open: dict[str, T] = {}  # the GET side of open tunnels

    @property
    def deadline_s(self) -> float | None:
        """When `pass_time` wants to be called next."""
        return min((half.deadline_s for half in self._waiting.values()), default=None)

    def get_arrived(self, cookie: str, peer: str, get: T, now_s: float) -> Tunnel[T] | None:
        """A GET: the tunnel if its POST was there first, else None and the wait begins.

        Raises MalformedTunnel for a bad cookie or one that is in use, LimitExceeded when too many wait.
        """
        if cookie in self._open:
            raise MalformedTunnel("the tunnel's cookie is in use")
        return self._arrived(cookie, _Half(get, peer, now_s + self._patience_s, is_get=True))

    def post_arrived(self, cookie: str, peer: str, post: T, now_s: float) -> Tunnel[T] | None:
        """A POST: the tunnel if its GET is there, open already or waiting, else None and the wait begins.

        Raises MalformedTunnel for a bad cookie or a second waiting POST, LimitExceeded when too many wait.
        """
        if cookie in self._open:
            return Tunnel(cookie, self._open[cookie], post)
        return self._arrived(cookie, _Half(post, peer, now_s + self._patience_s, is_get=False))

    def close(self, cookie: str, connection: T) -> None:
        """The tunnel of that GET has ended, or the half that waited is gone.

        Ignored of one that is neither, such as a half that was refused because its cookie is another's.
        """
        if self._open.get(cookie) is connection:
            del self._open[cookie]
        waiting = self._waiting.get(cookie)
        if waiting is not None and waiting.connection is connection:
            del self._waiting[cookie]

    def pass_time(self, now_s: float) -> list[T]:
        """Give up on the halves that waited too long; returns their connections, to be closed."""
        due = [cookie for cookie, half in self._waiting.items() if now_s >= half.deadline_s]
        return [self._waiting.pop(cookie).connection for cookie in due]

    def _arrived(self, cookie: str, half: _Half[T]) -> Tunnel[T] | None:
        if not _COOKIE.fullmatch(cookie):
            raise MalformedTunnel(f"a tunnel cookie of {len(cookie)} characters")
        other = self._waiting.get(cookie)
        if other is None:
            self._check_room(half.peer)
            self._waiting[cookie] = half
            return None
        if other.is_get is half.is_get:
            raise MalformedTunnel("the tunnel's cookie is in use")
        del self._waiting[cookie]
        get, post = (half, other) if half.is_get else (other, half)
        self._open[cookie] = get.connection
        return Tunnel(cookie, get.connection, post.connection)

    def _check_room(self, peer: str) -> None:
        if len(self._waiting) >= self._most:
            raise LimitExceeded(f"more than {self._most} half-open tunnels")
        if sum(half.peer == peer for half in self._waiting.values()) >= self._most_per_peer:
            raise LimitExceeded(f"more than {self._most_per_peer} half-open tunnels from {peer}")


class Base64Stream:
    """Decodes base64 cut anywhere and padded anywhere, since clients encode each message by itself."""

    def __init__(self) -> None:
        self._carried = b""  # at most three characters of an unfinished group

    def decode(self, data: bytes) -> bytes:
        """The bytes that `data` completes; blanks and line ends are skipped.

        Raises MalformedTunnel for anything else that is not base64.
        """
        text = self._carried + data.translate(None, _BLANKS)
        if text.translate(None, _ALPHABET):
            raise MalformedTunnel("a tunnel's body that is not base64")
        *padded, rest = text.split(b"=")
        decoded = [_padded_group(group) for group in padded]
        whole = len(rest) & ~3
        self._carried = rest[whole:]
        decoded.append(binascii.a2b_base64(rest[:whole]))
        return b"".join(decoded)


def _padded_group(group: bytes) -> bytes:
    # An empty group is a second "=" of the padding before it.
    if len(group) % 4 == 1:
        raise MalformedTunnel("base64 padded after one character")
    return binascii.a2b_base64(group + b"=" * (-len(group) % 4))
