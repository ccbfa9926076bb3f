"""Incoming RTP of one source: order, loss, times and what receiver reports say of it."""

import struct
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from vedette.base.timestamps import rescale
from vedette.protocols.rtp.clock import TrackClock
from vedette.protocols.rtp.forwarding import Forwarding, Numbering
from vedette.protocols.rtp.packet import HEADER_BYTES, MARKER, MalformedPacket, Packet, parse_packet
from vedette.protocols.rtp.payload import Assembled, Depacketizer, FrameOpening
from vedette.protocols.rtp.replay_extension import split_extension
from vedette.protocols.rtp.rtcp import ReportBlock, SenderReport

FRAME_MARK = 0x24  # `$`, RFC 2326 §10.12
FRAME_HEAD_BYTES = 4
HELD_MOST = 64  # packets that wait for an earlier one
HELD_MOST_US = 200_000  # and how long they do
DROPOUT_MOST = 3000  # a larger step forward is a new beginning (RFC 3550 A.1)
MISORDER_MOST = 100  # a larger step back is a new beginning, if the next packet confirms it
RESTART_MOST_US = 2_000_000  # between that packet and the one that confirms it, for both to count
UNIT_MOST_PIECES = 16_384
_FRAME = struct.Struct(">4xHHQ")  # the same behind an interleaved frame's head
_OPENING = struct.Struct(">HHQ")  # flags and type, sequence, timestamp and source


class Received(NamedTuple):
    """One access unit with its times; the fields are those of Assembled and Stamp."""

    data: bytes
    is_key: bool
    pts: int
    utc_us: int
    is_discontinuous: bool
    setup: tuple[bytes, ...] | None


_received = partial(tuple.__new__, Received)  # what Received._make does, without a step in Python


class RtpReceiver:
    """Takes one track's packets, hands out its access units.

    Packets must not change after they were handed in: pieces of them are kept, not copied, until
    their unit is whole. `payload_type` None takes the first packet's.
    """

    def __init__(
        self, depacketizer: Depacketizer, clock_hz: int, times: TrackClock, *, payload_type: int | None = None
    ) -> None:
        self.ssrc: int | None = None
        self.packets_refused = 0  # malformed, of another payload type, late or doubled
        self.packets_lost = 0
        self._depacketizer = depacketizer
        self._hz = clock_hz
        self._times = times
        self._payload_type = payload_type
        self._plain = -1 if payload_type is None else 0x8000 | payload_type
        self._expected = -1  # the next sequence number
        self._stream = -1  # timestamp and source of the latest packet
        self._held: dict[int, tuple[Packet, int]] = {}  # sequence → packet and its arrival
        self._candidate: tuple[int, int, Packet] | None = None  # a new source: its next number, first packet
        self._restart: tuple[int, int, Packet] | None = None  # out of range: next number, arrival, packet
        self._transit = 0
        self._jitter_16 = 0  # sixteenths of a tick
        self._cycles_counted = -1  # `_expected` when `_extended` was brought up to date
        self._extended = 0  # sequence numbers used since the source began
        self._first_sequence = 0
        self._lost = 0  # of these, how many never came in time
        self._reported = (0, 0)  # extended and lost at the last report
        self._sender_report = (0, 0)  # middle bits of its NTP time, arrival
        self._knows_reporter = False

    def receive(
        self, packets: Sequence[memoryview], now_utc_us: int, *, reorder: bool = False
    ) -> list[Received]:
        """Take packets in order of arrival; `reorder` (UDP) lets up to 64 wait for one that is late.

        What is malformed or of another payload type is counted and passed over.
        """
        units: list[Received] = []
        for packet in packets:
            self._take_one(packet, now_utc_us, units, reorder=reorder)
        while self._held and abs(now_utc_us - next(iter(self._held.values()))[1]) > HELD_MOST_US:
            self._release(units)
        self._close_batch()
        return units

    def finish(self, now_utc_us: int) -> list[Received]:
        """Nothing more comes: give what waits for packets that were late, and what no marker ended."""
        units: list[Received] = []
        self._release_all(units)
        self._stamp(self._depacketizer.finish(), now_utc_us, units)
        self._count()
        return units

    def receive_frames(
        self, data: bytes, at: int, channel: int, now_utc_us: int, units: list[Received]
    ) -> int:
        """Take the whole interleaved frames of one channel that follow each other from `data[at]` on.

        What they complete is appended to `units`; the result is where the first frame begins that is
        of another channel or not whole.
        """
        mark = FRAME_MARK << 8 | channel
        view, end, unpack = memoryview(data), len(data), _FRAME.unpack_from
        while at + FRAME_HEAD_BYTES <= end and data[at] << 8 | data[at + 1] == mark:
            after = at + FRAME_HEAD_BYTES + (data[at + 2] << 8 | data[at + 3])
            if after > end:
                break
            if after - at > FRAME_HEAD_BYTES + HEADER_BYTES:
                head, sequence, origin = unpack(data, at)
                if sequence == self._expected and head | MARKER == self._plain | MARKER and not self._held:
                    opening = FrameOpening(mark, self._plain, sequence, origin)
                    if origin == self._stream:
                        at_next, count = self._depacketizer.take_frames(data, at, opening)
                    else:
                        at_next, count = self._take_units(data, at, opening, now_utc_us, units)
                    if count:
                        at, self._expected = at_next, (sequence + count) & 0xFFFF
                        continue
            self._take_one(view[at + FRAME_HEAD_BYTES : after], now_utc_us, units, reorder=False)
            at = after
        self._close_batch()
        return at

    def forwarding(self, channel: int, numbering: Numbering) -> Forwarding | None:
        """What tells the next pictures on an interleaved channel, which nothing has begun; see Depacketizer.

        None where they can't be told yet, or never. It is good until this receives anything else.
        """
        lead = self._times.lead
        if lead is None:
            return None
        mark = FRAME_MARK << 8 | channel
        opening = FrameOpening(mark, self._plain, self._expected, self._stream)
        return self._depacketizer.forwarding(opening, numbering, lead, self._hz)

    def _take_units(
        self, data: bytes, at: int, opening: FrameOpening, now_utc_us: int, units: list[Received]
    ) -> tuple[int, int]:
        """Take whole units where they lie; like Depacketizer.take_frames."""
        source = opening.origin & 0xFFFF_FFFF
        if source != self.ssrc:
            return at, 0
        taken = self._depacketizer.take_units(data, at, opening)
        if taken is None:
            return at, 0
        after, frames, bodies, keys, timestamps, is_gap, setup = taken
        self._stream = timestamps[-1] << 32 | source
        self._measure(timestamps[-1], now_utc_us)
        pts, utc_us, gaps = self._times.stamps(timestamps, now_utc_us)
        setups: list[tuple[bytes, ...] | None] = [None] * len(bodies)
        if is_gap or setup:
            gaps[0], setups[0] = gaps[0] or is_gap, setup
        units += map(_received, zip(bodies, keys, pts, utc_us, gaps, setups, strict=True))
        return after, frames

    def _take_one(self, packet: memoryview, now_utc_us: int, units: list[Received], *, reorder: bool) -> None:
        if len(packet) <= HEADER_BYTES or self._held:
            self._take(packet, now_utc_us, units, reorder=reorder)
            return
        head, sequence, origin = _OPENING.unpack_from(packet)
        if (
            sequence != self._expected
            or head | MARKER != self._plain | MARKER
            or origin & 0xFFFF_FFFF != self.ssrc
        ):
            self._take(packet, now_utc_us, units, reorder=reorder)
            return
        self._expected = (sequence + 1) & 0xFFFF
        if origin != self._stream:
            self._stream = origin
            self._measure(origin >> 32, now_utc_us)
        done = self._depacketizer.receive(
            packet[HEADER_BYTES:], origin >> 32, marker=head & MARKER != 0, lost=False
        )
        if done:
            self._stamp(done, now_utc_us, units)

    def doubt(self) -> None:
        """The latest packet may not be what was sent: an open unit, which it is part of, is dropped."""
        if self.ssrc is not None:
            self.packets_lost += 1
            self._depacketizer.abandon()

    def _close_batch(self) -> None:
        if len(self._depacketizer.pieces) > UNIT_MOST_PIECES:
            self._depacketizer.abandon()
        self._count()

    def receive_report(self, report: SenderReport, now_utc_us: int) -> None:
        """Take a sender report that came on this track's RTCP. One of another source is passed over
        once the right one has reported; some peers never get it right."""
        if report.ssrc == self.ssrc:
            self._knows_reporter = True
        elif self._knows_reporter:
            return
        self._sender_report = (report.ntp >> 16 & 0xFFFF_FFFF, now_utc_us)
        self._times.sender_report(report.ntp, report.rtp_time, now_utc_us)

    def report_block(self, now_utc_us: int) -> ReportBlock | None:
        """How reception went since the last call, for a receiver report; None before any packet."""
        if self.ssrc is None:
            return None
        due = self._extended - self._reported[0]
        fraction = (self._lost - self._reported[1]) * 256 // due if due > 0 else 0
        self._reported = (self._extended, self._lost)
        middle, arrival_us = self._sender_report
        delay = rescale(max(0, now_utc_us - arrival_us), 1_000_000, 65_536) if middle else 0
        return ReportBlock(
            self.ssrc,
            min(fraction, 255),
            self._lost,
            (self._first_sequence + self._extended - 1) & 0xFFFF_FFFF,
            self._jitter_16 >> 4,
            middle,
            delay,
        )

    def _admitted(self, data: memoryview) -> Packet | None:
        try:
            packet = parse_packet(data)
        except MalformedPacket:
            return None
        if self._payload_type is None:
            self._payload_type = packet.payload_type
            self._plain = 0x8000 | packet.payload_type
        return packet if packet.payload_type == self._payload_type else None

    def _take(self, data: memoryview, now_utc_us: int, units: list[Received], *, reorder: bool) -> None:
        packet = self._admitted(data)
        if packet is None:
            self._refuse()
            return
        if packet.ssrc != self.ssrc and not self._follows_source(packet, now_utc_us, units):
            return
        ahead = (packet.sequence - self._expected) & 0xFFFF
        if ahead == 0:
            self._pass_packet(packet, now_utc_us, units, lost=False)
            if self._held:
                self._drain(units)
        elif ahead >= 0x8000:
            self._take_late(packet, 0x1_0000 - ahead, now_utc_us, units)
        elif reorder and ahead <= DROPOUT_MOST:
            if packet.sequence in self._held:
                self._refuse()
                return
            self._held[packet.sequence] = (packet, now_utc_us)
            if len(self._held) >= HELD_MOST:
                self._release(units)
        else:
            self._skip_to(packet, ahead, now_utc_us, units)

    def _follows_source(self, packet: Packet, now_utc_us: int, units: list[Received]) -> bool:
        """Whether to go on with a packet of a new source: two in sequence prove that it is no stray."""
        if self.ssrc is None:
            self._begin(packet)
            return True
        candidate, self._candidate = self._candidate, None
        if candidate is None or candidate[:2] != (packet.ssrc, packet.sequence):
            self._candidate = (packet.ssrc, packet.sequence + 1 & 0xFFFF, packet)
            self._refuse()
            return False
        self._release_all(units)
        self._times.restart()
        self._knows_reporter = False
        self._begin(candidate[2])
        self._pass_packet(candidate[2], now_utc_us, units, lost=True)
        return True

    def _begin(self, packet: Packet) -> None:
        self.ssrc = packet.ssrc
        self._start_counting(packet.sequence)

    def _start_counting(self, sequence: int) -> None:
        self._expected = self._cycles_counted = self._first_sequence = sequence
        self._extended = self._lost = 0
        self._reported = (0, 0)

    def _take_late(self, packet: Packet, behind: int, now_utc_us: int, units: list[Received]) -> None:
        """A packet from before: late or doubled. From long before it is a new beginning if the next one
        follows it."""
        if behind <= MISORDER_MOST or self._restart is None or packet.sequence != self._restart[0]:
            self._restart = packet.sequence + 1 & 0xFFFF, now_utc_us, packet
            self._refuse()
            return
        (_, arrival_us, first), self._restart = self._restart, None
        is_fresh = abs(now_utc_us - arrival_us) <= RESTART_MOST_US  # else a stray from long ago
        self._release_all(units)
        self._start_counting(first.sequence if is_fresh else packet.sequence)
        if is_fresh:
            self._pass_packet(first, now_utc_us, units, lost=True)
        self._pass_packet(packet, now_utc_us, units, lost=not is_fresh)

    def _skip_to(self, packet: Packet, ahead: int, now_utc_us: int, units: list[Received]) -> None:
        if ahead > DROPOUT_MOST:
            self._release_all(units)
            self._start_counting(packet.sequence)
        else:
            self.packets_lost += ahead
            self._lost += ahead
            self._count()
            self._expected = packet.sequence
        self._pass_packet(packet, now_utc_us, units, lost=True)

    def _drain(self, units: list[Received]) -> None:
        """Pass on what was held and is now next."""
        while (found := self._held.pop(self._expected, None)) is not None:
            self._pass_packet(found[0], found[1], units, lost=False)

    def _release(self, units: list[Received]) -> None:
        """Give up waiting for the packet that is due."""
        ahead, sequence = min(((number - self._expected) & 0xFFFF, number) for number in self._held)
        packet, arrival_us = self._held.pop(sequence)
        self._skip_to(packet, ahead, arrival_us, units)
        self._drain(units)

    def _release_all(self, units: list[Received]) -> None:
        while self._held:
            self._release(units)

    def _pass_packet(self, packet: Packet, now_utc_us: int, units: list[Received], *, lost: bool) -> None:
        extension = packet.extension
        if extension is not None:
            _, extension = split_extension(extension)
        self._pass(
            packet.payload,
            packet.sequence,
            packet.timestamp << 32 | packet.ssrc,
            now_utc_us,
            units,
            marker=packet.marker,
            lost=lost,
            extension=extension,
        )

    def _pass(
        self,
        payload: memoryview,
        sequence: int,
        origin: int,
        now_utc_us: int,
        units: list[Received],
        *,
        marker: bool,
        lost: bool = False,
        extension: memoryview | None = None,
    ) -> None:
        self._expected = sequence + 1 & 0xFFFF
        timestamp = origin >> 32
        if origin != self._stream:
            self._stream = origin
            self._measure(timestamp, now_utc_us)
        done = self._depacketizer.receive(payload, timestamp, marker=marker, lost=lost, extension=extension)
        self._stamp(done, now_utc_us, units)

    def _stamp(self, done: Sequence[Assembled], now_utc_us: int, units: list[Received]) -> None:
        for data, is_key, rtp_timestamp, is_gap, setup, pts_offset in done:
            pts, utc_us, is_jump = self._times.stamp(rtp_timestamp, now_utc_us, pts_offset)
            units.append(Received(data, is_key, pts, utc_us, is_gap or is_jump, setup))

    def _measure(self, timestamp: int, now_utc_us: int) -> None:
        """Interarrival jitter (RFC 3550 A.8), once for what comes together, by its latest timestamp."""
        transit = now_utc_us * self._hz // 1_000_000 - timestamp & 0xFFFF_FFFF
        change = transit - self._transit & 0xFFFF_FFFF
        if change >> 31:
            change = 0x1_0000_0000 - change
        if self._transit and change < self._hz * 10:
            self._jitter_16 += change - (self._jitter_16 + 8 >> 4)
        self._transit = transit

    def _refuse(self) -> None:
        self.packets_refused += 1

    def _count(self) -> None:
        if self._expected >= 0:
            self._extended += self._expected - self._cycles_counted & 0xFFFF
            self._cycles_counted = self._expected
