"""DHCP servers of both families that give one address to one hardware address."""

import socket
import struct
from contextlib import AbstractAsyncContextManager
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from vedette.conformance.servers.datagrams import Answer, answering, listening_socket
from vedette.conformance.servers.way import Way
from vedette.conformance.surroundings import Lease, Served
from vedette.protocols import dhcp, dhcpv6

EVERYBODY = "255.255.255.255"  # a client that has no address yet hears nothing else
GIVEN_IPV6 = IPv6Address("fd76:6564:6574:7465::77")  # RFC 4193: of no network but this


def giving_ipv4(served: Served, lease: Lease, way: Way) -> AbstractAsyncContextManager[None]:
    """Give the lease on the interface of `way`, to its hardware address alone; raises CaseNotRun."""
    return answering(
        lambda: listening_socket("", dhcp.SERVER_PORT, way),
        f"UDP port {dhcp.SERVER_PORT}",
        ipv4_answers(served, lease, way),
    )


def ipv4_answers(served: Served, lease: Lease, way: Way) -> Answer:
    """What is answered to whom; `served` is told of it."""
    offer = dhcp.Offer(
        address=IPv4Address(lease.address), prefix_bits=lease.prefix_bits, server=IPv4Address(way.ipv4)
    )

    def answer(data: bytes, peer: Any) -> tuple[bytes, Any] | None:
        try:
            asked = dhcp.read(data)
        except dhcp.BadDhcp:
            return None
        if asked.hardware_address != lease.hardware_address.lower():
            return None
        told = dhcp.answer(asked, offer)
        if told is None:
            return None
        served.asked.append(asked.kind.name)
        if told.kind is dhcp.Kind.ACK and told.yours == offer.address:
            served.given.append(str(offer.address))
        return dhcp.write(told), (EVERYBODY, dhcp.CLIENT_PORT)

    return answer


def giving_ipv6(served: Served, hardware_address: str, way: Way) -> AbstractAsyncContextManager[None]:
    """Give an address on the interface of `way`, to a hardware address alone; raises CaseNotRun."""
    answers = ipv6_answers(served, hardware_address, way)
    return answering(lambda: _joined(way), f"UDP port {dhcpv6.SERVER_PORT}", answers)


def ipv6_answers(served: Served, hardware_address: str, way: Way) -> Answer:
    """What is answered to whom; `served` is told of it."""
    offer = dhcpv6.Offer(
        address=GIVEN_IPV6,
        server=dhcpv6.server_identifier(way.hardware_address),
        name_server=IPv6Address(way.ipv6) if way.ipv6 else None,
    )

    def answer(data: bytes, peer: Any) -> tuple[bytes, Any] | None:
        try:
            asked = dhcpv6.read(data)
        except dhcpv6.BadDhcpv6:
            return None
        if asked.hardware_address != hardware_address.lower():
            return None
        told = dhcpv6.answer(asked, offer)
        if told is None:
            return None
        served.asked.append(asked.kind.name)
        if told.kind is dhcpv6.Kind.REPLY and told.addresses:
            served.given.append(str(offer.address))
        return dhcpv6.write(told), peer

    return answer


def _joined(way: Way) -> socket.socket:
    """A socket that hears those who look for servers; raises OSError."""
    made = listening_socket("::", dhcpv6.SERVER_PORT, way)
    try:
        group = socket.inet_pton(socket.AF_INET6, dhcpv6.SERVERS) + struct.pack("@I", way.index)
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
    except OSError:
        made.close()
        raise
    return made
