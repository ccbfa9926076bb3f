"""Recording control service: capabilities."""

from datetime import timedelta

from vedette.contract.operation import Access, Operation, Service
from vedette.wire.message import attribute, message
from vedette.wire.namespaces import TRC


@message(TRC)
class Capabilities:
    """What the recording service offers."""

    dynamic_recordings: bool | None = attribute("DynamicRecordings", default=None)
    dynamic_tracks: bool | None = attribute("DynamicTracks", default=None)
    encoding: tuple[str, ...] = attribute("Encoding", listed=True, default=())
    max_rate: float | None = attribute("MaxRate", default=None)
    max_total_rate: float | None = attribute("MaxTotalRate", default=None)
    max_recordings: float | None = attribute("MaxRecordings", default=None)
    max_recording_jobs: int | None = attribute("MaxRecordingJobs", default=None)
    options: bool | None = attribute("Options", default=None)
    metadata_recording: bool | None = attribute("MetadataRecording", default=None)
    supported_export_file_formats: tuple[str, ...] = attribute(
        "SupportedExportFileFormats", listed=True, default=()
    )
    event_recording: bool | None = attribute("EventRecording", default=None)
    before_event_limit: timedelta | None = attribute("BeforeEventLimit", default=None)
    after_event_limit: timedelta | None = attribute("AfterEventLimit", default=None)
    supported_target_formats: tuple[str, ...] = attribute("SupportedTargetFormats", listed=True, default=())
    encryption_entry_limit: int | None = attribute("EncryptionEntryLimit", default=None)
    supported_encryption_modes: tuple[str, ...] = attribute(
        "SupportedEncryptionModes", listed=True, default=()
    )
    override_segment_duration: bool | None = attribute("OverrideSegmentDuration", default=None)
    asymmetric_encryption_supported: bool | None = attribute("AsymmetricEncryptionSupported", default=None)
    scheduled_recording: bool | None = attribute("ScheduledRecording", default=None)
    onboard_storage: bool | None = attribute("OnboardStorage", default=None)
    segment_export: bool | None = attribute("SegmentExport", default=None)


@message(TRC)
class GetServiceCapabilities:
    """Asks what the service offers."""


@message(TRC)
class GetServiceCapabilitiesResponse:
    """Answers with what the service offers."""

    capabilities: Capabilities


class Capability(Service):
    """Capabilities."""

    get_service_capabilities = Operation(
        GetServiceCapabilities,
        GetServiceCapabilitiesResponse,
        access=Access.PRE_AUTH,
        source="Recording Control, GetServiceCapabilities (26.06 §5.25)",
        iec="IEC 62676-2-32 5.24",
    )
