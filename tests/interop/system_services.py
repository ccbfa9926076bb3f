"""The Linux host: its tests against services that python-dbusmock plays, which a fresh machine lacks."""

import re
import sys
from pathlib import Path

from interop.check import Check, expect
from interop.program import run, tail
from interop.site import Site

TESTS = Path(__file__).resolve().parents[1] / "device" / "hardware"


def _are_driven(_: Site) -> str:
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", TESTS]
    said = run(words, limit_s=80).out
    counts = {what: int(count) for count, what in re.findall(r"(\d+) (\w+)", said.strip().split("\n")[-1])}
    expect(counts.get("passed") and not counts.keys() & {"failed", "skipped", "error", "errors"}, tail(said))
    return f"{counts['passed']} tests passed, none skipped"


CHECKS = (Check("D-Bus", "a Linux host's services are told", _are_driven, limit_s=90, is_alone=True),)
