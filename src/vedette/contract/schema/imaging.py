"""Exposure, focus, white balance and the other settings of a picture."""

from datetime import timedelta
from enum import StrEnum

from vedette.contract.schema.geometry import Rectangle
from vedette.contract.schema.values import DurationRange, FloatRange
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


class BacklightCompensationMode(StrEnum):
    """Whether light from behind is compensated."""

    OFF = "OFF"
    ON = "ON"


@message(TT)
class BacklightCompensation:
    """Compensation of light from behind, in the oldest release."""

    mode: BacklightCompensationMode
    level: float


class ExposureMode(StrEnum):
    """Who chooses the exposure."""

    AUTO = "AUTO"
    MANUAL = "MANUAL"


class ExposurePriority(StrEnum):
    """What automatic exposure favours."""

    LOW_NOISE = "LowNoise"
    FRAME_RATE = "FrameRate"


@message(TT)
class Exposure:
    """Exposure in the oldest release."""

    mode: ExposureMode
    priority: ExposurePriority
    window: Rectangle
    min_exposure_time: float
    max_exposure_time: float
    min_gain: float
    max_gain: float
    min_iris: float
    max_iris: float
    exposure_time: float
    gain: float
    iris: float


class AutoFocusMode(StrEnum):
    """Who chooses the focus."""

    AUTO = "AUTO"
    MANUAL = "MANUAL"


@message(TT)
class FocusConfiguration:
    """Focus in the oldest release."""

    auto_focus_mode: AutoFocusMode
    default_speed: float
    near_limit: float
    far_limit: float


class IrCutFilterMode(StrEnum):
    """Where the infrared filter is."""

    ON = "ON"
    OFF = "OFF"
    AUTO = "AUTO"


class WideDynamicMode(StrEnum):
    """Whether wide dynamic range is on."""

    OFF = "OFF"
    ON = "ON"


@message(TT)
class WideDynamicRange:
    """Wide dynamic range in the oldest release."""

    mode: WideDynamicMode
    level: float


class WhiteBalanceMode(StrEnum):
    """Who chooses the white balance."""

    AUTO = "AUTO"
    MANUAL = "MANUAL"


@message(TT)
class WhiteBalance:
    """White balance in the oldest release."""

    mode: WhiteBalanceMode
    cr_gain: float
    cb_gain: float


@message(TT)
class ImagingSettings:
    """The imaging settings of the oldest release."""

    backlight_compensation: BacklightCompensation | None = None
    brightness: float | None = None
    color_saturation: float | None = None
    contrast: float | None = None
    exposure: Exposure | None = None
    focus: FocusConfiguration | None = None
    ir_cut_filter: IrCutFilterMode | None = None
    sharpness: float | None = None
    wide_dynamic_range: WideDynamicRange | None = None
    white_balance: WhiteBalance | None = None


@message(TT)
class BacklightCompensation20:
    """Compensation of light from behind."""

    mode: BacklightCompensationMode
    level: float | None = None


@message(TT)
class Exposure20:
    """Exposure: times in microseconds, gains and irises in decibels."""

    mode: ExposureMode
    priority: ExposurePriority | None = None
    window: Rectangle | None = None
    min_exposure_time: float | None = None
    max_exposure_time: float | None = None
    min_gain: float | None = None
    max_gain: float | None = None
    min_iris: float | None = None
    max_iris: float | None = None
    exposure_time: float | None = None
    gain: float | None = None
    iris: float | None = None


@message(TT)
class FocusConfiguration20:
    """Who focuses, how fast and in which range."""

    af_mode: tuple[str, ...] = attribute("AFMode", listed=True, default=())
    auto_focus_mode: AutoFocusMode
    default_speed: float | None = None
    near_limit: float | None = None
    far_limit: float | None = None


@message(TT)
class WideDynamicRange20:
    """Wide dynamic range and its level."""

    mode: WideDynamicMode
    level: float | None = None


@message(TT)
class WhiteBalance20:
    """White balance and its gains."""

    mode: WhiteBalanceMode
    cr_gain: float | None = None
    cb_gain: float | None = None


class ImageStabilizationMode(StrEnum):
    """Whether the picture is stabilised."""

    OFF = "OFF"
    ON = "ON"
    AUTO = "AUTO"
    EXTENDED = "Extended"


@message(TT)
class ImageStabilization:
    """Whether the picture is stabilised, and how strongly."""

    mode: ImageStabilizationMode
    level: float | None = None


@message(TT)
class IrCutFilterAutoAdjustment:
    """When the infrared filter switches by itself."""

    boundary_type: str
    boundary_offset: float | None = None
    response_time: timedelta | None = None


@message(TT)
class ToneCompensation:
    """How dark and bright parts are evened out."""

    mode: str
    level: float | None = None


@message(TT)
class Defogging:
    """How haze is removed."""

    mode: str
    level: float | None = None


@message(TT)
class NoiseReduction:
    """How strongly noise is removed."""

    level: float


@message(TT)
class ImagingSettingsExtension203:
    """Tone, fog and noise."""

    tone_compensation: ToneCompensation | None = None
    defogging: Defogging | None = None
    noise_reduction: NoiseReduction | None = None


@message(TT)
class ImagingSettingsExtension202:
    """When the infrared filter switches, and the settings that came after it."""

    ir_cut_filter_auto_adjustments: tuple[IrCutFilterAutoAdjustment, ...] = element(
        "IrCutFilterAutoAdjustment", default=()
    )
    extension: ImagingSettingsExtension203 | None = None


@message(TT)
class ImagingSettingsExtension20:
    """Image stabilisation, and the settings that came after it."""

    image_stabilization: ImageStabilization | None = None
    extension: ImagingSettingsExtension202 | None = None


@message(TT)
class ImagingSettings20:
    """The settings of a picture."""

    backlight_compensation: BacklightCompensation20 | None = None
    brightness: float | None = None
    color_saturation: float | None = None
    contrast: float | None = None
    exposure: Exposure20 | None = None
    focus: FocusConfiguration20 | None = None
    ir_cut_filter: IrCutFilterMode | None = None
    sharpness: float | None = None
    wide_dynamic_range: WideDynamicRange20 | None = None
    white_balance: WhiteBalance20 | None = None
    extension: ImagingSettingsExtension20 | None = None


@message(TT)
class BacklightCompensationOptions20:
    """What compensation of light from behind can be set to."""

    modes: tuple[BacklightCompensationMode, ...] = element("Mode")
    level: FloatRange | None = None


@message(TT)
class ExposureOptions20:
    """What exposure can be set to."""

    modes: tuple[ExposureMode, ...] = element("Mode")
    priorities: tuple[ExposurePriority, ...] = element("Priority", default=())
    min_exposure_time: FloatRange | None = None
    max_exposure_time: FloatRange | None = None
    min_gain: FloatRange | None = None
    max_gain: FloatRange | None = None
    min_iris: FloatRange | None = None
    max_iris: FloatRange | None = None
    exposure_time: FloatRange | None = None
    gain: FloatRange | None = None
    iris: FloatRange | None = None


@message(TT)
class FocusOptions20Extension:
    """Which focus modes there are beyond automatic and manual."""

    af_modes: tuple[str, ...] = element("AFModes", listed=True, default=())


@message(TT)
class FocusOptions20:
    """What focus can be set to."""

    auto_focus_modes: tuple[AutoFocusMode, ...] = ()
    default_speed: FloatRange | None = None
    near_limit: FloatRange | None = None
    far_limit: FloatRange | None = None
    extension: FocusOptions20Extension | None = None


@message(TT)
class WideDynamicRangeOptions20:
    """What wide dynamic range can be set to."""

    modes: tuple[WideDynamicMode, ...] = element("Mode")
    level: FloatRange | None = None


@message(TT)
class WhiteBalanceOptions20:
    """What white balance can be set to."""

    modes: tuple[WhiteBalanceMode, ...] = element("Mode")
    yr_gain: FloatRange | None = None
    yb_gain: FloatRange | None = None


@message(TT)
class ImageStabilizationOptions:
    """What image stabilisation can be set to."""

    modes: tuple[ImageStabilizationMode, ...] = element("Mode")
    level: FloatRange | None = None


@message(TT)
class IrCutFilterAutoAdjustmentOptions:
    """When the infrared filter can switch by itself."""

    boundary_types: tuple[str, ...] = element("BoundaryType")
    boundary_offset: bool | None = None
    response_time_range: DurationRange | None = None


@message(TT)
class ToneCompensationOptions:
    """What tone compensation can be set to."""

    modes: tuple[str, ...] = element("Mode")
    level: bool


@message(TT)
class DefoggingOptions:
    """What fog removal can be set to."""

    modes: tuple[str, ...] = element("Mode")
    level: bool


@message(TT)
class NoiseReductionOptions:
    """Whether noise reduction has a level."""

    level: bool


@message(TT)
class ImagingOptions20Extension3:
    """What tone, fog and noise settings can be."""

    tone_compensation_options: ToneCompensationOptions | None = None
    defogging_options: DefoggingOptions | None = None
    noise_reduction_options: NoiseReductionOptions | None = None


@message(TT)
class ImagingOptions20Extension2:
    """When the infrared filter can switch, and the options that came after it."""

    ir_cut_filter_auto_adjustment: IrCutFilterAutoAdjustmentOptions | None = None
    extension: ImagingOptions20Extension3 | None = None


@message(TT)
class ImagingOptions20Extension:
    """What image stabilisation can be set to, and the options that came after it."""

    image_stabilization: ImageStabilizationOptions | None = None
    extension: ImagingOptions20Extension2 | None = None


@message(TT)
class ImagingOptions20:
    """What the settings of a picture can be."""

    backlight_compensation: BacklightCompensationOptions20 | None = None
    brightness: FloatRange | None = None
    color_saturation: FloatRange | None = None
    contrast: FloatRange | None = None
    exposure: ExposureOptions20 | None = None
    focus: FocusOptions20 | None = None
    ir_cut_filter_modes: tuple[IrCutFilterMode, ...] = ()
    sharpness: FloatRange | None = None
    wide_dynamic_range: WideDynamicRangeOptions20 | None = None
    white_balance: WhiteBalanceOptions20 | None = None
    extension: ImagingOptions20Extension | None = None


@message(TT)
class AbsoluteFocus:
    """Focus to a position."""

    position: float
    speed: float | None = None


@message(TT)
class RelativeFocus:
    """Focus by a distance."""

    distance: float
    speed: float | None = None


@message(TT)
class ContinuousFocus:
    """Focus at a speed until stopped."""

    speed: float


@message(TT)
class FocusMove:
    """A focus movement of one of three kinds."""

    absolute: AbsoluteFocus | None = None
    relative: RelativeFocus | None = None
    continuous: ContinuousFocus | None = None


@message(TT)
class AbsoluteFocusOptions:
    """Positions and speeds of absolute focus."""

    position: FloatRange
    speed: FloatRange | None = None


@message(TT)
class RelativeFocusOptions20:
    """Distances and speeds of relative focus."""

    distance: FloatRange
    speed: FloatRange | None = None


@message(TT)
class ContinuousFocusOptions:
    """Speeds of continuous focus."""

    speed: FloatRange


@message(TT)
class MoveOptions20:
    """Which focus movements there are."""

    absolute: AbsoluteFocusOptions | None = None
    relative: RelativeFocusOptions20 | None = None
    continuous: ContinuousFocusOptions | None = None


class MoveStatus(StrEnum):
    """Whether something moves."""

    IDLE = "IDLE"
    MOVING = "MOVING"
    UNKNOWN = "UNKNOWN"


@message(TT)
class FocusStatus20:
    """Where the focus is and whether it moves."""

    position: float
    move_status: MoveStatus
    error: str | None = None


@message(TT)
class ImagingStatus20:
    """What the lens is doing."""

    focus_status20: FocusStatus20 | None = None


class AFModes(StrEnum):
    """Focus modes beyond automatic and manual."""

    ONCE_AFTER_MOVE = "OnceAfterMove"


class Enabled(StrEnum):
    """On, off or automatic, as newer settings have it."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class IrCutFilterAutoBoundaryType(StrEnum):
    """Which switch of the infrared filter a setting is about."""

    COMMON = "Common"
    TO_ON = "ToOn"
    TO_OFF = "ToOff"
    EXTENDED = "Extended"


class ToneCompensationMode(StrEnum):
    """Who chooses the tone compensation."""

    OFF = "OFF"
    ON = "ON"
    AUTO = "AUTO"


class DefoggingMode(StrEnum):
    """Who chooses the fog removal."""

    OFF = "OFF"
    ON = "ON"
    AUTO = "AUTO"
