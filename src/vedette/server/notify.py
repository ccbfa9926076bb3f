"""Tells systemd what state the service is in. Source: sd_notify(3)."""

import asyncio
import logging
import os
import socket
import time

_log = logging.getLogger(__name__)

TELL_S = 10.0  # between two words about a start that takes long
PATIENCE_US = 120_000_000  # what the service manager is asked to wait further each time


class ServiceManager:
    """The socket named by NOTIFY_SOCKET; without one every call does nothing."""

    def __init__(self, address: str | None = None) -> None:
        self._address = os.environ.get("NOTIFY_SOCKET", "") if address is None else address
        self._told_s = float("-inf")

    def indexing(self, done: int, files: int) -> None:
        """Footage is being entered into the index before anything is served; call it for each file.

        Now and then the log tells of it, and the service manager is asked for more time, or it would end a
        start that takes minutes. May be called from any thread. Source: sd_notify(3), EXTEND_TIMEOUT_USEC.
        """
        now_s = time.monotonic()
        if now_s - self._told_s < TELL_S:
            return
        self._told_s = now_s
        status = f"entering footage into the index: {done} of {files} files of a recording"
        _log.info("%s", status)
        self._send(f"EXTEND_TIMEOUT_USEC={PATIENCE_US}\nSTATUS={status}\nWATCHDOG=1")

    def ready(self, status: str) -> None:
        """Serving has begun."""
        self._send(f"READY=1\nSTATUS={status}")
        self._watch(self._watchdog_us)

    def stopping(self) -> None:
        """The end has begun."""
        self._send("STOPPING=1")

    def restarting(self) -> None:
        """The same process begins anew and will be ready again. Source: sd_notify(3), RELOADING.

        Its watchdog goes on meanwhile, other than before the first start, and gets the patience of a start.
        """
        now_us = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._send(f"RELOADING=1\nMONOTONIC_USEC={now_us}")
        self._watch(PATIENCE_US)

    def alive(self) -> None:
        """The watchdog's sign of life."""
        self._send("WATCHDOG=1")

    async def run(self) -> None:
        """Give signs of life from this event loop for as long as it turns, if they are wanted at all."""
        interval_s = self.watchdog_s
        while interval_s is not None:
            self.alive()
            await asyncio.sleep(interval_s)

    @property
    def watchdog_s(self) -> float | None:
        """How often `alive` is wanted: twice in the time after which systemd gives us up; None for never.

        Source: sd_watchdog_enabled(3).
        """
        wanted_us = self._watchdog_us
        return wanted_us / 2_000_000 if wanted_us else None

    @property
    def _watchdog_us(self) -> int:
        """The time after which systemd gives us up, as the unit has it; 0 for never."""
        text, wanted_of = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
        is_ours = not wanted_of or wanted_of == str(os.getpid())
        return int(text) if self._address and is_ours and text.isdigit() else 0

    def _watch(self, patience_us: int) -> None:
        """Set the watchdog's time, where there is one. Source: sd_notify(3), WATCHDOG_USEC."""
        if self._watchdog_us:
            self._send(f"WATCHDOG_USEC={patience_us}")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        name = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as notifier:
            try:
                notifier.sendto(message.encode(), name)
            except OSError:
                return  # a service manager that does not listen, or is slow, keeps nobody from serving
