"""The addresses of this machine's network interfaces, and sockets for multicast on one of them."""

import ipaddress
import socket
import struct
import sys
from collections.abc import Iterator

import msgspec

# rtnetlink(7): asks for all addresses of all interfaces, and for all interfaces.
_RTM_NEWLINK, _RTM_GETLINK = 16, 18
_RTM_NEWADDR, _RTM_GETADDR = 20, 22
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_REQUEST_DUMP = 0x301
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_IFLA_CARRIER_CHANGES = 35
_IFF_RUNNING = 0x40
_NOT_OURS = 0x48  # linux/if_addr.h: nobody knows yet whether another machine has it, or another one does
_HEADER = struct.Struct("=LHHLL")
_ADDRESS = struct.Struct("=BBBBL")
_LINK = struct.Struct("=BxHiLL")
_ATTRIBUTE = struct.Struct("=HH")
_ANSWER_S = 2.0

# ip(7), ipv6(7); the socket module does not name them: only groups that this very socket has joined.
_IP_MULTICAST_ALL = 49
_IPV6_MULTICAST_ALL = 29


class InterfaceAddress(msgspec.Struct, frozen=True):
    """An address of an interface, and the length of its network prefix in bits."""

    index: int
    address: str
    prefix_bits: int

    @property
    def is_ipv6(self) -> bool:
        """Whether it is a version 6 address."""
        return ":" in self.address

    @property
    def is_link_local(self) -> bool:
        """Whether it holds on its own link only."""
        return ipaddress.ip_address(self.address).is_link_local

    @property
    def is_loopback(self) -> bool:
        """Whether it leads nowhere but back."""
        return ipaddress.ip_address(self.address).is_loopback

    @property
    def network(self) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
        """The network that it is in."""
        return ipaddress.ip_network((self.address, self.prefix_bits), strict=False)

    @property
    def in_url(self) -> str:
        """As URLs write it."""
        return f"[{self.address}]" if self.is_ipv6 else self.address


def interface_addresses() -> tuple[InterfaceAddress, ...]:
    """Every address of every interface that can be used, the loopback's too; raises OSError.

    IPv6 addresses cannot until it is certain that no other machine has them. Source: RFC 4862 §5.4.
    """
    body = _ADDRESS.pack(socket.AF_UNSPEC, 0, 0, 0, 0)
    return tuple(each for told in _told(_RTM_GETADDR, _RTM_NEWADDR, body) for each in _address(told))


def carriers() -> dict[int, int]:
    """The interfaces that are up and whose cable leads somewhere, with how often that has changed.

    By their indexes; raises OSError.
    """
    found: dict[int, int] = {}
    for told in _told(_RTM_GETLINK, _RTM_NEWLINK, _LINK.pack(socket.AF_UNSPEC, 0, 0, 0, 0)):
        _, _, index, flags, _ = _LINK.unpack_from(told)
        if flags & _IFF_RUNNING:
            changes = _attributes(told, _LINK.size).get(_IFLA_CARRIER_CHANGES, b"")
            found[index] = int.from_bytes(changes, sys.byteorder)
    return found


def _told(request: int, answer: int, body: bytes) -> Iterator[bytes]:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as asking:
        asking.settimeout(_ANSWER_S)
        asking.send(_HEADER.pack(_HEADER.size + len(body), request, _REQUEST_DUMP, 1, 0) + body)
        while True:
            data = asking.recv(64 << 10)
            while len(data) >= _HEADER.size:
                length, kind, *_ = _HEADER.unpack_from(data)
                if kind in (_NLMSG_DONE, _NLMSG_ERROR) or length < _HEADER.size:
                    return
                if kind == answer:
                    yield data[_HEADER.size : length]
                data = data[(length + 3) & ~3 :]


def _address(body: bytes) -> Iterator[InterfaceAddress]:
    family, prefix_bits, flags, _, index = _ADDRESS.unpack_from(body)
    if flags & _NOT_OURS:
        return
    found = _attributes(body, _ADDRESS.size)
    raw = found.get(_IFA_LOCAL) or found.get(_IFA_ADDRESS)
    if raw is not None and family in (socket.AF_INET, socket.AF_INET6):
        yield InterfaceAddress(index, socket.inet_ntop(family, raw), prefix_bits)


def _attributes(body: bytes, at: int) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while at + _ATTRIBUTE.size <= len(body):
        length, kind = _ATTRIBUTE.unpack_from(body, at)
        if length < _ATTRIBUTE.size:
            break
        found[kind] = body[at + _ATTRIBUTE.size : at + length]
        at += (length + 3) & ~3
    return found


def multicast_sender(own: InterfaceAddress, port: int = 0) -> socket.socket:
    """A UDP socket on one address, whose multicast leaves by that interface and no further than its link.

    Raises OSError.
    """
    made = _udp_socket(own)
    try:
        if own.is_ipv6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, own.index)
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 1)
            made.bind((own.address, port, 0, own.index if own.is_link_local else 0))
        else:
            made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, _request("0.0.0.0", own))
            made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
            made.bind((own.address, port))
    except OSError:
        made.close()
        raise
    return made


def multicast_listener(own: InterfaceAddress, group: str, port: int) -> socket.socket:
    """A UDP socket that hears a group on one interface only; raises OSError."""
    made = _udp_socket(own)
    try:
        if own.is_ipv6:
            made.setsockopt(socket.IPPROTO_IPV6, _IPV6_MULTICAST_ALL, 0)
            made.bind((group, port, 0, own.index))
            joined = socket.inet_pton(socket.AF_INET6, group) + struct.pack("@I", own.index)
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, joined)
        else:
            made.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
            made.bind((group, port))
            made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, _request(group, own))
    except OSError:
        made.close()
        raise
    return made


def _udp_socket(own: InterfaceAddress) -> socket.socket:
    family = socket.AF_INET6 if own.is_ipv6 else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM)
    made.settimeout(0)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # others on this machine discover too
    if own.is_ipv6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    return made


def _request(group: str, own: InterfaceAddress) -> bytes:
    """The ip_mreqn that names an interface by its index. Source: ip(7)."""
    return socket.inet_aton(group) + socket.inet_aton(own.address) + struct.pack("@i", own.index)
