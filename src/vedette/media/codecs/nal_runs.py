"""Fragments of one NAL unit that are of equal size, cut many at a time."""

import struct
from functools import lru_cache
from itertools import count
from typing import NamedTuple

RUN_LEAST, RUN_MOST = 4, 96
BEGINS, ENDS = 0x80, 0x40  # flags of a fragment, in the last byte of what is skipped
_SEQUENCE_AT = 6  # in a frame
_MIDDLE = [bytes((flags & ~(BEGINS | ENDS),)) for flags in range(256)]  # of the same NAL unit


class _Cut(NamedTuple):
    """How a run is cut, and what proves it one: its heads as one number are its first one `repeated`,
    plus `counted` for the sequence numbers; `begins` more where the first one begins the NAL unit."""

    cells: struct.Struct
    repeated: int
    counted: int
    begins: int


def cut_run(data: bytes, at: int, size: int, skip: int) -> tuple[bytes, ...]:
    """What lies `skip` bytes behind the start of each frame of a run, the first of which is at `data[at]`.

    A run is of frames of `size` bytes (without the four of RFC 2326 §10.12) that differ in nothing but
    the sequence number, which counts up without wrapping, and what is behind `skip`; the first one may
    begin the NAL unit. Fewer than four are none. One call of `struct` cuts them all, and one comparison
    of large numbers proves them alike.
    """
    stride = size + 4
    second = at + stride + skip - 1
    flags = data[second : len(data) - stride + skip : stride]  # of each frame that is whole
    frames = len(flags) - len(flags.lstrip(_MIDDLE[data[at + skip - 1]])) + 1
    if frames < RUN_LEAST:
        return ()
    how, repeated, counted, begins = _how_to_cut(skip, stride, frames if frames < RUN_MOST else RUN_MOST)
    cells = how.unpack_from(data, at)
    rest = int.from_bytes(b"".join(cells[::2]), "big") - int.from_bytes(cells[2], "big") * repeated
    if rest == counted + begins or rest == counted:
        return cells[1::2]
    alike = _alike(cells[::2])
    return cells[1 : 2 * alike : 2] if alike >= RUN_LEAST else ()


def _alike(heads: tuple[bytes, ...]) -> int:
    """How many heads are those of a run. Others get here with flags alike, as one in 256 has by chance."""
    step = 1 << (len(heads[0]) - _SEQUENCE_AT - 2) * 8
    second = int.from_bytes(heads[1], "big")
    if int.from_bytes(heads[0], "big") | BEGINS != second - step | BEGINS:
        return 0
    due = count(second, step)
    others = (n for n, head in enumerate(heads[1:], 1) if int.from_bytes(head, "big") != next(due))
    return next(others, len(heads))


@lru_cache(maxsize=512)
def _how_to_cut(skip: int, stride: int, frames: int) -> _Cut:
    places = [skip * 8 * place for place in range(frames)]  # of the last head, of the one before, …
    sequence = (skip - _SEQUENCE_AT - 2) * 8
    return _Cut(
        struct.Struct(f"{skip}s{stride - skip}s" * frames),
        sum(1 << place for place in places),
        sum(frames - 2 - number << place + sequence for number, place in enumerate(places)),
        BEGINS << places[-1],
    )


@lru_cache(maxsize=512)
def pieces_of(size: int, count: int) -> struct.Struct:
    """What cuts bytes into so many pieces of equal size."""
    return struct.Struct(f"{size}s" * count)
