"""Command line: how long `vedette call --help` takes to appear."""

import subprocess
import time

from bench.figures import BenchError, Figure, Scenario, Target, median_figure
from bench.harness import Lab

TURNS = 15
QUICK_TURNS = 5
HELP = "vedette call --help"


def timed_s(lab: Lab, *arguments: str) -> float:
    """Wall time of one run of the interpreter."""
    command = ["taskset", "-c", str(lab.server_core), lab.python, *arguments]
    begin_s = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    passed_s = time.monotonic() - begin_s
    if done.returncode:
        raise BenchError(f"{' '.join(arguments)} failed: {done.stderr.strip()[-500:]}")
    return passed_s


def run(lab: Lab) -> list[Figure]:
    """The command and the bare interpreter in turn; the first of each fills the caches and is not counted."""
    help_s, bare_s = [], []
    for _ in range((QUICK_TURNS if lab.is_quick else TURNS) + 1):
        help_s.append(timed_s(lab, "-m", "vedette", "call", "--help"))
        bare_s.append(timed_s(lab, "-c", ""))
    return [
        median_figure(HELP, help_s[1:], "s"),
        median_figure("bare interpreter", bare_s[1:], "s", "contained in it"),
    ]


SCENARIO = Scenario(
    name="cli",
    about="start time of `vedette call --help`",
    targets={HELP: Target(at_most=0.25)},
    run=run,
)
