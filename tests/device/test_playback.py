"""The order, the marks and the time line of replayed footage; see docs/design/replay.md."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.device.conftest import (
    BACK,
    FRAME_US,
    FREE,
    INTRA,
    SECOND_US,
    Hall,
    all_of,
    instants,
    marked,
    merged,
    pictures,
    sounds,
    with_b_frames,
)
from tests.storage.conftest import AUDIO, START_US, VIDEO

from vedette.device.playback import AFTER_GAP_US, Step
from vedette.device.playback_pieces import first_described
from vedette.media.unit import Track
from vedette.protocols.rtsp.headers import FrameKind, FrameSelection

# -- where a PLAY begins and ends ------------------------------------------------------------------


@pytest.mark.parametrize("way", [{}, BACK, FREE])
def test_a_start_within_footage_begins_with_the_clean_point_before_it(
    two_clips: Hall, way: dict[str, Any]
) -> None:
    steps = two_clips.play(START_US + 30 * FRAME_US, **way)
    assert steps[0].unit.is_key
    assert instants(steps)[0] == 25


def test_a_start_in_a_gap_plays_forward_from_the_clean_point_after_it(two_clips: Hall) -> None:
    assert instants(two_clips.play(START_US + 5 * SECOND_US))[0] == 250


def test_a_start_in_a_gap_plays_backward_from_the_last_clean_point_before_it(two_clips: Hall) -> None:
    steps = two_clips.play(START_US + 5 * SECOND_US, **BACK)
    assert instants(steps) == [*range(25, 50), *range(25)]


def test_a_start_before_all_footage_begins_with_the_first(two_clips: Hall) -> None:
    assert instants(two_clips.play(START_US - 100 * SECOND_US))[0] == 0


def test_a_closed_range_ends_with_the_last_unit_at_or_before_its_end(two_clips: Hall) -> None:
    sequencer = two_clips.sequencer(START_US, START_US + 30 * FRAME_US)
    steps = all_of(sequencer)
    assert instants(steps) == list(range(31))
    assert sequencer.is_finished


def test_a_closed_range_backward_sends_its_last_group_from_the_key_frame_on(two_clips: Hall) -> None:
    sequencer = two_clips.sequencer(START_US + 255 * FRAME_US, START_US + 30 * FRAME_US, **BACK)
    assert instants(all_of(sequencer)) == [*range(250, 256), *range(25, 50)]
    assert sequencer.is_finished


@pytest.mark.parametrize("frames", [{}, {"frames": INTRA}])
def test_a_closed_range_backward_sends_nothing_captured_before_its_end(
    two_clips: Hall, frames: dict[str, Any]
) -> None:
    in_gap_us = START_US + 5 * SECOND_US
    steps = two_clips.play(START_US + 255 * FRAME_US, in_gap_us, **BACK, **frames)
    assert set(instants(steps)) == ({250} if frames else set(range(250, 256)))
    assert marked(steps, "is_terminal") == marked(steps, "is_section_end") == instants(steps)[-1:]
    within = two_clips.sequencer(in_gap_us, in_gap_us - SECOND_US, **BACK, **frames)
    assert all_of(within) == []
    assert within.is_finished
    at_a_key_frame = two_clips.play(START_US + 30 * FRAME_US, START_US + 25 * FRAME_US, **BACK, **frames)
    assert instants(at_a_key_frame)[0] == 25
    assert 0 not in instants(at_a_key_frame)


def test_what_is_decoded_before_the_end_of_a_range_is_sent_though_it_is_shown_behind(hall: Hall) -> None:
    hall.record(with_b_frames(2), tracks=(VIDEO,))
    assert instants(hall.play(START_US, START_US + 4 * FRAME_US)) == [0, 3, 1, 2, 6, 4]
    assert instants(hall.play(START_US + 8 * FRAME_US, **BACK)) == [7, 10, 8, 0, 3, 1, 2, 6, 4, 5]


def test_a_range_that_ends_in_a_gap_is_finished_without_waiting(two_clips: Hall) -> None:
    sequencer = two_clips.sequencer(START_US, START_US + 5 * SECOND_US)
    assert instants(all_of(sequencer)) == list(range(50))
    assert sequencer.is_finished


def test_a_change_of_codec_ends_a_play(hall: Hall) -> None:
    hevc = msgspec.structs.replace(VIDEO, codec="H265")
    hall.record(pictures(1), tracks=(VIDEO,))
    hall.record(pictures(1, START_US + SECOND_US), tracks=(hevc,))
    sequencer = hall.sequencer()
    assert instants(all_of(sequencer)) == list(range(25))
    assert sequencer.is_finished


@pytest.mark.parametrize("is_restarted", [True, False])
def test_footage_of_codecs_that_were_not_described_is_passed_over(hall: Hall, *, is_restarted: bool) -> None:
    hevc, later_us = msgspec.structs.replace(VIDEO, codec="H265"), START_US + SECOND_US
    writer = hall.begin(merged(pictures(1), sounds(0.8)), tracks=(VIDEO, AUDIO))
    if is_restarted:
        hall.stop(writer)
        writer = hall.archive.writer("hall")
    writer.tracks_changed((hevc, AUDIO))
    writer.receive(merged(pictures(1, later_us), sounds(1.2, later_us - 200_000)))
    hall.stop(writer)
    reader, now_us = hall.archive.reader("hall"), later_us + SECOND_US
    hall.readers.append(reader)

    def begins(
        described: tuple[Track, ...], numbers: tuple[int, ...] = (0, 1), start_us: int = START_US
    ) -> int:
        return first_described(reader, frozenset(numbers), described, start_us, now_us)

    assert begins((hevc, AUDIO), numbers=(1,)) == START_US
    assert begins((VIDEO, AUDIO)) == START_US
    assert begins((hevc, AUDIO), start_us=later_us + 40_000) == later_us + 40_000
    steps = all_of(hall.sequencer(begins((hevc, AUDIO)), described=(hevc, AUDIO)))
    assert instants(steps) == list(range(25, 50))
    backward = hall.sequencer(now_us, described=(hevc, AUDIO), **BACK)
    assert instants(all_of(backward)) == list(range(25, 50))
    assert all_of(hall.sequencer(later_us - 500_000, described=(hevc, AUDIO), **BACK)) == []


# -- order -----------------------------------------------------------------------------------------


def test_several_tracks_leave_in_the_order_of_recording(two_clips: Hall) -> None:
    steps = two_clips.play(**FREE)
    captured = [step.unit.utc_us for step in steps]
    assert captured == sorted(captured)
    assert {step.unit.track for step in steps} == {0, 1, 2}


def test_only_chosen_tracks_are_sent(two_clips: Hall) -> None:
    assert {step.unit.track for step in two_clips.play(numbers=(1,))} == {1}
    assert {step.unit.track for step in two_clips.play(numbers=(1,), frames=INTRA)} == {1}


def test_groups_run_backward_and_their_pictures_forward(two_clips: Hall) -> None:
    steps = two_clips.play(START_US + 20 * SECOND_US, **BACK)
    assert instants(steps) == [*range(275, 300), *range(250, 275), *range(25, 50), *range(25)]


def test_backward_each_picture_that_decodes_alone_is_a_group(hall: Hall) -> None:
    hall.record(pictures(2, group=1), tracks=(VIDEO,))
    steps = hall.play(START_US + SECOND_US, **BACK)
    assert instants(steps) == list(range(25, -1, -1))
    assert marked(steps, "is_discontinuous") == instants(steps)
    assert marked(steps, "is_section_end") == marked(steps, "is_terminal") == [0]


def test_audio_is_left_out_backward_and_metadata_follows_the_jumps(two_clips: Hall) -> None:
    steps = two_clips.play(START_US + 20 * SECOND_US, **BACK)
    assert {step.unit.track for step in steps} == {0, 2}
    documents = [step for step in steps if step.unit.track == 2]
    assert [step.unit.utc_us for step in documents] == [START_US + 11_100_000, START_US + 100_000]
    assert all(step.is_discontinuous for step in documents)


def test_intra_leaves_key_frames_alone(two_clips: Hall) -> None:
    forward = two_clips.play(frames=INTRA)
    backward = two_clips.play(START_US + 20 * SECOND_US, frames=INTRA, **BACK)
    assert instants(forward) == [0, 25, 250, 275]
    assert instants(backward) == [275, 250, 25, 0]
    assert {step.unit.track for step in forward + backward} == {0}


def test_a_range_without_a_key_frame_begins_with_the_one_before_it_in_both_directions(
    two_clips: Hall,
) -> None:
    first_us, last_us = START_US + 30 * FRAME_US, START_US + 40 * FRAME_US
    assert instants(two_clips.play(first_us, last_us, frames=INTRA)) == [25]
    assert instants(two_clips.play(last_us, first_us, frames=INTRA, **BACK)) == [25]


@pytest.mark.parametrize("scale", [1.0, 4.0, -1.0])
def test_an_interval_between_key_frames_is_one_of_recorded_time(hall: Hall, scale: float) -> None:
    hall.record(pictures(10), tracks=(VIDEO,))
    frames = FrameSelection(kind=FrameKind.INTRA, interval_ms=2500)
    start_us = START_US + (0 if scale > 0 else 10 * SECOND_US)
    played = instants(hall.play(start_us, scale=scale, frames=frames))
    assert played == ([0, 75, 150, 225] if scale > 0 else [225, 150, 75, 0])


def test_predicted_leaves_the_bidirectional_pictures_out(hall: Hall) -> None:
    hall.record(with_b_frames(2), tracks=(VIDEO,))
    frames = FrameSelection(kind=FrameKind.PREDICTED)
    assert instants(hall.play(frames=frames)) == [0, 3, 6, 7, 10, 13]
    assert instants(hall.play(START_US + SECOND_US, frames=frames, **BACK)) == [7, 10, 13, 0, 3, 6]


# -- marks -----------------------------------------------------------------------------------------


def test_the_last_unit_of_each_track_before_a_gap_and_at_the_end_is_marked(two_clips: Hall) -> None:
    steps = two_clips.play()
    assert marked(steps, "is_section_end", 0) == [49, 299]
    assert marked(steps, "is_section_end", 1) == [49, 299]
    documents = [step for step in steps if step.unit.track == 2]
    assert [step.is_section_end for step in documents] == [True, True]


def test_backward_the_last_unit_sent_of_a_section_is_marked(two_clips: Hall) -> None:
    steps = two_clips.play(START_US + 20 * SECOND_US, **BACK)
    assert marked(steps, "is_section_end") == [274, 24]


def test_the_end_of_a_section_is_marked_among_key_frames_too(two_clips: Hall) -> None:
    assert marked(two_clips.play(frames=INTRA), "is_section_end") == [25, 275]
    backward = two_clips.play(START_US + 20 * SECOND_US, frames=INTRA, **BACK)
    assert marked(backward, "is_section_end") == [250, 0]


def test_a_section_end_is_marked_although_the_interval_passes_its_last_key_frames_over(hall: Hall) -> None:
    hall.record(pictures(4), pictures(4, START_US + 60 * SECOND_US), tracks=(VIDEO,))
    frames = FrameSelection(kind=FrameKind.INTRA, interval_ms=3000)
    assert marked(hall.play(frames=frames), "is_section_end") == [75, 1575]
    frames = FrameSelection(kind=FrameKind.INTRA, interval_ms=3500)
    assert marked(hall.play(frames=frames), "is_section_end") == [0, 1500]


def test_the_end_of_a_range_is_no_end_of_a_section(two_clips: Hall) -> None:
    steps = two_clips.play(START_US, START_US + 30 * FRAME_US)
    assert marked(steps, "is_section_end") == []
    steps = two_clips.play(START_US, START_US + 49 * FRAME_US)
    assert marked(steps, "is_section_end") == [49]


def test_the_terminal_unit_of_each_track_is_marked_in_both_directions(two_clips: Hall) -> None:
    forward = two_clips.play()
    backward = two_clips.play(START_US + 20 * SECOND_US, **BACK)
    assert marked(forward, "is_terminal", 0) == [299]
    assert marked(forward, "is_terminal", 1) == [299]
    assert [s.is_terminal for s in forward if s.unit.track == 2] == [False, True]
    assert marked(backward, "is_terminal") == [24]


def test_the_last_unit_of_a_closed_range_is_terminal(two_clips: Hall) -> None:
    assert marked(two_clips.play(START_US, START_US + 30 * FRAME_US), "is_terminal") == [30]


def test_each_group_backward_begins_with_a_discontinuity(two_clips: Hall) -> None:
    steps = two_clips.play(START_US + 20 * SECOND_US, **BACK)
    assert marked(steps, "is_discontinuous") == [275, 250, 25, 0]
    keys = two_clips.play(START_US + 20 * SECOND_US, frames=INTRA, **BACK)
    assert marked(keys, "is_discontinuous") == [275, 250, 25, 0]


def test_the_first_unit_of_each_track_after_a_seek_follows_a_discontinuity(two_clips: Hall) -> None:
    steps = two_clips.play(is_seek=True)
    assert marked(steps, "is_discontinuous", 0) == [0]
    assert marked(steps, "is_discontinuous", 1) == [0]
    assert sum(step.is_discontinuous for step in steps) == 3
    assert not any(step.is_discontinuous for step in two_clips.play())


# -- time ------------------------------------------------------------------------------------------


def test_without_rate_control_the_line_is_that_of_capture_in_both_directions(two_clips: Hall) -> None:
    for steps in (two_clips.play(**FREE), two_clips.play(START_US + 20 * SECOND_US, **FREE, **BACK)):
        assert all(step.line_us == step.unit.utc_us for step in steps)
        assert all(step.due_us == 0 for step in steps)


@pytest.mark.parametrize("scale", [1.0, 2.0, 0.5])
def test_with_rate_control_the_line_is_scaled_and_passes_gaps_over(two_clips: Hall, scale: float) -> None:
    steps = [step for step in two_clips.play(scale=scale) if step.unit.track == 0]
    lines = [step.line_us for step in steps]
    assert lines[:50] == [round(i * FRAME_US / scale) for i in range(50)]
    base_us = max(step.line_us for step in two_clips.play(scale=scale)[: 50 + 50 + 1]) + AFTER_GAP_US
    assert lines[50:] == [base_us + round(i * FRAME_US / scale) for i in range(50)]


def test_backward_with_rate_control_times_fall_in_a_group_and_rise_between_groups(two_clips: Hall) -> None:
    steps = two_clips.play(START_US + 20 * SECOND_US, numbers=(0,), **BACK)
    lines = [step.line_us for step in steps]
    groups = [lines[i : i + 25] for i in range(0, 100, 25)]
    assert all(group == sorted(group, reverse=True) for group in groups)
    assert [group[0] for group in groups] == sorted(group[0] for group in groups)
    assert lines[:25] == pytest.approx([(25 - i) * FRAME_US for i in range(25)], abs=5)


def test_backward_from_within_a_group_the_asked_instant_is_shown_first(two_clips: Hall) -> None:
    sequencer = two_clips.sequencer(START_US + 30 * FRAME_US, **BACK)
    steps = sequencer.next()
    assert steps is not None
    assert sequencer.first_us == START_US + 30 * FRAME_US
    assert min(step.line_us for step in steps) == 0


def test_speed_hastens_the_sending_and_leaves_the_time_line(two_clips: Hall) -> None:
    plain, fast = two_clips.play(), two_clips.play(speed=4.0)
    assert [step.line_us for step in fast] == [step.line_us for step in plain]
    assert [step.due_us for step in fast] == [round(step.due_us / 4) for step in plain]


def test_a_picture_leaves_before_those_that_need_it_are_shown(hall: Hall) -> None:
    hall.record(with_b_frames(2), tracks=(VIDEO,))
    steps = hall.play()
    dues = [step.due_us for step in steps]
    assert dues == sorted(dues)
    assert all(step.due_us <= step.line_us for step in steps)


# -- footage that is being recorded, or vanishes ---------------------------------------------------


def test_playback_follows_into_what_is_recorded_meanwhile(hall: Hall) -> None:
    writer = hall.begin(pictures(2), tracks=(VIDEO,))
    writer.flush()
    hall.settle()
    sequencer = hall.sequencer()
    steps = all_of(sequencer)
    assert not sequencer.is_finished
    assert marked(steps, "is_section_end") == []
    writer.receive(pictures(2, START_US + 2 * SECOND_US))
    hall.stop(writer)
    steps += all_of(sequencer)
    assert instants(steps) == list(range(100))
    assert marked(steps, "is_section_end") == [99]
    assert marked(steps, "is_terminal") == [99]


def test_what_is_written_last_waits_until_it_is_known_to_be_the_end(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = hall.begin(pictures(2), tracks=(VIDEO,))
    writer.flush()
    hall.settle()
    monkeypatch.setattr(hall.archive, "is_recording", lambda _: False)  # told to end, not sealed yet
    sequencer = hall.sequencer()
    steps = all_of(sequencer)
    assert marked(steps, "is_section_end") == []
    assert not sequencer.is_finished
    hall.stop(writer)
    steps += all_of(sequencer)
    assert instants(steps) == list(range(50))
    assert marked(steps, "is_section_end") == [49]


def test_playback_goes_on_when_recording_is_resumed(hall: Hall) -> None:
    hall.record(pictures(1), tracks=(VIDEO,))
    sequencer = hall.sequencer()
    assert instants(all_of(sequencer)) == list(range(25))
    assert not sequencer.is_finished
    hall.record(pictures(1, START_US + 60 * SECOND_US), tracks=(VIDEO,))
    assert instants(all_of(sequencer)) == list(range(1500, 1525))


def test_backward_playback_ends_with_the_oldest_footage(two_clips: Hall) -> None:
    sequencer = two_clips.sequencer(START_US + SECOND_US, **BACK)
    all_of(sequencer)
    assert sequencer.is_finished


def test_a_file_that_vanishes_is_passed_over_like_a_gap(two_clips: Hall) -> None:
    sequencer = two_clips.sequencer(START_US + 20 * SECOND_US, numbers=(0,), **BACK)
    first = sequencer.next()
    assert first is not None
    for file in two_clips.archive.folder_of("hall").rglob("*.mp4"):
        file.write_bytes(b"")
    assert all_of(sequencer) == []
    assert sequencer.is_finished


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_any_play_sends_every_unit_once_and_marks_one_end_a_section(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    hall = Hall(tmp_path_factory.mktemp("any"))
    try:
        stretches, at_us = [], START_US
        for length in data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)):
            stretches.append(pictures(length, at_us, group=data.draw(st.sampled_from((5, 25)))))
            at_us += (length + 20) * SECOND_US
        hall.record(*stretches, tracks=(VIDEO,))
        scale = data.draw(st.sampled_from((1.0, -1.0)))
        is_controlled = data.draw(st.booleans())
        steps = hall.play(START_US if scale > 0 else at_us, scale=scale, is_rate_controlled=is_controlled)
        assert sorted(instants(steps)) == instants([Step(u, VIDEO, 0, 0) for s in stretches for u in s])
        assert len(marked(steps, "is_section_end")) == len(stretches)
        assert len(marked(steps, "is_terminal")) == 1
        assert all(step.due_us <= step.line_us for step in steps)
    finally:
        for reader in hall.readers:
            reader.close()
        hall.archive.close()
