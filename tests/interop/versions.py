"""Which programs a run met: names and versions, for the report and docs/interoperability.md."""

import re
from pathlib import Path

from interop import vlc
from interop.check import NotShown
from interop.program import run

PROGRAMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("FFmpeg", ("ffmpeg", "-version")),
    ("GStreamer", ("dpkg-query", "-W", "-f", "${Version}", "gstreamer1.0-tools")),
    ("Chromium", ("chromium", "--version")),
    ("Firefox", ("firefox-esr", "--version")),
    ("curl", ("curl", "--version")),
    ("Node.js", ("node", "--version")),
)
NUMBER = re.compile(r"\d+(?:\.\d+)+")
PINNED = re.compile(r'^[A-Z_]+="([A-Za-z-]+)(?:==|@)([\d.]+)"', re.MULTILINE)


def versions(cache: Path) -> dict[str, str]:
    """Every client and its version; one that does not say is `unknown`. `cache` holds the clients."""
    found = {}
    for name, words in (*PROGRAMS, ("VLC", (*vlc.program(cache), "--version"))):
        try:
            match = NUMBER.search(run(words, limit_s=10).out)
        except NotShown:
            match = None
        found[name] = match[0] if match else "unknown"
    clients = (Path(__file__).parent / "clients.sh").read_text(encoding="utf-8")
    return found | dict(PINNED.findall(clients))
