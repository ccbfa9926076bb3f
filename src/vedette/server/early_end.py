"""Being told to end before there is an event loop to hear it: an end as clean as any later one."""

import os
import signal
from types import FrameType, TracebackType
from typing import Self

END_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def heard_signals() -> tuple[signal.Signals, ...]:
    """Those that end the server: not SIGHUP where it is ignored from outside, as `nohup` has it."""
    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return tuple(each for each in END_SIGNALS if each is not signal.SIGHUP or not ignored)


class EarlyEnd:
    """Hears what ends the server from the first moment on; a context of the main thread.

    While nothing is open, being told ends the process at once with status 0. From `note` on it is only
    noted in `told`, for whoever can close what is open. The second time ends at once with status 1.
    Signals that were held back across `execve` are heard when the context begins.
    """

    def __init__(self, *, is_noting: bool) -> None:
        self.told: signal.Signals | None = None
        self._is_noting = is_noting
        self._before = {each: signal.getsignal(each) for each in heard_signals()}

    def note(self) -> None:
        """Something is open from now on."""
        self._is_noting = True

    def __enter__(self) -> Self:
        for each in self._before:
            signal.signal(each, self._hear)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, END_SIGNALS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if not self._is_noting:
            os._exit(0)
        if self.told is not None and number != signal.SIGHUP:  # a closed terminal sends it twice
            os._exit(1)
        self.told = self.told or signal.Signals(number)
