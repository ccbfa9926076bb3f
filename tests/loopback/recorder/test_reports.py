"""What cameras and jobs do becomes events; and who says what is recorded."""

import asyncio
from typing import Any

import pytest
from tests.loopback.recorder.conftest import START_US

from vedette.base.timestamps import datetime_from_utc_us
from vedette.device.cameras import CameraRefused
from vedette.device.jobs import Job, JobState
from vedette.device.notifications import Event
from vedette.device.settings.document import CameraSettings
from vedette.media.hub import StreamState
from vedette.media.unit import Track, TrackKind
from vedette.storage.errors import StorageError, StorageFull
from vedette.storage.recordings import RecordingInfo
from vedette.wire.scalars import write_datetime

SOUND = Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8000, channels=1)
VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, width=64, height=48)


class Heard:
    """Keeps what the broker tells, in short."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def receive(self, event: Event) -> None:
        topic = event.topic.path.removeprefix("tns1:")
        source = " ".join(value for _, value in event.source)
        data = " ".join(value for _, value in event.data)
        self.lines.append(f"{topic} {source} {data}".strip())

    def take(self) -> set[str]:
        lines, self.lines = self.lines, []
        return set(lines)


@pytest.fixture
def heard(nvr: Any) -> Heard:
    heard = Heard()
    nvr.broker.attach(heard)
    return heard


def test_a_camera_that_comes_and_goes_is_told(nvr: Any, heard: Heard) -> None:
    async def scene() -> None:
        camera = nvr.cameras.require("hall")
        await nvr.recorder.start()
        nvr.reporter.report()
        assert {line for line in heard.take() if "hall" in line} == {
            "RecordingConfig/CreateRecording hall",
            "VideoSource/SignalLoss vs_hall true",
            "RecordingConfig/JobState job_hall Idle",
            "RecordingHistory/Recording/State hall false",
        }

        camera.main.announce((VIDEO,))
        nvr.reporter.report()
        came = heard.take()
        assert came == {"VideoSource/SignalLoss vs_hall false", "RecordingConfig/JobState job_hall Active"}
        camera.main.publish(nvr.units(START_US, 1))
        nvr.reporter.report()
        footage = heard.take()
        assert footage == {
            "RecordingHistory/Recording/State hall true",
            "RecordingHistory/Track/State hall VIDEO000 true",
        }
        came |= footage
        nvr.reporter.report()
        assert heard.take() == set()

        camera.main.withdraw("gone")
        nvr.reporter.report()
        assert heard.take() == {
            line.replace("false", "x").replace("true", "false").replace("x", "true").replace("Active", "Idle")
            for line in came
        }

    asyncio.run(scene())


def test_the_begin_and_end_of_recording_are_dated_by_the_footage(nvr: Any) -> None:
    told: list[tuple[str, int]] = []

    class Dated:
        def receive(self, event: Event) -> None:
            if event.topic.path.startswith("tns1:RecordingHistory/"):
                told.append((event.data[0][1], event.utc_us))

    def since(instant_us: int, value: str) -> None:
        nvr.reporter.report()
        assert told == [(value, instant_us)] * 2  # the recording and its track
        told.clear()

    async def scene() -> None:
        camera = nvr.cameras.require("hall")
        await nvr.recorder.start()
        nvr.reporter.report()
        nvr.broker.attach(Dated())
        units = nvr.units(START_US, 4)

        camera.main.announce((VIDEO,))
        camera.main.publish(units[:20])
        since(START_US, "true")
        camera.main.publish(units[20:30])
        nvr.clock.advance(10)  # that long a camera is waited for
        camera.main.withdraw("silent")
        since(units[29].utc_us, "false")

        camera.main.announce((VIDEO,))
        camera.main.publish(units[30:60])  # goes on where it was lost
        since(units[30].utc_us, "true")
        nvr.recorder.close()
        nvr.clock.advance(1)
        since(units[59].utc_us, "false")

        await nvr.recorder.start()
        camera.main.publish(units[60:74])  # cannot be played without its key frame
        nvr.reporter.report()
        assert told == []
        camera.main.publish(units[74:])
        since(units[75].utc_us, "true")
        states = {each.utc_us for each in nvr.broker.states() if "History" in each.topic.path}
        assert states >= {units[75].utc_us}

    asyncio.run(scene())


def test_a_track_of_earlier_footage_is_told_to_be_absent(nvr: Any, heard: Heard) -> None:
    nvr.record("hall", 0, 2)

    async def scene() -> None:
        camera = nvr.cameras.require("hall")
        await nvr.recorder.start()
        camera.main.announce((VIDEO,))
        camera.main.publish(nvr.units(START_US, 1))
        nvr.reporter.report()
        assert {line for line in heard.take() if "Track/State hall" in line} == {
            "RecordingHistory/Track/State hall VIDEO000 true",
            "RecordingHistory/Track/State hall AUDIO001 false",
        }

    asyncio.run(scene())


def test_a_track_that_comes_later_is_dated_by_itself(nvr: Any) -> None:
    told: list[tuple[str, int]] = []

    class Dated:
        def receive(self, event: Event) -> None:
            if event.topic.path == "tns1:RecordingHistory/Track/State":
                told.append((event.track, event.utc_us))

    async def scene() -> None:
        camera = nvr.cameras.require("hall")
        await nvr.recorder.start()
        nvr.broker.attach(Dated())
        camera.main.announce((VIDEO,))
        camera.main.publish(nvr.units(START_US, 1))
        nvr.reporter.report()
        camera.main.announce((VIDEO, SOUND))
        nvr.reporter.report()
        assert told == [("VIDEO000", START_US), ("AUDIO001", nvr.clock.utc_us())]

    asyncio.run(scene())


def test_a_recording_and_its_tracks_are_told_when_they_are_made_and_only_then(nvr: Any, heard: Heard) -> None:
    def made() -> set[str]:
        return {line for line in heard.take() if "/Create" in line and "attic" in line}

    async def scene() -> None:
        await nvr.recorder.start()
        running = asyncio.create_task(nvr.recorder.run())
        await nvr.cameras.add(CameraSettings(name="attic", source="file:/attic.mp4"))
        camera = nvr.cameras.require("attic")
        while nvr.recorder.writer_of("attic") is None:  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.002)
        assert made() == {"RecordingConfig/CreateRecording attic"}

        async def until_told(*lines: str) -> None:
            told: set[str] = set()
            while told != set(lines):
                nvr.recorder.refresh()
                await asyncio.sleep(0.002)
                told |= made()
                assert told <= set(lines)

        camera.main.announce((VIDEO,))
        await until_told("RecordingConfig/CreateTrack attic VIDEO000")
        camera.main.announce((VIDEO, SOUND))
        await until_told("RecordingConfig/CreateTrack attic AUDIO001")
        camera.main.withdraw("gone")
        camera.main.announce((VIDEO, SOUND))
        nvr.recorder.refresh()
        await asyncio.sleep(0.01)
        assert made() == set()
        running.cancel()

    asyncio.run(asyncio.wait_for(scene(), 5))


def test_tracks_that_hold_footage_already_are_not_made_by_a_restart(nvr: Any, heard: Heard) -> None:
    async def scene() -> None:
        camera = nvr.cameras.require("hall")
        await nvr.recorder.start()
        camera.main.announce((VIDEO,))
        camera.main.publish(nvr.units(START_US, 2))
        nvr.recorder.close()
        recording_id, _ = nvr.archive.index.recording("hall")
        while not nvr.archive.index.track_spans(recording_id):  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.002)
        heard.take()
        await nvr.recorder.start()
        running = asyncio.create_task(nvr.recorder.run())
        await asyncio.sleep(0.01)
        assert nvr.recorder.job_of(camera).state is JobState.ACTIVE
        assert not [line for line in heard.take() if "/Create" in line and "hall" in line]
        running.cancel()

    asyncio.run(asyncio.wait_for(scene(), 5))


def test_the_last_pictures_of_a_camera_that_went_away_can_be_watched_at_once(nvr: Any) -> None:
    async def scene() -> None:
        camera = nvr.cameras.require("hall")
        told: list[Job] = []
        nvr.recorder.watch(told.append)
        await nvr.recorder.start()
        running = asyncio.create_task(nvr.recorder.run())

        async def until(state: JobState) -> None:
            while ("hall", state) not in [(job.camera, job.state) for job in told]:
                nvr.recorder.refresh()
                await asyncio.sleep(0.002)

        camera.main.announce((VIDEO,))
        await until(JobState.ACTIVE)
        units = nvr.units(START_US, 2)
        camera.main.publish(units[:-3])  # in the middle of a group
        camera.main.withdraw("gone")
        await until(JobState.WAITING)
        recording_id, _ = nvr.archive.index.recording("hall")
        while [row.end_us for row in nvr.archive.index.after(recording_id, 0, most=9)] != [units[-3].utc_us]:  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.002)
        running.cancel()

    asyncio.run(asyncio.wait_for(scene(), 5))


def test_a_camera_that_is_removed_is_no_longer_told_of(nvr: Any, heard: Heard) -> None:
    async def scene() -> None:
        await nvr.recorder.start()
        await nvr.cameras.add(CameraSettings(name="attic", source="file:/attic.mp4"))
        assert "VideoSource/SignalLoss vs_attic true" in heard.take()
        await nvr.cameras.remove("attic")
        assert "VideoSource/SignalLoss vs_attic" in heard.take()
        assert not any("attic" in str(each.source) for each in nvr.broker.states())
        with pytest.raises(CameraRefused):
            await nvr.cameras.remove("hall")

    asyncio.run(scene())


def test_a_disk_that_refuses_is_told_as_an_error(nvr: Any, heard: Heard) -> None:
    async def scene() -> None:
        nvr.cameras.require("hall").main.announce((VIDEO,))
        await nvr.recorder.start()
        nvr.reporter.report()
        heard.take()
        nvr.recorder.report("hall", StorageError("broken"))
        await asyncio.sleep(0)
        nvr.reporter.report()
        assert "RecordingConfig/JobState job_hall Error" in heard.take()
        nvr.recorder.report("hall", None)
        await asyncio.sleep(0)
        nvr.reporter.report()
        assert "RecordingConfig/JobState job_hall Active" in heard.take()

    asyncio.run(scene())


@pytest.mark.parametrize("is_live", [False, True])
def test_deleted_footage_is_told_for_each_track_that_had_some(
    nvr: Any, heard: Heard, *, is_live: bool
) -> None:
    """Also of a camera that never came; and that the track is gone, unless the camera has one ready."""
    nvr.create("hall")
    nvr.archive.change(RecordingInfo(token="hall", keep_s=3600))
    nvr.record("hall", 0, 2, (VIDEO, SOUND))  # hours before the clock's now

    async def scene() -> None:
        if is_live:
            nvr.cameras.require("hall").main.announce((VIDEO,))
        await nvr.recorder.start()
        nvr.reporter.report()
        heard.take()
        gone = asyncio.Event()
        nvr.recorder.watch_deletions(lambda deletion: gone.set())
        running = asyncio.create_task(nvr.recorder.run())
        await gone.wait()
        spans = (
            write_datetime(datetime_from_utc_us(START_US)),
            write_datetime(datetime_from_utc_us(START_US + 2_000_000)),
        )
        told = {line for line in heard.take() if "Delete" in line}
        lost = ("AUDIO001",) if is_live else ("AUDIO001", "VIDEO000")
        assert told == {
            *(
                f"RecordingConfig/DeleteTrackData hall {each} {' '.join(spans)}"
                for each in ("AUDIO001", "VIDEO000")
            ),
            *(f"RecordingConfig/DeleteTrack hall {each}" for each in lost),
        }
        listed = (await nvr.recordings.require("hall")).tracks
        assert [each.token for each in listed] == (["VIDEO000"] if is_live else [])
        nvr.cameras.require("hall").main.announce((VIDEO, SOUND))
        made: set[str] = set()
        while len(made) < len(lost):
            nvr.recorder.refresh()
            await asyncio.sleep(0.002)
            made |= {line for line in heard.take() if "/Create" in line}
        assert made == {f"RecordingConfig/CreateTrack hall {each}" for each in lost}
        running.cancel()

    asyncio.run(asyncio.wait_for(scene(), 10))


def test_a_camera_of_which_nothing_was_said_is_recorded_as_its_settings_say(nvr: Any) -> None:
    async def scene() -> None:
        await nvr.cameras.add(CameraSettings(name="attic", source="file:/attic.mp4", record=False))
        camera = nvr.cameras.require("attic")
        await nvr.recorder.start()
        camera.main.announce((VIDEO,))
        assert camera.main.state is StreamState.LIVE
        assert nvr.recorder.job_of(camera).state is JobState.IDLE
        assert nvr.recorder.job_of(nvr.cameras.require("hall")).state is JobState.WAITING
        assert [each.token for each in await nvr.recordings.jobs()] == ["hall", "door"]

    asyncio.run(scene())


def test_a_disk_that_refuses_is_told_and_one_that_is_full_is_not(nvr: Any, heard: Heard) -> None:
    failure = "Device/HardwareFailure/StorageFailure recordings"

    async def scene() -> None:
        await nvr.recorder.start()
        nvr.reporter.report()
        assert f"{failure} false" in heard.take()
        for problem, told in (
            (StorageFull("no space"), set()),
            (StorageError("the disk refuses"), {f"{failure} true"}),
            (None, {f"{failure} false"}),
        ):
            nvr.recorder.report("hall", problem)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            nvr.reporter.report()
            assert {line for line in heard.take() if failure in line} == told

    asyncio.run(scene())
