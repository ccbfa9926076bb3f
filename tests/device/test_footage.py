"""What footage tells of itself, whatever its segments are."""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vedette.device.footage import history
from vedette.device.recordings import RecordedTrack, Recording, track_token
from vedette.media.unit import Track, TrackKind
from vedette.storage.archive import Archive
from vedette.storage.index import Index
from vedette.storage.progress import Progress
from vedette.storage.recordings import RecordingInfo

VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000)
AUDIO = Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8_000)
END_US = 1 << 40

Piece = tuple[int, int, int]  # gap before (0 continues), length, track mask


class Shelf:
    """As much of an archive as the history needs."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.settled = cycle((True,))

    def is_settled(self, token: str) -> bool:
        return next(self.settled)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(tmp_path / "index.sqlite")
    yield index
    index.close()


def recorded(index: Index, pieces: list[Piece]) -> tuple[Archive, Recording]:
    """A recording of segments, one behind the other from instant 1000 on."""
    for token, _ in [(info.token, key) for key, info in index.recordings()]:
        index.forget_recording(token).result()
    recording_id = index.put_recording(RecordingInfo(token="hall")).result()
    at_us = 1000
    for number, (gap_us, length_us, mask) in enumerate(pieces):
        jitter_us = 0 if gap_us else 3  # footage continues though the times leave a little open
        start_us = at_us + gap_us + jitter_us
        at_us = start_us + length_us
        index.add_segment(
            recording_id,
            f"day/{number}.mp4",
            (VIDEO, AUDIO),
            start_us,
            sealed=Progress(at_us, 1, mask),
            continues=not gap_us,
        ).result()
    tracks = tuple(RecordedTrack(track_token(each), each, 1, 2) for each in (VIDEO, AUDIO))
    recording = Recording(recording_id, RecordingInfo(token="hall"), tracks, None, None)
    return cast("Archive", Shelf(index)), recording


def told(events: list[Any]) -> list[tuple[int, str, str]]:
    return [(each.utc_us, each.track, each.data[0][1]) for each in events]


PIECES = st.lists(
    st.tuples(st.sampled_from((0, 0, 50)), st.integers(10, 60), st.sampled_from((1, 2, 3, 3))), max_size=12
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=PIECES, low=st.integers(900, 1500), length=st.integers(0, 400))
def test_the_history_of_an_interval_is_that_part_of_the_whole(
    index: Index, pieces: list[Piece], low: int, length: int
) -> None:
    archive, recording = recorded(index, pieces)
    whole = told(history(archive, recording, 0, END_US, END_US))
    part = told(history(archive, recording, low, low + length, END_US))

    assert [each for each in part if low <= each[0] <= low + length] == [
        each for each in whole if low <= each[0] <= low + length
    ]
    for track in ("", "VIDEO000", "AUDIO001"):
        states = [
            [each[2] for each in events if each[1] == track and each[0] < low] for events in (whole, part)
        ]
        assert [(each or ["false"])[-1] for each in states] == [(states[0] or ["false"])[-1]] * 2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=PIECES)
def test_every_state_begins_and_ends_in_turn(index: Index, pieces: list[Piece]) -> None:
    archive, recording = recorded(index, pieces)
    events = told(history(archive, recording, 0, END_US, END_US))

    for track in ("", "VIDEO000", "AUDIO001"):
        values = [each[2] for each in events if each[1] == track]
        assert values == ["true", "false"] * (len(values) // 2)


def test_a_track_that_pauses_does_not_end_the_recording(index: Index) -> None:
    archive, recording = recorded(index, [(50, 100, 3), (0, 100, 1), (0, 100, 3)])

    assert told(history(archive, recording, 0, END_US, END_US)) == [
        (1050, "", "true"),
        (1050, "VIDEO000", "true"),
        (1050, "AUDIO001", "true"),
        (1150, "AUDIO001", "false"),
        (1256, "AUDIO001", "true"),
        (1356, "", "false"),
        (1356, "VIDEO000", "false"),
        (1356, "AUDIO001", "false"),
    ]


@pytest.mark.parametrize("settled", [(False, True), (True, False), (False, False), (True, True)])
def test_footage_goes_on_that_is_being_recorded_before_or_behind_the_look_at_it(
    index: Index, settled: tuple[bool, bool]
) -> None:
    archive, recording = recorded(index, [])
    cast("Shelf", archive).settled = cycle(settled)
    first_us, now_us, last_us = 100_000_000, 101_000_000, 102_000_000
    segment = index.add_segment(recording.id, "day/a.mp4", (VIDEO, AUDIO), first_us, continues=False).result()
    index.advance(segment, Progress(now_us, 1, 3))
    events = told(history(archive, recording, 0, END_US, now_us))
    assert ((now_us, "", "false") in events) is all(settled)
    index.seal(segment, Progress(last_us, 1, 3)).result()
    assert (last_us, "", "false") in told(history(archive, recording, 0, END_US, last_us))
