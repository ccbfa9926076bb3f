"""HTTP clients that are slow, idle, too many or too large."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.server.test_http import GET, post

from vedette.server.channel import Address
from vedette.server.http import (
    HttpLimits,
    HttpRequest,
    HttpResponse,
    plain_response,
)
from vedette.server.listener import ListenerLimits


def test_slow_heads_and_bodies_are_told_408(serve: Any) -> None:
    limits = HttpLimits(head_s=0.05, body_grace_s=0.05, body_least_bytes_per_s=1 << 30)

    async def scene() -> None:
        async with serve(limits=limits) as site:
            for start in (
                b"GET / HTTP/1.1\r\nHost:",
                b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
            ):
                client = await site.connect()
                assert (await client.ask(start))[0] == 408

    asyncio.run(scene())


@pytest.mark.parametrize("is_upload", [False, True])
def test_a_body_that_drips_is_not_waited_for(serve: Any, is_upload: bool) -> None:
    ended: list[str] = []

    async def handler(request: HttpRequest) -> HttpResponse:
        try:
            async for _ in request.chunks():
                pass
        except ConnectionResetError as error:
            ended.append(str(error))
        return plain_response(200, "ok")

    limits = HttpLimits(body_grace_s=0.3, body_least_bytes_per_s=1000)
    length = 1_000_000  # worth a quarter of an hour, which what came at once does not win for the rest

    async def scene() -> None:
        async with serve(handler, limits=limits, upload_most_bytes=lambda _: is_upload * length) as site:
            client = await site.connect()
            client.writer.write(post(bytes(length))[: -length // 2])
            async with asyncio.timeout(5):
                while site.listener.connections_now or len(ended) < is_upload:
                    client.writer.write(b"x")
                    await asyncio.sleep(0.05)
            assert ended == ["the upload ended early"] * is_upload
            steady = await site.connect()
            steady.writer.write(post(bytes(2000))[:-2000])
            for _ in range(10):
                steady.writer.write(bytes(200))
                await asyncio.sleep(0.1)
            assert (await steady.response())[0] == 200

    asyncio.run(scene())


def test_an_idle_connection_is_closed_without_a_word(serve: Any) -> None:
    async def scene() -> None:
        async with serve(limits=HttpLimits(idle_s=0.05)) as site:
            client = await site.connect()
            await client.ask(GET)
            assert await client.rest() == b""

    asyncio.run(scene())


def test_too_many_answers_at_once_are_refused_503(serve: Any) -> None:
    async def scene() -> None:
        release = asyncio.Event()
        started = asyncio.Event()

        async def handler(request: HttpRequest) -> HttpResponse:
            started.set()
            await release.wait()
            return plain_response(200, "ok")

        async with serve(handler, limits=HttpLimits(handlers_most=1)) as site:
            first, second = await site.connect(), await site.connect()
            first.writer.write(GET)
            await started.wait()
            assert (await second.ask(GET))[0] == 503
            release.set()
            assert (await first.response())[0] == 200
            assert (await (await site.connect()).ask(GET))[0] == 200

    asyncio.run(scene())


def test_bodies_being_received_have_a_common_limit(serve: Any) -> None:
    async def scene() -> None:
        async with serve(limits=HttpLimits(bodies_total_bytes=1500)) as site:
            first, second = await site.connect(), await site.connect()
            part = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n" + bytes(1000)
            first.writer.write(part)
            assert (await second.ask(part))[0] == 503
            assert (await first.ask(b"x"))[0] == 200
            assert site.listener.http.bodies_bytes == 0

    asyncio.run(scene())


def test_large_bodies_that_do_not_end_give_way_to_small_ones(serve: Any) -> None:
    async def scene() -> None:
        async with serve(limits=HttpLimits(bodies_total_bytes=3000)) as site:
            greedy = [await site.connect() for _ in range(3)]
            for each in greedy:
                each.writer.write(post(bytes(1000))[:-1])
            await site.until(lambda: site.listener.http.bodies_bytes == 2997)
            small = await site.connect()
            assert (await small.ask(post(b"small")))[0] == 200
            statuses = [(await each.ask(b"x"))[0] for each in greedy]
            assert sorted(statuses) == [200, 200, 503]
            assert site.listener.http.bodies_bytes == 0
            assert site.listener.http.receiving == {}

    asyncio.run(scene())


STALLED = ListenerLimits(stall_s=1.0)
LONG = 12 << 20  # more than the system takes by itself


def slow_client(address: Address) -> socket.socket:
    """One whose system takes little by itself."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 128 << 10)
    client.connect(address)
    return client


async def portions() -> AsyncIterator[bytes]:
    for _ in range(LONG >> 18):
        yield bytes(1 << 18)


@pytest.mark.parametrize("is_streamed", [False, True])
def test_an_answer_that_is_read_slowly_goes_on(serve: Any, is_streamed: bool) -> None:
    """The system takes more only when a third of its megabytes is free again; then much is read already."""

    async def handler(_: HttpRequest) -> HttpResponse:
        return HttpResponse(200, (), portions() if is_streamed else bytes(LONG))

    async def scene() -> None:
        limits = HttpLimits(unread_s=1.0)
        async with serve(handler, limits=limits, listener_limits=STALLED) as site:
            with slow_client(site.address) as client:
                client.sendall(GET)
                client.setblocking(False)
                loop, taken = asyncio.get_running_loop(), 0
                begun_s = loop.time()
                while (passed_s := loop.time() - begun_s) < 2.4:
                    while taken < passed_s * 500_000:
                        part = await loop.sock_recv(client, 8 << 10)
                        assert part
                        taken += len(part)
                    await asyncio.sleep(0.01)
                assert site.listener.connections_now == 1

    asyncio.run(scene())


def test_who_reads_nothing_of_an_answer_is_ended_and_the_log_says_so(
    serve: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(_: HttpRequest) -> HttpResponse:
        return HttpResponse(200, (), portions())

    async def scene() -> None:
        async with serve(handler, limits=HttpLimits(unread_s=1.8), listener_limits=STALLED) as site:
            client = await site.connect(limit=1024)
            client.writer.write(GET)
            begun_s = asyncio.get_running_loop().time()
            await asyncio.sleep(0.1)
            async with asyncio.timeout(5):
                await site.until(lambda: site.listener.connections_now == 0)
            assert asyncio.get_running_loop().time() - begun_s > 1.7  # a download may be paused for longer

    asyncio.run(scene())
    told = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert told == ["GET /a b was not sent to its end: 127.0.0.1 read nothing for 2 s"]
