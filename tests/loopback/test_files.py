"""Backups and releases within messages, as the schema and the access policy want them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.device.firmware_samples import KEY, archive, program

from vedette.base.clock import ManualClock
from vedette.contract import faults
from vedette.contract.device import Device
from vedette.contract.schema.security import UserLevel
from vedette.contract.schema.system import FactoryDefaultType
from vedette.contract.schema.values import AttachmentData, Include
from vedette.device.accounts import Accounts
from vedette.device.addresses import StreamAddresses
from vedette.device.backup import Backups
from vedette.device.events import EventBroker
from vedette.device.firmware import Firmware, UploadStatus
from vedette.device.firmware_releases import Releases
from vedette.device.identity import identity_of, made_identity
from vedette.device.journal import Journal
from vedette.device.maintenance import Maintenance
from vedette.device.restart import Restart
from vedette.device.services.device.firmware import FirmwareHandlers
from vedette.device.services.device.maintenance import MaintenanceHandlers
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.device.settings.system import SystemSettings
from vedette.device.uploads import Uploads
from vedette.security.passwords import vault_at

Play = Callable[[Any], None]


class Kept:
    """What backups and upgrades need of a device."""

    def __init__(self, folder: Path) -> None:
        clock = ManualClock()
        system = made_identity(SystemSettings(), UUID(int=7))
        self.store = SettingsStore.open(folder / "settings.json", lambda: Settings(system=system))
        vault = vault_at(folder / "key")
        self.accounts = Accounts(self.store, vault)
        self.restart = Restart()
        uploads, addresses = Uploads(clock), StreamAddresses(rtsp_port=554)
        identity = identity_of(system)
        self.maintenance = Maintenance(
            self.store, self.restart, Backups(self.store, vault, identity, clock), clock
        )
        support: Any = None  # nobody asks for it here
        firmware = Firmware(
            Releases(folder),
            (KEY.public_key(),),
            self.restart,
            running=identity.firmware_version,
            status=UploadStatus(EventBroker(clock)),
        )
        self.handlers = (
            MaintenanceHandlers(self.maintenance, Journal(), support, uploads, addresses),
            FirmwareHandlers(firmware, uploads, addresses),
        )


def test_files_travel_beside_valid_messages(tmp_path: Path, loop_of: Any, play: Play) -> None:
    async def scene() -> None:
        device = Kept(tmp_path)
        await device.accounts.set_administrator("correct horse 7")
        loop = loop_of(*device.handlers)
        backup = await loop.call(Device.get_system_backup)
        (file,) = backup.backup_files
        before = device.store.current
        await loop.call(Device.restore_system, backup_files=backup.backup_files)
        assert device.store.current.users == before.users
        assert device.restart.is_asked
        with pytest.raises(faults.InvalidBackupFile, match="2 files"):
            await loop.call(Device.restore_system, backup_files=(file, file))
        assert (await loop.call(Device.start_firmware_upgrade)).upload_uri.startswith("http://camera.example")

    play(scene())


def test_an_upgrade_is_for_administrators(tmp_path: Path, loop_of: Any, play: Play) -> None:
    async def scene() -> None:
        device = Kept(tmp_path)
        loop = loop_of(*device.handlers)
        (sample,) = (await loop.call(Device.get_system_backup)).backup_files
        for level, refusal in ((None, faults.NotAuthorized), (UserLevel.OPERATOR, faults.NotAuthorized)):
            for operation, fields in (
                (Device.get_system_backup, {}),
                (Device.restore_system, {"backup_files": (sample,)}),
                (Device.start_firmware_upgrade, {}),
                (Device.upgrade_system_firmware, {"firmware": sample.data}),
                (Device.set_system_factory_default, {"factory_default": FactoryDefaultType.HARD}),
            ):
                with pytest.raises(refusal):
                    await loop.call(operation, level=level, **fields)
        with pytest.raises(faults.InvalidFirmware):
            await loop.call(Device.upgrade_system_firmware, firmware=sample.data)
        assert not device.restart.is_asked

    play(scene())


def test_a_release_within_a_message_is_taken(tmp_path: Path, loop_of: Any, play: Play) -> None:
    async def scene() -> None:
        device = Kept(tmp_path)
        loop = loop_of(*device.handlers)
        include = Include(href="cid:firmware", content=archive(program(tmp_path, "99.0.0")))
        firmware = AttachmentData(content_type="application/octet-stream", include=include)
        told = await loop.call(Device.upgrade_system_firmware, firmware=firmware)
        assert "99.0.0" in told.message
        assert device.restart.is_asked

    play(scene())
