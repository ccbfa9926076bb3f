"""Device input and output service: audio sources and outputs."""

from vedette.contract.deviceio.values import GetResponse
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.audio import (
    AudioOutputConfiguration,
    AudioOutputConfigurationOptions,
    AudioSourceConfiguration,
    AudioSourceConfigurationOptions,
)
from vedette.wire.message import message
from vedette.wire.namespaces import TMD


@message(TMD)
class GetAudioSources:
    """Asks for the audio sources."""


@message(TMD)
class GetAudioSourcesResponse(GetResponse):
    """Answers with the audio sources."""


@message(TMD)
class GetAudioOutputs:
    """Asks for the audio outputs."""


@message(TMD)
class GetAudioOutputsResponse(GetResponse):
    """Answers with the audio outputs."""


@message(TMD)
class GetAudioSourceConfiguration:
    """Asks for the audio source configuration."""

    audio_source_token: str


@message(TMD)
class GetAudioSourceConfigurationResponse:
    """Answers with the audio source configuration."""

    audio_source_configuration: AudioSourceConfiguration


@message(TMD)
class GetAudioOutputConfiguration:
    """Asks for the audio output configuration."""

    audio_output_token: str


@message(TMD)
class GetAudioOutputConfigurationResponse:
    """Answers with the audio output configuration."""

    audio_output_configuration: AudioOutputConfiguration


@message(TMD)
class SetAudioSourceConfiguration:
    """Changes the audio source configuration."""

    configuration: AudioSourceConfiguration
    force_persistence: bool


@message(TMD)
class SetAudioSourceConfigurationResponse:
    """Tells that the audio source configuration changed."""


@message(TMD)
class SetAudioOutputConfiguration:
    """Changes the audio output configuration."""

    configuration: AudioOutputConfiguration
    force_persistence: bool


@message(TMD)
class SetAudioOutputConfigurationResponse:
    """Tells that the audio output configuration changed."""


@message(TMD)
class GetAudioSourceConfigurationOptions:
    """Asks what the audio source configuration can be set to."""

    audio_source_token: str


@message(TMD)
class GetAudioSourceConfigurationOptionsResponse:
    """Answers with what the audio source configuration can be set to."""

    audio_source_options: AudioSourceConfigurationOptions


@message(TMD)
class GetAudioOutputConfigurationOptions:
    """Asks what the audio output configuration can be set to."""

    audio_output_token: str


@message(TMD)
class GetAudioOutputConfigurationOptionsResponse:
    """Answers with what the audio output configuration can be set to."""

    audio_output_options: AudioOutputConfigurationOptions


class AudioIO(Service):
    """Audio sources and outputs."""

    get_audio_sources = Operation(
        GetAudioSources,
        GetAudioSourcesResponse,
        access=Access.READ_MEDIA,
        source="Device IO, GetAudioSources (26.06 §5.5.1)",
        iec="IEC 62676-2-31 5.6.2",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetAudioSources",
    )

    get_audio_outputs = Operation(
        GetAudioOutputs,
        GetAudioOutputsResponse,
        access=Access.READ_MEDIA,
        source="Device IO, GetAudioOutputs (26.06 §5.4.1)",
        iec="IEC 62676-2-31 5.5.2",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetAudioOutputs",
    )

    get_audio_source_configuration = Operation(
        GetAudioSourceConfiguration,
        GetAudioSourceConfigurationResponse,
        access=Access.READ_MEDIA,
        source="Device IO, GetAudioSourceConfiguration (26.06 Annex A.1)",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetAudioSourceConfiguration",
        deprecated=True,
    )

    get_audio_output_configuration = Operation(
        GetAudioOutputConfiguration,
        GetAudioOutputConfigurationResponse,
        access=Access.READ_MEDIA,
        source="Device IO, GetAudioOutputConfiguration (26.06 Annex A.1)",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetAudioOutputConfiguration",
        deprecated=True,
    )

    set_audio_source_configuration = Operation(
        SetAudioSourceConfiguration,
        SetAudioSourceConfigurationResponse,
        access=Access.ACTUATE,
        source="Device IO, SetAudioSourceConfiguration (26.06 Annex A.1)",
        action="http://www.onvif.org/ver10/deviceio/wsdl/SetAudioSourceConfiguration",
        deprecated=True,
    )

    set_audio_output_configuration = Operation(
        SetAudioOutputConfiguration,
        SetAudioOutputConfigurationResponse,
        access=Access.ACTUATE,
        source="Device IO, SetAudioOutputConfiguration (26.06 Annex A.1)",
        action="http://www.onvif.org/ver10/deviceio/wsdl/SetAudioOutputConfiguration",
        deprecated=True,
    )

    get_audio_source_configuration_options = Operation(
        GetAudioSourceConfigurationOptions,
        GetAudioSourceConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        source="Device IO, GetAudioSourceConfigurationOptions (26.06 Annex A.1)",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetAudioSourceConfigurationOptions",
        deprecated=True,
    )

    get_audio_output_configuration_options = Operation(
        GetAudioOutputConfigurationOptions,
        GetAudioOutputConfigurationOptionsResponse,
        access=Access.READ_MEDIA,
        source="Device IO, GetAudioOutputConfigurationOptions (26.06 Annex A.1)",
        action="http://www.onvif.org/ver10/deviceio/wsdl/GetAudioOutputConfigurationOptions",
        deprecated=True,
    )
