"""A device in this process that logs in the way a test wants, spoken to through real bytes."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from vedette.base.clock import ManualClock
from vedette.client.auth import Reply, Request
from vedette.client.camera import Camera
from vedette.client.transport import LoopbackTransport
from vedette.contract.device import Device
from vedette.contract.device.capabilities import GetServicesResponse, ServiceEntry
from vedette.contract.device.system import GetSystemDateAndTimeResponse
from vedette.contract.envelope import Dispatch, fault_envelope, response_envelope, to_soap
from vedette.contract.events import Events, PullPointSubscription
from vedette.contract.faults import ActionNotSupported, Fault, NotAuthorized
from vedette.contract.media2 import Media2
from vedette.contract.operation import Access
from vedette.contract.schema.system import SetDateTimeType, SystemDateTime
from vedette.contract.schema.values import Date, DateTime, OnvifVersion, Time
from vedette.protocols import wsse
from vedette.protocols.http1 import digest
from vedette.wire.namespaces import TDS, TEV, TR2

PLACE = "http://192.0.2.7/onvif"
USER, PASSWORD = "admin", "correct horse"
Answerer = Callable[[Any], Awaitable[Any]]


class ToyDevice:
    """Answers by `handlers` (operation name → coroutine function). `login` is none, digest or token.

    `algorithms` are those of its digest challenges, in their order. Requests and refusals are counted.
    """

    def __init__(self, login: str = "none", algorithms: tuple[digest.Algorithm, ...] = ()) -> None:
        self.login = login
        self.algorithms = algorithms or (digest.Algorithm.MD5,)
        self.handlers: dict[str, Answerer] = {
            "GetSystemDateAndTime": self._time,
            "GetServices": self._services,
        }
        self.nonce = "first"
        self.says_stale = True
        self.requests: list[Request] = []
        self.names: list[str] = []
        self.used_algorithms: list[digest.Algorithm] = []
        self.counts: list[int] = []
        self.clock_ahead_s = 0
        self.xaddr_host = "192.0.2.7"
        self.clock = ManualClock()
        self._dispatch = Dispatch((Device, Media2, Events, PullPointSubscription))

    async def answer(self, request: Request) -> Reply:
        """One request's answer."""
        self.requests.append(request)
        incoming = self._dispatch.identify(request.body)
        name = incoming.operation.name
        if incoming.operation.access is not Access.PRE_AUTH:
            refusal = self._refusal(request, incoming.security)
            if refusal is not None:
                return refusal
        self.names.append(name)
        try:
            handler = self.handlers.get(name)
            if handler is None:
                raise ActionNotSupported(f"{name} is not offered")
            answer = await handler(incoming.decode())
        except Fault as fault:
            return _faulty(fault, 400)
        return Reply(status=200, body=response_envelope(incoming.operation, answer))

    def _refusal(self, request: Request, security: Any) -> Reply | None:
        if self.login == "digest":
            return self._digest_refusal(request)
        if self.login == "token":
            token = None if security is None else wsse.read_token(security)
            if token is None or token.username != USER or not wsse.verify(token, PASSWORD):
                return _faulty(NotAuthorized("who are you?"), 400)
        return None

    def _digest_refusal(self, request: Request) -> Reply | None:
        header = dict(request.headers).get("Authorization")
        stale = False
        if header is not None:
            shown = digest.parse_authorization(header)
            assert isinstance(shown, digest.DigestAuthorization)
            self.used_algorithms.append(shown.algorithm)
            self.counts.append(shown.count)
            if digest.verify(shown, "POST", PASSWORD) and shown.uri == request.target:
                if shown.nonce == self.nonce:
                    return None
                stale = self.says_stale
        challenges = tuple(
            digest.DigestChallenge(realm="toy", nonce=self.nonce, algorithm=each, is_stale=stale)
            for each in self.algorithms
        )
        headers = tuple(("www-authenticate", each.to_header()) for each in challenges)
        return Reply(status=401, headers=headers)

    async def _time(self, _: Any) -> GetSystemDateAndTimeResponse:
        from vedette.base.timestamps import datetime_from_utc_us

        now = datetime_from_utc_us(self.clock.utc_us() + self.clock_ahead_s * 1_000_000)
        told = DateTime(
            time=Time(hour=now.hour, minute=now.minute, second=now.second),
            date=Date(year=now.year, month=now.month, day=now.day),
        )
        told_time = SystemDateTime(
            date_time_type=SetDateTimeType.MANUAL, daylight_savings=False, utc_date_time=told
        )
        return GetSystemDateAndTimeResponse(system_date_and_time=told_time)

    async def _services(self, _: Any) -> GetServicesResponse:
        version = OnvifVersion(major=26, minor=6)
        place = re.sub(r"//[^/]*/", f"//{self.xaddr_host}/", PLACE)
        return GetServicesResponse(
            services=tuple(
                ServiceEntry(namespace=name, xaddr=f"{place}/{path}", version=version)
                for name, path in ((TDS, "device_service"), (TR2, "media2_service"), (TEV, "events_service"))
            )
        )

    def camera(self, user: str = USER, password: str = PASSWORD, **options: Any) -> Any:
        """A connection to this device."""
        transport = LoopbackTransport(self.answer)
        address = options.pop("address", "192.0.2.7")
        return Camera.connect(
            address, user=user, password=password, transport=transport, clock=self.clock, **options
        )


def _faulty(fault: Fault, status: int) -> Reply:
    return Reply(status=status, body=fault_envelope(to_soap(fault, "")))


@pytest.fixture
def toy() -> type[ToyDevice]:
    """Makes devices."""
    return ToyDevice
