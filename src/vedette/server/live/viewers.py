"""One viewer's side of a live stream: who is keeping up, who is behind, and what each of them misses."""

import errno
import socket
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from vedette.protocols.rtp.runs import Run, bytes_of, parted
from vedette.server.live.messages import segmented
from vedette.server.live.outbox import MOST_QUEUED_BYTES, Outbox
from vedette.server.pacing import Slices

RESUME_BELOW_BYTES = 256 << 10  # a viewer that was behind starts again when this little is queued
MOST_REFUSALS = 200  # by the viewer's host, more than not refused, before it counts as gone
# The way there is interrupted, as by a cable or our own interface: a session that stays silent ends anyway.
_NO_WAY = frozenset((errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH))
_CANNOT_SEGMENT = frozenset((errno.EIO, errno.EINVAL, errno.EOPNOTSUPP, errno.EMSGSIZE))


class StreamViewer:
    """A viewer whose packets travel inside its RTSP connection.

    `channels` pairs each track number with its interleaved channel. `dropped_total` counts access
    units that it did not get because it was too slow.
    """

    def __init__(self, outbox: Outbox, channels: tuple[tuple[int, int], ...]) -> None:
        self.outbox = outbox
        self.channels = channels
        self.tracks = frozenset(track for track, _ in channels)
        self.waits_for_key = False
        self.dropped_total = 0
        self.most_queued_bytes = MOST_QUEUED_BYTES

    @property
    def is_keeping_up(self) -> bool:
        """True when the next bytes may go to the descriptor itself."""
        return not self.waits_for_key and self.outbox.fd >= 0 and not self.outbox.queued_bytes


class DatagramPort:
    """One track's pair of connected UDP sockets towards one viewer.

    While it `is_easy`, what it sends may go to `descriptor` as prepared messages.
    """

    def __init__(self, rtp: socket.socket, rtcp: socket.socket) -> None:
        self.rtp = rtp
        self.rtcp = rtcp
        self.descriptor = rtp.fileno()
        self.is_easy = True
        self.can_segment = True
        self.is_refused = False  # the viewer's host has been refusing datagrams for long
        self.on_close: Callable[[], None] | None = None  # called while the sockets are still open
        self._refusals = 0

    def send(self, runs: Sequence[Run]) -> Sequence[Run]:
        """Send datagrams; what the system's buffer has no room for is given back, to be sent later.

        A refusal by the viewer's host is only counted. It shows at the datagram after the refused one,
        hence at every second one at most.
        """
        sendmsg, taken = self.rtp.sendmsg, 0
        try:
            for run in runs:
                data, size, count = run
                if count == 1:
                    sendmsg((data,))
                elif self.can_segment:
                    sendmsg((data,), (segmented(size),))
                elif rest := self._send_each(run):
                    return (rest, *runs[taken + 1 :])
                taken += 1
        except BlockingIOError:
            return runs[taken:]
        except OSError as error:
            return self.send(runs[taken:]) if self.note(error.errno) else ()
        if self._refusals:
            self._refusals -= 1
        self.is_easy = self.can_segment and not self._refusals
        return ()

    def note(self, error: int | None) -> bool:
        """Learn from an error of the system; True when sending again may help."""
        self.is_easy = False
        if self.can_segment and error in _CANNOT_SEGMENT:
            self.can_segment = False  # this route's device cannot; datagrams one by one always work
            return True
        if error in _NO_WAY:
            return False
        self._refusals += 2
        self.is_refused = self._refusals >= MOST_REFUSALS
        return False

    def _send_each(self, run: Run) -> Run | None:
        """Send a run's datagrams one by one; what there is no room for."""
        data, size, count = run
        for number in range(count):
            try:
                self.rtp.send(data[number * size : (number + 1) * size])
            except BlockingIOError:
                return Run(data[number * size :], size, count - number)
        return None

    def close(self) -> None:
        """Close both sockets; a second time changes nothing."""
        on_close, self.on_close = self.on_close, None
        if on_close is not None:
            on_close()
        self.descriptor, self.is_easy = -1, False  # the system gives the number to another socket
        self.rtp.close()
        self.rtcp.close()


class DatagramViewer:
    """A viewer over UDP: one pair of sockets a track.

    Its first group of pictures is sent in slices (the backlog), since a burst would overrun the
    viewer's receive buffer, and so are what is large in a live unit and what the system's own buffer cannot
    hold at once. Live units queue behind it, within `most_queued_bytes`, until it has caught up.
    """

    def __init__(self, ports: dict[int, DatagramPort]) -> None:
        self.ports = ports
        self.tracks = frozenset(ports)
        self.waits_for_key = False
        self.dropped_total = 0
        self.queued_bytes = 0
        self.most_queued_bytes = MOST_QUEUED_BYTES
        self._backlog: deque[tuple[int, Sequence[Run]]] = deque()
        self._slices = Slices()

    @property
    def is_refused(self) -> bool:
        """Whether its host has been refusing datagrams for long."""
        return any(port.is_refused for port in self.ports.values())

    @property
    def has_backlog(self) -> bool:
        """Whether something waits to be sent in slices."""
        return bool(self._backlog)

    def begin(self, units: Iterable[tuple[int, Sequence[Run]]]) -> None:
        """What is to be sent first, by track; nothing of it is dropped."""
        for track, runs in units:
            self._enqueue(track, runs)
        self.most_queued_bytes = MOST_QUEUED_BYTES + self.queued_bytes
        self._slices.begin_gently()

    def offer(
        self,
        track: int,
        runs: Sequence[Run],
        taken: int,
        *,
        is_video: bool,
        opens_group: bool,
        at_once_bytes: int,
    ) -> bool:
        """Send a live unit, queue it behind the backlog, or drop it up to the next key frame.

        Of its runs the system took so many already, or refused the first with error `-taken`. `at_once_bytes`
        leave now, what is more in slices. False when the viewer's host has been refusing datagrams for long.
        """
        if taken < 0 and taken != -errno.EAGAIN:
            self.ports[track].note(-taken)
        is_begun, runs = taken > 0, runs[max(taken, 0) :]
        if not is_begun and self._misses(runs, is_video=is_video, opens_group=opens_group):
            self._drop(is_video=is_video)
            return True
        if is_video:
            self.waits_for_key = False
        if self._backlog:
            self._enqueue(track, runs)
            return True
        port = self.ports[track]
        first, later = parted(runs, at_once_bytes)
        rest = port.send(first) if first else ()
        if rest and not is_begun and bytes_of(rest) == bytes_of(first):
            self._drop(is_video=is_video)
        elif rest or later:
            self._enqueue(track, (*rest, *later))
        return not port.is_refused

    def _misses(self, runs: Sequence[Run], *, is_video: bool, opens_group: bool) -> bool:
        """Whether a live unit is not for this viewer, who is behind."""
        if is_video and self.waits_for_key:
            return not opens_group or self.queued_bytes > RESUME_BELOW_BYTES
        return self.has_backlog and self.queued_bytes + bytes_of(runs) > self.most_queued_bytes

    def _drop(self, *, is_video: bool) -> None:
        self.dropped_total += 1
        self.waits_for_key = self.waits_for_key or is_video

    def _enqueue(self, track: int, runs: Sequence[Run]) -> None:
        self._backlog.append((track, runs))
        self.queued_bytes += bytes_of(runs)

    def left(self) -> tuple[tuple[int, Sequence[Run]], ...]:
        """What of the backlog has yet to be sent."""
        return tuple(self._backlog)

    def send_backlog(self) -> bool:
        """Send the next slice of the backlog; True when nothing is left of it."""
        slices = self._slices
        slices.begin_next(self.queued_bytes)
        while self._backlog:
            track, runs = self._backlog[0]
            first, later = parted(runs, slices.due_bytes)
            rest = self.ports[track].send(first) if first else ()
            taken_bytes = bytes_of(first) - bytes_of(rest)
            self.queued_bytes -= taken_bytes
            slices.due_bytes -= taken_bytes
            if rest:
                slices.due_bytes = 0  # the system's buffer is full
            if rest or later:
                self._backlog[0] = track, (*rest, *later)
                return False
            del self._backlog[0]
        slices.end()
        return True
