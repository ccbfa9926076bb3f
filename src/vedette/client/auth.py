"""Logging in at a device: flows as generators, which yield what to send and are sent what came back."""

import secrets
from collections.abc import Generator
from typing import Protocol, TypeAlias
from urllib.parse import urlsplit

import msgspec

from vedette.base.errors import PeerError
from vedette.contract.envelope import from_soap
from vedette.contract.faults import Fault, NotAuthorized
from vedette.protocols import wsse
from vedette.protocols.http1 import digest
from vedette.wire import soap
from vedette.wire.message import XmlElement
from vedette.wire.parser import parse

TOKEN_NONCE_BYTES = 16
ATTEMPTS_MOST = 4


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def target(self) -> str:
        """What stands in the request line: path and query."""
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP response; header names are in lower case and may occur several times."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        """The first header of that (lower-case) name, or an empty text."""
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        """Every header of that (lower-case) name."""
        return [value for key, value in self.headers if key == name]


class Login:
    """Name and password for one device, and what was learnt about how it wants them.

    Digest challenges are answered beforehand once they are known, with a rising count. `is_basic_allowed`
    lets the password itself out where the device asks for nothing better, and only to https addresses.
    """

    def __init__(self, user: str, password: str, *, is_basic_allowed: bool = False) -> None:
        self.user = user
        self.password = password
        self.is_basic_allowed = is_basic_allowed
        self.wants_token = False
        self.is_settled = False  # digest worked
        self.is_basic_refused = False  # the device wants the password itself, which it does not get
        self.unknown_schemes: tuple[str, ...] = ()  # what it asks for, where none of that can be done
        self._challenges: tuple[digest.Challenge, ...] = ()
        self._count = 0

    def __repr__(self) -> str:
        return f"Login({self.user!r})"

    @property
    def has_credentials(self) -> bool:
        """Whether there is anything to log in with."""
        return bool(self.user)

    def authorization(self, request: Request) -> tuple[tuple[str, str], ...]:
        """The header that answers the challenges known so far; none where there are none."""
        if not self.has_credentials or not self._challenges:
            return ()
        self._count += 1
        value = digest.authorize(
            self._challenges,
            request.method,
            request.target,
            self.user,
            self.password,
            cnonce=secrets.token_hex(8),
            count=self._count,
            is_basic_allowed=self._may_show(request),
            body=request.body,
        )
        return () if value is None else (("Authorization", value),)

    def learn(self, reply: Reply, request: Request) -> bool:
        """Take in the challenges of a 401 to `request`; whether one of them can be answered.

        The count goes on where the nonce is the one known before, as two requests may learn it at once.
        """
        before = self._nonce
        try:
            asked = digest.parse_challenges(reply.all("www-authenticate"))
        except PeerError:
            asked = ()
        may_show = self._may_show(request)
        self._challenges = tuple(
            each for each in asked if may_show or not isinstance(each, digest.BasicChallenge)
        )
        self.is_basic_refused = bool(asked) and not self._challenges
        self.unknown_schemes = () if asked else digest.schemes_asked(reply.all("www-authenticate"))
        if self._nonce != before:
            self._count = 0
        return self.can_answer

    @property
    def can_answer(self) -> bool:
        """Whether the device asked for a login over HTTP that can be given."""
        return digest.preferred(self._challenges, is_basic_allowed=self.is_basic_allowed) is not None

    @property
    def _nonce(self) -> str:
        chosen = digest.preferred(self._challenges, is_basic_allowed=False)
        return chosen.nonce if isinstance(chosen, digest.DigestChallenge) else ""

    def _may_show(self, request: Request) -> bool:
        return self.is_basic_allowed and request.url.lower().startswith("https:")

    @property
    def is_stale(self) -> bool:
        """Whether the device said that only the nonce was too old, not the password wrong."""
        return any(isinstance(each, digest.DigestChallenge) and each.is_stale for each in self._challenges)


Flow: TypeAlias = Generator[Request, Reply, Reply]


class MakesRequest(Protocol):
    """Makes a SOAP request, with a UsernameToken in it or without."""

    def __call__(self, *, with_token: bool) -> Request:
        """A request that was not sent before."""
        ...


def http_flow(login: Login, request: Request) -> Flow:
    """Send a request, logging in over HTTP when asked to; returns the last reply, a 401 if all was in vain.

    A challenge kept from before may have grown old, whether the device says so or not; one given for
    this very request and refused means a wrong login, unless it is called stale: a wrong password is not
    tried again and again, for that would lock the user out.
    """
    is_fresh = False
    for _ in range(ATTEMPTS_MOST):
        authorization = login.authorization(request)
        reply = yield msgspec.structs.replace(request, headers=(*request.headers, *authorization))
        if reply.status != 401:
            login.is_basic_refused, login.unknown_schemes = False, ()
            login.is_settled = login.is_settled or (bool(authorization) and reply.status < 300)
            return reply
        is_refused = bool(authorization) and is_fresh
        if not login.learn(reply, request) or not login.has_credentials:
            return reply
        if is_refused and not login.is_stale:
            return reply
        is_fresh = True
    return reply


def soap_flow(login: Login, request: MakesRequest) -> Flow:
    """Send a SOAP request, logging in the way the device wants it: over HTTP, or by a UsernameToken.

    A token is shown once the device refused to do without; from then on
    at once. Source: Core, Authentication (26.06 §5.9.1).
    """
    reply = yield from http_flow(login, request(with_token=login.wants_token))
    if login.wants_token or login.is_settled or not login.has_credentials or not is_refusal(reply):
        return reply
    if login.can_answer and (reply.status == 401 or _fault_in(reply) is None):
        return reply  # a wrong password, which a token would only show once more
    second = yield from http_flow(login, request(with_token=True))
    login.wants_token = not is_refusal(second)
    return second


def is_refusal(reply: Reply) -> bool:
    """Whether a reply means that a login is missing, wrong or not enough."""
    if reply.status == 401:
        return True
    if reply.status not in (400, 403, 500):
        return False
    fault = _fault_in(reply)
    return reply.status == 403 if fault is None else isinstance(fault, NotAuthorized)


def _fault_in(reply: Reply) -> Fault | None:
    if not reply.body:
        return None
    try:
        body = soap.read_envelope(parse(reply.body, tolerant=True), tolerant=True).body
    except PeerError:
        return None
    return from_soap(soap.read_fault(body)) if body is not None and soap.is_fault(body) else None


def security_header(login: Login, utc_us: int) -> XmlElement:
    """A fresh UsernameToken; `utc_us` is the time on the device's clock."""
    nonce = secrets.token_bytes(TOKEN_NONCE_BYTES)
    return wsse.token_header(login.user, login.password, nonce=nonce, created_utc_us=utc_us)
