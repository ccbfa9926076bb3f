"""HTTP over loopback: what is answered, what is refused, and that a connection survives the right things."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from vedette.base.errors import CallerError
from vedette.server.http import (
    HttpLimits,
    HttpRequest,
    HttpResponse,
    HttpService,
    TrustedProxies,
    plain_response,
)

GET = b"GET /a%20b?x=1&y HTTP/1.1\r\nHost: cam:80\r\n\r\n"


def post(body: bytes, *fields: bytes) -> bytes:
    lines = b"".join(each + b"\r\n" for each in (b"Host: cam", *fields))
    return b"POST /s HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n%s" % (lines, len(body), body)


def test_a_request_arrives_whole_and_its_connection_stays(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            client = await site.connect()
            status, headers, body = await client.ask(GET)
            assert (status, body) == (200, b"GET /a b x=1&y http cam:80 127.0.0.1 ")
            assert headers["server"] == "Vedette"
            assert headers["date"] == "Tue, 14 Nov 2023 22:13:20 GMT"
            assert (await client.ask(post(b"<x/>")))[2].endswith(b"<x/>")

    asyncio.run(scene())


def test_a_request_may_come_byte_by_byte(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            client = await site.connect()
            for byte in post(b"body"):
                client.writer.write(bytes((byte,)))
                await client.writer.drain()
                await asyncio.sleep(0)
            assert (await client.response())[2].endswith(b"body")

    asyncio.run(scene())


def test_pipelined_requests_are_answered_in_order(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            client = await site.connect()
            client.writer.write(b"".join(post(b"%d" % n) for n in range(200)))
            for n in range(200):
                assert (await client.response())[2].endswith(b" %d" % n)

    asyncio.run(scene())


def test_chunked_bodies_are_read(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            client = await site.connect()
            chunked = b"POST /s HTTP/1.1\r\nHost: cam\r\nTransfer-Encoding: chunked\r\n\r\n"
            chunked += b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
            for _ in range(2):
                assert (await client.ask(chunked))[2].endswith(b"abcde")
            assert (await client.ask(chunked + GET))[2].endswith(b"abcde")
            assert (await client.response())[0] == 200

    asyncio.run(scene())


def test_head_is_answered_without_a_body(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            client = await site.connect()
            client.writer.write(b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            head, _, body = (await client.rest()).partition(b"\r\n\r\n")
            assert b"Content-Length: 25" in head
            assert body == b""

    asyncio.run(scene())


@pytest.mark.parametrize("version", [b"1.1", b"1.0"])
def test_an_expected_100_is_sent_before_the_body_to_those_who_know_it(serve: Any, version: bytes) -> None:
    async def scene() -> None:
        async with serve(upload_most_bytes=lambda request: began.set() or 0) as site:
            client = await site.connect()
            head = b"POST / HTTP/%b\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n" % version
            client.writer.write(head)
            await began.wait()  # the head was read before there was a body
            assert version == b"1.0" or (await client.response())[0] == 100
            status, _, body = await client.ask(b"ok")
            assert (status, body[-2:]) == (200, b"ok")

    began = asyncio.Event()
    asyncio.run(scene())


def test_who_sends_the_body_unasked_is_told_no_100(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            client = await site.connect()
            status, _, body = await client.ask(post(b"ok", b"Expect: 100-continue"))
            assert (status, body[-2:]) == (200, b"ok")

    asyncio.run(scene())


def test_a_refusal_is_not_lost_to_what_its_client_still_sends(serve: Any) -> None:
    async def scene() -> None:
        async with serve(limits=HttpLimits(body_most_bytes=1000)) as site:
            client = await site.connect()
            assert (await client.ask(post(bytes(4 << 20))))[0] == 413
            client.writer.write_eof()
            assert await client.rest() == b""  # no reset of the connection, which takes unread answers away

    asyncio.run(scene())


def test_http_1_0_is_answered_and_closed(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            client = await site.connect()
            client.writer.write(b"GET / HTTP/1.0\r\n\r\n")
            assert b"Connection: close" in await client.rest()

    asyncio.run(scene())


def test_http_1_0_goes_on_where_it_asks_to(serve: Any) -> None:
    # ZoneMinder's HTTP monitors ask so, and wait forever at a connection that was closed.
    async def scene() -> None:
        async with serve() as site:
            client = await site.connect()
            for _ in range(2):
                status, headers, _ = await client.ask(b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
                assert (status, headers["connection"]) == (200, "keep-alive")
            client.writer.write(b"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n")
            assert b"Connection: close" in await client.rest()

    asyncio.run(scene())


@pytest.mark.parametrize("wish", ["", "Connection: keep-alive\r\n"])
def test_parts_without_a_length_end_with_the_connection_in_http_1_0(serve: Any, wish: str) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    async def handler(_: HttpRequest) -> HttpResponse:
        return HttpResponse(status=200, body=parts())

    async def scene() -> None:
        async with serve(handler) as site:
            client = await site.connect()
            client.writer.write(f"GET / HTTP/1.0\r\n{wish}\r\n".encode())
            head, _, body = (await client.rest()).partition(b"\r\n\r\n")
            assert (b"Connection: close" in head, body) == (True, b"onetwo")

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"\x00\x01\x02 nonsense\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999\r\n\r\n", 413),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n"
            + b"x" * 1000
            + b"\r\n1\r\nx",
            413,
        ),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 40_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"x: y\r\n" * 200 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\nExpect: the-unexpected\r\n\r\n", 417),
        (
            b"GET / HTTP/1.0\r\nx-sessioncookie: 1\r\nAccept: application/x-rtsp-tunnelled\r\n\r\n",
            404,
        ),
    ],
)
def test_what_cannot_be_served_is_refused_by_status_and_closed(serve: Any, data: bytes, status: int) -> None:
    async def scene() -> None:
        async with serve(limits=HttpLimits(body_most_bytes=1000)) as site:
            client = await site.connect()
            found, headers, _ = await client.ask(data)
            assert found == status
            assert headers["connection"] == "close"
            client.writer.write_eof()
            assert await client.rest() == b""

    asyncio.run(scene())


def test_a_defect_of_the_handler_shows_an_incident_number_and_nothing_else(
    serve: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(request: HttpRequest) -> HttpResponse:
        raise RuntimeError("the secret")

    async def scene() -> bytes:
        async with serve(fail) as site:
            client = await site.connect()
            status, headers, body = await client.ask(GET)
            assert status == 500
            assert "connection" not in headers
            assert (await client.ask(GET))[0] == 500
            return body

    body = asyncio.run(scene())
    assert body.startswith(b"internal error ")
    assert b"secret" not in body
    assert body.split()[-1].decode() in caplog.text


def test_an_iterated_body_goes_out_in_chunks(serve: Any) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for n in range(3):
            yield b"%d" % n * (n + 1)

    async def handler(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, (), parts())

    async def scene() -> None:
        async with serve(handler) as site:
            client = await site.connect()
            client.writer.write(GET)
            assert (await client.reader.readuntil(b"0\r\n\r\n")).endswith(
                b"\r\n\r\n1\r\n0\r\n2\r\n11\r\n3\r\n222\r\n0\r\n\r\n"
            )
            client.writer.write(b"GET / HTTP/1.0\r\n\r\n")
            assert (await client.rest()).endswith(b"\r\n\r\n011222")

    asyncio.run(scene())


def test_a_body_that_fails_half_way_does_not_look_complete(serve: Any) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError("disk gone")

    async def handler(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, (), parts())

    async def scene() -> None:
        async with serve(handler) as site:
            client = await site.connect()
            client.writer.write(GET)
            assert not (await client.rest()).endswith(b"0\r\n\r\n")

    asyncio.run(scene())


def test_a_client_that_does_not_read_holds_back_the_body_not_the_server(serve: Any) -> None:
    made = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal made
        while True:
            made += 1
            yield bytes(100_000)

    async def handler(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, (), parts()) if request.path == "/endless" else plain_response(200, "ok")

    async def scene() -> None:
        async with serve(handler) as site:
            greedy = await site.connect(limit=1024)
            greedy.writer.write(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
            other = await site.connect()
            for _ in range(100):
                assert (await other.ask(GET))[0] == 200
            assert made < 200

    asyncio.run(scene())


def test_requests_are_not_answered_faster_than_answers_are_read(serve: Any) -> None:
    asked = 0

    async def handler(request: HttpRequest) -> HttpResponse:
        nonlocal asked
        asked += 1
        return plain_response(200, "x" * 100_000)

    async def scene() -> None:
        async with serve(handler) as site:
            greedy = await site.connect(limit=1024)
            greedy.writer.write(GET * 1000)
            other = await site.connect()
            for _ in range(50):
                await other.ask(GET)
            assert 0 < asked - 50 < 200
            for _ in range(1000):
                await greedy.reader.readuntil(b"\r\n\r\n")
                await greedy.reader.readexactly(100_001)
            assert asked == 1050

    asyncio.run(scene())


def test_a_streamed_upload_reaches_the_handler_in_parts(serve: Any) -> None:
    async def handler(request: HttpRequest) -> HttpResponse:
        total = 0
        async for part in request.chunks():
            total += len(part)
        return plain_response(200, str(total))

    def choose(request: HttpRequest) -> int:
        return 50_000_000 if request.path == "/firmware" else 0

    async def scene() -> None:
        async with serve(handler, upload_most_bytes=choose, limits=HttpLimits(body_most_bytes=10)) as site:
            client = await site.connect()
            client.writer.write(b"POST /firmware HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n")
            client.writer.write(bytes(9_000_000))
            assert (await client.response())[2] == b"9000000\n"
            chunked = b"5\r\nabcde\r\n0\r\n\r\n"
            client.writer.write(b"POST /firmware HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            assert (await client.ask(chunked))[2] == b"5\n"
            assert (await client.ask(post(b"longer than ten")))[0] == 413

    asyncio.run(scene())


def test_a_body_that_ends_beyond_the_limit_never_reaches_the_handler(serve: Any) -> None:
    asked: list[str] = []

    async def handler(request: HttpRequest) -> HttpResponse:
        asked.append(request.path)
        return plain_response(200, "ok")

    async def scene() -> None:
        async with serve(handler, limits=HttpLimits(body_most_bytes=4)) as site:
            client = await site.connect()
            chunked = (
                b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"
            )
            assert (await client.ask(chunked))[0] == 413
            assert asked == []

    asyncio.run(scene())


def test_nothing_is_answered_after_a_wish_to_close(serve: Any) -> None:
    asked: list[str] = []

    async def handler(request: HttpRequest) -> HttpResponse:
        asked.append(request.path)
        return plain_response(200, "x" * 5_000_000)

    async def scene() -> None:
        async with serve(handler) as site:
            client = await site.connect(limit=1024)
            client.writer.write(b"GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            await site.until(lambda: bool(asked))
            client.writer.write(b"GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
            assert len(await client.rest()) > 5_000_000
            assert asked == ["/1"]

    asyncio.run(scene())


def test_junk_is_answered_or_closed_and_never_an_error_of_ours(
    serve: Any, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(7)
    seeds = [
        GET,
        post(b"<x/>"),
        b"POST /s HTTP/1.1\r\nHost: cam\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        b"OPTIONS rtsp://a/ RTSP/1.0\r\n\r\n",
        b"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"\x16\x03\x01\x00\x10",
    ]

    def junk() -> bytes:
        data = bytearray(chance.choice(seeds) * chance.randint(1, 3))
        for _ in range(chance.randint(0, 6)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        return bytes(data)

    async def scene() -> None:
        async with serve() as site:
            for _ in range(300):
                client = await site.connect()
                client.writer.write(junk())
                client.writer.write_eof()
                answer = await client.rest()
                assert answer[:5] in (b"", b"HTTP/", b"RTSP/", b"\x15\x03\x01\x00\x02")
                client.writer.close()
            await site.until(lambda: site.listener.connections_now == 0)
            assert (await (await site.connect()).ask(GET))[0] == 200
            assert site.listener.http.bodies_bytes == 0
            assert site.listener.http.handlers_now == 0

    asyncio.run(scene())
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


def test_an_upload_cut_short_is_an_error_for_its_handler(serve: Any) -> None:
    async def scene() -> None:
        ended = asyncio.get_running_loop().create_future()

        async def handler(request: HttpRequest) -> HttpResponse:
            try:
                async for _ in request.chunks():
                    continue
            except ConnectionResetError as error:
                ended.set_result(str(error))
            return plain_response(200, "ok")

        async with serve(handler, upload_most_bytes=lambda request: 1000) as site:
            client = await site.connect()
            client.writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
            client.writer.write_eof()
            assert await ended == "the upload ended early"

    asyncio.run(scene())


def test_a_long_poll_learns_that_its_client_is_gone(serve: Any) -> None:
    async def scene() -> None:
        noticed = asyncio.Event()
        started = asyncio.Event()

        async def handler(request: HttpRequest) -> HttpResponse:
            started.set()
            await request.abandoned()
            assert request.is_abandoned
            noticed.set()
            return plain_response(200, "late")

        async with serve(handler) as site:
            client = await site.connect()
            client.writer.write(GET)
            await started.wait()
            client.writer.close()
            await noticed.wait()

    asyncio.run(scene())


def test_forwarded_headers_are_believed_only_from_trusted_proxies(serve: Any) -> None:
    forwarded = (
        b"GET / HTTP/1.1\r\nHost: inner\r\nX-Forwarded-For: 6.6.6.6, 192.0.2.7\r\n"
        b"X-Forwarded-Proto: https\r\nX-Forwarded-Host: outer\r\n\r\n"
    )

    async def scene(trusted: TrustedProxies | None) -> bytes:
        async with serve(trusted=trusted) as site:
            return (await (await site.connect()).ask(forwarded))[2]

    assert asyncio.run(scene(None)) == b"GET /  http inner 127.0.0.1 "
    assert asyncio.run(scene(TrustedProxies(("10.0.0.0/8",)))) == b"GET /  http inner 127.0.0.1 "
    assert asyncio.run(scene(TrustedProxies(("127.0.0.0/8",)))) == b"GET /  https outer 192.0.2.7 "


def test_an_absolute_target_is_understood(serve: Any) -> None:
    async def scene() -> None:
        async with serve() as site:
            client = await site.connect()
            _, _, body = await client.ask(b"GET http://cam.example:81/p?q HTTP/1.1\r\nHost: x\r\n\r\n")
            assert body == b"GET /p q http cam.example:81 127.0.0.1 "
            assert (await client.ask(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"))[2].startswith(b"OPTIONS *")

    asyncio.run(scene())


def test_a_line_break_in_a_response_header_is_never_sent(serve: Any) -> None:
    async def nothing(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    async def scene() -> None:
        from vedette.base.clock import ManualClock

        service = HttpService(nothing, ManualClock())
        with pytest.raises(CallerError):
            service.head_of(HttpResponse(200, (("X", "a\r\nSet-Cookie: b"),)), 0, keeps_alive=True)

    asyncio.run(scene())


def test_a_raw_tunnel_is_handed_over_with_every_byte(serve: Any) -> None:
    async def scene() -> None:
        taken: list[tuple[str, bytes]] = []

        def tunnel(head: Any, channel: Any, rest: bytes, peer: Any) -> None:
            taken.append((head.method, rest))
            channel.hand_to(Recorder(channel, taken))

        async with serve(tunnel=tunnel) as site:
            client = await site.connect()
            await client.ask(GET)
            client.writer.write(
                b"POST /live HTTP/1.0\r\nx-sessioncookie: 7\r\nContent-Type: application/x-rtsp-tunnelled\r\n"
                b"Content-Length: 3\r\n\r\nREVTQ1JJQkUg"
            )
            assert await client.reader.readexactly(2) == b"ok"
            client.writer.write(b"past the length")
            assert await client.reader.readexactly(2) == b"ok"
        assert b"".join(part for _, part in taken) == b"REVTQ1JJQkUgpast the length"

    from vedette.server.channel import Taker

    class Recorder(Taker):
        def __init__(self, channel: Any, taken: list[tuple[str, bytes]]) -> None:
            self._channel = channel
            self._taken = taken
            channel.write(b"ok")

        def receive(self, data: bytes) -> None:
            self._taken.append(("", data))
            self._channel.write(b"ok")

    asyncio.run(scene())
