"""Host names that nobody answers for."""

import asyncio
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from vedette.client.names import look_up
from vedette.client.rtsp import link
from vedette.client.rtsp.link import open_link
from vedette.client.rtsp.reading import SharedReader
from vedette.media.sources.source import SourceLost

Release = Callable[[], None]


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Release:
    """Names that end in .lan are not answered for until this is called."""
    answered, real = threading.Event(), socket.getaddrinfo

    def slow(host: str, *more: Any, **how: Any) -> Any:
        if host.endswith(".lan") and not how.get("flags"):
            answered.wait(30)
            host = "127.0.0.1"
        return real(host, *more, **how)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    return answered.set


@pytest.mark.parametrize("scheme", ["rtsp", "rtsps"])
def test_a_name_that_is_not_answered_for_holds_up_no_other_work(release: Release, scheme: str) -> None:
    async def run() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        waiting = asyncio.create_task(open_link(f"{scheme}://cam.lan:{port}/", SharedReader()))
        await asyncio.sleep(0.05)
        assert await asyncio.wait_for(asyncio.to_thread(lambda: 7), 5) == 7
        with pytest.raises(SourceLost, match="Connection refused"):
            await open_link(f"{scheme}://127.0.0.1:{port}/", SharedReader())
        assert not waiting.done()
        release()
        with pytest.raises(SourceLost, match=r"cam\.lan.*Connection refused"):
            await waiting

    asyncio.run(run())


def test_a_camera_whose_name_is_not_answered_for_is_not_called_silent(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        with pytest.raises(SourceLost, match=r"no name server answers for 'cam\.lan'"):
            await open_link("rtsp://cam.lan/", SharedReader())

    monkeypatch.setattr(link, "CONNECT_S", 0.05)
    asyncio.run(run())
    release()


def test_a_look_up_that_nobody_waits_for_ends_unheard(release: Release) -> None:
    async def run() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(look_up("cam.lan", 554), 0.05)

    asyncio.run(run())
    release()


def test_addresses_need_no_look_up() -> None:
    async def run() -> None:
        before = set(threading.enumerate())  # those of look-ups that were let go may end meanwhile
        assert [each[4][:2] for each in await look_up("127.0.0.1", 554)] == [("127.0.0.1", 554)]
        assert [each[4][:2] for each in await look_up("::1", 554)] == [("::1", 554)]
        assert set(threading.enumerate()) <= before

    asyncio.run(run())
