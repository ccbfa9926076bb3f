"""What an RTSP URL leads to: the port between the RTSP driver and those who have media to give."""

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from vedette.base.errors import VedetteError
from vedette.media.unit import Track
from vedette.protocols.rtsp.headers import NptRange, Range
from vedette.protocols.rtsp.play import PlayParameters
from vedette.server.live.outbox import Outbox
from vedette.server.live.viewers import DatagramPort


class MediaRefused(VedetteError):
    """The media cannot be described, set up or played; `status` is the RTSP status that says so.

    `unsupported` are the Require tags for which it is 551.
    """

    def __init__(self, status: int, why: str, *, unsupported: Sequence[str] = ()) -> None:
        super().__init__(why)
        self.status = status
        self.unsupported = tuple(unsupported)


class Interleave(NamedTuple):
    """Packets of a track travel inside the RTSP connection: RTP on `channel`, RTCP on the next one."""

    outbox: Outbox
    channel: int


Delivery = Interleave | DatagramPort


class TrackStart(NamedTuple):
    """Where a track's packets begin, for RTP-Info."""

    track: int
    sequence: int
    rtp_time: int


class PlayStarted(NamedTuple):
    """What the answer to PLAY says; `range`, `play_time` and the RTP times name the same instant."""

    range: Range | None
    tracks: Sequence[TrackStart]
    scale: float | None = None
    speed: float | None = None
    play_time: NptRange | None = None  # for who asked in it


class MediaSession(Protocol):
    """One RTSP session's media. All calls come on the event loop, in the order of the requests."""

    on_lost: Callable[[str], None] | None  # called when the media ends by itself, with the reason
    peer: str  # the viewer's address

    @property
    def is_replay(self) -> bool:
        """Recorded footage: PAUSE, Range and Scale mean something."""
        ...

    def add_track(self, number: int, delivery: Delivery) -> int:
        """Choose a track and how it travels; its SSRC. Raises MediaRefused (461 for mixed ways)."""
        ...

    def remove_track(self, number: int) -> None:
        """Give up a track."""
        ...

    async def play(self, parameters: PlayParameters) -> PlayStarted:
        """Prepare to play; nothing is sent before `begin`. Raises MediaRefused."""
        ...

    def begin(self) -> None:
        """The answer to PLAY has been written: send."""
        ...

    def pause(self) -> None:
        """Stop sending until the next PLAY."""
        ...

    def key_frame_wanted(self) -> None:
        """The viewer asked for a picture that decodes alone (RTCP feedback)."""
        ...

    def close(self) -> "asyncio.Task[None] | None":
        """The session has ended; ports are given back at once, files when the task that is returned is done.

        A second time changes nothing.
        """
        ...


@runtime_checkable
class PausesLater(Protocol):
    """Media that know where they are, and so can pause at an instant that is still to come."""

    async def pause_at(self, point: Range, reached: Callable[[], None]) -> None:
        """Stop before what is of that instant or beyond, then call `reached`; a PLAY or PAUSE ends the wish.

        Raises MediaRefused (457) for an instant that this PLAY does not come to.
        """
        ...


class MediaResource(Protocol):
    """What one URL names: it can be described, and opened for a session."""

    @property
    def features(self) -> frozenset[str]:
        """The Require tags it understands."""
        ...

    @property
    def title(self) -> str:
        """The session name in the description."""
        ...

    @property
    def session_timeout_s(self) -> float:
        """How long its sessions may be silent; clients are told."""
        ...

    async def describe(self) -> str:
        """The SDP, its control URLs relative (`trackID=N`). Raises MediaRefused (404, 503)."""
        ...

    async def tracks(self) -> tuple[Track, ...]:
        """The tracks that can be set up. Raises MediaRefused (404, 503)."""
        ...

    def open(self) -> MediaSession:
        """A session of its own for one viewer."""
        ...


class MediaDirectory(Protocol):
    """Finds what a URL leads to."""

    def find(self, path: str) -> MediaResource | None:
        """The resource of a URL's path without query and control part, or None."""
        ...
