"""What the tests of the sources share: reading burned-in text back, and decoding units."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from vedette.media.sources.font import CELL_COLUMNS, GLYPH_COLUMNS, GLYPH_ROWS, GLYPHS
from vedette.media.unit import AccessUnit, Track

ReadText = Callable[[NDArray[np.uint8], int, int, int, int], str]
Decode = Callable[[Track, Sequence[AccessUnit]], list[av.VideoFrame]]
_DECODER = {"H264": "h264", "H265": "hevc", "JPEG": "mjpeg"}


def _read_text(luma: NDArray[np.uint8], left: int, top: int, dot: int, length: int) -> str:
    by_rows = {rows: char for char, rows in GLYPHS.items()}
    text = ""
    for number in range(length):
        x = left + number * CELL_COLUMNS * dot
        rows = []
        for row in range(GLYPH_ROWS):
            bits = 0
            for column in range(GLYPH_COLUMNS):
                y0, x0 = top + row * dot, x + column * dot
                bits = bits << 1 | int(luma[y0 : y0 + dot, x0 : x0 + dot].mean() > 180)
            rows.append(bits)
        text += by_rows.get(tuple(rows), "?")
    return text


def _decode(track: Track, units: Sequence[AccessUnit]) -> list[av.VideoFrame]:
    context = av.CodecContext.create(_DECODER[track.codec], "r")
    context.thread_count = 1
    frames: list[av.VideoFrame] = []
    for unit in units:
        data = unit.data
        if track.codec != "JPEG":
            body, offset = b"", 0
            while offset < len(data):
                size = int.from_bytes(data[offset : offset + 4])
                body += b"\0\0\0\1" + data[offset + 4 : offset + 4 + size]
                offset += 4 + size
            sets = b"".join(b"\0\0\0\1" + one for one in track.setup) if unit.is_key else b""
            data = sets + body
        packet = av.Packet(data)
        packet.pts = unit.pts
        packet.time_base = Fraction(1, track.clock_hz)
        frames += context.decode(packet)
    return [*frames, *context.decode(None)]


@pytest.fixture
def read_text() -> ReadText:
    """Reads text of the burned-in font: luma, left, top, pixels per dot, number of characters."""
    return _read_text


@pytest.fixture
def decode() -> Decode:
    """Decodes a video track's units to pictures."""
    return _decode
