"""Setting names, servers and gateways of the host: checked whole, then done."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from vedette.contract.faults import Action, InvalidArgVal, InvalidHostname, TimeSyncedToNtp
from vedette.contract.schema.network import DynamicDNSType, IPAddress, NetworkHost
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import Chapter, Host
from vedette.device.network_addresses import (
    checked_addresses,
    checked_domains,
    checked_gateways,
    checked_hostname,
    checked_hosts,
    is_name,
)
from vedette.device.settings.network import (
    DynamicNameSettings,
    NameServerSettings,
    TimeServerSettings,
)

TTL_MOST_S = 0x7FFF_FFFF  # RFC 2181 §8

_Told = TypeVar("_Told")


async def answered(work: Awaitable[_Told]) -> _Told:
    """What the host answers; raises Action where it refuses or is not there to be asked."""
    try:
        return await work
    except HardwareFailed as error:
        raise Action(str(error)) from error


class NetworkNames:
    """Sets what the host is called and whom it asks; `changed` is called when it asks other time servers.

    Every method raises Action where the host refuses what was checked.

    Source: Core, SetHostname to SetDynamicDNS, SetNetworkDefaultGateway (26.06 §8.2.2-§8.2.15).
    """

    def __init__(self, host: Host, changed: Callable[[], None]) -> None:
        self._host = host
        self._changed = changed

    async def set_hostname(self, name: str) -> None:
        """Go by another name; raises InvalidHostname. An empty name is taken from DHCP where that goes."""
        if name:
            checked_hostname(name)
        elif Chapter.NAME_BY_DHCP not in self._host.settable:
            raise InvalidHostname("an empty host name, and no DHCP to ask for one")
        await answered(self._host.set_hostname(name))

    async def name_by_dhcp(self, *, wanted: bool) -> None:
        """Take the name from DHCP, or no longer."""
        await answered(self._host.name_by_dhcp(wanted=wanted))

    async def set_name_servers(
        self, manual: tuple[IPAddress, ...], *, search_domains: tuple[str, ...], from_dhcp: bool
    ) -> None:
        """Ask other name servers; raises InvalidIPv4Address, InvalidIPv6Address and InvalidArgVal."""
        wanted = NameServerSettings(
            from_dhcp=from_dhcp,
            search_domains=checked_domains(search_domains),
            manual=checked_addresses(manual),
        )
        await answered(self._host.set_name_servers(wanted))

    async def set_time_servers(self, manual: tuple[NetworkHost, ...], *, from_dhcp: bool) -> None:
        """Follow other time servers.

        Raises InvalidIPv4Address, InvalidIPv6Address, InvalidDnsName, and TimeSyncedToNtp when none
        would be left for a clock that follows one.
        """
        servers = checked_hosts(manual, self._host.time_servers_most)
        if not servers and not from_dhcp and await self._host.follows_time_server():
            raise TimeSyncedToNtp("the clock follows a time server, and none would be left")
        await answered(self._host.set_time_servers(TimeServerSettings(from_dhcp=from_dhcp, manual=servers)))
        self._changed()

    async def dynamic_name(self) -> DynamicNameSettings:
        """Who registers the name."""
        return await self._host.dynamic_name()

    async def set_dynamic_name(
        self, kind: DynamicDNSType, *, name: str | None, ttl: timedelta | None
    ) -> None:
        """Have the name registered, or not; raises InvalidArgVal.

        A device that registers its name itself needs one; for the other kinds it is kept as said.
        """
        if name and not is_name(name):
            raise InvalidArgVal(f"Name {name[:100]!r} is no DNS name")
        if kind is DynamicDNSType.CLIENT_UPDATES and not name:
            raise InvalidArgVal("Name is missing: the device has nothing to register")
        ttl_s = None if ttl is None else round(ttl.total_seconds())
        if ttl_s is not None and not 0 <= ttl_s <= TTL_MOST_S:
            raise InvalidArgVal(f"TTL of {ttl_s} s is not from 0 to {TTL_MOST_S}")
        wanted = DynamicNameSettings(kind=kind.value, name=name or None, ttl_s=ttl_s)
        await answered(self._host.set_dynamic_name(wanted))

    async def set_gateways(self, ipv4: tuple[str, ...], ipv6: tuple[str, ...]) -> None:
        """Use other gateways; raises InvalidGatewayAddress."""
        await answered(self._host.set_gateways(checked_gateways(ipv4, ipv6)))
