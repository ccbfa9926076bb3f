"""What H.264 and H.265 share: NAL units cut, kept, learnt from, put into RTP and taken out of it."""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from vedette.base.errors import PeerError
from vedette.media.codecs.codec import Assembled, MalformedMedia, Payload
from vedette.media.unit import AccessUnit, Track

PARAMETER_SET_MOST_BYTES = 65_535  # what avcC and hvcC can hold
PARAMETER_SETS_MOST = 64


class NalKind(IntEnum):
    """What becomes of a NAL unit, or of the payload that starts with that byte."""

    DROPPED = 0  # delimiters, filler, what the standard leaves unspecified
    KEPT = 1  # belongs to the unit, has no picture data
    MESSAGE = 2  # SEI
    SET = 3  # parameter set
    SLICE = 4
    KEY_SLICE = 5
    AGGREGATE = 6  # an RTP payload of several NAL units
    FRAGMENT = 7  # an RTP payload with a piece of one
    REFUSED = 8  # interleaved packetisation modes, which no SDP of ours or of a camera offers


_SET, _SLICE, _KEY_SLICE, _AGGREGATE, _FRAGMENT = (
    NalKind.SET.value,
    NalKind.SLICE.value,
    NalKind.KEY_SLICE.value,
    NalKind.AGGREGATE.value,
    NalKind.FRAGMENT.value,
)  # an enumeration's members cost a look-up each time


class NalBody(NamedTuple):
    """The NAL units of one picture sorted: `data` as in AccessUnit, the parameter sets among them."""

    data: bytes
    setup: tuple[bytes, ...]
    is_key: bool


class NalFormat:
    """The bits in which the two codecs differ; each codec derives from it."""

    header_bytes: int
    kinds: tuple[NalKind, ...]  # by the first byte of a NAL unit or payload
    aggregate_head: bytes

    def set_key(self, nal: bytes) -> tuple[int, int]:
        """A parameter set's rank in `Track.setup` and its id; raises PeerError."""
        raise NotImplementedError

    def fragment_heads(self, head: bytes) -> tuple[bytes, int]:
        """What stands before a fragment of the NAL unit with this header, and that unit's type."""
        raise NotImplementedError

    def fragmented_head(self, payload: memoryview) -> bytes:
        """The header of the NAL unit of which the payload is a fragment."""
        raise NotImplementedError

    def is_entry(self, nal: bytes) -> bool:
        """Whether this SEI lets a decoder start here."""
        raise NotImplementedError

    def is_intra(self, start: bytes) -> bool:
        """Whether the slice that starts with these bytes is intra coded, as far as one can tell cheaply."""
        raise NotImplementedError

    def starts_picture(self, head: bytes | memoryview) -> bool:
        """Whether a slice is the first of its picture: both codecs say so in the bit behind the header."""
        return len(head) > self.header_bytes and head[self.header_bytes] & 0x80 != 0

    def sort(self, nals: Iterable[bytes]) -> NalBody:
        """One picture's NAL units (without start codes) as an access unit's body."""
        pieces: list[bytes] = []
        setup: dict[tuple[int, int], bytes] = {}
        is_key = False
        for nal in nals:
            if not nal:
                continue
            kind = self.kinds[nal[0]]
            if kind is NalKind.SET:
                setup[self.set_key(nal)] = nal
            elif NalKind.KEPT <= kind <= NalKind.KEY_SLICE:
                pieces.append(len(nal).to_bytes(4, "big"))
                pieces.append(nal)
                is_key = (
                    is_key or kind is NalKind.KEY_SLICE or (kind is NalKind.MESSAGE and self.is_entry(nal))
                )
        return NalBody(b"".join(pieces), tuple(setup[key] for key in sorted(setup)), is_key)

    def payloads(self, track: Track, unit: AccessUnit, most_bytes: int) -> list[Payload]:
        """See Codec; fragments of one NAL unit are of equal size (the last maybe shorter) for UDP_SEGMENT."""
        bodies: list[bytes] = []
        if unit.is_key and track.setup:
            bodies += self._set_payloads(track.setup, most_bytes)
        for nal in split_lengths(unit.data):
            if len(nal) <= most_bytes:
                bodies.append(bytes(nal))
            else:
                bodies += self._fragments(nal, most_bytes)
        last = len(bodies) - 1
        return [Payload(body, at == last) for at, body in enumerate(bodies)]

    def _set_payloads(self, setup: tuple[bytes, ...], most_bytes: int) -> list[bytes]:
        whole = self.aggregate_head + b"".join(len(nal).to_bytes(2, "big") + nal for nal in setup)
        if len(setup) > 1 and len(whole) <= most_bytes:
            return [whole]
        bodies: list[bytes] = []
        for nal in setup:
            bodies += [nal] if len(nal) <= most_bytes else self._fragments(memoryview(nal), most_bytes)
        return bodies

    def _fragments(self, nal: memoryview, most_bytes: int) -> list[bytes]:
        skip = self.header_bytes
        head, kind = self.fragment_heads(bytes(nal[:skip]))
        size = len(nal) - skip
        count = -(-size // (most_bytes - skip - 1))
        each = -(-size // count)
        start, middle, end = (head + bytes([flags | kind]) for flags in (0x80, 0, 0x40))
        bodies = [start + nal[skip : skip + each]]
        at = skip + each
        while at + each < len(nal):
            bodies.append(middle + nal[at : at + each])
            at += each
        bodies.append(end + nal[at:])
        return bodies


class ParameterSets:
    """The parameter sets in force. Those of the SDP hold until the band contradicts them."""

    def __init__(self, form: NalFormat, setup: tuple[bytes, ...]) -> None:
        self._form = form
        self._sets: dict[tuple[int, int], bytes] = {}
        self._announced: set[tuple[int, int]] = set()
        for nal in setup:
            self.learn(nal)
        self._announced = set(self._sets)

    @property
    def setup(self) -> tuple[bytes, ...]:
        """All of them, in the order of `Track.setup`."""
        return tuple(self._sets[key] for key in sorted(self._sets))

    def learn(self, nal: bytes) -> bool:
        """Take one parameter set; True when it changed something. One that cannot be read is passed over."""
        if nal in self._sets.values():
            return False
        try:
            key = self._form.set_key(nal)
        except PeerError:
            return False
        is_full = len(self._sets) >= PARAMETER_SETS_MOST and key not in self._sets
        if len(nal) > PARAMETER_SET_MOST_BYTES or is_full:
            return False
        for stale in [each for each in self._announced if each[0] == key[0]]:
            del self._sets[stale]
            self._announced.discard(stale)
        self._sets[key] = nal
        return True


class NalDepacketizer:
    """Puts H.264 or H.265 access units together; see Depacketizer for what happens on loss.

    A unit ends with the marker bit or, failing that, where the timestamp changes. A unit after a gap
    is taken when its first slice is the picture's first; it may then lack a message that was lost.
    """

    def __init__(self, form: NalFormat, track: Track) -> None:
        self.pieces: list[bytes | memoryview] = []
        self.continuation = -1
        self.continuation_skip = form.header_bytes + 1
        self.continuation_mask = (0xFFFF_FFFF << 8 * (3 - form.header_bytes)) & 0xFFFF_FFFF
        self._form = form
        self._sets = ParameterSets(form, track.setup)
        self._setup = track.setup
        self._sets_changed = self._sets.setup != track.setup
        self._timestamp = -1  # of the open unit
        self._ended_timestamp = -1  # of the latest unit that a marker ended
        self._marker_ends = True  # until a peer sets it on every slice
        self._is_gap = False
        self._fragment_at = -1  # index in `pieces` of the open NAL unit's length and header
        self._fragment_head = b""
        self._clear(is_unsure=False)

    def receive(
        self,
        payload: memoryview,
        rtp_timestamp: int,
        *,
        marker: bool,
        lost: bool,
        extension: memoryview | None = None,
    ) -> list[Assembled]:
        """See Depacketizer."""
        done: list[Assembled] = []
        if lost:
            self._break()
        if rtp_timestamp != self._timestamp:
            if self._timestamp >= 0:
                self._finish(done)
            self._timestamp = rtp_timestamp
            self._clear(is_unsure=lost or self._ended_timestamp < 0)
        if not self._is_broken and len(payload) > self._form.header_bytes:
            kind = self._form.kinds[payload[0]]
            if kind == _FRAGMENT:
                self._take_fragment(payload)
            else:
                self._end_fragment()
                if kind == _AGGREGATE:
                    self._take_aggregate(payload)
                else:
                    self._take(bytes(payload))
        if marker and self._marker_ends and (self._has_slice or self._is_broken):
            self._ended_timestamp = self._timestamp
            self._finish(done)
            self._timestamp = -1
        return done

    def abandon(self) -> None:
        """See Depacketizer."""
        self._break()

    def _clear(self, *, is_unsure: bool) -> None:
        self.pieces.clear()
        self.continuation = -1
        self._fragment_at = -1
        self._has_slice = False
        self._has_sets = False
        self._is_key = False
        self._is_broken = False
        self._is_unsure = is_unsure  # packets before this unit are missing, maybe its own

    def _break(self) -> None:
        self._is_broken = self._is_gap = True
        self._fragment_at = self.continuation = -1
        self.pieces.clear()

    def _finish(self, done: list[Assembled]) -> None:
        self._end_fragment()
        if self._has_slice and not self._is_broken:
            setup: tuple[bytes, ...] | None = None
            if self._sets_changed:
                self._sets_changed = False
                current = self._sets.setup
                if current != self._setup:
                    setup = self._setup = current
            done.append(Assembled(b"".join(self.pieces), self._is_key, self._timestamp, self._is_gap, setup))
            self._is_gap = False
        self.pieces.clear()

    def _take_fragment(self, payload: memoryview) -> None:
        skip = self.continuation_skip
        if len(payload) < skip:
            self._break()
            return
        flags = payload[skip - 1]
        if flags & 0x80:
            self._end_fragment()
            head = self._form.fragmented_head(payload)
            kind = self._form.kinds[head[0]]
            if _SLICE <= kind <= _KEY_SLICE:
                self._note_slice(kind, head + payload[skip : skip + 8])
            if self._is_broken:
                return
            self._fragment_at = len(self.pieces)
            self._fragment_head = head
            self.pieces.append(head)
            opening = bytes(payload[: skip - 1]) + bytes([flags & 0x3F])
            self.continuation = int.from_bytes(opening.ljust(4, b"\0"), "big")
        elif self._fragment_at < 0:
            self._break()
            return
        self.pieces.append(payload[skip:])
        if flags & 0x40:
            self._end_fragment()

    def _end_fragment(self) -> None:
        at = self._fragment_at
        if at < 0:
            return
        self._fragment_at = self.continuation = -1
        kind = self._form.kinds[self._fragment_head[0]]
        if _SLICE <= kind <= _KEY_SLICE:
            self.pieces[at] = sum(map(len, self.pieces[at:])).to_bytes(4, "big") + self._fragment_head
            return
        nal = b"".join(self.pieces[at:])
        del self.pieces[at:]
        self._take(nal)

    def _take_aggregate(self, payload: memoryview) -> None:
        at = self._form.header_bytes
        while at + 2 < len(payload):
            size = payload[at] << 8 | payload[at + 1]
            at += 2
            if at + size > len(payload):
                self._break()
                return
            self._take(bytes(payload[at : at + size]))
            at += size

    def _take(self, nal: bytes) -> None:
        if self._is_broken or not nal:
            return
        kind = self._form.kinds[nal[0]]
        if kind == _SET or nal.startswith((b"\0\0\1", b"\0\0\0\1")):
            if b"\0\0\1" in nal:  # a peer that sends its encoder's byte stream whole
                for each in split_annex_b(b"\0\0\1" + nal):
                    self._take(each)
                return
            self._has_sets = True
            self._sets_changed = self._sets.learn(nal) or self._sets_changed
        elif NalKind.KEPT <= kind <= NalKind.KEY_SLICE:
            if kind >= _SLICE:
                self._note_slice(kind, nal[:16])
            elif kind is NalKind.MESSAGE and not self._is_key:
                self._is_key = self._form.is_entry(nal)
            if not self._is_broken:
                self.pieces.append(len(nal).to_bytes(4, "big"))
                self.pieces.append(nal)
        elif kind >= NalKind.AGGREGATE:
            self._break()

    def _note_slice(self, kind: NalKind, start: bytes) -> None:
        if not self._has_slice:
            self._has_slice = True
            if not self._form.starts_picture(start):
                if self._timestamp == self._ended_timestamp and not self._is_unsure:
                    self._marker_ends = False
                    self._break()
                elif self._is_unsure:
                    self._break()
            elif self._has_sets and not self._is_key:
                self._is_key = self._form.is_intra(start)
        if kind == _KEY_SLICE:
            self._is_key = True


def split_lengths(data: bytes, length_bytes: int = 4) -> Iterator[memoryview]:
    """The NAL units of a body that has each behind its length; raises MalformedMedia."""
    view = memoryview(data)
    at, end = 0, len(data)
    while at < end:
        start = at + length_bytes
        at = start + int.from_bytes(view[at:start], "big")
        if at > end:
            raise MalformedMedia(f"a NAL unit reaches {at - end} bytes beyond its access unit")
        if at > start:
            yield view[start:at]


def split_annex_b(data: bytes) -> list[bytes]:
    """The NAL units of a byte stream with start codes (ITU-T H.264 Annex B); not what precedes the first."""
    nals = []
    start = data.find(b"\0\0\1")
    while start >= 0:
        end = data.find(b"\0\0\1", start + 3)
        nal = data[start + 3 : end if end >= 0 else None].rstrip(b"\0")
        if nal:
            nals.append(nal)
        start = end
    return nals


def annex_b(nals: Iterable[bytes | memoryview]) -> bytes:
    """NAL units as a byte stream with four-byte start codes."""
    pieces: list[bytes | memoryview] = []
    for nal in nals:
        pieces.append(b"\0\0\0\1")
        pieces.append(nal)
    return b"".join(pieces)


def without_emulation_prevention(nal: bytes) -> bytes:
    """The NAL unit's content with the bytes removed that keep start codes out of it."""
    return nal.replace(b"\0\0\3", b"\0\0")


def fmtp_parameters(fmtp: str) -> dict[str, str]:
    """`a=1; b=2` as a mapping with lower-case names; what has no `=` maps to an empty string."""
    parameters = {}
    for part in fmtp.split(";"):
        name, _, value = part.strip().partition("=")
        if name:
            parameters[name.strip().lower()] = value.strip()
    return parameters
