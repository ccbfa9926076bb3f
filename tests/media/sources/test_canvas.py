"""Drawing into planes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.media.sources.canvas import Area, Canvas, Sprite, TextMaker, full_601, limited_709
from vedette.media.sources.scene import Box, Rgb


@pytest.mark.parametrize("size", [(0, 10), (11, 10), (10, 11)])
def test_odd_and_empty_pictures_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="even"):
        Canvas(*size)


@pytest.mark.parametrize(
    ("colour", "limited", "full"),
    [
        (Rgb(0, 0, 0), (16, 128, 128), (0, 128, 128)),
        (Rgb(255, 255, 255), (235, 128, 128), (255, 128, 128)),
        (Rgb(255, 0, 0), (63, 102, 240), (76, 85, 255)),
        (Rgb(0, 0, 255), (32, 240, 118), (29, 255, 107)),
    ],
)
def test_colours_become_what_the_standards_say(
    colour: Rgb, limited: tuple[int, int, int], full: tuple[int, int, int]
) -> None:
    assert limited_709(colour) == limited
    assert full_601(colour) == full


@given(st.integers(-80, 140), st.integers(-60, 90))
@settings(max_examples=60)
def test_a_stamp_is_cut_at_the_edges_and_stays_within_its_area(left: int, top: int) -> None:
    left, top = left & ~1, top & ~1
    canvas = Canvas(100, 60)
    dot = Canvas(30, 20)
    dot.fill(Area(0, 0, 30, 20), Rgb(255, 0, 0))
    mask = np.ones((20, 30), np.bool_)
    area = canvas.stamp(Sprite(dot.luma, dot.blue, dot.red, mask, mask[::2, ::2]), left, top)
    painted = np.argwhere(canvas.luma != 0)
    if area is None:
        assert painted.size == 0
    else:
        assert painted.min(axis=0).tolist() == [area.top, area.left]
        assert painted.max(axis=0).tolist() == [area.bottom - 1, area.right - 1]


@given(st.floats(-1, 2), st.floats(-1, 2), st.floats(-1, 2), st.floats(-1, 2))
@settings(max_examples=60)
def test_an_area_lies_within_the_picture_on_even_pixels(a: float, b: float, c: float, d: float) -> None:
    area = Canvas(64, 48).area(Box(a, b, c, d))
    if area is not None:
        assert all(edge % 2 == 0 for edge in area)
        assert 0 <= area.left < area.right <= 64
        assert 0 <= area.top < area.bottom <= 48


def test_a_packed_picture_shares_the_planes() -> None:
    canvas = Canvas(16, 16)
    canvas.fill(Area(0, 0, 16, 16), Rgb(255, 255, 255))
    assert canvas.packed.shape == (24, 16)
    assert set(canvas.packed[:16].flat) == {235}
    assert set(canvas.packed[16:].flat) == {128}


@pytest.mark.parametrize("dot", [1, 2, 3, 5])
def test_text_has_even_edges(dot: int) -> None:
    line = TextMaker(dot, white=235).line("A1é")
    assert line.shape == ((7 * dot + 1) & ~1, 18 * dot)
