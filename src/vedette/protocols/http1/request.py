"""HTTP/1.1 requests cut from a byte stream, on the server's side."""

import re
from collections.abc import Iterable, Iterator

import h11
import msgspec

from vedette.base.errors import LimitExceeded, PeerError

# The ordinary head: strict enough that nobody reads it differently. All else goes to h11.
_PLAIN_HEAD = re.compile(
    rb"(GET|POST|HEAD|PUT|DELETE|OPTIONS) ([!-~]+) HTTP/1\.1\r\n"
    rb"((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)+)\r\n"
)
_HEAD_END = re.compile(rb"\n\r?\n")
_LENGTH = re.compile(r"[0-9]{1,15}")


class BadRequest(PeerError):
    """The request cannot be understood; `status` says so in HTTP: 400, or 505 for a version."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class RequestTooLarge(LimitExceeded):
    """The request is longer than a limit allows; `status` says which part: 413 body, 431 head."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Headers:
    """Header fields in order, found by name without regard to case. Source: RFC 9110 §5."""

    __slots__ = ("_first", "_pairs")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs = list(pairs)
        first: dict[str, str] = {}
        for name, value in self._pairs:
            first.setdefault(name.lower(), value)
        self._first = first

    def get(self, name: str, default: str = "") -> str:
        """The first field's value of that name; `name` must be in lower case."""
        return self._first.get(name, default)

    def get_all(self, name: str) -> list[str]:
        """The value of every field of that name, in order."""
        return [value for each, value in self._pairs if each.lower() == name]

    def tokens(self, name: str) -> set[str]:
        """The comma-separated words of all fields of that name, in lower case."""
        if name not in self._first:
            return set()
        return {word.strip().lower() for value in self.get_all(name) for word in value.split(",")} - {""}

    def __contains__(self, name: str) -> bool:
        return name in self._first

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __repr__(self) -> str:
        return f"Headers({self._pairs!r})"


class RequestHead(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of a request before its body.

    `length_bytes` is None for a chunked body. `is_raw_tunnel` marks one half of an RTSP tunnel, whose
    bytes follow no HTTP rule after the head.
    """

    method: str
    target: str
    headers: Headers
    length_bytes: int | None = 0
    keeps_alive: bool = True
    is_http_1_0: bool = False

    @property
    def is_raw_tunnel(self) -> bool:
        """True for either half of RTSP over HTTP. Source: Streaming, RTSP over HTTP (26.06 §5.1.1.5)."""
        get = self.headers.get
        if self.method == "GET":
            return "x-sessioncookie" in self.headers and "application/x-rtsp-tunnelled" in (
                get("accept") + "," + get("content-type")
            )
        return self.method == "POST" and get("content-type").startswith("application/x-rtsp-tunnelled")

    @property
    def wants_websocket(self) -> bool:
        """True when the client asks to go on as WebSocket, by GET of HTTP/1.1. Source: RFC 6455 §4.2.1."""
        return (
            "upgrade" in self.headers
            and self.method == "GET"
            and not self.is_http_1_0
            and "websocket" in self.headers.tokens("upgrade")
            and "upgrade" in self.headers.tokens("connection")
        )

    @property
    def expectation(self) -> str:
        """What the client expects before it sends the body, in lower case; empty for nothing.

        HTTP/1.0 knows no expectations, nor 100. Source: RFC 9110 §10.1.1, §15.2.
        """
        return "" if self.is_http_1_0 else self.headers.get("expect").lower()


class RequestReader:
    """One connection's requests: feed bytes with `receive`, then take heads and bodies in turn.

    A head is refused with RequestTooLarge beyond `head_most_bytes` or 128 fields. Bodies are handed out as
    they come; how much is too much is for the caller to say.
    """

    def __init__(self, *, head_most_bytes: int = 32 << 10, fields_most: int = 128) -> None:
        self._head_most_bytes = head_most_bytes
        self._fields_most = fields_most
        self._buffer = b""
        self._searched = 0
        self._left_bytes = 0
        self._chunked: h11.Connection | None = None

    @property
    def buffered_bytes(self) -> int:
        """Bytes received and not yet taken."""
        return len(self._buffer)

    @property
    def is_body_done(self) -> bool:
        """True when the next thing to read is a head."""
        return self._left_bytes == 0 and self._chunked is None

    def receive(self, data: bytes) -> None:
        """Add bytes from the peer."""
        self._buffer = self._buffer + data if self._buffer else data

    def take_rest(self) -> bytes:
        """Everything not yet taken, when the connection goes on as another protocol; only after a head."""
        rest, self._buffer = self._buffer, b""
        self._left_bytes, self._chunked = 0, None
        return rest

    def next_head(self) -> RequestHead | None:
        """The next request's head, or None while it is incomplete; the body before it must be done.

        Raises BadRequest or RequestTooLarge.
        """
        buffer = self._buffer
        if buffer[:1] in (b"\r", b"\n"):  # RFC 9112 §2.2 allows empty lines before the request line
            buffer = self._buffer = buffer.lstrip(b"\r\n")
            self._searched = 0
        end = _HEAD_END.search(buffer, max(0, self._searched - 2))
        if end is None:
            self._searched = len(buffer)
            if len(buffer) > self._head_most_bytes:
                raise RequestTooLarge(f"a head of more than {self._head_most_bytes} bytes", 431)
            return None
        raw = buffer[: end.end()]
        if len(raw) > self._head_most_bytes:
            raise RequestTooLarge(f"a head of {len(raw)} bytes", 431)
        self._buffer = buffer[end.end() :]
        self._searched = 0
        head = plain_head(raw, self._fields_most) or tunnel_head(raw) or self._odd_head(raw)
        self._left_bytes = head.length_bytes or 0
        return head

    def read_body(self) -> bytes:
        """What is there of the body of the head last taken; raises BadRequest for bad chunks."""
        if self._chunked is not None:
            return self._read_chunked()
        data = self._buffer
        if len(data) > self._left_bytes:
            data, self._buffer = data[: self._left_bytes], data[self._left_bytes :]
        else:
            self._buffer = b""
        self._left_bytes -= len(data)
        return data

    def _odd_head(self, raw: bytes) -> RequestHead:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=self._head_most_bytes)
        connection.receive_data(raw)
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError as error:
            raise BadRequest(str(error)) from None
        if not isinstance(event, h11.Request):
            raise BadRequest("not an HTTP request")
        if event.http_version not in (b"1.0", b"1.1"):
            raise BadRequest(f"HTTP/{event.http_version.decode('ascii')} is not spoken here", 505)
        headers = Headers((name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers)
        if len(headers) > self._fields_most:
            raise RequestTooLarge(f"{len(headers)} header fields", 431)
        is_1_0 = event.http_version < b"1.1"
        wishes = headers.tokens("connection")
        length: int | None = 0
        if "transfer-encoding" in headers:
            if "content-length" in headers or is_1_0:
                raise BadRequest("Transfer-Encoding with Content-Length or in HTTP/1.0")
            self._chunked, length = connection, None
        elif "content-length" in headers:
            length = int(headers.get("content-length"))
        return RequestHead(
            method=event.method.decode("ascii"),
            target=event.target.decode("ascii"),
            headers=headers,
            length_bytes=length,
            keeps_alive="close" not in wishes and (not is_1_0 or "keep-alive" in wishes),
            is_http_1_0=is_1_0,
        )

    def _read_chunked(self) -> bytes:
        connection = self._chunked
        assert connection is not None
        if self._buffer:
            connection.receive_data(self._buffer)
            self._buffer = b""
        parts = []
        try:
            while (event := connection.next_event()) is not h11.NEED_DATA:
                if isinstance(event, h11.Data):
                    parts.append(bytes(event.data))
                elif isinstance(event, h11.EndOfMessage):
                    self._chunked = None
                    self._buffer = connection.trailing_data[0]
                    break
        except h11.RemoteProtocolError as error:
            raise BadRequest(str(error)) from None
        return b"".join(parts)


def tunnel_head(raw: bytes) -> RequestHead | None:
    """The head of either half of an RTSP tunnel, read as leniently as its old clients write it, or None.

    They leave out Host, end lines as they like, and announce lengths that mean nothing.
    """
    if b"x-rtsp-tunnelled" not in raw:
        return None
    first, *lines = raw.decode("latin-1").split("\n")
    words = first.split()
    if len(words) != 3:
        return None
    pairs = (line.partition(":") for line in lines)
    headers = Headers((name.strip(), value.strip()) for name, colon, value in pairs if colon)
    head = RequestHead(method=words[0], target=words[1], headers=headers)
    return head if head.is_raw_tunnel and "transfer-encoding" not in headers else None


def plain_head(raw: bytes, fields_most: int = 128) -> RequestHead | None:
    """The head of an ordinary request, or None where there is anything to think about.

    `raw` ends with the empty line. What this accepts, h11 accepts with the same meaning; a test holds
    the two against each other.
    """
    match = _PLAIN_HEAD.fullmatch(raw)
    if match is None:
        return None
    pairs = []
    for line in match[3].decode("latin-1").split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        pairs.append((name, value.strip(" \t")))
    headers = Headers(pairs)
    names = headers._first
    if len(pairs) > fields_most or "host" not in names or "transfer-encoding" in names:
        return None
    if len(names) != len(pairs) and (
        len(headers.get_all("host")) > 1 or len(headers.get_all("content-length")) > 1
    ):
        return None
    length = 0
    if (text := names.get("content-length")) is not None:
        if _LENGTH.fullmatch(text) is None:
            return None
        length = int(text)
    return RequestHead(
        method=match[1].decode("ascii"),
        target=match[2].decode("ascii"),
        headers=headers,
        length_bytes=length,
        keeps_alive="connection" not in names or "close" not in headers.tokens("connection"),
    )
