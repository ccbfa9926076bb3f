"""Viewers on TCP as bare descriptors: nothing goes to one that is no longer theirs, or out of turn."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import pytest
from tests.server.live.peers import Peer

from vedette.base.clock import SystemClock
from vedette.server.channel import Address, Channel
from vedette.server.live.lane import Lane
from vedette.server.live.viewers import StreamViewer

LONG_S = 20.0
ADDRESS = Address("127.0.0.1", 1)
PICTURE = b"a picture" * 1000


class Watching:
    """A viewer on a channel of the server."""

    def __init__(self) -> None:
        self.peer = Peer()
        self.channel = Channel(self.peer.near, peer=ADDRESS, local=ADDRESS, clock=SystemClock())
        self.channel.resume()
        self.viewer = StreamViewer(self.channel, ((0, 0),))

    async def read(self, size: int) -> bytes:
        """So much of what the viewer is sent, as the server gets rid of it."""
        got = b""
        async with asyncio.timeout(LONG_S):
            while len(got) < size:
                got += self.peer.read()
                await asyncio.sleep(0)
        return got


@asynccontextmanager
async def lane_of(count: int) -> AsyncIterator[tuple[Lane, list[Watching]]]:
    lane, watching = Lane(((0, 0),)), [Watching() for _ in range(count)]
    for each in watching:
        lane.add(each.viewer)
    lane.send([(True, PICTURE)])
    assert [await each.read(len(PICTURE)) for each in watching] == [PICTURE] * count
    try:
        yield lane, watching
    finally:
        for each in watching:
            lane.remove(each.viewer)
            each.channel.abort("the test ends")
            each.peer.close()
        await asyncio.sleep(0)


def run(test: Callable[[], Coroutine[None, None, None]]) -> None:
    asyncio.run(test())


@pytest.mark.parametrize("end", [lambda channel: channel.abort("gone"), lambda channel: channel.close()])
def test_who_got_the_descriptor_of_a_viewer_that_left_gets_none_of_its_pictures(
    end: Callable[[Channel], None],
) -> None:
    async def test() -> None:
        async with lane_of(2) as (lane, [gone, stays]):
            number = gone.channel.fd
            with Peer() as stranger:
                end(gone.channel)
                taken = os.dup2(stranger.near.fileno(), number)
                lane.send([(False, PICTURE)])
                assert await stays.read(len(PICTURE)) == PICTURE
                assert stranger.read() == b""
                os.close(taken)

    run(test)


def test_pictures_wait_behind_what_is_queued_by_others() -> None:
    async def test() -> None:
        async with lane_of(2) as (lane, [slow, quick]):
            slow.peer.near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 100_000)
            answer = b"RTSP/1.0 200 OK" * 200_000
            slow.channel.write(answer)
            assert slow.channel.queued_bytes
            for _ in range(3):
                lane.send([(False, PICTURE)])
                assert await quick.read(len(PICTURE)) == PICTURE
            queued = answer + PICTURE * 3
            assert await slow.read(len(queued)) == queued
            for _ in range(2):  # the first finds that it has caught up
                lane.send([(False, PICTURE)])
                assert await slow.read(len(PICTURE)) == PICTURE

    run(test)


def test_a_viewer_that_fell_behind_by_a_picture_gets_the_rest_of_it_first() -> None:
    async def test() -> None:
        async with lane_of(1) as (lane, [slow]):
            sent = 0
            while not slow.channel.queued_bytes:
                lane.send([(False, PICTURE)])
                sent += 1
            lane.send([(False, PICTURE)])
            sent += 1
            assert await slow.read(sent * len(PICTURE)) == PICTURE * sent

    run(test)


def test_two_sessions_of_one_connection_get_a_copy_each() -> None:
    async def test() -> None:
        async with lane_of(1) as (lane, [one]):
            other = StreamViewer(one.channel, ((0, 0),))
            lane.add(other)
            lane.send([(False, PICTURE)])
            assert await one.read(2 * len(PICTURE)) == PICTURE * 2
            lane.remove(other)
            lane.send([(False, PICTURE)])
            assert await one.read(len(PICTURE)) == PICTURE
            one.channel.abort("gone")
            assert one.viewer in lane.viewers
            lane.send([(False, PICTURE)])

    run(test)


def test_who_left_is_not_told_of_any_more() -> None:
    async def test() -> None:
        async with lane_of(1) as (lane, [one]):
            assert one.channel.watchers
            lane.remove(one.viewer)
            assert not one.channel.watchers

    run(test)
