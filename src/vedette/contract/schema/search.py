"""Search scopes, filters and results over recordings."""

from datetime import datetime
from enum import StrEnum

from vedette.contract.schema.notification import Filter, NotificationMessage
from vedette.contract.schema.ptz import PTZVector
from vedette.contract.schema.recording import RecordingSourceInformation, SourceReference, TrackType
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TT


@message(TT)
class SearchScope:
    """Search scope."""

    included_sources: tuple[SourceReference, ...] = ()
    included_recordings: tuple[str, ...] = ()
    recording_information_filter: str | None = None


@message(TT)
class RecordingSummary:
    """Recording summary."""

    data_from: datetime
    data_until: datetime
    number_recordings: int


@message(TT)
class TrackInformation:
    """Track information."""

    track_token: str
    track_type: TrackType
    description: str
    data_from: datetime
    data_to: datetime


class RecordingStatus(StrEnum):
    """Recording status: the named values."""

    INITIATED = "Initiated"
    RECORDING = "Recording"
    STOPPED = "Stopped"
    REMOVING = "Removing"
    REMOVED = "Removed"
    UNKNOWN = "Unknown"


@message(TT)
class RecordingInformation:
    """Recording information."""

    recording_token: str
    source: RecordingSourceInformation
    earliest_recording: datetime | None = None
    latest_recording: datetime | None = None
    content: str
    tracks: tuple[TrackInformation, ...] = element("Track", default=())
    recording_status: RecordingStatus


@message(TT)
class VideoAttributes:
    """Video attributes."""

    bitrate: int | None = None
    width: int
    height: int
    encoding: str
    framerate: float


@message(TT)
class AudioAttributes:
    """Audio attributes."""

    bitrate: int | None = None
    encoding: str
    samplerate: int


@message(TT)
class MetadataAttributes:
    """Metadata attributes."""

    ptz_spaces: tuple[str, ...] = attribute("PtzSpaces", listed=True, default=())
    can_contain_ptz: bool = element("CanContainPTZ")
    can_contain_analytics: bool
    can_contain_notifications: bool


@message(TT)
class TrackAttributes:
    """Track attributes."""

    track_information: TrackInformation
    video_attributes: VideoAttributes | None = None
    audio_attributes: AudioAttributes | None = None
    metadata_attributes: MetadataAttributes | None = None


@message(TT)
class MediaAttributes:
    """Media attributes."""

    recording_token: str
    track_attributes: tuple[TrackAttributes, ...] = ()
    from_: datetime
    until: datetime


class SearchState(StrEnum):
    """Search state: the named values."""

    QUEUED = "Queued"
    SEARCHING = "Searching"
    COMPLETED = "Completed"
    UNKNOWN = "Unknown"


@message(TT)
class FindRecordingResultList:
    """Find recording result list."""

    search_state: SearchState
    recording_information: tuple[RecordingInformation, ...] = ()


@message(TT)
class EventFilter(Filter):
    """Event filter."""


@message(TT)
class FindEventResult:
    """Find event result."""

    recording_token: str
    track_token: str
    time: datetime
    event: NotificationMessage
    start_state_event: bool


@message(TT)
class FindEventResultList:
    """Find event result list."""

    search_state: SearchState
    results: tuple[FindEventResult, ...] = element("Result", default=())


@message(TT)
class PTZPositionFilter:
    """PTZ position filter."""

    min_position: PTZVector
    max_position: PTZVector
    enter_or_exit: bool


@message(TT)
class FindPTZPositionResult:
    """Find PTZ position result."""

    recording_token: str
    track_token: str
    time: datetime
    position: PTZVector


@message(TT)
class FindPTZPositionResultList:
    """Find PTZ position result list."""

    search_state: SearchState
    results: tuple[FindPTZPositionResult, ...] = element("Result", default=())


@message(TT)
class MetadataFilter:
    """Metadata filter."""

    metadata_stream_filter: str


@message(TT)
class FindMetadataResult:
    """Find metadata result."""

    recording_token: str
    track_token: str
    time: datetime


@message(TT)
class FindMetadataResultList:
    """Find metadata result list."""

    search_state: SearchState
    results: tuple[FindMetadataResult, ...] = element("Result", default=())


@message(TT)
class FindNLSearchResult:
    """Find NL search result."""

    object_uuid: str = element("ObjectUUID")
    target_image_uri: str = element("TargetImageURI")
    time: datetime
    similarity: float
    recording_token: str


@message(TT)
class FindNLSearchResultList:
    """Find NL search result list."""

    search_state: SearchState
    results: tuple[FindNLSearchResult, ...] = element("Result", default=())


@message(TT)
class FindObjectImageResult:
    """Find object image result."""

    object_uuid: str = element("ObjectUUID")
    target_image_uri: str = element("TargetImageURI")
    time: datetime
    similarity: float
    recording_token: str


@message(TT)
class FindObjectImageResultList:
    """Find object image result list."""

    search_state: SearchState
    results: tuple[FindObjectImageResult, ...] = element("Result", default=())
