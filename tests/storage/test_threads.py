"""What is read while it is recorded, sealed or deleted is whole and in order, whichever thread is first."""

import errno
import os
from concurrent.futures import Future
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
from tests.storage.conftest import ALL, START_US, footage, read_all, record

from vedette.media.unit import AccessUnit
from vedette.storage import check, segments
from vedette.storage.archive import Archive
from vedette.storage.assembly import Fragment
from vedette.storage.errors import RecordingInUse, StorageFull
from vedette.storage.reader import ForwardCursor
from vedette.storage.retention import RetentionLimits, enforce
from vedette.storage.segments import SegmentFile, segment_path
from vedette.storage.writer import RecordingWriter, WriterOptions

SECOND_US = 1_000_000
PARTS = [(s * SECOND_US, (s + length) * SECOND_US) for s, length in ((0, 2), (2, 2), (4, 1), (5, 1), (6, 2))]


def units_of(cursor: ForwardCursor) -> list[AccessUnit]:
    """What a cursor gives until there is no more yet."""
    units: list[AccessUnit] = []
    while (fragment := cursor.next()) is not None:
        units += fragment.units()
    return units


def begun(archive: Archive, units: list[AccessUnit]) -> RecordingWriter:
    """A recording that goes on, of which these units can be read."""
    writer = archive.writer("hall")
    writer.tracks_changed(ALL)
    add(archive, writer, units)
    return writer


def add(archive: Archive, writer: RecordingWriter, units: list[AccessUnit]) -> None:
    """Units that can be read at the end."""
    writer.receive(units)
    writer.flush()
    settle(archive)


def settle(archive: Archive) -> None:
    """Wait until the disk's thread has done what it was given."""
    other = archive.writer("hall")
    archive.release(other)
    other.close().result(20)


def test_a_reader_that_saw_a_segment_without_room_finds_the_one_behind_it(archive: Archive) -> None:
    units = footage(9)
    writer = begun(archive, units[:150])
    with archive.reader("hall") as reader:
        cursor = reader.forward(START_US)
        sent = units_of(cursor)

        def full(segment: SegmentFile, fragment: Fragment) -> None:
            assert cursor.next() is None  # nothing is in the segment that was just made
            raise OSError(errno.ENOSPC, "No space left on device")

        writer.tracks_changed(ALL[:2])
        with patch.object(SegmentFile, "append", full):
            add(archive, writer, footage(3, start_us=START_US + 3 * SECOND_US, tracks=ALL[:2]))
        later = footage(3, start_us=START_US + 6 * SECOND_US, tracks=ALL[:2])
        add(archive, writer, later)
        sent += units_of(cursor)
    archive.release(writer)
    assert sent == units[:150] + later


def test_a_reader_at_the_end_of_footage_that_is_deleted_goes_on_with_what_is_recorded_next(
    archive: Archive,
) -> None:
    for start_s in (0, 3, 6):
        record(archive, footage(3, start_us=START_US + start_s * SECOND_US))
    with archive.reader("hall") as reader:
        cursor = reader.forward(START_US)
        units_of(cursor)
        enforce(archive, RetentionLimits(keep_s=1, least_free_bytes=0), START_US + 60 * SECOND_US)
        assert archive.usage("hall").segments == 0
        later = footage(3, start_us=START_US + 60 * SECOND_US)
        record(archive, later)
        assert units_of(cursor) == later


@pytest.mark.parametrize("is_taken_at_its_end", [True, False])
def test_a_reader_gets_all_of_a_segment_behind_one_that_the_index_did_not_take_at_first(
    archive: Archive, is_taken_at_its_end: bool
) -> None:
    archive._options = WriterOptions(segment_us=2 * SECOND_US)
    units = footage(8)
    parts = [[each for each in units if begin <= each.utc_us - START_US < end] for begin, end in PARTS]
    writer = begun(archive, parts[0])
    rows, add_segment = writer._output.rows, archive.index.add_segment
    is_refusing = Event()
    is_refusing.set()

    def refusing(*given: Any, **options: Any) -> "Future[int]":
        if is_taken_at_its_end and not writer.is_recording:  # between two segments
            is_refusing.clear()
        if not is_refusing.is_set():
            return add_segment(*given, **options)
        refusal: Future[int] = Future()
        refusal.set_exception(StorageFull("full"))
        return refusal

    with archive.reader("hall") as reader, patch.object(archive.index, "add_segment", refusing):
        cursor = reader.forward(START_US)
        sent = units_of(cursor)
        add(archive, writer, parts[1])
        sent += units_of(cursor)
        add(archive, writer, parts[2])
        if not is_taken_at_its_end:
            while not rows._owed:  # until the other thread has tried it
                settle(archive)
            is_refusing.clear()
        for part in parts[3:]:
            add(archive, writer, part)
            sent += units_of(cursor)
    archive.release(writer)
    assert sent == units


def test_a_reader_that_has_caught_up_is_not_given_older_footage_that_is_entered_meanwhile(
    archive: Archive,
) -> None:
    archive._options = WriterOptions(segment_us=2 * SECOND_US)
    record(archive, footage(8))
    archive.take_index(archive.fresh_index())
    folder, later = archive.folder_of("hall"), footage(6, start_us=START_US + 60 * SECOND_US)
    paths = [path for day in folder.glob("*/") for path in check.files_of_day(folder, day.name)]
    writer = begun(archive, later[:120])
    with archive.reader("hall") as reader:
        cursor = reader.forward(START_US + 60 * SECOND_US)
        sent = units_of(cursor)
        for path in paths:
            check.enter_file(archive.index, 1, folder, path, is_older=True)
            sent += units_of(cursor)
        add(archive, writer, later[120:])
        sent += units_of(cursor)
    archive.release(writer)
    assert sent == later
    assert read_all(archive) == footage(8) + later


def test_a_day_that_retention_removes_while_a_segment_is_made_in_it_is_made_durable_again(
    archive: Archive,
) -> None:
    record(archive, footage(1))
    enforce(archive, RetentionLimits(keep_s=1, least_free_bytes=0), START_US + 60 * SECOND_US)
    folder = archive.folder_of("hall")
    day = folder / segment_path(START_US).partition("/")[0]
    day.mkdir()
    opened = os.open

    def removed(*given: Any) -> int:
        if not is_removed:
            is_removed.append(True)
            day.rmdir()
        return opened(*given)

    is_removed: list[bool] = []
    with patch.object(segments.os, "open", removed), patch.object(archive._disk, "made") as made:
        record(archive, footage(1))
    assert is_removed
    assert [call.args for call in made.call_args_list] == [(folder,), (day,)]


def test_a_recording_is_not_deleted_while_its_last_footage_is_written(archive: Archive) -> None:
    disk_goes_on = Event()

    def hang() -> None:
        disk_goes_on.wait(20)

    writer = begun(archive, footage(2))
    archive._disk.submit(hang)
    archive.release(writer)
    assert not archive.is_recording("hall")
    with pytest.raises(RecordingInUse):
        archive.delete("hall")
    disk_goes_on.set()
    writer.close().result(20)
    archive.delete("hall")
    assert archive.recordings() == []
