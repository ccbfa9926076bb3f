"""Keeps the settings document: one file, replaced atomically, durable before anybody is told of success."""

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from vedette.base.errors import VedetteError
from vedette.device.settings.document import VERSION, Settings

_log = logging.getLogger(__name__)


class SettingsDamaged(VedetteError):
    """The settings file cannot be read; nothing was changed."""


class SettingsNotSaved(VedetteError):
    """The disk refused the settings; they stay as they were."""


class SettingsStore:
    """The one owner of the settings. Edits apply in order; those that wait together share one write."""

    def __init__(self, path: Path, current: Settings) -> None:
        self.path = path
        self.current = current
        self._pending = current  # what the file will hold once every accepted edit is written
        self._waiting: list[asyncio.Future[None]] = []
        self._writer: asyncio.Task[None] | None = None
        self._watchers: list[Callable[[Settings, Settings], None]] = []

    @classmethod
    def open(cls, path: Path, fresh: Callable[[], Settings]) -> "SettingsStore":
        """Read the document, or save what `fresh` makes; raises SettingsDamaged or SettingsNotSaved."""
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            current = fresh()
            write_atomically(path, encode(current))
            return cls(path, current)
        except OSError as error:
            raise SettingsDamaged(f"{path}: {error.strerror}") from error
        return cls(path, decode(raw, path))

    def watch(self, watcher: Callable[[Settings, Settings], None]) -> None:
        """Call `watcher(before, after)` on the event loop after each durable change; it must not raise."""
        self._watchers.append(watcher)

    async def change(self, edit: Callable[[Settings], Settings]) -> Settings:
        """Replace the document by `edit` of it; returns once the new one is on disk.

        What `edit` raises reaches the caller, and nothing has changed. Raises SettingsNotSaved when
        the disk refuses, and then every edit that waited with this one is refused too.
        """
        self._pending = after = edit(self._pending)
        saved: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        saved.add_done_callback(_look_at)
        self._waiting.append(saved)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write(), name="settings writer")
        await asyncio.shield(saved)  # a caller that goes away must not undo what others build on
        return after

    async def _write(self) -> None:
        try:
            while self._waiting:
                covered, self._waiting = self._waiting, []
                before, after = self.current, self._pending
                try:
                    if after != before:
                        await asyncio.to_thread(write_atomically, self.path, encode(after))
                except SettingsNotSaved as error:
                    _log.error("settings not saved: %s", error)
                    self._refuse([*covered, *self._waiting], error)
                    continue
                self.current = after
                for saved in covered:
                    if not saved.done():
                        saved.set_result(None)
                for watcher in self._watchers:
                    watcher(before, after)
        finally:
            self._writer = None

    def _refuse(self, edits: list[asyncio.Future[None]], error: SettingsNotSaved) -> None:
        self._pending = self.current
        self._waiting = []
        for saved in edits:
            if not saved.done():
                saved.set_exception(error)


def _look_at(saved: "asyncio.Future[None]") -> None:
    """Where the caller went away, nobody else asks how it ended."""
    if not saved.cancelled():
        saved.exception()


def encode(settings: Settings) -> bytes:
    """The document as it stands in the file: indented JSON."""
    return msgspec.json.format(msgspec.json.encode(settings), indent=1) + b"\n"


def decode(raw: bytes, path: Path) -> Settings:
    """The document from the file's bytes; raises SettingsDamaged with the place of the mistake."""
    try:
        settings = msgspec.json.decode(raw, type=Settings)
    except msgspec.MsgspecError as error:
        raise SettingsDamaged(f"{path}: {error}; restore a backup of the file or move it away") from error
    if settings.version != VERSION:
        raise SettingsDamaged(f"{path}: version {settings.version}, this program reads {VERSION}")
    return settings


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file by new content: after a crash it holds the old or the new, never a mixture.

    The file is readable by its owner only. Raises SettingsNotSaved.
    """
    draft = path.with_name(path.name + ".new")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise SettingsNotSaved(f"{path}: {error.strerror}") from error
