"""A router that tells one device a prefix, and nobody else."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv6Address, IPv6Network

import msgspec

from vedette.conformance.servers.datagrams import not_possible
from vedette.conformance.servers.way import Way
from vedette.conformance.verdicts import CaseNotRun
from vedette.protocols import router_advertisement as router
from vedette.protocols.router_advertisement import Advertisement

PREFIX = IPv6Network("fd76:6564:6574:7465::/64")  # RFC 4193: of no network but this
EVERY_S = 3.0  # RFC 4861 §6.2.1: the least time between advertisements
_IPV6_FRAMES = 0x86DD


@asynccontextmanager
async def advertising(told: Advertisement, hardware_address: str, way: Way) -> AsyncIterator[None]:
    """Announce to one hardware address while the block runs, and take it back; raises CaseNotRun.

    The packets are those that all nodes hear, in frames for that one device (RFC 6085).
    """
    if not way.ipv6_link_local:
        raise CaseNotRun(f"{way.interface} of this machine has no IPv6: switch it on")
    if not hardware_address:
        raise CaseNotRun("the device does not tell its hardware address, so it cannot be told alone")
    try:
        line = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
    except OSError as error:
        raise not_possible("a raw socket", error) from error
    with line:
        place = (way.interface, _IPV6_FRAMES, 0, 0, bytes.fromhex(hardware_address.replace(":", "")))

        def tell(what: Advertisement) -> None:
            message = router.write(what, way.hardware_address)
            whole = router.packet(message, IPv6Address(way.ipv6_link_local), IPv6Address(router.ALL_NODES))
            with contextlib.suppress(OSError):  # an interface that is down for a moment is told again soon
                line.sendto(whole, place)

        async def repeat() -> None:
            while True:
                tell(told)
                await asyncio.sleep(EVERY_S)

        repeating = asyncio.create_task(repeat(), name="router advertisements")
        try:
            yield
        finally:
            repeating.cancel()
            await asyncio.wait((repeating,))
            tell(msgspec.structs.replace(told, prefix_s=0, is_managed=False))
