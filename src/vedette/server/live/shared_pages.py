"""One copy of bytes for many connections: a file in memory, whose pages `sendfile` hands to each of them."""

import os
from collections.abc import Iterator, Sequence
from itertools import repeat

FILE_BYTES = 1 << 20  # a file is given up when it has grown to this; what is on its way keeps its pages
SHARED_LEAST = 32  # connections from which on the file costs less than the copies
SHARED_LEAST_BYTES = 8 << 10  # and what is smaller is copied faster


class SharedPages:
    """Sends the same bytes to descriptors of stream sockets.

    Nothing that was sent is ever written over: the pages may wait in sockets for as long as their
    peers like. `close` gives the file back. `shared_least` connections and more share one copy.
    """

    __slots__ = ("_descriptor", "_shared_least", "_used")

    def __init__(self, shared_least: int = SHARED_LEAST) -> None:
        self._shared_least = shared_least
        self._descriptor = -1
        self._used = 0

    def send(self, data: bytes, descriptors: Sequence[int]) -> list[int]:
        """Send all of `data` to each: how much of it the system took, 0 where it reported an error."""
        taken: list[int] = []
        sends = self._sends(data, descriptors)
        while len(taken) < len(descriptors):
            try:
                taken += sends  # as far as the first error; what is already in the list stays there
            except OSError:
                taken.append(0)
        return taken

    def close(self) -> None:
        """Give the file back; a second time changes nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _sends(self, data: bytes, descriptors: Sequence[int]) -> Iterator[int]:
        """Send to the next descriptor whenever another result is asked for: without a step of the
        interpreter for each, of which a crowd takes more than all else."""
        size = len(data)
        if len(descriptors) < self._shared_least:
            self.close()
        elif size >= SHARED_LEAST_BYTES and self._take_in(data):
            begin = self._used - size
            return map(os.sendfile, descriptors, repeat(self._descriptor), repeat(begin), repeat(size))
        return map(os.write, descriptors, repeat(data))

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
