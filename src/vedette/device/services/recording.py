"""Answers of the recording control service."""

from vedette.contract.faults import BadConfiguration, BadMode, NoRecording, NoRecordingJob, NoTrack
from vedette.contract.operation import answers
from vedette.contract.recording import Recording as Service
from vedette.contract.recording.capabilities import (
    Capabilities,
    GetServiceCapabilities,
    GetServiceCapabilitiesResponse,
)
from vedette.contract.recording.jobs import (
    GetRecordingJobConfiguration,
    GetRecordingJobConfigurationResponse,
    GetRecordingJobs,
    GetRecordingJobsResponse,
    GetRecordingJobState,
    GetRecordingJobStateResponse,
    SetRecordingJobMode,
    SetRecordingJobModeResponse,
)
from vedette.contract.recording.recordings import (
    GetRecordingConfiguration,
    GetRecordingConfigurationResponse,
    GetRecordingOptions,
    GetRecordingOptionsResponse,
    GetRecordings,
    GetRecordingsResponse,
    JobOptions,
    RecordingOptions,
    SetRecordingConfiguration,
    SetRecordingConfigurationResponse,
    TrackOptions,
)
from vedette.contract.recording.tracks import GetTrackConfiguration, GetTrackConfigurationResponse
from vedette.contract.schema.recording import (
    GetRecordingJobsResponseItem,
    GetRecordingsResponseItem,
    GetTracksResponseItem,
    GetTracksResponseList,
    RecordingConfiguration,
    RecordingJobConfiguration,
    RecordingJobSource,
    RecordingJobTrack,
    TrackConfiguration,
)
from vedette.contract.topics.recording import (
    RECORDING_CONFIG_RECORDING_CONFIGURATION,
    RECORDING_CONFIG_RECORDING_JOB_CONFIGURATION,
)
from vedette.device.events import EventBroker
from vedette.device.job_states import ACTIVE, IDLE, source_of, state_information
from vedette.device.notifications import element_value
from vedette.device.recordings import (
    NoSuchJob,
    RecordedTrack,
    Recording,
    RecordingRefused,
    Recordings,
    job_token,
    keep_time,
    recorded_profile,
)
from vedette.storage.errors import NoSuchRecording
from vedette.storage.recordings import RecordingInfo

PRIORITY = 1  # the only job of a recording
ENCODINGS = ("H264", "H265", "JPEG", "G711", "AAC")


class RecordingHandlers:
    """The recording service over a fixed set: one recording and one job for each camera."""

    def __init__(
        self, recordings: Recordings, broker: EventBroker, *, export_formats: tuple[str, ...] = ()
    ) -> None:
        self._recordings = recordings
        self._export_formats = export_formats
        self._broker = broker
        broker.declare(RECORDING_CONFIG_RECORDING_CONFIGURATION, RECORDING_CONFIG_RECORDING_JOB_CONFIGURATION)

    @answers(Service.get_service_capabilities)
    async def get_service_capabilities(
        self, request: GetServiceCapabilities
    ) -> GetServiceCapabilitiesResponse:
        """What can be recorded, and what clients can change of it."""
        return GetServiceCapabilitiesResponse(
            capabilities=Capabilities(
                dynamic_recordings=False,
                dynamic_tracks=False,
                encoding=ENCODINGS,
                options=True,
                metadata_recording=True,
                event_recording=False,
                override_segment_duration=False,
                asymmetric_encryption_supported=False,
                scheduled_recording=False,
                onboard_storage=True,
                supported_export_file_formats=self._export_formats,
                segment_export=False,
            )
        )

    @answers(Service.get_recordings)
    async def get_recordings(self, request: GetRecordings) -> GetRecordingsResponse:
        """Every recording with its tracks."""
        return GetRecordingsResponse(
            recording_items=tuple(
                GetRecordingsResponseItem(
                    recording_token=each.token,
                    configuration=_configuration(each),
                    tracks=GetTracksResponseList(
                        tracks=tuple(
                            GetTracksResponseItem(track_token=track.token, configuration=_track(each, track))
                            for track in each.tracks
                        )
                    ),
                )
                for each in await self._recordings.all()
            )
        )

    @answers(Service.get_recording_configuration)
    async def get_recording_configuration(
        self, request: GetRecordingConfiguration
    ) -> GetRecordingConfigurationResponse:
        """What describes a recording."""
        found = await self._require(request.recording_token)
        return GetRecordingConfigurationResponse(recording_configuration=_configuration(found))

    @answers(Service.set_recording_configuration)
    async def set_recording_configuration(
        self, request: SetRecordingConfiguration
    ) -> SetRecordingConfigurationResponse:
        """Change what describes a recording, and how long it is kept."""
        wanted, token = request.recording_configuration, request.recording_token
        if wanted.target is not None:
            raise BadConfiguration("recordings are kept on this machine; there is no external target")
        try:
            await self._recordings.change(token, _info(token, wanted))
        except NoSuchRecording as error:
            raise NoRecording(str(error)) from error
        except RecordingRefused as error:
            raise BadConfiguration(str(error)) from error
        changed = _configuration(await self._require(token))
        self._broker.publish(
            RECORDING_CONFIG_RECORDING_CONFIGURATION,
            source=(("RecordingToken", token),),
            data=(("Configuration", element_value(changed)),),
            recording=token,
        )
        return SetRecordingConfigurationResponse()

    @answers(Service.get_recording_options)
    async def get_recording_options(self, request: GetRecordingOptions) -> GetRecordingOptionsResponse:
        """No job or track can be added; the camera's own profile is what fits."""
        found = await self._require(request.recording_token)
        sources = () if found.camera is None else (recorded_profile(found.camera),)
        return GetRecordingOptionsResponse(
            options=RecordingOptions(job=JobOptions(compatible_sources=sources), track=TrackOptions())
        )

    @answers(Service.get_track_configuration)
    async def get_track_configuration(self, request: GetTrackConfiguration) -> GetTrackConfigurationResponse:
        """What describes a track."""
        found = await self._require(request.recording_token)
        track = found.track(request.track_token)
        if track is None:
            raise NoTrack(f"recording {found.token!r} has no track {request.track_token!r}")
        return GetTrackConfigurationResponse(track_configuration=_track(found, track))

    @answers(Service.get_recording_jobs)
    async def get_recording_jobs(self, request: GetRecordingJobs) -> GetRecordingJobsResponse:
        """Every recording job."""
        return GetRecordingJobsResponse(
            job_items=tuple(
                GetRecordingJobsResponseItem(
                    job_token=job_token(each.token), job_configuration=self._job_configuration(each)
                )
                for each in await self._recordings.jobs()
            )
        )

    @answers(Service.get_recording_job_configuration)
    async def get_recording_job_configuration(
        self, request: GetRecordingJobConfiguration
    ) -> GetRecordingJobConfigurationResponse:
        """What a job records, and whether it is switched on."""
        found = await self._require_job(request.job_token)
        return GetRecordingJobConfigurationResponse(job_configuration=self._job_configuration(found))

    @answers(Service.set_recording_job_mode)
    async def set_recording_job_mode(self, request: SetRecordingJobMode) -> SetRecordingJobModeResponse:
        """Switch a job on or off."""
        found = await self._require_job(request.job_token)
        if request.mode not in (ACTIVE, IDLE):
            raise BadMode(f"mode {request.mode[:40]!r} is neither {ACTIVE} nor {IDLE}")
        await self._recordings.set_job_mode(found, is_active=request.mode == ACTIVE)
        self._broker.publish(
            RECORDING_CONFIG_RECORDING_JOB_CONFIGURATION,
            source=(("RecordingJobToken", request.job_token),),
            data=(("Configuration", element_value(self._job_configuration(found))),),
            recording=found.token,
        )
        return SetRecordingJobModeResponse()

    @answers(Service.get_recording_job_state)
    async def get_recording_job_state(self, request: GetRecordingJobState) -> GetRecordingJobStateResponse:
        """What a job does, track by track."""
        found = await self._require_job(request.job_token)
        if found.job is None or found.camera is None:
            raise NoRecordingJob(f"no recording job {request.job_token!r}")
        recorded = (each.track.key for each in found.tracks)
        return GetRecordingJobStateResponse(state=state_information(found.job, found.camera, recorded))

    def _job_configuration(self, recording: Recording) -> RecordingJobConfiguration:
        return RecordingJobConfiguration(
            recording_token=recording.token,
            mode=ACTIVE if self._recordings.is_wanted(recording) else IDLE,
            priority=PRIORITY,
            sources=tuple(
                RecordingJobSource(
                    source_token=source,
                    tracks=tuple(
                        RecordingJobTrack(source_tag=each.track_type, destination=each.token)
                        for each in recording.tracks
                    ),
                )
                for source in (() if recording.camera is None else (source_of(recording.camera),))
            ),
        )

    async def _require(self, token: str) -> Recording:
        try:
            return await self._recordings.require(token)
        except NoSuchRecording as error:
            raise NoRecording(str(error)) from error

    async def _require_job(self, token: str) -> Recording:
        try:
            return await self._recordings.require_job(token)
        except NoSuchJob as error:
            raise NoRecordingJob(str(error)) from error


def _configuration(recording: Recording) -> RecordingConfiguration:
    return RecordingConfiguration(
        source=recording.source(),
        content=recording.info.content,
        maximum_retention_time=keep_time(recording.info),
    )


def _info(token: str, wanted: RecordingConfiguration) -> RecordingInfo:
    source = wanted.source
    return RecordingInfo(
        token=token,
        content=wanted.content,
        source_id=source.source_id,
        source_name=source.name,
        source_location=source.location,
        source_description=source.description,
        source_address=source.address,
        keep_s=round(wanted.maximum_retention_time.total_seconds()),
    )


def _track(recording: Recording, track: RecordedTrack) -> TrackConfiguration:
    return TrackConfiguration(track_type=track.track_type, description=recording.describe(track))
