"""`scripts/bench`: run scenarios, show every figure beside its target."""

import argparse
import json
import os
import platform
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figures import BenchError, Outcome, Scenario, table
from bench.harness import CACHE, PROGRAMS, Lab
from bench.scenarios import SCENARIOS, scenario_named

QUICK_WINDOW_S = 3.0
STAND_IN_HELP = (
    "measure this command instead of the server, to check the bench itself; {rtsp_port} {http_port} {config} "
    "{data} {clip} {floor} are filled in, e.g. '{floor} -p {rtsp_port} -f {clip}'"
)


def numbers(text: str) -> tuple[int, ...]:
    """Comma-separated positive numbers."""
    parsed = tuple(int(each) for each in text.split(","))
    if not all(each > 0 for each in parsed):
        raise argparse.ArgumentTypeError("numbers of viewers or cameras are positive")
    return parsed


def named(text: str) -> Scenario:
    """A scenario by its name."""
    try:
        return scenario_named(text)
    except KeyError:
        raise argparse.ArgumentTypeError(f"no scenario {text!r}; --list shows them") from None


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    listing = "\n".join(f"  {each.name:<12} {each.about}" for each in SCENARIOS)
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Hold this program against C floors and other programs in the same run.",
        epilog=f"scenarios:\n{listing}\n\nThe exit status is 0 unless something broke; see --strict.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("scenario", nargs="*", type=named, metavar="SCENARIO", help="default: all")
    parser.add_argument("--list", action="store_true", help="list the scenarios with their targets and exit")
    parser.add_argument("--build", action="store_true", help="only build the C programs and make the clip")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="runs of each variant (3)")
    parser.add_argument("--seconds", type=float, metavar="S", help="length of a measuring window (10)")
    parser.add_argument(
        "--sizes", type=numbers, default=(), metavar="N,N", help="only these numbers of viewers or cameras"
    )
    parser.add_argument(
        "--quick", action="store_true", help="one round of small, short runs: shows that it works, no more"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured to FILE")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    parser.add_argument(
        "--python", default=sys.executable, metavar="EXE", help="interpreter that runs the server"
    )
    parser.add_argument("--server-command", default="", metavar="CMD", help=STAND_IN_HELP)
    return parser.parse_args(given)


def describe_targets() -> str:
    """Every scenario with its targets."""
    lines = []
    for scenario in SCENARIOS:
        lines.append(f"{scenario.name}: {scenario.about}")
        lines += [f"    {name} {target}" for name, target in scenario.targets.items()]
    return "\n".join(lines)


def run_one(scenario: Scenario, lab: Lab) -> Outcome:
    """Run a scenario; what broke it becomes its problem."""
    outcome = Outcome(scenario=scenario)
    try:
        outcome.figures = scenario.run(lab)
    except (BenchError, OSError, TimeoutError) as error:
        outcome.problem = str(error).strip() or type(error).__name__
    return outcome


def report(options: argparse.Namespace, outcomes: list[Outcome]) -> dict[str, Any]:
    """The JSON document of a run."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "kernel": platform.release(),
        "rounds": 1 if options.quick else options.rounds,
        "is_quick": options.quick,
        "server_command": options.server_command,
        "scenarios": [each.as_json() for each in outcomes],
    }


def run_all(
    options: argparse.Namespace, lab: Lab, outcomes: list[Outcome], say: Callable[[str], None]
) -> None:
    """Run the scenarios that are asked for; each outcome is added as soon as it is there."""
    for scenario in options.scenario or SCENARIOS:
        say(f"{scenario.name}: {scenario.about}")
        outcomes.append(run_one(scenario, lab))
        if options.json:
            options.json.write_text(json.dumps(report(options, outcomes), indent=1) + "\n")


def main(given: list[str] | None = None) -> int:
    """Run; returns the exit status."""
    options = arguments(given)
    if options.list:
        print(describe_targets())
        return 0
    begin_s = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - begin_s:6.1f} s] {text}", file=sys.stderr, flush=True)

    try:
        lab = Lab(
            scratch=CACHE / "scratch",
            rounds=1 if options.quick else options.rounds,
            window_s=options.seconds or (QUICK_WINDOW_S if options.quick else 10.0),
            is_quick=options.quick,
            sizes=options.sizes,
            python=options.python,
            server_command=options.server_command,
            say=say,
        )
        if options.build:
            print("\n".join([*(lab.program(name) for name in PROGRAMS), lab.clip()]))
            return 0
    except BenchError as error:
        print(f"scripts/bench: {error}", file=sys.stderr)
        return 2
    # What is timed per request runs in this process: it is load.
    os.sched_setaffinity(0, {lab.load_core})
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # else what was started would go on by itself
    outcomes: list[Outcome] = []
    try:
        run_all(options, lab, outcomes, say)
        is_interrupted = False
    except KeyboardInterrupt:
        is_interrupted = True
        say("interrupted")
    finally:
        lab.end_all()
    if outcomes:
        print(table(outcomes))
    if is_interrupted:
        return 130
    if any(each.problem for each in outcomes):
        return 2
    return 1 if options.strict and any(each.missed for each in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
