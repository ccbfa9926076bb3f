"""WS-Discovery as the tester speaks it: asking one device or everybody, and hearing what is said unasked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from typing import Any, NamedTuple, Protocol

from vedette.client.errors import Unreachable
from vedette.client.interfaces import (
    InterfaceAddress,
    interface_addresses,
    multicast_listener,
    multicast_sender,
)
from vedette.protocols.discovery.messages import GROUP_IPV4, PORT

REPEAT_AFTER_S = (0.0, 0.25)  # networks lose datagrams
KEPT_MOST = 4096


class Datagram(NamedTuple):
    """What came in, and the address it came from."""

    data: bytes
    address: str


class Ear(Protocol):
    """Hears what is sent to everybody."""

    async def next(self, timeout_s: float) -> Datagram | None:
        """The next datagram, None if there is none in time."""
        ...


class Link(Protocol):
    """The network that the device is on."""

    async def ask(
        self, data: bytes, *, to: str | None, wait_s: float, is_enough: Callable[[Datagram], bool]
    ) -> list[Datagram]:
        """Send to the host `to`, or to everybody if None, and gather answers until one is enough.

        Raises Unreachable when this machine cannot.
        """
        ...

    def listening(self) -> AbstractAsyncContextManager[Ear]:
        """Hear what is sent to everybody from now on."""
        ...


class _Queue(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self._heard: asyncio.Queue[Datagram] = asyncio.Queue(KEPT_MOST)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if not self._heard.full():
            self._heard.put_nowait(Datagram(data, addr[0]))

    def error_received(self, exc: Exception) -> None:
        """Ports where nobody listens answer by ICMP: that is silence."""

    async def next(self, timeout_s: float) -> Datagram | None:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._heard.get()
        except TimeoutError:
            return None


class NetworkLink:
    """The network this machine is on, over IPv4 and every interface."""

    def __init__(self, port: int = PORT) -> None:
        self._port = port

    async def ask(
        self, data: bytes, *, to: str | None, wait_s: float, is_enough: Callable[[Datagram], bool]
    ) -> list[Datagram]:
        """See `Link`."""
        try:
            return await self._ask(data, to, wait_s, is_enough)
        except OSError as error:
            raise Unreachable(f"discovery from this machine: {error}") from error

    async def _ask(
        self, data: bytes, to: str | None, wait_s: float, is_enough: Callable[[Datagram], bool]
    ) -> list[Datagram]:
        loop = asyncio.get_running_loop()
        heard = _Queue()
        found: list[Datagram] = []
        end_s = loop.time() + wait_s
        with ExitStack() as stack:
            for transport, place in await self._senders(heard, to):
                stack.callback(transport.close)
                for after_s in REPEAT_AFTER_S:
                    stack.callback(loop.call_later(after_s, transport.sendto, data, place).cancel)
            while (left_s := end_s - loop.time()) > 0:
                datagram = await heard.next(left_s)
                if datagram is None:
                    break
                found.append(datagram)
                if is_enough(datagram):
                    break
        return found

    async def _senders(
        self, heard: _Queue, to: str | None
    ) -> list[tuple[asyncio.DatagramTransport, tuple[str, int] | None]]:
        loop = asyncio.get_running_loop()
        if to is not None:
            transport, _ = await loop.create_datagram_endpoint(lambda: heard, remote_addr=(to, self._port))
            return [(transport, None)]
        senders: list[tuple[asyncio.DatagramTransport, tuple[str, int] | None]] = []
        for own in _addresses():
            try:
                sender = multicast_sender(own)
            except OSError:
                continue  # an interface that cannot multicast; others may
            transport, _ = await loop.create_datagram_endpoint(lambda: heard, sock=sender)
            senders.append((transport, (GROUP_IPV4, self._port)))
        return senders

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Ear]:
        """See `Link`."""
        loop = asyncio.get_running_loop()
        heard = _Queue()
        with ExitStack() as stack:
            for own in {each.index: each for each in _addresses()}.values():
                try:
                    ear = multicast_listener(own, GROUP_IPV4, self._port)
                except OSError:
                    continue  # an interface that cannot multicast; others may
                transport, _ = await loop.create_datagram_endpoint(lambda: heard, sock=ear)
                stack.callback(transport.close)
            yield heard


def _addresses() -> list[InterfaceAddress]:
    """This machine's IPv4 addresses; raises Unreachable when they cannot be read."""
    try:
        return [each for each in interface_addresses() if not each.is_ipv6]
    except OSError as error:
        raise Unreachable(f"this machine's interfaces cannot be read: {error}") from error
