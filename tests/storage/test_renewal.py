"""A damaged index is made anew under recording: nothing is lost, and the oldest goes first as ever."""

import asyncio
import errno
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
from tests.storage.conftest import START_US, footage, looked_after, read_all, record
from tests.storage.test_rows import deleted, dropped, overwritten, recording, until_written

from vedette.base.clock import ManualClock
from vedette.storage import check, renewal
from vedette.storage.archive import INDEX_FILE, Archive
from vedette.storage.errors import RecordingInUse, StorageError
from vedette.storage.recordings import RecordingInfo, Standing, TimeRange
from vedette.storage.retention import RetentionLimits, enforce
from vedette.storage.writer import RecordingWriter, WriterOptions

Open = Callable[[], Archive]
LACKS = f"{INDEX_FILE} lacks footage, which is entered while recording goes on"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "LOOK_S", 0.01)
    monkeypatch.setattr(renewal, "RETRY_S", 0.01)


@pytest.mark.parametrize("damage", [dropped, overwritten, deleted])
def test_recording_goes_on_while_a_damaged_index_is_made_anew(
    archive: Archive, open_archive: Open, damage: Callable[[Archive], None]
) -> None:
    archive.create(RecordingInfo(token="attic", content="empty"))
    archive.create(RecordingInfo(token="yard", content="the yard"))
    archive._options = WriterOptions(segment_us=2_000_000)
    others = footage(8)
    record(archive, others, token="yard")
    units = footage(30)

    async def scenario() -> None:
        writer = recording(archive)
        writer.receive(units[:300])
        async with looked_after(archive) as told:
            damage(archive)
            if damage is not deleted:  # which is looked for
                archive.index.database.note_damage()  # what is cached may hide it
            for first in range(300, len(units), 50):
                writer.receive(units[first : first + 50])
                await asyncio.to_thread(until_written, archive)
            await asyncio.wait_for(told.is_over.wait(), 20)
            until_written(archive)
            assert check.verify(archive) == []
            assert told.problems == [f"{INDEX_FILE} is damaged and made anew; recording goes on meanwhile"]
            writer.close().result(20)
        archive.release(writer)
        assert (writer.counts.dropped, writer.counts.gaps) == (0, 0)

    asyncio.run(scenario())
    assert read_all(archive) == units
    assert read_all(archive, token="yard") == others
    assert {info.token: info.content for info in archive.recordings()} == {
        "attic": "empty",
        "hall": "the hall",
        "yard": "the yard",
    }
    assert check.verify(archive) == []
    archive.close()
    again, findings = check.opened(archive.folder, open_archive)
    assert findings == []
    assert read_all(again) == units


def test_recordings_keep_their_ids_in_a_new_index(archive: Archive) -> None:
    for token in ("b", "a"):
        archive.create(RecordingInfo(token=token))
    before = {info.token: key for key, info in archive.index.recordings()}
    archive.index.ids["b"] = before["a"]  # as damage may tell
    archive.take_index(archive.fresh_index())
    after = {info.token: key for key, info in archive.index.recordings()}
    assert after["hall"] == before["hall"]
    assert len(set(after.values())) == 3


def test_what_is_recorded_now_does_not_go_before_what_is_not_entered_yet(archive: Archive) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    record(archive, footage(10))
    archive.take_index(archive.fresh_index())
    record(archive, footage(10, start_us=START_US + 10_000_000))
    archive.hold_back([1], lambda: TimeRange(START_US + 10_000_001, 1 << 62))
    deleted = enforce(archive, RetentionLimits(least_free_bytes=1 << 60), START_US + 20_000_000)
    assert (deleted.segments, deleted.is_short) == (0, True)
    with pytest.raises(RecordingInUse, match="being entered"):
        archive.delete("hall")
    archive.hold_back([], lambda: TimeRange(0, 0))
    deleted = enforce(archive, RetentionLimits(least_free_bytes=1 << 60), START_US + 20_000_000)
    assert deleted.segments == 5


@pytest.mark.parametrize("step_s", [0, -3600, 5 * 365 * 86_400])
def test_what_is_recorded_since_is_known_also_when_the_clock_is_set_meanwhile(
    archive: Archive, step_s: int
) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    day_us = 86_400_000_000
    for day in range(2):
        record(archive, footage(4, start_us=START_US + day * day_us))
    archive.take_index(archive.fresh_index())
    clock = ManualClock(START_US + 2 * day_us - max(0, step_s) * 1_000_000)
    passes = []

    def files(folder: Path, day: str) -> Iterator[str]:
        if archive.index.total_bytes() and not passes:  # the first day is entered
            clock.advance(60)
            clock.step(step_s)
            record(archive, footage(4, start_us=clock.utc_us() - 4_000_000))
            passes.append(enforce(archive, RetentionLimits(least_free_bytes=1 << 60), clock.utc_us()))
        return check.files_of_day(folder, day)

    async def scenario() -> None:
        with patch.object(renewal, "files_of_day", files):
            async with looked_after(archive, clock) as told:
                await asyncio.wait_for(told.is_over.wait(), 20)

    asyncio.run(scenario())
    assert [each.until_us for each in passes] == [{"hall": START_US + 4_000_000}]
    assert len(archive.index.after(1, 0, most=99)) == 4


def test_a_start_goes_on_with_an_index_that_was_being_made_anew(archive: Archive, open_archive: Open) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    units = footage(20)
    record(archive, units)
    archive.take_index(archive.fresh_index())
    archive.close()

    again, findings = check.opened(archive.folder, open_archive)
    assert findings == [], "it is gone on with beside recording, which need not wait for it"
    assert read_all(again) == []
    later = footage(4, start_us=START_US + 20_000_000, first_pts=7_654_321 + 500 * 3600)

    async def scenario() -> None:
        async with looked_after(again) as told:
            record(again, later)
            await asyncio.wait_for(told.is_over.wait(), 20)
            assert told.problems == [LACKS]

    asyncio.run(scenario())
    assert read_all(again) == units + later
    assert again.index.recordings(Standing.COMPLETING) == []
    assert [each.reason for each in again.index.gaps(1, 0, 1 << 60)] == []
    assert check.verify(again) == []


def test_a_renewal_tells_how_many_days_are_entered(archive: Archive, open_archive: Open) -> None:
    for day in range(3):
        record(archive, footage(2, start_us=START_US + day * 86_400_000_000))
    units = read_all(archive)
    archive.take_index(archive.fresh_index())

    async def scenario() -> None:
        async with looked_after(archive) as told:
            await asyncio.wait_for(told.is_over.wait(), 20)
            assert told.days == [(0, 3), (1, 3), (2, 3)]

    asyncio.run(scenario())
    assert read_all(archive) == units


def test_a_start_that_finds_no_index_records_before_it_knows_what_is_there(
    archive: Archive, open_archive: Open
) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    units = footage(20)
    record(archive, units)
    archive.close()
    (archive.folder / INDEX_FILE).unlink()
    empty = sorted(archive.folder_of("hall").glob("*/*.mp4"))[-1]
    empty.write_bytes(empty.read_bytes()[:100])

    for problems in (["was missing"], []):  # a second start goes on, and so does a third
        again, findings = check.opened(archive.folder, open_archive)
        assert [each.problem for each in findings] == problems
        assert [info.content for info in again.recordings()] == ["the hall"]
        assert read_all(again) == []
        again.close()
    again, _ = check.opened(archive.folder, open_archive)
    later = footage(4, start_us=START_US + 20_000_000, first_pts=7_654_321 + 500 * 3600)

    async def scenario() -> None:
        async with looked_after(again) as told:
            record(again, later)
            await asyncio.wait_for(told.is_over.wait(), 20)
        assert [Path(each.path).name for each in told.findings] == [empty.name]
        assert told.findings[0].problem == "was not in the index and held no whole fragment"

    asyncio.run(scenario())
    before = [each for each in units if each.utc_us < START_US + 18_000_000]
    assert read_all(again) == before + later
    assert [each[:2] for each in again.index.gaps(1, 0, 1 << 60)] == [
        (START_US + 18_000_000, START_US + 20_000_000)
    ]
    assert check.verify(again) == []


def test_a_repair_completes_an_index_that_was_being_made_anew(archive: Archive, open_archive: Open) -> None:
    units = footage(4)
    record(archive, units)
    archive.take_index(archive.fresh_index())
    archive.close()
    assert check.mend(archive.folder, open_archive) != []
    again = open_archive()
    assert again.index.recordings(Standing.COMPLETING) == []
    assert read_all(again) == units
    assert check.verify(again) == []


def test_a_disk_that_refuses_for_a_while_to_tell_its_files_only_delays_them(archive: Archive) -> None:
    units = footage(4)
    record(archive, units)
    archive.take_index(archive.fresh_index())
    refusals = iter([OSError(errno.EIO, "Input/output error"), StorageError("the index is full")])

    def refusing(folder: Path, day: str) -> Iterator[str]:
        for refusal in refusals:
            raise refusal
        return check.files_of_day(folder, day)

    async def scenario() -> None:
        with patch.object(renewal, "files_of_day", refusing):
            async with looked_after(archive) as told:
                await asyncio.wait_for(told.is_over.wait(), 20)
                assert told.problems == [
                    LACKS,
                    f"{INDEX_FILE} cannot be made anew: Input/output error",
                    "the index is full",
                ]

    asyncio.run(scenario())
    assert read_all(archive) == units


def test_an_index_that_is_damaged_again_and_again_is_made_anew_only_so_often(archive: Archive) -> None:
    record(archive, footage(4))

    async def scenario() -> None:
        async with looked_after(archive) as told:
            for _ in range(2):
                dropped(archive)
                archive.index.database.note_damage()
                await asyncio.wait_for(told.is_over.wait(), 20)
            await asyncio.sleep(0.1)

    asyncio.run(scenario())
    assert len(list(archive.folder.glob("*.damaged-?"))) == 1


def test_footage_is_written_also_where_nobody_waits_any_more_for_what_the_disk_is_asked(
    archive: Archive,
) -> None:
    disk_goes_on = Event()

    def hang() -> None:
        disk_goes_on.wait(20)

    async def scenario() -> RecordingWriter:
        writer = recording(archive)
        writer.receive(footage(4))
        archive._disk.submit(hang)
        waiting: list[Future[Any]] = [archive.unknown_files(), writer.close()]
        for each in waiting:
            task = asyncio.ensure_future(asyncio.wrap_future(each))
            await asyncio.sleep(0)
            task.cancel()  # as where the server ends
            await asyncio.wait([task])
        return writer

    writer = asyncio.run(scenario())
    disk_goes_on.set()
    archive.release(writer)
    writer.close().result(20)
    assert read_all(archive) == footage(4)
    assert check.verify(archive) == []


def test_what_a_slow_disk_writes_while_the_index_is_replaced_is_entered(archive: Archive) -> None:
    units = footage(12)
    disk_goes_on = Event()

    def hang() -> None:
        disk_goes_on.wait(20)

    async def scenario() -> None:
        writer = recording(archive)
        writer.receive(units[:50])
        writer.flush()
        await asyncio.to_thread(until_written, archive)
        archive._disk.submit(hang)
        writer.receive(units[50:])  # several segments begin and end before the writer knows the new index
        unknown_files = archive.unknown_files

        def asked() -> Future[set[tuple[str, str]]]:
            disk_goes_on.set()
            return unknown_files()

        with patch.object(archive, "unknown_files", asked):
            async with looked_after(archive) as told:
                archive.index.database.note_damage()
                await asyncio.wait_for(told.is_over.wait(), 20)
        writer.close().result(20)
        archive.release(writer)

    asyncio.run(scenario())
    assert check.verify(archive) == []
    assert read_all(archive) == units
    ids = [each.id for each in archive.index.after(1, 0, most=99)]
    assert ids == sorted(ids)  # those of what was entered lie before those of what is being recorded
