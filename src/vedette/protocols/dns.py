"""Questions to a name server, and answers with one address for every name. Source: RFC 1035."""

import struct
from ipaddress import IPv4Address, IPv6Address

import msgspec

from vedette.base.errors import PeerError

PORT = 53
NAME_MOST, LABEL_MOST = 255, 63
A, SOA, AAAA = 1, 6, 28
INTERNET = 1
RESPONSE = 0x8000
HEADER = struct.Struct("!HHHHHH")
KIND = struct.Struct("!HH")  # of a question, and its class

_RECORD = struct.Struct("!HHHIH")
_OPCODES, _AUTHORITATIVE, _WANTS_RECURSION = 0x7800, 0x0400, 0x0100
_NOT_IMPLEMENTED = 4
_NAME_OF_QUESTION = 0xC000 | HEADER.size  # a pointer to where the question's name begins


class BadQuestion(PeerError):
    """What came in is no question that can be answered; the message says why."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question: `name` without the last dot, `kind` a record type such as A, `written` as it came."""

    number: int
    name: str
    kind: int
    is_plain: bool = True  # a query of the Internet class, not another operation
    wants_recursion: bool = True
    written: bytes = b""


def question(number: int, name: str, kind: int = A) -> bytes:
    """A question for the records of a name; raises ValueError for what is no name."""
    return HEADER.pack(number, _WANTS_RECURSION, 1, 0, 0, 0) + wire_name(name) + KIND.pack(kind, INTERNET)


def wire_name(name: str) -> bytes:
    """A name as messages hold it, not compressed; raises ValueError for what is none."""
    try:
        labels = [each.encode("ascii") for each in name.rstrip(".").split(".") if each]
    except UnicodeEncodeError as error:
        raise ValueError(f"{name[:80]!r} is no DNS name") from error
    if any(len(each) > LABEL_MOST for each in labels) or sum(len(each) + 1 for each in labels) >= NAME_MOST:
        raise ValueError(f"{name[:80]!r} is too long for a DNS name")
    return b"".join(bytes((len(each),)) + each for each in labels) + b"\0"


def read_question(packet: bytes) -> Question:
    """The question in a packet; raises BadQuestion."""
    if len(packet) < HEADER.size:
        raise BadQuestion(f"{len(packet)} bytes are no message")
    number, flags, count, *_ = HEADER.unpack_from(packet)
    if flags & RESPONSE or count != 1:
        raise BadQuestion("not exactly one question")
    labels, at = _labels(packet, HEADER.size)
    if len(packet) < at + KIND.size:
        raise BadQuestion("the question is cut off")
    kind, family = KIND.unpack_from(packet, at)
    return Question(
        number=number,
        name=".".join(each.decode("ascii", "replace") for each in labels),
        kind=kind,
        is_plain=not flags & _OPCODES and family == INTERNET,
        wants_recursion=bool(flags & _WANTS_RECURSION),
        written=packet[HEADER.size : at + KIND.size],
    )


def answer(asked: Question, address: str, *, ttl_s: int = 60) -> bytes:
    """What answers a question: the address if it is of the family asked for, else that there is no record."""
    flags = RESPONSE | _AUTHORITATIVE | (_WANTS_RECURSION if asked.wants_recursion else 0)
    if not asked.is_plain:
        return HEADER.pack(asked.number, flags | _NOT_IMPLEMENTED, 1, 0, 0, 0) + asked.written
    value = (IPv6Address if ":" in address else IPv4Address)(address)
    is_asked = asked.kind == (A if value.version == 4 else AAAA)
    head = HEADER.pack(asked.number, flags, 1, int(is_asked), 0, 0) + asked.written
    if not is_asked:
        return head
    data = value.packed
    return head + _RECORD.pack(_NAME_OF_QUESTION, asked.kind, INTERNET, ttl_s, len(data)) + data


def _labels(packet: bytes, at: int) -> tuple[list[bytes], int]:
    """The labels of a name that is written out, and where it ends; raises BadQuestion."""
    labels: list[bytes] = []
    start = at
    while at < len(packet):
        length = packet[at]
        at += 1
        if length == 0:
            return labels, at
        if length > LABEL_MOST or at + length - start > NAME_MOST:
            break
        labels.append(packet[at : at + length])
        at += length
    raise BadQuestion("the name does not end, or is compressed")
