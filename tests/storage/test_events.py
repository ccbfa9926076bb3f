"""Events are found by time, subject and direction, page by page; properties keep their last state."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, suppress
from pathlib import Path

import pytest

from vedette.storage import check
from vedette.storage.database import damage_mark
from vedette.storage.errors import IndexDamaged, StorageError
from vedette.storage.events import EVENTS_FILE, EventLog, EventSubject, LoggedEvent

MOTION = EventSubject("tns1:VideoSource/MotionAlarm", (("Source", "gate"),))
STATE = EventSubject("tns1:RecordingHistory/Recording/State", (("RecordingToken", "hall"),), "hall")
CLICK = EventSubject("tns1:UserAlarm/x", ())


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    log = EventLog(tmp_path / "events.sqlite")
    for at in range(10):
        log.append(at * 100, MOTION, (("State", "true" if at % 2 else "false"),), "Changed")
    log.append(450, STATE, (("IsRecording", "true"),), "Initialized")
    log.append(450, CLICK, ()).result()
    yield log
    log.close()


def times(events: list[LoggedEvent]) -> list[int]:
    return [event.utc_us for event in events]


def test_events_come_in_the_order_of_the_search(log: EventLog) -> None:
    assert times(log.find(300, 500).events) == [300, 400, 450, 450, 500]
    assert times(log.find(500, 300).events) == [500, 450, 450, 400, 300]
    assert log.find(2000, 1000).events == []


def test_pages_neither_repeat_nor_skip(log: EventLog) -> None:
    for start, end in ((0, 900), (900, 0)):
        whole = log.find(start, end).events
        found: list[LoggedEvent] = []
        page = log.find(start, end, most=5)
        found += page.events
        while page.after is not None:
            page = log.find(start, end, most=5, after=page.after)
            found += page.events
        assert found == whole
        assert len(whole) == 12


def test_a_filter_picks_subjects(log: EventLog) -> None:
    [event] = log.find(0, 900, wanted=lambda subject: subject.recording == "hall").events
    assert (event.subject, event.data, event.operation) == (STATE, (("IsRecording", "true"),), "Initialized")
    assert log.find(0, 900, wanted=lambda _: False).events == []


def test_the_state_at_an_instant_is_the_last_event_of_each_property_before_it(log: EventLog) -> None:
    states = {event.subject: event.data for event in log.states(650)}
    assert states == {MOTION: (("State", "false"),), STATE: (("IsRecording", "true"),)}
    assert log.states(0) == []


def test_a_deleted_property_has_no_state(log: EventLog) -> None:
    log.append(460, STATE, (), "Deleted").result()
    assert [event.subject for event in log.states(650)] == [MOTION]


def test_pruning_keeps_what_tells_the_present_state(log: EventLog) -> None:
    log.prune(10_000, 1000).result()
    assert {event.subject for event in log.find(0, 900).events} == {MOTION, STATE}
    assert times(log.find(0, 900).events) == [450, 900]


def test_pruning_keeps_the_newest(log: EventLog) -> None:
    log.prune(0, 4).result()
    assert times(log.find(0, 900).events) == [450, 600, 700, 800, 900]


def test_what_was_logged_later_is_found_in_that_order_whatever_its_time(log: EventLog) -> None:
    newest = log.newest_id()
    assert log.logged_after(newest).events == []
    for utc_us in (800, 1, 700):
        log.append(utc_us, CLICK, ()).result()
    first = log.logged_after(newest, most=2)
    assert times(first.events) == [800, 1]
    assert first.after is not None
    rest = log.logged_after(first.after.id, most=2)
    assert (times(rest.events), rest.after) == ([700], None)


def spoil_pages(file: Path) -> None:
    """Spoil all pages behind the schema, which is all that a start looks at."""
    content = file.read_bytes()
    file.write_bytes(content[:4096] + bytes([0xA5]) * (len(content) - 4096))


SPOILT = {
    "data": "UPDATE events SET data = x'7b'",
    "a source": "UPDATE subjects SET source = x'00' WHERE id = 1",
    "a subject": "DELETE FROM subjects WHERE id = 1",
    "no text": "UPDATE subjects SET topic = CAST(x'ff' AS TEXT) WHERE id = 1",
    "a table": "DROP TABLE events",
    "pages": "",
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_log_in_which_damage_was_met_is_marked_told_by_a_check_and_put_aside_by_a_repair(
    log: EventLog, tmp_path: Path, what: str
) -> None:
    file = tmp_path / EVENTS_FILE
    log.close()
    assert check.verify_event_log(tmp_path) == []
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(SPOILT[what])
    if what == "pages":
        spoil_pages(file)

    with suppress(IndexDamaged), closing(EventLog(file)) as spoilt:
        with pytest.raises(IndexDamaged):
            spoilt.logged_after(0)
        with suppress(StorageError):
            spoilt.append(5, CLICK, ()).result(5)
        assert spoilt.is_damaged
        assert damage_mark(file).exists()
    assert check.verify_event_log(tmp_path) != []
    assert check.mend_event_log(tmp_path)[-1] == check.Finding(
        EVENTS_FILE, f"moved to {EVENTS_FILE}.damaged-1"
    )
    assert check.mend_event_log(tmp_path) == []
    with closing(EventLog(file)) as fresh:
        assert fresh.append(5, CLICK, ()).result(5) == 1
        assert not fresh.is_damaged


@pytest.mark.parametrize("is_there", [True, False])
def test_a_damaged_log_is_begun_anew_and_its_ids_go_on(log: EventLog, tmp_path: Path, is_there: bool) -> None:
    file = tmp_path / EVENTS_FILE
    if is_there:
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(SPOILT["a table"])
        with pytest.raises(IndexDamaged):
            log.append(500, CLICK, ()).result(5)
    else:
        log.look()
        assert not log.is_damaged
        file.unlink()
        log.look()
    assert log.is_damaged
    assert log.begin_anew() == tmp_path / f"{EVENTS_FILE}.damaged-1"
    assert not log.is_damaged
    assert log.newest_id() == 12
    assert log.append(600, CLICK, ()).result(5) == 13
    assert times(log.find(0, 1000).events) == [600]
    assert log.damage() == []
    assert not damage_mark(file).exists()


def test_what_is_logged_during_a_search_is_found_whole_or_not_at_all(log: EventLog) -> None:
    door = EventSubject("tns1:VideoSource/MotionAlarm", (("Source", "door"),))

    def wanted(subject: EventSubject) -> bool:
        if not logged:
            logged.extend((log.append(460, door, ()), log.append(470, MOTION, ())))
            assert [each.result() for each in logged] == [13, 14]
        return True

    logged: list[Future[int]] = []
    assert times(log.find(455, 480, wanted=wanted).events) == []
    assert times(log.find(455, 480, wanted=wanted).events) == [460, 470]
