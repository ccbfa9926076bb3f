"""Fragments: `prft`, `moof`, `mdat` with every unit's capture instant, built from columns.

Beside the boxes that players read, each `moof` ends with a `uuid` box, the unit table: the order in which
units of all tracks arrived, their capture instants to the microsecond, and their own media times.
"""

import struct
from collections.abc import Sequence
from itertools import repeat
from operator import sub
from typing import NamedTuple

from vedette.base.timestamps import ntp_from_utc_us
from vedette.protocols.mp4.boxes import HEADER_BYTES, uuid_box

UNIT_TABLE = bytes.fromhex("5ddc3d9e0f5247d18c2b7c1de3a04f11")
MOST_UNITS = 65_536  # in one fragment
PRFT_BYTES = 32
FLAGS_KEY = 0x0200_0000  # depends on no other sample
FLAGS_NOT_KEY = 0x0101_0000  # depends on others, is not a sync sample
IS_CLEAN = 1  # in the unit table's flags


class SampleRun(NamedTuple):
    """One track's samples in one fragment, as columns of equal length, in decoding order.

    Times count in the track's clock on the file's media time line. `keys` is None when every sample is a
    sync sample, `offsets` (presentation behind decoding, may be negative) when all are zero.
    """

    track_id: int
    decode_time: int
    durations: list[int]
    sizes: list[int]
    keys: list[bool] | None = None
    offsets: list[int] | None = None


class UnitTable(NamedTuple):
    """What only our own reader needs to give back exactly the units that were written.

    `pts_bases` has one value a run: what to add to the file's media time for the unit's own. `order` has
    a byte a unit in order of arrival: the index of its run, and 0x80 where it is discontinuous. `utc_us`
    are the capture instants in the same order. `is_clean`: the first sample of the first run is a key
    frame of the leading track.
    """

    pts_bases: Sequence[int]
    order: bytes
    utc_us: list[int]
    is_clean: bool


def timeline(pts: list[int], earliest: int, nominal: int) -> tuple[int, list[int], list[int] | None]:
    """Decode times for media times in decoding order: the first, the durations, the offsets if any.

    With B-frames each decode time is the latest that precedes both its own media time and all later
    decode times, so that offsets are not negative (FFmpeg shows a track with negative ones late). None
    lies before `earliest`, which comes first. `nominal` is the last sample's duration when nothing
    tells it.
    """
    durations = list(map(sub, pts[1:], pts))
    if pts[0] >= earliest and (not durations or min(durations) >= 0):
        durations.append(durations[-1] if durations else nominal)
        return pts[0], durations, None
    decode = pts[:]
    for index in range(len(pts) - 2, -1, -1):
        decode[index] = min(pts[index], decode[index + 1] - 1)
    if decode[0] < earliest:
        decode = [max(time, earliest + index) for index, time in enumerate(decode)]
    in_order = sorted(pts)
    durations = list(map(sub, decode[1:], decode))
    durations.append(in_order[-1] - in_order[-2] if len(pts) > 1 else nominal)
    return decode[0], durations, list(map(sub, pts, decode))


def fragment_head(
    sequence: int, start_utc_us: int, runs: Sequence[SampleRun], clocks_hz: Sequence[int], table: UnitTable
) -> bytes:
    """Everything of a fragment before its media, which is the runs' samples one run after the other.

    `sequence` counts fragments of the file from 1; `start_utc_us` is the capture instant of the first
    sample of the first run. Raises struct.error when a duration, size or offset does not fit into 32 bits
    or a time into 64. Source: ISO/IEC 14496-12 §8.8, §8.16.5.
    """
    first = runs[0]
    media_time = first.decode_time + (first.offsets[0] if first.offsets else 0)
    reference = struct.pack(
        ">I4sIIQQ",
        PRFT_BYTES,
        b"prft",
        0x0100_0000,
        first.track_id,
        ntp_from_utc_us(start_utc_us),
        max(0, media_time),
    )
    parts = [_run_parts(run) for run in runs]
    extra = _unit_table(runs, clocks_hz, table)
    moof_bytes = HEADER_BYTES + 16 + len(extra) + sum(len(a) + len(b) + 4 for a, b in parts)
    data_bytes = 0
    pieces = [reference, struct.pack(">I4sI4sII", moof_bytes, b"moof", 16, b"mfhd", 0, sequence)]
    for run, (before, after) in zip(runs, parts, strict=True):
        pieces += (before, struct.pack(">I", moof_bytes + HEADER_BYTES + data_bytes), after)
        data_bytes += sum(run.sizes)
    pieces += (extra, struct.pack(">I4s", HEADER_BYTES + data_bytes, b"mdat"))
    return b"".join(pieces)


def _run_parts(run: SampleRun) -> tuple[bytes, bytes]:
    """A `traf` box in two pieces, between which its data offset belongs."""
    count = len(run.sizes)
    columns = []
    run_flags = 0x201  # data offset, sizes
    track_flags = 0x020028  # offsets count from moof; default duration and flags
    duration = run.durations[0]
    first_flags = b""
    default_flags = FLAGS_KEY
    if run.durations.count(duration) != count:
        run_flags |= 0x100
        columns.append(run.durations)
    columns.append(run.sizes)
    if run.keys is not None and not all(run.keys):
        default_flags = FLAGS_NOT_KEY
        keys = run.keys.count(True)
        if keys == 1 and run.keys[0]:
            run_flags |= 0x4
            first_flags = struct.pack(">I", FLAGS_KEY)
        elif keys:
            run_flags |= 0x400
            columns.append([FLAGS_KEY if key else FLAGS_NOT_KEY for key in run.keys])
    if run.offsets is not None:
        run_flags |= 0x800
        columns.append([offset & 0xFFFF_FFFF for offset in _in_32_bits(run.offsets)])
    width = len(columns)
    if width == 1:
        rows = columns[0]
    else:
        rows = [0] * (count * width)
        for index, column in enumerate(columns):
            rows[index::width] = column
    after = first_flags + struct.pack(f">{len(rows)}I", *rows)
    run_bytes = 20 + len(after)
    before = struct.pack(
        ">I4sI4sIIIII4sIQI4sII",
        HEADER_BYTES + 24 + 20 + run_bytes,
        b"traf",
        24,
        b"tfhd",
        track_flags,
        run.track_id,
        duration,
        default_flags,
        20,
        b"tfdt",
        0x0100_0000,
        run.decode_time,
        run_bytes,
        b"trun",
        0x0100_0000 | run_flags,
        count,
    )
    return before, after


def _in_32_bits(offsets: list[int]) -> list[int]:
    if max(offsets) > 0x7FFF_FFFF or min(offsets) < -0x8000_0000:
        raise struct.error("a composition offset needs more than 32 bits")
    return offsets


def _unit_table(runs: Sequence[SampleRun], clocks_hz: Sequence[int], table: UnitTable) -> bytes:
    count = len(table.order)
    base = table.utc_us[0]
    offsets = list(map(sub, table.utc_us, repeat(base)))
    letter = "i" if min(offsets) >= -0x8000_0000 and max(offsets) <= 0x7FFF_FFFF else "q"
    head = struct.pack(
        ">BBHIq", 1 if letter == "i" else 2, len(runs), IS_CLEAN if table.is_clean else 0, count, base
    )
    entries = [
        struct.pack(">IIq", run.track_id, clock_hz, pts_base)
        for run, clock_hz, pts_base in zip(runs, clocks_hz, table.pts_bases, strict=True)
    ]
    return uuid_box(UNIT_TABLE, head, *entries, table.order, struct.pack(f">{count}{letter}", *offsets))
