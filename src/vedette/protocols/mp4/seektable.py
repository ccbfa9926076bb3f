"""The random access table (`mfra`) that a finished fragmented file ends with."""

import struct
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vedette.protocols.mp4.boxes import (
    HEADER_BYTES,
    UUID_BYTES,
    MalformedFile,
    box,
    children,
    fields,
    full_box,
    parse_header,
    uuid_box,
    uuid_content,
)
from vedette.protocols.mp4.walk import Read

SEEK_TABLE = bytes.fromhex("0b7a7f0d3b1c4b7c9a55d0c6b1f2e6a4")
TAIL_READ_BYTES = 4096
MOST_TABLE_BYTES = 16 << 20
_ENTRY = struct.Struct(">qQI")


class SeekEntry(NamedTuple):
    """One fragment: its first capture instant, where it begins, whether decoding can begin with it."""

    start_us: int
    offset: int
    is_clean: bool


class SyncPoint(NamedTuple):
    """A sync sample for other players: media time, offset of its `moof`, number of its `traf` from 1."""

    media_time: int
    moof_offset: int
    traf: int


def random_access(fragments: Sequence[SeekEntry], sync_points: Mapping[int, Sequence[SyncPoint]]) -> bytes:
    """The `mfra` box: a `tfra` for each track, and our own exact table of all fragments.

    `sync_points` go by track id. Source: ISO/IEC 14496-12 §8.8.9 to §8.8.11.
    """
    tables = [
        full_box(
            b"tfra",
            1,
            0,
            struct.pack(">III", track_id, 0, len(points)),
            *(struct.pack(">QQBBB", *point, 1, 1) for point in points),
        )
        for track_id, points in sync_points.items()
    ]
    own = uuid_box(
        SEEK_TABLE, *(_ENTRY.pack(each.start_us, each.offset, each.is_clean) for each in fragments)
    )
    size = HEADER_BYTES + sum(map(len, tables)) + len(own) + 16
    return box(b"mfra", *tables, own, full_box(b"mfro", 0, 0, struct.pack(">I", size)))


def read_seek_table(read: Read, file_bytes: int) -> tuple[list[SeekEntry], int] | None:
    """The fragments of a finished file and where its `mfra` begins; None when it has none of ours.

    Raises MalformedFile when there is one and it makes no sense.
    """
    tail = read(max(0, file_bytes - TAIL_READ_BYTES), min(TAIL_READ_BYTES, file_bytes))
    if len(tail) < 16 or tail[-12:-8] != b"mfro":
        return None
    size = int.from_bytes(tail[-4:], "big")
    if not HEADER_BYTES + 16 <= size <= min(file_bytes, MOST_TABLE_BYTES):
        raise MalformedFile(f"mfro tells of a table of {size} bytes")
    data = tail[-size:] if size <= len(tail) else read(file_bytes - size, size)
    header = parse_header(data, 0, file_bytes - size)
    if header is None or header.kind != b"mfra" or header.size != size:
        raise MalformedFile("mfro does not point at the table")
    for each in children(memoryview(data)[header.header_bytes :]):
        own = uuid_content(each.content, SEEK_TABLE) if each.kind == b"uuid" else None
        if own is not None:
            return _entries(own, header.offset), header.offset
    return None


def _entries(own: memoryview, table_offset: int) -> list[SeekEntry]:
    if len(own) % _ENTRY.size:
        raise MalformedFile(f"a seek table of {len(own) + UUID_BYTES} bytes")
    entries = [SeekEntry(start, offset, bool(flag & 1)) for start, offset, flag in _ENTRY.iter_unpack(own)]
    offsets = [each.offset for each in entries]
    if offsets != sorted(set(offsets)) or (offsets and offsets[-1] >= table_offset):
        raise MalformedFile("the offsets of a seek table are out of order")
    return entries


def sync_points_of(table: memoryview) -> tuple[int, list[SyncPoint]]:
    """Track id and entries of a `tfra` box as `random_access` writes it; raises MalformedFile."""
    version, track_id, widths, count = fields("IIII", table)
    if version >> 24 != 1 or widths:
        raise MalformedFile("a tfra of another layout")
    if count * 19 > len(table) - 16:
        raise MalformedFile(f"a tfra of {count} entries in {len(table)} bytes")
    rows = (fields("QQB", table, 16 + 19 * index) for index in range(count))
    return track_id, [SyncPoint(*row) for row in rows]
