"""WebSockets over loopback, with the websockets library's own client core on the other side."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from websockets.client import ClientProtocol
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from vedette.protocols.http1.request import Headers, RequestHead
from vedette.server.channel import Duplex, Taker
from vedette.server.websocket import MessageRoute, StreamRoute, WebSocket

RTSP = "rtsp.onvif.org"


class Peer:
    """A WebSocket client: sends what the protocol says, collects frames."""

    def __init__(self, client: Any, subprotocols: list[Any] | None) -> None:
        self.client = client
        self.protocol = ClientProtocol(parse_uri("ws://cam/ws"), subprotocols=subprotocols, max_size=None)
        self.frames: list[Frame] = []
        self.protocol.send_request(self.protocol.connect())
        self.flush()

    def flush(self) -> None:
        for data in self.protocol.data_to_send():
            if data:
                self.client.writer.write(data)

    async def read(self) -> bool:
        data = await self.client.reader.read(65536)
        if data:
            self.protocol.receive_data(data)
        else:
            self.protocol.receive_eof()
        self.frames += [event for event in self.protocol.events_received() if isinstance(event, Frame)]
        self.flush()
        return bool(data)

    async def until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            if not await self.read():
                break

    async def frame(self) -> Frame:
        await self.until(lambda: bool(self.frames))
        return self.frames.pop(0)


async def connect(site: Any, subprotocols: list[Any] | None = None) -> Peer:
    peer = Peer(await site.connect(), subprotocols)
    await peer.until(lambda: peer.protocol.state is OPEN or peer.protocol.handshake_exc is not None)
    return peer


async def echoing(socket: WebSocket) -> None:
    async for message in socket:
        if message == "end":
            return
        if isinstance(message, str):
            await socket.send_text(message.upper())
        else:
            await socket.send_bytes(message * 2)


def messages(serve: Any, route: Any = None) -> Any:
    return serve(
        websocket=lambda request: (route or MessageRoute(echoing)) if request.path == "/ws" else None
    )


def test_messages_go_both_ways_and_either_side_may_end(serve: Any) -> None:
    async def scene() -> None:
        async with messages(serve) as site:
            peer = await connect(site)
            peer.protocol.send_text(b"hello")
            peer.protocol.send_binary(b"\x01\x02")
            peer.flush()
            assert (await peer.frame()).data == b"HELLO"
            assert (await peer.frame()).data == b"\x01\x02\x01\x02"
            peer.protocol.send_text(b"end")
            peer.flush()
            await peer.until(lambda: False)
            assert peer.protocol.close_code == CloseCode.NORMAL_CLOSURE

            other = await connect(site)
            other.protocol.send_close(CloseCode.NORMAL_CLOSURE)
            other.flush()
            await other.until(lambda: False)
            assert other.protocol.close_code == CloseCode.NORMAL_CLOSURE

    asyncio.run(scene())


def test_fragments_are_joined_and_pings_answered(serve: Any) -> None:
    async def scene() -> None:
        async with messages(serve) as site:
            peer = await connect(site)
            peer.protocol.send_text(b"ab", fin=False)
            peer.protocol.send_ping(b"there?")
            peer.protocol.send_continuation(b"cd", fin=True)
            peer.flush()
            pong = await peer.frame()
            assert (pong.opcode, pong.data) == (Opcode.PONG, b"there?")
            assert (await peer.frame()).data == b"ABCD"

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"\x81\x83\x00\x00\x00\x00abc", None),
        (b"\x81\x82\x00\x00\x00\x00\xff\xfe", CloseCode.INVALID_DATA),
        (b"\x81\x03abc", CloseCode.PROTOCOL_ERROR),
        (b"\xf1\x80\x00\x00\x00\x00", CloseCode.PROTOCOL_ERROR),
        (b"\x82\xff\x00\x00\x00\x00\x7f\xff\xff\xff\x00\x00\x00\x00", CloseCode.MESSAGE_TOO_BIG),
    ],
)
def test_a_bad_frame_ends_the_conversation_with_its_code(
    serve: Any, frame: bytes, code: CloseCode | None
) -> None:
    async def scene() -> None:
        async with messages(serve) as site:
            peer = await connect(site)
            peer.client.writer.write(frame)
            if code is None:
                assert (await peer.frame()).data == b"ABC"
                return
            await peer.until(lambda: False)
            assert peer.protocol.close_code == code

    asyncio.run(scene())


def test_a_handler_that_fails_closes_with_an_error(serve: Any) -> None:
    async def fail(socket: WebSocket) -> None:
        raise RuntimeError("why")

    async def scene() -> None:
        async with messages(serve, MessageRoute(fail)) as site:
            peer = await connect(site)
            await peer.until(lambda: False)
            assert peer.protocol.close_code == CloseCode.INTERNAL_ERROR

    asyncio.run(scene())


def test_an_upgrade_elsewhere_is_an_ordinary_request(serve: Any) -> None:
    async def scene() -> None:
        async with messages(serve) as site:
            client = await site.connect()
            assert (await client.ask(upgrade(b"/other")))[0] == 200

    asyncio.run(scene())


def upgrade(path: bytes, *, version: bytes = b"13", key: bytes = b"dGhlIHNhbXBsZSBub25jZQ==") -> bytes:
    return (
        b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
        b"Sec-WebSocket-Version: %b\r\nSec-WebSocket-Key: %b\r\n\r\n"
    ) % (path, version, key)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (upgrade(b"/ws"), 101),
        (upgrade(b"/ws", version=b"8"), 426),
        (upgrade(b"/ws", key=b"short"), 400),
    ],
)
def test_the_handshake_is_checked(serve: Any, request_bytes: bytes, status: int) -> None:
    async def scene() -> None:
        async with messages(serve) as site:
            client = await site.connect()
            assert (await client.ask(request_bytes))[0] == status

    asyncio.run(scene())


class Echo(Taker):
    def __init__(self, duplex: Duplex) -> None:
        self.duplex = duplex
        self.log: list[str] = []
        duplex.hand_to(self)

    def receive(self, data: bytes) -> None:
        self.duplex.write(memoryview(data.upper()))
        if data == b"teardown":
            self.duplex.close()

    def overdue(self, now_s: float) -> None:
        self.log.append("overdue")

    def lost(self, reason: str) -> None:
        self.log.append("lost")


def streams(serve: Any, made: list[Echo]) -> Any:
    route = StreamRoute(lambda duplex: made.append(Echo(duplex)), (RTSP,))
    return serve(websocket=lambda request: route)


def test_a_stream_takes_frames_as_pieces_of_bytes_and_answers_in_binary(serve: Any) -> None:
    made: list[Echo] = []

    async def scene() -> None:
        async with streams(serve, made) as site:
            peer = await connect(site, [RTSP])
            assert peer.protocol.subprotocol == RTSP
            peer.protocol.send_binary(b"des", fin=False)
            peer.protocol.send_continuation(b"cribe", fin=True)
            peer.flush()
            frames = [await peer.frame(), await peer.frame()]
            assert [(each.opcode, each.data) for each in frames] == [
                (Opcode.BINARY, b"DES"),
                (Opcode.BINARY, b"CRIBE"),
            ]
            made[0].duplex.deadline_s = asyncio.get_running_loop().time()
            await site.until(lambda: made[0].log == ["overdue"])
            peer.protocol.send_binary(b"teardown")
            peer.flush()
            assert (await peer.frame()).data == b"TEARDOWN"
            await peer.until(lambda: False)
            assert peer.protocol.close_code == CloseCode.NORMAL_CLOSURE
            peer.client.writer.close()
            await site.until(lambda: made[0].log == ["overdue", "lost"])

    asyncio.run(scene())


def test_a_stream_refuses_text(serve: Any) -> None:
    async def scene() -> None:
        async with streams(serve, []) as site:
            peer = await connect(site, [RTSP])
            peer.protocol.send_text(b"OPTIONS")
            peer.flush()
            await peer.until(lambda: False)
            assert peer.protocol.close_code == CloseCode.UNSUPPORTED_DATA

    asyncio.run(scene())


def test_a_stream_demands_its_subprotocol(serve: Any) -> None:
    async def scene() -> None:
        async with streams(serve, []) as site:
            client = await site.connect()
            assert (await client.ask(upgrade(b"/ws")))[0] == 400

    asyncio.run(scene())


def test_the_server_says_goodbye_when_it_ends(serve: Any) -> None:
    async def scene() -> None:
        async with messages(serve) as site:
            peer = await connect(site)
            closing = asyncio.create_task(site.listener.close(grace_s=1.0))
            await peer.until(lambda: False)
            assert peer.protocol.close_code == CloseCode.GOING_AWAY
            peer.client.writer.close()
            await closing

    asyncio.run(scene())


def test_only_a_complete_upgrade_asks_for_a_websocket() -> None:
    def head(*pairs: tuple[str, str], method: str = "GET", is_http_1_0: bool = False) -> RequestHead:
        return RequestHead(method=method, target="/", headers=Headers(pairs), is_http_1_0=is_http_1_0)

    complete = (("Connection", "Upgrade"), ("Upgrade", "websocket"))
    assert head(*complete).wants_websocket
    assert not head(*complete, method="POST").wants_websocket
    assert not head(*complete, is_http_1_0=True).wants_websocket
    assert not head(("Connection", "close"), ("Upgrade", "websocket")).wants_websocket
    assert not head(("Connection", "Upgrade"), ("Upgrade", "h2c")).wants_websocket


class Held:
    """Takes every message and does nothing; `links` are those that came."""

    def __init__(self) -> None:
        self.links: list[WebSocket] = []

    async def __call__(self, link: WebSocket) -> None:
        self.links.append(link)
        async for _ in link:
            pass


def test_a_silent_peer_is_asked_and_then_dropped(serve: Any) -> None:
    async def scene() -> None:
        held = Held()
        async with messages(serve, MessageRoute(held)) as site:
            peer = await connect(site)
            await site.until(lambda: len(held.links) == 1)
            link = held.links[0]
            for _ in range(3):
                link.overdue(link._channel.now_s())
                assert (await peer.frame()).opcode is Opcode.PING  # the client's core answers by itself
                await site.until(lambda: not link._awaits_pong)
            silent = await connect(site)
            await site.until(lambda: len(held.links) == 2)
            link = held.links[1]
            link.overdue(link._channel.now_s())
            assert await silent.client.reader.readexactly(2) == b"\x89\x00"
            link.overdue(link._channel.now_s())
            assert await silent.client.rest() == b""
            assert peer.client.writer.is_closing() is False

    asyncio.run(scene())


def test_a_silent_peer_is_asked_before_proxies_think_it_idle_and_not_every_few_seconds(serve: Any) -> None:
    async def scene() -> None:
        held = Held()
        async with messages(serve, MessageRoute(held)) as site:
            await connect(site)
            await site.until(lambda: bool(held.links))
            link, channel = held.links[0], held.links[0]._channel
            for later_s in (0, 100):
                assert 15 < channel.deadline_s - channel.now_s() - later_s < 45  # nginx gives up after 60 s
                link.overdue(channel.now_s() + 100)

    asyncio.run(scene())


def test_a_reader_that_lags_holds_its_peer_back(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vedette.server.websocket.UNREAD_MOST_BYTES", 100_000)

    async def scene() -> None:
        release = asyncio.Event()
        seen = 0

        async def slow(socket: WebSocket) -> None:
            nonlocal seen
            await release.wait()
            async for message in socket:
                seen += len(message)
                if seen == 20_000_000:
                    return

        async with messages(serve, MessageRoute(slow)) as site:
            peer = await connect(site)
            for _ in range(200):
                peer.protocol.send_binary(bytes(100_000))
            peer.flush()
            for _ in range(50):
                await asyncio.sleep(0)
            assert peer.client.writer.transport.get_write_buffer_size() > 5_000_000
            release.set()
            await peer.until(lambda: False)
            assert peer.protocol.close_code == CloseCode.NORMAL_CLOSURE
            assert seen == 20_000_000

    asyncio.run(scene())
