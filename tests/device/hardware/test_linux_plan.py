"""What becomes of a link's plan when a client sets something, and how the services write it down."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from vedette.client.interfaces import InterfaceAddress
from vedette.device.hardware import linux_networkd, linux_networkmanager
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.linux_networkmanager import NetworkManager
from vedette.device.hardware.linux_plan import LinkPlan, planned, shown
from vedette.device.hardware.system_bus import plain
from vedette.device.network import HostInterface
from vedette.device.settings.network import InterfaceSettings, LinkSettings, Prefixed

REAL = HostInterface(
    name="eth0",
    index=2,
    hardware_address="02:00:00:00:00:01",
    mtu_bytes=1500,
    kind=6,
    is_up=True,
    addresses=(
        InterfaceAddress(2, "192.0.2.5", 24),
        InterfaceAddress(2, "169.254.9.9", 16),
        InterfaceAddress(2, "2001:db8::5", 64),
        InterfaceAddress(2, "2001:db8::77", 128),
        InterfaceAddress(2, "fe80::5", 64),
    ),
)
BY_DHCP = LinkPlan(token="eth0")
PLANS = {
    "by DHCP": BY_DHCP,
    "by hand": LinkPlan(
        token="eth0",
        mtu_bytes=1400,
        ipv4_dhcp=False,
        ipv4_manual=(Prefixed("192.0.2.9", 24), Prefixed("192.0.2.10", 24)),
        ipv6_manual=(Prefixed("2001:db8::9", 64),),
        gateways=("192.0.2.1", "2001:db8::1"),
        name_servers=("192.0.2.53", "2001:db8::53"),
        search_domains=("example.net", "example.org"),
        asks_name_servers_of_dhcp=False,
    ),
    "gateways beside DHCP": LinkPlan(token="eth0", gateways=("192.0.2.1", "fe80::1")),
    "many gateways": LinkPlan(
        token="eth0",
        ipv4_dhcp=False,
        ipv4_manual=(Prefixed("192.0.2.9", 24),),
        gateways=("192.0.2.1", "192.0.2.2"),
    ),
    "off": LinkPlan(token="eth0", is_enabled=False),
    "without IPv6": LinkPlan(token="eth0", ipv6_enabled=False, ipv6_dhcp="Off", accepts_router_advert=False),
    "link-local": LinkPlan(token="eth0", ipv4_dhcp=False, has_zero_configuration=True),
    "DHCP beside link-local": LinkPlan(token="eth0", has_zero_configuration=True),
    "IPv6 by hand": LinkPlan(
        token="eth0", ipv6_dhcp="Off", accepts_router_advert=False, ipv6_manual=(Prefixed("2001:db8::9", 64),)
    ),
}


class Variant:
    def __init__(self, signature: str, value: Any) -> None:
        self.signature = signature
        self.value = value


class Nobody:
    """A bus that is never called."""

    variant = staticmethod(Variant)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_plan_is_read_from_networkds_file_as_it_was_written(plan: LinkPlan, tmp_path: Path) -> None:
    path = tmp_path / "00-vedette-eth0.network"
    path.write_text(linux_networkd._text(linux_networkd._said(plan), "eth0"))
    assert linux_networkd._plan("eth0", linux_networkd._read([path])) == plan


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_plan_is_read_from_a_profile_as_it_was_written(plan: LinkPlan) -> None:
    manager = NetworkManager(Nobody(), (1, 42), may_set=True)  # type: ignore[arg-type]
    sections = plain(manager.sections(plan, {}))
    assert linux_networkmanager._plan("eth0", sections) == plan


def test_speed_and_what_else_a_profile_says_stay() -> None:
    plan = LinkPlan(token="eth0", link=LinkSettings(auto_negotiation=False, speed_mbps=100))
    manager = NetworkManager(Nobody(), (1, 42), may_set=True)  # type: ignore[arg-type]
    before = {
        "802-3-ethernet": {"wake-on-lan": Variant("u", 1)},
        "ipv4": {"route-metric": Variant("x", 7), "gateway": Variant("s", "192.0.2.1")},
        "proxy": {"method": Variant("i", 0)},
    }
    sections = plain(manager.sections(plan, before))
    assert sections["802-3-ethernet"] == {
        "wake-on-lan": 1,
        "auto-negotiate": False,
        "speed": 100,
        "duplex": "full",
    }
    assert sections["ipv4"]["route-metric"] == 7
    assert "gateway" not in sections["ipv4"]
    assert "proxy" in sections
    assert linux_networkmanager._plan("eth0", sections).link == plan.link


def test_a_link_that_negotiates_again_is_told_no_speed() -> None:
    fixed = LinkPlan(token="eth0", link=LinkSettings(auto_negotiation=False, speed_mbps=100))
    assert planned(fixed, InterfaceSettings(token="eth0", link=LinkSettings()), REAL) == BY_DHCP
    assert planned(BY_DHCP, InterfaceSettings(token="eth0", link=fixed.link), REAL) == fixed
    manager = NetworkManager(Nobody(), (1, 42), may_set=True)  # type: ignore[arg-type]
    again = plain(manager.sections(BY_DHCP, manager.sections(fixed, {})))
    assert again["802-3-ethernet"] == {"auto-negotiate": True}


def test_what_a_file_said_besides_stays_section_by_section(tmp_path: Path) -> None:
    path = tmp_path / "10-all.network"
    path.write_text(
        "[Match]\nName=e*\n[Network]\nDHCP=yes\n# Address=192.0.2.3/24\nLLDP=yes\nDNS=192.0.2.1\nDNS=\n"
        "[Route]\nDestination=198.51.100.0/24\nGateway=192.0.2.7\n"
        "[Route]\nDestination=203.0.113.0/24\nGateway=192.0.2.8\n"
    )
    lines = linux_networkd._read([path])
    before = linux_networkd._plan("eth0", lines)
    assert before.ipv4_dhcp
    assert before.name_servers == ()
    text = linux_networkd._text((*linux_networkd._kept(lines), *linux_networkd._said(before)), "eth0")
    assert text.count("[Route]") == 2
    assert "LLDP=yes" in text
    assert "Name=e*" not in text


def test_a_link_that_leaves_dhcp_keeps_the_address_it_was_given() -> None:
    after = planned(BY_DHCP, InterfaceSettings(token="eth0", ipv4_dhcp=False), REAL)
    assert after.ipv4_manual == (Prefixed("192.0.2.5", 24),)
    alone = msgspec.structs.replace(REAL, addresses=())
    with pytest.raises(HardwareFailed, match="no IPv4 address"):
        planned(BY_DHCP, InterfaceSettings(token="eth0", ipv4_dhcp=False), alone)


def test_a_link_that_takes_up_dhcp_forgets_addresses_and_gateway() -> None:
    after = planned(PLANS["by hand"], InterfaceSettings(token="eth0", ipv4_dhcp=True), REAL)
    assert (after.ipv4_manual, after.gateways) == ((), ("2001:db8::1",))
    assert after.mtu_bytes == 1400


def test_dhcpv6_and_advertisements_go_together_where_a_service_does_not_separate_them() -> None:
    off = planned(BY_DHCP, InterfaceSettings(token="eth0", ipv6_dhcp="Off"), REAL, separates_dhcpv6=False)
    assert not off.accepts_router_advert
    both = InterfaceSettings(token="eth0", ipv6_dhcp="Off", accepts_router_advert=True)
    assert planned(BY_DHCP, both, REAL).accepts_router_advert
    echoed = planned(BY_DHCP, both, REAL, separates_dhcpv6=False)
    assert (echoed.accepts_router_advert, echoed.ipv6_dhcp) == (False, "Off")


def test_what_is_shown_is_what_was_set_and_what_came_of_it() -> None:
    state = shown(REAL, BY_DHCP)
    assert state.ipv4 is not None
    assert state.ipv6 is not None
    assert state.ipv4.from_dhcp == (Prefixed("192.0.2.5", 24),)
    assert state.ipv4.link_local == (Prefixed("169.254.9.9", 16),)
    assert state.ipv6.from_dhcp == (Prefixed("2001:db8::77", 128),)
    assert state.ipv6.from_router == (Prefixed("2001:db8::5", 64),)
    by_hand = shown(REAL, PLANS["by hand"])
    assert by_hand.ipv4 is not None
    assert by_hand.ipv4.manual == PLANS["by hand"].ipv4_manual
    assert by_hand.ipv4.from_dhcp == ()
    assert by_hand.mtu_bytes == 1400
