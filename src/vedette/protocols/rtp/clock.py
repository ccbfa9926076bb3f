"""From RTP timestamps to media time that does not wrap and to our UTC."""

from collections.abc import Sequence
from operator import lt
from typing import NamedTuple, Self

from vedette.base.timestamps import utc_us_from_ntp

# The policy in numbers, all in microseconds unless they say otherwise.
TRUSTED_US = 2_000_000  # a camera's clock this near to ours is right; ours is used to correct others
HALF_SECOND_US = 500_000  # what whole seconds are off by at most, in the middle
JUMP_US = 3_000_000  # a time line further off than this is broken off, not bent; also covers the burst
# of old frames with which many servers start, which must be bent
BURST_MOST_US = 30_000_000  # so old may what a server begins with be, a long group of pictures that it kept
BURST_TAKES_US = 1_000_000  # to arrive; until then a smaller delay tells more of a clock than the first one
BACKWARD_US = 1_000_000  # timestamps that fall further back than reordered frames do
STEP_US = 500_000  # two sender reports that disagree by more: somebody set the camera's clock
OURS_SET_US = 10_000_000  # nothing on the way holds up all packets so long: somebody set our clock, …
OURS_SET_AFTER_US = 5_000_000  # … unless they have waited, and come in one go
WINDOW_US = 10_000_000  # the least delay of the last one to two windows counts
BEND_PER_MILLE = 5  # drift is absorbed at this rate; crystals are off by 0.1 ‰ at most
BEND_FAST_PER_MILLE = 50  # and errors of more than FAR_US, such as after the first report, at this one
FAR_US = 100_000
TOGETHER_MOST_S = 2  # of media that one arrival may bend at once


class Stamp(NamedTuple):
    """When a unit belongs: `pts` in the track's clock, the capture instant, and whether time jumped."""

    pts: int
    utc_us: int
    is_jump: bool


class Stamps(NamedTuple):
    """The columns of several stamps."""

    pts: Sequence[int]
    utc_us: Sequence[int]
    jumps: list[bool]

    @classmethod
    def of(cls, stamps: Sequence[Stamp]) -> Self:
        """These stamps by columns."""
        return cls([s.pts for s in stamps], [s.utc_us for s in stamps], [s.is_jump for s in stamps])


def _bounded(value: int, most: int) -> int:
    if value > most:
        return most
    return -most if value < -most else value


class Back(NamedTuple):
    """How far a time line falls back: media time in the track's clock, and UTC."""

    ticks: int
    us: int


class Captured(NamedTuple):
    """When a unit was captured, by our clock: as the camera reports it, and at the latest, by how early units
    have come; None for what is unknown. The latter falls while units come faster than they were captured."""

    reported_us: int | None = None
    latest_us: int | None = None


class _LeastDelay:
    """The smallest of the samples of the last one to two windows: what the network adds can only delay."""

    def __init__(self) -> None:
        self._until_us = 0
        self._current = 0
        self._previous = 0
        self._is_empty = True

    def take(self, sample_us: int, now_us: int) -> int:
        if self._is_empty or not -3 * WINDOW_US < now_us - self._until_us < 3 * WINDOW_US:
            self._is_empty = False
            self._current = self._previous = sample_us
            self._until_us = now_us + WINDOW_US
        elif now_us >= self._until_us:
            self._previous, self._current = self._current, sample_us
            self._until_us = now_us + WINDOW_US
        elif sample_us < self._current:
            self._current = sample_us
        return self._current if self._current < self._previous else self._previous

    @property
    def known(self) -> int | None:
        """What the latest sample was answered with; None before any."""
        return None if self._is_empty else min(self._current, self._previous)


class CameraClock:
    """One camera's UTC against ours; shared by all tracks of the camera, so that they stay together.

    Its clock is trusted when what arrives first, or within a second of that since old units may come
    first, is within 2 s of ours by its sender report: then its time is taken as it is, and only what it
    drifts beyond 2 s is taken off. Otherwise a constant offset is added: ours at arrival minus its own, at
    the least delay seen in 10 to 20 s. Changes are absorbed at 5 ms/s.

    A camera that says before what time it is, and is right, is trusted at once: however old what it begins
    with is then, that says nothing of its clock.

    When ours is set (we are told, or packets come 3 s before they were sent, or 10 s late for 5 s on end)
    it is judged anew.
    """

    def __init__(self) -> None:
        self.offset_us = 0  # added to the camera's time
        self.is_trusted = True
        self.is_known = False  # whether it was ever compared with ours
        self.times_judged_anew = 0  # because ours was set
        self._least = _LeastDelay()
        self._latest_us = 0
        self._late_since_us: int | None = None  # by more than OURS_SET_US
        self._judged_us = 0  # when it was compared first, or anew, …
        self._judged_by_us = 0  # … and by what delay

    def observe(self, camera_us: int, arrival_us: int) -> None:
        """A unit captured at `camera_us` by the camera's clock has arrived."""
        floor = self._least.take(arrival_us - camera_us, arrival_us)
        elapsed, self._latest_us = arrival_us - self._latest_us, arrival_us
        target = floor - _bounded(floor, TRUSTED_US) if self.is_trusted else floor
        is_ours_set = self.is_known and self._is_ours_set(target - self.offset_us, arrival_us)
        is_burst = floor < self._judged_by_us - FAR_US and 0 <= arrival_us - self._judged_us < BURST_TAKES_US
        if not self.is_known or is_ours_set or is_burst:
            self.times_judged_anew += self.is_known
            if not (self.is_known and is_burst):
                self._judged_us = arrival_us
            self.is_known = True
            self._judged_by_us = floor
            self.is_trusted = abs(floor) <= TRUSTED_US
            self.offset_us = 0 if self.is_trusted else floor
        elif target != self.offset_us and elapsed > 0:
            most = min(elapsed, 1_000_000) * BEND_PER_MILLE // 1000
            self.offset_us += _bounded(target - self.offset_us, most)

    def told(self, date_us: int, now_us: int) -> None:
        """The camera says what time it is, in whole seconds."""
        if not self.is_known and abs(now_us - date_us - HALF_SECOND_US) <= TRUSTED_US - HALF_SECOND_US:
            self.is_known = self.is_trusted = True
            self.offset_us = 0

    @property
    def least_delay_us(self) -> int | None:
        """From an instant by the camera's clock to the arrival by ours of what was captured then."""
        return self._least.known

    def ours_was_set(self) -> None:
        """Somebody has set our clock: what was known of the camera's by it holds no longer."""
        self.is_known = False
        self.times_judged_anew += 1
        self._least = _LeastDelay()
        self._late_since_us = None

    def _is_ours_set(self, late_us: int, arrival_us: int) -> bool:
        """Whether packets that are so late, or early, can only be so because somebody set our clock."""
        if late_us <= OURS_SET_US:
            self._late_since_us = None
            return late_us < -JUMP_US
        if self._late_since_us is None:
            self._late_since_us = arrival_us
        return arrival_us - self._late_since_us > OURS_SET_AFTER_US


class TrackClock:
    """One track's time line: RTP timestamps in, media time and our UTC out.

    UTC is a straight line over media time that is bent slowly (0.5 %, or 5 % while it is more than
    0.1 s off) towards what is known: before any sender report the arrival at the least delay, after
    it the camera's time as CameraClock takes it. So UTC strictly follows media time. A line that is
    more than 3 s off, and timestamps that fall back by more than 1 s, break it: the unit is a jump,
    and media time goes on by as much as UTC did. When somebody sets the camera's clock its reports
    disagree by more than 0.5 s: the difference is taken off, the line goes on. When ours is set the line
    breaks, and where the camera reports, or we are told, media time goes on as if nothing were the matter.
    """

    def __init__(self, clock_hz: int, camera: CameraClock) -> None:
        self._hz = clock_hz
        self._camera = camera
        self._least = _LeastDelay()
        self._is_started = False
        self._is_restart = False
        self._is_ours_told = False  # to be set, since the latest unit
        self._may_go_back = False  # at the restart that is to come
        self._held = 0  # ticks by which media time has fallen back less than UTC since the restart
        self._errors_us: tuple[int | None, int | None] = (None, None)  # before the restart; see _errors
        self._ticks = 0  # the latest timestamp, unwrapped
        self._shift = 0  # from unwrapped timestamps to pts
        self._newest = 0  # the largest unwrapped timestamp
        self._base_ticks = 0  # the line: this timestamp …
        self._base_us = 0  # … is this UTC
        self._anchored_us = 0  # the arrival that it began with
        self._report: tuple[int, int] | None = None  # unwrapped timestamp and the camera's UTC
        self._early_report: tuple[int, int] | None = None  # came before any unit: raw timestamp
        self._is_date_open = False  # old units, or another date: the next report tells
        self._steps_us = 0  # by which somebody has set the camera's clock
        self._times_judged = 0  # the camera's clock, by the line as it is

    def stamp(self, rtp_timestamp: int, arrival_us: int, pts_offset: int = 0) -> Stamp:
        """The times of a unit, in order of arrival; `pts_offset` is how far it is behind the timestamp."""
        if not self._is_started:
            return self._start(rtp_timestamp + pts_offset, arrival_us)
        if self._is_restart:
            return self._jump(rtp_timestamp + pts_offset, arrival_us)
        change = (rtp_timestamp + pts_offset - self._ticks) & 0xFFFF_FFFF
        ticks = self._ticks + change - (change >> 31 << 32)
        utc_us = None if self._is_ours_told else self._placed(ticks, arrival_us)
        if utc_us is not None:
            return Stamp(ticks + self._shift, utc_us, is_jump=False)
        if self._is_ours_set(ticks):
            self._is_ours_told = False
            self._times_judged = self._camera.times_judged_anew
            self._ticks = self._newest = self._base_ticks = ticks
            self._least = _LeastDelay()
            self._base_us = self._target(ticks, arrival_us)
            return Stamp(ticks + self._shift, self._base_us, is_jump=True)
        return self._jump(rtp_timestamp + pts_offset, arrival_us)

    def stamps(self, rtp_timestamps: Sequence[int], arrival_us: int) -> Stamps:
        """The times of units that arrived together; of their arrivals only the last one's says much.

        The last one bends the line; the others lie between it and the unit before.
        """
        if len(rtp_timestamps) == 1:
            pts, utc_us, is_jump = self.stamp(rtp_timestamps[0], arrival_us)
            return Stamps((pts,), (utc_us,), [is_jump])
        newest, newest_us = self._newest, self._base_us
        is_even = (
            self._base_ticks == newest == self._ticks
            and self._is_started
            and not (self._is_restart or self._is_ours_told)
        )
        wraps = newest & ~0xFFFF_FFFF
        ticks = rtp_timestamps[-1] + wraps
        passed = ticks - newest
        if (
            is_even
            and 0 < passed < self._hz * TOGETHER_MOST_S
            and all(map(lt, (newest - wraps, *rtp_timestamps), rtp_timestamps))
        ):
            last_us = self._placed(ticks, arrival_us)
            if last_us is not None:
                passed_us, before, lift = last_us - newest_us, newest - wraps, wraps + self._shift
                return Stamps(
                    [each + lift for each in rtp_timestamps] if lift else rtp_timestamps,
                    [newest_us + (each - before) * passed_us // passed for each in rtp_timestamps],
                    [False] * len(rtp_timestamps),
                )
        last, most = rtp_timestamps[-1], self._hz * TOGETHER_MOST_S
        behind = [last - each & 0xFFFF_FFFF for each in rtp_timestamps]  # they came one by one, unseen
        before_us = [each * 1_000_000 // self._hz if each < most else 0 for each in behind]
        stamps = [
            self.stamp(each, arrival_us - earlier_us)
            for each, earlier_us in zip(rtp_timestamps, before_us, strict=True)
        ]
        return Stamps.of(stamps)

    def sender_report(self, ntp: int, rtp_time: int, arrival_us: int) -> None:
        """The source says which NTP time belongs to which RTP time; 0 says nothing (RFC 3550 §6.4.1)."""
        if not ntp:
            return
        camera_us = utc_us_from_ntp(ntp)
        if not self._is_started or self._is_restart:
            self._early_report = (rtp_time, camera_us)
            return
        change = (rtp_time - self._ticks) & 0xFFFF_FFFF
        ticks = self._ticks + change - (change >> 31 << 32)
        self._report = (ticks, self._without_step(ticks, camera_us - self._steps_us, arrival_us))

    @property
    def lead(self) -> int | None:
        """How far media time is ahead of timestamps, modulo 2³²; None while the next unit may change it."""
        is_known = self._is_started and not (self._is_restart or self._is_ours_told)
        return self._shift if is_known else None

    def restart(self) -> None:
        """Timestamps that follow have nothing to do with those before."""
        if self._is_started:
            self._errors_us = self._errors()
        self._is_restart = self._is_started
        self._early_report = None
        self._held = 0

    def captured(self, pts: int) -> Captured:
        """When a unit was captured that came since the restart."""
        return Captured() if self._is_restart else self._captured(pts - self._shift)

    def go_back(self) -> Back:
        """What has come since the restart was there before: go on as if there had been none.

        Media time falls back with UTC, for once, and the line is as far from what is known as it was before.
        Returns how far what has been stamped since the restart has to fall back.
        """
        held, late_us = self._held, 0
        self._may_go_back = self._is_restart
        if not self._is_restart:
            pairs = zip(self._errors(), self._errors_us, strict=True)
            known = [now - then for now, then in pairs if now is not None and then is not None]
            late_us = known[0] if known else 0
        back = Back(held + late_us * self._hz // 1_000_000, late_us)
        self.fall_back(back)
        return back

    def fall_back(self, back: Back) -> None:
        """Move the line, also forward, by so much."""
        self._held = 0
        self._shift -= back.ticks
        self._base_us -= back.us

    def ours_was_set(self) -> None:
        """Somebody has set our clock, and the camera's knows of it."""
        self._is_ours_told = self._is_started

    def _start(self, ticks: int, arrival_us: int) -> Stamp:
        self._is_started = True
        self._ticks = ticks
        self._anchor(ticks, arrival_us)
        return Stamp(ticks, self._base_us, is_jump=False)

    def _jump(self, rtp_timestamp: int, arrival_us: int) -> Stamp:
        last_ticks, last_us, shift = self._newest, self._on_line(self._newest), self._shift
        step = rtp_timestamp - last_ticks & 0xFFFF_FFFF
        goes_on = not self._is_restart and 0 < step <= JUMP_US * self._hz // 1_000_000  # as in a burst
        self._is_restart = self._is_ours_told = False
        self._report = None
        self._ticks = rtp_timestamp
        self._anchor(rtp_timestamp, arrival_us)
        passed = (self._base_us - last_us) * self._hz // 1_000_000
        held = 0 if self._may_go_back else max(0, (step if goes_on else 1) - passed)
        self._may_go_back = False
        self._held += held
        self._shift = last_ticks + shift + passed + held - rtp_timestamp
        return Stamp(rtp_timestamp + self._shift, self._base_us, is_jump=True)

    def _is_ours_set(self, ticks: int) -> bool:
        """Whether the line breaks at this timestamp for no other reason than that our clock was set."""
        return (
            (self._is_ours_told or self._report is not None)
            and self._times_judged != self._camera.times_judged_anew
            and -BACKWARD_US * self._hz <= (ticks - self._newest) * 1_000_000 <= JUMP_US * self._hz
        )

    def _anchor(self, ticks: int, arrival_us: int) -> None:
        self._times_judged = self._camera.times_judged_anew
        self._newest = self._base_ticks = ticks
        self._least = _LeastDelay()
        self._anchored_us = arrival_us
        if self._early_report is not None:
            change = (self._early_report[0] - ticks) & 0xFFFF_FFFF
            reported = ticks + change - (change >> 31 << 32)
            camera_us = self._early_report[1] - self._steps_us
            self._base_us = arrival_us
            self._report = (reported, self._without_step(reported, camera_us, arrival_us))
            self._early_report = None
        self._base_us = self._target(ticks, arrival_us)

    def _without_step(self, ticks: int, camera_us: int, arrival_us: int) -> int:
        """The camera's time of a report, less what somebody has set its clock by since the last one.

        Where the report fits our clock better than the line does, its clock was not set: timestamps stood
        still, as those of a camera that counts samples while it is mute.
        Without a last one our clock tells: a camera may come back from a restart with another date. The line
        does not: the burst of old frames with which the camera begins puts that seconds ahead. Nor does a
        report before the first unit that is late by no more than such frames are: it tells the instant of the
        first of them. If the next one is as late, it was another date.
        """
        late_us = arrival_us - camera_us - self._camera.offset_us
        is_first = self._early_report is not None or 0 <= arrival_us - self._anchored_us < BURST_TAKES_US
        is_date_open, self._is_date_open = self._is_date_open, False
        if self._report is not None and self._camera.is_known and is_date_open and late_us > JUMP_US:
            expected_us, is_step = camera_us + late_us, True
        elif self._report is not None:
            expected_us = self._camera_us(ticks, self._report)
            is_step = abs(camera_us - expected_us) > STEP_US and not (
                self._camera.is_known
                and abs(late_us) < abs(expected_us + self._camera.offset_us - arrival_us)
            )
        elif self._camera.is_known:
            expected_us = self._on_line(ticks) - self._camera.offset_us
            self._is_date_open = is_first and JUMP_US < late_us <= BURST_MOST_US
            is_step = abs(late_us) > JUMP_US and not self._is_date_open
        else:
            return camera_us
        if not is_step:
            return camera_us
        self._steps_us += camera_us - expected_us
        return expected_us

    def _placed(self, ticks: int, arrival_us: int) -> int | None:
        """The instant of a unit, which bends the line; None, and no change, where that would break it."""
        predicted_us = self._on_line(ticks)
        error_us = self._target(ticks, arrival_us) - predicted_us
        ahead = ticks - self._newest
        if not -JUMP_US <= error_us <= JUMP_US or ahead * 1_000_000 < -BACKWARD_US * self._hz:
            return None
        if self._report is not None:
            self._camera.observe(self._camera_us(ticks, self._report), arrival_us)
        self._ticks = ticks
        if ahead > 0:
            self._newest = self._base_ticks = ticks
            rate = BEND_PER_MILLE if -FAR_US < error_us < FAR_US else BEND_FAST_PER_MILLE
            predicted_us += _bounded(error_us, ahead * 1000 * rate // self._hz)
            self._base_us = predicted_us
        return predicted_us

    def _errors(self) -> tuple[int | None, int | None]:
        """How far the line is ahead of what is known; the fields are those of Captured."""
        at_us = self._on_line(self._newest)
        reported_us, latest_us = self._captured(self._newest)
        told_us = None if reported_us is None else at_us - reported_us
        return told_us, None if latest_us is None else at_us - latest_us

    def _captured(self, ticks: int) -> Captured:
        if self._report is None:
            delay_us = self._least.known
            return Captured(None, None if delay_us is None else ticks * 1_000_000 // self._hz + delay_us)
        camera_us, delay_us = self._camera_us(ticks, self._report), self._camera.least_delay_us
        return Captured(
            camera_us + self._camera.offset_us, None if delay_us is None else camera_us + delay_us
        )

    def _on_line(self, ticks: int) -> int:
        return self._base_us + (ticks - self._base_ticks) * 1_000_000 // self._hz

    def _camera_us(self, ticks: int, report: tuple[int, int]) -> int:
        return report[1] + (ticks - report[0]) * 1_000_000 // self._hz

    def _target(self, ticks: int, arrival_us: int) -> int:
        if self._report is not None:
            camera_us = self._camera_us(ticks, self._report)
            if not self._camera.is_known:
                self._camera.observe(camera_us, arrival_us)
            return camera_us + self._camera.offset_us
        media_us = ticks * 1_000_000 // self._hz
        return media_us + self._least.take(arrival_us - media_us, arrival_us)
