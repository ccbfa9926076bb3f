"""A closed database answers whoever comes late, instead of letting them wait for ever."""

import sqlite3
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest

from vedette.storage.database import Database, migrate
from vedette.storage.errors import IndexDamaged, StorageError, StorageFull

SCHEMA = "CREATE TABLE number (value INTEGER);"


def add(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO number VALUES (1)")


def test_who_writes_or_reads_after_the_end_is_told(tmp_path: Path) -> None:
    database = Database(tmp_path / "x.sqlite", SCHEMA)
    database.close()
    with pytest.raises(StorageError, match="closed"):
        database.write(add).result(5)
    for _ in range(2):
        with pytest.raises(StorageError, match="closed"), database.read():
            raise AssertionError
    database.close()


def test_all_that_one_block_reads_is_of_one_state(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite", "CREATE TABLE a (x);")
    count = "SELECT count(*) FROM a"
    with database.read() as connection:
        before = connection.execute(count).fetchone()
        database.write(lambda to: to.execute("INSERT INTO a VALUES (1)").rowcount).result()
        assert connection.execute(count).fetchone() == before == (0,)
    with database.read() as connection:
        assert connection.execute(count).fetchone() == (1,)
    database.close()


def test_what_is_asked_for_while_it_closes_is_done_or_refused(tmp_path: Path) -> None:
    for round_number in range(20):
        path = tmp_path / f"{round_number}.sqlite"
        database = Database(path, SCHEMA)
        futures = []

        def ask(to: Database = database, answers: list = futures) -> None:  # type: ignore[type-arg]
            answers += [to.write(add) for _ in range(50)]

        asking = Thread(target=ask)
        asking.start()
        database.close()
        asking.join()
        done = sum(future.exception(5) is None for future in futures)
        connection = sqlite3.connect(path)
        assert connection.execute("SELECT count(*) FROM number").fetchone() == (done,)
        connection.close()


class Refusing:
    """A connection whose next commit fails with a code of SQLite's."""

    def __init__(self, connection: sqlite3.Connection, code: int) -> None:
        self._connection = connection
        self._error: sqlite3.Error | None = sqlite3.OperationalError("refused")
        self._error.sqlite_errorcode = code

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, *given: Any) -> sqlite3.Cursor:
        error = self._error
        if statement == "COMMIT" and error is not None:
            self._error = None
            raise error
        return self._connection.execute(statement, *given)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_FULL, StorageFull),
        (sqlite3.SQLITE_CORRUPT, IndexDamaged),
        (sqlite3.SQLITE_IOERR, StorageError),
    ],
)
def test_a_commit_that_is_refused_is_told_to_who_asked_and_the_next_is_done(
    tmp_path: Path, code: int, kind: type[StorageError]
) -> None:
    database = Database(tmp_path / "x.sqlite", SCHEMA)
    database._connection = Refusing(database._connection, code)  # type: ignore[assignment]
    assert type(database.write(add).exception(5)) is kind
    database.write(add).result(5)
    with database.read() as connection:
        assert connection.execute("SELECT count(*) FROM number").fetchone() == (1,)
    database.close()


def test_a_write_that_is_cancelled_while_it_waits_is_left_out_and_disturbs_no_other(tmp_path: Path) -> None:
    database = Database(tmp_path / "x.sqlite", SCHEMA)
    is_busy, goes_on = Event(), Event()

    def slow(connection: sqlite3.Connection) -> None:
        is_busy.set()
        goes_on.wait(5)
        connection.execute("INSERT INTO number VALUES (1)")

    first = database.write(slow)
    assert is_busy.wait(5)
    waiting = database.write(lambda connection: connection.execute("INSERT INTO number VALUES (2)"))
    assert waiting.cancel()
    assert not first.cancel()
    goes_on.set()
    count = database.write(
        lambda connection: connection.execute("SELECT sum(value) FROM number").fetchone()[0]
    )
    assert count.result(5) == 1
    database.close()


@pytest.mark.parametrize("version", [0, 1])
def test_two_who_bring_a_database_up_to_date_at_once_both_find_it_so(tmp_path: Path, version: int) -> None:
    path = tmp_path / "x.sqlite"
    step = "CREATE TABLE word (value TEXT);"
    schema = SCHEMA + step
    if version:
        Database(path, SCHEMA).close()
    first, second = (sqlite3.connect(path, isolation_level=None, check_same_thread=False) for _ in range(2))
    first.execute("PRAGMA journal_mode=WAL")
    first.execute("BEGIN IMMEDIATE")
    first.execute(step)
    if not version:
        first.execute(SCHEMA)
    first.execute("PRAGMA user_version=2")
    later = Thread(target=migrate, args=(second, schema, [step]))
    later.start()
    sleep(0.2)
    first.execute("COMMIT")
    later.join()
    assert second.execute("PRAGMA user_version").fetchone() == (2,)
    assert not second.in_transaction
    first.close()
    second.close()


def test_a_new_database_is_synced_from_its_first_footage_on(tmp_path: Path) -> None:
    for _ in range(2):
        database = Database(tmp_path / "x.sqlite", "CREATE TABLE t (x);")
        (mode,) = database.write(lambda c: c.execute("PRAGMA synchronous").fetchone()).result(5)
        assert mode == 1  # NORMAL
        database.close()
