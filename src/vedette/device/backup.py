"""The settings as a file that can be carried away and brought back."""

import hashlib
from contextlib import suppress

import msgspec

from vedette.base.clock import Clock
from vedette.base.errors import VedetteError
from vedette.device.cameras import CameraRefused, checked
from vedette.device.identity import DeviceIdentity
from vedette.device.settings.document import VERSION, Settings
from vedette.device.settings.store import (
    SettingsNotSaved,
    SettingsNotUnderstood,
    SettingsStore,
    understood,
)
from vedette.security.passwords import PasswordUnreadable, Vault
from vedette.security.users import Users

FORMAT = "vedette backup"
FILE_NAME = "vedette-backup.json"
CONTENT_TYPE = "application/json"
BACKUP_MOST_BYTES = 16 << 20


class BackupInvalid(VedetteError):
    """The file is no backup that this device can use; nothing was changed."""


class Backup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file. `sha256` is of `settings` as its bytes stand there; passwords in it are sealed."""

    format: str
    version: int
    firmware_version: str
    serial_number: str
    made_utc_us: int
    sha256: str
    settings: msgspec.Raw


class Backups:
    """Makes backups and brings them back, whole or not at all.

    Passwords stay sealed with the key of this data folder, so that a backup alone opens nothing; one
    that was sealed with another key is refused. Who the device is, and when it was looked after, is not
    brought back. Source: Core, GetSystemUris to StartSystemRestore (26.06 §8.3.2-§8.3.5).
    """

    def __init__(self, store: SettingsStore, vault: Vault, identity: DeviceIdentity, clock: Clock) -> None:
        self._store = store
        self._vault = vault
        self._identity = identity
        self._clock = clock

    def content(self) -> bytes:
        """The file with the present settings."""
        settings = msgspec.json.encode(self._store.current)
        backup = Backup(
            format=FORMAT,
            version=VERSION,
            firmware_version=self._identity.firmware_version,
            serial_number=self._identity.serial_number,
            made_utc_us=self._clock.utc_us(),
            sha256=hashlib.sha256(settings).hexdigest(),
            settings=msgspec.Raw(settings),
        )
        return msgspec.json.encode(backup)

    async def make(self) -> bytes:
        """The same, for somebody who takes it; the time is remembered as that of the last backup.

        A disk that takes nothing is a reason to have a backup, so then the time alone is lost.
        """
        now_us = self._clock.utc_us()
        content = self.content()

        def edit(document: Settings) -> Settings:
            upkeep = msgspec.structs.replace(document.maintenance, last_backup_utc_us=now_us)
            return msgspec.structs.replace(document, maintenance=upkeep)

        with suppress(SettingsNotSaved):  # the store has logged it
            await self._store.change(edit)
        return content

    async def restore(self, content: bytes) -> None:
        """Put the settings of a backup in the place of the present ones.

        Raises BackupInvalid or SettingsNotSaved.
        """
        wanted = self._read(content)

        def edit(document: Settings) -> Settings:
            own = document.system
            system = msgspec.structs.replace(
                wanted.system,
                endpoint=own.endpoint,
                serial_number=own.serial_number,
                metadata_version=max(own.metadata_version, wanted.system.metadata_version) + 1,
            )
            return msgspec.structs.replace(wanted, system=system, maintenance=document.maintenance)

        await self._store.change(edit)

    def _read(self, content: bytes) -> Settings:
        if len(content) > BACKUP_MOST_BYTES:
            raise BackupInvalid(f"{len(content)} bytes; a backup has {BACKUP_MOST_BYTES} at most")
        try:
            backup = msgspec.json.decode(content, type=Backup)
            settings = understood(bytes(backup.settings))
        except SettingsNotUnderstood as error:
            raise BackupInvalid(f"a backup of version {backup.version}: {error}") from error
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BackupInvalid(f"not a backup: {error}") from error
        if backup.format != FORMAT or not 1 <= backup.version <= VERSION:
            raise BackupInvalid(f"a backup of version {backup.version}; this program reads up to {VERSION}")
        if hashlib.sha256(bytes(backup.settings)).hexdigest() != backup.sha256:
            raise BackupInvalid("the backup is damaged: its checksum is wrong")
        self._check(settings)
        return settings

    def _check(self, settings: Settings) -> None:
        try:
            users = Users.opened(settings.users, self._vault)
            for camera in settings.cameras:
                checked(camera)
                if camera.password:
                    self._vault.open(camera.password, camera.name)
        except PasswordUnreadable as error:
            raise BackupInvalid(f"the backup was made with another key: {error}") from error
        except CameraRefused as error:
            raise BackupInvalid(str(error)) from error
        if not users.has_administrator:
            raise BackupInvalid("the backup has no administrator")
        names = [camera.name for camera in settings.cameras]
        if len(set(names)) != len(names):
            raise BackupInvalid("the backup has two cameras of one name")
