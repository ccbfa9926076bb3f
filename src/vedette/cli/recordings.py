"""`vedette recordings`: which there are, and when there is footage."""

import argparse
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vedette.cli.exits import CommandFailed, Exit
from vedette.cli.login import add_device_arguments, connection
from vedette.cli.times import FORMS, shown, shown_length, utc_us_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vedette.cli.searched import Key, Span
    from vedette.contract.schema.search import RecordingInformation
    from vedette.storage.archive import Archive

DESCRIPTION = f"""List recordings: of a device, through its search service, or of a data folder.

Told is every stretch of footage between --from and --to; of a device by track where tracks differ, and
only the first and last instant where it keeps no history. Times are {FORMS}."""
EXAMPLES = """  vedette recordings --data /srv/video --from -24h
  vedette recordings 192.0.2.10:8080 --user viewer --from 08:00 --to now
  vedette recordings --json"""
FAR_US = 1 << 61


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("url", nargs="?", metavar="URL", help="a recorder's host, host:port or URL")
    parser.add_argument("--data", type=Path, metavar="DIR", help="data folder of a recorder here (data)")
    parser.add_argument("--from", dest="begin", metavar="TIME", help="only footage after this")
    parser.add_argument("--to", dest="end", metavar="TIME", help="only footage before this")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_device_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """List."""
    import asyncio

    if arguments.url is not None and arguments.data is not None:
        raise CommandFailed("give either a recorder's URL or --data DIR", Exit.USAGE)
    found = _of_folder(arguments) if arguments.url is None else asyncio.run(_of_device(arguments))
    if arguments.json:
        from vedette.cli.json_form import json_text

        print(json_text(found))
    else:
        print("\n".join(_lines(found)) if found else "no recordings")
    return Exit.OK


def period(arguments: argparse.Namespace) -> "Span":
    """The instants --from and --to by the same present one, else as far as can be; fails telling why."""
    now_us = time.time_ns() // 1000
    try:
        begin_us = -FAR_US if arguments.begin is None else utc_us_of(arguments.begin, now_us)
        end_us = FAR_US if arguments.end is None else utc_us_of(arguments.end, now_us)
    except ValueError as error:
        raise CommandFailed(str(error), Exit.USAGE) from None
    if begin_us >= end_us:
        raise CommandFailed(f"--from ({shown(begin_us)}) is not before --to ({shown(end_us)})", Exit.USAGE)
    return begin_us, end_us


def _of_folder(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    from vedette.cli.stored import stored

    begin_us, end_us = period(arguments)
    found = []
    with stored(arguments.data or Path("data")) as archive:
        for info in archive.recordings():
            with archive.reader(info.token) as reader:
                spans = reader.sections(begin_us, end_us)
            found.append(
                {
                    "token": info.token,
                    "name": info.source_name,
                    "bytes": _size_bytes(archive, info.token),
                    "spans": _shown(spans),
                }
            )
    return found


def _size_bytes(archive: "Archive", token: str) -> int:
    """What a recording takes; of a segment that a server is writing the index learns it at its end."""
    recording_id, _ = archive.index.recording(token)
    unfinished = [each for each in archive.index.unfinished() if each.recording_id == recording_id]
    files = (archive.file_of(token, each) for each in unfinished)
    return archive.usage(token).bytes + sum(file.stat().st_size for file in files if file.exists())


async def _of_device(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    from vedette.cli.searched import found_recordings, found_spans

    begin_us, end_us = period(arguments)
    async with connection(arguments.url, arguments) as camera:
        found = await found_recordings(camera)
        known = [span for each in found if (span := _extent(each.earliest_recording, each.latest_recording))]
        if not known:
            return [_told(each, {}, (begin_us, end_us)) for each in found]
        within = (
            max(begin_us, min(start for start, _ in known)),
            min(end_us, max(end for _, end in known)),
        )
        spans = await found_spans(camera, *within) if within[0] < within[1] else {}
        return [_told(each, spans, within) for each in found]


def _extent(first: datetime | None, last: datetime | None) -> "Span | None":
    from vedette.base.timestamps import utc_us_from_datetime

    return (
        None if first is None or last is None else (utc_us_from_datetime(first), utc_us_from_datetime(last))
    )


def _told(found: "RecordingInformation", spans: "dict[Key, list[Span]]", within: "Span") -> dict[str, Any]:
    """A recording; what the device does not tell of its history is taken as present from first to last."""
    from vedette.cli.searched import union

    token = found.recording_token
    tracks: list[tuple[str, str, list[Span]]] = []
    for track in found.tracks:
        told = spans.get((token, track.track_token))
        if told is None:
            told = _cut(_extent(track.data_from, track.data_to), within)
        tracks.append((track.track_token, track.track_type.value, told))
    whole = union(span for _, _, told in tracks for span in told)
    if not tracks:
        recorded = _extent(found.earliest_recording, found.latest_recording)
        whole = spans.get((token, "")) or _cut(recorded, within)
    return {
        "token": token,
        "name": found.source.name,
        "spans": _shown(whole),
        "tracks": [{"token": name, "type": kind, "spans": _shown(told)} for name, kind, told in tracks],
    }


def _cut(span: "Span | None", within: "Span") -> "list[Span]":
    if span is None:
        return []
    start_us, end_us = max(span[0], within[0]), min(span[1], within[1])
    return [(start_us, end_us)] if start_us < end_us else []


def _shown(spans: "Sequence[Span]") -> list[dict[str, Any]]:
    return [{"from": shown(start), "to": shown(end), "us": end - start} for start, end in spans]


def _lines(found: list[dict[str, Any]]) -> list[str]:
    from vedette.cli.output import size_text

    lines = []
    for each in found:
        size = f"  {size_text(each['bytes'])}" if "bytes" in each else ""
        lines.append(f"{each['token']}  {each['name']}{size}")
        lines += [_line(span) for span in each["spans"]]
        if not each["spans"]:
            lines.append("  no footage")
        for track in each.get("tracks", ()):
            if track["spans"] != each["spans"]:
                lines.append(
                    f"  {track['token']} ({track['type']})" + ("" if track["spans"] else "  nothing")
                )
                lines += ["  " + _line(span) for span in track["spans"]]
    return lines


def _line(span: dict[str, Any]) -> str:
    return f"  {span['from']}  to  {span['to']}  {shown_length(span['us'])}"
