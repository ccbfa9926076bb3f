"""Second media service: what configurations may hold."""

from vedette.contract.faults import IncompatibleConfiguration, NoConfig, NoProfile
from vedette.contract.media2.values import GetConfiguration
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.audio import (
    AudioEncoder2ConfigurationOptions,
    AudioOutputConfigurationOptions,
    AudioSourceConfigurationOptions,
)
from vedette.contract.schema.encoding import VideoEncoder2ConfigurationOptions
from vedette.contract.schema.media import MetadataConfigurationOptions
from vedette.contract.schema.video import VideoSourceConfigurationOptions
from vedette.wire.message import message
from vedette.wire.namespaces import TR2


@message(TR2)
class GetVideoSourceConfigurationOptions(GetConfiguration):
    """Asks what the video source configuration can be set to."""


@message(TR2)
class GetVideoSourceConfigurationOptionsResponse:
    """Answers with what the video source configuration can be set to."""

    options: VideoSourceConfigurationOptions


@message(TR2)
class GetVideoEncoderConfigurationOptions(GetConfiguration):
    """Asks what the video encoder configuration can be set to."""


@message(TR2)
class GetVideoEncoderConfigurationOptionsResponse:
    """Answers with what the video encoder configuration can be set to."""

    options: tuple[VideoEncoder2ConfigurationOptions, ...]


@message(TR2)
class GetAudioSourceConfigurationOptions(GetConfiguration):
    """Asks what the audio source configuration can be set to."""


@message(TR2)
class GetAudioSourceConfigurationOptionsResponse:
    """Answers with what the audio source configuration can be set to."""

    options: AudioSourceConfigurationOptions


@message(TR2)
class GetAudioEncoderConfigurationOptions(GetConfiguration):
    """Asks what the audio encoder configuration can be set to."""


@message(TR2)
class GetAudioEncoderConfigurationOptionsResponse:
    """Answers with what the audio encoder configuration can be set to."""

    options: tuple[AudioEncoder2ConfigurationOptions, ...]


@message(TR2)
class GetMetadataConfigurationOptions(GetConfiguration):
    """Asks what the metadata configuration can be set to."""


@message(TR2)
class GetMetadataConfigurationOptionsResponse:
    """Answers with what the metadata configuration can be set to."""

    options: MetadataConfigurationOptions


@message(TR2)
class GetAudioOutputConfigurationOptions(GetConfiguration):
    """Asks what the audio output configuration can be set to."""


@message(TR2)
class GetAudioOutputConfigurationOptionsResponse:
    """Answers with what the audio output configuration can be set to."""

    options: AudioOutputConfigurationOptions


@message(TR2)
class GetAudioDecoderConfigurationOptions(GetConfiguration):
    """Asks what the audio decoder configuration can be set to."""


@message(TR2)
class GetAudioDecoderConfigurationOptionsResponse:
    """Answers with what the audio decoder configuration can be set to."""

    options: tuple[AudioEncoder2ConfigurationOptions, ...]


class ConfigurationOptions(Service):
    """What configurations may hold."""

    get_video_source_configuration_options = Operation(
        GetVideoSourceConfigurationOptions,
        GetVideoSourceConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig, IncompatibleConfiguration),
        source="Media2, GetVideoSourceConfigurationOptions (26.06 §5.3.4)",
        iec="IEC 62676-2-31 6.4.4",
        action="http://www.onvif.org/ver20/media/wsdl/GetVideoSourceConfigurationOptions/",
    )

    get_video_encoder_configuration_options = Operation(
        GetVideoEncoderConfigurationOptions,
        GetVideoEncoderConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig, IncompatibleConfiguration),
        source="Media2, GetVideoEncoderConfigurationOptions (26.06 §5.3.4)",
        iec="IEC 62676-2-31 6.4.4",
    )

    get_audio_source_configuration_options = Operation(
        GetAudioSourceConfigurationOptions,
        GetAudioSourceConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig, IncompatibleConfiguration),
        source="Media2, GetAudioSourceConfigurationOptions (26.06 §5.3.4)",
        iec="IEC 62676-2-31 6.4.4",
    )

    get_audio_encoder_configuration_options = Operation(
        GetAudioEncoderConfigurationOptions,
        GetAudioEncoderConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig, IncompatibleConfiguration),
        source="Media2, GetAudioEncoderConfigurationOptions (26.06 §5.3.4)",
        iec="IEC 62676-2-31 6.4.4",
    )

    get_metadata_configuration_options = Operation(
        GetMetadataConfigurationOptions,
        GetMetadataConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig, IncompatibleConfiguration),
        source="Media2, GetMetadataConfigurationOptions (26.06 §5.3.4)",
        iec="IEC 62676-2-31 6.4.4",
    )

    get_audio_output_configuration_options = Operation(
        GetAudioOutputConfigurationOptions,
        GetAudioOutputConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig, IncompatibleConfiguration),
        source="Media2, GetAudioOutputConfigurationOptions (26.06 §5.3.4)",
        iec="IEC 62676-2-31 6.4.4",
    )

    get_audio_decoder_configuration_options = Operation(
        GetAudioDecoderConfigurationOptions,
        GetAudioDecoderConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig, IncompatibleConfiguration),
        source="Media2, GetAudioDecoderConfigurationOptions (26.06 §5.3.4)",
        iec="IEC 62676-2-31 6.4.4",
    )
