"""Pairs of UDP ports for RTP and RTCP, bound here and connected to one viewer."""

import errno
import os
import random
import socket

from vedette.server.live.viewers import DatagramPort
from vedette.server.process import connections_room
from vedette.server.rtsp.media import MediaRefused

FIRST_PORT, LAST_PORT = 30_000, 60_998  # below most systems' ports for outgoing connections come first
ATTEMPTS = 64
SEND_BUFFER_BYTES = 1 << 20


def open_ports(
    local: str, remote: str, client_port: tuple[int, int], chance: random.Random, *, link: int = 0
) -> DatagramPort:
    """An even port and the next one, bound to `local` and connected to the viewer's pair.

    `link` is the number of the interface where they are addresses of a link. Being connected, they take
    nothing from anybody else. Raises MediaRefused (461, 503).
    """
    family = socket.AF_INET6 if ":" in local else socket.AF_INET
    for _ in range(ATTEMPTS):
        first = chance.randrange(FIRST_PORT, LAST_PORT, 2)
        rtp, rtcp = _pair(family)
        try:
            for each, ours, theirs in ((rtp, first, client_port[0]), (rtcp, first + 1, client_port[1])):
                each.settimeout(0.0)
                each.bind((local, ours, 0, link) if link else (local, ours))
                each.connect((remote, theirs, 0, link) if link else (remote, theirs))
            rtp.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        except OSError as error:
            rtp.close()
            rtcp.close()
            if error.errno != errno.EADDRINUSE:
                raise MediaRefused(461, f"UDP to {remote}: {error.strerror}") from error
        else:
            return DatagramPort(rtp, rtcp)
    raise MediaRefused(503, "no pair of UDP ports is free")


def _pair(family: socket.AddressFamily) -> tuple[socket.socket, socket.socket]:
    """Two sockets; raises MediaRefused (503) where the system gives no more of them.

    So it does where they would be of the last quarter of the files, which is left to cameras and recordings.
    """
    made: list[socket.socket] = []
    try:
        for _ in range(2):
            made.append(socket.socket(family, socket.SOCK_DGRAM))
            if made[-1].fileno() >= connections_room():  # the system gives the lowest number that is free
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
    except OSError as error:
        for each in made:
            each.close()
        raise MediaRefused(503, f"no UDP sockets: {error.strerror}") from error
    return made[0], made[1]


def numbers_of(port: DatagramPort) -> tuple[int, int]:
    """The two local port numbers."""
    return port.rtp.getsockname()[1], port.rtcp.getsockname()[1]
