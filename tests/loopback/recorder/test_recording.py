"""The recording control service: recordings, tracks and jobs, as listed and as changed."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from lxml import etree

from vedette.contract.faults import BadConfiguration, BadMode, Fault, NoRecording, NoRecordingJob, NoTrack
from vedette.contract.recording import Recording as Service
from vedette.contract.recording.capabilities import GetServiceCapabilities
from vedette.contract.recording.jobs import (
    GetRecordingJobConfiguration,
    GetRecordingJobs,
    GetRecordingJobState,
    SetRecordingJobMode,
)
from vedette.contract.recording.recordings import (
    GetRecordingConfiguration,
    GetRecordingOptions,
    GetRecordings,
    SetRecordingConfiguration,
)
from vedette.contract.recording.tracks import GetTrackConfiguration
from vedette.contract.schema.recording import (
    RecordingConfiguration,
    RecordingSourceInformation,
    RecordingTargetConfiguration,
)
from vedette.contract.topics.recording import RECORDING_CONFIG_JOB_STATE
from vedette.device.jobs import Deletion, Job
from vedette.device.services.recording import RecordingHandlers
from vedette.media.unit import Track, TrackKind
from vedette.storage import retention
from vedette.storage.errors import StorageError, StorageFull
from vedette.storage.recordings import RecordingInfo
from vedette.storage.retention import Deleted

VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, width=64, height=48)
AUDIO = Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8000, channels=1)
WANTED = RecordingConfiguration(
    source=RecordingSourceInformation(
        source_id="urn:x", name="n", location="cellar", description="d" * 900, address="http://a/"
    ),
    content="night",
    maximum_retention_time=timedelta(days=3),
)


@pytest.fixture
def call(nvr: Any, door_to: Any) -> Any:
    return door_to(RecordingHandlers(nvr.recordings, nvr.broker))


def test_every_recording_is_listed_with_its_tracks(nvr: Any, call: Any) -> None:
    nvr.record("hall", 0, 2)
    nvr.create("door")

    async def scene() -> None:
        hall, door = (await call(Service.get_recordings, GetRecordings())).recording_items
        assert hall.recording_token == "hall"
        assert [(each.track_token, each.configuration.track_type) for each in hall.tracks.tracks] == [
            ("VIDEO000", "Video"),
            ("AUDIO001", "Audio"),
        ]
        assert hall.configuration.maximum_retention_time == timedelta()
        assert door.tracks.tracks == ()

        nvr.cameras.require("door").main.announce((VIDEO,))
        _, door = (await call(Service.get_recordings, GetRecordings())).recording_items
        assert [each.track_token for each in door.tracks.tracks] == ["VIDEO000"]

    asyncio.run(scene())


def test_a_configuration_reads_back_as_it_was_set_and_survives(nvr: Any, call: Any) -> None:
    nvr.record("hall", 0, 2)

    async def scene() -> None:
        await call(
            Service.set_recording_configuration,
            SetRecordingConfiguration(recording_token="hall", recording_configuration=WANTED),
        )
        response = await call(
            Service.get_recording_configuration, GetRecordingConfiguration(recording_token="hall")
        )
        cut = msgspec.structs.replace(WANTED.source, description="d" * 512)
        assert response.recording_configuration == msgspec.structs.replace(WANTED, source=cut)
        assert nvr.archive.recording("hall").keep_s == 3 * 86_400

    asyncio.run(scene())


def test_footage_beyond_the_new_retention_time_goes(nvr: Any, call: Any) -> None:
    nvr.record("hall", 0, 2)  # hours before the clock's now

    async def scene() -> None:
        events: asyncio.Queue[Deletion] = asyncio.Queue()
        nvr.recorder.watch_deletions(events.put_nowait)
        running = asyncio.create_task(nvr.recorder.run())
        await asyncio.sleep(0)
        wanted = msgspec.structs.replace(WANTED, maximum_retention_time=timedelta(hours=1))
        await call(
            Service.set_recording_configuration,
            SetRecordingConfiguration(recording_token="hall", recording_configuration=wanted),
        )
        async with asyncio.timeout(10):
            deletion = await events.get()
        running.cancel()
        assert deletion.recording == "hall"
        assert nvr.archive.usage("hall").segments == 0

    asyncio.run(scene())


def test_room_is_made_at_once_where_a_writer_finds_the_disk_full(
    nvr: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvr.record("hall", 0, 2)
    monkeypatch.setattr(retention, "free_bytes", lambda _: 0)

    async def scene() -> None:
        await nvr.recorder.start()
        running = asyncio.create_task(nvr.recorder.run())
        deleted = asyncio.Event()
        nvr.recorder.watch_deletions(lambda _: deleted.set())
        nvr.recorder.report("hall", StorageFull("no space"))
        async with asyncio.timeout(10):
            await deleted.wait()
        running.cancel()

    asyncio.run(scene())


def test_a_clock_that_is_wrong_for_a_while_deletes_nothing(nvr: Any) -> None:
    nvr.record("hall", 0, 2)
    nvr.archive.change(RecordingInfo(token="hall", keep_s=30 * 86_400))

    async def scene() -> None:
        running = asyncio.create_task(nvr.recorder.run())
        await asyncio.sleep(0)
        nvr.clock.step(400 * 86_400)
        deleted = asyncio.Event()
        nvr.recorder.watch_deletions(lambda _: deleted.set())
        nvr.recorder.enforce_retention()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await deleted.wait()
        nvr.clock.advance(86_400)
        nvr.recorder.enforce_retention()
        async with asyncio.timeout(10):
            await deleted.wait()
        running.cancel()

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("change", "token", "fault"),
    [
        ({}, "attic", NoRecording),
        ({}, "../hall", NoRecording),
        ({"maximum_retention_time": timedelta(seconds=-1)}, "hall", BadConfiguration),
        (
            {
                "target": RecordingTargetConfiguration(
                    storage="s", format="MP4", segment_duration=timedelta(seconds=1)
                )
            },
            "hall",
            BadConfiguration,
        ),
        ({"source": msgspec.structs.replace(WANTED.source, name="n" * 65)}, "hall", BadConfiguration),
    ],
)
def test_a_configuration_that_cannot_be_changes_nothing(
    nvr: Any, call: Any, change: dict[str, Any], token: str, fault: type[Fault]
) -> None:
    nvr.create("hall")
    before = nvr.archive.recording("hall")
    wanted = msgspec.structs.replace(WANTED, **change)
    request = SetRecordingConfiguration(recording_token=token, recording_configuration=wanted)

    with pytest.raises(fault):
        asyncio.run(call(Service.set_recording_configuration, request))

    assert nvr.archive.recording("hall") == before


@pytest.mark.parametrize(
    ("operation", "request_", "fault"),
    [
        (Service.get_recording_configuration, GetRecordingConfiguration(recording_token="x"), NoRecording),
        (Service.get_recording_options, GetRecordingOptions(recording_token="x"), NoRecording),
        (
            Service.get_track_configuration,
            GetTrackConfiguration(recording_token="x", track_token="VIDEO000"),
            NoRecording,
        ),
        (
            Service.get_track_configuration,
            GetTrackConfiguration(recording_token="hall", track_token="VIDEO007"),
            NoTrack,
        ),
        (Service.get_recording_job_state, GetRecordingJobState(job_token="hall"), NoRecordingJob),
        (
            Service.get_recording_job_configuration,
            GetRecordingJobConfiguration(job_token="job_attic"),
            NoRecordingJob,
        ),
        (
            Service.set_recording_job_mode,
            SetRecordingJobMode(job_token="job_x", mode="Idle"),
            NoRecordingJob,
        ),
        (Service.set_recording_job_mode, SetRecordingJobMode(job_token="job_hall", mode="idle"), BadMode),
    ],
)
def test_what_is_unknown_is_refused_by_its_fault(
    nvr: Any, call: Any, operation: Any, request_: Any, fault: type[Fault]
) -> None:
    nvr.create("hall")

    with pytest.raises(fault):
        asyncio.run(call(operation, request_))


def test_tracks_options_and_capabilities_tell_what_there_is(nvr: Any, call: Any) -> None:
    nvr.record("hall", 0, 2)

    async def scene() -> None:
        request = GetTrackConfiguration(recording_token="hall", track_token="AUDIO001")
        track = (await call(Service.get_track_configuration, request)).track_configuration
        assert (track.track_type, track.description) == ("Audio", "Hall audio")
        options = await call(Service.get_recording_options, GetRecordingOptions(recording_token="hall"))
        assert options.options.job.compatible_sources == ("hall_main",)
        assert options.options.job.spare is None
        capabilities = await call(Service.get_service_capabilities, GetServiceCapabilities())
        assert capabilities.capabilities.dynamic_recordings is False
        assert capabilities.capabilities.options is True

    asyncio.run(scene())


def test_a_job_that_is_switched_off_stops_recording_until_it_is_switched_on(nvr: Any, call: Any) -> None:
    async def mode() -> tuple[str, str]:
        configuration = await call(
            Service.get_recording_job_configuration, GetRecordingJobConfiguration(job_token="job_hall")
        )
        state = await call(Service.get_recording_job_state, GetRecordingJobState(job_token="job_hall"))
        assert {each.state for each in state.state.sources[0].tracks.tracks} == {state.state.state}
        return configuration.job_configuration.mode, state.state.state

    async def scene() -> None:
        states: asyncio.Queue[Job] = asyncio.Queue()
        nvr.recorder.watch(states.put_nowait)

        async def switch(mode: str, state: str) -> None:
            request = SetRecordingJobMode(job_token="job_hall", mode=mode)
            await call(Service.set_recording_job_mode, request)
            async with asyncio.timeout(10):
                while (job := await states.get()).recording != "hall" or job.state != state:
                    pass

        nvr.cameras.require("hall").main.announce((VIDEO,))
        await nvr.recorder.start()
        running = asyncio.create_task(nvr.recorder.run())
        assert await mode() == ("Active", "Active")

        await switch("Idle", "Idle")
        assert await mode() == ("Idle", "Idle")
        assert nvr.recorder.writer_of("hall") is None
        assert nvr.store.current.recording.mode_of("hall") is False

        await switch("Active", "Active")
        assert await mode() == ("Active", "Active")
        assert nvr.recorder.writer_of("hall") is not None
        running.cancel()

    asyncio.run(scene())


def test_a_job_that_fails_tells_why_of_each_track(nvr: Any, call: Any) -> None:
    nvr.record("hall", 0, 2, (VIDEO,))

    async def errors() -> set[tuple[str, str | None]]:
        state = await call(Service.get_recording_job_state, GetRecordingJobState(job_token="job_hall"))
        return {(each.state, each.error) for each in state.state.sources[0].tracks.tracks}

    async def scene() -> None:
        nvr.cameras.require("hall").main.announce((VIDEO,))
        await nvr.recorder.start()
        assert await errors() == {("Active", None)}
        nvr.recorder.report("hall", StorageError("the disk refuses"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert await errors() == {("Error", "the disk refuses")}

    asyncio.run(scene())


def test_jobs_are_listed_with_the_profile_they_record(nvr: Any, call: Any) -> None:
    nvr.record("attic", 0, 2)  # its camera is gone

    async def scene() -> None:
        await nvr.recorder.start()
        response = await call(Service.get_recording_jobs, GetRecordingJobs())
        assert {
            (each.job_token, each.job_configuration.recording_token, source.source_token.token)
            for each in response.job_items
            for source in each.job_configuration.sources
        } == {("job_hall", "hall", "hall_main"), ("job_door", "door", "door_main")}

    asyncio.run(scene())


def test_too_little_room_is_told_until_it_is_over(nvr: Any) -> None:
    for is_short in (True, True, False):
        nvr.recorder._footage_deleted(Deleted(is_short=is_short))
        assert ("less of the disk is free" in nvr.recorder.retention_problem) is is_short


def test_the_state_of_a_job_tells_which_tracks_its_camera_no_longer_sends(nvr: Any, call: Any) -> None:
    nvr.record("hall", 0, 2, (VIDEO, AUDIO))

    async def told() -> tuple[str, str, dict[str, str]]:
        state = (
            await call(Service.get_recording_job_state, GetRecordingJobState(job_token="job_hall"))
        ).state
        (source,) = state.sources
        return state.state, source.state, {each.destination: each.state for each in source.tracks.tracks}

    def event() -> dict[str, str]:
        nvr.reporter.report()
        (found,) = [
            each
            for each in nvr.broker.states()
            if each.topic is RECORDING_CONFIG_JOB_STATE and each.recording == "hall"
        ]
        return dict(found.data)

    async def scene() -> None:
        camera = nvr.cameras.require("hall")
        await nvr.recorder.start()
        assert await told() == ("Idle", "Idle", {"VIDEO000": "Idle", "AUDIO001": "Idle"})
        assert event() == {"State": "Idle"}

        camera.main.announce((VIDEO,))
        tracks = {"VIDEO000": "Active", "AUDIO001": "Idle"}
        assert await told() == ("PartiallyActive", "PartiallyActive", tracks)
        data = event()
        assert data["State"] == "PartiallyActive"
        information = etree.fromstring(data["Information"])
        states = information.xpath("//*[local-name() = 'Track']/*[local-name() = 'State']/text()")
        assert states == list(tracks.values())

        camera.main.announce((VIDEO, AUDIO))
        assert await told() == ("Active", "Active", {"VIDEO000": "Active", "AUDIO001": "Active"})
        assert event() == {"State": "Active"}

    asyncio.run(scene())
