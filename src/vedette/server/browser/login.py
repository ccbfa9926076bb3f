"""Who uses the page: HTTP digest once, then a signed cookie, since WebSockets carry no digest."""

import hmac
import secrets
from collections.abc import Callable
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie

from vedette.base.clock import Clock
from vedette.contract.operation import Access
from vedette.contract.schema.security import UserLevel
from vedette.security.authentication import ANONYMOUS, Authenticator, Identity, Login, NotAuthenticated
from vedette.security.policy import ViewingPolicy, allowed
from vedette.server.http import HttpRequest, HttpResponse, plain_response

COOKIE = "vedette"
LIFE_S = 12 * 3600


class LoginWanted(Exception):
    """The request needs a login that it does not have; `response` says so."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__("a login is needed")
        self.response = response


class PageLogin:
    """Finds out who asks, for everything that is not SOAP or RTSP.

    Cookies are signed with a key that lives as long as the process and are good for `LIFE_S`; they name
    the user, whose rights are looked up anew at each request.
    """

    def __init__(
        self,
        authenticator: Authenticator,
        policy: ViewingPolicy,
        level_of: Callable[[str], UserLevel | None],
        clock: Clock,
        key: bytes | None = None,
    ) -> None:
        self._authenticator = authenticator
        self._policy = policy
        self._level_of = level_of
        self._clock = clock
        self._key = key or secrets.token_bytes(32)

    def require(self, request: HttpRequest, access: Access) -> Identity:
        """Who asks, if they may; raises LoginWanted."""
        if access is Access.READ_MEDIA and self._policy.is_open:
            return ANONYMOUS
        identity = self._identify(request)
        if allowed(identity.level, access):
            return identity
        if identity is ANONYMOUS:
            raise LoginWanted(self._challenge(self._authenticator.challenges()))
        raise LoginWanted(plain_response(403, f"{identity.user_name} may not do that"))

    def cookie_for(self, identity: Identity, *, is_secure: bool) -> tuple[tuple[str, str], ...]:
        """The header that lets the page go on without digest; none for nobody."""
        if identity is ANONYMOUS:
            return ()
        until_s = self._clock.utc_us() // 1_000_000 + LIFE_S
        value = self._signed(f"{until_s}.{identity.user_name.encode().hex()}")
        flags = "; Secure" if is_secure else ""
        text = f"{COOKIE}={value}; Path=/; Max-Age={LIFE_S}; HttpOnly; SameSite=Strict{flags}"
        return (("Set-Cookie", text),)

    def _identify(self, request: HttpRequest) -> Identity:
        authorization = request.headers.get("authorization")
        if authorization:
            try:
                return self._authenticator.digest(
                    authorization, request.method, request.target, request.peer.host, body=request.body
                )
            except NotAuthenticated as refusal:
                raise LoginWanted(self._challenge(refusal.challenges)) from refusal
        return self._by_cookie(request)

    def _by_cookie(self, request: HttpRequest) -> Identity:
        try:
            found = SimpleCookie(request.headers.get("cookie")).get(COOKIE)
        except CookieError:
            return ANONYMOUS
        if found is None:
            return ANONYMOUS
        text, _, _ = found.value.rpartition(".")
        if not hmac.compare_digest(self._signed(text).encode(), found.value.encode()):
            return ANONYMOUS
        until_s, _, name_hex = text.partition(".")
        if int(until_s) < self._clock.utc_us() // 1_000_000:
            return ANONYMOUS
        name = bytes.fromhex(name_hex).decode()
        level = self._level_of(name)
        if level is None:
            return ANONYMOUS
        return Identity(user_name=name, level=level, login=Login.DIGEST)

    def _signed(self, text: str) -> str:
        return f"{text}.{hmac.new(self._key, text.encode(), sha256).hexdigest()}"

    def _challenge(self, challenges: tuple[str, ...]) -> HttpResponse:
        headers = tuple(("WWW-Authenticate", each) for each in challenges)
        kind = (("Content-Type", "text/plain; charset=utf-8"),)
        return HttpResponse(401, (*headers, *kind), b"log in as a user of this device\n")
