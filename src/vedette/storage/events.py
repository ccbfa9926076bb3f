"""The log of events, for FindEvents and Seek; bounded by age and number."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import msgspec

from vedette.storage.database import Database, move_aside
from vedette.storage.errors import IndexDamaged

SCHEMA = files(__package__).joinpath("events.sql").read_text("utf-8")
Items = tuple[tuple[str, str], ...]
EVENTS_FILE = "events.sqlite"
IDS_MOST = 500  # subjects named in one statement


class EventSubject(NamedTuple):
    """What an event is about; `recording` and `track` are tokens or empty."""

    topic: str
    source: Items
    recording: str = ""
    track: str = ""


class LoggedEvent(NamedTuple):
    """One event of the log. `operation` is the property operation, or empty."""

    id: int
    utc_us: int
    subject: EventSubject
    operation: str
    data: Items


class EventPlace(NamedTuple):
    """Where a page of events ended."""

    utc_us: int
    id: int


class EventPage(NamedTuple):
    """Some of the events found, in order; `after` is where to go on, or None when that was all."""

    events: list[LoggedEvent]
    after: EventPlace | None


Wanted = Callable[[EventSubject], bool]


class EventLog:
    """All events of this device that may be searched for. Raises IndexDamaged when the file is damaged.

    `append` may be called on the event loop; everything else blocks and is meant for worker threads.
    """

    def __init__(self, path: Path) -> None:
        self._database = _opened(path)
        self._newest_id = 0  # of those that this log gave or told

    def damage(self) -> list[str]:
        """What SQLite's own check finds wrong in the file; reads all of it."""
        return self._database.integrity()

    @property
    def is_damaged(self) -> bool:
        """Whether damage was met since it was opened."""
        return self._database.is_damaged

    def look(self) -> None:
        """Note it where the file was taken away."""
        self._database.look()

    def begin_anew(self) -> Path | None:
        """Put a damaged file aside and begin another in its place; its new name, None where nothing is left.

        What is appended meanwhile is refused. Ids go on. Raises OSError or StorageError; try again then.
        """
        self._database.close()
        aside = move_aside(self._database.path)
        self._database = _opened(self._database.path)
        return aside

    def close(self) -> None:
        """Commit what was appended and close."""
        self._database.close()

    def append(self, utc_us: int, subject: EventSubject, data: Items, operation: str = "") -> "Future[int]":
        """Log an event that happened at `utc_us`; the future gives its id once it is committed."""

        def job(connection: sqlite3.Connection) -> int:
            subject_id = self._subject_id(connection, subject)
            (event_id,) = connection.execute(
                "INSERT INTO events (id, subject_id, utc_us, operation, data)"
                " SELECT max(coalesce(max(id), 0), ?) + 1, ?, ?, ?, ? FROM events RETURNING id",
                (self._newest_id, subject_id, utc_us, operation, msgspec.json.encode(data)),
            ).fetchone()
            self._newest_id = int(event_id)
            return self._newest_id

        return self._database.write(job)

    def _subject_id(self, connection: sqlite3.Connection, subject: EventSubject) -> int:
        row = (subject.topic, msgspec.json.encode(subject.source), subject.recording, subject.track)
        where = "topic = ? AND source = ? AND recording = ? AND track = ?"
        found = connection.execute(f"SELECT id FROM subjects WHERE {where}", row).fetchone()
        if found is None:
            found = connection.execute(
                "INSERT INTO subjects (topic, source, recording, track) VALUES (?, ?, ?, ?) RETURNING id", row
            ).fetchone()
        return int(found[0])

    def find(
        self,
        start_us: int,
        end_us: int,
        *,
        wanted: Wanted | None = None,
        after: EventPlace | None = None,
        most: int = 100,
    ) -> EventPage:
        """Events from `start_us` to `end_us`, both included, in that direction: backward when end < start.

        `wanted` picks subjects (topics, sources, recordings); `after` goes on behind an earlier page.
        """
        is_backward = end_us < start_us
        low, high = min(start_us, end_us), max(start_us, end_us)
        order = "utc_us DESC, id DESC" if is_backward else "utc_us, id"
        if after is not None:
            # The index finds the place by its time alone: without that every page walks all before it.
            low, high = (low, min(high, after.utc_us)) if is_backward else (max(low, after.utc_us), high)
        clauses, values = ["utc_us BETWEEN ? AND ?"], [low, high]
        if after is not None:
            clauses.append(f"(utc_us, id) {'<' if is_backward else '>'} (?, ?)")
            values += after
        events: list[LoggedEvent] = []
        with self._database.read() as connection:
            subjects = _subjects(connection, wanted)
            if wanted is not None and len(subjects) <= IDS_MOST:
                clauses.append(f"subject_id IN ({', '.join('?' * len(subjects))})")
                values += subjects
            query = (
                "SELECT id, utc_us, subject_id, operation, data FROM events"
                f" WHERE {' AND '.join(clauses)} ORDER BY {order}"
            )
            for row in connection.execute(query, values):
                if row[2] not in subjects:
                    continue
                if len(events) == most:
                    return EventPage(events, EventPlace(events[-1].utc_us, events[-1].id))
                events.append(_event(row, subjects[row[2]]))
        return EventPage(events, None)

    def newest_id(self) -> int:
        """The id of the event that was logged last; 0 for none."""
        with self._database.read() as connection:
            (found,) = connection.execute("SELECT max(id) FROM events").fetchone()
        self._newest_id = max(self._newest_id, found or 0)
        return self._newest_id

    def logged_after(self, event_id: int, most: int = 100) -> EventPage:
        """Events in the order in which they were logged, behind the one of that id, whenever they are of."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT id, utc_us, subject_id, operation, data FROM events WHERE id > ? ORDER BY id LIMIT ?",
                (event_id, most + 1),
            ).fetchall()
            subjects = _subjects(connection, None)
        try:
            events = [_event(row, subjects[row[2]]) for row in rows[:most]]
        except (KeyError, msgspec.MsgspecError) as error:
            self._database.note_damage()
            raise IndexDamaged(f"{EVENTS_FILE} has an event that makes no sense: {error}") from error
        after = EventPlace(events[-1].utc_us, events[-1].id) if len(rows) > most else None
        return EventPage(events, after)

    def states(self, utc_us: int, wanted: Wanted | None = None) -> list[LoggedEvent]:
        """The last event before `utc_us` of each wanted property that has a value then.

        These are what virtual start state events tell.
        Source: Recording search, Recording Event (26.06 §5.2.2).
        """
        found = []
        with self._database.read() as connection:
            subjects = _subjects(connection, wanted)
            for subject_id, subject in subjects.items():
                row = connection.execute(
                    "SELECT id, utc_us, subject_id, operation, data FROM events"
                    " WHERE subject_id = ? AND utc_us < ? ORDER BY utc_us DESC, id DESC LIMIT 1",
                    (subject_id, utc_us),
                ).fetchone()
                if row is not None and row[3] not in ("", "Deleted"):
                    found.append(_event(row, subject))
        return found

    def prune(self, before_us: int, most: int) -> "Future[int]":
        """Delete events before an instant, then the oldest beyond `most`; gives how many went.

        The latest event of each property stays, since it still tells the state.
        """

        def job(connection: sqlite3.Connection) -> int:
            (count,) = connection.execute("SELECT count(*) FROM events").fetchone()
            row = connection.execute(
                "SELECT utc_us FROM events ORDER BY utc_us, id LIMIT 1 OFFSET ?", (max(0, count - most),)
            ).fetchone()
            limit_us = max(before_us, row[0] if row is not None and count > most else before_us)
            gone = connection.execute(
                "DELETE FROM events WHERE utc_us < ? AND (operation IN ('', 'Deleted') OR EXISTS"
                " (SELECT 1 FROM events AS later WHERE later.subject_id = events.subject_id"
                " AND (later.utc_us, later.id) > (events.utc_us, events.id)))",
                (limit_us,),
            )
            return int(gone.rowcount)

        return self._database.write(job)


def _opened(path: Path) -> Database:
    return Database(path, SCHEMA, readers=2)


def _subjects(connection: sqlite3.Connection, wanted: Wanted | None) -> dict[int, EventSubject]:
    rows = connection.execute("SELECT id, topic, source, recording, track FROM subjects").fetchall()
    subjects = {
        key: EventSubject(topic, msgspec.json.decode(source, type=Items), recording, track)
        for key, topic, source, recording, track in rows
    }
    return {key: each for key, each in subjects.items() if wanted is None or wanted(each)}


def _event(row: tuple[int, int, int, str, bytes], subject: EventSubject) -> LoggedEvent:
    event_id, utc_us, _, operation, data = row
    return LoggedEvent(event_id, utc_us, subject, operation, msgspec.json.decode(data, type=Items))
