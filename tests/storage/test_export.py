"""An export holds the footage that was asked for, and players that are not ours play it."""

import tracemalloc
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from threading import Event, Thread

import av
import msgspec
import pytest
from av.packet import Packet
from tests.storage.conftest import AUDIO, METADATA, START_US, VIDEO, Clip, footage, real_clip, record
from tests.storage.player import Played, played
from tests.storage.test_rows import until_written

from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.mp4.boxes import child, children
from vedette.protocols.mp4.movie import (
    ExportUnit,
    parse_supplementary,
    starts_in_meta,
)
from vedette.protocols.mp4.walk import HEAD_READ_BYTES, StoredSample, StoredSamples
from vedette.storage.archive import Archive
from vedette.storage.errors import NoFootage, StorageError
from vedette.storage.export import export, gathered
from vedette.storage.recordings import RecordingInfo
from vedette.storage.retention import Deleted, RetentionLimits, delete_segments, enforce
from vedette.storage.segments import SegmentReader
from vedette.storage.writer import WriterOptions


@pytest.fixture(scope="module")
def clip() -> Clip:
    return real_clip()


@pytest.fixture
def filled(tmp_path: Path, clip: Clip) -> Iterator[Archive]:
    archive = Archive(
        tmp_path / "archive",
        report=lambda *_: None,
        options=WriterOptions(segment_us=4_000_000),
        sync_interval_s=0.05,
    )
    archive.create(RecordingInfo(token="hall", source_name="hall camera"))
    tracks = (clip.track, AUDIO, METADATA)
    units = footage(10, clip=clip)
    later = footage(4, clip=clip, start_us=START_US + 30_000_000, first_pts=7_654_321 + 30 * 90_000)
    later[0] = msgspec.structs.replace(later[0], is_discontinuous=True)
    record(archive, units + later, tracks)
    yield archive
    archive.close()


def expected(units: list[AccessUnit], start_us: int, end_us: int, track: int) -> list[AccessUnit]:
    return [unit for unit in units if unit.track == track and start_us <= unit.utc_us < end_us]


def test_an_export_plays_from_the_key_frame_before_its_start(
    filled: Archive, tmp_path: Path, clip: Clip
) -> None:
    target = tmp_path / "clip.mp4"
    steps: list[tuple[int, int, float]] = []
    done = export(
        filled,
        "hall",
        START_US + 2_500_000,
        START_US + 7_100_000,
        target,
        progressed=lambda *s: steps.append(s),
    )

    assert (done.start_us, done.gaps) == (START_US + 2_000_000, 0)
    assert steps[-1][0] == steps[-1][1]
    found = played(target)
    assert found.kinds == ["video", "audio", "data"]
    video = found.packets[0]
    wanted = expected(footage(10, clip=clip), START_US + 2_000_000, START_US + 7_100_000, 0)
    assert [bytes(packet) for packet in video] == [unit.data for unit in wanted]
    assert [packet.pts for packet in video] == [3600 * number for number in range(len(wanted))]
    assert found.seconds == pytest.approx(5.12, abs=0.05)
    assert found.complaints == []


@pytest.mark.parametrize(("closes_gaps", "seconds"), [(False, 34), (True, 14)])
def test_a_gap_stays_or_is_closed(filled: Archive, tmp_path: Path, closes_gaps: bool, seconds: float) -> None:
    target = tmp_path / "clip.mp4"
    done = export(filled, "hall", 0, 1 << 60, target, closes_gaps=closes_gaps, with_metadata=False)

    assert done.gaps == 1
    assert done.length_us == pytest.approx(seconds * 1_000_000, abs=50_000)
    found = played(target)
    assert found.seconds == pytest.approx(seconds, abs=0.05)
    assert found.frames == [350, 350]
    assert list(map(len, found.packets)) == [350, 350]
    assert found.complaints == []


def test_an_export_says_when_and_where_it_was_captured(filled: Archive, tmp_path: Path) -> None:
    target = tmp_path / "clip.mp4"
    unit = ExportUnit(name="recorder", utc_us=START_US + 99_000_000, operator="guard")
    export(filled, "hall", START_US, START_US + 1_000_000, target, unit=unit)

    boxes = list(children(target.read_bytes()))
    assert [each.kind for each in boxes] == [b"ftyp", b"moov", b"mdat", b"meta"]
    assert {start.utc_us for start in starts_in_meta(boxes[3].content)} <= {START_US, START_US + 120_011}
    told, tracks = parse_supplementary(child(boxes[3].content[4:], b"suep"))
    assert told == unit
    assert [(each.track_id, each.source_name) for each in tracks] == [(n, "hall camera") for n in (1, 2, 3)]


def test_pictures_out_of_order_are_shown_in_order(tmp_path: Path) -> None:
    clip = real_clip(b_frames=2)
    archive = Archive(tmp_path / "archive", report=lambda *_: None, sync_interval_s=0.05)
    archive.create(RecordingInfo(token="hall"))
    shown = clip.pts
    units = [
        AccessUnit(
            track=0,
            utc_us=START_US + (number // 25 * 25 + shown[number % 25]) * 40_000,
            pts=(number // 25 * 25 + shown[number % 25]) * 3600,
            data=clip.frames[number % 25],
            is_key=number % 25 == 0,
        )
        for number in range(75)
    ]
    record(archive, units, (clip.track,))
    target = tmp_path / "clip.mp4"
    export(archive, "hall", 0, 1 << 60, target)
    [segment] = archive.folder_of("hall").glob("*/*.mp4")

    for file in (target, segment):
        found = played(file)
        assert [packet.pts for packet in found.packets[0]] == [unit.pts for unit in units]
        assert all(packet.dts <= packet.pts for packet in found.packets[0])
        assert found.complaints == []
    archive.close()


def step(archive: Archive, tmp_path: Path, start_us: int, end_us: int) -> Played:
    """What an export of [start_us, end_us), counted from START_US, plays as."""
    target = tmp_path / "part.mp4"
    export(archive, "hall", START_US + start_us, START_US + end_us, target)
    return played(target)


def seconds(packets: list[Packet]) -> list[float]:
    return [float((packet.pts or 0) * packet.time_base) for packet in packets]


def test_a_gap_longer_than_a_track_can_count_keeps_its_length(
    filled: Archive, tmp_path: Path, clip: Clip
) -> None:
    hours = 14
    first_pts = 7_654_321 + hours * 3600 * 90_000
    later = footage(4, clip=clip, start_us=START_US + hours * 3_600_000_000, first_pts=first_pts)
    later[0] = msgspec.structs.replace(later[0], is_discontinuous=True)
    record(filled, later, (clip.track, AUDIO, METADATA))
    found = step(filled, tmp_path, 30_000_000, hours * 3_600_000_000 + 4_000_000)

    assert found.frames[:2] == [200, 200]
    assert seconds(found.packets[0])[99:102] == [3.96, hours * 3600 - 30, hours * 3600 - 30 + 0.04]
    assert found.complaints == []


@pytest.mark.parametrize("late_us", [-300_000, 0, 900_000, 3_000_000])
def test_sound_that_came_late_or_early_is_whole_and_with_its_pictures(
    tmp_path: Path, clip: Clip, late_us: int
) -> None:
    archive = Archive(tmp_path / "archive", report=lambda *_: None, sync_interval_s=0.05)
    archive.create(RecordingInfo(token="hall"))
    units = [
        msgspec.structs.replace(unit, data=(unit.pts // 320).to_bytes(2, "big") * 160) if unit.track else unit
        for unit in footage(14, clip=clip, tracks=(VIDEO, AUDIO))
    ]
    units.sort(key=lambda unit: (unit.utc_us + late_us * unit.track, unit.track))
    record(archive, units, (clip.track, AUDIO))
    found = step(archive, tmp_path, 4_500_000, 7_000_000)

    assert [packet.pts for packet in found.packets[0]] == [3600 * number for number in range(75)]
    assert [packet.pts for packet in found.packets[1]] == [320 * number for number in range(75)]
    assert [bytes(packet)[:2] for packet in found.packets[1]] == [
        number.to_bytes(2, "big") for number in range(100, 175)
    ]
    assert found.complaints == []
    archive.close()


def test_sound_of_another_clock_stays_with_its_pictures(tmp_path: Path, clip: Clip) -> None:
    archive = Archive(tmp_path / "archive", report=lambda *_: None, sync_interval_s=0.05)
    archive.create(RecordingInfo(token="hall"))
    units = [
        msgspec.structs.replace(unit, pts=unit.pts * 1001 // 1000) if unit.track else unit
        for unit in footage(300, clip=clip, tracks=(VIDEO, AUDIO))
    ]
    record(archive, units, (clip.track, AUDIO))
    found = step(archive, tmp_path, 0, 300_000_000)

    apart = [at - number * 0.04 for number, at in enumerate(seconds(found.packets[1]))]
    assert len(apart) == 7500
    assert -0.001 <= min(apart) <= max(apart) < 0.03
    archive.close()


def test_what_came_after_a_clock_was_set_back_is_exported_too(tmp_path: Path, clip: Clip) -> None:
    archive = Archive(tmp_path / "archive", report=lambda *_: None, sync_interval_s=0.05)
    archive.create(RecordingInfo(token="hall"))
    again = footage(60, clip=clip, start_us=START_US + 30_000_000, first_pts=7_654_321 + 60 * 90_000)
    record(archive, footage(60, clip=clip) + again, (clip.track, AUDIO, METADATA))
    found = step(archive, tmp_path, 20_000_000, 50_000_000)

    assert found.frames[0] == 750 + 500  # from 20 s to 50 s, and once more from 30 s
    assert seconds(found.packets[0]) == pytest.approx([0.04 * number for number in range(1250)])
    archive.close()


def test_what_is_later_in_time_than_what_is_recorded_now_is_exported_too(tmp_path: Path, clip: Clip) -> None:
    archive = Archive(tmp_path / "archive", report=lambda *_: None, sync_interval_s=0.05)
    archive.create(RecordingInfo(token="hall"))
    record(archive, footage(60, clip=clip), (clip.track, AUDIO, METADATA))
    writer = archive.writer("hall")
    writer.tracks_changed((clip.track, AUDIO, METADATA))
    writer.receive(footage(5, clip=clip, start_us=START_US - 8_000_000, first_pts=7_654_321 + 60 * 90_000))
    writer.flush()
    until_written(archive)
    found = step(archive, tmp_path, -10_000_000, 30_000_000)

    assert found.frames[0] == 125 + 750
    archive.release(writer)
    archive.close()


@pytest.mark.parametrize("back_s", [30, 40])  # by 40 segments begin at the same instant
def test_an_export_whose_end_came_twice_holds_it_twice(tmp_path: Path, clip: Clip, back_s: int) -> None:
    archive = Archive(
        tmp_path / "archive",
        report=lambda *_: None,
        sync_interval_s=0.05,
        options=WriterOptions(segment_us=20_000_000),
    )
    archive.create(RecordingInfo(token="hall"))
    later_us = START_US + (60 - back_s) * 1_000_000
    again = footage(60, clip=clip, start_us=later_us, first_pts=7_654_321 + 60 * 90_000)
    record(archive, footage(60, clip=clip) + again, (clip.track, AUDIO, METADATA))
    found = step(archive, tmp_path, 10_000_000, 35_000_000)

    assert found.frames[0] == (25 + 35 - (60 - back_s)) * 25
    archive.close()


@pytest.mark.parametrize("segment_s", [10, 20, 60])
@pytest.mark.parametrize("begin_s", [32, 44, 51])
def test_an_export_that_begins_in_time_that_came_twice_holds_it_twice(
    tmp_path: Path, clip: Clip, segment_s: int, begin_s: int
) -> None:
    archive = Archive(
        tmp_path / "archive",
        report=lambda *_: None,
        sync_interval_s=0.05,
        options=WriterOptions(segment_us=segment_s * 1_000_000),
    )
    archive.create(RecordingInfo(token="hall"))
    again = footage(60, clip=clip, start_us=START_US + 30_000_000, first_pts=7_654_321 + 60 * 90_000)
    record(archive, footage(60, clip=clip) + again, (clip.track, AUDIO, METADATA))
    found = step(archive, tmp_path, begin_s * 1_000_000, 56_000_000)

    assert found.frames[0] == 2 * (56 - begin_s) * 25
    assert seconds(found.packets[0]) == pytest.approx([0.04 * number for number in range(found.frames[0])])
    archive.close()


def test_footage_of_another_codec_gets_a_track_of_its_own(tmp_path: Path, clip: Clip) -> None:
    archive = Archive(tmp_path / "archive", report=lambda *_: None, sync_interval_s=0.05)
    archive.create(RecordingInfo(token="hall"))
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = 64, 48, "yuvj420p", Fraction(1, 25)
    picture = bytes(encoder.encode(av.VideoFrame(64, 48, "yuvj420p"))[0])
    jpeg = Track(number=0, kind=TrackKind.VIDEO, codec="JPEG", clock_hz=90_000, setup=(b"\0\x40\0\x30",))
    later = footage(2, tracks=(VIDEO,), group=1, start_us=START_US + 2_000_000)
    writer = archive.writer("hall")
    writer.tracks_changed((clip.track,))
    writer.receive(footage(2, clip=clip, tracks=(VIDEO,)))
    writer.tracks_changed((jpeg,))
    writer.receive([msgspec.structs.replace(unit, data=picture) for unit in later])
    writer.close().result(20)
    found = step(archive, tmp_path, 0, 4_000_000)

    assert found.frames == [50, 50]
    assert [seconds(packets)[0] for packets in found.packets] == [0, 2]
    assert [packets[0].stream.codec_context.name for packets in found.packets] == ["h264", "mjpeg"]
    assert found.complaints == []
    archive.close()


def test_an_export_of_much_footage_takes_little_memory(tmp_path: Path, clip: Clip) -> None:
    archive = Archive(tmp_path / "archive", report=lambda *_: None, sync_interval_s=0.05)
    archive.create(RecordingInfo(token="hall"))
    record(archive, footage(400, clip=clip), (clip.track, AUDIO, METADATA))
    tracemalloc.start()
    try:
        done = export(archive, "hall", 0, 1 << 60, tmp_path / "clip.mp4")
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert done.units == 400 * 51
    assert peak_bytes < 3_000_000
    archive.close()


def test_the_length_of_a_track_that_begins_late_counts_its_delay(tmp_path: Path, clip: Clip) -> None:
    archive = Archive(tmp_path / "archive", report=lambda *_: None, sync_interval_s=0.05)
    archive.create(RecordingInfo(token="hall"))
    units = [unit for unit in footage(5, clip=clip) if unit.track == 0 or unit.utc_us >= START_US + 2_000_000]
    record(archive, units, (clip.track, AUDIO))
    target = tmp_path / "clip.mp4"
    export(archive, "hall", 0, 1 << 60, target)

    movie = child(target.read_bytes(), b"moov")
    tracks = [each.content for each in children(movie) if each.kind == b"trak"]
    lengths = [int.from_bytes(child(each, b"tkhd")[28:36], "big") for each in tracks]
    assert lengths == [5000, 5000]
    archive.close()


def test_an_export_tells_how_far_it_has_gathered_and_copied(filled: Archive, tmp_path: Path) -> None:
    told: list[tuple[int, int, float]] = []

    def heard(done: int, total: int, share: float) -> None:
        told.append((done, total, share))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vedette.storage.export.LOOK_EVERY", 1)
        export(filled, "hall", 0, 1 << 60, tmp_path / "clip.mp4", progressed=heard)
    shares = [share for _, _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    gathered = [(total, share) for done, total, share in told if not done]
    assert len({share for _, share in gathered}) == len(gathered) > 4
    assert gathered[-1] == (told[-1][1], pytest.approx(0.3, abs=0.001))


def test_a_film_is_read_part_by_part_as_it_is_written(filled: Archive, tmp_path: Path) -> None:
    made = export(filled, "hall", 0, 1 << 60, tmp_path / "clip.mp4")
    with gathered(filled, "hall", 0, 1 << 60) as film:
        parts = list(film.parts(10_000))
    assert film.made == made
    assert b"".join(parts) == (tmp_path / "clip.mp4").read_bytes()
    assert {len(part) // 10_000 for part in parts[:-1]} == {1}


def test_a_film_can_be_read_from_any_byte_to_any_other(filled: Archive) -> None:
    def read(*span: int) -> tuple[bytes, str]:
        with gathered(filled, "hall", 0, 1 << 60) as film:
            digest = film.digest()
            return b"".join(film.parts(10_000, *span)), digest

    whole, digest = read()
    edges = [0, 1, 5_000, 10_000, len(whole) // 2, len(whole) - 100, len(whole) - 1, len(whole)]
    for begin, end in combinations(edges, 2):
        assert read(begin, end) == (whole[begin:end], digest)
    assert read(len(whole) // 3) == (whole[len(whole) // 3 :], digest)
    with gathered(filled, "hall", 0, START_US + 5_000_000) as film:
        assert film.digest() != digest


def sound_in_the_segment_before(archive: Archive, clip: Clip) -> int:
    """Record footage whose sound comes 0.2 s early; where the second segment of it begins."""
    early = [
        msgspec.structs.replace(unit, utc_us=unit.utc_us + 200_000) if unit.track == 1 else unit
        for unit in footage(40, clip=clip, start_us=START_US + 100_000_000)
    ]
    record(archive, early, (clip.track, AUDIO, METADATA))
    return archive.index.before(1, START_US + 107_000_000)[0].start_us


def test_a_film_keeps_the_segment_before_whose_sound_it_takes(filled: Archive, clip: Clip) -> None:
    second_us = sound_in_the_segment_before(filled, clip)
    with gathered(filled, "hall", second_us + 500_000, 1 << 60) as film:
        enforce(filled, RetentionLimits(keep_s=1, least_free_bytes=0), START_US + 10**12)
        assert sum(map(len, film.parts(10_000))) == film.made.bytes
    assert filled.held == []


def test_what_a_film_is_gathered_from_is_kept_while_it_is_gathered(filled: Archive, clip: Clip) -> None:
    second_us = sound_in_the_segment_before(filled, clip)

    def let_go(*_: float) -> None:
        enforce(filled, RetentionLimits(keep_s=1, least_free_bytes=0), START_US + 10**12)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vedette.storage.export.LOOK_EVERY", 1)
        with gathered(filled, "hall", second_us + 500_000, 1 << 60, progressed=let_go) as film:
            assert sum(map(len, film.parts(10_000))) == film.made.bytes


def test_retention_takes_nothing_that_is_held_while_it_chooses(
    filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who gathers finds a segment going, or it stays."""
    films: list[bool] = []
    start_deleting = filled.index.start_deleting

    def gather() -> None:
        with gathered(filled, "hall", 0, START_US + 8_000_000, gives_way=True) as film:
            chosen.set()
            gone.wait(10)
            films.append(sum(map(len, film.parts(10_000))) == film.made.bytes)

    def marked(ids: Sequence[int]) -> Future[None]:
        gatherer.start()
        chosen.wait(1)  # in vain, where nobody begins to hold what was chosen
        return start_deleting(ids)

    chosen, gone, gatherer = Event(), Event(), Thread(target=gather)
    monkeypatch.setattr(filled.index, "start_deleting", marked)
    monkeypatch.setattr("vedette.storage.reader.OPEN_MOST", 1)
    oldest = filled.index.after(1, 0)
    assert delete_segments(filled, {1: "hall"}, lambda: oldest, Deleted())
    gone.set()
    gatherer.join(10)
    assert films == [True]


def test_a_film_whose_footage_vanishes_says_so(filled: Archive, clip: Clip) -> None:
    later = footage(40, clip=clip, start_us=START_US + 60_000_000)
    record(filled, later, (clip.track, AUDIO, METADATA))
    with gathered(filled, "hall", 0, 1 << 60, gives_way=True) as film:
        parts = film.parts(1000)
        next(parts)
        enforce(filled, RetentionLimits(most_bytes=1, least_free_bytes=0), START_US + 10**12)
        with pytest.raises(StorageError, match=r"segment 2023-11-14/\S+ is gone"):
            list(parts)


def test_gathering_makes_no_object_for_each_sample(filled: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day has millions; only where a film begins they are looked at one by one."""
    made: list[StoredSamples] = []
    every = StoredSamples._all

    def noted(self: StoredSamples) -> list[StoredSample]:
        if self not in made:
            made.append(self)
        return every(self)

    monkeypatch.setattr(StoredSamples, "_all", noted)
    with gathered(filled, "hall", 0, 1 << 60) as film:
        assert film.made.units == 14 * 51
    assert len({every(each)[0].offset for each in made}) <= 1


def test_gathering_waits_for_no_head_but_those_of_its_first_segment(
    filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[tuple[int, int]] = []
    waited_for: set[int] = set()
    read, will_read = SegmentReader.read, SegmentReader.will_read

    def noted(self: SegmentReader, offset: int, size: int) -> bytes:
        if offset and size == HEAD_READ_BYTES and (self.head.origin_us, offset) not in fetched:
            waited_for.add(self.head.origin_us)
        return read(self, offset, size)

    def fetch(self: SegmentReader, offset: int, size: int) -> None:
        fetched.append((self.head.origin_us, offset))
        will_read(self, offset, size)

    monkeypatch.setattr(SegmentReader, "read", noted)
    monkeypatch.setattr(SegmentReader, "will_read", fetch)
    segments = filled.index.after(1, 0, most=10)
    with gathered(filled, "hall", 0, 1 << 60):
        pass
    assert len(segments) > 3
    assert len(waited_for) == 1


def test_an_export_of_nothing_is_refused_and_leaves_nothing(filled: Archive, tmp_path: Path) -> None:
    with pytest.raises(NoFootage):
        export(filled, "hall", START_US + 40_000_000, START_US + 50_000_000, tmp_path / "clip.mp4")
    assert list(tmp_path.glob("clip*")) == []


def test_an_export_that_is_stopped_leaves_nothing(filled: Archive, tmp_path: Path) -> None:
    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(filled, "hall", 0, 1 << 60, tmp_path / "clip.mp4", progressed=stop)
    assert list(tmp_path.glob("clip*")) == []
    assert filled.held == []


def test_an_export_tells_what_it_lacks_since_it_cannot_be_read(filled: Archive, tmp_path: Path) -> None:
    first, second = filled.index.after(1, 0, most=2)
    for segment in (first, second):
        file = filled.folder_of("hall") / segment.path
        file.write_bytes(b"rubbish" * 1000)
    target = tmp_path / "clip.mp4"
    why = f"{first.path}: {Path(first.path).name} does not open like a segment"
    with pytest.raises(StorageError, match="nothing of 'hall' in that range can be read"):
        export(filled, "hall", first.start_us, first.start_us + 1_000_000, target)
    made = export(filled, "hall", first.start_us, START_US + 60_000_000, target)
    assert (why in made.unread, len(made.unread)) == (True, 2)
    assert export(filled, "hall", START_US + 30_000_000, START_US + 60_000_000, target).unread == []
