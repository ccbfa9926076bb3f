"""Device service: network interfaces and link-local addresses."""

from vedette.contract.device import Device
from vedette.contract.device.network import (
    GetZeroConfiguration,
    GetZeroConfigurationResponse,
    SetZeroConfiguration,
    SetZeroConfigurationResponse,
)
from vedette.contract.device.network_interfaces import (
    GetNetworkInterfaces,
    GetNetworkInterfacesResponse,
    SetNetworkInterfaces,
    SetNetworkInterfacesResponse,
)
from vedette.contract.operation import answers
from vedette.contract.schema.network import NetworkZeroConfiguration, NetworkZeroConfigurationExtension
from vedette.contract.schema.network_interfaces import (
    Dot11Cipher,
    Dot11Configuration,
    Dot11SecurityConfiguration,
    Dot11SecurityMode,
    Dot11StationMode,
    Duplex,
    IPv4Configuration,
    IPv4NetworkInterface,
    IPv6Configuration,
    IPv6DHCPConfiguration,
    IPv6NetworkInterface,
    NetworkInterface,
    NetworkInterfaceConnectionSetting,
    NetworkInterfaceExtension,
    NetworkInterfaceInfo,
    NetworkInterfaceLink,
    PrefixedIPv4Address,
    PrefixedIPv6Address,
)
from vedette.device.hardware.host import AddressState, Chapter, Host, InterfaceState, LinkState
from vedette.device.network_interfaces import NetworkInterfaces
from vedette.device.settings.network import LinkSettings, Prefixed, WirelessNetwork
from vedette.wire.message import HexBytes


class InterfaceHandlers:
    """Tells the interfaces."""

    def __init__(self, interfaces: NetworkInterfaces) -> None:
        self._interfaces = interfaces

    @answers(Device.get_network_interfaces)
    async def get_network_interfaces(self, request: GetNetworkInterfaces) -> GetNetworkInterfacesResponse:
        """Every interface."""
        every = await self._interfaces.all()
        return GetNetworkInterfacesResponse(network_interfaces=tuple(_interface(each) for each in every))


class InterfaceSetting:
    """Sets an interface."""

    def __init__(self, interfaces: NetworkInterfaces) -> None:
        self._interfaces = interfaces

    @answers(Device.set_network_interfaces)
    async def set_network_interfaces(self, request: SetNetworkInterfaces) -> SetNetworkInterfacesResponse:
        """Set what is said; it holds at once."""
        await self._interfaces.set(request.interface_token, request.network_interface)
        return SetNetworkInterfacesResponse(reboot_needed=False)


class ZeroConfigurationHandlers:
    """Tells and sets link-local addresses."""

    def __init__(self, interfaces: NetworkInterfaces) -> None:
        self._interfaces = interfaces

    @answers(Device.get_zero_configuration)
    async def get_zero_configuration(self, request: GetZeroConfiguration) -> GetZeroConfigurationResponse:
        """The link-local addresses, the first interface in front."""
        first, *others = [_zero_configuration(each) for each in await self._interfaces.all()]
        extension = NetworkZeroConfigurationExtension(additional=tuple(others)) if others else None
        return GetZeroConfigurationResponse(
            zero_configuration=NetworkZeroConfiguration(
                interface_token=first.interface_token,
                enabled=first.enabled,
                addresses=first.addresses,
                extension=extension,
            )
        )

    @answers(Device.set_zero_configuration)
    async def set_zero_configuration(self, request: SetZeroConfiguration) -> SetZeroConfigurationResponse:
        """Turn them on or off."""
        await self._interfaces.set_zero_configuration(request.interface_token, is_on=request.enabled)
        return SetZeroConfigurationResponse()


def interface_handlers(host: Host, interfaces: NetworkInterfaces) -> tuple[object, ...]:
    """What tells, and what sets as far as the host lets it."""
    setting = {
        Chapter.INTERFACES: InterfaceSetting,
        Chapter.ZERO_CONFIGURATION: ZeroConfigurationHandlers,
    }
    return (
        InterfaceHandlers(interfaces),
        *(make(interfaces) for chapter, make in setting.items() if chapter in host.settable),
    )


def _interface(state: InterfaceState) -> NetworkInterface:
    return NetworkInterface(
        token=state.token,
        enabled=state.is_enabled,
        info=NetworkInterfaceInfo(name=state.token, hw_address=state.hardware_address, mtu=state.mtu_bytes),
        link=None if state.link is None else _link(state.link, state.kind),
        ipv4=None if state.ipv4 is None else _ipv4(state.ipv4),
        ipv6=None if state.ipv6 is None else _ipv6(state.ipv6),
        extension=NetworkInterfaceExtension(
            interface_type=state.kind, dot11=tuple(_wireless(each) for each in state.wireless)
        ),
    )


def _link(link: LinkState, kind: int) -> NetworkInterfaceLink:
    return NetworkInterfaceLink(
        admin_settings=told_link(link.wanted), oper_settings=told_link(link.actual), interface_type=kind
    )


def told_link(link: LinkSettings) -> NetworkInterfaceConnectionSetting:
    """A link in the standard's form."""
    return NetworkInterfaceConnectionSetting(
        auto_negotiation=link.auto_negotiation,
        speed=link.speed_mbps,
        duplex=Duplex.FULL if link.is_full_duplex else Duplex.HALF,
    )


def _ipv4(state: AddressState) -> IPv4NetworkInterface:
    return IPv4NetworkInterface(
        enabled=state.is_enabled,
        config=IPv4Configuration(
            manual=tuple(_prefixed_ipv4(each) for each in state.manual),
            link_local=_prefixed_ipv4(state.link_local[0]) if state.link_local else None,
            from_dhcp=_prefixed_ipv4(state.from_dhcp[0]) if state.from_dhcp else None,
            dhcp=state.dhcp != "Off",
        ),
    )


def _ipv6(state: AddressState) -> IPv6NetworkInterface:
    return IPv6NetworkInterface(
        enabled=state.is_enabled,
        config=IPv6Configuration(
            accept_router_advert=state.accepts_router_advert,
            dhcp=IPv6DHCPConfiguration(state.dhcp),
            manual=tuple(_prefixed_ipv6(each) for each in state.manual),
            link_local=tuple(_prefixed_ipv6(each) for each in state.link_local),
            from_dhcp=tuple(_prefixed_ipv6(each) for each in state.from_dhcp),
            from_ra=tuple(_prefixed_ipv6(each) for each in state.from_router),
        ),
    )


def _wireless(network: WirelessNetwork) -> Dot11Configuration:
    """A network without its key: nobody is told it. Source: Core, PSK mode (26.06 §8.2.22.4.2)."""
    return Dot11Configuration(
        ssid=HexBytes.fromhex(network.ssid),
        mode=Dot11StationMode(network.station_mode),
        alias=network.alias,
        priority=network.priority,
        security=Dot11SecurityConfiguration(
            mode=Dot11SecurityMode(network.security),
            algorithm=None if network.cipher is None else Dot11Cipher(network.cipher),
            dot1x=network.port_access or None,
        ),
    )


def _zero_configuration(state: InterfaceState) -> NetworkZeroConfiguration:
    return NetworkZeroConfiguration(
        interface_token=state.token,
        enabled=state.zero_configuration is not None,
        addresses=state.zero_configuration or (),
    )


def _prefixed_ipv4(each: Prefixed) -> PrefixedIPv4Address:
    return PrefixedIPv4Address(address=each.address, prefix_length=each.prefix_bits)


def _prefixed_ipv6(each: Prefixed) -> PrefixedIPv6Address:
    return PrefixedIPv6Address(address=each.address, prefix_length=each.prefix_bits)
