"""Video sources, their configuration and lenses."""

from enum import StrEnum

from vedette.contract.schema.encoding import VideoResolution
from vedette.contract.schema.geometry import IntRectangle, IntRectangleRange
from vedette.contract.schema.imaging import ImagingSettings, ImagingSettings20
from vedette.contract.schema.values import ConfigurationEntity, DeviceEntity, IntItems
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


class RotateMode(StrEnum):
    """Who decides on rotation."""

    OFF = "OFF"
    ON = "ON"
    AUTO = "AUTO"


@message(TT)
class Rotate:
    """How far the picture is rotated, in degrees."""

    mirror: bool | None = attribute("Mirror", default=None)
    mode: RotateMode
    degree: int | None = None


@message(TT)
class LensOffset:
    """Where the optical centre lies."""

    x: float | None = attribute("x", default=None)
    y: float | None = attribute("y", default=None)


@message(TT)
class LensProjection:
    """Where light from one angle falls on the sensor."""

    angle: float
    radius: float
    transmittance: float | None = None


@message(TT)
class LensDescription:
    """How a lens bends what it sees."""

    focal_length: float | None = attribute("FocalLength", default=None)
    offset: LensOffset
    projections: tuple[LensProjection, ...] = element("Projection")
    x_factor: float


class SceneOrientationMode(StrEnum):
    """Who decides on the scene's orientation."""

    MANUAL = "MANUAL"
    AUTO = "AUTO"


@message(TT)
class SceneOrientation:
    """From where the camera looks at the scene."""

    mode: SceneOrientationMode
    orientation: str | None = None


@message(TT)
class VideoSourceConfigurationExtension2:
    """The lens and where the scene lies."""

    lens_descriptions: tuple[LensDescription, ...] = element("LensDescription", default=())
    scene_orientation: SceneOrientation | None = None


@message(TT)
class VideoSourceConfigurationExtension:
    """Rotation of the picture."""

    rotate: Rotate | None = None
    extension: VideoSourceConfigurationExtension2 | None = None


@message(TT)
class VideoSourceConfiguration(ConfigurationEntity):
    """A video source, or a part of its picture, as part of a profile."""

    view_mode: str | None = attribute("ViewMode", default=None)
    source_token: str
    bounds: IntRectangle
    extension: VideoSourceConfigurationExtension | None = None


@message(TT)
class RotateOptions:
    """Which rotations there are."""

    reboot: bool | None = attribute("Reboot", default=None)
    mirror: bool | None = attribute("Mirror", default=None)
    modes: tuple[RotateMode, ...] = element("Mode")
    degree_list: IntItems | None = None


@message(TT)
class VideoSourceConfigurationOptionsExtension2:
    """Which scene orientations there are."""

    scene_orientation_modes: tuple[SceneOrientationMode, ...] = element("SceneOrientationMode", default=())


@message(TT)
class VideoSourceConfigurationOptionsExtension:
    """How the picture can be rotated."""

    rotate: RotateOptions | None = None
    extension: VideoSourceConfigurationOptionsExtension2 | None = None


@message(TT)
class VideoSourceConfigurationOptions:
    """What a video source configuration can be set to."""

    maximum_number_of_profiles: int | None = attribute("MaximumNumberOfProfiles", default=None)
    bounds_range: IntRectangleRange
    video_source_tokens_available: tuple[str, ...]
    extension: VideoSourceConfigurationOptionsExtension | None = None


@message(TT)
class VideoSourceExtension:
    """The newer picture settings of a video source."""

    imaging: ImagingSettings20 | None = None


@message(TT)
class VideoSource(DeviceEntity):
    """A sensor or video input, with its picture settings."""

    framerate: float
    resolution: VideoResolution
    imaging: ImagingSettings | None = None
    extension: VideoSourceExtension | None = None


class SceneOrientationOption(StrEnum):
    """From where a camera may look."""

    BELOW = "Below"
    HORIZON = "Horizon"
    ABOVE = "Above"


class ViewModes(StrEnum):
    """The ways a wide lens can be shown."""

    TT_FISHEYE = "tt:Fisheye"
    TT_360PANORAMA = "tt:360Panorama"
    TT_180PANORAMA = "tt:180Panorama"
    TT_QUAD = "tt:Quad"
    TT_ORIGINAL = "tt:Original"
    TT_LEFT_HALF = "tt:LeftHalf"
    TT_RIGHT_HALF = "tt:RightHalf"
    TT_DEWARP = "tt:Dewarp"
