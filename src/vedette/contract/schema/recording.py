"""Recordings, tracks and the jobs that fill them."""

from datetime import timedelta
from enum import StrEnum

from vedette.wire.message import HexBytes, attribute, element, message
from vedette.wire.namespaces import TT


@message(TT)
class RecordingSourceInformation:
    """What a recording is a recording of."""

    source_id: str
    name: str
    location: str
    description: str
    address: str
    video_source_token: str | None = None


@message(TT)
class AsymmetricEncryption:
    """For whom a recording is encrypted."""

    certificate_ids: tuple[str, ...] = element("CertificateID")
    key_rotation_duration: timedelta | None = None
    additional_info: str | None = None


@message(TT)
class RecordingEncryption:
    """How a recording is encrypted, and of which tracks."""

    mode: str = attribute("Mode")
    kid: str | None = element("KID", default=None)
    key: HexBytes | None = None
    tracks: tuple[str, ...] = element("Track", default=())
    asymmetric_encryption: AsymmetricEncryption | None = None


@message(TT)
class SegmentDurationOverride:
    """Another length of segments, until a given time."""

    duration: timedelta
    expiration: timedelta


@message(TT)
class RecordingTargetConfiguration:
    """Where and in which form a recording is stored."""

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
    """What a recording is, where it comes from and how long it is kept."""

    source: RecordingSourceInformation
    content: str
    maximum_retention_time: timedelta
    target: RecordingTargetConfiguration | None = None


class TrackType(StrEnum):
    """The kinds of tracks."""

    VIDEO = "Video"
    AUDIO = "Audio"
    METADATA = "Metadata"
    EXTENDED = "Extended"


@message(TT)
class TrackConfiguration:
    """Kind and description of a track."""

    track_type: TrackType
    description: str


@message(TT)
class GetTracksResponseItem:
    """A track with its configuration."""

    track_token: str
    configuration: TrackConfiguration


@message(TT)
class GetTracksResponseList:
    """The tracks of a recording."""

    tracks: tuple[GetTracksResponseItem, ...] = element("Track", default=())


@message(TT)
class GetRecordingsResponseItem:
    """A recording with its configuration and tracks."""

    recording_token: str
    configuration: RecordingConfiguration
    tracks: GetTracksResponseList


@message(TT)
class SourceReference:
    """A receiver or profile that is recorded."""

    type: str | None = attribute("Type", default=None)
    token: str


@message(TT)
class RecordingJobTrack:
    """Which part of a source goes into which track."""

    source_tag: str
    destination: str


@message(TT)
class RecordingJobSource:
    """One source of a recording job."""

    source_token: SourceReference | None = None
    auto_create_receiver: bool | None = None
    tracks: tuple[RecordingJobTrack, ...] = ()


@message(TT)
class RecordingEventCondition:
    """One event that starts a recording, by topic and source."""

    topic: str
    source: str | None = None


@message(TT)
class RecordingEventFilter:
    """Events that start a recording."""

    filters: tuple[RecordingEventCondition, ...] = element("Filter")
    before: timedelta | None = None
    after: timedelta | None = None


@message(TT)
class RecordingJobConfiguration:
    """What a job records, into which recording, and how important it is."""

    schedule_token: str | None = attribute("ScheduleToken", default=None)
    recording_token: str
    mode: str
    priority: int
    sources: tuple[RecordingJobSource, ...] = element("Source", default=())
    event_filter: RecordingEventFilter | None = None


@message(TT)
class GetRecordingJobsResponseItem:
    """A recording job with its configuration."""

    job_token: str
    job_configuration: RecordingJobConfiguration


@message(TT)
class RecordingJobStateTrack:
    """What one track of a job is doing."""

    source_tag: str
    destination: str
    error: str | None = None
    state: str


@message(TT)
class RecordingJobStateTracks:
    """What the tracks of a source are doing."""

    tracks: tuple[RecordingJobStateTrack, ...] = element("Track", default=())


@message(TT)
class RecordingJobStateSource:
    """What one source of a job is doing."""

    source_token: SourceReference
    state: str
    tracks: RecordingJobStateTracks


@message(TT)
class RecordingJobStateInformation:
    """What a recording job is doing, source by source."""

    recording_token: str
    state: str
    sources: tuple[RecordingJobStateSource, ...] = ()


@message(TT)
class StorageReferencePath:
    """A storage place and a path in it."""

    storage_token: str
    relative_path: str | None = None


@message(TT)
class FileProgress:
    """How far one file of an export is."""

    file_name: str
    progress: float


@message(TT)
class ArrayOfFileProgress:
    """How far the files of an export are."""

    file_progress: tuple[FileProgress, ...] = ()


@message(TT)
class ReplayConfiguration:
    """How long a replay session lives without a sign of life."""

    session_timeout: timedelta


class TargetFormat(StrEnum):
    """The formats of stored segments."""

    MP4 = "MP4"
    CMAF = "CMAF"


class EncryptionMode(StrEnum):
    """The ways to encrypt a recording."""

    CENC = "CENC"
    CBCS = "CBCS"


class StorageStrategy(StrEnum):
    """What is kept when."""

    EXTERNAL = "External"
    LOCAL = "Local"
    BOTH = "Both"
