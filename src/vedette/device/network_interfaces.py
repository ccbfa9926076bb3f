"""Setting a network interface: everything is checked before anything changes."""

import asyncio
from collections.abc import Callable

from vedette.contract.faults import (
    InvalidArgVal,
    InvalidDHCPv6,
    InvalidDot11,
    InvalidInterfaceSpeed,
    InvalidMtuValue,
    InvalidNetworkInterface,
    OperationProhibited,
)
from vedette.contract.schema.network_interfaces import (
    Dot11Configuration,
    Duplex,
    IPv4NetworkInterfaceSetConfiguration,
    IPv6DHCPConfiguration,
    IPv6NetworkInterfaceSetConfiguration,
    NetworkInterfaceConnectionSetting,
    NetworkInterfaceSetConfiguration,
)
from vedette.device.hardware.host import Chapter, Host, InterfaceState
from vedette.device.network_addresses import checked_ipv4_prefix, checked_ipv6_prefix
from vedette.device.network_names import answered
from vedette.device.network_wireless import WirelessNetworks
from vedette.device.settings.network import InterfaceSettings, LinkSettings, Prefixed, WirelessNetwork

MTU_LEAST_BYTES, MTU_MOST_BYTES = 576, 9216  # RFC 791 §3.1: every host takes 576; jumbo frames
MTU_LEAST_IPV6_BYTES = 1280  # RFC 8200 §5
SPEEDS_MBPS = frozenset((10, 100, 1000, 2500, 5000, 10_000))
HALF_DUPLEX_MBPS = frozenset((10, 100))  # IEEE 802.3: gigabit links are full duplex
ADDRESSES_MOST = 16


class NetworkInterfaces:
    """The host's interfaces as clients set them.

    Source: Core, GetNetworkInterfaces and SetNetworkInterfaces (26.06 §8.2.10-§8.2.11).
    """

    def __init__(self, host: Host, wireless: WirelessNetworks) -> None:
        self._host = host
        self._wireless = wireless
        self._watchers: list[Callable[[], None]] = []
        self._turn = asyncio.Lock()  # two at once could each turn off what is left to the other

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` whenever a client has set an interface, to what it was or to something else."""
        self._watchers.append(watcher)

    async def all(self) -> tuple[InterfaceState, ...]:
        """Every interface; raises Action."""
        return await answered(self._host.interfaces())

    async def require(self, token: str) -> InterfaceState:
        """One interface; raises InvalidNetworkInterface."""
        for each in await self.all():
            if each.token == token:
                return each
        raise InvalidNetworkInterface(f"there is no network interface {token[:64]!r}")

    async def set(self, token: str, wanted: NetworkInterfaceSetConfiguration) -> None:
        """Set what is said; what is left out stays.

        Raises the faults of SetNetworkInterfaces, OperationProhibited where no interface would stay on,
        and Action where the host refuses.
        """
        async with self._turn:
            await self._set(token, wanted)
        for watcher in self._watchers:
            watcher()

    async def _set(self, token: str, wanted: NetworkInterfaceSetConfiguration) -> None:
        state = await self.require(token)
        if wanted.enabled is False:
            await self._check_another(token)
        v4_manual, v6_manual = _ipv4_manual(wanted.ipv4), _ipv6_manual(wanted.ipv6)
        settings = InterfaceSettings(
            token=token,
            is_enabled=wanted.enabled,
            mtu_bytes=_mtu(wanted, state),
            link=None if state.is_wireless or wanted.link is None else _link(wanted.link),
            ipv4_enabled=wanted.ipv4.enabled if wanted.ipv4 else None,
            ipv4_dhcp=wanted.ipv4.dhcp if wanted.ipv4 else None,
            ipv4_manual=v4_manual,
            ipv6_enabled=wanted.ipv6.enabled if wanted.ipv6 else None,
            ipv6_dhcp=_dhcpv6(wanted.ipv6),
            ipv6_manual=v6_manual,
            accepts_router_advert=wanted.ipv6.accept_router_advert if wanted.ipv6 else None,
            wireless=self._networks(wanted, state),
        )
        await answered(self._host.set_interface(settings))

    async def set_zero_configuration(self, token: str, *, is_on: bool) -> None:
        """Turn link-local addresses on or off; raises InvalidNetworkInterface and Action."""
        await self.require(token)
        await answered(self._host.set_zero_configuration(token, is_on=is_on))

    def _networks(
        self, wanted: NetworkInterfaceSetConfiguration, state: InterfaceState
    ) -> tuple[WirelessNetwork, ...]:
        said: tuple[Dot11Configuration, ...] = wanted.extension.dot11 if wanted.extension else ()
        if not said:
            return state.wireless  # a client that knows nothing of radios must not turn one off
        if not state.is_wireless or Chapter.WIRELESS not in self._host.settable:
            raise InvalidDot11(f"{state.token} is no IEEE 802.11 interface")
        return self._wireless.checked(said, state.wireless)

    async def _check_another(self, token: str) -> None:
        for each in await self.all():
            if each.token != token and each.is_enabled and (each.ipv4 or each.ipv6):
                return
        raise OperationProhibited(f"without {token} the device could no longer be reached")


def _mtu(wanted: NetworkInterfaceSetConfiguration, state: InterfaceState) -> int | None:
    mtu = wanted.mtu
    if mtu is None:
        return None
    has_ipv6 = state.ipv6 is not None and state.ipv6.is_enabled
    if wanted.ipv6 is not None and wanted.ipv6.enabled is not None:
        has_ipv6 = wanted.ipv6.enabled
    least = MTU_LEAST_IPV6_BYTES if has_ipv6 else MTU_LEAST_BYTES
    if mtu != state.mtu_bytes and not least <= mtu <= MTU_MOST_BYTES:
        raise InvalidMtuValue(f"an MTU of {mtu} bytes; {state.token} takes {least} to {MTU_MOST_BYTES}")
    return mtu


def _link(wanted: NetworkInterfaceConnectionSetting) -> LinkSettings:
    is_full = wanted.duplex is Duplex.FULL
    if wanted.speed not in SPEEDS_MBPS:
        raise InvalidInterfaceSpeed(f"no link runs at {wanted.speed} Mbit/s")
    if not is_full and wanted.speed not in HALF_DUPLEX_MBPS:
        raise InvalidInterfaceSpeed(f"a link of {wanted.speed} Mbit/s is full duplex")
    return LinkSettings(
        auto_negotiation=wanted.auto_negotiation, speed_mbps=wanted.speed, is_full_duplex=is_full
    )


def _ipv4_manual(wanted: IPv4NetworkInterfaceSetConfiguration | None) -> tuple[Prefixed, ...] | None:
    if wanted is None or not wanted.manual:
        return None
    _check_count(len(wanted.manual))
    return tuple(checked_ipv4_prefix(each) for each in wanted.manual)


def _ipv6_manual(wanted: IPv6NetworkInterfaceSetConfiguration | None) -> tuple[Prefixed, ...] | None:
    if wanted is None or not wanted.manual:
        return None
    _check_count(len(wanted.manual))
    return tuple(checked_ipv6_prefix(each) for each in wanted.manual)


def _dhcpv6(wanted: IPv6NetworkInterfaceSetConfiguration | None) -> str | None:
    if wanted is None or wanted.dhcp is None:
        return None
    if wanted.dhcp is IPv6DHCPConfiguration.STATEFUL:
        raise InvalidDHCPv6("stateful DHCPv6 is not spoken here")
    return wanted.dhcp.value


def _check_count(count: int) -> None:
    if count > ADDRESSES_MOST:
        raise InvalidArgVal(f"{count} addresses, {ADDRESSES_MOST} fit")
