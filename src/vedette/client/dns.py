"""Registers a name, or takes it away, at the name server that keeps its zone."""

import asyncio
import secrets
import socket
from collections.abc import Callable, Sequence
from typing import TypeVar

from vedette.base.errors import VedetteError
from vedette.protocols.dns import PORT
from vedette.protocols.dns_update import (
    BadNameAnswer,
    Zone,
    check_outcome,
    read_zone,
    update,
    zone_question,
)

ANSWER_S = 3.0
_Read = TypeVar("_Read")


class NotRegistered(VedetteError):
    """No name server took the update; the message names the last one and its reason."""


class _Asking(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if not self.answer.done():
            self.answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(BadNameAnswer(str(exc)))


async def register(
    name: str, addresses: Sequence[str], *, ttl_s: int, servers: Sequence[str], port: int = PORT
) -> None:
    """Have `name` lead to `addresses` and no others; to none, to take it away. Raises NotRegistered.

    `servers` are asked in turn which zone the name is in; the zone's primary server is told then.
    """
    reason = "there is no name server to ask"
    for server in servers:
        try:
            await _registered(server, port, name, addresses, ttl_s)
        except (BadNameAnswer, OSError, ValueError) as error:
            reason = f"name server {server}: {error}"
            continue
        return
    raise NotRegistered(f"{name} is not registered: {reason}")


async def _registered(server: str, port: int, name: str, addresses: Sequence[str], ttl_s: int) -> None:
    def told(number: int) -> bytes:
        return update(number, zone.name, name, addresses, ttl_s=ttl_s)

    zone: Zone = await _asked(server, port, lambda number: zone_question(number, name), read_zone)
    try:
        await _asked(zone.primary or server, port, told, check_outcome)
    except socket.gaierror:  # the machine's own resolver may not know the names of the server that was asked
        await _asked(server, port, told, check_outcome)


async def _asked(
    server: str, port: int, make: Callable[[int], bytes], read: Callable[[bytes, int], _Read]
) -> _Read:
    """What a server answers; raises BadNameAnswer and OSError."""
    number = secrets.randbits(16)
    transport, asking = await asyncio.get_running_loop().create_datagram_endpoint(
        _Asking, remote_addr=(server, port)
    )
    try:
        transport.sendto(make(number))
        async with asyncio.timeout(ANSWER_S):
            return read(await asking.answer, number)
    except TimeoutError as error:
        raise BadNameAnswer(f"no answer of {server} in {ANSWER_S:g} s") from error
    finally:
        transport.close()
