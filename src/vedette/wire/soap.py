"""SOAP 1.2 envelopes, faults and WS-Addressing headers as plain data."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import msgspec

from vedette.base.errors import PeerError
from vedette.wire.codec import write
from vedette.wire.message import MalformedMessage, XmlElement, XmlName
from vedette.wire.namespaces import ENV, ENV11, WSA, WSA04, WSSE, XML
from vedette.wire.pieces import resolved_name
from vedette.wire.writer import XmlWriter, escape_attribute, escape_text, prefix_of, writable

CONTENT_TYPE = "application/soap+xml; charset=utf-8"
ANONYMOUS = "http://www.w3.org/2005/08/addressing/anonymous"
FAULT_ACTION = "http://www.w3.org/2005/08/addressing/soap/fault"

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_SECURITY = f"{{{WSSE}}}Security"
_IS_REFERENCE_PARAMETER = f"{{{WSA}}}IsReferenceParameter"
_ADDRESSING_NAMESPACES = (WSA, WSA04)
_UNDERSTOOD = frozenset((WSA, WSA04, WSSE))
_TRUE = frozenset(("1", "true"))
_OWN_ROLES = frozenset(
    (
        "",
        "http://www.w3.org/2003/05/soap-envelope/role/next",
        "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
    )
)
MISSED_MOST = 16  # headers that a refusal names
_NO_ENCODING = "http://www.w3.org/2003/05/soap-envelope/encoding/none"
_CODES = {
    "Sender": "Sender",
    "Receiver": "Receiver",
    "VersionMismatch": "VersionMismatch",
    "MustUnderstand": "MustUnderstand",
    "DataEncodingUnknown": "DataEncodingUnknown",
    "Client": "Sender",  # SOAP 1.1's names
    "Server": "Receiver",
}


class NotSoap12(PeerError):
    """The root is not a SOAP 1.2 envelope; answered with env:VersionMismatch (Core 5.8.2.2)."""


class NotUnderstood(PeerError):
    """Headers that must be understood are not; answered with env:MustUnderstand (Core 5.8.2.2)."""

    def __init__(self, reason: str, names: tuple[XmlName, ...] = ()) -> None:
        super().__init__(reason)
        self.names = names


class UnknownEncoding(PeerError):
    """The body asks for an encoding of data; answered with env:DataEncodingUnknown (Core 5.8.2.2)."""


class Addressing(msgspec.Struct, frozen=True, kw_only=True):
    """The WS-Addressing headers; an empty text is a header that is not there.

    `namespace` is the version spoken, 2005/08 unless WS-Discovery needs 2004/08.
    `reference_parameters` are the headers that came with an endpoint reference and go back to it.
    """

    action: str = ""
    message_id: str = ""
    to: str = ""
    reply_to: str = ""
    relates_to: str = ""
    reference_parameters: tuple[XmlElement, ...] = ()
    namespace: str = WSA


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A received envelope: `body` is the body's first child, or None if it is empty.

    `headers` holds the blocks that are neither addressing nor `security` (the wsse:Security block).
    """

    addressing: Addressing
    security: XmlElement | None
    headers: tuple[XmlElement, ...]
    body: XmlElement | None

    @property
    def body_name(self) -> XmlName | None:
        """The name of the body's child, which tells the operation; None for an empty body."""
        return None if self.body is None else name_of(self.body)


class SoapFault(msgspec.Struct, frozen=True, kw_only=True):
    """A SOAP fault: `code` is Sender, Receiver, VersionMismatch, MustUnderstand or DataEncodingUnknown.

    `subcodes` go from the outermost inwards. `detail` holds the children of the detail. `not_understood`
    are the headers that a fault of the code MustUnderstand is about; it names them in headers of its own.
    """

    code: str
    subcodes: tuple[XmlName, ...] = ()
    reason: str = ""
    detail: tuple[XmlElement, ...] = ()
    not_understood: tuple[XmlName, ...] = ()


def name_of(element: XmlElement) -> XmlName:
    """An element's qualified name."""
    namespace, _, local = str(element.tag).rpartition("}")
    return XmlName(namespace[1:], local)


# Reading


def read_envelope(
    root: XmlElement, *, understood: frozenset[str] = frozenset(), tolerant: bool = False
) -> Envelope:
    """Take an envelope apart.

    `understood` are namespaces of headers that the caller understands beyond addressing and security.
    `tolerant` (a client reading a device) accepts SOAP 1.1 and headers that are not understood.

    Raises NotSoap12, NotUnderstood, UnknownEncoding or MalformedMessage.
    """
    name = name_of(root)
    is_acceptable = name == (ENV, "Envelope") or (tolerant and name == (ENV11, "Envelope"))
    if not is_acceptable:
        raise NotSoap12(f"the root is {root.tag!s}, not a SOAP 1.2 envelope"[:300])
    header = body = None
    for part in root:  # comparing names is several times cheaper than `find`
        if body is None and part.tag == f"{{{name.namespace}}}Body":
            body = part
        elif header is None and part.tag == f"{{{name.namespace}}}Header":
            header = part
    if body is None:
        raise MalformedMessage("the envelope has no body")
    blocks = [] if header is None else [block for block in header if isinstance(block.tag, str)]
    if not tolerant:
        _refuse_not_understood(blocks, _UNDERSTOOD | understood)
    content = next((child for child in body if isinstance(child.tag, str)), None)
    if content is not None and not tolerant:
        encoding = content.get(f"{{{ENV}}}encodingStyle")
        if encoding not in (None, "", _NO_ENCODING):
            raise UnknownEncoding(f"encoding {encoding!r}"[:300])
    security = next((block for block in blocks if block.tag == _SECURITY), None)
    addressing, others = _addressing(blocks)
    return Envelope(addressing=addressing, security=security, headers=others, body=content)


def _refuse_not_understood(blocks: list[XmlElement], understood: frozenset[str]) -> None:
    missed = [
        name_of(block)
        for block in blocks
        if (block.get(f"{{{ENV}}}mustUnderstand") or "").strip() in _TRUE
        and (block.get(f"{{{ENV}}}role") or "").strip() in _OWN_ROLES
        and name_of(block).namespace not in understood
        and not _is_reference_parameter(block)
    ]
    if missed:
        told = ", ".join(each.local for each in missed[:MISSED_MOST])
        raise NotUnderstood(f"headers not understood: {told}"[:300], tuple(missed[:MISSED_MOST]))


def _is_reference_parameter(block: XmlElement) -> bool:
    return (block.get(_IS_REFERENCE_PARAMETER) or "").strip() in _TRUE


def _addressing(blocks: list[XmlElement]) -> tuple[Addressing, tuple[XmlElement, ...]]:
    texts: dict[str, str] = {}
    parameters: list[XmlElement] = []
    others: list[XmlElement] = []
    spoken = WSA
    for block in blocks:
        name = name_of(block)
        if _is_reference_parameter(block):
            parameters.append(block)
        elif name.namespace in _ADDRESSING_NAMESPACES:
            spoken = name.namespace
            if name.local == "ReplyTo":
                address = block.find(f"{{{name.namespace}}}Address")
                texts.setdefault(name.local, _text(address))
            else:
                texts.setdefault(name.local, _text(block))
        elif block.tag != _SECURITY:
            others.append(block)
    addressing = Addressing(
        action=texts.get("Action", ""),
        message_id=texts.get("MessageID", ""),
        to=texts.get("To", ""),
        reply_to=texts.get("ReplyTo", ""),
        relates_to=texts.get("RelatesTo", ""),
        reference_parameters=tuple(parameters),
        namespace=spoken,
    )
    return addressing, tuple(others)


def _text(element: XmlElement | None) -> str:
    return "" if element is None else (element.text or "").strip()


def is_fault(element: XmlElement | None) -> bool:
    """Whether a body's child is a fault, of whichever SOAP version."""
    return element is not None and element.tag in (f"{{{ENV}}}Fault", f"{{{ENV11}}}Fault")


def read_fault(element: XmlElement) -> SoapFault:
    """What a fault says; never refuses.

    Devices send faults with undeclared prefixes, without namespaces or in SOAP 1.1's form. All are
    read by local names; a subcode whose prefix nobody declared is taken for the standard's own.
    """
    parts = {name_of(child).local: child for child in element if isinstance(child.tag, str)}
    if "faultcode" in parts or "faultstring" in parts:
        code, subcodes = _old_code(parts.get("faultcode"))
        reason = _text(parts.get("faultstring"))
        detail = parts.get("detail")
    else:
        code, subcodes = _code(parts.get("Code"))
        reason = _reason(parts.get("Reason"))
        detail = parts.get("Detail")
    kept = () if detail is None else tuple(child for child in detail if isinstance(child.tag, str))
    return SoapFault(code=code, subcodes=subcodes, reason=reason, detail=kept)


def _lenient_name(element: XmlElement) -> XmlName:
    text = _text(element)
    try:
        return resolved_name(text, element, tolerant=True)
    except ValueError:
        return XmlName("", text.rpartition(":")[2])


def _code(element: XmlElement | None) -> tuple[str, tuple[XmlName, ...]]:
    found: list[XmlName] = []
    while element is not None:
        parts = {name_of(child).local: child for child in element if isinstance(child.tag, str)}
        value = parts.get("Value")
        if value is not None:
            found.append(_lenient_name(value))
        element = parts.get("Subcode")
    if found and found[0].local in _CODES:
        return _CODES[found[0].local], tuple(found[1:])
    return "Receiver", tuple(found)


def _old_code(element: XmlElement | None) -> tuple[str, tuple[XmlName, ...]]:
    if element is None:
        return "Receiver", ()
    name = _lenient_name(element)
    outer, _, inner = name.local.partition(".")  # SOAP 1.1 refines its codes with dots
    if outer in _CODES:
        return _CODES[outer], (XmlName("", inner),) if inner else ()
    return "Receiver", (name,)


def _reason(element: XmlElement | None) -> str:
    if element is None:
        return ""
    texts = [child for child in element if isinstance(child.tag, str)]
    english = [each for each in texts if (each.get(f"{{{XML}}}lang") or "").lower().startswith("en")]
    for each in (*english, *texts, element):
        if text := _text(each):
            return text
    return ""


# Writing


def message_envelope(
    value: object,
    *,
    tag: XmlName | None = None,
    addressing: Addressing | None = None,
    security: XmlElement | None = None,
    headers: tuple[object, ...] = (),
) -> bytes:
    """An envelope around a message; `headers` are further blocks, messages or elements.

    Raises CallerError for values that XML cannot carry.
    """
    return _envelope(lambda out: write(value, out, tag), addressing, security, headers)


def fault_envelope(fault: SoapFault, *, addressing: Addressing | None = None) -> bytes:
    """An envelope around a fault; what XML cannot carry in its reason is replaced.

    Source: SOAP 1.2 Part 1 §5.4.8 for the headers about headers.
    """
    return _envelope(lambda out: _write_fault(fault, out), addressing, None, (), fault.not_understood)


def _envelope(
    write_body: Callable[[XmlWriter], None],
    addressing: Addressing | None,
    security: XmlElement | None,
    headers: tuple[object, ...],
    not_understood: tuple[XmlName, ...] = (),
) -> bytes:
    out = XmlWriter()
    out.use(ENV)
    parts = out.parts
    parts += ("<env:Envelope", ">")
    if addressing is not None or security is not None or headers or not_understood:
        parts.append("<env:Header>")
        if addressing is not None:
            _write_addressing(addressing, out)
        if security is not None:
            out.tree(security)
        for block in headers:
            _write_block(block, out)
        for name in not_understood:
            parts.append(f'<env:NotUnderstood qname="{escape_attribute(out.name(name))}"/>')
        parts.append("</env:Header>")
    parts.append("<env:Body>")
    write_body(out)
    parts.append("</env:Body></env:Envelope>")
    return _DECLARATION + out.finish()


def _write_block(block: Any, out: XmlWriter) -> None:
    if isinstance(block, XmlElement):
        out.tree(block)
    else:
        write(block, out)


def _write_addressing(addressing: Addressing, out: XmlWriter) -> None:
    out.use(addressing.namespace)
    prefix = prefix_of(addressing.namespace)
    for name, value in (
        ("Action", addressing.action),
        ("MessageID", addressing.message_id),
        ("To", addressing.to),
        ("RelatesTo", addressing.relates_to),
    ):
        if value:
            out.parts.append(f"<{prefix}:{name}>{escape_text(value)}</{prefix}:{name}>")
    if addressing.reply_to:
        address = f"<{prefix}:Address>{escape_text(addressing.reply_to)}</{prefix}:Address>"
        out.parts.append(f"<{prefix}:ReplyTo>{address}</{prefix}:ReplyTo>")
    for parameter in addressing.reference_parameters:
        out.tree(_as_reference_parameter(parameter))


def _as_reference_parameter(element: XmlElement) -> XmlElement:
    if _is_reference_parameter(element):
        return element
    marked = deepcopy(element)
    marked.set(_IS_REFERENCE_PARAMETER, "true")
    return marked


def _write_fault(fault: SoapFault, out: XmlWriter) -> None:
    code = f"<env:Value>{out.name(XmlName(ENV, fault.code))}</env:Value>"
    inner = ""
    for subcode in reversed(fault.subcodes):
        value = escape_text(writable(out.name(subcode)))
        inner = f"<env:Subcode><env:Value>{value}</env:Value>{inner}</env:Subcode>"
    reason = escape_text(writable(fault.reason)) or fault.code
    out.parts.append(
        f"<env:Fault><env:Code>{code}{inner}</env:Code>"
        f'<env:Reason><env:Text xml:lang="en">{reason}</env:Text></env:Reason>'
    )
    if fault.detail:
        out.parts.append("<env:Detail>")
        for element in fault.detail:
            out.tree(element)
        out.parts.append("</env:Detail>")
    out.parts.append("</env:Fault>")
