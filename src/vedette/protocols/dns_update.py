"""Registering a name at its zone's primary name server. Source: RFC 2136, RFC 1035."""

import struct
from collections.abc import Iterable
from ipaddress import ip_address

import msgspec

from vedette.base.errors import PeerError
from vedette.protocols.dns import (
    AAAA,
    HEADER,
    INTERNET,
    KIND,
    NAME_MOST,
    RESPONSE,
    SOA,
    A,
    question,
    wire_name,
)

TTL_USUAL_S = 3600  # what is registered where a client names no time to live

_RECORD = struct.Struct("!HHIH")
_ANY = 255
_UPDATE = 5 << 11
_POINTER = 0xC0
_POINTERS_MOST = 32
OUTCOMES = {  # RFC 1035 §4.1.1, RFC 2136 §2.2
    1: "the request is malformed",
    2: "the server failed",
    3: "there is no such name",
    4: "it knows no updates",
    5: "it refuses",
    9: "it is not the zone's server",
    10: "the name is not in the zone",
}


class BadNameAnswer(PeerError):
    """What a name server answered is no answer, or a refusal; the message says why."""


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """A zone and the name of its primary server, both without the last dot."""

    name: str
    primary: str


def zone_question(number: int, name: str) -> bytes:
    """A question for the zone that a name is in; raises ValueError for what is no name."""
    return question(number, name, SOA)


def read_zone(packet: bytes, number: int) -> Zone:
    """The zone in an answer, be it of the name itself or of what the name lies in; raises BadNameAnswer."""
    outcome, counts = _read_header(packet, number)
    if outcome not in (0, 3):  # a name that is not there yet is in a zone all the same
        raise BadNameAnswer(OUTCOMES.get(outcome, f"code {outcome}"))
    questions, answers, authorities, _ = counts
    at = HEADER.size
    for _ in range(questions):
        at = _name(packet, at)[1] + KIND.size
    for _ in range(answers + authorities):
        owner, at = _name(packet, at)
        if len(packet) < at + _RECORD.size:
            raise BadNameAnswer("a record is cut off")
        kind, _, _, length = _RECORD.unpack_from(packet, at)
        at += _RECORD.size
        if kind == SOA:
            return Zone(name=owner, primary=_name(packet, at)[0])
        at += length
    raise BadNameAnswer("it knows no zone of this name")


def update(number: int, zone: str, name: str, addresses: Iterable[str], *, ttl_s: int) -> bytes:
    """Have a name lead to these addresses and no others; to none, to take it away.

    `ttl_s` is from 0 to 2³¹ - 1 seconds. Raises ValueError for what is no name. Source: RFC 2136 §2.5.
    """
    owner = wire_name(name)
    records = [owner + _RECORD.pack(kind, _ANY, 0, 0) for kind in (A, AAAA)]
    for each in map(ip_address, addresses):
        kind = A if each.version == 4 else AAAA
        records.append(owner + _RECORD.pack(kind, INTERNET, ttl_s, len(each.packed)) + each.packed)
    head = HEADER.pack(number, _UPDATE, 1, 0, len(records), 0)
    return head + wire_name(zone) + KIND.pack(SOA, INTERNET) + b"".join(records)


def check_outcome(packet: bytes, number: int) -> None:
    """Whether an update was done; raises BadNameAnswer with the server's reason."""
    outcome, _ = _read_header(packet, number)
    if outcome:
        raise BadNameAnswer(OUTCOMES.get(outcome, f"code {outcome}"))


def _read_header(packet: bytes, number: int) -> tuple[int, tuple[int, int, int, int]]:
    if len(packet) < HEADER.size:
        raise BadNameAnswer(f"{len(packet)} bytes are no message")
    told, flags, *counts = HEADER.unpack_from(packet)
    if told != number or not flags & RESPONSE:
        raise BadNameAnswer("an answer to another question")
    first, second, third, fourth = counts
    return flags & 15, (first, second, third, fourth)


def _name(packet: bytes, at: int) -> tuple[str, int]:
    """A name that may be compressed, and where what follows it begins; raises BadNameAnswer."""
    labels: list[str] = []
    after: int | None = None
    for _ in range(NAME_MOST + _POINTERS_MOST):
        if at >= len(packet):
            break
        length = packet[at]
        if length == 0:
            return ".".join(labels), at + 1 if after is None else after
        if length >= _POINTER:
            after = at + 2 if after is None else after
            at = int.from_bytes(packet[at : at + 2], "big") & 0x3FFF
            continue
        labels.append(packet[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    raise BadNameAnswer("a name does not end")
