"""Digest and basic access authentication for HTTP and RTSP: parse, format, compute, check; keeps no state."""

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from enum import StrEnum
from urllib.parse import unquote

import msgspec

from vedette.base.errors import LimitExceeded, PeerError

HEADER_MOST_CHARACTERS = 8192
PARAMETERS_MOST = 48
CHALLENGES_MOST = 16
SHA256_DIGITS = 64

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_SCHEME = re.compile(rf"({_TOKEN})(?=[\s,]|$)")
_TOKEN68 = re.compile(r"[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$))")
_PARAMETER = re.compile(rf'({_TOKEN})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))', re.DOTALL)
_SEPARATOR = re.compile(r"[\s,]*")
_ESCAPE = re.compile(r'\\(["\\])')
_COUNT = re.compile(r"[0-9A-Fa-f]{1,8}")
# What nearly every client writes, read in a third of the time that going piece by piece takes. It begins
# with a quoted value, so that it cannot be taken for a token68.
_PLAIN_PAIR = rf'{_TOKEN}=(?:"[^"\\]*"|[^\s,"]*)'
_PLAIN_DIGEST = re.compile(rf'Digest {_TOKEN}="[^"\\]*"(?:, ?{_PLAIN_PAIR})*')
_PLAIN_PARAMETER = re.compile(rf'({_TOKEN})=(?:"([^"]*)"|([^\s,"]*))')


class MalformedCredentials(PeerError):
    """An Authorization or WWW-Authenticate header that cannot be read."""


class UnknownScheme(PeerError):
    """An Authorization header of a scheme other than Digest and Basic."""


class Algorithm(StrEnum):
    """The hash of a digest, in the header's spelling. Source: RFC 7616 §3.2, §6.1."""

    MD5 = "MD5"
    MD5_SESSION = "MD5-sess"
    SHA256 = "SHA-256"
    SHA256_SESSION = "SHA-256-sess"
    SHA512_256 = "SHA-512-256"
    SHA512_256_SESSION = "SHA-512-256-sess"

    @property
    def is_session(self) -> bool:
        """The first hash also covers nonce and client nonce."""
        return self.value.endswith("-sess")

    def digest(self, text: bytes) -> str:
        """The hash as lower-case hexadecimal."""
        if self in (Algorithm.SHA256, Algorithm.SHA256_SESSION):
            return hashlib.sha256(text).hexdigest()
        if self in (Algorithm.SHA512_256, Algorithm.SHA512_256_SESSION):
            return hashlib.new("sha512_256", text).hexdigest()
        return hashlib.md5(text, usedforsecurity=False).hexdigest()


_ALGORITHMS = {algorithm.value.lower(): algorithm for algorithm in Algorithm}
_PREFERENCE = (
    Algorithm.SHA256,
    Algorithm.SHA256_SESSION,
    Algorithm.SHA512_256,
    Algorithm.SHA512_256_SESSION,
    Algorithm.MD5,
    Algorithm.MD5_SESSION,
)


class DigestChallenge(msgspec.Struct, frozen=True, kw_only=True):
    """What a server asks for. `qop` is empty for the oldest form (RFC 2069). Source: RFC 7616 §3.3."""

    realm: str
    nonce: str
    algorithm: Algorithm = Algorithm.MD5
    qop: tuple[str, ...] = ("auth",)
    opaque: str | None = None
    is_stale: bool = False

    def to_header(self) -> str:
        """The value of a WWW-Authenticate header."""
        parts = [f"Digest realm={_quoted(self.realm)}", f"nonce={_quoted(self.nonce)}"]
        if self.qop:
            parts.append(f"qop={_quoted(','.join(self.qop))}")
        if self.opaque is not None:
            parts.append(f"opaque={_quoted(self.opaque)}")
        # A parser of the oldest form stumbles over a parameter it does not know: MD5 is its default.
        if self.qop or self.algorithm is not Algorithm.MD5:
            parts.append(f"algorithm={self.algorithm.value}")
        if self.is_stale:
            parts.append("stale=true")
        return ", ".join(parts)


class BasicChallenge(msgspec.Struct, frozen=True, kw_only=True):
    """A server that asks for the password itself. Source: RFC 7617 §2."""

    realm: str

    def to_header(self) -> str:
        """The value of a WWW-Authenticate header."""
        return f"Basic realm={_quoted(self.realm)}"


Challenge = DigestChallenge | BasicChallenge


class DigestAuthorization(msgspec.Struct, frozen=True, kw_only=True):
    """What a client answers.

    `qop` None is the oldest form, without `cnonce` and count. `username` is the hash of name and realm
    when `is_username_hashed`. `count_text` is the count as it was sent, where that is not eight lower-case
    digits: what a client hashes is what it sends. Source: RFC 7616 §3.4.
    """

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: Algorithm = Algorithm.MD5
    qop: str | None = None
    count: int = 0
    cnonce: str | None = None
    opaque: str | None = None
    is_username_hashed: bool = False
    count_text: str = ""

    @property
    def shown_count(self) -> str:
        """The count as it stands in the header and in the hash."""
        return self.count_text or f"{self.count:08x}"

    def to_header(self) -> str:
        """The value of an Authorization header."""
        parts = [
            f"Digest username={_quoted(self.username)}",
            f"realm={_quoted(self.realm)}",
            f"nonce={_quoted(self.nonce)}",
            f"uri={_quoted(self.uri)}",
            f"response={_quoted(self.response)}",
        ]
        if self.qop is not None or self.algorithm is not Algorithm.MD5:
            parts.append(f"algorithm={self.algorithm.value}")
        if self.qop is not None:
            parts.append(f"qop={self.qop}, nc={self.shown_count}")
        if self.cnonce is not None:
            parts.append(f"cnonce={_quoted(self.cnonce)}")
        if self.opaque is not None:
            parts.append(f"opaque={_quoted(self.opaque)}")
        if self.is_username_hashed:
            parts.append("userhash=true")
        return ", ".join(parts)


class BasicAuthorization(msgspec.Struct, frozen=True, kw_only=True):
    """Name and password in the clear. Source: RFC 7617 §2."""

    username: str
    password: str

    def to_header(self) -> str:
        """The value of an Authorization header."""
        return "Basic " + b64encode(_bytes(f"{self.username}:{self.password}")).decode("ascii")


Authorization = DigestAuthorization | BasicAuthorization


def parse_challenges(values: Iterable[str]) -> tuple[Challenge, ...]:
    """Every challenge we can answer in the WWW-Authenticate headers `values`, in their order.

    Several may stand in one header. Unknown schemes and algorithms are left out; one without realm is
    taken with an empty one, a digest without nonce is left out. Raises MalformedCredentials for a
    header that is no list of challenges, LimitExceeded beyond the limits of this file.
    """
    challenges: list[Challenge] = []
    for value in values:
        for scheme, parameters in _schemes(value):
            challenge = _challenge(scheme, parameters)
            if challenge is not None:
                challenges.append(challenge)
    if len(challenges) > CHALLENGES_MOST:
        raise LimitExceeded(f"{len(challenges)} authentication challenges, more than {CHALLENGES_MOST}")
    return tuple(challenges)


def schemes_asked(values: Iterable[str]) -> tuple[str, ...]:
    """The schemes in the WWW-Authenticate headers `values` as people name them, such as `Digest SHA-512`.

    For messages: each once, without what cannot be read; never raises.
    """
    found: dict[str, None] = {}
    for value in values:
        try:
            schemes = _schemes(value)
        except PeerError:
            continue
        for scheme, parameters in schemes:
            shown = scheme.upper() if len(scheme) < 5 else scheme.capitalize()
            found[f"{shown[:40]} {parameters.get('algorithm', '')[:40]}".strip()] = None
    return tuple(found)


def parse_authorization(value: str) -> Authorization:
    """The credentials in an Authorization header.

    Raises UnknownScheme for anything but Digest and Basic, MalformedCredentials for what is
    incomplete, doubled or not computable, LimitExceeded beyond the limits of this file.
    """
    _check_size(value)
    scheme, _, rest = value.strip().partition(" ")
    match scheme.lower():
        case "basic":
            return _basic(rest.strip())
        case "digest":
            return _digest(value)
        case joined if joined.startswith("digestusername="):  # as node-onvif-ts writes it
            return _digest(f"Digest {value.strip()[len('Digest') :]}")
    raise UnknownScheme(f"authorization scheme {scheme[:40]!r}")


def is_basic(value: str) -> bool:
    """Whether an Authorization header is of the basic scheme, readable or not."""
    return value.lstrip()[:6].lower() == "basic "


def authorize(
    challenges: Sequence[Challenge],
    method: str,
    uri: str,
    user: str,
    password: str,
    *,
    cnonce: str,
    count: int = 1,
    is_basic_allowed: bool = False,
    body: bytes = b"",
) -> str | None:
    """The Authorization header that answers the best of `challenges`, or None when none can be answered.

    SHA-256 before SHA-512-256 (rarer, and got wrong more often) before MD5 before basic (which only goes
    out when `is_basic_allowed`). `auth-int` is used only where `auth` is not offered. `cnonce` is fresh
    randomness; `count` starts at 1 for each nonce.
    """
    challenge = preferred(challenges, is_basic_allowed=is_basic_allowed)
    if challenge is None:
        return None
    if isinstance(challenge, BasicChallenge):
        return BasicAuthorization(username=user, password=password).to_header()
    qop = _chosen_qop(challenge.qop)
    unsigned = DigestAuthorization(
        username=user,
        realm=challenge.realm,
        nonce=challenge.nonce,
        uri=uri,
        response="",
        algorithm=challenge.algorithm,
        qop=qop,
        count=0 if qop is None else count,
        cnonce=cnonce if qop is not None or challenge.algorithm.is_session else None,
        opaque=challenge.opaque,
    )
    ha1 = password_hash(user, challenge.realm, password, challenge.algorithm)
    return msgspec.structs.replace(unsigned, response=_response(unsigned, method, ha1, body)).to_header()


def preferred(challenges: Sequence[Challenge], *, is_basic_allowed: bool) -> Challenge | None:
    """The challenge that `authorize` answers."""
    digests = [each for each in challenges if isinstance(each, DigestChallenge) and _is_answerable(each)]
    if digests:
        return min(digests, key=lambda each: _PREFERENCE.index(each.algorithm))
    if is_basic_allowed:
        return next((each for each in challenges if isinstance(each, BasicChallenge)), None)
    return None


def verify(authorization: DigestAuthorization, method: str, password: str, *, body: bytes = b"") -> bool:
    """Whether the response was made with `password`, compared in constant time.

    Only the arithmetic: the caller has looked up the user, and checks realm, nonce, count, URI and
    whether it offered this algorithm. A user name sent as a hash is not covered; use `verify_hash`.
    """
    ha1 = password_hash(authorization.username, authorization.realm, password, authorization.algorithm)
    return verify_hash(authorization, method, ha1, body=body)


def verify_hash(authorization: DigestAuthorization, method: str, ha1: str, *, body: bytes = b"") -> bool:
    """As `verify`, with the hash that `password_hash` gives for the authorization's algorithm."""
    expected = _response(authorization, method, ha1, body)
    return hmac.compare_digest(_bytes(expected), _bytes(authorization.response.lower()))


def password_hash(user: str, realm: str, password: str, algorithm: Algorithm) -> str:
    """H(user:realm:password), which may be stored instead of the password. Source: RFC 7616 §3.4.2."""
    return algorithm.digest(_bytes(f"{user}:{realm}:{password}"))


def user_hash(user: str, realm: str, algorithm: Algorithm) -> str:
    """What a client sends for its name when it asks for `userhash`. Source: RFC 7616 §3.4.4."""
    return algorithm.digest(_bytes(f"{user}:{realm}"))


def _response(authorization: DigestAuthorization, method: str, ha1: str, body: bytes) -> str:
    digest = authorization.algorithm.digest
    nonce, cnonce = authorization.nonce, authorization.cnonce or ""
    if authorization.algorithm.is_session:
        ha1 = digest(_bytes(f"{ha1}:{nonce}:{cnonce}"))
    covered = f"{method}:{authorization.uri}"
    if authorization.qop == "auth-int":
        covered += f":{digest(body)}"
    ha2 = digest(_bytes(covered))
    if authorization.qop is None:
        return digest(_bytes(f"{ha1}:{nonce}:{ha2}"))
    return digest(_bytes(f"{ha1}:{nonce}:{authorization.shown_count}:{cnonce}:{authorization.qop}:{ha2}"))


def _chosen_qop(offered: tuple[str, ...]) -> str | None:
    if not offered:
        return None
    return "auth" if "auth" in offered else "auth-int"


def _is_answerable(challenge: DigestChallenge) -> bool:
    return not challenge.qop or "auth" in challenge.qop or "auth-int" in challenge.qop


def _challenge(scheme: str, parameters: dict[str, str]) -> Challenge | None:
    realm = parameters.get("realm", "")
    if scheme == "basic":
        return BasicChallenge(realm=realm)
    algorithm = _ALGORITHMS.get(parameters.get("algorithm", "MD5").lower())
    nonce = parameters.get("nonce")
    if scheme != "digest" or algorithm is None or nonce is None:
        return None
    qop = tuple(each.lower() for each in re.split(r"[\s,]+", parameters.get("qop", "")) if each)
    return DigestChallenge(
        realm=realm,
        nonce=nonce,
        algorithm=algorithm,
        qop=qop,
        opaque=parameters.get("opaque"),
        is_stale=parameters.get("stale", "").lower() == "true",
    )


def _basic(encoded: str) -> BasicAuthorization:
    try:
        raw = b64decode(encoded.encode("ascii"), validate=True)
    except ValueError:
        raise MalformedCredentials("basic credentials that are not base64") from None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    username, colon, password = text.partition(":")
    if not colon:
        raise MalformedCredentials("basic credentials without a colon")
    return BasicAuthorization(username=username, password=password)


def _digest(value: str) -> DigestAuthorization:
    parameters = _plain_parameters(value) or _parameters(value)
    response = _required(parameters, "response")
    # A client may answer our SHA-256 in the oldest form, which names no algorithm; its length tells then.
    unnamed = Algorithm.SHA256 if len(response) == SHA256_DIGITS else Algorithm.MD5
    algorithm = _ALGORITHMS.get(parameters.get("algorithm", unnamed).lower())
    if algorithm is None:
        raise MalformedCredentials(f"digest algorithm {parameters['algorithm'][:40]!r}")
    qop = parameters.get("qop")
    if qop is not None and (qop := qop.lower()) not in ("auth", "auth-int"):
        raise MalformedCredentials(f"digest qop {qop[:40]!r}")
    count_text = parameters.get("nc", "00000000")
    if not _COUNT.fullmatch(count_text):
        raise MalformedCredentials(f"digest count {count_text[:40]!r}")
    count = int(count_text, 16)
    if qop is not None and ("nc" not in parameters or "cnonce" not in parameters):
        raise MalformedCredentials("a digest with qop needs nc and cnonce")
    return DigestAuthorization(
        username=_username(parameters),
        realm=_required(parameters, "realm"),
        nonce=_required(parameters, "nonce"),
        uri=_required(parameters, "uri"),
        response=response,
        algorithm=algorithm,
        qop=qop,
        count=count,
        cnonce=parameters.get("cnonce"),
        opaque=parameters.get("opaque"),
        is_username_hashed=parameters.get("userhash", "").lower() == "true",
        count_text="" if count_text == f"{count:08x}" else count_text,
    )


def _plain_parameters(value: str) -> dict[str, str] | None:
    """The parameters of an ordinary header, or None where there is anything to think about."""
    if _PLAIN_DIGEST.fullmatch(value) is None:
        return None
    pairs = _PLAIN_PARAMETER.findall(value, len("Digest "))
    parameters = {name.lower(): quoted or bare for name, quoted, bare in pairs}
    return parameters if len(parameters) == len(pairs) <= PARAMETERS_MOST else None


def _parameters(value: str) -> dict[str, str]:
    schemes = _schemes(value, is_strict=True)
    if len(schemes) != 1:
        raise MalformedCredentials(f"{len(schemes)} sets of credentials in one header")
    return schemes[0][1]


def _username(parameters: dict[str, str]) -> str:
    extended = parameters.get("username*")
    if extended is None:
        return _required(parameters, "username")
    if "username" in parameters:
        raise MalformedCredentials("a digest with two user names")
    charset, _, rest = extended.partition("'")
    if charset.upper() != "UTF-8":
        raise MalformedCredentials(f"user name in charset {charset[:40]!r}")
    return unquote(rest.partition("'")[2])


def _required(parameters: dict[str, str], name: str) -> str:
    try:
        return parameters[name]
    except KeyError:
        raise MalformedCredentials(f"a digest without {name}") from None


def _schemes(value: str, *, is_strict: bool = False) -> list[tuple[str, dict[str, str]]]:
    """Split a header into schemes with their parameters; of a doubled one the first counts, unless strict."""
    _check_size(value)
    schemes: list[tuple[str, dict[str, str]]] = []
    position, end = _skip(value, 0), len(value)
    while position < end:
        parameter = _PARAMETER.match(value, position)
        if parameter is not None and schemes:
            _add(schemes[-1][1], parameter, is_strict=is_strict)
            position = _skip(value, parameter.end())
            continue
        scheme = _SCHEME.match(value, position)
        if scheme is None:
            raise MalformedCredentials(
                f"unreadable authentication header at {value[position : position + 40]!r}"
            )
        schemes.append((scheme[1].lower(), {}))
        if len(schemes) > CHALLENGES_MOST:
            raise LimitExceeded(f"more than {CHALLENGES_MOST} authentication schemes")
        position = _skip_blanks(value, scheme.end())
        blob = _TOKEN68.match(value, position)
        position = _skip(value, blob.end() if blob else position)
    return schemes


def _add(parameters: dict[str, str], found: re.Match[str], *, is_strict: bool) -> None:
    name = found[1].lower()
    if name in parameters:
        if is_strict:
            raise MalformedCredentials(f"{name[:40]} is given twice")
        return
    if len(parameters) >= PARAMETERS_MOST:
        raise LimitExceeded(f"more than {PARAMETERS_MOST} authentication parameters")
    # Many clients leave the backslash of DOMAIN\user as it is: only \" and \\ count as escapes.
    parameters[name] = found[3] if found[2] is None else _ESCAPE.sub(r"\1", found[2])


def _skip(value: str, position: int) -> int:
    found = _SEPARATOR.match(value, position)
    return found.end() if found else position


def _skip_blanks(value: str, position: int) -> int:
    while position < len(value) and value[position].isspace():
        position += 1
    return position


def _check_size(value: str) -> None:
    if len(value) > HEADER_MOST_CHARACTERS:
        raise LimitExceeded(
            f"authentication header of {len(value)} characters, more than {HEADER_MOST_CHARACTERS}"
        )


def _quoted(text: str) -> str:
    clean = "".join(character for character in text if character not in "\r\n\0")
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _bytes(text: str) -> bytes:
    """As on the wire; lone surrogates stand for bytes that are no UTF-8, as in arguments and headers."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
