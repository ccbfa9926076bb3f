"""Answers of the recording search service."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import TypeVar

from vedette.base.clock import Clock
from vedette.base.timestamps import datetime_from_utc_us, utc_us_from_datetime
from vedette.contract.faults import (
    InvalidArgVal,
    InvalidFilterFault,
    InvalidFilterFaultSearch,
    InvalidMessageContentExpressionFault,
    InvalidProducerPropertiesExpressionFault,
    InvalidSource,
    InvalidToken,
    InvalidTopicExpressionFault,
    ResourceProblem,
    TopicExpressionDialectUnknownFault,
)
from vedette.contract.operation import answers
from vedette.contract.schema.search import (
    FindEventResult,
    FindEventResultList,
    FindRecordingResultList,
    RecordingSummary,
    SearchState,
)
from vedette.contract.search import (
    Capabilities,
    EndSearch,
    EndSearchResponse,
    FindEvents,
    FindEventsResponse,
    FindRecordings,
    FindRecordingsResponse,
    GetEventSearchResults,
    GetEventSearchResultsResponse,
    GetMediaAttributes,
    GetMediaAttributesResponse,
    GetRecordingInformation,
    GetRecordingInformationResponse,
    GetRecordingSearchResults,
    GetRecordingSearchResultsResponse,
    GetRecordingSummary,
    GetRecordingSummaryResponse,
    GetServiceCapabilities,
    GetServiceCapabilitiesResponse,
    Search,
)
from vedette.device.event_filters import EventFilter
from vedette.device.footage import media_attributes
from vedette.device.notifications import notification_of
from vedette.device.recordings import FOREVER_US, Recording, Recordings
from vedette.device.search import (
    FoundEvent,
    InvalidSearchFilter,
    Searches,
    Span,
    TooManySearches,
    UnknownScope,
    UnknownSearch,
    UnknownSource,
    search_filter_names,
)
from vedette.storage.errors import NoSuchRecording
from vedette.wire.filters import ITEM_FILTER, SEARCH_FILTER

T = TypeVar("T")

# Source: Recording Search, Xpath dialect (26.06 §5.22); events are asked for elsewhere by the other one.
CONTENT_DIALECTS = frozenset((SEARCH_FILTER, ITEM_FILTER))
WAIT_S = 5.0  # where a client names none
_FILTER_FAULTS = (
    InvalidFilterFault,
    InvalidMessageContentExpressionFault,
    InvalidProducerPropertiesExpressionFault,
    InvalidTopicExpressionFault,
    TopicExpressionDialectUnknownFault,
)


class SearchHandlers:
    """The search service over recordings and their events."""

    def __init__(self, recordings: Recordings, searches: Searches, clock: Clock) -> None:
        self._recordings = recordings
        self._searches = searches
        self._clock = clock

    @answers(Search.get_service_capabilities)
    async def get_service_capabilities(
        self, request: GetServiceCapabilities
    ) -> GetServiceCapabilitiesResponse:
        """What can be searched for."""
        return GetServiceCapabilitiesResponse(
            capabilities=Capabilities(
                metadata_search=False, general_start_events=True, nl_search=False, image_search=False
            )
        )

    @answers(Search.get_recording_summary)
    async def get_recording_summary(self, request: GetRecordingSummary) -> GetRecordingSummaryResponse:
        """How much is recorded, over all recordings."""
        recordings = await self._recordings.all()
        used = [each for each in recordings if each.end_us]
        now_us = self._clock.utc_us()
        return GetRecordingSummaryResponse(
            summary=RecordingSummary(
                data_from=datetime_from_utc_us(min((each.start_us for each in used), default=now_us)),
                data_until=datetime_from_utc_us(max((each.end_us for each in used), default=now_us)),
                number_recordings=len(recordings),
            )
        )

    @answers(Search.get_recording_information)
    async def get_recording_information(
        self, request: GetRecordingInformation
    ) -> GetRecordingInformationResponse:
        """What is known of one recording."""
        found = await self._require(request.recording_token)
        return GetRecordingInformationResponse(recording_information=found.information())

    @answers(Search.get_media_attributes)
    async def get_media_attributes(self, request: GetMediaAttributes) -> GetMediaAttributesResponse:
        """What the tracks of recordings held at an instant."""
        utc_us = utc_us_from_datetime(request.time)
        if request.recording_tokens:
            recordings = [await self._require(token) for token in dict.fromkeys(request.recording_tokens)]
        else:
            recordings = await self._recordings.all()
        archive = self._recordings.archive
        found = [await asyncio.to_thread(media_attributes, archive, each, utc_us) for each in recordings]
        return GetMediaAttributesResponse(media_attributes=tuple(filter(None, found)))

    @answers(Search.find_recordings)
    async def find_recordings(self, request: FindRecordings) -> FindRecordingsResponse:
        """Begin a search for recordings."""
        searching = self._searches.find_recordings(
            request.scope, most=_positive(request.max_matches), life_s=_life_s(request.keep_alive_time)
        )
        return FindRecordingsResponse(search_token=await _refusing(searching))

    @answers(Search.get_recording_search_results)
    async def get_recording_search_results(
        self, request: GetRecordingSearchResults
    ) -> GetRecordingSearchResultsResponse:
        """The next recordings found; all were found at once, so that there is nothing to wait for."""
        searching = self._searches.recording_results(request.search_token, request.max_results)
        found, is_over = await _refusing(searching)
        return GetRecordingSearchResultsResponse(
            result_list=FindRecordingResultList(
                search_state=_state(is_over=is_over), recording_information=tuple(found)
            )
        )

    @answers(Search.find_events)
    async def find_events(self, request: FindEvents) -> FindEventsResponse:
        """Begin a search for events."""
        try:
            wanted = EventFilter(request.search_filter, search_filter_names(), dialects=CONTENT_DIALECTS)
        except _FILTER_FAULTS as fault:
            raise InvalidFilterFaultSearch(str(fault)) from fault
        searching = self._searches.find_events(
            self._span(request.start_point, request.end_point),
            request.scope,
            wanted,
            with_states=request.include_start_state,
            most=_positive(request.max_matches),
            life_s=_life_s(request.keep_alive_time),
        )
        return FindEventsResponse(search_token=await _refusing(searching))

    @answers(Search.get_event_search_results)
    async def get_event_search_results(self, request: GetEventSearchResults) -> GetEventSearchResultsResponse:
        """The next events found."""
        searching = self._searches.event_results(
            request.search_token,
            least=request.min_results,
            most=request.max_results,
            wait_s=WAIT_S if request.wait_time is None else _seconds(request.wait_time),
        )
        found, is_over = await _refusing(searching)
        return GetEventSearchResultsResponse(
            result_list=FindEventResultList(
                search_state=_state(is_over=is_over), results=tuple(_result(each) for each in found)
            )
        )

    @answers(Search.end_search)
    async def end_search(self, request: EndSearch) -> EndSearchResponse:
        """End a search before it is exhausted."""
        try:
            reached_us = self._searches.end(request.search_token)
        except UnknownSearch as error:
            raise InvalidToken(str(error)) from error
        if reached_us is None:
            reached_us = self._clock.utc_us()
        return EndSearchResponse(endpoint=datetime_from_utc_us(reached_us))

    def _span(self, start: datetime, end: datetime | None) -> Span:
        """Without an end: forward, also beyond now where a clock was set back."""
        end_us = FOREVER_US if end is None else utc_us_from_datetime(end)
        return Span(utc_us_from_datetime(start), end_us)

    async def _require(self, token: str) -> Recording:
        try:
            return await self._recordings.require(token)
        except NoSuchRecording as error:
            raise InvalidToken(str(error)) from error


async def _refusing(searching: Awaitable[T]) -> T:
    """The result of a search, its refusals as faults."""
    try:
        return await searching
    except (UnknownScope, UnknownSearch) as error:
        raise InvalidToken(str(error)) from error
    except UnknownSource as error:
        raise InvalidSource(str(error)) from error
    except InvalidSearchFilter as error:
        raise InvalidFilterFaultSearch(str(error)) from error
    except TooManySearches as error:
        raise ResourceProblem(str(error)) from error


def _result(found: FoundEvent) -> FindEventResult:
    return FindEventResult(
        recording_token=found.recording.token,
        track_token=found.track,
        time=datetime_from_utc_us(found.event.utc_us),
        event=notification_of(found.event),
        start_state_event=found.is_start_state,
    )


def _state(*, is_over: bool) -> SearchState:
    return SearchState.COMPLETED if is_over else SearchState.SEARCHING


def _positive(number: int | None) -> int | None:
    return number if number is not None and number > 0 else None


def _life_s(keep_alive: timedelta) -> float:
    """How long a search lives without being asked; raises InvalidArgVal for less than no time."""
    if keep_alive < timedelta():
        raise InvalidArgVal("a KeepAliveTime of less than 0 s")
    return _seconds(keep_alive)


def _seconds(duration: timedelta) -> float:
    return duration.total_seconds()
