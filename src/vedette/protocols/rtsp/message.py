"""RTSP messages as values: requests, responses, header lines, methods and status codes."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from vedette.base.errors import CallerError, PeerError

VERSION = "RTSP/1.0"


class MalformedMessage(PeerError):
    """Bytes that are no RTSP message."""


class Method(StrEnum):
    """Every method of RTSP 1.0. Source: RFC 2326 §10."""

    OPTIONS = "OPTIONS"
    DESCRIBE = "DESCRIBE"
    ANNOUNCE = "ANNOUNCE"
    SETUP = "SETUP"
    PLAY = "PLAY"
    PAUSE = "PAUSE"
    TEARDOWN = "TEARDOWN"
    GET_PARAMETER = "GET_PARAMETER"
    SET_PARAMETER = "SET_PARAMETER"
    REDIRECT = "REDIRECT"
    RECORD = "RECORD"


# RFC 2326 §7.1.1; 463 is RFC 4567's.
REASONS = {
    100: "Continue",
    200: "OK",
    201: "Created",
    250: "Low on Storage Space",
    300: "Multiple Choices",
    301: "Moved Permanently",
    302: "Moved Temporarily",
    303: "See Other",
    304: "Not Modified",
    305: "Use Proxy",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    407: "Proxy Authentication Required",
    408: "Request Time-out",
    410: "Gone",
    411: "Length Required",
    412: "Precondition Failed",
    413: "Request Entity Too Large",
    414: "Request-URI Too Large",
    415: "Unsupported Media Type",
    451: "Parameter Not Understood",
    452: "Conference Not Found",
    453: "Not Enough Bandwidth",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    456: "Header Field Not Valid for Resource",
    457: "Invalid Range",
    458: "Parameter Is Read-Only",
    459: "Aggregate operation not allowed",
    460: "Only aggregate operation allowed",
    461: "Unsupported transport",
    462: "Destination unreachable",
    463: "Key management Failure",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Time-out",
    505: "RTSP Version not supported",
    551: "Option not supported",
}


class Headers:
    """Header lines in their order; names compare without case, a name may occur several times. Immutable."""

    __slots__ = ("_lines",)

    def __init__(self, lines: Iterable[tuple[str, str]] = ()) -> None:
        self._lines = tuple(lines)

    def get(self, name: str) -> str | None:
        """The first value of that name, or None."""
        wanted = name.lower()
        return next((value for key, value in self._lines if key.lower() == wanted), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of that name, in order."""
        wanted = name.lower()
        return tuple(value for key, value in self._lines if key.lower() == wanted)

    def joined(self, name: str) -> str | None:
        """Every value of that name as one comma-separated list, or None."""
        values = self.all(name)
        return ", ".join(values) if values else None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._lines == other._lines

    def __hash__(self) -> int:
        return hash(self._lines)

    def __repr__(self) -> str:
        return f"Headers({list(self._lines)!r})"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request of either side. `method` is as received: it need not be one of `Method`."""

    method: str
    url: str
    headers: Headers = msgspec.field(default_factory=Headers)
    body: bytes = b""
    version: str = VERSION

    def to_bytes(self) -> bytes:
        """The bytes on the wire; Content-Length is added. A line break in a value raises CallerError."""
        return _serialised(f"{self.method} {self.url} {self.version}", self.headers, self.body)


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """A response of either side; an empty `reason` stands for the standard's phrase."""

    status: int
    reason: str = ""
    headers: Headers = msgspec.field(default_factory=Headers)
    body: bytes = b""
    version: str = VERSION

    @property
    def is_success(self) -> bool:
        """A status of 2xx."""
        return 200 <= self.status < 300

    def to_bytes(self) -> bytes:
        """The bytes on the wire; Content-Length is added. A line break in a value raises CallerError."""
        reason = self.reason or REASONS.get(self.status, "Status")
        return _serialised(f"{self.version} {self.status} {reason}", self.headers, self.body)


Message = Request | Response


def _serialised(first_line: str, headers: Headers, body: bytes) -> bytes:
    lines = [first_line, *(f"{name}: {value}" for name, value in headers)]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    for line in lines:
        if "\r" in line or "\n" in line or "\0" in line:
            raise CallerError(f"line break in header line {line[:80]!r}")
    return "\r\n".join((*lines, "", "")).encode("utf-8", "surrogateescape") + body
