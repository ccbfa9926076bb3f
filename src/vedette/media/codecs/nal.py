"""What H.264 and H.265 share: NAL units cut, kept, learnt from and put into RTP."""

import base64
from collections.abc import Iterable, Iterator
from contextlib import suppress
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from vedette.base.bits import BitReader
from vedette.base.errors import PeerError
from vedette.media.codecs.codec import MalformedMedia, Payload
from vedette.media.codecs.nal_runs import BEGINS, ENDS
from vedette.media.unit import AccessUnit, Track
from vedette.protocols.rtp.payload import PayloadRun

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

    def size_told(self, nal: bytes) -> tuple[int, int] | None:
        """Width and height by a sequence parameter set, None for any other unit; raises PeerError."""
        raise NotImplementedError

    def picture_size(self, setup: Iterable[bytes]) -> tuple[int, int] | None:
        """Width and height by the first parameter set that tells them, None where none does."""
        for nal in setup:
            with suppress(PeerError):
                if size := self.size_told(nal):
                    return size
        return None

    def may_reorder(self, nal: bytes) -> bool | None:
        """Whether pictures may come in another order than they are shown in, by a sequence parameter set;
        None where it does not tell, and for any other unit; raises PeerError."""
        raise NotImplementedError

    def is_bidirectional(self, start: bytes) -> bool:
        """Whether the slice that starts with these bytes proves that pictures are reordered, where no
        parameter set tells; raises PeerError."""
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
                found.append(self._fragments(data, start, at, most_bytes, marker=at == end))
            elif at > start:
                found.append(Payload(data[start:at], marker=at == end))
        if found and not found[-1].marker:
            found[-1] = found[-1]._replace(marker=True)  # behind it were only empty NAL units, or none
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
                found.append(self._fragments(nal, 0, len(nal), most_bytes, marker=False))

    def _fragments(self, data: bytes, start: int, end: int, most_bytes: int, *, marker: bool) -> PayloadRun:
        """Cut the NAL unit between two places, which is of more than `most_bytes`."""
        at = start + self.header_bytes
        each = most_bytes - self.header_bytes - 1
        bodies = [data[place : place + each] for place in range(at, end, each)]
        if over := (end - at) % each:
            bodies[-1] = bodies[-1][:over]
        return PayloadRun(*_fragment_heads(self, data[start:at]), bodies, marker)


@lru_cache(maxsize=256)
def _fragment_heads(form: NalFormat, header: bytes) -> tuple[bytes, bytes, bytes]:
    """What stands before the first fragment of a NAL unit with this header, each further one, the last."""
    head, kind = form.fragment_heads(header)
    return head + bytes((BEGINS | kind,)), head + bytes((kind,)), head + bytes((ENDS | kind,))


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

    def is_known(self, nal: bytes) -> bool:
        """Whether it is one of them, so that `learn` would change nothing."""
        return nal in self._sets.values()

    def learn(self, nal: bytes) -> bool:
        """Take one parameter set; True when it changed something. One that cannot be read is passed over."""
        if self.is_known(nal):
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

    def settle(self, brought: Iterable[bytes]) -> None:
        """Give up those that a key frame did not bring, if it brought a whole set of another picture size.

        A camera that is set to another size may tell it under another id, and never take the former back.
        """
        known = set(self._sets.values())
        own = {self._form.set_key(nal): nal for nal in brought if nal in known}
        size = self._form.picture_size(own.values())
        others = [nal for key, nal in self._sets.items() if key not in own]
        sizes = {self._form.picture_size((nal,)) for nal in others} - {None, size}
        if size is not None and sizes and {key[0] for key in own} == {key[0] for key in self._sets}:
            self._sets = own
            self._announced.clear()


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


def skip_signal(bits: BitReader) -> None:
    """Pass over how usability information begins: the pixels' shape, the colours and where chroma lies."""
    if bits.flag() and bits.read(8) == 255:
        bits.skip(32)
    if bits.flag():
        bits.skip(1)
    if bits.flag():
        bits.skip(4)
        if bits.flag():
            bits.skip(24)
    if bits.flag():
        bits.ue()
        bits.ue()


def described_nals(value: str) -> Iterator[bytes]:
    """The NAL units of an `sprop` parameter: in base64, with commas between. What is none is passed over;
    start codes, which some cameras leave before them, are taken away."""
    for part in value.split(","):
        try:
            nal = base64.b64decode(part)
        except ValueError:  # not base64, or not even ASCII
            continue
        yield from split_annex_b(nal) if nal.startswith((b"\0\0\1", b"\0\0\0\1")) else (nal,)


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
