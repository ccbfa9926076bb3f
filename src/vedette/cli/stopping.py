"""Being told to stop by a signal, so that a command still takes away what it has begun."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALLED = 128  # and the signal's number: the exit status, as shells have it


class Stopping:
    """`status` is the exit status that tells which signal it was."""

    def __init__(self) -> None:
        self.status = SIGNALLED + signal.SIGINT

    def hear(self, number: int, frame: FrameType | None) -> None:
        """End as Ctrl-C does: a KeyboardInterrupt, in an event loop the end of its main task."""
        self.status = SIGNALLED + number
        interrupt = signal.getsignal(signal.SIGINT)
        if not callable(interrupt):  # a shell has what runs in its background ignore it
            raise KeyboardInterrupt
        interrupt(signal.SIGINT, frame)


@contextmanager
def stoppable() -> Iterator[Stopping]:
    """Have SIGTERM, and SIGHUP unless it is ignored, raise KeyboardInterrupt; in the main thread."""
    stopping = Stopping()
    former = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP)}
    heard = [each for each, handler in former.items() if handler is not signal.SIG_IGN]
    for each in heard:
        signal.signal(each, stopping.hear)
    try:
        yield stopping
    finally:
        for each in heard:
            signal.signal(each, former[each])
