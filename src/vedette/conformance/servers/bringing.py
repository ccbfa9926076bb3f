"""The surroundings of a device as the tester completes them with servers of its own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from vedette.base.clock import Clock
from vedette.conformance.servers.leases import giving_ipv4, giving_ipv6
from vedette.conformance.servers.names_and_time import serving_names, serving_time
from vedette.conformance.servers.routing import PREFIX, advertising
from vedette.conformance.servers.way import way_to
from vedette.conformance.surroundings import (
    DHCP_SERVER,
    DHCPV6_SERVER,
    IPV6_LINK,
    ROUTER,
    TIME_SERVER,
    FoundSurroundings,
    Lease,
    Served,
)
from vedette.conformance.verdicts import CaseNotRun
from vedette.protocols.router_advertisement import Advertisement

BRINGABLE = (TIME_SERVER, DHCP_SERVER, DHCPV6_SERVER, ROUTER)


class BroughtSurroundings(FoundSurroundings):
    """What is found, and `brought`, of BRINGABLE, by the tester itself, on its way to `host`.

    The servers of addresses serve the device alone, by its hardware address.
    """

    def __init__(
        self,
        host: str,
        clock: Clock,
        brought: frozenset[str],
        had: frozenset[str] = frozenset(),
        *,
        time_server_address: str = "",
        spare_address: str = "",
        firmware: bytes = b"",
    ) -> None:
        super().__init__(
            had,
            time_server_address=time_server_address,
            spare_address=spare_address,
            firmware=firmware,
        )
        self._host = host
        self._clock = clock
        self._brought = brought - super().met

    @property
    def met(self) -> frozenset[str]:
        """See `Surroundings`."""
        try:
            has_ipv6 = way_to(self._host).has_ipv6
        except CaseNotRun:
            has_ipv6 = False
        return super().met | self._brought | ({IPV6_LINK} if has_ipv6 else set())

    @asynccontextmanager
    async def time_server(self) -> AsyncIterator[Served]:
        """See `Surroundings`."""
        if TIME_SERVER not in self._brought:
            async with super().time_server() as served:
                yield served
            return
        served = Served(address=way_to(self._host).address, is_own=True)
        async with serving_time(served, self._clock):
            yield served

    @asynccontextmanager
    async def dhcp_server(self, lease: Lease) -> AsyncIterator[Served]:
        """See `Surroundings`."""
        if DHCP_SERVER not in self._brought:
            async with super().dhcp_server(lease) as served:
                yield served
            return
        way = way_to(self._host)
        if not way.ipv4:
            raise CaseNotRun(f"{way.interface} of this machine has no IPv4 address")
        served = Served(address=way.ipv4, is_own=True)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(serving_names(served))
            await stack.enter_async_context(serving_time(Served(address=way.ipv4), self._clock))
            await stack.enter_async_context(giving_ipv4(served, lease, way))
            yield served

    @asynccontextmanager
    async def dhcpv6_server(self, hardware_address: str) -> AsyncIterator[Served]:
        """See `Surroundings`."""
        if DHCPV6_SERVER not in self._brought:
            async with super().dhcpv6_server(hardware_address) as served:
                yield served
            return
        way = way_to(self._host)
        served = Served(is_own=True)
        managed = Advertisement(is_managed=True)  # many ask for addresses only where a router says so
        async with giving_ipv6(served, hardware_address, way), advertising(managed, hardware_address, way):
            yield served

    @asynccontextmanager
    async def router(self, hardware_address: str) -> AsyncIterator[Served]:
        """See `Surroundings`."""
        if ROUTER not in self._brought:
            async with super().router(hardware_address) as served:
                yield served
            return
        told = Advertisement(prefixes=(PREFIX,))
        async with advertising(told, hardware_address, way_to(self._host)):
            yield Served(is_own=True, given=[str(PREFIX)])
