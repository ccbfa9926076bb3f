"""H.265: parameter sets, SDP line, RTP in and out, `hvc1`."""

import base64
from contextlib import suppress
from fractions import Fraction
from typing import NamedTuple

from vedette.base.bits import BitReader, BitsExhausted
from vedette.base.errors import PeerError
from vedette.media.codecs.codec import MalformedMedia
from vedette.media.codecs.entries import visual_children, visual_entry
from vedette.media.codecs.nal import (
    NalFormat,
    NalKind,
    described_nals,
    fmtp_parameters,
    skip_signal,
    without_emulation_prevention,
)
from vedette.media.codecs.nal_depacketizer import NalDepacketizer
from vedette.media.unit import Track, TrackKind
from vedette.protocols.mp4.boxes import box, child

VPS, SPS, PPS = 32, 33, 34
_LARGEST = 16_384  # luma samples on a side


class Sps(NamedTuple):
    """What a sequence parameter set says of the picture; None where it does not tell. `reorders` is whether
    pictures may come in another order than they are shown in."""

    number: int
    profile: bytes  # the twelve bytes of general profile, tier and level
    temporal_layers: int
    is_nested: bool
    width: int
    height: int
    fps: Fraction | None
    chroma_format: int
    luma_bits: int
    chroma_bits: int
    reorders: bool | None


def parse_sps(nal: bytes) -> Sps:
    """A sequence parameter set (ITU-T H.265 §7.3.2.2.1); raises PeerError."""
    plain = without_emulation_prevention(nal)
    if len(plain) < 16:
        raise MalformedMedia(f"an H.265 sequence parameter set of {len(nal)} bytes")
    bits = BitReader(plain[2:])
    bits.skip(4)
    layers = bits.read(3)
    is_nested = bits.flag()
    bits.skip(96)
    _skip_layer_profiles(bits, layers)
    number, chroma = bits.ue(), bits.ue()
    separate = chroma == 3 and bits.flag()
    width, height = bits.ue(), bits.ue()
    if bits.flag():
        across = 2 if chroma in (1, 2) and not separate else 1
        down = 2 if chroma == 1 and not separate else 1
        left, right, top, bottom = (bits.ue() for _ in range(4))
        width -= across * (left + right)
        height -= down * (top + bottom)
    luma_bits, chroma_bits = 8 + bits.ue(), 8 + bits.ue()
    if number > 15 or chroma > 3 or not (0 < width <= _LARGEST and 0 < height <= _LARGEST):
        raise MalformedMedia(f"an H.265 sequence parameter set with id {number} of {width}×{height}")
    fps, reorders = None, None
    try:
        order_bits = bits.ue() + 4
        reorders = _reorders(bits, layers)
        fps = _timing(bits, order_bits)
    except BitsExhausted:
        pass
    return Sps(
        number,
        plain[3:15],
        layers + 1,
        is_nested,
        width,
        height,
        fps,
        chroma,
        luma_bits,
        chroma_bits,
        reorders,
    )


def _skip_layer_profiles(bits: BitReader, layers: int) -> None:
    present = [(bits.flag(), bits.flag()) for _ in range(layers)]
    if layers:
        bits.skip(2 * (8 - layers))
    for has_profile, has_level in present:
        bits.skip(88 * has_profile + 8 * has_level)


def _reorders(bits: BitReader, layers: int) -> bool:
    """Whether pictures are reordered when all layers are decoded."""
    pictures = 0
    for _ in range(layers + 1 if bits.flag() else 1):
        bits.ue()
        pictures = bits.ue()
        bits.ue()
    return pictures > 0


def _timing(bits: BitReader, order_bits: int) -> Fraction | None:
    for _ in range(6):
        bits.ue()
    if bits.flag() and bits.flag():
        _skip_scaling_lists(bits)
    bits.skip(2)
    if bits.flag():
        bits.skip(8)
        bits.ue()
        bits.ue()
        bits.skip(1)
    _skip_reference_sets(bits)
    if bits.flag():
        for _ in range(min(bits.ue(), 33)):
            bits.skip(order_bits + 1)
    bits.skip(2)
    return _usability(bits) if bits.flag() else None


def _skip_scaling_lists(bits: BitReader) -> None:
    for size in range(4):
        for _ in range(2 if size == 3 else 6):
            if not bits.flag():
                bits.ue()
                continue
            if size > 1:
                bits.se()
            for _ in range(min(64, 16 << 2 * size)):
                bits.se()


def _skip_reference_sets(bits: BitReader) -> None:
    """The short-term reference picture sets (ITU-T H.265 §7.3.7)."""
    count = bits.ue()
    if count > 64:
        raise BitsExhausted(f"{count} reference picture sets")
    pictures = 0  # of the set before
    for which in range(count):
        if which and bits.flag():
            bits.skip(1)
            bits.ue()
            pictures = sum(bits.flag() or bits.flag() for _ in range(pictures + 1))
        else:
            pictures = bits.ue() + bits.ue()
            if pictures > 32:
                raise BitsExhausted(f"a reference picture set of {pictures}")
            for _ in range(pictures):
                bits.ue()
                bits.skip(1)


def _usability(bits: BitReader) -> Fraction | None:
    skip_signal(bits)
    bits.skip(3)
    if bits.flag():
        for _ in range(4):
            bits.ue()
    if not bits.flag():
        return None
    tick, scale = bits.read(32), bits.read(32)
    return Fraction(scale, tick) if tick and scale else None


def _kind(first: int) -> NalKind:
    kind = first >> 1 & 63
    if first & 0x81:  # forbidden bit, or a layer of a scalable stream above the base
        return NalKind.DROPPED
    if kind <= 9:
        return NalKind.SLICE
    if 16 <= kind <= 23:
        return NalKind.KEY_SLICE
    match kind:
        case 32 | 33 | 34:
            return NalKind.SET
        case 36 | 37 | 39 | 40:
            return NalKind.KEPT
        case 48:
            return NalKind.AGGREGATE
        case 49:
            return NalKind.FRAGMENT
        case 50:
            return NalKind.REFUSED
    return NalKind.DROPPED


class H265(NalFormat):
    """H.265. `Track.setup`: video, sequence and picture parameter sets, each by id.

    A key frame is any random access picture (IRAP: IDR, CRA, BLA).

    Source: RFC 7798 (without decoding order numbers); ISO/IEC 14496-15 §8.
    """

    name = "H265"
    kind = TrackKind.VIDEO
    static_payload_type = None
    encoding_names = ("h265", "hevc")
    sample_entry_kinds = (b"hvc1", b"hev1")
    header_bytes = 2
    kinds = tuple(_kind(first) for first in range(256))
    aggregate_head = b"\x60\x01"

    def set_key(self, nal: bytes) -> tuple[int, int]:
        """See NalFormat."""
        kind = nal[0] >> 1 & 63
        if kind == SPS:
            return 1, parse_sps(nal).number
        bits = BitReader(without_emulation_prevention(nal[2:32]))
        return (0, bits.read(4)) if kind == VPS else (2, bits.ue())

    def size_told(self, nal: bytes) -> tuple[int, int] | None:
        """See NalFormat."""
        if nal[0] >> 1 & 63 != SPS:
            return None
        sps = parse_sps(nal)
        return sps.width, sps.height

    def may_reorder(self, nal: bytes) -> bool | None:
        """See NalFormat."""
        return parse_sps(nal).reorders if nal[0] >> 1 & 63 == SPS else None

    def is_bidirectional(self, start: bytes) -> bool:
        """See NalFormat: many encoders use such slices for pictures that refer back alone."""
        return False

    def fragment_heads(self, head: bytes) -> tuple[bytes, int]:
        """See NalFormat; RFC 7798 §4.4.3."""
        return bytes([head[0] & 0x81 | 49 << 1, head[1]]), head[0] >> 1 & 63

    def fragmented_head(self, payload: bytes | memoryview) -> bytes:
        """See NalFormat."""
        return bytes([payload[0] & 0x81 | (payload[2] & 63) << 1, payload[1]])

    def is_entry(self, nal: bytes) -> bool:
        """Random access pictures say so in their type; no message is needed."""
        return False

    def is_intra(self, start: bytes) -> bool:
        """Random access pictures say so in their type."""
        return False

    def rtpmap(self, track: Track) -> str:
        """See Codec."""
        return f"H265/{track.clock_hz}"

    def fmtp(self, track: Track) -> str:
        """See Codec; RFC 7798 §7.1."""
        parts = []
        for name, kind in (("sprop-vps", VPS), ("sprop-sps", SPS), ("sprop-pps", PPS)):
            sets = [base64.b64encode(nal).decode() for nal in track.setup if nal[0] >> 1 & 63 == kind]
            if sets:
                parts.append(f"{name}={','.join(sets)}")
        return ";".join(parts)

    def track_from_sdp(self, number: int, rtpmap: str, fmtp: str) -> Track:
        """See Codec; decoding order numbers (`sprop-max-don-diff`) raise MalformedMedia."""
        parameters = fmtp_parameters(fmtp)
        if parameters.get("sprop-max-don-diff", "0") != "0":
            raise MalformedMedia("H.265 with decoding order numbers")
        setup: dict[tuple[int, int], bytes] = {}
        for name in ("sprop-vps", "sprop-sps", "sprop-pps"):
            for nal in described_nals(parameters.get(name, "")):
                if len(nal) > 2 and nal[0] >> 1 & 63 in (VPS, SPS, PPS):
                    with suppress(PeerError):
                        setup[self.set_key(nal)] = nal
        track = Track(number=number, kind=self.kind, codec=self.name, clock_hz=90_000)
        return self.with_setup(track, tuple(setup[key] for key in sorted(setup)))

    def with_setup(self, track: Track, setup: tuple[bytes, ...]) -> Track:
        """See Codec."""
        width, height = self.picture_size(setup) or (track.width, track.height)
        return Track(
            number=track.number,
            kind=self.kind,
            codec=self.name,
            clock_hz=track.clock_hz,
            setup=setup,
            width=width,
            height=height,
        )

    def depacketizer(self, track: Track) -> NalDepacketizer:
        """See Codec."""
        return NalDepacketizer(self, track)

    def sample_entry(self, track: Track) -> bytes:
        """See Codec; `hvc1` with `hvcC`. A track without a sequence parameter set raises MalformedMedia."""
        by_kind = {
            kind: [nal for nal in track.setup if len(nal) > 2 and nal[0] >> 1 & 63 == kind]
            for kind in (VPS, SPS, PPS)
        }
        if not by_kind[SPS]:
            raise MalformedMedia(f"H.265 track {track.number} has no sequence parameter set yet")
        sps = parse_sps(by_kind[SPS][0])
        body = b"\1" + sps.profile + b"\xf0\0\xfc"
        body += bytes(
            [0xFC | sps.chroma_format, 0xF8 | sps.luma_bits - 8 & 7, 0xF8 | sps.chroma_bits - 8 & 7]
        )
        body += b"\0\0" + bytes([sps.temporal_layers << 3 | sps.is_nested << 2 | 3])
        arrays = [(kind, nals) for kind, nals in by_kind.items() if nals]
        body += bytes([len(arrays)])
        for kind, nals in arrays:
            body += bytes([0x80 | kind]) + len(nals).to_bytes(2, "big")
            body += b"".join(len(nal).to_bytes(2, "big") + nal for nal in nals)
        return visual_entry(b"hvc1", track.width or sps.width, track.height or sps.height, box(b"hvcC", body))

    def track_from_sample_entry(self, number: int, entry: bytes, clock_hz: int) -> Track:
        """See Codec. NAL unit lengths of other than four bytes raise MalformedMedia."""
        width, height, children = visual_children(entry, self.sample_entry_kinds)
        config = bytes(child(children, b"hvcC"))
        if len(config) < 23 or config[21] & 3 != 3:
            raise MalformedMedia("an hvcC box that is cut off or has other than four-byte lengths")
        setup: list[bytes] = []
        at = 23
        for _ in range(config[22]):
            count = int.from_bytes(config[at + 1 : at + 3], "big")
            at += 3
            for _ in range(count):
                size = int.from_bytes(config[at : at + 2], "big")
                nal = config[at + 2 : at + 2 + size]
                if len(nal) != size or not size:
                    raise MalformedMedia("an hvcC box ends within a parameter set")
                if nal[0] >> 1 & 63 in (VPS, SPS, PPS):
                    setup.append(nal)
                at += 2 + size
        track = Track(
            number=number, kind=self.kind, codec=self.name, clock_hz=clock_hz, width=width, height=height
        )
        return self.with_setup(track, tuple(setup))
