"""Questions to a name server, and answers with one address for every name. Source: RFC 1035."""

import struct
from ipaddress import IPv4Address, IPv6Address

import msgspec

from vedette.base.errors import PeerError

PORT = 53
NAME_MOST, LABEL_MOST = 255, 63
A, AAAA = 1, 28

_HEADER = struct.Struct("!HHHHHH")
_QUESTION = struct.Struct("!HH")
_RECORD = struct.Struct("!HHHIH")
_INTERNET = 1
_RESPONSE, _OPCODES, _AUTHORITATIVE, _WANTS_RECURSION = 0x8000, 0x7800, 0x0400, 0x0100
_NOT_IMPLEMENTED = 4
_NAME_OF_QUESTION = 0xC000 | _HEADER.size  # a pointer to where the question's name begins


class BadQuestion(PeerError):
    """What came in is no question that can be answered; the message says why."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question: `name` without the last dot, `kind` a record type such as A."""

    number: int
    name: str
    kind: int
    is_plain: bool = True  # a query of the Internet class, not another operation
    wants_recursion: bool = True
    wire_name: bytes = b""


def question(number: int, name: str, kind: int = A) -> bytes:
    """A question for the records of a name; raises ValueError for a name that is too long."""
    flags = _WANTS_RECURSION
    return _HEADER.pack(number, flags, 1, 0, 0, 0) + _wire(name) + _QUESTION.pack(kind, _INTERNET)


def read_question(packet: bytes) -> Question:
    """The question in a packet; raises BadQuestion."""
    if len(packet) < _HEADER.size:
        raise BadQuestion(f"{len(packet)} bytes are no message")
    number, flags, count, *_ = _HEADER.unpack_from(packet)
    if flags & _RESPONSE or count != 1:
        raise BadQuestion("not exactly one question")
    labels, at = _labels(packet, _HEADER.size)
    if len(packet) < at + _QUESTION.size:
        raise BadQuestion("the question is cut off")
    kind, family = _QUESTION.unpack_from(packet, at)
    return Question(
        number=number,
        name=".".join(each.decode("ascii", "replace") for each in labels),
        kind=kind,
        is_plain=not flags & _OPCODES and family == _INTERNET,
        wants_recursion=bool(flags & _WANTS_RECURSION),
        wire_name=packet[_HEADER.size : at + _QUESTION.size],
    )


def answer(asked: Question, address: str, *, ttl_s: int = 60) -> bytes:
    """What answers a question: the address if it is of the family asked for, else that there is no record."""
    flags = _RESPONSE | _AUTHORITATIVE | (_WANTS_RECURSION if asked.wants_recursion else 0)
    if not asked.is_plain:
        return _HEADER.pack(asked.number, flags | _NOT_IMPLEMENTED, 1, 0, 0, 0) + asked.wire_name
    value = (IPv6Address if ":" in address else IPv4Address)(address)
    is_asked = asked.kind == (A if value.version == 4 else AAAA)
    head = _HEADER.pack(asked.number, flags, 1, int(is_asked), 0, 0) + asked.wire_name
    if not is_asked:
        return head
    data = value.packed
    return head + _RECORD.pack(_NAME_OF_QUESTION, asked.kind, _INTERNET, ttl_s, len(data)) + data


def read_answer(packet: bytes, number: int) -> tuple[str, ...]:
    """The addresses in an answer to the question of that number; raises BadQuestion."""
    if len(packet) < _HEADER.size:
        raise BadQuestion(f"{len(packet)} bytes are no message")
    told, flags, questions, answers, *_ = _HEADER.unpack_from(packet)
    if told != number or not flags & _RESPONSE:
        raise BadQuestion("no answer to this question")
    at = _HEADER.size
    for _ in range(questions):
        at = _after_name(packet, at) + _QUESTION.size
    found = []
    for _ in range(answers):
        at = _after_name(packet, at)
        if len(packet) < at + _RECORD.size - 2:
            raise BadQuestion("a record is cut off")
        kind, _, _, length = struct.unpack_from("!HHIH", packet, at)
        data = packet[at + 10 : at + 10 + length]
        at += 10 + length
        if kind == A and len(data) == 4:
            found.append(str(IPv4Address(data)))
        elif kind == AAAA and len(data) == 16:
            found.append(str(IPv6Address(data)))
    return tuple(found)


def _wire(name: str) -> bytes:
    labels = [each.encode("ascii") for each in name.rstrip(".").split(".") if each]
    if any(len(each) > LABEL_MOST for each in labels) or sum(len(each) + 1 for each in labels) >= NAME_MOST:
        raise ValueError(f"{name[:80]!r} is too long for a DNS name")
    return b"".join(bytes((len(each),)) + each for each in labels) + b"\0"


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


def _after_name(packet: bytes, at: int) -> int:
    """Where a name ends that may be compressed; raises BadQuestion."""
    while at < len(packet):
        length = packet[at]
        if length == 0:
            return at + 1
        if length >= 0xC0:
            return at + 2
        at += 1 + length
    raise BadQuestion("the name does not end")
