"""H.264 and H.265 access units put together from RTP payloads, or from whole frames where they lie."""

import struct
from collections.abc import Sequence
from functools import lru_cache

from vedette.media.codecs.codec import Assembled
from vedette.media.codecs.nal import NalFormat, NalKind, ParameterSets, split_annex_b
from vedette.media.codecs.nal_beginnings import FRAME_BYTES, Beginnings
from vedette.media.codecs.nal_forwarding import NalForwarding
from vedette.media.codecs.nal_runs import BEGINS, ENDS, cut_nal, cut_run
from vedette.media.unit import Track
from vedette.protocols.rtp.forwarding import Forwarding, Numbering
from vedette.protocols.rtp.packet import MARKER
from vedette.protocols.rtp.payload import FrameOpening, TakenUnits

_KEPT, _MESSAGE, _SET, _SLICE, _KEY_SLICE, _AGGREGATE, _FRAGMENT, _REFUSED = (
    NalKind.KEPT.value,
    NalKind.MESSAGE.value,
    NalKind.SET.value,
    NalKind.SLICE.value,
    NalKind.KEY_SLICE.value,
    NalKind.AGGREGATE.value,
    NalKind.FRAGMENT.value,
    NalKind.REFUSED.value,
)  # an enumeration's members cost a look-up each time
_NOTHING: tuple[Assembled, ...] = ()
# mark and channel, size; flags and type, sequence, timestamp and source; first byte of the payload
_FRAME = struct.Struct(">HHHHQB")
_MARKER = MARKER << 16  # in flags, type and sequence as one number
_SOURCE = 0xFFFF_FFFF


class _Beginnings(Beginnings[tuple[int, bytes]]):
    """The kinds of NAL units and, where the first fragment of a slice begins so, that slice's header."""

    def tell(self, begun: bytes) -> tuple[int, bytes]:
        """See Beginnings."""
        kind, header = self.form.kinds[begun[0]].value, b""
        if begun.startswith(b"\0\0"):  # no NAL unit, but maybe a start code before one
            kind = _REFUSED
        elif kind == _FRAGMENT and begun[-1] & (BEGINS | ENDS) == BEGINS:
            head = self.form.fragmented_head(begun)
            of_slice = self.form.kinds[head[0]].value
            if _SLICE <= of_slice <= _KEY_SLICE:
                kind, header = of_slice, head
        return kind, header


_beginnings = lru_cache(_Beginnings)  # one for all streams of a codec


class NalDepacketizer:
    """Puts H.264 or H.265 access units together; see Depacketizer for what happens on loss.

    A unit ends with the marker bit or, where that is missing or on every packet, where the timestamp
    changes. A unit after a gap is taken when its first slice is the picture's first; it may then lack a
    message that was lost.
    """

    def __init__(self, form: NalFormat, track: Track) -> None:
        self.pieces: list[bytes | memoryview] = []
        self._skip = form.header_bytes + 1  # bytes before a fragment's piece
        self._form = form
        self._beginnings = _beginnings(form)
        self._kinds = tuple(kind.value for kind in form.kinds)
        self._header_bytes = form.header_bytes
        self._sets = ParameterSets(form, track.setup)
        self._setup = track.setup
        self._sets_changed = self._sets.setup != track.setup
        self._timestamp = -1  # of the open unit
        self._ended_timestamp = -1  # of the latest unit that a marker ended
        self._marker_ends = True  # until a peer sets it on every slice, or on every packet
        self._are_units_told_by_time = False  # one, at least, was
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
                self._are_units_told_by_time = True
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
            if 0 <= self._fragment_at == len(self.pieces) - 2:  # a slice's first fragment, which ends nothing
                self._marker_ends = False
                return _NOTHING if done is None else done
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
        end, skip = len(data), FRAME_BYTES + self._skip
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
                if flags & BEGINS:
                    self._take_fragment(view[at + FRAME_BYTES : after])
                elif self._fragment_at < 0:
                    break
                elif flags & ENDS:
                    append(view[at + skip : after])
                    self._end_fragment()
                elif bodies := cut_run(data, at, size, skip):
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
                self._take(data[at + FRAME_BYTES : after])
            at = after
            count += 1
            if self._is_broken:
                break
            expected = (expected + 1) & 0xFFFF
        return at, count

    def take_units(  # noqa: C901, PLR0915 - one loop with few calls is its purpose
        self, data: bytes, at: int, opening: FrameOpening
    ) -> TakenUnits | None:
        """See Depacketizer; units of slices, messages and known parameter sets, which nearly all are."""
        mark, plain, expected, origin = opening
        ended = self._ended_timestamp
        if self._timestamp >= 0 or ended < 0 or self._is_broken or not self._marker_ends:
            return None
        beginnings, unpack, form, header_bytes, join = (
            self._beginnings,
            self._beginnings.unpack,
            self._form,
            self._header_bytes,
            b"".join,
        )
        end, skip, source = len(data), FRAME_BYTES + self._skip, origin & _SOURCE
        unit_origin, following = -1, plain << 16 | expected
        last, first_place = end - skip, following
        units: list[bytes] = []
        keys: list[bool] = []
        timestamps: list[int] = []
        pieces: list[bytes] = []
        after_last, following_last = at, following
        is_key = has_slice = has_sets = False
        while at < last:
            its_mark, size, opened, origin, begun = unpack(data, at)
            if origin != unit_origin:
                if unit_origin >= 0 or origin >> 32 == ended or origin & _SOURCE != source:
                    break
                unit_origin = origin
            marker = opened != following
            if its_mark != mark or (marker and opened != following | _MARKER):
                break
            kind, header = beginnings[begun]
            if header:
                cut = cut_nal(data, at, size, skip)
                if cut is None or not (has_slice or data[at + skip] & 0x80):
                    break
                bodies, after, count, marker = cut
                pieces += ((after - at - count * skip + header_bytes).to_bytes(4, "big"), header)
                pieces += bodies
                following += count
            else:
                after = at + 4 + size
                nal = data[at + FRAME_BYTES : after]
                if after > end or not nal:
                    break
                following += 1
                if kind == _SET:
                    if has_slice or not self._sets.is_known(nal):
                        break
                    has_sets = True
                elif kind > _KEY_SLICE or (kind >= _SLICE and not has_slice and not form.starts_picture(nal)):
                    break
                elif kind:
                    if kind == _MESSAGE and not is_key:
                        is_key = form.is_entry(nal)
                    pieces += (len(nal).to_bytes(4, "big"), nal)
            if kind >= _SLICE:
                if kind == _KEY_SLICE:
                    is_key = True
                elif has_sets and not is_key:
                    break  # it may be a key frame all the same
                has_slice = True
            at = after
            if marker:
                if not has_slice:
                    break
                ended = origin >> 32
                units.append(join(pieces))
                keys.append(is_key)
                timestamps.append(ended)
                pieces = []
                unit_origin, is_key, has_slice, has_sets = -1, False, False, False
                after_last, following_last = at, following
        if not units:
            return None
        self._ended_timestamp = ended
        return TakenUnits(after_last, following_last - first_place, units, keys, timestamps, *self._news())

    def forwarding(
        self, opening: FrameOpening, numbering: Numbering, lead: int, clock_hz: int
    ) -> Forwarding | None:
        """See Depacketizer."""
        if self._timestamp >= 0 or self._ended_timestamp < 0:
            return None
        return NalForwarding(self._form, opening, numbering, lead, clock_hz)

    def abandon(self) -> None:
        """See Depacketizer."""
        self._break()

    def finish(self) -> Sequence[Assembled]:
        """See Depacketizer; where markers end this peer's units, an open one is not whole."""
        done: list[Assembled] = []
        is_bare = self._ended_timestamp < 0 and self._are_units_told_by_time
        if self._timestamp >= 0 and self._fragment_at < 0 and (is_bare or not self._marker_ends):
            self._finish(done)
        return done

    def _clear(self, *, is_unsure: bool) -> None:
        self.pieces.clear()
        self._fragment_at = -1
        self._has_slice = False
        self._has_sets = False
        self._brought: list[bytes] = []  # its parameter sets
        self._has_learnt = False  # from them
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
            if self._has_learnt and self._is_key:
                self._sets.settle(self._brought)
            data = b"".join(self.pieces)
            done.append(Assembled(data, self._is_key, self._timestamp, *self._news()))
        self.pieces.clear()

    def _news(self) -> tuple[bool, tuple[bytes, ...] | None]:
        """What the next unit is to tell: whether something before it was lost, and a setup that changed."""
        is_gap, self._is_gap = self._is_gap, False
        setup: tuple[bytes, ...] | None = None
        if self._sets_changed:
            self._sets_changed = False
            current = self._sets.setup
            if current != self._setup:
                setup = self._setup = current
        return is_gap, setup

    def _take_fragment(self, payload: memoryview) -> None:
        skip = self._skip
        if len(payload) < skip:
            self._break()
            return
        flags = payload[skip - 1]
        if flags & BEGINS:
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
            if self._timestamp == self._ended_timestamp and not self._is_unsure:
                self._marker_ends = False
            self._break()
            return
        self.pieces.append(payload[skip:])
        if flags & ENDS:
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
            self._brought.append(nal)
            if self._sets.learn(nal):
                self._sets_changed = self._has_learnt = True
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
