"""What is present and which tracks there are is found by leaps, and is what reading every row would give."""

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from vedette.media.unit import Track, TrackKind
from vedette.storage import index as index_module
from vedette.storage.index import Index
from vedette.storage.progress import Progress
from vedette.storage.recordings import RecordingInfo

VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, width=64, height=48)
AUDIO = Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8_000, channels=1)
LENGTH_US = 10


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(tmp_path / "index.sqlite")
    yield index
    index.close()


def fill(index: Index, chance: random.Random, rows: int, recording: int) -> int:
    """Segments with gaps, clocks set back, tracks that come and go, one being deleted; where they end."""
    at_us = 1000
    lines = []
    for number in range(rows):
        is_gap = not number or chance.random() < 0.1
        at_us += chance.choice((5, 100, -30)) if is_gap else 0
        mask = chance.choice((1, 1, 2)) if chance.random() < 0.1 else 3
        state = 0 if number == rows - 1 and chance.random() < 0.6 else 2 if chance.random() < 0.03 else 1
        end_us = at_us if state == 0 else at_us + chance.choice((LENGTH_US, LENGTH_US - 7))
        lines.append((recording, f"day/{number}.mp4", at_us, end_us, state, mask, int(not is_gap)))
        at_us = at_us + LENGTH_US

    def job(connection: sqlite3.Connection) -> list[tuple[int]]:
        tracks = msgspec.json.encode([VIDEO, AUDIO])
        connection.execute("INSERT OR IGNORE INTO setups (id, tracks) VALUES (1, ?)", (tracks,))
        connection.execute(
            "INSERT INTO recordings (id, token, about) VALUES (?, ?, ?)", (recording, f"r{recording}", b"{}")
        )
        connection.executemany(
            "INSERT INTO segments (recording_id, setup_id, path, start_us, end_us, bytes, state, track_mask,"
            " continues) VALUES (?, 1, ?, ?, ?, 1, ?, ?, ?)",
            lines,
        )
        return connection.execute("SELECT id FROM segments WHERE state = 0").fetchall()

    for (segment,) in index.database.write(job).result(5):
        if chance.random() < 0.7:
            index.advance(segment, Progress(end_us=at_us + LENGTH_US, bytes=1, track_mask=3))
    return at_us


@pytest.mark.parametrize("seed", range(6))
def test_footage_is_found_by_leaps_as_by_reading_every_row(
    index: Index, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    for recording, rows in enumerate((1, 4, 12, 60), 1):
        end_us = fill(index, chance, rows, recording)
        for _ in range(8):
            low_us = chance.randint(900, end_us)
            high_us = chance.randint(low_us, end_us + 100)
            monkeypatch.setattr(index_module, "MOST_SKIPS", 0)
            plain = index.coverage(recording, low_us, high_us)
            for most in (2, 2000):
                monkeypatch.setattr(index_module, "MOST_SKIPS", most)
                assert index.coverage(recording, low_us, high_us) == plain


@pytest.mark.parametrize("grown_us", [0, 7])
def test_what_grows_is_told_also_of_a_segment_just_opened_and_before_footage_of_later_times(
    index: Index, grown_us: int
) -> None:
    recording = index.put_recording(RecordingInfo(token="hall")).result(5)
    for start_us in (2000, 1000):  # a clock was set back between them
        sealed = Progress(start_us + LENGTH_US, 1, 1)
        index.add_segment(
            recording, f"day/{start_us}.mp4", (VIDEO,), start_us, continues=False, sealed=sealed
        )
    end_us = 1000 + LENGTH_US
    key = index.add_segment(recording, "day/open.mp4", (VIDEO,), end_us, continues=True).result(5)
    if grown_us:
        end_us += grown_us
        index.advance(key, Progress(end_us, 1, 1))

    told = [(each.start_us, each.end_us, each.growing_us) for each in index.coverage(recording, 0, 3000)]

    assert told == [(1000, end_us, end_us), (2000, 2000 + LENGTH_US, 0)]


@pytest.mark.parametrize("seed", range(4))
def test_tracks_span_from_the_first_to_the_last_segment_that_holds_them(index: Index, seed: int) -> None:
    fill(index, random.Random(seed), 40, 1)
    segments = [each for each in index.after(1, 0, most=100) if each.state < 2]

    spans = index.track_spans(1)

    assert [track for track, _, _ in spans] == [VIDEO, AUDIO]
    for track, start_us, end_us in spans:
        holding = [each for each in segments if each.track_mask >> track.number & 1]
        assert (start_us, end_us) == (holding[0].start_us, holding[-1].end_us)


def test_a_track_that_was_never_recorded_has_no_span(index: Index) -> None:
    assert index.track_spans(1) == []
