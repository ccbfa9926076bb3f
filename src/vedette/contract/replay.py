"""The replay service: messages and operations."""

from vedette.contract.faults import ConfigModify, InvalidStreamSetup, NoRecording, StreamConflict
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.media import StreamSetup
from vedette.contract.schema.recording import ReplayConfiguration
from vedette.wire.message import attribute, message
from vedette.wire.namespaces import TRP


@message(TRP)
class Capabilities:
    """What the replay service offers."""

    reverse_playback: bool | None = attribute("ReversePlayback", default=None)
    session_timeout_range: tuple[float, ...] = attribute("SessionTimeoutRange", listed=True, default=())
    rtp_rtsp_tcp: bool | None = attribute("RTP_RTSP_TCP", default=None)
    rtsp_web_socket_uri: str | None = attribute("RTSPWebSocketUri", default=None)


@message(TRP)
class GetServiceCapabilities:
    """Asks what the service offers."""


@message(TRP)
class GetServiceCapabilitiesResponse:
    """Answers with what the service offers."""

    capabilities: Capabilities


@message(TRP)
class GetReplayUri:
    """Asks for the address that replays a recording."""

    stream_setup: StreamSetup
    recording_token: str


@message(TRP)
class GetReplayUriResponse:
    """Answers with the address of the replay."""

    uri: str


@message(TRP)
class GetReplayConfiguration:
    """Asks for the replay configuration."""


@message(TRP)
class GetReplayConfigurationResponse:
    """Answers with the replay configuration."""

    configuration: ReplayConfiguration


@message(TRP)
class SetReplayConfiguration:
    """Changes the replay configuration."""

    configuration: ReplayConfiguration


@message(TRP)
class SetReplayConfigurationResponse:
    """Tells that the replay configuration changed."""


class Replay(Service):
    """The replay service."""

    namespace = TRP

    get_service_capabilities = Operation(
        GetServiceCapabilities,
        GetServiceCapabilitiesResponse,
        access=Access.PRE_AUTH,
        source="Replay, GetServiceCapabilities (26.06 §5.5)",
        iec="IEC 62676-2-32 7.5",
    )

    get_replay_uri = Operation(
        GetReplayUri,
        GetReplayUriResponse,
        access=Access.READ_MEDIA,
        faults=(InvalidStreamSetup, StreamConflict, NoRecording),
        source="Replay, GetReplayUri (26.06 §5.1)",
        iec="IEC 62676-2-32 7.1",
    )

    get_replay_configuration = Operation(
        GetReplayConfiguration,
        GetReplayConfigurationResponse,
        access=Access.READ_MEDIA,
        source="Replay, GetReplayConfiguration (26.06 §5.4)",
        iec="IEC 62676-2-32 7.4",
    )

    set_replay_configuration = Operation(
        SetReplayConfiguration,
        SetReplayConfigurationResponse,
        access=Access.ACTUATE,
        faults=(ConfigModify,),
        source="Replay, SetReplayConfiguration (26.06 §5.3)",
        iec="IEC 62676-2-32 7.3",
    )
