"""DHCP for IPv4: messages, and what a server answers that gives one address. Source: RFC 2131, RFC 2132."""

import struct
from enum import IntEnum
from ipaddress import IPv4Address, IPv4Network

import msgspec

from vedette.base.errors import PeerError

SERVER_PORT, CLIENT_PORT = 67, 68
MESSAGE_LEAST = 300  # bytes; RFC 1542 §2.1: shorter ones are lost on some links

_FIXED = struct.Struct("!BBBBIHH4s4s4s4s16s64s128s")
_MAGIC = b"\x63\x82\x53\x63"
_REQUEST, _REPLY = 1, 2
_ETHERNET, _ETHERNET_BYTES = 1, 6
_BROADCAST = 0x8000
_PAD, _END = 0, 255


class Option(IntEnum):
    """The options that are used here."""

    SUBNET_MASK = 1
    ROUTER = 3
    NAME_SERVERS = 6
    HOST_NAME = 12
    TIME_SERVERS = 42
    WANTED_ADDRESS = 50
    LEASE_S = 51
    KIND = 53
    SERVER = 54
    PARAMETERS = 55


class Kind(IntEnum):
    """The kinds of messages."""

    DISCOVER = 1
    OFFER = 2
    REQUEST = 3
    DECLINE = 4
    ACK = 5
    NAK = 6
    RELEASE = 7
    INFORM = 8


class BadDhcp(PeerError):
    """What came in is no DHCP message; the message says why."""


class DhcpMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message. `hardware_address` is written `02:00:00:00:00:07`, absent addresses are 0.0.0.0."""

    is_reply: bool = False
    transaction: int
    kind: Kind
    hardware_address: str
    client: IPv4Address = IPv4Address(0)  # the address the client has
    yours: IPv4Address = IPv4Address(0)  # the one it is given
    relay: IPv4Address = IPv4Address(0)
    wants_broadcast: bool = False
    options: dict[int, bytes] = {}

    def address(self, option: Option) -> IPv4Address | None:
        """The address an option holds."""
        value = self.options.get(option, b"")
        return IPv4Address(value[:4]) if len(value) >= 4 else None


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What a server gives to one client: an address, and itself as server of names and time."""

    address: IPv4Address
    prefix_bits: int
    server: IPv4Address
    lease_s: int = 600


def write(message: DhcpMessage) -> bytes:
    """A message as bytes."""
    hardware = bytes.fromhex(message.hardware_address.replace(":", ""))
    fixed = _FIXED.pack(
        _REPLY if message.is_reply else _REQUEST,
        _ETHERNET,
        len(hardware),
        0,
        message.transaction,
        0,
        _BROADCAST if message.wants_broadcast else 0,
        message.client.packed,
        message.yours.packed,
        bytes(4),
        message.relay.packed,
        hardware,
        b"",
        b"",
    )
    options = {int(Option.KIND): bytes((message.kind,))} | message.options
    body = b"".join(bytes((code, len(value))) + value for code, value in options.items())
    return (fixed + _MAGIC + body + bytes((_END,))).ljust(MESSAGE_LEAST, b"\0")


def read(packet: bytes) -> DhcpMessage:
    """The message in a packet; raises BadDhcp."""
    start = _FIXED.size + len(_MAGIC)
    if len(packet) < start or packet[_FIXED.size : start] != _MAGIC:
        raise BadDhcp("no DHCP message")
    operation, hardware_kind, length, _, transaction, _, flags, client, yours, _, relay, hardware, *_ = (
        _FIXED.unpack_from(packet)
    )
    if operation not in (_REQUEST, _REPLY) or (hardware_kind, length) != (_ETHERNET, _ETHERNET_BYTES):
        raise BadDhcp("not from an Ethernet interface")
    options = _options(packet[start:])
    kind = options.pop(Option.KIND, b"")
    if len(kind) != 1 or kind[0] not in set(Kind):
        raise BadDhcp("no kind of message that is known")
    return DhcpMessage(
        is_reply=operation == _REPLY,
        transaction=transaction,
        kind=Kind(kind[0]),
        hardware_address=hardware[:length].hex(":"),
        client=IPv4Address(client),
        yours=IPv4Address(yours),
        relay=IPv4Address(relay),
        wants_broadcast=bool(flags & _BROADCAST),
        options=options,
    )


def _options(data: bytes) -> dict[int, bytes]:
    """The options by code; one that is given in parts is joined (RFC 3396)."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data) and data[at] != _END:
        if data[at] == _PAD:
            at += 1
            continue
        if at + 2 > len(data) or at + 2 + data[at + 1] > len(data):
            raise BadDhcp("an option is cut off")
        code, length = data[at], data[at + 1]
        found[code] = found.get(code, b"") + data[at + 2 : at + 2 + length]
        at += 2 + length
    return found


def answer(asked: DhcpMessage, offer: Offer) -> DhcpMessage | None:
    """What a server with this offer answers; None where it keeps silent.

    A request for another address is refused, one to another server is left alone. Source: RFC 2131 §4.3.
    """
    if asked.is_reply:
        return None
    if asked.kind is Kind.DISCOVER:
        return _reply(asked, Kind.OFFER, offer)
    if asked.kind is Kind.INFORM:
        return _reply(asked, Kind.ACK, offer)
    if asked.kind is not Kind.REQUEST:
        return None
    server = asked.address(Option.SERVER)
    if server is not None and server != offer.server:
        return None
    wanted = asked.address(Option.WANTED_ADDRESS) or asked.client
    return _reply(asked, Kind.ACK if wanted == offer.address else Kind.NAK, offer)


def _reply(asked: DhcpMessage, kind: Kind, offer: Offer) -> DhcpMessage:
    options = {int(Option.SERVER): offer.server.packed}
    if kind is not Kind.NAK:
        mask = IPv4Network((0, offer.prefix_bits)).netmask
        options |= {
            int(Option.SUBNET_MASK): mask.packed,
            int(Option.ROUTER): offer.server.packed,
            int(Option.NAME_SERVERS): offer.server.packed,
            int(Option.TIME_SERVERS): offer.server.packed,
        }
        if asked.kind is not Kind.INFORM:
            options[int(Option.LEASE_S)] = struct.pack("!I", offer.lease_s)
    is_given = kind in (Kind.OFFER, Kind.ACK) and asked.kind is not Kind.INFORM
    return DhcpMessage(
        is_reply=True,
        transaction=asked.transaction,
        kind=kind,
        hardware_address=asked.hardware_address,
        client=asked.client if kind is Kind.ACK else IPv4Address(0),
        yours=offer.address if is_given else IPv4Address(0),
        relay=asked.relay,
        wants_broadcast=asked.wants_broadcast,
        options=options,
    )
