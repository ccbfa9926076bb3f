"""Which addresses may connect at all."""

import ipaddress
from collections.abc import Callable

import msgspec

from vedette.contract.faults import (
    InvalidArgVal,
    InvalidIPv4Address,
    InvalidIPv6Address,
    IPFilterListIsFull,
    NoIPv4Address,
    NoIPv6Address,
    OperationProhibited,
)
from vedette.contract.schema.network import IPAddressFilter, IPAddressFilterType
from vedette.contract.schema.network_interfaces import PrefixedIPv4Address, PrefixedIPv6Address
from vedette.device.settings.document import Settings
from vedette.device.settings.network import FilterSettings
from vedette.device.settings.store import SettingsStore

NETWORKS_MOST = 64

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class AddressFilter:
    """Admits or refuses peers by address; a change that would shut its own sender out is refused.

    Source: Core, GetIPAddressFilter to RemoveIPAddressFilter (26.06 §8.2.18-§8.2.21).
    """

    def __init__(self, store: SettingsStore) -> None:
        self._store = store
        self._rules = _Rules(store.current.network.address_filter)
        self._watchers: list[Callable[[], None]] = []
        store.watch(self._changed)

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` whenever other addresses are admitted than before."""
        self._watchers.append(watcher)

    def admits(self, host: str) -> bool:
        """Whether a peer may connect; one without a readable address may not while there are rules."""
        return self._rules.admit(host)

    def told(self) -> IPAddressFilter:
        """The filter in the standard's form."""
        settings = self._store.current.network.address_filter
        networks = [each.split("/") for each in settings.networks]
        return IPAddressFilter(
            type=IPAddressFilterType.ALLOW if settings.is_allow else IPAddressFilterType.DENY,
            ipv4_addresses=tuple(
                PrefixedIPv4Address(address=address, prefix_length=int(bits))
                for address, bits in networks
                if ":" not in address
            ),
            ipv6_addresses=tuple(
                PrefixedIPv6Address(address=address, prefix_length=int(bits))
                for address, bits in networks
                if ":" in address
            ),
        )

    async def replace(self, wanted: IPAddressFilter, peer: str) -> None:
        """Set type and list; raises InvalidIPv4Address, InvalidIPv6Address, OperationProhibited."""
        networks = _checked(wanted)
        if len(networks) > NETWORKS_MOST:
            raise InvalidArgVal(f"{len(networks)} addresses, {NETWORKS_MOST} fit")
        is_allow = wanted.type is IPAddressFilterType.ALLOW
        await self._set(lambda _: FilterSettings(is_allow=is_allow, networks=networks), peer)

    async def add(self, wanted: IPAddressFilter, peer: str) -> None:
        """Add to the list; the type stays. Raises IPFilterListIsFull besides what `replace` raises."""
        added = _checked(wanted)

        def edit(now: FilterSettings) -> FilterSettings:
            networks = tuple(dict.fromkeys((*now.networks, *added)))
            if len(networks) > NETWORKS_MOST:
                raise IPFilterListIsFull(f"{len(networks)} addresses, {NETWORKS_MOST} fit")
            return msgspec.structs.replace(now, networks=networks)

        await self._set(edit, peer)

    async def remove(self, wanted: IPAddressFilter, peer: str) -> None:
        """Take from the list, all or none; raises NoIPv4Address and NoIPv6Address besides."""
        gone = _checked(wanted)

        def edit(now: FilterSettings) -> FilterSettings:
            for each in gone:
                if each not in now.networks:
                    fault = NoIPv6Address if ":" in each else NoIPv4Address
                    raise fault(f"{each} is not in the filter")
            left = tuple(each for each in now.networks if each not in gone)
            return msgspec.structs.replace(now, networks=left)

        await self._set(edit, peer)

    async def _set(self, edit: Callable[[FilterSettings], FilterSettings], peer: str) -> None:
        def edited(document: Settings) -> Settings:
            after = edit(document.network.address_filter)
            if not _Rules(after).admit(peer):
                raise OperationProhibited(f"this filter would shut out {peer}, who is setting it")
            network = msgspec.structs.replace(document.network, address_filter=after)
            return msgspec.structs.replace(document, network=network)

        await self._store.change(edited)

    def _changed(self, before: Settings, after: Settings) -> None:
        if before.network.address_filter == after.network.address_filter:
            return
        self._rules = _Rules(after.network.address_filter)
        for watcher in self._watchers:
            watcher()


class _Rules:
    """A filter that has been read once, for many peers."""

    def __init__(self, settings: FilterSettings) -> None:
        self._is_allow = settings.is_allow
        self._networks: tuple[_Network, ...] = tuple(
            ipaddress.ip_network(each, strict=False) for each in settings.networks
        )

    def admit(self, host: str) -> bool:
        if not self._networks:
            return not self._is_allow
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return False
        is_listed = any(address in each for each in self._networks if each.version == address.version)
        return is_listed is self._is_allow


def _checked(wanted: IPAddressFilter) -> tuple[str, ...]:
    v4 = [
        _network(each.address, each.prefix_length, InvalidIPv4Address, ipaddress.IPv4Address, 32)
        for each in wanted.ipv4_addresses
    ]
    v6 = [
        _network(each.address, each.prefix_length, InvalidIPv6Address, ipaddress.IPv6Address, 128)
        for each in wanted.ipv6_addresses
    ]
    return tuple(dict.fromkeys((*v4, *v6)))


def _network(
    address: str,
    prefix_bits: int,
    fault: type[InvalidIPv4Address | InvalidIPv6Address],
    read: Callable[[str], ipaddress.IPv4Address | ipaddress.IPv6Address],
    most_bits: int,
) -> str:
    try:
        found = read(address.strip())
    except ValueError as error:
        raise fault(f"{address[:64]!r} is no address of this family") from error
    if "%" in str(found) or not 0 <= prefix_bits <= most_bits:
        raise fault(f"{address[:64]}/{prefix_bits} is no network: a prefix has 0 to {most_bits} bits")
    return f"{found}/{prefix_bits}"
