"""What a recording job is doing, track by track, as its state and its event tell it."""

from collections.abc import Iterable

from vedette.contract.schema.recording import (
    RecordingJobStateInformation,
    RecordingJobStateSource,
    RecordingJobStateTrack,
    RecordingJobStateTracks,
    SourceReference,
)
from vedette.device.cameras import Camera
from vedette.device.jobs import Job, JobState
from vedette.device.recordings import recorded_profile, token_of
from vedette.media.unit import TrackKey

PROFILE_TYPE = "http://www.onvif.org/ver10/schema/Profile"
ACTIVE, IDLE, PARTLY = "Active", "Idle", "PartiallyActive"
_STATES = {
    JobState.IDLE: IDLE,
    JobState.WAITING: IDLE,
    JobState.ACTIVE: ACTIVE,
    JobState.ERROR: "Error",
}


def source_of(camera: Camera) -> SourceReference:
    """What a camera's job records."""
    return SourceReference(type=PROFILE_TYPE, token=recorded_profile(camera))


def state_information(job: Job, camera: Camera, recorded: Iterable[TrackKey]) -> RecordingJobStateInformation:
    """The state of a job whose recording has those tracks. What the camera no longer sends is idle.

    Source: Recording Control, GetRecordingJobState, state rules (26.06 §5.19).
    """
    state = _STATES[job.state]
    live = {track.key for track in camera.main.tracks}
    keys = sorted(live.union(recorded), key=lambda key: key[1])
    tracks = tuple(
        RecordingJobStateTrack(
            source_tag=key[0].value,
            destination=token_of(key),
            error=job.problem or None,
            state=IDLE if state == ACTIVE and key not in live else state,
        )
        for key in keys
    )
    if len({each.state for each in tracks}) > 1:
        state = PARTLY
    source = RecordingJobStateSource(
        source_token=source_of(camera), state=state, tracks=RecordingJobStateTracks(tracks=tracks)
    )
    return RecordingJobStateInformation(recording_token=job.recording, state=state, sources=(source,))
