"""Upgrades by version: the release is fetched from the operator's server, and an event tells the result."""

import asyncio
import logging

from vedette.base.errors import VedetteError
from vedette.contract.topics.device import MONITORING_CLOUD_FIRMWARE_UPGRADE_COMPLETED
from vedette.device.events import EventBroker
from vedette.device.firmware import Firmware, FirmwareFailed
from vedette.device.firmware_archive import FirmwareInvalid, version_numbers
from vedette.device.firmware_releases import Releases
from vedette.device.notifications import element_value
from vedette.device.release_server import ReleaseServer
from vedette.wire.message import message, text
from vedette.wire.namespaces import TT

_log = logging.getLogger(__name__)

INFORMATION_MOST = 300  # characters


@message(TT)
class Success:
    """Whether an upgrade was done; the topic wants its items as elements."""

    value: bool = text()


@message(TT)
class Information:
    """What there is to say of an upgrade."""

    value: str = text()


class CloudUpgrades:
    """Takes the wish for a version, one at a time, and fulfils it while it runs.

    `endpoint` is what GetEndpointReference tells, `running` the version that runs. Source: Core,
    UpgradeFirmware, Cloud Firmware Upgrade (26.06 §8.3.10, §8.9.12).
    """

    def __init__(
        self,
        firmware: Firmware,
        server: ReleaseServer,
        releases: Releases,
        broker: EventBroker,
        *,
        endpoint: str,
        running: str,
    ) -> None:
        self._firmware = firmware
        self._server = server
        self._releases = releases
        self._broker = broker
        self._endpoint = endpoint
        self._running = running
        self._wanted: asyncio.Queue[str] = asyncio.Queue(1)
        self._is_busy = False
        broker.declare(MONITORING_CLOUD_FIRMWARE_UPGRADE_COMPLETED)

    def begin(self, version: str) -> None:
        """Have that version fetched and installed; the event tells how it ended.

        Raises FirmwareInvalid for what is no version or not newer than what runs, and FirmwareFailed
        while another upgrade or a restart is under way.
        """
        if version_numbers(version) <= version_numbers(self._running):
            raise FirmwareInvalid(f"version {version} is not newer than {self._running}, which runs")
        if self._is_busy:
            raise FirmwareFailed("another upgrade is under way")
        self._firmware.require_free()
        self._is_busy = True
        self._wanted.put_nowait(version)

    async def run(self) -> None:
        """Tell how the last upgrade before this start has ended, then upgrade as asked until cancelled."""
        self._tell_last(await asyncio.to_thread(lambda: self._releases.wanted))
        while True:
            version = await self._wanted.get()
            try:
                await self._upgrade(version)
                self._tell(f"Version {version} is installed; restarting.", is_done=True)
            except VedetteError as error:
                _log.warning("no upgrade to %s: %s", version, error)
                self._tell(f"Version {version}: {error}", is_done=False)
            finally:
                self._is_busy = False

    async def _upgrade(self, version: str) -> None:
        await asyncio.to_thread(self._releases.want, version)
        async with self._server.release(version) as (pieces, size_bytes):
            await self._firmware.upgrade(pieces, size_bytes, version=version)

    def _tell_last(self, version: str) -> None:
        if not version:
            return
        if version_numbers(self._running) >= version_numbers(version):
            self._tell(f"Version {self._running} runs.", is_done=True)
        else:
            self._tell(f"Version {version} does not run; {self._running} does.", is_done=False)

    def _tell(self, told: str, *, is_done: bool) -> None:
        plain = "".join(each if each.isprintable() else " " for each in told[:INFORMATION_MOST])
        self._broker.publish(
            MONITORING_CLOUD_FIRMWARE_UPGRADE_COMPLETED,
            source=(("UUID", self._endpoint),),
            data=(
                ("Success", element_value(Success(value=is_done))),
                ("Information", element_value(Information(value=plain))),
            ),
        )
