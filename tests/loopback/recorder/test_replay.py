"""The replay service: addresses of recordings, and how long sessions live."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from vedette.contract.faults import ConfigModify, InvalidStreamSetup, NoRecording
from vedette.contract.replay import (
    GetReplayConfiguration,
    GetReplayUri,
    GetServiceCapabilities,
    Replay,
    SetReplayConfiguration,
)
from vedette.contract.schema.media import StreamSetup, StreamType, Transport, TransportProtocol
from vedette.contract.schema.recording import ReplayConfiguration
from vedette.device.services.replay import ReplayHandlers
from vedette.server.replay import ReplayDirectory


@pytest.fixture
def call(nvr: Any, door_to: Any) -> Any:
    nvr.create("hall")
    return door_to(ReplayHandlers(nvr.recordings, nvr.addresses, nvr.store))


def request(
    protocol: TransportProtocol, token: str = "hall", stream: StreamType = StreamType.RTP_UNICAST
) -> GetReplayUri:
    setup = StreamSetup(stream=stream, transport=Transport(protocol=protocol))
    return GetReplayUri(stream_setup=setup, recording_token=token)


@pytest.mark.parametrize(
    ("protocol", "uri"),
    [
        (TransportProtocol.RTSP, "rtsp://nvr.example:8554/replay/hall"),
        (TransportProtocol.UDP, "rtsp://nvr.example:8554/replay/hall"),
        (TransportProtocol.HTTP, "http://nvr.example:8080/replay/hall"),
    ],
)
def test_a_recording_has_an_address_for_every_transport(
    call: Any, protocol: TransportProtocol, uri: str
) -> None:
    assert asyncio.run(call(Replay.get_replay_uri, request(protocol))).uri == uri


def test_what_cannot_be_played_is_refused(call: Any) -> None:
    with pytest.raises(NoRecording, match="attic"):
        asyncio.run(call(Replay.get_replay_uri, request(TransportProtocol.RTSP, "attic")))
    for protocol, stream in (
        (TransportProtocol.RTSP, StreamType.RTP_MULTICAST),
        (TransportProtocol.UDP, StreamType.RTP_MULTICAST),
        (TransportProtocol.TCP, StreamType.RTP_UNICAST),  # RTP over TCP without RTSP
    ):
        with pytest.raises(InvalidStreamSetup):
            asyncio.run(call(Replay.get_replay_uri, request(protocol, stream=stream)))


def test_the_session_timeout_reads_back_as_it_was_set(nvr: Any, call: Any) -> None:
    async def scene() -> None:
        assert await timeout() == timedelta(minutes=1)
        await change(timedelta(seconds=90))
        assert await timeout() == timedelta(seconds=90)
        assert nvr.store.current.recording.replay_timeout_s == 90
        for refused in (timedelta(), timedelta(seconds=-60), timedelta(seconds=9), timedelta(seconds=3601)):
            with pytest.raises(ConfigModify):
                await change(refused)
        assert await timeout() == timedelta(seconds=90)
        for limit in (timedelta(seconds=10), timedelta(hours=1)):  # as announced
            await change(limit)
            assert await timeout() == limit

    async def timeout() -> timedelta:
        response = await call(Replay.get_replay_configuration, GetReplayConfiguration())
        found: timedelta = response.configuration.session_timeout
        return found

    async def change(value: timedelta) -> None:
        configuration = ReplayConfiguration(session_timeout=value)
        await call(Replay.set_replay_configuration, SetReplayConfiguration(configuration=configuration))

    asyncio.run(scene())


def test_the_capabilities_are_those_of_the_replay_server(call: Any) -> None:
    response = asyncio.run(call(Replay.get_service_capabilities, GetServiceCapabilities()))

    assert response.capabilities.reverse_playback is True
    assert response.capabilities.rtp_rtsp_tcp is True
    assert response.capabilities.session_timeout_range == (10.0, 3600.0)
    assert response.capabilities.rtsp_web_socket_uri == "ws:/rtsp"


def test_sessions_from_then_on_may_be_silent_that_long(nvr: Any, call: Any) -> None:
    directory = ReplayDirectory(nvr.archive, nvr.clock, lambda: nvr.store.current.recording.replay_timeout_s)

    async def scene() -> None:
        configuration = ReplayConfiguration(session_timeout=timedelta(seconds=90))
        await call(Replay.set_replay_configuration, SetReplayConfiguration(configuration=configuration))
        resource = directory.find("/replay/hall")
        assert resource is not None
        assert resource.session_timeout_s == 90

    asyncio.run(scene())
