"""Plays a stream until its first picture is there: the shortest proof that it works."""

import asyncio
import random
from collections.abc import Sequence

import msgspec

from vedette.base.clock import Clock
from vedette.client.rtsp.dialogue import Moved
from vedette.client.rtsp.pace import Pace
from vedette.client.rtsp.repetition import Repetition
from vedette.client.rtsp.session import CameraSession, Clocks
from vedette.client.rtsp.source import Whereabouts
from vedette.client.trust import SYSTEM_TRUST, Trust
from vedette.media.hub import Stream
from vedette.media.sources.source import SourceLost
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtsp.url import BadUrl


class FirstFrame(msgspec.Struct, frozen=True, kw_only=True):
    """What came: the tracks, and how long the first key frame took from connecting, in seconds."""

    tracks: tuple[Track, ...]
    after_s: float
    left_out: tuple[str, ...]


class _Watch:
    """A sink that notes the first units."""

    def __init__(self) -> None:
        self.arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        """Units tell more."""

    def receive(self, units: Sequence[AccessUnit]) -> None:
        if not self.arrived.done():
            self.arrived.set_result(None)


async def first_frame(
    url: str,
    *,
    user: str,
    password: str,
    clock: Clock,
    trust: Trust = SYSTEM_TRUST,
    timeout_s: float = 10.0,
) -> FirstFrame:
    """Connect, play over TCP and wait for the first key frame; raises SourceLost with the reason.

    Redirections are followed as a source does, each with `timeout_s` of its own.
    """
    whereabouts = Whereabouts(url)
    while True:
        try:
            return await _played(
                whereabouts.url,
                user=user,
                password=password,
                clock=clock,
                trust=trust,
                timeout_s=timeout_s,
            )
        except Moved as move:
            if not whereabouts.follow(move):
                raise
        except BadUrl as error:
            raise SourceLost(f"its address is {error}") from error


async def _played(
    url: str,
    *,
    user: str,
    password: str,
    clock: Clock,
    trust: Trust,
    timeout_s: float,
) -> FirstFrame:
    stream = Stream("first frame")
    watch = _Watch()
    stream.attach(watch)
    session = CameraSession(
        url,
        stream,
        Clocks(),
        Pace(),
        Repetition(),
        clock=clock,
        kinds=tuple(TrackKind),
        user=user or None,
        password=password or None,
        trust=trust,
        chance=random.Random(),
    )
    begin_s = clock.monotonic_s()
    playing = asyncio.create_task(session.run(), name="first frame")
    try:
        await asyncio.wait((playing, watch.arrived), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if watch.arrived.done():
            after_s = clock.monotonic_s() - begin_s
            return FirstFrame(tracks=stream.tracks, after_s=after_s, left_out=tuple(session.left_out))
        if playing.done():
            playing.result()
        raise SourceLost(f"no picture within {timeout_s:g} s")
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
