"""Wishes for a key frame of one stream, from however many viewers, as few requests to its publisher."""

from collections.abc import Callable

from vedette.base.clock import Clock

REQUEST_INTERVAL_S = 1.0  # a key frame costs every viewer and the recording ten pictures' worth of bits

Ask = Callable[[], bool | None]  # False where nobody is there to be asked right now: then the wish waits


class KeyFrameWishes:
    """Passes wishes on at once, but at most one in REQUEST_INTERVAL_S.

    A wish within that time is not lost: the next key frame answers it, whoever that was asked for, and
    without one before the time is over the publisher is asked again. It is the passing units that tell that
    the time is over, or the publisher itself while it has none to publish.
    """

    def __init__(self, clock: Clock) -> None:
        self.is_waiting = False  # whether there is a wish that was not passed on
        self._clock = clock
        self._ask: Ask | None = None
        self._asked_at_s: float | None = None

    def pass_to(self, ask: Ask | None) -> None:
        """Whom to ask from now on, None for nobody."""
        self._ask = ask
        self._asked_at_s = None
        self.is_waiting = False

    def wish(self) -> bool:
        """Somebody wants a key frame; False where nobody can be asked for it."""
        if self._ask is None:
            return False
        self.is_waiting = True
        self.pass_on()
        return True

    def pass_on(self) -> None:
        """Pass the wish that waits on, if it is time."""
        now_s = self._clock.monotonic_s()
        if self._ask is None or (
            self._asked_at_s is not None and now_s - self._asked_at_s < REQUEST_INTERVAL_S
        ):
            return
        if self._ask() is not False:
            self._asked_at_s = now_s
            self.is_waiting = False

    def answered(self) -> None:
        """A key frame went by."""
        self.is_waiting = False
