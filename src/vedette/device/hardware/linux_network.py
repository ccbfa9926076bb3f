"""The network of a Linux host, set through whichever network service manages its links."""

import asyncio
import ipaddress
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import Chapter, ServerState
from vedette.device.hardware.linux_plan import LinkPlan, planned
from vedette.device.network import HostInterface, HostNetwork, NetworkUnreadable
from vedette.device.settings.network import InterfaceSettings, NameServerSettings, Prefixed

_log = logging.getLogger(__name__)

ANSWER_S = 1.0  # from a setting to its taking effect: the answer still leaves by the old address


class LinkService(Protocol):
    """A network service. What it refuses raises HardwareFailed, and then nothing has changed."""

    @property
    def settable(self) -> frozenset[Chapter]:
        """What this program may have it do."""
        ...

    @property
    def separates_dhcpv6(self) -> bool:
        """Whether it can heed router advertisements and not ask DHCPv6, and the other way round."""
        ...

    async def plans(self) -> dict[str, LinkPlan]:
        """The plans of the links it manages, by name."""
        ...

    async def keep(self, plan: LinkPlan) -> None:
        """Write a plan down for good; the link stays as it is until `enforce`."""
        ...

    async def enforce(self, token: str) -> None:
        """Make a link what its plan says."""
        ...

    async def given_name_servers(self, token: str) -> tuple[str, ...]:
        """The name servers that DHCP and routers gave on a link."""
        ...


class LinuxNetwork:
    """Reads and changes plans. A change is kept before it is answered, and takes effect a little later."""

    def __init__(
        self,
        service: LinkService,
        machine: HostNetwork,
        answer_s: float = ANSWER_S,
        *,
        prepare: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        """`prepare` is awaited before a link is made to follow its plan; it may raise HardwareFailed."""
        self._prepare = prepare
        self._service = service
        self._machine = machine
        self._answer_s = answer_s
        self._due: set[str] = set()
        self._kept: dict[str, LinkPlan] = {}
        self._enforcing: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()  # a plan is changed as whoever came before has left it

    @property
    def settable(self) -> frozenset[Chapter]:
        """What can be set."""
        return self._service.settable

    async def plans(self) -> dict[str, LinkPlan]:
        """The plans of the links that are managed: also those that are kept and not yet enforced."""
        found = await self._service.plans()
        return found | {token: plan for token, plan in self._kept.items() if token in found}

    async def set_interface(self, wanted: InterfaceSettings) -> None:
        """Change a link's plan."""
        async with self._turn:
            before = (await self.plans()).get(wanted.token)
            if before is None:
                raise HardwareFailed(f"{wanted.token} is not managed by the machine's network service")
            real = self._real(wanted.token)
            after = planned(before, wanted, real, separates_dhcpv6=self._service.separates_dhcpv6)
            if before.ipv4_dhcp and not after.ipv4_dhcp and not after.gateways_of(4):
                after = self._with_gateway(after)
            await self._keep([(before, after)])

    async def set_zero_configuration(self, token: str, *, is_on: bool) -> None:
        """Give a link a link-local IPv4 address, or take it away."""
        async with self._turn:
            before = (await self.plans()).get(token)
            if before is None:
                raise HardwareFailed(f"{token} is not managed by the machine's network service")
            await self._keep([(before, msgspec.structs.replace(before, has_zero_configuration=is_on))])

    async def name_servers(self) -> ServerState:
        """Those of the link that leads to everywhere."""
        plan = self._main(await self.plans())
        from_dhcp = plan.asks_name_servers_of_dhcp and not plan.name_servers
        return ServerState(
            from_dhcp=from_dhcp,
            manual=plan.name_servers,
            given=await self._service.given_name_servers(plan.token) if from_dhcp else (),
            search_domains=plan.search_domains or self._machine.search_domains(),
        )

    async def set_name_servers(self, wanted: NameServerSettings) -> None:
        """Ask other name servers on that link."""
        async with self._turn:
            before = self._main(await self.plans())
            after = msgspec.structs.replace(
                before,
                name_servers=() if wanted.from_dhcp else wanted.manual,
                search_domains=wanted.search_domains,
                asks_name_servers_of_dhcp=wanted.from_dhcp,
            )
            await self._keep([(before, after)])

    async def gateways(self) -> tuple[str, ...]:
        """Those that were set, else those of the kernel."""
        own = tuple(each for plan in (await self.plans()).values() for each in plan.gateways)
        return own or self._machine.gateways()

    async def set_gateways(self, wanted: tuple[str, ...]) -> None:
        """Give each gateway to the link whose network it is in, and take the others away."""
        async with self._turn:
            plans = await self.plans()
            main = self._main(plans)
            after: dict[str, tuple[str, ...]] = {token: () for token in plans}
            for gateway in wanted:
                near = [each.token for each in plans.values() if self._is_near(gateway, each)]
                token = near[0] if near else main.token
                after[token] = (*after[token], gateway)
            await self._keep(
                [
                    (plan, msgspec.structs.replace(plan, gateways=after[token]))
                    for token, plan in plans.items()
                ]
            )

    async def aclose(self) -> None:
        """Make the links what was answered, without waiting any more."""
        if self._enforcing is not None:
            self._enforcing.cancel()
            await asyncio.gather(self._enforcing, return_exceptions=True)
        await self._enforce()

    async def _keep(self, changes: list[tuple[LinkPlan, LinkPlan]]) -> None:
        """Keep all plans or none."""
        changed = [(before, after) for before, after in changes if before != after]
        kept: list[LinkPlan] = []
        try:
            for before, after in changed:
                await self._service.keep(after)
                kept.append(before)
        except HardwareFailed:
            for before in kept:
                await self._service.keep(before)
            raise
        self._kept |= {after.token: after for _, after in changed}
        self.enforce_soon(*(after.token for _, after in changed))

    def enforce_soon(self, *tokens: str) -> None:
        """Make links what was kept, once what is being asked now is answered."""
        self._due.update(tokens)
        if self._due and (self._enforcing is None or self._enforcing.done()):
            self._enforcing = asyncio.create_task(self._enforce_later(), name="network settings")

    async def _enforce_later(self) -> None:
        await asyncio.sleep(self._answer_s)
        await self._enforce()

    async def _enforce(self) -> None:
        while self._due:
            token = self._due.pop()
            kept = self._kept.get(token)
            try:
                if self._prepare is not None:
                    await self._prepare(token)
                await self._service.enforce(token)
            except HardwareFailed as error:
                _log.error("%s is not yet what was set: %s", token, error)
            except asyncio.CancelledError:
                self._due.add(token)
                raise
            if self._kept.get(token) is kept:  # else it is due once more
                self._kept.pop(token, None)

    def _main(self, plans: dict[str, LinkPlan]) -> LinkPlan:
        """The link that leads to everywhere, else the first; raises HardwareFailed."""
        if not plans:
            raise HardwareFailed("the machine's network service manages no link")
        return plans.get(self._machine.default_interface()) or next(iter(plans.values()))

    def _real(self, token: str) -> HostInterface:
        try:
            found = [each for each in self._machine.interfaces() if each.name == token]
        except NetworkUnreadable as error:
            raise HardwareFailed(str(error)) from error
        if not found:
            raise HardwareFailed(f"the interface {token} is gone")
        return found[0]

    def _is_near(self, gateway: str, plan: LinkPlan) -> bool:
        own = [Prefixed(each.address, each.prefix_bits) for each in self._real(plan.token).addresses]
        return any(_contains(each, gateway) for each in (*plan.ipv4_manual, *plan.ipv6_manual, *own))

    def _with_gateway(self, plan: LinkPlan) -> LinkPlan:
        """A plan with the gateway that DHCP gave, where it is on a network of the link's own addresses."""
        near = tuple(
            gateway
            for gateway in self._machine.gateways()
            if any(_contains(own, gateway) for own in plan.ipv4_manual)
        )
        return msgspec.structs.replace(plan, gateways=(*near[:1], *plan.gateways))


def _contains(own: Prefixed, gateway: str) -> bool:
    network = ipaddress.ip_network(f"{own.address}/{own.prefix_bits}", strict=False)
    return ipaddress.ip_address(gateway) in network and not network.is_link_local
