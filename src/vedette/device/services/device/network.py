"""Device service: names, name and time servers, gateways."""

from datetime import timedelta

from vedette.contract.device import Device
from vedette.contract.device.network import (
    GetDNS,
    GetDNSResponse,
    GetDynamicDNS,
    GetDynamicDNSResponse,
    GetHostname,
    GetHostnameResponse,
    GetNetworkDefaultGateway,
    GetNetworkDefaultGatewayResponse,
    GetNTP,
    GetNTPResponse,
    SetDNS,
    SetDNSResponse,
    SetDynamicDNS,
    SetDynamicDNSResponse,
    SetHostname,
    SetHostnameFromDHCP,
    SetHostnameFromDHCPResponse,
    SetHostnameResponse,
    SetNetworkDefaultGateway,
    SetNetworkDefaultGatewayResponse,
    SetNTP,
    SetNTPResponse,
)
from vedette.contract.operation import answers
from vedette.contract.schema.network import (
    DNSInformation,
    DynamicDNSInformation,
    DynamicDNSType,
    HostnameInformation,
    NetworkGateway,
    NTPInformation,
)
from vedette.device.hardware.host import Chapter, Host
from vedette.device.network_addresses import told_address, told_host
from vedette.device.network_domain import NetworkDomain
from vedette.device.network_names import NetworkNames, answered
from vedette.device.services.device.network_access import AddressFilterHandlers, ProtocolHandlers
from vedette.device.services.device.network_interfaces import interface_handlers
from vedette.device.services.device.network_time import ClockHandlers
from vedette.device.services.device.network_wireless import PortAccessHandlers, WirelessHandlers


class NetworkHandlers:
    """Tells the host's name, servers and gateways."""

    def __init__(self, host: Host) -> None:
        self._host = host

    @answers(Device.get_hostname)
    async def get_hostname(self, request: GetHostname) -> GetHostnameResponse:
        """The name the device goes by."""
        now = await answered(self._host.hostname())
        return GetHostnameResponse(
            hostname_information=HostnameInformation(from_dhcp=now.from_dhcp, name=now.name)
        )

    @answers(Device.get_network_default_gateway)
    async def get_network_default_gateway(
        self, request: GetNetworkDefaultGateway
    ) -> GetNetworkDefaultGatewayResponse:
        """The default gateways."""
        every = await answered(self._host.gateways())
        gateway = NetworkGateway(
            ipv4_addresses=tuple(each for each in every if ":" not in each),
            ipv6_addresses=tuple(each for each in every if ":" in each),
        )
        return GetNetworkDefaultGatewayResponse(network_gateway=gateway)

    @answers(Device.get_dns)
    async def get_dns(self, request: GetDNS) -> GetDNSResponse:
        """The name servers."""
        now = await answered(self._host.name_servers())
        return GetDNSResponse(
            dns_information=DNSInformation(
                from_dhcp=now.from_dhcp,
                search_domains=now.search_domains,
                dns_from_dhcp=tuple(told_address(each) for each in now.given),
                dns_manual=tuple(told_address(each) for each in now.manual),
            )
        )

    @answers(Device.get_ntp)
    async def get_ntp(self, request: GetNTP) -> GetNTPResponse:
        """The time servers."""
        now = await answered(self._host.time_servers())
        return GetNTPResponse(
            ntp_information=NTPInformation(
                from_dhcp=now.from_dhcp,
                ntp_from_dhcp=tuple(told_host(each) for each in now.given),
                ntp_manual=tuple(told_host(each) for each in now.manual),
            )
        )


class NameSetting:
    """Sets the host's name."""

    def __init__(self, names: NetworkNames) -> None:
        self._names = names

    @answers(Device.set_hostname)
    async def set_hostname(self, request: SetHostname) -> SetHostnameResponse:
        """Go by another name."""
        await self._names.set_hostname(request.name)
        return SetHostnameResponse()


class NameByDhcpSetting:
    """Takes the host's name from DHCP."""

    def __init__(self, names: NetworkNames) -> None:
        self._names = names

    @answers(Device.set_hostname_from_dhcp)
    async def set_hostname_from_dhcp(self, request: SetHostnameFromDHCP) -> SetHostnameFromDHCPResponse:
        """Take the name from DHCP, or no longer; it holds at once."""
        await self._names.name_by_dhcp(wanted=request.from_dhcp)
        return SetHostnameFromDHCPResponse(reboot_needed=False)


class NameServerSetting:
    """Sets the name servers."""

    def __init__(self, names: NetworkNames) -> None:
        self._names = names

    @answers(Device.set_dns)
    async def set_dns(self, request: SetDNS) -> SetDNSResponse:
        """Ask other name servers."""
        await self._names.set_name_servers(
            request.dns_manual, search_domains=request.search_domains, from_dhcp=request.from_dhcp
        )
        return SetDNSResponse()


class TimeServerSetting:
    """Sets the time servers."""

    def __init__(self, names: NetworkNames) -> None:
        self._names = names

    @answers(Device.set_ntp)
    async def set_ntp(self, request: SetNTP) -> SetNTPResponse:
        """Follow other time servers."""
        await self._names.set_time_servers(request.ntp_manual, from_dhcp=request.from_dhcp)
        return SetNTPResponse()


class DynamicNameSetting:
    """Tells and sets who registers the host's name."""

    def __init__(self, names: NetworkNames) -> None:
        self._names = names

    @answers(Device.get_dynamic_dns)
    async def get_dynamic_dns(self, request: GetDynamicDNS) -> GetDynamicDNSResponse:
        """Who registers the name."""
        now = await self._names.dynamic_name()
        return GetDynamicDNSResponse(
            dynamic_dns_information=DynamicDNSInformation(
                type=DynamicDNSType(now.kind),
                name=now.name,
                ttl=None if now.ttl_s is None else timedelta(seconds=now.ttl_s),
            )
        )

    @answers(Device.set_dynamic_dns)
    async def set_dynamic_dns(self, request: SetDynamicDNS) -> SetDynamicDNSResponse:
        """Have the name registered, or not."""
        await self._names.set_dynamic_name(request.type, name=request.name, ttl=request.ttl)
        return SetDynamicDNSResponse()


class GatewaySetting:
    """Sets the default gateways."""

    def __init__(self, names: NetworkNames) -> None:
        self._names = names

    @answers(Device.set_network_default_gateway)
    async def set_network_default_gateway(
        self, request: SetNetworkDefaultGateway
    ) -> SetNetworkDefaultGatewayResponse:
        """Use other gateways."""
        await self._names.set_gateways(request.ipv4_addresses, request.ipv6_addresses)
        return SetNetworkDefaultGatewayResponse()


def network_handlers(network: NetworkDomain) -> tuple[object, ...]:
    """What answers the network chapter and the clock, as far as the host lets things be set."""
    return (
        *name_handlers(network.host, network.names),
        *interface_handlers(network.host, network.interfaces),
        ProtocolHandlers(network.protocols),
        AddressFilterHandlers(network.address_filter),
        ClockHandlers(network.clock),
        *wireless_handlers(network),
    )


def wireless_handlers(network: NetworkDomain) -> tuple[object, ...]:
    """What answers for the radio, and for 802.1X, which only radios use; nothing where there is none."""
    if network.radio is None or Chapter.WIRELESS not in network.host.settable:
        return ()
    return (
        WirelessHandlers(network.interfaces, network.radio),
        PortAccessHandlers(network.port_access),
    )


def name_handlers(host: Host, names: NetworkNames) -> tuple[object, ...]:
    """What tells, and what sets as far as the host lets it."""
    setting = {
        Chapter.NAME: NameSetting,
        Chapter.NAME_BY_DHCP: NameByDhcpSetting,
        Chapter.NAME_SERVERS: NameServerSetting,
        Chapter.TIME_SERVERS: TimeServerSetting,
        Chapter.DYNAMIC_NAME: DynamicNameSetting,
        Chapter.GATEWAYS: GatewaySetting,
    }
    return (
        NetworkHandlers(host),
        *(make(names) for chapter, make in setting.items() if chapter in host.settable),
    )
