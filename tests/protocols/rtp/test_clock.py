"""Time lines: jitter, drift, wrong clocks, jumps, and recorded time."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.timestamps import ntp_from_utc_us
from vedette.protocols.rtp.clock import CameraClock, Stamp, TrackClock

START_US = 1_700_000_000_000_000
FRAME = 3600
FRAME_US = 40_000


def run(
    clock: TrackClock,
    frames: range,
    *,
    delay_us: int = 5000,
    first: int = 0,
    parts_per_million: int = 0,
    report_offset_us: int | None = None,
    jitter_us: tuple[int, ...] = (0,),
    together: int = 1,
) -> list[Stamp]:
    """Frames captured every 40 ms of ours by a camera whose crystal is off; a report every 125 frames.

    Each arrives by itself, or so many are read together when the last of them has arrived.
    """
    stamps: list[Stamp] = []
    waiting: list[int] = []
    for frame in frames:
        captured_us = START_US + frame * FRAME_US
        media = first + frame * FRAME + frame * FRAME * parts_per_million // 1_000_000
        if report_offset_us is not None and frame % 125 == 0:
            drift_us = frame * FRAME_US * parts_per_million // 1_000_000
            ntp = ntp_from_utc_us(captured_us + report_offset_us + drift_us)
            clock.sender_report(ntp, media & 0xFFFF_FFFF, captured_us + delay_us)
        arrival_us = captured_us + delay_us + jitter_us[frame % len(jitter_us)]
        if together == 1:
            stamps.append(clock.stamp(media & 0xFFFF_FFFF, arrival_us))
            continue
        waiting.append(media & 0xFFFF_FFFF)
        if len(waiting) == together or frame == frames[-1]:
            stamps += map(Stamp, *clock.stamps(waiting, arrival_us))
            waiting = []
    return stamps


def error_us(stamps: list[Stamp], frame: int) -> int:
    return stamps[frame].utc_us - (START_US + frame * FRAME_US)


def test_without_reports_units_are_dated_by_arrival_at_the_least_delay() -> None:
    stamps = run(TrackClock(90_000, CameraClock()), range(2000), jitter_us=(30_000, 0, 12_000, 80_000))
    assert error_us(stamps, 0) == 35_000
    assert abs(error_us(stamps, 1999) - 5000) <= 200
    assert not any(stamp.is_jump for stamp in stamps)


@pytest.mark.parametrize("together", [1, 7])
def test_timestamps_that_wrap_go_on(together: int) -> None:
    first = 0xFFFF_FFFF - 50 * FRAME
    stamps = run(TrackClock(90_000, CameraClock()), range(100), first=first, together=together)
    assert [later.pts - earlier.pts for earlier, later in itertools.pairwise(stamps)] == [FRAME] * 99
    assert not any(stamp.is_jump for stamp in stamps)


def test_a_clock_that_is_right_is_taken_as_it_is() -> None:
    camera = CameraClock()
    stamps = run(TrackClock(90_000, camera), range(1000), delay_us=300_000, report_offset_us=0)
    assert camera.is_trusted
    assert [error_us(stamps, frame) for frame in (0, 500, 999)] == [0, 0, 0]


@pytest.mark.parametrize("together", [1, 5])
@pytest.mark.parametrize("offset_us", [-3_600_000_000, 7_200_000_000, -1_690_000_000_000_000])
def test_a_clock_that_is_wrong_gets_a_constant_offset(offset_us: int, together: int) -> None:
    camera = CameraClock()
    stamps = run(
        TrackClock(90_000, camera),
        range(1000),
        report_offset_us=offset_us,
        jitter_us=(9000, 0, 4000),
        together=together,
    )
    assert not camera.is_trusted
    assert abs(error_us(stamps, 999) - 5000) < 1000
    assert not any(stamp.is_jump for stamp in stamps)


@pytest.mark.parametrize("parts_per_million", [-200, 200])
@pytest.mark.parametrize("report_offset_us", [None, 60_000_000])
@pytest.mark.parametrize("together", [1, 6])
def test_drift_is_absorbed_without_a_jump(
    parts_per_million: int, report_offset_us: int | None, together: int
) -> None:
    stamps = run(
        TrackClock(90_000, CameraClock()),
        range(20_000),
        parts_per_million=parts_per_million,
        report_offset_us=report_offset_us,
        together=together,
    )
    assert abs(error_us(stamps, 19_999) - 5000) < 10_000
    assert not any(stamp.is_jump for stamp in stamps)


def test_tracks_of_one_camera_stay_together_although_one_arrives_late() -> None:
    camera = CameraClock()
    video, sound = TrackClock(90_000, camera), TrackClock(90_000, camera)
    first = run(video, range(500), report_offset_us=60_000_000)
    second = run(sound, range(500), report_offset_us=60_000_000, delay_us=90_000, first=77)
    assert abs(error_us(first, 499) - error_us(second, 499)) < 100


def test_setting_the_cameras_clock_breaks_nothing() -> None:
    clock = TrackClock(90_000, CameraClock())
    before = run(clock, range(500), report_offset_us=60_000_000)
    after = run(clock, range(500, 1500), report_offset_us=-20_000_000)
    whole = before + after
    assert not any(stamp.is_jump for stamp in whole)
    assert abs(error_us(whole, 1499) - 5000) < 1000


@pytest.mark.parametrize("report_offset_us", [0, 60_000_000])
@pytest.mark.parametrize("set_us", [-8_000_000, -3_600_000_000, 30_000_000, 20 * 365 * 86_400_000_000])
def test_footage_follows_our_clock_when_it_is_set(set_us: int, report_offset_us: int) -> None:
    clock = TrackClock(90_000, CameraClock())
    before = run(clock, range(500), report_offset_us=report_offset_us)
    after = run(clock, range(500, 2000), report_offset_us=report_offset_us, delay_us=5000 + set_us)
    assert not any(stamp.is_jump for stamp in before)
    assert [stamp.is_jump for stamp in after].count(True) == 1
    assert all(earlier.pts < later.pts for earlier, later in itertools.pairwise(before + after))
    wrong = [n for n in range(1500) if abs(error_us(after, n) - 500 * FRAME_US - set_us) > 100_000]
    assert wrong == list(range(len(wrong)))
    assert len(wrong) <= 150  # six seconds


@pytest.mark.parametrize("report_offset_us", [0, 60_000_000])
@pytest.mark.parametrize("mute_frames", [50, 250, 1500])
def test_timestamps_that_stood_still_are_put_right_by_the_next_report(
    mute_frames: int, report_offset_us: int
) -> None:
    """As of a camera that counts samples: what it was mute for is missing from its timestamps."""
    clock = TrackClock(90_000, CameraClock())
    run(clock, range(500), report_offset_us=report_offset_us)
    again = 500 + mute_frames
    after = run(
        clock, range(again, again + 2000), first=-mute_frames * FRAME, report_offset_us=report_offset_us
    )
    late = [n for n in range(2000) if abs(error_us(after, n) - again * FRAME_US) > 100_000]
    assert late == list(range(len(late)))
    assert len(late) <= 1125  # 5 s until the report comes, and 40 s to bend what is 2 s off


@pytest.mark.parametrize("together", [1, 7])
@pytest.mark.parametrize("report_offset_us", [0, 60_000_000])
@pytest.mark.parametrize("set_us", [-3_600_000_000, 3_600_000_000])
def test_media_time_goes_on_when_our_clock_is_set(set_us: int, report_offset_us: int, together: int) -> None:
    clock = TrackClock(90_000, CameraClock())
    before = run(clock, range(500), report_offset_us=report_offset_us, together=together)
    late_us = 5000 + set_us
    after = run(
        clock, range(500, 2000), report_offset_us=report_offset_us, delay_us=late_us, together=together
    )
    times = [stamp.pts for stamp in before + after]
    assert {later - earlier for earlier, later in itertools.pairwise(times)} == {FRAME}
    assert [stamp.is_jump for stamp in after].count(True) == 1


@pytest.mark.parametrize("together", [1, 7])
@pytest.mark.parametrize("report_offset_us", [None, 0, 60_000_000])
@pytest.mark.parametrize("set_us", [-3_600_000_000, 3_600_000_000, 5_000_000])
def test_a_clock_of_ours_that_we_are_told_to_be_set_is_followed_at_once_and_media_time_goes_on(
    set_us: int, report_offset_us: int | None, together: int
) -> None:
    camera = CameraClock()
    clocks = [TrackClock(90_000, camera) for _ in range(2)]
    before = [
        run(clock, range(500), report_offset_us=report_offset_us, together=together) for clock in clocks
    ]
    for each in (camera, *clocks):
        each.ours_was_set()
    late_us = 5000 + set_us
    after = [
        run(clock, range(500, 2000), report_offset_us=report_offset_us, delay_us=late_us, together=together)
        for clock in clocks
    ]
    for early, late in zip(before, after, strict=True):
        times = [stamp.pts for stamp in early + late]
        assert {next_time - time for time, next_time in itertools.pairwise(times)} == {FRAME}
        assert [place for place, stamp in enumerate(late) if stamp.is_jump] == [0]
        wrong = [n for n in range(1500) if abs(error_us(late, n) - 500 * FRAME_US - set_us) > 10_000]
        assert wrong == []


def test_timestamps_that_stood_still_without_reports_are_no_clock_that_was_set() -> None:
    clock = TrackClock(90_000, CameraClock())
    before = run(clock, range(500))
    after = run(clock, range(1500, 2000), first=-1000 * FRAME)
    jump = next(stamp for stamp in after if stamp.is_jump)
    assert jump.pts - before[-1].pts > 900 * FRAME


def test_packets_that_waited_for_us_do_not_look_like_a_clock_that_was_set() -> None:
    clock = TrackClock(90_000, CameraClock())
    before = run(clock, range(500), report_offset_us=0)
    late_us = START_US + 1500 * FRAME_US
    waited = [clock.stamp(frame * FRAME, late_us + frame * 1000) for frame in range(500, 1500)]
    after = run(clock, range(1520, 2000), report_offset_us=0)
    assert not any(stamp.is_jump for stamp in before + waited + after)
    assert abs(error_us(before + waited, 1499)) < 10_000


def test_a_camera_that_comes_back_with_another_date_jumps_once() -> None:
    clock = TrackClock(90_000, CameraClock())
    before = run(clock, range(500), report_offset_us=0)
    clock.restart()
    after = run(clock, range(550, 1500), report_offset_us=-START_US, first=123_456_789)
    assert not any(stamp.is_jump for stamp in before)
    assert [place for place, stamp in enumerate(after) if stamp.is_jump] == [0]
    assert abs(after[-1].utc_us - (START_US + 1499 * FRAME_US)) < 10_000


@pytest.mark.parametrize("report_offset_us", [0, 60_000_000])
@pytest.mark.parametrize("set_us", [-4_000_000, -8_000_000, -25_000_000, -40_000_000])
def test_a_camera_that_comes_back_a_little_set_back_is_dated_right_from_its_second_report_on(
    set_us: int, report_offset_us: int
) -> None:
    clock = TrackClock(90_000, CameraClock())
    run(clock, range(500), report_offset_us=report_offset_us)
    clock.restart()
    after = run(clock, range(625, 1500), report_offset_us=report_offset_us + set_us, first=123_456_789)
    for place, stamp in enumerate(after[126:], 126):
        assert abs(stamp.utc_us - START_US - (625 + place) * FRAME_US) < 20_000


def test_a_burst_of_old_frames_at_the_start_is_bent_not_broken() -> None:
    clock = TrackClock(90_000, CameraClock())
    now_us = START_US + 50 * FRAME_US
    burst = [clock.stamp(frame * FRAME, now_us) for frame in range(50)]
    rest = [clock.stamp(frame * FRAME, START_US + frame * FRAME_US + 5000) for frame in range(50, 3000)]
    whole = burst + rest
    assert not any(stamp.is_jump for stamp in whole)
    assert all(earlier.utc_us < later.utc_us for earlier, later in itertools.pairwise(whole))
    assert abs(error_us(whole, 2999)) < 10_000


@pytest.mark.parametrize("report_offset_us", [0, 60_000_000])
@pytest.mark.parametrize("frames", [25, 70, 95, 300])
def test_a_burst_of_old_frames_after_a_restart_is_no_other_date(frames: int, report_offset_us: int) -> None:
    """The report behind it tells the capture of a unit that took a while: all in all more than 3 s off."""
    clock = TrackClock(90_000, CameraClock())
    run(clock, range(500), report_offset_us=report_offset_us)
    clock.restart()
    first = 600 + frames
    now_us = START_US + first * FRAME_US + 400_000
    for frame in range(600, first):
        clock.stamp(frame * FRAME, now_us)
    clock.sender_report(
        ntp_from_utc_us(START_US + first * FRAME_US + report_offset_us), first * FRAME, now_us
    )
    clock.stamp(first * FRAME, now_us)
    rest = run(clock, range(first + 10, first + 2500), report_offset_us=report_offset_us)
    assert abs(rest[-1].utc_us - (START_US + (first + 2499) * FRAME_US)) < 20_000


@pytest.mark.parametrize("report_offset_us", [0, 60_000_000])
@pytest.mark.parametrize("frames", [25, 70, 95, 300])
def test_a_report_amid_a_burst_of_old_frames_is_no_other_date(frames: int, report_offset_us: int) -> None:
    clock = TrackClock(90_000, CameraClock())
    run(clock, range(500), report_offset_us=report_offset_us)
    clock.restart()
    now_us = START_US + (600 + frames) * FRAME_US
    clock.stamp(600 * FRAME, now_us)
    clock.sender_report(ntp_from_utc_us(START_US + 601 * FRAME_US + report_offset_us), 601 * FRAME, now_us)
    for frame in range(601, 600 + frames):
        clock.stamp(frame * FRAME, now_us)
    rest = [clock.stamp(f * FRAME, START_US + f * FRAME_US) for f in range(600 + frames, 3100 + frames)]
    assert abs(rest[-1].utc_us - (START_US + (3099 + frames) * FRAME_US)) < 20_000


def test_media_time_goes_by_timestamps_where_a_burst_of_old_frames_breaks_the_line() -> None:
    clock = TrackClock(90_000, CameraClock())
    burst = [clock.stamp(frame * FRAME, START_US + frame * 100) for frame in range(200)]
    assert any(stamp.is_jump for stamp in burst)
    assert [stamp.pts for stamp in burst] == [frame * FRAME for frame in range(200)]


@pytest.mark.parametrize("report_offset_us", [0, 60_000_000, -5_000_000])
@pytest.mark.parametrize("frames", [25, 70, 100, 150, 300])
def test_a_report_before_a_burst_of_old_frames_dates_them(frames: int, report_offset_us: int) -> None:
    """So begins a server that keeps the group of pictures: with the instant of its first one."""
    camera = CameraClock()
    for number in range(2):  # every track of it, so that they stay together
        clock = TrackClock(90_000, camera)
        run(clock, range(500), report_offset_us=report_offset_us)
        clock.restart()
        first = 600 + frames
        now_us = START_US + first * FRAME_US
        clock.sender_report(
            ntp_from_utc_us(START_US + 600 * FRAME_US + report_offset_us), 600 * FRAME, now_us + number
        )
        burst = [clock.stamp(frame * FRAME, now_us) for frame in range(600, first)]
        rest = run(clock, range(first, first + 300), report_offset_us=report_offset_us)
        stamps = burst + rest
        assert [place for place, stamp in enumerate(stamps) if stamp.is_jump] == [0]
        errors = [each.utc_us - START_US - (600 + place) * FRAME_US for place, each in enumerate(stamps)]
        assert max(map(abs, errors)) < 20_000


@pytest.mark.parametrize("report_offset_us", [0, 60_000_000, -5_000_000])
@pytest.mark.parametrize("frames", [25, 70, 100, 300])
def test_a_burst_of_old_frames_is_not_what_a_camera_s_clock_is_judged_by(
    frames: int, report_offset_us: int
) -> None:
    clock = TrackClock(90_000, CameraClock())
    now_us = START_US + frames * FRAME_US
    clock.sender_report(ntp_from_utc_us(START_US + report_offset_us), 0, now_us)
    for frame in range(frames):
        clock.stamp(frame * FRAME, now_us)
    stamps = run(clock, range(frames, frames + 2000), report_offset_us=report_offset_us)
    assert abs(stamps[-1].utc_us - START_US - (frames + 1999) * FRAME_US) < 20_000


@pytest.mark.parametrize("late_us", [0, 300_000])
@pytest.mark.parametrize("frames", [25, 70, 100, 300])
def test_a_camera_that_says_the_right_time_is_dated_right_from_its_first_old_frame_on(
    frames: int, late_us: int
) -> None:
    """So a recorder begins that is started again beside a camera that keeps its group of pictures."""
    camera = CameraClock()
    now_us = START_US + frames * FRAME_US + late_us
    camera.told(now_us - now_us % 1_000_000, now_us)
    for _ in range(2):  # tracks
        clock = TrackClock(90_000, camera)
        clock.sender_report(ntp_from_utc_us(START_US), 0, now_us)
        burst = [clock.stamp(frame * FRAME, now_us) for frame in range(frames)]
        stamps = burst + run(clock, range(frames, frames + 300))
        assert not any(stamp.is_jump for stamp in stamps)
        errors = [each.utc_us - START_US - place * FRAME_US for place, each in enumerate(stamps)]
        assert max(map(abs, errors)) < 30_000


@pytest.mark.parametrize("said_us", [-90_000_000, -2_500_000, 2_500_000, 3_600_000_000])
def test_a_camera_that_says_another_time_is_judged_by_what_arrives(said_us: int) -> None:
    camera = CameraClock()
    camera.told(START_US + said_us, START_US)
    clock = TrackClock(90_000, camera)
    clock.sender_report(ntp_from_utc_us(START_US + said_us), 0, START_US)
    stamps = run(clock, range(500), report_offset_us=said_us)
    assert max(abs(each.utc_us - START_US - place * FRAME_US) for place, each in enumerate(stamps)) < 550_000


@pytest.mark.parametrize("report_us", [-START_US, -7_200_000_000, -40_000_000, 7_200_000_000])
def test_reports_by_another_clock_than_the_one_that_a_camera_tells_are_no_dates(report_us: int) -> None:
    camera = CameraClock()
    camera.told(START_US - START_US % 1_000_000, START_US)
    stamps = run(TrackClock(90_000, camera), range(500), report_offset_us=report_us)
    assert max(abs(each.utc_us - START_US - place * FRAME_US) for place, each in enumerate(stamps)) < 550_000


@pytest.mark.parametrize("together", [1, 4])
@pytest.mark.parametrize("leap", [10 * 90_000, -10 * 90_000, 1 << 31, 12345 - (1 << 30)])
def test_timestamps_that_leap_are_a_jump_after_which_media_time_goes_on(leap: int, together: int) -> None:
    clock = TrackClock(90_000, CameraClock())
    before = run(clock, range(100), together=together)
    after = run(clock, range(100, 200), first=leap, together=together)
    assert [stamp.is_jump for stamp in after] == [True] + [False] * 99
    assert after[0].pts - before[-1].pts == FRAME
    assert abs(error_us(before + after, 199) - 5000) < 1000


def test_a_stall_of_the_network_is_no_jump() -> None:
    clock = TrackClock(90_000, CameraClock())
    run(clock, range(100))
    stalled = [clock.stamp(frame * FRAME, START_US + 400 * FRAME_US) for frame in range(100, 400)]
    assert not any(stamp.is_jump for stamp in stalled)
    assert abs(stalled[-1].utc_us - (START_US + 399 * FRAME_US)) < 50_000


@pytest.mark.parametrize("together", [1, 3])
def test_a_restart_goes_on_by_our_clock(together: int) -> None:
    clock = TrackClock(90_000, CameraClock())
    before = run(clock, range(100), together=together)
    clock.restart()
    after = run(clock, range(150, 200), first=987_654_321, together=together)
    assert [stamp.is_jump for stamp in after] == [True] + [False] * 49
    assert after[0].pts - before[-1].pts == 51 * FRAME


@pytest.mark.parametrize("together", [1, 3])
def test_a_restart_is_a_jump_also_where_its_timestamps_happen_to_go_on(together: int) -> None:
    clock = TrackClock(90_000, CameraClock())
    run(clock, range(99), together=together)
    clock.restart()
    after = run(clock, range(99, 120), together=together)
    assert [stamp.is_jump for stamp in after] == [True] + [False] * 20


@settings(max_examples=50)
@given(
    st.lists(st.integers(0, 300_000), min_size=2, max_size=200),
    st.integers(-5_000_000, 5_000_000) | st.none(),
    st.integers(1, 60),
)
def test_utc_follows_media_time(jitter_us: list[int], report_offset_us: int | None, together: int) -> None:
    stamps = run(
        TrackClock(90_000, CameraClock()),
        range(300),
        jitter_us=tuple(jitter_us),
        report_offset_us=report_offset_us,
        together=together,
    )
    since = 0
    for place, stamp in enumerate(stamps):
        if stamp.is_jump:
            since = place
        elif place > since:
            assert stamps[place - 1].utc_us < stamp.utc_us


@pytest.mark.parametrize("together", [1, 2, 4, 10])
def test_units_read_together_are_dated_as_if_each_had_been_read_by_itself(together: int) -> None:
    alone, grouped = (
        run(TrackClock(90_000, CameraClock()), range(1000), jitter_us=(9000, 0, 4000), together=size)
        for size in (1, together)
    )
    assert [stamp.pts for stamp in grouped] == [stamp.pts for stamp in alone]
    assert all(abs(one.utc_us - other.utc_us) < 10_000 for one, other in zip(alone, grouped, strict=True))


@pytest.mark.parametrize("are_together", [False, True])
def test_reordered_frames_keep_their_order_in_utc(are_together: bool) -> None:
    clock = TrackClock(90_000, CameraClock())
    stamps: list[Stamp] = []
    for group in range(100):
        if are_together:
            row = [(group * 4 + frame) * FRAME for frame in (0, 3, 1, 2)]
            stamps += map(Stamp, *clock.stamps(row, START_US + (group * 4 + 3) * FRAME_US))
            continue
        for frame in (0, 3, 1, 2):
            at = group * 4 + frame
            stamps.append(clock.stamp(at * FRAME, START_US + (group * 4 + len(stamps) % 4) * FRAME_US))
    by_pts = sorted(stamps)
    assert all(earlier.utc_us < later.utc_us for earlier, later in itertools.pairwise(by_pts))
    assert not any(stamp.is_jump for stamp in stamps)


@pytest.mark.parametrize("is_before", [False, True])
def test_media_time_falls_back_with_utc_where_a_restart_brings_what_was_there_before(
    *, is_before: bool
) -> None:
    clock = TrackClock(90_000, CameraClock())
    before = run(clock, range(500), report_offset_us=0)
    clock.restart()
    now_us = START_US + 550 * FRAME_US
    clock.sender_report(ntp_from_utc_us(START_US + 450 * FRAME_US), 450 * FRAME + 77, now_us)
    back = clock.go_back().ticks if is_before else 0
    again = [clock.stamp(frame * FRAME + 77, now_us) for frame in range(450, 500)]
    if not is_before:
        assert again[0].pts == before[-1].pts + 1
        back = clock.go_back().ticks
    rest = [clock.stamp(frame * FRAME + 77, now_us) for frame in range(500, 550)]
    pts = [each.pts - (0 if is_before else back) for each in again] + [each.pts for each in rest]
    assert all(abs(each - place * FRAME) < 200 for place, each in enumerate(pts, 450))
    assert clock.go_back() == (0, 0)


def test_what_is_added_to_timestamps_is_told_while_it_holds() -> None:
    clock = TrackClock(90_000, CameraClock())
    assert clock.lead is None
    now_us, timestamp = 1_700_000_000_000_000, (1 << 32) - 5000
    for jump in (0, 3600, 3600, 3600, 900_000, 3600):  # over the wrap, and over a jump
        timestamp = timestamp + jump & 0xFFFF_FFFF
        now_us += 40_000
        stamp = clock.stamp(timestamp, now_us)
        assert clock.lead is not None
        assert (timestamp + clock.lead - stamp.pts) & 0xFFFF_FFFF == 0
    clock.restart()
    assert clock.lead is None
    stamp = clock.stamp(7, now_us + 1_000_000)
    assert clock.lead is not None
    assert (7 + clock.lead - stamp.pts) & 0xFFFF_FFFF == 0
    clock.ours_was_set()
    assert clock.lead is None
