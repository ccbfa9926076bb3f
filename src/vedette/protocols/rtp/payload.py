"""What RTP and the codecs hand each other: payloads one way, access units the other."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Payload(NamedTuple):
    """One RTP payload; `marker` as the payload format defines it, `extension` a whole header extension
    (profile, length, words) or empty. `ticks` is how much later than its unit this payload's timestamp
    is, in the track's clock (audio that takes several packets)."""

    data: bytes
    marker: bool
    extension: bytes = b""
    ticks: int = 0


class Assembled(NamedTuple):
    """One access unit's body put together from payloads."""

    data: bytes
    is_key: bool
    rtp_timestamp: int
    is_discontinuous: bool
    setup: tuple[bytes, ...] | None  # the track's new setup when the band carried one that differs
    pts_offset: int = 0  # of this unit behind rtp_timestamp, where one packet holds several (AAC)


class Depacketizer(Protocol):
    """Puts access units together; tolerant of loss, missing marker bits and parameter sets in band.

    A unit that misses a piece is dropped, and the next whole one is marked discontinuous; units after
    it are passed on although they may refer to the lost one, since a decoder conceals that better
    than a gap up to the next key frame.

    Most packets of a large frame only continue it. They are recognised without a call: a payload
    whose first four bytes, under `continuation_mask`, equal `continuation` may be added to the open
    unit by appending what follows its first `continuation_skip` bytes to `pieces`, provided that it
    is the next in sequence, has the open unit's timestamp and carries no marker.
    """

    pieces: list[bytes | memoryview]  # the open unit; always the same list object
    continuation: int  # -1 when nothing may be continued
    continuation_mask: int
    continuation_skip: int

    def receive(
        self,
        payload: memoryview,
        rtp_timestamp: int,
        *,
        marker: bool,
        lost: bool,
        extension: memoryview | None = None,
    ) -> Sequence[Assembled]:
        """Take one payload in order; `lost` says that packets before it are missing."""
        ...

    def abandon(self) -> None:
        """Drop the open unit, which has grown beyond what is allowed; the next one is discontinuous."""
        ...
