"""Audio sources, outputs, encoders and decoders."""

from datetime import timedelta
from enum import StrEnum

from vedette.contract.schema.multicast import (
    MulticastConfiguration,
    MulticastReceiverConfiguration,
    SRTPPreShared,
)
from vedette.contract.schema.values import ConfigurationEntity, DeviceEntity, IntItems, IntRange
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


@message(TT)
class AudioSourceConfiguration(ConfigurationEntity):
    """Audio source configuration."""

    source_token: str


@message(TT)
class AudioOutputConfiguration(ConfigurationEntity):
    """Audio output configuration."""

    output_token: str
    send_primacy: str | None = None
    output_level: int


@message(TT)
class AudioSourceConfigurationOptions:
    """Audio source configuration options."""

    input_tokens_availables: tuple[str, ...] = element("InputTokensAvailable")


@message(TT)
class FrequencyDecibelPair:
    """Frequency decibel pair."""

    center_frequency: int
    decibel: float


@message(TT)
class EQPreset:
    """EQ preset."""

    token: str
    name: str
    is_default: bool = element("isDefault")
    schedule_token: str | None = None
    is_frequency_decibel_editable: bool = element("isFrequencyDecibelEditable")
    frequency_decibel_pairs: tuple[FrequencyDecibelPair, ...] = element("FrequencyDecibelPair", default=())


@message(TT)
class AudioOutputConfigurationOptions:
    """Audio output configuration options."""

    output_tokens_availables: tuple[str, ...] = element("OutputTokensAvailable")
    send_primacy_options: tuple[str, ...] = ()
    output_level_range: IntRange
    eq_preset_schedule_support: bool | None = element("EQPresetScheduleSupport", default=None)
    eq_presets: tuple[EQPreset, ...] = element("EQPresets", default=())


@message(TT)
class AudioSource(DeviceEntity):
    """Audio source."""

    channels: int


@message(TT)
class AudioOutput(DeviceEntity):
    """Audio output."""


class AudioEncoding(StrEnum):
    """Audio encoding: the named values."""

    G711 = "G711"
    G726 = "G726"
    AAC = "AAC"


@message(TT)
class AudioEncoderConfiguration(ConfigurationEntity):
    """Audio encoder configuration."""

    encoding: AudioEncoding
    bitrate: int
    sample_rate: int
    multicast: MulticastConfiguration
    session_timeout: timedelta


@message(TT)
class AudioDecoderConfiguration(ConfigurationEntity):
    """Audio decoder configuration."""


@message(TT)
class AudioEncoderConfigurationOption:
    """Audio encoder configuration option."""

    encoding: AudioEncoding
    bitrate_list: IntItems
    sample_rate_list: IntItems


@message(TT)
class AudioEncoderConfigurationOptions:
    """Audio encoder configuration options."""

    options: tuple[AudioEncoderConfigurationOption, ...] = ()


@message(TT)
class AACDecOptions:
    """AAC dec options."""

    bitrate: IntItems
    sample_rate_range: IntItems


@message(TT)
class G711DecOptions:
    """G.711 dec options."""

    bitrate: IntItems
    sample_rate_range: IntItems


@message(TT)
class G726DecOptions:
    """G.726 dec options."""

    bitrate: IntItems
    sample_rate_range: IntItems


@message(TT)
class AudioDecoderConfigurationOptions:
    """Audio decoder configuration options."""

    aac_dec_options: AACDecOptions | None = element("AACDecOptions", default=None)
    g711_dec_options: G711DecOptions | None = None
    g726_dec_options: G726DecOptions | None = None


@message(TT)
class AudioEncoder2Configuration(ConfigurationEntity):
    """Audio encoder2 configuration."""

    secure_streaming_protocol_algorithm: str | None = attribute(
        "SecureStreamingProtocolAlgorithm", default=None
    )
    encoding: str
    multicast: MulticastConfiguration | None = None
    bitrate: int
    sample_rate: int


@message(TT)
class AudioEncoder2ConfigurationOptions:
    """Audio encoder2 configuration options."""

    secure_streaming_protocol_algorithms: tuple[str, ...] = attribute(
        "SecureStreamingProtocolAlgorithms", listed=True, default=()
    )
    encoding: str
    bitrate_list: IntItems
    sample_rate_list: IntItems


@message(TT)
class MulticastAudioDecoderConfiguration(ConfigurationEntity):
    """Multicast audio decoder configuration."""

    enable: bool
    audio_output_tokens: tuple[str, ...] = element("AudioOutputToken", default=())
    encoding: str
    bitrate: int
    sampling_rate: int
    multicast: MulticastReceiverConfiguration
    rtp_payload_type: int = element("RTPPayloadType")
    priority: int
    media_format_parameters: str | None = None
    srtp_pre_shared_parameters: SRTPPreShared | None = element("SRTPPreSharedParameters", default=None)


@message(TT)
class AudioDecoder2Options:
    """Audio decoder2 options."""

    encoding: str
    bitrate_list: IntItems
    sample_rate_list: IntItems
    rtp_payload_type: int | None = element("RTPPayloadType", default=None)


@message(TT)
class MulticastAudioDecoderConfigurationOptions:
    """Multicast audio decoder configuration options."""

    secure_streaming_protocol_algorithms: tuple[str, ...] = attribute(
        "SecureStreamingProtocolAlgorithms", listed=True, default=()
    )
    encoding_options: AudioDecoder2Options
    priority_range: IntRange
    audio_output_tokens: tuple[str, ...] = element(listed=True, default=())


class AudioEncodingMimeNames(StrEnum):
    """Audio encoding mime names: the named values."""

    PCMU = "PCMU"
    G726 = "G726"
    MP4A_LATM = "MP4A-LATM"
    MPEG4_GENERIC = "mpeg4-generic"
