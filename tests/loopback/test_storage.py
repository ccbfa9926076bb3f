"""Storage configurations: which folders clients may choose, and what is refused."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from vedette.contract import faults
from vedette.contract.device import Device
from vedette.contract.device.storage import (
    ConfigurationRenewal,
    StorageConfiguration,
    StorageConfigurationData,
    UserCredential,
)
from vedette.device.services.device.storage import StorageHandlers
from vedette.device.settings import store as store_module
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.device.storage_configurations import (
    KIND,
    PLACES_MOST,
    RECORDINGS_TOKEN,
    PlaceUnusable,
    StorageConfigurations,
)


def place(path: object, **others: Any) -> StorageConfigurationData:
    return StorageConfigurationData(**{"type": KIND, "local_path": str(path), **others})


class Scene:
    def __init__(self, folder: Path, loop_of: Any) -> None:
        self.data = folder / "data"
        self.root = folder / "disk"
        for each in (self.data / "recordings", self.root):
            each.mkdir(parents=True)
        self.loop_of = loop_of
        self.store = SettingsStore.open(folder / "settings.json", Settings)
        self.allow(self.root, self.data / "exports")

    def allow(self, *roots: Path) -> None:
        """Have these roots in the operator's file from now on."""
        self.storage = StorageConfigurations(self.store, folder=self.data, roots=roots)
        self.loop = self.loop_of(StorageHandlers(self.storage))

    async def create(self, path: object, **others: Any) -> str:
        wanted = place(path, **others)
        made = await self.loop.call(Device.create_storage_configuration, storage_configuration=wanted)
        return str(made.token)

    async def paths(self) -> dict[str, str]:
        found = await self.loop.call(Device.get_storage_configurations)
        return {each.token: each.data.local_path for each in found.storage_configurations}


@pytest.fixture
def scene(tmp_path: Path, loop_of: Any) -> Scene:
    return Scene(tmp_path, loop_of)


def test_the_place_of_the_recordings_is_shown_and_fixed(scene: Scene, play: Any) -> None:
    async def run() -> None:
        assert await scene.paths() == {RECORDINGS_TOKEN: str(scene.data / "recordings")}
        with pytest.raises(faults.OperationProhibited):
            await scene.loop.call(Device.delete_storage_configuration, token=RECORDINGS_TOKEN)
        moved = StorageConfiguration(token=RECORDINGS_TOKEN, data=place(scene.root))
        with pytest.raises(faults.ConfigModify):
            await scene.loop.call(Device.set_storage_configuration, storage_configuration=moved)
        with pytest.raises(PlaceUnusable), scene.storage.holding(RECORDINGS_TOKEN):
            pass

    play(run())


def test_a_folder_is_made_changed_and_forgotten_with_its_files_left(scene: Scene, play: Any) -> None:
    async def run() -> None:
        token = await scene.create(f"file://{scene.root}/first%20one", user=UserCredential(user_name=""))
        first = scene.root / "first one"
        assert first.is_dir()
        (first / "kept.mp4").write_bytes(b"x")
        one = await scene.loop.call(Device.get_storage_configuration, token=token)
        assert one.storage_configuration.data == place(first)
        moved = StorageConfiguration(token=token, data=place(scene.data / "exports/here"))
        await scene.loop.call(Device.set_storage_configuration, storage_configuration=moved)
        assert (await scene.paths())[token] == str(scene.data / "exports/here")
        await scene.loop.call(Device.delete_storage_configuration, token=token)
        assert list(await scene.paths()) == [RECORDINGS_TOKEN]
        assert (first / "kept.mp4").exists()
        for operation in (Device.get_storage_configuration, Device.delete_storage_configuration):
            with pytest.raises(faults.NoConfig):
                await scene.loop.call(operation, token=token)
        with pytest.raises(faults.NoConfig):
            await scene.loop.call(Device.set_storage_configuration, storage_configuration=moved)

    play(run())


@pytest.mark.parametrize(
    ("path", "others", "element"),
    [
        ("/etc", {}, "LocalPath"),
        ("{root}/../elsewhere", {}, "LocalPath"),
        ("{root}/link", {}, "LocalPath"),
        ("{root}/file", {}, "LocalPath"),
        ("{data}", {}, "LocalPath"),
        ("{data}/recordings", {}, "LocalPath"),
        ("relative", {}, "LocalPath"),
        ("", {}, "LocalPath"),
        ("{root}/a\nb", {}, "LocalPath"),
        ("{root}/x", {"type": "NFS"}, "type"),
        ("{root}/x", {"storage_uri": "nfs://server/share"}, "StorageUri"),
        ("{root}/x", {"region": "north"}, "Region"),
        ("{root}/x", {"user": UserCredential(user_name="u", password="p")}, "User"),
        (
            "{root}/x",
            {
                "configuration_renewal": ConfigurationRenewal(
                    renewal_endpoint="https://a", authorization_server="b"
                )
            },
            "ConfigurationRenewal",
        ),
    ],
)
def test_what_is_no_folder_below_the_roots_is_refused_by_element(
    scene: Scene, play: Any, path: str, others: dict[str, Any], element: str
) -> None:
    (scene.root / "link").symlink_to("/tmp")
    (scene.root / "file").write_bytes(b"")
    path = path.format(root=scene.root, data=scene.data)

    async def run() -> None:
        before = scene.store.current
        with pytest.raises(faults.InvalidArgVal, match=element):
            await scene.create(path, **others)
        assert scene.store.current is before
        assert not (scene.root / "x").exists()

    play(run())


def test_no_place_lies_in_another(scene: Scene, play: Any) -> None:
    async def run() -> None:
        await scene.create(scene.root / "a/b")
        for clashing in ("a/b", "a/b/c", "a"):
            with pytest.raises(faults.InvalidArgVal, match="one in the other"):
                await scene.create(scene.root / clashing)
        other = await scene.create(scene.root / "ab")
        moved = StorageConfiguration(token=other, data=place(scene.root / "a/b/c"))
        with pytest.raises(faults.ConfigModify):
            await scene.loop.call(Device.set_storage_configuration, storage_configuration=moved)

    play(run())


def test_there_are_as_many_as_announced(scene: Scene, play: Any) -> None:
    async def run() -> None:
        for number in range(PLACES_MOST):
            await scene.create(scene.root / str(number))
        assert len(await scene.paths()) == scene.storage.most
        with pytest.raises(faults.MaxStorageConfigurations):
            await scene.create(scene.root / "more")
        scene.allow()
        assert scene.storage.most == 1
        with pytest.raises(faults.MaxStorageConfigurations):
            await scene.create(scene.root / "more")

    play(run())


def test_a_place_in_use_stays_and_one_no_longer_allowed_is_not_used(scene: Scene, play: Any) -> None:
    async def run() -> None:
        token = await scene.create(scene.root / "a")
        moved = StorageConfiguration(token=token, data=place(scene.root / "b"))
        with scene.storage.holding(token) as path:
            assert path == scene.root / "a"
            with pytest.raises(faults.OperationProhibited):
                await scene.loop.call(Device.delete_storage_configuration, token=token)
            with pytest.raises(faults.ConfigModify):
                await scene.loop.call(Device.set_storage_configuration, storage_configuration=moved)
        scene.allow(scene.data / "exports")
        with pytest.raises(PlaceUnusable), scene.storage.holding(token):
            pass
        await scene.loop.call(Device.delete_storage_configuration, token=token)

    play(run())


@pytest.mark.parametrize("is_deleted", [True, False])
def test_no_export_begins_in_a_folder_that_is_about_to_be_left(
    scene: Scene, play: Any, monkeypatch: pytest.MonkeyPatch, *, is_deleted: bool
) -> None:
    async def run() -> None:
        token = await scene.create(scene.root / "out")
        other = StorageConfiguration(token=token, data=place(scene.root / "other"))
        leaving = scene.storage.delete(token) if is_deleted else scene.storage.set(other)
        is_accepted, may_be_saved = threading.Event(), threading.Event()

        def saved_late(path: Path, content: bytes) -> None:
            is_accepted.set()
            may_be_saved.wait()
            write(path, content)

        write = store_module.write_atomically
        monkeypatch.setattr(store_module, "write_atomically", saved_late)
        task = asyncio.create_task(leaving)
        await asyncio.to_thread(is_accepted.wait)
        try:
            with pytest.raises(PlaceUnusable, match="about to be left"), scene.storage.holding(token):
                pass
        finally:
            may_be_saved.set()
        await task
        if not is_deleted:
            with scene.storage.holding(token) as path:
                assert path == scene.root / "other"

    play(run())
