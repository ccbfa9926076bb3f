"""`name=value` arguments to a request, typed by its declaration."""

import re
import time
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from vedette.base.errors import PeerError
from vedette.base.timestamps import datetime_from_utc_us
from vedette.cli.exits import CommandFailed, Exit
from vedette.cli.times import utc_us_of
from vedette.client.events import filter_element
from vedette.contract.schema.notification import Filter
from vedette.wire.attachments import INCLUDE, part_address
from vedette.wire.fields import Field, fields_of
from vedette.wire.filters import CONCRETE_SET, ITEM_FILTER
from vedette.wire.message import Message, PrefixedText, XmlElement, XmlName, xml_name
from vedette.wire.namespaces import PREFIXES
from vedette.wire.parser import parse
from vedette.wire.scalars import READERS

FILE_MOST_BYTES = 16 << 20
PART_MOST_BYTES = 256 << 20  # of a file beside the message: releases are large

_NUMBER = re.compile("[0-9]{1,9}")
_NAMESPACES = {prefix: namespace for namespace, prefix in PREFIXES.items()}
_FILTERS = {"topic": ("TopicExpression", CONCRETE_SET), "message": ("MessageContent", ITEM_FILTER)}


def built(cls: Any, arguments: Sequence[str]) -> Any:
    """The request that `arguments` describe; fails with what is wrong, unknown or missing."""
    held: dict[str, Any] = {}
    for argument in arguments:
        name, equals, text = argument.partition("=")
        if not equals or not name:
            raise _usage(f"{argument!r} is not of the form name=value")
        _put(cls, held, name.split("."), text, name)
    return _made(cls, held, "")


def _usage(message: str) -> CommandFailed:
    return CommandFailed(message, Exit.USAGE)


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def _shown(field: Field) -> str:
    return field.xml.local if field.kind in ("element", "attribute") else field.name


def _is_message(field: Field) -> bool:
    return isinstance(field.type, type) and issubclass(field.type, Message)


def _field(cls: Any, step: str, whole: str) -> Field:
    fields = fields_of(cls)
    for field in fields:
        if step in (field.name, _shown(field)):
            return field
    for field in fields:
        if _folded(step) in (_folded(field.name), _folded(_shown(field))):
            return field
    known = ", ".join(_shown(each) for each in fields) or "no arguments"
    raise _usage(f"{whole}: {cls.__name__} has no {step!r}; it has {known}")


def _put(cls: Any, held: dict[str, Any], steps: list[str], text: str, whole: str) -> None:
    """Note a text where its path leads."""
    if issubclass(cls, Filter) and _folded(steps[0]) in _FILTERS and len(steps) == 1:
        held.setdefault("content", []).append((_folded(steps[0]), text))
        return
    field = _field(cls, steps[0], whole)
    rest = steps[1:]
    if is_part(field.type):
        _put_part(field, held, rest, text, whole)
    elif _is_message(field):
        _put_inner(field, held, rest, text, whole)
    elif rest:
        raise _usage(f"{whole}: {_shown(field)} has nothing inside")
    elif field.is_many or field.is_listed:
        held.setdefault(field.name, []).append(text)
    elif field.name in held:
        raise _usage(f"{whole} is given twice, and it is not a list")
    else:
        held[field.name] = text


def _put_inner(field: Field, held: dict[str, Any], rest: list[str], text: str, whole: str) -> None:
    inner = _item(field, held, rest, whole) if field.is_many else held.setdefault(field.name, {})
    if field.is_many and rest and _NUMBER.fullmatch(rest[0]):
        rest = rest[1:]
    content = content_field(field.type)
    if rest:
        _put(field.type, inner, rest, text, whole)
    elif content is not None:
        if not text.startswith("@"):
            raise _usage(f"{whole}={text[:100]}: that is a file; write {whole}=@FILE")
        _put(field.type, inner, [content.name], text, whole)
    elif text:
        known = ", ".join(f"{whole}.{_shown(each)}" for each in fields_of(field.type))
        raise _usage(f"{whole} has values inside: {known or 'none; write ' + whole + '='}")


def is_part(kind: Any) -> bool:
    """Whether a type names content that travels beside the message."""
    return isinstance(kind, type) and issubclass(kind, Message) and xml_name(kind) == INCLUDE


def content_field(kind: Any) -> Field | None:
    """The field of a message class that holds a file, where that is all it needs."""
    needed = [field for field in fields_of(kind) if field.is_required]
    is_file = len(needed) == 1 and (needed[0].type is bytes or is_part(needed[0].type))
    return needed[0] if is_file else None


def _put_part(field: Field, held: dict[str, Any], rest: list[str], text: str, whole: str) -> None:
    if rest or not text.startswith("@"):
        name = whole.removesuffix("." + ".".join(rest)) if rest else whole
        raise _usage(f"{whole}={text[:100]}: a file travels beside the message; write {name}=@FILE")
    if field.name in held:
        raise _usage(f"{whole} is given twice, and it is not a list")
    held[field.name] = text


def _item(field: Field, held: dict[str, Any], rest: list[str], whole: str) -> dict[str, Any]:
    """Which item of a list of structures a path means: a numbered one, the last, or a new one."""
    items: list[dict[str, Any]] = held.setdefault(field.name, [])
    if rest and _NUMBER.fullmatch(rest[0]):
        number = int(rest[0])
        if number > len(items):
            raise _usage(f"{whole}: item {number} comes after {len(items)} others; numbers begin at 0")
        if number == len(items):
            items.append({})
        return items[number]
    if not items or not rest or _is_set(field.type, items[-1], rest, whole):
        items.append({})
    return items[-1]


def _is_set(cls: Any, held: dict[str, Any], steps: list[str], whole: str) -> bool:
    field = _field(cls, steps[0], whole)
    if field.name not in held or field.is_many or field.is_listed:
        return False
    if _is_message(field) and len(steps) > 1:
        return _is_set(field.type, held[field.name], steps[1:], whole)
    return True


def _made(cls: Any, held: dict[str, Any], path: str) -> Any:
    values = {}
    missing = []
    for field in fields_of(cls):
        if field.name in held:
            values[field.name] = _value(field, held[field.name], f"{path}{_shown(field)}")
        elif field.is_required:
            missing.append(f"{path}{_shown(field)}")
    if missing:
        raise _usage(f"{cls.__name__} needs {', '.join(missing)}")
    return cls(**values)


def _value(field: Field, held: Any, path: str) -> Any:
    if is_part(field.type):
        return _part(field.type, held[1:], path)
    if _is_message(field):
        if field.is_many:
            return tuple(_made(field.type, each, f"{path}.{number}.") for number, each in enumerate(held))
        return _made(field.type, held, f"{path}.")
    if isinstance(held, list):
        return tuple(_scalar(field.type, each, path) for each in held)
    return _scalar(field.type, held, path)


def _scalar(kind: Any, text: Any, path: str) -> Any:
    """One value of a type that has no fields."""
    if isinstance(text, tuple):
        kind, expression = text
        return filter_element(*_FILTERS[kind], expression)
    if text.startswith("@"):
        raw = _file(text[1:], path)
        if kind is bytes:
            return raw
        text = raw.decode("utf-8", "replace")
    try:
        return _converted(kind, text)
    except (ValueError, PeerError) as error:
        raise _usage(f"{path}={text[:100]}: {error}") from None


def _converted(kind: Any, text: str) -> Any:
    if kind is XmlName:
        prefix, colon, local = text.rpartition(":")
        if colon and prefix not in _NAMESPACES:
            raise ValueError(f"unknown prefix {prefix!r}")
        return XmlName(_NAMESPACES[prefix] if colon else "", local)
    if kind is PrefixedText:
        return prefixed(text)
    if kind is XmlElement:
        return parse(text.encode(), tolerant=True)
    if kind is datetime:
        return datetime_from_utc_us(utc_us_of(text, time.time_ns() // 1000))
    if issubclass(kind, StrEnum):
        return _member(kind, text)
    try:
        return READERS[kind](text)
    except ValueError:
        hint = {"bool": "true or false", "timedelta": "a duration such as PT10S"}.get(
            kind.__name__, kind.__name__
        )
        raise ValueError(f"not {hint}") from None


def _member(kind: type[StrEnum], text: str) -> StrEnum:
    for each in kind:
        if each.value.lower() == text.lower():
            return each
    raise ValueError(f"not one of {', '.join(each.value for each in kind)}")


def prefixed(text: str) -> PrefixedText:
    """An expression with the standard's prefixes that occur in it declared."""
    found = sorted((prefix, name) for prefix, name in _NAMESPACES.items() if f"{prefix}:" in text)
    return PrefixedText(text, tuple(found))


def _part(kind: Any, name: str, path: str) -> Any:
    """A file as a part of the message; equal content has one name and goes once."""
    content = _file(name, path, PART_MOST_BYTES)
    return kind(href=part_address(f"{sha256(content).hexdigest()[:32]}@vedette"), content=content)


def _file(name: str, path: str, most_bytes: int = FILE_MOST_BYTES) -> bytes:
    try:
        with Path(name).open("rb") as file:
            raw = file.read(most_bytes + 1)
    except OSError as error:
        raise _usage(f"{path}: {name}: {error.strerror}") from None
    if len(raw) > most_bytes:
        raise _usage(f"{path}: {name} is larger than {most_bytes} bytes")
    return raw
