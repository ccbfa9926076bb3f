"""The drawn scene's objects as metadata stream documents, for the track that analytics would fill."""

from collections.abc import Sequence

from lxml import etree

from vedette.base.timestamps import datetime_from_utc_us
from vedette.media.sources.scene import Box, SceneObject, Viewport

TT = "http://www.onvif.org/ver10/schema"
RGB = "http://www.onvif.org/ver10/colorspace/RGB"


def document(objects: Sequence[SceneObject], viewport: Viewport, utc_us: int) -> bytes:
    """One `tt:MetadataStream` with the frame's objects as far as the viewport sees them.

    Bounding boxes are in the normalised coordinate system: -1 to 1, x to the right, y upwards.

    Source: Analytics, Frame Related Content, Shape descriptor, Color descriptor (26.06 §5.2, §5.4.4, §5.4.5).
    """
    root = etree.Element(f"{{{TT}}}MetadataStream", nsmap={"tt": TT})
    analytics = _below(root, "VideoAnalytics")
    frame = _below(analytics, "Frame", UtcTime=_utc(utc_us))
    for thing in objects:
        seen = viewport.seen(thing.box).clipped()
        if seen is not None:
            _add_object(frame, thing, seen)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _add_object(frame: etree._Element, thing: SceneObject, seen: Box) -> None:
    appearance = _below(_below(frame, "Object", ObjectId=str(thing.object_id)), "Appearance")
    shape = _below(appearance, "Shape")
    x, y = seen.centre
    _below(
        shape,
        "BoundingBox",
        bottom=_upwards(seen.bottom),
        top=_upwards(seen.top),
        right=_rightwards(seen.right),
        left=_rightwards(seen.left),
    )
    _below(shape, "CenterOfGravity", x=_rightwards(x), y=_upwards(y))
    red, green, blue = thing.colour
    cluster = _below(_below(appearance, "Color"), "ColorCluster")
    _below(cluster, "Color", X=str(red), Y=str(green), Z=str(blue), Colorspace=RGB)
    _below(_below(appearance, "Class"), "Type", Likelihood="1.0").text = thing.kind


def _below(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{TT}}}{name}", attributes)


def _rightwards(x: float) -> str:
    return f"{2 * x - 1:.4f}"


def _upwards(y: float) -> str:
    return f"{1 - 2 * y:.4f}"


def _utc(utc_us: int) -> str:
    return datetime_from_utc_us(utc_us).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
