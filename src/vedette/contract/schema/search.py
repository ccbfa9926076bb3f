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
    """Which recordings and sources a search covers."""

    included_sources: tuple[SourceReference, ...] = ()
    included_recordings: tuple[str, ...] = ()
    recording_information_filter: str | None = None


@message(TT)
class RecordingSummary:
    """How much is recorded, and from when to when."""

    data_from: datetime
    data_until: datetime
    number_recordings: int


@message(TT)
class TrackInformation:
    """What is known about a track."""

    track_token: str
    track_type: TrackType
    description: str
    data_from: datetime
    data_to: datetime


class RecordingStatus(StrEnum):
    """Whether a recording is running."""

    INITIATED = "Initiated"
    RECORDING = "Recording"
    STOPPED = "Stopped"
    REMOVING = "Removing"
    REMOVED = "Removed"
    UNKNOWN = "Unknown"


@message(TT)
class RecordingInformation:
    """What is known about a recording."""

    recording_token: str
    source: RecordingSourceInformation
    earliest_recording: datetime | None = None
    latest_recording: datetime | None = None
    content: str
    tracks: tuple[TrackInformation, ...] = element("Track", default=())
    recording_status: RecordingStatus


@message(TT)
class VideoAttributes:
    """Size, rate and codec of recorded video."""

    bitrate: int | None = None
    width: int
    height: int
    encoding: str
    framerate: float


@message(TT)
class AudioAttributes:
    """Rate and codec of recorded audio."""

    bitrate: int | None = None
    encoding: str
    samplerate: int


@message(TT)
class MetadataAttributes:
    """What recorded metadata can hold."""

    ptz_spaces: tuple[str, ...] = attribute("PtzSpaces", listed=True, default=())
    can_contain_ptz: bool = element("CanContainPTZ")
    can_contain_analytics: bool
    can_contain_notifications: bool


@message(TT)
class TrackAttributes:
    """What one track held at one instant."""

    track_information: TrackInformation
    video_attributes: VideoAttributes | None = None
    audio_attributes: AudioAttributes | None = None
    metadata_attributes: MetadataAttributes | None = None


@message(TT)
class MediaAttributes:
    """What the tracks of a recording held at one instant."""

    recording_token: str
    track_attributes: tuple[TrackAttributes, ...] = ()
    from_: datetime
    until: datetime


class SearchState(StrEnum):
    """How far a search is."""

    QUEUED = "Queued"
    SEARCHING = "Searching"
    COMPLETED = "Completed"
    UNKNOWN = "Unknown"


@message(TT)
class FindRecordingResultList:
    """Recordings found so far."""

    search_state: SearchState
    recording_information: tuple[RecordingInformation, ...] = ()


@message(TT)
class EventFilter(Filter):
    """Which events a search is about."""


@message(TT)
class FindEventResult:
    """An event that was found, and in which recording."""

    recording_token: str
    track_token: str
    time: datetime
    event: NotificationMessage
    start_state_event: bool


@message(TT)
class FindEventResultList:
    """Events found so far."""

    search_state: SearchState
    results: tuple[FindEventResult, ...] = element("Result", default=())


@message(TT)
class PTZPositionFilter:
    """Which positions a search is about."""

    min_position: PTZVector
    max_position: PTZVector
    enter_or_exit: bool


@message(TT)
class FindPTZPositionResult:
    """A position that was found, and in which recording."""

    recording_token: str
    track_token: str
    time: datetime
    position: PTZVector


@message(TT)
class FindPTZPositionResultList:
    """Positions found so far."""

    search_state: SearchState
    results: tuple[FindPTZPositionResult, ...] = element("Result", default=())


@message(TT)
class MetadataFilter:
    """Which metadata a search is about."""

    metadata_stream_filter: str


@message(TT)
class FindMetadataResult:
    """Where metadata were found."""

    recording_token: str
    track_token: str
    time: datetime


@message(TT)
class FindMetadataResultList:
    """Metadata found so far."""

    search_state: SearchState
    results: tuple[FindMetadataResult, ...] = element("Result", default=())


@message(TT)
class FindNLSearchResult:
    """One thing found by a search in plain language."""

    object_uuid: str = element("ObjectUUID")
    target_image_uri: str = element("TargetImageURI")
    time: datetime
    similarity: float
    recording_token: str


@message(TT)
class FindNLSearchResultList:
    """What a search in plain language found so far."""

    search_state: SearchState
    results: tuple[FindNLSearchResult, ...] = element("Result", default=())


@message(TT)
class FindObjectImageResult:
    """One thing found by a search by picture."""

    object_uuid: str = element("ObjectUUID")
    target_image_uri: str = element("TargetImageURI")
    time: datetime
    similarity: float
    recording_token: str


@message(TT)
class FindObjectImageResultList:
    """What a search by picture found so far."""

    search_state: SearchState
    results: tuple[FindObjectImageResult, ...] = element("Result", default=())
