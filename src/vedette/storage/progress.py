"""How far the segments that are being written have come; known in memory only."""

from collections import deque
from typing import NamedTuple

MOST_SEALED = 256  # segments that end while somebody is still looking at a row read before


class Progress(NamedTuple):
    """The end of an open segment as it is now, and what it holds."""

    end_us: int
    bytes: int
    track_mask: int


class OpenSegments:
    """The progress of open segments, by id; written in any thread.

    It outlasts sealing by some segments: who has read the row of an open one before still asks for it, and
    without an answer would take it for one that has just begun.
    """

    def __init__(self) -> None:
        self._progress: dict[int, Progress] = {}
        self._sealed: deque[int] = deque()

    def get(self, segment_id: int) -> Progress | None:
        """How far a segment has come that was open when its row was read; None when that is not known."""
        return self._progress.get(segment_id)

    def advance(self, segment_id: int, progress: Progress) -> None:
        """Say how far a segment has come."""
        self._progress[segment_id] = progress

    def begin(self, segment_id: int) -> None:
        """Another segment has this id now."""
        self._progress.pop(segment_id, None)

    def sealed(self, segment_id: int) -> None:
        """The index has the end of a segment."""
        self._sealed.append(segment_id)
        if len(self._sealed) > MOST_SEALED:
            self._progress.pop(self._sealed.popleft(), None)
