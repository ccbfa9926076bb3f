"""HTTP as the application sees it: a request, a response, and the service that answers one with the other."""

import asyncio
import ipaddress
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from vedette.base.clock import Clock
from vedette.base.errors import CallerError, LimitExceeded, VedetteError
from vedette.protocols.http1.request import Headers, RequestHead
from vedette.server.channel import Address, Channel

if TYPE_CHECKING:
    from vedette.server.http_connection import HttpConnection

log = logging.getLogger("vedette.server.http")

_STATUS_LINES = {each.value: f"HTTP/1.1 {each.value} {each.phrase}\r\n" for each in HTTPStatus}
PARAMETERS_MOST = 256
_BODILESS = frozenset({204, 304})
PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


class TooManyParameters(LimitExceeded):
    """A query has more fields than anything here could mean."""


class BodyIncomplete(VedetteError):
    """The rest of a body that is being sent cannot be had; the message says why."""


class HttpLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What one server grants its clients; times in seconds."""

    head_most_bytes: int = 32 << 10
    fields_most: int = 128
    body_most_bytes: int = 4 << 20  # of one ordinary request
    bodies_total_bytes: int = 64 << 20  # of all requests being received at once
    handlers_most: int = 1024  # requests being answered at once, long polls included
    pipelined_most_bytes: int = 64 << 10
    head_s: float = 10.0
    idle_s: float = 60.0
    body_grace_s: float = 10.0
    body_least_bytes_per_s: int = 8 << 10  # slower than this after the grace time is an attack or hopeless
    unread_s: float = 600.0  # a download of which nothing is read, as one that was paused


class HttpRequest:
    """One request, its body complete unless the service's `upload_most_bytes` chose to stream it.

    `path` is percent-decoded and never empty, `query` is as sent. `peer`, `scheme` and `host` are what a
    trusted proxy says, else what the connection says; `host` may be empty and may carry a port.
    """

    __slots__ = (
        "_chunks",
        "_is_believed",
        "_is_gone",
        "_want_more",
        "body",
        "channel",
        "headers",
        "host",
        "local",
        "method",
        "path",
        "peer",
        "query",
        "refusal",
        "scheme",
        "target",
    )

    def __init__(self, head: RequestHead, channel: Channel, trusted: "TrustedProxies | None" = None) -> None:
        self.method = head.method
        self.target = target = head.target
        self.headers = head.headers
        self.body = b""
        self.channel = channel
        self.local = channel.local
        self.peer = channel.peer
        self.scheme = "https" if channel.secure else "http"
        self.host = head.headers.get("host")
        self._chunks: asyncio.Queue[bytes | None] | None = None
        self._want_more: Callable[[], None] | None = None
        self._is_gone: asyncio.Future[None] | None = None
        if target[:1] != "/":
            target = self._absolute_form(target)
        path, _, self.query = target.partition("?")
        self.path = unquote(path) if "%" in path else path
        self._is_believed = False
        self.refusal: HttpResponse | None = None  # what is answered in place of the handler
        if trusted is not None and trusted.includes(channel.peer.host):
            self._believe_forwarded()

    @property
    def parameters(self) -> dict[str, str]:
        """The query's fields, decoded; of a name given twice the last. Raises TooManyParameters."""
        try:
            return dict(parse_qsl(self.query, keep_blank_values=True, max_num_fields=PARAMETERS_MOST))
        except ValueError as error:
            raise TooManyParameters(f"a query of more than {PARAMETERS_MOST} fields") from error

    @property
    def is_peer_known(self) -> bool:
        """False where somebody in between, whom nobody told us to trust, passes requests on."""
        return self._is_believed or not any(each in self.headers for each in PASSED_ON)

    @property
    def client_certificate(self) -> bytes | None:
        """The verified certificate the client showed in TLS, DER, if any."""
        return self.channel.client_certificate

    @property
    def is_abandoned(self) -> bool:
        """True once the client is gone, or will send no more, while we still work on its answer."""
        return self._is_gone is not None and self._is_gone.done()

    async def abandoned(self) -> None:
        """Wait until the client is gone; for long polls that should not outlive their client."""
        if self._is_gone is None:
            self._is_gone = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._is_gone)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body of a streamed upload as it comes, while the client is held back as needed.

        Raises ConnectionResetError when the client goes before the end.
        """
        queue = self._chunks
        if queue is None:
            yield self.body
            return
        while (part := await queue.get()) is not None:
            if not part:
                raise ConnectionResetError("the upload ended early")
            if queue.empty() and self._want_more is not None:
                self._want_more()
            yield part

    def stream_from(self, queue: "asyncio.Queue[bytes | None]", want_more: Callable[[], None]) -> None:
        """The connection says where a streamed body's parts will come; None ends it, b"" breaks it off."""
        self._chunks = queue
        self._want_more = want_more

    def abandon(self) -> None:
        """The connection says that the client is gone."""
        if self._is_gone is None:
            self._is_gone = asyncio.get_running_loop().create_future()
        if not self._is_gone.done():
            self._is_gone.set_result(None)

    def _absolute_form(self, target: str) -> str:
        try:
            parts = urlsplit(target)
        except ValueError:
            return target
        if parts.scheme.lower() not in ("http", "https"):
            return target  # `*`, or nonsense that no handler will know
        self.host = parts.netloc.rpartition("@")[2]
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def _believe_forwarded(self) -> None:
        if address := _address_in(_last(self.headers, "x-forwarded-for")):
            self.peer = Address(address, 0)
            self._is_believed = True
        if (scheme := _last(self.headers, "x-forwarded-proto").lower()) in ("http", "https"):
            self.scheme = scheme
        if host := _last(self.headers, "x-forwarded-host"):
            self.host = host


class HttpResponse(msgspec.Struct, frozen=True):
    """One response. A body of bytes is sent with its length, an asynchronous iterator in chunks.

    `headers` need no Date, Server, Content-Length, Connection or Transfer-Encoding; with an iterator body
    a Content-Length may be given and must then be true. Where the iterator raises BodyIncomplete, that is
    logged, and the connection ends short of the length; so the client knows.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | AsyncIterator[bytes] = b""


class WebSocketRoute(Protocol):
    """Where a WebSocket leads; see `vedette.server.websocket` for the two kinds."""

    def open(self, head: RequestHead, channel: Channel, rest: bytes, service: "HttpService") -> None:
        """Take the connection over."""
        ...


Handler = Callable[[HttpRequest], Awaitable[HttpResponse]]
TunnelTaker = Callable[[RequestHead, Channel, bytes, Address], None]
WebSocketChooser = Callable[[HttpRequest], "WebSocketRoute | HttpResponse | None"]
UploadChooser = Callable[[HttpRequest], int]


class TrustedProxies:
    """The networks whose X-Forwarded-… headers are believed."""

    def __init__(self, networks: tuple[str, ...]) -> None:
        self._networks = tuple(ipaddress.ip_network(each) for each in networks)

    def includes(self, host: str) -> bool:
        """True when the address lies in one of the networks."""
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return False
        return any(address in network for network in self._networks)


class HttpService:
    """All that the HTTP connections of one server share: the handler, the hooks, the limits, the counts.

    - `handler` answers every ordinary request; what it raises is logged under an incident number and
      answered 500 with that number alone.
    - `tunnel` takes over either half of an RTSP tunnel: its head, the connection, the bytes that
      came behind the head, and who sent it. It must call `channel.hand_to` before it returns. Without it
      such requests are answered 404.
    - `websocket` chooses where an upgrade request leads, or how it is refused, or None for an ordinary
      answer.
    - `upload_most_bytes` says of a request whether its body is streamed to the handler, and how many
      bytes it may have; 0 for an ordinary request.
    """

    def __init__(
        self,
        handler: Handler,
        clock: Clock,
        *,
        limits: HttpLimits | None = None,
        tunnel: TunnelTaker | None = None,
        websocket: WebSocketChooser | None = None,
        upload_most_bytes: UploadChooser | None = None,
        trusted: TrustedProxies | None = None,
    ) -> None:
        self.limits = limits or HttpLimits()
        self.tunnel = tunnel
        self.websocket = websocket
        self.upload_most_bytes = upload_most_bytes
        self.trusted = trusted
        self.requests_total = 0
        self.refused_total = 0  # not understood, too large, too slow, too many
        self.handlers_now = 0
        self.bodies_bytes = 0
        self.receiving: dict[HttpConnection, int] = {}  # the bytes of its body that each connection holds
        self.is_closing = False
        self._handler = handler
        self.clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._fixed_second = -1
        self._fixed = ""

    async def respond(self, request: HttpRequest) -> HttpResponse:
        """The handler's answer, or 500 with an incident number for whatever it raises."""
        self.requests_total += 1
        try:
            response = request.refusal or await self._handler(request)
        except TooManyParameters as error:
            response = plain_response(400, str(error))
        except Exception:  # noqa: BLE001 (the request dispatcher: a defect must not end the connection)
            response = self._incident(request)
        if log.isEnabledFor(logging.DEBUG):
            log.debug("%s %s %s %s", request.peer.host, request.method, request.path, response.status)
        return response

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run `work` as a task that ends with the service."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._task_ended)

    async def close(self) -> None:
        """Cancel what still runs and wait for it."""
        self.is_closing = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def head_of(
        self,
        response: HttpResponse,
        length_bytes: int | None,
        *,
        keeps_alive: bool,
        is_http_1_0: bool = False,
    ) -> str:
        """The response's head; `length_bytes` None means chunked, -1 until the connection ends.

        To a client of HTTP/1.0 a connection that stays open is told. Source: RFC 9112 §9.3, §C.2.2.
        """
        framing = ""
        if response.status not in _BODILESS and response.status >= 200:
            if length_bytes is None:
                framing = "Transfer-Encoding: chunked\r\n"
            elif length_bytes >= 0:
                framing = f"Content-Length: {length_bytes}\r\n"
        headers = "".join([f"{name}: {value}\r\n" for name, value in response.headers])
        if headers.count("\n") != len(response.headers) or headers.count("\r") != len(response.headers):
            raise CallerError("a line break in a response header")
        status = _STATUS_LINES.get(response.status) or f"HTTP/1.1 {response.status} \r\n"
        connection = "" if keeps_alive else "Connection: close\r\n"
        if keeps_alive and is_http_1_0:
            connection = "Connection: keep-alive\r\n"
        return f"{status}{headers}{framing}{connection}{self._fixed_lines()}\r\n"

    def _fixed_lines(self) -> str:
        second = self.clock.utc_us() // 1_000_000
        if second != self._fixed_second:
            self._fixed_second = second
            self._fixed = f"Date: {formatdate(second, usegmt=True)}\r\nServer: Vedette\r\n"
        return self._fixed

    def _incident(self, request: HttpRequest) -> HttpResponse:
        incident = secrets.token_hex(4)
        log.exception("incident %s: %s %s", incident, request.method, request.path)
        return plain_response(500, f"internal error {incident}")

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task %s failed", task.get_name(), exc_info=error)


def _last(headers: Headers, name: str) -> str:
    """What our own proxy wrote: the last entry of the last field. What is before it is hearsay.

    Some proxies lengthen the field that came, others add one of their own below it.
    """
    values = headers.get_all(name) if name in headers else ()
    return values[-1].rpartition(",")[2].strip() if values else ""


def _address_in(entry: str) -> str:
    """The IP address of an entry, which may have a port behind it; empty where there is none."""
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    try:
        address = ipaddress.ip_address(entry)
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


def plain_response(status: int, text: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A response of one line of text."""
    fields = (("Content-Type", "text/plain; charset=utf-8"), *(headers or {}).items())
    return HttpResponse(status, fields, f"{text}\n".encode())


__all__ = [
    "Address",
    "BodyIncomplete",
    "Handler",
    "Headers",
    "HttpLimits",
    "HttpRequest",
    "HttpResponse",
    "HttpService",
    "TrustedProxies",
    "plain_response",
]
