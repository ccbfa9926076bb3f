"""What can be read of the machine itself, told as events."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from vedette.base.clock import Clock, ahead_us, until_tick
from vedette.base.timestamps import datetime_from_utc_us
from vedette.contract.topics import Topic
from vedette.contract.topics.device import (
    MONITORING_BACKUP_LAST,
    MONITORING_BATTERY_CAPACITY,
    MONITORING_ENVIRONMENTAL_CONDITIONS_TEMPERATURE,
    MONITORING_OPERATING_TIME_LAST_CLOCK_SYNCHRONIZATION,
    MONITORING_OPERATING_TIME_LAST_REBOOT,
    MONITORING_OPERATING_TIME_LAST_RESET,
    MONITORING_PROCESSOR_USAGE,
)
from vedette.device.events import EventBroker
from vedette.device.host_files import text_below
from vedette.device.sensors import Sensors
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.wire.scalars import write_datetime

INTERVAL_S = 5.0  # over which processor usage is an average; Core 26.06 §8.9.1 recommends it
PROCESSOR = "processor"
POWER = "sys/class/power_supply"
SET_US = 60_000_000  # by which a clock that is more than slewed has been set


class Monitor:
    """Reads every few seconds and publishes what changed. What cannot be read is not declared.

    `root` is where the files lie, other than `/` in tests only. Source: Core, Monitoring Events
    (26.06 §8.9.1, §8.9.4-§8.9.6).
    """

    def __init__(
        self, broker: EventBroker, store: SettingsStore, clock: Clock, root: Path = Path("/")
    ) -> None:
        self._broker = broker
        self._store = store
        self._root = root
        self._clock = clock
        self._began_s = clock.monotonic_s()
        self._began_utc_us = clock.utc_us()
        self._clock_noted_utc_us = 0
        self._ticks = self._processor_ticks()
        self._sensors = Sensors(broker, root)
        self._readings: dict[Topic, Callable[[], str | None]] = {
            MONITORING_OPERATING_TIME_LAST_RESET: lambda: _moment(
                store.current.maintenance.last_reset_utc_us
            ),
            MONITORING_OPERATING_TIME_LAST_REBOOT: self._reboot,
            MONITORING_BACKUP_LAST: lambda: _moment(store.current.maintenance.last_backup_utc_us),
            MONITORING_OPERATING_TIME_LAST_CLOCK_SYNCHRONIZATION: self._synchronization,
            MONITORING_ENVIRONMENTAL_CONDITIONS_TEMPERATURE: self._temperature,
            MONITORING_BATTERY_CAPACITY: self._battery,
        }
        self._readings = {topic: read for topic, read in self._readings.items() if read() is not None}
        broker.declare(*self._readings)
        if self._ticks is not None:
            broker.declare(MONITORING_PROCESSOR_USAGE)
        store.watch(self._follow)

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            self.report()
            await asyncio.sleep(until_tick(INTERVAL_S))

    def report(self) -> None:
        """Publish what is read now."""
        self._report_readings()
        self._sensors.report()
        usage = self._processor_usage()
        if usage is not None:
            source = (("Token", PROCESSOR),)
            self._broker.publish(MONITORING_PROCESSOR_USAGE, source=source, data=(("Value", f"{usage:.1f}"),))

    def _report_readings(self) -> None:
        for topic, read in self._readings.items():
            value = read()
            if value is not None:
                self._broker.publish(topic, data=((topic.data[0].name, value),))

    def _follow(self, before: Settings, after: Settings) -> None:
        """A backup or a reset is told at once: after a reset there is not much time left."""
        if before.maintenance != after.maintenance:
            self._report_readings()

    def _processor_usage(self) -> float | None:
        """The share of time, in percent, that the processors were busy since the last call."""
        before, now = self._ticks, self._processor_ticks()
        if before is None or now is None:
            return None
        busy, total = now[0] - before[0], now[1] - before[1]
        if total <= 0:
            return None
        self._ticks = now
        return min(100.0, max(0.0, 100.0 * busy / total))

    def _processor_ticks(self) -> tuple[int, int] | None:
        """Busy and all ticks since the machine's start. Source: proc_stat(5)."""
        words = text_below(self._root, "proc/stat").partition("\n")[0].split()
        if len(words) < 6 or words[0] != "cpu" or not all(word.isdigit() for word in words[1:]):
            return None
        ticks = [int(word) for word in words[1:9]]  # guest time is in user time already
        return sum(ticks) - ticks[3] - ticks[4], sum(ticks)

    def note_clock(self, utc_us: int) -> None:
        """Hear that the clock was set, or found to be right by a time server."""
        self._clock_noted_utc_us = utc_us

    def _reboot(self) -> str | None:
        """When this began, by the clock as it is: a host without a battery gets the time after the start."""
        began_us = ahead_us(self._clock) + round(self._began_s * 1_000_000)
        if abs(began_us - self._began_utc_us) > SET_US:
            self._began_utc_us = began_us
        return _moment(self._began_utc_us)

    def _synchronization(self) -> str | None:
        """When the clock was last set, here or by the host's time service; 1970 where it never was.

        Source: systemd-timesyncd.service(8); Core, Operating Time (26.06 §8.9.4).
        """
        try:
            changed_s = (self._root / "run/systemd/timesync/synchronized").stat().st_mtime
        except OSError:
            changed_s = 0.0
        return _moment(max(round(changed_s) * 1_000_000, self._clock_noted_utc_us))

    def _temperature(self) -> str | None:
        """The hottest sensor, in whole degrees Celsius. Source: Linux, sysfs-class-thermal."""
        found = [self._number(path) for path in self._paths("sys/class/thermal", "thermal_zone*/temp")]
        known = [value for value in found if value is not None]
        return str(round(max(known) / 1000)) if known else None

    def _battery(self) -> str | None:
        """What is left of the emptiest battery, in percent. Source: Linux, sysfs-class-power."""
        found = [
            self._number(path)
            for path in self._paths(POWER, "*/capacity")
            if text_below(self._root, f"{POWER}/{path.parent.name}/type") == "Battery"
        ]
        known = [value for value in found if value is not None]
        return str(min(known)) if known else None

    def _paths(self, folder: str, pattern: str) -> list[Path]:
        return sorted((self._root / folder).glob(pattern))

    def _number(self, path: Path) -> int | None:
        text = text_below(self._root, str(path.relative_to(self._root)))
        return int(text) if text.lstrip("-").isdigit() else None


def _moment(utc_us: int) -> str:
    """As the standard writes it; 1970 is never."""
    return write_datetime(datetime_from_utc_us(utc_us))
