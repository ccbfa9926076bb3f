"""The ports this server listens on: found at the start, moved when clients say so."""

import asyncio
import errno
import logging
import socket

from vedette.device.network_protocols import (
    OpenPorts,
    PortTaken,
    Spoken,
    chosen_ports,
    with_https,
    without_https,
)
from vedette.device.settings.network import PortSettings, ProtocolSettings
from vedette.server.listener import CannotListen, Listener

_log = logging.getLogger(__name__)

LEAVE_S = 1.0  # who asked at an old port, or is about to, gets an answer


class _Move:
    def __init__(
        self,
        ports: "ListeningPorts",
        held: list[socket.socket],
        wanted: frozenset[int],
        spoken: frozenset[Spoken],
    ) -> None:
        self._ports = ports
        self._held = held
        self._wanted = wanted
        self._spoken = spoken

    def make(self) -> None:
        """Serve the new ports; leave the old ones a little later."""
        self._ports.serve(self._held, self._wanted, self._spoken)

    def undo(self) -> None:
        """Let go of the new ports."""
        for each in self._held:
            each.close()


class ListeningPorts:
    """Moves a listener's ports, all on one host address; old ones are left after `leave_s`."""

    def __init__(self, listener: Listener, host: str, leave_s: float = LEAVE_S) -> None:
        self._listener = listener
        self._host = host
        self._leave_s = leave_s
        self._wanted: frozenset[int] = frozenset()

    def hold(self, ports: frozenset[int], spoken: frozenset[Spoken]) -> _Move:
        """Take the ports that are not listened on yet; raises PortTaken and then holds none."""
        held: list[socket.socket] = []
        try:
            for port in sorted(ports - self._listener.ports):
                held.append(self._listener.bound(self._host, port))
        except CannotListen as error:
            for each in held:
                each.close()
            raise PortTaken(str(error)) from error
        return _Move(self, held, ports, spoken)

    def serve(self, held: list[socket.socket], wanted: frozenset[int], spoken: frozenset[Spoken]) -> None:
        """Serve what is held, and in a little while nothing but the wanted ports."""
        for each in held:
            self._listener.serve(each)
        self._listener.spoken = spoken
        self._wanted = wanted
        asyncio.get_running_loop().call_later(self._leave_s, self._leave)

    def _leave(self) -> None:
        """Leave what nobody wants by now: a port that was given up may have come back meanwhile."""
        self._listener.leave(self._listener.ports - self._wanted)


def listened(
    listener: Listener,
    *,
    host: str,
    configured: tuple[int, int],
    chosen: PortSettings | None,
    has_tls: bool,
) -> OpenPorts:
    """Listen at the start: on the ports that clients chose, else on the operator's (HTTP, RTSP).

    Raises CannotListen, naming the option that helps.
    """
    wanted = chosen_ports(chosen, configured)
    if wanted is not None:
        wanted = with_https(wanted, wanted) if has_tls else without_https(wanted)
        if wanted.spoken & {Spoken.HTTP, Spoken.HTTPS} and _served(listener, host, wanted):
            return wanted
    found = []
    for option, port in zip(("--http-port", "--rtsp-port"), configured, strict=True):
        try:
            found.append(listener.listen(host, port).port)
        except CannotListen as error:
            helps = "address with --host" if _is_of_the_address(error) else f"port with {option}"
            raise CannotListen(f"{error}; name another {helps}") from error
    http, rtsp = (ProtocolSettings(ports=(port,)) for port in found)
    return OpenPorts(http=http, https=http if has_tls else None, rtsp=rtsp)


def _is_of_the_address(error: CannotListen) -> bool:
    """Whether no port would do at that address."""
    cause = error.__cause__
    return isinstance(cause, socket.gaierror) or (
        isinstance(cause, OSError) and cause.errno == errno.EADDRNOTAVAIL
    )


def _served(listener: Listener, host: str, wanted: OpenPorts) -> bool:
    try:
        move = ListeningPorts(listener, host).hold(wanted.listened, wanted.spoken)
    except PortTaken as error:
        _log.error("%s; a client chose it, the configured ports are used instead", error)
        return False
    move.make()
    return True
