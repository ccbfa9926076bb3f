"""A fragment gives back each unit's times, flags and place in the file."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.protocols.mp4.boxes import MalformedFile, children
from vedette.protocols.mp4.fragments import SampleRun, UnitTable, fragment_head, timeline
from vedette.protocols.mp4.walk import FragmentHead, FragmentWalk, columns_of, read_fragment

TIMES = st.lists(st.integers(-(1 << 30), 1 << 30), min_size=1, max_size=30)


@given(pts=TIMES, earliest=st.integers(0, 1 << 30))
def test_decode_times_rise_and_lead_to_the_same_presentation(pts: list[int], earliest: int) -> None:
    start, durations, offsets = timeline(pts, earliest, 7)
    decode = [start + sum(durations[:index]) for index in range(len(pts))]

    assert start >= earliest
    assert all(duration >= 0 for duration in durations[:-1])
    assert [time + (offsets[i] if offsets else 0) for i, time in enumerate(decode)] == pts


@given(pts=st.lists(st.integers(1000, 1 << 30), min_size=2, max_size=30, unique=True))
def test_no_picture_is_shown_before_it_is_decoded(pts: list[int]) -> None:
    start, _, offsets = timeline([min(pts), *pts], 0, 7)
    if start > 0:
        assert offsets is None or min(offsets) >= 0


@st.composite
def fragments(draw: st.DrawFn) -> tuple[list[SampleRun], list[int], UnitTable]:
    runs = []
    marks: list[int] = []
    for index in range(draw(st.integers(1, 3))):
        count = draw(st.integers(1, 6))
        lists = st.lists(st.integers(0, 1 << 20), min_size=count, max_size=count)
        keys = draw(st.none() | st.lists(st.booleans(), min_size=count, max_size=count))
        offsets = draw(
            st.none() | st.lists(st.integers(-(1 << 31), (1 << 31) - 1), min_size=count, max_size=count)
        )
        durations = draw(lists | st.just([3600] * count))
        start = draw(st.integers(0, 1 << 60))
        sizes = draw(st.lists(st.integers(0, 50), min_size=count, max_size=count))
        runs.append(SampleRun(index + 1, start, durations, sizes, keys, offsets))
        marks += [index] * count
    order = bytes(mark | draw(st.sampled_from([0, 0x80])) for mark in draw(st.permutations(marks)))
    utc = st.integers(0, 1 << 52) | st.integers(1_700_000_000_000_000, 1_700_000_000_900_000)
    instants = draw(st.lists(utc, min_size=len(order), max_size=len(order)))
    bases = draw(st.lists(st.integers(-(1 << 60), 1 << 60), min_size=len(runs), max_size=len(runs)))
    return runs, [90_000] * len(runs), UnitTable(bases, order, instants, draw(st.booleans()))


def written(runs: list[SampleRun], clocks_hz: list[int], table: UnitTable) -> bytes:
    return fragment_head(1, 1_700_000_000_000_000, runs, clocks_hz, table) + bytes(
        sum(sum(run.sizes) for run in runs)
    )


@settings(max_examples=60)
@given(fragment=fragments(), before=st.integers(0, 9000))
def test_a_fragment_is_read_back_as_written(
    fragment: tuple[list[SampleRun], list[int], UnitTable], before: int
) -> None:
    runs, clocks_hz, table = fragment
    data = bytes(before) + written(runs, clocks_hz, table)
    head = read_fragment(lambda at, size: data[at : at + size], before, len(data))

    assert head is not None
    assert (head.offset, head.size, head.is_clean) == (before, len(data) - before, table.is_clean)
    assert [sample.utc_us for sample in head.samples] == table.utc_us
    assert bytes((s.track_id - 1) | (s.is_discontinuous << 7) for s in head.samples) == table.order
    offset = head.data_offset
    for index, run in enumerate(runs):
        time = run.decode_time
        of_run = [sample for sample in head.samples if sample.track_id == run.track_id]
        for number, sample in enumerate(of_run):
            behind = run.offsets[number] if run.offsets else 0
            assert sample.pts == time + behind + table.pts_bases[index]
            assert sample.is_key == (run.keys is None or run.keys[number])
            assert (sample.offset, sample.size) == (offset, run.sizes[number])
            time += run.durations[number]
            offset += sample.size
        columns, one_by_one = (columns_of(each, run.track_id) for each in (head.samples, list(head.samples)))
        assert columns is not None
        assert one_by_one is not None
        assert columns.offset == one_by_one.offset
        assert [list(each) for each in columns[:4]] == [list(each) for each in one_by_one[:4]]
    assert head.samples.track_ids == {run.track_id for run in runs}


@given(fragment=fragments(), cut=st.floats(0, 1, exclude_max=True))
def test_a_fragment_that_is_cut_is_not_whole_yet(
    fragment: tuple[list[SampleRun], list[int], UnitTable], cut: float
) -> None:
    data = written(*fragment)
    short = data[: int(len(data) * cut)]

    assert read_fragment(lambda at, size: short[at : at + size], 0, len(short)) is None


def test_a_walk_goes_on_when_the_file_grew() -> None:
    run = SampleRun(1, 0, [3600], [4], [True], None)
    one = written([run], [90_000], UnitTable([0], b"\0", [1_700_000_000_000_000], True))
    file = bytearray(one + one[:50])
    walk = FragmentWalk(0)

    def following() -> FragmentHead | None:
        return walk.following(lambda at, size: bytes(file[at : at + size]), len(file))

    first = following()
    assert first is not None
    assert following() is None
    file += one[50:] + b"\0\0\0\x10mfra" + bytes(8)
    second = following()
    assert second is not None
    assert second.offset == len(one)
    assert following() is None
    assert walk.is_at_table


def test_boxes_of_a_fragment_stand_in_the_order_players_expect() -> None:
    run = SampleRun(1, 0, [3600, 3600], [4, 4], [True, False], None)
    table = UnitTable([0], b"\0\0", [1_700_000_000_000_000] * 2, True)
    boxes = list(children(written([run], [90_000], table)))
    assert [each.kind for each in boxes] == [b"prft", b"moof", b"mdat"]
    assert [each.kind for each in children(boxes[1].content)] == [b"mfhd", b"traf", b"uuid"]


def test_times_that_do_not_fit_are_refused() -> None:
    run = SampleRun(1, 0, [1 << 32, 5], [4, 4], None, None)
    with pytest.raises(struct.error):
        written([run], [90_000], UnitTable([0], b"\0\0", [0, 0], True))


def test_samples_outside_of_their_media_are_refused() -> None:
    run = SampleRun(1, 0, [3600], [400], None, None)
    data = bytearray(written([run], [90_000], UnitTable([0], b"\0", [0], True)))
    at = data.index(b"mdat")
    data[at - 4 : at] = (8 + 40).to_bytes(4, "big")
    with pytest.raises(MalformedFile, match="outside"):
        read_fragment(lambda at, size: bytes(data[at : at + size]), 0, len(data))
