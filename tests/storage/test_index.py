"""The index commits in batches, forgets nothing it said was done, and says when it is damaged."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from tests.storage.conftest import ALL, START_US, VIDEO, footage, record

from vedette.storage.archive import Archive
from vedette.storage.database import Database, migrate
from vedette.storage.errors import IndexDamaged, NoSuchRecording, StorageError, StorageFull
from vedette.storage.index import MIGRATIONS, SCHEMA, Gap, Index
from vedette.storage.progress import MOST_SEALED, OpenSegments, Progress
from vedette.storage.recordings import RecordingInfo, is_token

MINUTE_US = 60_000_000


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index.sqlite")


def shape(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    return connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()


def test_a_migrated_database_equals_a_fresh_one() -> None:
    fresh, old = sqlite3.connect(":memory:"), sqlite3.connect(":memory:")
    newest = "CREATE TABLE a (x);\nCREATE TABLE b (y);"
    migrate(old, "CREATE TABLE a (x);", [])
    migrate(old, newest, ["CREATE TABLE b (y);"])
    migrate(fresh, newest, ["CREATE TABLE b (y);"])

    assert shape(fresh) == shape(old)
    assert fresh.execute("PRAGMA user_version").fetchone() == old.execute("PRAGMA user_version").fetchone()
    for each in (fresh, old):
        each.close()


def test_the_schema_stands_at_the_version_of_its_migrations() -> None:
    connection = sqlite3.connect(":memory:")
    migrate(connection, SCHEMA, MIGRATIONS)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS) + 1,)
    connection.close()


def test_an_index_with_locks_is_brought_to_the_present_schema_with_what_it_holds(tmp_path: Path) -> None:
    fresh = Index(tmp_path / "fresh.sqlite")
    fresh.put_recording(RecordingInfo(token="hall")).result()
    fresh.close()
    with closing(sqlite3.connect(tmp_path / "fresh.sqlite")) as connection:
        expected = shape(connection)
        connection.executescript("CREATE TABLE locks (recording_id INTEGER); PRAGMA user_version=2;")
    again = Index(tmp_path / "fresh.sqlite")
    assert again.recording("hall")[1].token == "hall"
    again.close()
    with closing(sqlite3.connect(tmp_path / "fresh.sqlite")) as connection:
        assert shape(connection) == expected


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "index.sqlite")
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(IndexDamaged, match="version 99"):
        Index(tmp_path / "index.sqlite")


def test_a_job_that_fails_leaves_no_trace_and_harms_no_other(tmp_path: Path) -> None:
    database = Database(tmp_path / "x.sqlite", "CREATE TABLE t (x UNIQUE);")

    def twice(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES (5)")
        connection.execute("INSERT INTO t VALUES (1)")

    first = database.write(lambda c: c.execute("INSERT INTO t VALUES (1)").rowcount)
    bad = database.write(twice)
    last = database.write(lambda c: c.execute("INSERT INTO t VALUES (2)").rowcount)
    assert (first.result(5), last.result(5)) == (1, 1)
    with pytest.raises(sqlite3.IntegrityError):
        bad.result(5)
    with database.read() as connection:
        assert connection.execute("SELECT x FROM t ORDER BY x").fetchall() == [(1,), (2,)]
    database.close()


def test_segments_are_found_by_time(index: Index) -> None:
    recording_id = index.put_recording(RecordingInfo(token="hall")).result()
    for minute in (0, 1, 5):
        start_us = START_US + minute * MINUTE_US
        end = Progress(start_us + MINUTE_US, 100, 1)
        index.add_segment(
            recording_id, f"day/{minute}.mp4", (VIDEO,), start_us, continues=minute == 1, sealed=end
        ).result()

    def path_at(minutes: float) -> str | None:
        found = index.at(recording_id, START_US + round(minutes * MINUTE_US))
        return None if found is None else found.path

    assert [path_at(m) for m in (-1, 0, 0.99, 1, 2, 4.9, 5, 6)] == [
        None, "day/0.mp4", "day/0.mp4", "day/1.mp4", None, None, "day/5.mp4", None,
    ]  # fmt: skip
    assert [s.path for s in index.overlapping(recording_id, START_US + 90_000_000, 1 << 60)] == [
        "day/1.mp4",
        "day/5.mp4",
    ]
    near = index.overlapping(recording_id, START_US + 90_000_000, 1 << 60, most=1)
    assert [segment.path for segment in near] == ["day/5.mp4"]
    assert index.total_bytes() == index.total_bytes(recording_id) == 300
    assert index.tracks(index.after(recording_id, 0)[0].setup_id) == (VIDEO,)
    index.close()


def test_the_sum_of_bytes_follows_every_change(index: Index) -> None:
    recording_id = index.put_recording(RecordingInfo(token="hall")).result()
    for _ in range(2):
        index.add_segment(recording_id, "day/a", ALL, 0, continues=False, sealed=Progress(1, 70, 7)).result()
    open_id = index.add_segment(recording_id, "day/b.mp4", ALL, 2, continues=True).result()
    assert index.total_bytes() == 70
    index.seal(open_id, Progress(3, 30, 7)).result()
    assert index.total_bytes() == 100
    index.start_deleting([open_id]).result()
    assert index.total_bytes() == 70
    index.forget_segments([open_id]).result()
    assert index.total_bytes() == 70
    index.close()


def test_an_open_segment_is_as_long_as_its_progress(index: Index) -> None:
    recording_id = index.put_recording(RecordingInfo(token="hall")).result()
    segment_id = index.add_segment(recording_id, "day/a.mp4", ALL, START_US, continues=False).result()
    assert index.at(recording_id, START_US) is None
    index.advance(segment_id, Progress(START_US + 5, 900, 1))
    found = index.at(recording_id, START_US + 4)
    assert found is not None
    assert (found.end_us, found.bytes) == (START_US + 5, 900)
    assert index.usage(recording_id).bytes == 900
    index.close()


@contextmanager
def sealed_behind_the_next_read(index: Index, segment_id: int, progress: Progress) -> Iterator[None]:
    """The segment is sealed after its row was read, and before that is looked at."""
    read = index.database.read

    @contextmanager
    def reading() -> Iterator[sqlite3.Connection]:
        with read() as connection:
            yield connection
        index.seal(segment_id, progress).result()

    with patch.object(index.database, "read", reading):
        yield


@pytest.mark.parametrize("ask", ["at", "overlapping", "usage"])
def test_a_segment_that_is_sealed_while_it_is_read_has_not_just_begun(index: Index, ask: str) -> None:
    recording_id = index.put_recording(RecordingInfo(token="hall")).result()
    segment_id = index.add_segment(recording_id, "day/a.mp4", ALL, START_US, continues=False).result()
    progress = Progress(START_US + 5, 900, 1)
    index.advance(segment_id, progress)
    with sealed_behind_the_next_read(index, segment_id, progress):
        if ask == "at":
            assert index.at(recording_id, START_US + 4) is not None
        elif ask == "overlapping":
            assert index.overlapping(recording_id, START_US + 6, START_US + 7) == []
        else:
            assert index.usage(recording_id) == (START_US, START_US + 5, 900, 1)
    index.close()


def test_a_segment_whose_end_was_refused_is_as_long_as_its_progress(index: Index) -> None:
    recording_id = index.put_recording(RecordingInfo(token="hall")).result()
    segment_id = index.add_segment(recording_id, "day/a.mp4", ALL, START_US, continues=False).result()
    progress = Progress(START_US + 5, 900, 1)
    index.advance(segment_id, progress)
    refused: Future[None] = Future()
    refused.set_exception(StorageFull("full"))
    with patch.object(index.database, "write", return_value=refused):
        index.seal(segment_id, progress)
    for other_id in range(100, 101 + MOST_SEALED):
        index.seal(other_id, progress)
    index.put_recording(RecordingInfo(token="yard")).result()
    assert index.at(recording_id, START_US + 4) is not None
    assert index.newest_id(recording_id) == segment_id
    index.close()


def test_what_has_ended_long_ago_is_not_kept_in_mind() -> None:
    segments = OpenSegments()
    for number in range(1, 3 * MOST_SEALED):
        segments.advance(number, Progress(number, 1, 1))
        segments.sealed(number)
    assert segments.get(1) is None
    assert segments.get(3 * MOST_SEALED - 1) == (3 * MOST_SEALED - 1, 1, 1)


def test_no_segment_gets_the_id_of_another_that_is_gone(index: Index) -> None:
    recording_id = index.put_recording(RecordingInfo(token="hall")).result()
    given = []
    for number in range(3):
        path = f"day/{number}.mp4"
        given.append(index.add_segment(recording_id, path, ALL, START_US, continues=False).result())
        again = index.add_segment(recording_id, path, ALL, START_US, continues=False).result()
        index.advance(again, Progress(START_US + 5, 1, 1))
        given.append(again)
        index.forget_segments([again]).result()
        assert index.newest_id(recording_id) == 0
    assert given == sorted(set(given))
    index.close()


def test_a_gap_is_forgotten_with_the_footage_before_it(index: Index) -> None:
    recording_id = index.put_recording(RecordingInfo(token="hall")).result()
    ids = [
        index.add_segment(
            recording_id, str(at), ALL, at, continues=False, sealed=Progress(at + 10, 1, 1)
        ).result()
        for at in (0, 20, 40)
    ]
    index.add_gap(recording_id, Gap(10, 20, "x")).result()
    index.add_gap(recording_id, Gap(30, 40, "x")).result()
    index.forget_segments(ids[:1]).result()
    assert index.gaps(recording_id, 0, 99) == [Gap(30, 40, "x")]
    index.close()


def test_a_recording_is_described_in_its_folder_too(archive: Archive) -> None:
    info = RecordingInfo(token="yard", content="the yard", keep_s=60)
    archive.create(info)
    assert archive.recording("yard") == info
    with pytest.raises(StorageError, match="yard"):
        archive.create(info)
    with pytest.raises(NoSuchRecording, match="attic"):
        archive.recording("attic")


@pytest.mark.parametrize("token", ["", ".", "..", "../x", "a/b", "x" * 65, ".hidden", "a b", "\0"])
def test_a_token_that_could_leave_the_folder_is_refused(archive: Archive, token: str) -> None:
    assert not is_token(token)
    with pytest.raises(StorageError):
        archive.create(RecordingInfo(token=token))
    with pytest.raises(NoSuchRecording):
        archive.folder_of(token)


def test_a_restart_is_recorded_as_a_gap(archive: Archive) -> None:
    record(archive, footage(2))
    record(archive, footage(2, start_us=START_US + MINUTE_US))
    assert archive.index.gaps(1, 0, 1 << 60) == [
        Gap(START_US + 2_000_000, START_US + MINUTE_US, "not recording")
    ]
