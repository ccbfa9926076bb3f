"""What a file opens and ends with is what the export format asks for."""

import pytest

from vedette.protocols.mp4.boxes import MalformedFile, child, children, full_box
from vedette.protocols.mp4.movie import (
    ExportedTrack,
    ExportUnit,
    MovieTrack,
    TrackStart,
    UnsupportedVersion,
    correct_start_times,
    file_meta,
    fragmented_movie,
    parse_correct_start_times,
    parse_supplementary,
    starts_in_meta,
    supplementary,
)
from vedette.protocols.mp4.seektable import (
    SeekEntry,
    SyncPoint,
    random_access,
    read_seek_table,
    sync_points_of,
)

UTC_US = 1_700_000_000_123_456


def test_start_times_count_from_1601_in_tenths_of_microseconds() -> None:
    content = correct_start_times([TrackStart(7, 0)])[8:]
    assert content == b"\0\0\0\1\0\0\0\7" + (116_444_736_000_000_000).to_bytes(8, "big")


def test_start_times_are_read_back_from_the_meta_box() -> None:
    starts = [TrackStart(1, UTC_US), TrackStart(2, UTC_US + 40_000)]
    assert starts_in_meta(memoryview(file_meta(correct_start_times(starts)))[8:]) == starts
    with pytest.raises(MalformedFile):
        parse_correct_start_times(memoryview(b"\0\0\0\x09" + bytes(20)))


def test_side_information_is_read_back() -> None:
    unit = ExportUnit("recorder 7", "http://recorder", "08:00:27:00:0C:15", 1_700_000_000_000_000, "Ærø")
    tracks = [ExportedTrack(1, "gate"), ExportedTrack(2, "", "rtsp://gate", "", "2")]
    assert parse_supplementary(memoryview(supplementary(unit, tracks))[8:]) == (unit, tracks)


def test_side_information_before_18_06_is_refused_by_its_version() -> None:
    with pytest.raises(UnsupportedVersion, match="version 0"):
        parse_supplementary(memoryview(full_box(b"suep", 0, 0, bytes(30)))[8:])


def test_the_duration_can_be_entered_afterwards() -> None:
    movie, at = fragmented_movie([MovieTrack(1, "Audio", 8000, [b""])], UTC_US)
    extended = movie[:at] + (4321).to_bytes(8, "big") + movie[at + 8 :]
    head = child(child(child(extended, b"moov"), b"mvex"), b"mehd")
    assert int.from_bytes(head[4:], "big") == 4321


def test_the_random_access_table_is_found_from_the_end() -> None:
    entries = [SeekEntry(UTC_US + n * 2_000_000, 900 + n * 70_000, n % 3 == 0) for n in range(300)]
    points = {1: [SyncPoint(n * 180_000, 932 + n * 70_000, 1) for n in range(300)], 2: []}
    table = random_access(entries, points)
    file = bytes(300 * 70_000 + 900) + table

    def read(at: int, size: int) -> bytes:
        return file[at : at + size]

    assert read_seek_table(read, len(file)) == (entries, len(file) - len(table))
    [first, second, *_] = children(memoryview(table)[8:])
    assert sync_points_of(first.content) == (1, points[1])
    assert sync_points_of(second.content) == (2, [])
    assert read_seek_table(read, len(file) - 1) is None
