"""Vectors, rectangles, colours and places."""

from enum import StrEnum

from vedette.contract.schema.values import IntRange
from vedette.wire.message import attribute, element, message, text
from vedette.wire.namespaces import TT


@message(TT)
class GeoLocation:
    """A place on Earth: degrees, and metres of elevation."""

    lon: float | None = attribute("lon", default=None)
    lat: float | None = attribute("lat", default=None)
    elevation: float | None = attribute("elevation", default=None)


@message(TT)
class GeoOrientation:
    """A direction in space: roll, pitch and yaw in degrees."""

    roll: float | None = attribute("roll", default=None)
    pitch: float | None = attribute("pitch", default=None)
    yaw: float | None = attribute("yaw", default=None)


@message(TT)
class LocalLocation:
    """A place relative to the device's own origin."""

    x: float | None = attribute("x", default=None)
    y: float | None = attribute("y", default=None)
    z: float | None = attribute("z", default=None)


@message(TT)
class LocalOrientation:
    """A direction relative to the device's own axes."""

    pan: float | None = attribute("pan", default=None)
    tilt: float | None = attribute("tilt", default=None)
    roll: float | None = attribute("roll", default=None)


@message(TT)
class LocationEntity:
    """Where a part of the device is, and how that is known."""

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
    """A rectangle in normalised coordinates."""

    bottom: float = attribute("bottom")
    top: float = attribute("top")
    right: float = attribute("right")
    left: float = attribute("left")


@message(TT)
class IntRectangle:
    """A rectangle in pixels."""

    x: int = attribute("x")
    y: int = attribute("y")
    width: int = attribute("width")
    height: int = attribute("height")


@message(TT)
class IntRectangleRange:
    """The positions and sizes that a rectangle in pixels may have."""

    x_range: IntRange
    y_range: IntRange
    width_range: IntRange
    height_range: IntRange


@message(TT)
class Vector2D:
    """A point of two coordinates in a named space."""

    x: float = attribute("x")
    y: float = attribute("y")
    space: str | None = attribute("space", default=None)


@message(TT)
class Vector1D:
    """A number in a named space."""

    x: float = attribute("x")
    space: str | None = attribute("space", default=None)


@message(TT)
class Vector:
    """A point in the plane."""

    x: float = attribute("x")
    y: float = attribute("y")


@message(TT)
class Color:
    """A colour of three components in a named colour space."""

    x: float = attribute("X")
    y: float = attribute("Y")
    z: float = attribute("Z")
    colorspace: str | None = attribute("Colorspace", default=None)
    likelihood: float | None = attribute("Likelihood", default=None)


@message(TT)
class Polygon:
    """The corners of an area, three at least."""

    points: tuple[Vector, ...] = element("Point", least=3)


@message(TT)
class Transformation:
    """A shift and a scale between coordinate systems."""

    translate: Vector | None = None
    scale: Vector | None = None


@message(TT)
class ColorCovariance:
    """The spread of a colour in its colour space."""

    xx: float = attribute("XX")
    yy: float = attribute("YY")
    zz: float = attribute("ZZ")
    xy: float | None = attribute("XY", default=None)
    xz: float | None = attribute("XZ", default=None)
    yz: float | None = attribute("YZ", default=None)
    colorspace: str | None = attribute("Colorspace", default=None)


@message(TT)
class ColorCluster:
    """One of the main colours, with weight and spread."""

    color: Color
    weight: float | None = None
    covariance: ColorCovariance | None = None


@message(TT)
class ColorDescriptor:
    """The main colours of an object."""

    color_clusters: tuple[ColorCluster, ...] = element("ColorCluster", default=())


@message(TT)
class StringLikelihood:
    """A text with the likelihood that it is right."""

    likelihood: float | None = attribute("Likelihood", default=None)
    value: str = text()


@message(TT)
class SphericalCoordinate:
    """A place by distance and two angles."""

    distance: float | None = attribute("Distance", default=None)
    elevation_angle: float | None = attribute("ElevationAngle", default=None)
    azimuth_angle: float | None = attribute("AzimuthAngle", default=None)


@message(TT)
class AspectRatioTransformation:
    """How the picture's shape was changed before it was analysed."""

    ratio: float = attribute("ratio")
    translate: Vector | None = None
    scale: Vector | None = None


@message(TT)
class Polyline:
    """The points of an open line."""

    points: tuple[Vector, ...] = element("Point", least=2)


@message(TT)
class PolygonOptions:
    """Which polygons can be given, and with how many corners."""

    rectangle_only: bool | None = None
    vertex_limits: IntRange | None = None


class Entity(StrEnum):
    """The parts of a device that can have a place."""

    DEVICE = "Device"
    VIDEO_SOURCE = "VideoSource"
    AUDIO_SOURCE = "AudioSource"
