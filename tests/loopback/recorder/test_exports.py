"""Exports into the folder of a storage configuration: the files, their progress, and what is refused."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from vedette.base.timestamps import datetime_from_utc_us
from vedette.contract.device.storage import StorageConfigurationData
from vedette.contract.faults import BadConfiguration, NoConfig, OperationProhibited
from vedette.contract.recording import Recording as Service
from vedette.contract.recording.export import (
    ExportRecordedData,
    GetExportRecordedDataState,
    StopExportRecordedData,
)
from vedette.contract.schema.items import PropertyOperation
from vedette.contract.schema.recording import StorageReferencePath
from vedette.contract.schema.search import SearchScope
from vedette.device import exports as under_test
from vedette.device.exports import Exports
from vedette.device.notifications import Event, message_of
from vedette.device.search import Searches
from vedette.device.services.exports import ExportHandlers
from vedette.device.storage_configurations import KIND, RECORDINGS_TOKEN, StorageConfigurations
from vedette.storage.errors import NoFootage, StorageError
from vedette.wire.codec import encode

START_US = 1_699_990_000_000_000  # where the footage of the fixture begins


def instant(seconds: int) -> datetime:
    return datetime_from_utc_us(START_US + seconds * 1_000_000)


class Heard:
    """What was told of exports."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.more = asyncio.Event()

    def receive(self, event: Event) -> None:
        if event.topic.path.endswith("AsynchronousOperationStatus"):
            encode(message_of(event))
            self.events.append(event)
            self.more.set()


class Scene:
    def __init__(self, nvr: Any, folder: Path, door_to: Callable[..., Any]) -> None:
        self.root = folder / "disk"
        self.storage = StorageConfigurations(nvr.store, folder=folder, roots=(self.root,))
        self.exports = Exports(
            nvr.archive, self.storage, nvr.broker, nvr.clock, sample_entry=nvr.archive._sample_entry
        )
        self.heard = Heard()
        nvr.broker.attach(self.heard)
        searches = Searches(nvr.recordings, nvr.broker, nvr.clock)
        self.call = door_to(ExportHandlers(self.exports, searches))
        self.token = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        wanted = StorageConfigurationData(type=KIND, local_path=str(self.root / "out"))
        self.token = await self.storage.create(wanted)
        task = asyncio.create_task(self.exports.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def export(self, *recordings: str, **fields: Any) -> Any:
        given = {
            "start_point": instant(0),
            "end_point": instant(10),
            "search_scope": SearchScope(included_recordings=recordings),
            "file_format": "ONVIF",
            "storage_destination": StorageReferencePath(storage_token=self.token, relative_path="day/one"),
        }
        return await self.call(Service.export_recorded_data, ExportRecordedData(**{**given, **fields}))

    async def progress(self, token: str) -> float:
        request = GetExportRecordedDataState(operation_token=token)
        answer = await self.call(Service.get_export_recorded_data_state, request)
        return float(answer.progress)

    async def told(self, is_wanted: Callable[[Event], bool]) -> Event:
        """Wait until something is told."""
        async with asyncio.timeout(5):
            while not (found := [each for each in self.heard.events if is_wanted(each)]):
                self.heard.more.clear()
                await self.heard.more.wait()
        return found[-1]

    async def over(self) -> Event:
        """Wait until an export is told to be gone."""
        return await self.told(lambda event: event.operation is PropertyOperation.DELETED)


@pytest.fixture
def scene(nvr: Any, tmp_path: Path, door_to: Callable[..., Any]) -> Scene:
    nvr.record("hall", 0, 6)
    nvr.record("door", 2, 5)
    return Scene(nvr, tmp_path, door_to)


def test_every_recording_in_scope_becomes_a_file(scene: Scene, nvr: Any) -> None:
    async def run() -> None:
        async with scene.running():
            made = await scene.export()
            gone = await scene.over()
            folder = scene.root / "out/day/one"
            assert sorted(path.name for path in folder.iterdir()) == sorted(made.file_names)
            assert all((folder / name).stat().st_size > 10_000 for name in made.file_names)
            assert sorted(name.partition("-")[0] for name in made.file_names) == ["door", "hall"]
            assert await scene.progress(made.operation_token) == 1.0
            assert gone.source[0] == ("Token", made.operation_token)
            told = [dict(each.data)["Progress"] for each in scene.heard.events if each.data]
            assert (told[0], told[-1]) == ("0.000", "1.000")
            again = await scene.export()
            assert not set(again.file_names) & set(made.file_names)

    asyncio.run(run())


def test_without_an_end_what_is_dated_later_than_now_is_exported_too(scene: Scene, nvr: Any) -> None:
    later_s = (nvr.clock.utc_us() - START_US) // 1_000_000 + 3600
    nvr.record("hall", later_s, 2)  # then the clock was set back

    async def run() -> int:
        async with scene.running():
            made = await scene.export("hall", start_point=None, end_point=None)
            await scene.over()
            (name,) = made.file_names
            return (scene.root / "out/day/one" / name).stat().st_size

    assert asyncio.run(run()) > nvr.archive.usage("hall").bytes * 0.9


def test_an_export_can_be_stopped_and_holds_its_place_until_then(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*_: Any, progressed: Callable[[int, int, float], None], **__: Any) -> None:
        while True:
            progressed(1, 2, 0.5)
            threading.Event().wait(0.002)

    monkeypatch.setattr(under_test, "export", endless)

    async def run() -> None:
        async with scene.running():
            made = await scene.export("hall")
            await scene.told(lambda event: dict(event.data).get("Progress") == "0.500")
            with pytest.raises(OperationProhibited):
                await scene.storage.delete(scene.token)
            request = StopExportRecordedData(operation_token=made.operation_token)
            answer = await scene.call(Service.stop_export_recorded_data, request)
            assert answer.file_progress_status.file_progress[0].file_name == made.file_names[0]
            await scene.over()
            assert await scene.progress(made.operation_token) < 1
            await scene.storage.delete(scene.token)

    asyncio.run(run())


def test_recordings_without_footage_in_the_range_keep_no_other_from_being_exported(
    scene: Scene, nvr: Any
) -> None:
    nvr.record("hall", 20, 22)
    nvr.record("yard", 8, 12)

    async def run() -> None:
        async with scene.running():
            asked = {"start_point": instant(8), "end_point": instant(15)}
            made = await scene.export("hall", "yard", **asked)
            gone = await scene.over()
            assert [name.partition("-")[0] for name in made.file_names] == ["yard"]
            assert [path.name for path in (scene.root / "out/day/one").iterdir()] == list(made.file_names)
            assert "Error" not in dict(scene.heard.events[-2].data)
            assert gone.source[0] == ("Token", made.operation_token)
            with pytest.raises(BadConfiguration, match="SearchScope"):
                await scene.export("hall", **asked)

    asyncio.run(run())


def test_footage_that_was_deleted_meanwhile_keeps_no_other_from_being_exported(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = under_test.export

    def some(archive: Any, token: str, *given: Any, **fields: Any) -> Any:
        if token == "hall":
            raise NoFootage("nothing of 'hall' is recorded in that range")
        return real(archive, token, *given, **fields)

    monkeypatch.setattr(under_test, "export", some)

    async def run() -> None:
        async with scene.running():
            made = await scene.export("hall", "door")
            await scene.over()
            assert "nothing of 'hall'" in dict(scene.heard.events[-2].data)["Error"]
            assert [path.name for path in (scene.root / "out/day/one").iterdir()] == [made.file_names[1]]

    asyncio.run(run())


def test_exports_of_the_same_footage_at_once_have_files_of_their_own(scene: Scene) -> None:
    async def run() -> None:
        async with scene.running():
            made = await asyncio.gather(*(scene.export("hall") for _ in range(4)))
            tokens = {each.operation_token for each in made}
            await scene.told(
                lambda _: (
                    {
                        event.source[0][1]
                        for event in scene.heard.events
                        if event.operation is PropertyOperation.DELETED
                    }
                    == tokens
                )
            )
            names = [name for each in made for name in each.file_names]
            assert len(set(names)) == 4
            assert {path.name for path in (scene.root / "out/day/one").iterdir()} == set(names)
            assert [await scene.progress(token) for token in tokens] == [1.0] * 4

    asyncio.run(run())


def test_of_exports_that_are_asked_for_at_once_no_more_wait_than_may(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, "WAITING_MOST", 2)

    async def run() -> None:
        async with scene.running():
            pass  # nothing takes what waits any more
        asked = await asyncio.gather(*(scene.export("hall") for _ in range(6)), return_exceptions=True)
        refused = [each for each in asked if isinstance(each, BadConfiguration)]
        assert len(asked) - len(refused) == 2
        assert {str(each) for each in refused} == {"2 exports are waiting already"}

    asyncio.run(run())


def test_what_went_wrong_is_told(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise StorageError("the disk refuses")

    monkeypatch.setattr(under_test, "export", refused)

    async def run() -> None:
        async with scene.running():
            await scene.export("hall")
            await scene.over()
            assert "the disk refuses" in dict(scene.heard.events[-2].data)["Error"]

    asyncio.run(run())


def test_nothing_is_written_where_too_little_space_would_be_left(scene: Scene) -> None:
    scene.storage.least_free_bytes = 1 << 60

    async def run() -> None:
        async with scene.running():
            await scene.export("hall")
            await scene.over()
            assert "too little space" in dict(scene.heard.events[-2].data)["Error"]
            assert list((scene.root / "out").rglob("*.mp4")) == []

    asyncio.run(run())


@pytest.mark.parametrize(
    ("wrong", "element"),
    [
        ({"file_format": "MP4"}, "FileFormat"),
        ({"search_scope": SearchScope(included_recordings=("ghost",))}, "SearchScope"),
        ({"start_point": instant(100), "end_point": instant(200)}, "SearchScope"),
        ({"start_point": instant(5), "end_point": instant(5)}, "EndPoint"),
        ({"storage_destination": ("{}", "../x")}, "RelativePath"),
        ({"storage_destination": ("{}", "/etc")}, "RelativePath"),
        ({"storage_destination": ("{}", "link/x")}, "RelativePath"),
        ({"storage_destination": (RECORDINGS_TOKEN, None)}, "StorageToken"),
    ],
)
def test_an_export_that_cannot_be_made_is_refused_by_element(
    scene: Scene, wrong: dict[str, Any], element: str
) -> None:
    async def run() -> None:
        async with scene.running():
            (scene.root / "out/link").symlink_to("/tmp")
            if "storage_destination" in wrong:
                token, path = wrong["storage_destination"]
                place = StorageReferencePath(storage_token=token.format(scene.token), relative_path=path)
                wrong["storage_destination"] = place
            with pytest.raises(BadConfiguration, match=element):
                await scene.export("hall", **wrong)
            assert scene.heard.events == []
            await scene.storage.delete(scene.token)  # nothing holds it

    asyncio.run(run())


def test_unknown_places_and_exports_are_refused(scene: Scene) -> None:
    async def run() -> None:
        async with scene.running():
            with pytest.raises(NoConfig):
                await scene.export("hall", storage_destination=StorageReferencePath(storage_token="ghost"))
            with pytest.raises(BadConfiguration):
                await scene.progress("ghost")

    asyncio.run(run())
