"""Second media service: capabilities, stream addresses, source modes and WebRTC."""

from enum import StrEnum

from vedette.contract.faults import (
    IncompleteConfiguration,
    InvalidConfig,
    InvalidMulticastSettings,
    InvalidProfileToken,
    InvalidStreamSetup,
    MaxWebRTCConfiguration,
    NoAuthorizationServer,
    NoProfile,
    NoVideoSource,
    NoVideoSourceMode,
    StreamConflict,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.encoding import VideoResolution
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TR2


@message(TR2)
class ProfileCapabilities:
    """How many profiles there may be, and what they can hold."""

    maximum_number_of_profiles: int | None = attribute("MaximumNumberOfProfiles", default=None)
    configurations_supported: tuple[str, ...] = attribute("ConfigurationsSupported", listed=True, default=())


@message(TR2)
class StreamingCapabilities:
    """The transports that streams are offered over."""

    rtsp_streaming: bool | None = attribute("RTSPStreaming", default=None)
    rtp_multicast: bool | None = attribute("RTPMulticast", default=None)
    rtp_rtsp_tcp: bool | None = attribute("RTP_RTSP_TCP", default=None)
    non_aggregate_control: bool | None = attribute("NonAggregateControl", default=None)
    rtsp_web_socket_uri: str | None = attribute("RTSPWebSocketUri", default=None)
    auto_start_multicast: bool | None = attribute("AutoStartMulticast", default=None)
    secure_rtsp_streaming: bool | None = attribute("SecureRTSPStreaming", default=None)


@message(TR2)
class TTSCapabilities:
    """What the device can speak."""

    max_content_length: int | None = attribute("MaxContentLength", default=None)
    tts_language: tuple[str, ...] = attribute("TTSLanguage", listed=True, default=())
    tts_voice_type: tuple[str, ...] = attribute("TTSVoiceType", listed=True, default=())


@message(TR2)
class AudioClipCapabilities:
    """How many audio clips can be stored, of which size and format."""

    max_audio_clip_limit: int | None = attribute("MaxAudioClipLimit", default=None)
    max_audio_clip_size: float | None = attribute("MaxAudioClipSize", default=None)
    supported_audio_clip_format: tuple[str, ...] = attribute(
        "SupportedAudioClipFormat", listed=True, default=()
    )
    tts_capabilities: TTSCapabilities | None = element("TTSCapabilities", default=None)


@message(TR2)
class MulticastAudioDecoderCapabilities:
    """Whether audio can be received by multicast, and how."""

    multicast_audio_decoder: bool | None = attribute("MulticastAudioDecoder", default=None)
    srtp: bool | None = attribute("SRTP", default=None)
    ipv6: bool | None = attribute("IPv6", default=None)


@message(TR2)
class Capabilities2:
    """What the second media service offers."""

    snapshot_uri: bool | None = attribute("SnapshotUri", default=None)
    rotation: bool | None = attribute("Rotation", default=None)
    video_source_mode: bool | None = attribute("VideoSourceMode", default=None)
    osd: bool | None = attribute("OSD", default=None)
    temporary_osd_text: bool | None = attribute("TemporaryOSDText", default=None)
    mask: bool | None = attribute("Mask", default=None)
    source_mask: bool | None = attribute("SourceMask", default=None)
    webrtc: int | None = attribute("WebRTC", default=None)
    webrtc_codecs: tuple[str, ...] = attribute("WebRTC_codecs", listed=True, default=())
    profile_capabilities: ProfileCapabilities
    streaming_capabilities: StreamingCapabilities
    audio_clip_capabilities: AudioClipCapabilities | None = None
    multicast_audio_decoder_capabilities: MulticastAudioDecoderCapabilities | None = None


@message(TR2)
class StartStopMulticastStreaming:
    """The profile whose multicast is meant."""

    profile_token: str


@message(TR2)
class VideoSourceMode:
    """A way to run a video source: its size, rate and encodings."""

    token: str = attribute("token")
    enabled: bool | None = attribute("Enabled", default=None)
    max_framerate: float
    max_resolution: VideoResolution
    encodings: tuple[str, ...] = element(listed=True)
    reboot: bool
    description: str | None = None


@message(TR2)
class WebRTCConfiguration:
    """A signalling server that the device registers with for WebRTC."""

    signaling_server: str
    cert_path_validation_policy_id: str | None = element("CertPathValidationPolicyID", default=None)
    authorization_server: str
    default_profile: str
    enabled: bool
    connected: bool | None = None
    error: str | None = None


class TransportProtocol(StrEnum):
    """The transports that GetStreamUri can be asked for."""

    RTSP_UNICAST = "RtspUnicast"
    RTSP_MULTICAST = "RtspMulticast"
    RTSPS_UNICAST = "RtspsUnicast"
    RTSPS_MULTICAST = "RtspsMulticast"
    RTSP = "RTSP"
    RTSP_OVER_HTTP = "RtspOverHttp"


@message(TR2)
class GetServiceCapabilities:
    """Asks what the service offers."""


@message(TR2)
class GetServiceCapabilitiesResponse:
    """Answers with what the service offers."""

    capabilities: Capabilities2


@message(TR2)
class GetStreamUri:
    """Asks for the address of a profile's stream."""

    protocol: str
    profile_token: str


@message(TR2)
class GetStreamUriResponse:
    """Answers with the address of the stream."""

    uri: str


@message(TR2)
class StartMulticastStreaming(StartStopMulticastStreaming):
    """Starts the multicast of a profile."""


@message(TR2)
class StartMulticastStreamingResponse:
    """Tells that the multicast started."""


@message(TR2)
class StopMulticastStreaming(StartStopMulticastStreaming):
    """Stops the multicast of a profile."""


@message(TR2)
class StopMulticastStreamingResponse:
    """Tells that the multicast stopped."""


@message(TR2)
class SetSynchronizationPoint:
    """Asks for the state of everything, as if it began now."""

    profile_token: str


@message(TR2)
class SetSynchronizationPointResponse:
    """Tells that the state will be sent."""


@message(TR2)
class GetSnapshotUri:
    """Asks for the address of a profile's snapshot."""

    profile_token: str


@message(TR2)
class GetSnapshotUriResponse:
    """Answers with the address of the snapshot."""

    uri: str


@message(TR2)
class GetVideoSourceModes:
    """Asks for the video source modes."""

    video_source_token: str


@message(TR2)
class GetVideoSourceModesResponse:
    """Answers with the video source modes."""

    video_source_modes: tuple[VideoSourceMode, ...]


@message(TR2)
class SetVideoSourceMode:
    """Chooses the mode of a video source."""

    video_source_token: str
    video_source_mode_token: str


@message(TR2)
class SetVideoSourceModeResponse:
    """Answers whether the device restarts."""

    reboot: bool


@message(TR2)
class GetWebRTCConfigurations:
    """Asks for the WebRTC configurations."""


@message(TR2)
class GetWebRTCConfigurationsResponse:
    """Answers with the WebRTC configurations."""

    webrtc_configurations: tuple[WebRTCConfiguration, ...] = element("WebRTCConfiguration", default=())


@message(TR2)
class SetWebRTCConfigurations:
    """Changes the WebRTC configurations."""

    webrtc_configurations: tuple[WebRTCConfiguration, ...] = element("WebRTCConfiguration", default=())


@message(TR2)
class SetWebRTCConfigurationsResponse:
    """Tells that the WebRTC configurations changed."""


class Streaming(Service):
    """Capabilities, stream addresses, source modes and WebRTC."""

    get_service_capabilities = Operation(
        GetServiceCapabilities,
        GetServiceCapabilitiesResponse,
        access=Access.PRE_AUTH,
        source="Media2, GetServiceCapabilities (26.06 §5.14)",
        iec="IEC 62676-2-31 6.12",
    )

    get_stream_uri = Operation(
        GetStreamUri,
        GetStreamUriResponse,
        access=Access.READ_MEDIA,
        faults=(
            NoProfile,
            InvalidStreamSetup,
            StreamConflict,
            InvalidMulticastSettings,
            InvalidProfileToken,
            IncompleteConfiguration,
        ),
        source="Media2, GetStreamUri (26.06 §5.4.1)",
        iec="IEC 62676-2-31 6.5",
    )

    start_multicast_streaming = Operation(
        StartMulticastStreaming,
        StartMulticastStreamingResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, IncompleteConfiguration),
        source="Media2, StartMulticastStreaming (26.06 §5.6.1)",
        iec="IEC 62676-2-31 6.7.2",
    )

    stop_multicast_streaming = Operation(
        StopMulticastStreaming,
        StopMulticastStreamingResponse,
        access=Access.ACTUATE,
        faults=(NoProfile,),
        source="Media2, StopMulticastStreaming (26.06 §5.6.2)",
        iec="IEC 62676-2-31 6.7.3",
    )

    set_synchronization_point = Operation(
        SetSynchronizationPoint,
        SetSynchronizationPointResponse,
        access=Access.ACTUATE,
        faults=(NoProfile,),
        source="Media2, SetSynchronizationPoint (26.06 §5.7.1)",
        iec="IEC 62676-2-31 6.8",
    )

    get_snapshot_uri = Operation(
        GetSnapshotUri,
        GetSnapshotUriResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, IncompleteConfiguration),
        source="Media2, GetSnapshotUri (26.06 §5.5.1)",
        iec="IEC 62676-2-31 6.6",
    )

    get_video_source_modes = Operation(
        GetVideoSourceModes,
        GetVideoSourceModesResponse,
        access=Access.READ_SYSTEM,
        faults=(NoVideoSource,),
        source="Media2, GetVideoSourceModes (26.06 §5.8.1)",
        iec="IEC 62676-2-31 6.9.2",
    )

    set_video_source_mode = Operation(
        SetVideoSourceMode,
        SetVideoSourceModeResponse,
        access=Access.WRITE_SYSTEM,
        faults=(NoVideoSource, NoVideoSourceMode),
        source="Media2, SetVideoSourceMode (26.06 §5.8.2)",
        iec="IEC 62676-2-31 6.9.3",
    )

    get_webrtc_configurations = Operation(
        GetWebRTCConfigurations,
        GetWebRTCConfigurationsResponse,
        access=Access.READ_SYSTEM,
        source="Media2, GetWebRTCConfigurations (26.06 §5.11.2)",
    )

    set_webrtc_configurations = Operation(
        SetWebRTCConfigurations,
        SetWebRTCConfigurationsResponse,
        access=Access.WRITE_SYSTEM,
        faults=(MaxWebRTCConfiguration, InvalidConfig, NoAuthorizationServer, NoProfile),
        source="Media2, SetWebRTCConfigurations (26.06 §5.11.3)",
    )
