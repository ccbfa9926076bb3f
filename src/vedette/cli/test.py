"""`vedette test`: what any device does right and wrong, by the public test specifications."""

import argparse
import sys
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from vedette.cli.exits import CommandFailed, Exit
from vedette.cli.login import add_device_arguments, login

if TYPE_CHECKING:
    from vedette.conformance.environment import Environment
    from vedette.conformance.facts import CaseFacts
    from vedette.conformance.plan import Planned
    from vedette.conformance.report.compare import Change
    from vedette.conformance.result import Report, Result
    from vedette.conformance.runner import Examiner

DESCRIPTION = """Test a device: find out what it supports, run the cases that apply, and report.

Only what changes nothing is run unless more is allowed: config (settings, restored), physical (relays and
the like switch), disruptive (network, users, time, reboot), destructive (cannot be undone).
The result is a pre-check. Ends with status 1 when a case fails, could not be judged, or the device could
not be restored."""
EXAMPLES = """  vedette test 192.0.2.7 --user admin --plan
  vedette test 192.0.2.7 --user admin --allow config,physical --report out
  vedette test 192.0.2.7 --user admin --case DEVICE-1-1-30
  vedette test 192.0.2.7 --user admin --report new --compare out"""
CASE_S, REBOOTS_MOST = 300.0, 4  # a case may take so long, and reboot so often
NAMED_MOST = 3
BRINGABLE = ("ntp-server", "dhcp-server", "dhcpv6-server", "router-advertisement")
RISKS = ("read", "config", "physical", "disruptive", "destructive")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("url", metavar="URL", help="host, host:port or URL of the device service")
    parser.add_argument("--suite", action="append", default=[], metavar="NAME", help="run this suite (all)")
    parser.add_argument("--case", action="append", default=[], metavar="ID", help="run this case alone")
    parser.add_argument("--plan", action="store_true", help="tell what would run and why not, and stop")
    parser.add_argument(
        "--allow", type=_risks, default=(), metavar="RISKS", help=f"also run: {', '.join(RISKS[1:])}"
    )
    parser.add_argument(
        "--have",
        type=_words,
        default=(),
        metavar="NEEDS",
        help="what the surroundings bring that cases need, as --plan names it: factory-reset, ipv6-link, …",
    )
    parser.add_argument(
        "--bring",
        type=_bringable,
        default=(),
        metavar="SERVERS",
        help=f"servers the tester shall be for this device alone, as root: {', '.join(BRINGABLE[1:])}; "
        f"it always is {BRINGABLE[0]} unless --time-server names one",
    )
    parser.add_argument(
        "--time-server", default="", metavar="ADDRESS", help="an NTP server the device can ask"
    )
    parser.add_argument(
        "--spare-address", default="", metavar="ADDRESS", help="a free IPv4 address of the device's subnet"
    )
    parser.add_argument("--firmware", type=Path, metavar="FILE", help="a firmware that the device takes")
    parser.add_argument("--report", type=Path, metavar="DIR", help="write report.json, .xml and .html there")
    parser.add_argument("--compare", type=Path, metavar="DIR", help="tell what changed since that report")
    parser.add_argument(
        "--reboot-time", type=float, default=90.0, metavar="S", help="how long a reboot may take (90)"
    )
    parser.add_argument(
        "--delay", type=float, default=20.0, metavar="S", help="how long changes and events may take (20)"
    )
    add_device_arguments(parser)


def _risks(text: str) -> tuple[str, ...]:
    names = _words(text)
    unknown = [each for each in names if each not in RISKS]
    if unknown:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(RISKS)}")
    return names


def _bringable(text: str) -> tuple[str, ...]:
    names = _words(text)
    unknown = [each for each in names if each not in BRINGABLE]
    if unknown:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(BRINGABLE)}")
    return names


def _words(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def run(arguments: argparse.Namespace) -> int:
    """Test and report."""
    import asyncio

    if not 0 < arguments.reboot_time <= 3600 or not 0 < arguments.delay <= 600:
        raise CommandFailed("--reboot-time is up to 3600 seconds, --delay up to 600", Exit.USAGE)
    wanted = _wanted(arguments)
    earlier = _earlier(arguments.compare)
    return asyncio.run(_test(arguments, wanted, earlier))


def _wanted(arguments: argparse.Namespace) -> "list[CaseFacts]":
    from vedette.conformance.facts import case_facts, cases, suites

    if arguments.case:
        return [case_facts(each) for each in dict.fromkeys(arguments.case)]
    unknown = [each for each in arguments.suite if each not in suites()]
    if unknown:
        raise CommandFailed(f"no suite {unknown[0]!r}; there is {', '.join(suites())}", Exit.USAGE)
    return [each for each in cases().values() if not arguments.suite or each.suite in arguments.suite]


def _earlier(folder: Path | None) -> "Report | None":
    from vedette.conformance.report import document

    return None if folder is None else document.read(folder)


def _environment(arguments: argparse.Namespace) -> "Environment":
    from vedette.base.clock import SystemClock
    from vedette.client.addresses import device_address
    from vedette.conformance.environment import OWN_NEEDS, Environment
    from vedette.conformance.servers.bringing import BroughtSurroundings
    from vedette.conformance.verdicts import Risk

    surroundings = BroughtSurroundings(
        urlsplit(device_address(arguments.url).url).hostname or "",
        SystemClock(),
        brought=frozenset((*BRINGABLE[:1], *arguments.bring)),
        had=frozenset(arguments.have),
        time_server_address=_address(arguments.time_server),
        spare_address=_address(arguments.spare_address),
        firmware=_content(arguments.firmware),
    )
    return Environment(
        allowed=frozenset((Risk.READ, *map(Risk, arguments.allow))),
        abilities=OWN_NEEDS,
        surroundings=surroundings,
        reboot_s=arguments.reboot_time,
        case_s=max(CASE_S, REBOOTS_MOST * arguments.reboot_time),
        delay_s=arguments.delay,
    )


def _address(text: str) -> str:
    try:
        return str(ip_address(text)) if text else ""
    except ValueError as error:
        raise CommandFailed(f"{text!r} is no IP address", Exit.USAGE) from error


def _content(file: Path | None) -> bytes:
    try:
        return b"" if file is None else file.read_bytes()
    except OSError as error:
        raise CommandFailed(f"the firmware {file} cannot be read: {error.strerror}") from error


async def _test(
    arguments: argparse.Namespace, wanted: "Sequence[CaseFacts]", earlier: "Report | None"
) -> int:
    import asyncio

    from vedette.base.clock import SystemClock
    from vedette.client.addresses import device_address
    from vedette.conformance.connect import connected_examiner

    user, password = login(arguments)
    if device_address(arguments.url).user and arguments.user is None:
        user = password = ""
    async with connected_examiner(
        arguments.url,
        user=user,
        password=password,
        environment=_environment(arguments),
        clock=SystemClock(),
        verify_tls=not arguments.insecure,
        ca_file=arguments.ca,
    ) as tester:
        await tester.reach()
        _tell_device(tester)
        await tester.discover()
        _tell_features(tester)
        planned = tester.plan(wanted)
        if arguments.plan:
            _tell_plan(planned)
            return Exit.OK
        try:
            report = await tester.execute(planned, tell_result)
        except asyncio.CancelledError:
            print("\ninterrupted; the case under way was put back, as told above")
            _end(tester.report(), earlier, arguments.report)
            raise
    if tester.stopped:
        print(f"\nended early: {tester.stopped}")
    return _end(report, earlier, arguments.report)


def _tell_device(tester: "Examiner") -> None:
    told = " ".join(tester.identity.get(key, "") for key in ("manufacturer", "model", "firmware_version"))
    print(f"{tester.target.url}  {told.strip()}")


def _tell_features(tester: "Examiner") -> None:
    states = [each.state for each in tester.features.states.values()]
    counts = ", ".join(f"{states.count(each)} {each}" for each in ("supported", "unsupported", "undefined"))
    print(f"features: {counts}")
    undefined: dict[str, list[str]] = {}
    for name in tester.features.undefined():
        undefined.setdefault(tester.features.states[name].why, []).append(name)
    for why, names in undefined.items():
        more = f" and {len(names) - NAMED_MOST} more" if len(names) > NAMED_MOST else ""
        print(f"  undefined: {', '.join(names[:NAMED_MOST])}{more}: {why}")
    if not tester.target.login.has_credentials:
        print("  no login was given (--user), so the device may refuse to tell most of it")


def _tell_plan(planned: "Sequence[Planned]") -> None:
    from vedette.cli.output import table

    print()
    print(
        table(
            [
                (
                    each.verdict.value if each.verdict else "RUN",
                    each.facts.risk.value,
                    each.facts.id,
                    each.facts.title + (f" ({each.reason})" if each.reason else ""),
                )
                for each in planned
            ]
        )
    )
    count = sum(each.verdict is None for each in planned)
    print(f"\n{count} of {len(planned)} cases would run")


def tell_result(number: int, whole: int, result: "Result") -> None:
    """Print how a case ended, and what could not be undone or needed no undoing."""
    from vedette.conformance.result import NEEDLESS
    from vedette.conformance.verdicts import RAN

    if result.verdict not in RAN and not result.steps:  # one that was begun has found out why it cannot run
        return
    reason = f": {result.reason}" if result.reason else ""
    print(f"{number:4}/{whole}  {result.verdict.value:<12}  {result.case:<16}  {result.title}{reason}")
    if not result.could_restore:
        print(f"{'':10}NOT RESTORED: {'; '.join(result.put_back.failed)}")
    if result.put_back.needless:
        print(f"{'':10}{NEEDLESS}: {'; '.join(result.put_back.needless)}")
    sys.stdout.flush()


def _end(report: "Report", earlier: "Report | None", folder: Path | None) -> int:
    from vedette.conformance.facts import suites
    from vedette.conformance.report.compare import compare
    from vedette.conformance.verdicts import Verdict

    changes = [] if earlier is None else compare(earlier, report)
    print()
    print(", ".join(f"{report.count(each)} {each.value}" for each in Verdict if report.count(each)))
    print(f"profiles (pre-check by the suites {', '.join(suites())}):")
    for claim in report.claims:
        why = claim.reasons or claim.not_run
        told = f": {'; '.join(why[:3])}{' …' if len(why) > 3 else ''}" if why else ""
        print(f"  {claim.profile}: {claim.outcome}{told}")
    for change in changes:
        print(f"{change.kind}: {change.what}: {change.before} -> {change.after}")
    if folder is not None:
        _write(report, changes, folder)
        print(f"report: {folder / 'report.html'}")
    is_bad = any(report.count(each) for each in (Verdict.FAIL, Verdict.ERROR, Verdict.INCONCLUSIVE))
    return Exit.FAILED if is_bad or not all(each.could_restore for each in report.results) else Exit.OK


def _write(report: "Report", changes: "list[Change]", folder: Path) -> None:
    from vedette.conformance.report.document import NAME, to_json
    from vedette.conformance.report.junit import to_junit
    from vedette.conformance.report.page import to_html

    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NAME).write_bytes(to_json(report))
        (folder / "report.xml").write_bytes(to_junit(report))
        (folder / "report.html").write_text(to_html(report, changes), encoding="utf-8")
    except OSError as error:
        raise CommandFailed(f"the report cannot be written to {folder}: {error.strerror}") from error
