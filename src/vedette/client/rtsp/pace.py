"""How long a camera may show nothing before it is connected to anew."""

SILENCE_S = 10.0  # without a picture, or anything where there is no video: the camera is gone or hangs
MOST_S = 120.0  # twice as far apart as the pictures of the slowest time lapse that is waited for
UNSEEN_MOST_S = 60.0  # for one that answers and has shown nothing
TIMES = 2  # the distance of its pictures


class Pace:
    """Follows how far apart a camera's pictures are; it outlives a connection, where they are so far apart.

    A camera that shows one now and then (a time lapse, at motion alone) may be silent for twice as long as it
    was between two of them, until they have come much more often for as long. A connection that shows none
    at all is followed by one of twice the patience. All times are monotonic seconds.
    """

    def __init__(self) -> None:
        self.patience_s = SILENCE_S
        self._since_s = 0.0  # the silence, in this connection
        self._latest_s: float | None = None  # picture, also of a former connection
        self._slow_s = 0.0  # when a silence that counts ended
        self._has_seen = False  # a picture in this connection

    def begin(self, now_s: float) -> None:
        """A connection plays."""
        self._since_s = now_s
        self._has_seen = False

    def see(self, now_s: float) -> None:
        """There is a picture."""
        if self._latest_s is not None:
            due_s = TIMES * (now_s - self._latest_s)
            if due_s > self.patience_s / 2:
                self.patience_s = min(max(self.patience_s, due_s), MOST_S)
                self._slow_s = now_s
            elif now_s - self._slow_s > self.patience_s:
                self.patience_s = max(SILENCE_S, due_s)
        self._since_s = self._latest_s = now_s
        self._has_seen = True

    def is_silent(self, now_s: float) -> bool:
        """Whether the camera has shown nothing for too long."""
        return now_s - self._since_s > self.patience_s

    def give_up(self) -> None:
        """It was silent: another connection is made for no other reason."""
        if not self._has_seen:
            self.patience_s = max(self.patience_s, min(TIMES * self.patience_s, UNSEEN_MOST_S))

    def interrupt(self) -> None:
        """Something else ended the connection: the time up to the next picture is not the camera's pace."""
        self._latest_s = None
