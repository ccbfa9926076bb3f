"""Addresses for uploads: each is good for one file, for a while."""

import secrets
from collections import OrderedDict
from enum import StrEnum

from vedette.base.clock import Clock

GOOD_FOR_S = 600.0
OPEN_MOST = 16
UPLOAD_PATH = "/system/upload/"


class UploadKind(StrEnum):
    """What is brought."""

    BACKUP = "backup"
    FIRMWARE = "firmware"


class Uploads:
    """Gives out upload paths that nobody can guess, and takes each back at its first use."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: OrderedDict[str, tuple[UploadKind, float]] = OrderedDict()

    def open(self, kind: UploadKind) -> str:
        """A new path; of too many the oldest is forgotten."""
        path = f"{UPLOAD_PATH}{kind}/{secrets.token_urlsafe(16)}"
        self._open[path] = (kind, self._clock.monotonic_s() + GOOD_FOR_S)
        if len(self._open) > OPEN_MOST:
            self._open.popitem(last=False)
        return path

    def kind_of(self, path: str) -> UploadKind | None:
        """What may be brought to a path; None for nothing."""
        kind, until_s = self._open.get(path, (None, 0.0))
        return kind if self._clock.monotonic_s() < until_s else None

    def take(self, path: str) -> UploadKind | None:
        """The same, and the path is good no more."""
        kind = self.kind_of(path)
        self._open.pop(path, None)
        return kind
