"""Planes of a YUV 4:2:0 picture, and drawing rectangles, ellipses and text into them by numpy slices."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vedette.media.sources.font import CELL_COLUMNS, GLYPH_COLUMNS, GLYPH_ROWS, rows_of
from vedette.media.sources.scene import Box, Rgb

Plane = NDArray[np.uint8]
Mask = NDArray[np.bool_]


class Yuv(NamedTuple):
    """A colour as the planes hold it."""

    y: int
    u: int
    v: int


def limited_709(colour: Rgb) -> Yuv:
    """sRGB as BT.709 in limited range, what H.264 and H.265 are told to carry."""
    red, green, blue = (part / 255 for part in colour)
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    u, v = (blue - y) / 1.8556, (red - y) / 1.5748
    return Yuv(round(16 + 219 * y), round(128 + 224 * u), round(128 + 224 * v))


def full_601(colour: Rgb) -> Yuv:
    """sRGB as BT.601 in full range, what a JFIF image holds."""
    red, green, blue = colour
    y = 0.299 * red + 0.587 * green + 0.114 * blue
    u, v = 128 + (blue - y) / 1.772, 128 + (red - y) / 1.402
    return Yuv(round(y), min(255, round(u)), min(255, round(v)))


class Area(NamedTuple):
    """A rectangle of pixels with even edges, within its picture."""

    left: int
    top: int
    right: int
    bottom: int


class Sprite(NamedTuple):
    """A small picture with a mask; even width and height."""

    luma: Plane
    blue: Plane
    red: Plane
    mask: Mask
    chroma_mask: Mask

    def mirrored(self) -> "Sprite":
        """The same, left and right exchanged."""
        return Sprite(
            np.ascontiguousarray(self.luma[:, ::-1]),
            np.ascontiguousarray(self.blue[:, ::-1]),
            np.ascontiguousarray(self.red[:, ::-1]),
            np.ascontiguousarray(self.mask[:, ::-1]),
            np.ascontiguousarray(self.chroma_mask[:, ::-1]),
        )


class Canvas:
    """One picture in memory; width and height are even. All planes share one buffer, as `packed` shows."""

    def __init__(self, width: int, height: int, colours: Callable[[Rgb], Yuv] = limited_709) -> None:
        if width % 2 or height % 2 or width < 2 or height < 2:
            raise ValueError(f"a picture of {width}x{height}: both must be even and not 0")
        self.width = width
        self.height = height
        self.colours = colours
        pixels = width * height
        buffer = np.zeros(pixels * 3 // 2, np.uint8)
        self.packed: Plane = buffer.reshape(height * 3 // 2, width)
        self.luma: Plane = buffer[:pixels].reshape(height, width)
        self.blue: Plane = buffer[pixels : pixels * 5 // 4].reshape(height // 2, width // 2)
        self.red: Plane = buffer[pixels * 5 // 4 :].reshape(height // 2, width // 2)

    def area(self, box: Box) -> Area | None:
        """The pixels of a rectangle given in fractions of the picture, or None when there are none."""
        return self.area_of_pixels(
            round(box.left * self.width),
            round(box.top * self.height),
            round(box.right * self.width),
            round(box.bottom * self.height),
        )

    def area_of_pixels(self, left: int, top: int, right: int, bottom: int) -> Area | None:
        """The even pixels of a rectangle within the picture, or None when there are none."""
        area = Area(
            max(0, left & ~1), max(0, top & ~1), min(self.width, right & ~1), min(self.height, bottom & ~1)
        )
        return area if area.left < area.right and area.top < area.bottom else None

    def fill(self, area: Area | None, colour: Rgb) -> None:
        """Paint a rectangle."""
        if area is None:
            return
        left, top, right, bottom = area
        y, u, v = self.colours(colour)
        self.luma[top:bottom, left:right] = y
        self.blue[top // 2 : bottom // 2, left // 2 : right // 2] = u
        self.red[top // 2 : bottom // 2, left // 2 : right // 2] = v

    def without_colours(self) -> "Canvas":
        """A copy as an infrared camera would give it; this picture stays as it is."""
        copy = Canvas(self.width, self.height, self.colours)
        copy.luma[:] = self.luma
        copy.blue[:] = copy.red[:] = 128
        return copy

    def copy_from(self, other: "Canvas", area: Area) -> None:
        """Take over a rectangle of a picture of the same size."""
        left, top, right, bottom = area
        self.luma[top:bottom, left:right] = other.luma[top:bottom, left:right]
        left, top, right, bottom = left // 2, top // 2, right // 2, bottom // 2
        self.blue[top:bottom, left:right] = other.blue[top:bottom, left:right]
        self.red[top:bottom, left:right] = other.red[top:bottom, left:right]

    def darken(self, area: Area) -> None:
        """Halve the light in a rectangle, so that text on it can be read."""
        left, top, right, bottom = area
        self.luma[top:bottom, left:right] >>= 1
        left, top, right, bottom = left // 2, top // 2, right // 2, bottom // 2
        for plane in (self.blue, self.red):
            part = plane[top:bottom, left:right]
            part >>= 1
            part += 64

    def stamp(self, sprite: Sprite, left: int, top: int) -> Area | None:
        """Draw a sprite with its corner at an even pixel, cut at the picture's edges."""
        height, width = sprite.luma.shape
        area = self.area_of_pixels(left, top, left + width, top + height)
        if area is None:
            return None
        rows = slice(area.top - top, area.bottom - top)
        columns = slice(area.left - left, area.right - left)
        half_rows = slice(rows.start // 2, rows.stop // 2)
        half_columns = slice(columns.start // 2, columns.stop // 2)
        np.copyto(
            self.luma[area.top : area.bottom, area.left : area.right],
            sprite.luma[rows, columns],
            where=sprite.mask[rows, columns],
        )
        chroma_mask = sprite.chroma_mask[half_rows, half_columns]
        for plane, part in ((self.blue, sprite.blue), (self.red, sprite.red)):
            np.copyto(
                plane[area.top // 2 : area.bottom // 2, area.left // 2 : area.right // 2],
                part[half_rows, half_columns],
                where=chroma_mask,
            )
        return area

    def write(self, text: Plane, left: int, top: int) -> None:
        """Draw text made by `TextMaker` in light grey, at even pixels; text that does not fit is cut."""
        area = self.area_of_pixels(left, top, left + text.shape[1], top + text.shape[0])
        if area is None:
            return
        cut = text[area.top - top : area.bottom - top, area.left - left : area.right - left]
        part = self.luma[area.top : area.bottom, area.left : area.right]
        np.maximum(part, cut, out=part)


class TextMaker:
    """Text as luma arrays at one size; keeps each character it has made."""

    def __init__(self, dot: int, white: int) -> None:
        self.dot = dot
        self.height = (GLYPH_ROWS * dot + 1) & ~1
        self._white = white
        self._made: dict[str, Plane] = {}

    def line(self, text: str) -> Plane:
        """One line of text, zero where it is empty; its height and width are even."""
        made = np.concatenate([self._character(char) for char in text or " "], axis=1)
        return made[:, : made.shape[1] & ~1]

    def _character(self, char: str) -> Plane:
        made = self._made.get(char)
        if made is None:
            if len(self._made) > 256:
                self._made.clear()
            dots = np.zeros((GLYPH_ROWS, CELL_COLUMNS), np.uint8)
            for row, bits in enumerate(rows_of(char)):
                for column in range(GLYPH_COLUMNS):
                    dots[row, column] = self._white if bits >> (GLYPH_COLUMNS - 1 - column) & 1 else 0
            made = np.zeros((self.height, CELL_COLUMNS * self.dot), np.uint8)
            made[: GLYPH_ROWS * self.dot] = dots.repeat(self.dot, 0).repeat(self.dot, 1)
            self._made[char] = made
        return made
