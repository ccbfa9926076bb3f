"""Outgoing RTP: one access unit becomes packets once, for however many viewers."""

import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vedette.protocols.rtp.payload import Payload
from vedette.protocols.rtp.replay_extension import ReplayStamp, join_extensions, packet_extensions

SEGMENTS_MOST = 64  # of one UDP_SEGMENT send: Linux's UDP_MAX_SEGMENTS before 6.9
SEGMENTS_MOST_BYTES = 65_000  # below IP's 65,535 with room for headers
_HEADER = struct.Struct(">BBHII")
_FRAME = struct.Struct(">BBH")


class Run(NamedTuple):
    """Packets for one `sendmsg` with UDP_SEGMENT: all of `segment_bytes`, the last maybe shorter."""

    data: bytes
    segment_bytes: int
    packet_count: int


class RtpSender:
    """Numbers one stream's packets; holds the counts that sender reports state.

    `first_sequence` and `timestamp_offset` should be random (RFC 3550 §5.1).
    """

    def __init__(self, ssrc: int, payload_type: int, first_sequence: int, timestamp_offset: int) -> None:
        self.ssrc = ssrc
        self.payload_type = payload_type
        self.next_sequence = first_sequence & 0xFFFF
        self.timestamp_offset = timestamp_offset
        self.packets_sent = 0
        self.payload_bytes_sent = 0

    def rtp_time(self, timestamp: int) -> int:
        """The 32-bit RTP timestamp of a media time in the track's clock."""
        return (timestamp + self.timestamp_offset) & 0xFFFF_FFFF

    def packets(
        self, payloads: Sequence[Payload], timestamp: int, replayed: ReplayStamp | None = None
    ) -> list[bytes]:
        """One access unit's packets; `timestamp` is its media time, not yet offset or wrapped.

        What is `replayed` carries the replay extension, in front of what extension the payload itself has.
        """
        pack, sequence, ssrc = _HEADER.pack, self.next_sequence, self.ssrc
        plain, marked = self.payload_type, self.payload_type | 0x80
        stamp = timestamp + self.timestamp_offset
        packets = []
        if replayed is not None:
            extensions = packet_extensions(replayed, len(payloads))
            payloads = [
                each._replace(extension=join_extensions(extension, each.extension))
                for each, extension in zip(payloads, extensions, strict=True)
            ]
        for data, marker, extension, ticks in payloads:
            packets.append(
                pack(
                    0x90 if extension else 0x80,
                    marked if marker else plain,
                    sequence,
                    (stamp + ticks) & 0xFFFF_FFFF,
                    ssrc,
                )
                + extension
                + data
            )
            sequence = (sequence + 1) & 0xFFFF
            self.payload_bytes_sent += len(data)
        self.next_sequence = sequence
        self.packets_sent += len(packets)
        return packets

    def skip(self, count: int) -> None:
        """Leave `count` sequence numbers out, so that receivers see that something was dropped."""
        self.next_sequence = (self.next_sequence + count) & 0xFFFF


def interleaved(packets: Iterable[bytes], channel: int) -> bytes:
    """All packets as `$` frames in one bytes object, to be written whole to every viewer on TCP.

    Source: RFC 2326 §10.12.
    """
    pack = _FRAME.pack
    pieces = []
    for packet in packets:
        pieces.append(pack(0x24, channel, len(packet)))
        pieces.append(packet)
    return b"".join(pieces)


def uniform_runs(packets: Sequence[bytes]) -> list[Run]:
    """The packets in order, in as few runs as UDP_SEGMENT allows: equal sizes, a shorter one ends a run,
    at most 64 packets and 65,000 bytes."""
    runs = []
    start, count = 0, len(packets)
    while start < count:
        size = total = len(packets[start])
        end = start + 1
        while end < count and end - start < SEGMENTS_MOST:
            following = len(packets[end])
            if following > size or total + following > SEGMENTS_MOST_BYTES:
                break
            total += following
            end += 1
            if following < size:
                break
        runs.append(Run(b"".join(packets[start:end]), size, end - start))
        start = end
    return runs
