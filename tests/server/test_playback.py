"""How a browser's playback ends."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from vedette.base.clock import ManualClock
from vedette.server.browser.player import Player


class Browser:
    """A socket to a browser, which goes when it is told to."""

    def __init__(self) -> None:
        self.has_gone = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        await self.has_gone.wait()
        for nothing in ():
            yield nothing


class Reader:
    """A reader of a recording whose next fragment `read` gives."""

    is_settled = True

    def __init__(self, read: Callable[[], object]) -> None:
        self.next = read
        self.did: list[str] = []

    def forward(self, from_us: int) -> "Reader":
        return self

    def close(self) -> None:
        self.did.append("closed")


@pytest.mark.parametrize("steps_between", [None, *range(8)])
def test_files_are_closed_behind_who_reads_them_also_where_the_server_ends_as_the_browser_goes(
    steps_between: int | None,
) -> None:
    is_reading, may_end = threading.Event(), threading.Event()

    def read() -> None:
        is_reading.set()
        may_end.wait(10)
        reader.did.append("read")

    reader = Reader(read)
    archive: Any = SimpleNamespace(reader=lambda _: reader)

    async def scene() -> None:
        browser: Any = Browser()
        playing = asyncio.create_task(Player(archive, ManualClock()).playback("hall", 0, browser))
        await asyncio.to_thread(is_reading.wait, 10)
        browser.has_gone.set()
        for _ in range(steps_between or 0):
            await asyncio.sleep(0)
        if steps_between is not None:
            playing.cancel()
        await asyncio.wait((playing,))
        assert reader.did == []
        may_end.set()

    asyncio.run(scene())
    assert reader.did == ["read", "closed"]
