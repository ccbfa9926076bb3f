"""Vectors, rectangles, colours and places."""

from enum import StrEnum

from vedette.contract.schema.values import IntRange
from vedette.wire.message import attribute, element, message, text
from vedette.wire.namespaces import TT


@message(TT)
class GeoLocation:
    """Geo location."""

    lon: float | None = attribute("lon", default=None)
    lat: float | None = attribute("lat", default=None)
    elevation: float | None = attribute("elevation", default=None)


@message(TT)
class GeoOrientation:
    """Geo orientation."""

    roll: float | None = attribute("roll", default=None)
    pitch: float | None = attribute("pitch", default=None)
    yaw: float | None = attribute("yaw", default=None)


@message(TT)
class LocalLocation:
    """Local location."""

    x: float | None = attribute("x", default=None)
    y: float | None = attribute("y", default=None)
    z: float | None = attribute("z", default=None)


@message(TT)
class LocalOrientation:
    """Local orientation."""

    pan: float | None = attribute("pan", default=None)
    tilt: float | None = attribute("tilt", default=None)
    roll: float | None = attribute("roll", default=None)


@message(TT)
class LocationEntity:
    """Location entity."""

    entity: str | None = attribute("Entity", default=None)
    token: str | None = attribute("Token", default=None)
    fixed: bool | None = attribute("Fixed", default=None)
    geo_source: str | None = attribute("GeoSource", default=None)
    auto_geo: bool | None = attribute("AutoGeo", default=None)
    geo_location: GeoLocation | None = None
    geo_orientation: GeoOrientation | None = None
    local_location: LocalLocation | None = None
    local_orientation: LocalOrientation | None = None


@message(TT)
class Rectangle:
    """Rectangle."""

    bottom: float = attribute("bottom")
    top: float = attribute("top")
    right: float = attribute("right")
    left: float = attribute("left")


@message(TT)
class IntRectangle:
    """Int rectangle."""

    x: int = attribute("x")
    y: int = attribute("y")
    width: int = attribute("width")
    height: int = attribute("height")


@message(TT)
class IntRectangleRange:
    """Int rectangle range."""

    x_range: IntRange
    y_range: IntRange
    width_range: IntRange
    height_range: IntRange


@message(TT)
class Vector2D:
    """Vector2 d."""

    x: float = attribute("x")
    y: float = attribute("y")
    space: str | None = attribute("space", default=None)


@message(TT)
class Vector1D:
    """Vector1 d."""

    x: float = attribute("x")
    space: str | None = attribute("space", default=None)


@message(TT)
class Vector:
    """Vector."""

    x: float = attribute("x")
    y: float = attribute("y")


@message(TT)
class Color:
    """Color."""

    x: float = attribute("X")
    y: float = attribute("Y")
    z: float = attribute("Z")
    colorspace: str | None = attribute("Colorspace", default=None)
    likelihood: float | None = attribute("Likelihood", default=None)


@message(TT)
class Polygon:
    """Polygon."""

    points: tuple[Vector, ...] = element("Point", least=3)


@message(TT)
class Transformation:
    """Transformation."""

    translate: Vector | None = None
    scale: Vector | None = None


@message(TT)
class ColorCovariance:
    """Color covariance."""

    xx: float = attribute("XX")
    yy: float = attribute("YY")
    zz: float = attribute("ZZ")
    xy: float | None = attribute("XY", default=None)
    xz: float | None = attribute("XZ", default=None)
    yz: float | None = attribute("YZ", default=None)
    colorspace: str | None = attribute("Colorspace", default=None)


@message(TT)
class ColorCluster:
    """Color cluster."""

    color: Color
    weight: float | None = None
    covariance: ColorCovariance | None = None


@message(TT)
class ColorDescriptor:
    """Color descriptor."""

    color_clusters: tuple[ColorCluster, ...] = element("ColorCluster", default=())


@message(TT)
class StringLikelihood:
    """String likelihood."""

    likelihood: float | None = attribute("Likelihood", default=None)
    value: str = text()


@message(TT)
class SphericalCoordinate:
    """Spherical coordinate."""

    distance: float | None = attribute("Distance", default=None)
    elevation_angle: float | None = attribute("ElevationAngle", default=None)
    azimuth_angle: float | None = attribute("AzimuthAngle", default=None)


@message(TT)
class AspectRatioTransformation:
    """Aspect ratio transformation."""

    ratio: float = attribute("ratio")
    translate: Vector | None = None
    scale: Vector | None = None


@message(TT)
class Polyline:
    """Polyline."""

    points: tuple[Vector, ...] = element("Point", least=2)


@message(TT)
class PolygonOptions:
    """Polygon options."""

    rectangle_only: bool | None = None
    vertex_limits: IntRange | None = None


class Entity(StrEnum):
    """Entity: the named values."""

    DEVICE = "Device"
    VIDEO_SOURCE = "VideoSource"
    AUDIO_SOURCE = "AudioSource"
