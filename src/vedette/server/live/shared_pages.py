"""One copy of bytes for many connections: a file in memory, whose pages `sendfile` hands to each of them."""

import os
from collections.abc import Callable
from functools import partial

FILE_BYTES = 1 << 20  # a file is given up when it has grown to this; what is on its way keeps its pages
SHARED_LEAST = 32  # connections from which on the file costs less than the copies
SHARED_LEAST_BYTES = 8 << 10  # and what is smaller is copied faster

Send = Callable[[int], int]  # to a descriptor; like `os.write` it says how much the system took, or raises


class SharedPages:
    """Makes of bytes what sends them to any descriptor of a stream socket.

    Nothing that was sent is ever written over: the pages may wait in sockets for as long as their
    peers like. `close` gives the file back.
    """

    __slots__ = ("_descriptor", "_used")

    def __init__(self) -> None:
        self._descriptor = -1
        self._used = 0

    def sender(self, data: bytes, connections: int) -> Send:
        """What sends `data`, by the way that is cheapest for so many connections."""
        size = len(data)
        if connections < SHARED_LEAST:
            self.close()
        elif size >= SHARED_LEAST_BYTES and self._take_in(data):
            return partial(os.sendfile, in_fd=self._descriptor, offset=self._used - size, count=size)
        return lambda descriptor: os.write(descriptor, data)

    def close(self) -> None:
        """Give the file back; a second time changes nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _take_in(self, data: bytes) -> bool:
        """Append to the file; False where the system has none, or no room for it."""
        try:
            if self._descriptor < 0 or self._used + len(data) > FILE_BYTES:
                self.close()
                self._descriptor, self._used = os.memfd_create("vedette-live"), 0
            taken = os.pwrite(self._descriptor, data, self._used)
        except (OSError, AttributeError):  # not Linux, or what a process may have is used up
            return False
        self._used += taken
        return taken == len(data)
