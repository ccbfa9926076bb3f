"""The index of recordings and segments; their SQL lives here and nowhere else."""

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from enum import IntEnum
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import msgspec

from vedette.media.unit import Track
from vedette.storage.database import Database
from vedette.storage.errors import IndexDamaged, NoSuchRecording
from vedette.storage.progress import OpenSegments, Progress
from vedette.storage.recordings import RecordingInfo, Standing, TimeRange, is_segment_path, is_token

SCHEMA = files(__package__).joinpath("schema.sql").read_text("utf-8")
# Names in migrations/, each brings the schema one version further.
MIGRATIONS: tuple[str, ...] = ("0002_kinds.sql", "0003_locks.sql")
SEEN = (Standing.IN_USE, Standing.COMPLETING)
TOKEN_ID = "(SELECT id FROM recordings WHERE token = ?)"


class SegmentState(IntEnum):
    """What may happen to a segment's file."""

    OPEN = 0
    SEALED = 1
    DELETING = 2


class Segment(NamedTuple):
    """One segment as the index knows it; see schema.sql for the columns."""

    id: int
    recording_id: int
    setup_id: int
    path: str
    start_us: int
    end_us: int
    bytes: int
    state: SegmentState
    track_mask: int
    continues: bool


class Gap(NamedTuple):
    """Footage that is missing: nothing was recorded in [start_us, end_us)."""

    start_us: int
    end_us: int
    reason: str


class Usage(NamedTuple):
    """What a recording holds: first and last instant (0 when empty), bytes, segments."""

    start_us: int
    end_us: int
    bytes: int
    segments: int


class Coverage(NamedTuple):
    """A stretch of footage without gap in which the same tracks had units; bit n stands for track n."""

    start_us: int
    end_us: int
    track_mask: int
    continues: bool  # no gap before it, only other tracks
    growing_us: int  # how far what may be growing has come, which need not be the end; 0 for nothing


Held = Sequence[tuple[int, TimeRange]]  # by recording id
COLUMNS = "id, recording_id, setup_id, path, start_us, end_us, bytes, state, track_mask, continues"
AFTER = f"""SELECT {COLUMNS} FROM segments
    WHERE recording_id = ? AND (start_us, id) > (?, ?) AND state < 2
    ORDER BY start_us, id LIMIT ?"""
BEFORE = f"""SELECT {COLUMNS} FROM segments
    WHERE recording_id = ? AND (start_us, id) < (?, ?) AND state < 2
    ORDER BY start_us DESC, id DESC LIMIT ?"""
ROW = "start_us, id, end_us, track_mask, state, continues"
BOUNDS = """SELECT
    (SELECT max(start_us) FROM segments WHERE recording_id = :recording AND start_us < :low),
    (SELECT min(start_us) FROM segments WHERE recording_id = :recording AND start_us > :high)"""
# Comparing pairs alone does not bound the walk over the tree; the conditions on start_us do.
BEHIND = f"""SELECT {ROW} FROM segments INDEXED BY segments_by_time
    WHERE recording_id = :recording AND state < 2
    AND start_us >= :at_us AND (start_us, id) > (:at_us, :at_id)"""
REST = f"{BEHIND} AND start_us <= :last_us ORDER BY start_us, id"
TAIL = f"""{BEHIND} AND start_us <= :until_us AND (start_us, id) < (:until_us, :until_id)
    ORDER BY start_us DESC, id DESC LIMIT :most"""
NEXT_MASK = "SELECT min(track_mask) FROM segments WHERE recording_id = ? AND track_mask > ?"
OF_KIND = """FROM segments INDEXED BY segments_by_kind
    WHERE recording_id = :recording AND track_mask = :mask AND continues = :continues AND state = :state"""
NEXT_OF_KIND = f"""SELECT {ROW} {OF_KIND} AND start_us >= :at_us AND start_us <= :last_us
    AND (start_us, id) > (:at_us, :at_id) ORDER BY start_us, id LIMIT 1"""
# Behind the oldest segments, which are what usually goes, there is nothing to part from.
PART_BEHIND = """UPDATE segments SET continues = 0 WHERE continues = 1 AND id = (
        SELECT next.id FROM segments AS gone, segments AS next
        WHERE gone.id = ? AND next.recording_id = gone.recording_id AND next.state < 2
        AND next.start_us >= gone.start_us AND (next.start_us, next.id) > (gone.start_us, gone.id)
        ORDER BY next.start_us, next.id LIMIT 1)
    AND EXISTS (SELECT 1 FROM segments AS earlier
        WHERE earlier.recording_id = segments.recording_id AND earlier.state < 2
        AND earlier.start_us <= segments.start_us
        AND (earlier.start_us, earlier.id) < (segments.start_us, segments.id))"""
LAST_ID = 1 << 62
# Ids tell the order of recording: what is entered later gets those that are left free below this one.
OLDER_BELOW = 1 << 40
NEXT_ID = f"""1 + max(?, coalesce((SELECT max(id) FROM segments), 0),
    (SELECT count(*) > 0 FROM recordings WHERE is_removing = {Standing.COMPLETING:d}) * {OLDER_BELOW})"""
NEXT_OLDER_ID = f"1 + max(?, coalesce((SELECT max(id) FROM segments WHERE id < {OLDER_BELOW}), 0))"
MOST_EARLIER = 8  # segments looked back over for one that reaches to an instant, where clocks were set back
MOST_SKIPS = 500  # where footage changes so often, reading on row by row is cheaper


class Index:
    """All recordings, segments and gaps of one archive.

    Reading blocks for well under a millisecond and is meant for worker threads. Writing returns a future
    that is done when the change is committed. Raises IndexDamaged from the constructor and from reads.
    """

    def __init__(self, path: Path) -> None:
        folder = files(__package__).joinpath("migrations")
        steps = [folder.joinpath(name).read_text("utf-8") for name in MIGRATIONS]
        self.database = Database(path, SCHEMA, steps)
        self._open = OpenSegments()
        self._latest_ids = [
            0,
            0,
        ]  # none is given again: a reader may know the former one; [1]: of older ones
        self._setups: dict[int, tuple[Track, ...]] = {}
        self.ids: dict[str, int] = {}  # of the recordings that were seen, by token

    @property
    def is_damaged(self) -> bool:
        """Whether damage was met since it was opened."""
        return self.database.is_damaged

    def _damage(self, what: str) -> IndexDamaged:
        self.database.note_damage()
        return IndexDamaged(f"{self.database.path.name} {what}")

    def close(self) -> None:
        """Commit what was asked for and close."""
        self.database.close()

    def put_recording(
        self,
        info: RecordingInfo,
        standing: Standing = Standing.IN_USE,
        wanted_id: int | None = None,
    ) -> "Future[int]":
        """Add a recording, or replace what is known of it; the result is its id.

        The standing of one that is there stays, and so does its id.
        """

        def job(connection: sqlite3.Connection) -> int:
            (recording_id,) = connection.execute(
                "INSERT INTO recordings (id, token, about, is_removing) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (token) DO UPDATE SET about = excluded.about RETURNING id",
                (wanted_id, info.token, msgspec.json.encode(info), standing),
            ).fetchone()
            return int(recording_id)

        return self.database.write(job)

    def finish_entering(self, recording_id: int) -> "Future[None]":
        """All files of a recording are entered: it is in use."""

        def job(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE recordings SET is_removing = ? WHERE id = ? AND is_removing IN (?, ?)",
                (Standing.IN_USE, recording_id, Standing.ENTERING, Standing.COMPLETING),
            )

        return self.database.write(job)

    def start_removing(self, token: str) -> "Future[None]":
        """Mark a recording as being deleted; its folder goes next."""

        def job(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE recordings SET is_removing = ? WHERE token = ?", (Standing.REMOVING, token)
            )
            connection.execute(f"UPDATE segments SET state = 2 WHERE recording_id = {TOKEN_ID}", (token,))

        return self.database.write(job)

    def forget_recording(self, token: str) -> "Future[None]":
        """Remove a recording and all that belongs to it from the index."""

        def job(connection: sqlite3.Connection) -> None:
            for table in ("segments", "gaps"):
                connection.execute(f"DELETE FROM {table} WHERE recording_id = {TOKEN_ID}", (token,))
            connection.execute("DELETE FROM recordings WHERE token = ?", (token,))

        return self.database.write(job)

    def recordings(self, *standings: Standing) -> list[tuple[int, RecordingInfo]]:
        """Every recording of these standings with its id, oldest first; without any those that are seen."""
        wanted = standings or SEEN
        return self._recordings(f"is_removing IN ({', '.join('?' * len(wanted))}) ORDER BY id", *wanted)

    def recording(self, token: str) -> tuple[int, RecordingInfo]:
        """One recording that is seen, with its id; raises NoSuchRecording."""
        found = self._recordings("token = ? AND is_removing IN (?, ?)", token, *SEEN)
        if not found:
            raise NoSuchRecording(f"no recording {token!r}")
        return found[0]

    def _recordings(self, condition: str, *values: str | int) -> list[tuple[int, RecordingInfo]]:
        query = f"SELECT id, token, about FROM recordings WHERE {condition}"
        found = []
        with self.database.read() as connection:
            for recording_id, token, about in connection.execute(query, values).fetchall():
                info = msgspec.json.decode(about, type=RecordingInfo)
                if info.token != token or not is_token(token):  # whose folder would it be?
                    raise self._damage(f"has recording {info.token!r} as {token!r}")
                self.ids[token] = recording_id
                found.append((recording_id, info))
        return found

    def add_segment(
        self,
        recording_id: int,
        path: str,
        tracks: Sequence[Track],
        start_us: int,
        *,
        continues: bool,
        sealed: Progress | None = None,
        is_older: bool = False,
    ) -> "Future[int]":
        """Enter a segment, open unless `sealed` says how it ended; the result is its id.

        One that is there under that path is replaced. `is_older` than what is being recorded meanwhile.
        """
        setup = msgspec.json.encode(list(tracks))
        state = SegmentState.OPEN if sealed is None else SegmentState.SEALED
        mask = sum(1 << track.number for track in tracks)
        end = sealed or Progress(start_us, 0, mask)

        def job(connection: sqlite3.Connection) -> int:
            connection.execute("INSERT OR IGNORE INTO setups (tracks) VALUES (?)", (setup,))
            (setup_id,) = connection.execute("SELECT id FROM setups WHERE tracks = ?", (setup,)).fetchone()
            row = (recording_id, setup_id, path, start_us, *end[:2], state, end.track_mask, continues)
            (segment_id,) = connection.execute(
                f"INSERT OR REPLACE INTO segments ({COLUMNS})"
                f" VALUES ({NEXT_OLDER_ID if is_older else NEXT_ID}, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (self._latest_ids[is_older], *row),
            ).fetchone()
            self._latest_ids[is_older] = segment_id
            return int(segment_id)

        return self.database.write(job)

    def advance(self, segment_id: int, progress: Progress) -> None:
        """Say how far an open segment has come; cheap, nothing is written."""
        self._open.advance(segment_id, progress)

    def seal(self, segment_id: int, progress: Progress, start_us: int | None = None) -> "Future[None]":
        """Enter how a segment ended; `start_us` where it had to be corrected."""

        def job(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE segments SET state = 1, end_us = ?, bytes = ?, track_mask = ?,"
                " start_us = coalesce(?, start_us) WHERE id = ? AND state = 0",
                (*progress, start_us, segment_id),
            )

        def note(done: "Future[None]") -> None:
            if done.exception() is None:
                self._open.sealed(segment_id)

        future = self.database.write(job)
        future.add_done_callback(note)
        return future

    def start_deleting(self, segment_ids: Sequence[int]) -> "Future[None]":
        """Mark segments whose files are about to go; what comes behind them no longer continues anything."""

        def job(connection: sqlite3.Connection) -> None:
            ids = [(i,) for i in segment_ids]
            connection.executemany("UPDATE segments SET state = 2 WHERE id = ?", ids)
            connection.executemany(PART_BEHIND, ids)

        return self.database.write(job)

    def keep_segments(self, segment_ids: Sequence[int]) -> "Future[None]":
        """Take back the mark of segments whose files could not be deleted."""

        def job(connection: sqlite3.Connection) -> None:
            ids = [(i,) for i in segment_ids]
            connection.executemany("UPDATE segments SET state = 1 WHERE id = ? AND state = 2", ids)

        return self.database.write(job)

    def forget_segments(self, segment_ids: Sequence[int]) -> "Future[None]":
        """Remove segments whose files are gone, and the gaps that lie before all footage that is left."""

        def job(connection: sqlite3.Connection) -> None:
            ids = [(i,) for i in segment_ids]
            connection.executemany(PART_BEHIND, ids)
            connection.executemany("DELETE FROM segments WHERE id = ?", ids)
            connection.execute(
                "DELETE FROM gaps WHERE end_us <= coalesce((SELECT min(start_us) FROM segments"
                " WHERE segments.recording_id = gaps.recording_id), 1 << 62)"
            )

        return self.database.write(job)

    def add_gap(self, recording_id: int, gap: Gap) -> "Future[None]":
        """Enter why footage is missing."""

        def job(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO gaps VALUES (?, ?, ?, ?)", (recording_id, *gap))

        return self.database.write(job)

    def part(self, segment_id: int, recording_id: int, gap: Gap) -> "Future[None]":
        """Enter that a segment does not continue the one before it, and why."""

        def job(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE segments SET continues = 0 WHERE id = ?", (segment_id,))
            connection.execute("INSERT OR REPLACE INTO gaps VALUES (?, ?, ?, ?)", (recording_id, *gap))

        return self.database.write(job)

    def _segment(self, row: tuple[int, int, int, str, int, int, int, int, int, int]) -> Segment:
        if not SegmentState.OPEN <= row[7] <= SegmentState.DELETING or not is_segment_path(row[3]):
            raise self._damage(f"has a segment in state {row[7]} at {row[3]!r}")
        segment = Segment(*row[:7], SegmentState(row[7]), row[8], bool(row[9]))
        progress = self._open.get(segment.id) if row[7] == SegmentState.OPEN else None
        if progress is None:
            return segment
        return segment._replace(end_us=progress.end_us, bytes=progress.bytes)

    def tracks(self, setup_id: int) -> tuple[Track, ...]:
        """The tracks of a setup."""
        known = self._setups.get(setup_id)
        if known is None:
            with self.database.read() as connection:
                row = connection.execute("SELECT tracks FROM setups WHERE id = ?", (setup_id,)).fetchone()
                if row is None:
                    raise self._damage("has lost tracks")
                known = self._setups[setup_id] = msgspec.json.decode(row[0], type=tuple[Track, ...])
        return known

    def after(
        self, recording_id: int, start_us: int, segment_id: int = LAST_ID, *, most: int = 1
    ) -> list[Segment]:
        """The next segments behind (start_us, segment_id) in time, not those being deleted."""
        with self.database.read() as connection:
            rows = connection.execute(AFTER, (recording_id, start_us, segment_id, most)).fetchall()
        return [self._segment(row) for row in rows]

    def before(
        self, recording_id: int, start_us: int, segment_id: int = 0, *, most: int = 1
    ) -> list[Segment]:
        """The segments before (start_us, segment_id) in time, latest first, not those being deleted."""
        with self.database.read() as connection:
            rows = connection.execute(BEFORE, (recording_id, start_us, segment_id, most)).fetchall()
        return [self._segment(row) for row in rows]

    def recorded_after(self, recording_id: int, segment_id: int) -> Segment | None:
        """The segment that was begun next, whatever its time; not one being deleted."""
        with self.database.read() as connection:
            row = connection.execute(
                f"SELECT {COLUMNS} FROM segments WHERE +recording_id = ? AND id > ? AND state < 2"
                " ORDER BY id LIMIT 1",
                (recording_id, segment_id),
            ).fetchone()
        return None if row is None else self._segment(row)

    def newest_id(self, recording_id: int) -> int:
        """The greatest id of a recording's segments that have footage; 0 without any."""
        with self.database.read() as connection:
            (newest,) = connection.execute(
                "SELECT coalesce(max(id), 0) FROM segments WHERE recording_id = ? AND state = 1",
                (recording_id,),
            ).fetchone()
            open_ids = connection.execute(
                "SELECT id FROM segments WHERE recording_id = ? AND state = 0", (recording_id,)
            ).fetchall()
        return max([int(newest), *(int(each) for (each,) in open_ids if self._open.get(each))])

    def at(self, recording_id: int, utc_us: int) -> Segment | None:
        """The latest begun segment that holds the instant, or None in a gap."""
        for segment in self.before(recording_id, utc_us, LAST_ID, most=MOST_EARLIER):
            if segment.end_us > utc_us:
                return segment
        return None

    def overlapping(self, recording_id: int, start_us: int, end_us: int, *, most: int = -1) -> list[Segment]:
        """The segments that hold any of [start_us, end_us), oldest first, and open ones of unknown end.

        With `most` only so many are looked at, those that begin latest: a month has 43,200.
        """
        with self.database.read() as connection:
            rows = connection.execute(
                f"SELECT * FROM (SELECT {COLUMNS} FROM segments WHERE recording_id = ? AND start_us < ?"
                " AND state < 2 ORDER BY start_us DESC, id DESC LIMIT ?)"
                " WHERE end_us > ? OR state = 0 ORDER BY start_us, id",
                (recording_id, end_us, most, start_us),
            ).fetchall()
        found = map(self._segment, rows)
        return [each for each in found if each.end_us > start_us or each.end_us == each.start_us]

    def by_id(self, segment_id: int) -> Segment | None:
        """A segment as it is now; None when it is gone or going."""
        with self.database.read() as connection:
            row = connection.execute(
                f"SELECT {COLUMNS} FROM segments WHERE id = ? AND state < 2", (segment_id,)
            ).fetchone()
        return None if row is None else self._segment(row)

    def unfinished(self) -> list[Segment]:
        """Every segment that is open or being deleted."""
        with self.database.read() as connection:
            rows = connection.execute(f"SELECT {COLUMNS} FROM segments WHERE state <> 1").fetchall()
        return [self._segment(row) for row in rows]

    def paths(self, recording_id: int, pattern: str = "*") -> set[str]:
        """The paths of a recording's segments that match a GLOB pattern."""
        with self.database.read() as connection:
            rows = connection.execute(
                "SELECT path FROM segments WHERE recording_id = ? AND path GLOB ?", (recording_id, pattern)
            ).fetchall()
        return {row[0] for row in rows}

    def usage(self, recording_id: int) -> Usage:
        """What a recording holds; counts its rows, so not for every request."""
        with self.database.read() as connection:
            row = connection.execute(
                "SELECT coalesce(min(start_us), 0), coalesce(max(end_us), 0), coalesce(sum(bytes), 0),"
                " count(*) FROM segments WHERE recording_id = ? AND state < 2",
                (recording_id,),
            ).fetchone()
            open_ids = connection.execute(
                "SELECT id FROM segments WHERE recording_id = ? AND state = 0", (recording_id,)
            ).fetchall()
        usage = Usage(*row)
        for (segment_id,) in open_ids:
            progress = self._open.get(segment_id)
            if progress is not None:
                end_us = max(usage.end_us, progress.end_us)
                usage = usage._replace(end_us=end_us, bytes=usage.bytes + progress.bytes)
        return usage

    def coverage(self, recording_id: int, low_us: int, high_us: int) -> list[Coverage]:
        """When which tracks have footage, oldest first, in the segments that touch an interval.

        It is exact within the interval; outside of it stretches may be cut short.
        """
        found: list[Coverage] = []
        first_us, end_us, mask, growing_us, follows = 0, 0, 0, 0, False
        with self.database.read() as connection:
            for start_us, key, stop_us, track_mask, state, continues in _telling_rows(
                connection, recording_id, low_us, high_us
            ):
                progress = self._open.get(key) if state == 0 else None
                if progress is not None:
                    stop_us = progress.end_us
                if stop_us <= start_us:
                    growing_us = stop_us if state == 0 else growing_us
                    continue  # just opened, nothing in it
                if not (mask and continues and track_mask == mask):
                    if mask:
                        found.append(Coverage(first_us, end_us, mask, follows, growing_us))
                    follows = bool(mask and continues)
                    first_us, end_us, mask, growing_us = start_us, stop_us, track_mask, 0
                end_us = max(end_us, stop_us)
                growing_us = stop_us if state == 0 else growing_us
        if mask:
            found.append(Coverage(first_us, end_us, mask, follows, growing_us))
        return found

    def track_spans(self, recording_id: int) -> list[tuple[Track, int, int]]:
        """Every track that has footage, as it was last set up, with its first and last instant.

        Exact to a segment: the instants are those of the first and last segment that holds the track.
        """
        firsts: list[Segment] = []
        lasts: list[Segment] = []
        with self.database.read() as connection:
            for kind in _kinds(connection, recording_id):
                values = {"recording": recording_id, **kind._asdict()}
                for order, into in (("start_us, id", firsts), ("start_us DESC, id DESC", lasts)):
                    query = f"SELECT {COLUMNS} {OF_KIND} ORDER BY {order} LIMIT 1"
                    into += [self._segment(row) for row in connection.execute(query, values)]
        lasts.sort(key=_time_order)
        tracks = {track.number: track for last in lasts for track in self.tracks(last.setup_id)}
        spans = []
        for number, track in sorted(tracks.items()):
            holding = [each for each in lasts if each.track_mask >> number & 1]
            if holding:
                start_us = min(each.start_us for each in firsts if each.track_mask >> number & 1)
                spans.append((track, start_us, holding[-1].end_us))
        return spans

    def gaps(self, recording_id: int, start_us: int, end_us: int) -> list[Gap]:
        """The gaps that touch [start_us, end_us), oldest first."""
        with self.database.read() as connection:
            rows = connection.execute(
                "SELECT start_us, end_us, reason FROM gaps WHERE recording_id = ? AND start_us < ?"
                " AND end_us > ? AND end_us > start_us ORDER BY start_us",
                (recording_id, end_us, start_us),
            ).fetchall()
        return [Gap(*row) for row in rows]

    def oldest_deletable(
        self, recording_id: int | None, held: Held, *, most: int, after_us: int | None = None
    ) -> list[Segment]:
        """The oldest sealed segments outside of every held range, dated later than `after_us` if given."""
        given = {"recording_id = ?": recording_id, "start_us > ?": after_us}
        chosen = {clause: value for clause, value in given.items() if value is not None}
        apart = ["NOT (recording_id = ? AND start_us < ? AND end_us > ?)"] * len(held)
        where = " AND ".join(("state = 1", *chosen, *apart))
        query = f"SELECT {COLUMNS} FROM segments WHERE {where} ORDER BY start_us, id LIMIT ?"
        bounds = (each for key, span in held for each in (key, span.end_us, span.start_us))
        with self.database.read() as connection:
            rows = connection.execute(query, (*chosen.values(), *bounds, most)).fetchall()
        return [self._segment(row) for row in rows]

    def total_bytes(self, recording_id: int | None = None) -> int:
        """The bytes of all sealed segments, of one recording or of all."""
        with self.database.read() as connection:
            (total,) = connection.execute(
                "SELECT coalesce(sum(sealed_bytes), 0) FROM recordings WHERE ? IS NULL OR id = ?",
                (recording_id, recording_id),
            ).fetchone()
        return int(total)


class _Kind(NamedTuple):
    """Segments that a walk along the time line can leap over, where they follow one of their own."""

    mask: int
    continues: int
    state: int


_Row = tuple[int, int, int, int, int, int]  # of ROW


def _time_order(segment: Segment) -> tuple[int, int]:
    return segment.start_us, segment.id


def _kinds(connection: sqlite3.Connection, recording_id: int) -> list[_Kind]:
    """Every kind of segment that a recording may have; each mask costs one look into the tree."""
    masks: list[int] = []
    mask = -1
    while (mask := connection.execute(NEXT_MASK, (recording_id, mask)).fetchone()[0]) is not None:
        masks.append(mask)
    states = (SegmentState.OPEN, SegmentState.SEALED)
    return [_Kind(mask, continues, state) for mask in masks for continues in (0, 1) for state in states]


def _telling_rows(
    connection: sqlite3.Connection, recording_id: int, low_us: int, high_us: int
) -> Iterator[_Row]:
    """The segments that touch an interval, in order of time, less those in the midst of unchanged footage.

    Left out are sealed segments that continue one with the same tracks, but for the MOST_EARLIER last before
    each change, one of which reaches farthest.
    """
    bounds = {"recording": recording_id, "low": low_us, "high": high_us}
    before_us, behind_us = connection.execute(BOUNDS, bounds).fetchone()
    last_us = high_us if behind_us is None else behind_us
    values = {"recording": recording_id, "last_us": last_us, "most": MOST_EARLIER}
    values |= {"at_us": low_us if before_us is None else before_us, "at_id": -1}
    row: _Row | None = connection.execute(f"{REST} LIMIT 1", values).fetchone()
    kinds = _kinds(connection, recording_id) if row is not None else []
    heads: dict[_Kind, _Row | None] = {}
    for _ in range(MOST_SKIPS):
        if row is None:
            return
        yield row
        at = row[:2]
        values |= {"at_us": at[0], "at_id": at[1]}
        leapt = _Kind(row[3], 1, SegmentState.SEALED) if row[4] == SegmentState.SEALED else None
        for kind in kinds:
            head = heads.get(kind, row)
            if kind != leapt and head is not None and head[:2] <= at:
                heads[kind] = connection.execute(NEXT_OF_KIND, values | kind._asdict()).fetchone()
        row = min((head for kind, head in heads.items() if head is not None and kind != leapt), default=None)
        until = (last_us, LAST_ID) if row is None else row[:2]
        tail = connection.execute(TAIL, values | {"until_us": until[0], "until_id": until[1]}).fetchall()
        yield from reversed(tail)
    if row is not None:
        yield row
        yield from connection.execute(REST, values | {"at_us": row[0], "at_id": row[1]})
