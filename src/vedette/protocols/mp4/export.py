"""Plain MP4 files, for players that want their sample tables up front."""

import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, count
from operator import add, ne, sub
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
        self.sizes = array("I")
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

    def boxes(self) -> bytes:
        """The children of `stbl` beside `stsd` and `co64`, when all samples are there.

        Raises struct.error when a value needs more than 32 bits.
        Source: ISO/IEC 14496-12 §8.6.1, §8.6.2, §8.7.
        """
        length = max(1, AT_ONCE // 2)  # each may become two values
        boxes = [_run_lengths(b"stts", 0, self._steps(length))]
        if any(self.composition):
            offsets = (self.composition[at : at + length] for at in range(0, len(self.decode), length))
            boxes.append(_run_lengths(b"ctts", 1, map(_in_32_bits, offsets)))
        if not all(self.keys):
            numbers = list(compress(count(1), self.keys))
            boxes.append(full_box(b"stss", 0, 0, struct.pack(">I", len(numbers)), *_packed(numbers)))
        boxes.append(self._chunk_box())
        sizes = _packed(self.sizes)
        boxes.append(full_box(b"stsz", 0, 0, struct.pack(">2I", 0, len(self.sizes)), *sizes))
        return b"".join(boxes)

    def offsets_box(self, media_offset: int) -> bytes:
        """The `co64` box for media that begins at that offset in the file; its length is always the same."""
        parts = (self.chunks[at : at + AT_ONCE] for at in range(0, len(self.chunks), AT_ONCE))
        offsets = ([media_offset + chunk.offset for chunk in part] for part in parts)
        packed = (struct.pack(f">{len(each)}Q", *each) for each in offsets)
        return full_box(b"co64", 0, 0, struct.pack(">I", len(self.chunks)), *packed)

    def _steps(self, length: int) -> Iterator[Sequence[int]]:
        """The time from each sample to the next, in portions of that length."""
        for at in range(0, len(self.decode), length):
            times = self.decode[at : at + length + 1]
            steps = list(map(sub, times[1:], times))
            yield steps if len(times) > length else [*steps, self.last_duration]

    def _chunk_box(self) -> bytes:
        entries = []
        latest = (0, 0)
        for number, chunk in enumerate(self.chunks, 1):
            if (chunk.samples, chunk.entry) != latest:
                latest = (chunk.samples, chunk.entry)
                entries.append(struct.pack(">III", number, *latest))
        return full_box(b"stsc", 0, 0, struct.pack(">I", len(entries)), *entries)


def _packed(values: Sequence[int]) -> Iterator[bytes]:
    """Values of 32 bits as they stand in a file, portion by portion."""
    for at in range(0, len(values), AT_ONCE):
        part = values[at : at + AT_ONCE]
        yield struct.pack(f">{len(part)}I", *part)


def _run_lengths(kind: bytes, version: int, portions: Iterable[Sequence[int]]) -> bytes:
    """A box that tells how often each value comes in a row."""
    rows: list[bytes] = []
    number, former, times = 0, -1, 0
    for part in portions:
        begins = [0, *compress(range(1, len(part)), map(ne, part[1:], part))]
        values = [part[begin] for begin in begins]
        lengths = list(map(sub, [*begins[1:], len(part)], begins))
        if values[0] == former:
            lengths[0] += times
        elif times:
            rows.append(struct.pack(">2I", times, former))
            number += 1
        former, times = values.pop(), lengths.pop()
        run = [0] * (2 * len(values))
        run[::2], run[1::2] = lengths, values
        rows.append(struct.pack(f">{len(run)}I", *run))
        number += len(values)
    if times:
        rows.append(struct.pack(">2I", times, former))
        number += 1
    return full_box(kind, version, 0, struct.pack(">I", number), *rows)


def _in_32_bits(offsets: Sequence[int]) -> Sequence[int]:
    """Signed values as unsigned ones of the same bits."""
    if min(offsets) < -(1 << 31) or max(offsets) >= 1 << 31:
        raise struct.error("a composition offset needs more than 32 bits")
    return [offset & 0xFFFF_FFFF for offset in offsets]


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
