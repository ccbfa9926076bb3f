"""Makes requests for any operation from its declaration alone: sensible ones, and then wrong in every way."""

import random
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from lxml import etree

from vedette.contract.operation import Operation
from vedette.wire.codec import to_element
from vedette.wire.fields import Field, fields_of
from vedette.wire.message import HexBytes, Message, PrefixedText, XmlElement, XmlName, xml_name
from vedette.wire.namespaces import ENV, PREFIXES, TT, XSI

AnyOperation = Operation[..., Any, Any]
DEPTH_MOST = 7
KEPT = 12
FOREIGN = "urn:example:foreign"
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")

TEXTS = (
    *("", " ", "x", "0", "1", "admin", "eth0", "wlan0", "None", "false", "é", "A" * 64, "A" * 65, "x" * 300),
    *("192.0.2.7", "2001:db8::7", "fe80::1", "0.0.0.0", "::", "256.1.1.1", "127.0.0.1", "host.example"),
    *("onvif://www.onvif.org/name/x", "http://127.0.0.1:1/x", "rtsp://127.0.0.1:1/x", "file:///x", "//", ":"),
    *(
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "UTC",
        "tns1:Device//.",
        "boolean(//tt:SimpleItem)",
        "../../x",
        "a/b?c#d",
    ),
    *("H264", "JPEG", "RTSP", "RtspUnicast", "Main", "AES", "PT10S", "2024-01-01T00:00:00Z", "tt:IRLamp|On"),
)
ODD_TEXTS = (
    *("\t\n", "x" * 5000, "\u202e\u0300", "\U0010ffff" * 70, "'\"<>&", "%00%ff", "{}", "\\", "é" * 200_000),
    *("9" * 400, "-", "+1", "1e5", "0x10", "NaN", "INF", "true ", "null", "\ufffd", "\u2028", "a\rb", "١٢"),
)
_NAMED = (
    ("password", ("correct-horse-9", "Battery-Staple-7", "short", "x" * 129)),
    ("username", ("ann", "bob", "admin", "x" * 65)),
    ("scope", ("onvif://www.onvif.org/name/x", "onvif://www.onvif.org/location/y", "urn:z", "no scope")),
    ("ipv4", ("192.0.2.7", "127.0.0.9", "0.0.0.0", "255.255.255.255", "256.1.1.1", "::1")),
    ("ipv6", ("2001:db8::7", "::1", "fe80::1%eth0", "::", "192.0.2.7")),
    ("name", ("x", "lobby", "host.example", "eth0", "admin", "-x", "a b")),
    ("uri", ("http://127.0.0.1:1/x", "rtsp://127.0.0.1:1/x", "file:///x", "//")),
    ("protocol", ("RTSP", "HTTP", "RtspUnicast", "RtspOverHttp", "UDP")),
    ("type", ("All", "VideoSource", "VideoEncoder", "AudioSource", "AudioEncoder", "Metadata", "Analytics")),
    ("mode", ("Active", "Idle", "OFF", "ON")),
    ("auxiliary", ("tt:IRLamp|On", "tt:IRLamp|Auto", "tt:WhiteLight|On")),
    ("time", ("PT10S", "PT60S", "2024-01-01T00:00:00Z", "UTC", "CET-1CEST,M3.5.0,M10.5.0/3")),
    ("tz", ("UTC", "CET-1CEST,M3.5.0,M10.5.0/3", "NZST-12NZDT,M10.1.0/2,M3.3.0/3", "nowhere")),
    ("id", ("1", "x", "MyId")),
)
INTEGERS = ("0", "1", "2", "3", "8", "25", "50", "80", "640", "480", "1080", "1920", "8081", "65535")
ODD_INTEGERS = ("-1", "65536", "2147483647", "2147483648", "-2147483649", "9223372036854775808", "1" * 400)
FLOATS = ("0", "1", "0.5", "-1", "25", "100")
ODD_FLOATS = ("NaN", "INF", "-INF", "1e308", "1e999", "-0", "1e-300", "1,5")
INSTANTS = ("2024-02-29T12:00:00Z", "2020-01-01T00:00:00+02:00", "2023-11-14T22:13:20.5Z")
ODD_INSTANTS = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2023-02-30T00:00:00Z", "now")
LENGTHS = ("PT0S", "PT1S", "PT10S", "PT1M", "P1D")
ODD_LENGTHS = ("-PT1S", "P9999Y", "P99999999999Y", "PT0.0000001S", "PT", "PT1E5S", "PT999999999999S")
BYTES = ("", "AA==", "TUlJQg==", "A" * 4000)
ODD_BYTES = ("A", "====", "é", "A" * 200_001)


class Seen:
    """What a device has told: values by their class, and tokens by where they stood."""

    def __init__(self) -> None:
        self._values: dict[type, list[Any]] = {}
        self._tokens: dict[str, tuple[frozenset[str], frozenset[str]]] = {}

    @property
    def tokens(self) -> list[str]:
        """Every token."""
        return sorted(self._tokens)

    def learn(self, operation: AnyOperation, value: Any, where: str = "") -> None:
        """Keep what an answer to `operation` holds; of each class the latest few values."""
        kept = self._values.setdefault(type(value), [])
        if value not in kept:
            kept.append(value)
            del kept[:-KEPT]
        for field in fields_of(type(value)):
            held = getattr(value, field.name)
            for each in held if isinstance(held, tuple) and field.is_many else (held,):
                if isinstance(each, Message):
                    self.learn(operation, each, f"{where} {field.xml.local}")
                elif field.type is str and each and "token" in field.xml.local.lower():
                    holder = f"{where.rpartition(' ')[2]} {field.xml.local}"
                    self._tokens.setdefault(each, (_words(holder), _words(operation.name + where)))

    def value(self, kind: type, chance: random.Random) -> Any:
        """A value of that class, or None."""
        found = self._values.get(kind)
        return chance.choice(found) if found else None

    def fitting_tokens(self, field: str, operation: str) -> list[str]:
        """The tokens whose origin shares most words with a field's name, and then with its operation's."""
        near, far = _words(field), _words(operation)
        scores = {each: (len(near & held), len(far & told)) for each, (held, told) in self._tokens.items()}
        most = max(scores.values(), default=(0, 0))
        return sorted(token for token, score in scores.items() if score == most)


def _words(name: str) -> frozenset[str]:
    words = {each.removesuffix("s").lower() for each in _WORD.findall(name)}
    return frozenset(words - {"get", "set", "token", "response", "reference"})


class Maker:
    """Requests at random, of what was `seen`; the same `chance` and answers make the same requests."""

    def __init__(self, chance: random.Random, seen: Seen) -> None:
        self._chance = chance
        self._seen = seen
        self._fields: dict[Any, list[Field]] = {}
        self._asked = ""
        self._faults: tuple[Callable[[list[XmlElement]], None], ...] = (
            self._drop,
            self._double,
            self._reorder,
            self._rename,
            self._move_to_other_namespace,
            self._add_element,
            self._add_attribute,
            self._drop_attribute,
            self._odd_attribute,
            self._odd_text,
            self._odd_text,
            *(self._nudge,) * 8,
            self._nil,
            self._other_type,
            self._nest,
            self._empty,
            self._comment,
        )

    def body(self, operation: AnyOperation) -> bytes:
        """An envelope that asks for `operation`, right or wrong."""
        chance = self._chance
        is_odd = chance.random() < 0.3
        self._asked = operation.name
        asked = self._element(
            xml_name(operation.request),
            operation.request,
            0,
            odds=0.08 if is_odd else 0.0,
            full=chance.random(),
        )
        envelope = etree.Element(f"{{{ENV}}}Envelope", nsmap={"e": ENV, "tt": TT})
        etree.SubElement(envelope, f"{{{ENV}}}Body").append(asked)
        if chance.random() < 0.6:
            for _ in range(chance.choice((1, 1, 1, 2, 4))):
                chance.choice(self._faults)([*asked.iter(etree.Element)])
        return etree.tostring(envelope)

    def plain(self, operation: AnyOperation) -> bytes:
        """An envelope that asks for `operation` with nothing but what is required, all of it sensible."""
        envelope = etree.Element(f"{{{ENV}}}Envelope", nsmap={"e": ENV, "tt": TT})
        asked = self._element(xml_name(operation.request), operation.request, 0, odds=0.0, full=0.0)
        etree.SubElement(envelope, f"{{{ENV}}}Body").append(asked)
        return etree.tostring(envelope)

    def _element(self, name: XmlName, kind: Any, depth: int, *, odds: float, full: float) -> XmlElement:
        known = self._seen.value(kind, self._chance) if depth and self._chance.random() < 0.6 else None
        if known is not None:
            return to_element(known, name)
        element = etree.Element(name.clark)
        fields = self._fields.get(kind)
        if fields is None:
            fields = self._fields[kind] = fields_of(kind)
        for field in fields:
            if not field.is_required and (depth >= DEPTH_MOST or self._chance.random() > full):
                continue
            self._fill(element, field, depth, odds=odds, full=full)
        return element

    def _fill(self, element: XmlElement, field: Field, depth: int, *, odds: float, full: float) -> None:
        if field.kind == "anything":
            etree.SubElement(element, f"{{{FOREIGN}}}Other")
            return
        if field.kind == "attribute":
            element.set(field.xml.clark, self._text(field, odds))
            return
        if field.kind == "text":
            element.text = self._text(field, odds)
            return
        count = (
            1 if not field.is_many else self._chance.choice((max(1, field.least), max(1, field.least), 2, 3))
        )
        for _ in range(count):
            if isinstance(field.type, type) and issubclass(field.type, Message):
                kind = self._chance.choice((field.type, field.type, *field.type.__subclasses__()))
                child = self._element(field.xml, kind, depth + 1, odds=odds, full=full)
                if kind is not field.type:
                    name = xml_name(kind)
                    child.set(f"{{{XSI}}}type", f"{PREFIXES.get(name.namespace, 'tt')}:{name.local}")
                element.append(child)
            elif field.type is XmlElement:
                etree.SubElement(element, field.xml.clark)
            else:
                etree.SubElement(element, field.xml.clark).text = self._text(field, odds)

    def _text(self, field: Field, odds: float) -> str:
        count = self._chance.choice((0, 1, 2, 3)) if field.is_listed else 1
        return " ".join(self._value(field, odds) for _ in range(count))

    def _value(self, field: Field, odds: float) -> str:
        kind, choice = field.type, self._chance.choice
        is_odd = self._chance.random() < odds
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return choice(ODD_TEXTS) if is_odd else choice(tuple(kind)).value
        if kind is bool:
            return choice(ODD_TEXTS) if is_odd else choice(("true", "false", "1", "0"))
        good, odd = _POOLS.get(kind, (TEXTS, ODD_TEXTS))
        if good is TEXTS:
            good = self._texts(field.xml.local)
        return choice(odd if is_odd else good)

    def _texts(self, name: str) -> tuple[str, ...]:
        """What might stand in a text of that name."""
        lower = name.lower()
        if "token" in lower or self._chance.random() < 0.1:
            is_fitting = self._chance.random() < 0.85
            found = self._seen.fitting_tokens(name, self._asked) if is_fitting else self._seen.tokens
            return tuple(found) or TEXTS
        if self._chance.random() < 0.2:
            return TEXTS
        return next((texts for part, texts in _NAMED if part in lower), TEXTS)

    # Ways to be wrong: each is given the request's elements, the request itself first.

    def _any(self, elements: list[XmlElement]) -> XmlElement:
        return self._chance.choice(elements)

    def _inner(self, elements: list[XmlElement]) -> XmlElement | None:
        return self._chance.choice(elements[1:]) if len(elements) > 1 else None

    def _drop(self, elements: list[XmlElement]) -> None:
        found = self._inner(elements)
        parent = None if found is None else found.getparent()
        if found is not None and parent is not None:
            parent.remove(found)

    def _double(self, elements: list[XmlElement]) -> None:
        found = self._inner(elements)
        if found is not None and found.getparent() is not None:
            for _ in range(self._chance.choice((1, 1, 40))):
                found.addnext(etree.fromstring(etree.tostring(found, with_tail=False)))

    def _reorder(self, elements: list[XmlElement]) -> None:
        found = self._any(elements)
        children = list(found)
        self._chance.shuffle(children)
        found[:] = children

    def _rename(self, elements: list[XmlElement]) -> None:
        found = self._any(elements)
        name = str(found.tag)
        found.tag = self._chance.choice((name + "X", name.lower() if "}" not in name else name[:-1] + "_"))

    def _move_to_other_namespace(self, elements: list[XmlElement]) -> None:
        found = self._inner(elements)
        if found is not None:
            namespace = self._chance.choice((TT, FOREIGN, "", *PREFIXES))
            local = str(found.tag).rpartition("}")[2]
            found.tag = f"{{{namespace}}}{local}" if namespace else local

    def _add_element(self, elements: list[XmlElement]) -> None:
        etree.SubElement(self._any(elements), f"{{{FOREIGN}}}Added").text = "x"

    def _add_attribute(self, elements: list[XmlElement]) -> None:
        self._any(elements).set(self._chance.choice(("token", "extra", f"{{{FOREIGN}}}extra")), "x")

    def _with_attributes(self, elements: list[XmlElement]) -> XmlElement | None:
        found = [each for each in elements if each.attrib]
        return self._chance.choice(found) if found else None

    def _drop_attribute(self, elements: list[XmlElement]) -> None:
        found = self._with_attributes(elements)
        if found is not None:
            del found.attrib[self._chance.choice(list(found.attrib))]

    def _odd_attribute(self, elements: list[XmlElement]) -> None:
        found = self._with_attributes(elements)
        if found is not None:
            found.set(self._chance.choice([str(each) for each in found.attrib]), self._odd_value())

    def _odd_value(self) -> str:
        pools = (ODD_TEXTS, ODD_INTEGERS, ODD_FLOATS, ODD_INSTANTS, ODD_LENGTHS, ODD_BYTES, TEXTS)
        return self._chance.choice(self._chance.choice(pools))

    def _odd_text(self, elements: list[XmlElement]) -> None:
        leaves = [each for each in elements[1:] if len(each) == 0] or elements
        self._chance.choice(leaves).text = self._odd_value()

    def _nudge(self, elements: list[XmlElement]) -> None:
        """Another value that might be right."""
        leaves = [each for each in elements[1:] if len(each) == 0 and each.text]
        if not leaves:
            return
        found = self._chance.choice(leaves)
        text = found.text or ""
        if re.fullmatch(r"-?[0-9]{1,9}", text):
            found.text = str(
                self._chance.choice((int(text) + 1, int(text) - 1, int(text) * 2, int(text) // 2, 0))
            )
        else:
            others = [each.text or "" for each in leaves]
            found.text = self._chance.choice((*others, *self._seen.tokens, *TEXTS))

    def _nil(self, elements: list[XmlElement]) -> None:
        found = self._any(elements)
        found.set(f"{{{XSI}}}nil", "true")
        if self._chance.random() < 0.5:
            found.text = None
            found[:] = []

    def _other_type(self, elements: list[XmlElement]) -> None:
        named = (
            "tt:VideoEncoderConfiguration",
            "tt:ConfigurationEntity",
            "nowhere:Thing",
            "a:b:c",
            "",
            "tt:",
        )
        self._any(elements).set(f"{{{XSI}}}type", self._chance.choice(named))

    def _nest(self, elements: list[XmlElement]) -> None:
        found = self._any(elements)
        for _ in range(self._chance.choice((1, 20, 70))):
            found = etree.SubElement(found, str(elements[0].tag))

    def _empty(self, elements: list[XmlElement]) -> None:
        found = self._any(elements)
        found[:] = []
        found.text = None

    def _comment(self, elements: list[XmlElement]) -> None:
        found = self._any(elements)
        text, found.text = found.text, None
        note = self._chance.choice((etree.Comment("a"), etree.ProcessingInstruction("a", "b")))
        note.tail = text
        found.insert(0, note)


_POOLS: dict[Any, tuple[tuple[str, ...], tuple[str, ...]]] = {
    str: (TEXTS, ODD_TEXTS),
    int: (INTEGERS, ODD_INTEGERS),
    float: (FLOATS, ODD_FLOATS),
    datetime: (INSTANTS, ODD_INSTANTS),
    timedelta: (LENGTHS, ODD_LENGTHS),
    bytes: (BYTES, ODD_BYTES),
    HexBytes: (("", "00FF", "0123456789abcdef"), ("0", "xyz", "é")),
    XmlName: (("tt:Profile", "tt:x"), ("nowhere:x", ":", "a b", "")),
    PrefixedText: (TEXTS, ODD_TEXTS),
}
