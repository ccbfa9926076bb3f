"""A bounded queue between a stream and one consumer; when full it drops to the next key frame and counts."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Self

import msgspec

from vedette.base.errors import VedetteError
from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind


class StreamEnded(VedetteError):
    """The stream was removed: nothing will come any more."""


class StreamReader:
    """Takes a stream's units for a consumer that awaits them.

    The consumer never delays the stream: when `most_units` or `most_bytes` wait, all that waits is
    dropped, and it goes on with the next key frame of the first video track (at once where there is no
    video); `dropped_total` counts, and the next unit of each track is marked as discontinuous. With
    `from_kept`, reading begins with the kept group of pictures, otherwise with the next key frame.

    Use as a context manager; lives on the stream's event loop.
    """

    def __init__(
        self, stream: Stream, *, most_units: int = 600, most_bytes: int = 8 << 20, from_kept: bool = True
    ) -> None:
        self.stream = stream
        self.dropped_total = 0
        self._most_units = most_units
        self._most_bytes = most_bytes
        self._from_kept = from_kept
        self._waiting: deque[AccessUnit] = deque()
        self._waiting_bytes = 0
        self._tracks: tuple[Track, ...] = ()
        self._video = -1
        self._waits_for_key = True
        self._discontinuous: set[int] = set()
        self._wake = asyncio.Event()
        self._is_over = False
        self._has_begun = False  # what precedes the first key frame is not counted as dropped

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The tracks of the units that are read next; empty before the publisher has come."""
        return self._tracks

    def __enter__(self) -> Self:
        self.stream.attach(self)
        if self._from_kept and self.stream.kept_group:
            self.receive(self.stream.kept_group)
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.detach(self)

    async def read(self) -> list[AccessUnit]:
        """All units that wait, at least one, all of the present `tracks`.

        Raises StreamEnded when the stream was removed.
        """
        while not self._waiting:
            if self._is_over:
                raise StreamEnded(f"stream {self.stream.name!r} was removed")
            self._wake.clear()
            await self._wake.wait()
        units = list(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
        return units

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        """See Sink. What waits belongs to the former tracks and is dropped."""
        self._drop()
        self._tracks = tracks
        self._video = next((track.number for track in tracks if track.kind is TrackKind.VIDEO), -1)
        self._waits_for_key = self._video >= 0
        self._is_over = not tracks
        self._wake.set()

    def receive(self, units: Sequence[AccessUnit]) -> None:
        """See Sink."""
        for unit in units:
            self._take(unit)
        if self._waiting:
            self._wake.set()

    def _take(self, unit: AccessUnit) -> None:
        if self._waits_for_key:
            if unit.track != self._video or not unit.is_key:
                self.dropped_total += self._has_begun
                return
            self._waits_for_key = False
        self._has_begun = True
        if len(self._waiting) >= self._most_units or self._waiting_bytes + len(unit.data) > self._most_bytes:
            self._drop()
            self._discontinuous = {track.number for track in self._tracks}
            self._waits_for_key = self._video >= 0
            if self._waits_for_key and not (unit.track == self._video and unit.is_key):
                self.dropped_total += 1
                return
            self._waits_for_key = False
        if unit.track in self._discontinuous:
            self._discontinuous.discard(unit.track)
            unit = msgspec.structs.replace(unit, is_discontinuous=True)
        self._waiting.append(unit)
        self._waiting_bytes += len(unit.data)

    def _drop(self) -> None:
        self.dropped_total += len(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
