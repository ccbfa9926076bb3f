"""What a camera sends again that is known by how early it comes: one that reports nothing, or too late."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.timestamps import ntp_from_utc_us
from vedette.client.rtsp.repetition import Repetition
from vedette.client.rtsp.session import Clocks
from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind

TRACKS = (Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000),)
START_US = 1_700_000_000_000_000
FRAME_US = 40_000
TICK_US = 500_000
JITTER_US = 20_000


class Picture(bytes):
    """A picture's bytes, and which one it is: of a still scene all are alike."""

    frame: int


class Relay:
    """A camera behind a relay that begins with the group it keeps; and who records it."""

    def __init__(self, group: int, *, is_still: bool) -> None:
        self.group = group
        self.is_still = is_still
        self.stream = Stream("hall/main")
        self.stream.attach(self)
        self.heard: list[AccessUnit] = []
        self.clocks = Clocks()
        self.repetition = Repetition()
        self.latest = -1  # frame that was delivered

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        """Of no interest."""

    def receive(self, units: Sequence[AccessUnit]) -> None:
        self.heard += units

    @property
    def frames(self) -> list[int]:
        return [unit.data.frame for unit in self.heard]  # type: ignore[attr-defined]

    def picture(self, frame: int) -> Picture:
        is_key = frame % self.group == 0
        data = Picture(b"key" if self.is_still and is_key else b"" if self.is_still else b"%d" % frame)
        data.frame = frame
        return data

    def arrivals(
        self, begin_us: int, end_us: int, times: float, delays_us: Sequence[int], *, is_kept: bool
    ) -> Iterator[tuple[int, int]]:
        """Frames and when they come, the kept ones `times` faster than in life."""
        newest = begin_us // FRAME_US
        key = newest // self.group * self.group
        first = key if is_kept else key + self.group
        arrival_us = begin_us
        for frame in range(first, end_us // FRAME_US + 1):
            fast_us = begin_us + int((frame - first) * FRAME_US / times)
            arrival_us = max(arrival_us, fast_us, frame * FRAME_US + delays_us[frame % len(delays_us)])
            if arrival_us >= end_us:
                return
            yield frame, arrival_us

    def connect(
        self,
        begin_us: int,
        end_us: int,
        *,
        rtp_offset: int,
        times: float,
        delays_us: Sequence[int],
        report: int | None,
        is_kept: bool,
    ) -> list[int]:
        """One connection; `report` is how many frames come before the first report. The frames that came."""
        self.clocks.begin()
        clock = self.clocks.of(0, 90_000)
        self.stream.announce(TRACKS)
        came = []
        tick_us = begin_us
        arrivals = self.arrivals(begin_us, end_us, times, delays_us, is_kept=is_kept)
        for place, (frame, arrival_us) in enumerate(arrivals):
            while tick_us < arrival_us:
                tick_us += TICK_US
                self.stream.publish(self.repetition.waited(tick_us / 1e6))
            rtp_time = frame * 3600 + rtp_offset & 0xFFFF_FFFF
            now_us = START_US + arrival_us
            if report is not None and place % 50 == report:
                clock.sender_report(ntp_from_utc_us(START_US + frame * FRAME_US), rtp_time, now_us)
            pts, utc_us, is_jump = clock.stamp(rtp_time, now_us)
            is_key = frame % self.group == 0
            unit = AccessUnit(
                track=0,
                utc_us=utc_us,
                pts=pts,
                data=self.picture(frame),
                is_key=is_key,
                is_discontinuous=is_jump,
            )
            self.stream.publish(self.repetition.new_of([unit], self.stream, self.clocks))
            came.append(frame)
        self.stream.publish(self.repetition.rest())
        self.repetition.remember(self.stream, self.clocks)
        self.stream.withdraw("lost")
        return came


connections = st.lists(
    st.fixed_dictionaries(
        {
            "after_us": st.integers(500_000, 6_000_000) | st.integers(500_000, 60_000_000),
            "lasts_us": st.integers(0, 1_000_000) | st.integers(0, 8_000_000),
            "rtp_offset": st.integers(0, 0xFFFF_FFFF),
            "times": st.sampled_from((1.5, 4.0, 30.0, 1000.0)),
            "delays_us": st.lists(st.integers(0, JITTER_US), min_size=1, max_size=7),
            "report": st.none() | st.sampled_from((0, 0, 1, 20)),
            "is_kept": st.booleans(),
        }
    ),
    min_size=2,
    max_size=4,
)


@settings(max_examples=400, deadline=None)
@given(st.integers(2, 100), st.booleans(), connections)
def test_no_new_picture_is_ever_left_out(
    group: int, is_still: bool, connections: list[dict[str, int]]
) -> None:
    relay = Relay(group, is_still=is_still)
    now_us, latest = 0, -1
    came: list[int] = []
    for each in connections:
        begin_us = now_us + each.pop("after_us")
        now_us = begin_us + each.pop("lasts_us")
        found = relay.connect(begin_us, now_us, **each)  # type: ignore[arg-type]
        came += [frame for frame in found if frame > latest]
        latest = max([latest, *found])
    assert set(relay.frames) == set(came)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(25, 100),
    st.booleans(),
    st.integers(0, 0xFFFF_FFFF),
    st.sampled_from((None, 0, 1, 20)),
    st.sampled_from((None, 0, 1, 20)),
    st.integers(12, 90),
    st.sampled_from((10.0, 1000.0)),
    st.lists(st.integers(0, JITTER_US), min_size=1, max_size=7),
)
def test_what_comes_again_is_published_once_whatever_a_camera_reports(
    group: int,
    is_still: bool,
    rtp_offset: int,
    first_report: int | None,
    second_report: int | None,
    seen: int,
    times: float,
    delays_us: list[int],
) -> None:
    relay = Relay(group, is_still=is_still)
    begin_us = (group * 7 + group // 2) * FRAME_US + 5000  # amid a group
    lost_us = (group * 8 + min(seen, group - 16)) * FRAME_US + 1000
    relay.connect(
        begin_us, lost_us, rtp_offset=1, times=times, delays_us=delays_us, report=first_report, is_kept=True
    )
    again_us = lost_us + 600_000
    if again_us // FRAME_US >= group * 9:
        return  # it begins with the next group
    relay.connect(
        again_us,
        again_us + 5_000_000,
        rtp_offset=rtp_offset,
        times=times,
        delays_us=delays_us,
        report=second_report,
        is_kept=True,
    )
    assert relay.frames == list(range(group * 7, relay.frames[-1] + 1))
    again = [unit for unit in relay.heard if unit.data.frame >= group * 8]  # type: ignore[attr-defined]
    apart = [other.pts - one.pts for one, other in pairwise(again)]
    assert set(apart) <= {3599, 3600, 3601}
    assert not any(unit.is_discontinuous for unit in again)
