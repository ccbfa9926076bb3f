"""One connection to a camera from DESCRIBE to its end: packets become units of one stream."""

import asyncio
import logging
import random
import secrets
from collections.abc import Callable, Iterable
from functools import partial

import msgspec

from vedette.base.clock import Clock, ahead_us
from vedette.client.rtsp.dialogue import Dialogue, Refused
from vedette.client.rtsp.link import Link, open_link
from vedette.client.rtsp.pace import SILENCE_S, Pace
from vedette.client.rtsp.reading import SharedReader
from vedette.client.rtsp.repetition import Repetition
from vedette.client.rtsp.shortcut import Shortcut
from vedette.client.rtsp.tracks import Offered, TrackReceiver, chosen_tracks
from vedette.client.rtsp.udp import PortPair, open_pair
from vedette.client.trust import SYSTEM_TRUST, Trust
from vedette.media.hub import Stream
from vedette.media.sources.source import SourceLost
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.clock import JUMP_US, Back, CameraClock, Captured, TrackClock
from vedette.protocols.rtp.receiver import FRAME_HEAD_BYTES
from vedette.protocols.rtp.rtcp import ReportBlock, picture_loss, receiver_report
from vedette.protocols.rtsp.client import ClientConnection
from vedette.protocols.rtsp.headers import LowerTransport, Transport

_log = logging.getLogger(__name__)

REPORT_INTERVAL_S = 5.0
RTCP_TYPES = frozenset(bytes((each,)) for each in range(200, 208))  # no payload type in use looks like these
GROUPED = frozenset({"H264", "H265"})  # codecs whose pictures refer to others
GARBAGE_TOLD_S = 600.0  # at most so often
START_S = 5.0  # without a picture to begin with: the operator is told what is missing


class Silent(SourceLost):
    """The camera plays, and shows nothing for too long."""


class Clocks:
    """The time lines of one camera's tracks; they outlive a connection, so that media time goes on."""

    def __init__(self) -> None:
        self._camera = CameraClock()
        self._tracks: dict[tuple[int, int], TrackClock] = {}
        self._in_use: dict[int, TrackClock] = {}  # by track, in this connection

    def begin(self) -> None:
        """A connection begins; it may have other tracks."""
        self._in_use = {}

    def of(self, number: int, clock_hz: int) -> TrackClock:
        """The time line of a track; what follows has nothing to do with the last connection's timestamps."""
        clock = self._tracks.get((number, clock_hz))
        if clock is None:
            clock = self._tracks[number, clock_hz] = TrackClock(clock_hz, self._camera)
        else:
            clock.restart()
        self._in_use[number] = clock
        return clock

    def told(self, date_us: int, now_us: int) -> None:
        """The camera says what time it is; see CameraClock."""
        self._camera.told(date_us, now_us)

    def captured(self, unit: AccessUnit) -> Captured:
        """When a unit of this connection was captured; see TrackClock."""
        return self._in_use[unit.track].captured(unit.pts)

    def go_back(self, number: int, known: Back) -> dict[int, Back]:
        """What the connection began with was there before; see TrackClock. How far each track falls back.

        Of track `number` that is `known`.
        """
        self._in_use[number].fall_back(known)
        others = {each: clock.go_back() for each, clock in self._in_use.items() if each != number}
        return {number: known, **others}

    def ours_was_set(self) -> None:
        """Somebody has set this machine's clock."""
        self._camera.ours_was_set()
        for clock in self._tracks.values():
            clock.ours_was_set()


class Arrivals:
    """The civil time at which packets arrive; `was_set` is called when somebody has set it by over 3 s."""

    def __init__(self, clock: Clock, was_set: Callable[[], None]) -> None:
        self._clock = clock
        self._was_set = was_set
        self._latest_us = clock.utc_us()
        self._ahead_us = ahead_us(clock)

    def now_us(self) -> int:
        """The civil time, for what has arrived now."""
        now_us = self._clock.utc_us()
        if not -JUMP_US < now_us - self._latest_us < JUMP_US:
            self.look()
        self._latest_us = now_us
        return now_us

    def look(self) -> None:
        """Compare civil with monotonic time; now and then, since civil time may be slewed."""
        before_us, self._ahead_us = self._ahead_us, ahead_us(self._clock)
        if abs(self._ahead_us - before_us) > JUMP_US:
            self._was_set()


class CameraSession:
    """Connects, plays and publishes until something ends it; `run` raises SourceLost with the reason.

    Nothing is published before every video track is described and a key frame has come. `reader` is
    shared by cameras that are read together.
    """

    def __init__(
        self,
        url: str,
        stream: Stream,
        clocks: Clocks,
        pace: Pace,
        repetition: Repetition,
        *,
        clock: Clock,
        kinds: Iterable[TrackKind],
        user: str | None = None,
        password: str | None = None,
        is_udp: bool = False,
        trust: Trust = SYSTEM_TRUST,
        chance: random.Random,
        reader: SharedReader | None = None,
    ) -> None:
        self.is_live = False
        self.left_out: list[str] = []
        self._stream = stream
        self._clocks = clocks
        self._pace = pace
        self._repetition = repetition
        self._clock = clock
        self._arrivals = Arrivals(clock, clocks.ours_was_set)
        self._kinds = tuple(kinds)
        self._shared_reader = reader
        self._is_udp = is_udp
        self._trust = trust
        self._chance = chance
        is_secure = url.lower().startswith("rtsps:")
        self._core = ClientConnection(
            url, cnonce=secrets.token_hex(8), user=user, password=password, is_basic_allowed=is_secure
        )
        self._dialogue: Dialogue | None = None
        self._link: Link | None = None
        self._shortcut: Shortcut | None = None
        self._receivers: list[TrackReceiver] = []
        self._by_channel: dict[int, TrackReceiver] = {}
        self._reports_on: dict[int, TrackReceiver] = {}
        self._pairs: dict[int, PortPair] = {}
        self._ssrc = chance.getrandbits(32)
        self._video: TrackReceiver | None = None
        self._changed = True  # of the tracks, since they were last announced
        self._undescribed: set[int] = set()
        self._missed: set[int] = set()  # tracks whose next unit follows a gap
        self._is_heard = False  # anything, if only what cannot be shown yet
        self._played_s = 0.0
        self._report_at_s = 0.0
        self._lost_before = 0
        self._video_lost = 0  # packets, when a key frame was asked for
        self._garbage_bytes = 0  # since it was told
        self._garbage_told_s = -GARBAGE_TOLD_S

    async def run(self) -> None:
        """Play until the end; always raises."""
        reader = self._shared_reader or SharedReader()
        try:
            link = await open_link(self._core.url, reader, self._trust)
            await self._play(link, reader.next_phase_s())
        finally:
            if reader is not self._shared_reader:
                reader.close()
        raise SourceLost("the conversation has ended")

    async def _play(self, link: Link, phase_s: float) -> None:
        self._link = link
        dialogue = self._dialogue = Dialogue(self._core, link, self._clock)
        dialogue.chunk_taken = self._publish_complete
        dialogue.passed_over = self._passed_over
        self._core.on_garbage(self._doubt)
        shortcut = self._shortcut = Shortcut(self._stream, dialogue.receive, self._is_settled)
        link.start(shortcut.receive)
        try:
            await self._start(dialogue, link)
            self._follow_pictures(shortcut)
            self._played_s = self._clock.monotonic_s()
            self._pace.begin(self._played_s)
            await dialogue.watch(self._tick, phase_s)
        except asyncio.CancelledError:
            link.catch_up()  # we end it, not the camera: what it has sent is still wanted
            raise
        finally:
            shortcut.bring()
            self._publish_rest()
            for pair in self._pairs.values():
                pair.close()
            await dialogue.hang_up()

    def request_key_frame(self) -> bool:
        """Ask the camera for a key frame by RTCP; many cannot, and ignore it. False before it sends any."""
        if self._video is None:
            return self._played_s > 0  # a camera without pictures is not to be asked again and again
        if self._video.ssrc is None:
            return False
        self._send_report(self._video, [], picture_loss(self._ssrc, self._video.ssrc))
        return True

    def hasten(self) -> None:
        """Read what the camera has sent, and from now on as it comes."""
        if self._link is not None:
            self._link.be_patient(is_patient=False)

    def bring(self) -> None:
        """Publish what was forwarded and kept back."""
        if self._shortcut is not None:
            self._shortcut.bring()

    async def _start(self, dialogue: Dialogue, link: Link) -> None:
        await self._ask_methods(dialogue)
        described = await dialogue.describe()
        if described.date_us is not None:
            self._clocks.told(described.date_us, self._arrivals.now_us())
        offers, self.left_out = chosen_tracks(described.sdp, described.track_urls, self._kinds)
        if not offers:
            why = "; ".join(self.left_out) or "it describes no media"
            raise SourceLost(f"nothing that we can carry: {why}")
        self._clocks.begin()
        for offered in offers:
            clock = self._clocks.of(offered.track.number, offered.track.clock_hz)
            receiver = TrackReceiver(offered, clock)
            self._receivers.append(receiver)
            is_udp = self._is_udp
            try:
                await self._set_up(dialogue, link, offered, receiver)
            except Refused as refusal:
                is_for_good = 400 <= refusal.status < 500
                if offered.track.kind is TrackKind.VIDEO or len(offers) == 1 or not is_for_good:
                    raise
                self._receivers.remove(receiver)
                self._is_udp = is_udp
                self._leave_out(offered.track, refusal)
        if not self._receivers:
            raise SourceLost(f"nothing that it gives: {'; '.join(self.left_out)}")
        self._video = next((r for r in self._receivers if r.track.kind is TrackKind.VIDEO), None)
        await dialogue.play()

    def _leave_out(self, track: Track, refusal: Refused) -> None:
        """Do without a track of sound or metadata that the camera describes and does not give."""
        told = f"its {track.kind.value.lower()} track {track.codec}: {refusal}"
        self.left_out.append(told)
        _log.warning("%s: without %s", self._stream.name, told)

    async def _ask_methods(self, dialogue: Dialogue) -> None:
        try:
            await dialogue.options()
        except Refused:
            return  # some cameras know everything but OPTIONS

    async def _set_up(
        self, dialogue: Dialogue, link: Link, offered: Offered, receiver: TrackReceiver
    ) -> None:
        ways = (self._set_up_udp, self._set_up_tcp)
        for is_last, set_up in enumerate(ways if self._is_udp else reversed(ways)):
            try:
                return await set_up(dialogue, link, offered, receiver)
            except Refused as refusal:
                if refusal.status != 461 or is_last:
                    raise
            self._is_udp = not self._is_udp  # the camera has not got this one, or not on this way

    async def _set_up_udp(
        self, dialogue: Dialogue, link: Link, offered: Offered, receiver: TrackReceiver
    ) -> None:
        pair = open_pair(link.local, link.remote, self._chance, link=link.index)
        self._pairs[offered.track.number] = pair
        try:
            answer = await dialogue.setup(offered.url, [Transport(client_port=pair.numbers)])
        except Refused:
            pair.close()
            del self._pairs[offered.track.number]
            raise
        if answer.transport.interleaved is not None:  # not what was asked for, but it will do
            pair.close()
            del self._pairs[offered.track.number]
            self._listen_on(answer.transport.interleaved, receiver)
            return
        pair.start(
            lambda packets: self._datagrams(receiver, packets),
            lambda report: receiver.receive_report(report, self._arrivals.now_us()),
        )
        pair.open_towards(answer.transport.server_port, answer.transport.source)
        if offered.track.kind is TrackKind.VIDEO:
            pair.check_room(self._stream.name)

    async def _set_up_tcp(
        self, dialogue: Dialogue, link: Link, offered: Offered, receiver: TrackReceiver
    ) -> None:
        number = offered.track.number
        channels = (2 * number, 2 * number + 1)
        # Some cameras send media before their answer to PLAY, a few even before that to SETUP.
        self._take_over(channels[0], receiver)
        try:
            answer = await dialogue.setup(
                offered.url, [Transport(lower=LowerTransport.TCP, interleaved=channels)]
            )
        except Refused:
            self._give_up(channels[0])
            raise
        if answer.transport.interleaved is None:
            raise SourceLost("the camera does not send its media inside the connection")
        if answer.transport.interleaved != channels and self._by_channel.get(channels[0]) is receiver:
            self._give_up(channels[0])
        self._listen_on(answer.transport.interleaved, receiver)

    def _follow_pictures(self, shortcut: Shortcut) -> None:
        """Have pictures go the short way where they come alone, inside the connection."""
        if len(self._receivers) == len(self._by_channel) == 1 and self._video is not None:
            shortcut.follow(self._video, next(iter(self._by_channel)))

    def _is_settled(self) -> bool:
        """Whether all that comes next of a single track will be published as it is."""
        return self.is_live and self._repetition.is_over and self._core.is_between

    def _listen_on(self, channels: tuple[int, int], receiver: TrackReceiver) -> None:
        """Have what comes on a pair of channels go to a track; some cameras name one channel for both."""
        self._take_over(channels[0], receiver)
        self._reports_on[channels[1]] = receiver
        take = self._take_report if channels[0] != channels[1] else self._take_either
        self._core.take_channel(channels[1], partial(take, receiver))

    def _take_over(self, channel: int, receiver: TrackReceiver) -> None:
        """Have a channel's frames go to a track without a detour."""
        now_us = self._arrivals.now_us
        self._core.take_channel(
            channel, lambda data, at: receiver.receive_frames(data, at, channel, now_us())
        )
        self._by_channel[channel] = receiver

    def _give_up(self, channel: int) -> None:
        del self._by_channel[channel]
        self._core.take_channel(channel, None)

    def _take_report(self, receiver: TrackReceiver, data: bytes, at: int) -> int:
        """Hear a report in its place among the media: what follows is dated by it."""
        start = at + FRAME_HEAD_BYTES
        after = start + int.from_bytes(data[start - 2 : start], "big")
        receiver.receive_report(memoryview(data)[start:after], self._arrivals.now_us())
        return after

    def _take_either(self, receiver: TrackReceiver, data: bytes, at: int) -> int:
        """Take one frame of a channel where media and reports come mixed."""
        start = at + FRAME_HEAD_BYTES
        after = start + int.from_bytes(data[start - 2 : start], "big")
        if data[start + 1 : min(start + 2, after)] in RTCP_TYPES:
            return self._take_report(receiver, data, at)
        receiver.receive_frames(data[at:after], 0, data[at + 1], self._arrivals.now_us())
        return after

    def _doubt(self) -> None:
        """Bytes that belong to nothing have come: the camera has left something out of what came before."""
        for receiver in self._by_channel.values():
            receiver.doubt()

    def _passed_over(self, size_bytes: int) -> None:
        self._garbage_bytes += size_bytes
        now_s = self._clock.monotonic_s()
        if now_s - self._garbage_told_s >= GARBAGE_TOLD_S:
            _log.warning(
                "%s: the camera has sent %d bytes that are no part of any message or packet; what came just "
                "before is left out. Its firmware may be at fault, or its link too slow for what it sends",
                self._stream.name,
                self._garbage_bytes,
            )
            self._garbage_bytes, self._garbage_told_s = 0, now_s

    def _datagrams(self, receiver: TrackReceiver, packets: list[memoryview]) -> None:
        self._core.hear(self._clock.monotonic_s())
        receiver.receive_datagrams(packets, self._arrivals.now_us())
        self._publish_complete()

    def _publish_complete(self) -> None:
        """Publish what the last packets completed."""
        units: list[AccessUnit] = []

        def changed() -> None:
            # What came before the new parameter sets belongs to the old ones.
            self._publish(units)
            units.clear()
            self._changed = True

        # An encoder may hang while sound and metadata go on: pictures count, where there are any.
        if self._video.has_units if self._video is not None else any(r.has_units for r in self._receivers):
            self._is_heard = True
            self._pace.see(self._clock.monotonic_s())
        for receiver in self._receivers:
            receiver.units(units, changed)
        if self._video is not None and self._video.lost_total != self._video_lost:
            self._video_lost = self._video.lost_total
            self._mend(self._video.track, units)
        if units:
            self._publish(units)
            if self._link is not None:
                self._link.be_patient(is_patient=self.is_live and not self._stream.is_awaited)

    def _publish_rest(self) -> None:
        """Publish what has come and waited for packets that were late, or for the next picture."""
        for pair in self._pairs.values():
            pair.catch_up()
        now_us = self._arrivals.now_us()
        for receiver in self._receivers:
            receiver.finish(now_us)
        if self._video is not None:
            self._video_lost = self._video.lost_total  # nobody is left to be asked for a key frame
        self._publish_complete()
        self._stream.publish(self._repetition.rest())

    def _mend(self, track: Track, units: list[AccessUnit]) -> None:
        """Ask for a key frame after a loss, unless one is behind the loss among these units."""
        marked = [u for u in units if u.track == track.number and (u.is_key or u.is_discontinuous)]
        is_mended = any(u.is_discontinuous for u in marked) and marked[-1].is_key
        if self.is_live and track.codec in GROUPED and not is_mended:
            self._stream.request_key_frame()

    def _publish(self, units: list[AccessUnit]) -> None:
        if not units:
            return
        if not self.is_live and not self._go_live(units):
            video = self._video
            if video is not None and any(unit.track == video.track.number for unit in units):
                self._stream.request_key_frame()  # amid a group; not every camera must be waited for
            self._pass_over(units)
            return
        if self._changed:
            self._changed = False
            self._stream.publish(self._repetition.rest())
            described = [each for each in self._receivers if each.is_described]
            self._stream.announce(tuple(each.track for each in described))
            self._undescribed = {each.track.number for each in self._receivers if not each.is_described}
        if self._undescribed:
            units = [unit for unit in units if unit.track not in self._undescribed]
        if self._missed:
            units = [self._told(unit) for unit in units]
        self._stream.publish(self._repetition.new_of(units, self._stream, self._clocks))

    def _go_live(self, units: list[AccessUnit]) -> bool:
        """Whether publishing can begin with (the rest of) these units."""
        video = self._video
        if video is None:
            self.is_live = all(receiver.is_described for receiver in self._receivers)
            return self.is_live
        if not video.is_described:
            return False
        first = next((i for i, u in enumerate(units) if u.track == video.track.number and u.is_key), None)
        if first is None:
            return False
        self._pass_over(units[:first])
        del units[:first]
        self.is_live = True
        return True

    def _pass_over(self, units: list[AccessUnit]) -> None:
        """Leave units out; that something is missing before them is told of the next of their tracks."""
        self._missed.update(unit.track for unit in units if unit.is_discontinuous)

    def _told(self, unit: AccessUnit) -> AccessUnit:
        if unit.track not in self._missed:
            return unit
        self._missed.discard(unit.track)
        return msgspec.structs.replace(unit, is_discontinuous=True)

    def _missing(self) -> str:
        """Why nothing is published although the camera was told to play."""
        if not self._is_heard:
            return "connected; no media yet"
        is_described = self._video is not None and self._video.is_described
        return f"connected; no {'key frame' if is_described else 'parameter sets'} yet"

    def _tick(self) -> None:
        if self._shortcut is not None:
            self._shortcut.bring()
            self._shortcut.open()
        self._arrivals.look()
        now_s = self._clock.monotonic_s()
        if self._pace.is_silent(now_s):
            what = "pictures" if self._video is not None else "media"
            problem = Silent(f"no {what} for {self._pace.patience_s:.0f} s")
            self._pace.give_up()
            raise problem
        self._core.quiet_most_s = SILENCE_S if self._pace.patience_s > SILENCE_S else None
        self._stream.pass_wishes_on()
        if not self.is_live and now_s - self._played_s > START_S:
            self._stream.withdraw(self._missing())
        self._give_up_waiting()
        self._stream.publish(self._repetition.waited(now_s))
        if self._video is not None and self._video.ended:
            raise SourceLost("the camera said goodbye")
        lost = sum(receiver.lost_total for receiver in self._receivers)
        self._stream.lost_total += lost - self._lost_before
        self._lost_before = lost
        if now_s >= self._report_at_s:
            self._report_at_s = now_s + REPORT_INTERVAL_S
            now_us = self._arrivals.now_us()
            for receiver in self._receivers:
                _, blocks = receiver.blocks(now_us)
                if blocks:
                    self._send_report(receiver, blocks, b"")

    def _give_up_waiting(self) -> None:
        """Let no datagram wait for an earlier one until the next comes, which may take long."""
        now_us = self._arrivals.now_us()
        for receiver in self._receivers:
            if receiver.track.number in self._pairs:
                receiver.receive_datagrams([], now_us)
        if any(receiver.has_units for receiver in self._receivers):
            self._publish_complete()

    def _send_report(self, receiver: TrackReceiver, blocks: list[ReportBlock], more: bytes) -> None:
        packet = receiver_report(ssrc=self._ssrc, blocks=blocks, cname="vedette") + more
        pair = self._pairs.get(receiver.track.number)
        if pair is not None:
            pair.report(packet)
            return
        channel = next((number for number, each in self._reports_on.items() if each is receiver), None)
        if channel is not None and self._dialogue is not None and not self._core.is_closed:
            self._dialogue.send(channel, packet)
