"""What is known of a recording, apart from its footage; kept beside the footage in `recording.json`."""

import os
import re
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

import msgspec

from vedette.storage.errors import StorageError

ABOUT_FILE = "recording.json"
AHEAD_US = 60_000_000  # by less a camera may be ahead of us, whose clock is believed
TOKEN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}")  # also a folder's name


class Standing(IntEnum):
    """What is being done with a recording as a whole; REMOVING and ENTERING keep it from being seen."""

    IN_USE = 0
    REMOVING = 1
    ENTERING = 2
    COMPLETING = 3  # in use while files from before are being entered


class TimeRange(NamedTuple):
    """Footage: every segment that touches [start_us, end_us)."""

    start_us: int
    end_us: int


class RecordingInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A recording's description, in the words of the standard.

    `token`: up to 64 of letters, digits, `-`, `_`, `.`, not beginning with a point. `keep_s` is the age at
    which footage is deleted, `most_bytes` what the recording may take; 0 means without limit.
    Source: Recording search, RecordingInformation (26.06 §5.3.1); Recording control,
    RecordingConfiguration (26.06 §5.3.1).
    """

    token: str
    content: str = ""
    source_id: str = ""
    source_name: str = ""
    source_location: str = ""
    source_description: str = ""
    source_address: str = ""
    created_us: int = 0
    keep_s: int = 0
    most_bytes: int = 0


def is_token(text: str) -> bool:
    """Whether `text` may name a recording."""
    return TOKEN.fullmatch(text) is not None


def is_segment_path(text: str) -> bool:
    """Whether `text` may say where a segment's file lies: in a folder of its recording's folder.

    Footage is deleted by what it says: what leads elsewhere might be a file of somebody else.
    """
    day, _, name = text.partition("/")
    return day not in ("", ".", "..") and name.endswith(".mp4") and "/" not in name and "\0" not in text


def folder_gone(folder: Path) -> str:
    """What to say where a recording's folder is not there: it is made once, with the recording."""
    return f"the folder {folder} is gone; is its disk there?"


def is_unbegun(folder: Path) -> bool:
    """Whether a recording's folder is there without a description or footage: making it was interrupted."""
    return folder.is_dir() and {each.name for each in folder.iterdir()} <= {ABOUT_FILE + ".new"}


def read_about(folder: Path) -> RecordingInfo:
    """What a recording's folder says of it; the bare token when the file is missing or garbled."""
    try:
        about = msgspec.json.decode((folder / ABOUT_FILE).read_bytes(), type=RecordingInfo)
    except (OSError, msgspec.MsgspecError):
        return RecordingInfo(token=folder.name)
    return about if about.token == folder.name else msgspec.structs.replace(about, token=folder.name)


class Description:
    """A folder's description that is written and yet to be made durable; a `disk.Syncable`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sync(self) -> None:
        """Make it durable; may raise OSError."""
        with (self._folder / ABOUT_FILE).open("rb") as file:
            os.fsync(file.fileno())
        sync_folder(self._folder)

    def close(self) -> None:
        """Nothing is open."""


def write_about(folder: Path, info: RecordingInfo, *, is_durable: bool = True) -> None:
    """Replace the folder's description atomically; raises StorageError.

    It is durable, or becomes so with `Description.sync`.
    """
    fresh = folder / (ABOUT_FILE + ".new")
    try:
        with fresh.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(info)))
            file.flush()
            if is_durable:
                os.fsync(file.fileno())
        fresh.replace(folder / ABOUT_FILE)
        if is_durable:
            sync_folder(folder)
    except OSError as error:
        raise StorageError(f"cannot describe recording {info.token!r}: {error}") from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
