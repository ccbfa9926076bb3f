"""Servers over datagrams: a port of this machine, and a function that answers."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from vedette.conformance.servers.way import Way
from vedette.conformance.verdicts import CaseNotRun

# What a datagram is answered with, and where that goes; None for silence.
Answer = Callable[[bytes, Any], tuple[bytes, Any] | None]

_HOW = {
    errno.EACCES: "run the tester as root, or give its Python CAP_NET_BIND_SERVICE and CAP_NET_RAW",
    errno.EPERM: "run the tester as root, or give its Python CAP_NET_BIND_SERVICE and CAP_NET_RAW",
    errno.EADDRINUSE: "another program of this machine has it: stop that one, or name it to the tester",
}


class _Answering(asyncio.DatagramProtocol):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.transport: asyncio.DatagramTransport | None = None

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        told = self._answer(data, addr)
        if told is not None and self.transport is not None:
            self.transport.sendto(*told)

    def error_received(self, exc: Exception) -> None:
        """A client that has gone answers by ICMP: there is nobody to tell."""


@asynccontextmanager
async def answering(make: Callable[[], socket.socket], what: str, answer: Answer) -> AsyncIterator[None]:
    """Answer on a socket while the block runs; raises CaseNotRun where it cannot be made, and how to."""
    try:
        made = make()
    except OSError as error:
        raise not_possible(what, error) from error
    made.settimeout(0)
    loop = asyncio.get_running_loop()
    transport, answers = await loop.create_datagram_endpoint(lambda: _Answering(answer), sock=made)
    answers.transport = transport
    try:
        yield
    finally:
        transport.close()


def not_possible(what: str, error: OSError) -> CaseNotRun:
    """Why this machine cannot be a server, and how it could."""
    how = _HOW.get(error.errno or 0, "")
    return CaseNotRun(f"{what} cannot be used: {error.strerror}" + (f"; {how}" if how else ""))


def listening_socket(address: str, port: int, way: Way | None = None) -> socket.socket:
    """A UDP socket at an address, on the interface of a way alone if one is given; raises OSError."""
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        if way is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, way.interface.encode())
        if made.family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        made.bind((address, port))
    except OSError:
        made.close()
        raise
    return made
