"""Who this device is, for good: endpoint, serial number, maker, model and version."""

import platform
from uuid import UUID

import msgspec

from vedette import __version__
from vedette.device.settings.system import SystemSettings

MANUFACTURER = "Vedette"
MODEL = "Network Video System"
_SERIAL_LETTERS = 12


class DeviceIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """What GetDeviceInformation and discovery tell; `endpoint` is `urn:uuid:…`."""

    endpoint: str
    serial_number: str
    manufacturer: str = MANUFACTURER
    model: str = MODEL
    firmware_version: str = __version__
    hardware_id: str = ""


def made_identity(settings: SystemSettings, chance: UUID) -> SystemSettings:
    """The settings with endpoint and serial number; `chance` makes them where they are missing."""
    if settings.endpoint:
        return settings
    return msgspec.structs.replace(
        settings, endpoint=str(chance), serial_number=chance.hex[:_SERIAL_LETTERS].upper()
    )


def identity_of(settings: SystemSettings) -> DeviceIdentity:
    """The identity that settings with an endpoint give; the hardware is the machine's architecture."""
    return DeviceIdentity(
        endpoint=f"urn:uuid:{settings.endpoint}",
        serial_number=settings.serial_number,
        hardware_id=platform.machine() or "unknown",
    )
