"""A message class's fields with everything their declaration says."""

import re
import types
from enum import StrEnum
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from vedette.wire.message import Declared, FieldForm, Message, PrefixedText, XmlElement, XmlName
from vedette.wire.scalars import READERS


class Field(NamedTuple):
    """One field; `type` is that of one value, the tuple and the None taken off.

    `kind` is element, attribute, text or anything. `is_required` says that a value must be there;
    `least` and `most` bound the number of elements (`most` None: no bound). `is_listed` puts all
    values into one space separated text.
    """

    name: str
    kind: str
    xml: XmlName
    type: Any
    is_many: bool
    is_listed: bool
    is_optional: bool
    is_required: bool
    least: int
    most: int | None


_PLAIN = FieldForm("element")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def fields_of(cls: Any) -> list[Field]:
    """The fields in schema order, the base's first, without those that travel beside the document.

    Raises TypeError for a senseless declaration.
    """
    owners: dict[str, Any] = {}
    forms: dict[str, FieldForm] = {}
    for base in reversed(cls.__mro__):
        if issubclass(base, Message) and base is not Message:
            declared: Declared = base.__declared__
            forms.update(declared.forms)
            for name in base.__annotations__:
                owners.setdefault(name, base)
    hints = get_type_hints(cls)
    defaults = struct_defaults(cls)
    return [
        _field(
            cls, name, owners[name], hints[name], forms.get(name, _PLAIN), is_required=name not in defaults
        )
        for name in owners
        if name in cls.__struct_fields__ and forms.get(name, _PLAIN).kind != "beside"
    ]


def names_beside(cls: Any) -> tuple[str, ...]:
    """The fields that travel beside the document."""
    return tuple(name for name, form in cls.__declared__.forms.items() if form.kind == "beside")


def struct_defaults(cls: Any) -> dict[str, Any]:
    """The defaults of the fields that have one."""
    names, defaults = cls.__struct_fields__, cls.__struct_defaults__
    with_default = zip(names[len(names) - len(defaults) :], defaults, strict=True)
    return {name: default for name, default in with_default if default is not msgspec.NODEFAULT}


def _field(cls: Any, name: str, owner: Any, hint: Any, form: FieldForm, *, is_required: bool) -> Field:
    kind, is_many, is_optional = _unwrapped(hint)
    if form.kind == "attribute" and is_many and not form.is_listed:
        raise TypeError(f"{cls.__name__}.{name}: an attribute that is a tuple must be listed")
    if not is_simple(kind) and not _is_message(kind) and kind is not XmlElement:
        raise TypeError(f"{cls.__name__}.{name}: {kind!r} is no type a message can hold")
    if form.kind in ("attribute", "text") and not is_simple(kind):
        raise TypeError(f"{cls.__name__}.{name}: only simple types fit into {form.kind}")
    if kind is PrefixedText and (form.is_listed or form.kind == "attribute"):
        raise TypeError(f"{cls.__name__}.{name}: a text with prefixes of its own needs an element of its own")
    declared: Declared = owner.__declared__
    namespace = "" if form.kind == "attribute" else declared.namespace
    if form.namespace is not None:
        namespace = form.namespace
    xml = XmlName(namespace, form.name or _camel_case(name))
    if not _NAME.fullmatch(xml.local) or not name.isidentifier():
        raise TypeError(f"{cls.__name__}.{name}: {xml.local!r} is no XML name")
    repeats = is_many and not form.is_listed
    return Field(
        name,
        form.kind,
        xml,
        kind,
        repeats,
        form.is_listed,
        is_optional,
        is_required,
        form.least if form.least is not None else int(is_required),
        form.most if repeats else 1,
    )


def is_simple(kind: Any) -> bool:
    """Whether a type's values are texts."""
    return kind in READERS or kind in (XmlName, PrefixedText) or _is_subclass(kind, StrEnum)


def _is_message(kind: Any) -> bool:
    return _is_subclass(kind, Message)


def _is_subclass(kind: Any, base: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)


def _camel_case(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.rstrip("_").split("_"))


def _unwrapped(hint: Any) -> tuple[Any, bool, bool]:
    """The type of one value, whether there are many, whether None is allowed."""
    is_optional = False
    if get_origin(hint) in (types.UnionType, Union):
        others = [each for each in get_args(hint) if each is not type(None)]
        is_optional = len(others) < len(get_args(hint))
        if len(others) != 1:
            raise TypeError(f"{hint!r} is a choice of types")
        hint = others[0]
    if get_origin(hint) is tuple:
        kind, *rest = get_args(hint)
        if rest != [Ellipsis]:
            raise TypeError(f"{hint!r} is a tuple of a fixed size")
        return kind, True, is_optional
    return hint, False, is_optional
