"""`vedette`: finds the command and imports only its file, so that help is there at once."""

import argparse
import logging
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from vedette import __version__
from vedette.base.errors import VedetteError
from vedette.cli.exits import CommandFailed, Exit
from vedette.cli.output import give_output_up, ready_streams

COMMANDS = {
    "serve": "run the recorder: cameras in; live, recordings and search out",
    "discover": "find devices in the local network",
    "probe": "ask a device what it is, what it offers and whether its streams play",
    "call": "call any operation of the standard and print the answer as JSON",
    "snapshot": "fetch one picture",
    "camera": "add, list or remove the cameras of a recorder",
    "recordings": "list recordings and when there is footage",
    "export": "save a stretch of footage as an MP4 file",
    "check": "verify, and if asked repair, what is stored",
    "test": "find out what a device does right and wrong",
    "release": "make and look at signed releases of this program, for upgrades over the network",
    "bench": "measure this program against C programs that do the bare minimum",
}
DESCRIPTION = "Vedette: a network video system on the international standards for video surveillance."
EPILOG = """exit status:
  0  done
  1  failed
  2  wrong usage
  3  nothing reachable at the address, or not a device of the standard
  4  not authorized: no login, a wrong one, or not enough rights

Every command explains itself: vedette COMMAND --help
A login is given by --user and --password, by VEDETTE_USER and VEDETTE_PASSWORD, or in the URL.
Others on this machine see the command line, and not the environment."""


_AGO = re.compile(r"-[\d.]+[a-z]")


class Command(Protocol):
    """What the file of a command holds."""

    DESCRIPTION: str
    EXAMPLES: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments; imports nothing heavy."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it; returns the exit status or raises VedetteError."""
        ...


def main(given: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status. Messages go to standard error, results to output."""
    words = _joined(list(sys.argv[1:] if given is None else given))
    ready_streams()
    try:
        name = _command_name(words)
        command = cast("Command", import_module(f"vedette.cli.{name}"))
        arguments = _parsed(_parser(name, command), words[1:])
    except SystemExit as end:  # argparse has said what there was to say
        return int(end.code or 0)
    except KeyboardInterrupt:
        return 130
    try:
        status = command.run(arguments)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        give_output_up()  # whoever read it has enough of it
        return Exit.OK
    except OSError as error:  # commands tell of their own files themselves
        give_output_up()
        _complain(f"vedette {name}: {error.filename or 'standard output'}: {error.strerror}")
        return Exit.FAILED
    except UnicodeEncodeError:
        if all(map(_is_text, words)):
            raise
        _complain(f"vedette {name}: an argument is no text in the encoding of this system")
        return Exit.USAGE
    except VedetteError as error:
        _complain(f"vedette {name}: {error}{_advice(error)}")
        return _status(error)


def _complain(text: str) -> None:
    from vedette.server.logs import is_journal, with_priority

    print(with_priority(text, logging.ERROR) if is_journal(sys.stderr) else text, file=sys.stderr)


def _is_text(word: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in word)


def _joined(words: list[str]) -> list[str]:
    """`--from -5m` as `--from=-5m`, since argparse would take the time for an option."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] in ("--from", "--to") and _AGO.fullmatch(word):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _command_name(words: list[str]) -> str:
    if words and words[0] in COMMANDS:
        return words[0]
    width = max(map(len, COMMANDS)) + 2
    listing = "\n".join(f"  {name:<{width}}{about}" for name, about in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="vedette",
        usage="vedette COMMAND [ARGUMENTS]",
        description=f"{DESCRIPTION}\n\ncommands:\n{listing}",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"vedette {__version__}")
    parser.add_argument("command", metavar="COMMAND", choices=tuple(COMMANDS), help=argparse.SUPPRESS)
    if not words:
        parser.print_help(sys.stderr)
        raise SystemExit(int(Exit.USAGE))
    name: str = parser.parse_args(words[:1]).command
    return name


def _parser(name: str, command: Command) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"vedette {name}",
        description=command.DESCRIPTION,
        epilog=f"examples:\n{command.EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_arguments(parser)
    return parser


def _parsed(parser: argparse.ArgumentParser, words: list[str]) -> argparse.Namespace:
    """The arguments; options may stand between them, where `parse_args` takes optional ones for missing."""
    if not {"-h", "--help", "--"} & {*words}:  # help would show no arguments, and what is behind -- be lost
        try:
            return parser.parse_intermixed_args(words)
        except TypeError:
            pass  # commands within commands have no such way
    return parser.parse_args(words)


def _advice(error: VedetteError) -> str:
    """The options that help, which are the commands' own."""
    from vedette.cli.login import TRUST_ADVICE
    from vedette.client.errors import LedAstray, Untrusted

    if isinstance(error, Untrusted):
        return f"; {TRUST_ADVICE}"
    if isinstance(error, LedAstray):
        return "; --xaddr reached asks where the device was reached"
    return ""


def _status(error: VedetteError) -> int:
    if isinstance(error, CommandFailed):
        return error.status
    from vedette.client.errors import NotOnvif, Unreachable
    from vedette.contract.faults import NotAuthorized

    if isinstance(error, Unreachable | NotOnvif):
        return Exit.UNREACHABLE
    return Exit.NOT_AUTHORIZED if isinstance(error, NotAuthorized) else Exit.FAILED
