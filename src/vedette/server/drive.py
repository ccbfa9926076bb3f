"""The loop that runs any protocol core: bytes and time in, bytes out, events to their owner."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from vedette.base.errors import PeerError
from vedette.protocols.machine import Machine
from vedette.server.channel import Duplex, Taker

log = logging.getLogger("vedette.server.drive")


class Driver(Taker):
    """Runs one machine over one connection on the event loop, with an exact timer for its deadline.

    `on_event` gets every event in order; it may call the machine's commands, then nothing more is
    needed, or later from elsewhere, then `flush` must follow. `on_lost` is called once, at the end. A
    PeerError of the machine is logged and ends the connection after what it had to say.
    """

    def __init__(
        self,
        machine: Machine,
        duplex: Duplex,
        on_event: Callable[[Any], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self.machine = machine
        self.duplex = duplex
        self._on_event = on_event
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_s: float | None = None
        self._reason = ""
        duplex.hand_to(self)

    def receive(self, data: bytes) -> None:
        """Bytes from the peer."""
        self._step(lambda now_s: self.machine.receive(data, now_s))

    def input_ended(self) -> None:
        """The peer closed its side: the machine hears it, then the connection ends."""
        self._step(lambda now_s: self.machine.receive(b"", now_s))
        self.duplex.close()

    def finish(self) -> None:
        """The server ends."""
        self.duplex.close()

    def lost(self, reason: str) -> None:
        """The connection is gone."""
        self._set_timer(None)
        self._on_lost(self._reason or reason)

    def flush(self) -> None:
        """Write what the machine has to say and keep its deadline."""
        for data in self.machine.outgoing():
            self.duplex.write(data)
        if self.machine.deadline_s != self._timer_s:
            self._set_timer(self.machine.deadline_s)

    def _step(self, step: Callable[[float], list[Any]]) -> None:
        try:
            for event in step(self._loop.time()):
                self._on_event(event)
        except PeerError as error:
            self._reason = str(error)
            log.info("%s: %s", self.duplex.peer.host, error)
            self.flush()
            self.duplex.close()
            return
        self.flush()

    def _pass_time(self) -> None:
        self._timer = None
        self._timer_s = None
        self._step(self.machine.pass_time)

    def _set_timer(self, deadline_s: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._timer_s = deadline_s
        if deadline_s is not None and self.duplex.is_open:
            self._timer = self._loop.call_at(deadline_s, self._pass_time)
