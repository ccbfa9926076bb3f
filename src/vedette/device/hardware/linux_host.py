"""A Linux host that is set through its own services; what has no service here stays as it is."""

from collections.abc import Callable

from vedette.base.clock import Clock
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import (
    Chapter,
    ClockFixed,
    HostnameState,
    InterfaceState,
    ServerState,
    SettingsEdit,
    unchanged,
)
from vedette.device.hardware.system_bus import Bus, read_property
from vedette.device.hardware.virtual_host import shown_interface
from vedette.device.network import HostNetwork, NetworkUnreadable
from vedette.device.settings.network import (
    DynamicNameSettings,
    InterfaceSettings,
    NameServerSettings,
    TimeServerSettings,
)
from vedette.device.settings.store import SettingsStore

HOSTNAME = "org.freedesktop.hostname1"
TIMEDATE = "org.freedesktop.timedate1"
_HOSTNAME_PATH = "/org/freedesktop/hostname1"
_TIMEDATE_PATH = "/org/freedesktop/timedate1"
CLOCK_TOLERANCE_US = 5_000_000


class LinuxHost:
    """The machine itself: its name by hostname1, its clock by timedate1, the rest read from its files.

    Source: systemd, org.freedesktop.hostname1(5) and org.freedesktop.timedate1(5).
    """

    time_servers_most: int = 0

    def __init__(
        self,
        bus: Bus,
        machine: HostNetwork,
        clock: Clock,
        settable: frozenset[Chapter],
        machine_name: Callable[[], str],
        store: SettingsStore,
    ) -> None:
        self._store = store
        self._bus = bus
        self._machine = machine
        self._clock = clock
        self._machine_name = machine_name
        self.settable = settable

    @classmethod
    async def found(
        cls,
        bus: Bus,
        machine: HostNetwork,
        clock: Clock,
        *,
        machine_name: Callable[[], str],
        store: SettingsStore,
    ) -> "LinuxHost":
        """The host with what its services can set; raises HardwareFailed."""
        services = {HOSTNAME: Chapter.NAME, TIMEDATE: Chapter.CLOCK}
        settable = frozenset([chapter for name, chapter in services.items() if await bus.has(name)])
        return cls(bus, machine, clock, settable, machine_name, store)

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
        """Those of resolv.conf."""
        return ServerState(manual=self._machine.name_servers(), search_domains=self._machine.search_domains())

    async def set_name_servers(self, wanted: NameServerSettings) -> None:
        """Not offered."""
        raise _unsettable(Chapter.NAME_SERVERS)

    async def time_servers(self) -> ServerState:
        """Those that the machine's configuration names."""
        return ServerState(manual=self._machine.time_servers())

    async def set_time_servers(self, wanted: TimeServerSettings) -> None:
        """Not offered."""
        raise _unsettable(Chapter.TIME_SERVERS)

    async def follows_time_server(self) -> bool:
        """What timedate1 says, else whether any time server is configured."""
        if Chapter.CLOCK not in self.settable:
            return bool(self._machine.time_servers())
        return bool(await read_property(self._bus, TIMEDATE, _TIMEDATE_PATH, TIMEDATE, "NTP"))

    async def set_clock(
        self, utc_us: int | None, *, follows_time_server: bool, beside: SettingsEdit = unchanged
    ) -> None:
        """Turn the machine's time client on or off, set the machine's clock, then save what goes with it.

        Raises ClockFixed.
        """
        await self._move_clock(utc_us, follows_time_server=follows_time_server)
        await self._store.change(beside)

    async def _move_clock(self, utc_us: int | None, *, follows_time_server: bool) -> None:
        if Chapter.CLOCK not in self.settable:
            self._check_unmoved(utc_us)
            if follows_time_server is not bool(self._machine.time_servers()):
                raise ClockFixed("what the host's clock follows cannot be chosen here")
            return
        if await self.follows_time_server() is not follows_time_server:
            member = f"{TIMEDATE}.SetNTP"
            await self._bus.call(
                TIMEDATE,
                _TIMEDATE_PATH,
                member,
                "bb",
                follows_time_server,
                False,  # noqa: FBT003 (D-Bus: nobody is there to be asked for a password)
            )
        if utc_us is not None and not follows_time_server:
            member = f"{TIMEDATE}.SetTime"
            await self._bus.call(TIMEDATE, _TIMEDATE_PATH, member, "xbb", utc_us, False, False)  # noqa: FBT003

    async def correct_clock(self, offset_us: int) -> bool:
        """The machine's own time client corrects it: say whether it is near enough."""
        return abs(offset_us) <= CLOCK_TOLERANCE_US

    async def dynamic_name(self) -> DynamicNameSettings:
        """Nobody registers the name."""
        return DynamicNameSettings()

    async def set_dynamic_name(self, wanted: DynamicNameSettings) -> None:
        """Not offered."""
        raise _unsettable(Chapter.DYNAMIC_NAME)

    async def gateways(self) -> tuple[str, ...]:
        """Those of the kernel."""
        return self._machine.gateways()

    async def set_gateways(self, wanted: tuple[str, ...]) -> None:
        """Not offered."""
        raise _unsettable(Chapter.GATEWAYS)

    async def interfaces(self) -> tuple[InterfaceState, ...]:
        """Those of the kernel; raises HardwareFailed."""
        try:
            real = self._machine.interfaces()
        except NetworkUnreadable as error:
            raise HardwareFailed(str(error)) from error
        return tuple(shown_interface(each, InterfaceSettings(token=each.name)) for each in real)

    async def set_interface(self, wanted: InterfaceSettings) -> None:
        """Not offered."""
        raise _unsettable(Chapter.INTERFACES)

    async def set_zero_configuration(self, token: str, *, is_on: bool) -> None:
        """Not offered."""
        raise _unsettable(Chapter.ZERO_CONFIGURATION)

    def _check_unmoved(self, utc_us: int | None) -> None:
        ahead_us = 0 if utc_us is None else utc_us - self._clock.utc_us()
        if abs(ahead_us) > CLOCK_TOLERANCE_US:
            raise ClockFixed(f"the host's clock cannot be set here by {ahead_us / 1e6:.0f} s")


def _unsettable(chapter: Chapter) -> HardwareFailed:
    return HardwareFailed(f"this host's {chapter.value} cannot be set from here")
