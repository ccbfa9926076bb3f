"""The recording search service: messages and operations."""

from datetime import datetime, timedelta

from vedette.contract.faults import (
    InvalidFilterFaultSearch,
    InvalidSource,
    InvalidToken,
    NotImplemented,
    ResourceProblem,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.search import (
    EventFilter,
    FindEventResultList,
    FindMetadataResultList,
    FindNLSearchResultList,
    FindObjectImageResultList,
    FindPTZPositionResultList,
    FindRecordingResultList,
    MediaAttributes,
    MetadataFilter,
    PTZPositionFilter,
    RecordingInformation,
    RecordingSummary,
    SearchScope,
    SearchState,
)
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TSE


@message(TSE)
class Capabilities:
    """What the search service offers."""

    metadata_search: bool | None = attribute("MetadataSearch", default=None)
    general_start_events: bool | None = attribute("GeneralStartEvents", default=None)
    nl_search: bool | None = attribute("NLSearch", default=None)
    image_search: bool | None = attribute("ImageSearch", default=None)


@message(TSE)
class GetServiceCapabilities:
    """Asks what the service offers."""


@message(TSE)
class GetServiceCapabilitiesResponse:
    """Answers with what the service offers."""

    capabilities: Capabilities


@message(TSE)
class GetRecordingSummary:
    """Asks how much is recorded."""


@message(TSE)
class GetRecordingSummaryResponse:
    """Answers with the recording summary."""

    summary: RecordingSummary


@message(TSE)
class GetRecordingInformation:
    """Asks for the recording information."""

    recording_token: str


@message(TSE)
class GetRecordingInformationResponse:
    """Answers with the recording information."""

    recording_information: RecordingInformation


@message(TSE)
class GetMediaAttributes:
    """Asks for the media attributes."""

    recording_tokens: tuple[str, ...] = ()
    time: datetime


@message(TSE)
class GetMediaAttributesResponse:
    """Answers with the media attributes."""

    media_attributes: tuple[MediaAttributes, ...] = ()


@message(TSE)
class FindRecordings:
    """Starts a search for recordings."""

    scope: SearchScope
    max_matches: int | None = None
    keep_alive_time: timedelta


@message(TSE)
class FindRecordingsResponse:
    """Answers with the token of the search."""

    search_token: str


@message(TSE)
class GetRecordingSearchResults:
    """Asks for the recording search results."""

    search_token: str
    min_results: int | None = None
    max_results: int | None = None
    wait_time: timedelta | None = None


@message(TSE)
class GetRecordingSearchResultsResponse:
    """Answers with the recording search results."""

    result_list: FindRecordingResultList


@message(TSE)
class FindEvents:
    """Starts a search for events."""

    start_point: datetime
    end_point: datetime | None = None
    scope: SearchScope
    search_filter: EventFilter
    include_start_state: bool
    max_matches: int | None = None
    keep_alive_time: timedelta


@message(TSE)
class FindEventsResponse:
    """Answers with the token of the search."""

    search_token: str


@message(TSE)
class GetEventSearchResults:
    """Asks for the event search results."""

    search_token: str
    min_results: int | None = None
    max_results: int | None = None
    wait_time: timedelta | None = None


@message(TSE)
class GetEventSearchResultsResponse:
    """Answers with the event search results."""

    result_list: FindEventResultList


@message(TSE)
class FindPTZPosition:
    """Starts a search for positions of the PTZ head."""

    start_point: datetime
    end_point: datetime | None = None
    scope: SearchScope
    search_filter: PTZPositionFilter
    max_matches: int | None = None
    keep_alive_time: timedelta


@message(TSE)
class FindPTZPositionResponse:
    """Answers with the token of the search."""

    search_token: str


@message(TSE)
class GetPTZPositionSearchResults:
    """Asks for the PTZ position search results."""

    search_token: str
    min_results: int | None = None
    max_results: int | None = None
    wait_time: timedelta | None = None


@message(TSE)
class GetPTZPositionSearchResultsResponse:
    """Answers with the PTZ position search results."""

    result_list: FindPTZPositionResultList


@message(TSE)
class GetSearchState:
    """Asks for the search state."""

    search_token: str


@message(TSE)
class GetSearchStateResponse:
    """Answers with the search state."""

    state: SearchState


@message(TSE)
class EndSearch:
    """Ends a search."""

    search_token: str


@message(TSE)
class EndSearchResponse:
    """Answers with the time that the search came to."""

    endpoint: datetime


@message(TSE)
class FindMetadata:
    """Starts a search for metadata."""

    start_point: datetime
    end_point: datetime | None = None
    scope: SearchScope
    metadata_filter: MetadataFilter
    max_matches: int | None = None
    keep_alive_time: timedelta


@message(TSE)
class FindMetadataResponse:
    """Answers with the token of the search."""

    search_token: str


@message(TSE)
class GetMetadataSearchResults:
    """Asks for the metadata search results."""

    search_token: str
    min_results: int | None = None
    max_results: int | None = None
    wait_time: timedelta | None = None


@message(TSE)
class GetMetadataSearchResultsResponse:
    """Answers with the metadata search results."""

    result_list: FindMetadataResultList


@message(TSE)
class SearchImageByNLRequest:
    """Starts a search that is described in plain language."""

    start_point: datetime
    end_point: datetime | None = None
    recording_token: str | None = None
    text: str
    similarity: float | None = None
    max_matches: int | None = None
    keep_alive_time: timedelta


@message(TSE)
class SearchImageByNLResponse:
    """Answers with the token of the search."""

    search_token: str


@message(TSE)
class GetNLSearchResultsRequest:
    """Asks for the NL search results."""

    search_token: str
    min_results: int | None = None
    max_results: int | None = None
    wait_time: timedelta | None = None


@message(TSE)
class GetNLSearchResultsResponse:
    """Answers with the NL search results."""

    result_list: FindNLSearchResultList


@message(TSE)
class SearchImageByImageRequest:
    """Starts a search for what looks like a picture."""

    start_point: datetime
    end_point: datetime | None = None
    recording_token: str | None = None
    target_image_uri: str | None = element("TargetImageURI", default=None)
    target_image_data: bytes | None = None
    max_matches: int | None = None
    keep_alive_time: timedelta


@message(TSE)
class SearchImageByImageResponse:
    """Answers with the token of the search."""

    search_token: str


@message(TSE)
class GetImageSearchResultsRequest:
    """Asks for the image search results."""

    search_token: str
    min_results: int | None = None
    max_results: int | None = None
    wait_time: timedelta | None = None


@message(TSE)
class GetImageSearchResultsResponse:
    """Answers with the image search results."""

    result_list: FindObjectImageResultList


class Search(Service):
    """The recording search service."""

    namespace = TSE

    get_service_capabilities = Operation(
        GetServiceCapabilities,
        GetServiceCapabilitiesResponse,
        access=Access.PRE_AUTH,
        source="Recording Search, GetServiceCapabilities (26.06 §5.20)",
        iec="IEC 62676-2-32 6.16",
    )

    get_recording_summary = Operation(
        GetRecordingSummary,
        GetRecordingSummaryResponse,
        access=Access.READ_MEDIA,
        source="Recording Search, GetRecordingSummary (26.06 §5.4)",
        iec="IEC 62676-2-32 6.4",
    )

    get_recording_information = Operation(
        GetRecordingInformation,
        GetRecordingInformationResponse,
        access=Access.READ_MEDIA,
        faults=(InvalidToken,),
        source="Recording Search, GetRecordingInformation (26.06 §5.5)",
        iec="IEC 62676-2-32 6.5",
    )

    get_media_attributes = Operation(
        GetMediaAttributes,
        GetMediaAttributesResponse,
        access=Access.READ_MEDIA,
        faults=(InvalidToken,),
        source="Recording Search, GetMediaAttributes (26.06 §5.6)",
        iec="IEC 62676-2-32 6.6",
    )

    find_recordings = Operation(
        FindRecordings,
        FindRecordingsResponse,
        access=Access.READ_MEDIA,
        faults=(InvalidToken, InvalidSource, ResourceProblem),
        source="Recording Search, FindRecordings (26.06 §5.7)",
        iec="IEC 62676-2-32 6.7",
    )

    get_recording_search_results = Operation(
        GetRecordingSearchResults,
        GetRecordingSearchResultsResponse,
        access=Access.READ_MEDIA,
        faults=(InvalidToken,),
        source="Recording Search, GetRecordingSearchResults (26.06 §5.8)",
        iec="IEC 62676-2-32 6.8",
    )

    find_events = Operation(
        FindEvents,
        FindEventsResponse,
        access=Access.READ_MEDIA,
        faults=(ResourceProblem, InvalidFilterFaultSearch),
        source="Recording Search, FindEvents (26.06 §5.9)",
        iec="IEC 62676-2-32 6.9",
    )

    get_event_search_results = Operation(
        GetEventSearchResults,
        GetEventSearchResultsResponse,
        access=Access.READ_MEDIA,
        faults=(InvalidToken,),
        source="Recording Search, GetEventSearchResults (26.06 §5.10)",
        iec="IEC 62676-2-32 6.10",
    )

    find_ptz_position = Operation(
        FindPTZPosition,
        FindPTZPositionResponse,
        access=Access.READ_MEDIA,
        faults=(ResourceProblem, NotImplemented),
        source="Recording Search, FindPTZPosition (26.06 §5.11)",
        iec="IEC 62676-2-32 6.11",
    )

    get_ptz_position_search_results = Operation(
        GetPTZPositionSearchResults,
        GetPTZPositionSearchResultsResponse,
        access=Access.READ_MEDIA,
        faults=(InvalidToken,),
        source="Recording Search, GetPTZPositionSearchResults (26.06 §5.12)",
        iec="IEC 62676-2-32 6.12",
    )

    get_search_state = Operation(
        GetSearchState,
        GetSearchStateResponse,
        access=Access.READ_MEDIA,
        source="Recording Search, GetSearchState (26.06 Annex A.1)",
        deprecated=True,
    )

    end_search = Operation(
        EndSearch,
        EndSearchResponse,
        access=Access.READ_MEDIA,
        faults=(InvalidToken,),
        source="Recording Search, EndSearch (26.06 §5.19)",
        iec="IEC 62676-2-32 6.15",
    )

    find_metadata = Operation(
        FindMetadata,
        FindMetadataResponse,
        access=Access.READ_MEDIA,
        faults=(ResourceProblem,),
        source="Recording Search, FindMetadata (26.06 §5.13)",
        iec="IEC 62676-2-32 6.13",
    )

    get_metadata_search_results = Operation(
        GetMetadataSearchResults,
        GetMetadataSearchResultsResponse,
        access=Access.READ_MEDIA,
        faults=(InvalidToken,),
        source="Recording Search, GetMetadataSearchResults (26.06 §5.14)",
        iec="IEC 62676-2-32 6.14",
    )

    search_image_by_nl = Operation(
        SearchImageByNLRequest,
        SearchImageByNLResponse,
        access=Access.READ_MEDIA,
        faults=(ResourceProblem,),
        source="Recording Search, SearchImageByNL (26.06 §5.15)",
        name="SearchImageByNL",
    )

    get_nl_search_results = Operation(
        GetNLSearchResultsRequest,
        GetNLSearchResultsResponse,
        access=Access.READ_MEDIA,
        faults=(InvalidToken,),
        source="Recording Search, GetNLSearchResults (26.06 §5.16)",
        name="GetNLSearchResults",
    )

    search_image_by_image = Operation(
        SearchImageByImageRequest,
        SearchImageByImageResponse,
        access=Access.READ_MEDIA,
        faults=(ResourceProblem,),
        source="Recording Search, SearchImageByImage (26.06 §5.17)",
        name="SearchImageByImage",
    )

    get_image_search_results = Operation(
        GetImageSearchResultsRequest,
        GetImageSearchResultsResponse,
        access=Access.READ_MEDIA,
        faults=(InvalidToken,),
        source="Recording Search, GetImageSearchResults (26.06 §5.18)",
        name="GetImageSearchResults",
    )
