"""Recorded segments as FFmpeg sees them: do they play, and which frames do they hold."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import av

from interop.check import expect
from interop.program import run

SLICES = (1, 5)


def require_playable(segments: Sequence[Path]) -> int:
    """Decode every segment with ffprobe; the number of frames. Raises NotShown at the first complaint."""
    frames = 0
    for path in segments:
        words: list[str | Path] = ["ffprobe", "-v", "error", "-count_frames", "-select_streams", "v"]
        words += ["-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", path]
        output = run(words, limit_s=20).require_success(f"ffprobe {path.name}")
        expect(not output.err.strip(), f"{path.name}: {output.err.strip()[:200]}")
        count = output.out.strip().strip(",").split("\n")[0]
        expect(count.isdigit() and int(count), f"{path.name} holds no frame")
        frames += int(count)
    return frames


def slice_hashes(segments: Sequence[Path]) -> list[str]:
    """MD5 over the slices of each recorded H.264 frame, in order of decoding."""
    found = []
    for path in segments:
        with av.open(str(path)) as container:
            for packet in container.demux(container.streams.video[0]):
                if packet.size:
                    found.append(_hash(bytes(packet)))
    return found


def _hash(data: bytes) -> str:
    digest = hashlib.md5()
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        nal = data[at + 4 : at + 4 + size]
        if nal and nal[0] & 31 in SLICES:
            digest.update(nal.rstrip(b"\0"))
        at += 4 + size
    return digest.hexdigest()
