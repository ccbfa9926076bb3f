"""Begins the release that the data folder names, in the place of the installed program."""

import logging
import os
import signal
import sys
import tomllib
from pathlib import Path
from types import TracebackType

import vedette
from vedette.device.firmware import environment_of
from vedette.device.firmware_releases import FOLDER, STATE_FILE, ReleaseNotKept, Releases
from vedette.server.data_folder import locked
from vedette.server.early_end import END_SIGNALS
from vedette.server.options import MARK, ServeOptions

_log = logging.getLogger(__name__)

PATH_BEFORE = "VEDETTE_PYTHONPATH"  # and what PYTHONPATH was without it


def begin_release(options: ServeOptions) -> None:
    """Put the release that is to run in the place of this process; return where there is none.

    To be called before anything else is read, since what a release understands the installed program may
    not. A release whose beginning cannot be noted is not begun. What would end the process is held back until
    the release hears it, since one that was begun and ends unheard is given up. Raises AlreadyRunning or
    StorageError.
    """
    if MARK in os.environ:
        return
    folder = _data_folder(options)
    if not (folder / FOLDER / STATE_FILE).is_file():
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, END_SIGNALS)  # what is blocked stays so across execve
    try:
        with locked(folder):
            release = Releases(folder).begin(vedette.__version__)
        if release is not None:
            _become(release)
    except ReleaseNotKept as error:
        _log.error("%s; the installed program runs", error)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, END_SIGNALS)


def _become(release: Path) -> None:
    before = dict(os.environ)
    added = {MARK: str(release), PATH_BEFORE: before.get("PYTHONPATH", "")}
    arguments = [sys.executable, *sys.orig_argv[1:]]
    os.execve(sys.executable, arguments, environment_of(release, before) | added)


def installed_environment() -> dict[str, str]:
    """The environment in which the installed program begins, whatever runs now."""
    environment = dict(os.environ)
    if environment.pop(MARK, None) is None:
        return environment
    before = environment.pop(PATH_BEFORE, "")
    environment.pop("PYTHONPATH", None)
    return environment | ({"PYTHONPATH": before} if before else {})


class Trial:
    """What this process has to say of the release in its data folder: that it came up, or did not.

    As a context it holds everything that is done between the start and the end. An error that ends a release
    before it has come up is logged and goes no further: `has_failed` then says that the installed program is
    to begin anew, which will give the release up.
    """

    def __init__(self, folder: Path) -> None:
        self.has_failed = False
        self._releases = Releases(folder)
        self._runs = os.environ.get(MARK, "")
        self._is_kept = (folder / FOLDER).is_dir()
        if self._runs and not Path(vedette.__file__).is_relative_to(self._runs):
            _log.error("%s was to run, and %s does", self._runs, vedette.__file__)
            self._is_kept = False

    @property
    def is_on(self) -> bool:
        """Whether the release that runs has yet to come up."""
        return self._is_kept and bool(self._runs) and not self._releases.state.is_proven

    def passed(self) -> None:
        """Everything listens. A disk that does not note it costs the release its next start, not this one."""
        if self._is_kept:
            try:
                self._releases.prove()
            except ReleaseNotKept as error:
                _log.error("%s", error)

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """The end, whatever it came from; being told to end is no failure. Raises ReleaseNotKept."""
        if not self.is_on:
            return False
        if not isinstance(error, Exception):
            self._releases.forgive()
            return False
        _log.error("this release does not come up: %s", error, exc_info=error)
        self.has_failed = True
        return True


def _data_folder(options: ServeOptions) -> Path:
    """The data folder by the command line or the operator's file, of which nothing else is looked at."""
    named = ""
    if options.data is None and options.config is not None:
        try:
            table = tomllib.loads(options.config.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
            table = {}  # whoever reads the file for good says what is wrong with it
        server = table.get("server")
        named = str(server.get("data") or "") if isinstance(server, dict) else ""
    return (options.data or Path(named or "data")).absolute()
