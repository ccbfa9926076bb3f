"""A WSDL 1.1 document for a service, derived from its declarations alone.

It is self-contained: one inline schema a namespace, holding exactly the messages and types that the
service's operations reach, so that a reader needs no other file. Companions of the service (the pull points
of the event service) are in it as port types of their own. It says what this contract declares; the official
files say more (documentation, extension points).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from lxml import etree

from vedette.contract.operation import Operation, Service
from vedette.contract.services import companions
from vedette.wire.fields import Field, fields_of
from vedette.wire.message import HexBytes, Message, PrefixedText, XmlElement, XmlName, xml_name
from vedette.wire.namespaces import WSAW, WSDL, WSDL_SOAP, XS
from vedette.wire.writer import prefix_of

AnyOperation = Operation[..., Any, Any]

_SIMPLE: dict[Any, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "double",
    bytes: "base64Binary",
    HexBytes: "hexBinary",
    datetime: "dateTime",
    timedelta: "duration",
    XmlName: "QName",
    PrefixedText: "string",
}
_HTTP = "http://schemas.xmlsoap.org/soap/http"


def wsdl(service: type[Service], address: str = "") -> bytes:
    """The document of a service; with an `address` it also says where the service is reached.

    Companions have a binding each. Some are reached at that address too; that of a subscription is handed out
    when it is made.
    """
    return _Document(service).made(address)


class _Document:
    """One document under construction."""

    def __init__(self, service: type[Service]) -> None:
        self._service = service
        self._services = (service, *companions(service))
        self._types: dict[Any, XmlName] = {}
        self._elements: dict[XmlName, Any] = {}
        self._schemas: dict[str, XmlElement] = {}
        for each in self._services:
            for operation in _distinct(each):
                for _, message in _parts(operation):
                    self._elements[xml_name(message)] = message
                    self._reach(message)

    def made(self, address: str) -> bytes:
        namespace = self._service.namespace
        namespaces = {each.namespace for each in (*self._types.values(), *self._elements)}
        declared = {prefix_of(each): each for each in sorted({*namespaces, namespace, XS, WSAW}) if each}
        root = etree.Element(
            f"{{{WSDL}}}definitions",
            nsmap={"wsdl": WSDL, "soap": WSDL_SOAP, **declared},
            targetNamespace=namespace,
            name=_title(self._service),
        )
        types = etree.SubElement(root, f"{{{WSDL}}}types")
        for each in sorted(namespaces):
            self._schemas[each] = etree.SubElement(
                types, f"{{{XS}}}schema", targetNamespace=each, elementFormDefault="qualified"
            )
        for each, schema in self._schemas.items():
            for other in sorted(namespaces - {each}):
                etree.SubElement(schema, f"{{{XS}}}import", namespace=other)
        for name, message in self._elements.items():
            self._global_element(name, message)
        for message, name in self._types.items():
            self._complex_type(message, name)
        self._interface(root, address)
        etree.indent(root)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    # What is reached

    def _reach(self, message: Any) -> None:
        waiting = [message]
        while waiting:
            cls = waiting.pop()
            if cls in self._types:
                continue
            self._types[cls] = self._free_name(xml_name(cls))
            waiting.extend(base for base in cls.__bases__ if _is_message(base))
            for field in fields_of(cls):
                if _is_message(field.type):
                    waiting.append(field.type)
                if field.kind == "element" and field.xml.namespace not in ("", _namespace(cls, field)):
                    self._elements.setdefault(field.xml, field)

    def _free_name(self, name: XmlName) -> XmlName:
        """Two classes may share an XML name; the later one gets a number."""
        taken = set(self._types.values())
        free, number = name, 1
        while free in taken:
            number += 1
            free = XmlName(name.namespace, f"{name.local}{number}")
        return free

    # Schemas

    def _global_element(self, name: XmlName, kind: Any) -> None:
        element = etree.SubElement(self._schemas[name.namespace], f"{{{XS}}}element", name=name.local)
        if isinstance(kind, Field):
            self._give_type(element, kind)
        else:
            element.set("type", _spelled(self._types[kind]))

    def _complex_type(self, cls: Any, name: XmlName) -> None:
        holder = etree.SubElement(self._schemas[name.namespace], f"{{{XS}}}complexType", name=name.local)
        base = next((each for each in cls.__bases__ if _is_message(each)), None)
        inherited = {field.name for field in fields_of(base)} if base is not None else set()
        own = [field for field in fields_of(cls) if field.name not in inherited]
        content = next((field for field in own if field.kind == "text"), None)
        if content is not None:
            self._simple_content(holder, content, own)
            return
        if base is not None:
            complex_content = etree.SubElement(holder, f"{{{XS}}}complexContent")
            holder = etree.SubElement(complex_content, f"{{{XS}}}extension", base=_spelled(self._types[base]))
        children = [field for field in own if field.kind in ("element", "anything")]
        sequence = etree.SubElement(holder, f"{{{XS}}}sequence")
        for field in children:
            self._child(sequence, cls, field, is_alone=len(children) == 1 and not inherited)
        self._attributes(holder, own)

    def _simple_content(self, holder: XmlElement, content: Field, own: list[Field]) -> None:
        simple = etree.SubElement(holder, f"{{{XS}}}simpleContent")
        is_list = content.is_listed or content.type not in _SIMPLE
        base = "xs:string" if is_list else f"xs:{_SIMPLE[content.type]}"
        self._attributes(etree.SubElement(simple, f"{{{XS}}}extension", base=base), own)

    def _child(self, sequence: XmlElement, cls: Any, field: Field, *, is_alone: bool) -> None:
        if field.kind == "anything":
            etree.SubElement(
                sequence,
                f"{{{XS}}}any",
                namespace="##any" if is_alone else "##other",
                processContents="lax",
                minOccurs="0",
                maxOccurs="unbounded",
            )
            return
        element = etree.SubElement(sequence, f"{{{XS}}}element")
        if field.xml.namespace not in ("", _namespace(cls, field)):
            element.set("ref", _spelled(field.xml))
        else:
            element.set("name", field.xml.local)
            self._give_type(element, field)
        if field.least != 1:
            element.set("minOccurs", str(field.least))
        if field.most != 1:
            element.set("maxOccurs", "unbounded" if field.most is None else str(field.most))

    def _attributes(self, holder: XmlElement, fields: list[Field]) -> None:
        for field in fields:
            if field.kind == "attribute" and not field.xml.namespace:
                attribute = etree.SubElement(holder, f"{{{XS}}}attribute", name=field.xml.local)
                self._give_type(attribute, field)
                if field.is_required:
                    attribute.set("use", "required")

    def _give_type(self, holder: XmlElement, field: Field) -> None:
        kind = field.type
        if kind is XmlElement:
            holder.set("type", "xs:anyType")
        elif _is_message(kind):
            holder.set("type", _spelled(self._types[kind]))
        elif kind in _SIMPLE and not field.is_listed:
            holder.set("type", f"xs:{_SIMPLE[kind]}")
        else:
            simple = etree.SubElement(holder, f"{{{XS}}}simpleType")
            if field.is_listed and kind in _SIMPLE:
                etree.SubElement(simple, f"{{{XS}}}list", itemType=f"xs:{_SIMPLE[kind]}")
                return
            if field.is_listed:
                listed = etree.SubElement(simple, f"{{{XS}}}list")
                simple = etree.SubElement(listed, f"{{{XS}}}simpleType")
            _restrict(simple, kind)

    # Messages, port type, binding

    def _interface(self, root: XmlElement, address: str) -> None:
        own = prefix_of(self._service.namespace)
        parts = {
            f"{operation.name}{part}": message
            for each in self._services
            for operation in _distinct(each)
            for part, message in _parts(operation)
        }
        for name, message in parts.items():
            holder = etree.SubElement(root, f"{{{WSDL}}}message", name=name)
            etree.SubElement(
                holder, f"{{{WSDL}}}part", name="parameters", element=_spelled(xml_name(message))
            )
        for each in self._services:
            _port_type(root, each, own)
        for each in self._services:
            _binding(root, each, own)
        if address:
            holder = etree.SubElement(root, f"{{{WSDL}}}service", name=f"{_title(self._service)}Service")
            for each in self._services:
                if each is self._service or _is_answered_besides(each, self._service):
                    title = _title(each)
                    port = etree.SubElement(
                        holder, f"{{{WSDL}}}port", name=f"{title}Port", binding=f"{own}:{title}Binding"
                    )
                    etree.SubElement(port, f"{{{WSDL_SOAP}}}address", location=address)


def _title(service: type[Service]) -> str:
    """What its port type is called: the title, or the class where the title has several parts."""
    return service.__name__ if "," in service.title else service.title


def _is_answered_besides(companion: type[Service], service: type[Service]) -> bool:
    """Whether the companion is reached at the service's address; a subscription has an address of its own."""
    return companion.namespace != service.namespace and companion.listed_as == service.namespace


def _port_type(root: XmlElement, service: type[Service], prefix: str) -> None:
    port_type = etree.SubElement(root, f"{{{WSDL}}}portType", name=_title(service))
    for operation in _distinct(service):
        holder = etree.SubElement(port_type, f"{{{WSDL}}}operation", name=operation.name)
        for part, _ in _parts(operation):
            tag = "input" if part == "Request" else "output"
            each = etree.SubElement(holder, f"{{{WSDL}}}{tag}", message=f"{prefix}:{operation.name}{part}")
            if part == "Request":
                each.set(f"{{{WSAW}}}Action", operation.action)


def _binding(root: XmlElement, service: type[Service], prefix: str) -> None:
    title = _title(service)
    binding = etree.SubElement(root, f"{{{WSDL}}}binding", name=f"{title}Binding", type=f"{prefix}:{title}")
    etree.SubElement(binding, f"{{{WSDL_SOAP}}}binding", style="document", transport=_HTTP)
    for operation in _distinct(service):
        holder = etree.SubElement(binding, f"{{{WSDL}}}operation", name=operation.name)
        etree.SubElement(holder, f"{{{WSDL_SOAP}}}operation", soapAction=operation.action)
        for part, _ in _parts(operation):
            tag = "input" if part == "Request" else "output"
            each = etree.SubElement(holder, f"{{{WSDL}}}{tag}")
            etree.SubElement(each, f"{{{WSDL_SOAP}}}body", use="literal")


def _distinct(service: type[Service]) -> Iterator[AnyOperation]:
    """The operations, each name once: WSDL allows no two of a name."""
    seen: set[str] = set()
    for operation in service.operations():
        if operation.name not in seen:
            seen.add(operation.name)
            yield operation


def _parts(operation: AnyOperation) -> Iterator[tuple[str, Any]]:
    yield "Request", operation.request
    if operation.response is not type(None):
        yield "Response", operation.response


def _is_message(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Message) and kind is not Message


def _namespace(cls: Any, field: Field) -> str:
    """The namespace of the class in whose type a field is written."""
    for base in reversed(cls.__mro__):
        if _is_message(base) and field.name in base.__annotations__:
            return xml_name(base).namespace
    return xml_name(cls).namespace


def _spelled(name: XmlName) -> str:
    return f"{prefix_of(name.namespace)}:{name.local}"


def _restrict(simple: XmlElement, enumeration: type[StrEnum]) -> None:
    restriction = etree.SubElement(simple, f"{{{XS}}}restriction", base="xs:string")
    for member in enumeration:
        etree.SubElement(restriction, f"{{{XS}}}enumeration", value=member.value)
