"""Pictures that are sent on as they came: a peer's packets under the numbers of a sender of ours."""

from typing import NamedTuple, Protocol

from vedette.protocols.rtp.runs import FRAME, Run, interleaved, uniform_runs

CHANNEL = 0  # on which forwarded frames are written first: what nearly all viewers choose
PACKET_MOST_BYTES = 1472  # what Ethernet carries over UDP, for who joins over UDP and gets it as it is


class Numbering(NamedTuple):
    """What a sender's next packet bears; RTP timestamps are the media time plus `timestamp_offset`.

    A packet of more than `packet_most_bytes` is not for its viewers as it is.
    """

    payload_type: int
    ssrc: int
    sequence: int
    timestamp_offset: int
    packet_most_bytes: int = PACKET_MOST_BYTES


class ForwardedBatch:
    """The packets of one access unit as a peer cut them, under other numbers; see PacketBatch.

    `data` are their frames on channel `CHANNEL`.
    """

    __slots__ = ("count", "data", "payload_bytes", "rtp_time", "sequence")

    def __init__(self, data: bytes, count: int, payload_bytes: int, sequence: int, rtp_time: int) -> None:
        self.data = data
        self.count = count
        self.payload_bytes = payload_bytes
        self.sequence = sequence
        self.rtp_time = rtp_time

    def interleaved(self, channel: int) -> bytes:
        """See PacketBatch."""
        if channel == CHANNEL:
            return self.data
        return interleaved(self.packets(), channel)

    def runs(self) -> list[Run]:
        """See PacketBatch."""
        return uniform_runs(self.packets())

    def packets(self) -> list[bytes]:
        """See PacketBatch."""
        data, at, packets = self.data, 0, []
        while at < len(data):
            start = at + FRAME.size
            at = start + (data[at + 2] << 8 | data[at + 3])
            packets.append(data[start:at])
        return packets


class Forwarding(Protocol):
    """Tells a peer's ordinary pictures where they lie, and gives them other numbers.

    Ordinary is a picture, no key frame, whose every packet is there, in order and whole. `is_ordinary`
    becomes false at the first one that is not, for good. `after` is the place behind the latest picture.
    """

    is_ordinary: bool
    after: int

    def next(self, data: bytes, at: int) -> ForwardedBatch | None:
        """The picture whose first interleaved frame begins at `data[at]`; None while it is not whole, or
        where it is not ordinary."""
        ...
