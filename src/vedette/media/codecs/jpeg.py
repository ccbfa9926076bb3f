"""JPEG: SDP line, RTP in and out with ONVIF's header extension, `mp4v`."""

import struct
from typing import NamedTuple

from vedette.base.errors import PeerError
from vedette.media.codecs.codec import Assembled, MalformedMedia, Payload
from vedette.media.codecs.entries import esds, parse_esds, visual_children, visual_entry
from vedette.media.codecs.jpeg_image import (
    APP0,
    DHT,
    DQT,
    DRI,
    FRAME_HEADERS,
    JFIF,
    SCAN_HEADER,
    SOS,
    Image,
    frame_header,
    parse_image,
    parse_segments,
    quantisers,
    segment,
    standard_huffman,
    tables_of,
)
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.mp4.boxes import child
from vedette.protocols.rtp.payload import OneByOne
from vedette.protocols.rtp.replay_extension import JPEG_FIRST_PROFILE, JPEG_LATER_PROFILE

LARGEST_PLAIN = 2040  # RFC 2435 §3.1.5: eight bits count blocks of eight
DYNAMIC_TABLES = 255  # Q: the tables come in every frame
MJPEG_OBJECT_TYPE, VISUAL_STREAM = 0x6C, 4
_HEAD = struct.Struct(">IBBBB")
_TABLES = struct.Struct(">BBH")
_EXTENSION = struct.Struct(">HH")


class _Cut(NamedTuple):
    """How an image goes into RTP: its type, its size in blocks, its tables and its extension or empty."""

    kind: int
    width_8: int
    height_8: int
    tables: bytes  # the quantisation table header, or empty
    restart: bytes
    extension: bytes  # the marker segments, a multiple of four


class Jpeg:
    """JPEG. `Track.setup`: width and height, two bytes each, once the first picture told them.

    Images that RFC 2435 can describe go as it says, with their quantisation tables in every frame.
    The rest (above 2040 pixels, sizes that are no multiple of 8, own Huffman tables, grey, progressive,
    pixels that are not square) carry their marker segments in ONVIF's header extension.

    Source: RFC 2435; Streaming, JPEG over RTP (26.06 §5.1.4).
    """

    name = "JPEG"
    kind = TrackKind.VIDEO
    static_payload_type = 26
    encoding_names = ("jpeg",)
    sample_entry_kinds = (b"mp4v", b"jpeg", b"mjpg")

    def rtpmap(self, track: Track) -> str:
        """See Codec."""
        return f"JPEG/{track.clock_hz}"

    def fmtp(self, track: Track) -> str:
        """See Codec; there are none."""
        return ""

    def track_from_sdp(self, number: int, rtpmap: str, fmtp: str) -> Track:
        """See Codec."""
        return Track(number=number, kind=self.kind, codec=self.name, clock_hz=90_000)

    def with_setup(self, track: Track, setup: tuple[bytes, ...]) -> Track:
        """See Codec."""
        size = setup[0] if setup else b""
        return Track(
            number=track.number,
            kind=self.kind,
            codec=self.name,
            clock_hz=track.clock_hz,
            setup=setup,
            width=int.from_bytes(size[:2], "big"),
            height=int.from_bytes(size[2:4], "big"),
        )

    def payloads(self, track: Track, unit: AccessUnit, most_bytes: int) -> list[Payload]:
        """See Codec; an image without a frame or a scan raises MalformedMedia."""
        image = parse_image(unit.data)
        cut = _cut(image)
        payloads: list[Payload] = []
        scan, extension, sent = image.scan, cut.extension, 0
        tables = cut.tables if 12 + len(cut.tables) + 4 + 64 < most_bytes else b""
        quality = DYNAMIC_TABLES if tables else 0
        if not tables and not extension:
            extension = _header_extension(image)
        is_first, is_extended = True, bool(extension)
        while is_first or sent < len(scan):
            head = _HEAD.pack(sent, cut.kind, quality, cut.width_8, cut.height_8) + cut.restart
            if sent == 0 and quality:
                head += tables
            whole = b""
            if is_extended and (is_first or extension):
                words = max(0, min(len(extension), most_bytes - len(head) - 4)) // 4
                profile = JPEG_FIRST_PROFILE if is_first else JPEG_LATER_PROFILE
                whole = _EXTENSION.pack(profile, words) + extension[: 4 * words]
                extension = extension[4 * words :]
            room = 0 if extension else max(0, most_bytes - len(head) - len(whole))
            piece = scan[sent : sent + room]
            sent += len(piece)
            payloads.append(Payload(head + piece, sent >= len(scan) and not extension, whole))
            is_first = False
        return payloads

    def depacketizer(self, track: Track) -> "JpegDepacketizer":
        """See Codec."""
        return JpegDepacketizer(track)

    def sample_entry(self, track: Track) -> bytes:
        """See Codec; `mp4v` with the object type of motion JPEG, which FFmpeg and VLC read."""
        config = esds(MJPEG_OBJECT_TYPE, VISUAL_STREAM, b"")
        return visual_entry(b"mp4v", track.width, track.height, config)

    def track_from_sample_entry(self, number: int, entry: bytes, clock_hz: int) -> Track:
        """See Codec; `mp4v` with another object type raises MalformedMedia."""
        width, height, children = visual_children(entry, self.sample_entry_kinds)
        if entry[4:8] == b"mp4v":
            kind, _ = parse_esds(child(children, b"esds"))
            if kind != MJPEG_OBJECT_TYPE:
                raise MalformedMedia(f"an mp4v entry of object type {kind:#x}")
        track = Track(number=number, kind=self.kind, codec=self.name, clock_hz=clock_hz)
        return self.with_setup(track, (struct.pack(">HH", width, height),) if width and height else ())


def _cut(image: Image) -> _Cut:
    kind, frame = image.frame
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    tables = _quantisers(image, frame)
    samplings = {0x21: 0, 0x22: 1}
    is_known = kind == 0xC0 and frame[0] == 8 and len(frame) == 15 and frame[7] in samplings
    interval = image.first(DRI)[:2]
    is_small = max(width, height) <= LARGEST_PLAIN
    is_plain = (
        is_known
        and is_small
        and width % 8 == height % 8 == 0
        and _has_square_pixels(image)
        and bool(tables)
        and frame[10] == frame[13] == 0x11
        and frame[11] == frame[14]
        and _has_standard_scan(image, frame)
    )
    rtp_type = samplings.get(frame[7], 1) if len(frame) > 7 else 1
    restart = b""
    if interval.strip(b"\0"):
        rtp_type |= 64
        restart = interval + b"\xff\xff"
    return _Cut(
        rtp_type,
        -(-width // 8) if is_small else 0,
        -(-height // 8) if is_small else 0,
        tables if is_small else b"",
        restart,
        b"" if is_plain else _header_extension(image),
    )


def _header_extension(image: Image) -> bytes:
    """All marker segments; the padding goes before the scan header, which has to be last."""
    first = b"".join(whole for _, whole in image.segments[:-1])
    scan = image.segments[-1][1]
    return first + b"\xff" * (-(len(first) + len(scan)) % 4) + scan


def _quantisers(image: Image, frame: bytes) -> bytes:
    """The quantisation table header with the tables of luma and chroma; empty when there are not two."""
    found: dict[int, bytes] = {}
    for kind, whole in image.segments:
        if kind == DQT:
            found |= tables_of(whole[4:], DQT)
    places = (frame[8], frame[11]) if len(frame) == 15 else ()
    used = [found[place] for place in places if place in found]
    if len(used) != 2:
        return b""
    precision = sum((table[0] >> 4 & 1) << place for place, table in enumerate(used))
    content = used[0][1:] + used[1][1:]
    return _TABLES.pack(0, precision, len(content)) + content


def _has_square_pixels(image: Image) -> bool:
    """What receivers take for granted in a whole picture; else they need JFIF's word (26.06 §5.1.4.4)."""
    head = image.first(APP0)
    across, down = head[8:10], head[10:12]
    return not head.startswith(b"JFIF\0") or across == down or not any(across) or not any(down)


def _has_standard_scan(image: Image, frame: bytes) -> bool:
    """One scan of all three components with the Huffman tables that receivers assume."""
    scan = image.first(SOS)
    if scan != bytes([3, frame[6], 0x00, frame[9], 0x11, frame[12], 0x11, 0, 63, 0]):
        return False
    found = standard_huffman()
    for kind, whole in image.segments:
        if kind == DHT:
            found |= tables_of(whole[4:], DHT)
    return found == standard_huffman()


class JpegDepacketizer(OneByOne):
    """Puts JFIF images together, with the headers that RFC 2435 or ONVIF's extension leaves out."""

    def __init__(self, track: Track) -> None:
        self.pieces: list[bytes | memoryview] = []  # scan data, and extensions between it
        self._setup = track.setup
        self._described = track.width, track.height  # for images that RFC 2435's header has no room for
        self._timestamp = -1
        self._is_gap = False
        self._is_broken = False
        self._had_extension = False  # the latest whole frame
        self._extension: list[memoryview] | None = None  # None: plain RFC 2435
        self._has_scan = False
        self._head = b""
        self._restart = b""
        self._own_tables: dict[int, bytes] = {}
        self._static_tables: dict[int, dict[int, bytes]] = {}  # by Q 128 to 254
        self._tables: dict[int, bytes] = {}  # of the previous frame
        self._huffman = standard_huffman()
        self._frame = b""  # the previous frame's header segment

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
            self._is_gap = self._is_broken = True
        if rtp_timestamp != self._timestamp:
            if self._timestamp >= 0:
                self._finish(done)
            self._begin(payload, rtp_timestamp, extension, lost=lost)
        if not self._is_broken:
            try:
                self._add(payload, extension)
            except (PeerError, struct.error):
                self.abandon()
        if marker:
            self._finish(done)
            self._timestamp = -1
        return done

    def abandon(self) -> None:
        """See Depacketizer."""
        self._is_gap = self._is_broken = True
        self.pieces.clear()

    def _begin(
        self, payload: memoryview, rtp_timestamp: int, extension: memoryview | None, *, lost: bool
    ) -> None:
        self._timestamp = rtp_timestamp
        self._head = bytes(payload[:8])
        self._restart = b""
        self._own_tables = {}
        self._has_scan = False
        opens = extension is not None and _EXTENSION.unpack_from(extension)[0] == JPEG_FIRST_PROFILE
        self._extension = [] if extension is not None else None
        is_start = len(payload) >= 8 and not any(payload[1:4]) and (extension is None or opens)
        self._is_broken = not is_start or (lost and self._had_extension and not opens)
        self._is_gap = self._is_gap or self._is_broken

    def _add(self, payload: memoryview, extension: memoryview | None) -> None:
        if extension is not None and len(extension) > 4:
            if self._extension is not None and not self._has_scan:
                self._extension.append(extension[4:])
            else:
                self.pieces.append(extension[4:])
        if not len(payload):
            return
        offset, kind, quality, _, _ = _HEAD.unpack_from(payload)
        at = 8
        if 64 <= kind <= 127:
            self._restart = bytes(payload[at : at + 2])
            at += 4
        if quality >= 128 and not offset & 0xFF_FFFF:
            _, precision, size = _TABLES.unpack_from(payload, at)
            at += 4
            if size:
                self._own_tables = _tables(bytes(payload[at : at + size]), precision)
                self._static_tables[quality] = self._own_tables
            else:
                self._own_tables = self._static_tables.get(quality, {})
            at += size
        if at > len(payload):
            raise MalformedMedia("a JPEG packet that ends within its header")
        if at < len(payload):
            self._has_scan = True
            self.pieces.append(payload[at:])

    def _finish(self, done: list[Assembled]) -> None:
        if not self._is_broken and self._has_scan:
            try:
                image, size = self._image()
            except PeerError:
                self._is_gap = True
            else:
                setup = None if (size,) == self._setup else (size,)
                self._setup = (size,)
                done.append(
                    Assembled(
                        image,
                        is_key=True,
                        rtp_timestamp=self._timestamp,
                        is_discontinuous=self._is_gap,
                        setup=setup,
                    )
                )
                self._is_gap = False
                self._had_extension = self._extension is not None
        self._is_broken = False
        self._has_scan = False
        self._extension = None
        self.pieces.clear()

    def _image(self) -> tuple[bytes, bytes]:
        """The whole image, and its width and height as in `Track.setup`."""
        _, kind, quality, width_8, height_8 = _HEAD.unpack(self._head)
        given: list[tuple[int, bytes]] = []
        rest = b""
        if self._extension is not None:
            whole = b"".join(self._extension)
            given, end = parse_segments(whole)
            rest = whole[end:]
        self._learn_tables(given, quality)
        kinds = {each for each, _ in given}
        header = [b"" if 0xE0 in kinds else JFIF]
        header += (
            [segment(DQT, self._tables[place]) for place in sorted(self._tables)] if DQT not in kinds else []
        )
        if DHT not in kinds:
            header.append(segment(DHT, b"".join(self._huffman[place] for place in sorted(self._huffman))))
        header += [each for named, each in given if named != SOS]
        if DRI not in kinds and self._restart:
            header.append(segment(DRI, self._restart))
        frame = next((each for named, each in given if named in FRAME_HEADERS), b"")
        if not frame:
            frame = self._plain_frame(kind, width_8, height_8)
            header.append(frame)
        header.append(next((each for named, each in given if named == SOS), SCAN_HEADER))
        self._frame = frame
        body = b"".join((b"\xff\xd8", *header, rest, *self.pieces))
        if b"\xff\xd9" not in body[-16:]:
            body += b"\xff\xd9"
        return body, frame[7:9] + frame[5:7]

    def _learn_tables(self, given: list[tuple[int, bytes]], quality: int) -> None:
        if 0 < quality < 128:
            self._tables = quantisers(quality)
        elif quality:
            self._tables = dict(self._own_tables)
        for kind, whole in given:
            if kind == DQT:
                self._tables |= tables_of(whole[4:], DQT)
            elif kind == DHT:
                self._huffman |= tables_of(whole[4:], DHT)
        if self._extension is None:
            self._huffman = standard_huffman()
        if not self._tables:
            raise MalformedMedia("a JPEG frame without quantisation tables")

    def _plain_frame(self, kind: int, width_8: int, height_8: int) -> bytes:
        if not width_8 and not height_8 and self._frame and self._extension is not None:
            return self._frame
        sampling = {0: 0x21, 1: 0x22}.get(kind & 63)
        width, height = 8 * width_8 or self._described[0], 8 * height_8 or self._described[1]
        if sampling is None or not width or not height:
            raise MalformedMedia(f"a JPEG frame of type {kind} and {width_8}×{height_8} blocks")
        return frame_header(width, height, sampling)


def _tables(content: bytes, precision: int) -> dict[int, bytes]:
    """RFC 2435's quantisation tables as DQT holds them; one table serves luma and chroma."""
    tables: dict[int, bytes] = {}
    at = place = 0
    while at < len(content) and place < 4:
        wide = precision >> place & 1
        size = 64 << wide
        if at + size > len(content):
            raise MalformedMedia(f"a JPEG quantisation table of {len(content) - at} bytes")
        tables[place] = bytes([wide << 4 | place]) + content[at : at + size]
        at += size
        place += 1
    if len(tables) == 1:
        tables[1] = bytes([tables[0][0] | 1]) + tables[0][1:]
    return tables
