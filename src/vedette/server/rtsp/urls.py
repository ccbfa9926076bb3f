"""RTSP URLs as clients write them: the path of a resource, and the track a control URL names."""

import re
from urllib.parse import unquote

_ADDRESS = re.compile(r"(?:rtspu?s?|https?|wss?)://[^/]*", re.IGNORECASE)
_TRACK = re.compile(r"[/?&]trackID=(\d{1,3})/?(?:$|[?&])", re.IGNORECASE)


def path_of(url: str) -> tuple[str, int | None]:
    """The decoded path without query, and the track number where the URL is a control URL.

    Clients put the control part behind the path or, where there is a query, before or behind that.
    """
    rest = _ADDRESS.sub("", url, count=1)
    track = None
    found = _TRACK.search(rest)
    if found:
        track = int(found[1])
        rest = rest[: found.start()]
    return unquote(rest.partition("?")[0]).rstrip("/") or "/", track


def base_of(url: str) -> str:
    """The Content-Base of a described URL: its path with a slash, so that `trackID=N` goes behind.

    The query stays out: whoever resolves a reference by the rules loses what stands before it.
    Source: RFC 3986 §5.2.
    """
    path = url.partition("?")[0]
    return path if path.endswith("/") else path + "/"
