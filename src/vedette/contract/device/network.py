"""Device management service: names, protocols, gateways and address filters."""

from datetime import timedelta

from vedette.contract.faults import (
    EnablingTlsFailed,
    InvalidDnsName,
    InvalidGatewayAddress,
    InvalidHostname,
    InvalidIPv4Address,
    InvalidIPv6Address,
    InvalidNetworkInterface,
    IPFilterListIsFull,
    NoIPv4Address,
    NoIPv6Address,
    PortAlreadyInUse,
    ServiceNotSupported,
    TimeSyncedToNtp,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.network import (
    DNSInformation,
    DynamicDNSInformation,
    DynamicDNSType,
    HostnameInformation,
    IPAddress,
    IPAddressFilter,
    NetworkGateway,
    NetworkHost,
    NetworkProtocol,
    NetworkZeroConfiguration,
    NTPInformation,
)
from vedette.wire.message import element, message
from vedette.wire.namespaces import TDS


@message(TDS)
class GetHostname:
    """Asks for the hostname."""


@message(TDS)
class GetHostnameResponse:
    """Answers with the hostname."""

    hostname_information: HostnameInformation


@message(TDS)
class SetHostname:
    """Changes the hostname."""

    name: str


@message(TDS)
class SetHostnameResponse:
    """Tells that the hostname changed."""


@message(TDS)
class SetHostnameFromDHCP:
    """Chooses whether DHCP gives the host name."""

    from_dhcp: bool = element("FromDHCP")


@message(TDS)
class SetHostnameFromDHCPResponse:
    """Answers whether a restart is needed."""

    reboot_needed: bool


@message(TDS)
class GetDNS:
    """Asks for the DNS."""


@message(TDS)
class GetDNSResponse:
    """Answers with the DNS."""

    dns_information: DNSInformation = element("DNSInformation")


@message(TDS)
class SetDNS:
    """Changes the DNS."""

    from_dhcp: bool = element("FromDHCP")
    search_domains: tuple[str, ...] = element("SearchDomain", default=())
    dns_manual: tuple[IPAddress, ...] = element("DNSManual", default=())


@message(TDS)
class SetDNSResponse:
    """Tells that the DNS changed."""


@message(TDS)
class GetNTP:
    """Asks for the NTP."""


@message(TDS)
class GetNTPResponse:
    """Answers with the NTP."""

    ntp_information: NTPInformation = element("NTPInformation")


@message(TDS)
class SetNTP:
    """Changes the NTP."""

    from_dhcp: bool = element("FromDHCP")
    ntp_manual: tuple[NetworkHost, ...] = element("NTPManual", default=())


@message(TDS)
class SetNTPResponse:
    """Tells that the NTP changed."""


@message(TDS)
class GetDynamicDNS:
    """Asks for the dynamic DNS."""


@message(TDS)
class GetDynamicDNSResponse:
    """Answers with the dynamic DNS."""

    dynamic_dns_information: DynamicDNSInformation = element("DynamicDNSInformation")


@message(TDS)
class SetDynamicDNS:
    """Changes the dynamic DNS."""

    type: DynamicDNSType
    name: str | None = None
    ttl: timedelta | None = element("TTL", default=None)


@message(TDS)
class SetDynamicDNSResponse:
    """Tells that the dynamic DNS changed."""


@message(TDS)
class GetNetworkProtocols:
    """Asks for the network protocols."""


@message(TDS)
class GetNetworkProtocolsResponse:
    """Answers with the network protocols."""

    network_protocols: tuple[NetworkProtocol, ...] = ()


@message(TDS)
class SetNetworkProtocols:
    """Changes the network protocols."""

    network_protocols: tuple[NetworkProtocol, ...]


@message(TDS)
class SetNetworkProtocolsResponse:
    """Tells that the network protocols changed."""


@message(TDS)
class GetNetworkDefaultGateway:
    """Asks for the network default gateway."""


@message(TDS)
class GetNetworkDefaultGatewayResponse:
    """Answers with the network default gateway."""

    network_gateway: NetworkGateway


@message(TDS)
class SetNetworkDefaultGateway:
    """Changes the network default gateway."""

    ipv4_addresses: tuple[str, ...] = element("IPv4Address", default=())
    ipv6_addresses: tuple[str, ...] = element("IPv6Address", default=())


@message(TDS)
class SetNetworkDefaultGatewayResponse:
    """Tells that the network default gateway changed."""


@message(TDS)
class GetZeroConfiguration:
    """Asks for the zero configuration."""


@message(TDS)
class GetZeroConfigurationResponse:
    """Answers with the zero configuration."""

    zero_configuration: NetworkZeroConfiguration


@message(TDS)
class SetZeroConfiguration:
    """Changes the zero configuration."""

    interface_token: str
    enabled: bool


@message(TDS)
class SetZeroConfigurationResponse:
    """Tells that the zero configuration changed."""


@message(TDS)
class GetIPAddressFilter:
    """Asks for the IP address filter."""


@message(TDS)
class GetIPAddressFilterResponse:
    """Answers with the IP address filter."""

    ip_address_filter: IPAddressFilter = element("IPAddressFilter")


@message(TDS)
class SetIPAddressFilter:
    """Changes the IP address filter."""

    ip_address_filter: IPAddressFilter = element("IPAddressFilter")


@message(TDS)
class SetIPAddressFilterResponse:
    """Tells that the IP address filter changed."""


@message(TDS)
class AddIPAddressFilter:
    """Adds the IP address filter."""

    ip_address_filter: IPAddressFilter = element("IPAddressFilter")


@message(TDS)
class AddIPAddressFilterResponse:
    """Tells that the IP address filter was added."""


@message(TDS)
class RemoveIPAddressFilter:
    """Takes the IP address filter away."""

    ip_address_filter: IPAddressFilter = element("IPAddressFilter")


@message(TDS)
class RemoveIPAddressFilterResponse:
    """Tells that the IP address filter was taken away."""


class Network(Service):
    """Names, protocols, gateways and address filters."""

    get_hostname = Operation(
        GetHostname,
        GetHostnameResponse,
        access=Access.PRE_AUTH,
        source="Core, GetHostname (26.06 §8.2.1)",
        iec="IEC 60839-11-31 8.3.1",
    )

    set_hostname = Operation(
        SetHostname,
        SetHostnameResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidHostname,),
        source="Core, SetHostname (26.06 §8.2.2)",
        iec="IEC 60839-11-31 8.3.2",
    )

    set_hostname_from_dhcp = Operation(
        SetHostnameFromDHCP,
        SetHostnameFromDHCPResponse,
        access=Access.WRITE_SYSTEM,
        source="Core, SetHostnameFromDHCP (26.06 §8.2.3)",
        iec="IEC 60839-11-31 8.3.3",
    )

    get_dns = Operation(
        GetDNS,
        GetDNSResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetDNS (26.06 §8.2.4)",
        iec="IEC 60839-11-31 8.3.4",
    )

    set_dns = Operation(
        SetDNS,
        SetDNSResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidIPv6Address, InvalidIPv4Address),
        source="Core, SetDNS (26.06 §8.2.5)",
        iec="IEC 60839-11-31 8.3.5",
    )

    get_ntp = Operation(
        GetNTP,
        GetNTPResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetNTP (26.06 §8.2.6)",
        iec="IEC 60839-11-31 8.3.6",
    )

    set_ntp = Operation(
        SetNTP,
        SetNTPResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidIPv6Address, InvalidIPv4Address, InvalidDnsName, TimeSyncedToNtp),
        source="Core, SetNTP (26.06 §8.2.7)",
        iec="IEC 60839-11-31 8.3.7",
    )

    get_dynamic_dns = Operation(
        GetDynamicDNS,
        GetDynamicDNSResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetDynamicDNS (26.06 §8.2.8)",
        iec="IEC 60839-11-31 8.3.8",
    )

    set_dynamic_dns = Operation(
        SetDynamicDNS,
        SetDynamicDNSResponse,
        access=Access.WRITE_SYSTEM,
        source="Core, SetDynamicDNS (26.06 §8.2.9)",
        iec="IEC 60839-11-31 8.3.9",
    )

    get_network_protocols = Operation(
        GetNetworkProtocols,
        GetNetworkProtocolsResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetNetworkProtocols (26.06 §8.2.12)",
        iec="IEC 60839-11-31 8.3.12",
    )

    set_network_protocols = Operation(
        SetNetworkProtocols,
        SetNetworkProtocolsResponse,
        access=Access.WRITE_SYSTEM,
        faults=(ServiceNotSupported, PortAlreadyInUse, EnablingTlsFailed),
        source="Core, SetNetworkProtocols (26.06 §8.2.13)",
        iec="IEC 60839-11-31 8.3.13",
    )

    get_network_default_gateway = Operation(
        GetNetworkDefaultGateway,
        GetNetworkDefaultGatewayResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetNetworkDefaultGateway (26.06 §8.2.14)",
        iec="IEC 60839-11-31 8.3.14",
    )

    set_network_default_gateway = Operation(
        SetNetworkDefaultGateway,
        SetNetworkDefaultGatewayResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidIPv6Address, InvalidIPv4Address, InvalidGatewayAddress),
        source="Core, SetNetworkDefaultGateway (26.06 §8.2.15)",
        iec="IEC 60839-11-31 8.3.15",
    )

    get_zero_configuration = Operation(
        GetZeroConfiguration,
        GetZeroConfigurationResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetZeroConfiguration (26.06 §8.2.16)",
        iec="IEC 60839-11-31 8.3.16",
    )

    set_zero_configuration = Operation(
        SetZeroConfiguration,
        SetZeroConfigurationResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidNetworkInterface,),
        source="Core, SetZeroConfiguration (26.06 §8.2.17)",
        iec="IEC 60839-11-31 8.3.17",
    )

    get_ip_address_filter = Operation(
        GetIPAddressFilter,
        GetIPAddressFilterResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetIPAddressFilter (26.06 §8.2.18)",
        iec="IEC 60839-11-31 8.3.18",
    )

    set_ip_address_filter = Operation(
        SetIPAddressFilter,
        SetIPAddressFilterResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidIPv6Address, InvalidIPv4Address),
        source="Core, SetIPAddressFilter (26.06 §8.2.19)",
        iec="IEC 60839-11-31 8.3.19",
    )

    add_ip_address_filter = Operation(
        AddIPAddressFilter,
        AddIPAddressFilterResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidIPv6Address, InvalidIPv4Address, IPFilterListIsFull),
        source="Core, AddIPAddressFilter (26.06 §8.2.20)",
        iec="IEC 60839-11-31 8.3.20",
    )

    remove_ip_address_filter = Operation(
        RemoveIPAddressFilter,
        RemoveIPAddressFilterResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidIPv6Address, InvalidIPv4Address, NoIPv6Address, NoIPv4Address),
        source="Core, RemoveIPAddressFilter (26.06 §8.2.21)",
        iec="IEC 60839-11-31 8.3.21",
    )
