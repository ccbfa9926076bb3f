"""`vedette recordings`: which there are, and when there is footage."""

import argparse
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vedette.cli.exits import CommandFailed, Exit
from vedette.cli.login import add_device_arguments, connection
from vedette.cli.times import FORMS, shown, shown_length, utc_us_of

if TYPE_CHECKING:
    from vedette.client.camera import Camera
    from vedette.contract.schema.search import RecordingInformation

DESCRIPTION = f"""List recordings: of a device, through its search service, or of a data folder.

A data folder tells every stretch of footage between --from and --to; a device tells the first and last
instant of each recording. Times are {FORMS}."""
EXAMPLES = """  vedette recordings --data /srv/video --from -24h
  vedette recordings 192.0.2.10:8080 --user viewer
  vedette recordings --data data --json"""
FAR_US = 1 << 61
SEARCH_LIFE_S = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("url", nargs="?", metavar="URL", help="a recorder's host, host:port or URL")
    parser.add_argument("--data", type=Path, metavar="DIR", help="data folder of a recorder on this machine")
    parser.add_argument("--from", dest="begin", metavar="TIME", help="only footage after this (data folder)")
    parser.add_argument("--to", dest="end", metavar="TIME", help="only footage before this (data folder)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_device_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """List."""
    import asyncio

    if (arguments.url is None) == (arguments.data is None):
        raise CommandFailed("give either a recorder's URL or --data DIR", Exit.USAGE)
    found = _of_folder(arguments) if arguments.data else asyncio.run(_of_device(arguments))
    if arguments.json:
        from vedette.cli.json_form import json_text

        print(json_text(found))
    else:
        print("\n".join(_lines(found)) if found else "no recordings")
    return Exit.OK


def instant(text: str | None, default_us: int) -> int:
    """A time argument; fails naming the forms."""
    if text is None:
        return default_us
    try:
        return utc_us_of(text, time.time_ns() // 1000)
    except ValueError as error:
        raise CommandFailed(str(error), Exit.USAGE) from None


def _of_folder(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    from vedette.cli.stored import stored

    begin_us, end_us = instant(arguments.begin, -FAR_US), instant(arguments.end, FAR_US)
    found = []
    with stored(arguments.data) as archive:
        for info in archive.recordings():
            with archive.reader(info.token) as reader:
                spans = reader.sections(begin_us, end_us)
            usage = archive.usage(info.token)
            found.append(
                {
                    "token": info.token,
                    "name": info.source_name,
                    "bytes": usage.bytes,
                    "spans": [
                        {"from": shown(start), "to": shown(end), "us": end - start} for start, end in spans
                    ],
                }
            )
    return found


async def _of_device(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    async with connection(arguments.url, arguments) as camera:
        return [_told(each) for each in await found_recordings(camera)]


async def found_recordings(camera: "Camera") -> "list[RecordingInformation]":
    """Every recording of a device, by a search that is run to its end and closed."""
    from vedette.contract.schema.search import SearchScope, SearchState

    search = camera.search
    begun = await search.find_recordings(
        scope=SearchScope(), keep_alive_time=timedelta(seconds=SEARCH_LIFE_S)
    )
    found: list[RecordingInformation] = []
    state = SearchState.SEARCHING
    give_up_s = time.monotonic() + SEARCH_LIFE_S
    while state is not SearchState.COMPLETED:
        answer = await search.get_recording_search_results(
            search_token=begun.search_token, max_results=100, wait_time=timedelta(seconds=5)
        )
        found += answer.result_list.recording_information
        state = answer.result_list.search_state
        if time.monotonic() > give_up_s:
            raise CommandFailed("the device does not come to an end with its search")
    return found


def _told(found: "RecordingInformation") -> dict[str, Any]:
    from vedette.base.timestamps import utc_us_from_datetime

    spans = []
    if found.earliest_recording is not None and found.latest_recording is not None:
        start, end = map(utc_us_from_datetime, (found.earliest_recording, found.latest_recording))
        spans.append({"from": shown(start), "to": shown(end), "us": end - start})
    return {"token": found.recording_token, "name": found.source.name, "spans": spans}


def _lines(found: list[dict[str, Any]]) -> list[str]:
    from vedette.cli.output import size_text

    lines = []
    for each in found:
        size = f"  {size_text(each['bytes'])}" if "bytes" in each else ""
        lines.append(f"{each['token']}  {each['name']}{size}")
        lines += [f"  {span['from']}  to  {span['to']}  {shown_length(span['us'])}" for span in each["spans"]]
        if not each["spans"]:
            lines.append("  no footage")
    return lines
