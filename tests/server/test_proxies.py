"""Behind a reverse proxy: whose request it is, as the proxy that the operator trusts tells."""

import asyncio
from typing import Any

import pytest

from vedette.server.http import TrustedProxies
from vedette.server.listener import ListenerLimits
from vedette.server.websocket import StreamRoute

HERE = TrustedProxies(("127.0.0.0/8",))
GET = b"GET / HTTP/1.1\r\nHost: inner\r\n\r\n"


def seen(serve: Any, *fields: str) -> str:
    """The scheme, host and peer of a request that a trusted proxy passes on with these fields."""

    async def scene() -> bytes:
        async with serve(trusted=HERE) as site:
            lines = "".join(f"{each}\r\n" for each in fields)
            asked = f"GET / HTTP/1.1\r\nHost: inner\r\n{lines}\r\n".encode()
            return bytes((await (await site.connect()).ask(asked))[2])

    return asyncio.run(scene()).decode().removeprefix("GET /  ").strip()


def test_a_field_that_the_client_wrote_itself_is_not_believed(serve: Any) -> None:
    mine = ("X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: mine")
    proxys = ("X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: http", "X-Forwarded-Host: outer")
    assert seen(serve, *mine, *proxys) == "http outer 192.0.2.7"


@pytest.mark.parametrize(
    ("entry", "peer"),
    [
        ("192.0.2.7:50123", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[2001:db8::7]:50123", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("10.0.0.1, 192.0.2.7", "192.0.2.7"),
        ("unknown", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_an_address_may_have_a_port_or_be_none(serve: Any, entry: str, peer: str) -> None:
    assert seen(serve, f"X-Forwarded-For: {entry}") == f"http inner {peer}"


def test_a_proxys_connections_are_not_counted_as_one_clients(serve: Any) -> None:
    async def scene(trusted: TrustedProxies) -> int:
        limits = ListenerLimits(per_address_most=1)
        async with serve(trusted=trusted, listener_limits=limits) as site:
            assert (await (await site.connect()).ask(GET))[0] == 200
            return int((await (await site.connect()).ask(GET))[0])

    assert asyncio.run(scene(HERE)) == 200
    assert asyncio.run(scene(TrustedProxies(()))) == 503


def test_who_speaks_rtsp_through_a_proxy_is_known_by_the_own_address(serve: Any) -> None:
    peers: list[str] = []

    def tunnel(head: Any, channel: Any, rest: bytes, peer: Any) -> None:
        peers.append(peer.host)
        channel.abort("seen")

    def taken(stream: Any) -> None:
        peers.append(stream.peer.host)
        stream.abort("seen")

    route = StreamRoute(taken, ("rtsp.onvif.org",))
    forwarded = b"X-Forwarded-For: 192.0.2.7\r\n\r\n"
    upgrade = (
        b"GET /rtsp HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Protocol: rtsp.onvif.org\r\n"
    )
    half = b"GET /live HTTP/1.0\r\nx-sessioncookie: 7\r\nAccept: application/x-rtsp-tunnelled\r\n"

    async def scene() -> None:
        async with serve(trusted=HERE, tunnel=tunnel, websocket=lambda request: route) as site:
            for head in (upgrade, half):
                client = await site.connect()
                client.writer.write(head + forwarded)
                await client.rest()

    asyncio.run(scene())
    assert peers == ["192.0.2.7", "192.0.2.7"]
