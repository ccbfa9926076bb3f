"""Reading fragments back: their heads, without their media, from files that may still grow."""

from collections.abc import Callable
from itertools import accumulate
from typing import NamedTuple

from vedette.base.timestamps import rescale
from vedette.protocols.mp4.boxes import (
    HEADER_BYTES,
    BoxHeader,
    MalformedFile,
    children,
    fields,
    parse_header,
    uuid_content,
)
from vedette.protocols.mp4.fragments import IS_CLEAN, MOST_UNITS, PRFT_BYTES, UNIT_TABLE

HEAD_READ_BYTES = 8192  # holds prft, moof and the header of mdat of nearly every fragment in one read
MOST_HEAD_BYTES = 8 << 20

Read = Callable[[int, int], bytes]  # (offset, size) → up to that many bytes of the file


class StoredSample(NamedTuple):
    """One unit of a fragment and where its bytes lie in the file."""

    track_id: int
    pts: int  # the unit's own media time
    is_key: bool
    offset: int
    size: int
    utc_us: int
    is_discontinuous: bool


class FragmentHead(NamedTuple):
    """A fragment without its media: `offset` and `size` cover prft, moof and mdat.

    `samples` are in order of arrival. `start_us` is the capture instant of the first sample of the first
    run, `end_us` the latest instant plus that sample's duration.
    """

    offset: int
    size: int
    data_offset: int
    is_clean: bool
    start_us: int
    end_us: int
    samples: list[StoredSample]


class _Run(NamedTuple):
    """One parsed track fragment."""

    track_id: int
    last_duration: int
    pts: list[int]
    keys: list[bool]
    offsets: list[int]  # in the file
    sizes: list[int]


def read_fragment(read: Read, at: int, file_bytes: int) -> FragmentHead | None:
    """The fragment that begins at `at`; None when the file ends before it is whole.

    Raises MalformedFile when something else lies there.
    """
    data = read(at, min(HEAD_READ_BYTES, file_bytes - at))
    moof = _moof_header(data, at)
    if moof is None:
        return None
    mdat_at = moof.offset - at + moof.size
    if mdat_at + HEADER_BYTES > len(data):
        if at + mdat_at + HEADER_BYTES > file_bytes:
            return None
        data = read(at, mdat_at + HEADER_BYTES)
    media = parse_header(data, mdat_at, at + mdat_at)
    if media is None:
        return None
    if media.kind != b"mdat" or media.header_bytes != HEADER_BYTES or media.size == 0:
        raise MalformedFile(f"{media.kind!r} at {media.offset} where a fragment's media belongs")
    end = media.offset + media.size
    if end > file_bytes:
        return None
    content = memoryview(data)[moof.offset - at + HEADER_BYTES : mdat_at]
    return _parse_moof(content, at, end - at, moof.offset, (media.offset + HEADER_BYTES, end))


def _moof_header(data: bytes, at: int) -> BoxHeader | None:
    header = parse_header(data, 0, at)
    if header is not None and header.kind == b"prft":
        if header.size != PRFT_BYTES:
            raise MalformedFile(f"prft of {header.size} bytes at {at}")
        header = parse_header(data, PRFT_BYTES, at + PRFT_BYTES)
    if header is None:
        return None
    if header.kind != b"moof" or header.header_bytes != HEADER_BYTES:
        raise MalformedFile(f"{header.kind!r} at {header.offset} where a fragment belongs")
    if not HEADER_BYTES <= header.size <= MOST_HEAD_BYTES:
        raise MalformedFile(f"moof of {header.size} bytes at {header.offset}")
    return header


def _parse_moof(
    content: memoryview, at: int, size: int, moof_offset: int, media: tuple[int, int]
) -> FragmentHead:
    runs = []
    table = None
    for each in children(content):
        if each.kind == b"traf":
            runs.append(_parse_traf(each.content, moof_offset, media))
        elif each.kind == b"uuid":
            table = uuid_content(each.content, UNIT_TABLE) or table
    if table is None or not runs:
        raise MalformedFile(f"the fragment at {at} has no unit table")
    is_clean, clocks_hz, bases, order, instants = _parse_unit_table(table)
    if len(bases) != len(runs) or len(order) != sum(len(run.sizes) for run in runs):
        raise MalformedFile(f"the unit table of the fragment at {at} disagrees with its runs")
    rows = [
        zip(
            [run.track_id] * len(run.pts),
            [t + base for t in run.pts],
            run.keys,
            run.offsets,
            run.sizes,
            strict=True,
        )
        for run, base in zip(runs, bases, strict=True)
    ]
    try:
        samples = [
            StoredSample(*next(rows[mark & 0x7F]), utc_us, mark >= 0x80)
            for mark, utc_us in zip(order, instants, strict=True)
        ]
    except (IndexError, StopIteration, RuntimeError) as error:
        raise MalformedFile(f"the unit table of the fragment at {at} has the wrong order") from error
    first_run = next((index for index, mark in enumerate(order) if not mark & 0x7F), 0)
    latest: dict[int, int] = {}
    for mark, utc_us in zip(order, instants, strict=True):
        latest[mark & 0x7F] = max(utc_us, latest.get(mark & 0x7F, utc_us))
    end_us = max(
        utc_us + rescale(runs[index].last_duration, clocks_hz[index], 1_000_000)
        for index, utc_us in latest.items()
    )
    return FragmentHead(at, size, media[0], is_clean, instants[first_run], end_us, samples)


def _parse_traf(content: memoryview, moof_offset: int, media: tuple[int, int]) -> _Run:
    boxes = {each.kind: each.content for each in children(content)}
    try:
        header, time, run = boxes[b"tfhd"], boxes[b"tfdt"], boxes[b"trun"]
    except KeyError as error:
        raise MalformedFile(f"a traf without {error}") from error
    track_flags, track_id = fields("II", header)
    at = 8
    defaults = {}
    for bit, form in ((0x1, "Q"), (0x2, "I"), (0x8, "I"), (0x10, "I"), (0x20, "I")):
        if track_flags & bit:
            (defaults[bit],) = fields(form, header, at)
            at += 8 if form == "Q" else 4
    (time_version,) = fields("I", time)
    (decode_time,) = fields("Q" if time_version >> 24 else "I", time, 4)
    run_flags, count = fields("II", run)
    if not 0 < count <= MOST_UNITS:
        raise MalformedFile(f"a trun of {count} samples")
    if not run_flags & 0x1:
        raise MalformedFile("a trun without a data offset")
    (data_offset,) = fields("i", run, 8)
    at = 12
    first_flags = None
    if run_flags & 0x4:
        (first_flags,) = fields("I", run, at)
        at += 4
    durations, sizes, flags, offsets = _columns(run, run_flags, count, at, defaults)
    if first_flags is not None:
        flags[0] = first_flags
    starts = list(accumulate(sizes, initial=moof_offset + data_offset))
    if starts[0] < media[0] or starts[-1] > media[1]:
        raise MalformedFile(f"samples of track {track_id} lie outside of their fragment's media")
    decode = accumulate(durations[:-1], initial=decode_time)
    signed = (offset - (1 << 32) if offset >= 1 << 31 else offset for offset in offsets)
    pts = [start + offset for start, offset in zip(decode, signed, strict=True)]
    keys = [not flag & 0x0001_0000 for flag in flags]
    return _Run(track_id, durations[-1], pts, keys, starts[:-1], sizes)


def _columns(
    run: memoryview, run_flags: int, count: int, at: int, defaults: dict[int, int]
) -> list[list[int]]:
    """Durations, sizes, flags and offsets of a `trun`, where it lacks them from the track's defaults."""
    wanted = ((0x100, 0x8), (0x200, 0x10), (0x400, 0x20), (0x800, 0))
    width = sum(1 for bit, _ in wanted if run_flags & bit)
    rows = fields(f"{count * width}I", run, at)
    columns: list[list[int]] = []
    taken = 0
    for bit, default in wanted:
        if run_flags & bit:
            columns.append(list(rows[taken::width]))
            taken += 1
        else:
            columns.append([defaults.get(default, 0)] * count)
    return columns


def _parse_unit_table(
    table: memoryview,
) -> tuple[bool, list[int], list[int], bytes, list[int]]:
    version, run_count, flags, count, base = fields("BBHIq", table)
    if version not in (1, 2):
        raise MalformedFile(f"unit table version {version}")
    if not 0 < count <= MOST_UNITS:
        raise MalformedFile(f"a unit table of {count} units")
    entries = fields("IIq" * run_count, table, 16)
    clocks_hz = list(entries[1::3])
    if 0 in clocks_hz:
        raise MalformedFile("a unit table with a clock of 0 Hz")
    order_at = 16 + 16 * run_count
    order = bytes(table[order_at : order_at + count])
    offsets = fields(f"{count}{'i' if version == 1 else 'q'}", table, order_at + count)
    return bool(flags & IS_CLEAN), clocks_hz, list(entries[2::3]), order, [base + each for each in offsets]


class FragmentWalk:
    """Walks the fragments of a file that may still grow, or may end anywhere.

    `at` is the offset behind the last whole fragment. `problem` says why the walk cannot go on there,
    `is_at_table` that the file's random access table is reached.
    """

    def __init__(self, at: int) -> None:
        self.at = at
        self.problem = ""
        self.is_at_table = False

    def following(self, read: Read, file_bytes: int) -> FragmentHead | None:
        """The next whole fragment in a file of that size now; None when there is none (yet)."""
        if self.problem or self.is_at_table or self.at >= file_bytes:
            return None
        try:
            head = read_fragment(read, self.at, file_bytes)
        except MalformedFile as error:
            self.is_at_table = read(self.at, HEADER_BYTES)[4:] == b"mfra"
            self.problem = "" if self.is_at_table else str(error)
            return None
        if head is not None:
            self.at = head.offset + head.size
        return head
