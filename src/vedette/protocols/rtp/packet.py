"""RTP packets: the header read and written."""

import struct
from typing import NamedTuple

from vedette.base.errors import PeerError

HEADER_BYTES = 12
MARKER = 0x80
_FIXED = struct.Struct(">BBHII")
_EXTENSION = struct.Struct(">HH")


class MalformedPacket(PeerError):
    """Bytes that are no RTP or RTCP packet."""


class Packet(NamedTuple):
    """One RTP packet; `extension` is the whole header extension (profile, length, words) or None.

    Source: RFC 3550 §5.1, §5.3.1.
    """

    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: memoryview
    extension: memoryview | None


def parse_packet(packet: memoryview) -> Packet:
    """The packet's parts, nothing copied; raises MalformedPacket. Contributing sources are passed over."""
    if len(packet) < HEADER_BYTES:
        raise MalformedPacket(f"an RTP packet of {len(packet)} bytes")
    first, second, sequence, timestamp, ssrc = _FIXED.unpack_from(packet)
    if first >> 6 != 2:
        raise MalformedPacket(f"RTP version {first >> 6}")
    start, end = HEADER_BYTES, len(packet)
    extension: memoryview | None = None
    if first & 0x3F:
        start += 4 * (first & 0x0F)
        if first & 0x10:
            if start + 4 > end:
                raise MalformedPacket("an RTP packet ends within its header extension")
            after = start + 4 + 4 * _EXTENSION.unpack_from(packet, start)[1]
            extension = packet[start:after]
            start = after
        if first & 0x20 and start < end:
            end -= packet[end - 1]
        if start > end:
            raise MalformedPacket("an RTP packet ends within its header or padding")
    return Packet(second >= MARKER, second & 0x7F, sequence, timestamp, ssrc, packet[start:end], extension)
