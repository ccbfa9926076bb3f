"""Messages to XML and back, both directions from one plan per class, made when the class is first used.

What is tolerated on the way in, always: any prefixes, unknown elements and attributes anywhere, known
children out of order, white space around values other than text, `xsi:nil` on an optional element.
What `tolerant=True` (a client reading a device) adds is in `Plan`.
"""

from typing import TypeVar, cast

from lxml import etree

from vedette.wire.message import MalformedMessage, XmlElement, XmlName, xml_name
from vedette.wire.plan import plan_of
from vedette.wire.writer import XmlWriter, qualified

M = TypeVar("M")


def encode(value: object, tag: XmlName | None = None) -> bytes:
    """A message as a UTF-8 document without XML declaration; `tag` names the root where it is not the class.

    Raises CallerError for values that XML cannot carry: control characters, times without a zone.
    """
    out = XmlWriter()
    write(value, out, tag)
    return out.finish()


def write(value: object, out: XmlWriter, tag: XmlName | None = None) -> None:
    """Write a message into a document under construction."""
    name = tag or xml_name(type(value))
    if name.namespace:
        out.use(name.namespace)
    spelled = qualified(name)
    out.parts.append(f"<{spelled}")
    plan_of(type(value)).write(value, "", out)
    out.parts.append(f"</{spelled}>")


def to_element(value: object, tag: XmlName | None = None) -> XmlElement:
    """A message as an lxml element of its own document."""
    return etree.fromstring(encode(value, tag), etree.XMLParser(resolve_entities=False, huge_tree=True))


def decode(cls: type[M], element: XmlElement, *, tolerant: bool = False) -> M:
    """The message that an element holds, whatever the element's own name.

    Raises MalformedMessage naming the path and the value where the declaration is not met.
    """
    return cast("M", plan_of(cls).read(element, tolerant))


__all__ = ["MalformedMessage", "decode", "encode", "to_element", "write"]
