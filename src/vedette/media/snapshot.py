"""The latest picture of a stream as JPEG."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from vedette.base.clock import Clock
from vedette.base.errors import VedetteError
from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind

if TYPE_CHECKING:
    from vedette.media.picture import Picture

FORWARD_MOST_UNITS = 60  # of video behind the key frame; a longer group gives its key frame's picture
FRESH_S = 1.0
QUIET_S = 5.0  # without a picture being made: what decoding took is not needed soon
CACHE_MOST = 64
SIZE_MOST = 4096


class NoPicture(VedetteError):
    """There is no picture now; the message says why."""


class Jpeg(NamedTuple):
    """A JPEG image and when its picture was captured."""

    data: bytes
    utc_us: int
    width: int
    height: int


class _Key(NamedTuple):
    stream: str
    tracks: tuple[Track, ...]  # pictures of a new encoder are others, however fresh the last one is
    width: int
    height: int


class _Cached(NamedTuple):
    until_s: float
    jpeg: Jpeg


class Snapshots:
    """Makes JPEG images of streams' latest pictures; lives on the streams' event loop.

    A picture is used for `FRESH_S`; requests for the same one while it is made share the work, and at
    most two are decoded at a time. PyAV does the decoding in a worker thread. Some seconds after the last
    of them `when_quiet` is called in a worker thread, to give memory back.
    """

    def __init__(self, clock: Clock, when_quiet: Callable[[], None] | None = None) -> None:
        self._clock = clock
        self._when_quiet = when_quiet
        self._quiet: asyncio.TimerHandle | None = None
        self._cache: dict[_Key, _Cached] = {}
        self._making: dict[_Key, asyncio.Task[Jpeg]] = {}
        self._room = asyncio.Semaphore(2)

    async def latest(self, stream: Stream, *, width: int = 0, height: int = 0) -> Jpeg:
        """The latest picture, scaled to a size; with one of them 0 in proportion, with both as it is.

        Raises NoPicture when the stream has none, when it cannot be decoded or without PyAV, ValueError
        for a size that is negative or above 4096.
        """
        if not (0 <= width <= SIZE_MOST and 0 <= height <= SIZE_MOST):
            raise ValueError(f"a picture of {width}x{height}; each may be 0 to {SIZE_MOST}")
        key = _Key(stream.name, stream.tracks, width, height)
        cached = self._cache.get(key)
        if cached is not None and self._clock.monotonic_s() < cached.until_s:
            return cached.jpeg
        making = self._making.get(key)
        if making is None:
            track, units = _group(stream)
            making = asyncio.create_task(self._make(key, track, units), name=f"snapshot {stream.name}")
            making.add_done_callback(_look_at)
            self._making[key] = making
        return await asyncio.shield(making)

    async def _make(self, key: _Key, track: Track, units: tuple[AccessUnit, ...]) -> Jpeg:
        try:
            newest = units[-1]
            if track.codec == "JPEG" and not key.width and not key.height:
                jpeg = Jpeg(newest.data, newest.utc_us, track.width, track.height)
            else:
                async with self._room:
                    jpeg = await asyncio.to_thread(newest_jpeg, track, units, key.width, key.height)
                self._await_quiet()
            self._keep(key, jpeg)
            return jpeg
        finally:
            del self._making[key]

    def _await_quiet(self) -> None:
        if self._quiet is not None:
            self._quiet.cancel()
        if self._when_quiet is not None:
            loop = asyncio.get_running_loop()
            self._quiet = loop.call_later(QUIET_S, loop.run_in_executor, None, self._when_quiet)

    def _keep(self, key: _Key, jpeg: Jpeg) -> None:
        now_s = self._clock.monotonic_s()
        self._cache = {each: kept for each, kept in self._cache.items() if kept.until_s > now_s}
        if len(self._cache) < CACHE_MOST:
            self._cache[key] = _Cached(now_s + FRESH_S, jpeg)


def _group(stream: Stream) -> tuple[Track, tuple[AccessUnit, ...]]:
    track = next((each for each in stream.tracks if each.kind is TrackKind.VIDEO), None)
    if track is None:
        raise NoPicture(f"{stream.name}: {stream.problem or 'no video yet'}")
    units = tuple(unit for unit in stream.kept_group if unit.track == track.number)
    if not units:
        raise NoPicture(f"{stream.name}: {stream.problem or 'no key frame yet'}")
    return track, units if len(units) <= FORWARD_MOST_UNITS + 1 else units[:1]


def newest_jpeg(track: Track, units: Sequence[AccessUnit], width: int = 0, height: int = 0) -> Jpeg:
    """The newest picture of a group that begins with a key frame; blocks while it decodes.

    Raises NoPicture when nothing can be decoded or PyAV is not installed.
    """
    try:
        from vedette.media import picture
    except ModuleNotFoundError as missing:
        raise NoPicture(
            f"pictures need {missing.name}; install it with: pip install 'vedette[media]'"
        ) from missing
    shown: Picture | None = picture.last_picture(track, units)
    if shown is None:
        raise NoPicture("the latest key frame cannot be decoded")
    return Jpeg(*picture.jpeg(shown, width, height))


def _look_at(task: "asyncio.Task[Jpeg]") -> None:
    """Whoever asked may be gone; an error that nobody takes is no accident."""
    if not task.cancelled():
        task.exception()
