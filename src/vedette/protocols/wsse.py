"""WS-UsernameToken: read the header, compute its digest, build it for a client."""

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime

import msgspec
from lxml import etree

from vedette.base.errors import PeerError
from vedette.base.timestamps import datetime_from_utc_us, utc_us_from_datetime
from vedette.wire.namespaces import WSSE, WSU

_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"
PASSWORD_DIGEST = f"{_PROFILE}#PasswordDigest"
PASSWORD_TEXT = f"{_PROFILE}#PasswordText"
BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
TEXT_MOST = 1024


class MalformedToken(PeerError):
    """A Security header whose UsernameToken cannot be used; the message says what is wrong with it."""


class UsernameToken(msgspec.Struct, frozen=True, kw_only=True):
    """What a client shows: its name, a password or a digest of it, and what makes the token unique.

    `created` is the text as sent, which the digest covers; `created_utc_us` its meaning, a time without
    a zone taken as UTC.
    """

    username: str
    password: str
    is_digest: bool
    nonce: bytes
    created: str
    created_utc_us: int

    @property
    def unique(self) -> bytes:
        """What no two tokens of a client share, as the digest takes it: nonce and creation time in one piece.

        The nonce alone is not it: clients count from small numbers, each of their processes anew. The two
        are not kept apart either, since a digest says nothing of where the one ends and the other begins.
        """
        return self.nonce + self.created.encode()

    def __repr__(self) -> str:
        kind = "digest" if self.is_digest else "text"
        return f"UsernameToken({self.username!r}, {kind}, {self.created!r})"


def password_digest(nonce: bytes, created: str, password: str) -> str:
    """Base64 of SHA-1 over nonce, creation time and password. Source: WS-UsernameToken 1.0 §3.1."""
    digest = hashlib.sha1(nonce + created.encode() + password.encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def verify(token: UsernameToken, password: str) -> bool:
    """Whether the token was made with `password`, compared in constant time."""
    expected = password_digest(token.nonce, token.created, password) if token.is_digest else password
    return hmac.compare_digest(expected.encode(), token.password.encode())


def read_token(security: etree._Element) -> UsernameToken | None:
    """The UsernameToken in a wsse:Security header, or None where there is none.

    Raises MalformedToken when name, password, nonce or creation time is missing or unreadable: Core
    (26.06 §5.9.5) demands nonce and creation time in every token. A password without a type is text.
    """
    token = security.find(f"{{{WSSE}}}UsernameToken")
    if token is None:
        return None
    password = token.find(f"{{{WSSE}}}Password")
    if password is None:
        raise MalformedToken("a UsernameToken without Password")
    kind = (password.get("Type") or PASSWORD_TEXT).strip()
    # Some clients write only the fragment, or the fragment of another draft's address.
    suffix = kind.rpartition("#")[2]
    if suffix not in ("PasswordDigest", "PasswordText"):
        raise MalformedToken(f"a UsernameToken with a password of type {kind[:100]!r}")
    created = _text(token, f"{{{WSU}}}Created")
    return UsernameToken(
        username=_text(token, f"{{{WSSE}}}Username"),
        password=_bounded(password.text or ""),
        is_digest=suffix == "PasswordDigest",
        nonce=_decoded(_text(token, f"{{{WSSE}}}Nonce")),
        created=created,
        created_utc_us=_instant(created.strip()),
    )


def token_header(username: str, password: str, *, nonce: bytes, created_utc_us: int) -> etree._Element:
    """A wsse:Security header with a digest token; `nonce` is fresh randomness, 16 bytes or more."""
    moment = datetime_from_utc_us(created_utc_us)
    created = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    security = etree.Element(f"{{{WSSE}}}Security", nsmap={"wsse": WSSE, "wsu": WSU})
    token = etree.SubElement(security, f"{{{WSSE}}}UsernameToken")
    etree.SubElement(token, f"{{{WSSE}}}Username").text = username
    digest = etree.SubElement(token, f"{{{WSSE}}}Password", Type=PASSWORD_DIGEST)
    digest.text = password_digest(nonce, created, password)
    etree.SubElement(token, f"{{{WSSE}}}Nonce", EncodingType=BASE64).text = base64.b64encode(nonce).decode(
        "ascii"
    )
    etree.SubElement(token, f"{{{WSU}}}Created").text = created
    return security


def _text(token: etree._Element, tag: str) -> str:
    element = token.find(tag)
    if element is None or not (element.text or "").strip():
        raise MalformedToken(f"a UsernameToken without {tag.rpartition('}')[2]}")
    return _bounded(element.text or "")


def _bounded(text: str) -> str:
    if len(text) > TEXT_MOST:
        raise MalformedToken(f"a UsernameToken with a text of {len(text)} characters")
    return text


def _decoded(text: str) -> bytes:
    try:
        nonce = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise MalformedToken(f"a UsernameToken with the nonce {text[:100]!r}, which is not base64") from None
    if not nonce:
        raise MalformedToken("a UsernameToken with an empty nonce")
    return nonce


def _instant(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
        return utc_us_from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise MalformedToken(f"a UsernameToken created at {text[:100]!r}, which is no time") from None
