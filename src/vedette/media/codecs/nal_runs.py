"""Fragments of one NAL unit that are of equal size, cut many at a time."""

import struct
from functools import lru_cache
from itertools import count
from typing import NamedTuple

RUN_LEAST, RUN_MOST = 4, 96
BEGINS, ENDS = 0x80, 0x40  # flags of a fragment, in the last byte of what is skipped
_TURN = BEGINS | ENDS
_ALIKE_MOST = RUN_MOST + 1
_SIZE_AT, _MARKER_AT, _SEQUENCE_AT = 2, 5, 6  # in a frame
_MIDDLE = [bytes((flags & ~_TURN,)) for flags in range(256)]  # of the same NAL unit


class _Cut(NamedTuple):
    """How frames are cut, and what proves them alike: their heads as one number are the first one
    `repeated`, plus `counted` for the sequence numbers and for flags that differ."""

    cells: struct.Struct
    repeated: int
    counted: int


class _NalCut(NamedTuple):
    """The same for a whole NAL unit. What the heads may be more than that is told by the last one: bits
    of a size, from `size_at` on, and `marker`; `below` are the bits below the size."""

    cells: struct.Struct
    repeated: int
    counted: int
    size_at: int
    below: int
    marker: int


def cut_nal(data: bytes, at: int, size: int, skip: int) -> tuple[list[bytes], int, int, bool] | None:
    """The NAL unit that begins in the frame at `data[at]`, which is of `size` bytes and fragmented.

    The result is what lies `skip` bytes behind the start of each frame, where the last one ends, how many
    they are, and whether the last one has the marker. The frames follow each other, are of `size` bytes
    (without the four of RFC 2326 §10.12; the last one maybe of fewer), and differ in nothing else but the
    sequence number, which counts up without wrapping, the fragment's flags and what is behind `skip`.
    None where that is not so, where the first has the marker or nothing behind `skip`, and for more than
    97 frames.

    One call of `struct` cuts them all, and one comparison of large numbers proves them alike.
    """
    stride = size + 4
    if stride <= skip:
        return None
    place = at + skip - 1
    alike = data[place + stride : place + stride * _ALIKE_MOST : stride].find(data[place] ^ _TURN) + 1
    if not alike:
        return None
    cells, repeated, counted, size_at, below, marker = _how_to_cut_nal(skip, stride, alike)
    found = cells.unpack_from(data, at)
    heads = int.from_bytes(b"".join(found[::2]), "big")
    rest = heads - int.from_bytes(found[0], "big") * repeated - counted
    low, last = rest & below, at + stride * alike
    after = last + stride + (rest >> size_at)
    if (low and low != marker) or not last + skip < after <= last + stride or after > len(data):
        return None
    return [*found[1::2], data[last + skip : after]], after, alike + 1, low != 0


def cut_run(data: bytes, at: int, size: int, skip: int) -> tuple[bytes, ...]:
    """What lies `skip` bytes behind the start of each frame of a run, the first of which is at `data[at]`.

    A run is of frames of `size` bytes (without the four of RFC 2326 §10.12) that neither begin nor end
    the NAL unit, and differ in nothing but the sequence number, which counts up without wrapping, and what
    is behind `skip`. Fewer than four are none.
    """
    stride = size + 4
    place = at + skip - 1
    flags = data[place : min(len(data) - size - 4 + skip, place + stride * RUN_MOST) : stride]  # where whole
    frames = len(flags) - len(flags.lstrip(_MIDDLE[data[place]]))
    if frames < RUN_LEAST:
        return ()
    cells, repeated, counted = _how_to_cut(skip, stride, frames)
    found = cells.unpack_from(data, at)
    heads = found[::2]
    if int.from_bytes(b"".join(heads), "big") - int.from_bytes(found[0], "big") * repeated == counted:
        return found[1::2]
    alike = _alike(heads)
    return found[1 : 2 * alike : 2] if alike >= RUN_LEAST else ()


def _alike(heads: tuple[bytes, ...]) -> int:
    """How many heads are those of a run. Others get here with flags alike, as one in 256 has by chance."""
    due = count(int.from_bytes(heads[0], "big"), 1 << (len(heads[0]) - _SEQUENCE_AT - 2) * 8)
    others = (n for n, head in enumerate(heads) if int.from_bytes(head, "big") != next(due))
    return next(others, len(heads))


@lru_cache(maxsize=512)
def _how_to_cut(skip: int, stride: int, frames: int) -> _Cut:
    return _Cut(struct.Struct(f"{skip}s{stride - skip}s" * frames), *_numbered(skip, frames))


@lru_cache(maxsize=512)
def _how_to_cut_nal(skip: int, stride: int, alike: int) -> _NalCut:
    repeated, counted = _numbered(skip, alike + 1)
    begun = sum(BEGINS << skip * 8 * place for place in range(alike))
    size_at = (skip - _SIZE_AT - 2) * 8
    return _NalCut(
        struct.Struct(f"{skip}s{stride - skip}s" * alike + f"{skip}s"),
        repeated,
        counted - begun + ENDS,
        size_at,
        (1 << size_at) - 1,
        0x80 << (skip - _MARKER_AT - 1) * 8,
    )


def _numbered(skip: int, frames: int) -> tuple[int, int]:
    """What makes of one head the number that so many of them are, and what sequence numbers add to it."""
    places = [skip * 8 * place for place in reversed(range(frames))]  # of the first head, of the next one, …
    sequence = (skip - _SEQUENCE_AT - 2) * 8
    counted = sum(number << place + sequence for number, place in enumerate(places))
    return sum(1 << place for place in places), counted
