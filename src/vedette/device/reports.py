"""Tells the broker what cameras and recording jobs do."""

import asyncio

from vedette.base.clock import until_tick
from vedette.base.timestamps import datetime_from_utc_us
from vedette.contract.topics.device import DEVICE_HARDWARE_FAILURE_STORAGE_FAILURE
from vedette.contract.topics.media import VIDEO_SOURCE_SIGNAL_LOSS
from vedette.contract.topics.recording import (
    RECORDING_CONFIG_CREATE_RECORDING,
    RECORDING_CONFIG_CREATE_TRACK,
    RECORDING_CONFIG_DELETE_TRACK,
    RECORDING_CONFIG_DELETE_TRACK_DATA,
    RECORDING_CONFIG_JOB_STATE,
    RECORDING_HISTORY_RECORDING_STATE,
    RECORDING_HISTORY_TRACK_STATE,
)
from vedette.device.cameras import Camera, Cameras
from vedette.device.events import EventBroker
from vedette.device.job_states import PARTLY, state_information
from vedette.device.jobs import Creation, Deletion, Job, Presence, Recorder
from vedette.device.media.configurations import video_source_token
from vedette.device.notifications import element_value
from vedette.device.recordings import job_token, token_of, track_token
from vedette.device.storage_configurations import RECORDINGS_TOKEN
from vedette.wire.scalars import write_bool, write_datetime

INTERVAL_S = 1.0


class Reporter:
    """Publishes the states of cameras, jobs, recordings and tracks whenever they change.

    The broker drops what has not changed, so that everything is simply told again and again.

    Source: Recording Search, Recording Event Descriptions (26.06 §5.21); Recording Control, Events
    (26.06 §5.29); Imaging, SignalLoss (26.06 §5.5.1.5); Core, Mechanical failure (26.06 §8.9.10).
    """

    def __init__(self, broker: EventBroker, recorder: Recorder, cameras: Cameras) -> None:
        self._broker = broker
        self._recorder = recorder
        self._cameras = cameras
        self._known: dict[str, Camera] = {}
        self._tracks: dict[str, set[str]] = {}
        self._presences: dict[str, Presence] = {}  # as it was told last
        broker.declare(
            VIDEO_SOURCE_SIGNAL_LOSS,
            RECORDING_CONFIG_JOB_STATE,
            RECORDING_HISTORY_RECORDING_STATE,
            RECORDING_HISTORY_TRACK_STATE,
            RECORDING_CONFIG_CREATE_RECORDING,
            RECORDING_CONFIG_CREATE_TRACK,
            RECORDING_CONFIG_DELETE_TRACK,
            RECORDING_CONFIG_DELETE_TRACK_DATA,
            DEVICE_HARDWARE_FAILURE_STORAGE_FAILURE,
        )
        recorder.watch(self._job_changed)
        recorder.watch_deletions(self._deleted)
        recorder.watch_creations(self._created)
        cameras.watch(self.report)

    def report(self) -> None:
        """Publish the state of everything."""
        self._broker.publish(
            DEVICE_HARDWARE_FAILURE_STORAGE_FAILURE,
            source=(("Token", RECORDINGS_TOKEN),),
            data=(("Failed", write_bool(self._recorder.is_disk_failing)),),
        )
        known = {camera.name: camera for camera in self._cameras}
        for name in [name for name in self._known if name not in known]:
            self._forget(self._known.pop(name))
        for name, camera in known.items():
            self._known[name] = camera
            self._broker.publish(
                VIDEO_SOURCE_SIGNAL_LOSS,
                source=(("Source", video_source_token(camera)),),
                data=(("State", write_bool(not camera.is_live)),),
                recording=name,
            )
            self._job_changed(self._recorder.job_of(camera))

    async def run(self) -> None:
        """Report until cancelled."""
        while True:
            self.report()
            await asyncio.sleep(until_tick(INTERVAL_S))

    def _job_changed(self, job: Job) -> None:
        name = job.recording
        camera = next((each for each in self._cameras if each.name == name), None)
        if camera is None:
            return
        information = state_information(job, camera, self._recorder.tracks_of(name))
        data: tuple[tuple[str, str], ...] = (("State", information.state),)
        if information.state == PARTLY:
            data = (*data, ("Information", element_value(information)))
        self._broker.publish(
            RECORDING_CONFIG_JOB_STATE,
            source=(("RecordingJobToken", job_token(name)),),
            data=data,
            recording=name,
        )
        presence = self._recorder.presence_of(job)
        self._broker.publish(
            RECORDING_HISTORY_RECORDING_STATE,
            source=(("RecordingToken", name),),
            data=(("IsRecording", write_bool(presence.is_present)),),
            utc_us=presence.since_us,
            recording=name,
        )
        self._report_tracks(camera, presence)

    def _report_tracks(self, camera: Camera, presence: Presence) -> None:
        name = camera.name
        present: set[str] = set()
        if presence.is_present:
            present = {track_token(track) for track in camera.main.tracks}
        is_new = self._presences.get(name) != presence
        self._presences[name] = presence
        told = self._tracks.setdefault(name, set())
        told |= present.union(map(token_of, self._recorder.tracks_of(name)))
        for track in sorted(told):
            self._broker.publish(
                RECORDING_HISTORY_TRACK_STATE,
                source=(("RecordingToken", name), ("Track", track)),
                data=(("IsDataPresent", write_bool(track in present)),),
                utc_us=presence.since_us if is_new else None,  # a track that comes or goes alone does so now
                recording=name,
                track=track,
            )

    def _deleted(self, deletion: Deletion) -> None:
        name = deletion.recording
        recording = ("RecordingToken", name)
        for token in sorted(map(track_token, deletion.tracks)):
            self._broker.publish(
                RECORDING_CONFIG_DELETE_TRACK_DATA,
                source=(recording, ("TrackToken", token)),
                data=(
                    ("StartTime", write_datetime(datetime_from_utc_us(deletion.start_us))),
                    ("EndTime", write_datetime(datetime_from_utc_us(deletion.end_us))),
                ),
                recording=name,
                track=token,
            )
        for token in sorted(map(track_token, deletion.lost)):
            self._tracks.get(name, set()).discard(token)
            self._broker.forget(
                RECORDING_HISTORY_TRACK_STATE,
                source=(recording, ("Track", token)),
                recording=name,
                track=token,
            )
            self._broker.publish(
                RECORDING_CONFIG_DELETE_TRACK,
                source=(recording, ("TrackToken", token)),
                recording=name,
                track=token,
            )

    def _created(self, creation: Creation) -> None:
        recording = (("RecordingToken", creation.recording),)
        if creation.track is None:
            self._broker.publish(
                RECORDING_CONFIG_CREATE_RECORDING, source=recording, recording=creation.recording
            )
            return
        token = track_token(creation.track)
        self._broker.publish(
            RECORDING_CONFIG_CREATE_TRACK,
            source=(*recording, ("TrackToken", token)),
            recording=creation.recording,
            track=token,
        )

    def _forget(self, camera: Camera) -> None:
        name = camera.name
        loss = (("Source", video_source_token(camera)),)
        self._broker.forget(VIDEO_SOURCE_SIGNAL_LOSS, source=loss, recording=name)
        job = (("RecordingJobToken", job_token(name)),)
        self._broker.forget(RECORDING_CONFIG_JOB_STATE, source=job, recording=name)
        recording = (("RecordingToken", name),)
        self._presences.pop(name, None)
        self._broker.forget(RECORDING_HISTORY_RECORDING_STATE, source=recording, recording=name)
        for track in sorted(self._tracks.pop(name, ())):
            source = (*recording, ("Track", track))
            self._broker.forget(RECORDING_HISTORY_TRACK_STATE, source=source, recording=name, track=track)
