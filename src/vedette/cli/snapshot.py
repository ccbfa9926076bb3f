"""`vedette snapshot`: one picture from a device."""

import argparse
import sys
from pathlib import Path

from vedette.cli.exits import CommandFailed, Exit
from vedette.cli.login import add_device_arguments, connection

DESCRIPTION = "Fetch one picture (JPEG) of a device's profile."
EXAMPLES = """  vedette snapshot 192.0.2.7 -o door.jpg --user viewer
  vedette snapshot http://viewer:secret@192.0.2.7:8080 --profile main -o - > door.jpg"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("url", metavar="URL", help="host, host:port or URL of the device service")
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="where to; - for standard output"
    )
    parser.add_argument("--profile", default="", metavar="TOKEN", help="which profile (the first)")
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")
    add_device_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Fetch the picture."""
    import asyncio

    target = Path(arguments.output)
    if arguments.output != "-" and target.exists() and not arguments.force:
        raise CommandFailed(f"{target} exists; choose another name, or give --force")
    picture = asyncio.run(_picture(arguments))
    if arguments.output == "-":
        sys.stdout.buffer.write(picture)
        return Exit.OK
    try:
        _write(target, picture)
    except OSError as error:
        raise CommandFailed(f"{target}: {error.strerror}") from error
    print(f"{target}: {len(picture)} bytes")
    return Exit.OK


def _write(target: Path, picture: bytes) -> None:
    from vedette.storage.draft import drafted

    if target.exists() and not target.is_file():
        target.write_bytes(picture)  # a pipe, say
        return
    with drafted(target.resolve()) as file:
        file.write(picture)


async def _picture(arguments: argparse.Namespace) -> bytes:
    from vedette.client.profiles import snapshot

    async with connection(arguments.url, arguments) as camera:
        return await snapshot(camera, arguments.profile)
