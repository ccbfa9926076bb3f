"""Declaring typed messages: `@message`, `element`, `attribute`, `text`, `anything`, `beside`."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, TypeVar, cast, dataclass_transform

import msgspec
from lxml import etree

from vedette.base.errors import PeerError

T = TypeVar("T")

XmlElement: TypeAlias = etree._Element


class XmlName(NamedTuple):
    """A qualified name, or a value of type xs:QName; an empty namespace means none."""

    namespace: str
    local: str

    @property
    def clark(self) -> str:
        """`{namespace}local`, as lxml spells it; just `local` without a namespace."""
        return f"{{{self.namespace}}}{self.local}" if self.namespace else self.local


class HexBytes(bytes):
    """Bytes that travel as xs:hexBinary; plain `bytes` travel as xs:base64Binary."""


class PrefixedText(NamedTuple):
    """A text whose meaning depends on prefixes, such as a topic expression or an XPath filter.

    `namespaces` pairs each prefix that occurs in the text with its namespace, sorted. Written, the
    element declares them itself.
    """

    text: str
    namespaces: tuple[tuple[str, str], ...] = ()


class MalformedMessage(PeerError):
    """What the peer sent is not XML, not SOAP, or not what the declaration allows; says where and what."""


class FieldForm(NamedTuple):
    """How a field is written when its name and type alone do not say it; made by the functions below."""

    kind: str  # element | attribute | text | anything | beside
    name: str | None = None
    namespace: str | None = None
    is_listed: bool = False
    least: int | None = None
    most: int | None = None
    default: Any = msgspec.NODEFAULT


class Declared(NamedTuple):
    """What a class itself declares; inherited fields belong to the base that declares them."""

    namespace: str
    name: str
    forms: dict[str, FieldForm]


class _MessageMeta(msgspec.StructMeta):
    """Turns field forms into plain defaults, so that a message is an ordinary frozen Struct."""

    def __new__(mcls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
        forms = {key: value for key, value in body.items() if type(value) is FieldForm}
        for key, form in forms.items():
            if form.default is msgspec.NODEFAULT:
                del body[key]
            else:
                body[key] = form.default
        cls = super().__new__(mcls, name, bases, body, frozen=True, kw_only=True, repr_omit_defaults=True)
        cls.__declared__ = Declared("", name, forms)  # type: ignore[attr-defined]
        return cast("type", cls)


class Message(msgspec.Struct, metaclass=_MessageMeta):
    """The base of every message class at run time; `isinstance(value, Message)` tells them apart."""


def element(
    name: str | None = None,
    *,
    default: Any = msgspec.NODEFAULT,
    namespace: str | None = None,
    listed: bool = False,
    least: int | None = None,
    most: int | None = None,
) -> Any:
    """A field written as a child element.

    `name` is the XML name where it is not the field's name in CamelCase; `namespace` where it is not
    that of the declaring class. `listed` puts a tuple into one element as a space separated list.
    `least` and `most` bound a tuple's length where the type and default do not say it.
    """
    return FieldForm("element", name, namespace, listed, least, most, default)


def attribute(
    name: str | None = None,
    *,
    default: Any = msgspec.NODEFAULT,
    namespace: str | None = None,
    listed: bool = False,
) -> Any:
    """A field written as an attribute, unqualified unless `namespace` is given; a tuple must be `listed`."""
    return FieldForm("attribute", name, namespace, listed, default=default)


def text(*, default: Any = msgspec.NODEFAULT, listed: bool = False) -> Any:
    """The field that holds the text of an element with simple content."""
    return FieldForm("text", is_listed=listed, default=default)


def anything(*, default: Any = ()) -> Any:
    """The field, a `tuple[XmlElement, ...]`, that keeps the children no other field claims."""
    return FieldForm("anything", default=default)


def beside(*, default: Any = None) -> Any:
    """A field that is in no document: what travels beside it (see `wire.attachments`)."""
    return FieldForm("beside", default=default)


@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(attribute, element, text, anything, beside)
)
def message(namespace: str, *, name: str | None = None) -> Callable[[type[T]], type[T]]:
    """Make a class a message of `namespace`: immutable, keyword-only, comparable, in schema order.

    `X | None` is 0..1, `tuple[X, ...]` with a default is 0..n and without one 1..n, a plain type is
    required. Child elements belong to the namespace of the class that declares them, attributes to
    none. A subclass is an extension of its base. Type hints are resolved when the class first
    crosses the wire, so they may be strings that name what is declared later in the same file.
    """

    def make(cls: type[T]) -> type[T]:
        made: Any = cls
        if not isinstance(cls, _MessageMeta):
            body = {key: value for key, value in vars(cls).items() if key not in _NOT_COPIED}
            bases = cls.__bases__ if cls.__bases__ != (object,) else ()
            made = _MessageMeta(cls.__name__, (*bases, Message), body)
        own: Declared = made.__declared__
        made.__declared__ = Declared(namespace, name or cls.__name__, own.forms)
        for base in made.__mro__[1:]:
            if "__plan__" in vars(base):
                base.__plan__.outdate()
        return cast("type[T]", made)

    return make


_NOT_COPIED = frozenset(("__dict__", "__weakref__"))


def xml_name(cls: type[object]) -> XmlName:
    """The name of a message class: of its element, and of its type."""
    declared: Declared = cls.__declared__  # type: ignore[attr-defined]
    return XmlName(declared.namespace, declared.name)
