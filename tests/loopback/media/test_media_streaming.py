"""Addresses, capabilities and synchronization points over both media services."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from vedette.contract.faults import (
    AudioNotSupported,
    IncompleteConfiguration,
    InvalidStreamSetup,
    NoConfig,
    NoProfile,
)
from vedette.contract.media import Media
from vedette.contract.media2 import Media2
from vedette.contract.schema.media import (
    EventSubscription,
    StreamSetup,
    StreamType,
    Transport,
    TransportProtocol,
)
from vedette.device.context import RequestContext
from vedette.device.media.configurations import Kind
from vedette.device.settings.document import CameraSettings
from vedette.media.unit import AccessUnit, Track, TrackKind

Play = Callable[[Any], None]


def setup(protocol: str, stream: str = "RTP-Unicast") -> StreamSetup:
    return StreamSetup(stream=StreamType(stream), transport=Transport(protocol=TransportProtocol(protocol)))


@pytest.mark.parametrize(
    ("of_media", "of_media2", "uri"),
    [
        ("UDP", "RtspUnicast", "rtsp://camera.example:8554/live/yard/main"),
        ("RTSP", "RTSP", "rtsp://camera.example:8554/live/yard/main"),
        ("HTTP", "RtspOverHttp", "http://camera.example:8080/live/yard/main"),
    ],
)
def test_both_services_give_the_same_address(
    rig: Any, play: Play, of_media: str, of_media2: str, uri: str
) -> None:
    async def scene() -> None:
        answer = await rig.call(Media.get_stream_uri, profile_token="yard_main", stream_setup=setup(of_media))
        assert answer.media_uri.uri == uri
        assert not answer.media_uri.invalid_after_connect
        assert not answer.media_uri.invalid_after_reboot
        assert answer.media_uri.timeout == timedelta(0)
        answer = await rig.call(Media2.get_stream_uri, profile_token="yard_main", protocol=of_media2)
        assert answer.uri == uri

    play(scene())


def test_while_rtsp_is_off_only_the_tunnel_has_an_address(rig: Any, play: Play) -> None:
    async def scene() -> None:
        rig.addresses.rtsp_port = None
        yard = {"profile_token": "yard_main"}
        for protocol in ("UDP", "RTSP"):
            with pytest.raises(InvalidStreamSetup, match="RTSP is off"):
                await rig.call(Media.get_stream_uri, **yard, stream_setup=setup(protocol))
        for protocol in ("RtspUnicast", "RTSP"):
            with pytest.raises(InvalidStreamSetup, match="RTSP is off"):
                await rig.call(Media2.get_stream_uri, **yard, protocol=protocol)
        answer = await rig.call(Media.get_stream_uri, **yard, stream_setup=setup("HTTP"))
        assert answer.media_uri.uri == "http://camera.example:8080/live/yard/main"
        assert (await rig.call(Media2.get_stream_uri, **yard, protocol="RtspOverHttp")).uri.startswith(
            "http:"
        )

    play(scene())


def test_a_tunnel_over_tls_has_the_web_services_scheme_and_port(rig: Any, play: Play) -> None:
    async def scene() -> None:
        answer = await rig.call(
            Media2.get_stream_uri,
            profile_token="yard_sub",
            protocol="RtspOverHttp",
            context=RequestContext(scheme="https", host="[2001:db8::1]:8443"),
        )
        assert answer.uri == "https://[2001:db8::1]:8443/live/yard/sub"

    play(scene())


@pytest.mark.parametrize("protocol", ["RtspMulticast", "RtspsUnicast", "RtspsMulticast", "rtsp", "", "HTTP"])
def test_other_transports_are_refused_by_media2(rig: Any, play: Play, protocol: str) -> None:
    async def scene() -> None:
        with pytest.raises(InvalidStreamSetup):
            await rig.call(Media2.get_stream_uri, profile_token="yard_main", protocol=protocol)

    play(scene())


@pytest.mark.parametrize(("protocol", "stream"), [("UDP", "RTP-Multicast"), ("TCP", "RTP-Unicast")])
def test_other_transports_are_refused_by_media(rig: Any, play: Play, protocol: str, stream: str) -> None:
    async def scene() -> None:
        with pytest.raises(InvalidStreamSetup):
            await rig.call(
                Media.get_stream_uri, profile_token="yard_main", stream_setup=setup(protocol, stream)
            )

    play(scene())


def test_a_snapshot_is_of_the_profiles_stream(rig: Any, play: Play) -> None:
    async def scene() -> None:
        one = (await rig.call(Media.get_snapshot_uri, profile_token="yard_sub")).media_uri
        two = await rig.call(Media2.get_snapshot_uri, profile_token="yard_sub")
        assert one.uri == two.uri == "http://camera.example:8080/snapshot/yard?stream=sub"

    play(scene())


def test_a_profile_without_media_is_incomplete_and_an_unknown_one_unknown(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.call(Media.create_profile, name="n", token="empty")
        for token, fault in (("empty", IncompleteConfiguration), ("attic", NoProfile)):
            with pytest.raises(fault):
                await rig.call(Media.get_stream_uri, profile_token=token, stream_setup=setup("UDP"))
            with pytest.raises(fault):
                await rig.call(Media2.get_stream_uri, profile_token=token, protocol="RTSP")
            for service in (Media, Media2):
                with pytest.raises(fault):
                    await rig.call(service.get_snapshot_uri, profile_token=token)

    play(scene())


def test_a_synchronization_point_asks_the_profiles_source_for_a_key_frame(rig: Any, play: Play) -> None:
    async def scene() -> None:
        asked: list[str] = []
        rig.hub.require("yard/sub").on_key_frame_wanted(lambda: asked.append("sub"))
        for operation in (Media.set_synchronization_point, Media2.set_synchronization_point):
            for _ in range(3):  # as often as they like: the source is asked once a second
                await rig.call(operation, profile_token="yard_sub")
            await rig.call(operation, profile_token="door_main")
            rig.clock.advance(1)
            with pytest.raises(NoProfile):
                await rig.call(operation, profile_token="attic")
        assert asked == ["sub", "sub"]

    play(scene())


class Viewer:
    """A sink that remembers the metadata."""

    def __init__(self) -> None:
        self.documents: list[bytes] = []

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        pass

    def receive(self, units: Sequence[AccessUnit]) -> None:
        self.documents += [unit.data for unit in units if unit.track == 2]


def test_who_watches_gets_what_a_metadata_configuration_is_set_to_the_first_time(
    rig: Any, play: Play
) -> None:
    async def scene() -> None:
        source, viewer = rig.hub.require("yard/main"), Viewer()
        source.announce(
            (
                Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000),
                Track(number=2, kind=TrackKind.METADATA, codec="METADATA", clock_hz=90_000),
            )
        )
        document = AccessUnit(track=2, utc_us=1, pts=1, data=b"scene", is_key=True)
        rig.media.uris.selection("/live/yard/main").sent.attach(viewer)
        source.publish([document])
        assert viewer.documents == [b"scene"]
        (found,) = (
            await rig.call(Media2.get_metadata_configurations, configuration_token="md_yard")
        ).configurations
        wanted = replace(found, analytics=False, events=EventSubscription())
        await rig.call(Media2.set_metadata_configuration, configuration=wanted)
        source.publish([document])
        await asyncio.sleep(0.01)
        (heard,) = viewer.documents[1:]
        assert b"ConfigurationChanged" in heard

    play(scene())


def test_capabilities_say_what_is_there(rig: Any, play: Play) -> None:
    async def scene() -> None:
        one = (await rig.call(Media.get_service_capabilities, level=None)).capabilities
        two = (await rig.call(Media2.get_service_capabilities, level=None)).capabilities
        assert two.profile_capabilities.configurations_supported == (
            "VideoSource",
            "VideoEncoder",
            "AudioSource",
            "AudioEncoder",
            "Metadata",
        )
        most = two.profile_capabilities.maximum_number_of_profiles
        assert one.profile_capabilities.maximum_number_of_profiles == most == 4 + 32
        assert two.streaming_capabilities.rtsp_web_socket_uri == "ws:/rtsp"
        for streaming in (one.streaming_capabilities, two.streaming_capabilities):
            assert streaming.rtp_rtsp_tcp
            assert not streaming.rtp_multicast
            assert not streaming.non_aggregate_control
        answers = rig.loop.dispatcher.offer.answers
        assert two.osd is answers(Media2.get_osds)
        assert two.mask is answers(Media2.get_masks)
        assert two.video_source_mode is answers(Media2.get_video_source_modes)
        assert two.streaming_capabilities.auto_start_multicast is answers(Media2.start_multicast_streaming)
        assert one.osd is answers(Media.get_osds)
        assert two.snapshot_uri is answers(Media2.get_snapshot_uri)

    play(scene())


SILENT = (Media.get_audio_source_configuration_options, Media.get_audio_encoder_configuration_options)
SILENT2 = (Media2.get_audio_source_configuration_options, Media2.get_audio_encoder_configuration_options)


def test_a_device_claims_no_sound_and_no_metadata_while_no_camera_has_them(rig_of: Any, play: Play) -> None:
    rig = rig_of("door")

    async def scene() -> None:
        told = (await rig.call(Media2.get_service_capabilities)).capabilities.profile_capabilities
        assert told.configurations_supported == ("VideoSource", "VideoEncoder")
        for narrowed in ({}, {"profile_token": "door_main"}):
            for operation in SILENT:
                with pytest.raises(AudioNotSupported):
                    await rig.call(operation, **narrowed)
            for operation in SILENT2:
                with pytest.raises(NoConfig):
                    await rig.call(operation, **narrowed)
        with pytest.raises(NoProfile):
            await rig.call(SILENT[0], profile_token="attic")
        with pytest.raises(NoConfig):
            await rig.call(SILENT[1], configuration_token="ae_attic")
        assert (await rig.call(Media.get_audio_sources)).audio_sources == ()
        await rig.cameras.add(CameraSettings(name="shed", source="drawn:?seed=1"))
        told = (await rig.call(Media2.get_service_capabilities)).capabilities.profile_capabilities
        assert told.configurations_supported == (*Kind,)
        for operation in (SILENT[0], SILENT2[0]):
            with pytest.raises(NoConfig):  # this camera has none
                await rig.call(operation, profile_token="door_main")

    play(scene())


def test_a_device_without_cameras_has_no_options_to_tell(rig_of: Any, play: Play) -> None:
    rig = rig_of()

    async def scene() -> None:
        for service in (Media, Media2):
            assert not (await rig.call(service.get_profiles)).profiles
            with pytest.raises(NoConfig):
                await rig.call(service.get_video_source_configuration_options)
        told = (await rig.call(Media2.get_service_capabilities)).capabilities.profile_capabilities
        assert told.configurations_supported == ("VideoSource", "VideoEncoder")

    play(scene())
