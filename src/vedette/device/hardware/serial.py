"""Serial lines: terminals of the host, and pseudo-terminals whose other end any program can open."""

import asyncio
import fcntl
import os
import termios
import tty
from typing import Any, Self

from vedette.device.hardware.errors import HardwareFailed
from vedette.device.settings.io import SerialSettings

KEPT_MOST_BYTES = 64 << 10  # of what came in and nobody asked for; the oldest goes first
READ_BYTES = 4096
_RATES = (300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400)
BAUDS = {rate: getattr(termios, f"B{rate}") for rate in _RATES if hasattr(termios, f"B{rate}")}
PARITIES = {"None": 0, "Even": termios.PARENB, "Odd": termios.PARENB | termios.PARODD}
BITS = {5: termios.CS5, 6: termios.CS6, 7: termios.CS7, 8: termios.CS8}
STOP_BITS = {1: 0, 2: termios.CSTOPB}
_FRAMING = termios.CSIZE | termios.PARENB | termios.PARODD | termios.CSTOPB
_IFLAG, _CFLAG, _ISPEED, _OSPEED = 0, 2, 4, 5  # in what tcgetattr gives


class SerialLine:
    """An open line. Once `start` was called, what comes in is kept in `received`.

    A pseudo-terminal carries bytes, not voltages: of its framing, only the character length can be seen,
    as the bits that are cut off. What nobody reads at its other end is lost, as on a wire.
    """

    def __init__(self, path: str, terminal: int, ours: int, *, is_pseudo: bool) -> None:
        self.path = path
        self.received = bytearray()
        self.lost_bytes_total = 0
        self._terminal = terminal  # what has the framing
        self._ours = ours  # what we read and write
        self._is_pseudo = is_pseudo
        self._mask = 0xFF
        self._arrived = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.is_lost = False

    @classmethod
    def device(cls, path: str) -> Self:
        """A terminal of the host, taken for this program alone; raises HardwareFailed."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise HardwareFailed(f"{path}: {error.strerror}") from error
        try:
            fcntl.ioctl(descriptor, termios.TIOCEXCL)
            tty.setraw(descriptor)
        except (OSError, termios.error) as error:
            os.close(descriptor)
            raise HardwareFailed(f"{path} is no serial line: {error.args[-1]}") from error
        return cls(path, descriptor, descriptor, is_pseudo=False)

    @classmethod
    def pseudo(cls) -> Self:
        """A new pseudo-terminal; `path` is its other end. Raises HardwareFailed."""
        try:
            ours, terminal = os.openpty()
        except OSError as error:
            raise HardwareFailed(f"no pseudo-terminal: {error.strerror}") from error
        tty.setraw(terminal)
        os.set_blocking(ours, False)
        return cls(os.ttyname(terminal), terminal, ours, is_pseudo=True)

    def frame(self, settings: SerialSettings) -> None:
        """Set speed and framing; raises HardwareFailed, and the old ones stay, if the line cannot do that."""
        if settings.baud not in BAUDS:
            raise HardwareFailed(f"{self.path} cannot be set to {settings.baud} baud")
        try:
            before = termios.tcgetattr(self._terminal)
            wanted = [*before]
            wanted[_CFLAG] &= ~_FRAMING
            wanted[_CFLAG] |= BITS[settings.bits] | PARITIES[settings.parity] | STOP_BITS[settings.stop_bits]
            wanted[_CFLAG] |= termios.CREAD | termios.CLOCAL
            wanted[_ISPEED] = wanted[_OSPEED] = BAUDS[settings.baud]
            termios.tcsetattr(self._terminal, termios.TCSANOW, wanted)
            taken = termios.tcgetattr(self._terminal)
            if not self._is_pseudo and not _same(taken, wanted):
                termios.tcsetattr(self._terminal, termios.TCSANOW, before)
                raise HardwareFailed(f"{self.path} cannot be set to that")
        except (OSError, termios.error) as error:
            raise HardwareFailed(f"{self.path}: {error.args[-1]}") from error
        self._mask = (1 << settings.bits) - 1

    def start(self) -> None:
        """Listen on the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._ours, self.look)

    def close(self) -> None:
        """Close the line."""
        self._listen_no_more()
        for descriptor in {self._ours, self._terminal}:
            os.close(descriptor)

    async def arrival(self) -> None:
        """Wait until more has come in; raises HardwareFailed when the line is gone."""
        self._arrived.clear()
        if not self.is_lost:
            await self._arrived.wait()
        if self.is_lost:
            raise HardwareFailed(f"{self.path} is gone")

    async def write(self, content: bytes) -> None:
        """Hand bytes to the line; returns when it has taken them. Raises HardwareFailed."""
        if self._mask != 0xFF and self._is_pseudo:
            content = bytes(each & self._mask for each in content)
        rest = memoryview(content)
        while rest:
            try:
                rest = rest[os.write(self._ours, rest) :]
            except BlockingIOError:
                await self._room()
            except OSError as error:
                raise HardwareFailed(f"{self.path}: {error.strerror}") from error

    async def _room(self) -> None:
        if self._is_pseudo:
            termios.tcflush(self._terminal, termios.TCIFLUSH)  # nobody reads: the line runs over
            await asyncio.sleep(0)
            return
        loop = asyncio.get_running_loop()
        is_free = asyncio.Event()
        loop.add_writer(self._ours, is_free.set)
        try:
            await is_free.wait()
        finally:
            loop.remove_writer(self._ours)

    def look(self) -> None:
        """Take in what has come by now, without waiting."""
        if self.is_lost:
            return
        try:
            content = os.read(self._ours, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            content = b""
        if not content:
            self.is_lost = True
            self._listen_no_more()
        if self._mask != 0xFF and self._is_pseudo:
            content = bytes(each & self._mask for each in content)
        self.received += content
        surplus = len(self.received) - KEPT_MOST_BYTES
        if surplus > 0:
            del self.received[:surplus]
            self.lost_bytes_total += surplus
        self._arrived.set()

    def _listen_no_more(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._ours)
            self._loop = None


def _same(taken: list[Any], wanted: list[Any]) -> bool:
    """Whether the line took what it was told, as far as framing goes."""
    return bool(taken[_CFLAG] & _FRAMING == wanted[_CFLAG] & _FRAMING and taken[_OSPEED] == wanted[_OSPEED])
