"""Answers of the replay service."""

from datetime import timedelta

import msgspec

from vedette.contract.faults import ConfigModify, InvalidStreamSetup, NoRecording
from vedette.contract.operation import answers
from vedette.contract.replay import (
    Capabilities,
    GetReplayConfiguration,
    GetReplayConfigurationResponse,
    GetReplayUri,
    GetReplayUriResponse,
    GetServiceCapabilities,
    GetServiceCapabilitiesResponse,
    Replay,
    SetReplayConfiguration,
    SetReplayConfigurationResponse,
)
from vedette.contract.schema.media import StreamType, TransportProtocol
from vedette.contract.schema.recording import ReplayConfiguration
from vedette.device.addresses import StreamAddresses
from vedette.device.context import RequestContext
from vedette.device.media.stream_uris import WEB_SOCKET_URI
from vedette.device.recordings import Recordings
from vedette.device.settings.document import Settings
from vedette.device.settings.recording import REPLAY_TIMEOUT_LEAST_S, REPLAY_TIMEOUT_MOST_S
from vedette.device.settings.store import SettingsStore
from vedette.storage.errors import NoSuchRecording

REPLAY_PATH = "/replay/"


class ReplayHandlers:
    """The replay service: where recordings are played from."""

    def __init__(self, recordings: Recordings, addresses: StreamAddresses, store: SettingsStore) -> None:
        self._recordings = recordings
        self._addresses = addresses
        self._store = store

    @answers(Replay.get_service_capabilities)
    async def get_service_capabilities(
        self, request: GetServiceCapabilities
    ) -> GetServiceCapabilitiesResponse:
        """What replay can do."""
        return GetServiceCapabilitiesResponse(
            capabilities=Capabilities(
                reverse_playback=True,
                session_timeout_range=(float(REPLAY_TIMEOUT_LEAST_S), float(REPLAY_TIMEOUT_MOST_S)),
                rtp_rtsp_tcp=True,
                rtsp_web_socket_uri=WEB_SOCKET_URI,
            )
        )

    @answers(Replay.get_replay_uri)
    async def get_replay_uri(self, request: GetReplayUri, context: RequestContext) -> GetReplayUriResponse:
        """The address of a recording; the tunnel's is on the port of the web service."""
        if request.stream_setup.stream is not StreamType.RTP_UNICAST:
            raise InvalidStreamSetup("recordings are played to one client at a time")
        protocol = request.stream_setup.transport.protocol
        if protocol is TransportProtocol.TCP:
            raise InvalidStreamSetup("RTP over TCP without RTSP is not offered")
        try:
            found = await self._recordings.require(request.recording_token)
        except NoSuchRecording as error:
            raise NoRecording(str(error)) from error
        path = REPLAY_PATH + found.token
        if protocol is TransportProtocol.HTTP:
            return GetReplayUriResponse(uri=self._addresses.http(context, path))
        return GetReplayUriResponse(uri=self._addresses.rtsp(context, path))

    @answers(Replay.get_replay_configuration)
    async def get_replay_configuration(
        self, request: GetReplayConfiguration
    ) -> GetReplayConfigurationResponse:
        """How long a replay session lives without a sign of life."""
        timeout = timedelta(seconds=self._store.current.recording.replay_timeout_s)
        return GetReplayConfigurationResponse(configuration=ReplayConfiguration(session_timeout=timeout))

    @answers(Replay.set_replay_configuration)
    async def set_replay_configuration(
        self, request: SetReplayConfiguration
    ) -> SetReplayConfigurationResponse:
        """Change that time, for sessions that are set up from now on."""
        timeout_s = round(request.configuration.session_timeout.total_seconds())
        if not REPLAY_TIMEOUT_LEAST_S <= timeout_s <= REPLAY_TIMEOUT_MOST_S:
            raise ConfigModify(
                f"a timeout of {timeout_s} s is not between {REPLAY_TIMEOUT_LEAST_S} s"
                f" and {REPLAY_TIMEOUT_MOST_S} s"
            )

        def edit(document: Settings) -> Settings:
            section = msgspec.structs.replace(document.recording, replay_timeout_s=timeout_s)
            return msgspec.structs.replace(document, recording=section)

        await self._store.change(edit)
        return SetReplayConfigurationResponse()
