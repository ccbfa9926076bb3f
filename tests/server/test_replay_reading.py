"""When a replay's files are closed."""

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

from vedette.protocols.rtsp.play import PlayParameters
from vedette.server.replay_reading import Reading

READING_S = 0.1  # far longer than closing takes


def test_files_that_are_read_amid_a_seek_that_is_given_up_are_closed_behind_that() -> None:
    """As when the viewer goes while its seek waits for a slow disk."""
    did: list[str] = []
    is_reading, may_end = threading.Event(), threading.Event()

    def read() -> None:
        is_reading.set()
        may_end.wait()
        did.append("read")

    async def scene() -> None:
        reader: Any = SimpleNamespace(close=lambda: did.append("closed"))
        sequencer: Any = SimpleNamespace(next=read)
        reading = Reading(reader, sequencer, {}, {}, PlayParameters(cseq=1))
        reading.read_ahead()
        await asyncio.to_thread(is_reading.wait)
        seeking = asyncio.create_task(reading.hold())
        await asyncio.sleep(0)
        seeking.cancel()
        asyncio.get_running_loop().call_later(READING_S, may_end.set)
        await reading.end()
        assert did == ["read", "closed"]

    asyncio.run(scene())
