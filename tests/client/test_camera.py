"""Connecting, calling, and what is made of odd devices."""

import asyncio
from typing import Any

import pytest

from vedette.base.clock import ManualClock
from vedette.client import BadAddress, Camera, LoopbackTransport, NotOnvif, ServiceMissing, XAddrPolicy
from vedette.client.addresses import device_address, usable_stream_uri, usable_xaddr
from vedette.client.auth import Reply, Request
from vedette.client.profiles import snapshot, stream_profiles, stream_uri
from vedette.contract.device.capabilities import GetCapabilitiesResponse
from vedette.contract.faults import ActionNotSupported, NoProfile
from vedette.contract.media2.profiles import GetProfilesResponse, MediaProfile
from vedette.contract.media2.streaming import GetSnapshotUriResponse, GetStreamUriResponse
from vedette.contract.schema.capabilities import Capabilities, EventCapabilities
from vedette.wire.message import MalformedMessage
from vedette.wire.namespaces import TEV, TR2, TRT


def test_connecting_asks_for_the_time_first_then_for_the_services(toy: Any) -> None:
    device = toy()

    async def scene() -> None:
        async with device.camera() as camera:
            assert camera.services[TR2] == "http://192.0.2.7/onvif/media2_service"

    asyncio.run(scene())
    assert device.names == ["GetSystemDateAndTime", "GetServices"]


def test_the_clock_offset_is_kept(toy: Any) -> None:
    device = toy()
    device.clock_ahead_s = -3600

    async def scene() -> None:
        async with device.camera() as camera:
            assert abs(camera.clock_offset_us + 3_600_000_000) <= 1_000_000

    asyncio.run(scene())


def test_a_fault_of_the_device_is_raised_as_its_class(toy: Any) -> None:
    device = toy()

    async def no_profile(request: Any) -> None:
        raise NoProfile(f"no profile {request.profile_token!r}")

    async def scene() -> None:
        device.handlers["GetStreamUri"] = no_profile
        async with device.camera() as camera:
            await camera.media2.get_stream_uri(protocol="RTSP", profile_token="attic")

    with pytest.raises(NoProfile, match="attic"):
        asyncio.run(scene())


def test_a_service_that_is_not_offered_is_missing_by_name(toy: Any) -> None:
    async def scene() -> None:
        async with toy().camera() as camera:
            _ = camera.ptz

    with pytest.raises(ServiceMissing, match="no PTZ service; it offers ver10/device/wsdl"):
        asyncio.run(scene())


def test_an_old_device_tells_its_services_by_its_capabilities(toy: Any) -> None:
    device = toy()

    async def refuse(_: Any) -> None:
        raise ActionNotSupported("GetServices is not offered")

    async def old(_: Any) -> GetCapabilitiesResponse:
        events = EventCapabilities(
            xaddr="http://192.0.2.7/events",
            ws_subscription_policy_support=False,
            ws_pull_point_support=True,
            ws_pausable_subscription_manager_interface_support=False,
        )
        return GetCapabilitiesResponse(capabilities=Capabilities(events=events))

    device.handlers |= {"GetServices": refuse, "GetCapabilities": old}

    async def scene() -> None:
        async with device.camera() as camera:
            assert camera.services[TEV] == "http://192.0.2.7/events"
            assert TRT not in camera.services

    asyncio.run(scene())


def test_an_inner_address_is_replaced_by_the_one_the_device_was_reached_at(toy: Any) -> None:
    device = toy()
    device.xaddr_host = "127.0.0.1:8000"

    async def scene() -> None:
        async with device.camera() as camera:
            assert camera.services[TR2] == "http://192.0.2.7/onvif/media2_service"

    asyncio.run(scene())


NAMED = "http://10.0.0.5:8000/onvif/media"


@pytest.mark.parametrize(
    ("named", "reached", "policy", "used"),
    [
        (NAMED, "http://9.9.9.9:81/x", XAddrPolicy.WHEN_INNER, "http://9.9.9.9:81/onvif/media"),
        (NAMED, "http://10.0.0.9/x", XAddrPolicy.WHEN_INNER, NAMED),
        (NAMED, "http://camera.example/x", XAddrPolicy.WHEN_INNER, NAMED),
        (NAMED, "http://camera.example/x", XAddrPolicy.REACHED, "http://camera.example/onvif/media"),
        (NAMED, "http://9.9.9.9/x", XAddrPolicy.AS_NAMED, NAMED),
        ("http://0.0.0.0/a", "http://10.0.0.9/x", XAddrPolicy.WHEN_INNER, "http://10.0.0.9/a"),
        ("http://169.254.3.4/a?b=1", "https://10.0.0.9/x", XAddrPolicy.WHEN_INNER, "https://10.0.0.9/a?b=1"),
        ("http://localhost/a", "http://10.0.0.9/x", XAddrPolicy.WHEN_INNER, "http://10.0.0.9/a"),
        ("", "http://10.0.0.9/x", XAddrPolicy.WHEN_INNER, "http://10.0.0.9/x"),
        ("http://[::1", "http://10.0.0.9/x", XAddrPolicy.WHEN_INNER, "http://10.0.0.9/x"),
        (" http://10.0.0.9/a ", "http://10.0.0.9/x", XAddrPolicy.WHEN_INNER, "http://10.0.0.9/a"),
    ],
)
def test_addresses_follow_the_policy(named: str, reached: str, policy: XAddrPolicy, used: str) -> None:
    assert usable_xaddr(named, reached, policy) == used


def test_a_stream_keeps_its_own_port() -> None:
    used = usable_stream_uri("rtsp://127.0.0.1:8554/live", "http://192.0.2.7:8080/x", XAddrPolicy.WHEN_INNER)
    assert used == "rtsp://192.0.2.7:8554/live"


@pytest.mark.parametrize(
    ("text", "url", "user", "password"),
    [
        ("192.0.2.7", "http://192.0.2.7/onvif/device_service", "", ""),
        ("camera:8080/", "http://camera:8080/onvif/device_service", "", ""),
        ("https://[2001:db8::7]:443/other", "https://[2001:db8::7]:443/other", "", ""),
        ("http://a%40b:p%3Aw@camera", "http://camera/onvif/device_service", "a@b", "p:w"),
    ],
)
def test_addresses_are_taken_as_people_write_them(text: str, url: str, user: str, password: str) -> None:
    assert tuple(device_address(text)) == (url, user, password)


@pytest.mark.parametrize("text", ["", "http://", "rtsp://camera/", "http://a b/", "http://camera:99999/"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        device_address(text)


def test_a_refused_address_is_shown_without_its_password() -> None:
    with pytest.raises(BadAddress) as refusal:
        device_address("rtsp://me:secret@camera/")
    assert "secret" not in str(refusal.value)


HTML = b"<!DOCTYPE html><html><body>Log in</body></html>"


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(status=200, headers=(("content-type", "text/html"),), body=HTML), "is this the right port"),
        (Reply(status=404, body=b"nothing"), "is this the right port and path"),
        (Reply(status=302, headers=(("location", "https://x/"),)), "use that address"),
        (Reply(status=200, headers=(("content-type", "image/png"),), body=b"\x89PNG"), "image/png"),
    ],
)
def test_what_is_no_device_says_so(reply: Reply, told: str) -> None:
    async def answer(_: Request) -> Reply:
        return reply

    async def scene() -> None:
        transport = LoopbackTransport(answer)
        async with Camera.connect("192.0.2.7", transport=transport, clock=ManualClock()):
            pass

    with pytest.raises(NotOnvif, match=told):
        asyncio.run(scene())


def test_broken_xml_is_the_device_s_fault() -> None:
    async def answer(_: Request) -> Reply:
        return Reply(status=200, body=b"<a><b></a>")

    async def scene() -> None:
        transport = LoopbackTransport(answer)
        async with Camera.connect("192.0.2.7", transport=transport, clock=ManualClock()):
            pass

    with pytest.raises(MalformedMessage):
        asyncio.run(scene())


def test_profiles_streams_and_pictures_come_with_usable_addresses(toy: Any) -> None:
    device = toy()

    async def profiles(_: Any) -> GetProfilesResponse:
        return GetProfilesResponse(profiles=(MediaProfile(token="main", name="Main"),))

    async def stream(_: Any) -> GetStreamUriResponse:
        return GetStreamUriResponse(uri="rtsp://0.0.0.0:8554/main")

    async def picture(_: Any) -> GetSnapshotUriResponse:
        return GetSnapshotUriResponse(uri="http://127.0.0.1/picture")

    device.handlers |= {"GetProfiles": profiles, "GetStreamUri": stream, "GetSnapshotUri": picture}
    soap = device.answer

    async def answer(request: Request) -> Reply:
        if request.method == "GET":
            return Reply(status=200, body=request.url.encode())
        return await soap(request)

    device.answer = answer

    async def scene() -> None:
        async with device.camera() as camera:
            assert [each.token for each in await stream_profiles(camera)] == ["main"]
            assert await stream_uri(camera, "main") == "rtsp://192.0.2.7:8554/main"
            assert await snapshot(camera) == b"http://192.0.2.7/picture"

    asyncio.run(scene())
