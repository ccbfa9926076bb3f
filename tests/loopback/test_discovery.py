"""Our client finds our device, by real multicast on the loopback interface."""

import asyncio
import random
import socket
from typing import Any

import pytest

from vedette.base.clock import SystemClock
from vedette.client.discovery import discover
from vedette.client.interfaces import (
    InterfaceAddress,
    carriers,
    interface_addresses,
    multicast_listener,
)
from vedette.device.hardware.host import AddressState, InterfaceState
from vedette.device.settings.network import Prefixed
from vedette.protocols.discovery import messages
from vedette.server.discovery import Description, DiscoveryService, Reach

LOCAL = InterfaceAddress(socket.if_nametoindex("lo"), "127.0.0.1", 8)
OTHER = InterfaceAddress(LOCAL.index, "127.0.0.2", 8)
TOLD = Description(
    endpoint="urn:uuid:4a7d1f02-6f3b-4b9e-8f55-0a1b2c3d4e5f",
    scopes=("onvif://www.onvif.org/name/Vedette",),
    metadata_version=1,
)


class Neighbourhood:
    """A device on the loopback interface, and an ear that hears what it says to everybody."""

    def __init__(self) -> None:
        self.told: Description | None = TOLD
        self.heard: list[messages.Heard] = []
        self.moves = 0
        self.addresses: tuple[InterfaceAddress, ...] = (LOCAL,)
        self.refused = ""
        self.shown: tuple[InterfaceState, ...] = ()
        self.carriers: dict[int, int] = {}
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.service = DiscoveryService(
            lambda: self.told,
            Reach(http_port=8080),
            SystemClock(),
            moved=self._moved,
            chance=random.Random(7),
            port=self.port,
            look=lambda: self.addresses,
            plugged=lambda: dict(self.carriers),
            shown=self._shown,
            admits=lambda host: host != self.refused,
        )

    async def _shown(self) -> tuple[InterfaceState, ...]:
        return self.shown

    async def _moved(self) -> None:
        self.moves += 1

    async def __aenter__(self) -> "Neighbourhood":
        loop = asyncio.get_running_loop()
        neighbourhood = self

        class Ear(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, addr: Any) -> None:
                neighbourhood.heard.append(messages.read(data))

        ear = multicast_listener(LOCAL, messages.GROUP_IPV4, self.port)
        self._ear, _ = await loop.create_datagram_endpoint(Ear, sock=ear)
        self._task = asyncio.create_task(self.service.run())
        return self

    async def __aexit__(self, *args: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        while not any(each.kind == "Bye" for each in self.heard):  # noqa: ASYNC110 (nothing tells)
            await asyncio.sleep(0.005)
        self._ear.close()

    async def until_heard(self, kind: str, version: int | None = None) -> messages.Heard:
        while True:
            for each in self.heard:
                if each.kind == kind and version in (None, *(one.metadata_version for one in each.targets)):
                    return each
            await asyncio.sleep(0.005)


@pytest.fixture(autouse=True)
def multicast() -> None:
    try:
        multicast_listener(LOCAL, messages.GROUP_IPV4, 0).close()
    except OSError as error:
        pytest.skip(f"no multicast on the loopback interface: {error}")


def test_a_device_greets_is_found_and_says_goodbye(play: Any) -> None:
    async def scene() -> None:
        async with Neighbourhood() as place:
            hello = await place.until_heard("Hello")
            assert hello.targets[0].xaddrs == ("http://127.0.0.1:8080/onvif/device_service",)
            found = [
                each
                async for each in discover(0.8, addresses=("127.0.0.1",), port=place.port)
                if each.endpoint == TOLD.endpoint
            ]
            assert [each.scope_values("name") for each in found] == [("Vedette",)]
        assert any(each.kind == "Bye" for each in place.heard)

    play(scene())


def test_a_change_is_told_and_silence_is_kept(play: Any) -> None:
    async def scene() -> None:
        async with Neighbourhood() as place:
            await place.until_heard("Hello")
            place.told = Description(endpoint=TOLD.endpoint, scopes=(), metadata_version=2)
            place.service.notify()
            assert (await place.until_heard("Hello", version=2)).targets[0].scopes == ()
            place.told = None
            place.service.notify()
            await place.until_heard("Bye")
            assert [each async for each in discover(0.3, addresses=("127.0.0.1",), port=place.port)] == []

    play(scene())


def test_hello_is_said_again_when_an_interface_was_set_to_what_it_was(play: Any) -> None:
    async def scene() -> None:
        async with Neighbourhood() as place:
            await place.until_heard("Hello")
            place.heard.clear()
            place.service.greet_again()
            assert (await place.until_heard("Hello")).targets[0].metadata_version == 1
            assert place.moves == 1  # at the start

    play(scene())


def test_a_peer_that_the_address_filter_refuses_gets_no_answer(play: Any) -> None:
    async def scene() -> None:
        async with Neighbourhood() as place:
            await place.until_heard("Hello")
            place.refused = "127.0.0.1"
            assert [each async for each in discover(0.3, addresses=("127.0.0.1",), port=place.port)] == []
            assert place.service.answers_total == 0

    play(scene())


def test_another_set_of_addresses_is_told_as_soon_as_it_is_shown(play: Any) -> None:
    on = AddressState(manual=(Prefixed(OTHER.address, 8),))

    async def scene() -> None:
        async with Neighbourhood() as place:
            place.addresses = (LOCAL, OTHER)
            place.service.look_again()
            while len((await place.until_heard("Hello")).targets[0].xaddrs) < 2:
                place.heard.pop(0)
            place.heard.clear()
            place.shown = (
                InterfaceState(
                    token="lo", hardware_address="", mtu_bytes=65536, kind=24, is_enabled=True, ipv4=on
                ),
            )
            place.service.look_again()
            hello = await place.until_heard("Hello")
            assert hello.targets[0].xaddrs == ("http://127.0.0.2:8080/onvif/device_service",)

    play(scene())


@pytest.mark.parametrize("after", [(LOCAL, OTHER), (OTHER,)])
def test_a_device_that_stays_on_a_link_does_not_say_bye(
    play: Any, after: tuple[InterfaceAddress, ...]
) -> None:
    async def scene() -> None:
        async with Neighbourhood() as place:
            before = await place.until_heard("Hello")
            place.heard.clear()
            place.addresses = after
            place.service.look_again()
            while (await place.until_heard("Hello")).targets[0].xaddrs == before.targets[0].xaddrs:
                place.heard.pop(0)
            assert [each.kind for each in place.heard if each.kind == "Bye"] == []

    play(scene())


def test_a_probe_to_any_address_of_a_link_is_answered_from_there_and_told_it_first(play: Any) -> None:
    async def scene() -> None:
        async with Neighbourhood() as place:
            place.addresses = (LOCAL, OTHER)
            await place.until_heard("Hello")
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
                asking.setblocking(False)
                asking.connect((OTHER.address, place.port))  # hears what comes from there alone
                loop = asyncio.get_running_loop()
                await loop.sock_sendall(asking, messages.probe(messages.Probe(), "urn:uuid:asked"))
                answer = messages.read(await loop.sock_recv(asking, 65_507))
            assert answer.relates_to == "urn:uuid:asked"
            assert answer.targets[0].xaddrs == (
                "http://127.0.0.2:8080/onvif/device_service",
                "http://127.0.0.1:8080/onvif/device_service",
            )

    play(scene())


def test_hello_is_said_again_when_a_cable_is_plugged_in(play: Any) -> None:
    async def scene() -> None:
        async with Neighbourhood() as place:
            place.carriers = {LOCAL.index: 2}
            await place.until_heard("Hello")
            for carriers in ({}, {LOCAL.index: 4}, {LOCAL.index: 6}):
                place.heard.clear()
                place.carriers = carriers
                place.service.look_again()
                if carriers:
                    await place.until_heard("Hello")
            assert place.moves == 1  # at the start: there is nothing new to tell

    play(scene())


def test_the_machines_addresses_are_known() -> None:
    assert any(each.address == "127.0.0.1" for each in interface_addresses())
    assert LOCAL.index in carriers()
