"""Draws the scene at one size: a background painted once, and per frame only what moves."""

from collections.abc import Callable

from vedette.base.timestamps import datetime_from_utc_us
from vedette.media.sources.canvas import Area, Canvas, Sprite, TextMaker, Yuv, limited_709
from vedette.media.sources.font import drawable
from vedette.media.sources.overlay import Overlay, PrivacyMask
from vedette.media.sources.painting import sprite, street
from vedette.media.sources.scene import Kind, Rgb, Scene, SceneObject, Viewport

SPRITES_MOST_BYTES = 24 << 20


def clock_line(utc_us: int, frame: int) -> str:
    """The line burned in at the bottom left: UTC to the millisecond (rounded down) and the frame number."""
    moment = datetime_from_utc_us(utc_us)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03}Z #{frame:07}"


class SceneRenderer:
    """Draws frames of a scene into one canvas that it keeps."""

    def __init__(
        self, scene: Scene, width: int, height: int, colours: Callable[[Rgb], Yuv] = limited_709
    ) -> None:
        self.canvas = Canvas(width, height, colours)
        self._scene = scene
        self._background = Canvas(width, height, colours)
        self._viewport: Viewport | None = None
        self._dirty: list[Area] = []
        self._sprites: dict[tuple[Kind, Rgb, int, int, int, int], Sprite] = {}
        self._sprites_bytes = 0
        self._text = TextMaker(max(1, round(height / 216)), white=235)

    @property
    def clock_origin(self) -> tuple[int, int]:
        """Left and top pixel of the clock line's first character."""
        return self._text.dot * 4 & ~1, (self.canvas.height - self._text.height - self._text.dot * 4) & ~1

    @property
    def dot(self) -> int:
        """Pixels per dot of the font."""
        return self._text.dot

    def draw(self, frame: int, utc_us: int, viewport: Viewport, overlay: Overlay) -> Canvas:
        """The picture of a frame; the canvas stays the renderer's and is changed by the next call."""
        if viewport != self._viewport:
            self._show(viewport)
        for area in self._dirty:
            self.canvas.copy_from(self._background, area)
        self._dirty = []
        for thing in self._scene.objects_at(frame):
            self._draw_object(thing, viewport)
        for mask in overlay.masks:
            self._hide(mask)
        for text in overlay.texts:
            left, top = int(text.x * self.canvas.width) & ~1, int(text.y * self.canvas.height) & ~1
            self._write(text.text, left, top)
        if overlay.has_clock:
            self._write(clock_line(utc_us, frame), *self.clock_origin)
        return self.canvas

    def _show(self, viewport: Viewport) -> None:
        street(self._scene.seed, viewport, self._background)
        self.canvas.packed[:] = self._background.packed
        self._viewport = viewport
        self._dirty = []
        self._forget_sprites()

    def _draw_object(self, thing: SceneObject, viewport: Viewport) -> None:
        seen = viewport.seen(thing.box)
        if seen.clipped() is None:
            return
        width = max(2, round((seen.right - seen.left) * self.canvas.width / 2) * 2)
        height = max(2, round((seen.bottom - seen.top) * self.canvas.height / 2) * 2)
        left = round(seen.left * self.canvas.width / 2) * 2
        top = round(seen.top * self.canvas.height / 2) * 2
        key = (thing.kind, thing.colour, thing.facing, thing.step, width, height)
        made = self._sprites.get(key)
        if made is None:
            made = sprite(thing, width, height, self.canvas.colours)
            if self._sprites_bytes > SPRITES_MOST_BYTES:
                self._forget_sprites()
            self._sprites[key] = made
            self._sprites_bytes += sum(part.nbytes for part in made)
        area = self.canvas.stamp(made, left, top)
        if area is not None:
            self._dirty.append(area)

    def _hide(self, mask: PrivacyMask) -> None:
        area = self.canvas.area(mask.box)
        if area is not None:
            self.canvas.fill(area, mask.colour)
            self._dirty.append(area)

    def _write(self, text: str, left: int, top: int) -> None:
        line = self._text.line(drawable(text))
        margin = self._text.dot * 2
        area = self.canvas.area_of_pixels(
            left - margin, top - margin, left + line.shape[1] + margin, top + line.shape[0] + margin
        )
        if area is None:
            return
        self.canvas.darken(area)
        self.canvas.write(line, left, top)
        self._dirty.append(area)

    def _forget_sprites(self) -> None:
        self._sprites.clear()
        self._sprites_bytes = 0
