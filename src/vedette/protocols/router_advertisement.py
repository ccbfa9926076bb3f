"""Router advertisements that announce prefixes, as whole packets too. Source: RFC 4861, RFC 4862."""

import struct
from ipaddress import IPv6Address, IPv6Network

import msgspec

from vedette.base.errors import PeerError

ALL_NODES = "ff02::1"
HOP_LIMIT = 255  # of every message of neighbour discovery: it never passes a router
ADVERTISEMENT = 134

_HEAD = struct.Struct("!BBHBBHII")
_PREFIX = struct.Struct("!BBBBIII16s")
_PSEUDO_HEADER = struct.Struct("!16s16sII")
_IPV6 = struct.Struct("!IHBB16s16s")
_ICMPV6 = 58
_SOURCE_LINK_LAYER, _PREFIX_INFORMATION = 1, 3
_MANAGED = 0x80
_ON_LINK, _AUTONOMOUS = 0x80, 0x40
_UNIT_BYTES = 8


class BadAdvertisement(PeerError):
    """What came in is no router advertisement; the message says why."""


class Advertisement(msgspec.Struct, frozen=True, kw_only=True):
    """What a router announces; with `router_s` 0 it is no way to anywhere else.

    `is_managed` says that addresses come from DHCP.
    """

    prefixes: tuple[IPv6Network, ...] = ()
    router_s: int = 0
    prefix_s: int = 600
    is_managed: bool = False


def write(told: Advertisement, hardware_address: str = "") -> bytes:
    """An advertisement as ICMPv6, its checksum left to the host: zero."""
    message = _HEAD.pack(ADVERTISEMENT, 0, 0, 64, _MANAGED if told.is_managed else 0, told.router_s, 0, 0)
    if hardware_address:
        link_layer = bytes.fromhex(hardware_address.replace(":", ""))
        units = -(-(2 + len(link_layer)) // _UNIT_BYTES)
        message += (bytes((_SOURCE_LINK_LAYER, units)) + link_layer).ljust(units * _UNIT_BYTES, b"\0")
    for prefix in told.prefixes:
        message += _PREFIX.pack(
            _PREFIX_INFORMATION,
            _PREFIX.size // _UNIT_BYTES,
            prefix.prefixlen,
            _ON_LINK | _AUTONOMOUS,
            told.prefix_s,
            told.prefix_s,
            0,
            prefix.network_address.packed,
        )
    return message


def read(message: bytes) -> Advertisement:
    """The advertisement in an ICMPv6 message; `prefix_s` is the last prefix's. Raises BadAdvertisement."""
    if len(message) < _HEAD.size or message[0] != ADVERTISEMENT or message[1] != 0:
        raise BadAdvertisement("no router advertisement")
    _, _, _, _, flags, router_s, _, _ = _HEAD.unpack_from(message)
    prefix_s = Advertisement().prefix_s
    prefixes = []
    at = _HEAD.size
    while at < len(message):
        units = message[at + 1] if at + 1 < len(message) else 0
        if not units or at + units * _UNIT_BYTES > len(message):
            raise BadAdvertisement("an option is cut off")
        if message[at] == _PREFIX_INFORMATION and units * _UNIT_BYTES == _PREFIX.size:
            _, _, bits, _, prefix_s, _, _, network = _PREFIX.unpack_from(message, at)
            if bits > 128:
                raise BadAdvertisement(f"a prefix of {bits} bits")
            prefixes.append(IPv6Network((network, bits), strict=False))
        at += units * _UNIT_BYTES
    return Advertisement(
        prefixes=tuple(prefixes), router_s=router_s, prefix_s=prefix_s, is_managed=bool(flags & _MANAGED)
    )


def packet(message: bytes, source: IPv6Address, destination: IPv6Address) -> bytes:
    """An ICMPv6 message with its checksum in an IPv6 packet. Source: RFC 8200 §3 and §8.1."""
    pseudo = _PSEUDO_HEADER.pack(source.packed, destination.packed, len(message), _ICMPV6)
    checksum = _checksum(pseudo + message[:2] + b"\0\0" + message[4:])
    head = _IPV6.pack(6 << 28, len(message), _ICMPV6, HOP_LIMIT, source.packed, destination.packed)
    return head + message[:2] + checksum.to_bytes(2) + message[4:]


def _checksum(data: bytes) -> int:
    """The Internet checksum. Source: RFC 1071."""
    words = struct.unpack(f"!{len(data) // 2 + len(data) % 2}H", data + b"\0" * (len(data) % 2))
    total: int = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
