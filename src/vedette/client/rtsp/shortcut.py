"""The short way of ordinary pictures: forwarded as they come, taken apart twice a second."""

from collections.abc import Callable

from vedette.client.rtsp.tracks import TrackReceiver
from vedette.media.hub import Forwarder, Stream
from vedette.protocols.rtp.forwarding import Forwarding

KEPT_BACK_MOST_BYTES = 4 << 20
BEGUN_MOST_BYTES = 128 << 10  # of a picture, which is looked through anew with each piece of it that comes
WORTH_IT = 3  # pictures: where all else comes sooner the way is opened less and less often, …
IN_VAIN_MOST = 7  # … at last once in so many chunks as two to the power of this

Deliver = Callable[[bytes], None]


class Shortcut:
    """Stands between a connection and those who take apart what comes on it.

    While viewers are the only ones who wait for pictures, and they can be sent what the camera sent, each
    ordinary one is forwarded as soon as it is whole, and kept back. All else closes that way: what was kept
    back is delivered first, in one go, so that units are the same as without, only later. `bring` does so
    too, and is to be called twice a second, and `open` after it.

    `deliver` takes a chunk of the connection, and publishes what it completes. `is_settled` says whether all
    that comes will be published as it is.
    """

    def __init__(self, stream: Stream, deliver: Deliver, is_settled: Callable[[], bool]) -> None:
        self._stream = stream
        self._deliver = deliver
        self._is_settled = is_settled
        self._receiver: TrackReceiver | None = None
        self._channel = 0
        self._forwarder: Forwarder | None = None  # while the way is open
        self._forwarding: Forwarding | None = None
        self._track = 0
        self._kept_back: list[bytes] = []  # forwarded
        self._kept_bytes = 0
        self._begun = b""  # a picture that is not whole
        self._forwarded = 0  # pictures, since the way was opened
        self._in_vain = 0  # times in a row that it was not worth it
        self._closed_for = 0  # chunks

    def follow(self, receiver: TrackReceiver, channel: int) -> None:
        """Pictures come on this channel, and no other media on any."""
        self._receiver = receiver
        self._channel = channel
        self._track = receiver.track.number

    def receive(self, data: bytes) -> None:
        """Take a chunk of the connection; empty says that the camera closed it."""
        forwarder, forwarding = self._forwarder, self._forwarding
        if forwarder is None or forwarding is None:
            self._deliver(data)
            self._reopen()
            return
        if self._begun and data:
            data, self._begun = self._begun + data, b""
        at, end = 0, len(data)
        while at < end and (batch := forwarding.next(data, at)) is not None:
            start, at = at, forwarding.after
            self._kept_back.append(data[start:at])
            self._kept_bytes += at - start
            self._forwarded += 1
            forwarder.forward(self._track, batch)
            if self._forwarder is None:  # what that led to has closed the way
                break
        if self._forwarder is None:
            if at < end:
                self._deliver(data[at:])
        elif at < end and forwarding.is_ordinary and end - at <= BEGUN_MOST_BYTES:
            self._begun = data[at:]
        elif at < end or not data:
            self._close()
            self._deliver(data[at:])
            self._reopen()
        if self._kept_bytes > KEPT_BACK_MOST_BYTES:
            self.bring()

    def open(self) -> None:
        """Go the short way from here on, if it can be gone; it has to be closed."""
        if self._receiver is None or not self._is_settled():
            return
        forwarder = self._stream.forwarder
        numbering = None if forwarder is None else forwarder.numbering(self._track)
        if numbering is None:
            return
        self._forwarding = self._receiver.forwarding(self._channel, numbering)
        self._forwarder = None if self._forwarding is None else forwarder

    def bring(self) -> None:
        """Deliver what was kept back; the way is closed until the next chunk has gone the other one."""
        forwarder, self._forwarder = self._forwarder, None
        if forwarder is None:
            return
        kept_back, self._kept_back = self._kept_back, []
        begun, self._begun = self._begun, b""
        self._kept_bytes = 0
        if kept_back:
            forwarder.settle(lambda: self._deliver(b"".join(kept_back)))
        if begun:
            self._deliver(begun)

    def _close(self) -> None:
        """Something else than ordinary pictures has come."""
        self._in_vain = 0 if self._forwarded >= WORTH_IT else min(self._in_vain + 1, IN_VAIN_MOST)
        self._closed_for = (1 << self._in_vain) - 1
        self._forwarded = 0
        self.bring()

    def _reopen(self) -> None:
        if self._closed_for:
            self._closed_for -= 1
        else:
            self.open()
