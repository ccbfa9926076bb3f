"""A relay in front of the HTTP port that keeps every SOAP exchange, for the check against the schemas."""

import asyncio
import contextlib
import threading
from dataclasses import dataclass, field

import h11

from interop.vedette import HOST

CHUNK_BYTES = 65536
ANSWER_MOST_BYTES = 8 << 20


@dataclass(frozen=True)
class Exchange:
    """One request through the relay and its answer."""

    target: str
    request: bytes
    status: int
    answer: bytes


@dataclass
class _Conversation:
    """Both directions of one connection, read along while they pass."""

    requests: h11.Connection = field(default_factory=lambda: h11.Connection(h11.SERVER))
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)


class SoapRecorder:
    """Relays connections on `port` to `target_port`; `exchanges` are what passed."""

    def __init__(self, target_port: int) -> None:
        self.port = 0
        self._target_port = target_port
        self._conversations: list[_Conversation] = []
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None

    @property
    def device_service(self) -> str:
        """Where ONVIF clients begin when they are to be recorded."""
        return f"http://{HOST}:{self.port}/onvif/device_service"

    def start(self) -> None:
        """Listen, in a thread."""
        server = self._loop.run_until_complete(asyncio.start_server(self._relay, HOST, 0))
        self.port = server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="relay")
        self._thread.start()

    def stop(self) -> None:
        """Take no more."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(2.0)
            self._thread = None

    def exchanges(self) -> list[Exchange]:
        """Every SOAP exchange so far that is whole."""
        return [exchange for each in list(self._conversations) for exchange in _parsed(each)]

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversation = _Conversation()
        self._conversations.append(conversation)
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, self._target_port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(
            _pump(reader, far_writer, conversation.sent), _pump(far_reader, writer, conversation.received)
        )


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kept: bytearray) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK_BYTES):
            if len(kept) < ANSWER_MOST_BYTES:
                kept += data
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


def _parsed(conversation: _Conversation) -> list[Exchange]:
    """The exchanges of one connection; what is no HTTP, or cut short, is left out."""
    server, client = h11.Connection(h11.SERVER), h11.Connection(h11.CLIENT)
    server.receive_data(bytes(conversation.sent))
    client.receive_data(bytes(conversation.received))
    found = []
    with contextlib.suppress(h11.ProtocolError):
        while True:
            request, request_body = _message(server)
            if not isinstance(request, h11.Request):
                break
            _mirror(client, request, request_body)
            answer, answer_body = _message(client)
            if not isinstance(answer, h11.Response):
                break
            target = request.target.decode("ascii", "replace")
            if target.startswith("/onvif/"):
                found.append(Exchange(target, request_body, answer.status_code, answer_body))
            _mirror_answer(server, answer)
            server.start_next_cycle()
            client.start_next_cycle()
    return found


def _message(connection: h11.Connection) -> tuple[h11.Event | None, bytes]:
    head: h11.Event | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
            return None, b""
        if isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            return head, bytes(body)
        elif not isinstance(event, h11.InformationalResponse):
            head = event


def _mirror(client: h11.Connection, request: h11.Request, body: bytes) -> None:
    """Tell the reading of the answers which request they belong to."""
    headers = [("Host", "relay"), ("Content-Length", str(len(body)))]
    client.send(h11.Request(method=request.method, target=request.target, headers=headers))
    client.send(h11.Data(data=body))
    client.send(h11.EndOfMessage())


def _mirror_answer(server: h11.Connection, answer: h11.Response) -> None:
    server.send(h11.Response(status_code=answer.status_code, headers=[("Content-Length", "0")]))
    server.send(h11.EndOfMessage())
