"""Recording control service: recordings."""

from vedette.contract.faults import (
    AmbiguousConfiguration,
    BadConfiguration,
    CannotDelete,
    MaxRecordings,
    NoLocalRecording,
    NoRecording,
    NotImplemented,
    UnsupportedStorageStrategy,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.recording import GetRecordingsResponseItem, RecordingConfiguration
from vedette.wire.message import attribute, element, message
from vedette.wire.namespaces import TRC


@message(TRC)
class JobOptions:
    """How many jobs a recording can have, and which sources fit."""

    spare: int | None = attribute("Spare", default=None)
    compatible_sources: tuple[str, ...] = attribute("CompatibleSources", listed=True, default=())


@message(TRC)
class TrackOptions:
    """How many tracks of each kind can still be created."""

    spare_total: int | None = attribute("SpareTotal", default=None)
    spare_video: int | None = attribute("SpareVideo", default=None)
    spare_audio: int | None = attribute("SpareAudio", default=None)
    spare_metadata: int | None = attribute("SpareMetadata", default=None)


@message(TRC)
class RecordingOptions:
    """What can still be created for a recording."""

    job: JobOptions
    track: TrackOptions


@message(TRC)
class CreateRecording:
    """Makes a new recording."""

    recording_configuration: RecordingConfiguration


@message(TRC)
class CreateRecordingResponse:
    """Tells that the recording was made."""

    recording_token: str


@message(TRC)
class DeleteRecording:
    """Deletes the recording."""

    recording_token: str


@message(TRC)
class DeleteRecordingResponse:
    """Tells that the recording was deleted."""


@message(TRC)
class GetRecordings:
    """Asks for the recordings."""


@message(TRC)
class GetRecordingsResponse:
    """Answers with the recordings."""

    recording_items: tuple[GetRecordingsResponseItem, ...] = element("RecordingItem", default=())


@message(TRC)
class SetRecordingConfiguration:
    """Changes the recording configuration."""

    recording_token: str
    recording_configuration: RecordingConfiguration


@message(TRC)
class SetRecordingConfigurationResponse:
    """Tells that the recording configuration changed."""


@message(TRC)
class GetRecordingConfiguration:
    """Asks for the recording configuration."""

    recording_token: str


@message(TRC)
class GetRecordingConfigurationResponse:
    """Answers with the recording configuration."""

    recording_configuration: RecordingConfiguration


@message(TRC)
class GetRecordingOptions:
    """Asks what the recording can be set to."""

    recording_token: str


@message(TRC)
class GetRecordingOptionsResponse:
    """Answers with what the recording can be set to."""

    options: RecordingOptions


class Recordings(Service):
    """Recordings."""

    create_recording = Operation(
        CreateRecording,
        CreateRecordingResponse,
        access=Access.ACTUATE,
        faults=(
            MaxRecordings,
            BadConfiguration,
            NotImplemented,
            AmbiguousConfiguration,
            NoLocalRecording,
            UnsupportedStorageStrategy,
        ),
        source="Recording Control, CreateRecording (26.06 §5.4)",
        iec="IEC 62676-2-32 5.4",
    )

    delete_recording = Operation(
        DeleteRecording,
        DeleteRecordingResponse,
        access=Access.ACTUATE,
        faults=(NoRecording, NotImplemented, CannotDelete),
        source="Recording Control, DeleteRecording (26.06 §5.5)",
        iec="IEC 62676-2-32 5.5",
    )

    get_recordings = Operation(
        GetRecordings,
        GetRecordingsResponse,
        access=Access.READ_MEDIA,
        source="Recording Control, GetRecordings (26.06 §5.6)",
        iec="IEC 62676-2-32 5.6",
    )

    set_recording_configuration = Operation(
        SetRecordingConfiguration,
        SetRecordingConfigurationResponse,
        access=Access.ACTUATE,
        faults=(
            AmbiguousConfiguration,
            NoLocalRecording,
            UnsupportedStorageStrategy,
            BadConfiguration,
            NoRecording,
        ),
        source="Recording Control, SetRecordingConfiguration (26.06 §5.7)",
        iec="IEC 62676-2-32 5.7",
    )

    get_recording_configuration = Operation(
        GetRecordingConfiguration,
        GetRecordingConfigurationResponse,
        access=Access.READ_MEDIA,
        faults=(NoRecording,),
        source="Recording Control, GetRecordingConfiguration (26.06 §5.8)",
        iec="IEC 62676-2-32 5.8",
    )

    get_recording_options = Operation(
        GetRecordingOptions,
        GetRecordingOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoRecording,),
        source="Recording Control, GetRecordingOptions (26.06 §5.20)",
        iec="IEC 62676-2-32 5.20",
    )
