"""Every message crosses the wire unchanged, and what is written is valid by the official schemas."""

import importlib
import pkgutil
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from lxml import etree

import vedette.contract
from vedette.wire.codec import decode, encode
from vedette.wire.fields import Field, fields_of
from vedette.wire.message import HexBytes, Message, PrefixedText, XmlElement, XmlName, xml_name
from vedette.wire.namespaces import TNS1, TT, WSA

VALUES: dict[Any, Any] = {
    str: "abc-1234",
    bool: True,
    int: 1,
    float: 0.5,
    bytes: b"\x00\xff",
    HexBytes: HexBytes(bytes(32)),
    datetime: datetime(2026, 6, 30, 12, 0, 0, 250000, tzinfo=UTC),
    timedelta: timedelta(minutes=1, milliseconds=500),
    XmlName: XmlName(TT, "Name"),
    PrefixedText: PrefixedText("tns1:RuleEngine//.", (("tns1", TNS1),)),
}
# Values that the schema restricts by a pattern, by XML name.
PATTERNED = {
    **dict.fromkeys(("algorithm", "OID", "extnOID"), "1.2.840"),
    **dict.fromkeys(("TerminationTime", "InitialTerminationTime"), "PT1M"),
}
# Of a choice, the field that is given a value, and those that then have none. A notification's
# content is a wildcard in the schema, which needs something.
CHOICES = {
    "NotificationContent": ("message",),
    "CSRAttribute": ("x509v3_extension", "basic_request_attribute"),
    "SerialData": ("binary", "string"),
    "ColorOptions": ("color_lists", "colorspace_ranges"),
}
# Declared from the text; the tree has no such element.
NOT_IN_THE_TREE = {"CreateMultitrackConfiguration", "CreateMultitrackConfigurationResponse"}


def _modules() -> list[Any]:
    names = (each.name for each in pkgutil.walk_packages(vedette.contract.__path__, "vedette.contract."))
    return [importlib.import_module(name) for name in names]


def _messages(module: Any) -> list[Any]:
    return [
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Message) and each.__module__ == module.__name__
    ]


MODULES = [each for each in _modules() if _messages(each)]


def _value(field: Field, path: tuple[Any, ...], wild: tuple[XmlElement, ...], *, full: bool) -> Any:
    if field.kind == "anything":
        return wild
    kind: Any = field.type
    if kind is str and field.xml.local in PATTERNED:
        one = PATTERNED[field.xml.local]
    elif kind in VALUES:
        one = VALUES[kind]
    elif issubclass(kind, StrEnum):
        one = next(iter(kind))
    else:
        one = _example(kind, path, wild, full=full)
    if field.is_listed:
        return (one, one)
    return (one,) * max(field.least, 1) if field.is_many else one


def _example(cls: Any, path: tuple[Any, ...] = (), wild: tuple[XmlElement, ...] = (), *, full: bool) -> Any:
    """A value with the required fields alone, or with all of them, but never one class within itself."""
    path = (*path, cls)
    taken, *others = CHOICES.get(cls.__name__, ("",))
    values = {
        field.name: _value(field, path, wild, full=full)
        for field in fields_of(cls)
        if field.is_required
        or field.kind == "anything"
        or field.name == taken
        or (full and field.type not in path and field.name not in others)
    }
    return cls(**values)


@pytest.mark.parametrize("full", [False, True], ids=["bare", "full"])
@pytest.mark.parametrize(
    "module", MODULES, ids=lambda module: module.__name__.removeprefix("vedette.contract.")
)
def test_a_message_comes_back_as_it_went(module: Any, full: bool) -> None:
    for cls in _messages(module):
        value = _example(cls, full=full)

        assert decode(cls, etree.fromstring(encode(value))) == value


@pytest.mark.parametrize("full", [False, True], ids=["bare", "full"])
@pytest.mark.parametrize(
    "module", MODULES, ids=lambda module: module.__name__.removeprefix("vedette.contract.")
)
def test_what_is_written_is_valid(module: Any, full: bool, validator: Any) -> None:
    wild = (etree.Element(XmlName(WSA, "MessageID").clark),)  # declared, since some wildcards are strict
    found = []
    for cls in _messages(module):
        element = validator.elements.get(xml_name(cls).clark)
        if element is not None and cls.__name__ not in NOT_IN_THE_TREE:
            document = etree.fromstring(encode(_example(cls, (), wild, full=full)))
            found += [f"{error.path}: {error.reason}" for error in element.schema.iter_errors(document)]

    assert found == []
