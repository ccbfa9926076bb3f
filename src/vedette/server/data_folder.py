"""The folder of settings and recordings: one process at a time works on it and notes where it listens."""

import fcntl
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG
from typing import IO

import msgspec

from vedette.base.errors import VedetteError
from vedette.storage.errors import StorageError
from vedette.storage.retention import free_bytes
from vedette.storage.spare import SPARE_BYTES, Spare

_log = logging.getLogger(__name__)

RUNNING_FILE = "running.json"
LOCK_FILE = "lock"
SETTINGS_FILE = "settings.json"
KEY_FILE = "key"
MADE = ("*.sqlite*", f"{SETTINGS_FILE}*", KEY_FILE, LOCK_FILE)  # what commands make beside the server
EXPORT_PREFIX = ".export-"  # folders of files that earlier versions were sending


class AlreadyRunning(VedetteError):
    """Another process works on the data directory."""


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """The note that a running server leaves for others on this machine; `base` is where they reach it."""

    pid: int
    base: str
    http_port: int
    rtsp_port: int


@contextmanager
def handed_over(folder: Path) -> Iterator[None]:
    """Have what root makes in the block belong to who the data directory belongs to.

    The server of that user could not write, or even read, an index or settings that are root's.
    """
    try:
        yield
    finally:
        with suppress(OSError):  # no such folder, or root may not (in a container): who works on it tells
            owner = folder.stat()
            is_anothers = os.geteuid() == 0 != owner.st_uid
            for file in (each for made in MADE if is_anothers for each in folder.glob(made)):
                about = file.lstat()
                if about.st_uid == 0 and S_ISREG(about.st_mode) and about.st_nlink == 1:  # no link to another
                    os.chown(file, owner.st_uid, owner.st_gid, follow_symlinks=False)


def locked(folder: Path) -> IO[str]:
    """Make the data directory ours for as long as the result is open.

    Raises AlreadyRunning, or StorageError when the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        lock = (folder / LOCK_FILE).open("a", encoding="ascii")
    except OSError as error:
        raise StorageError(
            f"cannot use the data directory {folder}: {error.strerror}; name another with --data"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        if not isinstance(error, BlockingIOError):
            raise StorageError(
                f"cannot lock {folder / LOCK_FILE}: {error.strerror}; the data directory must lie on a file"
                " system with locks, or two processes may work on it: name another with --data"
            ) from error
        raise AlreadyRunning(
            f"another Vedette works on {folder}; stop it, or name another directory with --data"
        ) from None
    return lock


def clear_leftovers(folder: Path) -> None:
    """Remove the exports that an earlier version was making when it ended at once; call it while the folder
    is ours.

    On a full disk the spare goes too: settings and index cannot be opened without a little room.
    """
    if free_bytes(folder) < SPARE_BYTES:
        Spare(folder).give_up()
    for each in folder.glob(f"{EXPORT_PREFIX}*"):
        shutil.rmtree(each, ignore_errors=True)


def announce(folder: Path, base: str, http_port: int, rtsp_port: int) -> None:
    """Leave the note; a disk that refuses it costs `vedette camera` its way to us, and nothing else."""
    note = Running(pid=os.getpid(), base=base, http_port=http_port, rtsp_port=rtsp_port)
    draft = folder / (RUNNING_FILE + ".new")
    try:
        draft.write_bytes(msgspec.json.encode(note))
        draft.replace(folder / RUNNING_FILE)
    except OSError as error:
        _log.warning("cannot write %s: %s", folder / RUNNING_FILE, error.strerror)


def withdraw(folder: Path) -> None:
    """Take the note away."""
    try:
        (folder / RUNNING_FILE).unlink(missing_ok=True)
    except OSError as error:
        _log.warning("cannot remove %s: %s", folder / RUNNING_FILE, error.strerror)
