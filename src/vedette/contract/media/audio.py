"""First media service: audio sources, encoders, outputs and decoders."""

from vedette.contract.faults import (
    AudioDecodingNotSupported,
    AudioNotSupported,
    AudioOutputNotSupported,
    ConfigModify,
    ConfigurationConflict,
    NoConfig,
    NoProfile,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.audio import (
    AudioDecoderConfiguration,
    AudioDecoderConfigurationOptions,
    AudioEncoderConfiguration,
    AudioEncoderConfigurationOptions,
    AudioOutput,
    AudioOutputConfiguration,
    AudioOutputConfigurationOptions,
    AudioSource,
    AudioSourceConfiguration,
    AudioSourceConfigurationOptions,
)
from vedette.wire.message import message
from vedette.wire.namespaces import TRT


@message(TRT)
class GetAudioSources:
    """Asks for the audio sources."""


@message(TRT)
class GetAudioSourcesResponse:
    """Answers with the audio sources."""

    audio_sources: tuple[AudioSource, ...] = ()


@message(TRT)
class GetAudioOutputs:
    """Asks for the audio outputs."""


@message(TRT)
class GetAudioOutputsResponse:
    """Answers with the audio outputs."""

    audio_outputs: tuple[AudioOutput, ...] = ()


@message(TRT)
class GetAudioSourceConfigurations:
    """Asks for the audio source configurations."""


@message(TRT)
class GetAudioSourceConfigurationsResponse:
    """Answers with the audio source configurations."""

    configurations: tuple[AudioSourceConfiguration, ...] = ()


@message(TRT)
class GetAudioEncoderConfigurations:
    """Asks for the audio encoder configurations."""


@message(TRT)
class GetAudioEncoderConfigurationsResponse:
    """Answers with the audio encoder configurations."""

    configurations: tuple[AudioEncoderConfiguration, ...] = ()


@message(TRT)
class GetAudioOutputConfigurations:
    """Asks for the audio output configurations."""


@message(TRT)
class GetAudioOutputConfigurationsResponse:
    """Answers with the audio output configurations."""

    configurations: tuple[AudioOutputConfiguration, ...] = ()


@message(TRT)
class GetAudioDecoderConfigurations:
    """Asks for the audio decoder configurations."""


@message(TRT)
class GetAudioDecoderConfigurationsResponse:
    """Answers with the audio decoder configurations."""

    configurations: tuple[AudioDecoderConfiguration, ...] = ()


@message(TRT)
class GetAudioSourceConfiguration:
    """Asks for the audio source configuration."""

    configuration_token: str


@message(TRT)
class GetAudioSourceConfigurationResponse:
    """Answers with the audio source configuration."""

    configuration: AudioSourceConfiguration


@message(TRT)
class GetAudioEncoderConfiguration:
    """Asks for the audio encoder configuration."""

    configuration_token: str


@message(TRT)
class GetAudioEncoderConfigurationResponse:
    """Answers with the audio encoder configuration."""

    configuration: AudioEncoderConfiguration


@message(TRT)
class GetAudioOutputConfiguration:
    """Asks for the audio output configuration."""

    configuration_token: str


@message(TRT)
class GetAudioOutputConfigurationResponse:
    """Answers with the audio output configuration."""

    configuration: AudioOutputConfiguration


@message(TRT)
class GetAudioDecoderConfiguration:
    """Asks for the audio decoder configuration."""

    configuration_token: str


@message(TRT)
class GetAudioDecoderConfigurationResponse:
    """Answers with the audio decoder configuration."""

    configuration: AudioDecoderConfiguration


@message(TRT)
class GetCompatibleAudioEncoderConfigurations:
    """Asks for the audio encoder configurations that fit a profile."""

    profile_token: str


@message(TRT)
class GetCompatibleAudioEncoderConfigurationsResponse:
    """Answers with the audio encoder configurations that fit."""

    configurations: tuple[AudioEncoderConfiguration, ...] = ()


@message(TRT)
class GetCompatibleAudioSourceConfigurations:
    """Asks for the audio source configurations that fit a profile."""

    profile_token: str


@message(TRT)
class GetCompatibleAudioSourceConfigurationsResponse:
    """Answers with the audio source configurations that fit."""

    configurations: tuple[AudioSourceConfiguration, ...] = ()


@message(TRT)
class GetCompatibleAudioOutputConfigurations:
    """Asks for the audio output configurations that fit a profile."""

    profile_token: str


@message(TRT)
class GetCompatibleAudioOutputConfigurationsResponse:
    """Answers with the audio output configurations that fit."""

    configurations: tuple[AudioOutputConfiguration, ...] = ()


@message(TRT)
class GetCompatibleAudioDecoderConfigurations:
    """Asks for the audio decoder configurations that fit a profile."""

    profile_token: str


@message(TRT)
class GetCompatibleAudioDecoderConfigurationsResponse:
    """Answers with the audio decoder configurations that fit."""

    configurations: tuple[AudioDecoderConfiguration, ...] = ()


@message(TRT)
class SetAudioSourceConfiguration:
    """Changes the audio source configuration."""

    configuration: AudioSourceConfiguration
    force_persistence: bool


@message(TRT)
class SetAudioSourceConfigurationResponse:
    """Tells that the audio source configuration changed."""


@message(TRT)
class SetAudioEncoderConfiguration:
    """Changes the audio encoder configuration."""

    configuration: AudioEncoderConfiguration
    force_persistence: bool


@message(TRT)
class SetAudioEncoderConfigurationResponse:
    """Tells that the audio encoder configuration changed."""


@message(TRT)
class SetAudioOutputConfiguration:
    """Changes the audio output configuration."""

    configuration: AudioOutputConfiguration
    force_persistence: bool


@message(TRT)
class SetAudioOutputConfigurationResponse:
    """Tells that the audio output configuration changed."""


@message(TRT)
class SetAudioDecoderConfiguration:
    """Changes the audio decoder configuration."""

    configuration: AudioDecoderConfiguration
    force_persistence: bool


@message(TRT)
class SetAudioDecoderConfigurationResponse:
    """Tells that the audio decoder configuration changed."""


@message(TRT)
class GetAudioSourceConfigurationOptions:
    """Asks what the audio source configuration can be set to."""

    configuration_token: str | None = None
    profile_token: str | None = None


@message(TRT)
class GetAudioSourceConfigurationOptionsResponse:
    """Answers with what the audio source configuration can be set to."""

    options: AudioSourceConfigurationOptions


@message(TRT)
class GetAudioEncoderConfigurationOptions:
    """Asks what the audio encoder configuration can be set to."""

    configuration_token: str | None = None
    profile_token: str | None = None


@message(TRT)
class GetAudioEncoderConfigurationOptionsResponse:
    """Answers with what the audio encoder configuration can be set to."""

    options: AudioEncoderConfigurationOptions


@message(TRT)
class GetAudioOutputConfigurationOptions:
    """Asks what the audio output configuration can be set to."""

    configuration_token: str | None = None
    profile_token: str | None = None


@message(TRT)
class GetAudioOutputConfigurationOptionsResponse:
    """Answers with what the audio output configuration can be set to."""

    options: AudioOutputConfigurationOptions


@message(TRT)
class GetAudioDecoderConfigurationOptions:
    """Asks what the audio decoder configuration can be set to."""

    configuration_token: str | None = None
    profile_token: str | None = None


@message(TRT)
class GetAudioDecoderConfigurationOptionsResponse:
    """Answers with what the audio decoder configuration can be set to."""

    options: AudioDecoderConfigurationOptions


class Audio(Service):
    """Audio sources, encoders, outputs and decoders."""

    get_audio_sources = Operation(
        GetAudioSources,
        GetAudioSourcesResponse,
        access=Access.READ_MEDIA,
        faults=(AudioNotSupported,),
        source="Media, GetAudioSources (26.06 §5.6.1)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_audio_outputs = Operation(
        GetAudioOutputs,
        GetAudioOutputsResponse,
        access=Access.READ_MEDIA,
        faults=(AudioOutputNotSupported,),
        source="Media, GetAudioOutputs (26.06 §5.11.1)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_audio_source_configurations = Operation(
        GetAudioSourceConfigurations,
        GetAudioSourceConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(AudioNotSupported,),
        source="Media, GetAudioSourceConfigurations (26.06 §5.7.1)",
        iec="IEC 62676-2-31 6.14.3; F.3",
        action="http://www.onvif.org/ver10/media/wsdlGetAudioSourceConfigurations/",
    )

    get_audio_encoder_configurations = Operation(
        GetAudioEncoderConfigurations,
        GetAudioEncoderConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(AudioNotSupported,),
        source="Media, GetAudioEncoderConfigurations (26.06 §5.8.1)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_audio_output_configurations = Operation(
        GetAudioOutputConfigurations,
        GetAudioOutputConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(AudioOutputNotSupported,),
        source="Media, GetAudioOutputConfigurations (26.06 §5.12.1)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_audio_decoder_configurations = Operation(
        GetAudioDecoderConfigurations,
        GetAudioDecoderConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(AudioDecodingNotSupported,),
        source="Media, GetAudioDecoderConfigurations (26.06 §5.13.1)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_audio_source_configuration = Operation(
        GetAudioSourceConfiguration,
        GetAudioSourceConfigurationResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig, AudioNotSupported),
        source="Media, GetAudioSourceConfiguration (26.06 §5.7.2)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_audio_encoder_configuration = Operation(
        GetAudioEncoderConfiguration,
        GetAudioEncoderConfigurationResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig, AudioNotSupported),
        source="Media, GetAudioEncoderConfiguration (26.06 §5.8.2)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_audio_output_configuration = Operation(
        GetAudioOutputConfiguration,
        GetAudioOutputConfigurationResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig, AudioOutputNotSupported),
        source="Media, GetAudioOutputConfiguration (26.06 §5.12.2)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_audio_decoder_configuration = Operation(
        GetAudioDecoderConfiguration,
        GetAudioDecoderConfigurationResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig, AudioDecodingNotSupported),
        source="Media, GetAudioDecoderConfiguration (26.06 §5.13.2)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_compatible_audio_encoder_configurations = Operation(
        GetCompatibleAudioEncoderConfigurations,
        GetCompatibleAudioEncoderConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, AudioNotSupported),
        source="Media, GetCompatibleAudioEncoderConfigurations (26.06 §5.8.3)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_compatible_audio_source_configurations = Operation(
        GetCompatibleAudioSourceConfigurations,
        GetCompatibleAudioSourceConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, AudioNotSupported),
        source="Media, GetCompatibleAudioSourceConfigurations (26.06 §5.7.3)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_compatible_audio_output_configurations = Operation(
        GetCompatibleAudioOutputConfigurations,
        GetCompatibleAudioOutputConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, AudioOutputNotSupported),
        source="Media, GetCompatibleAudioOutputConfigurations (26.06 §5.12.3)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_compatible_audio_decoder_configurations = Operation(
        GetCompatibleAudioDecoderConfigurations,
        GetCompatibleAudioDecoderConfigurationsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, AudioDecodingNotSupported),
        source="Media, GetCompatibleAudioDecoderConfigurations (26.06 §5.13.3)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    set_audio_source_configuration = Operation(
        SetAudioSourceConfiguration,
        SetAudioSourceConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict, AudioNotSupported),
        source="Media, SetAudioSourceConfiguration (26.06 §5.7.5)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    set_audio_encoder_configuration = Operation(
        SetAudioEncoderConfiguration,
        SetAudioEncoderConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict, AudioNotSupported),
        source="Media, SetAudioEncoderConfiguration (26.06 §5.8.5)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    set_audio_output_configuration = Operation(
        SetAudioOutputConfiguration,
        SetAudioOutputConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict, AudioOutputNotSupported),
        source="Media, SetAudioOutputConfiguration (26.06 §5.12.5)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    set_audio_decoder_configuration = Operation(
        SetAudioDecoderConfiguration,
        SetAudioDecoderConfigurationResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, ConfigModify, ConfigurationConflict, AudioDecodingNotSupported),
        source="Media, SetAudioDecoderConfiguration (26.06 §5.13.5)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_audio_source_configuration_options = Operation(
        GetAudioSourceConfigurationOptions,
        GetAudioSourceConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig, AudioNotSupported),
        source="Media, GetAudioSourceConfigurationOptions (26.06 §5.7.4)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_audio_encoder_configuration_options = Operation(
        GetAudioEncoderConfigurationOptions,
        GetAudioEncoderConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig, AudioNotSupported, NoProfile),
        source="Media, GetAudioEncoderConfigurationOptions (26.06 §5.8.4)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_audio_output_configuration_options = Operation(
        GetAudioOutputConfigurationOptions,
        GetAudioOutputConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig, AudioOutputNotSupported),
        source="Media, GetAudioOutputConfigurationOptions (26.06 §5.12.4)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )

    get_audio_decoder_configuration_options = Operation(
        GetAudioDecoderConfigurationOptions,
        GetAudioDecoderConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, NoConfig, AudioDecodingNotSupported),
        source="Media, GetAudioDecoderConfigurationOptions (26.06 §5.13.4)",
        iec="IEC 62676-2-31 6.14.3; F.3",
    )
