"""From the bytes of a request to the bytes of its answer: limits, login, access, handler, envelope."""

import asyncio
import logging
import secrets
from functools import partial

import msgspec

from vedette.base.errors import LimitExceeded, VedetteError
from vedette.contract.envelope import (
    Dispatch,
    IncomingRequest,
    Received,
    fault_envelope,
    http_status,
    received,
    response_envelope,
    to_soap,
)
from vedette.contract.faults import Action, ActionNotSupported, Fault, NotAuthorized
from vedette.contract.operation import Access
from vedette.device.context import RequestContext
from vedette.device.offer import AnyOperation, Offer
from vedette.device.settings.store import SettingsNotSaved
from vedette.protocols import wsse
from vedette.protocols.http1.digest import is_basic
from vedette.security.audit import Audit
from vedette.security.authentication import Authenticator, Identity, Login, NotAuthenticated
from vedette.security.policy import AccessRule
from vedette.wire.attachments import carried
from vedette.wire.message import MalformedMessage
from vedette.wire.parser import DEFAULT_LIMITS, Limits
from vedette.wire.soap import CONTENT_TYPE, Addressing, NotSoap12, NotUnderstood, UnknownEncoding

_log = logging.getLogger(__name__)

LARGE_BYTES = 256 << 10  # parsing more than this takes the event loop away from the streams for too long
_SPEAK_FOR_THEMSELVES = (
    Fault,
    MalformedMessage,
    LimitExceeded,
    NotSoap12,
    NotUnderstood,
    UnknownEncoding,
)
_AUDITED = frozenset((Access.WRITE_SYSTEM, Access.UNRECOVERABLE, Access.READ_SYSTEM_SECRET, Access.ACTUATE))


class Answer(msgspec.Struct, frozen=True):
    """What goes back: an HTTP status, a content type (empty without body), a body and further headers."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class _LoginNeeded(VedetteError):
    """The caller has to log in over HTTP."""

    def __init__(self, reason: str, challenges: tuple[str, ...]) -> None:
        super().__init__(reason)
        self.challenges = challenges


class Dispatcher:
    """Answers SOAP requests by the handlers of an offer, each caller within its rights.

    `rule` says who may call what (without one the default policy does), `limits` bound every document that
    is let in. Refusals for want of a login and everything that changes the machine are written to `audit`.

    Source: Core, Error handling and Security (26.06 §5.8, §5.9).
    """

    def __init__(
        self,
        offer: Offer,
        authenticator: Authenticator,
        audit: Audit,
        *,
        rule: AccessRule | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        offer.seal()
        self.offer = offer
        self._authenticator = authenticator
        self._audit = audit
        self._rule = rule or AccessRule()
        self._limits = limits
        self._dispatch = Dispatch(offer.services)
        self.requests_total = 0
        self.faults_total = 0

    async def answer(
        self,
        body: bytes,
        context: RequestContext,
        *,
        authorization: str = "",
        target: str = "",
        content_type: str = "",
    ) -> Answer:
        """Answer one request, whatever it is; `content_type` tells an envelope from a package with one.

        `authorization` is the HTTP header of that name, `target` the request's target as sent, both for
        digest authentication; an identity that `context` already has (a client certificate, a session) is
        taken as it is.
        """
        self.requests_total += 1
        addressing: Addressing | None = None
        try:
            told = await self._received(body, content_type)
            addressing = told.envelope.addressing
            request = self._dispatch.among(told)
            found = self.offer.find(request.operation)
            if found is None:
                raise ActionNotSupported(f"{request.operation.name} is not offered by this device")
            operation, answerer = found
            identity = self._admitted(
                operation, request, context, body, authorization, target or context.path
            )
            known = msgspec.structs.replace(context, identity=identity, addressing=addressing)
            response = await answerer(request.decode(), known)
            if operation.access in _AUDITED:
                self._record(operation, identity, context, "done")
            content = response_envelope(operation, response, addressing)
            return Answer(200, *carried(content, response)) if content else Answer(202, "", b"")
        except _LoginNeeded as refusal:
            return self._challenge(refusal, addressing)
        except Exception as error:  # noqa: BLE001 (the request dispatcher: everything becomes a fault)
            return self._refusal(error, addressing)

    def challenge(self) -> Answer:
        """What somebody is answered who calls nothing yet, but waits to be asked for a login."""
        return self._challenge(_LoginNeeded("a login is needed", self._authenticator.challenges()), None)

    async def _received(self, body: bytes, content_type: str) -> Received:
        read = partial(received, body, self._limits, content_type=content_type)
        return await asyncio.to_thread(read) if len(body) > LARGE_BYTES else read()

    def _admitted(
        self,
        operation: AnyOperation,
        request: IncomingRequest,
        context: RequestContext,
        body: bytes,
        authorization: str,
        target: str,
    ) -> Identity:
        """Who asks, if they may; else raises. Source: Core, Authentication over HTTP (26.06 §5.9.1)."""
        if operation.access is Access.PRE_AUTH:
            return context.identity
        identity = context.identity
        if request.security is not None and is_basic(authorization):
            authorization = ""  # gSOAP adds it unasked where the address that it was given holds a password
        if identity.login is Login.NONE and authorization:
            identity = self._by_digest(authorization, target, context, body)
        token = _token(request)
        if token is not None and (self._authenticator.accepts_tokens or identity.login is Login.NONE):
            identity = self._by_token(token, context)
        if identity.login is Login.NONE:
            raise _LoginNeeded(f"{operation.name} needs a login", self._authenticator.challenges())
        if not self._rule.may_call(identity, operation):
            self._record(operation, identity, context, "forbidden")
            raise NotAuthorized(f"{identity.level} {identity.user_name!r} may not call {operation.name}")
        return identity

    def _by_digest(self, authorization: str, target: str, context: RequestContext, body: bytes) -> Identity:
        try:
            return self._authenticator.digest(authorization, "POST", target, context.peer, body=body)
        except NotAuthenticated as error:
            _log.debug("login refused: %s", error)
            raise _LoginNeeded("the login was refused", error.challenges) from error

    def _by_token(self, token: wsse.UsernameToken, context: RequestContext) -> Identity:
        if not self._authenticator.accepts_tokens:
            raise _LoginNeeded("log in over HTTP", self._authenticator.challenges())
        try:
            return self._authenticator.username_token(token, context.peer, is_secure=context.is_secure)
        except NotAuthenticated as error:
            _log.debug("login refused: %s", error)
            raise NotAuthorized("the UsernameToken was refused") from error

    def _record(
        self, operation: AnyOperation, identity: Identity, context: RequestContext, outcome: str
    ) -> None:
        self._audit.record(operation.name, user=identity.user_name, peer=context.peer, outcome=outcome)

    def _challenge(self, refusal: _LoginNeeded, addressing: Addressing | None) -> Answer:
        fault = to_soap(NotAuthorized(str(refusal)), "")
        headers = tuple(("WWW-Authenticate", each) for each in refusal.challenges)
        return Answer(401, CONTENT_TYPE, fault_envelope(fault, addressing), headers)

    def _refusal(self, error: Exception, addressing: Addressing | None) -> Answer:
        self.faults_total += 1
        if isinstance(error, SettingsNotSaved):  # the disk's fault, not ours; the log has it already
            error = Action(f"nothing has changed: {error}")
        incident = ""
        if not isinstance(error, _SPEAK_FOR_THEMSELVES):
            incident = secrets.token_hex(4)
            _log.error("incident %s", incident, exc_info=error)
        fault = to_soap(error, incident)
        return Answer(http_status(fault), CONTENT_TYPE, fault_envelope(fault, addressing))


def _token(request: IncomingRequest) -> wsse.UsernameToken | None:
    if request.security is None:
        return None
    try:
        return wsse.read_token(request.security)
    except wsse.MalformedToken as error:
        raise NotAuthorized(str(error)) from error
