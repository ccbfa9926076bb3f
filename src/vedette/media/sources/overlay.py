"""What is burned in over the scene: texts, privacy masks, the clock."""

import msgspec

from vedette.media.sources.scene import Box, Rgb


class OsdText(msgspec.Struct, frozen=True, kw_only=True):
    """A line of text; `x` and `y` are its top left corner in fractions of the picture."""

    text: str
    x: float
    y: float


class PrivacyMask(msgspec.Struct, frozen=True, kw_only=True):
    """A rectangle in fractions of the picture, behind which nothing can be seen."""

    box: Box
    colour: Rgb = Rgb(24, 24, 24)


class Overlay(msgspec.Struct, frozen=True, kw_only=True):
    """All that is put over the scene: masks first, then texts. The clock line shows UTC and frame number."""

    texts: tuple[OsdText, ...] = ()
    masks: tuple[PrivacyMask, ...] = ()
    has_clock: bool = True
