"""Footage is found where it lies, forward and backward, also while it is recorded."""

import errno
from collections.abc import Callable
from threading import Event

import msgspec
import pytest
from tests.open_files import open_files
from tests.storage.conftest import ALL, AUDIO, START_US, VIDEO, footage, read_all, record

from vedette.media.unit import AccessUnit
from vedette.storage.archive import Archive
from vedette.storage.reader import Group, RecordingReader
from vedette.storage.segments import SegmentReader
from vedette.storage.writer import WriterOptions

END = 1 << 60
GAP_AT_US = START_US + 6_000_000
RESUMED_US = START_US + 30_000_000


def with_gap() -> list[AccessUnit]:
    second = footage(4, start_us=RESUMED_US, first_pts=7_654_321 + 30 * 90_000)
    second[0] = msgspec.structs.replace(second[0], is_discontinuous=True)
    return footage(6) + second


def clean_point(reader: RecordingReader, utc_us: int) -> int | None:
    """The capture instant of the key frame with which reading from an instant begins, or None."""
    fragment = reader.forward(utc_us).next()
    return None if fragment is None else fragment.start_us


def groups_from(reader: RecordingReader, utc_us: int) -> list[Group]:
    cursor = reader.backward(utc_us)
    groups = []
    while (group := cursor.next()) is not None:
        groups.append(group)
    return groups


def test_reading_begins_at_the_clean_point_at_or_before_the_instant(archive: Archive) -> None:
    units = with_gap()
    record(archive, units)

    for ahead_us, expected_us in ((0, 0), (999_999, 0), (1_000_000, 1_000_000), (5_500_000, 5_000_000)):
        found = read_all(archive, START_US + ahead_us)
        assert found[0].utc_us == START_US + expected_us
        assert found == units[units.index(found[0]) :]


def test_reading_from_a_gap_begins_behind_it(archive: Archive) -> None:
    record(archive, with_gap())

    with archive.reader("hall") as reader:
        assert clean_point(reader, GAP_AT_US + 1_000_000) == RESUMED_US
        assert clean_point(reader, START_US - 1) == START_US
        assert clean_point(reader, RESUMED_US + 4_000_000) is None
        assert groups_from(reader, GAP_AT_US + 1_000_000)[0].start_us == START_US + 5_000_000
        assert groups_from(reader, START_US - 1) == []


def test_footage_that_another_process_records_is_found_before_its_segment_is_sealed(
    archive: Archive, open_archive: Callable[[], Archive]
) -> None:
    writer = archive.writer("hall")
    writer.tracks_changed(ALL)
    writer.receive(footage(6))
    writer.flush()
    written = Event()
    archive._disk.submit(written.set)
    assert written.wait(20)
    archive.change(archive.recording("hall"))  # behind the rows that the writer has sent to the index
    other = open_archive()

    with other.reader("hall") as reader:
        ((start_us, end_us),) = reader.sections(START_US + 3_000_000, END)
        assert start_us == START_US
        assert end_us > START_US + 4_000_000
        assert clean_point(reader, START_US + 3_500_000) == START_US + 3_000_000
        assert reader.sections(end_us, END) == []
        assert clean_point(reader, end_us + 1_000_000) is None


def test_the_ends_of_contiguous_footage_are_marked(archive: Archive) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    record(archive, with_gap())

    with archive.reader("hall") as reader:
        cursor = reader.forward(0)
        fragments = []
        while (fragment := cursor.next()) is not None:
            fragments.append(fragment)
        assert [f.start_us for f in fragments if f.follows_gap] == [START_US, RESUMED_US]
        assert [f.end_us for f in fragments if f.precedes_gap] == [GAP_AT_US, RESUMED_US + 4_000_000]
        assert reader.sections(0, END) == [(START_US, GAP_AT_US), (RESUMED_US, RESUMED_US + 4_000_000)]


def test_backward_gives_the_groups_in_reverse_and_each_in_order(archive: Archive) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    units = with_gap()
    record(archive, units)

    with archive.reader("hall") as reader:
        groups = groups_from(reader, END)
        assert len(groups) == 10
        assert [unit for group in reversed(groups) for unit in group.units()] == units
        assert [g.start_us for g in groups if g.follows_gap] == [RESUMED_US, START_US]
        assert groups_from(reader, START_US + 3_500_000)[0].start_us == START_US + 3_000_000


def test_groups_shorter_than_a_fragment_are_told_apart(archive: Archive) -> None:
    units = footage(3, group=5)
    record(archive, units)

    with archive.reader("hall") as reader:
        groups = groups_from(reader, END)
        assert len(groups) == 15
        assert [unit for group in reversed(groups) for unit in group.units()] == units
        assert clean_point(reader, START_US + 1_450_000) == START_US + 1_400_000
        assert groups_from(reader, START_US + 1_450_000)[0].start_us == START_US + 1_400_000


def test_groups_longer_than_a_fragment_are_put_together(archive: Archive) -> None:
    archive._options = WriterOptions(segment_us=3_000_000)
    units = footage(20, group=125)
    record(archive, units)

    with archive.reader("hall") as reader:
        groups = groups_from(reader, END)
        assert [group.start_us - START_US for group in groups] == [15_000_000, 10_000_000, 5_000_000, 0]
        assert [unit for group in reversed(groups) for unit in group.units()] == units
        inside = groups_from(reader, START_US + 8_000_000)
        assert inside[0].start_us == START_US + 5_000_000
        assert inside[0].units() == groups[2].units()


def test_audio_alone_is_read_backward_by_fragments(archive: Archive) -> None:
    units = footage(6, tracks=(AUDIO,))
    record(archive, units, (AUDIO,))

    with archive.reader("hall") as reader:
        groups = groups_from(reader, END)
        assert [unit for group in reversed(groups) for unit in group.units()] == units


def test_a_reader_follows_what_is_being_recorded(archive: Archive) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    units = footage(6)
    grew = Event()
    stop = archive.follow("hall", grew.set)
    writer = archive.writer("hall")
    writer.tracks_changed(ALL)
    found: list[AccessUnit] = []
    with archive.reader("hall") as reader:
        cursor = reader.forward(0)
        assert cursor.next() is None
        for unit in units:
            writer.receive([unit])
            if unit.is_key and unit.track == 0 and unit is not units[0]:
                assert grew.wait(5)
                grew.clear()
                while (fragment := cursor.next()) is not None:
                    assert not fragment.precedes_gap
                    found += fragment.units()
        assert reader.is_growing
        archive.release(writer)
        writer.close().result(20)
        assert not reader.is_growing
        last = None
        while (fragment := cursor.next()) is not None:
            found += fragment.units()
            last = fragment
        assert last is not None
        assert last.precedes_gap
    stop()
    assert found == units


def test_a_reader_of_what_is_about_to_be_recorded_gets_it_with_the_first_fragment(archive: Archive) -> None:
    now_us = START_US + 2_500_000
    grew = Event()
    stop = archive.follow("hall", grew.set)
    writer = archive.writer("hall")
    writer.tracks_changed(ALL)
    units = footage(6)
    writer.receive([unit for unit in units if unit.utc_us < now_us - 500_000])
    writer.flush()
    assert grew.wait(5)
    with archive.reader("hall") as reader:
        cursor = reader.forward(now_us)
        assert cursor.next() is None
        writer.receive([unit for unit in units if now_us - 500_000 <= unit.utc_us < START_US + 3_000_000])
        writer.flush()
        while (fragment := cursor.next()) is None:  # what was written before may still be announced
            assert grew.wait(5)
            grew.clear()
        assert fragment.start_us == START_US + 2_000_000
    archive.release(writer)
    stop()


def test_a_recording_that_ends_while_it_is_asked_ends_with_its_last_fragment(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = archive.writer("hall")
    writer.tracks_changed(ALL)
    writer.receive(footage(3))
    written = Event()
    archive._disk.submit(written.set)
    assert written.wait(20)
    with archive.reader("hall") as reader:
        by_id = reader._index.by_id

        def ended_meanwhile(segment_id: int) -> object:
            monkeypatch.setattr(reader._index, "by_id", by_id)
            archive.release(writer)
            writer.close().result(20)
            return by_id(segment_id)

        cursor, fragments = reader.forward(0), []
        while (fragment := cursor.next()) is not None:
            fragments.append(fragment)
            if len(fragments) == 1:
                monkeypatch.setattr(reader._index, "by_id", ended_meanwhile)
        assert [each.precedes_gap for each in fragments] == [False] * (len(fragments) - 1) + [True]
        assert len(fragments) == 3


def test_a_segment_that_is_gone_is_passed_over(archive: Archive) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    units = footage(6)
    record(archive, units)
    sorted(archive.folder_of("hall").glob("*/*.mp4"))[1].unlink()

    left = [u for u in units if not START_US + 2_000_000 <= u.utc_us < START_US + 4_000_000]
    assert read_all(archive) == left
    with archive.reader("hall") as reader:
        back = [unit for group in reversed(groups_from(reader, END)) for unit in group.units()]
    assert back == left


def test_any_number_of_segments_that_are_gone_is_passed_over_like_a_gap(archive: Archive) -> None:
    archive._options = WriterOptions(segment_us=1_000_000, most_unsynced=100)
    units = footage(80)
    record(archive, units)
    for file in sorted(archive.folder_of("hall").glob("*/*.mp4"))[2:-2]:
        file.unlink()  # more than any bound on looking back

    first_us, second_us = START_US, START_US + 78_000_000
    left = [u for u in units if u.utc_us < START_US + 2_000_000 or u.utc_us >= second_us]
    assert read_all(archive) == left
    with archive.reader("hall") as reader:
        back = [unit for group in reversed(groups_from(reader, END)) for unit in group.units()]
        assert back == left
        for amid_us in (START_US + 3_000_000, START_US + 40_000_000, START_US + 77_000_000):
            assert clean_point(reader, amid_us) == second_us
            assert groups_from(reader, amid_us)[0].start_us == START_US + 1_000_000
        forward = reader.forward(first_us)
        fragments = []
        while (fragment := forward.next()) is not None:
            fragments.append(fragment)
        assert [each.start_us for each in fragments if each.follows_gap] == [first_us, second_us]
        assert next(each.end_us for each in fragments if each.precedes_gap) == START_US + 2_000_000


def test_a_segment_that_the_disk_fails_is_passed_over_and_not_left_open(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(archive, footage(6))

    def fails(*_: object) -> int:
        raise OSError(errno.EIO, "the disk fails")

    with archive.reader("hall") as reader:
        assert clean_point(reader, START_US) == START_US
        monkeypatch.setattr(SegmentReader, "size", fails)
        for _ in range(3):
            with archive.reader("hall") as other:
                assert clean_point(other, START_US) is None
        assert len(open_files(f"{archive.folder_of('hall')}/")) == 1


def test_the_index_tells_what_a_recording_holds(archive: Archive) -> None:
    record(archive, footage(3))

    usage = archive.usage("hall")
    assert (usage.start_us, usage.end_us, usage.segments) == (START_US, START_US + 3_000_000, 1)
    spans = archive.index.track_spans(1)
    assert [track for track, _, _ in spans] == list(ALL)
    assert spans[0] == (VIDEO, START_US, START_US + 3_000_000)


def test_every_key_frame_is_a_clean_point_however_long_the_groups(archive: Archive) -> None:
    record(archive, footage(12, group=56), tracks=(VIDEO,))  # 2.24 s, longer than a fragment
    with archive.reader("hall") as reader:
        for frame in range(0, 300, 7):
            assert clean_point(reader, START_US + frame * 40_000) == START_US + frame // 56 * 56 * 40_000
        cursor = reader.backward(START_US + 12_000_000)
        groups = []
        while (group := cursor.next()) is not None:
            groups.append(sum(unit.is_key for unit in group.units() if unit.track == 0))
    assert groups == [1] * 6
