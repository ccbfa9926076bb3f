"""Who is asking: by digest, basic or WS-UsernameToken; against the users, the nonces and the lock-out."""

import hmac
from collections.abc import Callable
from enum import StrEnum
from urllib.parse import unquote

import msgspec

from vedette.base.clock import Clock
from vedette.base.errors import PeerError, VedetteError
from vedette.contract.schema.security import UserLevel
from vedette.protocols import wsse
from vedette.protocols.http1.digest import (
    Algorithm,
    BasicAuthorization,
    DigestAuthorization,
    DigestChallenge,
    parse_authorization,
    password_hash,
    user_hash,
    verify_hash,
)
from vedette.security.audit import Audit
from vedette.security.lockout import Lockout
from vedette.security.nonces import DigestNonces, NonceState, TokenRefused, UsedTokens
from vedette.security.users import User, Users

REALM = "vedette"
_NOBODY = User(name="", password="\0", level=UserLevel.ANONYMOUS)


class Login(StrEnum):
    """How somebody proved who they are."""

    NONE = "none"
    DIGEST = "digest"
    BASIC = "basic"
    USERNAME_TOKEN = "username-token"


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asking. `nonce` is the digest's, for `Authenticator.digest` on the same connection.

    `level` is the one whose rights the user has, `roles` are those of an extended user.
    """

    user_name: str
    level: UserLevel
    login: Login
    nonce: str = ""
    roles: tuple[str, ...] = ()


ANONYMOUS = Identity(user_name="", level=UserLevel.ANONYMOUS, login=Login.NONE)


def identity_of(user: User, login: Login, nonce: str = "") -> Identity:
    """A user who has logged in."""
    return Identity(user_name=user.name, level=user.standing, login=login, nonce=nonce, roles=user.roles)


class NotAuthenticated(VedetteError):
    """The credentials shown do not prove anything; the message is for our log, not for the peer.

    `challenges` are the WWW-Authenticate values to answer with 401 (empty for a refused UsernameToken,
    whose answer is 400 with the fault NotAuthorized). `is_stale` says that the password was right.
    """

    def __init__(self, reason: str, challenges: tuple[str, ...] = (), *, is_stale: bool = False) -> None:
        super().__init__(reason)
        self.challenges = challenges
        self.is_stale = is_stale


class Authenticator:
    """Checks credentials; the same users for every way in. Source: Core, Security (26.06 §5.9.1).

    `users` gives the present users at each call. `algorithms` are offered in this order.
    """

    def __init__(
        self,
        users: Callable[[], Users],
        clock: Clock,
        *,
        nonces: DigestNonces,
        tokens: UsedTokens,
        lockout: Lockout,
        audit: Audit,
        realm: str = REALM,
        algorithms: tuple[Algorithm, ...] = (Algorithm.SHA256, Algorithm.MD5),
        accepts_tokens: bool = True,
    ) -> None:
        self.realm = realm
        self.algorithms = algorithms
        self.accepts_tokens = accepts_tokens
        self._users = users
        self._clock = clock
        self._nonces = nonces
        self._tokens = tokens
        self._lockout = lockout
        self._audit = audit
        self._watchers: list[Callable[[str], None]] = []

    def watch_failures(self, watcher: Callable[[str], None]) -> None:
        """Call `watcher` with the peer's address whenever a login fails, also when it was locked out before
        anybody looked at the password; it must not raise.
        """
        self._watchers.append(watcher)

    def challenges(self, *, is_stale: bool = False, vouched_for: str | None = None) -> tuple[str, ...]:
        """The WWW-Authenticate values that ask for a login, one for each algorithm. Source: RFC 7616 §3.7.

        `vouched_for` is who has just proved to be that user, and gets a new nonce for an old one.
        """
        now_s = self._clock.monotonic_s()
        nonce = self._nonces.make(now_s)
        if vouched_for is not None:
            self._nonces.vouch(nonce, vouched_for, now_s)
        return tuple(
            DigestChallenge(realm=self.realm, nonce=nonce, algorithm=each, is_stale=is_stale).to_header()
            for each in self.algorithms
        )

    def digest(
        self,
        authorization: str,
        method: str,
        target: str,
        peer: str,
        *,
        body: bytes = b"",
        known: Identity | None = None,
    ) -> Identity:
        """Who made an HTTP or RTSP request, by its Authorization header; ANONYMOUS when that is empty.

        `target` is the request's target or URL, `peer` the client's address. `known` is who has logged in on
        this very connection before: of the nonce used for that, age and count are not looked at, so that a
        long RTSP session goes on. Whoever goes on with a nonce that has served this user is no guesser, and
        not locked out with those who guess the same name at the same address. Raises NotAuthenticated.
        """
        if not authorization:
            return ANONYMOUS
        try:
            shown = parse_authorization(_utf8(authorization))
        except PeerError as error:
            raise self._refusal(str(error)) from error
        if not isinstance(shown, DigestAuthorization):
            raise self._refusal("a password in the clear, which is not taken")
        user = self._named(shown)
        name = user.name if user is not None else shown.username
        is_known = known is not None and (known.nonce, known.user_name) == (shown.nonce, name)
        is_vouched = self._nonces.is_vouched(shown.nonce, name)
        is_locked_out = self._lockout.wait_s(name, peer, self._clock.monotonic_s()) > 0
        if is_locked_out and not (is_known or is_vouched):
            self._check_lockout(name, peer, Login.DIGEST)
        nonce_state = self._nonces.state(shown.nonce, self._clock.monotonic_s())
        self._check_meaning(shown, target, nonce_state)
        secret = password_hash(name, self.realm, (user or _NOBODY).password, shown.algorithm)
        is_right = verify_hash(shown, method, secret, body=body)
        if user is None or not is_right:
            self._nonces.doubt(shown.nonce)  # one guess is all that it could be good for
            raise self._failure(name, peer, Login.DIGEST)
        if not is_known:
            self._check_nonce(shown, nonce_state, name if is_vouched else None)
            self._nonces.vouch(shown.nonce, name, self._clock.monotonic_s())
        if not is_locked_out:  # or whoever goes on would set those free who guess
            self._lockout.succeeded(name, peer)
        return identity_of(user, Login.DIGEST, shown.nonce)

    def basic(self, authorization: str, peer: str, *, is_secure: bool) -> Identity:
        """Who made an HTTP request, by an Authorization header that shows the password in the clear.

        For programs that know nothing else; asked for it is never. It is taken only when the connection
        `is_secure`. Raises NotAuthenticated.
        """
        try:
            shown = parse_authorization(_utf8(authorization))
        except PeerError as error:
            raise self._refusal(str(error)) from error
        if not isinstance(shown, BasicAuthorization) or not is_secure:
            raise self._refusal("a password in the clear, which is not taken")
        self._check_lockout(shown.username, peer, Login.BASIC)
        user = self._users().get(shown.username)
        is_right = hmac.compare_digest(shown.password.encode(), (user or _NOBODY).password.encode())
        if user is None or not is_right:
            raise self._failure(shown.username, peer, Login.BASIC)
        self._lockout.succeeded(shown.username, peer)
        return identity_of(user, Login.BASIC)

    def username_token(self, token: wsse.UsernameToken, peer: str, *, is_secure: bool) -> Identity:
        """Who made a SOAP request, by its UsernameToken.

        A password in the clear is taken only when the connection `is_secure`. Raises NotAuthenticated
        without challenges.
        """
        if not self.accepts_tokens:
            raise NotAuthenticated("UsernameToken is switched off")
        if not token.is_digest and not is_secure:
            raise NotAuthenticated("a UsernameToken with its password in the clear, outside TLS")
        self._check_lockout(token.username, peer, Login.USERNAME_TOKEN)
        now_us = self._clock.utc_us()
        user = self._users().get(token.username)
        is_right = wsse.verify(token, (user or _NOBODY).password)
        if user is None or not is_right:
            raise self._failure(token.username, peer, Login.USERNAME_TOKEN)
        try:
            self._tokens.check_time(token.created_utc_us, now_us)
            self._tokens.use(token.username, token.unique, token.created_utc_us, now_us)
        except TokenRefused as error:
            self._audit.record(
                "login", user=token.username, peer=peer, outcome="refused", how="token", why=str(error)
            )
            raise NotAuthenticated(str(error)) from error
        self._lockout.succeeded(token.username, peer)
        return identity_of(user, Login.USERNAME_TOKEN)

    def _named(self, shown: DigestAuthorization) -> User | None:
        users = self._users()
        if not shown.is_username_hashed:
            return users.get(shown.username)
        wanted = shown.username.lower()
        return next(
            (user for user in users if user_hash(user.name, self.realm, shown.algorithm) == wanted), None
        )

    def _check_lockout(self, name: str, peer: str, login: Login) -> None:
        wait_s = self._lockout.wait_s(name, peer, self._clock.monotonic_s())
        if wait_s > 0:
            self._audit.record("login", user=name, peer=peer, outcome="locked out", wait_s=round(wait_s))
            self._tell_failure(peer)
            challenges = () if login is Login.USERNAME_TOKEN else self.challenges()
            raise NotAuthenticated(f"{name!r} is locked out for {peer} for {wait_s:.0f} s", challenges)

    def _check_meaning(self, shown: DigestAuthorization, target: str, nonce_state: NonceState) -> None:
        """Everything the arithmetic does not tell, and that a wrong password cannot be blamed for."""
        if shown.algorithm not in self.algorithms:
            raise self._refusal(f"a digest by {shown.algorithm}, which was not offered")
        if shown.realm != self.realm:
            raise self._refusal(f"a digest for the realm {shown.realm[:100]!r}")
        if not is_same_resource(shown.uri, target):
            raise self._refusal(f"a digest for {shown.uri[:200]!r} on a request for {target[:200]!r}")
        if nonce_state is NonceState.FOREIGN:
            # Made before we were started, or by somebody else: either way a new one is all it takes.
            raise self._refusal("a nonce that is not ours", is_stale=True)

    def _check_nonce(self, shown: DigestAuthorization, nonce_state: NonceState, heir: str | None) -> None:
        """`heir` is for whom the nonce was vouched for: once, for the one that takes its place."""
        now_s = self._clock.monotonic_s()
        if nonce_state is NonceState.STALE:
            self._nonces.doubt(shown.nonce)
            raise self._refusal("a nonce that is too old", is_stale=True, heir=heir)
        # The oldest form has no count (RFC 2069; live555 and GStreamer speak it): its nonce only ages.
        if shown.qop is not None and not self._nonces.use(shown.nonce, shown.count, now_s):
            raise self._refusal(f"count {shown.count} of a nonce, used before", is_stale=True)

    def _refusal(self, reason: str, *, is_stale: bool = False, heir: str | None = None) -> NotAuthenticated:
        challenges = self.challenges(is_stale=is_stale, vouched_for=heir)
        return NotAuthenticated(reason, challenges, is_stale=is_stale)

    def _failure(self, name: str, peer: str, login: Login) -> NotAuthenticated:
        self._lockout.failed(name, peer, self._clock.monotonic_s())
        self._audit.record("login", user=name, peer=peer, outcome="failed", how=login)
        self._tell_failure(peer)
        challenges = () if login is Login.USERNAME_TOKEN else self.challenges()
        return NotAuthenticated(f"a wrong name or password for {name!r} from {peer}", challenges)

    def _tell_failure(self, peer: str) -> None:
        for watcher in self._watchers:
            watcher(peer)


def is_same_resource(digest_uri: str, target: str) -> bool:
    """Whether a digest's URI may stand for a request's target, as real clients write the two.

    One may be absolute and the other a path, escapes may differ, the digest's query may be left out. In
    RTSP one may lie below the other: clients sign a track's SETUP with the stream's URL, or PLAY with
    the base URL that the description gave.
    """
    if digest_uri == target:
        return True
    signed_path, signed_query = _path_and_query(digest_uri)
    path, query = _path_and_query(target)
    if not _is_rtsp(target):
        return signed_path == path and signed_query in ("", query)
    # A track's name may be glued to a query: /cam?channel=1/trackID=0
    whole, signed_whole = f"{path}?{query}".rstrip("?"), f"{signed_path}?{signed_query}".rstrip("?")
    return _lies_below(whole, signed_whole) or _lies_below(signed_whole, whole)


def _lies_below(longer: str, shorter: str) -> bool:
    base = shorter.rstrip("/")
    return longer == base or (longer.startswith(base) and longer[len(base)] in "/?&")


def _is_rtsp(target: str) -> bool:
    return target[:4].lower() == "rtsp"


def _path_and_query(uri: str) -> tuple[str, str]:
    _, separator, rest = uri.partition("://")
    if separator and "?" not in uri.partition("://")[0]:
        _, slash, path = rest.partition("/")
        uri = slash + path
    path, _, query = uri.partition("?")
    return unquote(path) or "/", unquote(query)


def _utf8(header: str) -> str:
    """A header's text, which HTTP hands over byte by byte, as the UTF-8 that it most likely is."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header
