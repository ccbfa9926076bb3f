"""Remote discovery: proxies that were named hear the device come and go."""

import asyncio
import random
import socket
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from vedette.base.clock import SystemClock
from vedette.client.interfaces import InterfaceAddress
from vedette.contract import faults
from vedette.contract.device import Device
from vedette.contract.schema.network import NetworkHost, NetworkHostType
from vedette.contract.schema.system import DiscoveryMode
from vedette.device.network_discovery import RemoteDiscovery
from vedette.device.services.device.network_discovery import RemoteDiscoveryHandlers
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.server.discovery import Description, DiscoveryService, Reach

LOOPBACK = InterfaceAddress(1, "127.0.0.1", 8)
PROXY = "127.0.0.9"


def proxy(address: str) -> NetworkHost:
    return NetworkHost(type=NetworkHostType.IPV4, ipv4_address=address)


def test_a_proxy_hears_hello_and_bye(tmp_path: Path, loop_of: Any, play: Any) -> None:
    store = SettingsStore.open(tmp_path / "settings.json", Settings)
    remote = RemoteDiscovery(store)
    loop = loop_of(RemoteDiscoveryHandlers(remote))

    async def run() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
            listening.bind((PROXY, 0))
            listening.settimeout(0.0)
            service = DiscoveryService(
                lambda: Description(endpoint=f"urn:uuid:{UUID(int=1)}", scopes=(), metadata_version=1),
                Reach(http_port=80),
                SystemClock(),
                moved=lambda: asyncio.sleep(0),
                chance=random.Random(1),
                port=listening.getsockname()[1],
                look=lambda: (LOOPBACK,),
                remote=lambda: remote.told,
            )
            store.watch(lambda before, after: service.notify())
            task = asyncio.create_task(service.run())
            await loop.call(Device.set_dp_addresses, dp_addresses=(proxy(PROXY),))
            assert (await loop.call(Device.get_dp_addresses)).dp_addresses == (proxy(PROXY),)
            told = await loop.call(Device.get_remote_discovery_mode)
            assert told.remote_discovery_mode is DiscoveryMode.NON_DISCOVERABLE
            await loop.call(
                Device.set_remote_discovery_mode, remote_discovery_mode=DiscoveryMode.DISCOVERABLE
            )
            hello = await asyncio.get_running_loop().sock_recv(listening, 65536)
            assert b":Hello" in hello
            task.cancel()
            await asyncio.wait((task,))
            heard = hello
            while b":Bye" not in heard:
                heard = await asyncio.get_running_loop().sock_recv(listening, 65536)

    play(run())


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        (proxy("10.1.1"), faults.InvalidIPv4Address),
        (proxy("169.254.1.1"), faults.InvalidArgVal),
        (NetworkHost(type=NetworkHostType.DNS, dns_name="proxy.example"), faults.InvalidArgVal),
    ],
)
def test_a_proxy_that_cannot_be_is_refused(
    tmp_path: Path, loop_of: Any, play: Any, wanted: NetworkHost, fault: type[faults.Fault]
) -> None:
    store = SettingsStore.open(tmp_path / "settings.json", Settings)
    loop = loop_of(RemoteDiscoveryHandlers(RemoteDiscovery(store)))

    async def run() -> None:
        with pytest.raises(fault):
            await loop.call(Device.set_dp_addresses, dp_addresses=(wanted,))
        assert store.current.network.discovery_proxies == ()

    play(run())
