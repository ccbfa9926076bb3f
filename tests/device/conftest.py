"""A recording to be played, and what is put into it."""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.storage.conftest import ALL, START_US, sample_entry

from vedette.device.playback import Sequencer, Step
from vedette.media.unit import AccessUnit, Track
from vedette.protocols.rtsp.headers import FrameKind, FrameSelection
from vedette.protocols.rtsp.play import PlayParameters
from vedette.storage.archive import Archive
from vedette.storage.reader import RecordingReader
from vedette.storage.recordings import RecordingInfo
from vedette.storage.writer import RecordingWriter

FRAME_US = 40_000
SECOND_US = 1_000_000
INTRA = FrameSelection(kind=FrameKind.INTRA)
FREE = {"is_rate_controlled": False}
BACK = {"scale": -1.0}


def pictures(seconds: float, start_us: int = START_US, group: int = 25) -> list[AccessUnit]:
    return [
        AccessUnit(
            track=0,
            utc_us=start_us + frame * FRAME_US,
            pts=start_us * 9 // 100 + frame * 3600,
            data=struct.pack(">I", 40) + bytes([frame % 251]) * 40,
            is_key=frame % group == 0,
        )
        for frame in range(round(seconds * 25))
    ]


def sounds(seconds: float, start_us: int = START_US) -> list[AccessUnit]:
    return [
        AccessUnit(
            track=1, utc_us=start_us + i * FRAME_US + 5, pts=i * 320 + 1, data=b"\xd5" * 320, is_key=True
        )
        for i in range(round(seconds * 25))
    ]


def document(at_us: int) -> AccessUnit:
    return AccessUnit(track=2, utc_us=at_us, pts=at_us * 9 // 100, data=b"<MetadataStream/>", is_key=True)


def merged(*tracks: list[AccessUnit]) -> list[AccessUnit]:
    return sorted((unit for track in tracks for unit in track), key=lambda unit: unit.utc_us)


def with_b_frames(groups: int, start_us: int = START_US) -> list[AccessUnit]:
    """Groups I0 P3 B1 B2 P6 B4 B5 in decoding order, of seven pictures each."""
    units = []
    for number in range(groups):
        for shown in (0, 3, 1, 2, 6, 4, 5):
            frame = number * 7 + shown
            units.append(
                AccessUnit(
                    track=0,
                    utc_us=start_us + frame * FRAME_US,
                    pts=frame * 3600,
                    data=bytes([frame]) * 50,
                    is_key=shown == 0,
                )
            )
    return units


class Hall:
    """One recording and what was put into it."""

    def __init__(self, folder: Path) -> None:
        self.archive = Archive(
            folder, report=lambda *_: None, sync_interval_s=0.01, sample_entry=sample_entry
        )
        self.archive.create(RecordingInfo(token="hall", content="the hall"))
        self.readers: list[RecordingReader] = []

    def record(self, *stretches: list[AccessUnit], tracks: tuple[Track, ...] = ALL) -> None:
        for stretch in stretches:
            self.stop(self.begin(stretch, tracks=tracks))

    def begin(self, units: list[AccessUnit], tracks: tuple[Track, ...] = ALL) -> RecordingWriter:
        writer = self.archive.writer("hall")
        writer.tracks_changed(tracks)
        writer.receive(units)
        return writer

    def settle(self) -> None:
        """Wait until the disk's thread has done what it was given."""
        other = self.archive.writer("hall")
        self.archive.release(other)
        other.close().result(10)

    def stop(self, writer: RecordingWriter) -> None:
        self.archive.release(writer)
        writer.close().result(10)

    def sequencer(
        self,
        start_us: int = START_US,
        end_us: int | None = None,
        *,
        numbers: tuple[int, ...] = (0, 1, 2),
        is_seek: bool = False,
        described: tuple[Track, ...] = (),
        **play: Any,
    ) -> Sequencer:
        reader = self.archive.reader("hall")
        self.readers.append(reader)
        return Sequencer(
            reader,
            frozenset(numbers),
            PlayParameters(**play),
            start_us,
            end_us,
            is_seek=is_seek,
            described=described,
        )

    def play(self, start_us: int = START_US, end_us: int | None = None, **play: Any) -> list[Step]:
        return all_of(self.sequencer(start_us, end_us, **play))


def all_of(sequencer: Sequencer) -> list[Step]:
    steps = []
    while (more := sequencer.next()) is not None:
        steps += more
    return steps


def instants(steps: list[Step], number: int = 0) -> list[int]:
    """Of one track, counted in frames from the start."""
    return [round((s.unit.utc_us - START_US) / FRAME_US) for s in steps if s.unit.track == number]


def marked(steps: list[Step], mark: str, number: int = 0) -> list[int]:
    return instants([step for step in steps if getattr(step, mark)], number)


MakeHall = Callable[[], Hall]


@pytest.fixture
def make_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeHall]:
    halls: list[Hall] = []

    def make() -> Hall:
        halls.append(Hall(tmp_path_factory.mktemp("hall")))
        return halls[-1]

    yield make
    for hall in halls:
        for reader in hall.readers:
            reader.close()
        hall.archive.close()


@pytest.fixture
def hall(make_hall: MakeHall) -> Hall:
    return make_hall()


@pytest.fixture
def two_clips(hall: Hall) -> Hall:
    """Two seconds, a gap from frame 50 to frame 250, two seconds."""
    later_us = START_US + 10 * SECOND_US
    hall.record(
        merged(pictures(2), sounds(2), [document(START_US + 100_000)]),
        merged(pictures(2, later_us), sounds(2, later_us), [document(later_us + 1_100_000)]),
    )
    return hall
