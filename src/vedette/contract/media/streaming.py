"""First media service: capabilities, stream addresses and multicast."""

from vedette.contract.faults import (
    IncompleteConfiguration,
    InvalidMulticastSettings,
    InvalidStreamSetup,
    NoProfile,
    StreamConflict,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.media import MediaUri, StreamSetup
from vedette.wire.message import attribute, message
from vedette.wire.namespaces import TRT


@message(TRT)
class ProfileCapabilities:
    """How many profiles there may be."""

    maximum_number_of_profiles: int | None = attribute("MaximumNumberOfProfiles", default=None)


@message(TRT)
class StreamingCapabilities:
    """The transports that streams are offered over."""

    rtp_multicast: bool | None = attribute("RTPMulticast", default=None)
    rtp_tcp: bool | None = attribute("RTP_TCP", default=None)
    rtp_rtsp_tcp: bool | None = attribute("RTP_RTSP_TCP", default=None)
    non_aggregate_control: bool | None = attribute("NonAggregateControl", default=None)
    no_rtsp_streaming: bool | None = attribute("NoRTSPStreaming", default=None)


@message(TRT)
class Capabilities:
    """What the first media service offers."""

    snapshot_uri: bool | None = attribute("SnapshotUri", default=None)
    rotation: bool | None = attribute("Rotation", default=None)
    video_source_mode: bool | None = attribute("VideoSourceMode", default=None)
    osd: bool | None = attribute("OSD", default=None)
    temporary_osd_text: bool | None = attribute("TemporaryOSDText", default=None)
    exi_compression: bool | None = attribute("EXICompression", default=None)
    profile_capabilities: ProfileCapabilities
    streaming_capabilities: StreamingCapabilities


@message(TRT)
class GetServiceCapabilities:
    """Asks what the service offers."""


@message(TRT)
class GetServiceCapabilitiesResponse:
    """Answers with what the service offers."""

    capabilities: Capabilities


@message(TRT)
class GetStreamUri:
    """Asks for the address of a profile's stream."""

    stream_setup: StreamSetup
    profile_token: str


@message(TRT)
class GetStreamUriResponse:
    """Answers with the address of the stream."""

    media_uri: MediaUri


@message(TRT)
class StartMulticastStreaming:
    """Starts the multicast of a profile."""

    profile_token: str


@message(TRT)
class StartMulticastStreamingResponse:
    """Tells that the multicast started."""


@message(TRT)
class StopMulticastStreaming:
    """Stops the multicast of a profile."""

    profile_token: str


@message(TRT)
class StopMulticastStreamingResponse:
    """Tells that the multicast stopped."""


@message(TRT)
class SetSynchronizationPoint:
    """Asks for the state of everything, as if it began now."""

    profile_token: str


@message(TRT)
class SetSynchronizationPointResponse:
    """Tells that the state will be sent."""


@message(TRT)
class GetSnapshotUri:
    """Asks for the address of a profile's snapshot."""

    profile_token: str


@message(TRT)
class GetSnapshotUriResponse:
    """Answers with the address of the snapshot."""

    media_uri: MediaUri


class Streaming(Service):
    """Capabilities, stream addresses and multicast."""

    get_service_capabilities = Operation(
        GetServiceCapabilities,
        GetServiceCapabilitiesResponse,
        access=Access.PRE_AUTH,
        source="Media, GetServiceCapabilities (26.06 §5.21)",
        iec="IEC 62676-2-31 6.12; 6.14",
    )

    get_stream_uri = Operation(
        GetStreamUri,
        GetStreamUriResponse,
        access=Access.READ_MEDIA,
        faults=(
            NoProfile,
            InvalidStreamSetup,
            StreamConflict,
            IncompleteConfiguration,
            InvalidMulticastSettings,
        ),
        source="Media, GetStreamUri (26.06 §5.15.1)",
        iec="IEC 62676-2-31 6.5; 6.14",
    )

    start_multicast_streaming = Operation(
        StartMulticastStreaming,
        StartMulticastStreamingResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, IncompleteConfiguration),
        source="Media, StartMulticastStreaming (26.06 §5.17.1)",
        iec="IEC 62676-2-31 6.7; 6.14",
    )

    stop_multicast_streaming = Operation(
        StopMulticastStreaming,
        StopMulticastStreamingResponse,
        access=Access.ACTUATE,
        faults=(NoProfile, IncompleteConfiguration),
        source="Media, StopMulticastStreaming (26.06 §5.17.2)",
        iec="IEC 62676-2-31 6.7; 6.14",
    )

    set_synchronization_point = Operation(
        SetSynchronizationPoint,
        SetSynchronizationPointResponse,
        access=Access.ACTUATE,
        faults=(NoProfile,),
        source="Media, SetSynchronizationPoint (26.06 §5.18.1)",
        iec="IEC 62676-2-31 6.8; 6.14",
    )

    get_snapshot_uri = Operation(
        GetSnapshotUri,
        GetSnapshotUriResponse,
        access=Access.READ_MEDIA,
        faults=(NoProfile, IncompleteConfiguration),
        source="Media, GetSnapshotUri (26.06 §5.16.1)",
        iec="IEC 62676-2-31 6.6; 6.14",
    )
