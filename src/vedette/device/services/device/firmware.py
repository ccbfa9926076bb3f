"""Device service: upgrades of this program, by an upload, within a message, or by a version to fetch."""

from collections.abc import AsyncIterator
from datetime import timedelta

from vedette.contract import faults
from vedette.contract.device import Device
from vedette.contract.device.system import (
    StartFirmwareUpgrade,
    StartFirmwareUpgradeResponse,
    UpgradeFirmware,
    UpgradeFirmwareResponse,
    UpgradeSystemFirmware,
    UpgradeSystemFirmwareResponse,
)
from vedette.contract.operation import answers
from vedette.device.addresses import StreamAddresses
from vedette.device.cloud_upgrade import CloudUpgrades
from vedette.device.context import RequestContext
from vedette.device.firmware import Firmware, FirmwareFailed
from vedette.device.firmware_archive import FirmwareInvalid
from vedette.device.uploads import UploadKind, Uploads

UPLOAD_DELAY = timedelta(0)
DOWN_TIME = timedelta(seconds=20)  # a restart, and compiling every module once


class FirmwareHandlers:
    """Where to bring a release, and taking one."""

    def __init__(self, firmware: Firmware, uploads: Uploads, addresses: StreamAddresses) -> None:
        self._firmware = firmware
        self._uploads = uploads
        self._addresses = addresses

    @answers(Device.start_firmware_upgrade)
    async def start_firmware_upgrade(
        self, request: StartFirmwareUpgrade, context: RequestContext
    ) -> StartFirmwareUpgradeResponse:
        """Where to bring a release."""
        path = self._uploads.open(UploadKind.FIRMWARE)
        return StartFirmwareUpgradeResponse(
            upload_uri=self._addresses.http(context, path),
            upload_delay=UPLOAD_DELAY,
            expected_down_time=DOWN_TIME,
        )

    @answers(Device.upgrade_system_firmware)
    async def upgrade_system_firmware(self, request: UpgradeSystemFirmware) -> UpgradeSystemFirmwareResponse:
        """Install the release that came beside the message and restart."""
        content = request.firmware.include.content or b""
        try:
            version = await self._firmware.upgrade(_once(content), len(content))
        except FirmwareInvalid as error:
            raise faults.InvalidFirmware(str(error)) from error
        except FirmwareFailed as error:
            raise faults.FirmwareUpgradeFailed(str(error)) from error
        return UpgradeSystemFirmwareResponse(message=f"Version {version} is installed; restarting.")


class CloudUpgradeHandlers:
    """Fetching a release from the operator's server."""

    def __init__(self, upgrades: CloudUpgrades) -> None:
        self._upgrades = upgrades

    @answers(Device.upgrade_firmware)
    async def upgrade_firmware(self, request: UpgradeFirmware) -> UpgradeFirmwareResponse:
        """Begin an upgrade whose result an event tells."""
        try:
            self._upgrades.begin(request.version)
        except FirmwareInvalid as error:
            raise faults.InvalidArgVal(f"Version: {error}") from error
        except FirmwareFailed as error:
            raise faults.Action(str(error)) from error
        return UpgradeFirmwareResponse(expected_down_time=DOWN_TIME)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
