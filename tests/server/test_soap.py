"""SOAP over HTTP: which path, which method, which status."""

import asyncio
from typing import Any

import pytest
from lxml import etree

from vedette.base.clock import ManualClock
from vedette.contract.device import Device
from vedette.contract.device.system import (
    GetSystemDateAndTime,
    GetSystemDateAndTimeResponse,
)
from vedette.contract.envelope import request_envelope
from vedette.contract.operation import answers
from vedette.contract.schema.system import SetDateTimeType, SystemDateTime
from vedette.device.addresses import StreamAddresses
from vedette.device.dispatch import Dispatcher
from vedette.device.offer import Offer
from vedette.security.audit import Audit
from vedette.security.authentication import Authenticator
from vedette.security.lockout import Lockout
from vedette.security.nonces import DigestNonces, UsedTokens
from vedette.security.users import Users
from vedette.server.soap import SoapService

TIME = request_envelope(Device.get_system_date_and_time, GetSystemDateAndTime())
USERS = TIME.replace(b"GetSystemDateAndTime", b"SystemReboot")
PATH = "/onvif/device_service"


class Handlers:
    """One operation."""

    @answers(Device.get_system_date_and_time)
    async def time(self, request: GetSystemDateAndTime) -> GetSystemDateAndTimeResponse:
        now = SystemDateTime(date_time_type=SetDateTimeType.NTP, daylight_savings=False)
        return GetSystemDateAndTimeResponse(system_date_and_time=now)


def soap_service() -> SoapService:
    clock = ManualClock()
    authenticator = Authenticator(
        Users, clock, nonces=DigestNonces(), tokens=UsedTokens(), lockout=Lockout(), audit=Audit(clock)
    )
    return SoapService(Dispatcher(Offer([Handlers()]), authenticator, Audit(clock)), StreamAddresses())


def post(
    body: bytes = TIME,
    path: str = PATH,
    kind: str = "application/soap+xml; charset=utf-8",
    more: str = "",
) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: cam:80\r\nContent-Type: {kind}\r\n{more}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def get(target: str, method: str = "GET") -> bytes:
    return f"{method} {target} HTTP/1.1\r\nHost: [2001:db8::7]:8080\r\n\r\n".encode()


def exchange(serve: Any, *requests: bytes) -> list[tuple[int, dict[str, str], bytes]]:
    async def scene() -> list[tuple[int, dict[str, str], bytes]]:
        async with serve(soap_service()) as site:
            client = await site.connect()
            return [await client.ask(each) for each in requests]

    return asyncio.run(scene())


def test_a_request_is_answered_in_soap(serve: Any) -> None:
    [(status, headers, body)] = exchange(serve, post())

    assert (status, headers["content-type"]) == (200, "application/soap+xml; charset=utf-8")
    assert b"GetSystemDateAndTimeResponse" in body


def test_faults_travel_under_their_http_status(serve: Any) -> None:
    (not_xml, *_), (not_offered, *_) = exchange(serve, post(b"nonsense"), post(USERS))

    assert (not_xml, not_offered) == (400, 500)


def test_a_service_describes_itself_where_it_was_reached(serve: Any) -> None:
    [(status, headers, body), (again, _, same)] = exchange(serve, get(f"{PATH}?wsdl"), get(f"{PATH}?WSDL"))

    assert (status, again, same) == (200, 200, body)
    assert headers["content-type"] == "text/xml; charset=utf-8"
    address = etree.fromstring(body).find(".//{*}port/{*}address")
    assert address is not None
    assert address.get("location") == f"http://[2001:db8::7]:8080{PATH}"


def test_what_is_no_request_gets_an_http_error(serve: Any) -> None:
    answers_ = exchange(
        serve,
        get("/onvif/nothing"),
        get(PATH),
        get(PATH, "PUT"),
        post(kind="application/json"),
        post(kind="multipart/related"),
        post(b"", more="Authorization: Digest x\r\n"),
        get("/onvif/media_service?wsdl"),
    )

    assert [status for status, _, _ in answers_] == [404, 405, 405, 415, 400, 400, 404]
    assert answers_[1][1]["allow"] == "POST"


@pytest.mark.parametrize("kind", ["text/xml; charset=utf-8", "text/plain; charset=utf-8"])
def test_a_request_is_taken_by_other_names_of_its_content(serve: Any, kind: str) -> None:
    # Python's niquests names a text `text/plain` by itself, and so libonvif 4 asks for the time.
    [(status, _, body)] = exchange(serve, post(kind=kind))

    assert status == 200
    assert b"GetSystemDateAndTimeResponse" in body


@pytest.mark.parametrize(
    "path",
    [
        "/onvif/media_service",
        "/onvif/imaging_service",  # go2rtc asks for snapshots here, announced or not
        "/onvif/device_service/Events",  # ZoneMinder appends this to the address that it was given
        "/onvif/Events",
        "/onvif//device_service",
    ],
)
def test_requests_are_answered_at_paths_that_clients_were_written_with(serve: Any, path: str) -> None:
    (status, _, body), (not_offered, _, fault) = exchange(serve, post(path=path), post(USERS, path))

    assert status == 200
    assert b"GetSystemDateAndTimeResponse" in body
    assert not_offered == 500
    assert b"ActionNotSupported" in fault


def test_an_empty_request_asks_to_be_asked_for_a_login(serve: Any) -> None:
    """So libcurl begins: it sends its content with the login alone."""
    [(status, headers, body)] = exchange(serve, post(b""))

    assert status == 401
    assert headers["www-authenticate"].startswith("Digest ")
    assert b"NotAuthorized" in body


def test_subscriptions_have_addresses_of_their_own(serve: Any) -> None:
    [(status, _, _)] = exchange(serve, post(path="/onvif/subscription/7f3a"))

    assert status == 200
