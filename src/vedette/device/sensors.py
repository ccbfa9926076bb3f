"""The sensors of the machine's mainboard and drives: fans, critical heat, and limits that are passed."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from vedette.contract.topics import Topic
from vedette.contract.topics.device import (
    DEVICE_HARDWARE_FAILURE_FAN_FAILURE,
    DEVICE_HARDWARE_FAILURE_TEMPERATURE_CRITICAL,
    DEVICE_SENSOR_RELATIVE_HUMIDITY_HIGH,
    DEVICE_SENSOR_RELATIVE_HUMIDITY_LOW,
    DEVICE_SENSOR_TEMPERATURE_HIGH,
    DEVICE_SENSOR_TEMPERATURE_LOW,
    MONITORING_ENVIRONMENTAL_CONDITIONS_RELATIVE_HUMIDITY,
)
from vedette.device.events import EventBroker
from vedette.device.host_files import text_below
from vedette.wire.scalars import write_bool

FOLDER = "sys/class/hwmon"

# (what the files are called, the suffix of the limit, whether it is passed upwards) → what is told
_LIMITS = {
    ("temp", "max", True): DEVICE_SENSOR_TEMPERATURE_HIGH,
    ("temp", "min", False): DEVICE_SENSOR_TEMPERATURE_LOW,
    ("humidity", "max", True): DEVICE_SENSOR_RELATIVE_HUMIDITY_HIGH,
    ("humidity", "min", False): DEVICE_SENSOR_RELATIVE_HUMIDITY_LOW,
}


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that a chip keeps for one of its sensors; `stem` is the path its files begin with."""

    topic: Topic
    sensor: str
    stem: str
    suffix: str
    is_upwards: bool


class Sensors:
    """Reads the chips that the kernel knows; what there is no sensor for is not declared.

    `root` is where the files lie. A limit is told of once each time it is passed.

    Source: Linux, sysfs-interface of hwmon; Core, Hardware Failures and Sensor Data Event Topics (26.06
    §8.9.5, §8.9.10, §8.9.13).
    """

    def __init__(self, broker: EventBroker, root: Path) -> None:
        self._broker = broker
        self._root = root
        self._limits = tuple(self._found_limits())
        self._passed: set[Limit] = set()
        self._fans = {
            self._name(path, "_fault"): str(path.relative_to(root)) for path in self._files("fan*_fault")
        }
        self._critical = [
            str(path.relative_to(root)).removesuffix("_crit") for path in self._files("temp*_crit")
        ]
        self._humidities = [str(path.relative_to(root)) for path in self._files("humidity*_input")]
        broker.declare(*(each.topic for each in self._limits))
        if self._fans:
            broker.declare(DEVICE_HARDWARE_FAILURE_FAN_FAILURE)
        if self._critical:
            broker.declare(DEVICE_HARDWARE_FAILURE_TEMPERATURE_CRITICAL)
        if self._humidities:
            broker.declare(MONITORING_ENVIRONMENTAL_CONDITIONS_RELATIVE_HUMIDITY)

    def report(self) -> None:
        """Publish what is read now."""
        for name, path in self._fans.items():
            failed = self._number(path)
            if failed is not None:
                source, data = (("Token", name),), (("Failed", write_bool(failed != 0)),)
                self._broker.publish(DEVICE_HARDWARE_FAILURE_FAN_FAILURE, source=source, data=data)
        if self._critical:
            is_critical = any(self._is_beyond(each, "crit", is_upwards=True) for each in self._critical)
            self._broker.publish(
                DEVICE_HARDWARE_FAILURE_TEMPERATURE_CRITICAL, data=(("Critical", write_bool(is_critical)),)
            )
        known = [value for path in self._humidities if (value := self._number(path)) is not None]
        if known:
            text = str(round(max(known) / 1000))
            self._broker.publish(
                MONITORING_ENVIRONMENTAL_CONDITIONS_RELATIVE_HUMIDITY, data=(("Status", text),)
            )
        for limit in self._limits:
            self._watch(limit)

    def _watch(self, limit: Limit) -> None:
        if not self._is_beyond(limit.stem, limit.suffix, is_upwards=limit.is_upwards):
            self._passed.discard(limit)
        elif limit not in self._passed:
            self._passed.add(limit)
            value, threshold = (
                self._number(f"{limit.stem}_input"),
                self._number(f"{limit.stem}_{limit.suffix}"),
            )
            self._broker.publish(
                limit.topic,
                source=(("SensorID", limit.sensor),),
                data=(("Value", _thousandth(value)), ("Threshold", _thousandth(threshold))),
            )

    def _is_beyond(self, stem: str, suffix: str, *, is_upwards: bool) -> bool:
        value, limit = self._number(f"{stem}_input"), self._number(f"{stem}_{suffix}")
        if value is None or limit is None:
            return False
        return value > limit if is_upwards else value < limit

    def _found_limits(self) -> Iterator[Limit]:
        for (kind, suffix, is_upwards), topic in _LIMITS.items():
            for path in self._files(f"{kind}*_{suffix}"):
                yield Limit(
                    topic=topic,
                    sensor=self._name(path, f"_{suffix}"),
                    stem=str(path.relative_to(self._root)).removesuffix(f"_{suffix}"),
                    suffix=suffix,
                    is_upwards=is_upwards,
                )

    def _files(self, pattern: str) -> list[Path]:
        """Files of all chips that tell a number now."""
        found = sorted((self._root / FOLDER).glob(f"*/{pattern}"))
        return [each for each in found if self._number(str(each.relative_to(self._root))) is not None]

    def _name(self, path: Path, suffix: str) -> str:
        """How a sensor is called: the chip's number and name, then the sensor's own."""
        chip = text_below(self._root, str(path.with_name("name").relative_to(self._root))) or "chip"
        return f"{path.parent.name}-{chip}-{path.name.removesuffix(suffix)}"

    def _number(self, path: str) -> int | None:
        text = text_below(self._root, path)
        return int(text) if text.removeprefix("-").isdecimal() else None


def _thousandth(value: int | None) -> str:
    return f"{(value or 0) / 1000:.1f}"
