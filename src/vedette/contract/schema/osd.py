"""Text and pictures drawn over the video."""

from enum import StrEnum

from vedette.contract.schema.geometry import Color, Vector
from vedette.contract.schema.values import DeviceEntity, FloatRange, IntRange
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


class OSDType(StrEnum):
    """Text or picture."""

    TEXT = "Text"
    IMAGE = "Image"
    EXTENDED = "Extended"


@message(TT)
class OSDPosConfiguration:
    """Where an overlay is drawn."""

    type: str
    pos: Vector | None = None


@message(TT)
class OSDColor:
    """A colour and how transparent it is."""

    transparent: int | None = attribute("Transparent", default=None)
    color: Color


@message(TT)
class OSDTextConfiguration:
    """Text of an overlay: what, how large, in which colours."""

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
    """Picture of an overlay."""

    img_path: str


@message(TT)
class OSDConfiguration(DeviceEntity):
    """A text or picture drawn over the video."""

    video_source_configuration_token: str
    type: OSDType
    position: OSDPosConfiguration
    text_string: OSDTextConfiguration | None = None
    image: OSDImgConfiguration | None = None


@message(TT)
class MaximumNumberOfOSDs:
    """How many overlays there may be, in all and of each kind."""

    total: int = attribute("Total")
    image: int | None = attribute("Image", default=None)
    plain_text: int | None = attribute("PlainText", default=None)
    date: int | None = attribute("Date", default=None)
    time: int | None = attribute("Time", default=None)
    date_and_time: int | None = attribute("DateAndTime", default=None)


@message(TT)
class ColorspaceRange:
    """The range of each component in a colour space."""

    x: FloatRange
    y: FloatRange
    z: FloatRange
    colorspace: str


@message(TT)
class ColorOptions:
    """Colours to choose from: a list or ranges, not both."""

    color_lists: tuple[Color, ...] = element("ColorList", default=())
    colorspace_ranges: tuple[ColorspaceRange, ...] = element("ColorspaceRange", default=())


@message(TT)
class OSDColorOptions:
    """Which colours and transparencies overlays can have."""

    color: ColorOptions | None = None
    transparent: IntRange | None = None


@message(TT)
class OSDTextOptions:
    """What text overlays can be."""

    types: tuple[str, ...] = element("Type")
    font_size_range: IntRange | None = None
    date_formats: tuple[str, ...] = element("DateFormat", default=())
    time_formats: tuple[str, ...] = element("TimeFormat", default=())
    font_color: OSDColorOptions | None = None
    background_color: OSDColorOptions | None = None


@message(TT)
class OSDImgOptions:
    """What picture overlays can be."""

    formats_supported: tuple[str, ...] = attribute("FormatsSupported", listed=True, default=())
    max_size: int | None = attribute("MaxSize", default=None)
    max_width: int | None = attribute("MaxWidth", default=None)
    max_height: int | None = attribute("MaxHeight", default=None)
    image_paths: tuple[str, ...] = element("ImagePath")


@message(TT)
class OSDConfigurationOptions:
    """What overlays can be, and how many."""

    maximum_number_of_osds: MaximumNumberOfOSDs = element("MaximumNumberOfOSDs")
    types: tuple[OSDType, ...] = element("Type")
    position_options: tuple[str, ...] = element("PositionOption")
    text_option: OSDTextOptions | None = None
    image_option: OSDImgOptions | None = None
