"""Second media service: privacy masks."""

from enum import StrEnum

from vedette.contract.faults import ConfigModifyMedia2, InvalidPolygon, MaxMasks, NoConfig
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.geometry import Color, Polygon
from vedette.contract.schema.osd import ColorOptions
from vedette.wire.message import attribute, message
from vedette.wire.namespaces import TR2


@message(TR2)
class Mask:
    """A privacy mask over a video source."""

    token: str | None = attribute("token", default=None)
    configuration_token: str
    polygon: Polygon
    type: str
    color: Color | None = None
    enabled: bool


@message(TR2)
class MaskOptions:
    """What privacy masks can look like, and how many there may be."""

    rectangle_only: bool | None = attribute("RectangleOnly", default=None)
    single_color_only: bool | None = attribute("SingleColorOnly", default=None)
    max_masks: int
    max_points: int
    types: tuple[str, ...]
    color: ColorOptions


class MaskType(StrEnum):
    """The ways a privacy mask hides what lies under it."""

    COLOR = "Color"
    PIXELATED = "Pixelated"
    BLURRED = "Blurred"


@message(TR2)
class GetMasks:
    """Asks for the masks."""

    token: str | None = None
    configuration_token: str | None = None


@message(TR2)
class GetMasksResponse:
    """Answers with the masks."""

    masks: tuple[Mask, ...] = ()


@message(TR2)
class GetMaskOptions:
    """Asks what the mask can be set to."""

    configuration_token: str


@message(TR2)
class GetMaskOptionsResponse:
    """Answers with what the mask can be set to."""

    options: MaskOptions


@message(TR2)
class SetMask:
    """Changes the mask."""

    mask: Mask


@message(TR2)
class SetMaskResponse:
    """Tells that the mask changed."""


@message(TR2)
class CreateMask:
    """Makes a new mask."""

    mask: Mask


@message(TR2)
class CreateMaskResponse:
    """Tells that the mask was made."""

    token: str


@message(TR2)
class DeleteMask:
    """Deletes the mask."""

    token: str


@message(TR2)
class DeleteMaskResponse:
    """Tells that the mask was deleted."""


class Masks(Service):
    """Privacy masks."""

    get_masks = Operation(
        GetMasks,
        GetMasksResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Media2, GetMasks (26.06 §5.10.4)",
        iec="IEC 62676-2-31 6.11.4",
    )

    get_mask_options = Operation(
        GetMaskOptions,
        GetMaskOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Media2, GetMaskOptions (26.06 §5.10.6)",
        iec="IEC 62676-2-31 6.11.6",
    )

    set_mask = Operation(
        SetMask,
        SetMaskResponse,
        access=Access.ACTUATE,
        faults=(ConfigModifyMedia2, NoConfig, InvalidPolygon),
        source="Media2, SetMask (26.06 §5.10.5)",
        iec="IEC 62676-2-31 6.11.5",
    )

    create_mask = Operation(
        CreateMask,
        CreateMaskResponse,
        access=Access.ACTUATE,
        faults=(MaxMasks, NoConfig, InvalidPolygon),
        source="Media2, CreateMask (26.06 §5.10.2)",
        iec="IEC 62676-2-31 6.11.2",
    )

    delete_mask = Operation(
        DeleteMask,
        DeleteMaskResponse,
        access=Access.ACTUATE,
        faults=(NoConfig,),
        source="Media2, DeleteMask (26.06 §5.10.3)",
        iec="IEC 62676-2-31 6.11.3",
    )
