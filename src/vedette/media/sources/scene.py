"""The drawn scene's model: which objects are where at any frame number, and how a viewport sees them."""

import math
import random
from enum import StrEnum
from typing import NamedTuple

import msgspec

REFERENCE_FPS = 25


class Kind(StrEnum):
    """What an object is; the values are the standard's object types (metadatastream.xsd, ObjectType)."""

    HUMAN = "Human"
    VEHICLE = "Vehicle"
    ANIMAL = "Animal"
    BALL = "Ball"  # not a type of the standard, which allows others


class Rgb(NamedTuple):
    """A colour, each part 0-255, sRGB."""

    red: int
    green: int
    blue: int


class Box(NamedTuple):
    """A rectangle in fractions of the picture or the world: origin top left, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def centre(self) -> tuple[float, float]:
        """x and y of the middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def clipped(self) -> "Box | None":
        """What lies within 0..1, or None when nothing does."""
        left, top = max(0.0, self.left), max(0.0, self.top)
        right, bottom = min(1.0, self.right), min(1.0, self.bottom)
        return Box(left, top, right, bottom) if left < right and top < bottom else None


class Viewport(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the world that is seen: its middle in fractions of the world, and a zoom of 1 to 16.

    At zoom 1 the whole world is seen. The view is kept inside the world.
    """

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0

    @property
    def box(self) -> Box:
        """The part of the world as a rectangle."""
        size = 1.0 / min(16.0, max(1.0, self.zoom))
        left = min(1.0 - size, max(0.0, self.x - size / 2))
        top = min(1.0 - size, max(0.0, self.y - size / 2))
        return Box(left, top, left + size, top + size)

    def seen(self, world: Box) -> Box:
        """A rectangle of the world in fractions of the picture; it may lie outside 0..1."""
        view = self.box
        width, height = view.right - view.left, view.bottom - view.top
        return Box(
            (world.left - view.left) / width,
            (world.top - view.top) / height,
            (world.right - view.left) / width,
            (world.bottom - view.top) / height,
        )


class SceneObject(msgspec.Struct, frozen=True, kw_only=True):
    """One object at one frame. `box` is in fractions of the world; its middle has the object's `colour`.

    An object that leaves the world and comes again has a new `object_id`. `step` counts its poses.
    """

    object_id: int
    kind: Kind
    box: Box
    colour: Rgb
    facing: int  # 1 right, -1 left
    step: int


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """A path across the world: in at one side, out at the other, again after a pause; or to and fro."""

    first_id: int
    kind: Kind
    colour: Rgb
    width: float
    height: float
    floor: float  # where the feet or wheels are
    period_s: float  # one crossing with its pause, or one way to and fro
    crossing_s: float  # 0: to and fro, always in the world
    phase_s: float
    direction: int
    bounce: float = 0.0  # height of the hops in fractions of the world
    pace_hz: float = 2.0  # poses or hops per second

    def at(self, seconds: float) -> SceneObject | None:
        """The object at a time since the scene's beginning, or None while it is out of the world."""
        lap, within_s = divmod(seconds + self.phase_s, self.period_s)
        if self.crossing_s:
            if within_s >= self.crossing_s:
                return None
            along = -self.width + (1.0 + 2 * self.width) * within_s / self.crossing_s
            facing, object_id = self.direction, self.first_id + 16 * int(lap)
        else:
            turned = within_s >= self.period_s / 2
            share = within_s / (self.period_s / 2)
            along = 0.04 + self.width / 2 + (0.92 - self.width) * (2.0 - share if turned else share)
            facing, object_id = -self.direction if turned else self.direction, self.first_id
        x = along if self.direction > 0 else 1.0 - along
        hop = abs(math.sin(math.pi * self.pace_hz * (seconds + self.phase_s))) * self.bounce
        bottom = self.floor - hop
        box = Box(x - self.width / 2, bottom - self.height, x + self.width / 2, bottom)
        if box.clipped() is None:
            return None
        step = int((seconds + self.phase_s) * self.pace_hz * 2) % 4
        return SceneObject(
            object_id=object_id, kind=self.kind, box=box, colour=self.colour, facing=facing, step=step
        )


class Scene:
    """A street with people, cars, a dog and a ball. Everything follows from the seed and the frame number."""

    def __init__(self, seed: int, fps: int = REFERENCE_FPS) -> None:
        if not 1 <= fps <= 60:
            raise ValueError(f"a scene of {fps} frames per second; 1 to 60 are possible")
        self.seed = seed
        self.fps = fps
        chance = random.Random(seed)
        self.walks = (
            _car(chance, 1, floor=0.735, direction=1),
            _person(chance, 2, floor=0.665, direction=1),
            _car(chance, 3, floor=0.82, direction=-1),
            _person(chance, 4, floor=0.90, direction=-1),
            _dog(chance, 5),
            _ball(chance, 6),
        )

    def objects_at(self, frame: int) -> tuple[SceneObject, ...]:
        """The objects in the world at a frame, the farthest first: later ones are drawn over it."""
        seconds = frame / self.fps
        there = (walk.at(seconds) for walk in self.walks)
        return tuple(each for each in there if each is not None)


_CLOTHES = (Rgb(200, 40, 48), Rgb(32, 92, 190), Rgb(240, 180, 30), Rgb(120, 50, 150), Rgb(30, 140, 90))
_PAINTS = (Rgb(190, 24, 30), Rgb(24, 70, 160), Rgb(235, 235, 240), Rgb(230, 150, 20), Rgb(20, 120, 110))


def _person(chance: random.Random, number: int, *, floor: float, direction: int) -> Walk:
    near = floor / 0.9
    return Walk(
        first_id=number,
        kind=Kind.HUMAN,
        colour=chance.choice(_CLOTHES),
        width=0.042 * near,
        height=0.23 * near,
        floor=floor,
        period_s=chance.uniform(38.0, 60.0),
        crossing_s=0.0,
        phase_s=chance.uniform(0.0, 38.0),
        direction=direction,
        bounce=0.004,
        pace_hz=chance.uniform(1.6, 2.1),
    )


def _car(chance: random.Random, number: int, *, floor: float, direction: int) -> Walk:
    crossing_s = chance.uniform(6.0, 9.0)
    return Walk(
        first_id=number,
        kind=Kind.VEHICLE,
        colour=chance.choice(_PAINTS),
        width=0.17 * floor / 0.8,
        height=0.13 * floor / 0.8,
        floor=floor,
        period_s=crossing_s + chance.uniform(1.0, 5.0),
        crossing_s=crossing_s,
        phase_s=chance.uniform(0.0, crossing_s),
        direction=direction,
        pace_hz=3.0,
    )


def _dog(chance: random.Random, number: int) -> Walk:
    crossing_s = chance.uniform(9.0, 13.0)
    return Walk(
        first_id=number,
        kind=Kind.ANIMAL,
        colour=Rgb(122, 78, 40),
        width=0.055,
        height=0.075,
        floor=0.94,
        period_s=crossing_s + chance.uniform(4.0, 10.0),
        crossing_s=crossing_s,
        phase_s=chance.uniform(0.0, crossing_s),
        direction=chance.choice((1, -1)),
        bounce=0.008,
        pace_hz=2.5,
    )


def _ball(chance: random.Random, number: int) -> Walk:
    return Walk(
        first_id=number,
        kind=Kind.BALL,
        colour=Rgb(250, 120, 20),
        width=0.027,
        height=0.048,
        floor=0.965,
        period_s=chance.uniform(16.0, 22.0),
        crossing_s=0.0,
        phase_s=chance.uniform(0.0, 16.0),
        direction=1,
        bounce=0.30,
        pace_hz=chance.uniform(0.6, 0.8),
    )
