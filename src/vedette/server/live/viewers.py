"""One viewer's side of a live stream: who is keeping up, who is behind, and what each of them misses."""

import errno
import socket
from collections.abc import Callable, Sequence

from vedette.protocols.rtp.batch import Run
from vedette.server.live.messages import segmented
from vedette.server.live.outbox import MOST_QUEUED_BYTES, Outbox

RESUME_BELOW_BYTES = 256 << 10  # a viewer that was behind starts again when this little is queued
MOST_REFUSALS = 200  # by the viewer's host, more than not refused, before it counts as gone
CATCH_UP_BYTES = 48 << 10  # to one UDP viewer in one slice; its receive buffer must hold it
CATCH_UP_SLICE_S = 0.01
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

    def send(self, runs: Sequence[Run]) -> None:
        """Send datagrams; raises BlockingIOError when the system's buffer is full.

        A refusal by the viewer's host is only counted. It shows at the datagram after the refused one,
        hence at every second one at most.
        """
        sendmsg, taken = self.rtp.sendmsg, 0
        try:
            for data, size, count in runs:
                if count == 1:
                    sendmsg((data,))
                elif self.can_segment:
                    sendmsg((data,), (segmented(size),))
                else:
                    self._send_each(data, size)
                taken += 1
        except BlockingIOError:
            raise
        except OSError as error:
            if self.note(error.errno):
                self.send(runs[taken:])
        else:
            if self._refusals:
                self._refusals -= 1
            self.is_easy = self.can_segment and not self._refusals

    def note(self, error: int | None) -> bool:
        """Learn from an error of the system; True when sending again may help."""
        self.is_easy = False
        if self.can_segment and error in _CANNOT_SEGMENT:
            self.can_segment = False  # this route's device cannot; datagrams one by one always work
            return True
        self._refusals += 2
        self.is_refused = self._refusals >= MOST_REFUSALS
        return False

    def _send_each(self, data: bytes, size: int) -> None:
        for start in range(0, len(data), size):
            self.rtp.send(data[start : start + size])

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

    Its first group of pictures is sent in slices (`backlog`), since a burst would overrun the
    viewer's receive buffer; live units queue behind it until it has caught up.
    """

    def __init__(self, ports: dict[int, DatagramPort]) -> None:
        self.ports = ports
        self.tracks = frozenset(ports)
        self.waits_for_key = False
        self.dropped_total = 0
        self.backlog: list[tuple[int, Sequence[Run]]] = []
        self._sent_of_backlog = 0

    def offer(self, track: int, runs: Sequence[Run], *, is_video: bool, opens_group: bool) -> bool:
        """Send a live unit, queue it behind the backlog, or drop it up to the next key frame.

        False when its host has been refusing datagrams for long.
        """
        if self.backlog:
            self.backlog.append((track, runs))
            return True
        if is_video and self.waits_for_key:
            if not opens_group:
                self.dropped_total += 1
                return True
            self.waits_for_key = False
        port = self.ports[track]
        try:
            port.send(runs)
        except BlockingIOError:
            self.dropped_total += 1
            self.waits_for_key = self.waits_for_key or is_video
        return not port.is_refused

    def offer_rest(
        self, track: int, runs: Sequence[Run], taken: int, *, is_video: bool, opens_group: bool
    ) -> bool:
        """As `offer`, of runs of which the system took so many, or refused the first with error `-taken`."""
        if taken < 0 and taken != -errno.EAGAIN:
            self.ports[track].note(-taken)
        return self.offer(track, runs[max(taken, 0) :], is_video=is_video, opens_group=opens_group)

    def left(self) -> list[tuple[int, Sequence[Run]]]:
        """What of the backlog has yet to be sent."""
        return self.backlog[self._sent_of_backlog :]

    def send_backlog(self) -> bool:
        """Send the next slice of the backlog; True when nothing is left of it."""
        sent_bytes = 0
        while self._sent_of_backlog < len(self.backlog) and sent_bytes < CATCH_UP_BYTES:
            track, runs = self.backlog[self._sent_of_backlog]
            try:
                self.ports[track].send(runs)
            except BlockingIOError:
                return False
            self._sent_of_backlog += 1
            sent_bytes += sum(len(run.data) for run in runs)
        if self._sent_of_backlog < len(self.backlog):
            return False
        self.backlog = []
        self._sent_of_backlog = 0
        return True
