"""Upgrades over HTTP and within messages, and a process that goes on as another version."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.device.firmware_samples import KEY, OTHER_KEY, archive, program, wheel
from tests.device.release_folder import served

import vedette
from vedette.client.camera import Camera
from vedette.contract import faults
from vedette.contract.device import Device
from vedette.contract.envelope import read_response, request_envelope
from vedette.contract.schema.values import AttachmentData, Include
from vedette.device.firmware_archive import public_text

BYTES = {"Content-Type": "application/octet-stream"}
PASSWORD = "correct-horse-9"
SERVICE = "/onvif/device_service"
TRUSTED = (public_text(KEY.public_key()),)


@asynccontextmanager
async def administered(site: Any) -> AsyncIterator[Camera]:
    async with Camera.connect(f"{site.base}{SERVICE}", user="admin", password=PASSWORD) as camera:
        yield camera


def beside(content: bytes) -> AttachmentData:
    return AttachmentData(include=Include(href="cid:firmware", content=content))


async def announced(camera: Camera) -> list[bool]:
    """Every place where the device says whether it can be upgraded."""
    new = (await camera.device.get_service_capabilities()).capabilities.system
    old = (await camera.device.get_capabilities()).capabilities.device.system
    return [new.http_firmware_upgrade, old.extension.http_firmware_upgrade, old.firmware_upgrade]


def test_without_a_trusted_key_no_upgrade_is_offered(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site, administered(site) as camera:
            assert await announced(camera) == [False, False, False]
            with pytest.raises(faults.ActionNotSupported):
                await camera.device.start_firmware_upgrade()
            with pytest.raises(faults.ActionNotSupported):
                await camera.device.upgrade_system_firmware(firmware=beside(b"x"))

    play(scene())


def test_a_release_comes_by_an_upload(running: Any, play: Any, tmp_path: Path) -> None:
    release = archive(program(tmp_path, "99.1.0"))

    async def scene() -> None:
        async with running(release_keys=TRUSTED) as site, administered(site) as camera:
            assert await announced(camera) == [True, True, True]
            begun = await camera.device.start_firmware_upgrade()
            assert begun.expected_down_time.total_seconds() > 0
            refused = (release[:-3], archive(program(tmp_path, "99.0.0"), key=OTHER_KEY), b"", b"\x00" * 3000)
            for content in refused:
                uri = (await camera.device.start_firmware_upgrade()).upload_uri
                assert (await site.client.post(uri, content=content, headers=BYTES)).status_code == 415
            uri = begun.upload_uri
            assert (await site.stranger.post(uri, content=release, headers=BYTES)).status_code == 401
            assert not site.server.upkeep.restart.is_asked
            taken = await site.client.post(uri, content=release, headers=BYTES)
            assert (taken.status_code, site.server.upkeep.restart.is_asked) == (200, True)
            busy = (await camera.device.start_firmware_upgrade()).upload_uri
            assert (await site.client.post(busy, content=release, headers=BYTES)).status_code == 500

    play(scene())


def test_a_release_comes_beside_a_message(running: Any, play: Any, tmp_path: Path) -> None:
    release = archive(program(tmp_path, "99.1.0"))
    broken = archive(program(tmp_path, "99.2.0", "import no_such_thing"))

    async def scene() -> None:
        async with running(release_keys=TRUSTED) as site, administered(site) as camera:
            for content in (b"", release[:-3]):
                with pytest.raises(faults.InvalidFirmware):
                    await camera.device.upgrade_system_firmware(firmware=beside(content))
            with pytest.raises(faults.FirmwareUpgradeFailed, match="no_such_thing"):
                await camera.device.upgrade_system_firmware(firmware=beside(broken))
            assert not site.server.upkeep.restart.is_asked
            told = await camera.device.upgrade_system_firmware(firmware=beside(release))
            assert "99.1.0" in told.message
            assert site.server.upkeep.restart.is_asked

    play(scene())


async def told_of_fetching(camera: Camera) -> tuple[str, str, str]:
    """What the event says to who subscribes now: endpoint, success and information."""
    async with aclosing(camera.pull_events()) as events:
        async for event in events:
            if event.topic.endswith("CloudFirmwareUpgrade/Completed"):
                content = event.notification.message.message
                assert content is not None
                assert content.data is not None
                data = {each.name: each.content[0].text for each in content.data.element_items}
                return event.source["UUID"], data["Success"] or "", data["Information"] or ""
    raise AssertionError("the events ended")


def test_a_release_is_fetched_from_the_server_of_the_operator(
    running: Any, play: Any, tmp_path: Path
) -> None:
    content = archive(program(tmp_path, "99.1.0"))

    async def scene() -> None:
        async with (
            served({"/r/vedette-99.1.0.release": content}) as base,
            running(release_keys=TRUSTED, release_server=f"{base}/r/") as site,
            administered(site) as camera,
        ):
            able = (await camera.device.get_service_capabilities()).capabilities.system
            assert able.cloud_firmware_upgrade is True
            for version in ("0.0.1", "newest", "../99.1.0", ""):
                with pytest.raises(faults.InvalidArgVal, match="Version"):
                    await camera.device.upgrade_firmware(version=version)
            begun = await camera.device.upgrade_firmware(version="99.1.0")
            assert begun.expected_down_time.total_seconds() > 0
            await site.until(lambda: site.server.upkeep.restart.is_asked)
            told = await told_of_fetching(camera)
            guid = (await camera.device.get_endpoint_reference()).guid
            assert told == (guid, "true", "Version 99.1.0 is installed; restarting.")
            with pytest.raises(faults.Action, match="under way"):
                await camera.device.upgrade_firmware(version="99.2.0")

    play(scene())


def test_without_a_server_no_release_is_fetched(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running(release_keys=TRUSTED) as site, administered(site) as camera:
            told = (await camera.device.get_service_capabilities()).capabilities.system
            assert told.cloud_firmware_upgrade is False
            with pytest.raises(faults.ActionNotSupported):
                await camera.device.upgrade_firmware(version="99.1.0")

    play(scene())


def own_program(folder: Path, version: str, spoil: str = "") -> Path:
    """The wheel of this very program under another version; all but its server it takes from here.

    `spoil` is put at the end of the server's main file.
    """
    here = Path(vedette.__file__).parent
    files = {"vedette/__init__.py": f"__version__ = {version!r}\n__path__.append({str(here)!r})\n"}
    for file in (here / "server").rglob("*"):
        if file.is_file() and file.suffix != ".pyc":
            files[f"vedette/{file.relative_to(here).as_posix()}"] = file.read_text("utf-8")
    files["vedette/server/assemble.py"] += spoil
    return wheel(folder, f"vedette-{version}-py3-none-any.whl", files)


class Upgraded:
    """A process that takes releases, and its administrator."""

    def __init__(self, process: Any, client: httpx2.Client) -> None:
        self.process = process
        self._client = client

    def ask(self, operation: Any) -> Any:
        body = request_envelope(operation, operation.request())
        url = f"http://127.0.0.1:{self.process.http_port}{SERVICE}"
        kind = {"Content-Type": "application/soap+xml"}
        return read_response(operation, self._client.post(url, content=body, headers=kind).content)

    def version_after(self, release: bytes) -> str:
        """Install a release; the version that answers when the process is back."""
        uri = self.ask(Device.start_firmware_upgrade).upload_uri
        assert self._client.post(uri, content=release, headers=BYTES).status_code == 200
        self.process.output.clear()
        self.process.welcome()
        assert self.process.running.poll() is None  # the same process number goes on
        told: str = self.ask(Device.get_device_information).firmware_version
        return told


def test_a_process_goes_on_as_what_it_was_given_or_as_it_was(start_process: Any, tmp_path: Path) -> None:
    (tmp_path / "vedette.toml").write_text(f'[firmware]\nkeys = ["{TRUSTED[0]}"]\n')
    broken = archive(own_program(tmp_path, "99.1.0", "\n\nServer.run = None\n"))
    whole = archive(own_program(tmp_path, "99.2.0"))
    login = httpx2.DigestAuth("admin", PASSWORD)
    with (
        start_process("--config", str(tmp_path / "vedette.toml")) as process,
        httpx2.Client(auth=login, timeout=60) as client,
    ):
        process.welcome()
        upgraded = Upgraded(process, client)
        assert upgraded.version_after(broken) == vedette.__version__
        assert upgraded.version_after(whole) == "99.2.0"
        assert process.ends_within_s(4) == 0
        log = process.log()
    assert "release 99.1.0 is to begin" in log
    assert "has not come up; back to the installed program" in log
