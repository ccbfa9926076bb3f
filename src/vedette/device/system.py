"""The device's clock and name as clients see and set them; the real ones belong to the host."""

import re
import socket
from datetime import datetime

import msgspec

from vedette.base.clock import Clock
from vedette.base.timestamps import datetime_from_utc_us, utc_us_from_datetime
from vedette.contract.faults import (
    InvalidDateTime,
    InvalidHostname,
    InvalidTimeZone,
    NtpServerUndefined,
    OperationProhibited,
)
from vedette.contract.schema.system import SetDateTimeType, SystemDateTime, TimeZone
from vedette.contract.schema.values import Date, DateTime, Time
from vedette.device.network import HostNetwork
from vedette.device.posix_zone import InvalidZone, host_zone, local_time, zone_of
from vedette.device.settings.store import SettingsStore
from vedette.device.settings.system import SystemSettings

CLOCK_TOLERANCE_S = 5.0  # a client that sets the time that is already there gets its way

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOSTNAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")


class DeviceClock:
    """The device's civil time: the host's clock, shown in a zone that clients may choose.

    Source: Core, GetSystemDateAndTime and SetSystemDateAndTime (26.06 §8.3.6-§8.3.7).
    """

    def __init__(self, store: SettingsStore, clock: Clock, network: HostNetwork) -> None:
        self._store = store
        self._clock = clock
        self._network = network
        self._host_zone = host_zone()

    @property
    def time_zone(self) -> str:
        """The zone in POSIX notation."""
        return self._store.current.system.time_zone or self._host_zone

    @property
    def source(self) -> SetDateTimeType:
        """Where the host has its time from, as far as it says."""
        return SetDateTimeType.NTP if self._network.time_servers() else SetDateTimeType.MANUAL

    def now(self) -> SystemDateTime:
        """What the clock shows."""
        system = self._store.current.system
        utc = datetime_from_utc_us(self._clock.utc_us())
        zone = zone_of(self.time_zone, daylight_savings=system.daylight_savings)
        return SystemDateTime(
            date_time_type=self.source,
            daylight_savings=system.daylight_savings,
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
        """Choose zone and summer time; source and time can only be confirmed, since the host keeps them.

        Raises InvalidTimeZone, InvalidDateTime, NtpServerUndefined and OperationProhibited.
        """
        if time_zone is not None:
            try:
                zone_of(time_zone)
            except InvalidZone as error:
                raise InvalidTimeZone(str(error)) from error
        if source is SetDateTimeType.NTP and not self._network.time_servers():
            raise NtpServerUndefined("the host of this device follows no time server")
        if source is SetDateTimeType.MANUAL:
            self._check_time(utc)
        if source is not self.source:
            raise OperationProhibited("the host of this device follows a time server")

        def edit(system: SystemSettings) -> SystemSettings:
            zone = system.time_zone if time_zone is None else time_zone
            return msgspec.structs.replace(system, time_zone=zone, daylight_savings=daylight_savings)

        await self._store.change(
            lambda document: msgspec.structs.replace(document, system=edit(document.system))
        )

    def _check_time(self, utc: DateTime | None) -> None:
        if utc is None:
            return
        date, time = utc.date, utc.time
        try:
            moment = datetime.fromisoformat(
                f"{date.year:04}-{date.month:02}-{date.day:02}T"
                f"{time.hour:02}:{time.minute:02}:{min(time.second, 59):02}+00:00"
            )
        except ValueError as error:
            raise InvalidDateTime(f"{date} {time} is no time: {error}") from error
        off_s = (utc_us_from_datetime(moment) - self._clock.utc_us()) / 1_000_000
        if abs(off_s) > CLOCK_TOLERANCE_S:
            raise OperationProhibited(f"the clock belongs to the host; it cannot be set by {off_s:.0f} s")


class HostName:
    """The name the device goes by. Source: Core, GetHostname and SetHostname (26.06 §8.2.1-§8.2.2)."""

    def __init__(self, store: SettingsStore) -> None:
        self._store = store

    @property
    def name(self) -> str:
        """The name that was set, else the host's own."""
        return self._store.current.system.hostname or socket.gethostname()

    async def set(self, name: str) -> None:
        """Go by another name; raises InvalidHostname for what RFC 1123 §2.1 does not allow."""
        if not _HOSTNAME.fullmatch(name):
            raise InvalidHostname(f"{name[:253]!r} is no host name")

        await self._store.change(
            lambda document: msgspec.structs.replace(
                document, system=msgspec.structs.replace(document.system, hostname=name)
            )
        )


def _parts(moment: datetime) -> DateTime:
    return DateTime(
        time=Time(hour=moment.hour, minute=moment.minute, second=moment.second),
        date=Date(year=moment.year, month=moment.month, day=moment.day),
    )
