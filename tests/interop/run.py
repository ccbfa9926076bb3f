"""Runs the checks against programs that are not ours and says what each of them saw.

Usage: scripts/interop [--list] [--only TEXT …]
"""

import argparse
import json
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from interop import (
    aiortsp,
    chromium,
    curl,
    device_walks,
    discovery,
    ffmpeg,
    firefox,
    foreign_camera,
    foreign_device,
    full_disk,
    gstreamer,
    onvif_clients,
    power_cut,
    schemas,
    settings_kill,
    system_services,
    systemd,
    vlc,
    websocket,
)
from interop.check import Check, NotShown
from interop.site import Site
from interop.versions import versions

ROOT = Path(__file__).resolve().parent.parent.parent
START = Check("Vedette", "starts, and every camera is live", Site.open, limit_s=90)
# The schemas come after the libraries whose answers they are held against; what visits a Vedette of its own
# comes last, when the shared one has ended.
CHECKS: tuple[Check, ...] = (
    *ffmpeg.CHECKS,
    *gstreamer.CHECKS,
    *vlc.CHECKS,
    *websocket.CHECKS,
    *aiortsp.CHECKS,
    *onvif_clients.CHECKS,
    *chromium.CHECKS,
    *firefox.CHECKS,
    *curl.CHECKS,
    *schemas.CHECKS,
    Check("Vedette", "ends when it is asked to", Site.end, limit_s=10),
    *discovery.CHECKS,
    *device_walks.CHECKS,
    *foreign_camera.CHECKS,
    *power_cut.CHECKS,
    *settings_kill.CHECKS,
    *full_disk.CHECKS,
    *systemd.CHECKS,
    *system_services.CHECKS,
)
ON_DEMAND = foreign_device.CHECKS  # built from source that no registry has: only when named
NOTES = (full_disk.NOTE, systemd.NOTE)


@dataclass
class Result:
    """How a check went."""

    check: Check
    is_shown: bool
    evidence: str
    taken_s: float

    def line(self) -> str:
        """The line of the report."""
        verdict = "pass" if self.is_shown else "FAIL"
        return f"{verdict}  {self.check.name}  [{self.taken_s:.1f} s]  {self.evidence}"


def perform(check: Check, site: Site) -> Result:
    """Run one check within its time; a check that hangs is left behind in its thread and has failed."""
    outcome: list[tuple[bool, str]] = []

    def work() -> None:
        try:
            outcome.append((True, check.run(site)))
        except NotShown as reason:
            outcome.append((False, str(reason)))
        except Exception:  # noqa: BLE001  a check that breaks is a failed check, and the others go on
            outcome.append((False, "the check broke: " + traceback.format_exc().strip().replace("\n", " / ")))

    began_s = time.monotonic()
    thread = threading.Thread(target=work, daemon=True, name=check.name)
    thread.start()
    thread.join(check.limit_s)
    taken_s = time.monotonic() - began_s
    is_shown, evidence = outcome[0] if outcome else (False, f"not done within {check.limit_s:.0f} s")
    return Result(check, is_shown, evidence, taken_s)


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="scripts/interop", description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="name the checks and do nothing")
    parser.add_argument(
        "--only", action="append", default=[], metavar="TEXT", help="those with TEXT in the name"
    )
    return parser.parse_args(words)


def main(words: Sequence[str]) -> int:
    """Run the checks; 0 when every one was shown."""
    chosen = arguments(words)
    checks = list(CHECKS)
    if chosen.only:
        named = (*CHECKS, *ON_DEMAND)
        checks = [check for check in named if any(text.lower() in check.name.lower() for text in chosen.only)]
    if any(not check.is_alone for check in checks):
        checks = [START, *checks]
    if chosen.list:
        print("\n".join(check.name for check in checks))
        return 0
    if not checks:
        print("no check has such a name; see --list", file=sys.stderr)
        return 2
    reports = ROOT / "reports" / "interop"
    reports.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vedette-interop-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        site = Site(Path(folder), reports, ROOT / ".cache")
        results: list[Result] = []
        try:
            for check in checks:
                results.append(perform(check, site))
                print(results[-1].line(), flush=True)
                if check is START and not results[-1].is_shown:
                    break
        finally:
            (reports / "vedette.log").write_text(site.main.log(), encoding="utf-8")
            site.close()
    return _summary(results, reports)


def _summary(results: Sequence[Result], reports: Path) -> int:
    rows = [
        {"check": r.check.name, "shown": r.is_shown, "evidence": r.evidence, "s": round(r.taken_s, 1)}
        for r in results
    ]
    report = {"clients": versions(ROOT / ".cache"), "checks": rows}
    (reports / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print("with  " + ", ".join(f"{name} {version}" for name, version in report["clients"].items()))
    failed = [result for result in results if not result.is_shown]
    for note in filter(None, NOTES):
        print(f"note  {note}")
    print(f"{len(results) - len(failed)} of {len(results)} checks shown")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
