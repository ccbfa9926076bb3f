"""RTP packets one by one, as peers build them."""

import struct

from vedette.protocols.rtp.packet import MARKER


def build_packet(
    payload: bytes,
    *,
    payload_type: int,
    sequence: int,
    timestamp: int,
    ssrc: int,
    marker: bool = False,
    extension: bytes = b"",
) -> bytes:
    """One RTP packet; `sequence` and `timestamp` wrap by themselves, `extension` is whole or empty."""
    return (
        struct.pack(
            ">BBHII",
            0x90 if extension else 0x80,
            payload_type | MARKER if marker else payload_type,
            sequence & 0xFFFF,
            timestamp & 0xFFFF_FFFF,
            ssrc,
        )
        + extension
        + payload
    )
