"""Pan, tilt and zoom: positions, speeds, spaces, limits and state."""

from datetime import datetime, timedelta
from enum import StrEnum

from vedette.contract.schema.geometry import Vector1D, Vector2D
from vedette.contract.schema.imaging import MoveStatus
from vedette.contract.schema.values import ConfigurationEntity, DurationRange, FloatRange
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


@message(TT)
class PTZSpeed:
    """PTZ speed."""

    pan_tilt: Vector2D | None = None
    zoom: Vector1D | None = None


@message(TT)
class Space2DDescription:
    """Space2 d description."""

    uri: str = element("URI")
    x_range: FloatRange
    y_range: FloatRange


@message(TT)
class PanTiltLimits:
    """Pan tilt limits."""

    range: Space2DDescription


@message(TT)
class Space1DDescription:
    """Space1 d description."""

    uri: str = element("URI")
    x_range: FloatRange


@message(TT)
class ZoomLimits:
    """Zoom limits."""

    range: Space1DDescription


class EFlipMode(StrEnum):
    """E flip mode: the named values."""

    OFF = "OFF"
    ON = "ON"
    EXTENDED = "Extended"


@message(TT)
class EFlip:
    """E flip."""

    mode: EFlipMode


class ReverseMode(StrEnum):
    """Reverse mode: the named values."""

    OFF = "OFF"
    ON = "ON"
    AUTO = "AUTO"
    EXTENDED = "Extended"


@message(TT)
class Reverse:
    """Reverse."""

    mode: ReverseMode


@message(TT)
class PTControlDirection:
    """PT control direction."""

    e_flip: EFlip | None = None
    reverse: Reverse | None = None


@message(TT)
class PTZConfigurationExtension:
    """PTZ configuration extension."""

    pt_control_direction: PTControlDirection | None = element("PTControlDirection", default=None)


@message(TT)
class PTZConfiguration(ConfigurationEntity):
    """PTZ configuration."""

    move_ramp: int | None = attribute("MoveRamp", default=None)
    preset_ramp: int | None = attribute("PresetRamp", default=None)
    preset_tour_ramp: int | None = attribute("PresetTourRamp", default=None)
    node_token: str
    default_absolute_pant_tilt_position_space: str | None = None
    default_absolute_zoom_position_space: str | None = None
    default_relative_pan_tilt_translation_space: str | None = None
    default_relative_zoom_translation_space: str | None = None
    default_continuous_pan_tilt_velocity_space: str | None = None
    default_continuous_zoom_velocity_space: str | None = None
    default_ptz_speed: PTZSpeed | None = element("DefaultPTZSpeed", default=None)
    default_ptz_timeout: timedelta | None = element("DefaultPTZTimeout", default=None)
    pan_tilt_limits: PanTiltLimits | None = None
    zoom_limits: ZoomLimits | None = None
    extension: PTZConfigurationExtension | None = None


@message(TT)
class PTZSpaces:
    """PTZ spaces."""

    absolute_pan_tilt_position_spaces: tuple[Space2DDescription, ...] = element(
        "AbsolutePanTiltPositionSpace", default=()
    )
    absolute_zoom_position_spaces: tuple[Space1DDescription, ...] = element(
        "AbsoluteZoomPositionSpace", default=()
    )
    relative_pan_tilt_translation_spaces: tuple[Space2DDescription, ...] = element(
        "RelativePanTiltTranslationSpace", default=()
    )
    relative_zoom_translation_spaces: tuple[Space1DDescription, ...] = element(
        "RelativeZoomTranslationSpace", default=()
    )
    continuous_pan_tilt_velocity_spaces: tuple[Space2DDescription, ...] = element(
        "ContinuousPanTiltVelocitySpace", default=()
    )
    continuous_zoom_velocity_spaces: tuple[Space1DDescription, ...] = element(
        "ContinuousZoomVelocitySpace", default=()
    )
    pan_tilt_speed_spaces: tuple[Space1DDescription, ...] = element("PanTiltSpeedSpace", default=())
    zoom_speed_spaces: tuple[Space1DDescription, ...] = element("ZoomSpeedSpace", default=())


@message(TT)
class EFlipOptions:
    """E flip options."""

    modes: tuple[EFlipMode, ...] = element("Mode", default=())


@message(TT)
class ReverseOptions:
    """Reverse options."""

    modes: tuple[ReverseMode, ...] = element("Mode", default=())


@message(TT)
class PTControlDirectionOptions:
    """PT control direction options."""

    e_flip: EFlipOptions | None = None
    reverse: ReverseOptions | None = None


@message(TT)
class PTZConfigurationOptions:
    """PTZ configuration options."""

    ptz_ramps: tuple[int, ...] = attribute("PTZRamps", listed=True, default=())
    spaces: PTZSpaces
    ptz_timeout: DurationRange = element("PTZTimeout")
    pt_control_direction: PTControlDirectionOptions | None = element("PTControlDirection", default=None)


@message(TT)
class PTZVector:
    """PTZ vector."""

    pan_tilt: Vector2D | None = None
    zoom: Vector1D | None = None


@message(TT)
class PTZPreset:
    """PTZ preset."""

    token: str | None = attribute("token", default=None)
    name: str | None = None
    ptz_position: PTZVector | None = element("PTZPosition", default=None)


@message(TT)
class PTZMoveStatus:
    """PTZ move status."""

    pan_tilt: MoveStatus | None = None
    zoom: MoveStatus | None = None


@message(TT)
class FieldOfView:
    """Field of view."""

    hfov: float = attribute("hfov")
    vfov: float = attribute("vfov")


@message(TT)
class PTZStatus:
    """PTZ status."""

    position: PTZVector | None = None
    move_status: PTZMoveStatus | None = None
    error: str | None = None
    utc_time: datetime
    field_of_view: FieldOfView | None = None


class MoveAndTrackMethod(StrEnum):
    """Move and track method: the named values."""

    PRESET_TOKEN = "PresetToken"
    GEO_LOCATION = "GeoLocation"
    PTZ_VECTOR = "PTZVector"
    OBJECT_ID = "ObjectID"
