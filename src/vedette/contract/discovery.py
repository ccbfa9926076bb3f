"""WS-Discovery: messages and operations."""

from types import NoneType

from vedette.contract.faults import MatchingRuleNotSupported
from vedette.contract.operation import Access, Operation, Service
from vedette.wire.message import XmlElement, XmlName, anything, attribute, element, message, text
from vedette.wire.namespaces import WSA04, D


@message(WSA04)
class ReferenceProperties:
    """Properties of an address; not used by the standard."""


@message(WSA04)
class ReferenceParameters:
    """Headers that a message to the address must repeat."""

    content: tuple[XmlElement, ...] = anything()


@message(WSA04)
class ServiceName:
    """The name of a service at an address."""

    port_name: str | None = attribute("PortName", default=None)
    value: XmlName = text()


@message(WSA04)
class EndpointReference:
    """The address that stands for a device in discovery."""

    address: str
    reference_properties: ReferenceProperties | None = None
    reference_parameters: ReferenceParameters | None = None
    port_type: XmlName | None = None
    service_name: ServiceName | None = None


@message(D)
class Scopes:
    """Scopes, and the rule by which they are matched."""

    match_by: str | None = attribute("MatchBy", default=None)
    value: tuple[str, ...] = text(listed=True)


@message(D)
class ProbeMatch:
    """A device that fits a probe."""

    endpoint_reference: EndpointReference = element(namespace=WSA04)
    types: tuple[XmlName, ...] = element(listed=True, default=())
    scopes: Scopes | None = None
    xaddrs: tuple[str, ...] = element("XAddrs", listed=True, default=())
    metadata_version: int


@message(D)
class ResolveMatch:
    """The device that a resolve asked about."""

    endpoint_reference: EndpointReference = element(namespace=WSA04)
    types: tuple[XmlName, ...] = element(listed=True, default=())
    scopes: Scopes | None = None
    xaddrs: tuple[str, ...] = element("XAddrs", listed=True)
    metadata_version: int


@message(D)
class Hello:
    """Says that a device is there."""

    endpoint_reference: EndpointReference = element(namespace=WSA04)
    types: tuple[XmlName, ...] = element(listed=True, default=())
    scopes: Scopes | None = None
    xaddrs: tuple[str, ...] = element("XAddrs", listed=True, default=())
    metadata_version: int


@message(D)
class Probe:
    """Asks for devices of given types and scopes."""

    types: tuple[XmlName, ...] = element(listed=True, default=())
    scopes: Scopes | None = None


@message(D)
class ProbeMatches:
    """Answers with the devices that fit."""

    probe_matches: tuple[ProbeMatch, ...] = element("ProbeMatch", default=())


@message(D)
class Resolve:
    """Asks where a device is."""

    endpoint_reference: EndpointReference = element(namespace=WSA04)


@message(D)
class ResolveMatches:
    """Answers where the device is."""

    resolve_match: ResolveMatch | None = None


@message(D)
class Bye:
    """Says that a device goes."""

    endpoint_reference: EndpointReference = element(namespace=WSA04)
    types: tuple[XmlName, ...] = element(listed=True, default=())
    scopes: Scopes | None = None
    xaddrs: tuple[str, ...] = element("XAddrs", listed=True, default=())
    metadata_version: int | None = None


class Discovery(Service):
    """WS-Discovery."""

    namespace = D

    hello = Operation(
        Hello,
        NoneType,
        access=Access.PRE_AUTH,
        source="Core, Hello (26.06 §7.3.2)",
        iec="IEC 60839-11-31 7.3.2",
    )

    probe = Operation(
        Probe,
        ProbeMatches,
        access=Access.PRE_AUTH,
        faults=(MatchingRuleNotSupported,),
        source="Core, Probe (26.06 §7.3.3)",
        iec="IEC 60839-11-31 7.3.3",
    )

    resolve = Operation(
        Resolve,
        ResolveMatches,
        access=Access.PRE_AUTH,
        source="Core, Resolve (26.06 §7.3.4)",
        iec="IEC 60839-11-31 7.3.4",
    )

    bye = Operation(
        Bye,
        NoneType,
        access=Access.PRE_AUTH,
        source="Core, Bye (26.06 §7.3.5)",
        iec="IEC 60839-11-31 7.3.5",
    )
