"""Fragments of one NAL unit that are of equal size, cut many at a time."""

import struct
from functools import lru_cache

RUN_LEAST, RUN_MOST = 4, 96
_CELLS = 4  # of a frame: up to its flags, sequence number, up to its fragment's piece, the piece
_HEAD_BYTES, _NUMBER_BYTES = 6, 2  # mark, channel, size, flags and type; sequence number


def cut_run(data: bytes, at: int, size: int, skip: int, expected: int) -> tuple[bytes, ...]:
    """What lies `skip` bytes behind the start of each frame of a run, the first of which is at `data[at]`.

    A run is of frames of `size` bytes (without the four of RFC 2326 §10.12) that differ in nothing but
    the sequence number, which counts up from `expected`, and what is behind `skip`. Fewer than four are
    none. One call of `struct` cuts them all, and comparing columns proves each alike.
    """
    stride = size + 4
    marks = data[at : len(data) - stride + 1 : stride]
    count = len(marks) - len(marks.lstrip(b"$"))
    sizes = data[at + 3 : at + count * stride : stride]
    count = min(count - len(sizes.lstrip(sizes[:1])), RUN_MOST)
    if count < RUN_LEAST or expected + count > 0x1_0000:
        return ()
    cells = _run_format(skip, stride, count).unpack_from(data, at)
    if (
        cells[0::_CELLS].count(cells[0]) != count
        or cells[1::_CELLS] != tuple(range(expected, expected + count))
        or cells[2::_CELLS].count(cells[2]) != count
    ):
        return ()
    return cells[3::_CELLS]


@lru_cache(maxsize=512)
def _run_format(skip: int, stride: int, count: int) -> struct.Struct:
    each = f"{_HEAD_BYTES}sH{skip - _HEAD_BYTES - _NUMBER_BYTES}s{stride - skip}s"
    return struct.Struct(">" + each * count)


@lru_cache(maxsize=512)
def pieces_of(size: int, count: int) -> struct.Struct:
    """What cuts bytes into so many pieces of equal size."""
    return struct.Struct(f"{size}s" * count)
