"""Login flows: which requests go out, and when they stop."""

import asyncio
import re
from datetime import datetime
from typing import Any

import pytest

from vedette.base.timestamps import datetime_from_utc_us
from vedette.client.auth import Login, Reply, Request, http_flow
from vedette.contract.device.system import GetDeviceInformationResponse
from vedette.contract.envelope import fault_envelope, to_soap
from vedette.contract.faults import NotAuthorized
from vedette.protocols.http1.digest import (
    Algorithm,
    DigestAuthorization,
    DigestChallenge,
    parse_authorization,
)

GET = Request(method="GET", url="http://192.0.2.7/picture?size=1")
SECURE = Request(method="GET", url="https://192.0.2.7/picture?size=1")


async def told(_: Any) -> GetDeviceInformationResponse:
    return GetDeviceInformationResponse(
        manufacturer="Toy", model="1", firmware_version="2", serial_number="3", hardware_id="4"
    )


def ask(device: Any, times: int = 1, **login: str) -> None:
    async def scene() -> None:
        device.handlers["GetDeviceInformation"] = told
        async with device.camera(**login) as camera:
            for _ in range(times):
                assert (await camera.device.get_device_information()).model == "1"

    asyncio.run(scene())


@pytest.mark.parametrize("algorithm", Algorithm)
def test_every_digest_algorithm_is_answered(toy: Any, algorithm: Algorithm) -> None:
    device = toy("digest", (algorithm,))
    ask(device)
    assert device.used_algorithms == [algorithm]


@pytest.mark.parametrize("body", [b"", b"<html>no"])
def test_a_scheme_that_is_not_known_is_named_instead_of_blaming_the_password(toy: Any, body: bytes) -> None:
    device = toy()
    asked = (
        ("www-authenticate", "NTLM"),
        ("www-authenticate", 'Digest realm="r", nonce="n", algorithm=SHA-3'),
    )

    async def refuse(_: Request) -> Reply:
        return Reply(status=401, headers=asked, body=body)

    device.answer = refuse
    with pytest.raises(NotAuthorized, match="wants a login by NTLM or Digest SHA-3"):
        ask(device)


def test_of_several_challenges_the_strongest_is_answered(toy: Any) -> None:
    device = toy("digest", (Algorithm.MD5, Algorithm.SHA256))
    ask(device)
    assert device.used_algorithms == [Algorithm.SHA256]


def test_a_known_challenge_is_answered_beforehand_with_a_rising_count(toy: Any) -> None:
    device = toy("digest")
    ask(device, times=3)
    assert device.counts == [1, 2, 3]


@pytest.mark.parametrize("says_stale", [True, False])
def test_an_old_nonce_is_replaced_whether_the_device_calls_it_stale_or_not(
    toy: Any, says_stale: bool
) -> None:
    device = toy("digest")
    device.says_stale = says_stale

    async def scene() -> None:
        device.handlers["GetDeviceInformation"] = told
        async with device.camera() as camera:
            await camera.device.get_device_information()
            device.nonce = "second"
            await camera.device.get_device_information()

    asyncio.run(scene())


def test_a_wrong_password_is_shown_only_once_by_digest(toy: Any) -> None:
    device = toy("digest")
    with pytest.raises(NotAuthorized, match="refuses user 'admin'"):
        ask(device, password="wrong")
    assert len(device.used_algorithms) == 1
    assert not any(b"UsernameToken" in request.body for request in device.requests)


def test_without_credentials_the_message_asks_for_them(toy: Any) -> None:
    with pytest.raises(NotAuthorized, match="give user and password"):
        ask(toy("digest"), user="", password="")


def test_a_device_that_wants_a_token_gets_one_and_from_then_on_at_once(toy: Any) -> None:
    device = toy("token")
    ask(device, times=3)
    with_token = [b"UsernameToken" in request.body for request in device.requests]
    assert with_token.count(False) == 3  # time, services, and the first refusal
    assert with_token[-3:] == [True, True, True]


def test_a_token_carries_the_time_of_the_device(toy: Any) -> None:
    device = toy("token")
    device.clock_ahead_s = 7200
    ask(device)
    assert b"<wsu:Created>2023-11-15T00:13" in device.requests[-1].body  # the clock says 22:13 the day before


@pytest.mark.parametrize("password", ["correct horse", "wrong"])
def test_a_device_whose_clock_was_set_meanwhile_is_asked_for_its_time_again(toy: Any, password: str) -> None:
    device = toy("token")
    soap = device.answer

    async def answer(request: Request) -> Reply:
        now = datetime_from_utc_us(device.clock.utc_us() + device.clock_ahead_s * 1_000_000)
        created = re.search(rb"Created>([^<]+)<", request.body)
        if created and abs((datetime.fromisoformat(created[1].decode()) - now).total_seconds()) > 5:
            device.requests.append(request)
            return Reply(status=400, body=fault_envelope(to_soap(NotAuthorized("too old"), "")))
        reply: Reply = await soap(request)
        return reply

    async def scene() -> None:
        device.handlers["GetDeviceInformation"] = told
        device.answer = answer
        async with device.camera() as camera:
            await camera.device.get_device_information()
            device.clock_ahead_s = 800_000_000
            camera.login.password = password
            before = len(device.requests)
            try:
                await camera.device.get_device_information()
            finally:
                asked.append(len(device.requests) - before)

    asked: list[int] = []
    if password == "wrong":
        with pytest.raises(NotAuthorized):
            asyncio.run(scene())
    else:
        asyncio.run(scene())
    assert asked == [3]  # refused, the time, again


def test_a_refused_token_is_not_shown_again_where_the_clock_is_right(toy: Any) -> None:
    device = toy("token")

    async def scene() -> None:
        device.handlers["GetDeviceInformation"] = told
        async with device.camera() as camera:
            await camera.device.get_device_information()
            camera.login.password = "wrong"
            before = len(device.requests)
            with pytest.raises(NotAuthorized):
                await camera.device.get_device_information()
            assert sum(b"UsernameToken" in each.body for each in device.requests[before:]) == 1

    asyncio.run(scene())


def test_a_password_is_in_no_representation() -> None:
    assert "secret" not in repr(Login("admin", "secret"))


def replies_to(login: Login, replies: list[Reply], request: Request = GET) -> tuple[list[Request], Reply]:
    flow = http_flow(login, request)
    sent = [next(flow)]
    for reply in replies:
        try:
            sent.append(flow.send(reply))
        except StopIteration as end:
            return sent, end.value
    raise AssertionError("the flow wants more replies")


def challenge(nonce: str = "n", *, stale: bool = False) -> Reply:
    header = DigestChallenge(realm="r", nonce=nonce, is_stale=stale).to_header()
    return Reply(status=401, headers=(("www-authenticate", header),))


def test_a_device_that_always_says_stale_is_left_after_four_requests() -> None:
    sent, last = replies_to(Login("u", "p"), [challenge(str(n), stale=True) for n in range(4)])
    assert len(sent) == 4
    assert last.status == 401


def test_a_garbled_challenge_ends_the_flow() -> None:
    garbled = Reply(status=401, headers=(("www-authenticate", '"""'),))
    sent, last = replies_to(Login("u", "p"), [garbled])
    assert len(sent) == 1
    assert last is garbled


def test_basic_goes_out_only_where_it_is_allowed() -> None:
    basic = Reply(status=401, headers=(("www-authenticate", 'Basic realm="r"'),))
    assert len(replies_to(Login("u", "p"), [basic])[0]) == 1
    allowed = Login("u", "p", is_basic_allowed=True)
    assert len(replies_to(allowed, [basic])[0]) == 1  # not without TLS
    sent, _ = replies_to(allowed, [basic, Reply(status=200)], SECURE)
    assert dict(sent[1].headers)["Authorization"] == "Basic dTpw"
    assert "Authorization" not in dict(replies_to(allowed, [Reply(status=200)])[0][0].headers)


def test_the_target_has_path_and_query() -> None:
    assert GET.target == "/picture?size=1"
    assert Request(method="GET", url="http://192.0.2.7").target == "/"


def test_a_nonce_that_comes_again_is_counted_on() -> None:
    login = Login("u", "p")
    first, second = http_flow(login, GET), http_flow(login, GET)
    next(first)
    next(second)
    sent = [first.send(challenge()), second.send(challenge())]  # both asked before either knew the nonce
    shown = [parse_authorization(dict(each.headers)["Authorization"]) for each in sent]
    assert [each.count for each in shown if isinstance(each, DigestAuthorization)] == [1, 2]
