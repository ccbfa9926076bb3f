"""Exposure, focus, white balance and the other settings of a picture."""

from datetime import timedelta
from enum import StrEnum

from vedette.contract.schema.geometry import Rectangle
from vedette.contract.schema.values import DurationRange, FloatRange
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


class BacklightCompensationMode(StrEnum):
    """Backlight compensation mode: the named values."""

    OFF = "OFF"
    ON = "ON"


@message(TT)
class BacklightCompensation:
    """Backlight compensation."""

    mode: BacklightCompensationMode
    level: float


class ExposureMode(StrEnum):
    """Exposure mode: the named values."""

    AUTO = "AUTO"
    MANUAL = "MANUAL"


class ExposurePriority(StrEnum):
    """Exposure priority: the named values."""

    LOW_NOISE = "LowNoise"
    FRAME_RATE = "FrameRate"


@message(TT)
class Exposure:
    """Exposure."""

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
    """Auto focus mode: the named values."""

    AUTO = "AUTO"
    MANUAL = "MANUAL"


@message(TT)
class FocusConfiguration:
    """Focus configuration."""

    auto_focus_mode: AutoFocusMode
    default_speed: float
    near_limit: float
    far_limit: float


class IrCutFilterMode(StrEnum):
    """Ir cut filter mode: the named values."""

    ON = "ON"
    OFF = "OFF"
    AUTO = "AUTO"


class WideDynamicMode(StrEnum):
    """Wide dynamic mode: the named values."""

    OFF = "OFF"
    ON = "ON"


@message(TT)
class WideDynamicRange:
    """Wide dynamic range."""

    mode: WideDynamicMode
    level: float


class WhiteBalanceMode(StrEnum):
    """White balance mode: the named values."""

    AUTO = "AUTO"
    MANUAL = "MANUAL"


@message(TT)
class WhiteBalance:
    """White balance."""

    mode: WhiteBalanceMode
    cr_gain: float
    cb_gain: float


@message(TT)
class ImagingSettings:
    """Imaging settings."""

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
    """Backlight compensation20."""

    mode: BacklightCompensationMode
    level: float | None = None


@message(TT)
class Exposure20:
    """Exposure20."""

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
    """Focus configuration20."""

    af_mode: tuple[str, ...] = attribute("AFMode", listed=True, default=())
    auto_focus_mode: AutoFocusMode
    default_speed: float | None = None
    near_limit: float | None = None
    far_limit: float | None = None


@message(TT)
class WideDynamicRange20:
    """Wide dynamic range20."""

    mode: WideDynamicMode
    level: float | None = None


@message(TT)
class WhiteBalance20:
    """White balance20."""

    mode: WhiteBalanceMode
    cr_gain: float | None = None
    cb_gain: float | None = None


class ImageStabilizationMode(StrEnum):
    """Image stabilization mode: the named values."""

    OFF = "OFF"
    ON = "ON"
    AUTO = "AUTO"
    EXTENDED = "Extended"


@message(TT)
class ImageStabilization:
    """Image stabilization."""

    mode: ImageStabilizationMode
    level: float | None = None


@message(TT)
class IrCutFilterAutoAdjustment:
    """Ir cut filter auto adjustment."""

    boundary_type: str
    boundary_offset: float | None = None
    response_time: timedelta | None = None


@message(TT)
class ToneCompensation:
    """Tone compensation."""

    mode: str
    level: float | None = None


@message(TT)
class Defogging:
    """Defogging."""

    mode: str
    level: float | None = None


@message(TT)
class NoiseReduction:
    """Noise reduction."""

    level: float


@message(TT)
class ImagingSettingsExtension203:
    """Imaging settings extension203."""

    tone_compensation: ToneCompensation | None = None
    defogging: Defogging | None = None
    noise_reduction: NoiseReduction | None = None


@message(TT)
class ImagingSettingsExtension202:
    """Imaging settings extension202."""

    ir_cut_filter_auto_adjustments: tuple[IrCutFilterAutoAdjustment, ...] = element(
        "IrCutFilterAutoAdjustment", default=()
    )
    extension: ImagingSettingsExtension203 | None = None


@message(TT)
class ImagingSettingsExtension20:
    """Imaging settings extension20."""

    image_stabilization: ImageStabilization | None = None
    extension: ImagingSettingsExtension202 | None = None


@message(TT)
class ImagingSettings20:
    """Imaging settings20."""

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
    """Backlight compensation options20."""

    modes: tuple[BacklightCompensationMode, ...] = element("Mode")
    level: FloatRange | None = None


@message(TT)
class ExposureOptions20:
    """Exposure options20."""

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
    """Focus options20 extension."""

    af_modes: tuple[str, ...] = element("AFModes", listed=True, default=())


@message(TT)
class FocusOptions20:
    """Focus options20."""

    auto_focus_modes: tuple[AutoFocusMode, ...] = ()
    default_speed: FloatRange | None = None
    near_limit: FloatRange | None = None
    far_limit: FloatRange | None = None
    extension: FocusOptions20Extension | None = None


@message(TT)
class WideDynamicRangeOptions20:
    """Wide dynamic range options20."""

    modes: tuple[WideDynamicMode, ...] = element("Mode")
    level: FloatRange | None = None


@message(TT)
class WhiteBalanceOptions20:
    """White balance options20."""

    modes: tuple[WhiteBalanceMode, ...] = element("Mode")
    yr_gain: FloatRange | None = None
    yb_gain: FloatRange | None = None


@message(TT)
class ImageStabilizationOptions:
    """Image stabilization options."""

    modes: tuple[ImageStabilizationMode, ...] = element("Mode")
    level: FloatRange | None = None


@message(TT)
class IrCutFilterAutoAdjustmentOptions:
    """Ir cut filter auto adjustment options."""

    boundary_types: tuple[str, ...] = element("BoundaryType")
    boundary_offset: bool | None = None
    response_time_range: DurationRange | None = None


@message(TT)
class ToneCompensationOptions:
    """Tone compensation options."""

    modes: tuple[str, ...] = element("Mode")
    level: bool


@message(TT)
class DefoggingOptions:
    """Defogging options."""

    modes: tuple[str, ...] = element("Mode")
    level: bool


@message(TT)
class NoiseReductionOptions:
    """Noise reduction options."""

    level: bool


@message(TT)
class ImagingOptions20Extension3:
    """Imaging options20 extension3."""

    tone_compensation_options: ToneCompensationOptions | None = None
    defogging_options: DefoggingOptions | None = None
    noise_reduction_options: NoiseReductionOptions | None = None


@message(TT)
class ImagingOptions20Extension2:
    """Imaging options20 extension2."""

    ir_cut_filter_auto_adjustment: IrCutFilterAutoAdjustmentOptions | None = None
    extension: ImagingOptions20Extension3 | None = None


@message(TT)
class ImagingOptions20Extension:
    """Imaging options20 extension."""

    image_stabilization: ImageStabilizationOptions | None = None
    extension: ImagingOptions20Extension2 | None = None


@message(TT)
class ImagingOptions20:
    """Imaging options20."""

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
    """Absolute focus."""

    position: float
    speed: float | None = None


@message(TT)
class RelativeFocus:
    """Relative focus."""

    distance: float
    speed: float | None = None


@message(TT)
class ContinuousFocus:
    """Continuous focus."""

    speed: float


@message(TT)
class FocusMove:
    """Focus move."""

    absolute: AbsoluteFocus | None = None
    relative: RelativeFocus | None = None
    continuous: ContinuousFocus | None = None


@message(TT)
class AbsoluteFocusOptions:
    """Absolute focus options."""

    position: FloatRange
    speed: FloatRange | None = None


@message(TT)
class RelativeFocusOptions20:
    """Relative focus options20."""

    distance: FloatRange
    speed: FloatRange | None = None


@message(TT)
class ContinuousFocusOptions:
    """Continuous focus options."""

    speed: FloatRange


@message(TT)
class MoveOptions20:
    """Move options20."""

    absolute: AbsoluteFocusOptions | None = None
    relative: RelativeFocusOptions20 | None = None
    continuous: ContinuousFocusOptions | None = None


class MoveStatus(StrEnum):
    """Move status: the named values."""

    IDLE = "IDLE"
    MOVING = "MOVING"
    UNKNOWN = "UNKNOWN"


@message(TT)
class FocusStatus20:
    """Focus status20."""

    position: float
    move_status: MoveStatus
    error: str | None = None


@message(TT)
class ImagingStatus20:
    """Imaging status20."""

    focus_status20: FocusStatus20 | None = None


class AFModes(StrEnum):
    """AF modes: the named values."""

    ONCE_AFTER_MOVE = "OnceAfterMove"


class Enabled(StrEnum):
    """Enabled: the named values."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class IrCutFilterAutoBoundaryType(StrEnum):
    """Ir cut filter auto boundary: the named values."""

    COMMON = "Common"
    TO_ON = "ToOn"
    TO_OFF = "ToOff"
    EXTENDED = "Extended"


class ToneCompensationMode(StrEnum):
    """Tone compensation mode: the named values."""

    OFF = "OFF"
    ON = "ON"
    AUTO = "AUTO"


class DefoggingMode(StrEnum):
    """Defogging mode: the named values."""

    OFF = "OFF"
    ON = "ON"
    AUTO = "AUTO"
