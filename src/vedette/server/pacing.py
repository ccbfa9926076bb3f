"""How fast datagrams leave for a viewer over UDP: as players expect it, whose receive buffers are small.

Cameras are held back by their own links, of 100 Mbit/s mostly. What a server has at hand, as a large key
frame, is lost in part where it leaves in one go: Linux keeps some 260 kB of packets for a player, and 130 for
one that does not ask for more.
"""

LINK_BYTES_PER_S = 12_500_000.0  # 100 Mbit/s
AT_ONCE_BYTES = 64 << 10  # what any receive buffer holds, with what comes next
SLICE_S = 0.01
SLICE_BYTES = 48 << 10  # sent in each slice, …
BYTES_PER_S = SLICE_BYTES / SLICE_S
SLICES_MOST = 8  # … or this part of what waits where that is more, …
LARGEST_SLICE_BYTES = int(LINK_BYTES_PER_S * SLICE_S)  # … up to this
FIRST_SLICE_BYTES = 12 << 10  # for who has just come: a player that makes its decoder may read nothing; …
MORE_SLICE_BYTES = 256  # … so much more in each slice than in the one before


def _usual_slice_bytes(waiting_bytes: int) -> int:
    return max(SLICE_BYTES, waiting_bytes // SLICES_MOST)


def steady_bytes_per_s(waiting_bytes: int) -> float:
    """How fast leaves what is due together, at any rate of it: in so many slices, or at the usual pace."""
    return _usual_slice_bytes(waiting_bytes) / SLICE_S


class Slices:
    """How much of what waits for one live viewer leaves in each slice of time."""

    def __init__(self) -> None:
        self.due_bytes = 0
        self._most_bytes = LARGEST_SLICE_BYTES

    def begin_gently(self) -> None:
        """A viewer has just come: the next slice is what leaves at once, those behind it are small first."""
        self._most_bytes = FIRST_SLICE_BYTES
        self.due_bytes = AT_ONCE_BYTES - FIRST_SLICE_BYTES

    def begin_next(self, waiting_bytes: int) -> None:
        """Let another slice leave, when so much waits; what the last one did not use is added."""
        self.due_bytes += min(self._most_bytes, _usual_slice_bytes(waiting_bytes))
        self._most_bytes = min(self._most_bytes + MORE_SLICE_BYTES, LARGEST_SLICE_BYTES)

    def end(self) -> None:
        """Nothing waits any more."""
        self.due_bytes = 0
        self._most_bytes = LARGEST_SLICE_BYTES


class Pace:
    """How much of what is at hand may leave now: some at once, then as fast as told."""

    def __init__(self) -> None:
        self._ahead_bytes = 0.0  # of what would have left at a steady pace
        self._at_s = 0.0

    def room(self, bytes_per_s: float, now_s: float) -> float:
        """How many bytes may leave now, at most `AT_ONCE_BYTES`."""
        passed_s, self._at_s = now_s - self._at_s, now_s
        self._ahead_bytes = max(0.0, self._ahead_bytes - passed_s * bytes_per_s)
        return AT_ONCE_BYTES - self._ahead_bytes

    def wait_s(self, size: int, bytes_per_s: float, now_s: float) -> float:
        """How long so many bytes, at most `AT_ONCE_BYTES`, have to wait; 0 when they may leave now."""
        return max(0.0, (size - self.room(bytes_per_s, now_s)) / bytes_per_s)

    def left(self, size: float) -> None:
        """So many bytes have left."""
        self._ahead_bytes += size
