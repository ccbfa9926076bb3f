"""How one link of a Linux host is set up, whichever network service keeps it."""

import ipaddress
from collections.abc import Iterable

import msgspec

from vedette.client.interfaces import InterfaceAddress
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import WIRELESS_KIND, AddressState, InterfaceState, LinkState
from vedette.device.network import HostInterface
from vedette.device.settings.network import InterfaceSettings, LinkSettings, Prefixed, WirelessNetwork

AUTO, OFF = "Auto", "Off"
_SINGLE_HOST_BITS = 128  # DHCPv6 gives single addresses, routers give prefixes (RFC 8415 §6.3, RFC 4862 §5.5)


class LinkPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a network service was told to make of a link.

    `mtu_bytes` is None where that is left to the driver, `link` where speed and duplex are negotiated.
    `ipv6_dhcp` is `Auto` or `Off`. `gateways`, `name_servers` and `search_domains` are of both families and
    were set by somebody, not given by DHCP; `asks_name_servers_of_dhcp` says whether those that DHCP gives
    are asked too.
    """

    token: str
    is_enabled: bool = True
    mtu_bytes: int | None = None
    link: LinkSettings | None = None
    ipv4_enabled: bool = True
    ipv4_dhcp: bool = True
    ipv4_manual: tuple[Prefixed, ...] = ()
    has_zero_configuration: bool = False
    ipv6_enabled: bool = True
    ipv6_dhcp: str = AUTO
    accepts_router_advert: bool = True
    ipv6_manual: tuple[Prefixed, ...] = ()
    gateways: tuple[str, ...] = ()
    name_servers: tuple[str, ...] = ()
    search_domains: tuple[str, ...] = ()
    asks_name_servers_of_dhcp: bool = True

    def gateways_of(self, version: int) -> tuple[str, ...]:
        """The gateways of one family."""
        return of_version(self.gateways, version)


def of_version(addresses: tuple[str, ...], version: int) -> tuple[str, ...]:
    """The addresses of one family."""
    return tuple(each for each in addresses if ipaddress.ip_address(each).version == version)


def planned(
    before: LinkPlan, wanted: InterfaceSettings, real: HostInterface, *, separates_dhcpv6: bool = True
) -> LinkPlan:
    """The plan after a client's request; what the request leaves out stays.

    Where a service does not separate DHCPv6 from router advertisements, the one that changes goes for
    both. Without DHCP and without an address of its own, a link keeps the address that DHCP gave it. Raises
    HardwareFailed where a link would be left without any, and for what services have no words for.
    """
    said = {
        "is_enabled": wanted.is_enabled,
        "mtu_bytes": None if wanted.mtu_bytes == real.mtu_bytes else wanted.mtu_bytes,
        "ipv4_enabled": wanted.ipv4_enabled,
        "ipv4_dhcp": wanted.ipv4_dhcp,
        "ipv4_manual": wanted.ipv4_manual,
        "ipv6_enabled": wanted.ipv6_enabled,
        "ipv6_dhcp": wanted.ipv6_dhcp,
        "accepts_router_advert": wanted.accepts_router_advert,
        "ipv6_manual": wanted.ipv6_manual,
    }
    after = msgspec.structs.replace(before, **{name: each for name, each in said.items() if each is not None})
    if wanted.link is not None:
        link = None if wanted.link.auto_negotiation else wanted.link
        after = msgspec.structs.replace(after, link=link)
    if after.ipv6_dhcp not in (AUTO, OFF):
        raise HardwareFailed(f"DHCPv6 {after.ipv6_dhcp!r} is not in the network service's words")
    if not separates_dhcpv6:
        after = _one_for_both(before, after)
    if after.ipv4_dhcp:
        return msgspec.structs.replace(after, ipv4_manual=(), gateways=after.gateways_of(6))
    if after.ipv4_enabled and not after.ipv4_manual and not after.has_zero_configuration:
        given = prefixed(each for each in real.addresses if not each.is_ipv6 and not each.is_link_local)
        if not given:
            raise HardwareFailed(f"{after.token} would have no IPv4 address")
        after = msgspec.structs.replace(after, ipv4_manual=given[:1])
    return after


def _one_for_both(before: LinkPlan, after: LinkPlan) -> LinkPlan:
    """The one of both that a request changes goes for both; clients send back what they do not change."""
    is_advert_changed = after.accepts_router_advert is not before.accepts_router_advert
    is_on = after.accepts_router_advert if is_advert_changed else after.ipv6_dhcp == AUTO
    return msgspec.structs.replace(after, accepts_router_advert=is_on, ipv6_dhcp=AUTO if is_on else OFF)


def shown(real: HostInterface, plan: LinkPlan, wireless: tuple[WirelessNetwork, ...] = ()) -> InterfaceState:
    """A link as clients see it: what was planned, and what came of it."""
    is_wireless = real.kind == WIRELESS_KIND
    v4 = tuple(each for each in real.addresses if not each.is_ipv6)
    v6 = tuple(each for each in real.addresses if each.is_ipv6)
    local = tuple(each.address for each in v4 if each.is_link_local)
    return InterfaceState(
        token=real.name,
        hardware_address=real.hardware_address,
        mtu_bytes=plan.mtu_bytes or real.mtu_bytes,
        kind=real.kind,
        is_enabled=plan.is_enabled,
        link=None if is_wireless else _link(real, plan),
        ipv4=_ipv4(v4, plan),
        ipv6=_ipv6(v6, plan),
        zero_configuration=local if plan.has_zero_configuration or local else None,
        wireless=wireless,
    )


def _link(real: HostInterface, plan: LinkPlan) -> LinkState:
    actual = LinkSettings(speed_mbps=real.speed_mbps, is_full_duplex=real.is_full_duplex)
    return LinkState(wanted=plan.link or actual, actual=actual, is_up=real.is_up)


def _ipv4(addresses: tuple[InterfaceAddress, ...], plan: LinkPlan) -> AddressState:
    routable = prefixed(each for each in addresses if not each.is_link_local)
    return AddressState(
        is_enabled=plan.ipv4_enabled,
        dhcp="On" if plan.ipv4_dhcp else OFF,
        manual=plan.ipv4_manual,
        from_dhcp=_given(routable, plan.ipv4_manual) if plan.ipv4_dhcp else (),
        link_local=prefixed(each for each in addresses if each.is_link_local),
    )


def _ipv6(addresses: tuple[InterfaceAddress, ...], plan: LinkPlan) -> AddressState:
    routable = prefixed(each for each in addresses if not each.is_link_local)
    given = _given(routable, plan.ipv6_manual)
    return AddressState(
        is_enabled=plan.ipv6_enabled,
        dhcp=plan.ipv6_dhcp,
        manual=plan.ipv6_manual,
        from_dhcp=tuple(each for each in given if each.prefix_bits == _SINGLE_HOST_BITS),
        from_router=tuple(each for each in given if each.prefix_bits != _SINGLE_HOST_BITS),
        link_local=prefixed(each for each in addresses if each.is_link_local),
        accepts_router_advert=plan.accepts_router_advert,
    )


def _given(routable: tuple[Prefixed, ...], manual: tuple[Prefixed, ...]) -> tuple[Prefixed, ...]:
    own = {each.address for each in manual}
    return tuple(each for each in routable if each.address not in own)


def prefixed(every: Iterable[InterfaceAddress]) -> tuple[Prefixed, ...]:
    """Addresses with the length of their networks' prefixes."""
    return tuple(Prefixed(each.address, each.prefix_bits) for each in every)
