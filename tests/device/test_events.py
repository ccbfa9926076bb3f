"""The broker: states, the log, and what it refuses."""

import asyncio
import gc
import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from vedette.base.clock import ManualClock
from vedette.base.errors import CallerError
from vedette.contract.recording.recordings import GetRecordings
from vedette.contract.topics import TOPICS, Item, Topic
from vedette.contract.topics.media import VIDEO_SOURCE_SIGNAL_LOSS
from vedette.contract.topics.recording import RECORDING_CONFIG_CREATE_RECORDING
from vedette.device import events
from vedette.device.events import EventBroker, declared_names
from vedette.device.notifications import (
    Event,
    element_value,
    event_from_log,
    message_of,
    notification_of,
)
from vedette.storage.errors import StorageError
from vedette.storage.events import EventLog, EventSubject, LoggedEvent
from vedette.wire.codec import decode, to_element

HALL = (("Source", "hall"),)
LOST = (("State", "true"),)
FOUND = (("State", "false"),)


class Listener:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[Event] = []

    def receive(self, event: Event) -> None:
        self.heard.append(event)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    log = EventLog(tmp_path / "events.sqlite")
    yield log
    log.close()


def test_a_property_is_told_only_when_it_changes() -> None:
    broker, listener = EventBroker(ManualClock()), Listener()
    broker.declare(VIDEO_SOURCE_SIGNAL_LOSS)
    broker.attach(listener)
    for data in (LOST, LOST, FOUND, FOUND, LOST):
        broker.publish(VIDEO_SOURCE_SIGNAL_LOSS, source=HALL, data=data)

    assert [each.operation for each in listener.heard] == ["Initialized", "Changed", "Changed"]
    assert [each.data for each in broker.states()] == [LOST]


def test_every_occurrence_of_an_event_that_is_no_property_is_told() -> None:
    broker, listener = EventBroker(ManualClock()), Listener()
    broker.declare(RECORDING_CONFIG_CREATE_RECORDING)
    broker.attach(listener)
    for _ in range(3):
        broker.publish(RECORDING_CONFIG_CREATE_RECORDING, source=(("RecordingToken", "x"),))
    broker.detach(listener)
    broker.publish(RECORDING_CONFIG_CREATE_RECORDING, source=(("RecordingToken", "y"),))

    assert [each.operation for each in listener.heard] == [None] * 3
    assert broker.states() == []
    assert broker.events_total == 4


def test_a_state_keeps_the_time_when_it_began() -> None:
    clock = ManualClock(utc_us=5)
    broker = EventBroker(clock)
    broker.declare(VIDEO_SOURCE_SIGNAL_LOSS)
    broker.publish(VIDEO_SOURCE_SIGNAL_LOSS, source=HALL, data=LOST)
    clock.advance(9)
    broker.publish(VIDEO_SOURCE_SIGNAL_LOSS, source=HALL, data=LOST)

    assert [(each.utc_us, each.operation) for each in broker.states()] == [(5, "Initialized")]


def test_nothing_is_published_on_a_topic_that_was_not_declared() -> None:
    broker = EventBroker(ManualClock())

    with pytest.raises(CallerError, match="SignalLoss"):
        broker.publish(VIDEO_SOURCE_SIGNAL_LOSS, source=HALL, data=LOST)


def test_what_is_published_can_be_found_in_the_log(log: EventLog) -> None:
    async def scene() -> None:
        broker = EventBroker(ManualClock(utc_us=7), log)
        broker.declare(VIDEO_SOURCE_SIGNAL_LOSS)
        event = broker.publish(VIDEO_SOURCE_SIGNAL_LOSS, source=HALL, data=LOST, recording="hall", track="v")
        await broker.written()

        assert [event_from_log(each) for each in log.find(0, 10).events] == [event]

    asyncio.run(scene())


def test_what_is_not_told_again_after_a_restart_no_longer_counts(log: EventLog) -> None:
    """Nobody tells of a camera's end that was taken out of the file while nothing ran."""

    async def scene() -> None:
        clock = ManualClock(utc_us=7)
        for names in (("hall", "attic", "shed"), ("hall",)):
            broker = EventBroker(clock, log)
            broker.declare(VIDEO_SOURCE_SIGNAL_LOSS)
            for name in names:
                broker.publish(
                    VIDEO_SOURCE_SIGNAL_LOSS, source=(("Source", name),), data=FOUND, recording=name
                )
            if len(names) > 1:
                broker.forget(VIDEO_SOURCE_SIGNAL_LOSS, source=(("Source", "shed"),), recording="shed")
            await broker.written()
            clock.advance(60)
        await broker.forget_untold()
        await broker.written()
        states = log.states(clock.utc_us() + 1)
        assert [each.subject.recording for each in states] == ["hall"]
        told = [(each.subject.recording, each.operation) for each in log.find(0, clock.utc_us()).events]
        assert told[3:] == [("shed", "Deleted"), ("hall", "Initialized"), ("attic", "Deleted")]

    asyncio.run(scene())


class FullLog(EventLog):
    """A log on a disk that takes nothing more."""

    def append(self, *_: Any, **__: Any) -> "Future[int]":
        future: Future[int] = Future()
        future.set_exception(StorageError("no space"))
        return future


def test_a_log_that_refuses_is_counted_and_stops_nobody(tmp_path: Path) -> None:
    log = FullLog(tmp_path / "events.sqlite")
    broker, listener = EventBroker(ManualClock(), log), Listener()
    broker.declare(VIDEO_SOURCE_SIGNAL_LOSS)
    broker.attach(listener)
    broker.publish(VIDEO_SOURCE_SIGNAL_LOSS, source=HALL, data=LOST)
    asyncio.run(broker.written())
    log.close()

    assert broker.not_logged_total == 1
    assert broker.log_problem == "no space"
    assert len(listener.heard) == 1


def test_who_waits_for_a_log_that_refuses_leaves_nothing_unlooked_at(tmp_path: Path) -> None:
    complaints: list[dict[str, Any]] = []

    async def scene() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        broker.publish(RECORDING_CONFIG_CREATE_RECORDING, source=HALL)
        await broker.written()
        gc.collect()

    log = FullLog(tmp_path / "events.sqlite")
    broker = EventBroker(ManualClock(), log)
    broker.declare(RECORDING_CONFIG_CREATE_RECORDING)
    asyncio.run(scene())
    log.close()
    assert complaints == []


def test_a_log_that_refuses_for_long_is_told_of_once_and_when_it_takes_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = FullLog(tmp_path / "events.sqlite")
    broker = EventBroker(ManualClock(), log)
    broker.declare(VIDEO_SOURCE_SIGNAL_LOSS)
    for number in range(20):
        broker.publish(VIDEO_SOURCE_SIGNAL_LOSS, source=HALL, data=(("State", str(number)),))
    assert len(caplog.records) == 1

    broker.log = EventLog(tmp_path / "other.sqlite")
    for data in (LOST, (("State", "false"),)):
        broker.publish(VIDEO_SOURCE_SIGNAL_LOSS, source=HALL, data=data)
    asyncio.run(broker.written())
    broker.log.close()
    log.close()

    assert broker.log_problem == ""
    assert [each.levelname for each in caplog.records] == ["ERROR", "WARNING"]
    assert caplog.records[1].getMessage().endswith("not kept so far: 20")


def test_what_a_log_refused_is_written_when_it_takes_events_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "until_tick", lambda every_s: 0.01)
    monkeypatch.setattr(events, "OWED_MOST", 50)
    log = FullLog(tmp_path / "events.sqlite")
    clock = ManualClock()
    broker = EventBroker(clock, log)
    broker.declare(RECORDING_CONFIG_CREATE_RECORDING)

    async def scene() -> None:
        keeping = asyncio.create_task(broker.run())
        for _ in range(60):
            clock.advance(1)
            broker.publish(RECORDING_CONFIG_CREATE_RECORDING, source=HALL)
        await asyncio.sleep(0.1)
        assert broker.not_logged_total == 60
        monkeypatch.setattr(FullLog, "append", EventLog.append)
        for _ in range(500):
            await asyncio.sleep(0.01)
            if not broker.log_problem and broker.not_logged_total == 10:
                break
        await broker.written()
        keeping.cancel()
        await asyncio.wait([keeping])

    asyncio.run(scene())
    found = log.find(0, 1 << 62).events
    log.close()
    assert [each.utc_us for each in found] == [clock.utc_us() - 1_000_000 * ago for ago in range(49, -1, -1)]
    assert broker.not_logged_total == 10


def test_a_damaged_log_is_begun_anew_and_holds_what_it_refused_and_all_states(
    log: EventLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(events, "until_tick", lambda every_s: 0.01)
    clock = ManualClock()
    broker = EventBroker(clock, log)
    broker.declare(VIDEO_SOURCE_SIGNAL_LOSS, RECORDING_CONFIG_CREATE_RECORDING)
    other = (("Source", "door"),)

    def damage() -> None:
        with closing(sqlite3.connect(tmp_path / "events.sqlite")) as connection:
            connection.executescript("DROP TABLE events")

    async def until(count: int) -> list[LoggedEvent]:
        for _ in range(500):
            await asyncio.sleep(0.01)
            with suppress(StorageError):
                found = log.find(0, 1 << 62).events
                if len(found) >= count:
                    return found
        raise AssertionError(f"not {count} events: {broker.log_problem}")

    async def scene() -> None:
        for source in (HALL, other):
            broker.publish(VIDEO_SOURCE_SIGNAL_LOSS, source=source, data=LOST)
        await broker.written()
        keeping = asyncio.create_task(broker.run())
        damage()
        clock.advance(5)
        broker.publish(VIDEO_SOURCE_SIGNAL_LOSS, source=HALL, data=FOUND)
        broker.publish(RECORDING_CONFIG_CREATE_RECORDING, source=HALL)
        found = await until(3)
        assert [(each.utc_us, each.operation, each.data) for each in found] == [
            (clock.utc_us() - 5_000_000, "Initialized", LOST),
            (clock.utc_us(), "Changed", FOUND),
            (clock.utc_us(), "", ()),
        ]
        assert (broker.not_logged_total, broker.log_problem, log.is_damaged) == (0, "", False)

        damage()
        broker.publish(RECORDING_CONFIG_CREATE_RECORDING, source=HALL)
        await asyncio.sleep(0.1)
        assert log.is_damaged, "each time a file is kept aside"
        clock.advance(events.AGAIN_S)
        await until(3)
        assert not log.is_damaged
        keeping.cancel()
        await asyncio.wait([keeping])

    asyncio.run(scene())
    assert sorted(each.name for each in tmp_path.glob("*.damaged-?")) == [
        "events.sqlite.damaged-1",
        "events.sqlite.damaged-2",
    ]
    assert "a new one is begun; what is left of it is kept as events.sqlite.damaged-1" in caplog.text


def test_element_items_and_keys_survive_the_log() -> None:
    topic = Topic(
        "tns1:RuleEngine/X",
        is_property=True,
        source=(Item("Rule", "xs:string"),),
        key=(Item("ObjectId", "xs:string"),),
        data=(Item("Config", "tt:Config", is_element=True),),
    )
    event = Event(
        topic=topic,
        utc_us=1,
        source=(("Rule", "r"),),
        key=(("ObjectId", "5"),),
        data=(("Config", element_value(GetRecordings())),),
    )
    TOPICS[topic.path] = topic
    try:
        row = LoggedEvent(1, 1, EventSubject(topic.path, event.source + event.key), "", event.data)

        assert event_from_log(row) == event
    finally:
        del TOPICS[topic.path]
    message = message_of(event)
    assert message.data is not None
    (item,) = message.data.element_items
    assert decode(GetRecordings, item.content[0]) == GetRecordings()


def test_an_event_of_a_topic_no_longer_known_is_left_out() -> None:
    assert event_from_log(LoggedEvent(1, 1, EventSubject("tns1:Gone", ()), "", ())) is None


def test_a_notification_names_its_topic_under_the_prefix_it_declares() -> None:
    event = Event(topic=VIDEO_SOURCE_SIGNAL_LOSS, utc_us=1, source=HALL, data=LOST)
    topic = to_element(notification_of(event)).find("{*}Topic")

    assert topic is not None
    assert topic.text == "tns1:VideoSource/SignalLoss"
    assert topic.nsmap["tns1"] == "http://www.onvif.org/ver10/topics"


def test_the_names_of_items_are_those_that_are_declared() -> None:
    assert declared_names((VIDEO_SOURCE_SIGNAL_LOSS,)) == {"Source", "State"}


def test_a_clock_that_is_wrong_for_a_while_takes_no_event_from_the_log(log: EventLog) -> None:
    clock = ManualClock()
    broker = EventBroker(clock, log)
    broker.declare(RECORDING_CONFIG_CREATE_RECORDING)
    broker.publish(RECORDING_CONFIG_CREATE_RECORDING, source=HALL)
    clock.step(400 * 86_400)

    def left() -> int:
        asyncio.run(broker._prune(log))
        return len(log.find(0, 1 << 62).events)

    assert left() == 1
    clock.advance(86_400)
    assert left() == 0
