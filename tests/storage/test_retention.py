"""The oldest goes first, nothing that is held goes, and the disk never fills up."""

import asyncio
import shutil
from pathlib import Path
from unittest.mock import AsyncMock, Mock, patch

import pytest
from tests.storage.conftest import ALL, START_US, footage, read_all, record

from vedette.base.clock import ManualClock
from vedette.storage import check, retention
from vedette.storage.archive import Archive
from vedette.storage.errors import RecordingInUse, StorageError
from vedette.storage.progress import Progress
from vedette.storage.recordings import RecordingInfo
from vedette.storage.retention import Deleted, Keeper, RetentionLimits, enforce
from vedette.storage.writer import WriterOptions

NONE = RetentionLimits(least_free_bytes=0)


@pytest.fixture
def filled(archive: Archive) -> Archive:
    """Ten segments of two seconds."""
    archive._options = WriterOptions(segment_us=2_000_000)
    record(archive, footage(20))
    return archive


def starts(archive: Archive, token: str = "hall") -> list[int]:
    recording_id, _ = archive.index.recording(token)
    return [(row.start_us - START_US) // 1_000_000 for row in archive.index.after(recording_id, 0, most=99)]


def test_without_limits_nothing_goes(filled: Archive) -> None:
    assert enforce(filled, NONE, START_US + 10**15).segments == 0
    assert len(starts(filled)) == 10


def test_age_counts_from_the_end_of_a_segment(filled: Archive) -> None:
    now_us = START_US + 60_000_000
    deleted = enforce(filled, RetentionLimits(keep_s=51, least_free_bytes=0), now_us)

    assert starts(filled) == [8, 10, 12, 14, 16, 18]
    assert (deleted.segments, deleted.until_us) == (4, {"hall": START_US + 8_000_000})
    assert check.verify(filled) == []
    assert read_all(filled) == [unit for unit in footage(20) if unit.utc_us >= START_US + 8_000_000]


@pytest.mark.parametrize(
    ("own_s", "all_s", "first"), [(45, 51, 14), (51, 45, 14), (45, 0, 14), (0, 45, 14), (0, 0, 0)]
)
def test_of_a_recordings_own_age_and_that_of_all_the_shorter_counts(
    filled: Archive, own_s: int, all_s: int, first: int
) -> None:
    filled.change(RecordingInfo(token="hall", keep_s=own_s))
    enforce(filled, RetentionLimits(keep_s=all_s, least_free_bytes=0), START_US + 60_000_000)

    assert starts(filled)[0] == first


def test_size_takes_the_oldest_of_all_recordings(filled: Archive) -> None:
    filled.create(RecordingInfo(token="yard"))
    record(filled, footage(20, start_us=START_US + 1_000_000), token="yard")
    each = filled.index.after(1, 0)[0].bytes
    enforce(filled, RetentionLimits(most_bytes=each * 16, least_free_bytes=0), START_US)

    assert filled.index.total_bytes() <= each * 16
    assert starts(filled)[0] in (4, 6)
    assert starts(filled, "yard")[0] in (3, 5, 7)


def test_a_clock_that_went_back_by_years_does_not_have_the_newest_footage_go(filled: Archive) -> None:
    years_us = 5 * 365 * 86_400_000_000  # as one whose battery is empty, by the power cut
    record(filled, footage(8, start_us=START_US - years_us))
    each = filled.index.after(1, 0)[0].bytes
    now_us = START_US - years_us + 8_000_000
    enforce(filled, RetentionLimits(most_bytes=each * 8 + 50, least_free_bytes=0), now_us)

    earlier = -years_us // 1_000_000
    assert starts(filled) == [earlier, earlier + 2, earlier + 4, earlier + 6, 12, 14, 16, 18]
    enforce(filled, RetentionLimits(most_bytes=each * 3 + 50, least_free_bytes=0), now_us)
    assert starts(filled) == [earlier + 2, earlier + 4, earlier + 6]
    assert check.verify(filled) == []


def test_what_a_clock_dated_too_late_for_a_while_goes_in_its_turn(archive: Archive) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    for start_us in (0, 3_600_000_000, 10_000_000):
        record(archive, footage(6, start_us=START_US + start_us))
    each = archive.index.after(1, 0)[0].bytes
    kept = []
    for most in (7, 5, 2):
        limits = RetentionLimits(most_bytes=each * most + 50, least_free_bytes=0)
        enforce(archive, limits, START_US + 16_000_000)
        kept.append(starts(archive))

    assert kept == [[4, 10, 12, 14, 3600, 3602, 3604], [10, 12, 14, 3602, 3604], [12, 14]]


def test_what_a_camera_dates_a_little_ahead_is_not_taken_for_old(archive: Archive) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    record(archive, footage(6, start_us=START_US + 40_000_000))  # the camera's clock, half a minute ahead
    record(archive, footage(6))  # entered later, as a renewal does with what is older
    each = archive.index.after(1, 0)[0].bytes
    limits = RetentionLimits(most_bytes=each * 3 + 50, least_free_bytes=0)
    enforce(archive, limits, START_US + 16_000_000)

    assert starts(archive) == [40, 42, 44]


def test_a_recordings_own_size_is_kept(filled: Archive) -> None:
    each = filled.index.after(1, 0)[0].bytes
    filled.change(RecordingInfo(token="hall", most_bytes=each * 3 + 50))
    enforce(filled, NONE, START_US)

    assert starts(filled) in ([14, 16, 18], [16, 18])


def test_held_footage_stays(filled: Archive) -> None:
    with (
        filled.holding("hall", START_US + 3_000_000, START_US + 5_000_000),
        filled.holding("hall", START_US + 10_000_000, START_US + 10_000_001),
    ):
        enforce(filled, RetentionLimits(keep_s=1, least_free_bytes=0), START_US + 10**12)
        assert starts(filled) == [2, 4, 10]
        left = [
            (START_US + begin * 1_000_000, START_US + end * 1_000_000) for begin, end in ((2, 6), (10, 12))
        ]
        with filled.reader("hall") as reader:
            assert reader.sections(0, 1 << 60) == left
        assert [(each.start_us, each.end_us) for each in filled.index.coverage(1, 0, 1 << 60)] == left
        with pytest.raises(RecordingInUse):
            filled.delete("hall")
    enforce(filled, RetentionLimits(keep_s=1, least_free_bytes=0), START_US + 10**12)
    assert starts(filled) == []
    assert list(filled.folder_of("hall").glob("*/")) == []


def test_what_gives_way_goes_when_nothing_else_can(filled: Archive) -> None:
    each = filled.index.after(1, 0)[0].bytes
    with filled.holding("hall", START_US, START_US + 8_000_000, gives_way=True):
        enforce(filled, RetentionLimits(most_bytes=each * 8 + 200, least_free_bytes=0), START_US)
        assert starts(filled)[:5] == [0, 2, 4, 6, 12]
        enforce(filled, RetentionLimits(keep_s=1, least_free_bytes=0), START_US + 10**12)
        assert starts(filled) == [0, 2, 4, 6]
        enforce(filled, RetentionLimits(most_bytes=each * 2 + 50, least_free_bytes=0), START_US)
        assert starts(filled) in ([4, 6], [6])
        filled.delete("hall")
    assert filled.held == []


def test_what_gives_way_goes_before_what_is_recorded_later(filled: Archive) -> None:
    each = filled.index.after(1, 0)[0].bytes
    with filled.holding("hall", START_US, START_US + 8_000_000, gives_way=True):
        record(filled, footage(6, start_us=START_US + 20_000_000, first_pts=7_654_321 + 20 * 90_000))
        enforce(filled, RetentionLimits(most_bytes=each * 5 + 300, least_free_bytes=0), START_US)
        assert starts(filled) == [4, 6, 20, 22, 24]


def test_an_export_of_much_footage_keeps_nothing_else_from_going(archive: Archive) -> None:
    for number in range(1200):
        start_us = START_US + number * 1_000_000
        end = Progress(start_us + 1_000_000, 10, 1)
        added = archive.index.add_segment(1, f"day/{number}.mp4", ALL, start_us, continues=True, sealed=end)
    added.result(20)
    with archive.holding("hall", START_US, START_US + 1100 * 1_000_000):
        deleted = enforce(archive, RetentionLimits(most_bytes=11_950, least_free_bytes=0), START_US)
    assert deleted.segments == 5
    assert starts(archive)[:2] == [0, 1]
    assert deleted.from_us == {"hall": START_US + 1100 * 1_000_000}


def test_what_is_being_recorded_stays(filled: Archive) -> None:
    writer = filled.writer("hall")
    writer.tracks_changed(ALL)
    writer.receive(footage(3, start_us=START_US + 30_000_000))
    writer.close().result(20)
    filled.index.database.write(
        lambda c: c.execute("UPDATE segments SET state = 0 WHERE start_us >= ?", (START_US + 32_000_000,))
    ).result()
    enforce(filled, RetentionLimits(keep_s=1, least_free_bytes=0), START_US + 10**12)

    assert starts(filled) == [32]


def test_the_free_space_floor_is_restored(filled: Archive) -> None:
    each = filled.index.after(1, 0)[0].bytes
    with patch.object(retention, "free_bytes", return_value=1000):
        deleted = enforce(filled, RetentionLimits(least_free_bytes=1000 + each * 2), START_US)
        assert (deleted.segments, deleted.is_short) == (2, False)
        deleted = enforce(filled, RetentionLimits(least_free_bytes=1000 + each * 99), START_US)
        assert (deleted.segments, deleted.is_short) == (8, True)


def test_of_a_small_disk_no_more_than_a_sixteenth_is_made_free(filled: Archive) -> None:
    each = filled.index.after(1, 0)[0].bytes
    with (
        patch.object(retention, "free_bytes", return_value=1000),
        patch.object(retention, "disk_bytes", return_value=16 * 2 * each),
    ):
        enforce(filled, RetentionLimits(least_free_bytes=1000), START_US, wanted_bytes=9 * each)
    assert starts(filled)[0] == 4


def test_the_floor_is_that_of_the_disk_on_which_the_footage_lies(filled: Archive) -> None:
    def free(folder: Path) -> int:
        return 0 if folder == filled.recordings_folder else 1 << 40

    with patch.object(retention, "free_bytes", free):
        assert enforce(filled, RetentionLimits(least_free_bytes=1), START_US).segments == 1


def test_a_disk_that_went_away_is_an_error_of_the_storage(filled: Archive) -> None:
    shutil.rmtree(filled.folder)
    with pytest.raises(StorageError, match="cannot tell what is free"):
        enforce(filled, RetentionLimits(least_free_bytes=1), START_US)


def test_a_deleted_recording_is_gone_from_disk_and_index(filled: Archive) -> None:
    filled.delete("hall")

    assert filled.recordings() == []
    assert not filled.folder_of("hall").exists()
    filled.create(RecordingInfo(token="hall"))
    assert starts(filled) == []


def test_the_keeper_makes_room_at_once_when_the_disk_is_full(filled: Archive) -> None:
    each = filled.index.after(1, 0)[0].bytes
    passes: list[Deleted] = []

    async def scenario() -> None:
        room = asyncio.Event()

        def deleted(what: Deleted) -> None:
            passes.append(what)
            room.set()

        keeper = Keeper(
            filled,
            lambda: RetentionLimits(least_free_bytes=1000),
            ManualClock(START_US),
            deleted=deleted,
            failed=lambda _: None,
            interval_s=60,
            wanted_bytes=each * 3,
        )
        task = asyncio.create_task(keeper.run())
        await asyncio.sleep(0)
        await asyncio.to_thread(keeper.make_room)
        await asyncio.wait_for(room.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with patch.object(retention, "free_bytes", return_value=1000):
        asyncio.run(scenario())
    assert [what.segments for what in passes] == [3]
    assert starts(filled)[0] == 6


@pytest.mark.parametrize(
    ("files", "left", "gone"), [(1 << 20, 60, 4), (1 << 20, 64, 0), (40, 0, 3), (40, 3, 0), (0, 0, 0)]
)
def test_a_disk_that_has_room_but_takes_no_more_files_loses_some_of_the_oldest(
    filled: Archive, files: int, left: int, gone: int
) -> None:
    state = Mock(f_files=files, f_favail=left, f_bavail=1 << 30, f_blocks=1 << 31, f_frsize=4096)
    with patch.object(retention.os, "statvfs", return_value=state):
        assert enforce(filled, NONE, START_US).segments == 0
        assert enforce(filled, NONE, START_US, wanted_bytes=1).segments == gone
    assert starts(filled)[0] == 2 * gone


def test_a_disk_that_takes_no_more_files_and_has_none_to_lose_is_short(filled: Archive) -> None:
    state = Mock(f_files=10_000, f_favail=0, f_bavail=1 << 30, f_blocks=1 << 31, f_frsize=4096)
    with patch.object(retention.os, "statvfs", return_value=state):
        assert not enforce(filled, NONE, START_US, wanted_bytes=1).is_short
        assert enforce(filled, NONE, START_US, wanted_bytes=1).is_short


@pytest.mark.parametrize("turns", range(6))
def test_the_keeper_ends_when_it_is_cancelled_just_as_it_is_woken(filled: Archive, turns: int) -> None:
    async def scenario() -> None:
        keeper = Keeper(
            filled, RetentionLimits, ManualClock(START_US), deleted=lambda _: None, failed=lambda _: None
        )
        task = asyncio.create_task(keeper.run())
        with patch.object(keeper, "_pass", new=AsyncMock()):
            for _ in range(3):
                await asyncio.sleep(0)  # until it waits
            keeper.enforce_soon()
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            over, _ = await asyncio.wait((task,), timeout=0.2)
        task.cancel()
        assert over

    asyncio.run(scenario())


def test_files_that_cannot_be_deleted_stay_in_the_index_and_hold_up_no_other(
    filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.create(RecordingInfo(token="yard"))
    record(filled, footage(20, start_us=START_US + 1_000_000), token="yard")
    unlink = Path.unlink

    def refuse(file: Path, *, missing_ok: bool = False) -> None:
        if "hall" in file.parts:
            raise PermissionError(13, "Permission denied")
        unlink(file, missing_ok=missing_ok)

    limits = RetentionLimits(keep_s=20, most_bytes=1, least_free_bytes=1 << 60)
    monkeypatch.setattr(Path, "unlink", refuse)
    deleted = enforce(filled, limits, START_US + 60_000_000)
    assert list(deleted.until_us) == ["yard"]
    assert "Permission denied" in str(deleted.problem)
    assert deleted.is_short
    assert len(starts(filled)) == 10
    assert starts(filled, "yard") == []
    assert check.verify(filled) == []
    assert read_all(filled) == footage(20)

    monkeypatch.setattr(Path, "unlink", unlink)
    again = enforce(filled, limits, START_US + 60_000_000)
    assert (again.problem, starts(filled)) == (None, [])
    assert check.verify(filled) == []


def test_the_keeper_tells_what_it_cannot_delete_once_and_when_it_can(
    filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str | None] = []
    keeper = Keeper(
        filled,
        lambda: RetentionLimits(most_bytes=1, least_free_bytes=0),
        ManualClock(START_US),
        deleted=lambda _: None,
        failed=lambda problem: told.append(None if problem is None else str(problem)),
    )

    async def scene() -> None:
        with monkeypatch.context() as disk:
            disk.setattr(Path, "unlink", Mock(side_effect=PermissionError(13, "Permission denied")))
            for _ in range(3):
                await keeper._pass(0)
        await keeper._pass(0)

    asyncio.run(scene())
    assert len(told) == 2
    assert "Permission denied" in str(told[0])
    assert told[1] is None


@pytest.mark.parametrize("has_problem", [True, False])
def test_a_floor_as_high_as_the_disk_deletes_nothing_and_is_told(filled: Archive, has_problem: bool) -> None:
    problems: list[StorageError | None] = []
    size_bytes = 1 << 40
    floor = size_bytes if has_problem else size_bytes - 1
    keeper = Keeper(
        filled,
        lambda: RetentionLimits(least_free_bytes=floor),
        ManualClock(START_US),
        deleted=lambda _: None,
        failed=problems.append,
    )
    with (
        patch.object(retention, "disk_bytes", return_value=size_bytes),
        patch.object(retention, "free_bytes", return_value=size_bytes // 2),
    ):
        asyncio.run(keeper._pass(0))
    assert bool(starts(filled)) is has_problem
    told = "1048576 MB are to be left free of a disk of 1048576 MB; 65536 MB are instead"
    assert list(map(str, problems)) == [told] * has_problem


def test_the_keeper_tells_once_more_when_enough_is_free_again(filled: Archive) -> None:
    told: list[bool] = []
    keeper = Keeper(
        filled,
        lambda: RetentionLimits(least_free_bytes=1 << 20),
        ManualClock(START_US),
        deleted=lambda deleted: told.append(deleted.is_short),
        failed=lambda _: None,
    )
    for free in (0, 0, 2 << 20, 2 << 20):
        with patch.object(retention, "free_bytes", return_value=free):
            asyncio.run(keeper._pass(0))
    assert told == [True, True, False]
