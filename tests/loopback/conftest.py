"""A device in this process, called with real bytes; its answers are held against the official schemas."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any
from uuid import UUID

import pytest

from vedette.base.clock import ManualClock
from vedette.contract.envelope import read_response, request_envelope
from vedette.contract.operation import Operation
from vedette.contract.schema.security import UserLevel
from vedette.device.context import RequestContext
from vedette.device.dispatch import Answer, Dispatcher
from vedette.device.offer import Offer
from vedette.protocols import wsse
from vedette.protocols.http1.digest import authorize, parse_challenges
from vedette.security.audit import Audit
from vedette.security.authentication import Authenticator
from vedette.security.lockout import Lockout
from vedette.security.nonces import DigestNonces, UsedTokens
from vedette.security.users import User, Users
from vedette.wire.attachments import carried
from vedette.wire.multipart import is_multipart, unpacked

ADMIN = User(name="admin", password="correct horse", level=UserLevel.ADMINISTRATOR)
OPERATOR = User(name="operator", password="battery staple", level=UserLevel.OPERATOR)
VIEWER = User(name="viewer", password="only looking", level=UserLevel.USER)
AnyOperation = Operation[..., Any, Any]


class Loop:
    """Calls a dispatcher as clients do. `level` chooses the user; None asks without a login.

    `call` gives the response or raises the fault; `ask` gives the answer as it went out. Every body is
    held against the official schemas, every fault against those that the operation declares.
    """

    def __init__(
        self, offer: Offer, clock: ManualClock, oracle: Any, users: Callable[[], Users] | None
    ) -> None:
        self.clock = clock
        self.users = users or (lambda: Users((ADMIN, OPERATOR, VIEWER)))
        self.lockout = Lockout()
        audit = Audit(clock)
        self.authenticator = Authenticator(
            self.users, clock, nonces=DigestNonces(), tokens=UsedTokens(), lockout=self.lockout, audit=audit
        )
        self.dispatcher = Dispatcher(offer, self.authenticator, audit)
        self.context = RequestContext(host="camera.example:8080", peer="192.0.2.9")
        self._oracle = oracle
        self._tokens = 0

    async def call(
        self,
        operation: AnyOperation,
        *,
        level: UserLevel | None = UserLevel.ADMINISTRATOR,
        context: RequestContext | None = None,
        reference_parameters: Sequence[Any] = (),
        **fields: Any,
    ) -> Any:
        """The response to a request made of `fields`."""
        request = operation.request(**fields)
        envelope = request_envelope(
            operation,
            request,
            message_id=f"urn:uuid:{UUID(int=self._tokens)}",
            reference_parameters=tuple(reference_parameters),
        )
        kind, body = carried(envelope, request)
        answer = await self.ask(body, level=level, context=context, content_type=kind)
        return read_response(operation, answer.body, tolerant=False, content_type=answer.content_type)

    async def ask(
        self,
        body: bytes,
        *,
        level: UserLevel | None = None,
        context: RequestContext | None = None,
        content_type: str = "",
    ) -> Answer:
        """The answer to any bytes."""
        context = context or self.context
        authorization = "" if level is None else self.authorization(level, context.path)
        answer = await self.dispatcher.answer(
            body, context, authorization=authorization, content_type=content_type
        )
        is_package = is_multipart(answer.content_type)
        envelope = unpacked(answer.body, answer.content_type).root if is_package else answer.body
        assert not envelope or self._oracle.problems(envelope) == []
        return answer

    def authorization(self, level: UserLevel, target: str) -> str:
        """The header of a digest login by the user of that level."""
        user = next(each for each in self.users() if each.level is level)
        offered = parse_challenges(self.authenticator.challenges())
        header = authorize(offered, "POST", target, user.name, user.password, cnonce="0a4f113b", count=1)
        assert header is not None
        return header

    def token(self, user: User = ADMIN) -> Any:
        """A fresh wsse:Security header."""
        self._tokens += 1
        nonce = self._tokens.to_bytes(16, "big")
        return wsse.token_header(user.name, user.password, nonce=nonce, created_utc_us=self.clock.utc_us())


MakeLoop = Callable[..., Loop]


@pytest.fixture
def loop_of(oracle: Any) -> MakeLoop:
    """`loop_of(handler, …)` or `loop_of(offer=offer)`: the loop to a device with these handlers."""

    def make(*handlers: object, offer: Offer | None = None, users: Callable[[], Users] | None = None) -> Loop:
        made = offer or Offer()
        for handler in handlers:
            made.add(handler)
        return Loop(made, ManualClock(), oracle, users)

    return make


@pytest.fixture
def play() -> Callable[[Coroutine[Any, Any, None]], None]:
    """Run a scene to its end, ten seconds at most."""

    def run(scene: Coroutine[Any, Any, None]) -> None:
        async def timed() -> None:
            async with asyncio.timeout(10):
                await scene

        asyncio.run(timed())

    return run
