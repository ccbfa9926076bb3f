"""What becomes of units does not depend on how many come together."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.storage.assembly import Seam, SeamFinder
from vedette.storage.disk import Disk
from vedette.storage.index import Index
from vedette.storage.segments import SampleEntry
from vedette.storage.writer import RecordingWriter, WriterOptions

VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, setup=(b"x",))
SOUND = Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8_000)
MOST_BYTES = 1000
STEPS_US = (40_000, 40_000, 40_000, 0, 600_000, 1_000_000, 1_300_000, -40_000, -1_500_000, 12_000_000)


@st.composite
def some_units(draw: st.DrawFn) -> list[AccessUnit]:
    """Units of which each is twice as large as the one before: the size of a group tells who is in it."""
    units: list[AccessUnit] = []
    utc_us, pts = 1_700_000_000_000_000, 0
    for place in range(draw(st.integers(1, 12))):
        step_us = draw(st.sampled_from(STEPS_US))
        utc_us += step_us
        pts += draw(st.sampled_from((step_us, step_us, step_us, 40_000, 3_000_000))) * 9 // 100
        units.append(
            AccessUnit(
                track=draw(st.sampled_from((0, 0, 0, 1, 2))),
                utc_us=utc_us,
                pts=pts,
                data=bytes(1 << place),
                is_key=draw(st.sampled_from((False, False, True))),
                is_discontinuous=draw(st.sampled_from((False, False, False, True))),
            )
        )
    return units


def batches_of(data: st.DataObject, units: list[AccessUnit]) -> list[list[AccessUnit]]:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(units)), max_size=3)) | {0, len(units)})
    return [units[start:end] for start, end in pairwise(cuts)]


class Sizes:
    """In the place of a disk: the size of what is handed over."""

    pending_bytes = 0

    def __init__(self) -> None:
        self.found: list[int] = []

    def submit(self, job: Callable[[], None], size: int = 0) -> None:
        if size:
            self.found.append(size)


def groups_of(batches: list[list[AccessUnit]], most_bytes: int = MOST_BYTES) -> tuple[list[int], int]:
    """The sizes of the groups that a recorder makes of these batches, and how many units it left out."""
    sizes = Sizes()
    writer = RecordingWriter(
        "recording",
        1,
        Path(),
        disk=cast("Disk", sizes),
        index=cast("Index", None),
        sample_entry=cast("SampleEntry", None),
        options=WriterOptions(most_fragment_bytes=most_bytes),
        report=lambda _token, _problem: None,
        appended=lambda _token: None,
    )
    writer.tracks_changed((VIDEO, SOUND))
    for batch in batches:
        writer.receive(batch)
    writer.flush()
    return sizes.found, writer.counts.skipped


def seams_of(batches: list[list[AccessUnit]]) -> list[tuple[int, Seam]]:
    """Behind how many units a seam was found, and which."""
    finder, found, passed = SeamFinder(VIDEO), [], 0
    for batch in batches:
        rest = batch
        while (seam := finder.first(rest)) is not None:
            found.append((passed + len(batch) - len(rest) + seam.place, seam.kind))
            rest = rest[seam.place :]
        passed += len(batch)
    return found


@settings(max_examples=300, deadline=None)
@given(units=some_units(), data=st.data())
def test_a_recorder_makes_the_same_groups(units: list[AccessUnit], data: st.DataObject) -> None:
    groups, skipped = groups_of([[unit] for unit in units])
    assert groups_of(batches_of(data, units)) == (groups, skipped)
    assert all(size - (1 << size.bit_length() - 1) < MOST_BYTES for size in groups)


@pytest.mark.parametrize("together", [1, 400, 1500])
def test_a_group_is_of_a_thousand_units_at_most(together: int) -> None:
    unit = AccessUnit(track=0, utc_us=0, pts=0, data=b"x", is_key=False)
    units = [unit] * 1500
    batches = [units[at : at + together] for at in range(0, 1500, together)]
    assert groups_of(batches, most_bytes=2000) == ([1000, 500], 0)


@settings(max_examples=300, deadline=None)
@given(units=some_units(), data=st.data())
def test_the_same_seams_are_found(units: list[AccessUnit], data: st.DataObject) -> None:
    assert seams_of(batches_of(data, units)) == seams_of([[unit] for unit in units])
