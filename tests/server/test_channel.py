"""A channel on a pair of sockets: what becomes of a peer that does not end with us."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from vedette.base.clock import ManualClock
from vedette.server.channel import Address, Channel

ADDRESS = Address("127.0.0.1", 1)
MIB = 1 << 20


@pytest.fixture
def near() -> Iterator[socket.socket]:
    near, far = socket.socketpair()
    with near, far:
        yield near


@pytest.mark.parametrize(
    ("sent_mib", "after_s", "is_awaited"), [(4, 1.0, True), (16, 1.0, False), (4, 4.0, False)]
)
def test_who_still_sends_after_our_last_words_is_heard_out_for_a_few_seconds_and_megabytes(
    near: socket.socket, sent_mib: int, after_s: float, is_awaited: bool
) -> None:
    async def scene() -> None:
        clock = ManualClock()
        lost: list[Channel] = []
        channel = Channel(near, peer=ADDRESS, local=ADDRESS, clock=clock, on_lost=lost.append)
        channel.write(b"HTTP/1.1 413 \r\n\r\n")
        channel.close(linger=True)
        for _ in range(sent_mib):
            channel.feed(bytes(MIB))
        clock.advance(after_s)
        channel.check(clock.monotonic_s(), stall_s=60.0)
        await asyncio.sleep(0)
        assert (not lost) == is_awaited
        channel.abort("the test ends")

    asyncio.run(scene())


def test_what_is_asked_of_a_connection_that_is_lost_changes_nothing(near: socket.socket) -> None:
    """As of a browser that went while the first picture was waited for."""

    async def scene() -> None:
        channel = Channel(near, peer=ADDRESS, local=ADDRESS, clock=ManualClock())
        channel.abort("the browser went")
        channel.hand_over_little(1000)
        channel.be_patient(10.0)
        channel.heard()
        channel.write(b"more")
        assert not channel.queued_bytes

    asyncio.run(scene())
