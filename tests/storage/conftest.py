"""An archive in a temporary folder, and units that no camera made."""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.mp4.boxes import box
from vedette.storage.archive import Archive
from vedette.storage.errors import StorageError
from vedette.storage.recordings import RecordingInfo
from vedette.storage.writer import RecordingWriter

START_US = 1_700_000_000_000_000
VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, width=64, height=48)
AUDIO = Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8_000, channels=1)
METADATA = Track(number=2, kind=TrackKind.METADATA, codec="onvif", clock_hz=90_000)
ALL = (VIDEO, AUDIO, METADATA)


def sample_entry(track: Track) -> bytes:
    """A `stsd` entry that parses; nobody decodes these units."""
    if track.kind is TrackKind.VIDEO:
        size = struct.pack(">HH", track.width, track.height)
        return box(b"avc1", bytes(6), b"\0\1", bytes(16), size, bytes(50))
    if track.kind is TrackKind.AUDIO:
        return box(b"ulaw", bytes(6), b"\0\1", bytes(8), struct.pack(">HHHHI", 1, 16, 0, 0, 8000 << 16))
    return box(b"metx", bytes(6), b"\0\1", b"\0http://www.onvif.org/ver10/schema\0\0")


def footage(
    seconds: float,
    *,
    group: int = 25,
    start_us: int = START_US,
    tracks: tuple[Track, ...] = ALL,
    first_pts: int = 7_654_321,
    frame_bytes: int = 200,
) -> list[AccessUnit]:
    """25 frames a second, audio every 40 ms, one metadata document a second, in order of arrival."""
    units = []
    for frame in range(round(seconds * 25)):
        at_us = start_us + frame * 40_000
        if VIDEO in tracks:
            data = bytes([frame % 251]) * (frame_bytes + frame % 7)
            units.append(
                AccessUnit(
                    track=0, utc_us=at_us, pts=first_pts + frame * 3600, data=data, is_key=frame % group == 0
                )
            )
        if AUDIO in tracks:
            units.append(
                AccessUnit(track=1, utc_us=at_us, pts=99 + frame * 320, data=b"\xd5" * 320, is_key=True)
            )
        if METADATA in tracks and frame % 25 == 3:
            text = f"<MetadataStream frame='{frame}'/>".encode()
            units.append(
                AccessUnit(track=2, utc_us=at_us + 11, pts=frame * 3600, data=text, is_key=True)
            )
    return units


Reports = list[tuple[str, StorageError | None]]


@pytest.fixture
def reports() -> Reports:
    return []


@pytest.fixture
def open_archive(tmp_path: Path, reports: Reports) -> Iterator[Callable[[], Archive]]:
    """Opens the archive of this test, again after it was closed."""
    opened: list[Archive] = []

    def open_it() -> Archive:
        archive = Archive(
            tmp_path, sample_entry, report=lambda *each: reports.append(each), sync_interval_s=0.05
        )
        opened.append(archive)
        return archive

    yield open_it
    for archive in opened:
        archive.close()


@pytest.fixture
def archive(open_archive: Callable[[], Archive]) -> Archive:
    archive = open_archive()
    archive.create(RecordingInfo(token="hall", content="the hall"))
    return archive


def record(
    archive: Archive, units: list[AccessUnit], tracks: tuple[Track, ...] = ALL, token: str = "hall"
) -> RecordingWriter:
    """Record units and wait until they are sealed."""
    writer = archive.writer(token)
    writer.tracks_changed(tracks)
    writer.receive(units)
    writer.close().result()
    archive.release(writer)
    return writer


def read_all(archive: Archive, from_us: int = 0, token: str = "hall") -> list[AccessUnit]:
    """Every unit from an instant on."""
    units: list[AccessUnit] = []
    with archive.reader(token) as reader:
        cursor = reader.forward(from_us)
        while (fragment := cursor.next()) is not None:
            units += fragment.units()
    return units
