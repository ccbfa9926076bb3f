"""Outgoing RTP: one access unit becomes packets once, for however many viewers."""

from collections.abc import Sequence

from vedette.protocols.rtp.batch import PacketBatch
from vedette.protocols.rtp.forwarding import ForwardedBatch, Numbering
from vedette.protocols.rtp.payload import Payload, PayloadRun, spread
from vedette.protocols.rtp.replay_extension import ReplayStamp, join_extensions, packet_extensions


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

    @property
    def numbering(self) -> Numbering:
        """What the next packet bears."""
        return Numbering(self.payload_type, self.ssrc, self.next_sequence, self.timestamp_offset)

    def rtp_time(self, timestamp: int) -> int:
        """The 32-bit RTP timestamp of a media time in the track's clock."""
        return (timestamp + self.timestamp_offset) & 0xFFFF_FFFF

    def place(self, timestamp: int, rtp_time: int) -> None:
        """Let a media time have this RTP timestamp, before anything was sent."""
        self.timestamp_offset = rtp_time - timestamp

    def packets(
        self, payloads: Sequence[Payload | PayloadRun], timestamp: int, replayed: ReplayStamp | None = None
    ) -> list[bytes]:
        """One access unit's packets; `timestamp` is its media time, not yet offset or wrapped.

        What is `replayed` carries the replay extension, in front of what extension the payload itself has.
        """
        if replayed is not None:
            alone = spread(payloads)
            extensions = packet_extensions(replayed, len(alone))
            payloads = [
                each._replace(extension=join_extensions(extension, each.extension))
                for each, extension in zip(alone, extensions, strict=True)
            ]
        return self.batch(payloads, timestamp).packets()

    def batch(self, payloads: Sequence[Payload | PayloadRun], timestamp: int) -> PacketBatch:
        """One access unit's packets in the forms that live viewers get; like `packets`."""
        batch = PacketBatch(
            payloads, self.payload_type, self.next_sequence, self.rtp_time(timestamp), self.ssrc
        )
        self.count(batch)
        return batch

    def count(self, batch: PacketBatch | ForwardedBatch) -> None:
        """The next packets are those of a unit, which bear this sender's numbers."""
        self.next_sequence = (self.next_sequence + batch.count) & 0xFFFF
        self.packets_sent += batch.count
        self.payload_bytes_sent += batch.payload_bytes

    def skip(self, count: int) -> None:
        """Leave `count` sequence numbers out, so that receivers see that something was dropped."""
        self.next_sequence = (self.next_sequence + count) & 0xFFFF
