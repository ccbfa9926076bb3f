"""How this process treats the machine's memory and files, and how it ends when it is told to."""

import asyncio
import ctypes
import gc
import logging
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from vedette.server.early_end import EarlyEnd, heard_signals
from vedette.server.releases import installed_environment

_log = logging.getLogger(__name__)

SHUTDOWN_S = 3.0
LAST_WORDS_S = 0.2  # of it, for telling what was left undone, and as much for the process to go
_PR_SET_THP_DISABLE = 41  # linux/prctl.h
_MADV_COLLAPSE = 25  # asm-generic/mman-common.h
_HUGE_BYTES = 2 << 20
_MAPS = Path("/proc/self/maps")
_M_ARENA_MAX = -8  # malloc.h of glibc
ARENAS_MOST = 2


def spare_memory() -> None:
    """Keep the memory of a process of many threads small; elsewhere than on Linux with glibc, do nothing.

    Encoders ask for huge pages and leave most of each unused (4 MB of a 1080p encoder's 24), and every
    thread that allocates while others do would get an arena of its own, which then stays.
    """
    mallopt = _of_libc("mallopt")
    if mallopt is not None:
        _allow_huge_pages(is_allowed=False)
        mallopt(_M_ARENA_MAX, ARENAS_MOST)


def allow_files() -> None:
    """Let this process have as many files open as the system grants it.

    What a shell starts may open 1,024 by default, for the sake of programs that know no more.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def connections_room() -> int:
    """How many connections may be open so that a quarter of the files is left for cameras and recordings."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else max(1, soft * 3 // 4)


def give_memory_back() -> None:
    """Let the system have what was freed and is kept for later; takes some milliseconds.

    Decoding a few large pictures leaves tens of megabytes behind. Elsewhere than with glibc, do nothing.
    """
    trim = _of_libc("malloc_trim")
    if trim is not None:
        trim(0)


def _of_libc(name: str) -> Callable[..., int] | None:
    try:
        function: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):
        return None
    return function


def calm_collector() -> None:
    """Once everything is made: let the collector of cycles look at new objects only, and seldom.

    The declarations and tables made at the start live as long as the process, and packets make no
    cycles; at the usual thresholds looking for them took a tenth of the time of recording 64 cameras.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 50)


def lay_memory_together() -> None:
    """Move what the process holds by now into huge pages; takes some tens of milliseconds.

    A process that wakes 25 times a second finds nothing in the caches, page tables included: with fewer of
    them, what one camera and its viewer cost is 3 % less. What is fully used already stays the size it is.
    Linux before 6.1 has no such call, and elsewhere than on Linux nothing is done.
    """
    madvise = _of_libc("madvise")
    if madvise is None or not _MAPS.exists():
        return
    _allow_huge_pages(is_allowed=True)
    for line in _MAPS.read_text("ascii", "replace").splitlines():
        place, rights, _, _, _, *name = line.split()
        if rights == "rw-p" and (not name or name == ["[heap]"]):
            begin, end = (int(each, 16) for each in place.split("-"))
            for address in range(-(-begin // _HUGE_BYTES) * _HUGE_BYTES, end - _HUGE_BYTES + 1, _HUGE_BYTES):
                madvise(ctypes.c_void_p(address), ctypes.c_size_t(_HUGE_BYTES), _MADV_COLLAPSE)
    _allow_huge_pages(is_allowed=False)


def _allow_huge_pages(*, is_allowed: bool) -> None:
    prctl = _of_libc("prctl")
    if prctl is not None:
        prctl(_PR_SET_THP_DISABLE, 0 if is_allowed else 1, 0, 0, 0)


def begin_anew() -> NoReturn:
    """Put a new process of the same command line in the place of this one, under the same number.

    It is the installed program that begins, and then looks for a release. Everything must have been
    closed before; buffered output is written.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], installed_environment())


class StopSignal:
    """Hears SIGTERM, SIGINT and SIGHUP on an event loop: the first asks for an end, the second forces it.

    SIGHUP forces nothing, since a terminal that is closed sends it twice; where it is ignored it stays so.
    An end that is not done within SHUTDOWN_S is forced too, whatever hangs: the loop, or a thread after it.
    `last_words` are called, in a thread and in order, before the process is ended by force; one that hangs,
    since it needs the same disk, is left behind with the rest. `is_told` says whether a signal has come.
    """

    def __init__(self, *last_words: Callable[[], None]) -> None:
        self.is_told = False
        self.last_words = [*last_words]
        self._asked = asyncio.Event()
        limit_s = max(0.0, SHUTDOWN_S - 2 * LAST_WORDS_S)
        self._deadline = threading.Timer(limit_s, self._force, ("not everything ended in time",))
        self._deadline.daemon = True
        self._loop = asyncio.get_running_loop()

    def listen(self, early: EarlyEnd) -> None:
        """Hear signals from now on, and the one that came before."""
        for number in heard_signals():
            self._loop.add_signal_handler(number, self._hear, number)
        if early.told is not None:
            self._hear(early.told)

    async def wait(self) -> None:
        """Return when the end is asked for."""
        await self._asked.wait()

    def ask(self, why: str) -> None:
        """Ask for the end from within; asking once more changes nothing."""
        if not self._asked.is_set():
            _log.info("%s: ending", why)
            self._asked.set()
            self._deadline.start()

    def _hear(self, number: signal.Signals) -> None:
        if self.is_told and number is not signal.SIGHUP:
            self._force(f"told twice to end ({number.name})")
        self.is_told = True
        self.ask(number.name)

    def _force(self, why: str) -> None:
        telling = threading.Thread(target=self._tell, args=(why,), name="last words", daemon=True)
        telling.start()
        telling.join(LAST_WORDS_S)
        os._exit(1)

    def _tell(self, why: str) -> None:
        left = sorted(task.get_name() for task in asyncio.all_tasks(self._loop))
        _log.error("%s; still running: %s", why, ", ".join(left) or "threads")
        for tell in self.last_words:
            tell()
        logging.shutdown()
