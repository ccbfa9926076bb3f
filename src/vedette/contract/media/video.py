"""First media service: video sources and encoders."""

from vedette.contract.faults import (
    ConfigModify,
    ConfigurationConflict,
    NoConfig,
    NoProfile,
    NoVideoSource,
    NoVideoSourceMode,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.encoding import (
    VideoEncoderConfiguration,
    VideoEncoderConfigurationOptions,
    VideoResolution,
)
from vedette.contract.schema.video import (
    VideoSource,
    VideoSourceConfiguration,
    VideoSourceConfigurationOptions,
)
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TRT


@message(TRT)
class VideoSourceMode:
    """A way to run a video source: its size, rate and encodings."""

    token: str = attribute("token")
    enabled: bool | None = attribute("Enabled", default=None)
    max_framerate: float
    max_resolution: VideoResolution
    encodings: tuple[str, ...] = element(listed=True)
    reboot: bool
    description: str | None = None


@message(TRT)
class GetVideoSources:
    """Asks for the video sources."""


@message(TRT)
class GetVideoSourcesResponse:
    """Answers with the video sources."""

    video_sources: tuple[VideoSource, ...] = ()


@message(TRT)
class GetVideoSourceConfigurations:
    """Asks for the video source configurations."""


@message(TRT)
class GetVideoSourceConfigurationsResponse:
    """Answers with the video source configurations."""

    configurations: tuple[VideoSourceConfiguration, ...] = ()


@message(TRT)
class GetVideoEncoderConfigurations:
    """Asks for the video encoder configurations."""


@message(TRT)
class GetVideoEncoderConfigurationsResponse:
    """Answers with the video encoder configurations."""

    configurations: tuple[VideoEncoderConfiguration, ...] = ()


@message(TRT)
class GetVideoSourceConfiguration:
    """Asks for the video source configuration."""

    configuration_token: str


@message(TRT)
class GetVideoSourceConfigurationResponse:
    """Answers with the video source configuration."""

    configuration: VideoSourceConfiguration


@message(TRT)
class GetVideoEncoderConfiguration:
    """Asks for the video encoder configuration."""

    configuration_token: str


@message(TRT)
class GetVideoEncoderConfigurationResponse:
    """Answers with the video encoder configuration."""

    configuration: VideoEncoderConfiguration


@message(TRT)
class GetCompatibleVideoEncoderConfigurations:
    """Asks for the video encoder configurations that fit a profile."""

    profile_token: str


@message(TRT)
class GetCompatibleVideoEncoderConfigurationsResponse:
    """Answers with the video encoder configurations that fit."""

    configurations: tuple[VideoEncoderConfiguration, ...] = ()


@message(TRT)
class GetCompatibleVideoSourceConfigurations:
    """Asks for the video source configurations that fit a profile."""

    profile_token: str


@message(TRT)
class GetCompatibleVideoSourceConfigurationsResponse:
    """Answers with the video source configurations that fit."""

    configurations: tuple[VideoSourceConfiguration, ...] = ()


@message(TRT)
class SetVideoSourceConfiguration:
    """Changes the video source configuration."""

    configuration: VideoSourceConfiguration
    force_persistence: bool


@message(TRT)
class SetVideoSourceConfigurationResponse:
    """Tells that the video source configuration changed."""


@message(TRT)
class SetVideoEncoderConfiguration:
    """Changes the video encoder configuration."""

    configuration: VideoEncoderConfiguration
    force_persistence: bool


@message(TRT)
class SetVideoEncoderConfigurationResponse:
    """Tells that the video encoder configuration changed."""


@message(TRT)
class GetVideoSourceConfigurationOptions:
    """Asks what the video source configuration can be set to."""

    configuration_token: str | None = None
    profile_token: str | None = None


@message(TRT)
class GetVideoSourceConfigurationOptionsResponse:
    """Answers with what the video source configuration can be set to."""

    options: VideoSourceConfigurationOptions


@message(TRT)
class GetVideoEncoderConfigurationOptions:
    """Asks what the video encoder configuration can be set to."""

    configuration_token: str | None = None
    profile_token: str | None = None


@message(TRT)
class GetVideoEncoderConfigurationOptionsResponse:
    """Answers with what the video encoder configuration can be set to."""

    options: VideoEncoderConfigurationOptions


@message(TRT)
class GetGuaranteedNumberOfVideoEncoderInstances:
    """Asks how many encoders can surely run at once."""

    configuration_token: str


@message(TRT)
class GetGuaranteedNumberOfVideoEncoderInstancesResponse:
    """Answers with the number of encoders."""

    total_number: int
    jpeg: int | None = element("JPEG", default=None)
    h264: int | None = None
    mpeg4: int | None = element("MPEG4", default=None)


@message(TRT)
class GetVideoSourceModes:
    """Asks for the video source modes."""

    video_source_token: str


@message(TRT)
class GetVideoSourceModesResponse:
    """Answers with the video source modes."""

    video_source_modes: tuple[VideoSourceMode, ...]


@message(TRT)
class SetVideoSourceMode:
    """Chooses the mode of a video source."""

    video_source_token: str
    video_source_mode_token: str


@message(TRT)
class SetVideoSourceModeResponse:
    """Answers whether the device restarts."""

    reboot: bool


class Video(Service):
    """Video sources and encoders."""

    get_video_sources = Operation(
        GetVideoSources,
        GetVideoSourcesResponse,
        access=Access.READ_MEDIA,
        source="Media, GetVideoSources (26.06 §5.3.1)",
        iec="IEC 62676-2-31 6.14.3; F.3",
        action="http://www.onvif.org/ver10/media/wsdlGetVideoSources/",
    )

    get_video_source_configurations = Operation(
        GetVideoSourceConfigurations,
        GetVideoSourceConfigurationsResponse,
        access=Access.READ_MEDIA,
        source="Media, GetVideoSourceConfigurations (26.06 §5.4.1)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_video_encoder_configurations = Operation(
        GetVideoEncoderConfigurations,
        GetVideoEncoderConfigurationsResponse,
        access=Access.READ_MEDIA,
        source="Media, GetVideoEncoderConfigurations (26.06 §5.5.1)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_video_source_configuration = Operation(
        GetVideoSourceConfiguration,
        GetVideoSourceConfigurationResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Media, GetVideoSourceConfiguration (26.06 §5.4.2)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_video_encoder_configuration = Operation(
        GetVideoEncoderConfiguration,
        GetVideoEncoderConfigurationResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Media, GetVideoEncoderConfiguration (26.06 §5.5.2)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_compatible_video_encoder_configurations = Operation(
        GetCompatibleVideoEncoderConfigurations,
        GetCompatibleVideoEncoderConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile,),
        source="Media, GetCompatibleVideoEncoderConfigurations (26.06 §5.5.3)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_compatible_video_source_configurations = Operation(
        GetCompatibleVideoSourceConfigurations,
        GetCompatibleVideoSourceConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile,),
        source="Media, GetCompatibleVideoSourceConfigurations (26.06 §5.4.3)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    set_video_source_configuration = Operation(
        SetVideoSourceConfiguration,
        SetVideoSourceConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict),
        source="Media, SetVideoSourceConfiguration (26.06 §5.4.5)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    set_video_encoder_configuration = Operation(
        SetVideoEncoderConfiguration,
        SetVideoEncoderConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict),
        source="Media, SetVideoEncoderConfiguration (26.06 §5.5.5)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_video_source_configuration_options = Operation(
        GetVideoSourceConfigurationOptions,
        GetVideoSourceConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig),
        source="Media, GetVideoSourceConfigurationOptions (26.06 §5.4.4)",
        iec="IEC 62676-2-31 6.14.3; F.3",
        action="http://www.onvif.org/ver10/media/wsdlGetVideoSourceConfigurationOptions/",
    )

    get_video_encoder_configuration_options = Operation(
        GetVideoEncoderConfigurationOptions,
        GetVideoEncoderConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig),
        source="Media, GetVideoEncoderConfigurationOptions (26.06 §5.5.4)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_guaranteed_number_of_video_encoder_instances = Operation(
        GetGuaranteedNumberOfVideoEncoderInstances,
        GetGuaranteedNumberOfVideoEncoderInstancesResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Media, GetGuaranteedNumberOfVideoEncoderInstances (26.06 §5.5.6)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_video_source_modes = Operation(
        GetVideoSourceModes,
        GetVideoSourceModesResponse,
        access=Access.READ_SYSTEM,
        faults=(NoVideoSource,),
        source="Media, GetVideoSourceModes (26.06 §5.19.1)",
        iec="IEC 62676-2-31 6.9; 6.14",
    )

    set_video_source_mode = Operation(
        SetVideoSourceMode,
        SetVideoSourceModeResponse,
        access=Access.WRITE_SYSTEM,
        faults=(NoVideoSource, NoVideoSourceMode),
        source="Media, SetVideoSourceMode (26.06 §5.19.2)",
        iec="IEC 62676-2-31 6.9; 6.14",
    )
