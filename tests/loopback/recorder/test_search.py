"""The search service: recordings and their events, session by session."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from vedette.base.clock import ManualClock
from vedette.base.timestamps import datetime_from_utc_us, utc_us_from_datetime
from vedette.contract.faults import (
    Fault,
    InvalidArgVal,
    InvalidFilterFaultSearch,
    InvalidSource,
    InvalidToken,
    ResourceProblem,
)
from vedette.contract.schema.notification import TopicExpression
from vedette.contract.schema.recording import SourceReference
from vedette.contract.schema.search import EventFilter, FindEventResult, SearchScope, SearchState
from vedette.contract.search import (
    EndSearch,
    FindEvents,
    FindRecordings,
    GetEventSearchResults,
    GetMediaAttributes,
    GetRecordingInformation,
    GetRecordingSearchResults,
    GetRecordingSummary,
    GetServiceCapabilities,
    Search,
)
from vedette.contract.topics.recording import RECORDING_CONFIG_JOB_STATE
from vedette.device.search import MOST_SESSIONS, Searches
from vedette.device.services.search import SearchHandlers
from vedette.media.unit import Track, TrackKind
from vedette.wire.codec import to_element
from vedette.wire.filters import CONCRETE_SET, ITEM_FILTER, SEARCH_FILTER
from vedette.wire.message import PrefixedText, XmlName
from vedette.wire.namespaces import WSNT

VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, width=64, height=48)
START_US = 1_699_990_000_000_000
TEN_SECONDS = timedelta(seconds=10)
EVERYTHING = EventFilter()

Call = Callable[..., Awaitable[Any]]


@pytest.fixture
def searches(nvr: Any, clock: ManualClock) -> Searches:
    return Searches(nvr.recordings, nvr.broker, clock)


@pytest.fixture
def call(nvr: Any, clock: ManualClock, door_to: Any, searches: Searches) -> Any:
    return door_to(SearchHandlers(nvr.recordings, searches, clock))


def at(seconds: float) -> datetime:
    return datetime_from_utc_us(START_US + round(seconds * 1_000_000))


def seconds_of(moment: datetime) -> float:
    return (utc_us_from_datetime(moment) - START_US) / 1_000_000


async def find_recordings(call: Call, scope: SearchScope | None = None, **more: Any) -> str:
    request = FindRecordings(scope=scope or SearchScope(), **{"keep_alive_time": TEN_SECONDS, **more})
    token: str = (await call(Search.find_recordings, request)).search_token
    return token


async def recordings_found(call: Call, scope: SearchScope | None = None, **more: Any) -> list[str]:
    token = await find_recordings(call, scope, **more)
    found: list[str] = []
    while True:
        request = GetRecordingSearchResults(search_token=token, max_results=1)
        results = (await call(Search.get_recording_search_results, request)).result_list
        found += [each.recording_token for each in results.recording_information]
        if results.search_state is SearchState.COMPLETED:
            return found


async def find_events(
    call: Call,
    start: float,
    end: float | None,
    *,
    states: bool = False,
    wanted: EventFilter = EVERYTHING,
    scope: SearchScope | None = None,
    most: int | None = None,
    keep_alive: timedelta = TEN_SECONDS,
) -> str:
    request = FindEvents(
        start_point=at(start),
        end_point=None if end is None else at(end),
        scope=scope or SearchScope(included_recordings=("hall",)),
        search_filter=wanted,
        include_start_state=states,
        max_matches=most,
        keep_alive_time=keep_alive,
    )
    token: str = (await call(Search.find_events, request)).search_token
    return token


async def events_found(
    call: Call, start: float, end: float | None, page: int | None = None, **more: Any
) -> list[FindEventResult]:
    token = await find_events(call, start, end, **more)
    found: list[FindEventResult] = []
    while True:
        request = GetEventSearchResults(search_token=token, max_results=page)
        results = (await call(Search.get_event_search_results, request)).result_list
        found += results.results
        if results.search_state is SearchState.COMPLETED:
            return found


def short(found: FindEventResult) -> tuple[float, str, str]:
    """When, which track (if it is of one) or topic, and the state."""
    assert found.event.topic is not None
    message = found.event.message.message
    assert message is not None
    assert message.utc_time == found.time
    kind = found.event.topic.value.text.removeprefix("tns1:RecordingHistory/").partition("/")[0]
    name = found.track_token if kind == "Track" else kind
    return seconds_of(found.time), name, message.data.simple_items[0].value if message.data else ""


def topics(text: str) -> EventFilter:
    expression = TopicExpression(dialect=CONCRETE_SET, value=PrefixedText(text))
    return EventFilter(content=(to_element(expression, XmlName(WSNT, "TopicExpression")),))


def content(text: str, dialect: str = ITEM_FILTER) -> EventFilter:
    expression = TopicExpression(dialect=dialect, value=PrefixedText(text))
    return EventFilter(content=(to_element(expression, XmlName(WSNT, "MessageContent")),))


def test_the_summary_spans_all_recordings(nvr: Any, call: Call) -> None:
    async def scene() -> None:
        empty = (await call(Search.get_recording_summary, GetRecordingSummary())).summary
        assert empty.number_recordings == 0
        nvr.record("hall", 0, 3)
        nvr.record("door", 100, 3)
        summary = (await call(Search.get_recording_summary, GetRecordingSummary())).summary
        assert (seconds_of(summary.data_from), seconds_of(summary.data_until)) == (0.0, 103.0)
        assert summary.number_recordings == 2

    asyncio.run(scene())


def test_a_recording_is_described_with_the_tracks_that_have_footage(nvr: Any, call: Call) -> None:
    nvr.record("hall", 5, 3)
    nvr.create("door")
    nvr.cameras.require("door").main.announce((VIDEO,))

    async def scene() -> None:
        hall, door = [
            (
                await call(Search.get_recording_information, GetRecordingInformation(recording_token=token))
            ).recording_information
            for token in ("hall", "door")
        ]
        assert (hall.recording_status, seconds_of(hall.earliest_recording)) == ("Stopped", 5.0)
        assert [(each.track_token, seconds_of(each.data_to)) for each in hall.tracks] == [
            ("VIDEO000", 8.0),
            ("AUDIO001", 8.0),
        ]
        assert (door.recording_status, door.earliest_recording, door.tracks) == ("Initiated", None, ())
        with pytest.raises(InvalidToken):
            await call(Search.get_recording_information, GetRecordingInformation(recording_token="attic"))

    asyncio.run(scene())


def test_media_attributes_tell_what_a_track_held(nvr: Any, call: Call) -> None:
    nvr.record("hall", 0, 3)
    nvr.record("door", 100, 3, (VIDEO,))

    async def attributes(seconds: float, *tokens: str) -> Any:
        request = GetMediaAttributes(recording_tokens=tokens, time=at(seconds))
        return (await call(Search.get_media_attributes, request)).media_attributes

    async def scene() -> None:
        (hall,) = await attributes(1)
        video, audio = hall.track_attributes
        assert hall.recording_token == "hall"
        assert (seconds_of(hall.from_), seconds_of(hall.until)) == (0.0, 3.0)
        assert (video.video_attributes.width, video.video_attributes.encoding) == (64, "H264")
        assert video.video_attributes.framerate == pytest.approx(25.0)
        assert video.video_attributes.bitrate == 20
        assert (audio.audio_attributes.encoding, audio.audio_attributes.samplerate) == ("G711", 8)
        assert [each.recording_token for each in await attributes(3, "hall", "door")] == ["hall"]
        assert await attributes(50) == ()
        with pytest.raises(InvalidToken):
            await attributes(1, "attic")

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (SearchScope(), ["hall", "door"]),
        (SearchScope(included_recordings=("door",)), ["door"]),
        (SearchScope(included_sources=(SourceReference(token="hall_main"),)), ["hall"]),
        (
            SearchScope(included_recordings=("door",), included_sources=(SourceReference(token="hall"),)),
            ["hall", "door"],
        ),
        (SearchScope(recording_information_filter='boolean(//Track[TrackType = "Video"])'), ["hall", "door"]),
        (SearchScope(recording_information_filter="boolean(//Track[TrackType = “Audio”])"), ["hall"]),
        (SearchScope(recording_information_filter='boolean(//tt:Source[tt:Name = "Door"])'), ["door"]),
        (
            SearchScope(
                included_recordings=("door",),
                recording_information_filter='boolean(//Track[TrackType = "Audio"])',
            ),
            [],
        ),
        (SearchScope(recording_information_filter=""), ["hall", "door"]),
    ],
)
def test_a_scope_selects_recordings(nvr: Any, call: Call, scope: SearchScope, expected: list[str]) -> None:
    nvr.record("hall", 0, 2)
    nvr.record("door", 0, 2, (VIDEO,))

    assert asyncio.run(recordings_found(call, scope)) == expected


@pytest.mark.parametrize(
    ("scope", "fault"),
    [
        (SearchScope(included_recordings=("attic",)), InvalidToken),
        (SearchScope(included_sources=(SourceReference(token="attic"),)), InvalidSource),
        (SearchScope(recording_information_filter="count(//Track) > 1"), InvalidFilterFaultSearch),
    ],
)
def test_a_scope_that_names_what_is_not_there_is_refused(
    nvr: Any, call: Call, scope: SearchScope, fault: type[Fault]
) -> None:
    nvr.create("hall")

    with pytest.raises(fault):
        asyncio.run(recordings_found(call, scope))


def test_no_more_recordings_are_found_than_asked_for(nvr: Any, call: Call) -> None:
    nvr.record("hall", 0, 2)
    nvr.record("door", 0, 2)

    assert asyncio.run(recordings_found(call, max_matches=1)) == ["hall"]


def test_footage_and_gaps_are_told_as_events(nvr: Any, call: Call) -> None:
    nvr.record("hall", 0, 3)
    nvr.record("hall", 10, 2, (VIDEO,))

    async def scene() -> None:
        found = await events_found(call, -5, 20)
        expected = [
            (0.0, "Recording", "true"),
            (0.0, "AUDIO001", "true"),
            (0.0, "VIDEO000", "true"),
            (3.0, "Recording", "false"),
            (3.0, "AUDIO001", "false"),
            (3.0, "VIDEO000", "false"),
            (10.0, "Recording", "true"),
            (10.0, "VIDEO000", "true"),
            (12.0, "Recording", "false"),
            (12.0, "VIDEO000", "false"),
        ]
        assert sorted(map(short, found)) == sorted(expected)
        assert [each.time for each in found] == sorted(each.time for each in found)
        assert not any(each.start_state_event for each in found)

        backward = await events_found(call, 20, -5, page=3)
        assert sorted(map(short, backward)) == sorted(expected)
        assert [each.time for each in backward] == sorted((each.time for each in found), reverse=True)

    asyncio.run(scene())


def test_both_ends_of_a_search_belong_to_it(nvr: Any, call: Call) -> None:
    nvr.record("hall", 0, 3, (VIDEO,))

    async def scene() -> None:
        wanted = topics("tns1:RecordingHistory/Track//.")
        for start, end in ((0, 3), (3, 0)):
            assert {short(each)[0] for each in await events_found(call, start, end, wanted=wanted)} == {0, 3}
        assert await events_found(call, 0.1, 2.9) == []

    asyncio.run(scene())


def test_start_states_tell_what_was_at_the_start_and_backward_at_both_ends(nvr: Any, call: Call) -> None:
    nvr.record("hall", 0, 3)
    nvr.record("hall", 10, 2, (VIDEO,))

    async def states(start: float, end: float) -> list[tuple[float, str, str]]:
        found = await events_found(call, start, end, states=True)
        for each in found:
            message = each.event.message.message
            assert message is not None
            assert (message.property_operation == "Initialized") is each.start_state_event
        return [short(each) for each in found if each.start_state_event]

    async def scene() -> None:
        assert await states(-1, 11) == [
            (-1, "Recording", "false"),
            (-1, "VIDEO000", "false"),
            (-1, "AUDIO001", "false"),
        ]
        assert await states(1, 11) == [
            (1, "Recording", "true"),
            (1, "VIDEO000", "true"),
            (1, "AUDIO001", "true"),
        ]
        assert await states(11, 1) == [
            (11, "Recording", "true"),
            (11, "VIDEO000", "true"),
            (11, "AUDIO001", "false"),
            (1, "Recording", "true"),
            (1, "VIDEO000", "true"),
            (1, "AUDIO001", "true"),
        ]
        found = await events_found(call, 11, 1, states=True)
        assert [each.time for each in found] == sorted((each.time for each in found), reverse=True)

    asyncio.run(scene())


def test_events_of_the_log_stand_among_those_of_the_footage(nvr: Any, call: Call) -> None:
    nvr.record("hall", 0, 3, (VIDEO,))
    source = (("RecordingJobToken", "job_hall"),)
    nvr.record("hall", 6, 2, (VIDEO,))
    for seconds, state in ((-1, "Idle"), (1, "Active"), (5, "Error"), (8.1, "Idle")):
        nvr.broker.publish(
            RECORDING_CONFIG_JOB_STATE,
            source=source,
            data=(("State", state),),
            utc_us=START_US + round(seconds * 1_000_000),
            recording="hall",
        )

    async def scene() -> None:
        name = "tns1:RecordingConfig"
        forward = [short(each) for each in await events_found(call, -2, 9, page=1)]
        assert [each[0] for each in forward] == [0, 0, 1, 3, 3, 5, 6, 6, 8, 8]
        backward = [short(each) for each in await events_found(call, 9, -2, page=2)]
        assert [each[0] for each in backward] == [8, 8, 6, 6, 5, 3, 3, 1, 0, 0]
        found = await events_found(call, 2, 9, states=True, wanted=topics(f"{name}//."))
        assert [(*short(each), each.start_state_event, each.track_token) for each in found] == [
            (2, f"{name}", "Active", True, "VIDEO000"),
            (5, f"{name}", "Error", False, "VIDEO000"),
        ]
        assert await events_found(call, -2, 9, scope=SearchScope(included_recordings=())) != []

    asyncio.run(scene())


def test_events_lie_within_their_recording(nvr: Any, call: Call) -> None:
    nvr.record("hall", 0, 3, (VIDEO,))
    for name, seconds in product(("hall", "door"), (-1, 1, 5)):
        nvr.broker.publish(
            RECORDING_CONFIG_JOB_STATE,
            source=(("RecordingJobToken", f"job_{name}"),),
            data=(("State", str(seconds)),),
            utc_us=START_US + seconds * 1_000_000,
            recording=name,
        )

    async def found(name: str) -> list[float]:
        wanted, scope = topics("tns1:RecordingConfig//."), SearchScope(included_recordings=(name,))
        return [short(each)[0] for each in await events_found(call, -2, 9, wanted=wanted, scope=scope)]

    async def scene() -> None:
        assert await found("hall") == [1]
        await nvr.recorder.start()
        assert await found("hall") == [1, 5], "its camera is wanted, and gone"
        assert await found("door") == [-1, 1, 5], "there is no footage yet"

    asyncio.run(scene())


def test_only_what_the_filter_wants_is_found(nvr: Any, call: Call) -> None:
    nvr.record("hall", 0, 3)

    async def scene() -> None:
        wanted = content('boolean(//tt:SimpleItem[@Name="IsDataPresent" and @Value="false"])')
        assert sorted(short(each)[1:] for each in await events_found(call, 0, 9, wanted=wanted)) == [
            ("AUDIO001", "false"),
            ("VIDEO000", "false"),
        ]
        assert await events_found(call, 0, 9, wanted=topics("tns1:PTZController//.")) == []
        own = content('boolean(//SimpleItem[@Name="IsDataPresent" and @Value="false"])', SEARCH_FILTER)
        assert len(await events_found(call, 0, 9, wanted=own)) == 2
        xpath = content("true()", "http://www.w3.org/TR/1999/REC-xpath-19991116")
        for refused in (topics("tns1:A B"), content("count(//x)"), content('//x[@Name="xyz"]'), xpath):
            with pytest.raises(InvalidFilterFaultSearch):
                await find_events(call, 0, 9, wanted=refused)

    asyncio.run(scene())


def test_no_more_events_are_found_than_asked_for(nvr: Any, call: Call) -> None:
    nvr.record("hall", 0, 3)

    assert len(asyncio.run(events_found(call, -1, 9, most=1))) == 1


def test_without_an_end_the_search_goes_forward_to_now(nvr: Any, call: Call) -> None:
    nvr.record("hall", 0, 3, (VIDEO,))

    found = asyncio.run(events_found(call, 1, None))

    assert {short(each)[0] for each in found} == {3.0}


def test_without_an_end_the_search_finds_what_is_dated_later_than_now_too(
    nvr: Any, call: Call, clock: ManualClock
) -> None:
    later_s = (clock.utc_us() - START_US) // 1_000_000 + 3600
    nvr.record("hall", 0, 3, (VIDEO,))
    nvr.record("hall", later_s, 3, (VIDEO,))  # then the clock was set back

    found = asyncio.run(events_found(call, 1, None))

    assert {short(each)[0] for each in found} == {3.0, later_s, later_s + 3}


@pytest.mark.parametrize("set_back_s", [0, 3600])
def test_footage_that_is_being_recorded_has_no_end_yet(
    nvr: Any, call: Call, clock: ManualClock, set_back_s: int
) -> None:
    if set_back_s:
        nvr.record("hall", (clock.utc_us() - START_US) // 1_000_000 + set_back_s, 3, (VIDEO,))

    async def scene() -> None:
        camera = nvr.cameras.require("hall")
        await nvr.recorder.start()
        now_us = clock.utc_us()
        camera.main.announce((VIDEO,))
        grown = asyncio.Event()
        loop = asyncio.get_running_loop()
        stop = nvr.archive.follow("hall", lambda: loop.call_soon_threadsafe(grown.set))
        camera.main.publish(nvr.units(now_us - 5_000_000, 5))
        async with asyncio.timeout(10):
            await grown.wait()
        stop()
        start = (now_us - START_US) / 1_000_000 - 60

        async def states() -> list[tuple[str, str]]:
            found = [short(each)[1:] for each in await events_found(call, start, start + 120)]
            return sorted(each for each in found if each[0] != "tns1:RecordingConfig")  # when it was made

        assert await states() == [("Recording", "true"), ("VIDEO000", "true")]
        clock.advance(60)
        assert len(await states()) == 4

    asyncio.run(scene())


def test_a_search_ends_when_it_is_exhausted_ended_or_forgotten(
    nvr: Any, call: Call, clock: ManualClock, searches: Searches
) -> None:
    nvr.record("hall", 0, 3)

    async def page(token: str) -> Any:
        request = GetEventSearchResults(search_token=token, max_results=1)
        return (await call(Search.get_event_search_results, request)).result_list

    async def scene() -> None:
        token = await find_events(call, 0, 9)
        for _ in range(3):
            clock.advance(9)
            assert (await page(token)).search_state is SearchState.SEARCHING
        clock.advance(11)
        with pytest.raises(InvalidToken):
            await page(token)

        token = await find_events(call, -1, 9)
        ended = await call(Search.end_search, EndSearch(search_token=token))
        assert seconds_of(ended.endpoint) == -1
        with pytest.raises(InvalidToken):
            await page(token)
        with pytest.raises(InvalidToken):
            await call(Search.end_search, EndSearch(search_token=token))

        token = await find_events(call, 0, 9)
        await page(token)
        await call(
            Search.get_event_search_results, GetEventSearchResults(search_token=token, max_results=100)
        )
        with pytest.raises(InvalidToken):
            await page(token)
        assert len(searches) == 0

    asyncio.run(scene())


def test_a_search_that_is_waited_for_is_not_forgotten_meanwhile(
    nvr: Any, call: Call, clock: ManualClock, searches: Searches
) -> None:
    nvr.record("hall", 0, 3)

    async def scene() -> None:
        token = await find_events(call, 0, 9, keep_alive=TEN_SECONDS)
        session: Any = searches._sessions[token]
        take = session.take

        def slow(most: int) -> Any:
            session.take = take
            clock.advance(15)
            return [], False

        session.take = slow
        request = GetEventSearchResults(search_token=token, wait_time=timedelta(seconds=30))
        assert (await call(Search.get_event_search_results, request)).result_list.results

    asyncio.run(scene())


def test_who_asks_for_no_results_at_a_time_is_given_them_all(nvr: Any, call: Call) -> None:
    nvr.record("hall", 0, 3)

    async def scene() -> None:
        request = GetEventSearchResults(search_token=await find_events(call, 0, 9), max_results=0)
        found = (await call(Search.get_event_search_results, request)).result_list
        assert len(found.results) > 1
        assert found.search_state is SearchState.COMPLETED

    asyncio.run(scene())


def test_a_search_that_is_to_have_ended_before_it_begins_is_refused(call: Call, searches: Searches) -> None:
    async def scene() -> None:
        with pytest.raises(InvalidArgVal):
            await find_events(call, 0, 9, scope=SearchScope(), keep_alive=timedelta(seconds=-5))
        with pytest.raises(InvalidArgVal):
            await find_recordings(call, keep_alive_time=timedelta(seconds=-5))
        await find_events(
            call, 0, 9, scope=SearchScope(), keep_alive=timedelta()
        )  # adapted, as long ones are
        assert len(searches) == 1

    asyncio.run(scene())


def test_an_ended_search_tells_how_far_it_came(nvr: Any, call: Call) -> None:
    nvr.record("hall", 2, 3, (VIDEO,))

    async def scene() -> None:
        token = await find_events(call, 0, 9)
        request = GetEventSearchResults(search_token=token, max_results=3)
        await call(Search.get_event_search_results, request)
        ended = await call(Search.end_search, EndSearch(search_token=token))
        assert seconds_of(ended.endpoint) == 5
        await call(Search.end_search, EndSearch(search_token=await find_recordings(call)))

    asyncio.run(scene())


def test_results_are_asked_for_by_the_operation_of_their_kind(nvr: Any, call: Call) -> None:
    nvr.record("hall", 0, 3)

    async def scene() -> None:
        events, recordings = await find_events(call, 0, 9), await find_recordings(call)
        with pytest.raises(InvalidToken):
            await call(Search.get_recording_search_results, GetRecordingSearchResults(search_token=events))
        with pytest.raises(InvalidToken):
            await call(Search.get_event_search_results, GetEventSearchResults(search_token=recordings))

    asyncio.run(scene())


def test_there_are_only_so_many_searches_at_a_time(nvr: Any, call: Call, clock: ManualClock) -> None:
    async def scene() -> None:
        for _ in range(MOST_SESSIONS):
            await find_recordings(call)
        with pytest.raises(ResourceProblem):
            await find_recordings(call)
        clock.advance(10)
        await find_recordings(call)

    asyncio.run(scene())


def test_only_the_searches_that_are_answered_are_announced(call: Call) -> None:
    response = asyncio.run(call(Search.get_service_capabilities, GetServiceCapabilities()))

    assert response.capabilities.metadata_search is False
    assert response.capabilities.general_start_events is True
