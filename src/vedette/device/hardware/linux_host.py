"""A Linux host that is set through its own services; what has no service here stays as it is."""

from collections.abc import Callable

import msgspec

from vedette.base.clock import Clock
from vedette.contract.schema.network import DynamicDNSType
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import (
    CLOCK_TOLERANCE_US,
    Chapter,
    HostnameState,
    InterfaceState,
    ServerState,
    SettingsEdit,
    unchanged,
)
from vedette.device.hardware.linux_clock import SERVERS_MOST, LinuxClock
from vedette.device.hardware.linux_network import LinkService, LinuxNetwork
from vedette.device.hardware.linux_networkd import Networkd
from vedette.device.hardware.linux_networkmanager import NetworkManager
from vedette.device.hardware.linux_plan import shown
from vedette.device.hardware.linux_wireless import LinuxRadio
from vedette.device.hardware.system_bus import Bus, read_property
from vedette.device.hardware.virtual_host import shown_interface
from vedette.device.network import HostNetwork, NetworkUnreadable
from vedette.device.settings.document import Settings
from vedette.device.settings.network import (
    DynamicNameSettings,
    InterfaceSettings,
    NameServerSettings,
    NetworkSettings,
    TimeServerSettings,
)
from vedette.device.settings.store import SettingsNotSaved, SettingsStore
from vedette.security.passwords import Vault

HOSTNAME = "org.freedesktop.hostname1"
_HOSTNAME_PATH = "/org/freedesktop/hostname1"


class LinuxHost:
    """The machine itself: name, clock, time servers and links, each as far as a service sets it.

    What the services do not remember over a restart, the settings document does. Source: systemd,
    org.freedesktop.hostname1(5).
    """

    def __init__(
        self,
        bus: Bus,
        machine: HostNetwork,
        store: SettingsStore,
        clock: LinuxClock,
        links: LinuxNetwork | None,
        *,
        machine_name: Callable[[], str],
        may_name: bool,
        radio: LinuxRadio | None = None,
    ) -> None:
        self.radio = radio
        self._bus = bus
        self._machine = machine
        self._store = store
        self._clock = clock
        self._links = links
        self._machine_name = machine_name
        self.settable: frozenset[Chapter] = (
            clock.settable
            | {Chapter.DYNAMIC_NAME}
            | (links.settable if links is not None else frozenset())
            | (frozenset((Chapter.NAME,)) if may_name else frozenset())
        )
        if radio is not None and Chapter.INTERFACES in self.settable:
            self.settable |= {Chapter.WIRELESS}
            store.watch(self._follow_port_access)

    @classmethod
    async def found(
        cls,
        bus: Bus,
        machine: HostNetwork,
        clock: Clock,
        *,
        machine_name: Callable[[], str],
        store: SettingsStore,
        vault: Vault,
    ) -> "LinuxHost":
        """The host with what its services can set; raises HardwareFailed."""
        manager = await NetworkManager.found(bus)
        radio = None if manager is None else LinuxRadio(manager, store, vault)
        if radio is not None and not await radio.tokens():
            radio = None
        service: LinkService | None = manager or await Networkd.found(bus)
        prepare = None if radio is None else radio.agree
        made = cls(
            bus,
            machine,
            store,
            await LinuxClock.found(bus, machine, clock),
            None if service is None else LinuxNetwork(service, machine, prepare=prepare),
            machine_name=machine_name,
            may_name=await bus.has(HOSTNAME) and await bus.allows(f"{HOSTNAME}.set-static-hostname"),
            radio=radio,
        )
        await made._clock.follow(store.current.network.time_servers)
        return made

    @property
    def time_servers_most(self) -> int:
        """How many time servers fit; 0 where they cannot be set."""
        return SERVERS_MOST if Chapter.TIME_SERVERS in self.settable else 0

    async def aclose(self) -> None:
        """Finish what was answered."""
        if self._links is not None:
            await self._links.aclose()

    async def hostname(self) -> HostnameState:
        """The static name, else the one the kernel has."""
        if Chapter.NAME not in self.settable:
            return HostnameState(name=self._machine_name())
        name = await read_property(self._bus, HOSTNAME, _HOSTNAME_PATH, HOSTNAME, "StaticHostname")
        return HostnameState(name=name or self._machine_name())

    async def set_hostname(self, name: str) -> None:
        """Set the static name; the service changes the kernel's with it."""
        member = f"{HOSTNAME}.SetStaticHostname"
        await self._bus.call(HOSTNAME, _HOSTNAME_PATH, member, "sb", name, False)  # noqa: FBT003 (D-Bus)

    async def name_by_dhcp(self, *, wanted: bool) -> None:
        """Not offered: no service does it."""
        raise _unsettable(Chapter.NAME_BY_DHCP)

    async def name_servers(self) -> ServerState:
        """Those of the network service, else of resolv.conf."""
        if Chapter.NAME_SERVERS in self.settable:
            return await self._network.name_servers()
        return ServerState(manual=self._machine.name_servers(), search_domains=self._machine.search_domains())

    async def set_name_servers(self, wanted: NameServerSettings) -> None:
        """Have the network service ask other name servers."""
        await self._network.set_name_servers(wanted)

    async def time_servers(self) -> ServerState:
        """Those that were set, else those that the machine's configuration names."""
        return await self._clock.servers(self._store.current.network.time_servers)

    async def set_time_servers(self, wanted: TimeServerSettings) -> None:
        """Have the time client follow other servers, now and after every restart."""
        before = self._store.current.network.time_servers
        await self._clock.follow(wanted)
        try:
            await self._change(lambda now: msgspec.structs.replace(now, time_servers=wanted))
        except SettingsNotSaved:
            await self._clock.follow(before)
            raise

    async def follows_time_server(self) -> bool:
        """Whether the time client is on."""
        return await self._clock.follows_server()

    async def set_clock(
        self, utc_us: int | None, *, follows_time_server: bool, beside: SettingsEdit = unchanged
    ) -> None:
        """Turn the machine's time client on or off, set the machine's clock, then save what goes with it.

        Raises ClockFixed.
        """
        await self._clock.set(utc_us, follows_server=follows_time_server)
        if follows_time_server:
            await self._clock.follow(self._store.current.network.time_servers)
        await self._store.change(beside)

    async def correct_clock(self, offset_us: int) -> bool:
        """The machine's own time client corrects it: say whether it is near enough."""
        return abs(offset_us) <= CLOCK_TOLERANCE_US

    async def dynamic_name(self) -> DynamicNameSettings:
        """What was set: this program registers the name itself, or nobody does."""
        return self._store.current.network.dynamic_name

    async def set_dynamic_name(self, wanted: DynamicNameSettings) -> None:
        """Keep it; raises HardwareFailed for a registration by the DHCP server, which nobody asks here."""
        if wanted.kind == DynamicDNSType.SERVER_UPDATES.value:
            raise HardwareFailed("this host's DHCP client does not have names registered")
        await self._change(lambda now: msgspec.structs.replace(now, dynamic_name=wanted))

    async def gateways(self) -> tuple[str, ...]:
        """Those that were set, else those of the kernel."""
        if self._links is not None:
            return await self._links.gateways()
        return self._machine.gateways()

    async def set_gateways(self, wanted: tuple[str, ...]) -> None:
        """Use other gateways."""
        await self._network.set_gateways(wanted)

    async def interfaces(self) -> tuple[InterfaceState, ...]:
        """Those of the kernel, with what they were set to; raises HardwareFailed."""
        try:
            real = sorted(self._machine.interfaces(), key=lambda each: not each.is_up)
        except NetworkUnreadable as error:
            raise HardwareFailed(str(error)) from error
        plans = {} if self._links is None else await self._links.plans()
        kept = self._store.current.network
        return tuple(
            shown(each, plans[each.name], kept.interface(each.name).wireless)
            if each.name in plans
            else shown_interface(each, InterfaceSettings(token=each.name))
            for each in real
        )

    async def set_interface(self, wanted: InterfaceSettings) -> None:
        """Change what is said of a link; it holds a moment after the answer."""
        before = self._store.current.network.interface(wanted.token).wireless
        if self.radio is None or wanted.wireless == before:
            await self._network.set_interface(wanted)
            return
        await self.radio.keep(wanted.token, wanted.wireless)  # what is too much goes when it is enforced
        await self._network.set_interface(wanted)
        joining = InterfaceSettings(token=wanted.token, wireless=wanted.wireless)
        await self._change(lambda now: now.with_interface(joining))
        self._network.enforce_soon(wanted.token)

    async def set_zero_configuration(self, token: str, *, is_on: bool) -> None:
        """Give a link a link-local IPv4 address, or take it away."""
        await self._network.set_zero_configuration(token, is_on=is_on)

    @property
    def _network(self) -> LinuxNetwork:
        if self._links is None:
            raise _unsettable(Chapter.INTERFACES)
        return self._links

    def _follow_port_access(self, before: Settings, after: Settings) -> None:
        """Networks that are joined by 802.1X are joined anew when what they prove themselves with changes."""
        if self._links is None or before.network.port_access == after.network.port_access:
            return
        users = [
            own.token for own in after.network.interfaces if any(each.port_access for each in own.wireless)
        ]
        self._links.enforce_soon(*users)

    async def _change(self, edit: Callable[[NetworkSettings], NetworkSettings]) -> None:
        def edited(document: Settings) -> Settings:
            return msgspec.structs.replace(document, network=edit(document.network))

        await self._store.change(edited)


def _unsettable(chapter: Chapter) -> HardwareFailed:
    return HardwareFailed(f"this host's {chapter.value} cannot be set from here")
