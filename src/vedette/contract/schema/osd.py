"""Text and pictures drawn over the video."""

from enum import StrEnum

from vedette.contract.schema.geometry import Color, Vector
from vedette.contract.schema.values import DeviceEntity, FloatRange, IntRange
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


class OSDType(StrEnum):
    """OSD: the named values."""

    TEXT = "Text"
    IMAGE = "Image"
    EXTENDED = "Extended"


@message(TT)
class OSDPosConfiguration:
    """OSD pos configuration."""

    type: str
    pos: Vector | None = None


@message(TT)
class OSDColor:
    """OSD color."""

    transparent: int | None = attribute("Transparent", default=None)
    color: Color


@message(TT)
class OSDTextConfiguration:
    """OSD text configuration."""

    is_persistent_text: bool | None = attribute("IsPersistentText", default=None)
    type: str
    date_format: str | None = None
    time_format: str | None = None
    font_size: int | None = None
    font_color: OSDColor | None = None
    background_color: OSDColor | None = None
    plain_text: str | None = None


@message(TT)
class OSDImgConfiguration:
    """OSD img configuration."""

    img_path: str


@message(TT)
class OSDConfiguration(DeviceEntity):
    """OSD configuration."""

    video_source_configuration_token: str
    type: OSDType
    position: OSDPosConfiguration
    text_string: OSDTextConfiguration | None = None
    image: OSDImgConfiguration | None = None


@message(TT)
class MaximumNumberOfOSDs:
    """Maximum number of OSDs."""

    total: int = attribute("Total")
    image: int | None = attribute("Image", default=None)
    plain_text: int | None = attribute("PlainText", default=None)
    date_value: int | None = attribute("Date", default=None)
    time: int | None = attribute("Time", default=None)
    date_and_time: int | None = attribute("DateAndTime", default=None)


@message(TT)
class ColorspaceRange:
    """Colorspace range."""

    x: FloatRange
    y: FloatRange
    z: FloatRange
    colorspace: str


@message(TT)
class ColorOptions:
    """Color options."""

    color_lists: tuple[Color, ...] = element("ColorList", default=())
    colorspace_ranges: tuple[ColorspaceRange, ...] = element("ColorspaceRange", default=())


@message(TT)
class OSDColorOptions:
    """OSD color options."""

    color: ColorOptions | None = None
    transparent: IntRange | None = None


@message(TT)
class OSDTextOptions:
    """OSD text options."""

    types: tuple[str, ...] = element("Type")
    font_size_range: IntRange | None = None
    date_formats: tuple[str, ...] = element("DateFormat", default=())
    time_formats: tuple[str, ...] = element("TimeFormat", default=())
    font_color: OSDColorOptions | None = None
    background_color: OSDColorOptions | None = None


@message(TT)
class OSDImgOptions:
    """OSD img options."""

    formats_supported: tuple[str, ...] = attribute("FormatsSupported", listed=True, default=())
    max_size: int | None = attribute("MaxSize", default=None)
    max_width: int | None = attribute("MaxWidth", default=None)
    max_height: int | None = attribute("MaxHeight", default=None)
    image_paths: tuple[str, ...] = element("ImagePath")


@message(TT)
class OSDConfigurationOptions:
    """OSD configuration options."""

    maximum_number_of_osds: MaximumNumberOfOSDs = element("MaximumNumberOfOSDs")
    types: tuple[OSDType, ...] = element("Type")
    position_options: tuple[str, ...] = element("PositionOption")
    text_option: OSDTextOptions | None = None
    image_option: OSDImgOptions | None = None
