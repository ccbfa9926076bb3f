"""Upgrades: verified, unpacked and tried before anything changes; one at a time."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.device.firmware_samples import KEY, OTHER_KEY, archive, program, wheel

from vedette.base.clock import ManualClock
from vedette.device import firmware
from vedette.device.events import EventBroker
from vedette.device.firmware import Firmware, FirmwareFailed, UploadStatus, unpack_wheel
from vedette.device.firmware_archive import FirmwareInvalid
from vedette.device.firmware_releases import Releases, ReleaseState
from vedette.device.restart import Restart


class Device:
    """What an upgrade touches."""

    def __init__(self, data: Path) -> None:
        self.releases = Releases(data)
        self.restart = Restart()
        self.broker = EventBroker(ManualClock())
        keys = (OTHER_KEY.public_key(), KEY.public_key())
        self.firmware = Firmware(
            self.releases, keys, self.restart, running="1.0.0", status=UploadStatus(self.broker)
        )

    async def upgrade(self, content: bytes) -> str:
        return await self.firmware.upgrade(_chunks(content), len(content))


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 512):
        yield content[at : at + 512]


def test_a_release_is_installed_and_begun_at_the_next_start(tmp_path: Path) -> None:
    async def scene() -> None:
        device = Device(tmp_path)
        assert await device.upgrade(archive(program(tmp_path, "1.1.0"))) == "1.1.0"
        assert device.restart.is_asked
        folder = device.releases.begin("1.0.0")
        assert folder is not None
        assert (folder / "vedette/__init__.py").read_text() == "__version__ = '1.1.0'\n"
        assert [each.name for each in device.releases.root.iterdir() if each.is_dir()] == [folder.name]
        assert [each.data for each in device.broker.states()] == [(("Status", "100.0"),)]
        with pytest.raises(FirmwareFailed, match="under way"):
            await device.upgrade(b"")

    asyncio.run(scene())


def test_the_data_folder_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    async def scene() -> None:
        device = Device(tmp_path / "link")
        assert await device.upgrade(archive(program(tmp_path, "1.1.0"))) == "1.1.0"

    asyncio.run(scene())


def test_what_is_refused_changes_nothing(tmp_path: Path) -> None:
    other = wheel(tmp_path, "other-1-py3-none-any.whl", {"../../escaped": "x"})
    refused = (
        (b"what?", FirmwareInvalid, "not a release"),
        (archive(program(tmp_path, "1.0.0")), FirmwareInvalid, "not newer"),
        (archive(program(tmp_path, "1.1.0"))[:-1], FirmwareInvalid, "ends within"),
        (archive(program(tmp_path, "1.2.0"), other), FirmwareInvalid, "leads out"),
        (archive(program(tmp_path, "1.3.0", "import no_such_thing")), FirmwareFailed, "no_such_thing"),
        (archive(program(tmp_path, "1.4.0", "import os; os._exit(0)")), FirmwareFailed, "says nothing"),
    )

    async def scene() -> None:
        device = Device(tmp_path / "data")
        (tmp_path / "data").mkdir()
        for content, error, why in refused:
            with pytest.raises(error, match=why):
                await device.upgrade(content)
        assert device.releases.state == ReleaseState()
        assert list(device.releases.root.iterdir()) == []
        assert not device.restart.is_asked

    asyncio.run(scene())


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"vedette"
        raise ConnectionResetError("gone")

    async def scene() -> None:
        device = Device(tmp_path)
        with pytest.raises(ConnectionResetError):
            await device.firmware.upgrade(broken())
        assert list(device.releases.root.iterdir()) == []
        assert await device.upgrade(archive(program(tmp_path, "1.1.0"))) == "1.1.0"

    asyncio.run(scene())


def test_a_release_that_is_being_installed_when_the_server_ends_is_installed_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_trying, may_end = threading.Event(), threading.Event()

    def tried(folder: Path, version: str) -> None:
        is_trying.set()
        may_end.wait()

    monkeypatch.setattr(firmware, "try_out", tried)
    device = Device(tmp_path)

    async def scene() -> None:
        upgrade = asyncio.create_task(device.upgrade(archive(program(tmp_path, "1.1.0"))))
        await asyncio.to_thread(is_trying.wait)
        upgrade.cancel()
        await asyncio.wait((upgrade,))
        may_end.set()

    asyncio.run(scene())  # waits for the thread
    (installed,) = (each for each in device.releases.root.iterdir() if each.is_dir())
    assert installed.name == device.releases.state.active
    assert (installed / "vedette/__init__.py").read_text() == "__version__ = '1.1.0'\n"


def test_a_wheel_is_unpacked_without_its_programs(tmp_path: Path) -> None:
    files = {
        "one/__init__.py": "1",
        "one-1.data/purelib/two.py": "2",
        "one-1.data/platlib/three.so": "3",
        "one-1.data/scripts/four": "4",
        "one-1.data/headers/five.h": "5",
    }
    unpack_wheel(wheel(tmp_path, "one-1-py3-none-any.whl", files), tmp_path / "out")
    out = tmp_path / "out"
    found = {each.relative_to(out).as_posix() for each in out.rglob("*") if each.is_file()}
    assert found == {"one/__init__.py", "two.py", "three.so"}


@pytest.mark.parametrize("name", ["/etc/passwd", "a/../../b", "..\\b", "one-1.data/purelib/../../../b"])
def test_a_wheel_cannot_lead_elsewhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(FirmwareInvalid, match="leads out"):
        unpack_wheel(wheel(tmp_path, "one-1-py3-none-any.whl", {name: "x"}), tmp_path / "out")


def test_what_is_no_zip_is_no_wheel(tmp_path: Path) -> None:
    (tmp_path / "one.whl").write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(FirmwareInvalid, match="no wheel"):
        unpack_wheel(tmp_path / "one.whl", tmp_path / "out")


def test_subscribers_are_told_how_far_an_upload_is_in_steps() -> None:
    broker = EventBroker(ManualClock())
    status = UploadStatus(broker)
    status.begin()
    for percent in (0.0, 1.0, 4.9, 5.0, 7.0, 52.0, 100.0):
        status.tell(percent)
    assert broker.events_total == 5  # none yet, begun, 5, 50, 100
