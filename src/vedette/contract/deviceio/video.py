"""Device input and output service: video sources and outputs."""

from vedette.contract.deviceio.values import GetResponse
from vedette.contract.faults import ConfigModify, NoVideoOutput
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.io import VideoOutput, VideoOutputConfiguration, VideoOutputConfigurationOptions
from vedette.contract.schema.video import VideoSourceConfiguration, VideoSourceConfigurationOptions
from vedette.wire.message import message
from vedette.wire.namespaces import TMD


@message(TMD)
class GetVideoSources:
    """Asks for the video sources."""


@message(TMD)
class GetVideoSourcesResponse(GetResponse):
    """Answers with the video sources."""


@message(TMD)
class GetVideoOutputs:
    """Asks for the video outputs."""


@message(TMD)
class GetVideoOutputsResponse:
    """Answers with the video outputs."""

    video_outputs: tuple[VideoOutput, ...] = ()


@message(TMD)
class GetVideoSourceConfiguration:
    """Asks for the video source configuration."""

    video_source_token: str


@message(TMD)
class GetVideoSourceConfigurationResponse:
    """Answers with the video source configuration."""

    video_source_configuration: VideoSourceConfiguration


@message(TMD)
class GetVideoOutputConfiguration:
    """Asks for the video output configuration."""

    video_output_token: str


@message(TMD)
class GetVideoOutputConfigurationResponse:
    """Answers with the video output configuration."""

    video_output_configuration: VideoOutputConfiguration


@message(TMD)
class SetVideoSourceConfiguration:
    """Changes the video source configuration."""

    configuration: VideoSourceConfiguration
    force_persistence: bool


@message(TMD)
class SetVideoSourceConfigurationResponse:
    """Tells that the video source configuration changed."""


@message(TMD)
class SetVideoOutputConfiguration:
    """Changes the video output configuration."""

    configuration: VideoOutputConfiguration
    force_persistence: bool


@message(TMD)
class SetVideoOutputConfigurationResponse:
    """Tells that the video output configuration changed."""


@message(TMD)
class GetVideoSourceConfigurationOptions:
    """Asks what the video source configuration can be set to."""

    video_source_token: str


@message(TMD)
class GetVideoSourceConfigurationOptionsResponse:
    """Answers with what the video source configuration can be set to."""

    video_source_configuration_options: VideoSourceConfigurationOptions


@message(TMD)
class GetVideoOutputConfigurationOptions:
    """Asks what the video output configuration can be set to."""

    video_output_token: str


@message(TMD)
class GetVideoOutputConfigurationOptionsResponse:
    """Answers with what the video output configuration can be set to."""

    video_output_configuration_options: VideoOutputConfigurationOptions


class VideoIO(Service):
    """Video sources and outputs."""

    get_video_sources = Operation(
        GetVideoSources,
        GetVideoSourcesResponse,
        access=Access.READ_MEDIA,
        source="Device IO, GetVideoSources (26.06 §5.3.1)",
        iec="IEC 62676-2-31 5.4.2",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetVideoSources",
    )

    get_video_outputs = Operation(
        GetVideoOutputs,
        GetVideoOutputsResponse,
        access=Access.READ_MEDIA,
        source="Device IO, GetVideoOutputs (26.06 §5.1.1)",
        iec="IEC 62676-2-31 5.2.2",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetVideoOutputs",
    )

    get_video_source_configuration = Operation(
        GetVideoSourceConfiguration,
        GetVideoSourceConfigurationResponse,
        access=Access.READ_MEDIA,
        source="Device IO, GetVideoSourceConfiguration (26.06 Annex A.1)",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetVideoSourceConfiguration",
        deprecated=True,
    )

    get_video_output_configuration = Operation(
        GetVideoOutputConfiguration,
        GetVideoOutputConfigurationResponse,
        access=Access.READ_MEDIA,
        faults=(NoVideoOutput,),
        source="Device IO, GetVideoOutputConfiguration (26.06 §5.2.1)",
        iec="IEC 62676-2-31 5.3.1",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetVideoOutputConfiguration",
    )

    set_video_source_configuration = Operation(
        SetVideoSourceConfiguration,
        SetVideoSourceConfigurationResponse,
        access=Access.ACTUATE,
        source="Device IO, SetVideoSourceConfiguration (26.06 Annex A.1)",
        action="http://www.onvif.org/ver10/deviceio/wsdl/SetVideoSourceConfiguration",
        deprecated=True,
    )

    set_video_output_configuration = Operation(
        SetVideoOutputConfiguration,
        SetVideoOutputConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoVideoOutput, ConfigModify),
        source="Device IO, SetVideoOutputConfiguration (26.06 §5.2.2)",
        iec="IEC 62676-2-31 5.3.2",
        action="http://www.onvif.org/ver10/deviceio/wsdl/SetVideoOutputConfiguration",
    )

    get_video_source_configuration_options = Operation(
        GetVideoSourceConfigurationOptions,
        GetVideoSourceConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        source="Device IO, GetVideoSourceConfigurationOptions (26.06 Annex A.1)",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetVideoSourceConfigurationOptions",
        deprecated=True,
    )

    get_video_output_configuration_options = Operation(
        GetVideoOutputConfigurationOptions,
        GetVideoOutputConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoVideoOutput,),
        source="Device IO, GetVideoOutputConfigurationOptions (26.06 §5.2.3)",
        iec="IEC 62676-2-31 5.3.3",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetVideoOutputConfigurationOptions",
    )
