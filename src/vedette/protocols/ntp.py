"""A question to a time server and what follows from its answer. Source: RFC 5905, RFC 4330 (SNTP)."""

import struct

import msgspec

from vedette.base.errors import PeerError
from vedette.base.timestamps import ntp_from_utc_us, utc_us_from_ntp

PORT = 123
PACKET_BYTES = 48
STRATUM_MOST = 15  # RFC 5905 §7.3: 16 is a server that has no time itself

_HEADER = struct.Struct("!BBbbII4sQQQQ")
_VERSION = 4
_CLIENT, _SERVER = 3, 4
_UNSYNCHRONIZED = 3


class BadTimeAnswer(PeerError):
    """What came back cannot be used as a time; the message says why."""


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """How far the server's clock is ahead of ours, the round trip without the server's part, in µs."""

    offset_us: int
    delay_us: int
    stratum: int


def question(cookie: int) -> bytes:
    """A request; `cookie` (64 bits of chance) stands for our time and comes back in the answer.

    The server has no use for our time, and an answer with the cookie is one to this question.
    Source: RFC 5905 §7.3; RFC 8633, Data minimization.
    """
    return _HEADER.pack(_VERSION << 3 | _CLIENT, 0, 0, 0, 0, 0, bytes(4), 0, 0, 0, cookie)


def measured(packet: bytes, cookie: int, *, sent_us: int, received_us: int) -> Measurement:
    """What an answer says; the times are ours, in microseconds since 1970. Raises BadTimeAnswer.

    Source: RFC 5905 §8.
    """
    if len(packet) < PACKET_BYTES:
        raise BadTimeAnswer(f"{len(packet)} bytes, an answer has {PACKET_BYTES}")
    flags, stratum, _, _, _, _, code, _, origin, arrived, left = _HEADER.unpack_from(packet)
    if flags & 7 != _SERVER or not 1 <= flags >> 3 & 7 <= _VERSION:
        raise BadTimeAnswer("no answer of a server")
    if origin != cookie:
        raise BadTimeAnswer("an answer to another question")
    if stratum == 0:
        raise BadTimeAnswer(f"the server refuses: {code.decode('ascii', 'replace')!r}")
    if flags >> 6 == _UNSYNCHRONIZED or stratum > STRATUM_MOST or not arrived or not left:
        raise BadTimeAnswer("the server has no time itself")
    arrived_us, left_us = utc_us_from_ntp(arrived), utc_us_from_ntp(left)
    delay_us = (received_us - sent_us) - (left_us - arrived_us)
    if left_us < arrived_us or delay_us < -1:
        raise BadTimeAnswer("the answer took less than no time")
    offset_us = (arrived_us - sent_us + left_us - received_us) // 2
    return Measurement(offset_us=offset_us, delay_us=max(delay_us, 0), stratum=stratum)


def answer(packet: bytes, *, arrived_us: int, left_us: int, stratum: int = 1) -> bytes:
    """What a server with these times answers; raises BadTimeAnswer for what is no question."""
    if len(packet) < PACKET_BYTES or packet[0] & 7 != _CLIENT:
        raise BadTimeAnswer("no question of a client")
    version = packet[0] >> 3 & 7
    asked = _HEADER.unpack_from(packet)[10]
    arrived, left = ntp_from_utc_us(arrived_us), ntp_from_utc_us(left_us)
    return _HEADER.pack(version << 3 | _SERVER, stratum, 0, -20, 0, 0, b"LOCL", arrived, asked, arrived, left)
