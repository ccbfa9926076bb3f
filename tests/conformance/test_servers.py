"""The servers that the tester runs itself, on loopback; those of whole links need a link and are not here."""

import asyncio
import errno
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address

import msgspec
import pytest
from tests.name_answers import addresses_in

from vedette.base.clock import ManualClock
from vedette.client.ntp import ask_time
from vedette.conformance.servers.bringing import BRINGABLE, BroughtSurroundings
from vedette.conformance.servers.datagrams import listening_socket, not_possible
from vedette.conformance.servers.leases import GIVEN_IPV6, ipv4_answers, ipv6_answers
from vedette.conformance.servers.names_and_time import serving_names, serving_time
from vedette.conformance.servers.routing import advertising
from vedette.conformance.servers.way import Way, way_to
from vedette.conformance.surroundings import (
    DHCP_SERVER,
    IPV6_LINK,
    SPARE_ADDRESS,
    TIME_SERVER,
    FoundSurroundings,
    Lease,
    Served,
)
from vedette.conformance.verdicts import CaseNotRun
from vedette.protocols import dhcp, dhcpv6, dns
from vedette.protocols.router_advertisement import Advertisement

HERE = "127.0.0.1"


def free_port() -> int:
    with listening_socket(HERE, 0) as held:
        return int(held.getsockname()[1])


def test_the_tester_is_a_time_server_for_a_client() -> None:
    async def asked() -> int:
        served, port = Served(address=HERE, is_own=True), free_port()
        clock = ManualClock()
        async with serving_time(served, clock, port):
            found = await ask_time(HERE, clock, port=port)
        assert served.asked == [HERE]
        return found.offset_us

    assert asyncio.run(asked()) == 0


def test_every_name_is_the_tester_s_for_its_name_server() -> None:
    async def answer_to(question: bytes) -> bytes:
        served, port = Served(address=HERE), free_port()
        loop = asyncio.get_running_loop()
        async with serving_names(served, port):
            with listening_socket(HERE, 0) as asking:
                asking.settimeout(0)
                await loop.sock_sendto(asking, b"no question", (HERE, port))
                await loop.sock_sendto(asking, question, (HERE, port))
                async with asyncio.timeout(5):
                    return await loop.sock_recv(asking, 512)

    question = dns.question(7, "time.example")
    assert addresses_in(asyncio.run(answer_to(question)), question) == [HERE]


def test_a_port_that_is_taken_is_a_case_not_run_and_says_what_to_do() -> None:
    async def tried(port: int) -> None:
        async with serving_time(Served(address=HERE), ManualClock(), port):
            raise AssertionError("the port was taken")

    with listening_socket(HERE, 0) as held, pytest.raises(CaseNotRun, match="another program"):
        asyncio.run(tried(held.getsockname()[1]))


def test_lacking_privilege_is_told_with_how_to_get_it() -> None:
    told = str(not_possible("UDP port 123", PermissionError(errno.EACCES, "Permission denied")))
    assert "UDP port 123" in told
    assert "CAP_NET_BIND_SERVICE" in told


def test_the_way_to_this_machine_is_its_loopback() -> None:
    way = way_to(HERE)
    assert (way.interface, way.address, way.ipv4) == ("lo", HERE, HERE)
    assert way.hardware_address == "00:00:00:00:00:00"


def test_a_name_that_is_none_has_no_way() -> None:
    with pytest.raises(CaseNotRun, match="not known"):
        way_to("256.1.1.1")


def test_needs_are_met_by_what_is_found_named_or_brought() -> None:
    found = FoundSurroundings(frozenset((DHCP_SERVER, SPARE_ADDRESS)), time_server_address="192.0.2.9")
    assert found.met == {DHCP_SERVER, TIME_SERVER}  # a spare address is of no use unless named

    brought = BroughtSurroundings("256.1.1.1", ManualClock(), frozenset(BRINGABLE))
    assert brought.met == set(BRINGABLE)
    assert IPV6_LINK not in brought.met


WAY = Way(
    interface="eth0",
    index=2,
    hardware_address="02:00:00:00:00:09",
    address="192.0.2.9",
    ipv4="192.0.2.9",
    ipv6_link_local="fe80::9",
)
DEVICE = "02:00:00:00:00:07"


def test_an_ipv4_address_is_given_to_the_device_alone() -> None:
    served = Served(address="192.0.2.9", is_own=True)
    answers = ipv4_answers(
        served, Lease(hardware_address=DEVICE.upper(), address="192.0.2.7", prefix_bits=24), WAY
    )
    asked = dhcp.DhcpMessage(transaction=1, kind=dhcp.Kind.REQUEST, hardware_address=DEVICE)
    wanted = msgspec.structs.replace(
        asked, options={int(dhcp.Option.WANTED_ADDRESS): IPv4Address("192.0.2.7").packed}
    )
    other = msgspec.structs.replace(wanted, hardware_address="02:00:00:00:00:08")

    assert answers(dhcp.write(other), ("0.0.0.0", 68)) is None
    assert answers(b"no DHCP", ("0.0.0.0", 68)) is None
    assert served.asked == []
    told = answers(dhcp.write(wanted), ("0.0.0.0", 68))
    assert told is not None
    assert (dhcp.read(told[0]).yours, told[1]) == (IPv4Address("192.0.2.7"), ("255.255.255.255", 68))
    assert (served.asked, served.given) == (["REQUEST"], ["192.0.2.7"])


def test_an_ipv6_address_is_given_to_the_device_alone() -> None:
    served, peer = Served(is_own=True), ("fe80::7", 546, 0, 2)
    answers = ipv6_answers(served, DEVICE, WAY)

    def asking(hardware_address: str) -> bytes:
        options = (
            (int(dhcpv6.Option.CLIENT), dhcpv6.server_identifier(hardware_address)),
            (int(dhcpv6.Option.SERVER), dhcpv6.server_identifier(WAY.hardware_address)),
            (int(dhcpv6.Option.ASSOCIATION), bytes(12)),
        )
        return dhcpv6.write(dhcpv6.Dhcpv6Message(kind=dhcpv6.Kind.REQUEST, transaction=1, options=options))

    assert answers(asking("02:00:00:00:00:08"), peer) is None
    assert answers(b"", peer) is None
    told = answers(asking(DEVICE), peer)
    assert told is not None
    assert (dhcpv6.read(told[0]).addresses, told[1]) == ((GIVEN_IPV6,), peer)
    assert (served.asked, served.given) == (["REQUEST"], [str(GIVEN_IPV6)])


@pytest.mark.parametrize(
    ("way", "hardware_address", "why"),
    [
        (msgspec.structs.replace(WAY, ipv6_link_local=""), DEVICE, "no IPv6"),
        (WAY, "", "hardware address"),
    ],
)
def test_a_device_that_cannot_be_told_alone_is_told_nothing(
    way: Way, hardware_address: str, why: str
) -> None:
    async def tried() -> None:
        async with advertising(Advertisement(), hardware_address, way):
            raise AssertionError("told to nobody")

    with pytest.raises(CaseNotRun, match=why):
        asyncio.run(tried())


def use(which: str) -> Callable[[BroughtSurroundings], Awaitable[Served]]:
    async def used(surroundings: BroughtSurroundings) -> Served:
        async with getattr(surroundings, which)("02:00:00:00:00:07") as served:
            return served  # type: ignore[no-any-return]

    return used


@pytest.mark.parametrize("which", ["dhcpv6_server", "router"])
def test_what_the_link_has_is_not_brought_besides(which: str) -> None:
    surroundings = BroughtSurroundings(
        HERE, ManualClock(), frozenset(BRINGABLE), frozenset(BRINGABLE), time_server_address="192.0.2.9"
    )
    assert not asyncio.run(use(which)(surroundings)).is_own


def test_a_time_server_that_is_named_is_the_one() -> None:
    async def used() -> Served:
        surroundings = BroughtSurroundings(
            HERE, ManualClock(), frozenset(BRINGABLE), time_server_address="192.0.2.9"
        )
        async with surroundings.time_server() as served:
            return served

    assert asyncio.run(used()) == Served(address="192.0.2.9")
