"""What a simulated host shows of the machine's interfaces, under what clients set."""

import pytest

from vedette.client.interfaces import InterfaceAddress
from vedette.device.hardware.virtual_host import shown_interface
from vedette.device.network import HostInterface
from vedette.device.settings.network import InterfaceSettings, Prefixed

MACHINE = HostInterface(
    name="eth0",
    index=2,
    hardware_address="02:00:00:00:00:07",
    mtu_bytes=1500,
    kind=6,
    is_up=True,
    addresses=(InterfaceAddress(2, "fd00::7", 64), InterfaceAddress(2, "fe80::7", 64)),
)
OWN = (Prefixed("fd00::7", 64),)


@pytest.mark.parametrize(
    ("is_heeded", "manual", "from_router"), [(None, OWN, ()), (False, OWN, ()), (True, (), OWN)]
)
def test_routers_that_are_heeded_give_the_machine_s_addresses(
    is_heeded: bool | None, manual: tuple[Prefixed, ...], from_router: tuple[Prefixed, ...]
) -> None:
    said = InterfaceSettings(token="eth0", ipv6_enabled=True, accepts_router_advert=is_heeded)
    shown = shown_interface(MACHINE, said).ipv6
    assert shown is not None
    assert (shown.manual, shown.from_router) == (manual, from_router)
    assert shown.accepts_router_advert is bool(is_heeded)
    assert shown.link_local == (Prefixed("fe80::7", 64),)
