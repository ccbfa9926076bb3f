"""Readings of a made-up machine become events; what cannot be read is not announced."""

import asyncio
import os
from pathlib import Path

import msgspec
import pytest

from vedette.base.clock import ManualClock
from vedette.device.events import EventBroker
from vedette.device.monitoring import Monitor
from vedette.device.notifications import Event
from vedette.device.settings.document import Settings
from vedette.device.settings.maintenance import MaintenanceSettings
from vedette.device.settings.store import SettingsStore


class Machine:
    """Files below a folder, and what a monitor of them told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock()
        self.broker = EventBroker(self.clock)
        self.store = SettingsStore.open(folder / "settings.json", Settings)

    def file(self, path: str, text: str) -> Path:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="ascii")
        return target

    def monitor(self) -> Monitor:
        return Monitor(self.broker, self.store, self.clock, self.folder)

    @property
    def told(self) -> dict[str, str]:
        return {
            each.subject.topic.removeprefix("tns1:Monitoring/"): each.data[0][1]
            for each in self.broker.states()
        }


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_machine_without_sensors_tells_its_times_alone(machine: Machine) -> None:
    machine.monitor().report()
    assert machine.told == {
        "OperatingTime/LastReset": "1970-01-01T00:00:00Z",
        "OperatingTime/LastReboot": "2023-11-14T22:13:20Z",
        "OperatingTime/LastClockSynchronization": "1970-01-01T00:00:00Z",
        "Backup/Last": "1970-01-01T00:00:00Z",
    }
    assert len(machine.broker.topics) == 4


def test_a_clock_that_clients_or_time_servers_set_is_told(machine: Machine) -> None:
    monitor = machine.monitor()
    monitor.note_clock(1_700_000_000_000_000)
    monitor.report()
    assert machine.told["OperatingTime/LastClockSynchronization"] == "2023-11-14T22:13:20Z"


def test_the_last_reboot_is_told_by_the_clock_as_it_is(machine: Machine) -> None:
    machine.clock = ManualClock(0)  # of a host without a battery
    monitor = machine.monitor()
    told = []
    for step_s in (0, 1_700_000_000, 30):
        machine.clock.advance(100)
        machine.clock.step(step_s)
        monitor.report()
        told.append(machine.told["OperatingTime/LastReboot"])
    assert told == ["1970-01-01T00:00:00Z", "2023-11-14T22:13:20Z", "2023-11-14T22:13:20Z"]


def test_processor_usage_is_the_busy_share_between_two_readings(machine: Machine) -> None:
    machine.file("proc/stat", "cpu 100 0 100 700 100 0 0 0 0 0\ncpu0 1 1 1 1\n")
    monitor = machine.monitor()
    machine.file("proc/stat", "cpu 120 0 110 760 110 0 0 0 0 0\n")
    monitor.report()
    assert machine.told["ProcessorUsage"] == "30.0"
    monitor.report()  # no time has passed
    assert machine.told["ProcessorUsage"] == "30.0"


def test_sensors_are_told_where_there_are_any(machine: Machine) -> None:
    machine.file("sys/class/thermal/thermal_zone0/temp", "41500\n")
    machine.file("sys/class/thermal/thermal_zone1/temp", "62100\n")
    machine.file("sys/class/power_supply/BAT0/capacity", "83\n")
    machine.file("sys/class/power_supply/BAT0/type", "Battery\n")
    machine.file("sys/class/power_supply/AC/capacity", "7\n")
    machine.file("sys/class/power_supply/AC/type", "Mains\n")
    mark = machine.file("run/systemd/timesync/synchronized", "")
    os.utime(mark, (1_700_000_000, 1_700_000_000))
    machine.monitor().report()
    assert machine.told["EnvironmentalConditions/Temperature"] == "62"
    assert machine.told["BatteryCapacity"] == "83"
    assert machine.told["OperatingTime/LastClockSynchronization"] == "2023-11-14T22:13:20Z"


def test_the_last_reset_and_backup_are_those_of_the_settings(machine: Machine) -> None:
    monitor = machine.monitor()
    upkeep = MaintenanceSettings(last_reset_utc_us=1_000_000, last_backup_utc_us=2_000_000)
    machine.store.current = msgspec.structs.replace(machine.store.current, maintenance=upkeep)
    monitor.report()
    assert machine.told["OperatingTime/LastReset"] == "1970-01-01T00:00:01Z"
    assert machine.told["Backup/Last"] == "1970-01-01T00:00:02Z"


def test_a_fan_that_fails_and_heat_that_is_critical_are_told(machine: Machine) -> None:
    chip = "sys/class/hwmon/hwmon0"
    machine.file(f"{chip}/name", "nct6775\n")
    machine.file(f"{chip}/fan2_fault", "0\n")
    machine.file(f"{chip}/temp1_input", "99000\n")
    machine.file(f"{chip}/temp1_crit", "100000\n")
    machine.file(f"{chip}/humidity1_input", "41600\n")
    monitor = machine.monitor()
    monitor.report()
    states = {each.topic.path.rpartition("/")[2]: each for each in machine.broker.states()}
    assert states["FanFailure"].source == (("Token", "hwmon0-nct6775-fan2"),)
    assert states["FanFailure"].data == (("Failed", "false"),)
    assert states["TemperatureCritical"].data == (("Critical", "false"),)
    assert states["RelativeHumidity"].data == (("Status", "42"),)

    machine.file(f"{chip}/fan2_fault", "1\n")
    machine.file(f"{chip}/temp1_input", "100500\n")
    monitor.report()
    states = {each.topic.path.rpartition("/")[2]: each for each in machine.broker.states()}
    assert states["FanFailure"].data == (("Failed", "true"),)
    assert states["TemperatureCritical"].data == (("Critical", "true"),)


def test_a_limit_is_told_once_each_time_it_is_passed(machine: Machine) -> None:
    chip = "sys/class/hwmon/hwmon3"
    machine.file(f"{chip}/temp2_input", "20000\n")
    machine.file(f"{chip}/temp2_max", "60000\n")
    machine.file(f"{chip}/temp2_min", "-5000\n")
    monitor = machine.monitor()
    heard: list[Event] = []

    class Listener:
        def receive(self, event: Event) -> None:
            if "Sensor" in event.topic.path:
                heard.append(event)

    machine.broker.attach(Listener())
    for degrees in (20, 60, 61, 65, 59, 62, -6, 0):
        machine.file(f"{chip}/temp2_input", f"{degrees}000\n")
        monitor.report()
    assert [(each.topic.path, each.data) for each in heard] == [
        ("tns1:Device/Sensor/Temperature/High", (("Value", "61.0"), ("Threshold", "60.0"))),
        ("tns1:Device/Sensor/Temperature/High", (("Value", "62.0"), ("Threshold", "60.0"))),
        ("tns1:Device/Sensor/Temperature/Low", (("Value", "-6.0"), ("Threshold", "-5.0"))),
    ]
    assert heard[0].source == (("SensorID", "hwmon3-chip-temp2"),)


def test_a_backup_is_told_when_it_is_taken(machine: Machine) -> None:
    machine.monitor().report()
    upkeep = MaintenanceSettings(last_backup_utc_us=2_000_000)
    asyncio.run(machine.store.change(lambda old: msgspec.structs.replace(old, maintenance=upkeep)))
    assert machine.told["Backup/Last"] == "1970-01-01T00:00:02Z"
