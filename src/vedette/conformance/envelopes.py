"""Requests as the tester alone sends them: any element in an envelope, and odd ways to declare namespaces.

These are made apart from the wire floor on purpose: what it writes is part of what is tested.
"""

from collections.abc import Callable
from enum import Enum

from lxml import etree

from vedette.wire.message import XmlElement
from vedette.wire.namespaces import ENV


def request_element(namespace: str, name: str) -> XmlElement:
    """An operation's request without content."""
    return etree.Element(f"{{{namespace}}}{name}", nsmap={"q": namespace})


def envelope_of(request: XmlElement, security: XmlElement | None = None) -> bytes:
    """An envelope around a request, with a login header or without."""
    envelope = etree.Element(f"{{{ENV}}}Envelope", nsmap={"env": ENV})
    if security is not None:
        etree.SubElement(envelope, f"{{{ENV}}}Header").append(security)
    etree.SubElement(envelope, f"{{{ENV}}}Body").append(request)
    return bytes(etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"))


class NamespaceStyle(Enum):
    """Ways to declare namespaces that all mean the same. Source: Namespaces in XML 1.0 §6."""

    EACH_TAG = "a default namespace on every tag"
    PARENT_TAG = "a default namespace on parents, inherited"
    ODD_PREFIXES = "prefixes nobody else uses"
    SEVERAL_PREFIXES = "several prefixes for one namespace"
    ONE_PREFIX = "one prefix for several namespaces"


def restyled(document: bytes, style: NamespaceStyle) -> bytes:
    """The same document with its namespaces declared in another style.

    Attributes with namespaces and values that are qualified names keep the declarations they need.
    """
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, remove_blank_text=True))
    writer = _Writer(_PREFIXES[style](), is_repeating=style is NamespaceStyle.EACH_TAG)
    return ('<?xml version="1.0" encoding="UTF-8"?>' + writer.written(root, {}, 0)).encode()


_Prefixes = Callable[[str, int], str]  # namespace and depth to prefix, "" for the default namespace


def _default() -> _Prefixes:
    return lambda namespace, depth: ""


def _odd() -> _Prefixes:
    given: dict[str, str] = {}
    return lambda namespace, depth: given.setdefault(namespace, f"_x.{len(given)}-z")


def _several() -> _Prefixes:
    return lambda namespace, depth: f"p{depth}"


def _one() -> _Prefixes:
    return lambda namespace, depth: "same"


_PREFIXES: dict[NamespaceStyle, Callable[[], _Prefixes]] = {
    NamespaceStyle.EACH_TAG: _default,
    NamespaceStyle.PARENT_TAG: _default,
    NamespaceStyle.ODD_PREFIXES: _odd,
    NamespaceStyle.SEVERAL_PREFIXES: _several,
    NamespaceStyle.ONE_PREFIX: _one,
}


class _Writer:
    """Writes elements with the prefixes a style chooses; `is_repeating` declares what is in scope again."""

    def __init__(self, prefix_of: _Prefixes, *, is_repeating: bool) -> None:
        self._prefix_of = prefix_of
        self._is_repeating = is_repeating

    def written(self, element: XmlElement, inherited: dict[str, str], depth: int) -> str:
        """One element and what is in it; `inherited` maps the prefixes in scope to namespaces."""
        name = etree.QName(element)
        namespace = name.namespace or ""
        prefix = self._prefix_of(namespace, depth)
        in_scope = dict(inherited)
        declarations = ""
        if in_scope.get(prefix) != namespace or self._is_repeating:
            in_scope[prefix] = namespace
            declarations = f' xmlns{":" if prefix else ""}{prefix}="{_escaped(namespace)}"'
        declarations += _kept(element, prefix, in_scope)
        attributes = "".join(_attribute(element, str(key), str(value)) for key, value in element.items())
        tag = f"{prefix}:{name.localname}" if prefix else name.localname
        inner = _escaped(element.text or "")
        for child in element:
            inner += self.written(child, in_scope, depth + 1) + _escaped(child.tail or "")
        return f"<{tag}{declarations}{attributes}>{inner}</{tag}>"


def _kept(element: XmlElement, taken: str, in_scope: dict[str, str]) -> str:
    """Declarations that attributes' names and qualified names in the text need."""
    text = element.text or ""
    kept = ""
    for prefix, namespace in element.nsmap.items():
        is_needed = prefix is not None and (
            f"{prefix}:" in text or any(str(key).startswith(f"{{{namespace}}}") for key in element.attrib)
        )
        if is_needed and prefix is not None and prefix != taken and in_scope.get(prefix) != namespace:
            in_scope[prefix] = namespace
            kept += f' xmlns:{prefix}="{_escaped(namespace)}"'
    return kept


def _attribute(element: XmlElement, key: str, value: str) -> str:
    name = etree.QName(key)
    if not name.namespace:
        return f' {name.localname}="{_escaped(value)}"'
    prefix = next(each for each, namespace in element.nsmap.items() if namespace == name.namespace and each)
    return f' {prefix}:{name.localname}="{_escaped(value)}"'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
