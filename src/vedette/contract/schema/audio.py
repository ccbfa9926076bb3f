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
    """An audio source as part of a profile."""

    source_token: str


@message(TT)
class AudioOutputConfiguration(ConfigurationEntity):
    """An audio output as part of a profile, with its volume."""

    output_token: str
    send_primacy: str | None = None
    output_level: int


@message(TT)
class AudioSourceConfigurationOptions:
    """The audio sources that a configuration can take."""

    input_tokens_available: tuple[str, ...]


@message(TT)
class FrequencyDecibelPair:
    """The gain at one frequency."""

    center_frequency: int
    decibel: float


@message(TT)
class EQPreset:
    """A named setting of an equalizer."""

    token: str
    name: str
    is_default: bool = element("isDefault")
    schedule_token: str | None = None
    is_frequency_decibel_editable: bool = element("isFrequencyDecibelEditable")
    frequency_decibel_pairs: tuple[FrequencyDecibelPair, ...] = element("FrequencyDecibelPair", default=())


@message(TT)
class AudioOutputConfigurationOptions:
    """The outputs, volumes and equalizer presets that a configuration can take."""

    output_tokens_available: tuple[str, ...]
    send_primacy_options: tuple[str, ...] = ()
    output_level_range: IntRange
    eq_preset_schedule_support: bool | None = element("EQPresetScheduleSupport", default=None)
    eq_presets: tuple[EQPreset, ...] = element("EQPresets", default=())


@message(TT)
class AudioSource(DeviceEntity):
    """A microphone or line input."""

    channels: int


@message(TT)
class AudioOutput(DeviceEntity):
    """A loudspeaker or line output."""


class AudioEncoding(StrEnum):
    """The audio codecs of the first media service."""

    G711 = "G711"
    G726 = "G726"
    AAC = "AAC"


@message(TT)
class AudioEncoderConfiguration(ConfigurationEntity):
    """How audio is encoded, in the first media service."""

    encoding: AudioEncoding
    bitrate: int
    sample_rate: int
    multicast: MulticastConfiguration
    session_timeout: timedelta


@message(TT)
class AudioDecoderConfiguration(ConfigurationEntity):
    """An audio decoder as part of a profile."""


@message(TT)
class AudioEncoderConfigurationOption:
    """The bit rates and sample rates of one codec."""

    encoding: AudioEncoding
    bitrate_list: IntItems
    sample_rate_list: IntItems


@message(TT)
class AudioEncoderConfigurationOptions:
    """The codecs that an audio encoder offers."""

    options: tuple[AudioEncoderConfigurationOption, ...] = ()


@message(TT)
class AACDecOptions:
    """The AAC that an audio decoder accepts."""

    bitrate: IntItems
    sample_rate_range: IntItems


@message(TT)
class G711DecOptions:
    """The G.711 that an audio decoder accepts."""

    bitrate: IntItems
    sample_rate_range: IntItems


@message(TT)
class G726DecOptions:
    """The G.726 that an audio decoder accepts."""

    bitrate: IntItems
    sample_rate_range: IntItems


@message(TT)
class AudioDecoderConfigurationOptions:
    """The codecs that an audio decoder accepts."""

    aac_dec_options: AACDecOptions | None = element("AACDecOptions", default=None)
    g711_dec_options: G711DecOptions | None = None
    g726_dec_options: G726DecOptions | None = None


@message(TT)
class AudioEncoder2Configuration(ConfigurationEntity):
    """How audio is encoded, in the second media service."""

    secure_streaming_protocol_algorithm: str | None = attribute(
        "SecureStreamingProtocolAlgorithm", default=None
    )
    encoding: str
    multicast: MulticastConfiguration | None = None
    bitrate: int
    sample_rate: int


@message(TT)
class AudioEncoder2ConfigurationOptions:
    """The bit rates and sample rates of one codec, in the second media service."""

    secure_streaming_protocol_algorithms: tuple[str, ...] = attribute(
        "SecureStreamingProtocolAlgorithms", listed=True, default=()
    )
    encoding: str
    bitrate_list: IntItems
    sample_rate_list: IntItems


@message(TT)
class MulticastAudioDecoderConfiguration(ConfigurationEntity):
    """A decoder that plays audio received by multicast."""

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
    """A codec that a decoder accepts, with its rates."""

    encoding: str
    bitrate_list: IntItems
    sample_rate_list: IntItems
    rtp_payload_type: int | None = element("RTPPayloadType", default=None)


@message(TT)
class MulticastAudioDecoderConfigurationOptions:
    """What a multicast audio decoder can be set to."""

    secure_streaming_protocol_algorithms: tuple[str, ...] = attribute(
        "SecureStreamingProtocolAlgorithms", listed=True, default=()
    )
    encoding_options: AudioDecoder2Options
    priority_range: IntRange
    audio_output_tokens: tuple[str, ...] = element(listed=True, default=())


class AudioEncodingMimeNames(StrEnum):
    """Audio codecs by their media type names."""

    PCMU = "PCMU"
    G726 = "G726"
    MP4A_LATM = "MP4A-LATM"
    MPEG4_GENERIC = "mpeg4-generic"
