"""What a name server answered, read without the code under test."""

import struct
from ipaddress import ip_address

HEADER = struct.Struct("!HHHHHH")
RECORD = struct.Struct("!HHHIH")


def addresses_in(reply: bytes, question: bytes) -> list[str]:
    """The addresses in the reply to a question, which is repeated there; a record's name points to it."""
    number, flags, *counts = HEADER.unpack_from(reply)
    assert number == int.from_bytes(question[:2])
    assert flags & 0x8000
    assert counts[0] == 1
    assert counts[2:] == [0, 0]
    assert reply[HEADER.size : len(question)] == question[HEADER.size :]
    found, at = [], len(question)
    for _ in range(counts[1]):
        name, kind, family, _, length = RECORD.unpack_from(reply, at)
        assert name == 0xC000 | HEADER.size
        assert (family, length) == (1, {1: 4, 28: 16}[kind])
        at += RECORD.size
        found.append(str(ip_address(reply[at : at + length])))
        at += length
    assert at == len(reply)
    return found
