"""Remote discovery: whether, and to which discovery proxies, the device announces itself."""

import ipaddress

import msgspec

from vedette.contract.faults import InvalidArgVal
from vedette.contract.schema.network import NetworkHost, NetworkHostType
from vedette.contract.schema.system import DiscoveryMode
from vedette.device.network_addresses import checked_hosts
from vedette.device.settings.store import SettingsStore

PROXIES_MOST = 4


class RemoteDiscovery:
    """The proxies, by address, and the mode. Source: Core, Remote Discovery Proxy (26.06 Annex D.1)."""

    def __init__(self, store: SettingsStore) -> None:
        self._store = store

    @property
    def mode(self) -> DiscoveryMode:
        """Whether the proxies are told of the device."""
        is_on = self._store.current.network.is_remotely_discoverable
        return DiscoveryMode.DISCOVERABLE if is_on else DiscoveryMode.NON_DISCOVERABLE

    @property
    def proxies(self) -> tuple[str, ...]:
        """Every proxy that was set."""
        return self._store.current.network.discovery_proxies

    @property
    def told(self) -> tuple[str, ...]:
        """The proxies that are told of the device now."""
        return self.proxies if self.mode is DiscoveryMode.DISCOVERABLE else ()

    async def set_mode(self, mode: DiscoveryMode) -> None:
        """Tell the proxies, or no longer."""
        await self._change(is_remotely_discoverable=mode is DiscoveryMode.DISCOVERABLE)

    async def set_proxies(self, wanted: tuple[NetworkHost, ...]) -> None:
        """Tell other proxies; raises InvalidIPv4Address, InvalidIPv6Address, InvalidArgVal for a name."""
        for each in wanted:
            if each.type is NetworkHostType.DNS:
                raise InvalidArgVal(f"the proxy {(each.dns_name or '')[:100]!r} has to be given by address")
        proxies = checked_hosts(wanted, PROXIES_MOST)
        for proxy in proxies:
            if ipaddress.ip_address(proxy).is_link_local:
                raise InvalidArgVal(f"the proxy {proxy} is on one link only")
        await self._change(discovery_proxies=proxies)

    async def _change(self, **fields: object) -> None:
        await self._store.change(
            lambda document: msgspec.structs.replace(
                document, network=msgspec.structs.replace(document.network, **fields)
            )
        )
