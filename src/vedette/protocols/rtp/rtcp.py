"""RTCP: reports, descriptions, farewells and the request for a key frame, written and read."""

import struct
from collections.abc import Sequence
from typing import NamedTuple

from vedette.protocols.rtp.packet import MalformedPacket

SENDER_REPORT, RECEIVER_REPORT, DESCRIPTION, GOODBYE, PAYLOAD_FEEDBACK = 200, 201, 202, 203, 206
PICTURE_LOSS, FULL_INTRA_REQUEST = 1, 4  # formats of PAYLOAD_FEEDBACK
CNAME = 1
COMPOUND_MOST = 64  # packets in one datagram
_HEAD = struct.Struct(">BBH")
_SENDER = struct.Struct(">IQIII")
_BLOCK = struct.Struct(">IIIIII")


class ReportBlock(NamedTuple):
    """How one source was received (RFC 3550 §6.4.1).

    `fraction_lost` is in 1/256 since the last report, `lost` all packets ever (negative when duplicates
    came), `jitter` in the source's clock, `last_report` the middle 32 bits of its latest sender report's
    NTP time (0: none came) and `delay` since then in 1/65,536 s.
    """

    ssrc: int
    fraction_lost: int
    lost: int
    highest_sequence: int
    jitter: int
    last_report: int
    delay: int


class SenderReport(NamedTuple):
    """What a source sent, and which of its RTP times belongs to which NTP time. Without rate control
    in replay both times are 0 (Streaming, 26.06 §6.11)."""

    ssrc: int
    ntp: int
    rtp_time: int
    packets: int
    octets: int
    blocks: tuple[ReportBlock, ...] = ()


class ReceiverReport(NamedTuple):
    """How `ssrc`, which sends nothing itself, receives others."""

    ssrc: int
    blocks: tuple[ReportBlock, ...] = ()


class Description(NamedTuple):
    """The canonical name of a source; other items are passed over."""

    ssrc: int
    cname: str


class Goodbye(NamedTuple):
    """Sources that leave."""

    ssrcs: tuple[int, ...]
    reason: str = ""


class KeyFrameRequest(NamedTuple):
    """A receiver wants a picture that decodes alone: picture loss (RFC 4585 §6.3.1) or full intra
    request (RFC 5104 §4.3.1). `command_sequence` is None for a picture loss; a full intra request
    repeats its number until it is served."""

    ssrc: int
    media_ssrc: int
    command_sequence: int | None = None


Report = SenderReport | ReceiverReport | Description | Goodbye | KeyFrameRequest


def sender_report(
    *,
    ssrc: int,
    ntp: int,
    rtp_time: int,
    packets: int,
    octets: int,
    cname: str,
    blocks: Sequence[ReportBlock] = (),
) -> bytes:
    """A compound packet: sender report and canonical name. The counts wrap by themselves."""
    body = _SENDER.pack(ssrc, ntp, rtp_time & 0xFFFF_FFFF, packets & 0xFFFF_FFFF, octets & 0xFFFF_FFFF)
    body += _packed_blocks(blocks)
    return _packet(SENDER_REPORT, len(blocks), body) + description(ssrc, cname)


def receiver_report(*, ssrc: int, blocks: Sequence[ReportBlock], cname: str) -> bytes:
    """A compound packet: receiver report (at most 31 blocks) and canonical name."""
    body = ssrc.to_bytes(4, "big") + _packed_blocks(blocks)
    return _packet(RECEIVER_REPORT, len(blocks), body) + description(ssrc, cname)


def description(ssrc: int, cname: str) -> bytes:
    """A source description with a canonical name, cut at 255 bytes (RFC 3550 §6.5)."""
    name = cname.encode()[:255]
    items = bytes([CNAME, len(name)]) + name
    return _packet(DESCRIPTION, 1, ssrc.to_bytes(4, "big") + items + bytes(4 - len(items) % 4))


def goodbye(ssrc: int) -> bytes:
    """The source leaves (RFC 3550 §6.6); goes behind a report in a compound packet."""
    return _packet(GOODBYE, 1, ssrc.to_bytes(4, "big"))


def picture_loss(ssrc: int, media_ssrc: int) -> bytes:
    """Asks the media source for a key frame (RFC 4585 §6.3.1); goes behind a report."""
    return _packet(PAYLOAD_FEEDBACK, PICTURE_LOSS, struct.pack(">II", ssrc, media_ssrc))


def is_rtcp(packet: memoryview | bytes) -> bool:
    """Whether a packet on a shared port is RTCP (RFC 5761 §4)."""
    return len(packet) >= 4 and packet[0] >> 6 == 2 and 192 <= packet[1] <= 223


def parse_rtcp(data: memoryview | bytes) -> list[Report]:
    """The packets of a compound one in order; what is unknown, cut off or malformed inside is passed over.

    Compounds that begin with something other than a report are taken too: peers send feedback alone.
    Raises MalformedPacket when not even the first header is RTCP.
    """
    data = bytes(data)
    if not is_rtcp(data):
        raise MalformedPacket(f"{len(data)} bytes that are no RTCP packet")
    reports: list[Report] = []
    at = 0
    for _ in range(COMPOUND_MOST):
        if at + 4 > len(data) or data[at] >> 6 != 2:
            break
        first, kind, words = _HEAD.unpack_from(data, at)
        end = at + 4 + 4 * words
        body = data[at + 4 : end - data[end - 1] if first & 0x20 and end <= len(data) else end]
        at = end
        try:
            reports += _parsed(kind, first & 31, body)
        except struct.error:
            continue
    return reports


def _parsed(kind: int, count: int, body: bytes) -> list[Report]:
    if kind == SENDER_REPORT:
        ssrc, ntp, rtp_time, packets, octets = _SENDER.unpack_from(body)
        return [SenderReport(ssrc, ntp, rtp_time, packets, octets, _blocks(body, _SENDER.size, count))]
    if kind == RECEIVER_REPORT:
        return [ReceiverReport(struct.unpack_from(">I", body)[0], _blocks(body, 4, count))]
    if kind == DESCRIPTION:
        return list(_descriptions(body, count))
    if kind == GOODBYE:
        ssrcs = struct.unpack_from(f">{count}I", body)
        rest = body[4 * count :]
        return [Goodbye(ssrcs, rest[1 : 1 + rest[0]].decode(errors="replace") if rest else "")]
    if kind == PAYLOAD_FEEDBACK and count == PICTURE_LOSS:
        return [KeyFrameRequest(*struct.unpack_from(">II", body))]
    if kind == PAYLOAD_FEEDBACK and count == FULL_INTRA_REQUEST:
        ssrc = struct.unpack_from(">I", body)[0]
        return [
            KeyFrameRequest(ssrc, *struct.unpack_from(">IB", body, at)) for at in range(8, len(body) - 7, 8)
        ]
    return []


def _blocks(body: bytes, at: int, count: int) -> tuple[ReportBlock, ...]:
    """As many whole blocks as there are; some peers state more than they send."""
    blocks = []
    for _ in range(min(count, (len(body) - at) // _BLOCK.size)):
        ssrc, loss, highest, jitter, last, delay = _BLOCK.unpack_from(body, at)
        lost = loss & 0xFF_FFFF
        blocks.append(ReportBlock(ssrc, loss >> 24, lost - (lost >> 23 << 24), highest, jitter, last, delay))
        at += _BLOCK.size
    return tuple(blocks)


def _descriptions(body: bytes, count: int) -> list[Description]:
    found = []
    at = 0
    for _ in range(count):
        if at + 4 > len(body):
            break
        ssrc = int.from_bytes(body[at : at + 4], "big")
        at += 4
        while at + 1 < len(body) and body[at]:
            size = body[at + 1]
            if body[at] == CNAME:
                found.append(Description(ssrc, body[at + 2 : at + 2 + size].decode(errors="replace")))
            at += 2 + size
        at += 4 - at % 4
    return found


def _packed_blocks(blocks: Sequence[ReportBlock]) -> bytes:
    return b"".join(
        _BLOCK.pack(
            block.ssrc,
            block.fraction_lost << 24 | max(-0x80_0000, min(block.lost, 0x7F_FFFF)) & 0xFF_FFFF,
            block.highest_sequence & 0xFFFF_FFFF,
            block.jitter & 0xFFFF_FFFF,
            block.last_report,
            min(block.delay, 0xFFFF_FFFF),
        )
        for block in blocks
    )


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return _HEAD.pack(0x80 | count, kind, len(body) // 4) + body
