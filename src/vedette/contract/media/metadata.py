"""First media service: analytics and metadata configurations."""

from vedette.contract.faults import (
    ConfigModify,
    ConfigurationConflict,
    NoConfig,
    NoProfile,
    VideoAnalyticsNotSupported,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.media import (
    MetadataConfiguration,
    MetadataConfigurationOptions,
    VideoAnalyticsConfiguration,
)
from vedette.wire.message import message
from vedette.wire.namespaces import TRT


@message(TRT)
class GetVideoAnalyticsConfigurations:
    """Asks for the video analytics configurations."""


@message(TRT)
class GetVideoAnalyticsConfigurationsResponse:
    """Answers with the video analytics configurations."""

    configurations: tuple[VideoAnalyticsConfiguration, ...] = ()


@message(TRT)
class GetMetadataConfigurations:
    """Asks for the metadata configurations."""


@message(TRT)
class GetMetadataConfigurationsResponse:
    """Answers with the metadata configurations."""

    configurations: tuple[MetadataConfiguration, ...] = ()


@message(TRT)
class GetVideoAnalyticsConfiguration:
    """Asks for the video analytics configuration."""

    configuration_token: str


@message(TRT)
class GetVideoAnalyticsConfigurationResponse:
    """Answers with the video analytics configuration."""

    configuration: VideoAnalyticsConfiguration


@message(TRT)
class GetMetadataConfiguration:
    """Asks for the metadata configuration."""

    configuration_token: str


@message(TRT)
class GetMetadataConfigurationResponse:
    """Answers with the metadata configuration."""

    configuration: MetadataConfiguration


@message(TRT)
class GetCompatibleVideoAnalyticsConfigurations:
    """Asks for the video analytics configurations that fit a profile."""

    profile_token: str


@message(TRT)
class GetCompatibleVideoAnalyticsConfigurationsResponse:
    """Answers with the video analytics configurations that fit."""

    configurations: tuple[VideoAnalyticsConfiguration, ...] = ()


@message(TRT)
class GetCompatibleMetadataConfigurations:
    """Asks for the metadata configurations that fit a profile."""

    profile_token: str


@message(TRT)
class GetCompatibleMetadataConfigurationsResponse:
    """Answers with the metadata configurations that fit."""

    configurations: tuple[MetadataConfiguration, ...] = ()


@message(TRT)
class SetVideoAnalyticsConfiguration:
    """Changes the video analytics configuration."""

    configuration: VideoAnalyticsConfiguration
    force_persistence: bool


@message(TRT)
class SetVideoAnalyticsConfigurationResponse:
    """Tells that the video analytics configuration changed."""


@message(TRT)
class SetMetadataConfiguration:
    """Changes the metadata configuration."""

    configuration: MetadataConfiguration
    force_persistence: bool


@message(TRT)
class SetMetadataConfigurationResponse:
    """Tells that the metadata configuration changed."""


@message(TRT)
class GetMetadataConfigurationOptions:
    """Asks what the metadata configuration can be set to."""

    configuration_token: str | None = None
    profile_token: str | None = None


@message(TRT)
class GetMetadataConfigurationOptionsResponse:
    """Answers with what the metadata configuration can be set to."""

    options: MetadataConfigurationOptions


class Metadata(Service):
    """Analytics and metadata configurations."""

    get_video_analytics_configurations = Operation(
        GetVideoAnalyticsConfigurations,
        GetVideoAnalyticsConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(VideoAnalyticsNotSupported,),
        source="Media, GetVideoAnalyticsConfigurations (26.06 §5.9.1)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_metadata_configurations = Operation(
        GetMetadataConfigurations,
        GetMetadataConfigurationsResponse,
        access=Access.READ_MEDIA,
        source="Media, GetMetadataConfigurations (26.06 §5.10.2)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_video_analytics_configuration = Operation(
        GetVideoAnalyticsConfiguration,
        GetVideoAnalyticsConfigurationResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig, VideoAnalyticsNotSupported),
        source="Media, GetVideoAnalyticsConfiguration (26.06 §5.9.2)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_metadata_configuration = Operation(
        GetMetadataConfiguration,
        GetMetadataConfigurationResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Media, GetMetadataConfiguration (26.06 §5.10.3)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_compatible_video_analytics_configurations = Operation(
        GetCompatibleVideoAnalyticsConfigurations,
        GetCompatibleVideoAnalyticsConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, VideoAnalyticsNotSupported),
        source="Media, GetCompatibleVideoAnalyticsConfigurations (26.06 §5.9.3)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_compatible_metadata_configurations = Operation(
        GetCompatibleMetadataConfigurations,
        GetCompatibleMetadataConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile,),
        source="Media, GetCompatibleMetadataConfigurations (26.06 §5.10.4)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    set_video_analytics_configuration = Operation(
        SetVideoAnalyticsConfiguration,
        SetVideoAnalyticsConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict, VideoAnalyticsNotSupported),
        source="Media, SetVideoAnalyticsConfiguration (26.06 §5.9.4)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    set_metadata_configuration = Operation(
        SetMetadataConfiguration,
        SetMetadataConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict),
        source="Media, SetMetadataConfiguration (26.06 §5.10.6)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_metadata_configuration_options = Operation(
        GetMetadataConfigurationOptions,
        GetMetadataConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig, NoProfile),
        source="Media, GetMetadataConfigurationOptions (26.06 §5.10.5)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )
