"""Serial ports: what they are set to, and commands that are sent over them and answered."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Container, Iterator
from contextlib import asynccontextmanager

import msgspec

from vedette.contract.faults import (
    Action,
    ConfigModify,
    DataLengthOver,
    DelimiterNotSupported,
    InvalidArgVal,
    InvalidSerialPort,
)
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.serial import BAUDS, BITS, KEPT_MOST_BYTES, PARITIES, STOP_BITS, SerialLine
from vedette.device.settings.document import Settings
from vedette.device.settings.io import SerialSettings
from vedette.device.settings.store import SettingsStore

_log = logging.getLogger(__name__)

SENT_MOST_BYTES = 4096
DELIMITER_MOST_BYTES = 256
HELD_MOST_S = 10.0  # a command that names no time; the standard leaves it to the device
QUIET_S = 0.1  # on a line at any usual speed: the end of an answer that has no other mark
WAIT_MOST_S = 600.0
WRITE_MOST_S = 30.0  # 4096 characters at 1200 baud take longer; such a command is refused as not sent
TURN_LEAST_S = 1.0  # a command waits for the one before it, even if it wants no answer
REOPEN_S = 5.0


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """What to send, and when its answer is complete: after `length` bytes or after `delimiter`.

    `wait_s` is how long to wait for that, 0 not at all; None is as long as the device likes.
    Source: Device IO, SendReceiveSerialCommand (26.06 §5.8.5).
    """

    content: bytes = b""
    wait_s: float | None = None
    length: int | None = None
    delimiter: bytes | None = None

    def check(self) -> None:
        """Raises DataLengthOver, DelimiterNotSupported or InvalidArgVal for what cannot be done."""
        if len(self.content) > SENT_MOST_BYTES:
            raise DataLengthOver(f"{len(self.content)} bytes to send, {SENT_MOST_BYTES} are possible")
        if self.length is not None:
            if self.length < 0:
                raise InvalidArgVal(f"DataLength is {self.length}")
            if self.length > KEPT_MOST_BYTES:
                raise DataLengthOver(f"DataLength is {self.length}, {KEPT_MOST_BYTES} are possible")
        if self.delimiter is not None and not 1 <= len(self.delimiter) <= DELIMITER_MOST_BYTES:
            raise DelimiterNotSupported(
                f"Delimiter has {len(self.delimiter)} bytes, not 1 to {DELIMITER_MOST_BYTES}"
            )

    @property
    def has_end(self) -> bool:
        """Whether the answer has a mark of its end."""
        return self.length is not None or self.delimiter is not None

    def answer_bytes(self, received: bytes | bytearray) -> int | None:
        """How many of the bytes received make the whole answer; None while it is not complete."""
        ends = []
        if self.length is not None and len(received) >= self.length:
            ends.append(self.length)
        if self.delimiter is not None:
            at = received.find(self.delimiter)
            if at >= 0:
                ends.append(at + len(self.delimiter))
        return min(ends, default=None)


class SerialPort:
    """One serial port. Its line is opened when the program starts, and again when it was lost.

    `kind` is the electrical kind in the standard's words; it is the operator's to say.
    """

    def __init__(
        self, token: str, kind: str, open_line: Callable[[], SerialLine], store: SettingsStore
    ) -> None:
        self.token = token
        self.kind = kind
        self._open_line = open_line
        self._store = store
        self._line: SerialLine | None = None
        self._turn = asyncio.Lock()

    @property
    def settings(self) -> SerialSettings:
        """What it is set to."""
        return self._store.current.io.serial_port(self.token)

    @property
    def path(self) -> str:
        """Where its line is found on this host; empty while it is not open."""
        return "" if self._line is None else self._line.path

    async def set(self, settings: SerialSettings, kind: str) -> None:
        """Set speed and framing.

        Raises ConfigModify for what the line cannot do, Action while a command keeps it, SettingsNotSaved.
        """
        self._check(settings, kind)

        def edit(document: Settings) -> Settings:
            return msgspec.structs.replace(document, io=document.io.with_serial_port(settings))

        async with self._turn_within(HELD_MOST_S):
            before = self.settings
            try:
                if self._line is not None:
                    self._line.frame(settings)
            except HardwareFailed as error:
                raise ConfigModify(f"serial port {self.token}: {error}") from error
            try:
                await self._store.change(edit)
            except BaseException:
                if self._line is not None:
                    self._line.frame(before)
                raise

    async def exchange(self, command: Command) -> bytes:
        """Send, wait and give what came in; bytes beyond the answer are kept for the next command.

        Raises what `Command.check` does, Action when the line is gone or busy for too long, and
        DataLengthOver when more came in than can be kept before the answer was complete.
        """
        command.check()
        wait_s = HELD_MOST_S if command.wait_s is None else min(command.wait_s, WAIT_MOST_S)
        async with self._turn_within(max(wait_s, TURN_LEAST_S)):
            try:
                line = self.open()
                await self._send(line, command.content)
                return await self._answer(line, command, wait_s)
            except HardwareFailed as error:
                _log.error("serial port %s: %s", self.token, error)
                raise Action(f"serial port {self.token} cannot be used now") from error

    def open(self) -> SerialLine:
        """The open line; must be called on the event loop. Raises HardwareFailed."""
        if self._line is not None and self._line.is_lost:
            self.close()
        if self._line is None:
            line = self._open_line()
            try:
                line.frame(self.settings)
            except HardwareFailed:
                line.close()
                raise
            line.start()
            self._line = line
        return self._line

    def close(self) -> None:
        """Close the line, if it is open."""
        if self._line is not None:
            self._line.close()
            self._line = None

    async def run(self) -> None:
        """Keep the line open, so that nothing that comes in is missed; until cancelled."""
        is_told = False
        while True:
            try:
                self.open()
                is_told = False
            except HardwareFailed as error:
                if not is_told:
                    _log.error("serial port %s: %s", self.token, error)
                is_told = True
            await asyncio.sleep(REOPEN_S)

    @asynccontextmanager
    async def _turn_within(self, wait_s: float) -> AsyncIterator[None]:
        """The line for oneself; raises Action if another command keeps it longer."""
        try:
            async with asyncio.timeout(wait_s):
                await self._turn.acquire()
        except TimeoutError:
            raise Action(f"serial port {self.token} is busy with another command") from None
        try:
            yield
        finally:
            self._turn.release()

    def _check(self, settings: SerialSettings, kind: str) -> None:
        offers: dict[str, tuple[object, Container[object]]] = {
            "BaudRate": (settings.baud, BAUDS),
            "ParityBit": (settings.parity, PARITIES),
            "CharacterLength": (settings.bits, BITS),
            "StopBit": (settings.stop_bits, STOP_BITS),
            "type": (kind, (self.kind,)),
        }
        for name, (value, offered) in offers.items():
            if value not in offered:
                raise ConfigModify(f"{name} of serial port {self.token} cannot be {value}")

    async def _send(self, line: SerialLine, content: bytes) -> None:
        try:
            async with asyncio.timeout(WRITE_MOST_S):
                await line.write(content)
        except TimeoutError:
            raise HardwareFailed(f"{line.path} takes nothing any more") from None

    async def _answer(self, line: SerialLine, command: Command, wait_s: float) -> bytes:
        loop = asyncio.get_running_loop()
        until_s = loop.time() + wait_s
        line.look()
        while (size := command.answer_bytes(line.received)) is None:
            if command.has_end and len(line.received) >= KEPT_MOST_BYTES:
                raise DataLengthOver(f"{KEPT_MOST_BYTES} bytes came in without the end of an answer")
            is_ending = command.wait_s is None and not command.has_end and bool(line.received)
            left_s = min(until_s - loop.time(), QUIET_S if is_ending else wait_s)
            try:
                async with asyncio.timeout(left_s):
                    await line.arrival()
            except TimeoutError:
                size = len(line.received)
                break
        answer = bytes(line.received[:size])
        del line.received[:size]
        return answer


class SerialPorts:
    """Every serial port there is."""

    def __init__(self, ports: tuple[SerialPort, ...]) -> None:
        self._ports = {port.token: port for port in ports}

    def __iter__(self) -> Iterator[SerialPort]:
        return iter(self._ports.values())

    def __len__(self) -> int:
        return len(self._ports)

    def require(self, token: str) -> SerialPort:
        """The port of that token; raises InvalidSerialPort."""
        try:
            return self._ports[token]
        except KeyError:
            raise InvalidSerialPort(f"no serial port {token!r}") from None
