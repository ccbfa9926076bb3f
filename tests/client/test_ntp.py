"""Asking a time server on the loopback."""

import asyncio
from typing import cast

import pytest

from vedette.base.clock import ManualClock
from vedette.client.ntp import NoTimeAnswer, ask_time
from vedette.protocols.ntp import answer


class TimeServer(asyncio.DatagramProtocol):
    """Ahead by some seconds, or without a clock."""

    def __init__(self, clock: ManualClock, ahead_s: int, stratum: int) -> None:
        self._clock = clock
        self._ahead_us = ahead_s * 1_000_000
        self._stratum = stratum

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        now_us = self._clock.utc_us() + self._ahead_us
        self._transport.sendto(answer(data, arrived_us=now_us, left_us=now_us, stratum=self._stratum), addr)


def test_a_server_is_asked_and_its_lead_is_measured() -> None:
    async def run() -> None:
        clock = ManualClock()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: TimeServer(clock, 7, 2), local_addr=("127.0.0.1", 0)
        )
        port = transport.get_extra_info("sockname")[1]
        found = await ask_time("127.0.0.1", clock, port=port)
        assert (found.offset_us, found.stratum) == (7_000_000, 2)
        transport.close()

    asyncio.run(run())


def test_a_server_without_time_and_one_that_is_not_there_are_told_apart() -> None:
    async def run() -> None:
        clock = ManualClock()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: TimeServer(clock, 0, 16), local_addr=("127.0.0.1", 0)
        )
        port = transport.get_extra_info("sockname")[1]
        with pytest.raises(NoTimeAnswer, match="no time itself"):
            await ask_time("127.0.0.1", clock, port=port)
        transport.close()
        await asyncio.sleep(0)
        with pytest.raises(NoTimeAnswer, match=r"127\.0\.0\.1"):
            await ask_time("127.0.0.1", clock, port=port, answer_s=0.2)

    asyncio.run(run())
