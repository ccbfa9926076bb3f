"""An index whose rows make no sense, or that is none: rebuilt from the files, never a trace."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import msgspec
import pytest
from tests.storage.conftest import ALL, START_US, Reports, footage, opened_whole, read_all, record

from vedette.storage import check
from vedette.storage.archive import INDEX_FILE, Archive
from vedette.storage.database import files_of
from vedette.storage.errors import IndexDamaged, StorageError
from vedette.storage.recordings import RecordingInfo
from vedette.storage.retention import RetentionLimits, enforce
from vedette.storage.writer import WriterOptions

Open = Callable[[], Archive]


def garbled(file: Path, statement: str) -> None:
    """Spoil what a row holds, as a bit that falls over does: SQLite's own check finds nothing."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(statement)
        connection.commit()


GARBLED = {
    "a description": "UPDATE recordings SET about = x'7b7b'",
    "the tracks": "UPDATE setups SET tracks = x'00'",
    "no tracks": "DELETE FROM setups",
    "a state": "UPDATE segments SET state = 7",
    "a table": "ALTER TABLE segments RENAME TO others",
    "a version": "PRAGMA user_version = -3",
}


@pytest.mark.parametrize("what", GARBLED)
def test_an_index_with_rows_that_make_no_sense_is_rebuilt_at_the_start_and_when_repaired(
    archive: Archive, open_archive: Open, what: str
) -> None:
    units = footage(4)
    record(archive, units)
    archive.close()
    garbled(archive.folder / INDEX_FILE, GARBLED[what])
    with pytest.raises(IndexDamaged):
        check.verify(open_archive())
    findings = check.mend(archive.folder, open_archive)
    assert check.Finding(INDEX_FILE, f"moved to {INDEX_FILE}.damaged-1") in findings

    garbled(archive.folder / INDEX_FILE, GARBLED[what])
    again, findings = opened_whole(archive.folder, open_archive)
    assert check.Finding(INDEX_FILE, f"moved to {INDEX_FILE}.damaged-2") in findings
    assert read_all(again) == units
    assert check.verify(again) == []


def test_damage_that_a_start_does_not_see_is_mended_by_the_start_after_it_was_met(
    archive: Archive, open_archive: Open
) -> None:
    archive._options = WriterOptions(segment_us=1_000_000)
    units = footage(9)
    record(archive, units)
    archive.close()
    garbled(archive.folder / INDEX_FILE, "UPDATE segments SET setup_id = 99 WHERE id = 4")
    served, findings = opened_whole(archive.folder, open_archive)
    assert (findings, served.index.is_damaged) == ([], False)
    with pytest.raises(IndexDamaged):
        read_all(served)
    assert served.index.is_damaged
    served.close()

    again, findings = opened_whole(archive.folder, open_archive)
    assert [each.problem for each in findings] == [f"moved to {INDEX_FILE}.damaged-1"]
    assert read_all(again) == units
    again.close()
    assert opened_whole(archive.folder, open_archive)[1] == []


@pytest.mark.parametrize("name", [INDEX_FILE, f"{INDEX_FILE}-wal"])
@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_in_the_place_of_the_index_is_moved_aside(
    archive: Archive, open_archive: Open, name: str, make: Callable[[Path], None]
) -> None:
    units = footage(4)
    record(archive, units)
    archive.close()
    (archive.folder / name).unlink(missing_ok=True)
    make(archive.folder / name)

    again, findings = opened_whole(archive.folder, open_archive)
    assert check.Finding(INDEX_FILE, f"moved to {INDEX_FILE}.damaged-1") in findings
    assert read_all(again) == units


def test_an_index_that_links_to_a_disk_that_is_not_there_is_not_made_anew(
    archive: Archive, open_archive: Open
) -> None:
    archive.close()
    (archive.folder / INDEX_FILE).unlink()
    (archive.folder / INDEX_FILE).symlink_to(archive.folder / "ssd" / INDEX_FILE)
    for act in (check.opened, check.mend):
        with pytest.raises(StorageError, match="is its disk there"):
            act(archive.folder, open_archive)
    assert (archive.folder / INDEX_FILE).is_symlink()


ELSEWHERE = {
    "above": "UPDATE segments SET path = '../../../private/talk.mp4'",
    "absolute": "UPDATE segments SET path = '{private}/talk.mp4'",
    "another recording": "UPDATE segments SET path = '../yard/a.mp4'",
    "a description": "UPDATE segments SET path = 'recording.json'",
    "its folder": "UPDATE segments SET path = 'day/..'",
    "no name": "UPDATE segments SET path = 'day/a' || char(0) || '.mp4'",
    "no text": "UPDATE segments SET path = CAST(x'ff2f6d2e6d7034' AS TEXT)",
    "another token": """UPDATE recordings SET token = '../../private',
        about = CAST('{{"token":"../../private"}}' AS BLOB)""",
    "two tokens": """UPDATE recordings SET about = CAST('{{"token":"yard"}}' AS BLOB)""",
}


@pytest.mark.parametrize("what", ELSEWHERE)
@pytest.mark.parametrize("state", [1, 2])
def test_a_row_that_leads_out_of_its_recording_s_folder_is_damage_and_no_file_there_is_touched(
    archive: Archive, open_archive: Open, tmp_path: Path, what: str, state: int
) -> None:
    private = tmp_path / "private"
    private.mkdir()
    (private / "talk.mp4").write_bytes(b"mine")
    units = footage(4)
    record(archive, units)
    archive.close()
    garbled(archive.folder / INDEX_FILE, ELSEWHERE[what].format(private=private))
    garbled(archive.folder / INDEX_FILE, f"UPDATE segments SET state = {state}")

    with pytest.raises(IndexDamaged):
        check.verify(open_archive())
    with suppress(IndexDamaged):
        enforce(open_archive(), RetentionLimits(keep_s=1), units[-1].utc_us * 2)
    again, findings = opened_whole(archive.folder, open_archive)
    assert check.Finding(INDEX_FILE, f"moved to {INDEX_FILE}.damaged-1") in findings
    assert read_all(again) == units
    assert (private / "talk.mp4").read_bytes() == b"mine"
    assert check.verify(again) == []


def test_a_file_that_somebody_put_among_footage_is_not_deleted_for_a_row_that_names_it(
    archive: Archive,
) -> None:
    record(archive, footage(4))
    mine = archive.folder_of("hall") / "holiday" / "beach.mp4"
    mine.parent.mkdir()
    mine.write_bytes(b"mine")
    garbled(archive.folder / INDEX_FILE, "UPDATE segments SET path = 'holiday/beach.mp4'")
    assert enforce(archive, RetentionLimits(keep_s=1), START_US * 2).segments == 1
    assert mine.read_bytes() == b"mine"
    assert archive.usage("hall").segments == 0


def test_retention_passes_rows_over_whose_recording_it_does_not_know(archive: Archive) -> None:
    archive._options = WriterOptions(segment_us=1_000_000)
    record(archive, footage(4))
    garbled(archive.folder / INDEX_FILE, "UPDATE segments SET recording_id = 77 WHERE id < 3")
    deleted = enforce(archive, RetentionLimits(least_free_bytes=1 << 60), 0)
    assert (deleted.segments, deleted.is_short) == (2, True)


LOST = {
    "footage": "DROP TABLE segments",
    "gaps": "DROP TABLE gaps",
    "a column": "ALTER TABLE gaps DROP COLUMN reason",
    "a sum": "DROP TRIGGER segments_deleted",
    "a tree": "DROP INDEX segments_by_kind",
}


@pytest.mark.parametrize("what", LOST)
def test_an_index_that_has_lost_a_part_is_rebuilt_at_the_start(
    archive: Archive, open_archive: Open, what: str
) -> None:
    units = footage(4)
    record(archive, units)
    archive.close()
    garbled(archive.folder / INDEX_FILE, LOST[what])
    with pytest.raises(IndexDamaged, match="lost"):
        open_archive()
    again, findings = opened_whole(archive.folder, open_archive)
    assert check.Finding(INDEX_FILE, f"moved to {INDEX_FILE}.damaged-1") in findings
    assert read_all(again) == units
    assert check.verify(again) == []


@pytest.mark.parametrize("table", ["segments", "recordings", "gaps"])
def test_a_table_that_goes_while_recording_is_told_and_the_next_start_mends_it(
    archive: Archive, open_archive: Open, reports: Reports, table: str
) -> None:
    archive.create(RecordingInfo(token="yard"))
    units = footage(2)
    record(archive, units)
    writer = archive.writer("hall")
    writer.tracks_changed(ALL)
    garbled(archive.folder / INDEX_FILE, f"DROP TABLE {table}")
    later = footage(2, start_us=units[-1].utc_us + 60_000_000)
    writer.receive(later)
    writer.close().result(5)
    archive.release(writer)
    assert archive.index.is_damaged
    assert [f"no such table: {table}" in str(told).replace("main.", "") for _, told in reports] == [True] * (
        table != "gaps"
    )
    archive.close()
    again, _ = opened_whole(archive.folder, open_archive)
    assert read_all(again)[: len(units)] == units
    assert check.verify(again) == []


def test_a_writer_whose_recording_has_gone_tells_so_and_others_go_on(
    archive: Archive, reports: Reports
) -> None:
    archive.create(RecordingInfo(token="yard"))
    writer = archive.writer("hall")
    writer.tracks_changed(ALL)
    garbled(archive.folder / INDEX_FILE, "DELETE FROM recordings WHERE token = 'hall'")
    writer.receive(footage(2))
    writer.close().result(5)
    assert [token for token, _ in reports] == ["hall"]
    assert not archive.index.is_damaged
    units = footage(2)
    record(archive, units, token="yard")
    assert read_all(archive, token="yard") == units


def test_a_short_gap_is_one_in_a_rebuilt_index_too(
    archive: Archive, open_archive: Open, tmp_path: Path
) -> None:
    first, at_us = footage(2), START_US + 2_000_000 + 80_000
    second = footage(2, start_us=at_us, first_pts=7_654_321 + 52 * 3600)
    record(archive, [*first, msgspec.structs.replace(second[0], is_discontinuous=True), *second[1:]])
    archive.close()
    for file in files_of(tmp_path / INDEX_FILE):
        file.unlink(missing_ok=True)
    again, _ = opened_whole(tmp_path, open_archive)
    assert [(gap.start_us, gap.end_us) for gap in again.index.gaps(1, 0, 1 << 60)] == [
        (at_us - 80_000, at_us)
    ]
