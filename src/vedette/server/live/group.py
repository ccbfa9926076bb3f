"""All live viewers of one stream: each unit is packetised once, and each viewer costs one write of it."""

import asyncio
import ctypes
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from vedette.base.clock import Clock
from vedette.base.timestamps import ntp_from_utc_us, rescale
from vedette.media.codecs import codec_named
from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.batch import PacketBatch
from vedette.protocols.rtp.forwarding import PACKET_MOST_BYTES, ForwardedBatch, Numbering
from vedette.protocols.rtp.packet import HEADER_BYTES
from vedette.protocols.rtp.rtcp import sender_report
from vedette.protocols.rtp.runs import Run, bytes_of, interleaved
from vedette.protocols.rtp.sender import RtpSender
from vedette.server.live.lane import Channels, Lane
from vedette.server.live.messages import Messages, send_together
from vedette.server.live.viewers import (
    RESUME_BELOW_BYTES,
    DatagramViewer,
    StreamViewer,
)
from vedette.server.pacing import BYTES_PER_S, SLICE_S, Pace

MOST_PAYLOAD_BYTES = 1400  # with RTP, UDP and IP headers below 1,460: fits tunnels and VPNs as well
DATAGRAM_MOST_BYTES = HEADER_BYTES + MOST_PAYLOAD_BYTES
TOGETHER_LEAST = 8  # UDP viewers for whom preparing messages takes less than it saves
REPORT_INTERVAL_S = 5.0  # RFC 3550 §6.2, the recommended minimum

_Easy = tuple[dict[int, DatagramViewer], list[DatagramViewer]]  # by descriptor; those who need more care


class FirstPacket(NamedTuple):
    """What RTP-Info says of a track: where its next packet begins."""

    track: int
    ssrc: int
    sequence: int
    rtp_time: int
    utc_us: int
    clock_hz: int

    def rtp_time_at(self, utc_us: int) -> int:
        """The RTP time that stands for an instant near this packet."""
        return _passed(self.rtp_time, utc_us - self.utc_us, self.clock_hz)


class _Now(NamedTuple):
    """Civil and monotonic time, read at once."""

    utc_us: int
    monotonic_s: float


class _Reference(NamedTuple):
    """An RTP time and the instant that it stands for, and when that came to be known."""

    rtp_time: int
    utc_us: int
    since: _Now

    def rtp_time_at(self, utc_us: int, now: _Now, clock_hz: int) -> int:
        """The RTP time of an instant near now.

        Where civil time was set since, instants may be dated by the time before or behind: what fits the time
        that has gone by is meant.
        """
        waited_us = round((now.monotonic_s - self.since.monotonic_s) * 1_000_000)
        step_us = now.utc_us - self.since.utc_us - waited_us
        by_date_us = utc_us - self.utc_us
        passed_us = min(by_date_us, by_date_us - step_us, key=lambda each: abs(each - waited_us))
        return _passed(self.rtp_time, passed_us, clock_hz)


class _Cut:
    """One unit as packets, and the forms it was already put into for some viewers."""

    __slots__ = ("_messages", "_runs", "_streamed", "batch", "opens_group", "track", "utc_us")

    def __init__(
        self, track: int, utc_us: int, batch: PacketBatch | ForwardedBatch, *, opens_group: bool = False
    ) -> None:
        self.track = track
        self.utc_us = utc_us
        self.batch = batch
        self.opens_group = opens_group
        self._streamed: dict[int, bytes] = {}
        self._runs: Sequence[Run] | None = None
        self._messages: Messages | None = None

    def streamed(self, channel: int) -> bytes:
        data = self._streamed.get(channel)
        if data is None:
            data = self._streamed[channel] = self.batch.interleaved(channel)
        return data

    def runs(self) -> Sequence[Run]:
        if self._runs is None:
            self._runs = self.batch.runs()
        return self._runs

    def messages(self) -> Messages:
        if self._messages is None:
            self._messages = Messages(self.runs())
        return self._messages


class LiveGroup:
    """Sends one stream's units to its viewers; attached to the stream while there are any.

    `identity` gives the SSRC, first sequence number and timestamp offset of each new RTP sender.
    `on_gone` is called with a viewer that can no longer be served: its stream changed codec or
    ended, or its host refuses datagrams.
    """

    def __init__(
        self,
        stream: Stream,
        *,
        clock: Clock,
        loop: asyncio.AbstractEventLoop,
        identity: Callable[[], tuple[int, int, int]],
        on_gone: Callable[[StreamViewer | DatagramViewer, str], None],
    ) -> None:
        self.stream = stream
        self._clock = clock
        self._loop = loop
        self._identity = identity
        self._on_gone = on_gone
        self._tracks: dict[int, Track] = {}
        self._senders: dict[int, RtpSender] = {}
        self._video = -1
        self._kept: list[_Cut] = []
        self._lanes: dict[Channels, Lane] = {}
        self._datagram: list[DatagramViewer] = []
        self._catching_up: dict[DatagramViewer, None] = {}  # in the order in which they fell behind
        self._is_catching_up = False  # a slice is due
        self._pace = Pace()  # of what leaves for viewers over UDP when it comes
        self._easy: dict[int, _Easy] = {}  # by track; made anew when a viewer comes, goes or is in trouble
        self._latest: dict[int, _Reference] = {}  # by track: of its latest unit
        self._is_settling = False
        self._told: dict[int, _Reference] = {}  # of tracks before their first unit
        self._report_at_s = 0.0
        self._is_attached = False
        self._now = self._read_clock()  # when the units at hand came

    @property
    def viewers(self) -> tuple[StreamViewer | DatagramViewer, ...]:
        """Everybody who watches."""
        stream = [v for lane in self._lanes.values() for v in lane.viewers]
        return (*stream, *self._datagram)

    # -- joining and leaving ---------------------------------------------------------------------

    def open(self) -> None:
        """Begin to packetise: what the stream has kept is cut at once, so that a viewer can join."""
        if self._is_attached:
            return
        self._is_attached = True
        self._now = self._read_clock()
        self.stream.attach(self, forwarder=lambda: self)
        self._cut_all(self.stream.kept_group)
        if not self._kept:
            self.stream.request_key_frame()

    def close(self) -> None:
        """Stop packetising; the next `open` starts with new RTP senders."""
        self._is_attached = False
        self.stream.detach(self)
        self._tracks, self._senders, self._kept, self._latest, self._told = {}, {}, [], {}, {}

    def ssrc(self, track: int) -> int:
        """The SSRC of a track, another for another codec; KeyError while the stream has no such track."""
        return self._senders[track].ssrc

    def first_packets(self, tracks: frozenset[int], known: frozenset[int] = frozenset()) -> list[FirstPacket]:
        """For each track the packet that a viewer who joins now gets first, or next of those it has."""
        self._forget_stale()
        first: dict[int, FirstPacket] = {}
        for cut in self._kept:
            number = cut.track
            if number in tracks - known and number not in first:
                first[number] = FirstPacket(
                    number,
                    self.ssrc(number),
                    cut.batch.sequence,
                    cut.batch.rtp_time,
                    cut.utc_us,
                    self._tracks[number].clock_hz,
                )
        now = self._read_clock()
        for number in tracks - first.keys():
            sender = self._senders[number]
            reference = self._latest.get(number)
            if reference is None:
                reference = self._told.setdefault(number, _Reference(sender.rtp_time(0), now.utc_us, now))
            clock_hz = self._tracks[number].clock_hz
            rtp_time = reference.rtp_time_at(now.utc_us, now, clock_hz)
            first[number] = FirstPacket(
                number, sender.ssrc, sender.next_sequence, rtp_time, now.utc_us, clock_hz
            )
        return [first[number] for number in sorted(first)]

    def join_stream(self, viewer: StreamViewer, before: StreamViewer | None = None) -> None:
        """Add a viewer on a connection: it gets a report and the kept group of pictures at once.

        Tracks that it watched `before`, as another viewer who has left, just go on.
        """
        lane = self._lanes.get(viewer.channels)
        if lane is None:
            lane = self._lanes[viewer.channels] = Lane(viewer.channels)
        new = self._carry_over(viewer, before)
        for number, channel in viewer.channels:
            report = self._report(number) if number in new else b""
            if report:
                viewer.outbox.write(interleaved([report], channel + 1))
        for cut in self._kept:
            if cut.track in new:
                viewer.outbox.write(cut.streamed(lane.channel_of[cut.track]))
        viewer.most_queued_bytes += viewer.outbox.queued_bytes
        lane.add(viewer)

    def join_datagram(self, viewer: DatagramViewer, before: DatagramViewer | None = None) -> None:
        """Add a viewer over UDP: a report at once, the kept group of pictures in slices.

        Tracks that it watched `before`, as another viewer who has left, just go on.
        """
        self.stream.bring()
        new = self._carry_over(viewer, before)
        for number in new:
            report = self._report(number)
            if report:
                _send_report(viewer.ports[number].rtcp, report)
        left = before.left() if before is not None else ()
        viewer.begin(each for each in left if each[0] in viewer.tracks)
        viewer.begin((cut.track, cut.runs()) for cut in self._kept if cut.track in new)
        self._datagram.append(viewer)
        self._easy.clear()
        if viewer.has_backlog:
            self._begin_catching_up(viewer, 0.0)

    def _carry_over(
        self, viewer: StreamViewer | DatagramViewer, before: StreamViewer | DatagramViewer | None
    ) -> frozenset[int]:
        """The tracks that are new to a viewer, who goes on with the others where it was before."""
        self._forget_stale()
        known: frozenset[int] = frozenset()
        if before is not None:
            known = before.tracks
            viewer.dropped_total = before.dropped_total
        if self._video in known:
            viewer.waits_for_key = before is not None and before.waits_for_key
        elif self._video in viewer.tracks:
            viewer.waits_for_key = not self._kept
        return viewer.tracks - known

    def leave(self, viewer: StreamViewer | DatagramViewer) -> None:
        """Remove a viewer; one that is not here is ignored."""
        if isinstance(viewer, DatagramViewer):
            _discard(self._datagram, viewer)
            self._easy.clear()
            self._catching_up.pop(viewer, None)
            return
        lane = self._lanes.get(viewer.channels)
        if lane is None:
            return
        lane.remove(viewer)
        if not lane.viewers:
            del self._lanes[viewer.channels]

    # -- the stream's side -----------------------------------------------------------------------

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        """A picture's new parameter sets go on under the same sender; what its description does not fit ends
        a track's viewers."""
        before, self._tracks = self._tracks, {track.number: track for track in tracks}
        self._video = next((t.number for t in tracks if t.kind is TrackKind.VIDEO), -1)
        self._kept = []
        changed = {
            n for n, old in before.items() if n not in self._tracks or not _is_same_kind(old, self._tracks[n])
        }
        for number in changed:
            del self._senders[number]
            self._latest.pop(number, None)
            self._told.pop(number, None)
        for number, track in self._tracks.items():
            if number not in self._senders:
                ssrc, sequence, offset = self._identity()
                self._senders[number] = RtpSender(
                    ssrc=ssrc,
                    payload_type=payload_type(track),
                    first_sequence=sequence,
                    timestamp_offset=offset,
                )
        for viewer in self.viewers:
            if viewer.tracks & changed:
                self.leave(viewer)
                self._on_gone(viewer, "the stream changed its codecs" if tracks else "the stream has ended")

    def receive(self, units: Sequence[AccessUnit]) -> None:
        """Cut units into packets once and send them to everybody."""
        now = self._now = self._read_clock()
        silent = self._senders.keys() - self._latest.keys()
        if self._is_settling:
            units = self._not_forwarded(units)
        if self._told:
            self._keep_told(units)
        cuts = self._cut_all(units)
        if silent:
            self._send_reports(silent & self._latest.keys())  # whoever joined could not be told of them
        for lane in self._lanes.values():
            channel_of = lane.channel_of
            is_without_video = self._video not in channel_of  # then every unit is a place to start again
            parts = [
                (cut.opens_group or is_without_video, cut.streamed(channel_of[cut.track]))
                for cut in cuts
                if cut.track in channel_of
            ]
            if parts:
                lane.send(parts)
        if self._datagram:
            self._send_datagrams(cuts)
        if now.monotonic_s >= self._report_at_s:
            self._report_at_s = now.monotonic_s + REPORT_INTERVAL_S
            self._send_reports(self._tracks)

    def numbering(self, track: int) -> Numbering | None:
        """See Forwarder: of a track that has begun. Viewers over UDP get no larger packets than we cut."""
        if track != self._video or track not in self._latest:
            return None
        most_bytes = DATAGRAM_MOST_BYTES if self._datagram else PACKET_MOST_BYTES
        return self._senders[track].numbering._replace(packet_most_bytes=most_bytes)

    def forward(self, track: int, batch: ForwardedBatch) -> None:
        """See Forwarder."""
        self._senders[track].count(batch)
        latest = self._latest[track]
        ahead = batch.rtp_time - latest.rtp_time & 0xFFFF_FFFF
        cut = _Cut(track, latest.utc_us + ahead * 1_000_000 // self._tracks[track].clock_hz, batch)
        if self._kept:
            self._kept.append(cut)
        for lane in self._lanes.values():
            channel = lane.channel_of.get(track)
            if channel is not None:
                lane.send(((False, cut.streamed(channel)),))
        if self._datagram:
            self._send_datagrams([cut])

    def settle(self, publish: Callable[[], None]) -> None:
        """See Forwarder."""
        self._is_settling = True
        try:
            publish()
        finally:
            self._is_settling = False

    def _not_forwarded(self, units: Iterable[AccessUnit]) -> list[AccessUnit]:
        """Those that have yet to be sent; of the others only the times count."""
        rest: list[AccessUnit] = []
        for unit in units:
            if unit.track == self._video:
                rtp_time = self._senders[unit.track].rtp_time(unit.pts)
                self._latest[unit.track] = _Reference(rtp_time, unit.utc_us, self._now)
            else:
                rest.append(unit)
        return rest

    def _keep_told(self, units: Iterable[AccessUnit]) -> None:
        """Give a track's first unit the RTP time that whoever plays already was told to expect."""
        for unit in units:
            if (told := self._told.pop(unit.track, None)) is not None:
                clock_hz = self._tracks[unit.track].clock_hz
                rtp_time = told.rtp_time_at(unit.utc_us, self._now, clock_hz)
                self._senders[unit.track].place(unit.pts, rtp_time)

    def _cut_all(self, units: Sequence[AccessUnit]) -> list[_Cut]:
        cuts: list[_Cut] = []
        for unit in units:
            number = unit.track
            track = self._tracks.get(number)
            if track is None:
                continue
            payloads = codec_named(track.codec).payloads(track, unit, MOST_PAYLOAD_BYTES)
            opens_group = unit.is_key and number == self._video
            batch = self._senders[number].batch(payloads, unit.pts)
            cut = _Cut(number, unit.utc_us, batch, opens_group=opens_group)
            cuts.append(cut)
            self._latest[number] = _Reference(batch.rtp_time, unit.utc_us, self._now)
            if opens_group:
                self._kept = [cut]
            elif self._kept and (number == self._video or unit.utc_us >= self._kept[0].utc_us):
                self._kept.append(cut)  # no sound from before its key frame, with which a new viewer begins
        self._forget_stale()
        return cuts

    def _read_clock(self) -> _Now:
        return _Now(self._clock.utc_us(), self._clock.monotonic_s())

    def _forget_stale(self) -> None:
        """The stream gave its group up: it grew past the limit, or its publisher has gone."""
        if self._kept and not self.stream.has_group:
            self._kept = []

    def _send_datagrams(self, cuts: list[_Cut]) -> None:
        pace, now_s = self._pace, self._clock.monotonic_s()
        for cut in cuts:
            size, room = bytes_of(cut.runs()), int(pace.room(BYTES_PER_S, now_s))
            self._offer(cut, self._watching(cut) if size > room else self._send_together(cut), room)
            pace.left(min(size, room))

    def _offer(self, cut: _Cut, viewers: list[tuple[DatagramViewer, int]], at_once_bytes: int) -> None:
        number, runs, opens_group = cut.track, cut.runs(), cut.opens_group
        is_video = number == self._video
        gone = []
        for viewer, taken in viewers:
            if not viewer.offer(
                number,
                runs,
                taken,
                is_video=is_video,
                opens_group=opens_group,
                at_once_bytes=at_once_bytes,
            ):
                gone.append(viewer)
            elif viewer.has_backlog:
                self._begin_catching_up(viewer, SLICE_S)
        for viewer in gone:
            self._give_up(viewer)

    def _give_up(self, viewer: DatagramViewer) -> None:
        self.leave(viewer)
        self._on_gone(viewer, "its host refuses the datagrams")

    def _watching(self, cut: _Cut) -> list[tuple[DatagramViewer, int]]:
        """Every viewer of a unit's track, none of whom was sent any of it."""
        self._easy.clear()  # what is offered may wait: nothing is to be sent past it
        return [(viewer, 0) for viewer in self._datagram if cut.track in viewer.tracks]

    def _send_together(self, cut: _Cut) -> list[tuple[DatagramViewer, int]]:
        """Send a unit to every viewer with whom nothing is the matter; the others, and what `offer` is to
        know of them."""
        number = cut.track
        if send_together is None or len(self._datagram) < TOGETHER_LEAST:
            return self._watching(cut)
        if number not in self._easy:
            self._easy[number] = self._found_easy(number)
        easy, troubled = self._easy[number]
        others = [(viewer, 0) for viewer in troubled]
        messages = cut.messages()
        send, address, count = send_together, messages.address, messages.count
        for descriptor in easy:
            if (taken := send(descriptor, address, count, 0)) != count:
                others.append((easy[descriptor], -ctypes.get_errno() if taken < 0 else taken))
        if others:
            self._easy.clear()  # whatever is the matter may soon be over
        return others

    def _found_easy(self, number: int) -> _Easy:
        easy: dict[int, DatagramViewer] = {}
        others: list[DatagramViewer] = []
        for viewer in self._datagram:
            port = viewer.ports.get(number)
            if port is None:
                continue
            if port.is_easy and not viewer.has_backlog and not viewer.waits_for_key:
                easy[port.descriptor] = viewer
            else:
                others.append(viewer)
        return easy, others

    def _begin_catching_up(self, viewer: DatagramViewer, delay_s: float) -> None:
        """Send what waits for a viewer in slices; one for whom that goes on already just goes on."""
        self._catching_up[viewer] = None
        self._await_catch_up(delay_s)

    def _await_catch_up(self, delay_s: float) -> None:
        if not self._is_catching_up:
            self._is_catching_up = True
            self._loop.call_later(delay_s, self._catch_up)

    def _catch_up(self) -> None:
        self._is_catching_up = False
        for viewer in tuple(self._catching_up):
            if viewer.send_backlog():
                del self._catching_up[viewer]
            elif viewer.is_refused:
                self._give_up(viewer)
        if self._catching_up:
            self._await_catch_up(SLICE_S)

    # -- RTCP ------------------------------------------------------------------------------------

    def _report(self, number: int) -> bytes:
        if number not in self._latest:
            return b""
        latest = self._latest[number]
        sender = self._senders[number]
        return sender_report(
            ssrc=sender.ssrc,
            ntp=ntp_from_utc_us(latest.utc_us),
            rtp_time=latest.rtp_time,
            packets=sender.packets_sent,
            octets=sender.payload_bytes_sent,
            cname="vedette",
        )

    def _send_reports(self, tracks: Iterable[int]) -> None:
        reports = {number: report for number in tracks if (report := self._report(number))}
        if not reports:
            return
        for lane in self._lanes.values():
            data = b"".join(
                interleaved([reports[number]], channel + 1)
                for number, channel in lane.channel_of.items()
                if number in reports
            )
            for viewer in lane.viewers:
                if data and viewer.outbox.queued_bytes < RESUME_BELOW_BYTES:
                    viewer.outbox.write(data)
        for watcher in self._datagram:
            for number, port in watcher.ports.items():
                if number in reports:
                    _send_report(port.rtcp, reports[number])


def payload_type(track: Track) -> int:
    """The RTP payload type of a track: the static one of its codec, else a dynamic one by its number."""
    static = codec_named(track.codec).static_payload_type
    return 96 + track.number if static is None else static


def _passed(rtp_time: int, passed_us: int, clock_hz: int) -> int:
    """The RTP time that comes so much later than another."""
    return rtp_time + rescale(passed_us, 1_000_000, clock_hz) & 0xFFFF_FFFF


def _send_report(rtcp: socket.socket, report: bytes) -> None:
    try:
        rtcp.send(report)
    except OSError:
        return  # a report that is lost is made good by the next one


def _is_same_kind(old: Track, new: Track) -> bool:
    """Whether a description of the one fits the other: pictures bring their setup along, sound does not."""
    if old.kind is not TrackKind.VIDEO and old.setup != new.setup:
        return False
    return (old.codec, old.clock_hz, old.channels) == (new.codec, new.clock_hz, new.channels)


def _discard(viewers: list[DatagramViewer], viewer: DatagramViewer) -> None:
    if viewer in viewers:
        viewers.remove(viewer)
