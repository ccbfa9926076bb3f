"""The recordings of a data folder, for the commands that work without a server."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vedette.cli.exits import CommandFailed
from vedette.storage.archive import INDEX_FILE, RECORDINGS_FOLDER, Archive
from vedette.storage.check import unknown_recordings
from vedette.storage.errors import IndexDamaged, StorageError


@contextmanager
def stored(folder: Path) -> Iterator[Archive]:
    """The archive in a data folder, to be read; a server may be recording into it meanwhile."""
    if not (folder / RECORDINGS_FOLDER).is_dir():
        raise CommandFailed(f"{folder} holds no recordings; name the folder given to `vedette serve --data`")
    if not (folder / INDEX_FILE).exists():
        raise CommandFailed(f"{folder} has lost its index; run: vedette check --repair --data {folder}")
    if not all(os.access(each, os.W_OK) for each in (folder, folder / INDEX_FILE)):  # SQLite's log lies there
        raise CommandFailed(
            f"the index in {folder} can be read only by who may write there: be its owner, or take a copy"
        )
    try:
        archive = Archive(folder, report=_report)
    except IndexDamaged as error:
        raise CommandFailed(f"{error}; run: vedette check --repair --data {folder}") from error
    try:
        unknown = ", ".join(each.name for each in unknown_recordings(archive))
        if unknown:
            print(
                f"not in the index: {unknown}; run: vedette check --repair --data {folder}", file=sys.stderr
            )
        yield archive
    except IndexDamaged as error:
        raise CommandFailed(f"{error}; run: vedette check --repair --data {folder}") from error
    finally:
        archive.close()


def _report(recording: str, problem: StorageError | None) -> None:
    if problem is not None:
        print(f"{recording}: {problem}", file=sys.stderr)
