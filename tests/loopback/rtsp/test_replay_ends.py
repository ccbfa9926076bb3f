"""What a replay leaves behind when it ends, and what happens when footage cannot be read."""

import asyncio
import socket
from threading import Event
from typing import Any

import pytest
from tests.loopback.rtsp.test_replay import clock_range, frames, terminal
from tests.open_files import open_files

from vedette.server.listener import ListenerLimits
from vedette.storage.errors import StorageError

PATH = "/replay/hall"


def files() -> list[str]:
    """The open files of the recording."""
    return open_files("/hall/")


@pytest.mark.parametrize("is_left", [False, True])
def test_a_server_that_ends_waits_until_the_files_of_replays_are_closed(
    play: Any, serve: Any, scene: Any, is_left: bool
) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(40), 0)
            await viewer.ask("PLAY", PATH)
            assert len(files()) == 1
            if is_left:
                viewer.writer.close()
                await site.until(lambda: not site.rtsp.connections_now)
            await site.rtsp.close()
            assert files() == []

    play(run())


def test_a_place_that_cannot_be_read_leaves_no_file_open(
    play: Any, serve: Any, scene: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(reader: Any, *_: Any) -> int:
        reader.forward(scene.START_US).next()
        assert len(files()) == 1
        raise StorageError("a segment is damaged")

    async def run() -> None:
        async with serve() as site:
            site.record(scene.footage(2))
            monkeypatch.setattr("vedette.server.replay.first_described", unreadable)
            viewer = await site.viewer()
            await viewer.setup(PATH, 0)
            assert (await viewer.ask("PLAY", PATH)).status == 500
            assert files() == []

    play(run())


def test_sessions_that_end_leave_no_task_and_no_file(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            site.record(scene.footage(40))

            assert files() == []
            for end in ("TEARDOWN", "close", "PAUSE"):
                viewer = await site.viewer()
                await viewer.setup(PATH, 0)
                await viewer.ask("PLAY", PATH)
                await viewer.until(lambda viewer=viewer: len(viewer.packets) > 1)
                assert len(files()) == 1
                if end != "close":
                    await viewer.ask(end, PATH)
                viewer.writer.close()
                await site.until(lambda: not files())
                await site.until(lambda: not any("replay" in t.get_name() for t in asyncio.all_tasks()))
            assert not site.archive._followers

    play(run())


def test_a_recording_that_cannot_be_read_any_more_ends_its_session(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(2), 0)
            site.archive.delete("hall")
            assert (await viewer.ask("PLAY", PATH, Rate_Control="no", Require="onvif-replay")).status == 404

    play(run())


def test_a_recording_that_is_deleted_while_it_is_played_ends_its_sessions(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve(is_real=True) as site:
            site.record(scene.footage(30))
            playing, waiting = await site.viewer(), await site.viewer()
            await playing.setup(PATH, 0)
            await waiting.setup(PATH, 0)
            await playing.ask("PLAY", PATH, Scale="20.0")
            await waiting.ask("PLAY", PATH, Rate_Control="no")
            await waiting.until(lambda: terminal(waiting))
            await asyncio.to_thread(site.archive.delete, "hall")
            assert await waiting.ended()
            assert await playing.ended()
            await site.until(lambda: not files())

    play(run())


def test_a_request_that_storage_fails_is_answered(
    play: Any, serve: Any, scene: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with serve() as site:
            site.record(scene.footage(2))

            def broken(_: str) -> None:
                raise StorageError("the disk is gone")

            monkeypatch.setattr(site.archive, "usage", broken)
            viewer = await site.viewer()
            assert (await viewer.ask("DESCRIBE", PATH)).status == 500
            assert (await viewer.ask("OPTIONS", PATH)).status == 200

    play(run())


@pytest.mark.parametrize("asks", [True, False])
def test_a_viewer_that_does_not_read_and_asks_meanwhile_is_waited_for(
    play: Any, serve: Any, scene: Any, asks: bool
) -> None:
    async def run() -> None:
        async with serve(is_real=True) as site:
            site.listener.limits = ListenerLimits(stall_s=0.6)
            site.record([scene.picture(i, size=60_000) for i in range(150)], (scene.VIDEO,))
            viewer = await site.viewer()
            await viewer.setup(PATH, 0)
            await viewer.ask("PLAY", PATH, Rate_Control="no")
            viewer.writer.transport.pause_reading()
            channel = next(iter(site.rtsp._connections))._duplex
            await site.until(lambda: channel.queued_bytes > 0)
            for number in range(15):
                if asks:
                    viewer.writer.write(f"OPTIONS * RTSP/1.0\r\nCSeq: {100 + number}\r\n\r\n".encode())
                await asyncio.sleep(0.1)
            assert channel.is_open == asks
            site.listener.limits = ListenerLimits()
            if asks:
                assert patience_ms(channel) == 0
                viewer.writer.transport.resume_reading()
                while patience_ms(channel) == 0:
                    await viewer.hear()
                assert patience_ms(channel) == 60_000

    play(run())


def patience_ms(channel: Any) -> int:
    """For how long the system leaves a peer that acknowledges nothing more."""
    return int(channel._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT))


def test_a_play_of_the_last_footage_while_recording_ends_brings_it(play: Any, serve: Any, scene: Any) -> None:
    is_sealed = Event()

    def hang() -> None:
        is_sealed.wait(20)

    async def run() -> None:
        async with serve() as site:
            writer, viewer = await site.replay_of_more(scene.footage(2), 0)
            site.archive._disk.submit(hang)
            site.archive.release(writer)
            last = clock_range(scene, 49)
            assert (await viewer.ask("PLAY", PATH, Range=last, Rate_Control="no")).status == 200
            is_sealed.set()
            await viewer.until(lambda: terminal(viewer))
            assert frames(scene, viewer) == list(range(25, 50))

    play(run())
