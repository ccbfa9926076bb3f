"""Answers as JSON: the standard's names, the XML's meaning."""

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import msgspec
from lxml import etree

from vedette.wire.fields import Field, fields_of
from vedette.wire.message import HexBytes, Message, PrefixedText, XmlElement, XmlName
from vedette.wire.namespaces import PREFIXES
from vedette.wire.scalars import write_datetime, write_duration


def json_text(value: object, *, is_compact: bool = False) -> str:
    """A message, or anything made of messages and plain values, as JSON text."""
    raw = msgspec.json.encode(plain(value))
    return (raw if is_compact else msgspec.json.format(raw, indent=2)).decode()


def plain(value: Any) -> Any:
    """Messages become objects with the standard's names; what is absent is left out.

    Times are ISO 8601, durations xs:duration, bytes base64 or hexadecimal as on the wire, qualified names
    `prefix:name` with the usual prefix, open content XML text.
    """
    if isinstance(value, Message):
        return {
            _key(field): plain(held)
            for field in fields_of(type(value))
            if _is_told(held := getattr(value, field.name))
        }
    for kind, form in _FORMS:
        if isinstance(value, kind):
            return form(value)
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def _key(field: Field) -> str:
    return field.xml.local if field.kind in ("element", "attribute") else field.name


def _is_told(value: Any) -> bool:
    return value is not None and value != ()


def _qualified(name: XmlName) -> str:
    prefix = PREFIXES.get(name.namespace)
    return f"{prefix}:{name.local}" if prefix else name.clark


def _xml(element: XmlElement) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)


_FORMS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (PrefixedText, lambda value: value.text),
    (XmlName, _qualified),
    (Enum, lambda value: value.value),
    (datetime, write_datetime),
    (timedelta, write_duration),
    (HexBytes, lambda value: value.hex()),
    (bytes, lambda value: b64encode(value).decode("ascii")),
    (XmlElement, _xml),
)
