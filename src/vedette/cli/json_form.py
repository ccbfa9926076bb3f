"""Answers as JSON: the standard's names, the XML's meaning."""

from base64 import b64encode
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import msgspec

from vedette.wire.fields import Field, fields_of, names_beside
from vedette.wire.message import HexBytes, Message, PrefixedText, XmlElement, XmlName
from vedette.wire.namespaces import PREFIXES
from vedette.wire.scalars import write_datetime, write_duration
from vedette.wire.soap import name_of


def json_text(value: object, *, is_compact: bool = False) -> str:
    """A message, or anything made of messages and plain values, as JSON text."""
    raw = msgspec.json.encode(plain(value))
    return (raw if is_compact else msgspec.json.format(raw, indent=2)).decode()


def plain(value: Any) -> Any:
    """Messages become objects with the standard's names; what is absent is left out.

    Times are ISO 8601, durations xs:duration, bytes base64 or hexadecimal as on the wire, qualified names
    `prefix:name` with the usual prefix, open content objects with local names. What travelled beside a
    message is put in.
    """
    if isinstance(value, Message):
        return _object(value)
    for kind, form in _FORMS:
        if isinstance(value, kind):
            return form(value)
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def _object(value: Message) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for field in fields_of(type(value)):
        held = getattr(value, field.name)
        if held is None or held == ():
            continue
        if field.kind == "anything":
            _add_elements(made, held)
        else:
            made[_key(field)] = plain(held)
    for name in names_beside(type(value)):
        if getattr(value, name) is not None:
            made[name] = plain(getattr(value, name))
    return made


def _add_elements(made: dict[str, Any], elements: Iterable[XmlElement]) -> None:
    """Open content joins its parent; what occurs several times becomes a list."""
    for element in elements:
        name, form = name_of(element).local, _element(element)
        if name not in made:
            made[name] = form
        elif isinstance(made[name], list):
            made[name].append(form)
        else:
            made[name] = [made[name], form]


def _element(element: XmlElement) -> Any:
    """An element whose declaration is not known: its text, or attributes and children by local names."""
    children = [child for child in element if isinstance(child.tag, str)]
    text = (element.text or "").strip()
    if not children and not element.attrib:
        return text
    made: dict[str, Any] = {str(name).rpartition("}")[2]: value for name, value in element.attrib.items()}
    _add_elements(made, children)
    return {**made, "text": text} if text else made


def _key(field: Field) -> str:
    return field.xml.local if field.kind in ("element", "attribute") else field.name


def _qualified(name: XmlName) -> str:
    prefix = PREFIXES.get(name.namespace)
    return f"{prefix}:{name.local}" if prefix else name.clark


_FORMS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (PrefixedText, lambda value: value.text),
    (XmlName, _qualified),
    (Enum, lambda value: value.value),
    (datetime, write_datetime),
    (timedelta, write_duration),
    (HexBytes, lambda value: value.hex()),
    (bytes, lambda value: b64encode(value).decode("ascii")),
    (XmlElement, _element),
)
