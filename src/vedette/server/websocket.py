"""WebSockets: messages for the application, or a plain byte stream for RTSP inside one."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable

from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import OPEN
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from vedette.protocols.http1.request import RequestHead
from vedette.server.channel import NEVER, Channel, Taker
from vedette.server.http import HttpRequest, HttpService

log = logging.getLogger("vedette.server.websocket")

MESSAGE_MOST_BYTES = 1 << 20
AHEAD_MOST_BYTES = 64 << 10  # queued here before senders wait
UNREAD_MOST_BYTES = 1 << 20  # received and not yet read by the application; then the peer is held back
PING_AFTER_S = 30.0
CLOSE_WITHIN_S = 5.0
_HANDSHAKE = frozenset(
    {
        "connection",
        "host",
        "origin",
        "sec-websocket-key",
        "sec-websocket-protocol",
        "sec-websocket-version",
        "upgrade",
    }
)


class _Link(Taker):
    """The WebSocket protocol on a channel; a subclass says what becomes of messages."""

    def __init__(self, head: RequestHead, channel: Channel, subprotocols: tuple[str, ...]) -> None:
        self._channel = channel
        self._protocol = ServerProtocol(
            subprotocols=[Subprotocol(each) for each in subprotocols] or None,
            max_size=MESSAGE_MOST_BYTES,
            logger=log,
        )
        self._awaits_pong = False
        self._ping_s = NEVER
        self.peer = channel.peer
        self.local = channel.local
        self.link = channel.link
        self.secure = channel.secure
        channel.hand_to(self)
        self._protocol.receive_data(_head_bytes(head))

    @property
    def subprotocol(self) -> str | None:
        """What was agreed on."""
        return self._protocol.subprotocol

    @property
    def is_open(self) -> bool:
        """True between the handshake and the beginning of the end."""
        return self._protocol.state is OPEN and self._channel.is_open

    def shake_hands(self, rest: bytes) -> bool:
        """Answer the upgrade; False when it was refused and the connection ends."""
        for event in self._protocol.events_received():
            assert isinstance(event, Request)
            self._protocol.send_response(self._response_to(event))
        if self._protocol.state is not OPEN and self._protocol.handshake_exc is not None:
            log.info("%s: no WebSocket: %s", self.peer.host, self._protocol.handshake_exc)
        self._flush()
        if self._protocol.state is not OPEN:
            self._channel.close(linger=True)
            return False
        self._heard()
        if rest:
            self.receive(rest)
        return True

    def _response_to(self, request: Request) -> Response:
        if request.headers.get_all("Sec-WebSocket-Version") == ["13"]:
            return self._protocol.accept(request)
        response = self._protocol.reject(426, "only version 13 of WebSocket is spoken here\n")
        response.headers["Sec-WebSocket-Version"] = "13"  # RFC 6455 §4.4
        return response

    def receive(self, data: bytes) -> None:
        """Bytes from the peer."""
        self._protocol.receive_data(data)
        self._heard()
        for event in self._protocol.events_received():
            if isinstance(event, Frame) and event.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
                self._take_frame(event)
        self._flush()

    def input_ended(self) -> None:
        """The peer has closed its side, with or without the protocol's goodbye."""
        self._protocol.receive_eof()
        self._flush()
        self._channel.close()

    def overdue(self, now_s: float) -> None:
        """Ask a silent peer whether it is there; end when it did not answer the last time."""
        if self._awaits_pong or not self.is_open:
            self._channel.abort("did not answer a ping")
            return
        self._protocol.send_ping(b"")
        self._awaits_pong = True
        self._flush()
        self._ping_s = now_s + PING_AFTER_S
        self._set_deadline()

    def finish(self) -> None:
        """Say goodbye because the server ends."""
        self._end(CloseCode.GOING_AWAY)

    def _take_frame(self, frame: Frame) -> None:
        raise NotImplementedError

    def _heard(self) -> None:
        if not self.is_open:
            return  # time to close is not won by talking
        self._awaits_pong = False
        self._ping_s = self._channel.now_s() + PING_AFTER_S
        self._set_deadline()

    def _set_deadline(self) -> None:
        self._channel.deadline_s = self._ping_s

    def _end(self, code: CloseCode, reason: str = "") -> None:
        if not self.is_open:
            self._channel.close()
            return
        self._protocol.send_close(code, reason)
        self._flush()
        self._awaits_pong = True
        self._channel.resume()  # the peer's goodbye must get through
        self._ping_s = self._channel.now_s() + CLOSE_WITHIN_S
        self._channel.deadline_s = self._ping_s

    def _flush(self) -> None:
        channel = self._channel
        for data in self._protocol.data_to_send():
            if data:
                channel.write(data)
            else:
                channel.close(linger=True)


class WebSocket(_Link):
    """One WebSocket for the application: iterate over its messages, send with `send_text`, `send_bytes`.

    Iteration ends when either side closes. What is received is bounded by `UNREAD_MOST_BYTES`, then the
    peer is held back; the senders wait while the peer does not read.
    """

    def __init__(self, head: RequestHead, channel: Channel, subprotocols: tuple[str, ...] = ()) -> None:
        self._messages: deque[bytes | str] = deque()
        self._unread_bytes = 0
        self._fragments: list[bytes] = []
        self._is_text = False
        self._arrival: asyncio.Future[None] | None = None
        self._has_ended = False
        self._ahead_most_bytes = AHEAD_MOST_BYTES
        super().__init__(head, channel, subprotocols)

    async def __aiter__(self) -> AsyncIterator[bytes | str]:
        while True:
            while self._messages:
                message = self._messages.popleft()
                self._unread_bytes -= len(message)
                if self._unread_bytes <= UNREAD_MOST_BYTES // 2:
                    self._channel.resume()
                yield message
            if self._has_ended:
                return
            self._arrival = asyncio.get_running_loop().create_future()
            await self._arrival

    async def send_bytes(self, data: bytes) -> None:
        """Send one binary message, none when closing; raises ConnectionError when the peer is gone."""
        if self.is_open:
            self._protocol.send_binary(data)
            self._flush()
            await self._channel.drain(self._ahead_most_bytes)

    async def send_text(self, text: str) -> None:
        """Send one text message, none when closing; raises ConnectionError when the peer is gone."""
        if self.is_open:
            self._protocol.send_text(text.encode())
            self._flush()
            await self._channel.drain(self._ahead_most_bytes)

    def send_just_in_time(self, most_bytes: int) -> None:
        """Have senders wait until the link has taken all but about twice `most_bytes`.

        Then they are held back by a slow link soon enough to leave out what has grown old meanwhile.
        """
        self._ahead_most_bytes = most_bytes
        self._channel.hand_over_little(most_bytes)

    def close(self, code: int = CloseCode.NORMAL_CLOSURE, reason: str = "") -> None:
        """Say goodbye; the connection ends when the peer has answered or after some seconds."""
        self._end(CloseCode(code), reason)

    def lost(self, reason: str) -> None:
        """The connection is gone."""
        self._has_ended = True
        self._wake()

    def _take_frame(self, frame: Frame) -> None:
        if frame.opcode is not Opcode.CONT:
            self._is_text = frame.opcode is Opcode.TEXT
        self._fragments.append(bytes(frame.data))
        if not frame.fin:
            return
        whole = b"".join(self._fragments)
        self._fragments.clear()
        message: bytes | str = whole
        if self._is_text:
            try:
                message = whole.decode()
            except UnicodeDecodeError:
                self._end(CloseCode.INVALID_DATA, "text that is not UTF-8")
                return
        self._messages.append(message)
        self._unread_bytes += len(message)
        if self._unread_bytes > UNREAD_MOST_BYTES:
            self._channel.pause()
        self._wake()

    def _wake(self) -> None:
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)


class WebSocketStream(_Link):
    """A WebSocket as a `Duplex`: binary frames are pieces of one byte stream; text ends the connection.

    Source: Streaming, RTSP over WebSocket (26.06 §7.3).
    """

    def __init__(self, head: RequestHead, channel: Channel, subprotocols: tuple[str, ...]) -> None:
        self._taker: Taker | None = None
        self.fd = -1
        self.watchers: set[Callable[[], None]] = set()  # `fd` stays what it is
        self._deadline_s = NEVER
        super().__init__(head, channel, subprotocols)

    @property
    def queued_bytes(self) -> int:
        """What has been written and not yet taken by the system."""
        return self._channel.queued_bytes

    @property
    def deadline_s(self) -> float:
        """When the taker wants to be called, monotonic."""
        return self._deadline_s

    @deadline_s.setter
    def deadline_s(self, deadline_s: float) -> None:
        self._deadline_s = deadline_s
        self._set_deadline()

    def hand_to(self, taker: Taker) -> None:
        """From here on `taker` is told what happens."""
        self._taker = taker

    def write(self, data: bytes | memoryview) -> None:
        """Send one binary frame; ignored when the connection is ending."""
        if self.is_open:
            self._protocol.send_binary(data if isinstance(data, bytes) else bytes(data))
            self._flush()

    async def drain(self, below_bytes: int) -> None:
        """Wait until less than `below_bytes` are queued; raises ConnectionError when the peer is gone."""
        await self._channel.drain(below_bytes)

    def pause(self) -> None:
        """Stop reading, so that the peer is held back."""
        self._channel.pause()

    def resume(self) -> None:
        """Read again."""
        self._channel.resume()

    def heard(self) -> None:
        """Wait anew for a peer that takes nothing."""
        self._channel.heard()

    def close(self) -> None:
        """Say goodbye, and close when everything queued is sent."""
        self._end(CloseCode.NORMAL_CLOSURE)

    def abort(self, reason: str) -> None:
        """Close at once and drop what is queued."""
        self._channel.abort(reason)

    def overdue(self, now_s: float) -> None:
        """The taker's deadline or the ping's."""
        if self._deadline_s <= now_s:
            self._deadline_s = NEVER
            if self._taker is not None:
                self._taker.overdue(now_s)
            self._set_deadline()
        if self._ping_s <= now_s:
            super().overdue(now_s)

    def drained(self) -> None:
        """Everything that was queued has been handed to the system."""
        if self._taker is not None:
            self._taker.drained()

    def input_ended(self) -> None:
        """The peer is gone; half a WebSocket is of no use."""
        if self._taker is not None:
            self._taker.input_ended()
        super().input_ended()

    def finish(self) -> None:
        """The server ends: the taker says its own goodbye first."""
        if self._taker is not None:
            self._taker.finish()
        super().finish()

    def lost(self, reason: str) -> None:
        """The connection is gone."""
        if self._taker is not None:
            self._taker.lost(reason)

    def _set_deadline(self) -> None:
        self._channel.deadline_s = min(self._ping_s, self._deadline_s)

    def _take_frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.TEXT:
            self._end(CloseCode.UNSUPPORTED_DATA, "binary messages only")
        elif frame.data and self._taker is not None and self.is_open:
            self._taker.receive(bytes(frame.data))


class MessageRoute:
    """A route to the application: `serve` runs as a task for each WebSocket, which closes when it returns."""

    def __init__(
        self, serve: Callable[[WebSocket], Awaitable[None]], subprotocols: tuple[str, ...] = ()
    ) -> None:
        self._serve = serve
        self._subprotocols = subprotocols

    def open(self, head: RequestHead, channel: Channel, rest: bytes, service: HttpService) -> None:
        """Answer the upgrade and start the task."""
        link = WebSocket(head, channel, self._subprotocols)
        if link.shake_hands(rest):
            service.start(self._run(link), "websocket")

    async def _run(self, link: WebSocket) -> None:
        code = CloseCode.INTERNAL_ERROR
        try:
            await self._serve(link)
            code = CloseCode.NORMAL_CLOSURE
        except ConnectionError as error:
            log.debug("%s: %s", link.peer.host, error)
        except asyncio.CancelledError:
            code = CloseCode.GOING_AWAY
            raise
        finally:
            link.close(code)


class StreamRoute:
    """A route for a byte stream: `taker` gets the stream and must call its `hand_to` before it returns."""

    def __init__(self, taker: Callable[[WebSocketStream], None], subprotocols: tuple[str, ...]) -> None:
        self._taker = taker
        self._subprotocols = subprotocols

    def open(self, head: RequestHead, channel: Channel, rest: bytes, service: HttpService) -> None:
        """Answer the upgrade and hand the stream over."""
        link = WebSocketStream(head, channel, self._subprotocols)
        link.peer = HttpRequest(head, channel, service.trusted).peer
        if link.shake_hands(b""):
            self._taker(link)
            if rest:
                link.receive(rest)


def _head_bytes(head: RequestHead) -> bytes:
    fields = "".join(f"{name}: {value}\r\n" for name, value in head.headers if name.lower() in _HANDSHAKE)
    return f"GET {head.target} HTTP/1.1\r\n{fields}\r\n".encode("latin-1")
