"""Keeps the settings document: one file, replaced atomically, durable before anybody is told of success."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from vedette.base.errors import VedetteError
from vedette.device.settings.document import VERSION, Settings

_log = logging.getLogger(__name__)


FORMER = ".before"  # what the file's name ends with as the program before an upgrade left it


class SettingsDamaged(VedetteError):
    """The settings file cannot be read, or another program wrote it; nothing was changed."""


class SettingsNotSaved(VedetteError):
    """The disk refused the settings; they stay as they were."""


class SettingsNotUnderstood(VedetteError):
    """A newer program wrote the settings, or somebody wrote into them what no program knows."""


class _Form(msgspec.Struct, frozen=True):
    version: int = 1


class SettingsStore:
    """The one owner of the settings. Edits apply in order; those that wait together share one write.

    A file of another form than this program writes is kept beside it (FORMER) before it is replaced, so that
    the program that wrote it can be gone back to.
    """

    def __init__(self, path: Path, current: Settings, former: bytes | None = None) -> None:
        self.path = path
        self.current = current
        self._former = former  # the file in the form of another program, until it is kept
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
        current = decode(raw, path)
        return cls(path, current, raw if _plain(current) != msgspec.json.decode(raw) else None)

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
            self._begin_writing()
        await asyncio.shield(saved)  # a caller that goes away must not undo what others build on
        return after

    def forget_former(self) -> None:
        """Leave nothing of what stood in the file before an upgrade; blocks. Raises SettingsNotSaved."""
        self._former = None
        path = self.path.with_name(self.path.name + FORMER)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise SettingsNotSaved(f"{path}: {error.strerror}") from error

    async def _write(self) -> None:
        try:
            while self._waiting:
                covered, self._waiting = self._waiting, []
                before, after = self.current, self._pending
                try:
                    if after != before:
                        await asyncio.to_thread(self._replace, encode(after))
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
            if self._waiting:  # a watcher has failed: that is not to hold up who is not concerned
                self._begin_writing()

    def _begin_writing(self) -> None:
        self._writer = asyncio.create_task(self._write(), name="settings writer")

    def _replace(self, content: bytes) -> None:
        if self._former is not None:
            write_atomically(self.path.with_name(self.path.name + FORMER), self._former)
            self._former = None
        write_atomically(self.path, content)

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
        return understood(raw)
    except (msgspec.MsgspecError, SettingsNotUnderstood) as error:
        raise SettingsDamaged(
            f"{path}: {error}; if a newer program wrote it, run that one, or put {path.name}{FORMER} in its"
            " place; else restore a backup of the file, or move it away to begin anew"
        ) from error


def understood(raw: bytes) -> Settings:
    """The document in its present form, from JSON of this or an earlier one.

    Whatever stands there and is not known is refused: the next change would lose it. Raises msgspec's errors,
    or SettingsNotUnderstood.
    """
    version = msgspec.json.decode(raw, type=_Form).version
    if not 1 <= version <= VERSION:
        raise SettingsNotUnderstood(f"version {version}, this program reads up to {VERSION}")
    settings = msgspec.structs.replace(msgspec.json.decode(raw, type=Settings), version=VERSION)
    unknown = next(_beyond(msgspec.json.decode(raw), _plain(settings)), None)
    if unknown is not None:
        raise SettingsNotUnderstood(f"this program does not know `{unknown}`")
    return settings


def _plain(settings: Settings) -> Any:
    return msgspec.json.decode(msgspec.json.encode(settings))


def _beyond(found: Any, known: Any, place: str = "$") -> Iterator[str]:
    """The places in one JSON value that another lacks."""
    if isinstance(found, dict) and isinstance(known, dict):
        for name, value in found.items():
            inside = f"{place}.{name}"
            if name in known:
                yield from _beyond(value, known[name], inside)
            else:
                yield inside
    elif isinstance(found, list) and isinstance(known, list):
        for number, (value, other) in enumerate(zip(found, known, strict=False)):
            yield from _beyond(value, other, f"{place}[{number}]")


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
