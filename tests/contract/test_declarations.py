"""Every declaration against the official schemas and WSDL files, and against the table of operations.

What may differ: an optional official element may be left undeclared when it can hold nothing but
wildcards (the usual `Extension`), and wildcards themselves are not compared. What else differs
stands in the tables at the top of this file.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest

import vedette.contract
from vedette.wire.fields import Field, fields_of
from vedette.wire.message import HexBytes, Message, PrefixedText, XmlName, xml_name
from vedette.wire.namespaces import WSA04, WSNT, WSTOP, D

XS = "{http://www.w3.org/2001/XMLSchema}"
SIMPLE: dict[str, type] = {
    **dict.fromkeys(("string", "token", "NCName", "anyURI", "anySimpleType"), str),
    **dict.fromkeys(("int", "integer", "nonNegativeInteger", "positiveInteger", "unsignedInt", "long"), int),
    **dict.fromkeys(("float", "double", "decimal"), float),
    "boolean": bool,
    "base64Binary": bytes,
    "hexBinary": HexBytes,
    "dateTime": datetime,
    "duration": timedelta,
    "QName": XmlName,
}

# Declared from texts that are not in the official schema files.
NOT_IN_THE_SCHEMAS = {
    "CreateMultitrackConfiguration": "Media2, CreateMultitrackConfiguration (26.06 §5.1.6)",
    "CreateMultitrackConfigurationResponse": "Media2, CreateMultitrackConfiguration (26.06 §5.1.6)",
}
# WS-Discovery and its old addressing are no part of the official tree.
NAMESPACES_ELSEWHERE = {D, WSA04}
# Where our declaration says more than a wildcard of the schema does.
WILDCARDS_WITH_A_MEANING = {
    f"{{{WSNT}}}TopicExpressionType": "mixed content is declared as a text that knows its prefixes",
    f"{{{WSNT}}}NotificationMessageHolderType/Message/": "the content is declared as tt:Message",
    f"{{{WSNT}}}FilterType": "mentions two elements, and anything",
    f"{{{WSTOP}}}TopicSetType": "its base only documents",
    "{http://www.onvif.org/ver10/advancedsecurity/wsdl}DistinguishedName": "anyAttribute is left out",
}
# In a draft after 26.06 that the tree already has.
NEWER_THAN_26_06 = {
    ("TLSServerCapabilities", "SetupDuration"),
    ("LicensePlateInfo", "Color"),
    ("ObjectType", "Drone"),
}


def _modules() -> list[Any]:
    names = (each.name for each in pkgutil.walk_packages(vedette.contract.__path__, "vedette.contract."))
    return [importlib.import_module(name) for name in names]


def _declared_in(module: Any, base: type) -> list[Any]:
    return [
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, base) and each.__module__ == module.__name__
    ]


MODULES = [each for each in _modules() if _declared_in(each, Message)]


class Comparison:
    """Walks declarations and official types side by side and notes what differs."""

    def __init__(self, official: Any) -> None:
        self.official = official
        self.met: dict[Any, str] = {}  # class → the official type it stands for
        self.differences: dict[Any, list[str]] = {}
        for module in MODULES:
            for cls in _declared_in(module, Message):
                name = xml_name(cls).clark
                key = official.elements.get(name) or (name if name in official.types else None)
                if key is not None:
                    self._meet(cls, key)
        for module in MODULES:
            for cls in _declared_in(module, StrEnum):
                if cls not in self.met:
                    self._meet_enumeration(cls)

    def _meet(self, cls: Any, key: str) -> None:
        if cls in self.met:
            if self.met[cls] != key and not self.met[cls].startswith(key):
                self._note(cls, f"stands for {self.met[cls]} and for {key}")
            return
        self.met[cls] = key
        if issubclass(cls, StrEnum):
            self._compare_values(cls, key)
        else:
            self._compare_fields(cls, key)

    def _meet_enumeration(self, cls: Any) -> None:
        keys = [
            key
            for key, each in self.official.types.items()
            if each.values and key.endswith("}" + cls.__name__)
        ]
        keys = [key for key in keys if self._values(key) == {each.value for each in cls}] or keys
        if keys:
            self._meet(cls, keys[0])

    def _values(self, key: str) -> set[str]:
        name = key.rpartition("}")[2]
        return {each for each in self.official.types[key].values if (name, each) not in NEWER_THAN_26_06}

    def _note(self, cls: Any, text: str) -> None:
        self.differences.setdefault(cls, []).append(text)

    def _compare_values(self, cls: Any, key: str) -> None:
        if {each.value for each in cls} != self._values(key):
            self._note(cls, f"has other values than {key}")

    def _compare_fields(self, cls: Any, key: str) -> None:
        if key in WILDCARDS_WITH_A_MEANING and key.startswith((f"{{{WSNT}}}", f"{{{WSTOP}}}")):
            return
        self._compare_base(cls, key)
        parts = {(each.kind, each.namespace, each.name): each for each in self._parts(key)}
        order = list(parts)
        position = -1
        for field in fields_of(cls):
            if field.kind == "anything":
                if ("any", "", "") not in parts:
                    self._note(cls, f"{field.name}: the schema has no wildcard")
                continue
            name = (
                ("text", "", "")
                if field.kind == "text"
                else (field.kind, field.xml.namespace, field.xml.local)
            )
            part = parts.pop(name, None)
            if part is None:
                self._note(cls, f"{field.name}: the schema has no such {field.kind}")
                continue
            if field.kind == "element":
                if order.index(name) < position:
                    self._note(cls, f"{field.name}: out of the schema's order")
                position = order.index(name)
            self._compare_field(cls, field, part)
        for part in parts.values():
            if not self._may_be_left_out(key, part):
                self._note(cls, f"{part.name}: is not declared")

    def _compare_base(self, cls: Any, key: str) -> None:
        base = next(
            (each for each in cls.__mro__[1:] if issubclass(each, Message) and each is not Message), None
        )
        if base is None:
            return
        above = [key]
        while (found := self.official.types[above[-1]].base) is not None:
            above.append(found)
        name = xml_name(base).clark
        if name not in above and f"{name}Type" not in above:
            self._note(cls, f"{name} is no base of {key}")

    def _compare_field(self, cls: Any, field: Field, part: Any) -> None:
        kind, is_listed = self._kind(part.type)
        is_many = part.most != 1
        if field.is_listed != is_listed or field.is_many != is_many:
            self._note(cls, f"{field.name}: one value or many?")
        if field.is_required != (part.least > 0) and not (is_many and field.least == part.least):
            self._note(cls, f"{field.name}: required or not?")
        if is_many and (field.least, field.most) != (part.least, part.most):
            self._note(cls, f"{field.name}: {field.least}..{field.most} is {part.least}..{part.most}")
        if isinstance(kind, type):
            if field.type is not kind:
                self._note(cls, f"{field.name}: is a {kind.__name__}")
        elif isinstance(field.type, type) and issubclass(field.type, Message | StrEnum):
            self._meet(field.type, kind)
        elif field.type is not PrefixedText:
            self._note(cls, f"{field.name}: is a {kind}")

    def _kind(self, key: str) -> tuple[type | str, bool]:
        """What a field of that type holds: a Python type or the key of a type; whether it is a list."""
        if key.startswith(XS):
            return SIMPLE[key.removeprefix(XS)], False
        found = self.official.types[key]
        if found.simple:
            if found.item is not None:
                return self._kind(found.item)[0], True
            if found.values:
                return key, False
            return (str, False) if found.base is None else self._kind(found.base)
        if found.base is None and [each.kind for each in found.parts] == ["text"]:
            return self._kind(found.parts[0].type)
        return key, False

    def _parts(self, key: str) -> Iterator[Any]:
        found = self.official.types[key]
        if found.base is not None:
            yield from self._parts(found.base)
        yield from found.parts

    def _may_be_left_out(self, key: str, part: Any) -> bool:
        name = key.rstrip("/").rpartition("}")[2]
        if part.kind == "any" or (name, part.name) in NEWER_THAN_26_06:
            return True
        if part.name == "anyAttribute" and key in WILDCARDS_WITH_A_MEANING:
            return True
        return part.least == 0 and part.kind == "element" and self._says_nothing(part.type, ())

    def _says_nothing(self, key: str, above: tuple[str, ...]) -> bool:
        found = self.official.types.get(key)
        if found is None:
            return key == XS + "anyType"
        if found.simple or found.base or key in above:
            return False
        return all(
            each.kind == "any" or (each.least == 0 and self._says_nothing(each.type, (*above, key)))
            for each in found.parts
        )


@pytest.fixture(scope="module")
def comparison(official: Any) -> Comparison:
    return Comparison(official)


@pytest.mark.parametrize(
    "module", MODULES, ids=lambda module: module.__name__.removeprefix("vedette.contract.")
)
def test_messages_and_types_are_those_of_the_schema(module: Any, comparison: Comparison) -> None:
    found = {
        cls.__name__: comparison.differences[cls]
        for cls in (*_declared_in(module, Message), *_declared_in(module, StrEnum))
        if cls in comparison.differences
    }

    assert found == {}


def test_every_declared_type_has_an_official_counterpart(comparison: Comparison) -> None:
    strangers = {
        cls.__name__
        for module in MODULES
        for cls in (*_declared_in(module, Message), *_declared_in(module, StrEnum))
        if cls not in comparison.met
        and not (issubclass(cls, Message) and xml_name(cls).namespace in NAMESPACES_ELSEWHERE)
    }

    assert strangers == set(NOT_IN_THE_SCHEMAS)
