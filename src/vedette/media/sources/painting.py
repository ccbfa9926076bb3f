"""What the drawn scene looks like: the street behind, and each kind of object, as plain shapes."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from vedette.media.sources.canvas import Canvas, Mask, Sprite, Yuv
from vedette.media.sources.scene import Box, Kind, Rgb, SceneObject, Viewport


class Shape(NamedTuple):
    """A filled rectangle, or the ellipse within it, in fractions of what it is painted on."""

    box: Box
    colour: Rgb
    is_round: bool = False


def paint(canvas: Canvas, shapes: Sequence[Shape]) -> Mask:
    """Paint shapes, later ones over earlier ones; the mask is true where anything was painted."""
    painted = np.zeros(canvas.luma.shape, np.bool_)
    for shape in shapes:
        area = canvas.area(shape.box)
        if area is None:
            continue
        if not shape.is_round:
            canvas.fill(area, shape.colour)
            painted[area.top : area.bottom, area.left : area.right] = True
            continue
        (middle_x, middle_y), box = shape.box.centre, shape.box
        radius_x = (box.right - box.left) * canvas.width / 2
        radius_y = (box.bottom - box.top) * canvas.height / 2
        x = (np.arange(area.left, area.right) + 0.5 - middle_x * canvas.width) / radius_x
        y = (np.arange(area.top, area.bottom) + 0.5 - middle_y * canvas.height) / radius_y
        inside = x[np.newaxis, :] ** 2 + y[:, np.newaxis] ** 2 <= 1.0
        dot = Canvas(area.right - area.left, area.bottom - area.top, canvas.colours)
        dot.fill(dot.area_of_pixels(0, 0, dot.width, dot.height), shape.colour)
        canvas.stamp(Sprite(dot.luma, dot.blue, dot.red, inside, inside[::2, ::2]), area.left, area.top)
        painted[area.top : area.bottom, area.left : area.right] |= inside
    return painted


def sprite(thing: SceneObject, width: int, height: int, colours: Callable[[Rgb], Yuv]) -> Sprite:
    """An object as it is stamped into the picture; width and height in pixels, even."""
    canvas = Canvas(width, height, colours)
    mask = paint(canvas, _SHAPES[thing.kind](thing.colour, thing.step))
    made = Sprite(canvas.luma, canvas.blue, canvas.red, mask, mask[::2, ::2])
    if thing.facing < 0:
        return made.mirrored()
    return made


def street(seed: int, viewport: Viewport, canvas: Canvas) -> None:
    """Paint the whole background as a viewport sees it."""
    shapes = _street_shapes(random.Random(seed ^ 0x5EED))
    paint(canvas, [shape._replace(box=viewport.seen(shape.box)) for shape in shapes])


_SKIN = Rgb(226, 180, 148)
_DARK = Rgb(34, 36, 44)
_GLASS = Rgb(150, 190, 212)
_TYRE = Rgb(22, 22, 24)


def _mixed(first: Rgb, second: Rgb, share: float) -> Rgb:
    return Rgb(*(round(a + (b - a) * share) for a, b in zip(first, second, strict=True)))


def _human(colour: Rgb, step: int) -> list[Shape]:
    swing = (0.0, 0.16, 0.0, -0.16)[step]
    return [
        Shape(Box(0.36 - swing, 0.55, 0.50 - swing, 1.0), _DARK),
        Shape(Box(0.50 + swing, 0.55, 0.64 + swing, 1.0), _mixed(_DARK, Rgb(120, 120, 140), 0.3)),
        Shape(Box(0.12 + swing, 0.22, 0.28 + swing, 0.58), _mixed(colour, _DARK, 0.35)),
        Shape(Box(0.24, 0.19, 0.76, 0.60), colour),
        Shape(Box(0.72 - swing, 0.22, 0.88 - swing, 0.58), _mixed(colour, _DARK, 0.2)),
        Shape(Box(0.29, 0.0, 0.73, 0.17), Rgb(70, 48, 32), is_round=True),
        Shape(Box(0.33, 0.03, 0.75, 0.19), _SKIN, is_round=True),
    ]


def _vehicle(colour: Rgb, step: int) -> list[Shape]:
    spoke = (0.0, 0.012, 0.02, 0.012)[step]
    wheels = [
        Shape(box, paint, is_round=True)
        for left in (0.14, 0.68)
        for box, paint in (
            (Box(left, 0.64, left + 0.18, 1.0), _TYRE),
            (Box(left + 0.05 + spoke, 0.74, left + 0.13, 0.90), Rgb(150, 152, 158)),
        )
    ]
    return [
        Shape(Box(0.18, 0.02, 0.78, 0.70), _mixed(colour, _DARK, 0.15), is_round=True),
        Shape(Box(0.26, 0.10, 0.47, 0.40), _GLASS),
        Shape(Box(0.50, 0.10, 0.68, 0.40), _GLASS),
        Shape(Box(0.0, 0.40, 1.0, 0.84), colour),
        Shape(Box(0.0, 0.72, 1.0, 0.84), _mixed(colour, _DARK, 0.4)),
        Shape(Box(0.95, 0.48, 1.0, 0.60), Rgb(255, 244, 190)),
        Shape(Box(0.0, 0.48, 0.03, 0.60), Rgb(200, 20, 20)),
        *wheels,
    ]


def _animal(colour: Rgb, step: int) -> list[Shape]:
    swing = (0.0, 0.05, 0.0, -0.05)[step]
    legs = [
        Shape(Box(left + way * swing, 0.6, left + 0.08 + way * swing, 1.0), _mixed(colour, _DARK, 0.4))
        for left, way in ((0.16, 1), (0.28, -1), (0.58, 1), (0.68, -1))
    ]
    return [
        *legs,
        Shape(Box(0.0, 0.10, 0.10, 0.46), _mixed(colour, _DARK, 0.3)),
        Shape(Box(0.05, 0.26, 0.80, 0.74), colour, is_round=True),
        Shape(Box(0.64, 0.02, 0.96, 0.48), colour, is_round=True),
        Shape(Box(0.86, 0.20, 1.0, 0.40), _mixed(colour, Rgb(255, 255, 255), 0.25)),
    ]


def _ball(colour: Rgb, step: int) -> list[Shape]:
    offset = (0.08, 0.5, 0.62, 0.5)[step]
    return [
        Shape(Box(0.0, 0.0, 1.0, 1.0), _mixed(colour, _DARK, 0.3), is_round=True),
        Shape(Box(0.06, 0.06, 0.94, 0.94), colour, is_round=True),
        Shape(Box(offset, 0.12, offset + 0.24, 0.34), Rgb(255, 240, 220), is_round=True),
    ]


_SHAPES: dict[Kind, Callable[[Rgb, int], list[Shape]]] = {
    Kind.HUMAN: _human,
    Kind.VEHICLE: _vehicle,
    Kind.ANIMAL: _animal,
    Kind.BALL: _ball,
}


def _street_shapes(chance: random.Random) -> list[Shape]:
    return [
        *_sky(),
        *_houses(chance),
        Shape(Box(0.0, 0.60, 1.0, 0.672), Rgb(148, 146, 142)),
        *_trees(chance),
        Shape(Box(0.0, 0.672, 1.0, 0.684), Rgb(190, 188, 182)),
        Shape(Box(0.0, 0.684, 1.0, 0.85), Rgb(72, 74, 80)),
        *(Shape(Box(x / 12, 0.755, x / 12 + 0.045, 0.765), Rgb(222, 222, 214)) for x in range(12)),
        Shape(Box(0.0, 0.85, 1.0, 0.865), Rgb(196, 194, 188)),
        Shape(Box(0.0, 0.865, 1.0, 0.92), Rgb(156, 152, 146)),
        *(Shape(Box(x / 20, 0.865, x / 20 + 0.0015, 0.92), Rgb(128, 124, 118)) for x in range(20)),
        Shape(Box(0.0, 0.92, 1.0, 1.0), Rgb(84, 128, 66)),
        *_tufts(chance),
    ]


def _sky() -> Iterator[Shape]:
    bands = 60
    for band in range(bands):
        colour = _mixed(Rgb(88, 138, 196), Rgb(206, 222, 230), band / bands)
        yield Shape(Box(0.0, 0.5 * band / bands, 1.0, 0.5 * (band + 1) / bands), colour)
    yield Shape(Box(0.0, 0.5, 1.0, 0.61), Rgb(206, 222, 230))
    for x, y, size in ((0.12, 0.12, 0.07), (0.50, 0.07, 0.05), (0.86, 0.15, 0.08)):
        for shift in (-0.6, 0.0, 0.6):
            middle, half = x + shift * size, size * (0.55 - 0.2 * abs(shift))
            yield Shape(
                Box(middle - half, y - half * 0.7, middle + half, y + half * 0.7),
                Rgb(232, 238, 242),
                is_round=True,
            )


def _houses(chance: random.Random) -> Iterator[Shape]:
    walls = (
        Rgb(176, 120, 98),
        Rgb(198, 182, 150),
        Rgb(140, 150, 162),
        Rgb(186, 160, 132),
        Rgb(120, 132, 128),
    )
    left = -0.01
    while left < 1.0:
        width, top = chance.uniform(0.09, 0.17), chance.uniform(0.22, 0.42)
        wall = chance.choice(walls)
        yield Shape(Box(left, top, left + width, 0.61), wall)
        yield Shape(Box(left - 0.003, top - 0.012, left + width + 0.003, top), _mixed(wall, _DARK, 0.55))
        columns, rows = max(2, int(width / 0.03)), max(2, int((0.56 - top) / 0.07))
        for column in range(columns):
            for row in range(rows):
                x, y = left + width * (column + 0.25) / columns, top + 0.02 + row * 0.07
                pane = chance.choice((Rgb(58, 74, 92), Rgb(58, 74, 92), Rgb(246, 220, 150)))
                yield Shape(
                    Box(x - 0.0015, y - 0.003, x + 0.0155, y + 0.041), _mixed(wall, Rgb(250, 250, 250), 0.4)
                )
                yield Shape(Box(x, y, x + 0.014, y + 0.038), pane)
        yield Shape(
            Box(left + width * 0.42, 0.55, left + width * 0.42 + 0.02, 0.61), _mixed(wall, _DARK, 0.6)
        )
        left += width + chance.uniform(0.0, 0.012)


def _trees(chance: random.Random) -> Iterator[Shape]:
    for number in range(5):
        x = 0.1 + number * 0.2 + chance.uniform(-0.04, 0.04)
        yield Shape(Box(x - 0.004, 0.50, x + 0.004, 0.63), Rgb(86, 62, 44))
        for _ in range(7):
            middle_x, middle_y = x + chance.uniform(-0.024, 0.024), 0.46 + chance.uniform(-0.05, 0.04)
            half = chance.uniform(0.014, 0.026)
            leaf = _mixed(Rgb(46, 96, 50), Rgb(98, 148, 66), chance.random())
            yield Shape(
                Box(middle_x - half, middle_y - half * 1.5, middle_x + half, middle_y + half * 1.5),
                leaf,
                is_round=True,
            )


def _tufts(chance: random.Random) -> Iterator[Shape]:
    for _ in range(120):
        x, y = chance.random(), chance.uniform(0.925, 0.99)
        grass = _mixed(Rgb(60, 104, 48), Rgb(120, 160, 84), chance.random())
        yield Shape(Box(x, y, x + 0.004, y + 0.008), grass)
