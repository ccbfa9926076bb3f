"""Packets together: as frames inside a connection, or in runs that one system call sends by UDP_SEGMENT."""

import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

FRAME = struct.Struct(">BBH")  # `$`, channel, size: RFC 2326 §10.12
SEGMENTS_MOST = 64  # of one UDP_SEGMENT send: Linux's UDP_MAX_SEGMENTS before 6.9
SEGMENTS_MOST_BYTES = 65_000  # below IP's 65,535 with room for headers


class Run(NamedTuple):
    """Packets for one `sendmsg` with UDP_SEGMENT: all of `segment_bytes`, the last maybe shorter."""

    data: bytes | memoryview
    segment_bytes: int
    packet_count: int


def uniform_runs(packets: Iterable[bytes]) -> list[Run]:
    """The packets in order, in as few runs as UDP_SEGMENT allows: equal sizes, a shorter one ends a run,
    at most 64 packets and 65,000 bytes."""
    runs: list[Run] = []
    pieces: list[bytes] = []
    each = total = 0
    for packet in packets:
        size, count = len(packet), len(pieces)
        is_open = total == each * count and count < SEGMENTS_MOST  # no shorter one has ended it
        if not is_open or size > each or total + size > SEGMENTS_MOST_BYTES:
            if pieces:
                runs.append(Run(b"".join(pieces), each, count))
            pieces, each, total = [], size, 0
        pieces.append(packet)
        total += size
    if pieces:
        runs.append(Run(b"".join(pieces), each, len(pieces)))
    return runs


def bytes_of(runs: Iterable[Run]) -> int:
    """How many bytes packets have together, RTP headers included."""
    return sum(len(run.data) for run in runs)


def parted(runs: Sequence[Run], most_bytes: int) -> tuple[Sequence[Run], Sequence[Run]]:
    """The first packets of runs, as many as have at most so many bytes together, and the rest; not copied."""
    for place, run in enumerate(runs):
        data, each, packets = run
        if len(data) > most_bytes:
            count = max(0, most_bytes) // each
            if not count:
                return runs[:place], runs[place:]
            view, cut = memoryview(data), count * each
            rest = Run(view[cut:], each, packets - count)
            return (*runs[:place], Run(view[:cut], each, count)), (rest, *runs[place + 1 :])
        most_bytes -= len(data)
    return runs, ()


def interleaved(packets: Iterable[bytes], channel: int) -> bytes:
    """All packets as `$` frames in one bytes object; see PacketBatch."""
    pack = FRAME.pack
    pieces = []
    for packet in packets:
        pieces.append(pack(0x24, channel, len(packet)))
        pieces.append(packet)
    return b"".join(pieces)
