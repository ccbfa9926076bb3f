"""Multipart packages: an XML document and the parts that travel beside it, as one body of bytes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

from vedette.base.errors import CallerError
from vedette.wire.parser import NotWellFormed
from vedette.wire.scalars import read_base64

MULTIPART = "multipart/related"
XOP_DOCUMENT = "application/xop+xml"
OCTETS = "application/octet-stream"
ROOT_ID = "envelope@vedette"
PARTS_MOST = 64
HEADERS_MOST_BYTES = 8 << 10  # of one part

_PARAMETER = re.compile(r";\s*([\w!#$&^`|~.+-]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;\"]+))")
_BOUNDARY = re.compile(r"[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]", re.ASCII)
_REST_OF_LINE = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_FOLDED = re.compile(r"\r?\n[ \t]+")
_XML_TYPES = frozenset((XOP_DOCUMENT, "application/soap+xml", "text/xml", "application/xml"))
_UNCODED = frozenset(("", "binary", "8bit", "7bit"))


class NotAPackage(NotWellFormed):
    """The bytes are no multipart package, or end before it does."""


class Part(NamedTuple):
    """One part; `content_id` stands without its angle brackets and is empty where the part has none."""

    content_id: str
    content_type: str
    content: bytes


class Package(NamedTuple):
    """The XML document, and the other parts by their content ids."""

    root: bytes
    parts: Mapping[str, Part]


def is_multipart(content_type: str) -> bool:
    """Whether a Content-Type announces a package."""
    return content_type.partition(";")[0].strip().lower() == MULTIPART


def unpacked(body: bytes, content_type: str) -> Package:
    """Take a package apart; `content_type` is the header that came with it.

    Lines may end in CR LF or in LF alone. Raises NotAPackage for anything else than a whole package whose
    root is XML: a missing or second part of a name, an unknown transfer encoding, more than PARTS_MOST
    parts or HEADERS_MOST_BYTES of headers, and an end before the closing delimiter.

    Source: RFC 2046 §5.1; RFC 2387; XOP §4.1.
    """
    parameters = _parameters(content_type)
    boundary = parameters.get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise NotAPackage("multipart without a usable boundary")
    found = list(_parts(body, b"--" + boundary.encode("ascii")))
    if not found:
        raise NotAPackage("multipart without any part")
    root = _root(found, parameters.get("start", "").strip().strip("<>"))
    others: dict[str, Part] = {}
    for part in found:
        if part is root or not part.content_id:
            continue
        if part.content_id in others:
            raise NotAPackage(f"two parts are called {part.content_id!r}"[:200])
        others[part.content_id] = part
    return Package(root.content, others)


def packed(root: bytes, parts: Iterable[Part], *, root_type: str, action: str = "") -> tuple[str, bytes]:
    """A package of a document of media type `root_type` and other parts: its Content-Type and its bytes.

    `action` is the SOAP action, where the Content-Type shall tell it. The boundary follows from the
    content, so that the same package always has the same bytes. Raises CallerError for a line break in a
    part's name or type.
    """
    whole = (Part(ROOT_ID, f'{XOP_DOCUMENT}; charset=UTF-8; type="{root_type}"', root), *parts)
    boundary = _unused_boundary(whole)
    pieces: list[bytes] = []
    for each in whole:
        if {"\r", "\n"} & {*each.content_id, *each.content_type}:
            raise CallerError(f"a line break in the headers of part {each.content_id!r}")
        headers = (
            f"--{boundary}\r\nContent-Type: {each.content_type}\r\n"
            f"Content-Transfer-Encoding: binary\r\nContent-ID: <{each.content_id}>\r\n\r\n"
        )
        pieces += (headers.encode(), each.content, b"\r\n")
    pieces.append(f"--{boundary}--\r\n".encode())
    kind = (
        f'{MULTIPART}; boundary="{boundary}"; type="{XOP_DOCUMENT}"; start="<{ROOT_ID}>"; '
        f'start-info="{root_type}"'
    )
    return (f'{kind}; action="{action}"' if action else kind), b"".join(pieces)


def _unused_boundary(parts: Iterable[Part]) -> str:
    digest = sha256()
    for each in parts:
        digest.update(each.content)
    while True:
        boundary = f"part-{digest.hexdigest()[:40]}"
        if not any(boundary.encode() in each.content for each in parts):
            return boundary
        digest.update(b"again")


def _parameters(header: str) -> dict[str, str]:
    """The parameters of a media type, names in lower case; of a name given twice the first."""
    found: dict[str, str] = {}
    for name, quoted, token in _PARAMETER.findall(header):
        found.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or token)
    return found


def _parts(body: bytes, mark: bytes) -> Iterator[Part]:
    begin = -1
    for count, (before, after, is_last) in enumerate(_delimiters(body, mark)):
        if begin >= 0:
            yield _part(body, begin, before)
        if is_last:
            return
        if count >= PARTS_MOST:
            raise NotAPackage(f"more than {PARTS_MOST} parts")
        begin = after
    raise NotAPackage("the package ends before its closing delimiter")


def _delimiters(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Each delimiter line: where it begins, line break before it included, where it ends, if it closes."""
    at = body.find(mark)
    while at >= 0:
        after = at + len(mark)
        rest = _REST_OF_LINE.match(body, after)
        if rest is not None and (at == 0 or body[at - 1] == 0x0A):
            before = at - 2 if body[at - 2 : at] == b"\r\n" else at - 1
            yield max(before, 0), rest.end(), rest[1] is not None
        at = body.find(mark, after)


def _part(body: bytes, begin: int, end: int) -> Part:
    headers: dict[str, str] = {}
    if body[begin : begin + 1] == b"\n" or body[begin : begin + 2] == b"\r\n":
        begin = body.index(b"\n", begin) + 1  # no headers at all
    else:
        # Of a part without content the blank line may be the delimiter's own line break.
        blank = _BLANK_LINE.search(body, begin, min(end + 2, begin + HEADERS_MOST_BYTES))
        if blank is None:
            raise NotAPackage("a part whose headers do not end")
        headers = _headers(body[begin : blank.start()].decode("latin-1"))
        begin = blank.end()
    content = body[begin : max(begin, end)]
    encoding = headers.get("content-transfer-encoding", "").lower()
    if encoding == "base64":
        try:
            content = read_base64(content.decode("ascii"))
        except ValueError:
            raise NotAPackage("a part that is not the base64 it says") from None
    elif encoding not in _UNCODED:
        raise NotAPackage(f"transfer encoding {encoding!r}"[:100])
    identity = headers.get("content-id", "").strip("<>")
    return Part(identity, headers.get("content-type", OCTETS), content)


def _headers(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _FOLDED.sub(" ", text).splitlines():
        name, colon, value = line.partition(":")
        if not colon:
            raise NotAPackage(f"a header line without a colon: {line[:60]!r}")
        found.setdefault(name.strip().lower(), value.strip())
    return found


def _root(parts: list[Part], start: str) -> Part:
    root = next((each for each in parts if each.content_id == start), None) if start else parts[0]
    if root is None:
        raise NotAPackage(f"no part is the start {start!r}"[:200])
    kind = root.content_type.partition(";")[0].strip().lower()
    if kind not in _XML_TYPES:
        raise NotAPackage(f"the root is {kind!r}, not XML"[:200])
    return root
