"""`vedette bench`: run the benchmarks, which live in the source tree."""

import argparse
import os
import sys
from pathlib import Path

from vedette.cli.exits import CommandFailed

DESCRIPTION = """Run the benchmarks of the source tree: this program beside C programs
that do the bare minimum.

Everything behind `--` goes to scripts/bench."""
EXAMPLES = """  vedette bench
  vedette bench -- --list
  vedette bench -- --quick fanout"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("rest", nargs="*", metavar="ARGUMENT", help="arguments of scripts/bench, behind --")


def run(arguments: argparse.Namespace) -> int:
    """Become scripts/bench with this interpreter: signals then reach what has to clean up."""
    script = bench_script()
    environment = {**os.environ, "VEDETTE_BENCH_PYTHON": sys.executable}
    os.execve(script, [str(script), *arguments.rest], environment)


def bench_script() -> Path:
    """scripts/bench of the checkout that this program runs from; fails when it was installed without one."""
    script = Path(__file__).resolve().parents[3] / "scripts" / "bench"
    if not script.is_file():
        raise CommandFailed(
            "the benchmarks do not come with the program; run scripts/bench in a clone of the repository"
        )
    return script
