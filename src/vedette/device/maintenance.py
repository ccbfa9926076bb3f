"""Upkeep of the device: restart, factory defaults, backup and restore."""

import asyncio

import msgspec

from vedette.base.clock import Clock
from vedette.contract.schema.system import FactoryDefaultType
from vedette.device.backup import Backups
from vedette.device.restart import Restart
from vedette.device.settings.document import Settings
from vedette.device.settings.maintenance import MaintenanceSettings
from vedette.device.settings.store import SettingsStore
from vedette.device.settings.system import SystemSettings

# What a soft reset leaves alone: the device stays reachable for the same people at the same address,
# and goes on watching the same cameras.
SOFT_KEEPS = ("cameras", "users", "network", "security", "certificates")


class Maintenance:
    """Restarts the device and resets its settings. Footage is no setting and stays.

    Source: Core, SetSystemFactoryDefault and SystemReboot (26.06 §8.3.8, §8.3.13).
    """

    def __init__(self, store: SettingsStore, restart: Restart, backups: Backups, clock: Clock) -> None:
        self.backups = backups
        self._store = store
        self._restart = restart
        self._clock = clock

    def reboot(self) -> str:
        """Restart; what to tell the people."""
        self._restart.ask("a client asked for it")
        return "Restarting now; back in a few seconds."

    async def reset(self, kind: FactoryDefaultType) -> None:
        """Go back to the settings of the first start, then restart.

        Hard resets everything but the device's own endpoint and serial number: with the users, every
        password, also those of before an upgrade, so that the next start makes a new administrator. Soft
        leaves what SOFT_KEEPS and the device's name say. Raises SettingsNotSaved.
        """
        now_us = self._clock.utc_us()
        is_hard = kind is FactoryDefaultType.HARD
        if is_hard:
            await asyncio.to_thread(self._store.forget_former)
        await self._store.change(lambda document: factory_settings(document, now_us, is_hard=is_hard))
        self._restart.ask(f"{kind} reset to factory defaults".lower())

    async def restore(self, content: bytes) -> None:
        """Bring a backup back, then restart; raises BackupInvalid or SettingsNotSaved."""
        await self.backups.restore(content)
        self._restart.ask("a backup was restored")


def factory_settings(document: Settings, now_us: int, *, is_hard: bool) -> Settings:
    """The settings after a reset at `now_us` (microseconds since 1970)."""
    own = document.system
    system = SystemSettings(
        endpoint=own.endpoint,
        serial_number=own.serial_number,
        metadata_version=own.metadata_version + 1,
        hostname="" if is_hard else own.hostname,
    )
    upkeep = MaintenanceSettings(last_reset_utc_us=now_us)
    fresh = Settings(system=system, maintenance=upkeep)
    if is_hard:
        return fresh
    kept = {name: getattr(document, name) for name in SOFT_KEEPS if name in document.__struct_fields__}
    return msgspec.structs.replace(fresh, **kept)
