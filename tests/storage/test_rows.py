"""Footage goes on being written whatever is the matter with the index; what is written is found again."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from tests.storage.conftest import ALL, Reports, footage, opened_whole, read_all

from vedette.storage import check, rows
from vedette.storage.archive import INDEX_FILE, Archive
from vedette.storage.errors import IndexDamaged, StorageError, StorageFull
from vedette.storage.writer import RecordingWriter, WriterOptions

Open = Callable[[], Archive]


def dropped(archive: Archive) -> None:
    with closing(sqlite3.connect(archive.folder / INDEX_FILE)) as connection:
        connection.execute("DROP TABLE segments")


def overwritten(archive: Archive) -> None:
    archive.index.database.write(lambda connection: connection.execute("SELECT 1")).result()
    for file in (archive.folder / INDEX_FILE, archive.folder / f"{INDEX_FILE}-wal"):
        with file.open("r+b") as opened:
            opened.write(b"\xa5" * file.stat().st_size)


def truncated(archive: Archive) -> None:
    for file in (archive.folder / INDEX_FILE, archive.folder / f"{INDEX_FILE}-wal"):
        with file.open("r+b") as opened:
            opened.truncate()


def deleted(archive: Archive) -> None:
    (archive.folder / INDEX_FILE).unlink()


def refused(archive: Archive) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR

    class Refusing:
        in_transaction = False

        def execute(self, _: str) -> None:
            raise error

        def close(self) -> None:
            archive_connection.close()

    archive_connection = archive.index.database._connection
    archive.index.database._connection = Refusing()  # type: ignore[assignment]


DAMAGE = [dropped, overwritten, truncated, deleted, refused]


def recording(archive: Archive) -> RecordingWriter:
    archive._options = WriterOptions(segment_us=2_000_000)
    writer = archive.writer("hall")
    writer.tracks_changed(ALL)
    return writer


def until_written(archive: Archive) -> None:
    done: Future[None] = Future()
    archive._disk.submit(lambda: done.set_result(None))
    done.result(20)


@pytest.mark.parametrize("damage", DAMAGE)
def test_footage_is_written_although_the_index_is_damaged_and_a_start_finds_all_of_it(
    archive: Archive, open_archive: Open, damage: Callable[[Archive], None]
) -> None:
    units = footage(20)
    writer = recording(archive)
    writer.receive(units[:300])
    until_written(archive)
    damage(archive)
    writer.receive(units[300:])
    writer.close().result(20)
    archive.release(writer)
    assert (writer.counts.dropped, writer.counts.gaps) == (0, 0)
    archive.close()

    again, _ = opened_whole(archive.folder, open_archive)
    assert read_all(again) == units
    assert check.verify(again) == []


def test_a_row_that_the_index_refuses_is_told_and_entered_with_later_footage(
    archive: Archive, reports: Reports
) -> None:
    units = footage(9)
    writer = recording(archive)
    refusals = [StorageFull("full"), StorageFull("full"), IndexDamaged("no such table")]
    add = archive.index.add_segment

    def refusing(*given: Any, **options: Any) -> "Future[int]":
        if not refusals:
            return add(*given, **options)
        future: Future[int] = Future()
        future.set_exception(refusals.pop(0))
        return future

    with patch.object(archive.index, "add_segment", refusing):
        writer.receive(units)
        writer.close().result(20)
    archive.release(writer)
    assert [type(problem) for _, problem in reports] == [StorageFull, IndexDamaged, type(None)]
    assert "'hall' is written, but cannot be found in the index: full" in str(reports[0][1])
    assert (writer.problem, writer.counts.dropped) == (None, 0)
    assert read_all(archive) == units
    assert check.verify(archive) == []


def test_what_is_owed_to_an_index_that_takes_nothing_is_bounded(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MOST_OWED", 3)
    archive._options = WriterOptions(segment_us=1_000_000)
    writer = archive.writer("hall")
    writer.tracks_changed(ALL)
    refusal: Future[int] = Future()
    refusal.set_exception(StorageError("refused"))
    with patch.object(archive.index, "add_segment", return_value=refusal):
        writer.receive(footage(12))
        writer.close().result(20)
    assert writer.counts.segments == 12
    assert len(writer._output.rows._owed) == 3


def test_a_file_that_was_never_entered_is_there_for_players(archive: Archive, tmp_path: Path) -> None:
    writer = recording(archive)
    dropped(archive)
    writer.receive(footage(2))
    writer.close().result(20)
    (file,) = (tmp_path / "recordings" / "hall").glob("*/*.mp4")
    end = check.examine(file)
    assert (end.problem, end.has_table, end.fragments) == ("", True, 2)
