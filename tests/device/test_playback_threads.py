"""Playback brings every unit in order and with the right marks, whatever the disk's threads do meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import msgspec
from tests.device.conftest import SECOND_US, Hall, all_of, instants, marked, pictures
from tests.storage.conftest import START_US, VIDEO

from vedette.device.playback_pieces import Piece
from vedette.media.unit import AccessUnit
from vedette.storage.disk import Finished, Syncable
from vedette.storage.index import Gap
from vedette.storage.reader import ForwardCursor
from vedette.storage.writer import RecordingWriter, WriterOptions


def numbered(units: list[AccessUnit]) -> list[int]:
    return [unit.pts for unit in units]


def set_back(hall: Hall) -> list[AccessUnit]:
    """Eight seconds, then sixteen from a minute before since a clock was set back; in segments of eight."""
    hall.archive._options = WriterOptions(segment_us=8 * SECOND_US)
    later = pictures(16, START_US + 8 * SECOND_US)
    return pictures(8) + [msgspec.structs.replace(u, utc_us=u.utc_us - 60 * SECOND_US) for u in later]


def add(hall: Hall, writer: RecordingWriter, units: list[AccessUnit]) -> None:
    """Units that can be read at the end."""
    writer.receive(units)
    writer.flush()
    hall.settle()


def taken(cursor: ForwardCursor, count: int) -> list[AccessUnit]:
    """So many units, without a look at what follows."""
    units: list[AccessUnit] = []
    while len(units) < count:
        fragment = cursor.next()
        assert fragment is not None
        units += fragment.units()
    assert len(units) == count
    return units


@contextmanager
def behind(looked: object, name: str, then: Callable[[], None]) -> Iterator[None]:
    """Something happens right behind the next call of a method, before its answer is used."""
    method = getattr(looked, name)

    def call(*given: object, **named: object) -> object:
        answer = method(*given, **named)
        patched.stop()
        then()
        return answer

    patched = patch.object(looked, name, call)
    patched.start()
    try:
        yield
    finally:
        patched.stop()


BACK_US = START_US - 52 * SECOND_US


def test_the_segment_that_was_begun_between_two_looks_comes_before_older_footage_of_later_time(
    hall: Hall,
) -> None:
    units = set_back(hall)
    writer = hall.begin(units[:200], tracks=(VIDEO,))
    add(hall, writer, units[200:400])
    with hall.archive.reader("hall") as reader:
        cursor = reader.forward(BACK_US)
        sent = taken(cursor, 200)
        with behind(hall.archive.index, "after", lambda: add(hall, writer, units[400:425])):
            sent += taken(cursor, 25)
    hall.stop(writer)
    assert numbered(sent) == numbered(units[200:425])


def test_the_last_units_come_before_older_footage_of_later_time_when_recording_ends(hall: Hall) -> None:
    units = set_back(hall)
    writer = hall.begin(units[:200], tracks=(VIDEO,))
    add(hall, writer, units[200:300])
    with hall.archive.reader("hall") as reader:
        cursor = reader.forward(BACK_US)
        sent = taken(cursor, 100)
        writer.receive(units[300:325])
        jobs: list[Callable[[], None]] = []
        with patch.object(hall.archive._disk, "submit", lambda job, size=0: jobs.append(job)):
            hall.archive.release(writer)
        assert cursor.next() is None  # the disk's thread is still about to write them
        for job in jobs:
            hall.archive._disk.submit(job)
        writer.close().result(10)
        sent += taken(cursor, 25)
    assert numbered(sent) == numbered(units[200:325])


def test_a_segment_is_not_sealed_before_the_next_one_can_be_found(hall: Hall) -> None:
    units = set_back(hall)
    writer = hall.begin(units[:200], tracks=(VIDEO,))
    add(hall, writer, units[200:400])
    with hall.archive.reader("hall") as reader:
        cursor = reader.forward(BACK_US)
        sent = taken(cursor, 200)

        def end_at_once(file: Syncable, then: Finished) -> None:
            file.sync()
            file.close()
            then(None)
            hall.archive.index.add_gap(1, Gap(0, 1, "")).result()  # behind the end of the segment
            sent.extend(taken(cursor, 25))

        with patch.object(hall.archive._disk, "ended", end_at_once):
            add(hall, writer, units[400:425])
    hall.stop(writer)
    assert numbered(sent) == numbered(units[200:425])


def test_what_is_begun_while_recording_ends_takes_the_mark_of_the_end_from_what_came_before(
    hall: Hall,
) -> None:
    hall.archive._options = WriterOptions(segment_us=2 * SECOND_US)
    units = pictures(3)
    writer = hall.begin(units[:50], tracks=(VIDEO,))
    writer.flush()
    hall.settle()
    sequencer = hall.sequencer(numbers=(0,))

    def end() -> None:
        writer.receive(units[50:])
        hall.stop(writer)

    steps = []
    with behind(hall.archive.index, "after", end):
        steps += sequencer.next() or []
    steps += all_of(sequencer)
    assert instants(steps) == list(range(75))
    assert marked(steps, "is_section_end") == marked(steps, "is_terminal") == [74]


def test_footage_that_comes_behind_a_gap_takes_the_mark_of_the_end_from_what_came_before(hall: Hall) -> None:
    hall.record(pictures(1), tracks=(VIDEO,))
    sequencer = hall.sequencer(numbers=(0,))
    pieces, steps = sequencer._pieces, []
    is_end = pieces.is_end

    def recorded_meanwhile(piece: Piece) -> bool | None:
        patched.stop()
        hall.record(pictures(1, START_US + 60 * SECOND_US), tracks=(VIDEO,))
        return is_end(piece)

    patched = patch.object(pieces, "is_end", recorded_meanwhile)
    patched.start()
    for _ in range(2):
        steps += all_of(sequencer)
    assert instants(steps) == [*range(25), *range(1500, 1525)]
    assert marked(steps, "is_section_end") == [24, 1524]
    assert marked(steps, "is_terminal") == [1524]
