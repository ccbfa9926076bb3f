"""What the index is told of one recording: its rows follow the segments, and no segment waits for them."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from vedette.storage.errors import StorageError
from vedette.storage.index import Gap, Index
from vedette.storage.progress import Progress
from vedette.storage.segments import SegmentFile

MOST_OWED = 1000  # what is beyond it, a start finds: more than half a day of an index that takes nothing

Write = Callable[[], "Future[Any]"]


class _Row:
    """The row of a segment that is being written; without an id it has none yet."""

    def __init__(self, segment: SegmentFile, *, continues: bool) -> None:
        self.segment = segment
        self.continues = continues
        self.id: int | None = None

    @property
    def progress(self) -> Progress:
        return Progress(self.segment.end_us, self.segment.bytes, self.segment.track_mask)


class Rows:
    """Enters the segments of one recording, one after the other.

    What the index cannot take now, as on a full disk or when it is damaged, it gets with later footage:
    `problem` says meanwhile why. `move_to` begins with another index. All but what `ended` returns is
    called in the disk's writing thread.
    """

    def __init__(self, token: str, recording_id: int, index: Index) -> None:
        self._token = token
        self._recording_id = recording_id
        self._index = index
        self._row: _Row | None = None
        self._owed: deque[tuple[Index, Write]] = deque(maxlen=MOST_OWED)
        self.problem: StorageError | None = None

    @property
    def unknown(self) -> str | None:
        """The path of the segment that is being written, while the index does not know it."""
        return self._row.segment.path if self._row is not None and self._row.id is None else None

    def latest_end_us(self, start_us: int) -> int | None:
        """When the footage before an instant ends; None where there is none, or the index does not say."""
        try:
            before = self._index.before(self._recording_id, start_us, most=1)
        except StorageError:
            return None
        return before[0].end_us if before else None

    def begin(self, segment: SegmentFile, gap: Gap | None, *, continues: bool) -> None:
        """A segment was made, behind a gap or not."""
        self.settle()
        self._row = _Row(segment, continues=continues)
        self._enter(self._row)
        if gap is not None:
            index = self._index
            self._insist(index, lambda: index.add_gap(self._recording_id, gap))

    def grew(self) -> None:
        """The segment has one fragment more."""
        self.settle()  # first: who follows a recording goes by the order of the rows
        if self._row is not None:
            self._enter(self._row)

    def ended(self) -> Write:
        """The segment is whole; the result enters that, from any thread, once it is durable."""
        row, index = self._row, self._index
        assert row is not None
        if row.id is None:
            self._enter(row)
        self._row = None
        progress = row.progress

        def write() -> "Future[Any]":
            if row.id is None:
                return self._added(index, row, progress)
            return index.seal(row.id, progress)

        return lambda: self._insist(index, write)

    def discard(self) -> None:
        """The segment was deleted before anything was in it."""
        row, index, self._row = self._row, self._index, None
        if row is not None and row.id is not None:
            segment_id = row.id
            self._insist(index, lambda: index.forget_segments([segment_id]))

    def settle(self) -> None:
        """Try again what the index did not take."""
        for _ in range(len(self._owed)):
            self._insist(*self._owed.popleft())

    def move_to(self, index: Index) -> None:
        """Enter what is being written into another index; who brings it enters what has ended."""
        self._index = index
        self._owed.clear()
        if self._row is not None:
            self._row.id = None
            self._enter(self._row)

    def _enter(self, row: _Row) -> None:
        if row.id is None:
            try:
                row.id = self._added(self._index, row, None).result()
            except StorageError as error:
                self.problem = type(error)(
                    f"{self._token!r} is written, but cannot be found in the index: {error}"
                )
                return
            self.problem = None
        self._index.advance(row.id, row.progress)

    def _added(self, index: Index, row: _Row, sealed: Progress | None) -> "Future[int]":
        segment = row.segment
        return index.add_segment(
            self._recording_id,
            segment.path,
            segment.head.tracks,
            segment.start_us,
            continues=row.continues,
            sealed=sealed,
        )

    def _insist(self, index: Index, write: Write) -> "Future[Any]":
        written = write()

        def note(done: "Future[Any]") -> None:
            if isinstance(done.exception(), StorageError) and index is self._index:
                self._owed.append((index, write))

        written.add_done_callback(note)
        return written
