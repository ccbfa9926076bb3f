"""A live stream as something an RTSP URL can name."""

import asyncio
import secrets
from collections.abc import Callable

from vedette.base.clock import Clock
from vedette.media.codecs import codec_named
from vedette.media.hub import Hub, Stream
from vedette.media.unit import Track, TrackKind
from vedette.protocols.rtsp.headers import ClockRange, NptRange
from vedette.protocols.rtsp.play import PlayParameters
from vedette.protocols.rtsp.session import DEFAULT_TIMEOUT_S
from vedette.server.live.group import LiveGroup, payload_type
from vedette.server.live.viewers import DatagramPort, DatagramViewer, StreamViewer
from vedette.server.rtsp.media import Delivery, Interleave, MediaRefused, PlayStarted, TrackStart

WAIT_FOR_TRACKS_S = 5.0
WAIT_STEP_S = 0.05


class LiveGroups:
    """The live groups of all streams; a group packetises only while it has sessions."""

    def __init__(self, hub: Hub, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock
        self._groups: dict[str, LiveGroup] = {}
        self._sessions: dict[str, set[LiveSession]] = {}
        self.revision = 0  # rises whenever somebody begins or ends to watch

    def find(self, path: str) -> "LiveResource | None":
        """The resource of a path `/live/<camera>/<main|sub>`."""
        if not path.startswith("/live/"):
            return None
        name = path.removeprefix("/live/")
        stream = next((each for each in self._hub.streams if each.name == name), None)
        return None if stream is None else LiveResource(self, stream)

    def viewers_of(self, stream: Stream) -> int:
        """How many watch a stream now."""
        return sum(len(group.viewers) for group in self._of(stream))

    def dropped_of(self, stream: Stream) -> int:
        """Units that present viewers of a stream did not get because they were too slow."""
        return sum(viewer.dropped_total for group in self._of(stream) for viewer in group.viewers)

    def _of(self, stream: Stream) -> list[LiveGroup]:
        """The groups of a stream and of what is made of it, which is named after it behind a #."""
        return [each for name, each in self._groups.items() if name.partition("#")[0] == stream.name]

    def enter(self, session: "LiveSession") -> LiveGroup:
        """The open group of a session's stream."""
        name = session.stream.name
        group = self._groups.get(name)
        if group is None or group.stream is not session.stream:
            group = self._groups[name] = LiveGroup(
                session.stream,
                clock=self._clock,
                loop=asyncio.get_running_loop(),
                identity=_identity,
                on_gone=self._on_gone,
            )
            group.open()
        self._sessions.setdefault(name, set()).add(session)
        return group

    def leave(self, session: "LiveSession") -> None:
        """A session ended; the last one closes the group."""
        name = session.stream.name
        sessions = self._sessions.get(name)
        if sessions is None:
            return
        sessions.discard(session)
        if not sessions:
            del self._sessions[name]
            group = self._groups.pop(name, None)
            if group is not None:
                group.close()

    def playing(self) -> "list[LiveSession]":
        """The sessions that are being sent to."""
        return [each for group in self._sessions.values() for each in group if each.viewer is not None]

    def _on_gone(self, viewer: StreamViewer | DatagramViewer, why: str) -> None:
        for sessions in tuple(self._sessions.values()):  # who is lost may leave at once
            for session in tuple(sessions):
                if session.viewer is viewer:
                    session.lose(why)


class LiveResource:
    """A stream that can be described and opened."""

    features: frozenset[str] = frozenset()
    session_timeout_s: float = DEFAULT_TIMEOUT_S

    def __init__(self, groups: LiveGroups, stream: Stream) -> None:
        self._groups = groups
        self.stream = stream

    @property
    def title(self) -> str:
        """The stream's name."""
        return self.stream.name

    async def tracks(self) -> tuple[Track, ...]:
        """The stream's tracks; waits some seconds for a publisher that is just connecting."""
        for _ in range(round(WAIT_FOR_TRACKS_S / WAIT_STEP_S)):
            if self.stream.tracks:
                return self.stream.tracks
            await asyncio.sleep(WAIT_STEP_S)
        raise MediaRefused(
            503, f"stream {self.stream.name} is not live: {self.stream.problem or 'no media yet'}"
        )

    async def describe(self) -> str:
        """The SDP of the live stream."""
        lines = ["a=range:npt=now-"]
        for track in await self.tracks():
            lines += media_lines(track)
        return "\r\n".join(lines) + "\r\n"

    def open(self) -> "LiveSession":
        """A session of its own for one viewer."""
        return LiveSession(self._groups, self.stream)


class LiveSession:
    """One viewer of a stream."""

    is_replay = False

    def __init__(self, groups: LiveGroups, stream: Stream) -> None:
        self.stream = stream
        self.peer = ""
        self.viewer: StreamViewer | DatagramViewer | None = None
        self.on_lost: Callable[[str], None] | None = None
        self._groups = groups
        self._group: LiveGroup | None = groups.enter(self)
        self._deliveries: dict[int, Delivery] = {}
        self._ssrcs: dict[int, int] = {}  # as the answers to SETUP told them

    @property
    def kinds(self) -> frozenset[TrackKind]:
        """The kinds of the tracks that were set up."""
        return frozenset(each.kind for each in self.stream.tracks if each.number in self._deliveries)

    def add_track(self, number: int, delivery: Delivery) -> int:
        """Choose a track and how it travels; its SSRC."""
        others = [each for track, each in self._deliveries.items() if track != number]
        if others and isinstance(others[0], Interleave) is not isinstance(delivery, Interleave):
            raise MediaRefused(461, "all tracks of a session travel the same way")
        group = self._require_group()
        try:
            ssrc = group.ssrc(number)
        except KeyError:
            raise MediaRefused(404, f"stream {self.stream.name} has no track {number}") from None
        self.remove_track(number)
        self._deliveries[number] = delivery
        self._ssrcs[number] = ssrc
        return ssrc

    def remove_track(self, number: int) -> None:
        """Give up a track."""
        before = self._deliveries.pop(number, None)
        if self.viewer is not None and number in self.viewer.tracks:
            self._watch(self.viewer.tracks - {number})
        if isinstance(before, DatagramPort):
            before.close()

    async def play(self, parameters: PlayParameters) -> PlayStarted:
        """Live media starts with its newest key frame; range and scale of the request mean nothing.

        Who asks in play time that passes (the standard's own clients ask from `now`) is told that too.
        Raises MediaRefused (410) when the stream has ended or changed its codecs since tracks were set up.
        """
        group = self._require_group()
        self._check_tracks(group)
        known = frozenset() if self.viewer is None else self.viewer.tracks
        first = group.first_packets(frozenset(self._deliveries), known)
        if not first:
            raise MediaRefused(455, "no track is set up")
        earliest = min(packet.utc_us for packet in first)
        tracks = [TrackStart(each.track, each.sequence, each.rtp_time_at(earliest)) for each in first]
        asked = parameters.range
        counts = isinstance(asked, NptRange) and asked.start_us is not None
        shown = ClockRange(start_utc_us=earliest)
        return PlayStarted(shown, tracks, play_time=NptRange() if counts else None)

    def _check_tracks(self, group: LiveGroup) -> None:
        for number in self._deliveries:
            try:
                is_same = group.ssrc(number) == self._ssrcs[number]
            except KeyError:
                is_same = False
            if not is_same:
                raise MediaRefused(
                    410, f"track {number} of {self.stream.name} is not what was set up any more"
                )

    def begin(self) -> None:
        """Join the live group; tracks that were set up while others played join them."""
        tracks = frozenset(self._deliveries)
        if self._group is not None and (self.viewer is None or self.viewer.tracks != tracks):
            self._watch(tracks)

    def _watch(self, tracks: frozenset[int]) -> None:
        """Be sent these tracks, of which those of the present viewer go on."""
        before, group = self.viewer, self._require_group()
        if before is not None:
            group.leave(before)
        self._groups.revision += 1
        ways = {number: way for number, way in self._deliveries.items() if number in tracks}
        ports = {number: way for number, way in ways.items() if isinstance(way, DatagramPort)}
        inside = {number: way for number, way in ways.items() if isinstance(way, Interleave)}
        if ports:
            self.viewer = DatagramViewer(ports)
            group.join_datagram(self.viewer, before if isinstance(before, DatagramViewer) else None)
        elif inside:
            channels = tuple(sorted((number, way.channel) for number, way in inside.items()))
            self.viewer = StreamViewer(next(iter(inside.values())).outbox, channels)
            group.join_stream(self.viewer, before if isinstance(before, StreamViewer) else None)
        else:
            self.viewer = None

    def pause(self) -> None:
        """Leave the live group; PLAY joins again."""
        if self.viewer is not None and self._group is not None:
            self._group.leave(self.viewer)
        self._groups.revision += 1
        self.viewer = None

    def key_frame_wanted(self) -> None:
        """Pass the wish on; the stream sees to it that its source is not asked too often."""
        self.stream.request_key_frame()

    def close(self) -> None:
        """Leave, and give the ports back."""
        self.pause()
        for number in tuple(self._deliveries):
            self.remove_track(number)
        if self._group is not None:
            self._group = None
            self._groups.leave(self)

    def lose(self, why: str) -> None:
        """The live group gave this viewer up."""
        self._groups.revision += 1
        self.viewer = None
        if self.on_lost is not None:
            self.on_lost(why)

    def _require_group(self) -> LiveGroup:
        if self._group is None:
            raise MediaRefused(454, "the session has ended")
        return self._group


def media_lines(track: Track) -> list[str]:
    """The SDP lines of one track, with a relative control URL."""
    number = payload_type(track)
    codec = codec_named(track.codec)
    kind = {TrackKind.VIDEO: "video", TrackKind.AUDIO: "audio"}.get(track.kind, "application")
    lines = [f"m={kind} 0 RTP/AVP {number}", f"a=rtpmap:{number} {codec.rtpmap(track)}"]
    if fmtp := codec.fmtp(track):
        lines.append(f"a=fmtp:{number} {fmtp}")
    lines.append(f"a=control:trackID={track.number}")
    return lines


def _identity() -> tuple[int, int, int]:
    return secrets.randbits(32), secrets.randbits(16), secrets.randbits(32)
