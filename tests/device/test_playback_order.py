"""Playback where footage does not lie in the order of recording, or where the oldest is gone."""

from itertools import pairwise

import msgspec
import pytest
from tests.device.conftest import BACK, SECOND_US, Hall, all_of, instants, marked, pictures
from tests.storage.conftest import START_US, VIDEO

from vedette.media.unit import AccessUnit
from vedette.storage.retention import RetentionLimits, enforce
from vedette.storage.writer import RecordingWriter, WriterOptions


def set_back(hall: Hall, seconds: int = 12) -> list[AccessUnit]:
    """Two times 24 seconds in segments of eight; a clock is set back between them."""
    hall.archive._options = WriterOptions(segment_us=8 * SECOND_US)
    earlier = pictures(24)
    later = [
        msgspec.structs.replace(unit, utc_us=unit.utc_us - seconds * SECOND_US)
        for unit in pictures(24, START_US + 24 * SECOND_US)
    ]
    return earlier + later


def begun(hall: Hall, units: list[AccessUnit]) -> RecordingWriter:
    """A recording that goes on, of which these units can be read."""
    writer = hall.begin(units, tracks=(VIDEO,))
    writer.flush()
    hall.settle()
    return writer


@pytest.mark.parametrize("scale", [1.0, -1.0])
def test_where_a_clock_was_set_back_every_step_in_time_is_the_end_of_a_section(
    hall: Hall, scale: float
) -> None:
    units = set_back(hall)
    hall.record(units, tracks=(VIDEO,))
    steps = hall.play(START_US if scale > 0 else START_US + 60 * SECOND_US, scale=scale)
    assert sorted(step.unit.pts for step in steps) == [unit.pts for unit in units]
    if scale > 0:
        ends = [before for before, after in pairwise(steps) if after.unit.utc_us < before.unit.utc_us]
        assert all(before.line_us < after.line_us for before, after in pairwise(steps))
    else:
        groups = [steps[at : at + 25] for at in range(0, len(steps), 25)]
        ends = [group[-1] for group, after in pairwise(groups) if after[0].unit.utc_us > group[0].unit.utc_us]
    assert len(ends) >= 2
    assert all(step.is_section_end for step in ends)


def test_playback_that_has_caught_up_goes_on_when_a_clock_is_set_back(hall: Hall) -> None:
    units = set_back(hall)
    writer = begun(hall, units[:600])
    sequencer = hall.sequencer()
    steps = all_of(sequencer)
    assert len(steps) == 600
    for second in range(24):
        writer.receive(units[600 + second * 25 : 625 + second * 25])
        writer.flush()
        hall.settle()
        steps += all_of(sequencer)
        assert [step.unit.pts for step in steps] == [unit.pts for unit in units[: len(steps)]]
        assert len(steps) == 625 + second * 25
    hall.stop(writer)
    steps += all_of(sequencer)
    assert len(steps) == len(units)


def test_playback_from_before_a_clock_was_set_back_waits_for_what_is_being_recorded(hall: Hall) -> None:
    units = set_back(hall)
    writer = begun(hall, units[:675])
    sequencer = hall.sequencer(START_US + 13 * SECOND_US)  # older footage goes on to 24 s, the newest to 15 s
    steps = all_of(sequencer)
    assert instants(steps) == [*range(325, 400), *range(325, 375)]  # the rest of the older segment first
    writer.receive(units[675:])
    hall.stop(writer)
    steps += all_of(sequencer)
    assert instants(steps)[75:] == list(range(325, 900))


def test_playback_that_comes_to_the_end_of_later_time_goes_on_with_what_is_being_recorded(hall: Hall) -> None:
    units = set_back(hall)
    writer = begun(hall, units[:675])
    sequencer = hall.sequencer(START_US + 20 * SECOND_US)  # older footage goes on to 24 s, the newest to 15 s
    steps = all_of(sequencer)
    assert instants(steps) == [*range(500, 600), *range(300, 375)]  # with what is there of its segment
    for first in range(675, 1200, 25):
        writer.receive(units[first : first + 25])
        writer.flush()
        hall.settle()
        steps += all_of(sequencer)
        assert len(steps) == first + 25 - 500
    hall.stop(writer)
    steps += all_of(sequencer)
    assert [step.unit.pts for step in steps[100:]] == [unit.pts for unit in units[600:]]
    assert all(before.line_us < after.line_us for before, after in pairwise(steps))


@pytest.mark.parametrize("back_s", [12, 16])  # by 16 segments begin at the same instant
@pytest.mark.parametrize(("begin_s", "end_s"), [(13, 15), (13, 23), (5, 15), (17, 22), (5, 40), (22, 30)])
def test_a_range_brings_all_that_was_recorded_of_its_time_also_what_came_twice(
    hall: Hall, begin_s: int, end_s: int, back_s: int
) -> None:
    units = set_back(hall, back_s)
    hall.record(units, tracks=(VIDEO,))
    begin_us, end_us = START_US + begin_s * SECOND_US, START_US + end_s * SECOND_US
    steps = hall.play(begin_us, end_us)
    wanted = sorted(unit.pts for unit in units if begin_us <= unit.utc_us <= end_us)
    sent = [step.unit.pts for step in steps]
    assert sorted(pts for pts in sent if pts in wanted) == wanted
    assert len(set(sent)) == len(sent)
    # Of a segment that begins before, what is decoded before the start; nothing else is outside.
    assert all(begin_us - SECOND_US < step.unit.utc_us <= end_us for step in steps)
    assert all(before.line_us < after.line_us for before, after in pairwise(steps))
    back = [before for before, after in pairwise(steps) if after.unit.utc_us < before.unit.utc_us]
    assert all(step.is_section_end for step in back)
    assert marked(steps, "is_terminal") == [instants(steps)[-1]]


def test_what_was_recorded_first_is_passed_over_where_it_has_another_codec(hall: Hall) -> None:
    units = set_back(hall)
    newer = msgspec.structs.replace(VIDEO, codec="H265")
    hall.record(units[:600], tracks=(VIDEO,))
    hall.record(units[600:], tracks=(newer,))
    steps = hall.play(START_US + 17 * SECOND_US, START_US + 19 * SECOND_US, described=(newer,))
    assert {step.track.codec for step in steps} == {"H265"}
    assert instants(steps) == list(range(425, 476))


def test_backward_playback_ends_a_section_with_the_oldest_footage_that_is_left(hall: Hall) -> None:
    hall.archive._options = WriterOptions(segment_us=2 * SECOND_US)
    hall.record(pictures(6), tracks=(VIDEO,))
    now_us = START_US + 6 * SECOND_US
    enforce(hall.archive, RetentionLimits(keep_s=4, least_free_bytes=0), now_us)
    steps = hall.play(now_us, **BACK)
    assert marked(steps, "is_section_end") == marked(steps, "is_terminal") == [74]
