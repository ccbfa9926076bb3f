"""Who uses the page: HTTP digest once, then a signed cookie, since WebSockets carry no digest."""

import hmac
import re
import secrets
from collections.abc import Callable
from hashlib import sha256
from ipaddress import ip_address

from vedette.base.clock import Clock
from vedette.security.authentication import (
    ANONYMOUS,
    Authenticator,
    Identity,
    Login,
    NotAuthenticated,
    identity_of,
)
from vedette.security.policy import AccessRule, Entrance
from vedette.security.users import User
from vedette.server.http import HttpRequest, HttpResponse, plain_response

COOKIE = "vedette"
LIFE_S = 12 * 3600
LOGIN_ADVICE = b"""log in as a user of this device; load this page anew to be asked again

The first user is admin. Its password was shown once, when Vedette was started for the first time.
To set another: restart Vedette with VEDETTE_ADMIN_PASSWORD=... in its environment.
After five wrong passwords a login is refused for a while, the right one too.
"""
# RFC 6265 §4.2.1; other cookies of the host stand beside ours, and some are odd.
_OURS = re.compile(r"(?:^|;)\s*" + COOKIE + r"=([0-9]{1,12})\.([0-9a-f]{2,512})\.([0-9a-f]{64})\s*(?=;|$)")


class LoginWanted(Exception):
    """The request needs a login that it does not have; `response` says so.

    `identity` is who has logged in and may not enter; ANONYMOUS where nobody has.
    """

    def __init__(self, response: HttpResponse, identity: Identity = ANONYMOUS) -> None:
        super().__init__("a login is needed")
        self.response = response
        self.identity = identity


class PageLogin:
    """Finds out who asks, for everything that is not SOAP or RTSP.

    Cookies are signed with a key that lives as long as the process and are good for `LIFE_S`, whatever the
    civil time, or until the user's password changes; they name the user, whose rights are looked up anew at
    each request.
    """

    def __init__(
        self,
        authenticator: Authenticator,
        rule: AccessRule,
        user_named: Callable[[str], User | None],
        clock: Clock,
        key: bytes | None = None,
    ) -> None:
        self._authenticator = authenticator
        self._rule = rule
        self._user_named = user_named
        self._clock = clock
        self._key = key or secrets.token_bytes(32)

    def require(self, request: HttpRequest, entrance: Entrance, *, takes_basic: bool = False) -> Identity:
        """Who asks, if they may enter; raises LoginWanted, also where a login is shown that is refused.

        `takes_basic` lets programs that know no digest show their password, over TLS or from this machine.
        """
        identity = self._identify(request, takes_basic=takes_basic)
        if self._rule.may_enter(identity, entrance):
            return identity
        if identity is ANONYMOUS:
            raise LoginWanted(self._challenge(self._authenticator.challenges()))
        raise LoginWanted(plain_response(403, f"{identity.user_name} may not do that"), identity)

    def may_enter(self, identity: Identity, entrance: Entrance) -> bool:
        """Whether somebody who was let in may have this, too."""
        return self._rule.may_enter(identity, entrance)

    def cookie_for(self, identity: Identity, *, is_secure: bool) -> tuple[tuple[str, str], ...]:
        """The header that lets the page go on without digest; none for nobody."""
        user = None if identity is ANONYMOUS else self._user_named(identity.user_name)
        if user is None:
            return ()
        until_s = int(self._clock.monotonic_s()) + LIFE_S
        text = f"{until_s}.{user.name.encode().hex()}"
        value = f"{text}.{self._signature(text, user)}"
        flags = "; Secure" if is_secure else ""
        text = f"{COOKIE}={value}; Path=/; Max-Age={LIFE_S}; HttpOnly; SameSite=Strict{flags}"
        return (("Set-Cookie", text),)

    def _identify(self, request: HttpRequest, *, takes_basic: bool) -> Identity:
        authorization = request.headers.get("authorization")
        if authorization:
            try:
                if takes_basic and authorization[:6].lower() == "basic ":
                    return self._authenticator.basic(
                        authorization, request.peer.host, is_secure=_is_private(request)
                    )
                return self._authenticator.digest(
                    authorization, request.method, request.target, request.peer.host, body=request.body
                )
            except NotAuthenticated as refusal:
                raise LoginWanted(self._challenge(refusal.challenges)) from refusal
        return self._by_cookie(request)

    def _by_cookie(self, request: HttpRequest) -> Identity:
        found = _OURS.search(request.headers.get("cookie") or "")
        if found is None:
            return ANONYMOUS
        until_s, name_hex, signature = found.groups()
        try:
            user = self._user_named(bytes.fromhex(name_hex).decode())
        except ValueError:
            return ANONYMOUS
        if user is None or not hmac.compare_digest(self._signature(f"{until_s}.{name_hex}", user), signature):
            return ANONYMOUS
        if int(until_s) < int(self._clock.monotonic_s()):
            return ANONYMOUS
        return identity_of(user, Login.DIGEST)

    def _signature(self, text: str, user: User) -> str:
        secret = hmac.digest(self._key, user.password.encode(), sha256)
        return hmac.new(secret, text.encode(), sha256).hexdigest()

    def _challenge(self, challenges: tuple[str, ...]) -> HttpResponse:
        headers = tuple(("WWW-Authenticate", each) for each in challenges)
        kind = (("Content-Type", "text/plain; charset=utf-8"),)
        return HttpResponse(401, (*headers, *kind), LOGIN_ADVICE)


def _is_private(request: HttpRequest) -> bool:
    """Whether nobody else can hear what is said: TLS, or no way at all.

    What a proxy on this machine passes on comes from here, too, and yet had a way.
    """
    if request.scheme == "https":
        return True
    if not request.is_peer_known:
        return False
    try:
        return ip_address(request.peer.host).is_loopback
    except ValueError:
        return False
