"""The picture shows what the model says, and nothing of what was there before."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vedette.media.sources.overlay import OsdText, Overlay, PrivacyMask
from vedette.media.sources.renderer import SceneRenderer, clock_line
from vedette.media.sources.scene import Box, Kind, Rgb, Scene, Viewport

UTC_US = 1_763_680_000_123_999
WHOLE = Viewport()


def picture(
    renderer: SceneRenderer, frame: int, view: Viewport = WHOLE, **overlay: object
) -> NDArray[np.uint8]:
    return renderer.draw(frame, UTC_US, view, Overlay(**overlay)).packed.copy()  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(1920, 1080), (640, 360)])
@pytest.mark.parametrize("view", [Viewport(), Viewport(x=0.3, y=0.8, zoom=2.0)])
def test_the_middle_of_every_object_has_its_colour_where_the_scene_says(
    size: tuple[int, int], view: Viewport
) -> None:
    scene = Scene(11)
    renderer = SceneRenderer(scene, *size)
    seen = 0
    for frame in range(0, 1500, 50):
        canvas = renderer.draw(frame, UTC_US, view, Overlay(has_clock=False))
        objects = scene.objects_at(frame)
        for number, thing in enumerate(objects):
            x, y = view.seen(thing.box).centre
            if not (0.0 < x < 1.0 and 0.0 < y < 1.0):
                continue
            world_x, world_y = thing.box.centre
            if any(_covers(other.box, world_x, world_y) for other in objects[number + 1 :]):
                continue
            column, row = int(x * size[0]), int(y * size[1])
            expected = canvas.colours(thing.colour)
            if thing.kind is Kind.HUMAN and size[0] < 1000:
                continue  # a few pixels wide: an arm may swing over the middle
            assert canvas.luma[row, column] == expected.y, (frame, thing)
            assert canvas.blue[row // 2, column // 2] == expected.u
            assert canvas.red[row // 2, column // 2] == expected.v
            seen += 1
    assert seen > 30


def _covers(box: Box, x: float, y: float) -> bool:
    return box.left <= x <= box.right and box.top <= y <= box.bottom


def test_a_frame_does_not_depend_on_the_frames_before_it() -> None:
    scene = Scene(12)
    one, other = SceneRenderer(scene, 640, 360), SceneRenderer(scene, 640, 360)
    for frame in range(200):
        picture(one, frame, texts=(OsdText(text=f"frame {frame}", x=0.4, y=0.5),))
    assert np.array_equal(picture(one, 200), picture(other, 200))


def test_turning_back_shows_the_same_again() -> None:
    renderer = SceneRenderer(Scene(13), 640, 360)
    before = picture(renderer, 5)
    assert not np.array_equal(picture(renderer, 5, Viewport(x=0.2, y=0.6, zoom=3.0)), before)
    assert np.array_equal(picture(renderer, 5), before)


def test_the_clock_and_frame_number_can_be_read_in_the_picture(read_text) -> None:  # type: ignore[no-untyped-def]
    for size in ((1920, 1080), (640, 360), (320, 180)):
        renderer = SceneRenderer(Scene(14), *size)
        canvas = renderer.draw(1_234_567, UTC_US, Viewport(), Overlay())
        line = clock_line(UTC_US, 1_234_567)
        assert line == "2025-11-20 23:06:40.123Z #1234567"
        assert read_text(canvas.luma, *renderer.clock_origin, renderer.dot, len(line)) == line


def test_nothing_is_seen_behind_a_mask() -> None:
    scene = Scene(15)
    renderer = SceneRenderer(scene, 640, 360)
    mask = PrivacyMask(box=Box(0.25, 0.5, 0.75, 1.0), colour=Rgb(0, 0, 0))
    for frame in range(0, 500, 25):
        canvas = renderer.draw(frame, UTC_US, Viewport(), Overlay(masks=(mask,), has_clock=False))
        assert set(canvas.luma[180:360, 160:480].flat) == {16}
