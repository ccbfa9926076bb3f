"""The scene's model: deterministic, smooth, and seen rightly through a viewport."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.media.sources.scene import Box, Kind, Scene, Viewport


@given(st.integers(0, 2**32), st.integers(0, 10**7))
@settings(max_examples=50)
def test_the_same_seed_gives_the_same_objects(seed: int, frame: int) -> None:
    assert Scene(seed).objects_at(frame) == Scene(seed).objects_at(frame)


def test_another_seed_gives_another_scene() -> None:
    assert Scene(1).objects_at(0) != Scene(2).objects_at(0)


def test_every_object_at_every_frame_touches_the_world_and_has_its_own_id() -> None:
    scene = Scene(3)
    for frame in range(0, 5000, 7):
        objects = scene.objects_at(frame)
        assert len({each.object_id for each in objects}) == len(objects)
        assert all(each.box.clipped() is not None for each in objects)


def test_people_are_always_there_and_cars_come_again_as_others() -> None:
    scene = Scene(4)
    ids: set[int] = set()
    for frame in range(0, 25 * 60):
        objects = scene.objects_at(frame)
        assert sum(each.kind is Kind.HUMAN for each in objects) == 2
        ids |= {each.object_id for each in objects if each.kind is Kind.VEHICLE}
    assert len(ids) > 4


def test_an_object_never_jumps() -> None:
    scene = Scene(5)
    before = {each.object_id: each.box for each in scene.objects_at(0)}
    for frame in range(1, 3000):
        now = {each.object_id: each.box for each in scene.objects_at(frame)}
        for object_id in now.keys() & before.keys():
            assert abs(now[object_id].left - before[object_id].left) < 0.02
        before = now


def test_the_rate_changes_the_numbering_and_not_the_movement() -> None:
    assert Scene(6, fps=50).objects_at(500) == Scene(6, fps=25).objects_at(250)


@pytest.mark.parametrize("fps", [0, 61])
def test_an_impossible_rate_is_refused(fps: int) -> None:
    with pytest.raises(ValueError, match=str(fps)):
        Scene(1, fps)


@given(st.floats(-2, 3), st.floats(-2, 3), st.floats(0.1, 40))
@settings(max_examples=50)
def test_the_view_stays_within_the_world(x: float, y: float, zoom: float) -> None:
    view = Viewport(x=x, y=y, zoom=zoom).box
    assert view.clipped() == pytest.approx(view)


def test_zooming_in_makes_things_larger() -> None:
    thing = Box(0.45, 0.45, 0.55, 0.55)
    assert Viewport().seen(thing) == pytest.approx(thing)
    assert Viewport(zoom=2.0).seen(thing) == pytest.approx(Box(0.4, 0.4, 0.6, 0.6))
