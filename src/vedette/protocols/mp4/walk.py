"""Reading fragments back: their heads, without their media, from files that may still grow."""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, compress, repeat
from operator import eq
from typing import NamedTuple, overload

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
NOT_A_KEY = 0x0001_0000  # in a sample's flags
_INDEX_OF_MARK = bytes(mark & 0x7F for mark in range(256))  # without the bit of a discontinuity

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


class SampleColumns(NamedTuple):
    """The units of one track in a fragment, in decoding order, which is that of their arrival.

    Their bytes lie one behind the other from `offset` of the file on.
    """

    pts: Sequence[int]
    keys: Sequence[bool]
    sizes: Sequence[int]
    utc_us: Sequence[int]
    offset: int

    def part(self, begin: int, end: int) -> "SampleColumns":
        """The units from one index up to another."""
        if begin == 0 and end == len(self.sizes):
            return self
        return SampleColumns(
            self.pts[begin:end],
            self.keys[begin:end],
            self.sizes[begin:end],
            self.utc_us[begin:end],
            self.offset + sum(self.sizes[:begin]),
        )


def columns_of(samples: Sequence[StoredSample], track_id: int) -> SampleColumns | None:
    """The units of one track among some that lie one behind the other there; None where it has none."""
    if isinstance(samples, StoredSamples):
        return samples.of_track(track_id)
    found = [each for each in samples if each.track_id == track_id]
    if not found:
        return None
    _, pts, keys, offsets, sizes, instants, _ = zip(*found, strict=True)
    return SampleColumns(pts, keys, sizes, instants, offsets[0])


class StoredSamples(Sequence[StoredSample]):
    """A fragment's units in order of arrival, made one by one only for who asks for them.

    A day has millions: who needs all of a track takes `of_track`.
    """

    def __init__(self, columns: "dict[int, SampleColumns]", order: bytes, instants: list[int]) -> None:
        self._columns = columns  # by track id, in the order of the runs to whose indices `_order` points
        self._order = order
        self._instants = instants
        self._made: list[StoredSample] | None = None

    def of_track(self, track_id: int) -> SampleColumns | None:
        """The units of one track; None where it has none."""
        return self._columns.get(track_id)

    @property
    def track_ids(self) -> frozenset[int]:
        """The tracks of which there are units."""
        return frozenset(self._columns)

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, index: int) -> StoredSample: ...

    @overload
    def __getitem__(self, index: slice) -> list[StoredSample]: ...

    def __getitem__(self, index: int | slice) -> StoredSample | list[StoredSample]:
        return self._all()[index]

    def __iter__(self) -> Iterator[StoredSample]:
        return iter(self._all())

    def _all(self) -> list[StoredSample]:
        if self._made is None:
            rows = [
                zip(repeat(track_id), each.pts, each.keys, _places(each), each.sizes, strict=False)
                for track_id, each in self._columns.items()
            ]
            self._made = [
                StoredSample(*next(rows[mark & 0x7F]), utc_us, mark >= 0x80)
                for mark, utc_us in zip(self._order, self._instants, strict=True)
            ]
        return self._made


def _places(columns: SampleColumns) -> Iterator[int]:
    """Where each unit begins in the file."""
    return accumulate(columns.sizes[:-1], initial=columns.offset)


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
    samples: StoredSamples


class _Run(NamedTuple):
    """One parsed track fragment."""

    track_id: int
    last_duration: int
    decode: Sequence[int]
    offsets: Sequence[int]  # presentation behind decoding; empty where there is none
    keys: list[bool]
    sizes: Sequence[int]
    place: int  # in the file


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
    columns = _columns_by_track(runs, bases, order, instants)
    if len(columns) != len(runs):
        raise MalformedFile(f"the fragment at {at} has a track twice")
    end_us = max(
        max(each.utc_us) + rescale(run.last_duration, clock_hz, 1_000_000)
        for run, each, clock_hz in zip(runs, columns.values(), clocks_hz, strict=True)
    )
    start_us = next(iter(columns.values())).utc_us[0]
    samples = StoredSamples(columns, order, instants)
    return FragmentHead(at, size, media[0], is_clean, start_us, end_us, samples)


def _columns_by_track(
    runs: list[_Run], bases: list[int], order: bytes, instants: list[int]
) -> dict[int, SampleColumns]:
    """The units of each track by its id; raises MalformedFile where the order does not fit the runs."""
    indices = order.translate(_INDEX_OF_MARK)
    columns: dict[int, SampleColumns] = {}
    for index, (run, base) in enumerate(zip(runs, bases, strict=True)):
        count = len(run.sizes)
        if indices.count(index) != count:
            raise MalformedFile(f"a unit table has the wrong order for track {run.track_id}")
        of_run = instants
        if count != len(instants):
            of_run = list(compress(instants, map(eq, indices, repeat(index))))
        pts = run.decode
        if run.offsets:
            pts = [decode + offset + base for decode, offset in zip(pts, run.offsets, strict=True)]
        elif base:
            pts = [decode + base for decode in pts]
        columns[run.track_id] = SampleColumns(pts, run.keys, run.sizes, of_run, run.place)
    return columns


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
    found = _parse_trun(run, moof_offset, track_id, decode_time, defaults)
    if found.place < media[0] or found.place + sum(found.sizes) > media[1]:
        raise MalformedFile(f"samples of track {track_id} lie outside of their fragment's media")
    return found


def _parse_trun(
    run: memoryview, moof_offset: int, track_id: int, decode_time: int, defaults: dict[int, int]
) -> _Run:
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
    columns = _columns(run, run_flags, count, at)
    durations = columns.get(0x100) or (defaults.get(0x8, 0),) * count
    sizes = columns.get(0x200) or (defaults.get(0x10, 0),) * count
    offsets = [each - (1 << 32) if each >= 1 << 31 else each for each in columns.get(0x800, ())]
    keys = [not defaults.get(0x20, 0) & NOT_A_KEY] * count
    if 0x400 in columns:
        keys = [not flag & NOT_A_KEY for flag in columns[0x400]]
    if first_flags is not None:
        keys[0] = not first_flags & NOT_A_KEY
    decode = list(accumulate(durations[:-1], initial=decode_time))
    return _Run(track_id, durations[-1], decode, offsets, keys, sizes, moof_offset + data_offset)


def _columns(run: memoryview, run_flags: int, count: int, at: int) -> dict[int, tuple[int, ...]]:
    """What a `trun` has a value of for each sample, by its flag: durations, sizes, flags and offsets."""
    given = [bit for bit in (0x100, 0x200, 0x400, 0x800) if run_flags & bit]
    rows = fields(f"{count * len(given)}I", run, at)
    return {bit: rows[index :: len(given)] for index, bit in enumerate(given)}


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
