"""Ordinary H.264 and H.265 pictures told where they lie, and renumbered without being taken apart."""

import struct
from enum import IntEnum
from functools import lru_cache

from vedette.media.codecs.nal import NalFormat, NalKind
from vedette.media.codecs.nal_beginnings import FRAME_BYTES, Beginnings
from vedette.media.codecs.nal_runs import BEGINS, ENDS
from vedette.protocols.rtp.forwarding import CHANNEL, ForwardedBatch, Numbering
from vedette.protocols.rtp.packet import MARKER
from vedette.protocols.rtp.payload import FrameOpening

APART_MOST_S = 2  # two pictures: what is further apart may be another time line
_FIRST_IN_PICTURE = 0x80  # of a slice, the bit behind its header
_MARKER = MARKER << 16  # in flags, type and sequence as one number
_MARK = 0x24 << 8 | CHANNEL
_HEADER = struct.Struct(">HHIQ")  # mark and channel, size; flags, type and sequence; timestamp and source


class _Role(IntEnum):
    """What a payload is to an ordinary picture."""

    NONE = 0
    KEPT = 1
    DELIMITER = 2  # or what else is not taken along, as filler
    MESSAGE = 3
    SLICE = 4
    BEGINS = 5  # a slice's first fragment
    GOES_ON = 6
    ENDS = 7


_NONE, _DELIMITER, _MESSAGE, _SLICE, _BEGINS, _GOES_ON, _ENDS = (
    _Role.NONE.value,
    _Role.DELIMITER.value,
    _Role.MESSAGE.value,
    _Role.SLICE.value,
    _Role.BEGINS.value,
    _Role.GOES_ON.value,
    _Role.ENDS.value,
)  # an enumeration's members cost a look-up each time
_WHOLE = {
    NalKind.DROPPED: _DELIMITER,
    NalKind.KEPT: _Role.KEPT.value,
    NalKind.MESSAGE: _MESSAGE,
    NalKind.SLICE: _SLICE,
}
_PIECES = {BEGINS: _BEGINS, 0: _GOES_ON, ENDS: _ENDS}


class _Roles(Beginnings[int]):
    """The roles of payloads."""

    def tell(self, begun: bytes) -> int:
        """See Beginnings."""
        kinds = self.form.kinds
        if begun.startswith(b"\0\0"):  # no NAL unit, but maybe a start code before one
            return _NONE
        if kinds[begun[0]] is not NalKind.FRAGMENT:
            return _WHOLE.get(kinds[begun[0]], _NONE)
        if kinds[self.form.fragmented_head(begun)[0]] is NalKind.SLICE:
            return _PIECES.get(begun[-1] & (BEGINS | ENDS), _NONE)
        return _NONE


_roles = lru_cache(_Roles)  # one for all streams of a codec


class NalForwarding:
    """See Forwarding. Pictures are of slices and messages alone, and each ends with the marker bit.

    `opening` is that of the frame that would follow at the latest unit's end, whose timestamp it holds;
    `lead` is what is added to a timestamp besides the numbering's offset.
    """

    def __init__(
        self, form: NalFormat, opening: FrameOpening, numbering: Numbering, lead: int, clock_hz: int
    ) -> None:
        self.is_ordinary = True
        self.after = 0
        self._form = form
        self._roles = _roles(form)
        self._skip = FRAME_BYTES + form.header_bytes + 1
        self._mark = opening.mark
        self._following = opening.plain << 16 | opening.expected
        self._source = opening.origin & 0xFFFF_FFFF
        self._latest = opening.origin >> 32
        self._apart_most = clock_hz * APART_MOST_S
        self._plain = 0x8000 | numbering.payload_type
        self._ssrc = numbering.ssrc
        self._sequence = numbering.sequence
        self._most_bytes = numbering.packet_most_bytes
        self._offset = numbering.timestamp_offset + lead

    def next(  # noqa: C901, PLR0915 - one loop with few calls is its purpose
        self, data: bytes, at: int
    ) -> ForwardedBatch | None:
        """See Forwarding."""
        roles, unpack, write = self._roles, self._roles.unpack, _HEADER.pack_into
        mark, following, skip, end = self._mark, self._following, self._skip, len(data)
        least, most = skip - 4, self._most_bytes
        plain, sequence, place, last = self._plain << 16, self._sequence, at, end - skip
        out, unit_origin, out_origin = bytearray(), -1, 0
        has_slice = is_open = False
        while place <= last:
            its_mark, size, opened, origin, begun = unpack(data, place)
            marker = opened - following
            if its_mark != mark or (marker and marker != _MARKER) or not least <= size <= most:
                break
            if origin != unit_origin:
                is_next = 0 < (origin >> 32) - self._latest <= self._apart_most
                if unit_origin >= 0 or origin & 0xFFFF_FFFF != self._source or not is_next:
                    break
                unit_origin, out = origin, bytearray(data[at:] if at else data)
                out_origin = ((origin >> 32) + self._offset & 0xFFFF_FFFF) << 32 | self._ssrc
            after = place + 4 + size
            if after > end:
                return None
            role = roles[begun]
            if role == _GOES_ON:
                if not is_open:
                    break
            elif role == _BEGINS:
                is_first = size > least and data[place + skip] & _FIRST_IN_PICTURE
                if is_open or not (has_slice or is_first):
                    break
                is_open = has_slice = True
            elif role == _ENDS:
                if not is_open:
                    break
                is_open = False
            elif is_open or role == _NONE:
                break
            elif role == _SLICE:
                if not (has_slice or data[place + skip - 1] & _FIRST_IN_PICTURE):
                    break
                has_slice = True
            elif role == _DELIMITER:
                if size > least:  # it is longer than a delimiter
                    break
            elif role == _MESSAGE and self._form.is_entry(data[place + FRAME_BYTES : after]):
                break
            write(out, place - at, _MARK, size, plain | sequence | marker, out_origin)
            sequence = sequence + 1 & 0xFFFF
            following += 1
            place = after
            if marker:
                if is_open or not has_slice:
                    break
                first, count = self._sequence, following - self._following
                self._following, self._sequence, self._latest = following, sequence, origin >> 32
                self.after = place
                del out[place - at :]
                payload_bytes = len(out) - count * FRAME_BYTES
                return ForwardedBatch(bytes(out), count, payload_bytes, first, out_origin >> 32)
        else:
            if place == end or data[place] == _MARK >> 8:
                return None
        self.is_ordinary = False
        return None
