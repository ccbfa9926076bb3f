"""A device with the network chapter alone, on a simulated host."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vedette.base.clock import Clock, ManualClock, OffsetClock
from vedette.contract import faults
from vedette.contract.device import Device
from vedette.device.hardware.virtual_host import VirtualHost
from vedette.device.hardware.virtual_radio import VirtualRadio
from vedette.device.network import HostNetwork
from vedette.device.network_domain import NetworkDomain
from vedette.device.network_filter import AddressFilter
from vedette.device.network_protocols import NetworkProtocols, OpenPorts, PortTaken, Spoken
from vedette.device.services.device.network import network_handlers
from vedette.device.settings.document import Settings
from vedette.device.settings.network import ProtocolSettings
from vedette.device.settings.store import SettingsStore
from vedette.security.passwords import Vault


class Ports:
    """Ports of which one is another program's."""

    def __init__(self) -> None:
        self.moved: list[frozenset[int]] = []
        self.spoken = frozenset(Spoken)

    def hold(self, ports: frozenset[int], spoken: frozenset[Spoken]) -> "Ports":
        if 7777 in ports:
            raise PortTaken("cannot listen on *:7777: Address already in use")
        self.wanted = ports
        self.spoken = spoken
        return self

    def make(self) -> None:
        self.moved.append(self.wanted)

    def undo(self) -> None:
        self.wanted = frozenset()


class Scene:
    def __init__(self, folder: Path, loop_of: Any, *, is_settable: bool = False) -> None:
        self.store = SettingsStore.open(folder / "settings.json", Settings)
        self.machine = ManualClock()
        self.clock: Clock = OffsetClock(self.machine) if is_settable else self.machine
        self.ports = Ports()
        self.host = VirtualHost(
            self.store,
            HostNetwork(folder),
            machine_name=lambda: "machine",
            clock=self.clock,
        )
        self.network = NetworkDomain.over(
            self.host,
            store=self.store,
            vault=Vault(bytes(32)),
            clock=self.clock,
            protocols=NetworkProtocols(
                self.store,
                self.ports,
                configured=(8080, 8554),
                now=OpenPorts(http=ProtocolSettings(ports=(8080,)), rtsp=ProtocolSettings(ports=(8554,))),
            ),
            address_filter=AddressFilter(self.store),
            radio=VirtualRadio(self.store, Vault(bytes(32)), self.clock),
        )
        self.loop = loop_of(*network_handlers(self.network))

    async def call(self, operation: Any, **fields: Any) -> Any:
        return await self.loop.call(operation, **fields)

    async def refused(self, fault: type[faults.Fault], operation: Any, **fields: Any) -> None:
        """The request gets this fault and changes nothing."""
        before = self.store.current
        with pytest.raises(fault) as caught:
            await self.call(operation, **fields)
        assert type(caught.value) is fault
        assert self.store.current == before

    async def wired(self) -> Any:
        """The first interface."""
        return (await self.call(Device.get_network_interfaces)).network_interfaces[0]


@pytest.fixture
def make_scene(tmp_path: Path, loop_of: Any) -> Callable[..., Scene]:
    """`make_scene()`, or `make_scene(is_settable=True)` where the operator lets clients set the time."""

    def make(*, is_settable: bool = False) -> Scene:
        return Scene(tmp_path, loop_of, is_settable=is_settable)

    return make


@pytest.fixture
def scene(make_scene: Callable[..., Scene]) -> Scene:
    """The device as it comes."""
    return make_scene()
