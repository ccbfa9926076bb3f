"""Relays and inputs on the lines of Linux GPIO chips, through `gpiod` (the extra `gpio`)."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec

from vedette.device.hardware.errors import HardwareFailed

CONSUMER = "vedette"


class GpioLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line: `chip` is its device file, `line` its offset or its name on the chip.

    The contact or circuit is closed while the line is active; `active_low` makes low the active level.
    `bias` is `as-is`, `pull-up`, `pull-down` or `disabled`. `debounce_ms` is how long an input has to be
    quiet before a change of it counts.
    """

    chip: str
    line: int | str
    active_low: bool = False
    bias: str = "as-is"
    debounce_ms: int = 0


BIASES = ("as-is", "pull-up", "pull-down", "disabled")


def _library() -> Any:
    try:
        import gpiod
    except ImportError as error:
        raise HardwareFailed("GPIO needs the extra: pip install 'vedette[gpio]'") from error
    return gpiod


def _request(library: Any, line: GpioLine, **settings: Any) -> Any:
    """Take the line for this program alone; raises HardwareFailed."""
    bias = getattr(library.line.Bias, line.bias.upper().replace("-", "_"))
    try:
        if not library.is_gpiochip_device(line.chip):
            raise HardwareFailed(f"{line.chip} is no GPIO chip")
        wanted = library.LineSettings(active_low=line.active_low, bias=bias, **settings)
        return library.request_lines(line.chip, consumer=CONSUMER, config={line.line: wanted})
    except (OSError, ValueError) as error:
        raise HardwareFailed(f"line {line.line} of {line.chip}: {error}") from error


class GpioRelay:
    """A contact that is closed while an output line is active; it is open when the program ends."""

    def __init__(self, line: GpioLine, library: Any = None) -> None:
        """Take the line and open the contact; raises HardwareFailed. `library` stands for `gpiod`."""
        self._line = line
        self._library = library or _library()
        direction = self._library.line.Direction.OUTPUT
        self._lines = _request(self._library, line, direction=direction)

    async def put(self, *, is_closed: bool) -> None:
        """Set the line: a write into a register, which waits for nothing. Raises HardwareFailed."""
        value = self._library.line.Value
        try:
            self._lines.set_value(self._line.line, value.ACTIVE if is_closed else value.INACTIVE)
        except OSError as error:
            raise HardwareFailed(f"line {self._line.line} of {self._line.chip}: {error}") from error

    async def close(self) -> None:
        """Give the line back."""
        self._lines.release()


class GpioInput:
    """A circuit that is closed while an input line is active; the kernel tells of every edge."""

    def __init__(self, line: GpioLine, library: Any = None) -> None:
        """Take the line and look at it; raises HardwareFailed. `library` stands for `gpiod`."""
        self._line = line
        self._library = library or _library()
        names = self._library.line
        self._lines = _request(
            self._library,
            line,
            direction=names.Direction.INPUT,
            edge_detection=names.Edge.BOTH,
            debounce_period=timedelta(milliseconds=line.debounce_ms),
        )
        self._is_closed = self._read()
        self._changed: Callable[[], None] | None = None

    @property
    def is_closed(self) -> bool:
        """The line's state after the latest edge."""
        return self._is_closed

    def start(self, changed: Callable[[], None]) -> None:
        """Call `changed` on the running loop after each edge that left another state."""
        self._changed = changed
        asyncio.get_running_loop().add_reader(self._lines.fd, self._edges)

    def close(self) -> None:
        """Give the line back."""
        if self._changed is not None:
            asyncio.get_running_loop().remove_reader(self._lines.fd)
        self._changed = None
        self._lines.release()

    def _edges(self) -> None:
        for event in self._lines.read_edge_events():
            self._now(is_closed=event.event_type is event.Type.RISING_EDGE)
        self._now(is_closed=self._read())  # where the kernel's queue was full, edges are missing

    def _now(self, *, is_closed: bool) -> None:
        if is_closed == self._is_closed:
            return
        self._is_closed = is_closed
        if self._changed is not None:
            self._changed()

    def _read(self) -> bool:
        try:
            value = self._lines.get_value(self._line.line)
        except OSError as error:
            raise HardwareFailed(f"line {self._line.line} of {self._line.chip}: {error}") from error
        return bool(value is self._library.line.Value.ACTIVE)
