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
    """How fast to pan, tilt and zoom."""

    pan_tilt: Vector2D | None = None
    zoom: Vector1D | None = None


@message(TT)
class Space2DDescription:
    """A space of two coordinates and its ranges."""

    uri: str = element("URI")
    x_range: FloatRange
    y_range: FloatRange


@message(TT)
class PanTiltLimits:
    """The range that pan and tilt are kept in."""

    range: Space2DDescription


@message(TT)
class Space1DDescription:
    """A space of one coordinate and its range."""

    uri: str = element("URI")
    x_range: FloatRange


@message(TT)
class ZoomLimits:
    """The range that zoom is kept in."""

    range: Space1DDescription


class EFlipMode(StrEnum):
    """Whether the picture is flipped."""

    OFF = "OFF"
    ON = "ON"
    EXTENDED = "Extended"


@message(TT)
class EFlip:
    """Flipping of the picture at the turning point."""

    mode: EFlipMode


class ReverseMode(StrEnum):
    """Whether the direction is reversed."""

    OFF = "OFF"
    ON = "ON"
    AUTO = "AUTO"
    EXTENDED = "Extended"


@message(TT)
class Reverse:
    """Reversing of the direction of movement."""

    mode: ReverseMode


@message(TT)
class PTControlDirection:
    """Whether movement is flipped or reversed."""

    e_flip: EFlip | None = None
    reverse: Reverse | None = None


@message(TT)
class PTZConfigurationExtension:
    """Flip and reverse of a PTZ configuration."""

    pt_control_direction: PTControlDirection | None = element("PTControlDirection", default=None)


@message(TT)
class PTZConfiguration(ConfigurationEntity):
    """A PTZ node as part of a profile, with its defaults and limits."""

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
    """The coordinate spaces of a PTZ node."""

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
    """Which flips there are."""

    modes: tuple[EFlipMode, ...] = element("Mode", default=())


@message(TT)
class ReverseOptions:
    """Which reversals there are."""

    modes: tuple[ReverseMode, ...] = element("Mode", default=())


@message(TT)
class PTControlDirectionOptions:
    """Which flips and reversals there are."""

    e_flip: EFlipOptions | None = None
    reverse: ReverseOptions | None = None


@message(TT)
class PTZConfigurationOptions:
    """What a PTZ configuration can be set to."""

    ptz_ramps: tuple[int, ...] = attribute("PTZRamps", listed=True, default=())
    spaces: PTZSpaces
    ptz_timeout: DurationRange = element("PTZTimeout")
    pt_control_direction: PTControlDirectionOptions | None = element("PTControlDirection", default=None)


@message(TT)
class PTZVector:
    """A position or translation of pan, tilt and zoom."""

    pan_tilt: Vector2D | None = None
    zoom: Vector1D | None = None


@message(TT)
class PTZPreset:
    """A named position."""

    token: str | None = attribute("token", default=None)
    name: str | None = None
    ptz_position: PTZVector | None = element("PTZPosition", default=None)


@message(TT)
class PTZMoveStatus:
    """Whether pan and tilt or zoom move."""

    pan_tilt: MoveStatus | None = None
    zoom: MoveStatus | None = None


@message(TT)
class FieldOfView:
    """How wide and high the view is, in degrees."""

    hfov: float = attribute("hfov")
    vfov: float = attribute("vfov")


@message(TT)
class PTZStatus:
    """Where the PTZ head is and whether it moves."""

    position: PTZVector | None = None
    move_status: PTZMoveStatus | None = None
    error: str | None = None
    utc_time: datetime
    field_of_view: FieldOfView | None = None


class MoveAndTrackMethod(StrEnum):
    """The ways to name the target of tracking."""

    PRESET_TOKEN = "PresetToken"
    GEO_LOCATION = "GeoLocation"
    PTZ_VECTOR = "PTZVector"
    OBJECT_ID = "ObjectID"
