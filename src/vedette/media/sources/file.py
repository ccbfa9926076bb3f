"""A media file in a loop as a source, without decoding."""

import asyncio
import itertools
import logging
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from vedette.base.clock import Clock
from vedette.base.timestamps import rescale
from vedette.media.hub import Stream
from vedette.media.sources.pacing import UtcAnchor
from vedette.media.sources.source import Backoff, SourceLost, SourceUnavailable
from vedette.media.unit import AccessUnit, Track, TrackKind

if TYPE_CHECKING:
    from vedette.media.sources.demuxer import Sample

_log = logging.getLogger(__name__)

CHUNK_SAMPLES = 64
LATE_MOST_S = 2.0  # further behind, the remainder moves to now instead of being sent in a burst
GAP_MOST_US = 10_000_000  # a larger step of the file's own times is closed
T = TypeVar("T")


class FileSource:
    """Publishes a file again and again: rate, order and B-frames as in the file, stamped with the time now.

    Media times go on over the end of the file: the first frame of the next round follows the last one
    by that one's duration. Without `has_audio` its sound is left out. Raises SourceUnavailable when PyAV is
    not installed.
    """

    def __init__(
        self,
        path: Path,
        stream: Stream,
        *,
        clock: Clock,
        has_audio: bool = True,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: random.Random | None = None,
    ) -> None:
        _require_demuxers()
        self.path = path
        self.rounds_total = 0
        self.left_out: tuple[str, ...] = ()  # tracks that cannot be carried, in words
        self._stream = stream
        self._clock = clock
        self._has_audio = has_audio
        self._sleep = sleep
        self._backoff = Backoff(chance or random.Random())
        self._timeline = Timeline(clock)
        self._refused: tuple[tuple[int, int], SourceLost] | None = None  # as it was written, and why

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The one stream it publishes into."""
        return (self._stream,)

    def request_key_frame(self) -> None:
        """Nothing: a file has its key frames where they are."""

    async def run(self) -> None:
        """Publish until cancelled; a file that cannot be read is tried again after a back-off."""
        try:
            while True:
                try:
                    await self._play()
                except SourceLost as problem:
                    self._stream.withdraw(str(problem))
                    self._timeline.interrupt()
                    wait_s = self._backoff.wait_s()
                    _log.warning("%s: %s; next try in %.1f s", self._stream.name, problem, wait_s)
                    await self._sleep(wait_s)
        finally:
            self._stream.withdraw("stopped")

    async def _play(self) -> None:
        """One round."""
        from vedette.media.sources.demuxer import Demuxer, Reordered

        written = await _in_thread(lambda: _written(self.path))
        if self._refused is not None and self._refused[0] == written:
            raise self._refused[1]
        demuxer = await _in_thread(lambda: Demuxer(self.path, has_audio=self._has_audio))
        try:
            self.left_out = tuple(demuxer.left_out)
            samples = demuxer.samples()
            chunk = await _in_thread(lambda: _read(samples))
            if not chunk:
                raise SourceLost(f"{self.path} has no frames")
            tracks = list(demuxer.tracks)
            self._timeline.begin_round(chunk)
            while chunk:
                await self._publish(chunk, tracks)
                chunk = await _in_thread(lambda: _read(samples))
        except Reordered as problem:
            self._refused = written, problem
            raise
        finally:
            demuxer.close()
        if demuxer.damaged_total:
            self._stream.lost_total += demuxer.damaged_total
            if not self.rounds_total:
                _log.warning("%s: damaged packets passed over: %d", self.path, demuxer.damaged_total)
        self.rounds_total += 1
        self._backoff.succeeded()

    async def _publish(self, chunk: "Sequence[Sample]", tracks: list[Track]) -> None:
        for sample in chunk:
            wait_s = self._timeline.wait_s(sample)
            if wait_s is None:
                continue
            if wait_s > 0:
                await self._sleep(wait_s)
            tracks[sample.track.number] = sample.track
            self._stream.announce(tuple(tracks))
            self._stream.publish((self._timeline.unit(sample),))


class Timeline:
    """Turns a file's times into continuous media times, deadlines and UTC instants.

    The leader is the first track (video where there is one): rounds are joined so that its frames keep
    their cadence exactly. Other tracks move along; what would overlap their last unit is left out.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._anchor = UtcAnchor(clock)
        self._origin_s: float | None = None  # the monotonic time of media time 0
        self._leader = 0
        self._leader_hz = 1
        self._shift = 0  # added to the file's times, in the leader's ticks
        self._leader_end: int | None = None  # where its next frame belongs
        self._leader_due_us: int | None = None
        self._lead_us = 0  # how far B-frames make presentation run ahead of decoding
        self._ends: dict[int, int] = {}
        self._last_us: int | None = None
        self._is_jump = False

    def interrupt(self) -> None:
        """The source failed: what comes next is a second later and discontinuous."""
        self._origin_s = None
        self._is_jump = True
        self._ends = {}
        if self._leader_end is not None:
            self._leader_end += self._leader_hz

    def begin_round(self, chunk: "Sequence[Sample]") -> None:
        """Place the file's beginning behind what was published; `chunk` is not empty."""
        self._leader = min(sample.track.number for sample in chunk)
        leading = [sample for sample in chunk if sample.track.number == self._leader]
        first, hz = leading[0], leading[0].track.clock_hz
        if self._leader_end is None:
            self._shift = -first.dts
        else:
            self._shift = rescale(self._leader_end, self._leader_hz, hz) - first.pts
        self._leader_hz = hz
        self._leader_end = first.pts + self._shift
        self._lead_us = rescale(max(each.pts - each.dts for each in leading), hz, 1_000_000)

    def wait_s(self, sample: "Sample") -> float | None:
        """Seconds until a sample is due, not positive when it is due already; None when it is left out."""
        dts_us = self._dts_us(sample)
        last_us = dts_us if self._last_us is None else self._last_us
        if not -1_000_000 <= dts_us - last_us <= GAP_MOST_US:
            if sample.track.number != self._leader or self._leader_end is None:
                return None
            self._shift += self._leader_end - (sample.pts + self._shift)
            self._is_jump = True
            dts_us = self._dts_us(sample)
        if sample.track.kind is not TrackKind.VIDEO and self._pts(sample) < self._ends.get(
            sample.track.number, 0
        ):
            return None
        now_s = self._clock.monotonic_s()
        if self._origin_s is None:
            self._origin_s = now_s - dts_us / 1_000_000
        if sample.track.number != self._leader and self._leader_due_us is not None:
            dts_us = min(dts_us, self._leader_due_us)  # the end of the sound must not delay the next round
        wait_s = self._origin_s + dts_us / 1_000_000 - now_s
        if wait_s < -LATE_MOST_S:
            self._origin_s -= wait_s
            return 0.0
        return wait_s

    def unit(self, sample: "Sample") -> AccessUnit:
        """The unit of a sample that is due now."""
        dts_us = self._dts_us(sample)
        pts = self._pts(sample)
        end = pts + sample.duration
        self._ends[sample.track.number] = end
        if sample.track.number == self._leader:
            self._leader_end = max(end, self._leader_end or 0)
            self._leader_due_us = dts_us + rescale(sample.duration, self._leader_hz, 1_000_000)
        self._last_us = max(dts_us, self._last_us or dts_us)
        late_s = self._clock.monotonic_s() - (self._origin_s or 0.0) - self._last_us / 1_000_000
        utc_us, has_jumped = self._anchor.utc_us(self._last_us, late_s)
        is_discontinuous, self._is_jump = has_jumped or self._is_jump, False
        ahead_us = rescale(sample.pts - sample.dts, sample.track.clock_hz, 1_000_000)
        return AccessUnit(
            track=sample.track.number,
            utc_us=utc_us - self._last_us + dts_us + ahead_us - self._lead_us,
            pts=pts,
            data=sample.data,
            is_key=sample.is_key,
            is_discontinuous=is_discontinuous,
        )

    def _shifted(self, sample: "Sample", ticks: int) -> int:
        return ticks + rescale(self._shift, self._leader_hz, sample.track.clock_hz)

    def _pts(self, sample: "Sample") -> int:
        return self._shifted(sample, sample.pts)

    def _dts_us(self, sample: "Sample") -> int:
        return rescale(self._shifted(sample, sample.dts), sample.track.clock_hz, 1_000_000)


def _written(path: Path) -> tuple[int, int]:
    """Tells one state of a file from another; zeros where it is not there."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _read(samples: "Iterator[Sample]") -> "list[Sample]":
    return list(itertools.islice(samples, CHUNK_SAMPLES))


async def _in_thread(work: Callable[[], T]) -> T:
    """Run in a worker thread; when cancelled, wait for the thread before letting go of what it uses."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait((running,))
        raise


def _require_demuxers() -> None:
    try:
        import vedette.media.sources.demuxer  # noqa: F401
    except ModuleNotFoundError as missing:
        raise SourceUnavailable(
            f"reading a media file needs {missing.name}; install it with: pip install 'vedette[media]'"
        ) from missing
