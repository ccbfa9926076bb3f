"""Recordings, tracks and the jobs that fill them."""

from datetime import timedelta
from enum import StrEnum

from vedette.wire.message import HexBytes, attribute, element, message
from vedette.wire.namespaces import TT


@message(TT)
class RecordingSourceInformation:
    """Recording source information."""

    source_id: str
    name: str
    location: str
    description: str
    address: str
    video_source_token: str | None = None


@message(TT)
class AsymmetricEncryption:
    """Asymmetric encryption."""

    certificate_ids: tuple[str, ...] = element("CertificateID")
    key_rotation_duration: timedelta | None = None
    additional_info: str | None = None


@message(TT)
class RecordingEncryption:
    """Recording encryption."""

    mode: str = attribute("Mode")
    kid: str | None = element("KID", default=None)
    key: HexBytes | None = None
    tracks: tuple[str, ...] = element("Track", default=())
    asymmetric_encryption: AsymmetricEncryption | None = None


@message(TT)
class SegmentDurationOverride:
    """Segment duration override."""

    duration: timedelta
    expiration: timedelta


@message(TT)
class RecordingTargetConfiguration:
    """Recording target configuration."""

    storage: str
    format: str
    prefix: str | None = None
    postfix: str | None = None
    span_duration: timedelta | None = None
    segment_duration: timedelta
    encryptions: tuple[RecordingEncryption, ...] = element("Encryption", default=())
    segment_duration_override: SegmentDurationOverride | None = None
    storage_strategy: str | None = None


@message(TT)
class RecordingConfiguration:
    """Recording configuration."""

    source: RecordingSourceInformation
    content: str
    maximum_retention_time: timedelta
    target: RecordingTargetConfiguration | None = None


class TrackType(StrEnum):
    """Track: the named values."""

    VIDEO = "Video"
    AUDIO = "Audio"
    METADATA = "Metadata"
    EXTENDED = "Extended"


@message(TT)
class TrackConfiguration:
    """Track configuration."""

    track_type: TrackType
    description: str


@message(TT)
class GetTracksResponseItem:
    """Get tracks response item."""

    track_token: str
    configuration: TrackConfiguration


@message(TT)
class GetTracksResponseList:
    """Get tracks response list."""

    tracks: tuple[GetTracksResponseItem, ...] = element("Track", default=())


@message(TT)
class GetRecordingsResponseItem:
    """Get recordings response item."""

    recording_token: str
    configuration: RecordingConfiguration
    tracks: GetTracksResponseList


@message(TT)
class SourceReference:
    """Source reference."""

    type: str | None = attribute("Type", default=None)
    token: str


@message(TT)
class RecordingJobTrack:
    """Recording job track."""

    source_tag: str
    destination: str


@message(TT)
class RecordingJobSource:
    """Recording job source."""

    source_token: SourceReference | None = None
    auto_create_receiver: bool | None = None
    tracks: tuple[RecordingJobTrack, ...] = ()


@message(TT)
class RecordingEventCondition:
    """Recording event condition."""

    topic: str
    source: str | None = None


@message(TT)
class RecordingEventFilter:
    """Recording event filter."""

    filters: tuple[RecordingEventCondition, ...] = element("Filter")
    before: timedelta | None = None
    after: timedelta | None = None


@message(TT)
class RecordingJobConfiguration:
    """Recording job configuration."""

    schedule_token: str | None = attribute("ScheduleToken", default=None)
    recording_token: str
    mode: str
    priority: int
    sources: tuple[RecordingJobSource, ...] = element("Source", default=())
    event_filter: RecordingEventFilter | None = None


@message(TT)
class GetRecordingJobsResponseItem:
    """Get recording jobs response item."""

    job_token: str
    job_configuration: RecordingJobConfiguration


@message(TT)
class RecordingJobStateTrack:
    """Recording job state track."""

    source_tag: str
    destination: str
    error: str | None = None
    state: str


@message(TT)
class RecordingJobStateTracks:
    """Recording job state tracks."""

    tracks: tuple[RecordingJobStateTrack, ...] = element("Track", default=())


@message(TT)
class RecordingJobStateSource:
    """Recording job state source."""

    source_token: SourceReference
    state: str
    tracks: RecordingJobStateTracks


@message(TT)
class RecordingJobStateInformation:
    """Recording job state information."""

    recording_token: str
    state: str
    sources: tuple[RecordingJobStateSource, ...] = ()


@message(TT)
class StorageReferencePath:
    """Storage reference path."""

    storage_token: str
    relative_path: str | None = None


@message(TT)
class FileProgress:
    """File progress."""

    file_name: str
    progress: float


@message(TT)
class ArrayOfFileProgress:
    """Array of file progress."""

    file_progress: tuple[FileProgress, ...] = ()


@message(TT)
class ReplayConfiguration:
    """Replay configuration."""

    session_timeout: timedelta


class TargetFormat(StrEnum):
    """Target format: the named values."""

    MP4 = "MP4"
    CMAF = "CMAF"


class EncryptionMode(StrEnum):
    """Encryption mode: the named values."""

    CENC = "CENC"
    CBCS = "CBCS"


class StorageStrategy(StrEnum):
    """Storage strategy: the named values."""

    EXTERNAL = "External"
    LOCAL = "Local"
    BOTH = "Both"
