"""`vedette serve`: run the recorder."""

import argparse
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from vedette.cli.exits import Exit

if TYPE_CHECKING:
    from vedette.server.early_end import EarlyEnd

DESCRIPTION = """Run the recorder until it is told to stop (SIGTERM or Ctrl-C).

Cameras come from the operator's file, from `vedette camera add`, or, with --demo, are drawn.
What is said here goes before what the file says."""
EXAMPLES = """  vedette serve --demo
  vedette serve --config vedette.toml --data /srv/video
  vedette serve --demo 4 --http-port 8080 --rtsp-port 8554
  VEDETTE_ADMIN_PASSWORD=… vedette serve --demo"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--demo", nargs="?", type=_demo, const=1, metavar="N", help="add N drawn cameras (1 without N)"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="the operator's file, vedette.toml")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of settings and recordings")
    parser.add_argument("--host", metavar="ADDRESS", help="address to listen on (0.0.0.0)")
    parser.add_argument("--http-port", type=_port, metavar="N", help="port of services and page (8080)")
    parser.add_argument("--rtsp-port", type=_port, metavar="N", help="port of RTSP (8554)")
    parser.add_argument(
        "--admin-password",
        metavar="PASSWORD",
        help="set the password of the user admin (also kept); better in VEDETTE_ADMIN_PASSWORD, since others"
        " on this machine see the command line",
    )
    parser.add_argument(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        default="info",
        help="least level to log (info)",
    )
    parser.add_argument("--log-format", choices=("text", "json"), help="else as the file says (text)")


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped."""

    from vedette.server.early_end import EarlyEnd
    from vedette.server.options import MARK

    with EarlyEnd(is_noting=MARK in os.environ) as early:
        _serve(arguments, early)
    return Exit.OK


def _serve(arguments: argparse.Namespace, early: "EarlyEnd") -> None:
    from vedette.server.options import ServeOptions
    from vedette.server.releases import begin_release

    options = ServeOptions(
        demo=arguments.demo,
        config=arguments.config,
        data=arguments.data,
        host=arguments.host,
        http_port=arguments.http_port,
        rtsp_port=arguments.rtsp_port,
        admin_password=_admin_password(arguments),
    )
    begin_release(options)
    from vedette.server.lifecycle import configured, serve
    from vedette.server.logs import start_logging

    config = configured(options)
    start_logging(arguments.log_format or config.server.log_format, arguments.log_level)
    serve(options, config, _say, early)


def _admin_password(arguments: argparse.Namespace) -> str | None:
    """The option, else the environment; an empty variable, as scripts for containers leave it, is none."""
    if arguments.admin_password is not None:
        return str(arguments.admin_password)
    return os.environ.get("VEDETTE_ADMIN_PASSWORD") or None


def _say(text: str) -> None:
    try:
        print(text, flush=True)
    except OSError as error:  # a recorder records, whoever was to read this
        from vedette.cli.output import give_output_up

        give_output_up()
        problem = "standard output: %s; whoever missed a password may set one with --admin-password"
        logging.getLogger(__name__).warning(problem, error.strerror)


def _demo(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError("1 to 64 cameras can be drawn")
    return number


def _port(text: str) -> int:
    number = int(text) if text.isdigit() else -1
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; 0 to 65535 are (0: any free one)")
    return number
