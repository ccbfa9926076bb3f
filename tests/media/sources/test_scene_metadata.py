"""The objects as a metadata document."""

import pytest
from lxml import etree

from vedette.media.sources.scene import Scene, Viewport
from vedette.media.sources.scene_metadata import TT, document

UTC_US = 1_763_680_000_123_456
NS = {"tt": TT}


@pytest.mark.parametrize("view", [Viewport(), Viewport(x=0.7, y=0.8, zoom=2.5)])
def test_the_document_tells_where_each_object_in_view_is(view: Viewport) -> None:
    objects = Scene(21).objects_at(333)
    root = etree.fromstring(document(objects, view, UTC_US))
    frame = root.find("tt:VideoAnalytics/tt:Frame", NS)
    assert frame is not None
    assert frame.get("UtcTime") == "2025-11-20T23:06:40.123456Z"
    expected = {
        str(each.object_id): seen for each in objects if (seen := view.seen(each.box).clipped()) is not None
    }
    found = {each.get("ObjectId"): each for each in frame.findall("tt:Object", NS)}
    assert found.keys() == expected.keys()
    assert found
    for object_id, element in found.items():
        box = element.find("tt:Appearance/tt:Shape/tt:BoundingBox", NS)
        assert box is not None
        edges = {name: float(value) for name, value in box.attrib.items()}
        seen = expected[str(object_id)]
        assert (edges["left"] + 1) / 2 == pytest.approx(seen.left, abs=1e-4)
        assert (edges["right"] + 1) / 2 == pytest.approx(seen.right, abs=1e-4)
        assert (1 - edges["top"]) / 2 == pytest.approx(seen.top, abs=1e-4)
        assert (1 - edges["bottom"]) / 2 == pytest.approx(seen.bottom, abs=1e-4)
        assert edges["bottom"] < edges["top"]


def test_an_empty_scene_is_still_a_frame() -> None:
    root = etree.fromstring(document((), Viewport(), UTC_US))
    assert root.findall("tt:VideoAnalytics/tt:Frame", NS)[0].findall("*") == []
