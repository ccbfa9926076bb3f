"""A full disk is not a damaged one: what cannot be written is written later, and room can still be made."""

import errno
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
from tests.storage.conftest import ALL, footage, read_all

from vedette.storage import check, segments
from vedette.storage.archive import INDEX_FILE, Archive
from vedette.storage.errors import StorageFull
from vedette.storage.index import SegmentState
from vedette.storage.spare import SPARE_BYTES, SPARE_FILE, Spare
from vedette.storage.writer import WriterOptions

Open = Callable[[], Archive]


def limit_pages(archive: Archive, *, is_full: bool) -> None:
    """Let the index grow no further, or as it likes."""

    def job(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages if is_full else 1 << 30}")

    archive.index.database.write(job).result()


def test_a_full_index_says_that_it_is_full_and_takes_more_later(archive: Archive) -> None:
    limit_pages(archive, is_full=True)
    added = archive.index.add_segment(1, "x" * 90_000, ALL, 1, continues=False)
    assert isinstance(added.exception(5), StorageFull)
    limit_pages(archive, is_full=False)
    assert archive.index.add_segment(1, "x" * 90_000, ALL, 1, continues=False).result()


def test_what_the_index_did_not_take_it_gets_with_later_footage(archive: Archive, open_archive: Open) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    units = footage(8)
    writer = archive.writer("hall")
    writer.tracks_changed(ALL)
    seal, was_refused = archive.index.seal, Event()

    def refusing(*given: Any) -> Future[None]:
        if was_refused.is_set():
            return seal(*given)
        was_refused.set()
        full: Future[None] = Future()
        full.set_exception(StorageFull("full"))
        return full

    with patch.object(archive.index, "seal", refusing):
        writer.receive(units[: len(units) // 2])
        assert was_refused.wait(5)
        writer.receive(units[len(units) // 2 :])
        writer.close().result(20)
        archive.release(writer)
    archive.close()
    again = open_archive()
    assert {row.state for row in again.index.after(1, 0, most=99)} == {SegmentState.SEALED}
    assert read_all(again) == units
    assert check.verify(again) == []


def test_a_segment_that_finds_no_room_leaves_nothing_behind(archive: Archive) -> None:
    writer = archive.writer("hall")
    writer.tracks_changed(ALL)
    before = len(os.listdir("/proc/self/fd"))
    with patch.object(segments.os, "pwritev", side_effect=OSError(errno.ENOSPC, "No space left on device")):
        for start_s in range(5):
            writer.receive(footage(1, start_us=1_700_000_000_000_000 + start_s * 3_000_000))
            writer.flush()
        archive._disk.submit(lambda: None)
        writer.close().result(20)
    assert isinstance(writer.problem, StorageFull)
    assert list(archive.folder_of("hall").glob("*/*.mp4")) == []
    assert len(os.listdir("/proc/self/fd")) <= before


def test_an_index_that_the_disk_refuses_is_not_taken_for_damaged(tmp_path: Path, open_archive: Open) -> None:
    open_archive().close()
    refusal = sqlite3.OperationalError("database or disk is full")
    refusal.sqlite_errorcode = sqlite3.SQLITE_FULL
    with (
        patch("vedette.storage.database._prepared", side_effect=refusal),
        pytest.raises(StorageFull),
    ):
        check.opened(tmp_path, open_archive)
    with closing(sqlite3.connect(tmp_path / INDEX_FILE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert list(tmp_path.glob("*.damaged-*")) == []


def test_the_spare_is_kept_where_there_is_room_and_given_up(tmp_path: Path) -> None:
    spare = Spare(tmp_path)
    spare.keep(free_bytes=SPARE_BYTES)
    assert not (tmp_path / SPARE_FILE).exists()
    spare.keep(free_bytes=SPARE_BYTES * 2)
    assert (tmp_path / SPARE_FILE).stat().st_blocks * 512 >= SPARE_BYTES
    spare.keep(free_bytes=0)
    spare.give_up()
    spare.give_up()
    assert not (tmp_path / SPARE_FILE).exists()


def test_a_spare_that_does_not_fit_is_not_begun(tmp_path: Path) -> None:
    with patch("os.posix_fallocate", side_effect=OSError(errno.ENOSPC, "full")):
        Spare(tmp_path).keep(free_bytes=1 << 40)
    assert list(tmp_path.iterdir()) == []
