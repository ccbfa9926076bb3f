"""H.264: parameter sets, SDP line, RTP in and out, `avc1`."""

import base64
from contextlib import suppress
from fractions import Fraction
from typing import NamedTuple

from vedette.base.bits import BitReader, BitsExhausted
from vedette.base.errors import PeerError
from vedette.media.codecs.codec import MalformedMedia
from vedette.media.codecs.entries import visual_children, visual_entry
from vedette.media.codecs.nal import (
    LENGTH_BYTES,
    NalFormat,
    NalKind,
    described_nals,
    fmtp_parameters,
    skip_signal,
    split_lengths,
    without_emulation_prevention,
)
from vedette.media.codecs.nal_depacketizer import NalDepacketizer
from vedette.media.unit import Track, TrackKind
from vedette.protocols.mp4.boxes import box, child

SPS, PPS, RECOVERY_POINT = 7, 8, 6
_RECOVERY_POINT_NAL = bytes.fromhex("0606018480")  # from this picture on, though not to the last bit
_PROFILES_WITH_CHROMA = frozenset({44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 144, 244})
_LARGEST = 16_384  # luma samples on a side; level 6.2 stops at 16,864


class Sps(NamedTuple):
    """What a sequence parameter set says of the picture; None where it does not tell. `reorders` is whether
    pictures may come in another order than they are shown in."""

    number: int
    profile_level_id: str
    width: int
    height: int
    fps: Fraction | None
    chroma_format: int
    luma_bits: int
    chroma_bits: int
    reorders: bool | None


def parse_sps(nal: bytes) -> Sps:
    """A sequence parameter set (ITU-T H.264 §7.3.2.1.1); raises PeerError."""
    if len(nal) < 5:
        raise MalformedMedia(f"an H.264 sequence parameter set of {len(nal)} bytes")
    bits = BitReader(without_emulation_prevention(nal)[4:])
    number = bits.ue()
    chroma, luma_bits, chroma_bits, separate = 1, 8, 8, False
    if nal[1] in _PROFILES_WITH_CHROMA:
        chroma = bits.ue()
        separate = chroma == 3 and bits.flag()
        luma_bits, chroma_bits = 8 + bits.ue(), 8 + bits.ue()
        bits.skip(1)
        if bits.flag():
            _skip_scaling_lists(bits, 12 if chroma == 3 else 8)
    bits.ue()
    order = _picture_order(bits)
    bits.ue()
    bits.skip(1)
    width, height_units = 16 * (bits.ue() + 1), bits.ue() + 1
    frames_only = bits.flag()
    if not frames_only:
        bits.skip(1)
    bits.skip(1)
    height = 16 * height_units * (1 if frames_only else 2)
    if bits.flag():
        across = 2 if chroma in (1, 2) and not separate else 1
        down = (2 if chroma == 1 and not separate else 1) * (1 if frames_only else 2)
        left, right, top, bottom = (bits.ue() for _ in range(4))
        width -= across * (left + right)
        height -= down * (top + bottom)
    if number > 31 or chroma > 3 or not (0 < width <= _LARGEST and 0 < height <= _LARGEST):
        raise MalformedMedia(f"an H.264 sequence parameter set with id {number} of {width}×{height}")
    fps, reorders = _usability(bits)
    if order == 2:
        reorders = False
    return Sps(number, nal[1:4].hex().upper(), width, height, fps, chroma, luma_bits, chroma_bits, reorders)


def _skip_scaling_lists(bits: BitReader, count: int) -> None:
    for which in range(count):
        if not bits.flag():
            continue
        last = following = 8
        for _ in range(16 if which < 6 else 64):
            if following:
                following = (last + bits.se()) % 256
            last = following or last


def _picture_order(bits: BitReader) -> int:
    """The type of the picture order count; what follows it is skipped."""
    kind = bits.ue()
    if kind == 0:
        bits.ue()
    elif kind == 1:
        bits.skip(1)
        bits.se()
        bits.se()
        for _ in range(min(bits.ue(), 256)):
            bits.se()
    return kind


def _usability(bits: BitReader) -> tuple[Fraction | None, bool | None]:
    """Frame rate and `Sps.reorders` by the usability information; None where it is missing or cut off."""
    fps = None
    try:
        if not bits.flag():
            return None, None
        skip_signal(bits)
        if bits.flag():
            tick, scale = bits.read(32), bits.read(32)
            fps = Fraction(scale, 2 * tick) if tick and scale else None
            bits.skip(1)
        has_buffer = [bits.flag() and _skip_buffer(bits) for _ in ("NAL units", "pictures")]
        bits.skip(2 if any(has_buffer) else 1)
        if not bits.flag():
            return fps, None
        bits.skip(1)
        for _ in range(4):
            bits.ue()
        return fps, bits.ue() > 0
    except BitsExhausted:
        return fps, None


def _skip_buffer(bits: BitReader) -> bool:
    """Pass over parameters of the hypothetical decoder's buffer (§E.1.2)."""
    count = bits.ue() + 1
    bits.skip(8)
    for _ in range(min(count, 32)):
        bits.ue()
        bits.ue()
        bits.skip(1)
    bits.skip(20)
    return True


def _kind(first: int) -> NalKind:
    match first & 31:
        case 1 | 2 | 3 | 4 | 19 | 20 | 21:
            return NalKind.SLICE
        case 5:
            return NalKind.KEY_SLICE
        case 6:
            return NalKind.MESSAGE
        case 7 | 8:
            return NalKind.SET
        case 10 | 11 | 13 | 14 | 15:
            return NalKind.KEPT
        case 24:
            return NalKind.AGGREGATE
        case 25 | 26 | 27 | 29:
            return NalKind.REFUSED
        case 28:
            return NalKind.FRAGMENT
    return NalKind.DROPPED


class H264(NalFormat):
    """H.264. `Track.setup`: sequence parameter sets by id, then picture parameter sets by id.

    A key frame is an IDR picture, a picture with a recovery point message, or an intra picture right
    behind parameter sets (cameras exist that never send an IDR picture again).

    Source: RFC 6184 (single NAL unit and non-interleaved mode); ISO/IEC 14496-15 §5.
    """

    name = "H264"
    kind = TrackKind.VIDEO
    static_payload_type = None
    encoding_names = ("h264",)
    sample_entry_kinds = (b"avc1", b"avc3")
    header_bytes = 1
    kinds = tuple(_kind(first) for first in range(256))
    aggregate_head = b"\x78"

    def set_key(self, nal: bytes) -> tuple[int, int]:
        """See NalFormat."""
        if nal[0] & 31 == SPS:
            return 0, parse_sps(nal).number
        return 1, BitReader(without_emulation_prevention(nal[1:32])).ue()

    def size_told(self, nal: bytes) -> tuple[int, int] | None:
        """See NalFormat."""
        if nal[0] & 31 != SPS:
            return None
        sps = parse_sps(nal)
        return sps.width, sps.height

    def may_reorder(self, nal: bytes) -> bool | None:
        """See NalFormat."""
        return parse_sps(nal).reorders if nal[0] & 31 == SPS else None

    def is_bidirectional(self, start: bytes) -> bool:
        """See NalFormat."""
        bits = BitReader(without_emulation_prevention(start[self.header_bytes :]))
        bits.ue()
        return bits.ue() % 5 == 1

    def fragment_heads(self, head: bytes) -> tuple[bytes, int]:
        """See NalFormat; RFC 6184 §5.8."""
        return bytes([head[0] & 0xE0 | 28]), head[0] & 31

    def fragmented_head(self, payload: bytes | memoryview) -> bytes:
        """See NalFormat."""
        return bytes([payload[0] & 0xE0 | payload[1] & 31])

    def is_entry(self, nal: bytes) -> bool:
        """Whether the message is a recovery point (ITU-T H.264 §D.1.8)."""
        if nal.find(RECOVERY_POINT, 1, 1024) < 0:  # nearly always, and told at once
            return False
        at, end = 1, min(len(nal), 1024)
        while at + 2 < end:
            kind = size = 0
            while at < end and nal[at] == 255:
                kind, at = kind + 255, at + 1
            if at < end:
                kind, at = kind + nal[at], at + 1
            while at < end and nal[at] == 255:
                size, at = size + 255, at + 1
            if at < end:
                size, at = size + nal[at], at + 1
            if kind == RECOVERY_POINT:
                return True
            at += size
        return False

    def with_entry_told(self, data: bytes) -> bytes:
        """A key frame's NAL units so that they tell it themselves, each behind its length as in AccessUnit.

        Where there is neither an IDR slice nor a recovery point (ITU-T H.264 §D.1.8), that is put in front.
        """
        with suppress(MalformedMedia):  # of which a browser tells
            for nal in split_lengths(data):
                kind = self.kinds[nal[0]]
                if kind is NalKind.KEY_SLICE or (kind is NalKind.MESSAGE and self.is_entry(bytes(nal))):
                    break
                if kind is NalKind.SLICE:
                    return len(_RECOVERY_POINT_NAL).to_bytes(LENGTH_BYTES, "big") + _RECOVERY_POINT_NAL + data
        return data

    def is_intra(self, start: bytes) -> bool:
        """Whether the slice is of type I or SI (ITU-T H.264 §7.4.3)."""
        bits = BitReader(without_emulation_prevention(start[1:]))
        try:
            bits.ue()
            return bits.ue() in (2, 4, 7, 9)
        except BitsExhausted:
            return False

    def rtpmap(self, track: Track) -> str:
        """See Codec."""
        return f"H264/{track.clock_hz}"

    def fmtp(self, track: Track) -> str:
        """See Codec; RFC 6184 §8.1."""
        parts = ["packetization-mode=1"]
        sets = [nal for nal in track.setup if len(nal) > 3]
        first = next((nal for nal in sets if nal[0] & 31 == SPS), None)
        if first is not None:
            parts.append(f"profile-level-id={first[1:4].hex().upper()}")
            parts.append("sprop-parameter-sets=" + ",".join(base64.b64encode(nal).decode() for nal in sets))
        return ";".join(parts)

    def track_from_sdp(self, number: int, rtpmap: str, fmtp: str) -> Track:
        """See Codec."""
        parameters = fmtp_parameters(fmtp)
        if parameters.get("packetization-mode", "1") == "2":
            raise MalformedMedia("H.264 in interleaved packetisation mode")
        setup: dict[tuple[int, int], bytes] = {}
        for nal in described_nals(parameters.get("sprop-parameter-sets", "")):
            if nal and nal[0] & 31 in (SPS, PPS):
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
        """See Codec; `avc1` with `avcC`. A track without a sequence parameter set raises MalformedMedia."""
        sequences = [nal for nal in track.setup if nal and nal[0] & 31 == SPS]
        pictures = [nal for nal in track.setup if nal and nal[0] & 31 == PPS]
        if not sequences:
            raise MalformedMedia(f"H.264 track {track.number} has no sequence parameter set yet")
        sps = parse_sps(sequences[0])
        body = bytes([1]) + sequences[0][1:4] + bytes([0xFF, 0xE0 | len(sequences[:31])])
        body += b"".join(len(nal).to_bytes(2, "big") + nal for nal in sequences[:31])
        body += bytes([len(pictures[:255])])
        body += b"".join(len(nal).to_bytes(2, "big") + nal for nal in pictures[:255])
        if sequences[0][1] in (100, 110, 122, 144):
            body += bytes([0xFC | sps.chroma_format, 0xF8 | sps.luma_bits - 8, 0xF8 | sps.chroma_bits - 8, 0])
        return visual_entry(b"avc1", track.width or sps.width, track.height or sps.height, box(b"avcC", body))

    def track_from_sample_entry(self, number: int, entry: bytes, clock_hz: int) -> Track:
        """See Codec. NAL unit lengths of other than four bytes raise MalformedMedia."""
        width, height, children = visual_children(entry, self.sample_entry_kinds)
        config = bytes(child(children, b"avcC"))
        if len(config) < 7 or config[0] != 1 or config[4] & 3 != 3:
            raise MalformedMedia("an avcC box of another version or with other than four-byte lengths")
        setup: list[bytes] = []
        at = 5
        for mask in (31, 255):
            count = config[at] & mask if at < len(config) else 0
            at += 1
            for _ in range(count):
                size = int.from_bytes(config[at : at + 2], "big")
                nal = config[at + 2 : at + 2 + size]
                if len(nal) != size or not size:
                    raise MalformedMedia("an avcC box ends within a parameter set")
                setup.append(nal)
                at += 2 + size
        track = Track(
            number=number, kind=self.kind, codec=self.name, clock_hz=clock_hz, width=width, height=height
        )
        return self.with_setup(track, tuple(setup))
