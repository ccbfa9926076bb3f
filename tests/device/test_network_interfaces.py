"""Interfaces that clients set at the same moment."""

import asyncio
from typing import Any

import msgspec

from vedette.contract.faults import OperationProhibited
from vedette.contract.schema.network_interfaces import NetworkInterfaceSetConfiguration
from vedette.device.hardware.host import AddressState, InterfaceState
from vedette.device.network_interfaces import NetworkInterfaces
from vedette.device.settings.network import InterfaceSettings


class Host:
    """A host with two interfaces that takes a moment for everything."""

    def __init__(self) -> None:
        self.every = {
            token: InterfaceState(
                token=token,
                hardware_address="02:00:00:00:00:01",
                mtu_bytes=1500,
                kind=6,
                is_enabled=True,
                ipv4=AddressState(),
            )
            for token in ("eth0", "eth1")
        }

    async def interfaces(self) -> tuple[InterfaceState, ...]:
        await asyncio.sleep(0)
        return tuple(self.every.values())

    async def set_interface(self, wanted: InterfaceSettings) -> None:
        await asyncio.sleep(0)
        before = self.every[wanted.token]
        self.every[wanted.token] = msgspec.structs.replace(before, is_enabled=wanted.is_enabled is not False)


def test_two_who_turn_off_one_interface_each_leave_one_on() -> None:
    host: Any = Host()
    nothing: Any = None
    interfaces = NetworkInterfaces(host, nothing)
    off = NetworkInterfaceSetConfiguration(enabled=False)

    async def scene() -> None:
        asked = await asyncio.gather(
            interfaces.set("eth0", off), interfaces.set("eth1", off), return_exceptions=True
        )
        assert [type(each) for each in asked] == [type(None), OperationProhibited]
        assert [each.is_enabled for each in host.every.values()] == [False, True]

    asyncio.run(scene())
