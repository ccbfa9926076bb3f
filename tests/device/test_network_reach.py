"""Discovery tells addresses that work, and of those the ones that clients were shown."""

from vedette.client.interfaces import InterfaceAddress
from vedette.device.hardware.host import AddressState, InterfaceState
from vedette.device.network_reach import told_addresses
from vedette.device.settings.network import Prefixed

NAMES = {1: "lo", 2: "eth0", 3: "eth1"}
LOOPBACK = InterfaceAddress(1, "127.0.0.1", 8)
FIRST = InterfaceAddress(2, "192.0.2.5", 24)
SECOND = InterfaceAddress(2, "192.0.2.6", 24)
FIRST_6 = InterfaceAddress(2, "2001:db8::5", 64)
LINK_6 = InterfaceAddress(2, "fe80::5", 64)
OTHER = InterfaceAddress(3, "198.51.100.5", 24)
EVERY = (LOOPBACK, FIRST, SECOND, FIRST_6, LINK_6, OTHER)


def state(
    name: str, *manual: str, is_enabled: bool = True, v4_on: bool = True, v6_on: bool = True
) -> InterfaceState:
    v4, v6 = (
        tuple(Prefixed(each, 24) for each in manual if (":" in each) is is_ipv6) for is_ipv6 in (False, True)
    )
    return InterfaceState(
        token=name,
        hardware_address="02:00:00:00:00:01",
        mtu_bytes=1500,
        kind=6,
        is_enabled=is_enabled,
        ipv4=AddressState(manual=v4, is_enabled=v4_on),
        ipv6=AddressState(manual=v6, is_enabled=v6_on),
    )


def told(*shown: InterfaceState) -> set[InterfaceAddress]:
    return set(told_addresses(EVERY, shown, NAMES.__getitem__))


def test_what_is_shown_and_works_is_told_alone() -> None:
    shown = (state("eth0", "192.0.2.6", "2001:db8::5"), state("eth1", "198.51.100.5"))
    assert told(*shown) == {LOOPBACK, SECOND, FIRST_6, LINK_6, OTHER}


def test_an_address_that_is_shown_but_does_not_work_is_not_told() -> None:
    assert told(state("eth0", "10.9.9.9", "2001:db8::99"), state("eth1")) == set(EVERY)


def test_nothing_is_told_of_what_is_off() -> None:
    on = state("eth0", "192.0.2.5", v6_on=False)
    assert told(on, state("eth1", "198.51.100.5", is_enabled=False)) == {LOOPBACK, FIRST}


def test_a_device_with_everything_off_is_still_found() -> None:
    assert told(*(state(name, is_enabled=False) for name in ("eth0", "eth1"))) == set(EVERY)


def test_interfaces_that_are_not_shown_are_told_as_they_are() -> None:
    assert told() == set(EVERY)
