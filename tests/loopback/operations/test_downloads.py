"""Exports over HTTP: the footage itself is sent, as long as somebody takes it, and then nothing is left."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import httpx2
import pytest
from tests.storage.conftest import START_US, VIDEO, footage, real_clip

from vedette.server.browser import download
from vedette.server.http import HttpRequest
from vedette.storage.archive import Archive
from vedette.storage.export import export
from vedette.storage.recordings import RecordingInfo
from vedette.storage.retention import RetentionLimits, enforce
from vedette.storage.writer import WriterOptions

Play = Callable[[Any], None]
PATH = f"/api/export/hall?from_us={START_US}&to_us={START_US + 3_600_000_000}"
UNIT_BYTES = 5000
SECONDS = 400  # seven segments


async def recorded(archive: Archive) -> None:
    """50 MB: more than the sockets hold, and more segments than a reader has open."""
    archive.create(RecordingInfo(token="hall"))
    clip = real_clip()
    filler = UNIT_BYTES.to_bytes(4, "big") + b"\x0c" + b"\xff" * (UNIT_BYTES - 1)
    clip = clip._replace(frames=[each + filler for each in clip.frames])
    archive._options = WriterOptions(most_pending_bytes=SECONDS * 25 * 2 * UNIT_BYTES)
    writer = archive.writer("hall")
    writer.tracks_changed((clip.track,))
    for unit in range(0, SECONDS, 20):
        first_pts, start_us = unit * 90_000, START_US + unit * 1_000_000
        writer.receive(footage(20, clip=clip, tracks=(VIDEO,), start_us=start_us, first_pts=first_pts))
    await asyncio.wrap_future(writer.close())
    archive.release(writer)


def files(site: Any) -> set[Path]:
    return {each for each in site.server.archive.folder.rglob("*") if "sqlite" not in each.name}


def test_an_export_is_sent_as_it_would_be_written_and_no_file_made(
    running: Any, play: Play, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with running() as site:
            archive = site.server.archive
            await recorded(archive)
            before = files(site)
            async with site.client.stream("GET", PATH) as answer:
                assert answer.status_code == 200
                parts = answer.aiter_bytes()
                start = await anext(parts)
                assert files(site) == before
                rest = [part async for part in parts]
            whole = b"".join([start, *rest])
            assert len(whole) == int(answer.headers["content-length"]) > SECONDS * 25 * UNIT_BYTES
            await asyncio.to_thread(export, archive, "hall", START_US, 1 << 60, tmp_path / "hall.mp4")
            assert whole == (tmp_path / "hall.mp4").read_bytes()
            await site.until(lambda: archive.held == [])

    play(scene())


def test_an_export_goes_on_where_a_lost_connection_ended(running: Any, play: Play) -> None:
    async def ask(site: Any, part: str, tag: str = "") -> Any:
        headers = {"Range": part, **({"If-Range": tag} if tag else {})}
        return await site.client.get(PATH, headers=headers)

    async def scene() -> None:
        async with running() as site:
            await recorded(site.server.archive)
            whole = await site.client.get(PATH)
            film, tag, size = whole.content, whole.headers["etag"], len(whole.content)
            assert whole.headers["accept-ranges"] == "bytes"
            for begin, end in ((0, 1), (7, 300_000), (size - 5, size), (size // 2, size // 2 + 1_000_000)):
                part = await ask(site, f"bytes={begin}-{end - 1}", tag)
                assert (part.status_code, part.content) == (206, film[begin:end])
                assert part.headers["content-range"] == f"bytes {begin}-{end - 1}/{size}"
                assert part.headers["etag"] == tag
            other = await ask(site, "bytes=7-", '"another"')
            assert (other.status_code, other.content) == (200, film)
            beyond = await ask(site, f"bytes={size}-")
            assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
            await site.until(lambda: site.server.archive.held == [])
            limits = RetentionLimits(most_bytes=size // 2, least_free_bytes=0)
            await asyncio.to_thread(enforce, site.server.archive, limits, START_US)
            less = await ask(site, "bytes=7-", tag)
            assert (less.status_code, less.headers["etag"] == tag) == (200, False)

    play(scene())


def test_exports_are_few_at_once_and_hold_nothing_when_they_are_over(running: Any, play: Play) -> None:
    nothing = PATH.replace(str(START_US), "1").replace(str(START_US + 3_600_000_000), "2")

    async def scene() -> None:
        async with running() as site:
            archive = site.server.archive
            await recorded(archive)
            for _ in range(6):
                assert (await site.client.get(nothing)).status_code == 404
            async with AsyncExitStack() as unread:
                for _ in range(4):
                    answer = await unread.enter_async_context(site.client.stream("GET", PATH))
                    assert answer.status_code == 200
                refused = await site.client.get(PATH)
                assert (refused.status_code, "4 exports" in refused.text) == (503, True)
                assert archive.held
            await site.until(lambda: archive.held == [])
            async with site.client.stream("GET", PATH) as answer:
                assert answer.status_code == 200

    play(scene())


def test_an_export_whose_footage_retention_needs_is_cut_short_and_the_log_says_why(
    running: Any, play: Play, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        async with running() as site:
            archive = site.server.archive
            await recorded(archive)
            async with site.client.stream("GET", PATH) as answer:
                parts = answer.aiter_bytes()
                await anext(parts)
                limits = RetentionLimits(most_bytes=1, least_free_bytes=0)
                await asyncio.to_thread(enforce, archive, limits, START_US)
                with pytest.raises(httpx2.TransportError):
                    async for _ in parts:
                        pass
            await site.until(lambda: archive.held == [])

    play(scene())
    errors = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    told = [each for each in errors if each.startswith("GET ")]  # a busy machine's disk may be told as slow
    assert len(told) == 1
    assert told[0].startswith("GET /api/export/hall is sent in part only: segment 2023-11-14/")
    assert told[0].endswith(".mp4 is gone")


@pytest.mark.parametrize("ends", ["client", "server"])
def test_an_export_that_is_being_gathered_ends_with_who_waits_for_it(
    running: Any, play: Play, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    now: list[str] = []

    @contextmanager
    def endless(*_: Any, progressed: Callable[[int, int, float], None], **__: Any) -> Iterator[None]:
        now.append("begun")
        try:
            while True:
                progressed(0, 1, 0.1)
                Event().wait(0.002)
        finally:
            now.append("over")
        yield

    monkeypatch.setattr(download, "gathered", endless)

    async def scene() -> None:
        async with running() as site:
            assert (await site.client.get("/api/cameras")).status_code == 200  # the login is settled
            asking = asyncio.create_task(site.client.get(PATH))
            await site.until(lambda: now == ["begun"])
            if ends == "client":
                asking.cancel()
                await site.until(lambda: now == ["begun", "over"])
        await asyncio.gather(asking, return_exceptions=True)
        assert now == ["begun", "over"]

    play(scene())


def test_nothing_is_gathered_for_who_has_gone_before_a_thread_was_free(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running() as site:
            archive = site.server.archive
            await recorded(archive)
            asked = cast("HttpRequest", SimpleNamespace(is_abandoned=False))
            given = download.Download(archive, asked, lambda: None)
            await given.aclose()
            with pytest.raises(download.Abandoned):
                await asyncio.to_thread(given._gather, "hall", START_US, START_US + 1_000_000)
            assert archive.held == []

    play(scene())
