"""Device service: what the host's network is set to."""

import ipaddress

from vedette.client.interfaces import InterfaceAddress
from vedette.contract.device import Device
from vedette.contract.device.network import (
    GetDNS,
    GetDNSResponse,
    GetHostname,
    GetHostnameResponse,
    GetNetworkDefaultGateway,
    GetNetworkDefaultGatewayResponse,
    GetNetworkProtocols,
    GetNetworkProtocolsResponse,
    GetNTP,
    GetNTPResponse,
    SetHostname,
    SetHostnameResponse,
)
from vedette.contract.device.network_interfaces import GetNetworkInterfaces, GetNetworkInterfacesResponse
from vedette.contract.faults import Action
from vedette.contract.operation import answers
from vedette.contract.schema.network import (
    DNSInformation,
    HostnameInformation,
    IPAddress,
    IPType,
    NetworkGateway,
    NetworkHost,
    NetworkHostType,
    NetworkProtocol,
    NetworkProtocolType,
    NTPInformation,
)
from vedette.contract.schema.network_interfaces import (
    IPv4Configuration,
    IPv4NetworkInterface,
    IPv6Configuration,
    IPv6DHCPConfiguration,
    IPv6NetworkInterface,
    NetworkInterface,
    NetworkInterfaceInfo,
    PrefixedIPv4Address,
    PrefixedIPv6Address,
)
from vedette.device.network import HostInterface, HostNetwork, NetworkUnreadable, OpenPorts
from vedette.device.system import HostName


class NetworkHandlers:
    """Tells names, addresses and ports. The host's settings are the host's: they are read only."""

    def __init__(self, hostname: HostName, network: HostNetwork, ports: OpenPorts) -> None:
        self._hostname = hostname
        self._network = network
        self._ports = ports

    @answers(Device.get_hostname)
    async def get_hostname(self, request: GetHostname) -> GetHostnameResponse:
        """The name the device goes by."""
        return GetHostnameResponse(
            hostname_information=HostnameInformation(from_dhcp=False, name=self._hostname.name)
        )

    @answers(Device.set_hostname)
    async def set_hostname(self, request: SetHostname) -> SetHostnameResponse:
        """Go by another name."""
        await self._hostname.set(request.name)
        return SetHostnameResponse()

    @answers(Device.get_network_interfaces)
    async def get_network_interfaces(self, request: GetNetworkInterfaces) -> GetNetworkInterfacesResponse:
        """The host's interfaces."""
        try:
            interfaces = self._network.interfaces()
        except NetworkUnreadable as error:
            raise Action(str(error)) from error
        return GetNetworkInterfacesResponse(network_interfaces=tuple(_interface(each) for each in interfaces))

    @answers(Device.get_network_protocols)
    async def get_network_protocols(self, request: GetNetworkProtocols) -> GetNetworkProtocolsResponse:
        """The ports that are listened on."""
        ports = (
            (NetworkProtocolType.HTTP, self._ports.http),
            (NetworkProtocolType.HTTPS, self._ports.https),
            (NetworkProtocolType.RTSP, self._ports.rtsp),
        )
        return GetNetworkProtocolsResponse(
            network_protocols=tuple(
                NetworkProtocol(name=name, enabled=True, ports=(port,))
                for name, port in ports
                if port is not None
            )
        )

    @answers(Device.get_network_default_gateway)
    async def get_network_default_gateway(
        self, request: GetNetworkDefaultGateway
    ) -> GetNetworkDefaultGatewayResponse:
        """The host's default gateways."""
        every = self._network.gateways()
        gateway = NetworkGateway(
            ipv4_addresses=tuple(each for each in every if ":" not in each),
            ipv6_addresses=tuple(each for each in every if ":" in each),
        )
        return GetNetworkDefaultGatewayResponse(network_gateway=gateway)

    @answers(Device.get_dns)
    async def get_dns(self, request: GetDNS) -> GetDNSResponse:
        """The host's name servers."""
        return GetDNSResponse(
            dns_information=DNSInformation(
                from_dhcp=False,
                search_domains=self._network.search_domains(),
                dns_manual=tuple(_address(each) for each in self._network.name_servers()),
            )
        )

    @answers(Device.get_ntp)
    async def get_ntp(self, request: GetNTP) -> GetNTPResponse:
        """The host's time servers."""
        servers = tuple(_host(each) for each in self._network.time_servers())
        return GetNTPResponse(ntp_information=NTPInformation(from_dhcp=False, ntp_manual=servers))


def _interface(interface: HostInterface) -> NetworkInterface:
    v4 = [each for each in interface.addresses if not each.is_ipv6]
    v6 = [each for each in interface.addresses if each.is_ipv6]
    return NetworkInterface(
        token=interface.name,
        enabled=interface.is_up,
        info=NetworkInterfaceInfo(
            name=interface.name, hw_address=interface.hardware_address, mtu=interface.mtu_bytes
        ),
        ipv4=IPv4NetworkInterface(enabled=True, config=_ipv4(v4)) if v4 else None,
        ipv6=IPv6NetworkInterface(enabled=True, config=_ipv6(v6)) if v6 else None,
    )


def _ipv4(addresses: list[InterfaceAddress]) -> IPv4Configuration:
    local = [each for each in addresses if each.is_link_local]
    return IPv4Configuration(
        manual=tuple(
            PrefixedIPv4Address(address=each.address, prefix_length=each.prefix_bits)
            for each in addresses
            if not each.is_link_local
        ),
        link_local=PrefixedIPv4Address(address=local[0].address, prefix_length=local[0].prefix_bits)
        if local
        else None,
        dhcp=False,
    )


def _ipv6(addresses: list[InterfaceAddress]) -> IPv6Configuration:
    told = [
        (each.is_link_local, PrefixedIPv6Address(address=each.address, prefix_length=each.prefix_bits))
        for each in addresses
    ]
    return IPv6Configuration(
        dhcp=IPv6DHCPConfiguration.OFF,
        manual=tuple(address for is_local, address in told if not is_local),
        link_local=tuple(address for is_local, address in told if is_local),
    )


def _address(text: str) -> IPAddress:
    if ":" in text:
        return IPAddress(type=IPType.IPV6, ipv6_address=text)
    return IPAddress(type=IPType.IPV4, ipv4_address=text)


def _host(text: str) -> NetworkHost:
    try:
        version = ipaddress.ip_address(text).version
    except ValueError:
        return NetworkHost(type=NetworkHostType.DNS, dns_name=text)
    if version == 6:
        return NetworkHost(type=NetworkHostType.IPV6, ipv6_address=text)
    return NetworkHost(type=NetworkHostType.IPV4, ipv4_address=text)
