"""Small text files in which a host tells of itself: those of /proc, /sys and /etc."""

import os
from pathlib import Path

TEXT_MOST_BYTES = 256 << 10


def text_below(root: Path, path: str) -> str:
    """What the file at `root/path` says, without white space around it; empty where there is none to read."""
    try:
        descriptor = os.open(f"{root}/{path}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        found = b""
        while len(found) < TEXT_MOST_BYTES and (more := os.read(descriptor, TEXT_MOST_BYTES)):
            found += more
        return found.decode("utf-8", "replace").strip()
    except OSError:  # as of the speed of a link that is down
        return ""
    finally:
        os.close(descriptor)
