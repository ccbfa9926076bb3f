"""The device's clock as clients see and set it, and the time server it is held against."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from vedette.base.clock import Clock
from vedette.base.timestamps import datetime_from_utc_us, utc_us_from_datetime
from vedette.client.ntp import NoTimeAnswer
from vedette.contract.faults import (
    Action,
    InvalidDateTime,
    InvalidTimeZone,
    NtpServerUndefined,
    OperationProhibited,
)
from vedette.contract.schema.system import SetDateTimeType, SystemDateTime, TimeZone
from vedette.contract.schema.values import Date, DateTime, Time
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import ClockFixed, Host
from vedette.device.network_names import answered
from vedette.device.posix_zone import InvalidZone, has_summer_time, host_zone, local_time, zone_of
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.protocols.ntp import Measurement

_log = logging.getLogger(__name__)

CHECK_S = 256.0  # RFC 5905 §7.2: between the shortest and the longest interval to ask at
RETRY_S = 32.0
FIRST_YEAR, LAST_YEAR = 1970, 2099

AskTime = Callable[[str, Clock], Awaitable[Measurement]]


class DeviceClock:
    """The device's civil time: the host's clock, shown in a zone that clients may choose.

    Source: Core, GetSystemDateAndTime and SetSystemDateAndTime (26.06 §8.3.6-§8.3.7).
    """

    def __init__(self, store: SettingsStore, clock: Clock, host: Host) -> None:
        self._store = store
        self._clock = clock
        self._host = host
        self._host_zone = host_zone()
        self._watchers: list[Callable[[int], None]] = []
        self._woken = asyncio.Event()
        self._times_set = 0  # by clients, or about to be

    @property
    def time_zone(self) -> str:
        """The zone in POSIX notation."""
        return self._store.current.system.time_zone or self._host_zone

    def watch(self, watcher: Callable[[int], None]) -> None:
        """Call `watcher` with the time (UTC, µs) whenever the clock was set or found to be right."""
        self._watchers.append(watcher)

    async def now(self) -> SystemDateTime:
        """What the clock shows."""
        follows = await answered(self._host.follows_time_server())
        system = self._store.current.system
        utc = datetime_from_utc_us(self._clock.utc_us())
        zone = zone_of(self.time_zone, daylight_savings=system.daylight_savings)
        return SystemDateTime(
            date_time_type=SetDateTimeType.NTP if follows else SetDateTimeType.MANUAL,
            # Where there is none it is off: some clients take the flag for an hour of difference.
            daylight_savings=system.daylight_savings and has_summer_time(self.time_zone),
            time_zone=TimeZone(tz=self.time_zone),
            utc_date_time=_parts(utc),
            local_date_time=_parts(local_time(utc, zone)),
        )

    async def set(
        self,
        source: SetDateTimeType,
        *,
        daylight_savings: bool,
        time_zone: str | None,
        utc: DateTime | None,
    ) -> None:
        """Choose source, zone and summer time, and set the time of a clock that follows no server.

        Raises InvalidTimeZone, InvalidDateTime, NtpServerUndefined, and OperationProhibited where the
        time is the host's and another than the wanted one, Action where the host refuses.
        """
        if time_zone is not None:
            try:
                zone_of(time_zone)
            except InvalidZone as error:
                raise InvalidTimeZone(str(error)) from error
        follows = source is SetDateTimeType.NTP
        if follows:
            servers = await answered(self._host.time_servers())
            if not servers.in_use and not servers.from_dhcp:
                raise NtpServerUndefined("there is no time server to follow")
        utc_us = None if follows or utc is None else _instant_us(utc)

        def edit(document: Settings) -> Settings:
            before = document.system
            zone = before.time_zone if time_zone is None else time_zone
            system = msgspec.structs.replace(before, time_zone=zone, daylight_savings=daylight_savings)
            return msgspec.structs.replace(document, system=system)

        self._times_set += 1
        try:
            await self._host.set_clock(utc_us, follows_time_server=follows, beside=edit)
        except ClockFixed as error:
            raise OperationProhibited(str(error)) from error
        except HardwareFailed as error:
            raise Action(str(error)) from error

        self._woken.set()
        if utc_us is not None:
            self._synchronized()

    def wake(self) -> None:
        """Ask the time servers now: there may be others."""
        self._woken.set()

    async def run(self, ask: AskTime) -> None:
        """Hold the clock against the time servers while it follows them, until cancelled."""
        while True:
            self._woken.clear()
            try:
                is_right = await self._checked(ask)
            except HardwareFailed as error:
                _log.warning("the clock is not looked after: %s", error)
                is_right = False
            try:
                async with asyncio.timeout(CHECK_S if is_right else RETRY_S):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def _checked(self, ask: AskTime) -> bool:
        """Whether it need not be looked at again soon. What was found before a client set it is void."""
        times_set = self._times_set
        if not await self._host.follows_time_server():
            return True
        for server in (await self._host.time_servers()).in_use:
            try:
                found = await ask(server, self._clock)
            except NoTimeAnswer as error:
                _log.info("%s", error)
                continue
            if self._times_set != times_set:
                return False
            _log.debug("time server %s: %d µs ahead", server, found.offset_us)
            if await self._host.correct_clock(found.offset_us):
                self._synchronized()
                return True
            _log.warning("the clock is %.1f s off %s's", found.offset_us / -1_000_000, server)
            return False
        return False

    def _synchronized(self) -> None:
        for watcher in self._watchers:
            watcher(self._clock.utc_us())


def _instant_us(utc: DateTime) -> int:
    date, time = utc.date, utc.time
    try:
        if not FIRST_YEAR <= date.year <= LAST_YEAR:
            raise ValueError(f"the year {date.year} is not from {FIRST_YEAR} to {LAST_YEAR}")
        moment = datetime.fromisoformat(
            f"{date.year:04}-{date.month:02}-{date.day:02}T"
            f"{time.hour:02}:{time.minute:02}:{min(time.second, 59):02}+00:00"
        )
    except ValueError as error:
        raise InvalidDateTime(f"{date} {time} is no time: {error}") from error
    if not 0 <= time.second <= 60:  # 60 is a leap second
        raise InvalidDateTime(f"second {time.second}")
    return utc_us_from_datetime(moment)


def _parts(moment: datetime) -> DateTime:
    return DateTime(
        time=Time(hour=moment.hour, minute=moment.minute, second=moment.second),
        date=Date(year=moment.year, month=moment.month, day=moment.day),
    )
