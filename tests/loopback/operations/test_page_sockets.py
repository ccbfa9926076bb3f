"""What the page's sockets say while there is nothing to see, and how they pass on what is large."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from threading import Event, current_thread, main_thread
from typing import Any

import msgspec
import pytest
import websockets
from tests.open_files import open_files

from vedette.device.settings.document import CameraSettings
from vedette.device.sources import SourceMaker
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.server.browser import player
from vedette.storage.reader import RecordingReader
from vedette.storage.recordings import RecordingInfo
from vedette.storage.view import SegmentView

Play = Callable[[Any], None]
START_US = 1_700_000_000_000_000
DOOR = CameraSettings(name="door", source="file:/nowhere/door.mp4", record=False)
SETUP = (bytes.fromhex("6742c00bdb0507ec0440000003004000000301e3c50ab9"), bytes.fromhex("68ca83cb20"))
VIDEO = Track(
    number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, width=320, height=240, setup=SETUP
)
HEVC = msgspec.structs.replace(
    VIDEO,
    codec="H265",
    setup=(
        bytes.fromhex("420101016000000300900000030000030078a003c08010e596566924cae68080000003008000000c84"),
    ),
)
AUDIO = Track(number=1, kind=TrackKind.AUDIO, codec="AAC", clock_hz=16_000, setup=(b"\x14\x08",), channels=1)


@pytest.fixture(autouse=True)
def _publishes_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SourceMaker, "__call__", lambda self, camera: [])


async def opened(site: Any, path: str, max_queue: int | None = 16) -> Any:
    """One of the page's sockets, as the page opens it."""
    cookie = (await site.client.get("/")).headers["set-cookie"].partition(";")[0]
    return websockets.connect(
        site.base.replace("http", "ws") + path,
        additional_headers={"Cookie": cookie},
        max_size=None,
        max_queue=max_queue,
    )


def picture(number: int, size: int = 100) -> AccessUnit:
    at_us = START_US + number * 40_000
    return AccessUnit(track=0, utc_us=at_us, pts=number * 3600, data=bytes(size), is_key=number == 0)


def footage(number: int) -> AccessUnit:
    nal = b"\x65picture " + bytes(50)
    at_us = START_US + number * 40_000
    data = len(nal).to_bytes(4, "big") + nal
    return AccessUnit(track=0, utc_us=at_us, pts=number * 3600, data=data, is_key=number % 50 == 0)


def sound(number: int) -> AccessUnit:
    """What is heard with a picture of that number."""
    return AccessUnit(
        track=1, utc_us=picture(number).utc_us, pts=number * 640, data=b"\x21\x10\x05", is_key=True
    )


def spoil(file: Path, at: int, data: bytes) -> None:
    with file.open("r+b") as opened_file:
        opened_file.seek(at)
        opened_file.write(data)


def test_a_camera_that_sends_nothing_is_told_from_a_connection_that_is_dead(
    running: Any, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player, "ALIVE_S", 0.02)

    async def scene() -> None:
        async with running(DOOR) as site:
            stream = site.server.cameras.require("door").main
            stream.announce((VIDEO,))
            stream.publish([picture(0)])
            async with await opened(site, "/api/live/door") as socket:
                told = json.loads(await socket.recv())
                assert "video/mp4" in told["mime"]
                assert b"ftyp" in await socket.recv()
                for _ in range(3):
                    alive = json.loads(await socket.recv())
                    assert alive == {"sent_s": pytest.approx(told["sent_s"], abs=5), "waiting_s": 0}
                    assert alive["sent_s"] > told["sent_s"]

    play(scene())


def test_so_it_is_where_footage_is_waited_for(
    running: Any, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player, "ALIVE_S", 0.02)

    async def scene() -> None:
        async with running(DOOR) as site:
            archive = site.server.archive
            archive.create(RecordingInfo(token="door"))
            writer = archive.writer("door")
            async with await opened(site, "/api/playback/door?from_us=0") as socket:
                assert [await socket.recv() for _ in range(3)] == ["{}"] * 3
            archive.release(writer)

    play(scene())


def test_a_browser_that_has_plenty_of_footage_has_it_wait(
    running: Any, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so after the first of two groups, the second of which is due at once."""
    monkeypatch.setattr(player, "ALIVE_S", 0.02)
    monkeypatch.setattr(player, "GROWTH_WAIT_S", 0.01)

    async def scene() -> None:
        async with running(DOOR) as site:
            archive = site.server.archive
            archive.create(RecordingInfo(token="door"))
            writer = archive.writer("door")
            writer.tracks_changed((VIDEO,))
            writer.receive([footage(number) for number in range(51)])

            async with await opened(site, "/api/playback/door?from_us=0") as socket:

                async def pictures() -> int:
                    message = await socket.recv()
                    return message.count(b"picture ") if isinstance(message, bytes) else 0

                seen = 0
                while seen < 50:
                    seen += await pictures()
                await socket.send("hold")
                await (await socket.ping())  # by now it has been heard
                writer.receive([footage(number) for number in range(51, 101)])
                assert [await pictures() for _ in range(30)] == [0] * 30
                await socket.send("go on")
                while seen < 100:
                    seen += await pictures()
            await asyncio.to_thread(writer.close().result, 20)
            archive.release(writer)

    play(scene())


def test_a_slow_browser_is_given_the_newest_group_of_pictures(running: Any, play: Play) -> None:
    """Eight seconds of pictures come while it reads next to nothing, far less than the system would take."""

    def numbered(number: int) -> AccessUnit:
        data = b"\x65" + bytes([number]) * 5000
        return msgspec.structs.replace(picture(number), data=data, is_key=number % 50 == 0)

    async def scene() -> None:
        async with running(DOOR) as site:
            stream = site.server.cameras.require("door").main
            stream.announce((VIDEO,))
            stream.publish([numbered(0)])
            async with await opened(site, "/api/live/door", max_queue=1) as browser:
                for number in range(1, 202):
                    stream.publish([numbered(number)])
                    await asyncio.sleep(0.002)
                seen: set[int] = set()
                while 200 not in seen:
                    message = await browser.recv()
                    if isinstance(message, bytes):
                        seen |= {number for number in range(202) if bytes([number]) * 4000 in message}
        left_out = {*range(201)} - seen
        assert len(left_out) > 40
        assert max(left_out) % 50 == 49  # what follows begins with a key frame

    play(scene())


@pytest.mark.parametrize("video", [VIDEO, HEVC], ids=["H.264", "H.265"])
def test_damaged_footage_is_passed_over_and_told_in_the_log(
    running: Any, play: Play, caplog: pytest.LogCaptureFixture, video: Track
) -> None:
    """The second of six groups cannot be decoded, the third not be found, the fourth not to its end."""

    async def scene() -> None:
        async with running(DOOR) as site:
            archive = site.server.archive
            archive.create(RecordingInfo(token="door"))
            writer = archive.writer("door")
            writer.tracks_changed((video,))
            writer.receive([footage(number) for number in range(6 * 50)])
            await asyncio.to_thread(writer.close().result, 20)
            archive.release(writer)
            with archive.reader("door") as reader:
                cursor = reader.forward(0)
                groups = [fragment for fragment in iter(cursor.next, None)]
            assert [len(each.samples) for each in groups] == [50] * 6
            file = archive.file_of("door", groups[0].place.segment)
            assert len({each.place.segment.id for each in groups}) == 1
            whole = file.read_bytes()
            second, third, fourth = (each.samples for each in groups[1:4])
            spoil(file, second[0].offset, b"\xff" * 4)
            head = whole.rindex(b"moof", 0, third[0].offset)
            spoil(file, head, b"mooX")
            spoil(file, fourth[20].offset, b"\xff" * 4)

            begun, sizes = [], []
            async with await opened(site, "/api/playback/door?from_us=0") as socket:
                async for message in socket:
                    if isinstance(message, str):
                        told = json.loads(message)
                        begun += [(told["from_us"] - START_US) / 2e6] if "mime" in told else []
                        assert "problem" not in told
                        sizes.append(0)
                    else:
                        sizes[-1] += message.count(b"picture ")
                        if sum(sizes) == 50 + 20 + 100:
                            break
            assert begun == [0, 3, 4]
            assert [size for size in sizes if size] == [50, 20, 100]

    play(scene())
    assert caplog.text.count("playback of door passes over damaged footage") == 1


def test_a_large_picture_comes_in_pieces_that_show_a_slow_link_alive(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running(DOOR) as site:
            stream = site.server.cameras.require("door").main
            stream.announce((VIDEO,))
            stream.publish([picture(0, 500_000), picture(1)])
            async with await opened(site, "/api/live/door") as socket:
                assert "video/mp4" in await socket.recv()
                assert b"ftyp" in await socket.recv()
                pieces = [await socket.recv()]
                while sum(map(len, pieces)) < 500_000:
                    pieces.append(await socket.recv())
                assert max(map(len, pieces)) <= 64 << 10
                assert b"moof" in pieces[0]

    play(scene())


def test_a_live_picture_goes_on_without_sound_that_stays_away(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running(DOOR) as site:
            stream = site.server.cameras.require("door").main
            stream.announce((VIDEO, AUDIO))
            stream.publish([unit for number in range(50) for unit in (picture(number), sound(number))])
            begun: list[str] = []
            async with await opened(site, "/api/live/door") as socket:
                for number in range(50, 150):
                    stream.publish([picture(number)])
                    await asyncio.sleep(0.001)
                async for message in socket:
                    if isinstance(message, str):
                        begun += [told["mime"]] if "mime" in (told := json.loads(message)) else []
                    elif b"moof" in message and len(begun) == 2:
                        break
            assert ["mp4a" in mime for mime in begun] == [True, False]
            assert message.count(b"trun") == 1  # pictures alone, from the key frame on
            assert len(message) > 80 * 100

    play(scene())


def test_so_does_footage_until_it_begins_anew(running: Any, play: Play) -> None:
    """Six groups of pictures of two seconds; the first has sound, and so has the last one behind a gap."""

    def units(group: int) -> list[AccessUnit]:
        numbers = range(50 * group, 50 * group + 50)
        if group == 0 or group == 5:
            return [unit for number in numbers for unit in (footage(number), sound(number))]
        return [footage(number) for number in numbers]

    async def scene() -> None:
        async with running(DOOR) as site:
            archive = site.server.archive
            archive.create(RecordingInfo(token="door"))
            writer = archive.writer("door")
            writer.tracks_changed((VIDEO, AUDIO))
            for group in range(6):
                late = [
                    msgspec.structs.replace(each, utc_us=each.utc_us + 5_000_000) for each in units(group)
                ]
                first = msgspec.structs.replace(late[0], is_discontinuous=True)
                writer.receive([first, *late[1:]] if group == 5 else units(group))
            await asyncio.to_thread(writer.close().result, 20)
            archive.release(writer)
            begun, pictures = [], 0
            async with await opened(site, "/api/playback/door?from_us=0") as socket:
                async for message in socket:
                    if isinstance(message, bytes):
                        pictures += message.count(b"picture ")
                    elif "mime" in (told := json.loads(message)):
                        begun.append(("mp4a" in told["mime"], (told["from_us"] - START_US) / 1e6))
                    if pictures == 6 * 50:
                        break
            assert begun == [(True, 0), (False, 2), (True, 15)]

    play(scene())


def test_the_last_footage_comes_also_where_recording_ends_while_it_is_waited_for(
    running: Any, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player, "GROWTH_WAIT_S", 0.001)
    following = player.Footage.next

    async def scene() -> None:
        async with running(DOOR) as site:
            archive = site.server.archive
            archive.create(RecordingInfo(token="door"))
            writer = archive.writer("door")
            writer.tracks_changed((VIDEO,))
            writer.receive([footage(number) for number in range(50)])
            writer.flush()
            loop = asyncio.get_running_loop()

            async def end() -> None:
                writer.receive([footage(number) for number in range(50, 75)])
                archive.release(writer)

            def ended_meanwhile(it: player.Footage) -> Any:
                found = following(it)
                if found is None and not writer.is_over:
                    asyncio.run_coroutine_threadsafe(end(), loop).result()
                    writer.close().result(20)
                return found

            monkeypatch.setattr(player.Footage, "next", ended_meanwhile)
            async with await opened(site, "/api/playback/door?from_us=0") as socket:
                pictures = [each.count(b"picture ") async for each in socket if isinstance(each, bytes)]
            assert sum(pictures) == 75

    play(scene())


def test_a_browser_that_goes_while_footage_is_read_leaves_no_file_open(
    running: Any, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_reading, is_closed = Event(), Event()
    refresh, close = SegmentView.refresh, RecordingReader.close

    def slow(view: SegmentView) -> None:
        if current_thread() is not main_thread() and not is_reading.is_set():
            is_reading.set()
            is_closed.wait(1)  # which must not come before this is read
        refresh(view)

    def closed(reader: RecordingReader) -> None:
        close(reader)
        is_closed.set()

    async def scene() -> None:
        async with running(DOOR) as site:
            archive = site.server.archive
            archive.create(RecordingInfo(token="door"))
            writer = archive.writer("door")
            writer.tracks_changed((VIDEO,))
            writer.receive([footage(number) for number in range(50)])
            archive.release(writer)
            await asyncio.to_thread(writer.close().result, 20)
            monkeypatch.setattr(SegmentView, "refresh", slow)
            monkeypatch.setattr(RecordingReader, "close", closed)
            async with await opened(site, "/api/playback/door?from_us=0"):
                await asyncio.to_thread(is_reading.wait, 20)

    play(scene())
    assert open_files("/recordings/door/") == []
