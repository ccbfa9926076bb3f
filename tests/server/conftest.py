"""A listener on a loopback port, and a client that speaks raw bytes to it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from vedette.base.clock import ManualClock
from vedette.server.channel import Address
from vedette.server.http import HttpRequest, HttpResponse, HttpService
from vedette.server.listener import Listener


class Client:
    """One raw connection to the listener under test."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self, data: bytes) -> tuple[int, dict[str, str], bytes]:
        """Send bytes and read one response with its length given."""
        self.writer.write(data)
        return await self.response()

    async def response(self) -> tuple[int, dict[str, str], bytes]:
        """Read one response with its length given."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return int(status.split()[1]), headers, body

    async def rest(self) -> bytes:
        """Everything up to the end of the connection."""
        return await self.reader.read()


class Site:
    """What a test talks to."""

    def __init__(self, listener: Listener, address: Address) -> None:
        self.listener = listener
        self.address = address
        self._clients: list[Client] = []

    async def connect(self, **kwargs: Any) -> Client:
        """A new connection."""
        client = Client(*await asyncio.open_connection(*self.address, **kwargs))
        self._clients.append(client)
        return client

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Let the loop run until `is_so`; the scene's own time limit ends a vain wait."""
        while not is_so():  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0)

    async def close(self) -> None:
        """End every connection and the listener."""
        for client in self._clients:
            client.writer.close()
        await self.listener.close(grace_s=0.5)


async def echo(request: HttpRequest) -> HttpResponse:
    """Say what was asked."""
    where = f"{request.scheme} {request.host} {request.peer.host}"
    text = f"{request.method} {request.path} {request.query} {where} "
    return HttpResponse(200, (("Content-Type", "text/plain"),), text.encode() + request.body)


Serve = Callable[..., AbstractAsyncContextManager[Site]]


class StandingClock(ManualClock):
    """Civil time stands still, deadlines pass as ever."""

    def monotonic_s(self) -> float:
        """The machine's."""
        return time.monotonic()


@pytest.fixture
def serve() -> Serve:
    """`async with serve(handler, rtsp=…, tls=…, listener_limits=…, **service settings) as site`."""

    @asynccontextmanager
    async def served(
        handler: Any = echo,
        *,
        rtsp: Any = None,
        tls: Any = None,
        listener_limits: Any = None,
        **settings: Any,
    ) -> AsyncIterator[Site]:
        service = HttpService(handler, StandingClock(), **settings)
        listener = Listener(service, rtsp=rtsp, tls=tls, limits=listener_limits, sweep_s=0.02)
        site = Site(listener, listener.listen("127.0.0.1", 0))
        try:
            async with asyncio.timeout(10):
                yield site
        finally:
            await site.close()

    return served
