"""Searching where there is much to search through."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from vedette.contract.schema.notification import TopicExpression
from vedette.contract.schema.search import EventFilter as WireFilter
from vedette.contract.topics.recording import RECORDING_CONFIG_JOB_STATE
from vedette.device.event_filters import EventFilter
from vedette.device.recordings import Recording
from vedette.device.search import PAGE, PAGES_AT_ONCE, EventSearch, Span, search_filter_names
from vedette.storage.events import EventLog, EventSubject
from vedette.storage.recordings import RecordingInfo
from vedette.wire.codec import to_element
from vedette.wire.filters import CONCRETE_SET
from vedette.wire.message import PrefixedText, XmlName
from vedette.wire.namespaces import WSNT

HALL = Recording(1, RecordingInfo(token="hall"), (), None, None)
ALL = EventFilter(WireFilter(), search_filter_names())


class Unreadable:
    """An archive that nobody may look into."""


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    log = EventLog(tmp_path / "events.sqlite")
    yield log
    log.close()


def fill(log: EventLog, count: int, recording: str = "hall") -> None:
    """One event each microsecond, from 1 on."""
    subject = EventSubject(RECORDING_CONFIG_JOB_STATE.path, (), recording)
    last = [log.append(number, subject, (("State", "Idle"),), "Changed") for number in range(1, count + 1)]
    last[-1].result(30)


def search(log: EventLog, start_us: int, end_us: int, most: int | None = None) -> EventSearch:
    async def make() -> EventSearch:
        return EventSearch(log, [HALL], ALL, Span(start_us, end_us), 10, most=most)

    return asyncio.run(make())


@pytest.mark.parametrize(("start_us", "end_us"), [(0, 9999), (9999, 0), (300, 900), (900, 300)])
@pytest.mark.parametrize("page", [1, 7, PAGE, 10_000])
def test_every_event_is_found_once_and_in_order(log: EventLog, start_us: int, end_us: int, page: int) -> None:
    fill(log, PAGE * 2 + 3)
    session = search(log, start_us, end_us)
    found: list[int] = []
    is_over = False
    while not is_over:
        more, is_over = session.take(page)
        assert more
        found += [each.event.utc_us for each in more]

    expected = [us for us in range(1, PAGE * 2 + 4) if min(start_us, end_us) <= us <= max(start_us, end_us)]
    assert found == (expected if start_us < end_us else expected[::-1])
    assert session.reached_us == found[-1]


def test_a_search_for_little_in_much_gives_way_before_it_is_done(log: EventLog) -> None:
    fill(log, PAGE * (PAGES_AT_ONCE + 2))
    session = search(log, 1, 1 << 60)
    session._is_wanted = lambda found: found.event.utc_us == PAGE * (PAGES_AT_ONCE + 2)  # type: ignore[method-assign]

    assert session.take(10) == ([], False)
    last, is_over = session.take(10)
    assert (len(last), is_over) == (1, True)


def test_the_most_matches_end_a_search(log: EventLog) -> None:
    fill(log, 10)
    session = search(log, 0, 100, most=4)

    first, is_over = session.take(3)
    assert (len(first), is_over) == (3, False)
    rest, is_over = session.take(3)
    assert (len(rest), is_over) == (1, True)


def test_events_of_other_recordings_are_not_found(log: EventLog) -> None:
    fill(log, 3, recording="door")
    fill(log, 3, recording="")

    assert search(log, 0, 100).take(10) == ([], True)


def test_a_search_for_other_topics_does_not_look_through_the_footage(log: EventLog) -> None:
    fill(log, 3)
    topic = TopicExpression(dialect=CONCRETE_SET, value=PrefixedText("tns1:RecordingConfig//."))
    expression = to_element(topic, XmlName(WSNT, "TopicExpression"))
    wanted = EventFilter(WireFilter(content=(expression,)), search_filter_names())
    session = EventSearch(log, [HALL], wanted, Span(0, 100), 10, most=None)

    session.prepare(Unreadable(), 100, with_states=True)  # type: ignore[arg-type]
    found, is_over = session.take(10)

    assert [each.event.utc_us for each in found if not each.is_start_state] == [1, 2, 3]
    assert is_over
