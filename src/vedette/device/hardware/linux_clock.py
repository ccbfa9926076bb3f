"""The clock of a Linux host: timedate1 sets it, timesync1 says whom it follows."""

from vedette.base.clock import Clock
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import CLOCK_TOLERANCE_US, Chapter, ClockFixed, ServerState
from vedette.device.hardware.system_bus import Bus, read_properties, read_property
from vedette.device.network import HostNetwork
from vedette.device.settings.network import TimeServerSettings

TIMEDATE = "org.freedesktop.timedate1"
TIMESYNC = "org.freedesktop.timesync1"
SERVERS_MOST = 8
_TIMEDATE_PATH = "/org/freedesktop/timedate1"
_TIMESYNC_PATH = "/org/freedesktop/timesync1"
_MANAGER = f"{TIMESYNC}.Manager"
_ALONE = False  # nobody is there to be asked for a password


class LinuxClock:
    """The machine's clock, as far as its services let it be set.

    Source: systemd, org.freedesktop.timedate1(5) and org.freedesktop.timesync1(5).
    """

    def __init__(self, bus: Bus, machine: HostNetwork, clock: Clock, settable: frozenset[Chapter]) -> None:
        self._bus = bus
        self._machine = machine
        self._clock = clock
        self.settable = settable

    @classmethod
    async def found(cls, bus: Bus, machine: HostNetwork, clock: Clock) -> "LinuxClock":
        """The clock with what can be set; raises HardwareFailed."""
        settable = set()
        actions = (f"{TIMEDATE}.set-time", f"{TIMEDATE}.set-ntp")
        if await bus.has(TIMEDATE) and all([await bus.allows(each) for each in actions]):
            settable.add(Chapter.CLOCK)
        if await bus.has(TIMESYNC) and await bus.allows(f"{TIMESYNC}.set-runtime-servers"):
            settable.add(Chapter.TIME_SERVERS)
        return cls(bus, machine, clock, frozenset(settable))

    async def servers(self, wanted: TimeServerSettings | None) -> ServerState:
        """Those that clients set, else those that the machine's configuration names."""
        runs = Chapter.TIME_SERVERS in self.settable and await self._bus.runs(TIMESYNC)
        said = await read_properties(self._bus, TIMESYNC, _TIMESYNC_PATH, _MANAGER) if runs else {}
        if wanted is None:
            return ServerState(manual=tuple(said.get("SystemNTPServers", ())) or self._machine.time_servers())
        given = tuple(said.get("LinkNTPServers", ())) if wanted.from_dhcp else ()
        return ServerState(from_dhcp=wanted.from_dhcp, manual=wanted.manual, given=given)

    async def follow(self, wanted: TimeServerSettings | None) -> None:
        """Have the time client follow these servers, if it runs: it forgets them when it ends."""
        if wanted is None or Chapter.TIME_SERVERS not in self.settable or not await self._bus.runs(TIMESYNC):
            return
        servers = [] if wanted.from_dhcp else list(wanted.manual)
        method = f"{_MANAGER}.SetRuntimeNTPServers"
        await self._bus.call(TIMESYNC, _TIMESYNC_PATH, method, "as", servers)

    async def follows_server(self) -> bool:
        """What timedate1 says, else whether any time server is configured."""
        if Chapter.CLOCK not in self.settable:
            return bool(self._machine.time_servers())
        return bool(await read_property(self._bus, TIMEDATE, _TIMEDATE_PATH, TIMEDATE, "NTP"))

    async def set(self, utc_us: int | None, *, follows_server: bool) -> None:
        """Turn the time client on or off, and set the clock; raises ClockFixed.

        Where the clock cannot be set, the time client is as it was before.
        """
        if Chapter.CLOCK not in self.settable:
            self._check_unmoved(utc_us)
            if follows_server is not bool(self._machine.time_servers()):
                raise ClockFixed("what the host's clock follows cannot be chosen here")
            return
        followed = await self.follows_server()
        if followed is not follows_server:
            await self._call("SetNTP", "bb", follows_server, _ALONE)
        if utc_us is None or follows_server:
            return
        try:
            await self._call("SetTime", "xbb", utc_us, _ALONE, _ALONE)
        except HardwareFailed:
            if followed:
                await self._call("SetNTP", "bb", followed, _ALONE)
            raise

    async def _call(self, method: str, signature: str, *arguments: object) -> None:
        await self._bus.call(TIMEDATE, _TIMEDATE_PATH, f"{TIMEDATE}.{method}", signature, *arguments)

    def _check_unmoved(self, utc_us: int | None) -> None:
        ahead_us = 0 if utc_us is None else utc_us - self._clock.utc_us()
        if abs(ahead_us) > CLOCK_TOLERANCE_US:
            raise ClockFixed(f"the host's clock cannot be set here by {ahead_us / 1e6:.0f} s")
