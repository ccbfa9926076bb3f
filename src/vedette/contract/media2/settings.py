"""Second media service: writing configurations."""

from vedette.contract.faults import ConfigModify, ConfigurationConflict, NoConfig
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.audio import (
    AudioDecoderConfiguration,
    AudioEncoder2Configuration,
    AudioOutputConfiguration,
    AudioSourceConfiguration,
    EQPreset,
)
from vedette.contract.schema.encoding import VideoEncoder2Configuration
from vedette.contract.schema.media import MetadataConfiguration
from vedette.contract.schema.video import VideoSourceConfiguration
from vedette.wire.message import message
from vedette.wire.namespaces import TR2


@message(TR2)
class SetVideoSourceConfiguration:
    """Changes the video source configuration."""

    configuration: VideoSourceConfiguration


@message(TR2)
class SetVideoSourceConfigurationResponse:
    """Tells that the video source configuration changed."""


@message(TR2)
class SetVideoEncoderConfiguration:
    """Changes the video encoder configuration."""

    configuration: VideoEncoder2Configuration


@message(TR2)
class SetVideoEncoderConfigurationResponse:
    """Tells that the video encoder configuration changed."""


@message(TR2)
class SetAudioSourceConfiguration:
    """Changes the audio source configuration."""

    configuration: AudioSourceConfiguration


@message(TR2)
class SetAudioSourceConfigurationResponse:
    """Tells that the audio source configuration changed."""


@message(TR2)
class SetAudioEncoderConfiguration:
    """Changes the audio encoder configuration."""

    configuration: AudioEncoder2Configuration


@message(TR2)
class SetAudioEncoderConfigurationResponse:
    """Tells that the audio encoder configuration changed."""


@message(TR2)
class SetMetadataConfiguration:
    """Changes the metadata configuration."""

    configuration: MetadataConfiguration


@message(TR2)
class SetMetadataConfigurationResponse:
    """Tells that the metadata configuration changed."""


@message(TR2)
class SetAudioOutputConfiguration:
    """Changes the audio output configuration."""

    configuration: AudioOutputConfiguration


@message(TR2)
class SetAudioOutputConfigurationResponse:
    """Tells that the audio output configuration changed."""


@message(TR2)
class SetAudioDecoderConfiguration:
    """Changes the audio decoder configuration."""

    configuration: AudioDecoderConfiguration


@message(TR2)
class SetAudioDecoderConfigurationResponse:
    """Tells that the audio decoder configuration changed."""


@message(TR2)
class SetEQPresetConfiguration:
    """Changes the EQ preset."""

    configuration: EQPreset


@message(TR2)
class SetEQPresetConfigurationResponse:
    """Tells that the EQ preset changed."""


class ConfigurationWriting(Service):
    """Writing configurations."""

    set_video_source_configuration = Operation(
        SetVideoSourceConfiguration,
        SetVideoSourceConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict),
        source="Media2, SetVideoSourceConfiguration (26.06 §5.3.3)",
        iec="IEC 62676-2-31 6.4.3",
    )

    set_video_encoder_configuration = Operation(
        SetVideoEncoderConfiguration,
        SetVideoEncoderConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict),
        source="Media2, SetVideoEncoderConfiguration (26.06 §5.3.3)",
        iec="IEC 62676-2-31 6.4.3",
    )

    set_audio_source_configuration = Operation(
        SetAudioSourceConfiguration,
        SetAudioSourceConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict),
        source="Media2, SetAudioSourceConfiguration (26.06 §5.3.3)",
        iec="IEC 62676-2-31 6.4.3",
    )

    set_audio_encoder_configuration = Operation(
        SetAudioEncoderConfiguration,
        SetAudioEncoderConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict),
        source="Media2, SetAudioEncoderConfiguration (26.06 §5.3.3)",
        iec="IEC 62676-2-31 6.4.3",
    )

    set_metadata_configuration = Operation(
        SetMetadataConfiguration,
        SetMetadataConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict),
        source="Media2, SetMetadataConfiguration (26.06 §5.3.3)",
        iec="IEC 62676-2-31 6.4.3",
    )

    set_audio_output_configuration = Operation(
        SetAudioOutputConfiguration,
        SetAudioOutputConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict),
        source="Media2, SetAudioOutputConfiguration (26.06 §5.3.3)",
        iec="IEC 62676-2-31 6.4.3",
    )

    set_audio_decoder_configuration = Operation(
        SetAudioDecoderConfiguration,
        SetAudioDecoderConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict),
        source="Media2, SetAudioDecoderConfiguration (26.06 §5.3.3)",
        iec="IEC 62676-2-31 6.4.3",
    )

    set_eq_preset = Operation(
        SetEQPresetConfiguration,
        SetEQPresetConfigurationResponse,
        access=Access.WRITE_SYSTEM,
        faults=(NoConfig,),
        source="Media2, SetEQPreset (26.06 §5.2.9.2)",
        name="SetEQPreset",
        action="http://www.onvif.org/ver20/media/wsdl/SetEQPresetConfiguration",
    )
