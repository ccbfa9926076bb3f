"""RTSP through HTTP: words out by POST, media and answers in by GET."""

import asyncio
import base64
from contextlib import suppress
from typing import Any

PATH = "/live/hall/main"


async def tunnel(site: Any, scene: Any, cookie: str = "c1") -> tuple[Any, asyncio.StreamWriter]:
    """A viewer whose words go out by POST."""
    get = await site.viewer()
    head = f"GET {PATH} HTTP/1.0\r\nx-sessioncookie: {cookie}\r\nAccept: application/x-rtsp-tunnelled\r\n\r\n"
    get.writer.write(head.encode())
    assert (await get.hear()).status == 200
    post = await open_post(site, cookie)
    get.plain, get.writer = get.writer, Encoding(post)
    return get, post


async def open_post(site: Any, cookie: str) -> asyncio.StreamWriter:
    _, post = await asyncio.open_connection(*site.address)
    head = f"POST {PATH} HTTP/1.0\r\nx-sessioncookie: {cookie}\r\nContent-Length: 32767\r\n"
    post.write(f"{head}Content-Type: application/x-rtsp-tunnelled\r\n\r\n".encode())
    return post


class Encoding:
    """A writer that speaks base64."""

    def __init__(self, post: asyncio.StreamWriter) -> None:
        self.post = post

    def write(self, data: bytes) -> None:
        """Encode and send, cut at an odd place."""
        text = base64.b64encode(data)
        self.post.write(text[:7])
        self.post.write(text[7:])

    def close(self) -> None:
        """Close the POST connection."""
        self.post.close()


def test_a_tunnel_carries_a_session_and_its_post_may_be_opened_again(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer, post = await tunnel(site, scene)
            await viewer.setup(PATH, 0)
            assert (await viewer.ask("PLAY", PATH)).status == 200
            await viewer.until(lambda: scene.last_frame(viewer) == 1)
            post.close()
            viewer.writer = Encoding(await open_post(site, "c1"))
            assert (await viewer.ask("GET_PARAMETER", PATH)).status == 200
            scene.publish(stream, 25, 27)
            await viewer.until(lambda: scene.last_frame(viewer) == 26)
            assert (await viewer.ask("TEARDOWN", PATH)).status == 200
            viewer.writer.close()
            viewer.plain.close()

    play(run())


def test_a_tunnel_whose_session_is_torn_down_ends_with_its_post(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            scene.publish(scene.open_stream(site), 0, 2)
            viewer, post = await tunnel(site, scene)
            post.close()  # nothing was watched yet: the client goes on with another one
            viewer.writer = Encoding(await open_post(site, "c1"))
            await viewer.setup(PATH, 0)
            assert (await viewer.ask("PLAY", PATH)).status == 200
            viewer.writer.close()
            viewer.writer = Encoding(await open_post(site, "c1"))
            assert (await viewer.ask("TEARDOWN", PATH)).status == 200
            viewer.writer.close()
            assert await viewer.ended()
            viewer.plain.close()

    play(run())


def test_a_half_that_sends_too_much_before_the_other_comes_is_ended(play: Any, serve: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            reader, post = await asyncio.open_connection(*site.address)
            post.write(f"POST {PATH} HTTP/1.0\r\nx-sessioncookie: alone\r\n".encode())
            post.write(b"Content-Type: application/x-rtsp-tunnelled\r\n\r\n" + b"A" * (256 << 10))
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
            post.close()

    play(run())


def test_what_is_no_base64_ends_the_tunnel(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            scene.open_stream(site)
            viewer, post = await tunnel(site, scene)
            post.write(b"\xff\xfe!!!! no such alphabet\xff" * 10)
            assert await viewer.ended()
            viewer.plain.close()
            post.close()

    play(run())


def test_who_is_refused_for_a_cookie_in_use_does_not_spoil_its_owner_s_tunnel(
    play: Any, serve: Any, scene: Any
) -> None:
    head = f"GET {PATH} HTTP/1.0\r\nx-sessioncookie: c1\r\nAccept: application/x-rtsp-tunnelled\r\n\r\n"

    async def refused(site: Any) -> None:
        stranger = await site.viewer()
        stranger.writer.write(head.encode())
        assert (await stranger.hear()).status == 400
        stranger.writer.close()
        assert await stranger.ended()

    async def run() -> None:
        async with serve() as site:
            scene.open_stream(site)
            viewer = await site.viewer()
            viewer.writer.write(head.encode())
            assert (await viewer.hear()).status == 200
            await refused(site)  # while the first half waits
            viewer.plain, viewer.writer = viewer.writer, Encoding(await open_post(site, "c1"))
            assert (await viewer.ask("DESCRIBE", PATH)).status == 200
            await refused(site)  # while the tunnel is open
            viewer.writer.close()
            viewer.writer = Encoding(await open_post(site, "c1"))
            assert (await viewer.ask("DESCRIBE", PATH)).status == 200
            viewer.writer.close()
            viewer.plain.close()

    play(run())
