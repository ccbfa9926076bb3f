"""An archive in a temporary folder, and units that no camera made."""

import asyncio
import io
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import av
import msgspec
import pytest

from vedette.base.clock import ManualClock
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.mp4.boxes import box
from vedette.storage import check
from vedette.storage.archive import Archive
from vedette.storage.errors import StorageError
from vedette.storage.recordings import RecordingInfo, Standing
from vedette.storage.renewal import Renewal
from vedette.storage.writer import RecordingWriter

START_US = 1_700_000_000_000_000
VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, width=64, height=48)
AUDIO = Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8_000, channels=1)
METADATA = Track(number=2, kind=TrackKind.METADATA, codec="METADATA", clock_hz=90_000)
ALL = (VIDEO, AUDIO, METADATA)


def sample_entry(track: Track) -> bytes:
    """A `stsd` entry that parses; nobody decodes these units."""
    if track.kind is TrackKind.VIDEO:
        size = struct.pack(">HH", track.width, track.height)
        return box(b"avc1", bytes(6), b"\0\1", bytes(16), size, bytes(50))
    if track.kind is TrackKind.AUDIO:
        return box(b"ulaw", bytes(6), b"\0\1", bytes(8), struct.pack(">HHHHI", 1, 16, 0, 0, 8000 << 16))
    return box(b"metx", bytes(6), b"\0\1", b"\0http://www.onvif.org/ver10/schema\0\0")


class Clip(NamedTuple):
    """One real group of 25 H.264 pictures and the track that decodes it."""

    track: Track
    frames: list[bytes]
    pts: list[int]  # in frames


def real_clip(b_frames: int = 0) -> Clip:
    """A clip of 64×48 pixels; the frames are in decoding order, the first is a key frame."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        stream = output.add_stream(
            "libx264", rate=25, options={"x264-params": "keyint=25:scenecut=0:open-gop=0"}
        )
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.max_b_frames = b_frames
        for number in range(25):
            frame = av.VideoFrame(64, 48, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([(number * 9 + row) % 256 for row in range(plane.buffer_size)]))
            frame.pts = number
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    file.seek(0)
    with av.open(file) as source:
        config = bytes(source.streams.video[0].codec_context.extradata)
        packets = [packet for packet in source.demux(video=0) if packet.size]
        frames = [bytes(packet) for packet in packets]
        times = [packet.pts or 0 for packet in packets]
    sps_end = 8 + int.from_bytes(config[6:8], "big")
    pps_bytes = int.from_bytes(config[sps_end + 1 : sps_end + 3], "big")
    setup = (config[8:sps_end], config[sps_end + 3 : sps_end + 3 + pps_bytes])
    return Clip(
        msgspec.structs.replace(VIDEO, setup=setup), frames, [sorted(times).index(time) for time in times]
    )


def footage(
    seconds: float,
    *,
    group: int = 25,
    start_us: int = START_US,
    tracks: tuple[Track, ...] = ALL,
    first_pts: int = 7_654_321,
    frame_bytes: int = 200,
    clip: Clip | None = None,
) -> list[AccessUnit]:
    """25 frames a second, audio every 40 ms, one metadata document a second, in order of arrival."""
    units = []
    for frame in range(round(seconds * 25)):
        at_us = start_us + frame * 40_000
        if VIDEO in tracks:
            data = bytes([frame % 251]) * (frame_bytes + frame % 7)
            if clip is not None:
                data = clip.frames[frame % 25]
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
            units.append(AccessUnit(track=2, utc_us=at_us + 11, pts=frame * 3600, data=text, is_key=True))
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
            tmp_path,
            report=lambda *each: reports.append(each),
            sync_interval_s=0.05,
            sample_entry=sample_entry,
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
    writer.close().result(20)
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


class Told:
    """What a renewal told and found; `is_over` once all was entered."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.findings: list[check.Finding] = []
        self.days: list[tuple[int, int]] = []  # that were entered, of so many
        self.is_over = asyncio.Event()

    def hear(self, problem: StorageError | None) -> None:
        if problem is None:
            self.is_over.set()
        else:
            self.problems.append(str(problem))

    def progress(self, entered: int, of: int) -> None:
        self.days.append((entered, of))


@asynccontextmanager
async def looked_after(archive: Archive, clock: ManualClock | None = None) -> AsyncIterator[Told]:
    """A renewal that looks after an archive meanwhile."""
    lock, told = asyncio.Lock(), Told()
    clock = clock or ManualClock(START_US + 10_000_000)
    keeping = Renewal(
        archive,
        clock,
        retention=lock,
        told=told.hear,
        progressed=told.progress,
        found=told.findings.append,
    )
    task = asyncio.create_task(keeping.run())
    try:
        yield told
    finally:
        task.cancel()
        await asyncio.wait([task])


def opened_whole(folder: Path, open_archive: Callable[[], Archive]) -> tuple[Archive, list[check.Finding]]:
    """The archive as a start opens it, once `renewal` has entered what a new index lacks; what was found."""
    archive, findings = check.opened(folder, open_archive)

    async def enter_all() -> None:
        async with looked_after(archive) as told:
            await asyncio.wait_for(told.is_over.wait(), 20)
        findings.extend(told.findings)

    if archive.index.recordings(Standing.COMPLETING):
        asyncio.run(enter_all())
    return archive, findings
