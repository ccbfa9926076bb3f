"""The drawn scene as a source: one thread draws and encodes, the event loop publishes."""

import asyncio
import random
import threading
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, NamedTuple

from vedette.base.clock import Clock
from vedette.media.hub import Stream
from vedette.media.sources.overlay import OsdText, Overlay
from vedette.media.sources.pacing import FramePacer, UtcAnchor
from vedette.media.sources.scene import Scene, Viewport
from vedette.media.sources.settings import MAIN_VIDEO, SUB_VIDEO, AudioSettings, VideoSettings
from vedette.media.sources.source import Backoff, SourceLost, SourceUnavailable

if TYPE_CHECKING:
    from vedette.media.sources.studio import Studio, Take

WAITING_MOST_FRAMES = 25  # a stalled event loop costs frames, not memory


class _Change(NamedTuple):
    lane: int
    settings: VideoSettings
    done: "asyncio.Future[None]"


class PatternSource:
    """A virtual camera that films a drawn street.

    Every stream has video on track 0, audio on 1 and metadata on 2. Raises SourceUnavailable when
    numpy or PyAV are not installed, ValueError when streams and video settings do not pair.
    """

    def __init__(
        self,
        name: str,
        streams: Sequence[Stream],
        *,
        clock: Clock,
        seed: int = 1,
        videos: Sequence[VideoSettings] = (MAIN_VIDEO, SUB_VIDEO),
        audio: AudioSettings | None = AudioSettings(),  # noqa: B008 - frozen
        has_metadata: bool = True,
        scene_fps: int = 25,
    ) -> None:
        if len(streams) != len(videos):
            raise ValueError(f"{len(streams)} streams for {len(videos)} video encoders")
        _require_drawing()
        self.name = name
        self.scene = Scene(seed, scene_fps)
        self.viewport = Viewport()
        self.is_infrared = False
        self.overlay = Overlay(texts=(OsdText(text=name, x=0.01, y=0.02),))
        self._streams = tuple(streams)
        self._clock = clock
        self._videos = list(videos)
        self._audio = audio
        self._has_metadata = has_metadata
        self._backoff = Backoff(random.Random(seed))
        self._changes: SimpleQueue[_Change] = SimpleQueue()
        self._unshown: list[_Change] = []  # in force, but no picture was published yet
        self._keys_wanted: SimpleQueue[int] = SimpleQueue()
        self._room = threading.Semaphore(WAITING_MOST_FRAMES)
        self._stop: threading.Event | None = None
        self._next_frame = 0

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The streams it publishes into, in the order of its video settings."""
        return self._streams

    @property
    def videos(self) -> tuple[VideoSettings, ...]:
        """The video settings in force, one for each stream."""
        return tuple(self._videos)

    def request_key_frame(self) -> None:
        """Make the next picture of every stream a key frame."""
        for lane in range(len(self._streams)):
            self._keys_wanted.put(lane)

    async def reconfigure(self, lane: int, settings: VideoSettings) -> None:
        """Encode one stream with other settings; returns when a picture of them is published, and at once
        when not running.

        Raises SourceLost or ValueError when they cannot be used; the former ones then stay in force.
        """
        if settings.fps > self.scene.fps:
            raise ValueError(f"{settings.fps} frames per second of a scene that has {self.scene.fps}")
        if self._stop is None:
            self._videos[lane] = settings
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._changes.put(_Change(lane, settings, done))
        await done

    async def run(self) -> None:
        """Film until cancelled; when an encoder fails, withdraw and try again after a back-off."""
        for lane, stream in enumerate(self._streams):
            stream.on_key_frame_wanted(partial(self._keys_wanted.put, lane))
        try:
            while True:
                try:
                    await self._film()
                except SourceLost as problem:
                    self._withdraw(str(problem))
                    await asyncio.sleep(self._backoff.wait_s())
        finally:
            for stream in self._streams:
                stream.on_key_frame_wanted(None)
            self._withdraw("stopped")

    def _withdraw(self, problem: str) -> None:
        for stream in self._streams:
            stream.withdraw(problem)

    async def _film(self) -> None:
        loop = asyncio.get_running_loop()
        stop = self._stop = threading.Event()
        self._room = threading.Semaphore(WAITING_MOST_FRAMES)
        with ThreadPoolExecutor(1, thread_name_prefix=f"scene-{self.name}") as thread:
            work = loop.run_in_executor(thread, self._work, loop, stop)
            try:
                await asyncio.shield(work)
            finally:
                stop.set()
                self._stop = None
                await asyncio.wait((work,))
                self._keep_changes()

    def _keep_changes(self) -> None:
        """Take over what was asked for while the thread ended."""
        self._answer_shown(range(len(self._streams)))
        while not self._changes.empty():
            change = self._changes.get_nowait()
            self._videos[change.lane] = change.settings
            _answer(change.done, None)

    def _publish(self, stop: threading.Event, takes: "list[Take]") -> None:
        self._room.release()
        if stop.is_set():
            return
        self._backoff.succeeded()
        for lane, tracks, units in takes:
            stream = self._streams[lane]
            stream.announce(tracks)
            stream.publish(units)
        self._answer_shown([take.lane for take in takes if take.has_picture])

    def _answer_shown(self, lanes: Collection[int]) -> None:
        for change in [each for each in self._unshown if each.lane in lanes]:
            self._unshown.remove(change)
            _answer(change.done, None)

    # What follows runs in the thread.

    def _work(self, loop: asyncio.AbstractEventLoop, stop: threading.Event) -> None:
        from vedette.media.sources.studio import Studio, View

        studio = Studio(self.scene, self._videos, self._audio, has_metadata=self._has_metadata)
        pacer = FramePacer(self.scene.fps, self._clock.monotonic_s(), self._next_frame)
        anchor = UtcAnchor(self._clock)
        is_late_start = self._next_frame > 0
        while True:
            due = pacer.next_due(self._clock.monotonic_s())
            if stop.wait(due.wait_s):
                return
            self._next_frame = due.frame + 1
            if not self._room.acquire(blocking=False):
                continue
            self._apply_changes(loop, studio)
            now_s = self._clock.monotonic_s()
            media_us = due.frame * 1_000_000 // self.scene.fps
            utc_us, has_jumped = anchor.utc_us(media_us, now_s - pacer.due_s(due.frame))
            takes = studio.take(
                due.frame,
                utc_us,
                View(viewport=self.viewport, overlay=self.overlay, is_infrared=self.is_infrared),
                keys=self._wanted_keys(),
                is_discontinuous=has_jumped or is_late_start,
            )
            is_late_start = False
            loop.call_soon_threadsafe(self._publish, stop, takes)

    def _wanted_keys(self) -> set[int]:
        wanted: set[int] = set()
        while True:
            try:
                wanted.add(self._keys_wanted.get_nowait())
            except Empty:
                return wanted

    def _apply_changes(self, loop: asyncio.AbstractEventLoop, studio: "Studio") -> None:
        while not self._changes.empty():
            change = self._changes.get_nowait()
            try:
                studio.reconfigure(change.lane, change.settings)
                self._videos[change.lane] = change.settings
            except SourceLost as error:
                loop.call_soon_threadsafe(_answer, change.done, error)
            else:
                loop.call_soon_threadsafe(self._unshown.append, change)


def _answer(done: "asyncio.Future[None]", problem: SourceLost | None) -> None:
    if done.done():
        return
    if problem is None:
        done.set_result(None)
    else:
        done.set_exception(problem)


def _require_drawing() -> None:
    try:
        import vedette.media.sources.studio  # noqa: F401
    except ModuleNotFoundError as missing:
        raise SourceUnavailable(
            f"drawing a scene needs {missing.name}; install it with: pip install 'vedette[media]'"
        ) from missing
