"""Video sources, their configuration and lenses."""

from enum import StrEnum

from vedette.contract.schema.encoding import VideoResolution
from vedette.contract.schema.geometry import IntRectangle, IntRectangleRange
from vedette.contract.schema.imaging import ImagingSettings, ImagingSettings20
from vedette.contract.schema.values import ConfigurationEntity, DeviceEntity, IntItems
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


class RotateMode(StrEnum):
    """Rotate mode: the named values."""

    OFF = "OFF"
    ON = "ON"
    AUTO = "AUTO"


@message(TT)
class Rotate:
    """Rotate."""

    mirror: bool | None = attribute("Mirror", default=None)
    mode: RotateMode
    degree: int | None = None


@message(TT)
class LensOffset:
    """Lens offset."""

    x: float | None = attribute("x", default=None)
    y: float | None = attribute("y", default=None)


@message(TT)
class LensProjection:
    """Lens projection."""

    angle: float
    radius: float
    transmittance: float | None = None


@message(TT)
class LensDescription:
    """Lens description."""

    focal_length: float | None = attribute("FocalLength", default=None)
    offset: LensOffset
    projections: tuple[LensProjection, ...] = element("Projection")
    x_factor: float


class SceneOrientationMode(StrEnum):
    """Scene orientation mode: the named values."""

    MANUAL = "MANUAL"
    AUTO = "AUTO"


@message(TT)
class SceneOrientation:
    """Scene orientation."""

    mode: SceneOrientationMode
    orientation: str | None = None


@message(TT)
class VideoSourceConfigurationExtension2:
    """Video source configuration extension2."""

    lens_descriptions: tuple[LensDescription, ...] = element("LensDescription", default=())
    scene_orientation: SceneOrientation | None = None


@message(TT)
class VideoSourceConfigurationExtension:
    """Video source configuration extension."""

    rotate: Rotate | None = None
    extension: VideoSourceConfigurationExtension2 | None = None


@message(TT)
class VideoSourceConfiguration(ConfigurationEntity):
    """Video source configuration."""

    view_mode: str | None = attribute("ViewMode", default=None)
    source_token: str
    bounds: IntRectangle
    extension: VideoSourceConfigurationExtension | None = None


@message(TT)
class RotateOptions:
    """Rotate options."""

    reboot: bool | None = attribute("Reboot", default=None)
    mirror: bool | None = attribute("Mirror", default=None)
    modes: tuple[RotateMode, ...] = element("Mode")
    degree_list: IntItems | None = None


@message(TT)
class VideoSourceConfigurationOptionsExtension2:
    """Video source configuration options extension2."""

    scene_orientation_modes: tuple[SceneOrientationMode, ...] = element("SceneOrientationMode", default=())


@message(TT)
class VideoSourceConfigurationOptionsExtension:
    """Video source configuration options extension."""

    rotate: RotateOptions | None = None
    extension: VideoSourceConfigurationOptionsExtension2 | None = None


@message(TT)
class VideoSourceConfigurationOptions:
    """Video source configuration options."""

    maximum_number_of_profiles: int | None = attribute("MaximumNumberOfProfiles", default=None)
    bounds_range: IntRectangleRange
    video_source_tokens_availables: tuple[str, ...] = element("VideoSourceTokensAvailable")
    extension: VideoSourceConfigurationOptionsExtension | None = None


@message(TT)
class VideoSourceExtension:
    """Video source extension."""

    imaging: ImagingSettings20 | None = None


@message(TT)
class VideoSource(DeviceEntity):
    """Video source."""

    framerate: float
    resolution: VideoResolution
    imaging: ImagingSettings | None = None
    extension: VideoSourceExtension | None = None


class SceneOrientationOption(StrEnum):
    """Scene orientation option: the named values."""

    BELOW = "Below"
    HORIZON = "Horizon"
    ABOVE = "Above"


class ViewModes(StrEnum):
    """View modes: the named values."""

    TT_FISHEYE = "tt:Fisheye"
    TT_360PANORAMA = "tt:360Panorama"
    TT_180PANORAMA = "tt:180Panorama"
    TT_QUAD = "tt:Quad"
    TT_ORIGINAL = "tt:Original"
    TT_LEFT_HALF = "tt:LeftHalf"
    TT_RIGHT_HALF = "tt:RightHalf"
    TT_DEWARP = "tt:Dewarp"
