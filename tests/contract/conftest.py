"""The official WSDL and schema files taken apart, for tests to compare with."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
XML = "http://www.w3.org/XML/1998/namespace"
WSDL_SOAP = "{http://schemas.xmlsoap.org/wsdl/soap12/}"

PORTS_ONLY = ("schema/common/bw-2.wsdl",)


@dataclass(frozen=True)
class Part:
    """One field of a complex type: element, attribute, wildcard ("any") or text."""

    kind: str
    name: str
    namespace: str
    type: str
    least: int
    most: int | None  # None is unbounded


@dataclass
class OfficialType:
    """A type of the schema; `base` is what a complex type extends or a simple type restricts."""

    key: str
    namespace: str
    simple: bool
    base: str | None = None
    parts: list[Part] = field(default_factory=list)
    values: list[str] = field(default_factory=list)  # of an enumeration
    item: str | None = None  # of a list type
    union: bool = False


class Official:
    """All types, elements and operations of a tree of files; `{namespace}name` is the key everywhere.

    An anonymous type has the key of what it sits in, a slash and the element's name.
    """

    def __init__(self, files: list[Path]) -> None:
        self.types: dict[str, OfficialType] = {}
        self.elements: dict[str, str] = {}  # element → type
        self.messages: dict[str, str] = {}  # message → element
        self.operations: dict[
            str, dict[str, tuple[str | None, str | None]]
        ] = {}  # port type → name → in, out
        self.actions: dict[tuple[str, str], str] = {}  # port type and operation → SOAP action
        self._globals: dict[str, Any] = {}
        roots = [etree.parse(str(path)).getroot() for path in files]
        schemas = [schema for root in roots for schema in root.iter(XS + "schema")]
        for schema in schemas:
            for child in schema:
                if isinstance(child.tag, str) and child.get("name"):
                    self._globals[f"{child.tag}{self._key(child, child.get('name'))}"] = child
        for schema in schemas:
            self._read_schema(schema)
        for root in roots:
            self._read_wsdl(root)

    @staticmethod
    def _target(node: Any) -> str:
        while node.tag != XS + "schema":
            node = node.getparent()
        return node.get("targetNamespace", "")

    def _key(self, node: Any, name: str) -> str:
        return f"{{{self._target(node)}}}{name}"

    @staticmethod
    def _qname(node: Any, text: str) -> str:
        prefix, _, local = text.rpartition(":")
        namespace = XML if prefix == "xml" else node.nsmap.get(prefix or None, "")
        return f"{{{namespace}}}{local}"

    def _read_schema(self, schema: Any) -> None:
        for child in schema:
            if child.tag in (XS + "complexType", XS + "simpleType"):
                self._read_type(child, self._key(child, child.get("name")))
            elif child.tag == XS + "element":
                key = self._key(child, child.get("name"))
                self.elements[key] = self._type_of(child, key)

    def _type_of(self, node: Any, key: str) -> str:
        """The key of the type of an element or attribute; an anonymous one is read under `key`."""
        if node.get("type"):
            return self._qname(node, node.get("type"))
        for child in node:
            if child.tag in (XS + "complexType", XS + "simpleType"):
                anonymous = f"{key}/"
                self._read_type(child, anonymous)
                return anonymous
        return XS + ("anyType" if node.tag == XS + "element" else "string")

    def _read_type(self, node: Any, key: str) -> None:
        if node.tag == XS + "simpleType":
            self.types[key] = self._simple(node, key)
            return
        found = self.types[key] = OfficialType(key, self._target(node), simple=False)
        for content in node:
            if content.tag in (XS + "complexContent", XS + "simpleContent"):
                for derivation in content.iter(XS + "extension", XS + "restriction"):
                    base = self._qname(derivation, derivation.get("base"))
                    if content.tag == XS + "simpleContent" and XS + "complexType" + base not in self._globals:
                        found.parts.append(Part("text", "", "", base, 1, 1))
                    elif base != XS + "anyType":
                        found.base = base
                    found.parts.extend(self._parts(derivation, key, 1, 1))
                    break
        found.parts.extend(self._parts(node, key, 1, 1))

    def _simple(self, node: Any, key: str) -> OfficialType:
        found = OfficialType(key, self._target(node), simple=True)
        for child in node:
            if child.tag == XS + "restriction":
                found.base = self._qname(child, child.get("base")) if child.get("base") else None
                found.values = [each.get("value") for each in child if each.tag == XS + "enumeration"]
                for inner in child.iter(XS + "list"):
                    found.item = self._qname(inner, inner.get("itemType"))
            elif child.tag == XS + "list":
                found.item = self._qname(child, child.get("itemType")) if child.get("itemType") else None
                for inner in child.iter(XS + "simpleType"):
                    found.item = f"{key}/item"
                    self.types[found.item] = self._simple(inner, found.item)
            elif child.tag == XS + "union":
                found.union = True
        return found

    def _parts(self, node: Any, owner: str, least: int, most: int | None) -> Iterator[Part]:
        for child in node.iterchildren("{*}*"):
            low = int(child.get("minOccurs", "1")) * least
            high = child.get("maxOccurs", "1")
            top = None if high == "unbounded" or most is None else int(high) * most
            if child.tag in (XS + "sequence", XS + "all"):
                yield from self._parts(child, owner, low, top)
            elif child.tag == XS + "choice":
                single = len([each for each in child if each.tag != XS + "annotation"]) == 1
                yield from self._parts(child, owner, low if single else 0, top)
            elif child.tag == XS + "group":
                group = self._globals[XS + "group" + self._qname(child, child.get("ref"))]
                yield from self._parts(group, owner, low, top)
            elif child.tag == XS + "any":
                yield Part("any", "", "", "", low, top)
            elif child.tag == XS + "element":
                yield self._element(child, owner, low, top)
            elif child.tag == XS + "attribute":
                yield self._attribute(child, owner)
            elif child.tag == XS + "attributeGroup":
                group = self._globals[XS + "attributeGroup" + self._qname(child, child.get("ref"))]
                yield from self._parts(group, owner, 1, 1)

    def _element(self, node: Any, owner: str, least: int, most: int | None) -> Part:
        if node.get("ref"):
            key = self._qname(node, node.get("ref"))
            namespace, _, name = key[1:].partition("}")
            declared = self._globals.get(XS + "element" + key)
            kind = XS + "anyType" if declared is None else self._type_of(declared, key)
            return Part("element", name, namespace, kind, least, most)
        name = node.get("name")
        schema = next(node.iterancestors(XS + "schema"))
        qualified = node.get("form", schema.get("elementFormDefault", "unqualified")) == "qualified"
        kind = self._type_of(node, f"{owner.rstrip('/')}/{name}")
        return Part("element", name, self._target(node) if qualified else "", kind, least, most)

    def _attribute(self, node: Any, owner: str) -> Part:
        least = int(node.get("use") == "required")
        if node.get("ref"):
            key = self._qname(node, node.get("ref"))
            namespace, _, name = key[1:].partition("}")
            return Part("attribute", name, namespace, XS + "string", least, 1)
        kind = self._type_of(node, f"{owner.rstrip('/')}/@{node.get('name')}")
        return Part("attribute", node.get("name"), "", kind, least, 1)

    def _read_wsdl(self, root: Any) -> None:
        target = root.get("targetNamespace")
        for message in root.iter(WSDL + "message"):
            for part in message.iter(WSDL + "part"):
                if part.get("element"):
                    self.messages[f"{{{target}}}{message.get('name')}"] = self._qname(
                        part, part.get("element")
                    )
        for port in root.iter(WSDL + "portType"):
            rows = self.operations.setdefault(f"{{{target}}}{port.get('name')}", {})
            for operation in port.iter(WSDL + "operation"):
                sides = [operation.find(WSDL + tag) for tag in ("input", "output")]
                names = [None if side is None else self._qname(side, side.get("message")) for side in sides]
                rows[operation.get("name")] = (names[0], names[1])
        for binding in root.iter(WSDL + "binding"):
            port_type = self._qname(binding, binding.get("type"))
            for operation in binding.iter(WSDL + "operation"):
                for soap in operation.iter(WSDL_SOAP + "operation"):
                    self.actions[port_type, operation.get("name")] = soap.get("soapAction", "")


@pytest.fixture(scope="session")
def official(official_tree: Path, official_schemas: tuple[str, ...]) -> Official:
    """Everything the official files declare."""
    return Official([official_tree / name for name in (*official_schemas, *PORTS_ONLY)])
