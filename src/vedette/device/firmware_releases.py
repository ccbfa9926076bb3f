"""The releases in the data folder: which is to run, whether it has come up, and what to fall back on."""

import logging
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from vedette.base.errors import VedetteError
from vedette.device.firmware_archive import FirmwareInvalid, version_numbers

_log = logging.getLogger(__name__)

FOLDER = "releases"
STATE_FILE = "state.json"
WANTED_FILE = "wanted"  # the version that a client asked for last
SAVED_SETTINGS = "settings-before.json"
INCOMING = ".incoming-"  # what an upgrade that is cut off leaves behind begins so
FLUSHES_AT_ONCE = 8
_NAME = re.compile(r"([0-9.]+)-[0-9a-f]{12}")


class ReleaseNotKept(VedetteError):
    """The disk refused a release; what runs stays as it is."""


class ReleaseState(msgspec.Struct, frozen=True, kw_only=True):
    """`active` and `previous` name folders; an empty one is the installed program.

    `is_proven` says that the active release has come up once, `starts` how often it was begun before.
    """

    active: str = ""
    previous: str = ""
    is_proven: bool = True
    starts: int = 0


class Releases:
    """Owns the folder `releases` in a data folder.

    The state file is replaced atomically, and a release is complete on disk before the state names it:
    whenever a kill comes, the next start finds a program that ran before, or one that is whole.
    """

    def __init__(self, data: Path) -> None:
        self.root = data / FOLDER
        self._settings = data / "settings.json"

    @property
    def state(self) -> ReleaseState:
        """What is written; a file that cannot be read stands for the installed program."""
        try:
            return msgspec.json.decode((self.root / STATE_FILE).read_bytes(), type=ReleaseState)
        except FileNotFoundError:
            return ReleaseState()
        except (OSError, msgspec.MsgspecError) as error:
            _log.error("%s: %s; the installed program runs", self.root / STATE_FILE, error)
            return ReleaseState()

    @property
    def wanted(self) -> str:
        """The version that was asked for last; empty for none. Blocks."""
        try:
            text = (self.root / WANTED_FILE).read_text("ascii")
            version_numbers(text)
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError, FirmwareInvalid) as error:
            _log.warning("%s: %s", self.root / WANTED_FILE, error)
            return ""
        return text

    def want(self, version: str) -> None:
        """Note which version is asked for; blocks. Raises ReleaseNotKept."""
        path = self.root / WANTED_FILE
        draft = path.with_suffix(".new")
        try:
            self.root.mkdir(mode=0o700, exist_ok=True)
            draft.write_text(version, "ascii")
            _flush(draft)
            draft.replace(path)
        except OSError as error:
            raise ReleaseNotKept(f"{path}: {error.strerror}") from error

    def incoming(self) -> Path:
        """A new empty folder for a release that is being received; blocks. Raises ReleaseNotKept."""
        try:
            self.root.mkdir(mode=0o700, exist_ok=True)
            self._clear_incoming()
            made = self.root / f"{INCOMING}{os.getpid()}"
            made.mkdir(mode=0o700)
        except OSError as error:
            raise ReleaseNotKept(f"{self.root}: {error.strerror}") from error
        return made

    def adopt(self, unpacked: Path, version: str, digest: str) -> None:
        """Have an unpacked release begun at the next start; blocks. Raises ReleaseNotKept.

        `digest` is the SHA-256 of its manifest, in hexadecimal digits.
        """
        name = f"{version}-{digest[:12]}"
        state = self.state
        try:
            _flush_tree(unpacked)
            shutil.rmtree(self.root / name, ignore_errors=True)
            unpacked.rename(self.root / name)
        except OSError as error:
            raise ReleaseNotKept(f"{self.root / name}: {error.strerror}") from error
        self._write(ReleaseState(active=name, previous=state.active, is_proven=False))

    def begin(self, installed: str) -> Path | None:
        """Which release to run now; None for the installed program. Blocks; call it once a start.

        One that was begun and has not come up is given up: what ran before it runs again, with the
        settings of that time. `installed` is the version of the installed program, which goes before
        releases that are not newer. Raises ReleaseNotKept.
        """
        state = self.state
        if state.active and not state.is_proven and state.starts:
            state = self._rolled_back(state)
        if not state.active:
            return None
        folder = self.root / state.active
        if not self._is_newer(state.active, installed) or not (folder / "vedette").is_dir():
            _log.warning("release %s is not used: it is older than what is installed, or gone", state.active)
            self._write(ReleaseState())
            return None
        if not state.is_proven:
            self._save_settings()
            self._write(msgspec.structs.replace(state, starts=state.starts + 1))
        return folder

    def prove(self) -> None:
        """What runs has come up: keep it, and what it follows, and nothing else. Blocks.

        Raises ReleaseNotKept.
        """
        state = self.state
        if not state.is_proven:
            self._write(msgspec.structs.replace(state, is_proven=True, starts=0))
            _log.info("release %s has come up", state.active)
        self._prune(state)

    def forgive(self) -> None:
        """The active release was told to end before it had come up, which is no failure. Blocks."""
        state = self.state
        if not state.is_proven:
            self._write(msgspec.structs.replace(state, starts=0))

    def _rolled_back(self, state: ReleaseState) -> ReleaseState:
        _log.error(
            "release %s has not come up; back to %s", state.active, state.previous or "the installed program"
        )
        saved = self.root / SAVED_SETTINGS
        after = ReleaseState(active=state.previous)
        try:
            if saved.exists():
                shutil.copyfile(saved, draft := self._settings.with_name("settings.json.old"))
                draft.chmod(0o600)
                _flush(draft)
                draft.replace(self._settings)
        except OSError as error:
            raise ReleaseNotKept(f"{self._settings}: {error.strerror}") from error
        self._write(after)
        return after

    def _save_settings(self) -> None:
        """The first start of a release may change the form of the settings: keep those it finds."""
        try:
            if self._settings.exists():
                saved = self.root / SAVED_SETTINGS
                shutil.copyfile(self._settings, draft := saved.with_suffix(".new"))
                draft.chmod(0o600)
                _flush(draft)
                draft.replace(saved)
        except OSError as error:
            raise ReleaseNotKept(f"{self._settings}: {error.strerror}") from error

    def _is_newer(self, name: str, installed: str) -> bool:
        found = _NAME.fullmatch(name)
        try:
            return found is not None and version_numbers(found[1]) > version_numbers(installed)
        except FirmwareInvalid:
            return False

    def _write(self, state: ReleaseState) -> None:
        path = self.root / STATE_FILE
        draft = path.with_suffix(".new")
        try:
            draft.write_bytes(msgspec.json.encode(state))
            _flush(draft)
            draft.replace(path)
            _flush(self.root)
        except OSError as error:
            raise ReleaseNotKept(f"{path}: {error.strerror}") from error

    def _clear_incoming(self) -> None:
        for each in self.root.glob(f"{INCOMING}*"):
            shutil.rmtree(each, ignore_errors=True)

    def _prune(self, state: ReleaseState) -> None:
        self._clear_incoming()
        try:
            for each in self.root.iterdir():
                if each.is_dir() and each.name not in (state.active, state.previous):
                    shutil.rmtree(each, ignore_errors=True)
            (self.root / SAVED_SETTINGS).unlink(missing_ok=True)
        except OSError as error:
            raise ReleaseNotKept(f"{self.root}: {error.strerror}") from error


def _flush_tree(folder: Path) -> None:
    """Hundreds of small files reach the disk several at a time, sharing the waits."""
    with ThreadPoolExecutor(FLUSHES_AT_ONCE) as flushing:
        for _ in flushing.map(_flush, (folder, *folder.rglob("*"))):
            pass


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
