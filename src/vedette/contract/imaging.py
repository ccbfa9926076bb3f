"""The imaging service: messages and operations."""

from enum import StrEnum

from vedette.contract.faults import NoImagingForSource, NoSource, SettingsInvalid
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.imaging import (
    FocusMove,
    ImagingOptions20,
    ImagingSettings20,
    ImagingStatus20,
    MoveOptions20,
)
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TIMG


@message(TIMG)
class Capabilities:
    """What the imaging service offers."""

    image_stabilization: bool | None = attribute("ImageStabilization", default=None)
    presets: bool | None = attribute("Presets", default=None)
    adaptable_preset: bool | None = attribute("AdaptablePreset", default=None)


@message(TIMG)
class ImagingPreset:
    """A named set of imaging settings kept in the device."""

    token: str = attribute("token")
    type: str = attribute("type")
    name: str


class ImagingPresetType(StrEnum):
    """The situations that imaging presets are made for."""

    CUSTOM = "Custom"
    CLEAR_WEATHER = "ClearWeather"
    CLOUDY = "Cloudy"
    FOG = "Fog"
    RAIN = "Rain"
    SNOWING = "Snowing"
    SNOW = "Snow"
    WDR = "WDR"
    SHADE = "Shade"
    NIGHT = "Night"
    INDOOR = "Indoor"
    FLUORESCENT = "Fluorescent"
    INCANDESCENT = "Incandescent"
    SODIUM_NATRIUM = "Sodium(Natrium)"
    SUNRISE_HORIZON = "Sunrise(Horizon)"
    SUNSET_REAR = "Sunset(Rear)"
    EXTREME_HOT = "ExtremeHot"
    EXTREME_COLD = "ExtremeCold"
    UNDERWATER = "Underwater"
    CLOSE_UP = "CloseUp"
    MOTION = "Motion"
    FLICKER_FREE50 = "FlickerFree50"
    FLICKER_FREE60 = "FlickerFree60"


@message(TIMG)
class GetServiceCapabilities:
    """Asks what the service offers."""


@message(TIMG)
class GetServiceCapabilitiesResponse:
    """Answers with what the service offers."""

    capabilities: Capabilities


@message(TIMG)
class GetImagingSettings:
    """Asks for the imaging settings."""

    video_source_token: str


@message(TIMG)
class GetImagingSettingsResponse:
    """Answers with the imaging settings."""

    imaging_settings: ImagingSettings20


@message(TIMG)
class SetImagingSettings:
    """Changes the imaging settings."""

    video_source_token: str
    imaging_settings: ImagingSettings20
    force_persistence: bool | None = None


@message(TIMG)
class SetImagingSettingsResponse:
    """Tells that the imaging settings changed."""


@message(TIMG)
class GetOptions:
    """Asks what the  can be set to."""

    video_source_token: str


@message(TIMG)
class GetOptionsResponse:
    """Answers with what the  can be set to."""

    imaging_options: ImagingOptions20


@message(TIMG)
class Move:
    """Moves the focus."""

    video_source_token: str
    focus: FocusMove


@message(TIMG)
class MoveResponse:
    """Tells that the focus moves."""


@message(TIMG)
class GetMoveOptions:
    """Asks what the move can be set to."""

    video_source_token: str


@message(TIMG)
class GetMoveOptionsResponse:
    """Answers with what the move can be set to."""

    move_options: MoveOptions20


@message(TIMG)
class Stop:
    """Stops the movement."""

    video_source_token: str


@message(TIMG)
class StopResponse:
    """Tells that the movement stopped."""


@message(TIMG)
class GetStatus:
    """Asks for the status."""

    video_source_token: str


@message(TIMG)
class GetStatusResponse:
    """Answers with the status."""

    status: ImagingStatus20


@message(TIMG)
class GetPresets:
    """Asks for the presets."""

    video_source_token: str


@message(TIMG)
class GetPresetsResponse:
    """Answers with the presets."""

    presets: tuple[ImagingPreset, ...] = element("Preset")


@message(TIMG)
class GetCurrentPreset:
    """Asks for the current preset."""

    video_source_token: str


@message(TIMG)
class GetCurrentPresetResponse:
    """Answers with the current preset."""

    preset: ImagingPreset | None = None


@message(TIMG)
class SetCurrentPreset:
    """Changes the current preset."""

    video_source_token: str
    preset_token: str


@message(TIMG)
class SetCurrentPresetResponse:
    """Tells that the current preset changed."""


class Imaging(Service):
    """The imaging service."""

    namespace = TIMG

    get_service_capabilities = Operation(
        GetServiceCapabilities,
        GetServiceCapabilitiesResponse,
        access=Access.PRE_AUTH,
        source="Imaging, GetServiceCapabilities (26.06 §5.4)",
        iec="IEC 62676-2-31 7.5",
    )

    get_imaging_settings = Operation(
        GetImagingSettings,
        GetImagingSettingsResponse,
        access=Access.READ_MEDIA,
        faults=(NoSource, NoImagingForSource),
        source="Imaging, GetImagingSettings (26.06 §5.1.2)",
        iec="IEC 62676-2-31 7.2.2",
    )

    set_imaging_settings = Operation(
        SetImagingSettings,
        SetImagingSettingsResponse,
        access=Access.ACTUATE,
        faults=(NoSource, NoImagingForSource, SettingsInvalid),
        source="Imaging, SetImagingSettings (26.06 §5.1.3)",
        iec="IEC 62676-2-31 7.2.3",
    )

    get_options = Operation(
        GetOptions,
        GetOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoSource, NoImagingForSource),
        source="Imaging, GetOptions (26.06 §5.1.4)",
        iec="IEC 62676-2-31 7.2.4",
    )

    move = Operation(
        Move,
        MoveResponse,
        access=Access.ACTUATE,
        faults=(NoSource, NoImagingForSource),
        source="Imaging, Move (26.06 §5.3.1)",
        iec="IEC 62676-2-31 7.4.1",
    )

    get_move_options = Operation(
        GetMoveOptions,
        GetMoveOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoSource, NoImagingForSource),
        source="Imaging, GetMoveOptions (26.06 §5.3.2)",
        iec="IEC 62676-2-31 7.4.2",
    )

    stop = Operation(
        Stop,
        StopResponse,
        access=Access.ACTUATE,
        faults=(NoSource, NoImagingForSource),
        source="Imaging, Stop (26.06 §5.3.3)",
        iec="IEC 62676-2-31 7.4.3",
        action="http://www.onvif.org/ver20/imaging/wsdl/FocusStop",
    )

    get_status = Operation(
        GetStatus,
        GetStatusResponse,
        access=Access.READ_MEDIA,
        faults=(NoSource, NoImagingForSource),
        source="Imaging, GetStatus (26.06 §5.3.4)",
        iec="IEC 62676-2-31 7.4.4",
    )

    get_presets = Operation(
        GetPresets,
        GetPresetsResponse,
        access=Access.READ_MEDIA,
        faults=(NoSource,),
        source="Imaging, GetPresets (26.06 §5.2.1)",
        iec="IEC 62676-2-31 7.3.2",
    )

    get_current_preset = Operation(
        GetCurrentPreset,
        GetCurrentPresetResponse,
        access=Access.READ_MEDIA,
        faults=(NoSource,),
        source="Imaging, GetCurrentPreset (26.06 §5.2.2)",
        iec="IEC 62676-2-31 7.3.3",
    )

    set_current_preset = Operation(
        SetCurrentPreset,
        SetCurrentPresetResponse,
        access=Access.ACTUATE,
        faults=(NoSource,),
        source="Imaging, SetCurrentPreset (26.06 §5.2.3)",
        iec="IEC 62676-2-31 7.3.4",
    )
