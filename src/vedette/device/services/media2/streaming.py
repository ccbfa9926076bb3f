"""Second media service: answers about capabilities, addresses and synchronization points."""

from vedette.contract.faults import InvalidStreamSetup
from vedette.contract.media2 import Media2
from vedette.contract.media2 import streaming as m
from vedette.contract.operation import answers
from vedette.device.context import RequestContext
from vedette.device.media.configurations import Configurations
from vedette.device.media.profiles import Profiles
from vedette.device.media.stream_uris import WEB_SOCKET_URI, StreamUris


class StreamingHandlers:
    """Where the media are, and key frames on demand."""

    def __init__(self, configurations: Configurations, profiles: Profiles, uris: StreamUris) -> None:
        self._configurations = configurations
        self._profiles = profiles
        self._uris = uris

    @answers(Media2.get_service_capabilities)
    async def get_service_capabilities(
        self, request: m.GetServiceCapabilities
    ) -> m.GetServiceCapabilitiesResponse:
        """What this service can do here."""
        return m.GetServiceCapabilitiesResponse(capabilities=self.capabilities())

    def capabilities(self) -> m.Capabilities2:
        """What this service can do here, as GetServices repeats it."""
        return m.Capabilities2(
            snapshot_uri=True,
            rotation=False,
            video_source_mode=False,
            osd=False,
            temporary_osd_text=False,
            mask=False,
            source_mask=False,
            profile_capabilities=m.ProfileCapabilities(
                maximum_number_of_profiles=self._profiles.most,
                configurations_supported=self._configurations.kinds(),
            ),
            streaming_capabilities=m.StreamingCapabilities(
                rtsp_streaming=True,
                rtp_multicast=False,
                rtp_rtsp_tcp=True,
                non_aggregate_control=False,
                rtsp_web_socket_uri=WEB_SOCKET_URI,
                auto_start_multicast=False,
                secure_rtsp_streaming=False,
            ),
        )

    @answers(Media2.get_stream_uri)
    async def get_stream_uri(
        self, request: m.GetStreamUri, context: RequestContext
    ) -> m.GetStreamUriResponse:
        """The address of a profile's stream. Source: Media2, GetStreamUri (26.06 §5.4.1)."""
        profile = self._profiles.require(request.profile_token)
        match request.protocol:
            case m.TransportProtocol.RTSP | m.TransportProtocol.RTSP_UNICAST:
                uri = self._uris.rtsp(context, profile)
            case m.TransportProtocol.RTSP_OVER_HTTP:
                uri = self._uris.tunnel(context, profile)
            case _:
                raise InvalidStreamSetup(f"{request.protocol!r} is not offered")
        return m.GetStreamUriResponse(uri=uri)

    @answers(Media2.get_snapshot_uri)
    async def get_snapshot_uri(
        self, request: m.GetSnapshotUri, context: RequestContext
    ) -> m.GetSnapshotUriResponse:
        """The address of a profile's latest picture."""
        profile = self._profiles.require(request.profile_token)
        return m.GetSnapshotUriResponse(uri=self._uris.snapshot(context, profile))

    @answers(Media2.set_synchronization_point)
    async def set_synchronization_point(
        self, request: m.SetSynchronizationPoint
    ) -> m.SetSynchronizationPointResponse:
        """Have a key frame made."""
        self._profiles.synchronize(self._profiles.require(request.profile_token))
        return m.SetSynchronizationPointResponse()
