"""What RTP and the codecs hand each other: payloads one way, access units the other."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from vedette.protocols.rtp.forwarding import Forwarding, Numbering


class Payload(NamedTuple):
    """One RTP payload; `marker` as the payload format defines it, `extension` a whole header extension
    (profile, length, words) or empty. `ticks` is how much later than its unit this payload's timestamp
    is, in the track's clock (audio that takes several packets)."""

    data: bytes
    marker: bool
    extension: bytes = b""
    ticks: int = 0


class PayloadRun(NamedTuple):
    """Two payloads or more of equal size, the last maybe shorter, without extension: `bodies`, behind
    `first`, then `rest`, at the end `last`, which are equally long. `marker` is the last payload's."""

    first: bytes
    rest: bytes
    last: bytes
    bodies: list[bytes]
    marker: bool


def spread(payloads: Iterable[Payload | PayloadRun]) -> list[Payload]:
    """Each payload by itself."""
    each: list[Payload] = []
    for payload in payloads:
        if isinstance(payload, PayloadRun):
            first, rest, last, bodies, marker = payload
            each.append(Payload(first + bodies[0], marker=False))
            each += [Payload(rest + body, marker=False) for body in bodies[1:-1]]
            each.append(Payload(last + bodies[-1], marker=marker))
        else:
            each.append(payload)
    return each


class Assembled(NamedTuple):
    """One access unit's body put together from payloads."""

    data: bytes
    is_key: bool
    rtp_timestamp: int
    is_discontinuous: bool
    setup: tuple[bytes, ...] | None  # the track's new setup when the band carried one that differs
    pts_offset: int = 0  # of this unit behind rtp_timestamp, where one packet holds several (AAC)


class FrameOpening(NamedTuple):
    """How an ordinary interleaved frame begins: `mark` is `$` and the channel, `plain` the first two bytes
    of the RTP header without marker, padding or extension, `expected` the next sequence number,
    `origin` the open unit's timestamp and source as one 64-bit number."""

    mark: int
    plain: int
    expected: int
    origin: int


class TakenUnits(NamedTuple):
    """Access units taken where they lie: the place behind the last one's last frame, how many frames they
    were, and by unit its body, whether it is a key, its timestamp. `is_discontinuous` and `setup` are as in
    Assembled, of the first one; the others have neither."""

    after: int
    frames: int
    bodies: list[bytes]
    keys: list[bool]
    rtp_timestamps: list[int]
    is_discontinuous: bool
    setup: tuple[bytes, ...] | None


class OneByOne:
    """A depacketizer's `take_frames`, `take_units` and `forwarding` for codecs whose units are a packet or a
    few."""

    def forwarding(
        self, opening: FrameOpening, numbering: Numbering, lead: int, clock_hz: int
    ) -> Forwarding | None:
        """See Depacketizer: none is sent on as it came."""
        return None

    def take_units(self, data: bytes, at: int, opening: FrameOpening) -> TakenUnits | None:
        """See Depacketizer: none is taken whole."""
        return None

    def take_frames(self, data: bytes, at: int, opening: FrameOpening) -> tuple[int, int]:
        """See Depacketizer: every packet goes through `receive`."""
        return at, 0

    def finish(self) -> Sequence[Assembled]:
        """See Depacketizer: what is whole was given."""
        return ()


class Depacketizer(Protocol):
    """Puts access units together; tolerant of loss, missing marker bits and parameter sets in band.

    A unit that misses a piece is dropped, and the next whole one is marked discontinuous; units after
    it are passed on although they may refer to the lost one, since a decoder conceals that better
    than a gap up to the next key frame.

    `pieces` is the open unit; always the same list object.
    """

    pieces: list[bytes | memoryview]

    def take_frames(self, data: bytes, at: int, opening: FrameOpening) -> tuple[int, int]:
        """Take interleaved frames from `data[at]` on, for as long as each is whole and ordinary.

        Ordinary is a frame that begins with what `opening` says. The result is where the first frame
        begins that was not taken, and how many were. Most packets of a large picture pass here, in one
        loop instead of several calls each.
        """
        ...

    def take_units(self, data: bytes, at: int, opening: FrameOpening) -> TakenUnits | None:
        """Take the units from the frame at `data[at]` on, as long as all of each is there and ordinary.

        `opening` is that of the first frame; the units are of one source, each with a timestamp of its own.

        None changes nothing: its frames then go through `receive` and `take_frames`, which know everything.
        """
        ...

    def forwarding(
        self, opening: FrameOpening, numbering: Numbering, lead: int, clock_hz: int
    ) -> Forwarding | None:
        """What tells the units behind the latest one, where a marker has ended that, else None.

        `opening` is that of the frame to come, with the timestamp of the latest unit; `lead` is added to
        timestamps besides the numbering's offset. It is good until this takes anything else.
        """
        ...

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
        """Drop the open unit, which is too large or spoilt; the next one is discontinuous."""
        ...

    def finish(self) -> Sequence[Assembled]:
        """Nothing more comes: give the open unit where only the next one would have told that it is whole."""
        ...
