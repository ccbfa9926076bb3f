"""From where devices are looked for."""

import asyncio
from typing import NoReturn

import pytest

from vedette.client import discovery
from vedette.client.interfaces import InterfaceAddress

EVERY = (
    InterfaceAddress(2, "10.61.1.12", 24),
    InterfaceAddress(2, "10.61.1.13", 24),
    InterfaceAddress(2, "192.168.1.5", 24),  # added to reach a camera as it comes from its maker
    InterfaceAddress(2, "2001:db8::12", 64),
    InterfaceAddress(2, "fe80::12", 64),
    InterfaceAddress(3, "10.61.1.14", 24),
)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ((), ["10.61.1.12", "192.168.1.5", "fe80::12", "10.61.1.14"]),
        (("10.61.1.13", "2001:db8::12"), ["10.61.1.13", "2001:db8::12"]),
    ],
)
def test_devices_are_asked_from_every_network_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, named: tuple[str, ...], expected: list[str]
) -> None:
    asked_from: list[str] = []

    def refused(own: InterfaceAddress, port: int = 0) -> NoReturn:
        asked_from.append(own.address)
        raise OSError("not in a test")

    async def look() -> None:
        assert [each async for each in discovery.discover(0.01, addresses=named)] == []

    monkeypatch.setattr(discovery, "interface_addresses", lambda: EVERY)
    monkeypatch.setattr(discovery, "multicast_sender", refused)
    asyncio.run(look())
    assert asked_from == expected
