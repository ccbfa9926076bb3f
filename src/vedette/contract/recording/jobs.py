"""Recording control service: recording jobs."""

from vedette.contract.faults import (
    BadConfiguration,
    BadMode,
    MaxReceivers,
    MaxRecordingJobs,
    NoRecording,
    NoRecordingJob,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.recording import (
    GetRecordingJobsResponseItem,
    RecordingJobConfiguration,
    RecordingJobStateInformation,
)
from vedette.wire.message import element, message
from vedette.wire.namespaces import TRC


@message(TRC)
class CreateRecordingJob:
    """Makes a new recording job."""

    job_configuration: RecordingJobConfiguration


@message(TRC)
class CreateRecordingJobResponse:
    """Tells that the recording job was made."""

    job_token: str
    job_configuration: RecordingJobConfiguration


@message(TRC)
class DeleteRecordingJob:
    """Deletes the recording job."""

    job_token: str


@message(TRC)
class DeleteRecordingJobResponse:
    """Tells that the recording job was deleted."""


@message(TRC)
class GetRecordingJobs:
    """Asks for the recording jobs."""


@message(TRC)
class GetRecordingJobsResponse:
    """Answers with the recording jobs."""

    job_items: tuple[GetRecordingJobsResponseItem, ...] = element("JobItem", default=())


@message(TRC)
class SetRecordingJobConfiguration:
    """Changes the recording job configuration."""

    job_token: str
    job_configuration: RecordingJobConfiguration


@message(TRC)
class SetRecordingJobConfigurationResponse:
    """Tells that the recording job configuration changed."""

    job_configuration: RecordingJobConfiguration


@message(TRC)
class GetRecordingJobConfiguration:
    """Asks for the recording job configuration."""

    job_token: str


@message(TRC)
class GetRecordingJobConfigurationResponse:
    """Answers with the recording job configuration."""

    job_configuration: RecordingJobConfiguration


@message(TRC)
class SetRecordingJobMode:
    """Changes the recording job mode."""

    job_token: str
    mode: str


@message(TRC)
class SetRecordingJobModeResponse:
    """Tells that the recording job mode changed."""


@message(TRC)
class GetRecordingJobState:
    """Asks for the recording job state."""

    job_token: str


@message(TRC)
class GetRecordingJobStateResponse:
    """Answers with the recording job state."""

    state: RecordingJobStateInformation


class Jobs(Service):
    """Recording jobs."""

    create_recording_job = Operation(
        CreateRecordingJob,
        CreateRecordingJobResponse,
        access=Access.ACTUATE,
        faults=(NoRecording, BadConfiguration, MaxRecordingJobs, MaxReceivers),
        source="Recording Control, CreateRecordingJob (26.06 §5.13)",
        iec="IEC 62676-2-32 5.13",
    )

    delete_recording_job = Operation(
        DeleteRecordingJob,
        DeleteRecordingJobResponse,
        access=Access.ACTUATE,
        faults=(NoRecordingJob,),
        source="Recording Control, DeleteRecordingJob (26.06 §5.14)",
        iec="IEC 62676-2-32 5.14",
    )

    get_recording_jobs = Operation(
        GetRecordingJobs,
        GetRecordingJobsResponse,
        access=Access.READ_MEDIA,
        source="Recording Control, GetRecordingJobs (26.06 §5.15)",
        iec="IEC 62676-2-32 5.15",
    )

    set_recording_job_configuration = Operation(
        SetRecordingJobConfiguration,
        SetRecordingJobConfigurationResponse,
        access=Access.ACTUATE,
        faults=(BadConfiguration, MaxReceivers, NoRecordingJob),
        source="Recording Control, SetRecordingJobConfiguration (26.06 §5.16)",
        iec="IEC 62676-2-32 5.16",
    )

    get_recording_job_configuration = Operation(
        GetRecordingJobConfiguration,
        GetRecordingJobConfigurationResponse,
        access=Access.READ_MEDIA,
        faults=(NoRecordingJob,),
        source="Recording Control, GetRecordingJobConfiguration (26.06 §5.17)",
        iec="IEC 62676-2-32 5.17",
    )

    set_recording_job_mode = Operation(
        SetRecordingJobMode,
        SetRecordingJobModeResponse,
        access=Access.ACTUATE,
        faults=(NoRecordingJob, BadMode),
        source="Recording Control, SetRecordingJobMode (26.06 §5.18)",
        iec="IEC 62676-2-32 5.18",
    )

    get_recording_job_state = Operation(
        GetRecordingJobState,
        GetRecordingJobStateResponse,
        access=Access.READ_MEDIA,
        faults=(NoRecordingJob,),
        source="Recording Control, GetRecordingJobState (26.06 §5.19)",
        iec="IEC 62676-2-32 5.19",
    )
