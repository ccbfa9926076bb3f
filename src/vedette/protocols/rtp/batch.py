"""Packets of one access unit together: as frames inside a connection, or as runs for UDP_SEGMENT."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from vedette.protocols.rtp.payload import Payload, PayloadRun

SEGMENTS_MOST = 64  # of one UDP_SEGMENT send: Linux's UDP_MAX_SEGMENTS before 6.9
SEGMENTS_MOST_BYTES = 65_000  # below IP's 65,535 with room for headers
_HEADER = struct.Struct(">BBHII")
_ORIGIN = struct.Struct(">II")
_FRAME = struct.Struct(">BBH")
_CELLS = 4  # of a packet in a run: up to its flags, sequence number, up to its body, the body


class Run(NamedTuple):
    """Packets for one `sendmsg` with UDP_SEGMENT: all of `segment_bytes`, the last maybe shorter."""

    data: bytes
    segment_bytes: int
    packet_count: int


class PacketBatch:
    """One access unit's payloads, numbered; each form of their packets is made when it is asked for."""

    __slots__ = ("_payload_type", "_payloads", "_rtp_time", "_sequence", "_ssrc", "count", "payload_bytes")

    def __init__(
        self,
        payloads: Sequence[Payload | PayloadRun],
        payload_type: int,
        sequence: int,
        rtp_time: int,
        ssrc: int,
    ) -> None:
        self._payloads = payloads
        self._payload_type = payload_type
        self._sequence = sequence
        self._rtp_time = rtp_time
        self._ssrc = ssrc
        self.count = self.payload_bytes = 0
        for payload in payloads:
            if isinstance(payload, PayloadRun):
                self.count += len(payload.bodies)
                self.payload_bytes += len(payload.bodies) * (len(payload.first) + len(payload.bodies[0]))
            else:
                self.count += 1
                self.payload_bytes += len(payload.data)

    def interleaved(self, channel: int) -> bytes:
        """All packets as `$` frames in one bytes object, to be written whole to every viewer on TCP.

        Source: RFC 2326 §10.12.
        """
        pieces: list[bytes] = []
        sequence = self._sequence
        for payload in self._payloads:
            if isinstance(payload, PayloadRun):
                size = _HEADER.size + len(payload.first) + len(payload.bodies[0])
                pieces.append(self._packed(payload, sequence, _FRAME.pack(0x24, channel, size)))
                sequence += len(payload.bodies)
            else:
                head = self._header(payload, sequence)
                pieces += (_FRAME.pack(0x24, channel, len(head) + len(payload.data)), head, payload.data)
                sequence += 1
        return b"".join(pieces)

    def runs(self) -> list[Run]:
        """The packets in order, in few runs; see uniform_runs."""
        return _gathered(self._parts())

    def _parts(self) -> Iterator[Run]:
        sequence = self._sequence
        for payload in self._payloads:
            if isinstance(payload, PayloadRun):
                first, rest, bodies = payload
                each = _HEADER.size + len(first) + len(bodies[0])
                most = min(SEGMENTS_MOST, SEGMENTS_MOST_BYTES // each)
                for start in range(0, len(bodies), most):
                    part = PayloadRun(rest if start else first, rest, bodies[start : start + most])
                    yield Run(self._packed(part, sequence, b""), each, len(part.bodies))
                    sequence += len(part.bodies)
            else:
                packet = self._header(payload, sequence) + payload.data
                yield Run(packet, len(packet), 1)
                sequence += 1

    def _header(self, payload: Payload, sequence: int) -> bytes:
        _, marker, extension, ticks = payload
        return (
            _HEADER.pack(
                0x90 if extension else 0x80,
                self._payload_type | 0x80 if marker else self._payload_type,
                sequence & 0xFFFF,
                self._rtp_time + ticks & 0xFFFF_FFFF,
                self._ssrc,
            )
            + extension
        )

    def _packed(self, run: PayloadRun, sequence: int, frame: bytes) -> bytes:
        """The packets of a run, each behind `frame`; one call of `struct` puts them together."""
        first, rest, bodies = run
        count = len(bodies)
        origin = _ORIGIN.pack(self._rtp_time, self._ssrc)
        cells: list[bytes | int] = [b""] * (count * _CELLS)
        cells[0::_CELLS] = [frame + bytes((0x80, self._payload_type))] * count
        cells[1::_CELLS] = _numbers(sequence & 0xFFFF, count)
        cells[2::_CELLS] = [origin + rest] * count
        cells[2] = origin + first
        cells[3::_CELLS] = bodies
        return _run_format(len(frame) + 2, len(origin) + len(rest), len(bodies[0]), count).pack(*cells)


def _numbers(sequence: int, count: int) -> Sequence[int]:
    """So many sequence numbers from the given one on."""
    if sequence + count <= 0x1_0000:
        return range(sequence, sequence + count)
    return [number & 0xFFFF for number in range(sequence, sequence + count)]


@lru_cache(maxsize=512)
def _run_format(opening: int, origin: int, body: int, count: int) -> struct.Struct:
    return struct.Struct(">" + f"{opening}sH{origin}s{body}s" * count)


def interleaved(packets: Iterable[bytes], channel: int) -> bytes:
    """All packets as `$` frames in one bytes object; see PacketBatch."""
    pack = _FRAME.pack
    pieces = []
    for packet in packets:
        pieces.append(pack(0x24, channel, len(packet)))
        pieces.append(packet)
    return b"".join(pieces)


def uniform_runs(packets: Iterable[bytes]) -> list[Run]:
    """The packets in order, in as few runs as UDP_SEGMENT allows: equal sizes, a shorter one ends a run,
    at most 64 packets and 65,000 bytes."""
    return _gathered(Run(packet, len(packet), 1) for packet in packets)


def _gathered(parts: Iterable[Run]) -> list[Run]:
    """The parts in order; single packets join the run before them where it may still grow by them."""
    runs: list[Run] = []
    pieces: list[bytes] = []
    each = count = total = 0
    for data, size, packets in parts:
        is_open = total == each * count and count < SEGMENTS_MOST  # no shorter one has ended it
        if packets > 1 or not is_open or size > each or total + size > SEGMENTS_MOST_BYTES:
            if pieces:
                runs.append(Run(b"".join(pieces), each, count))
            pieces, each, count, total = [], size, 0, 0
        pieces.append(data)
        count += packets
        total += len(data)
    if pieces:
        runs.append(Run(b"".join(pieces), each, count))
    return runs
