"""Second media service: reading configurations."""

from vedette.contract.faults import NoConfig, NoProfile
from vedette.contract.media2.values import GetConfiguration
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.audio import (
    AudioDecoderConfiguration,
    AudioEncoder2Configuration,
    AudioOutputConfiguration,
    AudioSourceConfiguration,
)
from vedette.contract.schema.encoding import VideoEncoder2Configuration
from vedette.contract.schema.media import MetadataConfiguration, VideoAnalyticsConfiguration
from vedette.contract.schema.video import VideoSourceConfiguration
from vedette.wire.message import element, message
from vedette.wire.namespaces import TR2


@message(TR2)
class EncoderInstance:
    """How many encoders of one codec can run at once."""

    encoding: str
    number: int


@message(TR2)
class EncoderInstanceInfo:
    """How many encoders can run at once, in all and for each codec."""

    codecs: tuple[EncoderInstance, ...] = element("Codec", default=())
    total: int


@message(TR2)
class GetVideoSourceConfigurations(GetConfiguration):
    """Asks for the video source configurations."""


@message(TR2)
class GetVideoSourceConfigurationsResponse:
    """Answers with the video source configurations."""

    configurations: tuple[VideoSourceConfiguration, ...] = ()


@message(TR2)
class GetVideoEncoderConfigurations(GetConfiguration):
    """Asks for the video encoder configurations."""


@message(TR2)
class GetVideoEncoderConfigurationsResponse:
    """Answers with the video encoder configurations."""

    configurations: tuple[VideoEncoder2Configuration, ...] = ()


@message(TR2)
class GetAudioSourceConfigurations(GetConfiguration):
    """Asks for the audio source configurations."""


@message(TR2)
class GetAudioSourceConfigurationsResponse:
    """Answers with the audio source configurations."""

    configurations: tuple[AudioSourceConfiguration, ...] = ()


@message(TR2)
class GetAudioEncoderConfigurations(GetConfiguration):
    """Asks for the audio encoder configurations."""


@message(TR2)
class GetAudioEncoderConfigurationsResponse:
    """Answers with the audio encoder configurations."""

    configurations: tuple[AudioEncoder2Configuration, ...] = ()


@message(TR2)
class GetAnalyticsConfigurations(GetConfiguration):
    """Asks for the analytics configurations."""


@message(TR2)
class GetAnalyticsConfigurationsResponse:
    """Answers with the analytics configurations."""

    configurations: tuple[VideoAnalyticsConfiguration, ...] = ()


@message(TR2)
class GetMetadataConfigurations(GetConfiguration):
    """Asks for the metadata configurations."""


@message(TR2)
class GetMetadataConfigurationsResponse:
    """Answers with the metadata configurations."""

    configurations: tuple[MetadataConfiguration, ...] = ()


@message(TR2)
class GetAudioOutputConfigurations(GetConfiguration):
    """Asks for the audio output configurations."""


@message(TR2)
class GetAudioOutputConfigurationsResponse:
    """Answers with the audio output configurations."""

    configurations: tuple[AudioOutputConfiguration, ...] = ()


@message(TR2)
class GetAudioDecoderConfigurations(GetConfiguration):
    """Asks for the audio decoder configurations."""


@message(TR2)
class GetAudioDecoderConfigurationsResponse:
    """Answers with the audio decoder configurations."""

    configurations: tuple[AudioDecoderConfiguration, ...] = ()


@message(TR2)
class GetVideoEncoderInstances:
    """Asks how many encoders can run at once."""

    configuration_token: str


@message(TR2)
class GetVideoEncoderInstancesResponse:
    """Answers with the number of encoders."""

    info: EncoderInstanceInfo


class ConfigurationReading(Service):
    """Reading configurations."""

    get_video_source_configurations = Operation(
        GetVideoSourceConfigurations,
        GetVideoSourceConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig),
        source="Media2, GetVideoSourceConfigurations (26.06 §5.3.2)",
        iec="IEC 62676-2-31 6.4.2",
    )

    get_video_encoder_configurations = Operation(
        GetVideoEncoderConfigurations,
        GetVideoEncoderConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig),
        source="Media2, GetVideoEncoderConfigurations (26.06 §5.3.2)",
        iec="IEC 62676-2-31 6.4.2",
    )

    get_audio_source_configurations = Operation(
        GetAudioSourceConfigurations,
        GetAudioSourceConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig),
        source="Media2, GetAudioSourceConfigurations (26.06 §5.3.2)",
        iec="IEC 62676-2-31 6.4.2",
        action="http://www.onvif.org/ver20/media/wsdl/GetAudioSourceConfigurations/",
    )

    get_audio_encoder_configurations = Operation(
        GetAudioEncoderConfigurations,
        GetAudioEncoderConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig),
        source="Media2, GetAudioEncoderConfigurations (26.06 §5.3.2)",
        iec="IEC 62676-2-31 6.4.2",
    )

    get_analytics_configurations = Operation(
        GetAnalyticsConfigurations,
        GetAnalyticsConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig),
        source="Media2, GetAnalyticsConfigurations (26.06 §5.3.2)",
        iec="IEC 62676-2-31 6.4.2",
    )

    get_metadata_configurations = Operation(
        GetMetadataConfigurations,
        GetMetadataConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig),
        source="Media2, GetMetadataConfigurations (26.06 §5.3.2)",
        iec="IEC 62676-2-31 6.4.2",
    )

    get_audio_output_configurations = Operation(
        GetAudioOutputConfigurations,
        GetAudioOutputConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig),
        source="Media2, GetAudioOutputConfigurations (26.06 §5.3.2)",
        iec="IEC 62676-2-31 6.4.2",
    )

    get_audio_decoder_configurations = Operation(
        GetAudioDecoderConfigurations,
        GetAudioDecoderConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig),
        source="Media2, GetAudioDecoderConfigurations (26.06 §5.3.2)",
        iec="IEC 62676-2-31 6.4.2",
    )

    get_video_encoder_instances = Operation(
        GetVideoEncoderInstances,
        GetVideoEncoderInstancesResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Media2, GetVideoEncoderInstances (26.06 §5.3.5)",
        iec="IEC 62676-2-31 6.4.5",
    )
