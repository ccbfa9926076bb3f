"""The UDP side of a camera's track: a pair of ports for its RTP and RTCP."""

import asyncio
import errno
import logging
import random
import socket
from collections.abc import Callable
from ipaddress import ip_address

from vedette.media.sources.source import SourceLost

_log = logging.getLogger(__name__)

FIRST_PORT, LAST_PORT = 20_000, 29_998
ATTEMPTS = 64
DATAGRAM_MOST_BYTES = 64 << 10
BATCH_MOST = 128  # datagrams taken in one go before others have their turn
CATCH_UP_MOST = 32  # goes, at the end
RECEIVE_BUFFER_BYTES = 4 << 20  # a large key frame comes at once, and this process may be busy meanwhile
KEPT_PACKET_BYTES = 2304  # what Linux counts for a packet of 1,400 bytes
PUNCH = b"\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"  # an RTP header without payload


class PortPair:
    """Two UDP sockets on an even port and the next; only the camera's datagrams are taken.

    It may send from another address than that of its RTSP port, which it then names.
    """

    def __init__(self, rtp: socket.socket, rtcp: socket.socket, camera: str) -> None:
        self._rtp = rtp
        self._rtcp = rtcp
        self._senders = {camera}
        self._rtcp_port = 0
        self._packets: Callable[[list[memoryview]], None] | None = None
        self._loop = asyncio.get_running_loop()

    @property
    def numbers(self) -> tuple[int, int]:
        """The two local ports."""
        return self._rtp.getsockname()[1], self._rtcp.getsockname()[1]

    def check_room(self, name: str) -> None:
        """Tell the operator where the system gives less room than a large picture of stream `name` takes."""
        given = self._rtp.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        if given < RECEIVE_BUFFER_BYTES:
            _log.warning(
                "%s: the system keeps some %d packets that come by UDP at once, and loses more; "
                "net.core.rmem_max = %d is enough",
                name,
                given // KEPT_PACKET_BYTES,
                RECEIVE_BUFFER_BYTES,
            )

    def start(self, packets: Callable[[list[memoryview]], None], report: Callable[[bytes], None]) -> None:
        """Hand RTP in batches to `packets` and RTCP one by one to `report`."""
        self._packets = packets
        self._loop.add_reader(self._rtp.fileno(), self._read_rtp, packets)
        self._loop.add_reader(self._rtcp.fileno(), self._read_rtcp, report)

    def open_towards(self, server_port: tuple[int, int] | None, source: str | None = None) -> None:
        """Say where the camera's ports are: a datagram to each opens the way through address translation.

        `source` is the address that the camera says it sends from (RFC 2326 §12.39). Behind address
        translation that is not the one its datagrams bear: they are taken from either.
        """
        if source is not None and (sender := _address(source)) is not None:
            self._senders.add(sender)
        if server_port is None:
            return
        self._rtcp_port = server_port[1]
        for sender in self._senders:
            self._send(self._rtp, PUNCH, (sender, server_port[0]))

    def report(self, packet: bytes) -> None:
        """Send RTCP to the camera."""
        if self._rtcp_port:
            for sender in self._senders:
                self._send(self._rtcp, packet, (sender, self._rtcp_port))

    def catch_up(self) -> None:
        """Hand over now what has come and waits, of RTP."""
        if self._packets is not None and self._rtp.fileno() >= 0:
            for _ in range(CATCH_UP_MOST):
                if not self._read_rtp(self._packets):
                    break

    def close(self) -> None:
        """Give the ports back."""
        for each in (self._rtp, self._rtcp):
            if each.fileno() >= 0:
                self._loop.remove_reader(each.fileno())
                each.close()

    def _send(self, sending: socket.socket, packet: bytes, to: tuple[str, int]) -> None:
        try:
            sending.sendto(packet, to)
        except OSError:
            return  # a lost report is made good by the next one

    def _read_rtp(self, packets: Callable[[list[memoryview]], None]) -> bool:
        """Take what has come; False where nothing has."""
        batch: list[memoryview] = []
        for _ in range(BATCH_MOST):
            try:
                data, sender = self._rtp.recvfrom(DATAGRAM_MOST_BYTES)
            except OSError:
                break
            if sender[0] in self._senders:
                batch.append(memoryview(data))
        if batch:
            packets(batch)
        return bool(batch)

    def _read_rtcp(self, report: Callable[[bytes], None]) -> None:
        try:
            data, sender = self._rtcp.recvfrom(DATAGRAM_MOST_BYTES)
        except OSError:
            return
        if sender[0] in self._senders:
            report(data)


def _address(text: str) -> str | None:
    """An address that a datagram may come from, in the form in which the system tells it."""
    try:
        found = ip_address(text.strip("[]"))
    except ValueError:
        return None  # a name, or the placeholder that some cameras leave there
    return None if found.is_unspecified or found.is_multicast else str(found)


def open_pair(local: str, camera: str, chance: random.Random, *, link: int = 0) -> PortPair:
    """Bind an even port and the next one on the address that faces the camera; raises SourceLost.

    `link` is the number of the interface where it is an address of a link.
    """
    family = socket.AF_INET6 if ":" in local else socket.AF_INET
    for _ in range(ATTEMPTS):
        first = chance.randrange(FIRST_PORT, LAST_PORT, 2)
        rtp = socket.socket(family, socket.SOCK_DGRAM)
        rtcp = socket.socket(family, socket.SOCK_DGRAM)
        try:
            for each, port in ((rtp, first), (rtcp, first + 1)):
                each.settimeout(0.0)
                each.bind((local, port, 0, link) if link else (local, port))
            rtp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        except OSError as error:
            rtp.close()
            rtcp.close()
            if error.errno != errno.EADDRINUSE:
                raise SourceLost(f"UDP ports on {local}: {error.strerror}") from error
        else:
            return PortPair(rtp, rtcp, camera)
    raise SourceLost("no pair of UDP ports is free")
