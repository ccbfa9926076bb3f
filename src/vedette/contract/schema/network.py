"""Host names, addresses, protocols and filters of the network settings."""

from datetime import timedelta
from enum import StrEnum

from vedette.contract.schema.network_interfaces import PrefixedIPv4Address, PrefixedIPv6Address
from vedette.wire.message import element, message
from vedette.wire.namespaces import TT


class NetworkHostType(StrEnum):
    """Network host: the named values."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"
    DNS = "DNS"


@message(TT)
class NetworkHost:
    """Network host."""

    type: NetworkHostType
    ipv4_address: str | None = element("IPv4Address", default=None)
    ipv6_address: str | None = element("IPv6Address", default=None)
    dn_sname: str | None = element("DNSname", default=None)


@message(TT)
class HostnameInformation:
    """Hostname information."""

    from_dhcp: bool = element("FromDHCP")
    name: str | None = None


class IPType(StrEnum):
    """IP type: the named values."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"


@message(TT)
class IPAddress:
    """IP address."""

    type: IPType
    ipv4_address: str | None = element("IPv4Address", default=None)
    ipv6_address: str | None = element("IPv6Address", default=None)


@message(TT)
class DNSInformation:
    """DNS information."""

    from_dhcp: bool = element("FromDHCP")
    search_domains: tuple[str, ...] = element("SearchDomain", default=())
    dns_from_dhcps: tuple[IPAddress, ...] = element("DNSFromDHCP", default=())
    dns_manuals: tuple[IPAddress, ...] = element("DNSManual", default=())


@message(TT)
class NTPInformation:
    """NTP information."""

    from_dhcp: bool = element("FromDHCP")
    ntp_from_dhcps: tuple[NetworkHost, ...] = element("NTPFromDHCP", default=())
    ntp_manuals: tuple[NetworkHost, ...] = element("NTPManual", default=())


class DynamicDNSType(StrEnum):
    """Dynamic DNS: the named values."""

    NO_UPDATE = "NoUpdate"
    CLIENT_UPDATES = "ClientUpdates"
    SERVER_UPDATES = "ServerUpdates"


@message(TT)
class DynamicDNSInformation:
    """Dynamic DNS information."""

    type: DynamicDNSType
    name: str | None = None
    ttl: timedelta | None = element("TTL", default=None)


class NetworkProtocolType(StrEnum):
    """Network protocol: the named values."""

    HTTP = "HTTP"
    HTTPS = "HTTPS"
    RTSP = "RTSP"


@message(TT)
class NetworkProtocol:
    """Network protocol."""

    name: NetworkProtocolType
    enabled: bool
    ports: tuple[int, ...] = element("Port")


@message(TT)
class NetworkGateway:
    """Network gateway."""

    ipv4_addresses: tuple[str, ...] = element("IPv4Address", default=())
    ipv6_addresses: tuple[str, ...] = element("IPv6Address", default=())


@message(TT)
class NetworkZeroConfigurationExtension:
    """Network zero configuration extension."""

    additionals: "tuple[NetworkZeroConfiguration, ...]" = element("Additional", default=())


@message(TT)
class NetworkZeroConfiguration:
    """Network zero configuration."""

    interface_token: str
    enabled: bool
    addresses: tuple[str, ...] = ()
    extension: NetworkZeroConfigurationExtension | None = None


class IPAddressFilterType(StrEnum):
    """IP address filter: the named values."""

    ALLOW = "Allow"
    DENY = "Deny"


@message(TT)
class IPAddressFilter:
    """IP address filter."""

    type: IPAddressFilterType
    ipv4_addresses: tuple[PrefixedIPv4Address, ...] = element("IPv4Address", default=())
    ipv6_addresses: tuple[PrefixedIPv6Address, ...] = element("IPv6Address", default=())
