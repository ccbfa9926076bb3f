"""`vedette export`: a stretch of footage as one MP4 file that plays anywhere."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vedette.cli.exits import CommandFailed, Exit
from vedette.cli.login import add_device_arguments
from vedette.cli.output import ProgressBar, size_text
from vedette.cli.recordings import FAR_US, period
from vedette.cli.times import FORMS, shown, shown_length

if TYPE_CHECKING:
    from vedette.storage.archive import Archive

STEPS = 1000  # of progress

DESCRIPTION = f"""Save a stretch of footage as an MP4 file.

It begins with the key frame at or before --from. Gaps keep their length, the last picture standing,
unless --close-gaps. The file is not signed. A running recorder exports 24 hours at once at the most.
Times are {FORMS}."""
EXAMPLES = """  vedette export door --data /srv/video --from -10m --to -5m door.mp4
  vedette export door --data data --from 2026-05-01T12:00:00Z --to 2026-05-01T12:05:00Z door.mp4
  vedette export door --server http://192.0.2.10:8080 --user viewer --from 14:00 --to 14:05 door.mp4"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("recording", metavar="RECORDING", help="its token, see: vedette recordings")
    parser.add_argument("target", type=Path, metavar="FILE.mp4", help="the file to write")
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--data", type=Path, default=Path("data"), metavar="DIR", help="data folder of a recorder here (data)"
    )
    place.add_argument("--server", metavar="URL", help="a running Vedette recorder")
    parser.add_argument("--from", dest="begin", required=True, metavar="TIME", help="first instant")
    parser.add_argument("--to", dest="end", required=True, metavar="TIME", help="last instant")
    parser.add_argument("--close-gaps", action="store_true", help="leave gaps out (data folder)")
    parser.add_argument(
        "--no-metadata", action="store_true", help="leave the metadata track out (data folder)"
    )
    parser.add_argument("--force", action="store_true", help="replace FILE.mp4 if it exists")
    add_device_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Export; who is told to stop takes away what was written so far."""
    from vedette.cli.stopping import stoppable

    with stoppable() as stopping:
        try:
            return _run(arguments)
        except KeyboardInterrupt:
            print(f"vedette export: stopped before {arguments.target} was complete", file=sys.stderr)
            return stopping.status


def _run(arguments: argparse.Namespace) -> int:
    import asyncio

    begin_us, end_us = period(arguments)
    if arguments.server is not None and (arguments.close_gaps or arguments.no_metadata):
        option = "--close-gaps" if arguments.close_gaps else "--no-metadata"
        raise CommandFailed(f"{option} needs the data folder: a running recorder cannot do that", Exit.USAGE)
    target: Path = arguments.target
    if target.exists() and not target.is_file():
        raise CommandFailed(f"{target} is no file that could be replaced; name one")
    if target.exists() and not arguments.force:
        raise CommandFailed(f"{target} exists; choose another name, or give --force")
    if not target.absolute().parent.is_dir():
        raise CommandFailed(f"there is no folder {target.absolute().parent}")
    if arguments.server is not None:
        return asyncio.run(_fetch(arguments, begin_us, end_us))
    from vedette.cli.stored import stored

    with stored(arguments.data) as archive:
        return _write(archive, arguments, begin_us, end_us)


def _write(archive: "Archive", arguments: argparse.Namespace, begin_us: int, end_us: int) -> int:
    from vedette.storage.errors import NoFootage, NoSuchRecording
    from vedette.storage.export import export

    bar = ProgressBar(arguments.target.name)
    try:
        made = export(
            archive,
            arguments.recording,
            begin_us,
            end_us,
            arguments.target,
            with_metadata=not arguments.no_metadata,
            closes_gaps=arguments.close_gaps,
            progressed=lambda _done, _bytes, share: bar.update(round(share * STEPS), STEPS),
        )
    except NoSuchRecording as error:
        known = ", ".join(each.token for each in archive.recordings()) or "none"
        raise CommandFailed(f"{error}; there are: {known}") from error
    except NoFootage as error:
        raise CommandFailed(f"{error}; {_held(archive, arguments.recording)}") from error
    finally:
        bar.finish()
    length = shown_length(made.length_us)
    gaps = "" if not made.gaps else ", 1 gap" if made.gaps == 1 else f", {made.gaps} gaps"
    if gaps and arguments.close_gaps:
        gaps += " left out"
    print(f"{arguments.target}: {length} from {shown(made.start_us)}, {size_text(made.bytes)}{gaps}")
    for each in made.unread:
        print(f"{arguments.target} lacks {each}", file=sys.stderr)
    return Exit.FAILED if made.unread else Exit.OK


def _held(archive: "Archive", token: str) -> str:
    with archive.reader(token) as reader:
        spans = reader.sections(-FAR_US, FAR_US)
    if not spans:
        return "it holds no footage yet"
    return f"its footage lies between {shown(spans[0][0])} and {shown(spans[-1][1])}"


async def _fetch(arguments: argparse.Namespace, begin_us: int, end_us: int) -> int:
    from urllib.parse import quote

    from vedette.cli.api import EXPORT_TIMEOUT_S, EXPORT_TIMEOUT_S_PER_HOUR, NotFound, recorder_api
    from vedette.storage.draft import drafted

    timeout_s = EXPORT_TIMEOUT_S + EXPORT_TIMEOUT_S_PER_HOUR * (end_us - begin_us) / 3_600_000_000
    path = f"/api/export/{quote(arguments.recording, safe='')}?from_us={begin_us}&to_us={end_us}"
    bar = ProgressBar(arguments.target.name)
    try:
        async with recorder_api(arguments.server, arguments) as api:
            with drafted(arguments.target) as file:
                bar.update(0, 1)  # the recorder takes its time before the first byte
                try:
                    await api.download(path, file.write, bar.update, answer_timeout_s=timeout_s)
                except NotFound as error:
                    where = arguments.server.rpartition("@")[2]
                    raise CommandFailed(f"{error}; what there is: vedette recordings {where}") from error
    except OSError as error:
        raise CommandFailed(f"{arguments.target}: {error.strerror}") from error
    finally:
        bar.finish()
    print(f"{arguments.target}: {size_text(arguments.target.stat().st_size)}")
    return Exit.OK
