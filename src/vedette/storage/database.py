"""One SQLite file: a single writer thread that commits in batches, and a few read-only connections."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from os.path import samestat
from pathlib import Path
from queue import Empty, LifoQueue, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

import msgspec

from vedette.base.errors import VedetteError
from vedette.storage.errors import IndexDamaged, StorageError, StorageFull

T = TypeVar("T")
MOST_BATCH = 500  # jobs in one transaction
BUSY_MS = 10_000
Job = tuple[Callable[[sqlite3.Connection], Any], "Future[Any]"]
# What the disk refuses says nothing of the file: it must not be taken for damaged.
REFUSED = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM,
}
# What says that the file is not what we wrote. ERROR: something that a statement names is gone.
DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
SHAPE = """SELECT m.type, m.name, i.name FROM sqlite_schema AS m LEFT JOIN pragma_table_info(m.name) AS i
    WHERE m.name NOT LIKE 'sqlite@_%' ESCAPE '@'"""
JOB_ERRORS = (sqlite3.Error, VedetteError, ValueError, TypeError, KeyError)


class Database:
    """A SQLite file in WAL mode, brought to the current schema when it is opened.

    `schema` makes a fresh file; `migrations[n]` brings one of version n+1 to n+2, so that a fresh file has
    version `len(migrations) + 1`. A commit survives a crash of the process; a power cut may take back the
    last ones, never half of one (`synchronous=NORMAL`). `read` and `write` may be called from any thread;
    `read` blocks, so not from the event loop.

    Raises IndexDamaged when the file is no database, of a newer version, or lacks something of `schema`;
    StorageError when the disk refuses, StorageFull when it is full. Damage that is met later leaves a mark
    beside the file, since a start looks at little of it and would find nothing wrong.
    """

    def __init__(
        self,
        path: Path,
        schema: str,
        migrations: Sequence[str] = (),
        *,
        readers: int = 3,
    ) -> None:
        self.path = path
        self.is_damaged = False
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._readers: LifoQueue[sqlite3.Connection | None] = LifoQueue()  # None: closed
        self._lock = Lock()  # between the last job and the end
        self._is_closed = False
        self._is_over = False
        _require_files(path)
        try:
            self._connection = _prepared(path, schema, migrations)
            for _ in range(readers):
                self._readers.put(_reader(path))
        except sqlite3.DatabaseError as error:
            raise _told(f"{path.name} cannot be opened", error) from error
        self._opened = path.stat()
        self._reader_count = readers
        self._thread = Thread(target=self._run, name=f"write-{path.stem}", daemon=True)
        self._thread.start()

    def integrity(self) -> list[str]:
        """What SQLite's own check finds wrong; reads the whole file. Raises IndexDamaged likewise."""
        with self.read() as connection:
            rows = connection.execute("PRAGMA integrity_check(20)").fetchall()
        return [row[0] for row in rows if row[0] != "ok"]

    def look(self) -> None:
        """Note it where another file, or none, is under the name of the one that is open: it is lost."""
        try:
            is_ours = samestat(self._opened, self.path.stat())
        except FileNotFoundError:
            is_ours = False
        except OSError:
            return  # its disk does not answer
        if not is_ours:
            self.note_damage()

    def note_damage(self) -> None:
        """Leave the mark for the next start."""
        self.is_damaged = True
        if not self._is_over:  # else it would stand beside the one that has come in its place
            with suppress(OSError):
                damage_mark(self.path).touch()

    def write(self, job: Callable[[sqlite3.Connection], T]) -> "Future[T]":
        """Run `job` in the writer thread; the future is done when its transaction is committed.

        A job whose future was cancelled before it began is left out: an answer to it would end the thread.
        A job that raises leaves no trace; its error comes out of the future. So does StorageError once
        the file is closed.
        """
        future: Future[T] = Future()
        with self._lock:
            if self._is_closed:
                future.set_exception(StorageError(f"{self.path.name} is closed"))
            else:
                self._jobs.put((job, future))
        return future

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A read-only connection for the length of the block; waits while all are in use.

        All that the block reads is of one state; what is committed meanwhile, the next block sees. Raises
        StorageError once the file is closed, IndexDamaged where the block cannot decode what is there.
        """
        connection = self._readers.get()
        if connection is None:
            self._readers.put(None)
            raise StorageError(f"{self.path.name} is closed")
        try:
            connection.execute("BEGIN")
            yield connection
        except sqlite3.DatabaseError as error:
            if _tells_damage(error):
                self.note_damage()
            raise _told(f"{self.path.name} cannot be read", error) from error
        except msgspec.MsgspecError as error:
            self.note_damage()
            raise IndexDamaged(f"{self.path.name} cannot be read: {error}") from error
        finally:
            with suppress(sqlite3.Error):  # it has told of itself already
                connection.execute("ROLLBACK")
            self._readers.put(connection)

    def close(self) -> None:
        """Finish what was asked for, then close the file; a second call does nothing."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            self._jobs.put(None)
        self._thread.join()
        for _ in range(self._reader_count):
            connection = self._readers.get()
            if connection is not None:
                connection.close()
        self._readers.put(None)
        self._connection.close()
        self._is_over = True

    def _run(self) -> None:
        while True:
            batch = [self._jobs.get()]
            with suppress(Empty):
                while len(batch) < MOST_BATCH:
                    batch.append(self._jobs.get_nowait())
            self._commit([job for job in batch if job is not None])
            if None in batch:
                return

    def _commit(self, batch: list[Job]) -> None:
        batch = [each for each in batch if each[1].set_running_or_notify_cancel()]
        if not batch:
            return
        results = []
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            for job, future in batch:
                results.append((future, *_attempt(connection, job)))
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            told = f"{self.path.name} cannot be written: {error}"
            kinds = {sqlite3.SQLITE_FULL: StorageFull} | dict.fromkeys(DAMAGE, IndexDamaged)
            refusal = kinds.get(_code(error), StorageError)(told)
            if isinstance(refusal, IndexDamaged):
                self.note_damage()
            for _, future in batch:
                future.set_exception(refusal)
            return
        if any(isinstance(problem, IndexDamaged) for _, _, problem in results):
            self.note_damage()
        for future, result, problem in results:
            if problem is None:
                future.set_result(result)
            else:
                future.set_exception(problem)


def _attempt(
    connection: sqlite3.Connection, job: Callable[[sqlite3.Connection], Any]
) -> tuple[Any, BaseException | None]:
    connection.execute("SAVEPOINT job")
    try:
        result = job(connection)
    except JOB_ERRORS as error:
        connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")
        if isinstance(error, sqlite3.DatabaseError):
            if _code(error) in REFUSED or _tells_damage(error):
                return None, _told("the database cannot be written", error)
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
                return None, StorageError(f"the database cannot be written: {error}")  # its owner has gone
        return None, error
    connection.execute("RELEASE job")
    return result, None


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 where Python's own module complains."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _tells_damage(error: sqlite3.DatabaseError) -> bool:
    is_undecodable = isinstance(error, sqlite3.OperationalError) and _code(error) == 0
    return _code(error) in DAMAGE or is_undecodable


def _told(what: str, error: sqlite3.DatabaseError) -> StorageError:
    code = _code(error)
    if code not in REFUSED:
        return IndexDamaged(f"{what}: {error}")
    return (StorageFull if code == sqlite3.SQLITE_FULL else StorageError)(f"{what}: {error}")


def _require_files(path: Path) -> None:
    """Raise where SQLite would say no more than that it cannot open, or wait for who writes into a pipe."""
    if path.is_symlink() and not path.exists():
        raise StorageError(
            f"{path.name} is a link to {path.readlink()}, which is not there; is its disk there?"
        )
    for each in files_of(path):
        if each.exists() and not each.is_file():
            raise IndexDamaged(f"{each.name} is no file")


def _prepared(path: Path, schema: str, migrations: Sequence[str]) -> sqlite3.Connection:
    is_new = not path.exists() or not path.stat().st_size
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    try:
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        # What a power cut spoils of a new one holds nothing yet; on a slow disk each sync takes seconds.
        connection.execute(f"PRAGMA synchronous={'OFF' if is_new else 'NORMAL'}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA recursive_triggers=ON")  # so that a replaced row counts as deleted
        migrate(connection, schema, migrations)
        _require_shape(connection, schema)
        connection.execute("PRAGMA synchronous=NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def migrate(connection: sqlite3.Connection, schema: str, migrations: Sequence[str]) -> None:
    """Bring a database to the current version, each step in its own transaction; raises IndexDamaged.

    Another process may be doing the same: a step that fails since it was taken meanwhile is no failure.
    """
    current = len(migrations) + 1
    while (version := _version_of(connection)) != current:
        if version > current:
            raise IndexDamaged(f"the database has version {version}, newer than {current}")
        if version < 0:
            raise IndexDamaged(f"the database has version {version}")
        script, after = (migrations[version - 1], version + 1) if version else (schema, current)
        try:
            connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version={after};\nCOMMIT;")
        except sqlite3.OperationalError:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if _version_of(connection) == version:
                raise


def _require_shape(connection: sqlite3.Connection, schema: str) -> None:
    """Raise IndexDamaged where a table, column, index or trigger of the schema is gone.

    Without one some statements fail, without another sums go wrong and nobody sees it.
    """
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(schema)
        expected = {*fresh.execute(SHAPE)}
    found = {*connection.execute(SHAPE)}
    if expected <= found:
        return
    known = {(kind, name) for kind, name, _ in found}

    def how_much(part: tuple[str, str, str | None]) -> tuple[bool, bool, str]:
        return part[:2] in known, part[0] != "table", str(part)

    kind, name, column = min(expected - found, key=how_much)
    what = f"column {column} of its" if (kind, name) in known else "its"
    raise IndexDamaged(f"the database has lost {what} {kind} {name}")


def _version_of(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def damage_mark(path: Path) -> Path:
    """The file that tells of a database in which damage was met since it was opened."""
    return path.with_name(f"{path.name}.suspect")


def files_of(path: Path) -> tuple[Path, ...]:
    """The file of a database and those that SQLite keeps beside it, whether they are there or not."""
    return tuple(path.with_name(path.name + rest) for rest in ("", "-wal", "-shm"))


def move_aside(path: Path) -> Path | None:
    """Rename a database that nobody has open to the first free `…damaged-n`, with the files beside it.

    Its mark goes. The result is the file's new name, or None where there was nothing. May raise OSError.
    """
    found = [each for each in files_of(path) if each.exists()]
    if not found:
        damage_mark(path).unlink(missing_ok=True)
        return None
    number = 1
    while any(each.exists() for each in files_of(path.with_name(f"{path.name}.damaged-{number}"))):
        number += 1
    aside = path.with_name(f"{path.name}.damaged-{number}")
    for each in found:
        each.rename(aside.with_name(aside.name + each.name.removeprefix(path.name)))
    damage_mark(path).unlink(missing_ok=True)
    return aside


def put_aside(path: Path) -> list[Path]:
    """What `move_aside` made of a database, in order of their names; without the files beside them."""
    found = path.parent.glob(f"{path.name}.damaged-*")
    return sorted(each for each in found if not each.name.endswith(("-wal", "-shm")))


def _reader(path: Path) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=64
    )
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    connection.execute("PRAGMA query_only=ON")
    return connection
