"""JPEG images as marker segments: read, and made where RTP leaves them out."""

import struct
from collections.abc import Mapping
from typing import NamedTuple

from vedette.media.codecs.codec import MalformedMedia

SOI, EOI, SOS, DQT, DHT, DRI, APP0 = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xE0
FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {DHT, 0xC8, 0xCC}
SEGMENTS_MOST = 256
_LUMA = (
    "16 11 10 16 24 40 51 61 12 12 14 19 26 58 60 55 14 13 16 24 40 57 69 56 14 17 22 29 51 87 80 62 "
    "18 22 37 56 68 109 103 77 24 35 55 64 81 104 113 92 49 64 78 87 103 121 120 101 72 92 95 98 112 100 "
    "103 99"
)
_CHROMA = (
    "17 18 24 47 99 99 99 99 18 21 26 66 99 99 99 99 24 26 56 99 99 99 99 99 47 66 99 99 99 99 99 99 "
    + "99 " * 32
)
_ZIGZAG = sorted(range(64), key=lambda at: (at // 8 + at % 8, at // 8 if (at // 8 + at % 8) % 2 else at % 8))
_QUANTISERS = tuple(
    tuple(int(each[at]) for at in _ZIGZAG) for each in (_LUMA.split(), _CHROMA.split())
)  # ITU-T T.81 K.1, in zigzag order


def _high(first: int, last: int, low: int, up: int = 10) -> str:
    return "".join(f"{high:X}{each:X}" for high in range(first, last + 1) for each in range(low, up + 1))


# ITU-T T.81 K.3: class and place of the table, codes by length, values in order of their codes.
STANDARD_HUFFMAN: Mapping[int, bytes] = {
    0x00: bytes.fromhex("00010501010101010100000000000000" + "000102030405060708090A0B"),
    0x10: bytes.fromhex(
        "0002010303020403050504040000017D"
        "01020300041105122131410613516107227114328191A1082342B1C11552D1F0"
        "24336272820" + "90A" + "161718191A25262728292A3435363738393A" + _high(4, 7, 3) + _high(8, 8, 3)
        + _high(9, 13, 2) + _high(14, 15, 1)
    ),
    0x01: bytes.fromhex("00030101010101010101010000000000" + "000102030405060708090A0B"),
    0x11: bytes.fromhex(
        "00020102040403040705040400010277"
        "0001020311040521310612415107617113223281081442" + "91A1B1C109233352F0156272D10A162434E125F1"
        "1718191A262728292A35363738393A" + _high(4, 7, 3) + _high(8, 15, 2)
    ),
}  # fmt: skip


class Image(NamedTuple):
    """A JPEG image cut in two: marker segments (kind, whole segment) up to the first scan's header, and
    what follows it without the end marker."""

    segments: tuple[tuple[int, bytes], ...]
    scan: bytes

    def first(self, kind: int) -> bytes:
        """The content of the first segment of that kind, or empty."""
        return next((whole[4:] for each, whole in self.segments if each == kind), b"")

    @property
    def frame(self) -> tuple[int, bytes]:
        """Kind and content of the frame header; kind 0 when there is none."""
        return next(((kind, whole[4:]) for kind, whole in self.segments if kind in FRAME_HEADERS), (0, b""))


def parse_segments(data: bytes, at: int = 0) -> tuple[list[tuple[int, bytes]], int]:
    """The marker segments from `at` on, up to and with the first scan header, and where they end.

    Fill bytes and markers without a content are passed over; what is cut off raises MalformedMedia.
    """
    segments: list[tuple[int, bytes]] = []
    while at < len(data):
        if data[at] != 0xFF:
            raise MalformedMedia(f"a JPEG image with {data[at]:#x} where a marker is due")
        while at < len(data) and data[at] == 0xFF:
            at += 1
        if at >= len(data):
            break
        kind = data[at]
        at += 1
        if kind in (SOI, 1) or 0xD0 <= kind <= 0xD7:
            continue
        if kind == EOI:
            break
        size = int.from_bytes(data[at : at + 2], "big")
        if size < 2 or at + size > len(data) or len(segments) >= SEGMENTS_MOST:
            raise MalformedMedia(f"a JPEG image that ends within its segment {kind:#x}")
        segments.append((kind, b"\xff" + data[at - 1 : at + size]))
        at += size
        if kind == SOS:
            break
    return segments, at


def parse_image(data: bytes) -> Image:
    """An image with a frame and a scan; raises MalformedMedia."""
    if data[:2] != b"\xff\xd8":
        raise MalformedMedia(f"a JPEG image that begins with {data[:2].hex()}")
    segments, at = parse_segments(data, 2)
    end = data.rfind(b"\xff\xd9", at)
    image = Image(tuple(segments), data[at : end if end >= 0 else None])
    if not segments or segments[-1][0] != SOS or len(image.frame[1]) < 9:
        raise MalformedMedia("a JPEG image without a frame or a scan")
    return image


def picture_size(data: bytes) -> tuple[int, int]:
    """Width and height of an image; raises MalformedMedia."""
    frame = parse_image(data).frame[1]
    return int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big")


def segment(kind: int, content: bytes) -> bytes:
    """One marker segment."""
    return b"\xff" + bytes([kind]) + (len(content) + 2).to_bytes(2, "big") + content


JFIF = segment(APP0, b"JFIF\0\1\1\0\0\1\0\1\0\0")


def quantisers(factor: int) -> dict[int, bytes]:
    """The tables of RFC 2435's Q 1 to 99 by place, as DQT holds them (RFC 2435 §4.2)."""
    factor = max(1, min(factor, 99))
    scale = 5000 // factor if factor < 50 else 200 - 2 * factor
    return {
        place: bytes([place, *(max(1, min((value * scale + 50) // 100, 255)) for value in table)])
        for place, table in enumerate(_QUANTISERS)
    }


def tables_of(content: bytes, kind: int) -> dict[int, bytes]:
    """The tables in a DQT or DHT segment by place (DQT) or class and place, but for one that is cut off."""
    tables: dict[int, bytes] = {}
    at = 0
    while at < len(content):
        if kind == DQT:
            size = 1 + 64 * (1 + (content[at] >> 4 & 1))
            place = content[at] & 15
        else:
            size = 17 + sum(content[at + 1 : at + 17])
            place = content[at]
        if at + size > len(content):
            break
        tables[place] = content[at : at + size]
        at += size
    return tables


def standard_huffman() -> dict[int, bytes]:
    """The Huffman tables of ITU-T T.81 K.3 as DHT holds them."""
    return {place: bytes([place]) + table for place, table in STANDARD_HUFFMAN.items()}


def frame_header(width: int, height: int, sampling: int) -> bytes:
    """The baseline frame header of RFC 2435's types: `sampling` 0x21 is 4:2:2, 0x22 is 4:2:0."""
    return segment(
        0xC0, struct.pack(">BHHB", 8, height, width, 3) + bytes([1, sampling, 0, 2, 0x11, 1, 3, 0x11, 1])
    )


SCAN_HEADER = segment(SOS, bytes([3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]))
