"""RTSP URLs: credentials taken out, control URLs of a description resolved as real cameras mean them."""

import re
from typing import NamedTuple
from urllib.parse import unquote

from vedette.base.errors import VedetteError
from vedette.protocols.sdp import SessionDescription

_ABSOLUTE = re.compile(r"(rtspu?|rtsps|https?|wss?)://", re.IGNORECASE)
_RTSP = re.compile(r"rtsps?://[^/?#\s]+", re.IGNORECASE)
_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)(.*)", re.DOTALL)
_BAD = re.compile(r"[\x00-\x20\x7f]")


class BadUrl(VedetteError):
    """Not a URL that one could connect to."""


class Target(NamedTuple):
    """Where a URL leads, without its credentials, and the credentials, decoded."""

    url: str
    user: str | None
    password: str | None


def without_credentials(url: str) -> Target:
    """Split `rtsp://user:password@host/…`; raises BadUrl for what is no URL with a host.

    The last `@` of the authority counts, since passwords are often written without escapes.
    """
    found = _PARTS.fullmatch(url.strip())
    if found is None or _BAD.search(url.strip()):
        raise BadUrl("not a URL of the form rtsp://host/path")
    scheme, authority, path = found.groups()
    credentials, at, host = authority.rpartition("@")
    if not host:
        raise BadUrl("a URL without a host")
    user, colon, password = credentials.partition(":")
    return Target(
        url=f"{scheme}{host}{path}",
        user=unquote(user) if at else None,
        password=unquote(password) if colon else None,
    )


def base_url(request_url: str, content_base: str | None, content_location: str | None) -> str:
    """What relative control URLs are relative to: Content-Base, Content-Location, the request's URL.

    A header that is no RTSP URL is passed over; cameras send paths, blanks and placeholders there.
    Source: RFC 2326 C.1.1.
    """
    for candidate in (content_base, content_location):
        if candidate and _RTSP.match(candidate.strip()) and not _BAD.search(candidate.strip()):
            return _stripped(candidate.strip())
    return request_url


def control_url(base: str, control: str | None) -> str:
    """The URL that a control attribute means.

    None, an empty one and `*` mean the base; an absolute one itself. A relative one is put behind the
    base, a slash between, also where the base has a query (`…?channel=1&subtype=0/trackID=1`): that is
    what devices expect, though RFC 3986 would replace the base's last segment. One that repeats the
    base's path from the root replaces it.
    """
    text = _BAD.sub("", control or "")
    if text in ("", "*"):
        return base
    if _ABSOLUTE.match(text):
        return _stripped(text)
    found = _PARTS.fullmatch(base)
    if text.startswith("/") and found is not None:
        path = found[3].split("?")[0].rstrip("/")
        if path and (text == path or text.startswith((f"{path}/", f"{path}?"))):
            return f"{found[1]}{found[2]}{text}"
    if text.startswith("?"):
        return base + text
    return f"{base.rstrip('/')}/{text.lstrip('/')}"


def moved_url(request_url: str, location: str) -> str:
    """Where a redirection leads: cameras also send a mere path, though RFC 2326 §12.25 wants the whole."""
    found = _PARTS.fullmatch(request_url)
    text = location.strip()
    return f"{found[1]}{found[2]}{text}" if found is not None and text.startswith("/") else text


def aggregate_url(base: str, sdp: SessionDescription) -> str:
    """The URL that controls all streams of a description together."""
    return control_url(base, sdp.control)


def track_urls(base: str, sdp: SessionDescription) -> tuple[str, ...]:
    """The URL of each media section, in their order."""
    return tuple(control_url(base, media.control) for media in sdp.media)


def _stripped(url: str) -> str:
    try:
        return without_credentials(url).url
    except BadUrl:
        return url
