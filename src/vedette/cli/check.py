"""`vedette check`: hold the stored footage against its index."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from vedette.cli.exits import CommandFailed, Exit
from vedette.cli.output import ProgressBar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vedette.storage.check import Finding, Progressed

DESCRIPTION = """Compare every file of a data folder with the index, fragment by fragment, and print what is
wrong.

Status 0 means that nothing is wrong, or that everything was repaired. Checking changes nothing and may
be done while a server records. --repair makes the index say what the files say: damaged files are cut
behind their last whole fragment, a damaged index is moved aside and built afresh. No server may run."""
EXAMPLES = """  vedette check --data /srv/video
  vedette check --data /srv/video --repair"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="DIR", help="data folder (data)")
    parser.add_argument("--repair", action="store_true", help="repair what is wrong")


def run(arguments: argparse.Namespace) -> int:
    """Check, and repair if asked."""
    from vedette.server.data_folder import handed_over

    bar = ProgressBar("checking")
    try:
        with handed_over(arguments.data):
            findings = (repaired if arguments.repair else verified)(arguments.data, bar.update)
    finally:
        bar.finish()
    for finding in findings:
        print(f"{finding.path}: {finding.problem}")
    for name, what in _put_aside(arguments.data):
        print(f"{name}: {what}")
    if not findings:
        print("nothing is wrong")
        return Exit.OK
    if arguments.repair:
        print(f"{_counted(findings)}, repaired")
        return Exit.OK
    print(f"{_counted(findings)}; stop the server and run: vedette check --repair --data {arguments.data}")
    return Exit.FAILED


def _counted(findings: "list[Finding]") -> str:
    return "1 finding" if len(findings) == 1 else f"{len(findings)} findings"


def _put_aside(folder: Path) -> "Iterator[tuple[str, str]]":
    """What earlier starts or repairs moved away: nothing that is wrong now, but it takes space."""
    from vedette.storage.archive import INDEX_FILE
    from vedette.storage.database import put_aside
    from vedette.storage.events import EVENTS_FILE

    for file in put_aside(folder / INDEX_FILE):
        yield file.name, "was put aside and is not needed any more: the index was made anew"
    for file in put_aside(folder / EVENTS_FILE):
        yield file.name, "was put aside and holds events that no search finds: docs/operations.md, Damage"


def verified(folder: Path, progressed: "Progressed") -> "list[Finding]":
    """What is wrong in a data folder; changes nothing."""
    from vedette.cli.stored import stored
    from vedette.storage.check import lasting, verify, verify_event_log

    with stored(folder) as archive:
        was_served = _is_served(folder)
        findings = verify(archive, progressed)
        if was_served or _is_served(folder):
            findings = lasting(archive, findings)
    return findings + verify_event_log(folder)


def _is_served(folder: Path) -> bool:
    from vedette.server.data_folder import AlreadyRunning, locked

    try:
        with locked(folder):
            return False
    except AlreadyRunning:
        return True


def repaired(folder: Path, progressed: "Progressed") -> "list[Finding]":
    """What was wrong in a data folder that no server works on."""
    from vedette.server.data_folder import locked
    from vedette.storage.archive import RECORDINGS_FOLDER, Archive
    from vedette.storage.check import mend, mend_event_log

    if not (folder / RECORDINGS_FOLDER).is_dir():
        raise CommandFailed(f"{folder} holds no recordings; name the folder given to `vedette serve --data`")
    with locked(folder):
        findings = mend(folder, lambda: Archive(folder, report=lambda *_: None), progressed)
        return findings + mend_event_log(folder)
