"""DHCP for IPv6: messages, and what a server answers that gives one address. Source: RFC 8415."""

import struct
from enum import IntEnum
from ipaddress import IPv6Address

import msgspec

from vedette.base.errors import PeerError

SERVER_PORT, CLIENT_PORT = 547, 546
SERVERS = "ff02::1:2"  # the group of servers and relays on a link

_OPTION = struct.Struct("!HH")
_ASSOCIATION = struct.Struct("!III")
_ADDRESS = struct.Struct("!16sII")
_LINK_LAYER_TIME, _LINK_LAYER = 1, 3  # kinds of DUID that hold a hardware address
_SUCCESS, _NO_ADDRESSES, _NOT_ON_LINK = 0, 2, 4


class Option(IntEnum):
    """The options that are used here."""

    CLIENT = 1
    SERVER = 2
    ASSOCIATION = 3
    ADDRESS = 5
    RAPID_COMMIT = 14
    STATUS = 13
    NAME_SERVERS = 23


class Kind(IntEnum):
    """The kinds of messages."""

    SOLICIT = 1
    ADVERTISE = 2
    REQUEST = 3
    CONFIRM = 4
    RENEW = 5
    REBIND = 6
    REPLY = 7
    RELEASE = 8
    DECLINE = 9
    INFORMATION_REQUEST = 11


_ASKS_FOR_ADDRESS = frozenset((Kind.SOLICIT, Kind.REQUEST, Kind.RENEW, Kind.REBIND))
_TO_ONE_SERVER = frozenset((Kind.REQUEST, Kind.RENEW, Kind.RELEASE, Kind.DECLINE))


class BadDhcpv6(PeerError):
    """What came in is no DHCP message for IPv6; the message says why."""


class Dhcpv6Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message; `options` in their order, as code and value."""

    kind: Kind
    transaction: int
    options: tuple[tuple[int, bytes], ...] = ()

    def first(self, option: Option) -> bytes | None:
        """The value of the first such option."""
        return next((value for code, value in self.options if code == option), None)

    @property
    def hardware_address(self) -> str:
        """The one in the client's identifier, as `02:00:00:00:00:07`; empty if it holds none."""
        identifier = self.first(Option.CLIENT) or b""
        skip = {_LINK_LAYER_TIME: 8, _LINK_LAYER: 4}.get(int.from_bytes(identifier[:2]))
        return "" if skip is None else identifier[skip:].hex(":")

    @property
    def addresses(self) -> tuple[IPv6Address, ...]:
        """The addresses in its associations."""
        return tuple(
            IPv6Address(held[:16])
            for code, value in self.options
            if code == Option.ASSOCIATION and len(value) >= _ASSOCIATION.size
            for inner, held in _options(value[_ASSOCIATION.size :])
            if inner == Option.ADDRESS and len(held) >= _ADDRESS.size
        )


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What a server gives to one client; `server` is its identifier (a DUID), `name_server` its address."""

    address: IPv6Address
    server: bytes
    name_server: IPv6Address | None = None
    lease_s: int = 600


def server_identifier(hardware_address: str) -> bytes:
    """A DUID made of a hardware address. Source: RFC 8415 §11.4."""
    return struct.pack("!HH", _LINK_LAYER, 1) + bytes.fromhex(hardware_address.replace(":", ""))


def write(message: Dhcpv6Message) -> bytes:
    """A message as bytes."""
    head = bytes((message.kind,)) + message.transaction.to_bytes(3)
    return head + b"".join(_option(code, value) for code, value in message.options)


def read(packet: bytes) -> Dhcpv6Message:
    """The message in a packet; raises BadDhcpv6. Messages of relays are refused."""
    if len(packet) < 4 or packet[0] not in set(Kind):
        raise BadDhcpv6("no kind of message that is known")
    options = _options(packet[4:])
    for code, value in options:
        if code == Option.ASSOCIATION and len(value) >= _ASSOCIATION.size:
            _options(value[_ASSOCIATION.size :])
    return Dhcpv6Message(
        kind=Kind(packet[0]), transaction=int.from_bytes(packet[1:4]), options=tuple(options)
    )


def _option(code: int, value: bytes) -> bytes:
    return _OPTION.pack(code, len(value)) + value


def _options(data: bytes) -> list[tuple[int, bytes]]:
    found = []
    at = 0
    while at < len(data):
        if at + _OPTION.size > len(data):
            raise BadDhcpv6("an option is cut off")
        code, length = _OPTION.unpack_from(data, at)
        at += _OPTION.size
        if at + length > len(data):
            raise BadDhcpv6("an option is cut off")
        found.append((code, data[at : at + length]))
        at += length
    return found


def answer(asked: Dhcpv6Message, offer: Offer) -> Dhcpv6Message | None:
    """What a server with this offer answers; None where it keeps silent. Source: RFC 8415 §18.3."""
    if not _is_for(asked, offer.server):
        return None
    client = asked.first(Option.CLIENT)
    options: list[tuple[int, bytes]] = [(Option.SERVER, offer.server)]
    if client is not None:
        options.append((Option.CLIENT, client))
    kind = Kind.REPLY
    if asked.kind in _ASKS_FOR_ADDRESS:
        options += _associations(asked, offer)
        if asked.kind is Kind.SOLICIT:
            if asked.first(Option.RAPID_COMMIT) is None:
                kind = Kind.ADVERTISE
            else:
                options.append((Option.RAPID_COMMIT, b""))
    elif asked.kind is Kind.CONFIRM:
        is_ours = set(asked.addresses) <= {offer.address}
        options.append((Option.STATUS, (_SUCCESS if is_ours else _NOT_ON_LINK).to_bytes(2)))
    elif asked.kind is not Kind.INFORMATION_REQUEST:
        options.append((Option.STATUS, _SUCCESS.to_bytes(2)))
    if offer.name_server is not None:
        options.append((Option.NAME_SERVERS, offer.name_server.packed))
    return Dhcpv6Message(kind=kind, transaction=asked.transaction, options=tuple(options))


def _is_for(asked: Dhcpv6Message, identifier: bytes) -> bool:
    """Whether a message is one for this server to answer. Source: RFC 8415 §16."""
    if asked.kind in (Kind.ADVERTISE, Kind.REPLY):
        return False
    if asked.first(Option.CLIENT) is None and asked.kind is not Kind.INFORMATION_REQUEST:
        return False
    named = asked.first(Option.SERVER)
    return named == identifier or (named is None and asked.kind not in _TO_ONE_SERVER)


def _associations(asked: Dhcpv6Message, offer: Offer) -> list[tuple[int, bytes]]:
    """The address for the first association that is asked for; there is none for more."""
    answered: list[tuple[int, bytes]] = []
    for code, value in asked.options:
        if code != Option.ASSOCIATION or len(value) < _ASSOCIATION.size:
            continue
        number = _ASSOCIATION.unpack_from(value)[0]
        if answered:
            held = _option(Option.STATUS, _NO_ADDRESSES.to_bytes(2))
        else:
            held = _option(Option.ADDRESS, _ADDRESS.pack(offer.address.packed, offer.lease_s, offer.lease_s))
        times = (offer.lease_s // 2, offer.lease_s * 4 // 5)  # RFC 8415 §21.4: T1 and T2
        answered.append((Option.ASSOCIATION, _ASSOCIATION.pack(number, *times) + held))
    return answered
