"""Plans of a link that are changed while others are: nobody's change is lost."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from vedette.client.interfaces import InterfaceAddress
from vedette.device.hardware.linux_network import LinuxNetwork
from vedette.device.hardware.linux_plan import LinkPlan
from vedette.device.network import HostInterface, HostNetwork
from vedette.device.settings.network import NameServerSettings

SERVERS = NameServerSettings(manual=("192.0.2.53",))


class Machine(HostNetwork):
    """A machine with one link."""

    def interfaces(self) -> tuple[HostInterface, ...]:
        return (
            HostInterface(
                name="eth0",
                index=2,
                hardware_address="02:00:00:00:00:01",
                mtu_bytes=1500,
                kind=6,
                is_up=True,
                addresses=(InterfaceAddress(2, "192.0.2.5", 24),),
            ),
        )


class Service:
    """A network service that takes a moment, and tells a plan only once it is enforced."""

    settable: frozenset[Any] = frozenset()
    separates_dhcpv6 = True

    def __init__(self) -> None:
        self.running = {"eth0": LinkPlan(token="eth0")}
        self.kept = dict(self.running)
        self.while_enforcing: list[Callable[[], Awaitable[None]]] = []  # the first at the first time

    async def plans(self) -> dict[str, LinkPlan]:
        await asyncio.sleep(0)
        return dict(self.running)

    async def keep(self, plan: LinkPlan) -> None:
        await asyncio.sleep(0)
        self.kept[plan.token] = plan

    async def enforce(self, token: str) -> None:
        plan = self.kept[token]
        if self.while_enforcing:
            await self.while_enforcing.pop(0)()
        self.running[token] = plan

    async def given_name_servers(self, token: str) -> tuple[str, ...]:
        return ()


@pytest.fixture
def network(tmp_path: Path) -> tuple[LinuxNetwork, Service]:
    service = Service()
    return LinuxNetwork(service, Machine(tmp_path)), service


def test_two_who_change_one_link_at_once_both_get_theirs(network: tuple[LinuxNetwork, Service]) -> None:
    own, service = network

    async def scene() -> None:
        await asyncio.gather(
            own.set_name_servers(SERVERS),
            own.set_gateways(("192.0.2.1",)),
            own.set_zero_configuration("eth0", is_on=True),
        )
        await own.aclose()

    asyncio.run(scene())
    plan = service.running["eth0"]
    assert (plan.name_servers, plan.gateways) == (("192.0.2.53",), ("192.0.2.1",))
    assert plan.has_zero_configuration


def test_what_is_set_while_a_link_is_being_made_what_was_set_before_is_kept(
    network: tuple[LinuxNetwork, Service],
) -> None:
    own, service = network

    async def scene() -> None:
        await own.set_name_servers(SERVERS)
        service.while_enforcing = [
            lambda: own.set_gateways(("192.0.2.1",)),
            lambda: own.set_zero_configuration("eth0", is_on=True),
        ]
        await own.aclose()

    asyncio.run(scene())
    plan = service.running["eth0"]
    assert (plan.name_servers, plan.gateways) == (("192.0.2.53",), ("192.0.2.1",))
    assert plan.has_zero_configuration


def test_a_link_that_is_being_made_what_was_set_as_the_program_ends_is_made_so(
    tmp_path: Path,
) -> None:
    service = Service()
    own = LinuxNetwork(service, Machine(tmp_path), answer_s=0.0)

    async def scene() -> None:
        enforcing = asyncio.Event()

        async def hang() -> None:
            enforcing.set()
            await asyncio.Event().wait()

        service.while_enforcing = [hang]
        await own.set_name_servers(SERVERS)
        await enforcing.wait()
        await own.aclose()

    asyncio.run(scene())
    assert service.running["eth0"].name_servers == ("192.0.2.53",)
