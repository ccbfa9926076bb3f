"""Keeping time: when the next frame is due, and which UTC instant a media time is."""

from typing import NamedTuple

from vedette.base.clock import Clock


class Due(NamedTuple):
    """The frame that is due next."""

    frame: int
    wait_s: float  # 0 when it is due already


class FramePacer:
    """Frame numbers by monotonic deadlines: each is due a whole number of periods after the start, so
    nothing drifts. `first` is due at `start_s`."""

    def __init__(self, fps: int, start_s: float, first: int = 0) -> None:
        if fps < 1:
            raise ValueError(f"a frame rate of {fps}")
        self._fps = fps
        self._start_s = start_s - first / fps
        self._next = first

    def due_s(self, frame: int) -> float:
        """The monotonic time at which a frame is due."""
        return self._start_s + frame / self._fps

    def next_due(self, now_s: float) -> Due:
        """The next frame after the one given before.

        One that is more than a period late is passed over, together with all before the latest that
        is due: a source that cannot keep up shows fewer frames instead of old ones.
        """
        frame = self._next
        late = (now_s - self._start_s) * self._fps - frame
        if late >= 1.0:
            frame += int(late)
        self._next = frame + 1
        return Due(frame, max(0.0, self.due_s(frame) - now_s))


class UtcAnchor:
    """The UTC instants of media times, following a civil clock that may be slewed or set.

    The instants run with the media time; a difference to the civil clock is worked off by at most
    1/64 of the time passed, which keeps them increasing. A difference of more than `JUMP_US` is a
    clock that was set: the anchor moves at once and says so.
    """

    JUMP_US = 500_000

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._media_us = 0
        self._utc_us: int | None = None

    def utc_us(self, media_us: int, late_s: float = 0.0) -> tuple[int, bool]:
        """The instant of a media time that is being produced now, `late_s` after it was due; and whether
        time jumped. Media times come in increasing order."""
        civil_us = self._clock.utc_us() - round(late_s * 1_000_000)
        if self._utc_us is None:
            self._media_us, self._utc_us = media_us, civil_us
            return civil_us, False
        passed_us = media_us - self._media_us
        expected_us = self._utc_us + passed_us
        difference_us = civil_us - expected_us
        self._media_us = media_us
        if abs(difference_us) > self.JUMP_US:
            self._utc_us = civil_us
            return civil_us, True
        most_us = passed_us // 64
        self._utc_us = expected_us + max(-most_us, min(most_us, difference_us))
        return self._utc_us, False
