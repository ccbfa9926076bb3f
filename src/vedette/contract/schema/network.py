"""Host names, addresses, protocols and filters of the network settings."""

from datetime import timedelta
from enum import StrEnum

from vedette.contract.schema.network_interfaces import PrefixedIPv4Address, PrefixedIPv6Address
from vedette.wire.message import element, message
from vedette.wire.namespaces import TT


class NetworkHostType(StrEnum):
    """How a host is named."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"
    DNS = "DNS"


@message(TT)
class NetworkHost:
    """A host by name or address."""

    type: NetworkHostType
    ipv4_address: str | None = element("IPv4Address", default=None)
    ipv6_address: str | None = element("IPv6Address", default=None)
    dns_name: str | None = element("DNSname", default=None)


@message(TT)
class HostnameInformation:
    """The device's host name and where it comes from."""

    from_dhcp: bool = element("FromDHCP")
    name: str | None = None


class IPType(StrEnum):
    """The version of an address."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"


@message(TT)
class IPAddress:
    """An address of version 4 or 6."""

    type: IPType
    ipv4_address: str | None = element("IPv4Address", default=None)
    ipv6_address: str | None = element("IPv6Address", default=None)


@message(TT)
class DNSInformation:
    """Name servers and search domains."""

    from_dhcp: bool = element("FromDHCP")
    search_domains: tuple[str, ...] = element("SearchDomain", default=())
    dns_from_dhcp: tuple[IPAddress, ...] = element("DNSFromDHCP", default=())
    dns_manual: tuple[IPAddress, ...] = element("DNSManual", default=())


@message(TT)
class NTPInformation:
    """Time servers and where they come from."""

    from_dhcp: bool = element("FromDHCP")
    ntp_from_dhcp: tuple[NetworkHost, ...] = element("NTPFromDHCP", default=())
    ntp_manual: tuple[NetworkHost, ...] = element("NTPManual", default=())


class DynamicDNSType(StrEnum):
    """Who registers the device's name."""

    NO_UPDATE = "NoUpdate"
    CLIENT_UPDATES = "ClientUpdates"
    SERVER_UPDATES = "ServerUpdates"


@message(TT)
class DynamicDNSInformation:
    """How the device registers its name."""

    type: DynamicDNSType
    name: str | None = None
    ttl: timedelta | None = element("TTL", default=None)


class NetworkProtocolType(StrEnum):
    """The protocols that can be switched."""

    HTTP = "HTTP"
    HTTPS = "HTTPS"
    RTSP = "RTSP"


@message(TT)
class NetworkProtocol:
    """A protocol: whether it is on, and its ports."""

    name: NetworkProtocolType
    enabled: bool
    ports: tuple[int, ...] = element("Port")


@message(TT)
class NetworkGateway:
    """The default gateways."""

    ipv4_addresses: tuple[str, ...] = element("IPv4Address", default=())
    ipv6_addresses: tuple[str, ...] = element("IPv6Address", default=())


@message(TT)
class NetworkZeroConfigurationExtension:
    """Link-local addresses of further interfaces."""

    additional: "tuple[NetworkZeroConfiguration, ...]" = ()


@message(TT)
class NetworkZeroConfiguration:
    """Link-local addresses of an interface."""

    interface_token: str
    enabled: bool
    addresses: tuple[str, ...] = ()
    extension: NetworkZeroConfigurationExtension | None = None


class IPAddressFilterType(StrEnum):
    """Whether listed addresses are let in or kept out."""

    ALLOW = "Allow"
    DENY = "Deny"


@message(TT)
class IPAddressFilter:
    """Addresses that are let in or kept out."""

    type: IPAddressFilterType
    ipv4_addresses: tuple[PrefixedIPv4Address, ...] = element("IPv4Address", default=())
    ipv6_addresses: tuple[PrefixedIPv6Address, ...] = element("IPv6Address", default=())
