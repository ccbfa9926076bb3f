"""Plain MP4 files, for players that want their sample tables up front."""

import struct
from array import array
from collections.abc import Sequence
from itertools import groupby
from operator import add, sub
from typing import NamedTuple

from vedette.base.timestamps import rescale
from vedette.protocols.mp4.boxes import box, full_box
from vedette.protocols.mp4.movie import MOVIE_HZ

AT_ONCE = 1 << 16  # values in one call, which nothing else in the process can interrupt; a day has millions


class Chunk(NamedTuple):
    """Samples of one track that lie one behind the other.

    `offset` counts from the start of the media, `entry` is the number of their sample entry, from 1.
    """

    offset: int
    samples: int
    entry: int


class SampleTable:
    """The samples of one track, in decoding order.

    Times count in the track's clock: `decode` must not fall, `composition` is what presentation is behind
    it. The last sample lasts `last_duration`.
    """

    def __init__(self) -> None:
        self.decode = array("q")
        self.composition = array("q")
        self.sizes = array("q")
        self.keys = array("b")
        self.chunks: list[Chunk] = []
        self.last_duration = 1

    @property
    def duration(self) -> int:
        """From the first decode time to the end of the last sample; 0 when empty."""
        return self.decode[-1] - self.decode[0] + self.last_duration if self.decode else 0

    @property
    def longest_step(self) -> int:
        """The longest time between two samples."""
        portions = (self.decode[at : at + AT_ONCE + 1] for at in range(0, len(self.decode), AT_ONCE))
        return max((max(map(sub, each[1:], each), default=0) for each in portions), default=0)

    def in_clock(self, clock_hz: int, other_hz: int) -> "SampleTable":
        """The same samples with times in another clock, each rounded for itself."""
        table = SampleTable()
        table.sizes, table.keys, table.chunks = self.sizes, self.keys, self.chunks
        table.decode.extend(rescale(time, clock_hz, other_hz) for time in self.decode)
        shown = map(add, self.decode, self.composition)
        table.composition.extend(rescale(time, clock_hz, other_hz) for time in shown)
        table.composition = array("q", map(sub, table.composition, table.decode))
        table.last_duration = max(1, rescale(self.last_duration, clock_hz, other_hz))
        return table

    def boxes(self, media_offset: int) -> bytes:
        """The children of `stbl` beside `stsd`, for media that begins at that offset in the file.

        Their length does not depend on the offset. Raises struct.error when a value needs more than 32 bits.
        Source: ISO/IEC 14496-12 §8.6.1, §8.6.2, §8.7.
        """
        times = self.decode
        steps = array("q", [times[i + 1] - times[i] for i in range(len(times) - 1)])
        steps.append(self.last_duration)
        boxes = [_run_lengths(b"stts", 0, steps, "I")]
        if any(self.composition):
            boxes.append(_run_lengths(b"ctts", 1, self.composition, "i"))
        if not all(self.keys):
            numbers = [number for number, key in enumerate(self.keys, 1) if key]
            boxes.append(
                full_box(b"stss", 0, 0, struct.pack(f">{len(numbers) + 1}I", len(numbers), *numbers))
            )
        boxes.append(self._chunk_box())
        portions = (self.sizes[at : at + AT_ONCE] for at in range(0, len(times), AT_ONCE))
        sizes = (struct.pack(f">{len(each)}I", *each) for each in portions)
        boxes.append(full_box(b"stsz", 0, 0, struct.pack(">2I", 0, len(times)), *sizes))
        offsets = [media_offset + chunk.offset for chunk in self.chunks]
        boxes.append(full_box(b"co64", 0, 0, struct.pack(f">I{len(offsets)}Q", len(offsets), *offsets)))
        return b"".join(boxes)

    def _chunk_box(self) -> bytes:
        entries = []
        latest = (0, 0)
        for number, chunk in enumerate(self.chunks, 1):
            if (chunk.samples, chunk.entry) != latest:
                latest = (chunk.samples, chunk.entry)
                entries.append(struct.pack(">III", number, *latest))
        return full_box(b"stsc", 0, 0, struct.pack(">I", len(entries)), *entries)


def _run_lengths(kind: bytes, version: int, values: Sequence[int], letter: str) -> bytes:
    runs = [(sum(1 for _ in run), value) for value, run in groupby(values)]
    entries = (struct.pack(f">I{letter}", *run) for run in runs)
    return full_box(kind, version, 0, struct.pack(">I", len(runs)), *entries)


def delayed_start(delay_ms: int, duration_ms: int) -> bytes:
    """An `edts` box that begins a track `delay_ms` after the film; nothing when there is no delay.

    Source: ISO/IEC 14496-12 §8.6.6.
    """
    if delay_ms <= 0:
        return b""
    entries = struct.pack(">QqHH", delay_ms, -1, 1, 0) + struct.pack(">QqHH", duration_ms, 0, 1, 0)
    return box(b"edts", full_box(b"elst", 1, 0, struct.pack(">I", 2), entries))


def movie_ms(ticks: int, clock_hz: int) -> int:
    """A time in a track's clock in the movie's milliseconds, rounded to nearest."""
    return (2 * ticks * MOVIE_HZ + clock_hz) // (2 * clock_hz)
