"""Recording control service: segments and export."""

from datetime import datetime, timedelta

from vedette.contract.faults import (
    BadConfiguration,
    BadDuration,
    InvalidStorage,
    NoOperation,
    NoRecording,
    NoStorage,
    NotImplemented,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.recording import ArrayOfFileProgress, StorageReferencePath
from vedette.contract.schema.search import SearchScope
from vedette.contract.schema.values import DateTimeRange
from vedette.wire.message import element, message
from vedette.wire.namespaces import TRC


@message(TRC)
class RecordedSegment:
    """One recorded segment: from when to when, and where it lies."""

    start_time: datetime
    end_time: datetime
    media_type: str


@message(TRC)
class SegmentListResult:
    """The recorded segments of a recording."""

    segments: tuple[RecordedSegment, ...] = element("Segment", default=())
    has_more_results: bool


@message(TRC)
class ListRecordedSegments:
    """Asks for a list of recorded segments."""

    time: DateTimeRange
    recording_token: str
    max_results: int | None = None


@message(TRC)
class ListRecordedSegmentsResponse:
    """Answers with the list of recorded segments."""

    results: SegmentListResult


@message(TRC)
class ExportRecordedSegments:
    """Starts an export of recorded segments."""

    time: DateTimeRange
    recording_token: str
    alias: str | None = None
    storage_token: str | None = None
    track: str | None = None


@message(TRC)
class ExportRecordedSegmentsResponse:
    """Tells that the export of recorded segments began."""

    operation_token: str


@message(TRC)
class StopExportRecordedSegments:
    """Stops an export of segments."""

    operation_token: str


@message(TRC)
class StopExportRecordedSegmentsResponse:
    """Tells that the export of segments stopped."""


@message(TRC)
class ExportRecordedData:
    """Starts an export of recorded data."""

    start_point: datetime | None = None
    end_point: datetime | None = None
    search_scope: SearchScope
    file_format: str
    storage_destination: StorageReferencePath


@message(TRC)
class ExportRecordedDataResponse:
    """Answers with the token of the export and its files."""

    operation_token: str
    file_names: tuple[str, ...] = ()


@message(TRC)
class StopExportRecordedData:
    """Stops an export."""

    operation_token: str


@message(TRC)
class StopExportRecordedDataResponse:
    """Answers with how far the export came."""

    progress: float
    file_progress_status: ArrayOfFileProgress


@message(TRC)
class GetExportRecordedDataState:
    """Asks how far an export is."""

    operation_token: str


@message(TRC)
class GetExportRecordedDataStateResponse:
    """Answers with how far the export is."""

    progress: float
    file_progress_status: ArrayOfFileProgress


@message(TRC)
class OverrideSegmentDuration:
    """Changes the length of segments for a while."""

    target_segment_duration: timedelta
    expiration: timedelta
    recording_configuration: str


@message(TRC)
class OverrideSegmentDurationResponse:
    """Tells that the segment duration was overridden."""


class Exports(Service):
    """Segments and export."""

    list_recorded_segments = Operation(
        ListRecordedSegments,
        ListRecordedSegmentsResponse,
        access=Access.READ_MEDIA,
        faults=(NoRecording, NoStorage),
        source="Recording Control, ListRecordedSegments (26.06 §5.26)",
    )

    export_recorded_segments = Operation(
        ExportRecordedSegments,
        ExportRecordedSegmentsResponse,
        access=Access.READ_MEDIA,
        faults=(NoRecording, InvalidStorage, BadDuration),
        source="Recording Control, ExportRecordedSegments (26.06 §5.27)",
    )

    stop_export_recorded_segments = Operation(
        StopExportRecordedSegments,
        StopExportRecordedSegmentsResponse,
        access=Access.READ_MEDIA,
        faults=(NoOperation,),
        source="Recording Control, StopExportRecordedSegments (26.06 §5.28)",
    )

    export_recorded_data = Operation(
        ExportRecordedData,
        ExportRecordedDataResponse,
        access=Access.READ_MEDIA,
        faults=(BadConfiguration,),
        source="Recording Control, ExportRecordedData (26.06 §5.21)",
        iec="IEC 62676-2-32 5.21",
    )

    stop_export_recorded_data = Operation(
        StopExportRecordedData,
        StopExportRecordedDataResponse,
        access=Access.READ_MEDIA,
        faults=(BadConfiguration,),
        source="Recording Control, StopExportRecordedData (26.06 §5.22)",
        iec="IEC 62676-2-32 5.22",
    )

    get_export_recorded_data_state = Operation(
        GetExportRecordedDataState,
        GetExportRecordedDataStateResponse,
        access=Access.READ_MEDIA,
        faults=(BadConfiguration,),
        source="Recording Control, GetExportRecordedDataState (26.06 §5.23)",
        iec="IEC 62676-2-32 5.23",
    )

    override_segment_duration = Operation(
        OverrideSegmentDuration,
        OverrideSegmentDurationResponse,
        access=Access.ACTUATE,
        faults=(NotImplemented, NoRecording, BadDuration),
        source="Recording Control, OverrideSegmentDuration (26.06 §5.24)",
    )
