"""A recording that the disk does not let begin is tried again."""

import asyncio
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from tests.loopback.recorder.conftest import START_US, VIDEO, Nvr

from vedette.device import jobs
from vedette.device.jobs import JobState
from vedette.storage import archive as archive_module
from vedette.storage import check, renewal
from vedette.storage.errors import StorageError
from vedette.storage.recordings import ABOUT_FILE, RecordingInfo, read_about


async def state_of(nvr: Nvr, name: str, wanted: JobState) -> None:
    camera = nvr.cameras.require(name)
    for _ in range(1000):
        if nvr.recorder.job_of(camera).state is wanted:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{name} is {nvr.recorder.job_of(camera).state}, not {wanted}")


def test_a_recording_that_could_not_be_made_is_tried_again_when_the_disk_allows_it(
    nvr: Nvr, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        monkeypatch.setattr(jobs, "RETRY_S", 0.05)
        monkeypatch.setattr(jobs, "LOOK_S", 0.05)
        write_about = archive_module.write_about

        def refuse(*_: object, is_durable: bool) -> None:
            raise StorageError("the disk is full")

        monkeypatch.setattr(archive_module, "write_about", refuse)
        await nvr.recorder.start()
        following = asyncio.create_task(nvr.recorder.run())
        try:
            await state_of(nvr, "hall", JobState.ERROR)
            assert nvr.recorder.is_disk_failing
            monkeypatch.setattr(archive_module, "write_about", write_about)
            await state_of(nvr, "hall", JobState.WAITING)
            await state_of(nvr, "door", JobState.WAITING)
            assert not nvr.recorder.is_disk_failing
            assert nvr.archive.recording("hall").source_id == "hall"
            nvr.cameras.require("hall").main.announce((VIDEO,))
            await state_of(nvr, "hall", JobState.ACTIVE)
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following

    asyncio.run(scene())


def test_a_recording_that_could_not_be_made_is_no_error_once_nobody_wants_it(
    nvr: Nvr, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        def refuse(*_: object, is_durable: bool) -> None:
            raise StorageError("the disk is full")

        monkeypatch.setattr(archive_module, "write_about", refuse)
        await nvr.recorder.start()
        assert nvr.recorder.is_disk_failing
        following = asyncio.create_task(nvr.recorder.run())
        try:
            nvr.recorder._is_wanted = lambda camera: False
            nvr.recorder.refresh()
            await state_of(nvr, "hall", JobState.IDLE)
            assert not nvr.recorder.is_disk_failing
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following

    asyncio.run(scene())


def test_what_went_wrong_with_a_camera_s_recording_is_forgotten_when_it_begins_anew(nvr: Nvr) -> None:
    async def scene() -> None:
        await nvr.recorder.start()
        nvr.recorder.report("hall", StorageError("full"))
        await asyncio.sleep(0)
        camera = nvr.cameras.require("hall")
        assert nvr.recorder.job_of(camera).state is JobState.ERROR
        for is_active in (False, True):
            await nvr.recordings.set_job_mode(await nvr.recordings.require("hall"), is_active=is_active)
            await nvr.recorder._arrange()
            assert nvr.recorder.job_of(camera).state is (JobState.WAITING if is_active else JobState.IDLE)

    asyncio.run(scene())


def test_a_folder_whose_making_was_interrupted_is_no_recording(nvr: Nvr) -> None:
    (nvr.archive.recordings_folder / "hall").mkdir()
    (nvr.archive.recordings_folder / "hall" / "recording.json.new").write_text("{")
    assert check.settle(nvr.archive) == []
    nvr.archive.create(RecordingInfo(token="hall", source_id="hall"))
    assert nvr.archive.recording("hall").source_id == "hall"
    with pytest.raises(StorageError, match="there already"):
        nvr.archive.create(RecordingInfo(token="hall"))


def test_a_recording_whose_description_was_lost_is_described_again(nvr: Nvr) -> None:
    async def scene() -> None:
        await nvr.recorder.start()
        hall, door = (nvr.archive.folder_of(each) for each in ("hall", "door"))
        nvr.archive.change(msgspec.structs.replace(nvr.archive.recording("door"), content="by a client"))
        nvr.recorder.close()
        for folder in (hall, door):
            (folder / ABOUT_FILE).unlink()
        nvr.archive.index.put_recording(RecordingInfo(token="hall")).result()  # what a rebuilt index knows
        await nvr.recorder.start()

        assert nvr.archive.recording("hall").source_id == "hall"
        assert read_about(hall) == nvr.archive.recording("hall")
        assert read_about(door).content == nvr.archive.recording("door").content == "by a client"

    asyncio.run(scene())


def test_how_far_a_new_index_is_is_told(
    nvr: Nvr, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(renewal, "LOOK_S", 0.01)
    caplog.set_level("INFO", "vedette.device.jobs")
    for day in range(3):
        nvr.record("hall", day * 86_400, 2)
    nvr.archive.take_index(nvr.archive.fresh_index())
    left: list[int] = []
    enter = renewal.enter_file

    def look_on(*words: Any, **named: Any) -> check.Finding:
        left.append(nvr.recorder.index_days_left)
        nvr.clock.advance(jobs.PROGRESS_S / 2)
        return enter(*words, **named)

    monkeypatch.setattr(renewal, "enter_file", look_on)

    async def scene() -> None:
        await nvr.recorder.start()
        following = asyncio.create_task(nvr.recorder.run())
        for _ in range(1000):
            if len(left) == 3 and not nvr.recorder.index_days_left:
                break
            await asyncio.sleep(0.01)
        following.cancel()
        await asyncio.wait([following])

    asyncio.run(scene())
    assert left == [3, 2, 1]
    assert [each.getMessage() for each in caplog.records] == [
        "index: index.sqlite lacks footage, which is entered while recording goes on",
        "index: 0 of 3 days are in it again",
        "index: 2 of 3 days are in it again",
        "index: all footage is in it again",
    ]


def test_what_a_camera_sends_while_its_recording_is_made_is_recorded_and_nothing_twice(nvr: Nvr) -> None:
    async def scene() -> None:
        camera = nvr.cameras.require("hall")
        sent = nvr.units(START_US, 3)
        camera.main.announce((VIDEO,))
        camera.main.publish(sent[:10])
        await nvr.recorder.start()
        camera.main.publish(sent[10:30])
        for is_active in (False, True):
            await nvr.recordings.set_job_mode(await nvr.recordings.require("hall"), is_active=is_active)
            await nvr.recorder._arrange()
        camera.main.publish(sent[30:])
        writer = nvr.recorder.writer_of("hall")
        assert writer is not None
        await asyncio.wrap_future(writer.close())
        with nvr.archive.reader("hall") as reader:
            cursor, found = reader.forward(0), []
            while (fragment := cursor.next()) is not None:
                found += [unit.utc_us for unit in fragment.units()]
        # what comes between a new beginning and the next key frame cannot be shown
        assert found == [unit.utc_us for unit in (*sent[:30], *sent[50:])]

    asyncio.run(scene())
