"""When connections are read: at once where somebody watches, in turns where many or only a recorder does."""

import asyncio
import select
from collections import deque
from collections.abc import Callable
from itertools import count

from vedette.base.clock import until_tick

READ_BYTES = 511 << 10  # one read takes all that waits, several pictures
MANY = 4  # connections from which on reading in turns saves more than it delays
TURN_S = 0.008  # a fifth of a frame at 25 per second
PATIENT_S = 0.5  # what a recorder waits at most
PATIENT_MOST_BYTES = 384 << 10  # what is never left to wait, so that no camera is held up
SLICES = 16  # of PATIENT_S at most, so that not everybody's turn is at once
TOGETHER = 8  # connections read one after another cost less than each by itself
_APART = (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15)  # the slices as they are given out

Read = Callable[[], None]


class SharedReader:
    """Reads many cameras' connections, so that the event loop wakes once for several frames.

    A connection is read as soon as it has something, or, where they are at least `MANY`, `TURN_S` after
    the first of them has. A patient one is read every `PATIENT_S`, and at once when `PATIENT_MOST_BYTES`
    wait. Belongs to one event loop.
    """

    def __init__(self) -> None:
        # glibc maps large blocks one by one until one that it mapped is freed: this one, not each read's
        bytes(READ_BYTES + 4096)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._many = select.epoll()  # those of `_readers` while they are at least `MANY`
        self._full = select.epoll()  # patient connections with much to read; their sockets' mark says so
        self._readers: dict[int, Read] = {}
        self._patient: dict[int, Read] = {}
        self._turns: deque[int] = deque()  # the patient ones; whose turn is next is first
        self._is_watched = False  # `_many`, by the loop
        self._timer: asyncio.TimerHandle | None = None
        self._places = count()

    def next_phase_s(self) -> float:
        """How far into each `PATIENT_S` one more connection is to do what it does as often.

        That may be much, and while one does it none is read: the first `TOGETHER` of them are to do it at
        the same instant, as many more at another.
        """
        return _APART[next(self._places) // TOGETHER % SLICES] * PATIENT_S / SLICES

    def add(self, fd: int, read: Read) -> None:
        """Call `read` whenever there is something; it reads once, and bears that there is nothing."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self._full.fileno(), self._overflow)
        self._attend(fd, read, self._loop)

    def be_patient(self, fd: int, *, is_patient: bool) -> None:
        """Read a connection in the one way or the other from now on."""
        if self._loop is None:
            return
        if is_patient and fd in self._readers:
            self._patient[fd] = self._neglect(fd, self._loop)
            self._full.register(fd, select.EPOLLIN)
            self._turns.append(fd)
            self._await_turn()
        elif not is_patient and fd in self._patient:
            self._attend(fd, self._forget_patient(fd), self._loop)

    def remove(self, fd: int) -> None:
        """Read a connection no more; must be called before it is closed. A second time changes nothing."""
        if fd in self._readers and self._loop is not None:
            self._neglect(fd, self._loop)
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
            for fd in tuple(self._readers):
                self._neglect(fd, self._loop)
        if self._timer is not None:
            self._timer.cancel()
        self._many.close()
        self._full.close()

    def _attend(self, fd: int, read: Read, loop: asyncio.AbstractEventLoop) -> None:
        """Read a connection as it comes: few by the loop itself, which costs the least for each."""
        self._readers[fd] = read
        if len(self._readers) < MANY:
            loop.add_reader(fd, read)
        elif len(self._readers) > MANY:
            self._many.register(fd, select.EPOLLIN)
        else:
            for each in self._readers:
                loop.remove_reader(each)
                self._many.register(each, select.EPOLLIN)
            self._watch(loop)

    def _neglect(self, fd: int, loop: asyncio.AbstractEventLoop) -> Read:
        """Undo `_attend`."""
        read = self._readers.pop(fd)
        if len(self._readers) < MANY - 1:
            loop.remove_reader(fd)
            return read
        self._many.unregister(fd)
        if len(self._readers) < MANY:
            self._is_watched = False
            loop.remove_reader(self._many.fileno())
            for each, its_read in self._readers.items():
                self._many.unregister(each)
                loop.add_reader(each, its_read)
        return read

    def _forget_patient(self, fd: int) -> Read:
        self._full.unregister(fd)
        self._turns.remove(fd)
        return self._patient.pop(fd)

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        if len(self._readers) >= MANY and not self._is_watched:
            self._is_watched = True
            loop.add_reader(self._many.fileno(), self._something, loop)

    def _something(self, loop: asyncio.AbstractEventLoop) -> None:
        self._is_watched = False
        loop.remove_reader(self._many.fileno())
        loop.call_later(TURN_S, self._waited, loop)

    def _waited(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._many.closed:
            return
        try:
            self._read_ready(self._many, self._readers)
        finally:  # a defect in what one connection brings must not end the reading of the others
            self._watch(loop)

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
