"""Finds devices on the network by WS-Discovery."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

from vedette.client.interfaces import InterfaceAddress, interface_addresses, multicast_sender
from vedette.protocols.discovery.client import DiscoveredDevice, Search
from vedette.protocols.discovery.messages import GROUP_IPV4, GROUP_IPV6, PORT
from vedette.wire.message import XmlName

_log = logging.getLogger(__name__)

QUEUE_MOST = 1024  # answers that nobody has looked at yet; more are dropped
REPEAT_AFTER_S = (0.0, 0.1, 0.4)  # networks lose datagrams, wireless ones often


class _Ear(asyncio.DatagramProtocol):
    """Puts what comes in on one socket into the queue all of them share."""

    def __init__(self, queue: "asyncio.Queue[tuple[bytes, str]]") -> None:
        self._queue = queue

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if not self._queue.full():
            self._queue.put_nowait((data, addr[0]))

    def error_received(self, exc: Exception) -> None:
        _log.debug("discovery: %s", exc)


async def discover(
    timeout_s: float = 4.0,
    *,
    types: Sequence[XmlName] = (),
    scopes: Sequence[str] = (),
    addresses: Sequence[str] = (),
    port: int = PORT,
) -> AsyncIterator[DiscoveredDevice]:
    """The devices that answer within `timeout_s`, each once, as soon as it answers.

    `types` and `scopes` narrow the search. `addresses` are the machine's own addresses to ask from; one in
    each of its networks if none are named. Raises OSError when the machine's interfaces cannot be read.
    """
    search = Search(types=tuple(types), scopes=tuple(scopes))
    probes = search.probes((f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"))
    queue: asyncio.Queue[tuple[bytes, str]] = asyncio.Queue(QUEUE_MOST)
    loop = asyncio.get_running_loop()
    end_s = loop.time() + timeout_s
    with ExitStack() as stack:
        for own in _chosen(interface_addresses(), addresses):
            try:
                sender = multicast_sender(own)
            except OSError as error:
                _log.debug("discovery from %s: %s", own.address, error)
                continue
            transport, _ = await loop.create_datagram_endpoint(lambda: _Ear(queue), sock=sender)
            stack.callback(transport.close)
            group = _group(own, port)
            for after_s in REPEAT_AFTER_S:
                for probe in probes:
                    timer = loop.call_later(after_s, transport.sendto, probe, group)
                    stack.callback(timer.cancel)
        while (left_s := end_s - loop.time()) > 0:
            try:
                async with asyncio.timeout(left_s):
                    data, address = await queue.get()
            except TimeoutError:
                return
            for device in search.receive(data, address):
                yield device


def _chosen(every: Sequence[InterfaceAddress], addresses: Sequence[str]) -> list[InterfaceAddress]:
    """One address in each IPv4 network of an interface and its link-local IPv6 one, or those that were named.

    A device whose address was never set has no way to another network than its own.
    """
    if addresses:
        return [each for each in every if each.address in addresses]
    found: dict[tuple[int, Any], InterfaceAddress] = {}
    for each in every:
        key = (each.index, None if each.is_ipv6 else each.network)
        if key not in found or (each.is_ipv6 and each.is_link_local):
            found[key] = each
    return list(found.values())


def _group(own: InterfaceAddress, port: int) -> tuple[Any, ...]:
    return (GROUP_IPV6, port, 0, own.index) if own.is_ipv6 else (GROUP_IPV4, port)


__all__ = ["DiscoveredDevice", "discover"]
