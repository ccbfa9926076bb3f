"""First media service: answers about capabilities, addresses and synchronization points."""

from datetime import timedelta

from vedette.contract.faults import InvalidStreamSetup
from vedette.contract.media import Media
from vedette.contract.media import streaming as m
from vedette.contract.operation import answers
from vedette.contract.schema.media import MediaUri, StreamType, TransportProtocol
from vedette.device.context import RequestContext
from vedette.device.media.profiles import Profiles
from vedette.device.media.stream_uris import StreamUris


class StreamingHandlers:
    """Where the media are, and key frames on demand."""

    def __init__(self, profiles: Profiles, uris: StreamUris) -> None:
        self._profiles = profiles
        self._uris = uris

    @answers(Media.get_service_capabilities)
    async def get_service_capabilities(
        self, request: m.GetServiceCapabilities
    ) -> m.GetServiceCapabilitiesResponse:
        """What this service can do here."""
        return m.GetServiceCapabilitiesResponse(capabilities=self.capabilities())

    def capabilities(self) -> m.Capabilities:
        """What this service can do here, as GetServices repeats it."""
        return m.Capabilities(
            snapshot_uri=True,
            rotation=False,
            video_source_mode=False,
            osd=False,
            temporary_osd_text=False,
            exi_compression=False,
            profile_capabilities=m.ProfileCapabilities(maximum_number_of_profiles=self._profiles.most),
            streaming_capabilities=m.StreamingCapabilities(
                rtp_multicast=False,
                rtp_tcp=False,
                rtp_rtsp_tcp=True,
                non_aggregate_control=False,
                no_rtsp_streaming=False,
            ),
        )

    @answers(Media.get_stream_uri)
    async def get_stream_uri(
        self, request: m.GetStreamUri, context: RequestContext
    ) -> m.GetStreamUriResponse:
        """The address of a profile's stream. Source: Media, GetStreamUri (26.06 §5.15.1)."""
        profile = self._profiles.require(request.profile_token)
        setup = request.stream_setup
        protocol = setup.transport.protocol
        if setup.stream is not StreamType.RTP_UNICAST:
            raise InvalidStreamSetup("multicast is not offered")
        if protocol is TransportProtocol.TCP:
            raise InvalidStreamSetup("RTP over TCP without RTSP is not offered")
        address = self._uris.tunnel if protocol is TransportProtocol.HTTP else self._uris.rtsp
        return m.GetStreamUriResponse(media_uri=_lasting(address(context, profile)))

    @answers(Media.get_snapshot_uri)
    async def get_snapshot_uri(
        self, request: m.GetSnapshotUri, context: RequestContext
    ) -> m.GetSnapshotUriResponse:
        """The address of a profile's latest picture."""
        profile = self._profiles.require(request.profile_token)
        return m.GetSnapshotUriResponse(media_uri=_lasting(self._uris.snapshot(context, profile)))

    @answers(Media.set_synchronization_point)
    async def set_synchronization_point(
        self, request: m.SetSynchronizationPoint
    ) -> m.SetSynchronizationPointResponse:
        """Have a key frame made."""
        self._profiles.synchronize(self._profiles.require(request.profile_token))
        return m.SetSynchronizationPointResponse()


def _lasting(uri: str) -> MediaUri:
    return MediaUri(uri=uri, invalid_after_connect=False, invalid_after_reboot=False, timeout=timedelta(0))
