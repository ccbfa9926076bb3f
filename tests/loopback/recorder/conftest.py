"""A device without sockets: requests go in as XML and come back as XML, validated on the way."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec
import pytest

from vedette.base.clock import ManualClock
from vedette.contract.envelope import read_response, request_envelope
from vedette.contract.schema.security import UserLevel
from vedette.device.context import RequestContext
from vedette.device.dispatch import Dispatcher
from vedette.device.offer import Offer
from vedette.security.audit import Audit
from vedette.security.authentication import Authenticator, Identity, Login
from vedette.security.lockout import Lockout
from vedette.security.nonces import DigestNonces, UsedTokens
from vedette.security.users import Users

OPERATOR = Identity(user_name="operator", level=UserLevel.OPERATOR, login=Login.DIGEST)


class Door(Protocol):
    """Calls an operation at a path; the answer's schema errors fail the test."""

    def __call__(self, operation: Any, request: Any, path: str = ..., **context: Any) -> Awaitable[Any]: ...


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def door_to(clock: ManualClock, oracle: Any) -> Callable[..., Door]:
    """Makes the door to some handlers."""

    def make(*handlers: object) -> Door:
        authenticator = Authenticator(
            Users,
            clock,
            nonces=DigestNonces(),
            tokens=UsedTokens(),
            lockout=Lockout(),
            audit=Audit(clock),
        )
        dispatcher = Dispatcher(Offer(handlers), authenticator, Audit(clock))

        async def call(operation: Any, request: Any, path: str = "/onvif/x", **context: Any) -> Any:
            body = request_envelope(
                operation, request, to=f"http://nvr.example{path}", message_id="urn:uuid:1"
            )
            known = RequestContext(identity=OPERATOR, host="nvr.example:8080", path=path)
            answer = await dispatcher.answer(body, msgspec.structs.replace(known, **context))
            if answer.status == 200:
                assert oracle.problems(answer.body) == []
            return read_response(operation, answer.body, tolerant=False)

        return call

    return make
