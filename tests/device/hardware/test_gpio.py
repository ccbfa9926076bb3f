"""GPIO lines, with a stand-in for the library that has its names and a pipe for the kernel's edges."""

import asyncio
import os
from collections.abc import Iterator
from datetime import timedelta
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest

from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.gpio import BIASES, GpioInput, GpioLine, GpioRelay

Value = Enum("Value", ["INACTIVE", "ACTIVE"])
Kind = Enum("Kind", ["RISING_EDGE", "FALLING_EDGE"])
LINE = GpioLine(chip="/dev/gpiochip0", line=17, active_low=True, bias="pull-up", debounce_ms=20)


class Chip:
    """Stands for the module `gpiod`; the state of its one line is `value`."""

    def __init__(self) -> None:
        self.line = SimpleNamespace(
            Value=Value,
            Direction=Enum("Direction", ["INPUT", "OUTPUT"]),
            Edge=Enum("Edge", ["NONE", "BOTH"]),
            Bias=Enum("Bias", ["AS_IS", "DISABLED", "PULL_UP", "PULL_DOWN"]),
        )
        self.value = Value.INACTIVE
        self.wanted: dict[str, Any] = {}
        self.is_released = False
        self.is_broken = False
        self.fd, self.edge_end = os.pipe()
        self._edges: list[Any] = []

    def is_gpiochip_device(self, path: str) -> bool:
        return path == LINE.chip

    def LineSettings(self, **wanted: Any) -> dict[str, Any]:
        return wanted

    def request_lines(self, chip: str, *, consumer: str, config: dict[int | str, Any]) -> "Chip":
        if self.is_broken:
            raise OSError(16, "Device or resource busy")
        assert consumer == "vedette"
        (self.wanted,) = config.values()
        return self

    def set_value(self, line: int | str, value: Any) -> None:
        if self.is_broken:
            raise OSError(5, "Input/output error")
        self.value = value

    def get_value(self, line: int | str) -> Any:
        return self.value

    def edge(self, value: Any) -> None:
        """The line takes a level and the kernel tells of it."""
        self.value = value
        kind = Kind.RISING_EDGE if value is Value.ACTIVE else Kind.FALLING_EDGE
        self._edges.append(SimpleNamespace(event_type=kind, Type=Kind))
        os.write(self.edge_end, b".")

    def read_edge_events(self) -> list[Any]:
        os.read(self.fd, 100)
        edges, self._edges = self._edges, []
        return edges

    def release(self) -> None:
        self.is_released = True


@pytest.fixture
def chip() -> Iterator[Chip]:
    """A chip that is there."""
    made = Chip()
    yield made
    os.close(made.fd)
    os.close(made.edge_end)


def test_a_relay_is_closed_while_its_line_is_active(chip: Chip) -> None:
    async def scene() -> None:
        relay = GpioRelay(LINE, chip)
        assert chip.wanted["direction"] is chip.line.Direction.OUTPUT
        assert chip.wanted["active_low"]
        await relay.put(is_closed=True)
        assert chip.value is Value.ACTIVE
        await relay.put(is_closed=False)
        assert chip.value is Value.INACTIVE
        chip.is_broken = True
        with pytest.raises(HardwareFailed, match="line 17 of /dev/gpiochip0"):
            await relay.put(is_closed=True)
        await relay.close()
        assert chip.is_released

    asyncio.run(scene())


def test_an_input_tells_of_every_edge_however_short(chip: Chip) -> None:
    async def scene() -> None:
        chip.value = Value.ACTIVE
        circuit = GpioInput(LINE, chip)
        assert circuit.is_closed
        assert chip.wanted["bias"] is chip.line.Bias.PULL_UP
        assert chip.wanted["debounce_period"] == timedelta(milliseconds=20)
        seen: list[bool] = []
        is_told = asyncio.Event()

        def changed() -> None:
            seen.append(circuit.is_closed)
            if len(seen) == 2:
                is_told.set()

        circuit.start(changed)
        chip.edge(Value.INACTIVE)
        chip.edge(Value.ACTIVE)
        async with asyncio.timeout(5):
            await is_told.wait()
        assert seen == [False, True]
        circuit.close()
        assert chip.is_released

    asyncio.run(scene())


def test_a_line_that_cannot_be_had_is_named(chip: Chip) -> None:
    with pytest.raises(HardwareFailed, match="/dev/gpiochip9 is no GPIO chip"):
        GpioRelay(GpioLine(chip="/dev/gpiochip9", line=1), chip)
    chip.is_broken = True
    with pytest.raises(HardwareFailed, match="busy"):
        GpioInput(LINE, chip)


def test_the_real_library_has_every_name_that_is_used() -> None:
    library = pytest.importorskip("gpiod")
    assert {each.upper().replace("-", "_") for each in BIASES} <= set(dir(library.line.Bias))
    settings = library.LineSettings(
        direction=library.line.Direction.INPUT,
        edge_detection=library.line.Edge.BOTH,
        debounce_period=timedelta(milliseconds=1),
        active_low=True,
        bias=library.line.Bias.PULL_UP,
    )
    assert settings.direction is library.line.Direction.INPUT
    assert {"get_value", "set_value", "read_edge_events", "release", "fd"} <= set(dir(library.LineRequest))
    assert library.EdgeEvent.Type.RISING_EDGE
    with pytest.raises(HardwareFailed, match="no GPIO chip"):
        GpioRelay(GpioLine(chip="/dev/null", line=1))
