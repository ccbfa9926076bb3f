"""Packets of one access unit together: as frames inside a connection, or as runs for UDP_SEGMENT."""

import struct
from collections.abc import Sequence

from vedette.protocols.rtp.payload import Payload, PayloadRun, spread
from vedette.protocols.rtp.runs import Run, uniform_runs

_HEADER = struct.Struct(">BBHII")
_FRAMED = struct.Struct(">BBHBBHII")  # a packet's header behind its frame's


class PacketBatch:
    """One access unit's payloads, numbered; each form of their packets is made when it is asked for.

    The first packet has number `sequence`; `rtp_time` is the unit's.
    """

    __slots__ = ("_payload_type", "_payloads", "_ssrc", "count", "payload_bytes", "rtp_time", "sequence")

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
        self.sequence = sequence
        self.rtp_time = rtp_time
        self._ssrc = ssrc
        count = payload_bytes = 0
        for payload in payloads:
            if isinstance(payload, PayloadRun):
                bodies = payload.bodies
                count += len(bodies)
                payload_bytes += len(bodies) * len(payload.rest) + sum(map(len, bodies))
            else:
                count += 1
                payload_bytes += len(payload.data)
        self.count = count
        self.payload_bytes = payload_bytes

    def interleaved(self, channel: int) -> bytes:
        """All packets as `$` frames in one bytes object, to be written whole to every viewer on TCP.

        Source: RFC 2326 §10.12. One loop without calls is its purpose: a picture's packets are cut by a
        process that has just woken, which pays for each line of code more than for each turn of it.
        """
        pack, plain, marked = _FRAMED.pack, self._payload_type, self._payload_type | 0x80
        sequence, rtp_time, ssrc = self.sequence, self.rtp_time, self._ssrc
        pieces: list[bytes] = []
        for payload in self._payloads:
            if isinstance(payload, PayloadRun):
                first, rest, last, bodies, marker = payload
                size = _HEADER.size + len(rest) + len(bodies[0])
                at = len(pieces) + 1
                for body in bodies:
                    pieces += (pack(0x24, channel, size, 0x80, plain, sequence, rtp_time, ssrc), rest, body)
                    sequence = sequence + 1 & 0xFFFF
                pieces[at], pieces[-2] = first, last
                size += len(bodies[-1]) - len(bodies[0])
                flags, number = marked if marker else plain, sequence - 1 & 0xFFFF
                pieces[-3] = pack(0x24, channel, size, 0x80, flags, number, rtp_time, ssrc)
            else:
                data, marker, extension, ticks = payload
                size = _HEADER.size + len(extension) + len(data)
                bits, flags = 0x90 if extension else 0x80, marked if marker else plain
                time = rtp_time + ticks & 0xFFFF_FFFF
                pieces += (pack(0x24, channel, size, bits, flags, sequence, time, ssrc), extension, data)
                sequence = sequence + 1 & 0xFFFF
        return b"".join(pieces)

    def runs(self) -> list[Run]:
        """The packets in order, in few runs; see uniform_runs."""
        return uniform_runs(self.packets())

    def packets(self) -> list[bytes]:
        """The packets, each by itself."""
        pack, plain, marked = _HEADER.pack, self._payload_type, self._payload_type | 0x80
        rtp_time, ssrc = self.rtp_time, self._ssrc
        return [
            pack(
                0x90 if extension else 0x80,
                marked if marker else plain,
                sequence & 0xFFFF,
                rtp_time + ticks & 0xFFFF_FFFF,
                ssrc,
            )
            + extension
            + data
            for sequence, (data, marker, extension, ticks) in enumerate(spread(self._payloads), self.sequence)
        ]
