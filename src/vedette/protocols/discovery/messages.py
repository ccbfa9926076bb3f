"""WS-Discovery messages: written strictly, read by local names, since peers get namespaces wrong.

Source: WS-Discovery (April 2005); SOAP-over-UDP (2004); Core, Device discovery (26.06 §7).
"""

from collections.abc import Iterator

import msgspec

from vedette.wire import soap
from vedette.wire.codec import to_element
from vedette.wire.message import (
    MalformedMessage,
    XmlElement,
    XmlName,
    attribute,
    element,
    message,
    text,
)
from vedette.wire.namespaces import DN, TDS, WSA04, D
from vedette.wire.parser import Limits, parse
from vedette.wire.pieces import resolved_name
from vedette.wire.soap import Addressing, SoapFault

PORT = 3702
GROUP_IPV4 = "239.255.255.250"
GROUP_IPV6 = "ff02::c"
EVERYBODY = "urn:schemas-xmlsoap-org:ws:2005:04:discovery"
ANONYMOUS = f"{WSA04}/role/anonymous"

NETWORK_VIDEO_TRANSMITTER = XmlName(DN, "NetworkVideoTransmitter")
DEVICE = XmlName(TDS, "Device")

HELLO = f"{D}/Hello"
BYE = f"{D}/Bye"
PROBE = f"{D}/Probe"
PROBE_MATCHES = f"{D}/ProbeMatches"
RESOLVE = f"{D}/Resolve"
RESOLVE_MATCHES = f"{D}/ResolveMatches"
FAULT = f"{D}/fault"

DATAGRAM_MOST_BYTES = 65_507
LIMITS = Limits(size_bytes=DATAGRAM_MOST_BYTES, depth=24, elements=2000, attributes=32, attribute_chars=8192)
NAMES_MOST = 64
SCOPES_MOST = 512


class Sequence:
    """Numbers the messages of one run of the program; `instance_id` must rise with every start."""

    def __init__(self, instance_id: int) -> None:
        self.instance_id = instance_id
        self._number = 0

    def next(self) -> "AppSequence":
        """The header of the next message."""
        self._number += 1
        return AppSequence(instance_id=self.instance_id, message_number=self._number)


@message(D)
class AppSequence:
    """Lets a receiver put the messages of a sender in order."""

    instance_id: int = attribute("InstanceId")
    message_number: int = attribute("MessageNumber")


@message(WSA04, name="EndpointReference")
class _Endpoint:
    """The name of a device."""

    address: str


@message(D, name="Scopes")
class _Scopes:
    """Scopes and how to match them."""

    match_by: str | None = attribute("MatchBy", default=None)
    value: tuple[str, ...] = text(listed=True)


@message(D, name="SupportedMatchingRules")
class _Rules:
    """The rules that a device matches scopes by."""

    value: tuple[str, ...] = text(listed=True)


@message(D, name="ProbeMatch")
class _Target:
    """A device as Hello, Bye and the two matches describe it."""

    endpoint_reference: _Endpoint = element(namespace=WSA04)
    types: tuple[XmlName, ...] = element(listed=True, default=())
    scopes: _Scopes | None = None
    xaddrs: tuple[str, ...] = element("XAddrs", listed=True, default=())
    metadata_version: int | None = None


@message(D, name="Probe")
class _Probe:
    """What is looked for."""

    types: tuple[XmlName, ...] = element(listed=True, default=())
    scopes: _Scopes | None = None


@message(D, name="ProbeMatches")
class _ProbeMatches:
    """The devices that fit."""

    matches: tuple[_Target, ...] = element("ProbeMatch", default=())


@message(D, name="Resolve")
class _Resolve:
    """Whose addresses are asked for."""

    endpoint_reference: _Endpoint = element(namespace=WSA04)


@message(D, name="ResolveMatches")
class _ResolveMatches:
    """The device that was asked for."""

    match: _Target = element("ResolveMatch")


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A device as discovery knows it: its name, what it is, where it says it is, and its addresses."""

    endpoint: str
    types: tuple[XmlName, ...] = ()
    scopes: tuple[str, ...] = ()
    xaddrs: tuple[str, ...] = ()
    metadata_version: int = 1


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody looks for; `match_by` is the rule for scopes, empty for the usual one."""

    types: tuple[XmlName, ...] = ()
    scopes: tuple[str, ...] = ()
    match_by: str = ""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it was read; `kind` is the local name of what its body holds.

    `targets` are those of Hello, Bye or matches; `probe` belongs to a Probe, `endpoint` to a Resolve.
    """

    kind: str
    message_id: str
    relates_to: str
    reply_to: str
    targets: tuple[Target, ...] = ()
    probe: Probe | None = None
    endpoint: str = ""


# Writing


def hello(target: Target, message_id: str, sequence: Sequence) -> bytes:
    """Says that a device is there."""
    addressing = Addressing(action=HELLO, message_id=message_id, to=EVERYBODY, namespace=WSA04)
    return soap.message_envelope(
        _told(target), tag=XmlName(D, "Hello"), addressing=addressing, headers=(sequence.next(),)
    )


def bye(target: Target, message_id: str, sequence: Sequence) -> bytes:
    """Says that a device goes; only its name is told."""
    addressing = Addressing(action=BYE, message_id=message_id, to=EVERYBODY, namespace=WSA04)
    content = _Target(endpoint_reference=_Endpoint(address=target.endpoint))
    return soap.message_envelope(
        content, tag=XmlName(D, "Bye"), addressing=addressing, headers=(sequence.next(),)
    )


def probe(wanted: Probe, message_id: str) -> bytes:
    """Asks for devices."""
    addressing = Addressing(action=PROBE, message_id=message_id, to=EVERYBODY, namespace=WSA04)
    scopes = _Scopes(match_by=wanted.match_by or None, value=wanted.scopes) if wanted.scopes else None
    return soap.message_envelope(_Probe(types=wanted.types, scopes=scopes), addressing=addressing)


def resolve(endpoint: str, message_id: str) -> bytes:
    """Asks where a device is."""
    addressing = Addressing(action=RESOLVE, message_id=message_id, to=EVERYBODY, namespace=WSA04)
    content = _Resolve(endpoint_reference=_Endpoint(address=endpoint))
    return soap.message_envelope(content, addressing=addressing)


def probe_matches(target: Target, message_id: str, request: Heard, sequence: Sequence) -> bytes:
    """Answers a probe that a device fits."""
    addressing = _reply(PROBE_MATCHES, message_id, request)
    content = _ProbeMatches(matches=(_told(target),))
    return soap.message_envelope(content, addressing=addressing, headers=(sequence.next(),))


def resolve_matches(target: Target, message_id: str, request: Heard, sequence: Sequence) -> bytes:
    """Answers a resolve that asks for a device."""
    addressing = _reply(RESOLVE_MATCHES, message_id, request)
    content = _ResolveMatches(match=_told(target))
    return soap.message_envelope(content, addressing=addressing, headers=(sequence.next(),))


def rule_fault(rules: tuple[str, ...], message_id: str, request: Heard) -> bytes:
    """Refuses a probe whose matching rule is not known. Source: Core, SOAP fault messages (26.06 §7.3.6)."""
    detail = to_element(_Rules(value=rules))
    fault = SoapFault(
        code="Sender",
        subcodes=(XmlName(D, "MatchingRuleNotSupported"),),
        reason="the matching rule is not supported",
        detail=(detail,),
    )
    return soap.fault_envelope(fault, addressing=_reply(FAULT, message_id, request))


def _told(target: Target) -> _Target:
    return _Target(
        endpoint_reference=_Endpoint(address=target.endpoint),
        types=target.types,
        scopes=_Scopes(value=target.scopes) if target.scopes else None,
        xaddrs=target.xaddrs,
        metadata_version=target.metadata_version,
    )


def _reply(action: str, message_id: str, request: Heard) -> Addressing:
    return Addressing(
        action=action,
        message_id=message_id,
        to=request.reply_to or ANONYMOUS,
        relates_to=request.message_id,
        namespace=WSA04,
    )


# Reading


def read(data: bytes) -> Heard:
    """What a datagram says. Raises MalformedMessage or LimitExceeded.

    Names count without their namespaces; a missing MetadataVersion is 0, missing addresses are none.
    """
    root = parse(data, LIMITS, tolerant=True)
    header, body = _child(root, "Header"), _child(root, "Body")
    content = None if body is None else next(_children(body), None)
    if content is None:
        raise MalformedMessage("a datagram without a message")
    kind = _local(content)
    heads = {} if header is None else {_local(each): each for each in _children(header)}
    heard = Heard(
        kind=kind,
        message_id=_text(heads.get("MessageID")),
        relates_to=_text(heads.get("RelatesTo")),
        reply_to=_text(_child(heads["ReplyTo"], "Address")) if "ReplyTo" in heads else "",
    )
    match kind:
        case "Hello" | "Bye":
            return msgspec.structs.replace(heard, targets=(_target(content),))
        case "ProbeMatches" | "ResolveMatches":
            matches = (each for each in _children(content) if _local(each) in ("ProbeMatch", "ResolveMatch"))
            return msgspec.structs.replace(heard, targets=tuple(_target(each) for each in matches))
        case "Probe":
            scopes = _child(content, "Scopes")
            rule = "" if scopes is None else (scopes.get("MatchBy") or "").strip()
            wanted = Probe(types=_types(content), scopes=_scopes(content), match_by=rule)
            return msgspec.structs.replace(heard, probe=wanted)
        case "Resolve":
            return msgspec.structs.replace(heard, endpoint=_endpoint(content))
        case _:
            raise MalformedMessage(f"{kind[:100]!r} is no message of discovery")


def _target(holder: XmlElement) -> Target:
    version = _text(_child(holder, "MetadataVersion"))
    return Target(
        endpoint=_endpoint(holder),
        types=_types(holder),
        scopes=_scopes(holder),
        xaddrs=tuple(_text(_child(holder, "XAddrs")).split()[:NAMES_MOST]),
        metadata_version=int(version) if version.isascii() and version.isdigit() and len(version) < 11 else 0,
    )


def _endpoint(holder: XmlElement) -> str:
    reference = _child(holder, "EndpointReference")
    return "" if reference is None else _text(_child(reference, "Address"))


def _scopes(holder: XmlElement) -> tuple[str, ...]:
    return tuple(_text(_child(holder, "Scopes")).split()[:SCOPES_MOST])


def _types(holder: XmlElement) -> tuple[XmlName, ...]:
    found = _child(holder, "Types")
    return () if found is None else tuple(_names(found))


def _names(holder: XmlElement) -> Iterator[XmlName]:
    for word in (holder.text or "").split()[:NAMES_MOST]:
        try:
            yield resolved_name(word, holder, tolerant=True)
        except ValueError:
            yield XmlName("", word.rpartition(":")[2])


def _children(holder: XmlElement) -> Iterator[XmlElement]:
    return (each for each in holder if isinstance(each.tag, str))


def _child(holder: XmlElement, name: str) -> XmlElement | None:
    return next((each for each in _children(holder) if _local(each) == name), None)


def _local(each: XmlElement) -> str:
    return str(each.tag).rpartition("}")[2]


def _text(holder: XmlElement | None) -> str:
    return "" if holder is None else (holder.text or "").strip()
