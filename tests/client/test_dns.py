"""Registering a name at a server in this process."""

import asyncio
import struct
from typing import Any

import pytest

from vedette.client.dns import NotRegistered, register

HEADER = struct.Struct("!HHHHHH")
UPDATE = 5
ZONE = b"\x09localhost\x00"


class NameServer(asyncio.DatagramProtocol):
    """Keeps the zone `localhost`, which is its own name too; `outcome` is what updates get."""

    def __init__(self, outcome: int) -> None:
        self.outcome = outcome
        self.updates: list[bytes] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: Any) -> None:
        number, flags, *_ = HEADER.unpack_from(data)
        if flags >> 11 & 15 == UPDATE:
            self.updates.append(data)
            self.transport.sendto(HEADER.pack(number, 0x8000 | self.outcome, 0, 0, 0, 0), addr)
            return
        soa = ZONE + struct.pack("!HHIH", 6, 1, 60, 2 * len(ZONE) + 20) + ZONE + ZONE + bytes(20)
        self.transport.sendto(HEADER.pack(number, 0x8000, 0, 0, 1, 0) + soa, addr)


def registered(outcome: int, *servers: str) -> list[bytes]:
    async def scene() -> list[bytes]:
        loop = asyncio.get_running_loop()
        transport, server = await loop.create_datagram_endpoint(
            lambda: NameServer(outcome), local_addr=("127.0.0.1", 0)
        )
        try:
            await register("gate.localhost", ("192.0.2.5",), ttl_s=60, servers=servers, port=server.port)
        finally:
            transport.close()
        return server.updates

    return asyncio.run(scene())


def test_the_primary_server_of_the_zone_is_told() -> None:
    (told,) = registered(0, "127.0.0.1")
    assert ZONE in told
    assert told.endswith(bytes((192, 0, 2, 5)))


def test_a_refusal_is_told_with_the_server_and_its_reason() -> None:
    with pytest.raises(NotRegistered, match=r"127\.0\.0\.1: it refuses"):
        registered(5, "127.0.0.1")
    with pytest.raises(NotRegistered, match="no name server"):
        registered(0)


def test_the_next_server_is_asked_where_one_is_not_there() -> None:
    assert len(registered(0, "127.0.0.9", "127.0.0.1")) == 1
