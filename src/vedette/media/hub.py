"""Named live streams: one publisher, many sinks, and the group of pictures a new viewer starts with."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol

from vedette.base.clock import Clock, SystemClock
from vedette.base.errors import VedetteError
from vedette.media.key_frames import Ask, KeyFrameWishes
from vedette.media.unit import AccessUnit, Track, TrackKind, bytes_of, is_key_of
from vedette.protocols.rtp.forwarding import ForwardedBatch, Numbering

KEPT_GROUP_MOST_BYTES = 16 << 20  # a camera that never sends a key frame must not fill the memory
KEPT_GROUP_MOST_UNITS = 3000


class NoSuchStream(VedetteError):
    """No live stream has that name."""


class StreamState(StrEnum):
    """What a stream's publisher is doing."""

    WAITING = "waiting"  # nobody has published yet, or the publisher is trying to connect
    LIVE = "live"


class Sink(Protocol):
    """Takes what a stream publishes. Both calls come on the event loop and must neither block nor raise."""

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        """From here on units belong to these tracks; the tuple is empty when the publisher is gone."""
        ...

    def receive(self, units: Sequence[AccessUnit]) -> None:
        """Units in publishing order; the sequence is shared and must not be changed."""
        ...


class Forwarder(Protocol):
    """Sends a picture's packets on as they came, before there is a unit of them."""

    def numbering(self, track: int) -> Numbering | None:
        """What the next packet sent of a track is to bear; None where it wants units, at least just now."""
        ...

    def forward(self, track: int, batch: ForwardedBatch) -> None:
        """Send a picture of a track, which bears the next numbers."""
        ...

    def settle(self, publish: Callable[[], None]) -> None:
        """`publish` brings as units what was forwarded: not to be sent once more."""
        ...


FindForwarder = Callable[[], Forwarder | None]


class Stream:
    """One publisher's units, handed to every sink without a copy. Lives on one event loop."""

    def __init__(self, name: str, clock: Clock | None = None) -> None:
        self.name = name
        self.tracks: tuple[Track, ...] = ()
        self.state = StreamState.WAITING
        self.problem = ""  # why the publisher is not live, in words for the operator
        self.units_total = 0
        self.bytes_total = 0
        self.lost_total = 0
        self._sinks: tuple[Sink, ...] = ()
        self._patient: tuple[Sink, ...] = ()
        self._kept: list[AccessUnit] = []
        self._kept_bytes = 0
        self._video = -1
        self._wishes = KeyFrameWishes(clock or SystemClock())
        self._hasten: Callable[[], None] | None = None
        self._bring: Callable[[], None] | None = None
        self._forwarders: dict[Sink, FindForwarder] = {}

    @property
    def kept_group(self) -> tuple[AccessUnit, ...]:
        """Everything since the latest key frame of the first video track, key frame first.

        What the publisher keeps back is published before.
        """
        self.bring()
        return tuple(self._kept)

    @property
    def has_group(self) -> bool:
        """Whether there is a kept group."""
        return bool(self._kept)

    @property
    def sinks(self) -> tuple[Sink, ...]:
        """Who listens now."""
        return self._sinks

    @property
    def is_awaited(self) -> bool:
        """Whether a sink wants each unit as soon as there is one."""
        return len(self._sinks) > len(self._patient)

    @property
    def forwarder(self) -> Forwarder | None:
        """What pictures may be sent on by before they are units, where nobody else awaits those."""
        if len(self._sinks) - len(self._patient) != 1:
            return None
        find = next((self._forwarders.get(each) for each in self._sinks if each not in self._patient), None)
        return None if find is None else find()

    def attach(self, sink: Sink, *, is_patient: bool = False, forwarder: FindForwarder | None = None) -> None:
        """Add a sink; if there are tracks, it is told of them at once. Adding it twice changes nothing.

        A patient one bears units that come half a second late and several together. One that can send on
        pictures before they are units says what does it.
        """
        if sink in self._sinks:
            return
        self.bring()
        if forwarder is not None:
            self._forwarders[sink] = forwarder
        is_first = not (is_patient or self.is_awaited)
        self._sinks = (*self._sinks, sink)
        if is_patient:
            self._patient = (*self._patient, sink)
        if is_first and self._hasten is not None:
            self._hasten()
        if self.tracks:
            sink.tracks_changed(self.tracks)

    def detach(self, sink: Sink) -> None:
        """Remove a sink; one that is not attached is ignored."""
        if sink in self._sinks:
            self.bring()
        self._forwarders.pop(sink, None)
        self._sinks = tuple(each for each in self._sinks if each is not sink)
        self._patient = tuple(each for each in self._patient if each is not sink)

    def on_key_frame_wanted(self, ask: Ask | None) -> None:
        """The publisher says how it can be asked for a key frame, or None when it cannot.

        What it is asked by returns False where it can just now not pass that on, as before it is connected.
        """
        self._wishes.pass_to(ask)

    def bring(self) -> None:
        """Have published what the publisher has and keeps back, if it does."""
        if self._bring is not None:
            self._bring()

    def on_kept_back(self, bring: Callable[[], None] | None) -> None:
        """The publisher says how to have what it keeps back published, or None when it keeps nothing back.

        Once asked it keeps nothing back until it has published anew.
        """
        self._bring = bring

    def on_awaited(self, hasten: Callable[[], None] | None) -> None:
        """The publisher says what to call when units become awaited, or None when it is never late."""
        self._hasten = hasten

    def request_key_frame(self) -> bool:
        """Ask the publisher for a key frame, once for all who do within a second; False when it cannot be."""
        return self._wishes.wish()

    def pass_wishes_on(self) -> None:
        """Ask for the key frame that somebody waits for, if it is time: publishing does so by itself."""
        if self._wishes.is_waiting:
            self._wishes.pass_on()

    def announce(self, tracks: tuple[Track, ...]) -> None:
        """Publish under these tracks from now on; the kept group starts afresh when they changed."""
        self.state = StreamState.LIVE
        self.problem = ""
        if tracks == self.tracks:
            return
        self.tracks = tracks
        self._video = next((t.number for t in tracks if t.kind is TrackKind.VIDEO), -1)
        self._forget_group()
        for sink in self._sinks:
            sink.tracks_changed(tracks)

    def withdraw(self, problem: str) -> None:
        """The publisher stopped; sinks keep their tracks, since most publishers come back the same."""
        self.state = StreamState.WAITING
        self.problem = problem
        self._forget_group()

    def take_up(self, group: Sequence[AccessUnit]) -> None:
        """The publisher is back, and goes on amid the group of pictures that was kept when it stopped."""
        self._kept = list(group)
        self._kept_bytes = bytes_of(group)

    def end(self) -> None:
        """The stream is removed for good: sinks are told that there are no tracks."""
        self.bring()
        self.withdraw("removed")
        self.tracks = ()
        for sink in self._sinks:
            sink.tracks_changed(())

    def publish(self, units: Sequence[AccessUnit]) -> None:
        """Hand units to every sink, and keep the current group of pictures."""
        if not units:
            return
        self._keep(units)
        for sink in self._sinks:
            sink.receive(units)
        if self._wishes.is_waiting:
            self._wishes.pass_on()

    def _keep(self, units: Sequence[AccessUnit]) -> None:
        """Count units, and keep those from the latest key frame of the video on."""
        video, kept = self._video, self._kept
        size = bytes_of(units)
        starts: list[int] = []
        if any(map(is_key_of, units)):
            starts = [place for place, unit in enumerate(units) if unit.is_key and unit.track == video]
        self.units_total += len(units)
        self.bytes_total += size
        if starts:
            self._wishes.answered()
            self._kept = kept = list(units[starts[-1] :])
            self._kept_bytes = bytes_of(kept)
        elif kept:
            kept += units
            self._kept_bytes += size
        if self._kept_bytes > KEPT_GROUP_MOST_BYTES or len(kept) > KEPT_GROUP_MOST_UNITS:
            self._forget_group()

    def _forget_group(self) -> None:
        self._kept = []
        self._kept_bytes = 0


class Hub:
    """All live streams of this process by name."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock
        self._streams: dict[str, Stream] = {}

    @property
    def streams(self) -> tuple[Stream, ...]:
        """Every stream, in the order they were opened."""
        return tuple(self._streams.values())

    def open(self, name: str) -> Stream:
        """The stream of that name, made if need be."""
        return self._streams.setdefault(name, Stream(name, self._clock))

    def require(self, name: str) -> Stream:
        """The stream of that name; raises NoSuchStream."""
        try:
            return self._streams[name]
        except KeyError:
            raise NoSuchStream(f"no live stream {name!r}") from None

    def close(self, name: str) -> None:
        """End a stream and forget it; an unknown name is ignored."""
        stream = self._streams.pop(name, None)
        if stream is not None:
            stream.end()
