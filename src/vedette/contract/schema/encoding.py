"""Video encoder configurations, of both media services."""

from datetime import timedelta
from enum import StrEnum

from vedette.contract.schema.multicast import MulticastConfiguration
from vedette.contract.schema.values import ConfigurationEntity, FloatRange, IntRange
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


@message(TT)
class VideoResolution:
    """Width and height in pixels."""

    width: int
    height: int


class VideoEncoding(StrEnum):
    """The video codecs of the first media service."""

    JPEG = "JPEG"
    MPEG4 = "MPEG4"
    H264 = "H264"


@message(TT)
class VideoRateControl:
    """Limits of frame rate, encoding interval and bit rate."""

    frame_rate_limit: int
    encoding_interval: int
    bitrate_limit: int


class Mpeg4Profile(StrEnum):
    """The profiles of MPEG-4."""

    SP = "SP"
    ASP = "ASP"


@message(TT)
class Mpeg4Configuration:
    """What only MPEG-4 can be set to."""

    gov_length: int
    mpeg4_profile: Mpeg4Profile


class H264Profile(StrEnum):
    """The profiles of H.264."""

    BASELINE = "Baseline"
    MAIN = "Main"
    EXTENDED = "Extended"
    HIGH = "High"


@message(TT)
class H264Configuration:
    """What only H.264 can be set to."""

    gov_length: int
    h264_profile: H264Profile


@message(TT)
class VideoEncoderConfiguration(ConfigurationEntity):
    """How video is encoded, in the first media service."""

    guaranteed_frame_rate: bool | None = attribute("GuaranteedFrameRate", default=None)
    encoding: VideoEncoding
    resolution: VideoResolution
    quality: float
    rate_control: VideoRateControl | None = None
    mpeg4: Mpeg4Configuration | None = element("MPEG4", default=None)
    h264: H264Configuration | None = None
    multicast: MulticastConfiguration
    session_timeout: timedelta


@message(TT)
class JpegOptions:
    """The sizes and rates of JPEG."""

    resolutions_available: tuple[VideoResolution, ...]
    frame_rate_range: IntRange
    encoding_interval_range: IntRange


@message(TT)
class Mpeg4Options:
    """The sizes, rates and profiles of MPEG-4."""

    resolutions_available: tuple[VideoResolution, ...]
    gov_length_range: IntRange
    frame_rate_range: IntRange
    encoding_interval_range: IntRange
    mpeg4_profiles_supported: tuple[Mpeg4Profile, ...]


@message(TT)
class H264Options:
    """The sizes, rates and profiles of H.264."""

    resolutions_available: tuple[VideoResolution, ...]
    gov_length_range: IntRange
    frame_rate_range: IntRange
    encoding_interval_range: IntRange
    h264_profiles_supported: tuple[H264Profile, ...]


@message(TT)
class JpegOptions2(JpegOptions):
    """The sizes and rates of JPEG, with bit rates."""

    bitrate_range: IntRange


@message(TT)
class Mpeg4Options2(Mpeg4Options):
    """The sizes, rates and profiles of MPEG-4, with bit rates."""

    bitrate_range: IntRange


@message(TT)
class H264Options2(H264Options):
    """The sizes, rates and profiles of H.264, with bit rates."""

    bitrate_range: IntRange


@message(TT)
class VideoEncoderOptionsExtension:
    """The codecs' options again, with bit rates."""

    jpeg: JpegOptions2 | None = element("JPEG", default=None)
    mpeg4: Mpeg4Options2 | None = element("MPEG4", default=None)
    h264: H264Options2 | None = None


@message(TT)
class VideoEncoderConfigurationOptions:
    """What a video encoder can be set to, codec by codec."""

    guaranteed_frame_rate_supported: bool | None = attribute("GuaranteedFrameRateSupported", default=None)
    quality_range: IntRange
    jpeg: JpegOptions | None = element("JPEG", default=None)
    mpeg4: Mpeg4Options | None = element("MPEG4", default=None)
    h264: H264Options | None = None
    extension: VideoEncoderOptionsExtension | None = None


@message(TT)
class VideoResolution2:
    """Width and height in pixels, in the second media service."""

    width: int
    height: int


@message(TT)
class VideoRateControl2:
    """Limits of frame rate and bit rate, in the second media service."""

    constant_bit_rate: bool | None = attribute("ConstantBitRate", default=None)
    frame_rate_limit: float
    bitrate_limit: int
    average_bit_rate: int | None = None


@message(TT)
class VideoEncoder2Configuration(ConfigurationEntity):
    """How video is encoded, in the second media service."""

    gov_length: int | None = attribute("GovLength", default=None)
    anchor_frame_distance: int | None = attribute("AnchorFrameDistance", default=None)
    profile: str | None = attribute("Profile", default=None)
    guaranteed_frame_rate: bool | None = attribute("GuaranteedFrameRate", default=None)
    signed: bool | None = attribute("Signed", default=None)
    secure_streaming_protocol_algorithm: str | None = attribute(
        "SecureStreamingProtocolAlgorithm", default=None
    )
    encoding: str
    resolution: VideoResolution2
    rate_control: VideoRateControl2 | None = None
    multicast: MulticastConfiguration | None = None
    quality: float


@message(TT)
class VideoEncoder2ConfigurationOptions:
    """The sizes, rates and profiles of one codec, in the second media service."""

    gov_length_range: tuple[int, ...] = attribute("GovLengthRange", listed=True, default=())
    max_anchor_frame_distance: int | None = attribute("MaxAnchorFrameDistance", default=None)
    frame_rates_supported: tuple[float, ...] = attribute("FrameRatesSupported", listed=True, default=())
    profiles_supported: tuple[str, ...] = attribute("ProfilesSupported", listed=True, default=())
    constant_bit_rate_supported: bool | None = attribute("ConstantBitRateSupported", default=None)
    average_bit_rate_supported: bool | None = attribute("AverageBitRateSupported", default=None)
    guaranteed_frame_rate_supported: bool | None = attribute("GuaranteedFrameRateSupported", default=None)
    secure_streaming_protocol_algorithms: tuple[str, ...] = attribute(
        "SecureStreamingProtocolAlgorithms", listed=True, default=()
    )
    signing_supported: bool | None = attribute("SigningSupported", default=None)
    encoding: str
    quality_range: FloatRange
    resolutions_available: tuple[VideoResolution2, ...]
    bitrate_range: IntRange


class VideoEncodingMimeNames(StrEnum):
    """Video codecs by their media type names."""

    JPEG = "JPEG"
    MPV4_ES = "MPV4-ES"
    H264 = "H264"
    H265 = "H265"


class VideoEncodingProfiles(StrEnum):
    """The profiles of all video codecs."""

    SIMPLE = "Simple"
    ADVANCED_SIMPLE = "AdvancedSimple"
    BASELINE = "Baseline"
    MAIN = "Main"
    MAIN10 = "Main10"
    EXTENDED = "Extended"
    HIGH = "High"
