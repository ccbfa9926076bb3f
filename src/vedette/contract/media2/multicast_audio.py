"""Second media service: playing audio received by multicast."""

from vedette.contract.faults import ConfigModifyMedia2, NoConfig
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.audio import (
    MulticastAudioDecoderConfiguration,
    MulticastAudioDecoderConfigurationOptions,
)
from vedette.wire.message import message
from vedette.wire.namespaces import TR2


@message(TR2)
class GetMulticastAudioDecoderConfigurations:
    """Asks for the multicast audio decoder configurations."""

    configuration_token: str | None = None


@message(TR2)
class GetMulticastAudioDecoderConfigurationsResponse:
    """Answers with the multicast audio decoder configurations."""

    configurations: tuple[MulticastAudioDecoderConfiguration, ...] = ()


@message(TR2)
class GetMulticastAudioDecoderConfigurationOptions:
    """Asks what the multicast audio decoder configuration can be set to."""

    configuration_token: str | None = None


@message(TR2)
class GetMulticastAudioDecoderConfigurationOptionsResponse:
    """Answers with what the multicast audio decoder configuration can be set to."""

    options: tuple[MulticastAudioDecoderConfigurationOptions, ...]


@message(TR2)
class SetMulticastAudioDecoderConfiguration:
    """Changes the multicast audio decoder configuration."""

    configuration: MulticastAudioDecoderConfiguration


@message(TR2)
class SetMulticastAudioDecoderConfigurationResponse:
    """Tells that the multicast audio decoder configuration changed."""


class MulticastAudio(Service):
    """Playing audio received by multicast."""

    get_multicast_audio_decoder_configurations = Operation(
        GetMulticastAudioDecoderConfigurations,
        GetMulticastAudioDecoderConfigurationsResponse,
        access=Access.READ_SYSTEM,
        source="Media2, GetMulticastAudioDecoderConfigurations (26.06 §5.13.1)",
    )

    get_multicast_audio_decoder_configuration_options = Operation(
        GetMulticastAudioDecoderConfigurationOptions,
        GetMulticastAudioDecoderConfigurationOptionsResponse,
        access=Access.READ_SYSTEM,
        source="Media2, GetMulticastAudioDecoderConfigurationOptions (26.06 §5.13.2)",
    )

    set_multicast_audio_decoder_configuration = Operation(
        SetMulticastAudioDecoderConfiguration,
        SetMulticastAudioDecoderConfigurationResponse,
        access=Access.WRITE_SYSTEM,
        faults=(ConfigModifyMedia2, NoConfig),
        source="Media2, SetMulticastAudioDecoderConfiguration (26.06 §5.13.3)",
    )
