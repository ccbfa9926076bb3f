"""The closures of which plans are made: reading and writing one kind of value."""

import re
from collections.abc import Callable, Container, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from vedette.wire.fields import Field
from vedette.wire.message import PrefixedText, XmlElement, XmlName
from vedette.wire.namespaces import PREFIXES
from vedette.wire.scalars import READERS, WRITERS, enum_reader
from vedette.wire.writer import XmlWriter

TextReader = Callable[[str], Any]

_BY_PREFIX = {prefix: namespace for namespace, prefix in PREFIXES.items()}
_PREFIX = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*):(?!:)")


class HeldText(NamedTuple):
    """A text that stands where readers expect an element: an attribute's value."""

    text: str
    element: XmlElement
    attribute: str

    @property
    def nsmap(self) -> Mapping[Any, str]:
        """The prefixes in force at the element."""
        return self.element.nsmap

    def get(self, name: str) -> str | None:
        """An attribute has no attributes."""
        return None


class HoldsText(Protocol):
    """An element, or an attribute's value together with the prefixes in force there."""

    @property
    def text(self) -> str | None:
        """The text."""
        ...

    @property
    def nsmap(self) -> Mapping[Any, str]:
        """Prefix to namespace; None for the default one."""
        ...


ElementReader = Callable[[Any, bool], Any]


def resolved_name(text: str, holder: HoldsText, *, tolerant: bool = False) -> XmlName:
    """The xs:QName that a text stands for where it stands; raises ValueError for an undeclared prefix.

    Tolerant, an undeclared prefix is taken for the standard's own namespace of that prefix.
    """
    words = text.split()
    if len(words) != 1:
        raise ValueError("not a qualified name")
    prefix, colon, local = words[0].partition(":")
    if not colon:
        prefix, local = "", prefix
    elif not prefix or not local or ":" in local:
        raise ValueError("not a qualified name")
    namespaces = holder.nsmap
    if not prefix:
        return XmlName(namespaces.get(None, ""), local)
    namespace = namespaces.get(prefix)
    if namespace is None and tolerant:
        namespace = _BY_PREFIX.get(prefix)
    if namespace is None:
        raise ValueError("undeclared prefix")
    return XmlName(namespace, local)


def prefixed_text(holder: HoldsText) -> PrefixedText:
    """A text with the namespaces of the prefixes that occur in it."""
    text = holder.text or ""
    found = set(_PREFIX.findall(text))
    if not found:
        return PrefixedText(text)
    namespaces = holder.nsmap
    return PrefixedText(
        text, tuple(sorted((prefix, namespaces[prefix]) for prefix in found if prefix in namespaces))
    )


def text_reader(kind: Any) -> TextReader | None:
    """How a value of a type is read from its text alone, or None where that is not enough."""
    if kind in READERS:
        return READERS[kind]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return enum_reader(kind)
    return None


def list_reader(kind: Any) -> ElementReader:
    """A reader of space separated values; tolerant, it leaves out those it cannot read."""
    read = text_reader(kind)

    def take(holder: HoldsText, tolerant: bool) -> tuple[Any, ...]:  # noqa: FBT001
        values = []
        for part in (holder.text or "").split():
            try:
                values.append(read(part) if read else resolved_name(part, holder, tolerant=tolerant))
            except ValueError:
                if not tolerant:
                    raise
        return tuple(values)

    return take


def name_reader(holder: HoldsText, tolerant: bool) -> XmlName:  # noqa: FBT001
    """Reads an xs:QName."""
    return resolved_name(holder.text or "", holder, tolerant=tolerant)


def taker(field: Field) -> ElementReader:
    """How a value is read that needs more than its text; not for messages."""
    if field.is_listed:
        return list_reader(field.type)
    if field.type is XmlName:
        return name_reader
    if field.type is PrefixedText:
        return lambda element, tolerant: prefixed_text(element)
    return lambda element, tolerant: element


def other_children(element: XmlElement, known: Container[str]) -> tuple[XmlElement, ...]:
    """The child elements that no field claims."""
    return tuple(child for child in element if isinstance(child.tag, str) and child.tag not in known)


def text_of(field: Field) -> Callable[[Any, XmlWriter], str]:
    """A field's value as text, not yet escaped."""
    if field.type is XmlName:
        one: Callable[[Any, XmlWriter], str] = _name_text
    elif field.type is PrefixedText:
        one = lambda value, out: value.text  # noqa: E731
    elif field.type in WRITERS:
        convert = WRITERS[field.type]
        one = lambda value, out: convert(value)  # noqa: E731
    else:
        one = lambda value, out: value  # noqa: E731
    if not field.is_listed:
        return one
    return lambda value, out: " ".join(one(each, out) for each in value)


def _name_text(value: XmlName, out: XmlWriter) -> str:
    return out.name(value)
