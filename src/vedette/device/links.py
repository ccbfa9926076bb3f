"""The wired links of the machine, told as events whenever one comes, goes or changes its speed."""

import asyncio
from pathlib import Path

import msgspec

from vedette.base.clock import until_tick
from vedette.contract.schema.network_interfaces import Duplex, NetworkInterfaceConnectionSetting
from vedette.contract.topics.device import MONITORING_LINK_STATUS
from vedette.device.events import EventBroker
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import Host, LinkState
from vedette.device.host_files import text_below
from vedette.device.notifications import element_value

INTERVAL_S = 5.0


class LinkMonitor:
    """Publishes the links of the interfaces that the host has; a link that is down runs at 0 Mbit/s.

    The speed is the host's word, the carrier is read below `root`, which is other than `/` in tests only.
    Source: Core, Link Status (26.06 §8.9.2); Linux, sysfs-class-net.
    """

    def __init__(self, broker: EventBroker, host: Host, root: Path = Path("/")) -> None:
        self._broker = broker
        self._host = host
        self._root = root
        self._told: set[str] = set()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.report()
            await asyncio.sleep(until_tick(INTERVAL_S))

    async def report(self) -> None:
        """Publish what is so now; nothing where the host cannot be asked."""
        try:
            interfaces = await self._host.interfaces()
        except HardwareFailed:
            return
        links = {each.token: each.link for each in interfaces if each.link is not None}
        if links:
            self._broker.declare(MONITORING_LINK_STATUS)
        for gone in self._told - set(links):
            self._broker.forget(MONITORING_LINK_STATUS, source=(("Token", gone),))
        self._told = set(links)
        for token, link in links.items():
            data = (("Link", element_value(self._setting(token, link))),)
            self._broker.publish(MONITORING_LINK_STATUS, source=(("Token", token),), data=data)

    def _setting(self, token: str, link: LinkState) -> NetworkInterfaceConnectionSetting:
        running = link.actual
        if not link.is_up or not self._has_carrier(token):
            running = msgspec.structs.replace(running, speed_mbps=0)
        return NetworkInterfaceConnectionSetting(
            auto_negotiation=running.auto_negotiation,
            speed=running.speed_mbps,
            duplex=Duplex.FULL if running.is_full_duplex else Duplex.HALF,
        )

    def _has_carrier(self, token: str) -> bool:
        """False only where the kernel says that there is none."""
        return text_below(self._root, f"sys/class/net/{token}/carrier") != "0"
