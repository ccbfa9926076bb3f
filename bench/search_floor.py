"""What answering a search costs at least: the same rows, read by bare sqlite3 from the same files.

`python -m bench.search_floor FOLDER < questions`: a line a question, as JSON of `Question`'s fields; the
answer is one JSON document with the CPU time of each and how many rows came.
"""

import json
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from bench.footage import EVENTS_FILE
from vedette.storage.archive import INDEX_FILE

ENDS = """SELECT token, about,
    (SELECT start_us FROM segments WHERE recording_id = recordings.id ORDER BY start_us LIMIT 1),
    (SELECT end_us FROM segments WHERE recording_id = recordings.id ORDER BY start_us DESC LIMIT 1)
    FROM recordings"""
EVENTS = """SELECT utc_us, operation, data, topic, source, recording FROM events
    JOIN subjects ON subjects.id = subject_id
    WHERE subject_id IN (SELECT id FROM subjects WHERE (recording = :recording OR :recording = '')
        AND (topic = :topic OR :topic = '')) AND utc_us BETWEEN :start_us AND :end_us ORDER BY utc_us"""


class Question(NamedTuple):
    """What is searched for; empty texts leave nothing out. `end_us` 0 asks for recordings, not events."""

    recording: str = ""
    topic: str = ""
    start_us: int = 0
    end_us: int = 0


def rows_of(index: sqlite3.Connection, events: sqlite3.Connection, asked: Question) -> list[Any]:
    """The rows that answer a question."""
    if asked.end_us:
        return events.execute(EVENTS, asked._asdict()).fetchall()
    if asked.recording:
        return index.execute(f"{ENDS} WHERE token = ?", (asked.recording,)).fetchall()
    return index.execute(ENDS).fetchall()


def answered(folder: Path, questions: Iterable[Question]) -> Iterator[tuple[float, int]]:
    """CPU seconds and number of rows of each."""
    with (
        closing(_opened(folder / INDEX_FILE)) as index,
        closing(_opened(folder / EVENTS_FILE)) as events,
    ):
        for each in questions:
            begin_s = time.thread_time()
            rows = rows_of(index, events, each)
            yield time.thread_time() - begin_s, len(rows)


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{file}?mode=ro", uri=True)


def main() -> None:
    """Answer what comes on standard input."""
    questions = [Question(**json.loads(line)) for line in sys.stdin]
    found = list(answered(Path(sys.argv[1]), questions))
    print(json.dumps({"cpu_s": [each[0] for each in found], "rows": [each[1] for each in found]}))


if __name__ == "__main__":
    main()
