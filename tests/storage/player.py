"""A file of ours as FFmpeg's libraries play it: the program itself need not be installed."""

from pathlib import Path
from typing import NamedTuple

import av
import av.logging
from av.packet import Packet


class Played(NamedTuple):
    """What was found in a file, and what FFmpeg complained of while all of it was decoded."""

    kinds: list[str]  # of the streams, in their order
    frames: list[int]  # that each stream announces
    packets: list[list[Packet]]  # of each stream
    seconds: float
    complaints: list[str]


def played(file: Path) -> Played:
    """Decode everything; raises av.FFmpegError where that ends early."""
    level = av.logging.get_level()
    av.logging.set_level(av.logging.ERROR)
    try:
        with av.logging.Capture(local=False) as complaints, av.open(str(file)) as container:
            streams = list(container.streams)
            packets: list[list[Packet]] = [[] for _ in streams]
            for packet in container.demux():
                if packet.size:
                    packets[packet.stream.index].append(packet)
                if packet.stream.type in ("video", "audio"):
                    packet.decode()
            return Played(
                kinds=[stream.type for stream in streams],
                frames=[stream.frames for stream in streams],
                packets=packets,
                seconds=(container.duration or 0) / av.time_base,
                complaints=[text for _, _, text in complaints],
            )
    finally:
        av.logging.set_level(level)
