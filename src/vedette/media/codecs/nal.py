"""What H.264 and H.265 share: NAL units cut, kept, learnt from, put into RTP and taken out of it."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from vedette.base.errors import PeerError
from vedette.media.codecs.codec import Assembled, MalformedMedia, Payload
from vedette.media.codecs.nal_runs import cut_run, pieces_of
from vedette.media.unit import AccessUnit, Track
from vedette.protocols.rtp.packet import MARKER
from vedette.protocols.rtp.payload import FrameOpening, PayloadRun, TakenUnit

PARAMETER_SET_MOST_BYTES = 65_535  # what avcC and hvcC can hold
PARAMETER_SETS_MOST = 64
LENGTH_BYTES = 4  # before each NAL unit of a body


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


_KEPT, _MESSAGE, _SET, _SLICE, _KEY_SLICE, _AGGREGATE, _FRAGMENT = (
    NalKind.KEPT.value,
    NalKind.MESSAGE.value,
    NalKind.SET.value,
    NalKind.SLICE.value,
    NalKind.KEY_SLICE.value,
    NalKind.AGGREGATE.value,
    NalKind.FRAGMENT.value,
)  # an enumeration's members cost a look-up each time


_NOTHING: tuple[Assembled, ...] = ()
_FRAME_BYTES = 16  # RFC 2326 §10.12 and RFC 3550 §5.1
# mark and channel, size; flags and type, sequence, timestamp and source; first byte of the payload
_FRAME = struct.Struct(">HHHHQB")


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

    def fragmented_head(self, payload: bytes | memoryview) -> bytes:
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

    def payloads(self, track: Track, unit: AccessUnit, most_bytes: int) -> list[Payload | PayloadRun]:
        """See Codec; fragments of one NAL unit are of equal size (the last maybe shorter) for UDP_SEGMENT."""
        found: list[Payload | PayloadRun] = []
        if unit.is_key and track.setup:
            self._add_sets(found, track.setup, most_bytes)
        data, at, end = unit.data, 0, len(unit.data)
        while at < end:
            start = at + LENGTH_BYTES
            at = start + int.from_bytes(data[at:start], "big")
            if at > end:
                raise MalformedMedia(f"a NAL unit reaches {at - end} bytes beyond its access unit")
            if at - start > most_bytes:
                self._add_fragments(found, data, start, at, most_bytes)
            elif at > start:
                found.append(Payload(data[start:at], marker=False))
        if found:
            last = found[-1]
            assert isinstance(last, Payload)
            found[-1] = last._replace(marker=True)
        return found

    def _add_sets(self, found: list[Payload | PayloadRun], setup: tuple[bytes, ...], most_bytes: int) -> None:
        whole = self.aggregate_head + b"".join(len(nal).to_bytes(2, "big") + nal for nal in setup)
        if len(setup) > 1 and len(whole) <= most_bytes:
            found.append(Payload(whole, marker=False))
            return
        for nal in setup:
            if len(nal) <= most_bytes:
                found.append(Payload(nal, marker=False))
            else:
                self._add_fragments(found, nal, 0, len(nal), most_bytes)

    def _add_fragments(
        self, found: list[Payload | PayloadRun], data: bytes, start: int, end: int, most_bytes: int
    ) -> None:
        """Cut the NAL unit between two places into a run and a last fragment."""
        at = start + self.header_bytes
        head, kind = self.fragment_heads(data[start:at])
        count = -(-(end - at) // (most_bytes - self.header_bytes - 1))
        each = -(-(end - at) // count)
        count = -(-(end - at) // each) - 1  # without the last one
        bodies = pieces_of(each, count).unpack_from(data, at)
        found.append(PayloadRun(head + bytes((0x80 | kind,)), head + bytes((kind,)), bodies))
        found.append(Payload(head + bytes((0x40 | kind,)) + data[at + each * count : end], marker=False))


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
        self._skip = form.header_bytes + 1  # bytes before a fragment's piece
        self._form = form
        self._kinds = tuple(kind.value for kind in form.kinds)
        self._header_bytes = form.header_bytes
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
    ) -> Sequence[Assembled]:
        """See Depacketizer."""
        done: list[Assembled] | None = None
        if lost:
            self._break()
        if rtp_timestamp != self._timestamp:
            if self._timestamp >= 0:
                self._finish(done := [])
            self._timestamp = rtp_timestamp
            self._clear(is_unsure=lost or self._ended_timestamp < 0)
        if not self._is_broken and len(payload) > self._header_bytes:
            kind = self._kinds[payload[0]]
            if kind == _FRAGMENT:
                self._take_fragment(payload)
            else:
                if self._fragment_at >= 0:
                    self._end_fragment()
                if kind == _AGGREGATE:
                    self._take_aggregate(payload)
                else:
                    self._take(bytes(payload))
        if marker and self._marker_ends and (self._has_slice or self._is_broken):
            self._ended_timestamp = self._timestamp
            done = [] if done is None else done
            self._finish(done)
            self._timestamp = -1
        return _NOTHING if done is None else done

    def take_frames(  # noqa: C901 - one loop without calls is its purpose
        self, data: bytes, at: int, opening: FrameOpening
    ) -> tuple[int, int]:
        """See Depacketizer."""
        mark, plain, expected, origin = opening
        count = 0
        if self._is_broken or self._timestamp != origin >> 32:
            return at, count
        view, append, kinds, unpack = memoryview(data), self.pieces.append, self._kinds, _FRAME.unpack_from
        end, skip = len(data), _FRAME_BYTES + self._skip
        flags_at = skip - 1
        while at + skip < end:
            its_mark, size, head, sequence, its_origin, first = unpack(data, at)
            after = at + 4 + size
            if (
                its_mark != mark
                or head != plain
                or sequence != expected
                or its_origin != origin
                or after > end
                or after <= at + skip
            ):
                break
            if kinds[first] == _FRAGMENT:
                flags = data[at + flags_at]
                if flags & 0x80:
                    self._take_fragment(view[at + _FRAME_BYTES : after])
                elif self._fragment_at < 0:
                    break
                elif flags & 0x40:
                    append(view[at + skip : after])
                    self._end_fragment()
                elif bodies := cut_run(data, at, size, skip, expected):
                    self.pieces.extend(bodies)
                    at += len(bodies) * (size + 4)
                    count += len(bodies)
                    expected = (expected + len(bodies)) & 0xFFFF
                    continue
                else:
                    append(view[at + skip : after])
            elif kinds[first] == _AGGREGATE:
                break
            else:
                if self._fragment_at >= 0:
                    self._end_fragment()
                self._take(data[at + _FRAME_BYTES : after])
            at = after
            count += 1
            if self._is_broken:
                break
            expected = (expected + 1) & 0xFFFF
        return at, count

    def take_unit(  # noqa: C901, PLR0915 - one loop with few calls is its purpose
        self, data: bytes, at: int, opening: FrameOpening
    ) -> TakenUnit | None:
        """See Depacketizer; a unit of slices and messages, which is nearly every one."""
        mark, plain, expected, origin = opening
        timestamp, ended = origin >> 32, self._ended_timestamp
        if (
            self._timestamp >= 0
            or ended < 0
            or timestamp == ended
            or self._is_broken
            or not self._marker_ends
        ):
            return None
        kinds, unpack, end, skip = self._kinds, _FRAME.unpack_from, len(data), _FRAME_BYTES + self._skip
        pieces: list[bytes] = []
        count, fragment_at, is_key, has_slice = 0, -1, False, False
        head = plain
        while head == plain:
            if at + skip >= end:
                return None
            its_mark, size, head, sequence, its_origin, first = unpack(data, at)
            after = at + 4 + size
            if (
                its_mark != mark
                or sequence != (expected + count & 0xFFFF)
                or its_origin != origin
                or head | MARKER != plain | MARKER
                or after > end
                or after <= at + skip
            ):
                return None
            count += 1
            kind = kinds[first]
            if kind == _FRAGMENT:
                flags = data[at + skip - 1]
                if flags & 0xC0 == 0x80 and fragment_at < 0:
                    nal_head = self._form.fragmented_head(data[at + _FRAME_BYTES : at + skip])
                    kind = kinds[nal_head[0]]
                    if not _SLICE <= kind <= _KEY_SLICE or not (has_slice or data[at + skip] & 0x80):
                        return None
                    has_slice = True
                    is_key = is_key or kind == _KEY_SLICE
                    fragment_at = len(pieces)
                    pieces += (nal_head, data[at + skip : after])
                elif fragment_at < 0 or flags & 0x80:
                    return None
                elif flags & 0x40:
                    pieces.append(data[at + skip : after])
                    length = sum(map(len, pieces[fragment_at:]))
                    pieces[fragment_at] = length.to_bytes(4, "big") + pieces[fragment_at]
                    fragment_at = -1
                elif bodies := cut_run(data, at, size, skip, sequence):
                    pieces += bodies
                    count += len(bodies) - 1
                    after = at + len(bodies) * (size + 4)
                else:
                    pieces.append(data[at + skip : after])
            elif not _KEPT <= kind <= _KEY_SLICE or kind == _SET or fragment_at >= 0:
                return None
            else:
                nal = data[at + _FRAME_BYTES : after]
                if nal.startswith((b"\0\0\1", b"\0\0\0\1")):
                    return None
                if kind >= _SLICE:
                    if not (has_slice or self._form.starts_picture(nal)):
                        return None
                    has_slice = True
                    is_key = is_key or kind == _KEY_SLICE
                elif kind == _MESSAGE and not is_key:
                    is_key = self._form.is_entry(nal)
                pieces += (len(nal).to_bytes(4, "big"), nal)
            at = after
        if not has_slice or fragment_at >= 0:
            return None
        self._ended_timestamp = timestamp
        unit = self._unit(b"".join(pieces), timestamp, is_key=is_key)
        return TakenUnit(at, count, unit)

    def abandon(self) -> None:
        """See Depacketizer."""
        self._break()

    def _clear(self, *, is_unsure: bool) -> None:
        self.pieces.clear()
        self._fragment_at = -1
        self._has_slice = False
        self._has_sets = False
        self._is_key = False
        self._is_broken = False
        self._is_unsure = is_unsure  # packets before this unit are missing, maybe its own

    def _break(self) -> None:
        self._is_broken = self._is_gap = True
        self._fragment_at = -1
        self.pieces.clear()

    def _finish(self, done: list[Assembled]) -> None:
        self._end_fragment()
        if self._has_slice and not self._is_broken:
            done.append(self._unit(b"".join(self.pieces), self._timestamp, is_key=self._is_key))
        self.pieces.clear()

    def _unit(self, data: bytes, timestamp: int, *, is_key: bool) -> Assembled:
        setup: tuple[bytes, ...] | None = None
        if self._sets_changed:
            self._sets_changed = False
            current = self._sets.setup
            if current != self._setup:
                setup = self._setup = current
        unit = Assembled(data, is_key, timestamp, self._is_gap, setup)
        self._is_gap = False
        return unit

    def _take_fragment(self, payload: memoryview) -> None:
        skip = self._skip
        if len(payload) < skip:
            self._break()
            return
        flags = payload[skip - 1]
        if flags & 0x80:
            self._end_fragment()
            head = self._form.fragmented_head(payload)
            kind = self._kinds[head[0]]
            if kind == _KEY_SLICE:
                self._is_key = True
            if not self._has_slice and _SLICE <= kind <= _KEY_SLICE:
                self._note_first_slice(head + payload[skip : skip + 8])
                if self._is_broken:
                    return
            self._fragment_at = len(self.pieces)
            self._fragment_head = head
            self.pieces.append(head)
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
        self._fragment_at = -1
        if _SLICE <= self._kinds[self._fragment_head[0]] <= _KEY_SLICE:
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

    def _take(self, nal: bytes) -> None:  # noqa: C901 - the table of NAL unit kinds, once
        if self._is_broken or not nal:
            return
        kind = self._kinds[nal[0]]
        if kind == _SET or nal.startswith((b"\0\0\1", b"\0\0\0\1")):
            if b"\0\0\1" in nal:  # a peer that sends its encoder's byte stream whole
                for each in split_annex_b(b"\0\0\1" + nal):
                    self._take(each)
                return
            self._has_sets = True
            self._sets_changed = self._sets.learn(nal) or self._sets_changed
        elif _KEPT <= kind <= _KEY_SLICE:
            if kind == _KEY_SLICE:
                self._is_key = True
            if kind >= _SLICE and not self._has_slice:
                self._note_first_slice(nal[:16])
            elif kind == _MESSAGE and not self._is_key:
                self._is_key = self._form.is_entry(nal)
            if not self._is_broken:
                self.pieces.append(len(nal).to_bytes(4, "big"))
                self.pieces.append(nal)
        elif kind >= _AGGREGATE:
            self._break()

    def _note_first_slice(self, start: bytes) -> None:
        self._has_slice = True
        if not self._form.starts_picture(start):
            if self._timestamp == self._ended_timestamp and not self._is_unsure:
                self._marker_ends = False
                self._break()
            elif self._is_unsure:
                self._break()
        elif self._has_sets and not self._is_key:
            self._is_key = self._form.is_intra(start)


def split_lengths(data: bytes, length_bytes: int = LENGTH_BYTES) -> Iterator[memoryview]:
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
