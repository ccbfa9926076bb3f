"""A closed database answers whoever comes late, instead of letting them wait for ever."""

import sqlite3
from pathlib import Path
from threading import Event, Thread
from time import sleep

import pytest

from vedette.storage.database import Database, migrate
from vedette.storage.errors import StorageError

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
