"""A synthetic archive: a month of sixteen cameras in the index, with real footage where a bench will look.

Made through the storage's own programming interface. Most segments are rows of the index only; their files
do not exist. What the measurement reads is real: whole segments of the 4 Mbit/s clip, events of every camera.
"""

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figures import BenchError
from vedette.media.codecs.h264 import H264
from vedette.media.codecs.list import codec_named
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.storage.archive import Archive
from vedette.storage.errors import StorageError
from vedette.storage.events import EventLog, EventSubject
from vedette.storage.progress import Progress
from vedette.storage.recordings import RecordingInfo
from vedette.storage.segments import segment_path
from vedette.storage.writer import RecordingWriter

SEGMENT_S = 60
SEGMENT_US = SEGMENT_S * 1_000_000
FPS = 25
FRAME_US = 1_000_000 // FPS
CLOCK_HZ = 90_000
RUN_SEGMENTS = 10  # real ones in a row, for throughput
TYPICAL_BYTES = 30_000_000
ROWS_AT_ONCE = 20_000
WAITING_UNITS = 500
WAIT_MOST_S = 60.0
SEED = 1
EVENTS_FILE = "events.sqlite"
MOTION, DOOR = "tns1:VideoSource/MotionAlarm", "tns1:Device/Trigger/DigitalInput"
MOTION_EVERY_S, MOTION_S = 600, 30
DOOR_EVERY_S, DOOR_S = 86_400, 5
EVENTS_AT_ONCE = 5_000


@dataclass(frozen=True, kw_only=True)
class Footage:
    """What was made: places of single real segments, and one long run, as (recording, start in UTC µs)."""

    rows: int
    places: tuple[tuple[str, int], ...]
    run: tuple[str, int]
    run_s: int


@dataclass(frozen=True, kw_only=True)
class Indexed:
    """What an index without footage holds, and the time it covers in UTC µs."""

    rows: int
    events: int
    start_us: int
    end_us: int


def clip_frames(path: Path) -> tuple[tuple[bytes, ...], list[tuple[bytes, bool]]]:
    """Parameter sets of an Annex B H.264 clip, and its frames as prefixed NAL units with their key flag."""
    setup: dict[int, bytes] = {}
    frames: list[tuple[bytes, bool]] = []
    for nal in re.split(rb"\x00*\x00\x00\x01", path.read_bytes())[1:]:
        kind = nal[0] & 31
        if kind in (7, 8):
            setup[kind] = nal
        if kind not in (1, 5):
            continue
        prefixed = len(nal).to_bytes(4, "big") + nal
        is_first_slice = bool(nal[1] & 0x80)
        if is_first_slice:
            frames.append((prefixed, kind == 5))
        elif frames:
            frames[-1] = (frames[-1][0] + prefixed, frames[-1][1])
    return (setup[7], setup[8]), frames


def units(frames: Sequence[tuple[bytes, bool]], start_us: int, seconds: int) -> Iterator[AccessUnit]:
    """The clip again and again, from a key frame on."""
    for number in range(seconds * FPS):
        data, is_key = frames[number % len(frames)]
        pts = number * CLOCK_HZ // FPS
        utc_us = start_us + number * FRAME_US
        yield AccessUnit(track=0, utc_us=utc_us, pts=pts, data=data, is_key=is_key)


class _Maker:
    def __init__(self, folder: Path, clip: Path) -> None:
        self.problems: list[StorageError] = []
        self.archive = Archive(folder, report=self._report, sample_entry=self._sample_entry)
        setup, self.frames = clip_frames(clip)
        blank = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=CLOCK_HZ)
        self.track = H264().with_setup(blank, setup)

    @staticmethod
    def _sample_entry(track: Track) -> bytes:
        return codec_named(track.codec).sample_entry(track)

    def _report(self, token: str, problem: StorageError | None) -> None:
        if problem is not None:
            self.problems.append(problem)

    def record(self, token: str, start_us: int, seconds: int) -> None:
        """Real footage through a writer, no faster than the disk takes it."""
        writer = self.archive.writer(token)
        writer.tracks_changed((self.track,))
        for given, unit in enumerate(units(self.frames, start_us, seconds), 1):
            writer.receive((unit,))
            self._wait_for(writer, given - WAITING_UNITS)
        writer.flush()
        self._wait_for(writer, seconds * FPS)
        self.archive.release(writer)

    def _wait_for(self, writer: RecordingWriter, written: int) -> None:
        end_s = time.monotonic() + WAIT_MOST_S
        while writer.counts.units < written:
            if self.problems or time.monotonic() > end_s:
                problem = self.problems or "the disk takes too long"
                raise BenchError(f"footage could not be written: {problem}")
            time.sleep(0.001)

    def add_camera(self, token: str, starts: Sequence[int]) -> None:
        """A recording with rows of the index."""
        self.archive.create(RecordingInfo(token=token, source_name=token, content="synthetic"))
        recording_id, _ = self.archive.index.recording(token)
        self.enter(recording_id, starts)

    def enter(self, recording_id: int, starts: Sequence[int]) -> None:
        """Rows of the index for segments whose files do not exist."""
        waiting: list[Future[int]] = []
        for start_us in starts:
            sealed = Progress(start_us + SEGMENT_US, TYPICAL_BYTES, 1)
            path = segment_path(start_us)
            waiting.append(
                self.archive.index.add_segment(
                    recording_id, path, (self.track,), start_us, continues=True, sealed=sealed
                )
            )
            if len(waiting) >= ROWS_AT_ONCE:
                waiting[-1].result()
                waiting.clear()
        if waiting:
            waiting[-1].result()

    def forget_gaps(self) -> None:
        """The single segments were written one by one, but the index says that footage surrounds them."""

        def job(connection: Any) -> None:
            connection.execute("DELETE FROM gaps")

        self.archive.index.database.write(job).result()


def make_footage(
    folder: Path, clip: Path, *, cameras: int, days: int, places: int, say: Callable[[str], None]
) -> Footage:
    """Fill an empty data directory; recordings are named cam0, cam1 and so on. Raises BenchError."""
    chance = random.Random(SEED)
    per_camera = days * 86400 // SEGMENT_S
    base_us = (int(time.time()) // SEGMENT_S - per_camera) * SEGMENT_US
    run_from = per_camera - RUN_SEGMENTS - 5
    chosen = [(chance.randrange(cameras), chance.randrange(run_from - 1)) for _ in range(places)]
    real = {*chosen, *((0, run_from + each) for each in range(RUN_SEGMENTS))}
    maker = _Maker(folder, clip)
    try:
        for camera in range(cameras):
            say(f"footage: index of camera {camera + 1} of {cameras}")
            starts = [base_us + n * SEGMENT_US for n in range(per_camera) if (camera, n) not in real]
            maker.add_camera(f"cam{camera}", starts)
        say(f"footage: {len(set(chosen))} single segments and a run of {RUN_SEGMENTS}")
        for camera, number in sorted(set(chosen)):
            maker.record(f"cam{camera}", base_us + number * SEGMENT_US, SEGMENT_S)
        maker.record("cam0", base_us + run_from * SEGMENT_US, RUN_SEGMENTS * SEGMENT_S)
        maker.forget_gaps()
    finally:
        maker.archive.close()
    return Footage(
        rows=per_camera * cameras,
        places=tuple((f"cam{camera}", base_us + number * SEGMENT_US) for camera, number in chosen),
        run=("cam0", base_us + run_from * SEGMENT_US),
        run_s=RUN_SEGMENTS * SEGMENT_S,
    )


def make_index(folder: Path, clip: Path, *, cameras: int, days: int, say: Callable[[str], None]) -> Indexed:
    """Fill an empty data directory with rows and events alone. Raises BenchError."""
    per_camera = days * 86400 // SEGMENT_S
    base_us = (int(time.time()) // SEGMENT_S - per_camera) * SEGMENT_US
    end_us = base_us + per_camera * SEGMENT_US
    maker = _Maker(folder, clip)
    try:
        for camera in range(cameras):
            say(f"footage: index of camera {camera + 1} of {cameras}")
            maker.add_camera(f"cam{camera}", [base_us + n * SEGMENT_US for n in range(per_camera)])
    finally:
        maker.archive.close()
    say("footage: events")
    log = EventLog(folder / EVENTS_FILE)
    try:
        events = _log_events(log, cameras, base_us, end_us)
    finally:
        log.close()
    return Indexed(rows=per_camera * cameras, events=events, start_us=base_us, end_us=end_us)


def _log_events(log: EventLog, cameras: int, start_us: int, end_us: int) -> int:
    """Motion every ten minutes and a door once a day, at every camera; in order of time, as they happen."""
    changes = []
    for camera in range(cameras):
        token = f"cam{camera}"
        motion = EventSubject(MOTION, (("Source", token),), token)
        door = EventSubject(DOOR, (("InputToken", token),), token)
        for subject, item, every_s, length_s in (
            (motion, "State", MOTION_EVERY_S, MOTION_S),
            (door, "LogicalState", DOOR_EVERY_S, DOOR_S),
        ):
            for at_us in range(start_us + camera * 1_000_000, end_us, every_s * 1_000_000):
                changes.append((at_us, subject, ((item, "true"),)))
                changes.append((at_us + length_s * 1_000_000, subject, ((item, "false"),)))
    changes.sort(key=lambda change: change[0])
    for first in range(0, len(changes), EVENTS_AT_ONCE):
        waiting = [log.append(*each, "Changed") for each in changes[first : first + EVENTS_AT_ONCE]]
        waiting[-1].result()
    return len(changes)
