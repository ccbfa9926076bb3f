"""What a device has recorded, by searches that are run to their end and closed."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from vedette.base.timestamps import datetime_from_utc_us, utc_us_from_datetime
from vedette.cli.exits import CommandFailed
from vedette.client.events import event_of, filter_element
from vedette.contract.faults import ActionNotSupported, Fault, NotAuthorized, NotImplemented
from vedette.contract.schema.search import (
    EventFilter,
    FindEventResult,
    FindEventResultList,
    SearchScope,
    SearchState,
)
from vedette.contract.topics.recording import (
    RECORDING_HISTORY_RECORDING_STATE,
    RECORDING_HISTORY_TRACK_STATE,
)
from vedette.wire.filters import CONCRETE_SET

if TYPE_CHECKING:
    from vedette.client.camera import Camera
    from vedette.contract.schema.search import RecordingInformation

SEARCH_LIFE_S = 30
ANSWER_MOST_S = 5
BATCH = 100
IDLE_S = 0.1
STATES = (RECORDING_HISTORY_RECORDING_STATE, RECORDING_HISTORY_TRACK_STATE)

Span = tuple[int, int]  # UTC microseconds, start and end
Key = tuple[str, str]  # recording and track token; the track is empty for the recording as a whole


class Change(NamedTuple):
    """Footage of a recording, or of one of its tracks, begins or ends."""

    at_us: int
    is_present: bool


async def found_recordings(camera: "Camera") -> "list[RecordingInformation]":
    """Every recording of a device."""
    search = camera.search
    begun = await search.find_recordings(
        scope=SearchScope(), keep_alive_time=timedelta(seconds=SEARCH_LIFE_S)
    )

    async def ask() -> Any:
        answer = await search.get_recording_search_results(
            search_token=begun.search_token, max_results=BATCH, wait_time=timedelta(seconds=ANSWER_MOST_S)
        )
        return answer.result_list

    return [
        each
        async for results in _to_the_end(camera, begun.search_token, ask)
        for each in results.recording_information
    ]


async def found_spans(camera: "Camera", begin_us: int, end_us: int) -> dict[Key, list[Span]]:
    """When there is footage between two instants, by recording and track; as far as the device tells.

    A device tells it by the states in its history; one without such a history gives nothing.
    Source: Recording Search, Recording Event Descriptions (26.06 §5.21).
    """
    search = camera.search
    wanted = filter_element("TopicExpression", CONCRETE_SET, "|".join(topic.path for topic in STATES))
    try:
        begun = await search.find_events(
            start_point=datetime_from_utc_us(begin_us),
            end_point=datetime_from_utc_us(end_us),
            scope=SearchScope(),
            search_filter=EventFilter(content=(wanted,)),
            include_start_state=True,
            keep_alive_time=timedelta(seconds=SEARCH_LIFE_S),
        )
    except (ActionNotSupported, NotImplemented):
        return {}

    async def ask() -> Any:
        answer = await search.get_event_search_results(
            search_token=begun.search_token, max_results=BATCH, wait_time=timedelta(seconds=ANSWER_MOST_S)
        )
        return answer.result_list

    changes: dict[Key, list[Change]] = {}
    async for results in _to_the_end(camera, begun.search_token, ask):
        for result in results.results:
            told = _change(result)
            if told is not None:
                changes.setdefault(told[0], []).append(told[1])
    return {key: spans_of(each, end_us) for key, each in changes.items()}


async def _to_the_end(
    camera: "Camera", token: str, ask: Callable[[], Awaitable[Any]]
) -> AsyncGenerator[Any, None]:
    give_up_s = time.monotonic() + SEARCH_LIFE_S
    while True:
        begin_s = time.monotonic()
        results = await ask()
        yield results
        if results.search_state is SearchState.COMPLETED:
            break
        if time.monotonic() - begin_s < IDLE_S and not _brings_anything(results):
            await asyncio.sleep(IDLE_S)  # it does not wait as it was told to; neither must we make a storm
        if time.monotonic() > give_up_s:
            raise CommandFailed("the device does not come to an end with its search")
    try:
        await camera.search.end_search(search_token=token)
    except NotAuthorized:
        raise
    except Fault:
        return  # many devices forget a search that is complete, or know no end of it


def _brings_anything(results: Any) -> bool:
    found = results.results if isinstance(results, FindEventResultList) else results.recording_information
    return bool(found)


def _change(result: FindEventResult) -> tuple[Key, Change] | None:
    """What a result says of footage; None when it says nothing of it."""
    event = event_of(result.event)
    if event is None:
        return None
    at_us = utc_us_from_datetime(result.time)
    for topic in STATES:
        value = event.data.get(topic.data[0].name)
        if value is not None:
            track = "" if topic is RECORDING_HISTORY_RECORDING_STATE else result.track_token
            return (result.recording_token, track), Change(at_us, value in ("true", "1"))
    return None


def union(spans: Iterable[Span]) -> list[Span]:
    """Spans that touch or overlap become one."""
    joined: list[Span] = []
    for start_us, end_us in sorted(spans):
        if joined and start_us <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end_us, joined[-1][1]))
        else:
            joined.append((start_us, end_us))
    return joined


def spans_of(changes: Iterable[Change], end_us: int) -> list[Span]:
    """The stretches of footage between changes; one that goes on ends at `end_us`."""
    spans = []
    start_us: int | None = None
    for at_us, is_present in sorted(changes):
        if is_present:
            start_us = at_us if start_us is None else start_us
        elif start_us is not None:
            spans.append((start_us, at_us))
            start_us = None
    if start_us is not None and start_us < end_us:
        spans.append((start_us, end_us))
    return spans
