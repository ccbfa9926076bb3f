"""The device's name is registered while, and as, clients want it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from vedette.base.clock import ManualClock
from vedette.client.dns import NotRegistered
from vedette.client.interfaces import InterfaceAddress
from vedette.device.hardware.virtual_host import VirtualHost
from vedette.device.network import HostNetwork
from vedette.device.network_registration import NameRegistration
from vedette.device.settings.document import Settings
from vedette.device.settings.network import DynamicNameSettings, NameServerSettings
from vedette.device.settings.store import SettingsStore

FIRST = InterfaceAddress(2, "192.0.2.5", 24)
OTHERS = (InterfaceAddress(1, "127.0.0.1", 8), InterfaceAddress(2, "fe80::5", 64))
MINE = DynamicNameSettings(kind="ClientUpdates", name="gate", ttl_s=60)


class Site:
    """A host that asks one name server, and what was registered there."""

    def __init__(self, folder: Path) -> None:
        self.store = SettingsStore.open(folder / "settings.json", Settings)
        self.clock = ManualClock()
        self.host = VirtualHost(self.store, HostNetwork(folder), machine_name=str, clock=self.clock)
        self.addresses: tuple[InterfaceAddress, ...] = (FIRST, *OTHERS)
        self.told: list[tuple[str, tuple[str, ...]]] = []
        self.is_refused = False

    async def reached(self) -> tuple[InterfaceAddress, ...]:
        return self.addresses

    async def register(
        self, name: str, addresses: tuple[str, ...], *, ttl_s: int, servers: tuple[str, ...]
    ) -> None:
        assert (ttl_s, servers) == (60, ("192.0.2.53",))
        self.told.append((name, addresses))
        if self.is_refused:
            raise NotRegistered("it refuses")

    async def until_told(self, count: int) -> None:
        while len(self.told) < count:  # noqa: ASYNC110 (nothing tells)
            await asyncio.sleep(0)

    async def set_name(self, wanted: DynamicNameSettings) -> None:
        await self.host.set_dynamic_name(wanted)


def play(folder: Path, scene: Callable[[Site], Awaitable[None]]) -> Site:
    async def run() -> None:
        servers = NameServerSettings(manual=("192.0.2.53",), search_domains=("example.net",))
        await site.host.set_name_servers(servers)
        registration = NameRegistration(site.host, site.store, site.clock, site.reached)
        running = asyncio.create_task(registration.run(site.register))
        async with asyncio.timeout(5):
            await scene(site)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    site = Site(folder)
    asyncio.run(run())
    return site


def test_a_name_is_registered_completed_and_taken_away(tmp_path: Path) -> None:
    async def scene(site: Site) -> None:
        await site.set_name(MINE)
        await site.until_told(1)
        await site.set_name(msgspec.structs.replace(MINE, name="door.example.org."))
        await site.until_told(3)
        await site.set_name(DynamicNameSettings())
        await site.until_told(4)

    assert play(tmp_path, scene).told == [
        ("gate.example.net", ("192.0.2.5",)),
        ("gate.example.net", ()),
        ("door.example.org", ("192.0.2.5",)),
        ("door.example.org", ()),
    ]


def test_other_addresses_are_registered_and_a_refusal_is_tried_again_later(tmp_path: Path) -> None:
    async def scene(site: Site) -> None:
        await site.set_name(MINE)
        await site.until_told(1)
        site.addresses = (InterfaceAddress(2, "192.0.2.6", 24),)
        site.is_refused = True
        await site.host.set_gateways(("192.0.2.1",))  # any change has it look
        await site.until_told(2)
        await site.host.set_gateways(())
        await asyncio.sleep(0)
        site.clock.advance(61)
        site.is_refused = False
        await site.host.set_gateways(("192.0.2.1",))
        await site.until_told(3)

    site = play(tmp_path, scene)
    assert [addresses for _, addresses in site.told] == [("192.0.2.5",), ("192.0.2.6",), ("192.0.2.6",)]
