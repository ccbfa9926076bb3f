"""The sample entry boxes of MP4 files that every codec fills in its own way."""

import struct

from vedette.media.codecs.codec import MalformedMedia
from vedette.protocols.mp4.boxes import box, full_box

_VISUAL = struct.Struct(">6xH16xHHIIIH32sHh")
_AUDIO = struct.Struct(">6xH8xHHIHH")


def visual_entry(kind: bytes, width: int, height: int, children: bytes) -> bytes:
    """A VisualSampleEntry (ISO/IEC 14496-12 §12.1.3), 72 dpi, 24 bits deep."""
    fixed = _VISUAL.pack(1, width, height, 0x48_0000, 0x48_0000, 0, 1, bytes(32), 24, -1)
    return box(kind, fixed + children)


def audio_entry(kind: bytes, channels: int, sample_hz: int, children: bytes = b"") -> bytes:
    """An AudioSampleEntry (ISO/IEC 14496-12 §12.2.3); rates above 65,535 Hz are given as 0."""
    fixed = _AUDIO.pack(1, channels, 16, 0, sample_hz if sample_hz < 65_536 else 0, 0)
    return box(kind, fixed + children)


def entry_body(entry: bytes, kinds: tuple[bytes, ...]) -> bytes:
    """What is in the sample entry box; raises MalformedMedia when it is of another kind or size."""
    if len(entry) < 16 or int.from_bytes(entry[:4], "big") != len(entry) or entry[4:8] not in kinds:
        raise MalformedMedia(f"a sample entry {entry[4:8]!r} of {len(entry)} bytes where {kinds[0]!r} is due")
    return entry[8:]


def visual_children(entry: bytes, kinds: tuple[bytes, ...]) -> tuple[int, int, bytes]:
    """Width, height and the child boxes of a VisualSampleEntry; raises MalformedMedia."""
    body = entry_body(entry, kinds)
    if len(body) < _VISUAL.size:
        raise MalformedMedia(f"a visual sample entry of {len(entry)} bytes")
    fields = _VISUAL.unpack_from(body)
    return fields[1], fields[2], body[_VISUAL.size :]


def audio_children(entry: bytes, kinds: tuple[bytes, ...]) -> tuple[int, int, bytes]:
    """Channels, sampling rate in Hz and the child boxes of an AudioSampleEntry; raises MalformedMedia."""
    body = entry_body(entry, kinds)
    if len(body) < _AUDIO.size:
        raise MalformedMedia(f"an audio sample entry of {len(entry)} bytes")
    fields = _AUDIO.unpack_from(body)
    return fields[1], fields[4], body[_AUDIO.size :]


def esds(object_type: int, stream_type: int, decoder_setup: bytes) -> bytes:
    """An `esds` box: object type and stream type of ISO/IEC 14496-1, the decoder's setup or empty."""
    specific = _descriptor(5, decoder_setup) if decoder_setup else b""
    decoder = _descriptor(4, bytes([object_type, stream_type << 2 | 1]) + bytes(11) + specific)
    return full_box(b"esds", 0, 0, _descriptor(3, bytes(3) + decoder + _descriptor(6, b"\x02")))


def parse_esds(body: bytes | memoryview) -> tuple[int, bytes]:
    """Object type and decoder's setup of an `esds` box's content; raises MalformedMedia."""
    stream = _first_descriptor(bytes(body[4:]), 3)
    if len(stream) < 3:
        raise MalformedMedia("an esds box without a stream descriptor")
    skip = 3 + 2 * (stream[2] >> 7)
    if stream[2] & 0x40 and skip < len(stream):
        skip += 1 + stream[skip]
    skip += 2 * (stream[2] >> 5 & 1)
    decoder = _first_descriptor(stream[skip:], 4)
    if len(decoder) < 13:
        raise MalformedMedia("an esds box without a decoder configuration")
    return decoder[0], _first_descriptor(decoder[13:], 5)


def _descriptor(tag: int, body: bytes) -> bytes:
    size = len(body)
    return (
        bytes([tag, 0x80 | size >> 21 & 127, 0x80 | size >> 14 & 127, 0x80 | size >> 7 & 127, size & 127])
        + body
    )


def _first_descriptor(data: bytes, tag: int) -> bytes:
    """The content of the first descriptor with that tag at this level, or empty."""
    at = 0
    while at + 2 <= len(data):
        found, size, at = data[at], 0, at + 1
        for _ in range(4):
            if at >= len(data):
                return b""
            byte, at = data[at], at + 1
            size = size << 7 | byte & 127
            if byte < 128:
                break
        if found == tag:
            return data[at : at + size]
        at += size
    return b""
