"""The one place where XML bytes are made: escaping, prefixes, and the declarations at the root."""

import re
from binascii import crc32
from collections.abc import Iterable
from typing import Protocol

from lxml import etree

from vedette.base.errors import CallerError
from vedette.wire.message import PrefixedText, XmlElement, XmlName
from vedette.wire.namespaces import PREFIXES

_UNWRITABLE = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
odd_in_text = re.compile(f"[&<>\r{_UNWRITABLE}]").search
odd_in_attribute = re.compile(f'[&<"\t\n\r{_UNWRITABLE}]').search
_unwritable = re.compile(f"[{_UNWRITABLE}]")
_find_unwritable = _unwritable.search
_is_prefix = re.compile(r"(?!xml)[A-Za-z_][A-Za-z0-9_.-]*").fullmatch
_TEXT_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_ATTRIBUTE_ESCAPES = {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_TEXT_TABLE = str.maketrans(_TEXT_ESCAPES)
_ATTRIBUTE_TABLE = str.maketrans(_ATTRIBUTE_ESCAPES)


def _refuse_unwritable(value: str) -> None:
    if found := _find_unwritable(value):
        raise CallerError(f"XML cannot carry U+{ord(found[0]):04X} in {value[:80]!r}")


def writable(value: str) -> str:
    """A text for people, with what XML cannot carry replaced by U+FFFD."""
    return _unwritable.sub("\ufffd", value)


def escape_text(value: str) -> str:
    """Text as element content; raises CallerError for characters that XML cannot carry."""
    if not odd_in_text(value):
        return value
    _refuse_unwritable(value)
    return value.translate(_TEXT_TABLE)


def escape_attribute(value: str) -> str:
    """Text as the inside of a double-quoted attribute; raises CallerError as `escape_text` does."""
    if not odd_in_attribute(value):
        return value
    _refuse_unwritable(value)
    return value.translate(_ATTRIBUTE_TABLE)


def prefix_of(namespace: str) -> str:
    """The prefix under which a declaration's namespace is written; a made-up but stable one if unknown."""
    return PREFIXES.get(namespace) or f"n{crc32(namespace.encode()):08x}"


def qualified(name: XmlName) -> str:
    """`prefix:local`, or `local` without a namespace."""
    return f"{prefix_of(name.namespace)}:{name.local}" if name.namespace else name.local


class DeclaresNamespaces(Protocol):
    """Whatever writes fixed prefixes and can say which."""

    @property
    def namespaces(self) -> frozenset[str]:
        """The namespaces whose prefixes it writes."""
        ...


def _declared(namespaces: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f' xmlns:{prefix}="{escape_attribute(namespace)}"'
        for prefix, namespace in namespaces
        if prefix != "xml"
    )


class XmlWriter:
    """Collects the pieces of one document; the root declares every namespace, under the fixed prefixes.

    The first piece must be the root's opening up to its name (`<env:Envelope`).
    """

    __slots__ = ("_at_root", "_extra", "_namespaces", "parts", "plans")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.plans: set[DeclaresNamespaces] = set()
        self._namespaces: set[str] = set()
        self._extra: dict[str, str] = {}
        self._at_root: dict[str, str] = {}

    def name(self, name: XmlName) -> str:
        """`prefix:local` of a name that only a value knows; its namespace is declared at the root."""
        namespace = name.namespace
        if not namespace:
            return name.local
        if namespace in PREFIXES:
            self._namespaces.add(namespace)
            return f"{PREFIXES[namespace]}:{name.local}"
        prefix = self._extra.get(namespace)
        if prefix is None:
            _refuse_unwritable(namespace)
            prefix = self._extra[namespace] = f"q{len(self._extra) + 1}"
        return f"{prefix}:{name.local}"

    def use(self, *namespaces: str) -> None:
        """Have the root declare these, which are written under `prefix_of`."""
        self._namespaces.update(namespaces)

    def tree(self, element: XmlElement) -> None:
        """Write a subtree as it is; it declares what it needs itself."""
        self.parts.append(etree.tostring(element, encoding="unicode", with_tail=False))

    def declarations(self, value: PrefixedText | None) -> str:
        """The declarations, each after a blank, that an element needs whose text uses its own prefixes."""
        if value is None:
            return ""
        wanted = {prefix: namespace for prefix, namespace in value.namespaces if _is_prefix(prefix)}
        if len(self.parts) == 1:
            self._at_root.update(wanted)
            return ""
        return _declared(wanted.items())

    def _merged(self, declared: list[tuple[str, str]]) -> Iterable[tuple[str, str]]:
        """The declarations together with those that the root's own text needs."""
        merged = dict(declared)
        for prefix, namespace in self._at_root.items():
            if merged.setdefault(prefix, namespace) != namespace:
                raise CallerError(
                    f"the prefix {prefix!r} of a text at the root means {merged[prefix]!r} there"
                )
        return merged.items()

    def finish(self) -> bytes:
        """The document in UTF-8, without an XML declaration."""
        namespaces = self._namespaces.union(*(plan.namespaces for plan in self.plans))
        declared = sorted((prefix_of(each), each) for each in namespaces)
        declared += [(prefix, each) for each, prefix in self._extra.items()]
        head = _declared(self._merged(declared))
        return "".join((self.parts[0], head, *self.parts[1:])).encode()
