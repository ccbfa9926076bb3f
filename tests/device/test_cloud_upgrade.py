"""Upgrades by version: fetched from a server, installed like an upload, the result told as an event."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.device.firmware_samples import KEY, OTHER_KEY, archive, program
from tests.device.release_folder import served

from vedette.base.clock import ManualClock
from vedette.contract.topics.device import MONITORING_CLOUD_FIRMWARE_UPGRADE_COMPLETED
from vedette.device.cloud_upgrade import CloudUpgrades
from vedette.device.events import EventBroker
from vedette.device.firmware import Firmware, FirmwareFailed, UploadStatus
from vedette.device.firmware_archive import FirmwareInvalid
from vedette.device.firmware_releases import Releases
from vedette.device.notifications import Event, message_of
from vedette.device.release_server import ReleaseServer
from vedette.device.restart import Restart

ENDPOINT = "urn:uuid:6c0a0a40-0000-4000-8000-000000000001"
ONE = "/vedette-1.1.0.release"


class Device:
    """What is upgraded, and what it told."""

    def __init__(self, data: Path, address: str, running: str = "1.0.0") -> None:
        self.restart = Restart()
        self.releases = Releases(data)
        self.told: asyncio.Queue[tuple[bool, str]] = asyncio.Queue()
        clock = ManualClock()
        broker = EventBroker(clock)
        broker.attach(self)
        firmware = Firmware(
            self.releases, (KEY.public_key(),), self.restart, running=running, status=UploadStatus(broker)
        )
        server = ReleaseServer(address, clock)
        self.upgrades = CloudUpgrades(
            firmware, server, self.releases, broker, endpoint=ENDPOINT, running=running
        )

    def receive(self, event: Event) -> None:
        if event.topic is MONITORING_CLOUD_FIRMWARE_UPGRADE_COMPLETED:
            assert event.source == (("UUID", ENDPOINT),)
            data = message_of(event).data
            assert data is not None
            found = {each.name: each.content[0].text for each in data.element_items}
            self.told.put_nowait((found["Success"] == "true", found["Information"] or ""))

    async def upgrade(self, version: str) -> tuple[bool, str]:
        self.upgrades.begin(version)
        return await self.told.get()


@asynccontextmanager
async def at_work(data: Path, address: str, running: str = "1.0.0") -> AsyncIterator[Device]:
    device = Device(data, address, running)
    work = asyncio.create_task(device.upgrades.run())
    try:
        async with asyncio.timeout(20):
            yield device
    finally:
        work.cancel()
        await asyncio.wait((work,))


def test_a_version_is_fetched_and_installed_and_each_later_start_tells_what_became_of_it(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        files = {"/elsewhere": archive(program(tmp_path, "1.1.0"))}
        async with served(files, {ONE: "/elsewhere"}) as base, at_work(tmp_path, base) as device:
            assert await device.upgrade("1.1.0") == (True, "Version 1.1.0 is installed; restarting.")
            assert device.restart.is_asked
            assert device.releases.begin("1.0.0") is not None
            with pytest.raises(FirmwareFailed, match="under way"):
                device.upgrades.begin("1.2.0")
        async with at_work(tmp_path, base, running="1.1.0") as device:
            assert await device.told.get() == (True, "Version 1.1.0 runs.")
        async with at_work(tmp_path, base) as device:
            assert await device.told.get() == (False, "Version 1.1.0 does not run; 1.0.0 does.")

    asyncio.run(scene())


def test_what_cannot_be_had_is_told_and_changes_nothing(tmp_path: Path) -> None:
    files = {
        ONE: archive(program(tmp_path, "1.2.0")),
        "/vedette-1.3.0.release": archive(program(tmp_path, "1.3.0"), key=OTHER_KEY),
        "/vedette-1.4.0.release": archive(program(tmp_path, "1.4.0", "import no_such_thing")),
    }
    moved = {"/vedette-1.5.0.release": "ftp://127.0.0.1/", "/vedette-1.6.0.release": "/vedette-1.6.0.release"}
    moved |= {"/vedette-1.7.0.release": "https://127.0.0.1/"}
    reasons = {
        "1.1.0": "a release of version 1.2.0, not 1.1.0",
        "1.3.0": "signed by none",
        "1.4.0": "no_such_thing",
        "1.5.0": "ftp",
        "1.6.0": "on and on",
        "1.7.0": "leads to https, not http",
        "1.8.0": "answers 404",
    }

    async def scene() -> None:
        async with served(files, moved) as base, at_work(tmp_path / "data", base) as device:
            (tmp_path / "data").mkdir()
            for version, reason in reasons.items():
                is_done, why = await device.upgrade(version)
                assert (is_done, reason in why) == (False, True), why
            assert not device.restart.is_asked
            assert [each.name for each in device.releases.root.iterdir()] == ["wanted"]

    asyncio.run(scene())


def test_a_fetch_that_breaks_off_and_a_server_that_is_not_there_are_told(tmp_path: Path) -> None:
    async def scene() -> None:
        files = {ONE: archive(program(tmp_path, "1.1.0"))}
        async with served(files, cut_bytes=9) as base, at_work(tmp_path, base) as device:
            assert not (await device.upgrade("1.1.0"))[0]
        async with at_work(tmp_path, base) as device:
            assert not (await device.told.get())[0]
            assert not (await device.upgrade("1.2.0"))[0]
            assert not device.restart.is_asked

    asyncio.run(scene())


@pytest.mark.parametrize("version", ["1.0.0", "0.9", "new", "", "1.1.0/../x"])
def test_what_is_no_newer_version_is_refused_at_once(tmp_path: Path, version: str) -> None:
    with pytest.raises(FirmwareInvalid):
        Device(tmp_path, "http://127.0.0.1:9").upgrades.begin(version)
