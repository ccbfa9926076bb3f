"""Binary content beside a document (XOP): taken along when a message is sent, put in when one comes.

A message class whose XML name is xop:Include names a part by its `href`; its field `content`, declared
`beside`, holds that part's bytes and is in no document.
"""

from collections.abc import Hashable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import quote, unquote

import msgspec
from lxml import etree

from vedette.base.errors import CallerError
from vedette.wire.fields import Field, fields_of
from vedette.wire.message import MalformedMessage, Message, XmlElement, XmlName, xml_name
from vedette.wire.multipart import OCTETS, Part, packed
from vedette.wire.namespaces import XMIME, XOP
from vedette.wire.scalars import read_base64
from vedette.wire.soap import CONTENT_TYPE

M = TypeVar("M")

INCLUDE = XmlName(XOP, "Include")
_CONTENT_TYPE = XmlName(XMIME, "contentType")
_SCHEME = "cid:"
_INLINE = "inline-"
_CLASSES_MOST = 2048  # message classes whose answer is kept


def part_address(content_id: str) -> str:
    """The `cid:` URL of a part. Source: RFC 2392."""
    return _SCHEME + quote(content_id, safe="@!$&'*+.^_`|~-")


def may_hold_parts(cls: Any) -> bool:
    """Whether messages of a class have a place for a part anywhere."""
    return _may_hold_parts(cls)


@lru_cache(maxsize=_CLASSES_MOST)
def _may_hold_parts(cls: Hashable) -> bool:
    return _leads_to_parts(cls, set())


def _leads_to_parts(cls: Any, seen: set[Any]) -> bool:
    if not (isinstance(cls, type) and issubclass(cls, Message)) or cls in seen:
        return False
    seen.add(cls)
    return xml_name(cls) == INCLUDE or any(_leads_to_parts(field.type, seen) for field in fields_of(cls))


def parts_of(message: Any) -> tuple[Part, ...]:
    """The parts that a message takes along, in its order; what is named twice goes once.

    Raises CallerError for one name of two contents.
    """
    if not isinstance(message, Message) or not may_hold_parts(type(message)):
        return ()
    found: dict[str, Part] = {}
    for part in _parts_below(message):
        if found.setdefault(part.content_id, part).content != part.content:
            raise CallerError(f"two contents are called {part.content_id!r}")
    return tuple(found.values())


def _parts_below(message: Any) -> Iterator[Part]:
    fields = fields_of(type(message))
    for field in fields:
        for each in _messages_in(message, field):
            if xml_name(type(each)) == INCLUDE:
                if each.content is not None:
                    kind = next((getattr(message, x.name) for x in fields if x.xml == _CONTENT_TYPE), None)
                    yield Part(_content_id(each.href), kind or OCTETS, each.content)
            elif may_hold_parts(type(each)):
                yield from _parts_below(each)


def _messages_in(message: Any, field: Field) -> tuple[Any, ...]:
    value = getattr(message, field.name)
    held = value if isinstance(value, tuple) else (value,)
    return tuple(each for each in held if isinstance(each, Message))


def carried(envelope: bytes, message: object, *, action: str = "") -> tuple[str, bytes]:
    """How an envelope around a message travels, a package where there are parts: Content-Type and body."""
    parts = parts_of(message)
    if parts:
        return packed(envelope, parts, root_type=CONTENT_TYPE.partition(";")[0], action=action)
    return (f'{CONTENT_TYPE}; action="{action}"' if action else CONTENT_TYPE), envelope


def with_parts(message: M, parts: Mapping[str, Part]) -> M:
    """The message with the parts it names put in.

    Raises MalformedMessage for a name that no part has, and for anything but the name of a part: what
    lies elsewhere is never fetched.
    """
    return _with_parts(message, parts) if may_hold_parts(type(message)) else message


def _with_parts(message: Any, parts: Mapping[str, Part]) -> Any:
    if xml_name(type(message)) == INCLUDE:
        # Some write the whole address into the part's header, or forget that it is percent-encoded.
        names = (_content_id(message.href), message.href, message.href[len(_SCHEME) :])
        part = next((parts[each] for each in names if each in parts), None)
        if part is None:
            raise MalformedMessage(f"xop:Include names {message.href!r}, and no part is called so"[:300])
        return msgspec.structs.replace(message, content=part.content)
    changed = {}
    for field in fields_of(type(message)):
        value = getattr(message, field.name)
        if isinstance(value, Message):
            changed[field.name] = _with_parts(value, parts)
        elif isinstance(value, tuple) and value and isinstance(value[0], Message):
            changed[field.name] = tuple(_with_parts(each, parts) for each in value)
    return msgspec.structs.replace(message, **changed) if changed else message


def _content_id(href: str) -> str:
    if not href.lower().startswith(_SCHEME):
        raise MalformedMessage(f"xop:Include names {href!r}, which is no part of the message"[:300])
    return unquote(href[len(_SCHEME) :])


def put_aside(cls: type[Any], element: XmlElement) -> dict[str, Part]:
    """Base64 that stands where xop:Include belongs becomes a part; the element is changed to name it.

    That is the message before XOP, and clients without XOP send it so. Raises MalformedMessage for text
    that is not base64.
    """
    found: dict[str, Part] = {}
    if may_hold_parts(cls):
        _put_aside(cls, element, found)
    return found


def _put_aside(cls: Any, element: XmlElement, found: dict[str, Part]) -> None:
    for field in fields_of(cls):
        if not may_hold_parts(field.type) or xml_name(field.type) == INCLUDE:
            continue
        holds = any(_is_include(each) for each in fields_of(field.type))
        for child in element.findall(field.xml.clark):
            if holds and len(child) == 0 and (child.text or "").strip():
                _make_part(child, found)
            else:
                _put_aside(field.type, child, found)


def _is_include(field: Field) -> bool:
    kind = field.type
    return isinstance(kind, type) and issubclass(kind, Message) and xml_name(kind) == INCLUDE


def _make_part(element: XmlElement, found: dict[str, Part]) -> None:
    local = str(element.tag).rpartition("}")[2]
    try:
        content = read_base64(element.text or "")
    except ValueError:
        raise MalformedMessage(f"{local} holds neither xop:Include nor base64") from None
    identity = f"{_INLINE}{len(found)}"
    found[identity] = Part(identity, element.get(_CONTENT_TYPE.clark) or OCTETS, content)
    element.text = None
    etree.SubElement(element, INCLUDE.clark).set("href", part_address(identity))
