"""Logins, rights and faults of requests, through real bytes."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.clock import ManualClock
from vedette.contract.device import Device
from vedette.contract.device.system import (
    GetDeviceInformation,
    GetDeviceInformationResponse,
    GetSystemDateAndTime,
    GetSystemDateAndTimeResponse,
    SystemReboot,
    SystemRebootResponse,
)
from vedette.contract.device.users import GetUsers, GetUsersResponse
from vedette.contract.envelope import request_envelope
from vedette.contract.faults import ActionNotSupported, NotAuthorized, ReceiverFault
from vedette.contract.operation import answers
from vedette.contract.schema.security import UserLevel
from vedette.contract.schema.system import SetDateTimeType, SystemDateTime
from vedette.device.context import RequestContext
from vedette.device.dispatch import LARGE_BYTES, Dispatcher
from vedette.device.offer import Offer
from vedette.security.audit import Audit
from vedette.security.authentication import Authenticator
from vedette.security.lockout import Lockout
from vedette.security.nonces import DigestNonces, UsedTokens
from vedette.security.users import User, Users
from vedette.wire.parser import parse
from vedette.wire.soap import FAULT_ACTION, read_envelope

INFORMATION = request_envelope(Device.get_device_information, GetDeviceInformation())
TIME = request_envelope(Device.get_system_date_and_time, GetSystemDateAndTime())
STRANGER = User(name="admin", password="wrong password", level=UserLevel.ADMINISTRATOR)


class Handlers:
    """A small device."""

    def __init__(self) -> None:
        self.contexts: list[RequestContext] = []

    @answers(Device.get_device_information)
    async def information(
        self, request: GetDeviceInformation, context: RequestContext
    ) -> GetDeviceInformationResponse:
        self.contexts.append(context)
        return GetDeviceInformationResponse(
            manufacturer="V", model="M", firmware_version="1", serial_number="2", hardware_id="3"
        )

    @answers(Device.get_system_date_and_time)
    async def time(self, request: GetSystemDateAndTime) -> GetSystemDateAndTimeResponse:
        now = SystemDateTime(date_time_type=SetDateTimeType.NTP, daylight_savings=False)
        return GetSystemDateAndTimeResponse(system_date_and_time=now)

    @answers(Device.get_users)
    async def users(self, request: GetUsers) -> GetUsersResponse:
        return GetUsersResponse()

    @answers(Device.system_reboot)
    async def reboot(self, request: SystemReboot) -> SystemRebootResponse:
        raise ZeroDivisionError("the innards are nobody's business")


def codes(body: bytes) -> list[str]:
    """The code and subcodes of a fault, without prefixes."""
    return [each.text.rpartition(":")[2] for each in parse(body).iter("{*}Value")]


def secured(loop: Any, user: User) -> bytes:
    return request_envelope(Device.get_device_information, GetDeviceInformation(), security=loop.token(user))


def test_a_digest_login_is_let_in_and_the_handler_learns_who_asks(loop_of: Any, play: Any) -> None:
    handlers = Handlers()
    loop = loop_of(handlers)

    async def scene() -> None:
        response = await loop.call(Device.get_device_information, level=UserLevel.USER)
        assert response.manufacturer == "V"
        assert handlers.contexts[0].identity.user_name == "viewer"
        assert handlers.contexts[0].addressing.message_id.startswith("urn:uuid:")

    play(scene())


def test_without_credentials_a_login_over_http_is_asked_for(loop_of: Any, play: Any) -> None:
    loop = loop_of(Handlers())

    async def scene() -> None:
        answer = await loop.ask(INFORMATION)
        assert answer.status == 401
        assert codes(answer.body) == ["Sender", "NotAuthorized"]
        names = [name for name, _ in answer.headers]
        assert names == ["WWW-Authenticate"] * 2
        assert "algorithm=SHA-256" in answer.headers[0][1]
        assert "algorithm=MD5" in answer.headers[1][1]

    play(scene())


def test_anybody_may_ask_for_the_time_even_with_a_wrong_login(loop_of: Any, play: Any) -> None:
    loop = loop_of(Handlers())

    async def scene() -> None:
        assert (await loop.ask(TIME)).status == 200
        told = request_envelope(
            Device.get_system_date_and_time, GetSystemDateAndTime(), security=loop.token(STRANGER)
        )
        assert (await loop.ask(told)).status == 200
        assert (
            await loop.dispatcher.answer(TIME, loop.context, authorization="Digest nonsense")
        ).status == 200

    play(scene())


def test_a_username_token_is_let_in_once(loop_of: Any, play: Any) -> None:
    loop = loop_of(Handlers())

    async def scene() -> None:
        body = secured(loop, next(iter(loop.users())))
        assert (await loop.ask(body)).status == 200
        again = await loop.ask(body)
        assert (again.status, codes(again.body)) == (400, ["Sender", "NotAuthorized"])

    play(scene())


def test_a_wrong_username_token_is_a_fault_without_challenge(loop_of: Any, play: Any) -> None:
    loop = loop_of(Handlers())

    async def scene() -> None:
        answer = await loop.ask(secured(loop, STRANGER))
        assert (answer.status, answer.headers) == (400, ())
        assert codes(answer.body) == ["Sender", "NotAuthorized"]

    play(scene())


def test_where_tokens_are_switched_off_a_login_over_http_is_asked_for(loop_of: Any, play: Any) -> None:
    loop = loop_of(Handlers())
    loop.authenticator.accepts_tokens = False

    async def scene() -> None:
        admin = next(iter(loop.users()))
        assert (await loop.ask(secured(loop, admin))).status == 401
        good = loop.authorization(UserLevel.USER, loop.context.path)
        both = await loop.dispatcher.answer(secured(loop, STRANGER), loop.context, authorization=good)
        assert both.status == 200

    play(scene())


def test_of_two_logins_the_one_over_http_is_looked_at_first(loop_of: Any, play: Any) -> None:
    loop = loop_of(Handlers())
    admin = next(iter(loop.users()))

    async def scene() -> None:
        good = loop.authorization(UserLevel.ADMINISTRATOR, loop.context.path)
        both = await loop.dispatcher.answer(secured(loop, STRANGER), loop.context, authorization=good)
        assert both.status == 400
        bad = good.replace('response="', 'response="0')
        both = await loop.dispatcher.answer(secured(loop, admin), loop.context, authorization=bad)
        assert both.status == 401

    play(scene())


@pytest.mark.parametrize("authorization", ["Basic YWRtaW46eA==", "basic ?"])
def test_a_password_in_the_clear_is_no_login_and_no_hindrance_for_one(
    loop_of: Any, play: Any, authorization: str
) -> None:
    """Programs made with gSOAP send it beside their UsernameToken where their address holds a password."""
    loop = loop_of(Handlers())
    admin = next(iter(loop.users()))

    async def scene() -> None:
        for body, status in ((secured(loop, admin), 200), (secured(loop, STRANGER), 400), (INFORMATION, 401)):
            answer = await loop.dispatcher.answer(body, loop.context, authorization=authorization)
            assert answer.status == status
        loop.authenticator.accepts_tokens = False
        body = secured(loop, admin)
        answer = await loop.dispatcher.answer(body, loop.context, authorization=authorization)
        assert answer.status == 401

    play(scene())


@pytest.mark.parametrize("level", [UserLevel.USER, UserLevel.OPERATOR])
def test_who_may_not_is_told_so(loop_of: Any, play: Any, level: UserLevel) -> None:
    loop = loop_of(Handlers())

    async def scene() -> None:
        with pytest.raises(NotAuthorized, match=level):
            await loop.call(Device.get_users, level=level)
        await loop.call(Device.get_users)

    play(scene())


def test_what_is_not_answered_is_not_supported(loop_of: Any, play: Any) -> None:
    loop = loop_of(Handlers())

    async def scene() -> None:
        with pytest.raises(ActionNotSupported, match="GetHostname"):
            await loop.call(Device.get_hostname)
        ptz = (
            b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>%s</e:Body></e:Envelope>'
        )
        nodes = await loop.ask(ptz % b'<GetNodes xmlns="http://www.onvif.org/ver20/ptz/wsdl"/>')
        assert codes(nodes.body) == ["Receiver", "ActionNotSupported"]
        foreign = await loop.ask(ptz % b'<Brew xmlns="http://example.com/coffee"/>')
        assert codes(foreign.body) == ["Sender", "UnknownAction"]

    play(scene())


def test_a_defect_of_ours_is_told_by_an_incident_number_alone(loop_of: Any, play: Any, caplog: Any) -> None:
    loop = loop_of(Handlers())

    async def scene() -> None:
        with pytest.raises(ReceiverFault, match=r"^internal error [0-9a-f]{8}$") as caught:
            await loop.call(Device.system_reboot)
        assert str(caught.value).split()[-1] in caplog.text
        assert "ZeroDivisionError" in caplog.text

    play(scene())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<a", ["Sender", "WellFormed"]),
        (b"<a/>", ["VersionMismatch"]),
        (INFORMATION.replace(b"2003/05/soap-envelope", b"2001/06/soap-envelope"), ["VersionMismatch"]),
        (INFORMATION.replace(b"GetDeviceInformation", b"GetEverything"), ["Receiver", "ActionNotSupported"]),
        (b"<!DOCTYPE a><a/>", ["Sender", "WellFormed"]),
        (
            INFORMATION.replace(
                b"<env:Body>", b'<env:Header><A xmlns="urn:a" env:mustUnderstand="1"/></env:Header><env:Body>'
            ),
            ["MustUnderstand"],
        ),
    ],
)
def test_what_is_not_a_request_is_refused_by_name(
    loop_of: Any, play: Any, body: bytes, expected: list[str]
) -> None:
    loop = loop_of(Handlers())

    async def scene() -> None:
        assert codes((await loop.ask(body)).body) == expected

    play(scene())


@pytest.mark.parametrize("asked", ["<o:GetGlasses/>", ""])
def test_a_refusal_of_what_is_no_operation_tells_which_request_it_answers(
    loop_of: Any, play: Any, asked: str
) -> None:
    """Only refusals of known operations did; the standard's event tests want an Action in every fault."""
    loop = loop_of(Handlers())
    body = (
        '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:o="http://www.onvif.org/ver10/events/wsdl">'
        "<e:Header><a:Action>urn:ask</a:Action><a:MessageID>urn:uuid:7</a:MessageID></e:Header>"
        f"<e:Body>{asked}</e:Body></e:Envelope>"
    ).encode()

    async def scene() -> None:
        told = read_envelope(parse((await loop.ask(body)).body)).addressing
        assert (told.action, told.relates_to) == (FAULT_ACTION, "urn:uuid:7")

    play(scene())


def test_a_large_request_is_read_beside_the_event_loop(loop_of: Any, play: Any) -> None:
    loop = loop_of(Handlers())
    padded = TIME.replace(b"</env:Body>", b" " * LARGE_BYTES + b"</env:Body>")

    async def scene() -> None:
        assert (await loop.ask(padded)).status == 200

    play(scene())


def test_a_handler_that_is_offered_twice_is_a_defect() -> None:
    with pytest.raises(Exception, match="answered twice"):
        Offer([Handlers(), Handlers()])


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, len(INFORMATION)), junk=st.binary(max_size=12))
def test_any_bytes_are_answered(cut: int, junk: bytes) -> None:
    clock = ManualClock()
    authenticator = Authenticator(
        Users, clock, nonces=DigestNonces(), tokens=UsedTokens(), lockout=Lockout(), audit=Audit(clock)
    )
    dispatcher = Dispatcher(Offer([Handlers()]), authenticator, Audit(clock))

    answer = asyncio.run(dispatcher.answer(INFORMATION[:cut] + junk + INFORMATION[cut:], RequestContext()))

    assert answer.status in (400, 401, 500)
    assert "internal" not in answer.body.decode()
