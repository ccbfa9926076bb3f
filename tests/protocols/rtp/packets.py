"""RTP packets one by one, as peers build them and as they arrive, and who takes them."""

import struct

from hypothesis import strategies as st

from vedette.media.codecs import codec_named
from vedette.media.unit import Track
from vedette.protocols.rtp.clock import CameraClock, TrackClock
from vedette.protocols.rtp.packet import MARKER
from vedette.protocols.rtp.receiver import RtpReceiver


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


def damaged_packet(packet: bytes, data: st.DataObject) -> bytes:
    """The packet with another bit in its head."""
    bits = data.draw(st.integers(0, min(len(packet), 16) * 8 - 1))
    changed = bytearray(packet)
    changed[bits >> 3] ^= 1 << (bits & 7)
    return bytes(changed)


def receiver_of(track: Track) -> RtpReceiver:
    """A receiver of a track's packets."""
    depacketizer = codec_named(track.codec).depacketizer(track)
    return RtpReceiver(depacketizer, 90_000, TrackClock(90_000, CameraClock()), payload_type=96)
