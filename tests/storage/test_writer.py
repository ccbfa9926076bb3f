"""What comes in is on the disk, whole and once."""

import errno
import itertools
from collections.abc import Callable
from pathlib import Path
from threading import Event
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.storage.conftest import ALL, AUDIO, METADATA, START_US, VIDEO, Reports, footage, read_all, record

from vedette.media.unit import AccessUnit, Track
from vedette.storage import segments
from vedette.storage.archive import Archive
from vedette.storage.check import verify
from vedette.storage.errors import StorageFull, StorageStalled
from vedette.storage.index import SegmentState
from vedette.storage.recordings import RecordingInfo
from vedette.storage.segments import examine
from vedette.storage.writer import WriterOptions


def files_of(archive: Archive, token: str = "hall") -> list[Path]:
    return sorted(archive.folder_of(token).glob("*/*.mp4"))


def test_what_was_recorded_is_read_back(archive: Archive) -> None:
    units = footage(5)
    writer = record(archive, units)

    assert read_all(archive) == units
    assert writer.counts.units == len(units)
    assert writer.counts.dropped == writer.counts.skipped == 0


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_cut_into_batches_records_the_same_units(archive: Archive, data: st.DataObject) -> None:
    token = f"r{len(archive.recordings())}"
    archive.create(RecordingInfo(token=token))
    units = footage(3, group=data.draw(st.sampled_from([1, 10, 25, 60, 1000])))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(units)), max_size=12)) | {0, len(units)})
    writer = archive.writer(token)
    writer.tracks_changed(ALL)
    for begin, end in itertools.pairwise(cuts):
        writer.receive(units[begin:end])
    writer.close().result(20)

    assert read_all(archive, token=token) == units


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 2),
            st.integers(-(1 << 40), 1 << 40) | st.integers(-50_000, 80_000),
            st.integers(-(1 << 36), 1 << 36) | st.integers(-4000, 8000),
            st.booleans(),
            st.binary(max_size=5),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_units_with_the_wildest_times_are_recorded_from_the_first_key_frame_on(
    archive: Archive, steps: list[tuple[int, int, int, bool, bytes]]
) -> None:
    token = f"r{len(archive.recordings())}"
    archive.create(RecordingInfo(token=token))
    utc_us, pts = START_US, 0
    units = [AccessUnit(track=0, utc_us=utc_us, pts=pts, data=b"k", is_key=True)]
    for track, ahead_us, ahead, is_key, body in steps:
        utc_us, pts = max(0, min(utc_us + ahead_us, 1 << 52)), pts + ahead
        units.append(AccessUnit(track=track, utc_us=utc_us, pts=pts, data=body, is_key=is_key or track > 0))
    writer = archive.writer(token)
    writer.tracks_changed(ALL)
    writer.receive(units)
    writer.close().result(20)

    assert writer.counts.dropped == 0
    assert writer.counts.units + writer.counts.skipped == len(units)
    found: list[AccessUnit] = []
    for segment in sorted(archive.index.after(archive.index.recording(token)[0], -1, most=1000)):
        path = archive.file_of(token, segment)
        content = path.read_bytes()
        heads: list[segments.FragmentHead] = []
        assert examine(path, heads.append).problem == ""
        for sample in (each for head in heads for each in head.samples):
            found.append(
                AccessUnit(
                    track=sample.track_id - 1,
                    utc_us=sample.utc_us,
                    pts=sample.pts,
                    data=content[sample.offset : sample.offset + sample.size],
                    is_key=sample.is_key,
                )
            )

    def undated(units: list[AccessUnit]) -> list[AccessUnit]:  # a group is dated by one clock
        return [msgspec.structs.replace(unit, utc_us=0) for unit in units]

    kept = iter(undated(units))
    assert all(unit in kept for unit in undated(found)), "in the order of arrival, none doubled"
    assert len(found) == writer.counts.units


def test_frames_before_the_first_key_frame_are_not_recorded(archive: Archive) -> None:
    units = footage(3, tracks=(VIDEO,))
    writer = record(archive, units[10:], (VIDEO,))

    assert read_all(archive) == units[25:]
    assert writer.counts.skipped == 15


@pytest.mark.parametrize("track", [AUDIO, METADATA])
def test_a_recording_without_video_begins_at_once(archive: Archive, track: segments.Track) -> None:
    units = footage(7, tracks=(track,))
    record(archive, units, (track,))

    assert read_all(archive) == units


def test_a_long_group_is_cut_into_fragments_of_two_seconds(archive: Archive) -> None:
    units = footage(9, group=1000)
    record(archive, units)

    [file] = files_of(archive)
    assert examine(file).fragments == 5
    assert read_all(archive, START_US + 8_000_000) == units, "the only key frame is the first"


def test_segments_end_at_a_key_frame_and_follow_without_a_gap(
    tmp_path: Path, open_archive: Callable[[], Archive], archive: Archive
) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    units = footage(7)
    record(archive, units)

    rows = archive.index.after(1, 0, most=99)
    assert [row.start_us - START_US for row in rows] == [0, 2_000_000, 4_000_000, 6_000_000]
    assert [row.continues for row in rows] == [False, True, True, True]
    assert all(row.state is SegmentState.SEALED for row in rows)
    assert [row.bytes for row in rows] == [file.stat().st_size for file in files_of(archive)]
    assert archive.index.gaps(1, 0, 1 << 60) == []
    assert read_all(archive) == units
    with archive.reader("hall") as reader:
        assert reader.sections(0, 1 << 60) == [(START_US, START_US + 7_000_000)]


def test_lost_footage_is_recorded_as_a_gap(archive: Archive) -> None:
    first = footage(2)
    second = footage(2, start_us=START_US + 20_000_000, first_pts=7_654_321 + 20 * 90_000)
    second[0] = msgspec.structs.replace(second[0], is_discontinuous=True)
    record(archive, first + second)

    [gap] = archive.index.gaps(1, 0, 1 << 60)
    assert (gap.start_us, gap.end_us, gap.reason) == (
        START_US + 2_000_000,
        START_US + 20_000_000,
        "source lost",
    )
    assert read_all(archive) == first + second


def behind_a_reconnection(
    frames: int, *, tracks: tuple[Track, ...] = ALL, group: int = 25
) -> list[AccessUnit]:
    """Two seconds, and two more behind another connection, with so many frames between them."""
    first = footage(2, tracks=tracks, group=group)
    start_us, ticks = START_US + 2_000_000 + frames * 40_000, (50 + frames) * 3600
    second = footage(2, start_us=start_us, first_pts=7_654_321 + ticks, tracks=tracks, group=group)
    return first + [
        msgspec.structs.replace(
            unit,
            pts=unit.pts if unit.track == 0 else unit.pts + (50 + frames) * 320,
            is_discontinuous=unit.utc_us == start_us,
        )
        for unit in second
    ]


@pytest.mark.parametrize("frames", [1, 3, 20])
def test_however_few_pictures_a_reconnection_lost_it_is_recorded_as_a_gap(
    archive: Archive, frames: int
) -> None:
    units = behind_a_reconnection(frames)
    record(archive, units)
    [gap] = archive.index.gaps(1, 0, 1 << 60)
    lost_us = START_US + 2_000_000
    assert (gap.start_us, gap.end_us, gap.reason) == (lost_us, lost_us + frames * 40_000, "source lost")
    assert read_all(archive) == units
    with archive.reader("hall") as reader:
        assert len(reader.sections(0, 1 << 60)) == 2
    assert verify(archive) == []


def test_a_reconnection_that_lost_nothing_is_no_gap(archive: Archive) -> None:
    units = behind_a_reconnection(0)
    record(archive, units)
    assert archive.index.gaps(1, 0, 1 << 60) == []
    assert read_all(archive) == units
    assert len(files_of(archive)) == 1


@pytest.mark.parametrize(("tracks", "group"), [((AUDIO,), 25), ((VIDEO,), 1)])
def test_a_lost_packet_of_sound_or_a_picture_by_itself_is_no_gap(
    archive: Archive, tracks: tuple[Track, ...], group: int
) -> None:
    record(archive, behind_a_reconnection(1, tracks=tracks, group=group), tracks=tracks)
    assert archive.index.gaps(1, 0, 1 << 60) == []
    assert len(files_of(archive)) == 1


def later(unit: AccessUnit, by_us: int) -> AccessUnit:
    return msgspec.structs.replace(unit, utc_us=unit.utc_us + by_us)


def clean_segments(archive: Archive) -> list[bool]:
    """Whether each segment begins with a key frame, in order of recording."""
    found = []
    for row in sorted(archive.index.after(1, -(1 << 62), most=99)):
        heads: list[segments.FragmentHead] = []
        examine(archive.file_of("hall", row), heads.append)
        found.append(heads[0].is_clean)
    return found


@pytest.mark.parametrize("step_us", [5_000_000, 1_500_000, -1_500_000, -3_600_000_000])
def test_a_clock_that_is_set_loses_no_frame_and_parts_no_group(archive: Archive, step_us: int) -> None:
    units = footage(8)
    set_at = next(index for index, unit in enumerate(units) if unit.pts == 7_654_321 + 83 * 3600)
    key_at = next(index for index, unit in enumerate(units) if unit.pts == 7_654_321 + 100 * 3600)
    writer = record(archive, [*units[:set_at], *(later(unit, step_us) for unit in units[set_at:])])

    assert writer.counts.units == len(units)
    dated = [*units[:key_at], *(later(unit, step_us) for unit in units[key_at:])]
    found = read_all(archive, START_US - 1 + min(0, step_us))
    assert sorted(found, key=lambda unit: (unit.track, unit.pts)) == sorted(
        dated, key=lambda unit: (unit.track, unit.pts)
    )
    assert clean_segments(archive) == [True, True]
    assert [gap.reason for gap in archive.index.gaps(1, 0, 1 << 60)] == (["clock set"] if step_us > 0 else [])
    assert verify(archive) == []


def test_a_clock_that_is_set_twice_within_a_group_is_set_once_or_not_at_all(archive: Archive) -> None:
    def recorded(second_us: int) -> list[tuple[int, int]]:
        token = f"by{second_us}"
        archive.create(RecordingInfo(token=token))
        units = [
            later(unit, (3_600_000_000 if frame >= 60 else 0) + (second_us if frame >= 65 else 0))
            for frame, unit in enumerate(footage(8, tracks=(VIDEO,)))
        ]
        record(archive, units, (VIDEO,), token)
        rows = archive.index.after(archive.index.recording(token)[0], 0, most=99)
        return [(row.start_us - START_US, row.end_us - START_US) for row in rows]

    assert recorded(-3_600_000_000) == [(0, 8_000_000)]
    assert recorded(-1_800_000_000) == [(0, 3_000_000), (1_803_000_000, 1_808_000_000)]


def test_a_group_without_end_goes_by_the_clock_as_it_was_for_no_longer_than_a_segment(
    archive: Archive,
) -> None:
    archive._options = WriterOptions(segment_us=5_000_000)
    units = [
        later(unit, 3_600_000_000 if frame >= 50 else 0)
        for frame, unit in enumerate(footage(12, tracks=(VIDEO,), group=1000))
    ]
    writer = record(archive, units, (VIDEO,))

    assert writer.counts.units == len(units)
    rows = archive.index.after(1, 0, most=99)
    assert [(row.start_us - START_US) // 1_000_000 for row in rows] == [0, 3607]


def test_a_fragment_holds_two_seconds_also_of_a_group_in_which_the_clock_was_set_back(
    archive: Archive,
) -> None:
    writer = archive.writer("hall")
    writer.tracks_changed((VIDEO,))
    for frame, unit in enumerate(footage(10, tracks=(VIDEO,), group=1000)):
        writer.receive([later(unit, -60_000_000 if frame >= 20 else 0)])
        assert len(writer._group) <= 51
    writer.close().result(20)


@pytest.mark.parametrize("first_to_tell", [0, 1], ids=["picture first", "sound first"])
@pytest.mark.parametrize("at_frame", [60, 75], ids=["within a group", "at a key frame"])
def test_a_clock_that_is_set_forward_loses_no_frame_of_a_source_that_tells_of_it(
    archive: Archive, at_frame: int, first_to_tell: int
) -> None:
    step_us, told = 3_600_000_000, set[int]()
    units: list[AccessUnit] = []
    for unit in footage(6, tracks=(VIDEO, AUDIO)):
        frame = (unit.utc_us - START_US) // 40_000
        if frame >= at_frame or (frame == at_frame - 1 and unit.track == first_to_tell == 1):
            is_first = unit.track not in told
            told.add(unit.track)
            utc_us = unit.utc_us + step_us
            units.append(msgspec.structs.replace(unit, utc_us=utc_us, is_discontinuous=is_first))
        else:
            units.append(unit)
    writer = archive.writer("hall")
    writer.tracks_changed((VIDEO, AUDIO))
    for unit in units:
        writer.receive((unit,))
    writer.close().result(20)

    assert writer.counts.units == len(units)
    spans = [(row.start_us - START_US, row.end_us - START_US) for row in archive.index.after(1, 0, most=99)]
    change_us = 3_000_000  # the next key frame
    assert spans == [(0, change_us), (step_us + change_us, step_us + 6_000_000)]
    assert [gap.reason for gap in archive.index.gaps(1, 0, 1 << 60)] == ["clock set"]


@pytest.mark.parametrize(("step_us", "rate"), [(980_000, 25), (1_000_000, 25), (600_000, 2), (1_000_000, 1)])
def test_a_clock_that_is_set_forward_by_a_second_or_less_loses_no_frame(
    archive: Archive, step_us: int, rate: int
) -> None:
    units = footage(12, tracks=(VIDEO,))[:: 25 // rate]
    units = [msgspec.structs.replace(unit, is_key=index % 5 == 0) for index, unit in enumerate(units)]
    at = len(units) // 5 // 2 * 5 + 2  # within a group
    units[at] = msgspec.structs.replace(units[at], is_discontinuous=True)
    writer = record(archive, [*units[:at], *(later(unit, step_us) for unit in units[at:])], (VIDEO,))

    assert (writer.counts.units, writer.counts.gaps) == (len(units), 0)
    assert clean_segments(archive) == [True]


def test_sound_that_is_behind_its_picture_when_a_clock_is_set_back_makes_no_hour_of_footage(
    archive: Archive,
) -> None:
    units = [  # read in one go: the pictures first, then the sound, of which some was captured before
        msgspec.structs.replace(unit, utc_us=unit.utc_us - 3_600_000_000) if index >= 150 else unit
        for index, unit in enumerate(footage(6, tracks=(VIDEO, AUDIO)))
    ]
    batch = sorted(units[140:180], key=lambda unit: unit.track)
    writer = archive.writer("hall")
    writer.tracks_changed((VIDEO, AUDIO))
    for each in (units[:140], batch, units[180:]):
        writer.receive(each)
    writer.close().result(20)

    assert writer.counts.units == len(units)
    lengths_us = [row.end_us - row.start_us for row in archive.index.after(1, 0, most=99)]
    assert sorted(lengths_us) == [3_000_000, 3_000_000]


def test_changed_parameters_start_a_segment_without_a_gap(archive: Archive) -> None:
    other = msgspec.structs.replace(VIDEO, width=128, setup=(b"new",))
    units = footage(4)
    at = next(index for index, unit in enumerate(units) if unit.pts == 7_654_321 + 50 * 3600)
    writer = archive.writer("hall")
    writer.tracks_changed(ALL)
    writer.receive(units[:at])
    writer.tracks_changed((other, AUDIO, METADATA))
    writer.receive(units[at:])
    writer.close().result(20)

    assert read_all(archive) == units
    with archive.reader("hall") as reader:
        assert reader.tracks_at(START_US)[0] == VIDEO
        assert reader.tracks_at(START_US + 2_000_000)[0] == other
        assert len(reader.sections(0, 1 << 60)) == 1


def test_units_of_unknown_tracks_are_skipped_and_counted(archive: Archive) -> None:
    units = footage(2)
    writer = record(archive, units, (VIDEO,))

    assert read_all(archive) == [unit for unit in units if unit.track == 0]
    assert writer.counts.skipped == sum(unit.track != 0 for unit in units)


def test_a_stalled_disk_costs_whole_groups_and_never_blocks(archive: Archive, reports: Reports) -> None:
    archive._options = WriterOptions(most_pending_bytes=40_000)
    units = footage(12, tracks=(VIDEO,), frame_bytes=400)
    held = Event()
    archive._disk.submit(held.wait)
    writer = archive.writer("hall")
    writer.tracks_changed((VIDEO,))
    writer.receive(units[:200])
    assert writer.counts.dropped > 0
    held.set()
    for begin in range(200, len(units), 25):
        drained = Event()
        archive._disk.submit(drained.set)
        assert drained.wait(5)
        writer.receive(units[begin : begin + 25])
    writer.close().result(5)

    assert writer.counts.dropped + writer.counts.units == len(units)
    assert writer.counts.dropped % 25 == 0
    [gap] = archive.index.gaps(1, 0, 1 << 60)
    assert gap.reason == "storage stalled"
    assert [type(problem) for _, problem in reports] == [StorageStalled, type(None)]
    left = read_all(archive)
    assert left == [unit for unit in units if not gap.start_us <= unit.utc_us < gap.end_us]


def test_what_waits_for_the_disk_is_bounded_for_all_recordings_together(archive: Archive) -> None:
    archive.create(RecordingInfo(token="yard"))
    archive._options = WriterOptions(most_pending_bytes=60_000, most_pending_bytes_of_all=60_000)
    units = footage(4, tracks=(VIDEO,), frame_bytes=400)  # some 45 kB
    held = Event()
    archive._disk.submit(held.wait)
    writers = [archive.writer(token) for token in ("hall", "yard")]
    for writer in writers:
        writer.tracks_changed((VIDEO,))
        writer.receive(units)
        writer.flush()
    held.set()
    for writer in writers:
        writer.close().result(5)

    hall, yard = (writer.counts for writer in writers)
    assert hall.dropped == 0
    assert 0 < yard.dropped < len(units)


def test_the_names_of_new_files_and_of_their_days_are_made_durable(archive: Archive) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    before_midnight_us = 1_700_006_400_000_000 - 4_000_000  # 2023-11-15T00:00:00Z
    with patch.object(archive._disk, "made") as made:
        record(archive, footage(8, start_us=before_midnight_us))

    hall = archive.folder_of("hall")
    old, new = hall / "2023-11-14", hall / "2023-11-15"
    assert [call.args[0] for call in made.call_args_list] == [hall, old, old, hall, new, new]


def test_a_full_disk_is_reported_and_recording_resumes(archive: Archive, reports: Reports) -> None:
    units = footage(8)
    third, fifth = (next(i for i, u in enumerate(units) if u.pts == 7_654_321 + n * 3600) for n in (75, 125))
    writer = archive.writer("hall")
    writer.tracks_changed(ALL)
    writer.receive(units[: third + 1])
    idle = Event()
    archive._disk.submit(idle.set)
    idle.wait()
    with (
        patch.object(segments.os, "pwritev", side_effect=OSError(errno.ENOSPC, "No space left on device")),
        patch.object(segments.os, "pwrite", side_effect=OSError(errno.ENOSPC, "No space left on device")),
    ):
        writer.receive(units[third + 1 : fifth + 1])
        idle = Event()
        archive._disk.submit(idle.set)
        idle.wait()
        assert isinstance(writer.problem, StorageFull)
    writer.receive(units[fifth + 1 :])
    writer.close().result(20)

    assert read_all(archive) == units[:third] + units[fifth:]
    assert [type(problem) for _, problem in reports] == [StorageFull, type(None)]
    assert [gap.reason for gap in archive.index.gaps(1, 0, 1 << 60)] == ["storage full"]


def test_memory_holds_no_more_than_the_open_group(archive: Archive) -> None:
    writer = archive.writer("hall")
    writer.tracks_changed((VIDEO,))
    for unit in footage(10, tracks=(VIDEO,), group=1000):
        writer.receive([unit])
        assert len(writer._group) <= 51
    writer.close().result(20)


def test_what_was_collected_is_written_when_nothing_comes_for_seconds(archive: Archive) -> None:
    writer = archive.writer("hall")
    writer.tracks_changed((VIDEO,))
    units = footage(2, tracks=(VIDEO,), group=50)[:60]
    for unit in units:
        writer.receive([unit])
        writer.rest()
    assert writer._group  # a second passed with each, and none of them waits
    for _ in range(3):
        writer.rest()
    assert not writer._group
    writer.rest()
    writer.close().result(20)
    assert read_all(archive) == units


def test_a_long_frame_at_the_end_of_a_segment_makes_a_gap_that_is_told(archive: Archive) -> None:
    archive._options = WriterOptions(segment_us=2_000_000)
    units = footage(2, tracks=(VIDEO,))
    late = footage(2, tracks=(VIDEO,), start_us=START_US + 3_700_000, first_pts=7_654_321 + 333_000)
    record(archive, [*units, *late], (VIDEO,))
    assert verify(archive) == []
    assert read_all(archive) == [*units, *late]
    with archive.reader("hall") as reader:
        assert len(reader.sections(0, 1 << 60)) == 2
    assert len(archive.index.coverage(1, 0, 1 << 60)) == 2
    assert len(archive.index.gaps(1, 0, 1 << 60)) == 1


@pytest.mark.parametrize("apart_s", [12, 20, 55])
def test_the_pictures_of_a_time_lapse_follow_each_other_without_gaps(archive: Archive, apart_s: int) -> None:
    units = [
        AccessUnit(
            track=0,
            utc_us=START_US + number * apart_s * 1_000_000,
            pts=number * apart_s * 90_000,
            data=bytes([number]) * 500,
            is_key=number % 5 == 0,
        )
        for number in range(20)
    ]
    late = [later(unit, apart_s * 2_000_000) for unit in units[15:]]
    late = [msgspec.structs.replace(unit, pts=unit.pts + apart_s * 180_000) for unit in late]
    record(archive, [*units[:15], *late], (VIDEO,))
    assert read_all(archive) == [*units[:15], *late]
    with archive.reader("hall") as reader:
        assert reader.sections(0, 1 << 60)[-1][0] == late[0].utc_us


@pytest.mark.parametrize("apart_s", [2, 12, 20, 55, 300])
def test_a_time_lapse_is_footage_without_gaps_up_to_the_picture_before_it_stops(
    archive: Archive, apart_s: int
) -> None:
    units = [
        AccessUnit(
            track=0,
            utc_us=START_US + number * apart_s * 1_000_000 + number % 3 * 50_000,
            pts=number * apart_s * 90_000 + number % 3 * 4_500,
            data=bytes([number]) * 500,
            is_key=True,
        )
        for number in range(70)
    ]
    writer = archive.writer("hall")
    writer.tracks_changed((VIDEO,))
    for unit in units:  # each by itself, as they come
        writer.receive([unit])
        writer.flush()
    writer.close().result(20)
    archive.release(writer)
    assert read_all(archive) == units
    assert verify(archive) == []
    assert writer.counts.segments > 2
    (whole,) = archive.index.coverage(1, units[2].utc_us, units[-1].utc_us)[-1:]
    assert whole.start_us <= units[2].utc_us
    last_us = units[-1].utc_us + apart_s * 1_000_000
    assert abs(whole.end_us - last_us) <= 150_000
    assert len(archive.index.gaps(1, 0, 1 << 60)) <= 2 * (apart_s > 30)  # of a pace that is not known yet
    with archive.reader("hall") as reader:
        assert len(reader.sections(units[2].utc_us, units[-1].utc_us)) == 1


def test_a_time_lapse_that_is_lost_has_its_gap(archive: Archive) -> None:
    times_s = [*range(0, 200, 20), *range(1000, 1200, 20)]
    units = [
        AccessUnit(track=0, utc_us=START_US + at * 1_000_000, pts=at * 90_000, data=b"x" * 50, is_key=True)
        for at in times_s
    ]
    writer = archive.writer("hall")
    writer.tracks_changed((VIDEO,))
    for unit in units:
        writer.receive([unit])
        writer.flush()
    writer.close().result(20)
    archive.release(writer)
    gap = (START_US + 200_000_000, START_US + 1_000_000_000, "source lost")
    assert [tuple(each) for each in archive.index.gaps(1, 0, 1 << 60)] == [gap]
    assert read_all(archive) == units
    assert verify(archive) == []
