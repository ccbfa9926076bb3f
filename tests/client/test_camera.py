"""Connecting, calling, and what is made of odd devices."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any, get_args, get_origin, get_overloads, get_type_hints

import pytest

import vedette.client
from vedette.base.clock import ManualClock
from vedette.client import (
    BadAddress,
    Camera,
    ClientError,
    LedAstray,
    LoopbackTransport,
    NotOnvif,
    ServiceMissing,
    Unreachable,
    XAddrPolicy,
)
from vedette.client.addresses import device_address, usable_stream_uri, usable_xaddr
from vedette.client.auth import Login, Reply, Request
from vedette.client.profiles import snapshot, stream_profiles, stream_uri
from vedette.contract.device.capabilities import GetCapabilitiesResponse
from vedette.contract.envelope import fault_envelope, to_soap
from vedette.contract.events import Events, GetEventProperties, PullMessages, PullPointSubscription
from vedette.contract.faults import ActionNotSupported, Fault, NoProfile, NotAuthorized, SenderFault
from vedette.contract.media2 import Media2
from vedette.contract.media2.profiles import DeleteProfile, GetProfiles, GetProfilesResponse, MediaProfile
from vedette.contract.media2.streaming import GetSnapshotUriResponse, GetStreamUriResponse
from vedette.contract.operation import Operation
from vedette.contract.schema.capabilities import Capabilities, EventCapabilities
from vedette.contract.search import GetEventSearchResults, Search
from vedette.wire.message import MalformedMessage
from vedette.wire.namespaces import ENV, TDS, TEV, TR2, TRC, TRT, TT


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


def test_a_call_can_be_a_task(toy: Any) -> None:
    async def scene() -> None:
        async with toy().camera() as camera, asyncio.TaskGroup() as group:
            asked = group.create_task(camera.device.get_system_date_and_time())
        assert asked.result().system_date_and_time.utc_date_time is not None

    asyncio.run(scene())
    _, of_instance = get_overloads(Operation.__get__)  # what type checkers see
    assert get_origin(get_args(get_type_hints(of_instance)["return"])[1]) is Coroutine


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


def test_a_service_of_an_old_device_is_found_though_its_capabilities_are_not_complete(toy: Any) -> None:
    device = toy()
    body = f"""<e:Envelope xmlns:e="{ENV}" xmlns:d="{TDS}" xmlns:t="{TT}"><e:Body><d:GetCapabilitiesResponse>
      <d:Capabilities><t:Events/><t:PTZ><t:XAddr> </t:XAddr></t:PTZ>
      <t:Media><t:XAddr>http://192.0.2.7/media</t:XAddr></t:Media>
      <t:Extension><t:Recording><t:XAddr>http://192.0.2.7/recording</t:XAddr></t:Recording></t:Extension>
      </d:Capabilities></d:GetCapabilitiesResponse></e:Body></e:Envelope>"""
    refusing(device, Reply(status=500), b"GetServices")
    refusing(device, Reply(status=200, body=body.encode()), b"GetCapabilities")

    async def scene() -> None:
        async with device.camera() as camera:
            assert camera.services == {
                TDS: "http://192.0.2.7/onvif/device_service",
                TRT: "http://192.0.2.7/media",
                TRC: "http://192.0.2.7/recording",
            }

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
        (NAMED, "http://10.0.0.5:81/x", XAddrPolicy.REACHED, "http://10.0.0.5:81/onvif/media"),
        (NAMED, "http://10.0.0.5:81/x", XAddrPolicy.WHEN_INNER, NAMED),
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
        ("2001:db8::7", "http://[2001:db8::7]/onvif/device_service", "", ""),
        ("fe80::7%eth0", "http://[fe80::7%eth0]/onvif/device_service", "", ""),
        ("http://[fe80::7%25eth0]:81/a", "http://[fe80::7%eth0]:81/a", "", ""),
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
        (Reply(status=503, body=b"starting"), "status 503.: it is starting or busy"),
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
            return Reply(status=200, body=b"\xff\xd8" + request.url.encode())
        return await soap(request)

    device.answer = answer

    async def scene() -> None:
        async with device.camera() as camera:
            assert [each.token for each in await stream_profiles(camera)] == ["main"]
            assert await stream_uri(camera, "main") == "rtsp://192.0.2.7:8554/main"
            assert await snapshot(camera) == b"\xff\xd8http://192.0.2.7/picture"

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("headers", "changed"),
    [
        ((), lambda body: b"\xef\xbb\xbf" + body),
        ((), lambda body: body.partition(b"?>")[2].decode().encode("utf-16")),
        ((("content-type", "text/html; charset=utf-8"),), lambda body: body),
    ],
    ids=["byte order mark", "UTF-16", "called HTML"],
)
def test_an_envelope_is_one_whatever_stands_around_it(
    toy: Any, headers: tuple[tuple[str, str], ...], changed: Callable[[bytes], bytes]
) -> None:
    device = toy()
    soap = device.answer

    async def answer(request: Request) -> Reply:
        return Reply(status=200, headers=headers, body=changed((await soap(request)).body))

    device.answer = answer

    async def scene() -> None:
        async with device.camera() as camera:
            assert TR2 in camera.services

    asyncio.run(scene())


def refusing(device: Any, reply: Reply, name: bytes = b"GetDeviceInformation") -> None:
    """Answer one operation with that reply, the others as before."""
    soap = device.answer

    async def answer(request: Request) -> Reply:
        if name not in request.body:
            return await soap(request)
        device.requests.append(request)
        return reply

    device.answer = answer


FAULT = fault_envelope(to_soap(SenderFault("who is that?"), ""))


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=403),
        Reply(status=403, headers=(("content-type", "text/html"),), body=b"<html>forbidden</html>"),
        Reply(status=401, body=FAULT),
        Reply(status=401, body=b"<?xml version='1.0'?><html>log in</html>"),
    ],
    ids=["403 alone", "403 page", "401 with another fault", "401 with XHTML"],
)
def test_a_refused_login_is_not_authorized_in_whatever_form(toy: Any, reply: Reply) -> None:
    device = toy()
    refusing(device, reply)

    async def scene() -> None:
        async with device.camera() as camera:
            await camera.device.get_device_information()

    with pytest.raises(NotAuthorized, match="refuses user 'admin'"):
        asyncio.run(scene())
    assert b"UsernameToken" in device.requests[-1].body


def test_a_fault_that_comes_with_403_stays_what_it_is(toy: Any) -> None:
    device = toy()
    refusing(device, Reply(status=403, body=FAULT))

    async def scene() -> None:
        async with device.camera() as camera:
            await camera.device.get_device_information()

    with pytest.raises(SenderFault, match="who is that") as met:
        asyncio.run(scene())
    assert not isinstance(met.value, NotAuthorized)


def test_who_wants_the_password_itself_is_told_why_not(toy: Any) -> None:
    device = toy()
    refusing(device, Reply(status=401, headers=(("www-authenticate", 'Basic realm="r"'),)))

    async def scene() -> None:
        async with device.camera() as camera:
            await camera.device.get_device_information()

    with pytest.raises(NotAuthorized, match=r"Basic.*https"):
        asyncio.run(scene())


@pytest.mark.parametrize("reply", [Reply(status=500), Reply(status=400, body=HTML), Reply(status=404)])
def test_a_device_that_answers_get_services_with_no_message_is_an_old_one(toy: Any, reply: Reply) -> None:
    device = toy()

    async def old(_: Any) -> GetCapabilitiesResponse:
        return GetCapabilitiesResponse(capabilities=Capabilities())

    device.handlers["GetCapabilities"] = old
    refusing(device, reply, b"GetServices")

    async def scene() -> None:
        async with device.camera() as camera:
            assert list(camera.services) == [TDS]

    asyncio.run(scene())


def test_a_service_that_cannot_be_reached_where_the_device_says_is_told_so(toy: Any) -> None:
    device = toy()
    device.xaddr_host = "10.0.0.5:8000"
    soap = device.answer

    async def answer(request: Request) -> Reply:
        if "10.0.0.5" in request.url:
            raise Unreachable(f"{request.url}: nobody answers")
        return await soap(request)

    device.answer = answer

    async def scene() -> None:
        async with device.camera() as camera:
            with pytest.raises(LedAstray, match=r"reached at 192\.0\.2\.7, names 10\.0\.0\.5:8000"):
                await camera.media2.get_profiles()
            with pytest.raises(LedAstray):
                await camera.get("http://10.0.0.5:8000/picture")

    asyncio.run(scene())


def test_a_device_that_went_away_is_unreachable_by_what_the_transport_said(toy: Any) -> None:
    device = toy()
    told = Unreachable("nobody answers")

    async def gone(_: Request) -> Reply:
        raise told

    device.answer = gone

    async def scene() -> None:
        async with device.camera():
            pass

    with pytest.raises(Unreachable) as raised:
        asyncio.run(scene())
    assert raised.value is told
    assert raised.value.__cause__ is None  # it was its own


def test_what_only_reads_may_be_asked_again_and_nothing_else(toy: Any) -> None:
    device = toy()
    repeatable: list[bool] = []

    class Noting(LoopbackTransport):
        async def send(self, request: Request, *, answer_timeout_s: float, is_repeatable: bool) -> Reply:
            repeatable.append(is_repeatable)
            return await device.answer(request)

    async def scene() -> None:
        camera = Camera("http://192.0.2.7/", Login("", ""), Noting(device.answer), clock=device.clock)
        for operation, request in (
            (Media2.get_profiles, GetProfiles()),
            (Events.get_event_properties, GetEventProperties()),
            (Search.get_event_search_results, GetEventSearchResults(search_token="1")),
            (PullPointSubscription.pull_messages, PullMessages(timeout=timedelta(0), message_limit=1)),
            (Media2.delete_profile, DeleteProfile(token="main")),
        ):
            with suppress(Fault):
                await camera.call(camera.url, operation, request)

    asyncio.run(scene())
    assert repeatable == [True, True, False, False, False]


def test_a_profile_that_cannot_be_read_does_not_hide_the_others(toy: Any) -> None:
    device = toy()

    async def profiles(_: Any) -> GetProfilesResponse:
        return GetProfilesResponse(
            profiles=(MediaProfile(token="a", name="A"), MediaProfile(token="b", name="B"))
        )

    device.handlers["GetProfiles"] = profiles
    soap = device.answer

    async def answer(request: Request) -> Reply:
        reply: Reply = await soap(request)
        body = re.sub(rb"<(\w+:)?Name>A</(\w+:)?Name>", b"", reply.body)
        return Reply(status=reply.status, headers=reply.headers, body=body)

    device.answer = answer

    async def scene() -> None:
        async with device.camera() as camera:
            assert [each.token for each in await stream_profiles(camera)] == ["b"]

    asyncio.run(scene())


@pytest.mark.parametrize("body", [b"", HTML, b'{"login": "wanted"}'])
def test_what_is_no_picture_is_not_taken_for_one(toy: Any, body: bytes) -> None:
    device = toy()

    async def picture(_: Any) -> GetSnapshotUriResponse:
        return GetSnapshotUriResponse(uri="http://192.0.2.7/picture")

    device.handlers["GetSnapshotUri"] = picture
    soap = device.answer

    async def answer(request: Request) -> Reply:
        return Reply(status=200, body=body) if request.method == "GET" else await soap(request)

    device.answer = answer

    async def scene() -> None:
        async with device.camera() as camera:
            await snapshot(camera, "main")

    with pytest.raises(ClientError, match="no JPEG picture"):
        asyncio.run(scene())


def test_a_password_that_tls_hides_is_not_given_away_without_it(toy: Any) -> None:
    device = toy()
    soap = device.answer
    shown: list[str] = []

    async def answer(request: Request) -> Reply:
        if request.method != "GET":
            return await soap(request)
        authorization = dict(request.headers).get("Authorization", "")
        shown.append(f"{request.url} {authorization.partition(' ')[0]}")
        if authorization:
            return Reply(status=200)
        return Reply(status=401, headers=(("www-authenticate", 'Basic realm="r"'),))

    device.answer = answer

    async def scene() -> None:
        async with device.camera(address="https://192.0.2.7") as camera:
            await camera.get("https://192.0.2.7/picture")
            with pytest.raises(NotAuthorized):
                await camera.get("http://192.0.2.7/picture")

    asyncio.run(scene())
    assert not [each for each in shown if each.startswith("http:") and each.endswith("Basic")]


def test_the_names_of_the_client_are_listed() -> None:
    assert set(vedette.client.__all__) <= set(dir(vedette.client))
