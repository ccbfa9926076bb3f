"""The only way in for XML: bytes to a tree, within limits, without document types, entities or network."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from vedette.base.errors import LimitExceeded
from vedette.wire.message import MalformedMessage, XmlElement
from vedette.wire.namespaces import PREFIXES


class NotWellFormed(MalformedMessage):
    """The bytes are not XML, or not XML of a kind that is let in."""


class Limits(NamedTuple):
    """What a document may at most hold. The depth counts the root as 1 and cannot exceed 250."""

    size_bytes: int = 4 * 1024 * 1024
    depth: int = 64
    elements: int = 100_000
    attributes: int = 64  # of one element, namespace declarations aside
    attribute_chars: int = 64 * 1024


DEFAULT_LIMITS = Limits()

_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"'][^>]{0,100}\?>")
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,400}?\?>")
_UTF8 = frozenset(("utf-8", "utf8", "us-ascii", "ascii"))
_OTHER_ENCODINGS = frozenset(
    (
        *("iso-8859-1", "iso-8859-15", "windows-1252"),
        *("gb2312", "gbk", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr"),
    )
)
_BY_PREFIX = {prefix: namespace for namespace, prefix in PREFIXES.items()}
_WHITE = b" \t\r\n"


def parse(data: bytes, limits: Limits = DEFAULT_LIMITS, *, tolerant: bool = False) -> XmlElement:
    """The root of a document; comments and processing instructions are left out.

    UTF-8, UTF-16 and a few declared 8-bit and Asian encodings are read; white space before the XML
    declaration and zero bytes after the root are put up with. `tolerant` also takes a document that
    uses prefixes without declaring them, as some devices do: those of the standard get their own
    namespace, others none; and one that is no UTF-8 though it says so, as names that somebody typed
    make it: its bytes are taken for Latin-1, as in session descriptions.

    Raises LimitExceeded, or NotWellFormed for anything that is not acceptable XML.
    """
    if len(data) > limits.size_bytes:
        raise LimitExceeded(f"a document of {len(data)} bytes, at most {limits.size_bytes} are allowed")
    text = _as_utf8(data)
    if tolerant and not _is_utf8(text):
        text = text.decode("latin-1").encode()
    _refuse_document_type(text)
    root = _parsed(text, tolerant=tolerant)
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotWellFormed("a document type declaration")
    _check(root, text, limits)
    return root


def _as_utf8(data: bytes) -> bytes:
    """The document in UTF-8 without byte order mark, surrounding white space and XML declaration."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        data = _transcoded(data, "utf-16")
    elif data.startswith(b"<\x00"):
        data = _transcoded(data, "utf-16-le")
    elif data.startswith(b"\x00<"):
        data = _transcoded(data, "utf-16-be")
    else:
        data = data.removeprefix(BOM_UTF8).lstrip(_WHITE).removeprefix(BOM_UTF8)
        declared = _ENCODING.match(data)
        encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
        if encoding in _OTHER_ENCODINGS:
            data = _transcoded(data, encoding)
        elif encoding not in _UTF8 and not encoding.startswith("utf-16"):
            raise NotWellFormed(f"the encoding {encoding!r} is not supported")
    data = data.strip(_WHITE + b"\x00")
    declaration = _DECLARATION.match(data)
    return data[declaration.end() :] if declaration else data


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _transcoded(data: bytes, encoding: str) -> bytes:
    try:
        return data.decode(encoding).encode()
    except UnicodeError:
        raise NotWellFormed(f"bytes that are not {encoding}") from None


def _refuse_document_type(text: bytes) -> None:
    """Walk over what may stand before the root: white space, comments, processing instructions."""
    at, end = 0, len(text)
    while True:
        while at < end and text[at] in _WHITE:
            at += 1
        opening = text[at : at + 4]
        if opening.startswith(b"<?"):
            skipped, closing = 2, b"?>"
        elif opening == b"<!--":
            skipped, closing = 4, b"-->"
        else:
            break
        after = text.find(closing, at + skipped)
        if after < 0:
            raise NotWellFormed("not well-formed XML: the document ends before its root")
        at = after + len(closing)
    if opening.startswith(b"<!"):
        raise NotWellFormed("a document type declaration")
    if not opening.startswith(b"<"):
        raise NotWellFormed(f"not XML: begins with {text[at : at + 40]!r}" if at < end else "no XML at all")


def _parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


def _parsed(text: bytes, *, tolerant: bool) -> XmlElement:
    parser = _parser()
    try:
        return etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        problem = error
    if not tolerant or not _is_prefix_trouble(parser):
        raise NotWellFormed(f"not well-formed XML: {problem.msg}"[:300])
    parser = _parser(recover=True)
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise NotWellFormed(f"not well-formed XML: {error.msg}"[:300]) from None
    if root is None:
        raise NotWellFormed(f"not well-formed XML: {problem.msg}"[:300])
    for element in root.iter(etree.Element):
        _declare_prefixes(element)
    return root


def _is_prefix_trouble(parser: etree.XMLParser) -> bool:
    """Whether nothing but undeclared prefixes is wrong."""
    return all(entry.domain == etree.ErrorDomains.NAMESPACE for entry in parser.error_log)


def _declare_prefixes(element: XmlElement) -> None:
    """Give names with a prefix that nobody declared the standard's namespace of that prefix."""
    renamed = _declared_name(str(element.tag))
    if renamed is not None:
        element.tag = renamed
    for name, value in element.items():
        renamed = _declared_name(str(name))
        if renamed is not None:
            del element.attrib[name]
            element.set(renamed, value)


def _declared_name(name: str) -> str | None:
    """The name to be used instead, or None if the name is in order."""
    if name.startswith("{") or ":" not in name:
        return None
    local = name.rpartition(":")[2]  # of `a:b:c`, which is no name at all, only this much can be one
    namespace = _BY_PREFIX.get(name.partition(":")[0])
    if not local:
        return None
    return f"{{{namespace}}}{local}" if namespace else local


def _check(root: XmlElement, text: bytes, limits: Limits) -> None:
    """Hold a tree against the limits; what the bytes alone already show is not counted again."""
    most_elements = text.count(b"<")
    if most_elements > limits.depth and _deeper_than(limits.depth)(root):
        raise LimitExceeded(f"elements nested deeper than {limits.depth}")
    if most_elements > limits.elements:
        count = sum(1 for _ in _elements(root))
        if count > limits.elements:
            raise LimitExceeded(f"{count} elements, at most {limits.elements} are allowed")
    if text.count(b"=") > limits.attributes and _more_attributes_than(limits.attributes)(root):
        raise LimitExceeded(f"an element with more than {limits.attributes} attributes")
    if len(text) > limits.attribute_chars and _longer_attributes_than(limits.attribute_chars)(root):
        raise LimitExceeded(f"an attribute of more than {limits.attribute_chars} characters")


def _elements(root: XmlElement) -> Iterator[XmlElement]:
    return root.iter(etree.Element)


@lru_cache(maxsize=8)
def _deeper_than(depth: int) -> etree.XPath:
    return etree.XPath(f"boolean({'/*' * (depth + 1)})")


@lru_cache(maxsize=8)
def _more_attributes_than(count: int) -> etree.XPath:
    return etree.XPath(f"boolean(//*/@*[{count + 1}])")


@lru_cache(maxsize=8)
def _longer_attributes_than(length: int) -> etree.XPath:
    return etree.XPath(f"boolean(//@*[string-length() > {length}])")
