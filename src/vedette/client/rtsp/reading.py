"""When connections are read: at once where somebody watches, in turns where many or only a recorder does."""

import asyncio
import select
from collections import deque
from collections.abc import Callable

from vedette.base.clock import until_tick

READ_BYTES = 511 << 10  # one read takes all that waits, several pictures
MANY = 4  # connections from which on reading in turns saves more than it delays
TURN_S = 0.008  # a fifth of a frame at 25 per second
PATIENT_S = 0.5  # what a recorder waits at most
PATIENT_MOST_BYTES = 384 << 10  # what is never left to wait, so that no camera is held up
SLICES = 16  # of PATIENT_S at most, so that not everybody's turn is at once
TOGETHER = 8  # connections read one after another cost less than each by itself

Read = Callable[[], None]


class SharedReader:
    """Reads many cameras' connections, so that the event loop wakes once for several frames.

    A connection is read as soon as it has something, or, with at least `MANY` of them, `TURN_S` after
    the first has. A patient one is read every `PATIENT_S`, and at once when `PATIENT_MOST_BYTES` wait.
    Belongs to one event loop.
    """

    def __init__(self) -> None:
        # glibc maps large blocks one by one until one that it mapped is freed: this one, not each read's
        bytes(READ_BYTES + 4096)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._hasty = select.epoll()
        self._full = select.epoll()  # patient connections with much to read; their sockets' mark says so
        self._readers: dict[int, Read] = {}
        self._patient: dict[int, Read] = {}
        self._turns: deque[int] = deque()  # the patient ones; whose turn is next is first
        self._is_watched = False
        self._timer: asyncio.TimerHandle | None = None

    def add(self, fd: int, read: Read) -> None:
        """Call `read` whenever there is something; it reads once, and bears that there is nothing."""
        self._readers[fd] = read
        self._hasty.register(fd, select.EPOLLIN)
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self._full.fileno(), self._overflow)
        self._watch()

    def be_patient(self, fd: int, *, is_patient: bool) -> None:
        """Read a connection in the one way or the other from now on."""
        if is_patient and fd in self._readers:
            self._patient[fd] = self._readers.pop(fd)
            self._hasty.unregister(fd)
            self._full.register(fd, select.EPOLLIN)
            self._turns.append(fd)
            self._await_turn()
        elif not is_patient and fd in self._patient:
            self._readers[fd] = self._forget_patient(fd)
            self._hasty.register(fd, select.EPOLLIN)

    def remove(self, fd: int) -> None:
        """Read a connection no more; must be called before it is closed. A second time changes nothing."""
        if self._readers.pop(fd, None) is not None:
            self._hasty.unregister(fd)
        elif fd in self._patient:
            self._forget_patient(fd)

    def catch_up(self) -> None:
        """Read the patient connections now: whoever keeps what comes is about to end."""
        for fd in tuple(self._turns):
            if fd in self._patient:  # a read may end connections
                self._patient[fd]()

    def close(self) -> None:
        """Give the descriptors back."""
        if self._loop is not None:
            self._loop.remove_reader(self._full.fileno())
            if self._is_watched:
                self._loop.remove_reader(self._hasty.fileno())
        if self._timer is not None:
            self._timer.cancel()
        self._is_watched = False
        self._hasty.close()
        self._full.close()

    def _forget_patient(self, fd: int) -> Read:
        self._full.unregister(fd)
        self._turns.remove(fd)
        return self._patient.pop(fd)

    def _watch(self) -> None:
        if not self._is_watched and self._loop is not None:
            self._is_watched = True
            self._loop.add_reader(self._hasty.fileno(), self._something)

    def _something(self) -> None:
        if len(self._readers) < MANY or self._loop is None:
            self._read_ready(self._hasty, self._readers)
            return
        self._is_watched = False
        self._loop.remove_reader(self._hasty.fileno())
        self._loop.call_later(TURN_S, self._waited)

    def _waited(self) -> None:
        if self._hasty.closed:
            return
        try:
            self._read_ready(self._hasty, self._readers)
        finally:  # a defect in what one connection brings must not end the reading of the others
            self._watch()

    def _overflow(self) -> None:
        self._read_ready(self._full, self._patient)

    def _read_ready(self, ready: select.epoll, readers: dict[int, Read]) -> None:
        for fd, _ in ready.poll(0):
            read = readers.get(fd)
            if read is not None:
                read()

    def _await_turn(self) -> None:
        if self._timer is None and self._turns and self._loop is not None:
            wait_s = until_tick(PATIENT_S / self._slices)
            self._timer = self._loop.call_later(wait_s, self._turn)

    @property
    def _slices(self) -> int:
        return min(SLICES, len(self._turns) // TOGETHER) or 1

    def _turn(self) -> None:
        self._timer = None
        try:
            for _ in range(-(-len(self._turns) // self._slices)):
                if not self._turns:  # a read may end connections
                    break
                fd = self._turns[0]
                self._turns.rotate(-1)
                self._patient[fd]()
        finally:
            self._await_turn()
