"""An index whose rows make no sense, or that is none: rebuilt from the files, never a trace."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.storage.conftest import footage, read_all, record

from vedette.storage import check
from vedette.storage.archive import INDEX_FILE, Archive
from vedette.storage.errors import IndexDamaged, StorageError
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
    again, findings = check.opened(archive.folder, open_archive)
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
    served, findings = check.opened(archive.folder, open_archive)
    assert (findings, served.index.is_damaged) == ([], False)
    with pytest.raises(IndexDamaged):
        read_all(served)
    assert served.index.is_damaged
    served.close()

    again, findings = check.opened(archive.folder, open_archive)
    assert [each.problem for each in findings] == [f"moved to {INDEX_FILE}.damaged-1"]
    assert read_all(again) == units
    again.close()
    assert check.opened(archive.folder, open_archive)[1] == []


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

    again, findings = check.opened(archive.folder, open_archive)
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
