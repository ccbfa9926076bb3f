"""The Linux host: its tests against services that python-dbusmock plays, which a fresh machine lacks."""

import sys
from pathlib import Path

from interop.check import Check, expect
from interop.program import run
from interop.site import Site

TESTS = Path(__file__).resolve().parents[1] / "device" / "hardware"


def _are_driven(_: Site) -> str:
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", TESTS]
    *_, summary = run(words, limit_s=80).require_success("pytest").out.strip().splitlines()
    expect("skipped" not in summary, summary)
    return summary


CHECKS = (Check("D-Bus", "a Linux host's services are told", _are_driven, limit_s=90, is_alone=True),)
