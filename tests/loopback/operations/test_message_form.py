"""Backup and restore within messages, parts beside them, through the whole server and the typed client."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from vedette.client.camera import Camera
from vedette.contract import faults
from vedette.contract.device import Device
from vedette.contract.device.system import RestoreSystem
from vedette.contract.envelope import read_response, request_envelope
from vedette.contract.schema.system import BackupFile
from vedette.contract.schema.values import AttachmentData, Include
from vedette.wire.attachments import carried
from vedette.wire.multipart import is_multipart, unpacked

PASSWORD = "correct-horse-9"
SERVICE = "/onvif/device_service"


@asynccontextmanager
async def administered(site: Any) -> AsyncIterator[Camera]:
    async with Camera.connect(f"{site.base}{SERVICE}", user="admin", password=PASSWORD) as camera:
        yield camera


def restoring(*contents: bytes | None) -> RestoreSystem:
    return RestoreSystem(
        backup_files=tuple(
            BackupFile(name="b", data=AttachmentData(include=Include(href=f"cid:part{number}", content=each)))
            for number, each in enumerate(contents)
        )
    )


async def posted(site: Any, body: bytes, kind: str) -> Any:
    """The response to these very bytes; raises the fault."""
    answer = await site.client.post(SERVICE, content=body, headers={"Content-Type": kind})
    return read_response(
        Device.restore_system, answer.content, tolerant=False, content_type=answer.headers["content-type"]
    )


def test_a_backup_goes_out_and_comes_back_beside_messages(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site, administered(site) as camera:
            store = site.server.store
            system = (await camera.device.get_service_capabilities()).capabilities.system
            assert system.system_backup
            old = (await camera.device.get_capabilities()).capabilities.device.system
            assert old.system_backup
            await camera.device.set_hostname(name="before")
            (file,) = (await camera.device.get_system_backup()).backup_files
            assert file.data.content_type == "application/json"
            assert file.data.include.content.startswith(b'{"format":"vedette backup"')
            assert store.current.maintenance.last_backup_utc_us > 0
            await camera.device.set_hostname(name="after")
            await camera.device.restore_system(backup_files=(file,))
            assert store.current.system.hostname == "before"
            assert site.server.upkeep.restart.is_asked

    play(scene())


def test_the_answer_is_a_package_for_administrators_only(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site:
            body = request_envelope(Device.get_system_backup, Device.get_system_backup.request())
            answer = await site.client.post(
                SERVICE, content=body, headers={"Content-Type": "application/soap+xml"}
            )
            kind = answer.headers["content-type"]
            assert is_multipart(kind)
            package = unpacked(answer.content, kind)
            assert package.root.startswith(b"<?xml")
            assert list(package.parts) == ["vedette-backup.json@vedette"]
            stranger = await site.stranger.post(
                SERVICE, content=body, headers={"Content-Type": "application/soap+xml"}
            )
            assert stranger.status_code == 401

    play(scene())


def test_a_backup_may_stand_in_the_message_as_base64(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site:
            backup = site.server.upkeep.maintenance.backups.content()
            request = restoring(None)
            body = request_envelope(Device.restore_system, request).replace(
                b'<xop:Include href="cid:part0"></xop:Include>', b64encode(backup)
            )
            await posted(site, body, "application/soap+xml")
            assert site.server.upkeep.restart.is_asked

    play(scene())


def test_a_spoilt_backup_is_the_standards_fault_and_changes_nothing(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site, administered(site) as camera:
            backup = site.server.upkeep.maintenance.backups.content()
            before = site.server.store.current
            for contents in ((b"",), (backup[:-9],), (b"\x00\xff" * 9,), (backup, backup)):
                with pytest.raises(faults.InvalidBackupFile):
                    await camera.device.restore_system(backup_files=restoring(*contents).backup_files)
            with pytest.raises(faults.Fault, match="part0"):
                await camera.device.restore_system(backup_files=restoring(None).backup_files)
            assert site.server.store.current == before
            assert not site.server.upkeep.restart.is_asked

    play(scene())


def test_a_package_cut_anywhere_is_a_fault_and_changes_nothing(running: Any, play: Any) -> None:
    async def scene() -> None:
        async with running() as site:
            request = restoring(site.server.upkeep.maintenance.backups.content())
            kind, body = carried(request_envelope(Device.restore_system, request), request)
            before = site.server.store.current
            for length in (1, 60, 300, len(body) // 2, len(body) - 5):
                with pytest.raises(faults.WellFormed):
                    await posted(site, body[:length], kind)
            with pytest.raises(faults.WellFormed, match="boundary"):
                await posted(site, body, "multipart/related")
            assert site.server.store.current == before

    play(scene())
