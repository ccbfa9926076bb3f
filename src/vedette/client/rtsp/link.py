"""A TCP or TLS connection to a camera: bytes in as they come, bytes out without waiting."""

import asyncio
import errno
import os
import socket
import ssl
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

from vedette.client.errors import Unreachable
from vedette.client.names import Found, look_up
from vedette.client.rtsp.reading import PATIENT_MOST_BYTES, READ_BYTES, SharedReader
from vedette.client.trust import CLOSED, SYSTEM_TRUST, Trust, fingerprint_of, said_of_tls
from vedette.media.sources.source import SourceLost

CONNECT_S = 10.0
SECOND_LOOK_S = 3.0  # at a certificate that is not trusted, to tell which it is
DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322}
_NOBODY_THERE = frozenset((errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ETIMEDOUT))

Received = Callable[[bytes], None]


class Link(Protocol):
    """An open connection. `local` and `remote` are its addresses, `index` the number of the interface where
    they are addresses of a link, else 0.

    `problem` says in words why it ended, where more is known than that the camera closed it.
    """

    local: str
    remote: str
    index: int
    problem: str

    def start(self, received: Received) -> None:
        """Hand everything that comes to `received`; empty bytes say that the camera closed."""
        ...

    def be_patient(self, *, is_patient: bool) -> None:
        """Whether what comes may be handed over up to half a second late, several at once."""
        ...

    def catch_up(self) -> None:
        """Hand over now what has come and waits."""
        ...

    def write(self, data: bytes) -> None:
        """Send; what the system does not take now goes later."""
        ...

    def close(self) -> None:
        """Close; nothing is received any more."""
        ...


class SocketLink:
    """A plain TCP connection, read without a transport in between: this is the recorder's hot path."""

    def __init__(self, connected: socket.socket, reader: SharedReader) -> None:
        self._socket = connected
        self._reader = reader
        self._fd = connected.fileno()
        self._loop = asyncio.get_running_loop()
        self._queue: deque[bytes] = deque()
        self._received: Received | None = None
        self._is_closed = False
        self._is_patient = False
        self.problem = ""
        self.local, self.index = _end(connected.getsockname())
        self.remote, _ = _end(connected.getpeername())

    def start(self, received: Received) -> None:
        """Hand everything that comes to `received`."""
        self._received = received
        self._reader.add(self._fd, self._readable)

    def be_patient(self, *, is_patient: bool) -> None:
        """Whether what comes may wait for the reader's turn."""
        if is_patient != self._is_patient and not self._is_closed:
            self._is_patient = is_patient
            # the kernel makes room for the largest mark it was told, so the camera can send on beyond it
            for mark in (READ_BYTES, PATIENT_MOST_BYTES) if is_patient else (1,):
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, mark)
            self._reader.be_patient(self._fd, is_patient=is_patient)

    def catch_up(self) -> None:
        """Read what was left to wait for the reader's turn."""
        if self._is_patient and not self._is_closed:
            self._readable()

    def write(self, data: bytes) -> None:
        """Send, or queue what the system does not take now."""
        if self._is_closed:
            return
        if not self._queue:
            try:
                sent = self._socket.send(data)
            except BlockingIOError:
                sent = 0
            except OSError:
                return  # reading meets the same end, and says so
            if sent == len(data):
                return
            data = data[sent:]
            self._loop.add_writer(self._fd, self._writable)
        self._queue.append(data)

    def close(self) -> None:
        """Close; a second time changes nothing."""
        if not self._is_closed:
            self._is_closed = True
            self._reader.remove(self._fd)
            self._loop.remove_writer(self._fd)
            self._socket.close()

    def _readable(self) -> None:
        try:
            data = self._socket.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self.problem = _reason(error)
            data = b""
        if not data:
            self._reader.remove(self._fd)
        if self._received is not None:
            self._received(data)

    def _writable(self) -> None:
        while self._queue:
            try:
                sent = self._socket.send(self._queue[0])
            except BlockingIOError:
                return
            except OSError:
                self._queue.clear()
                break
            if sent < len(self._queue[0]):
                self._queue[0] = self._queue[0][sent:]
                return
            self._queue.popleft()
        self._loop.remove_writer(self._fd)


class TlsLink(asyncio.Protocol):
    """A connection inside TLS. `certificate` is what the camera shows (DER)."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received: Received | None = None
        self._early: list[bytes] = []
        self.local = self.remote = self.problem = ""
        self.index = 0
        self.certificate = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The handshake is done."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.local, self.index = _end(transport.get_extra_info("sockname"))
        self.remote, _ = _end(transport.get_extra_info("peername"))
        self.certificate = transport.get_extra_info("ssl_object").getpeercert(binary_form=True) or b""

    def data_received(self, data: bytes) -> None:
        """Bytes from the camera."""
        if self._received is None:
            self._early.append(data)
        else:
            self._received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The camera is gone. In TLS 1.3 a server refuses us only now, when the handshake is done here."""
        if isinstance(exc, OSError):
            self.problem = _reason(exc)
        self.data_received(b"")

    def start(self, received: Received) -> None:
        """Hand everything that comes to `received`."""
        self._received = received
        for data in self._early:
            received(data)
        self._early.clear()

    def be_patient(self, *, is_patient: bool) -> None:
        """Records are decrypted as they come: waiting would save nothing."""

    def catch_up(self) -> None:
        """Nothing waits."""

    def write(self, data: bytes) -> None:
        """Send, or queue what the system does not take now."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        """Close at once."""
        self._received = lambda data: None
        if self._transport is not None:
            self._transport.abort()


class CertificateNotTrusted(SourceLost):
    """The camera shows a certificate that this machine does not trust."""


class NotReached(SourceLost):
    """Nothing answers at the camera's address."""


async def open_link(url: str, reader: SharedReader, trust: Trust = SYSTEM_TRUST) -> Link:
    """Connect to the host of an RTSP URL, to be read by `reader`; raises SourceLost with the reason.

    Nothing is sent to a camera whose certificate is not one to `trust`.
    """
    host, port, is_secure = _place(url)
    found: list[Found] = []
    try:
        async with asyncio.timeout(CONNECT_S):
            found = await look_up(host, port)
            if not is_secure:
                return SocketLink(await _connected(host, found), reader)
            link = await _secured(host, found, trust)
    except TimeoutError:
        if not found:
            raise SourceLost(f"no name server answers for {host!r}") from None
        raise NotReached(f"{host}:{port} does not answer") from None
    except UnicodeError:
        raise SourceLost(f"{host!r} is no name that a host could have") from None
    except Unreachable as error:
        raise SourceLost(str(error)) from error
    except ssl.SSLCertVerificationError as error:
        why = error.verify_message or _reason(error)
        shown = await _shown(host, found)
        raise CertificateNotTrusted(
            f"{host}:{port}: its certificate is not trusted here ({why}){shown}"
        ) from error
    except OSError as error:
        is_nobody = isinstance(error, socket.gaierror) or error.errno in _NOBODY_THERE
        raise (NotReached if is_nobody else SourceLost)(f"{host}:{port}: {_reason(error)}") from error
    if not trust.admits(link.certificate):
        link.close()
        raise CertificateNotTrusted(
            f"{host}:{port}: its certificate is not the one that was named{_told(link.certificate)}"
        )
    return link


def _place(url: str) -> tuple[str, int, bool]:
    """Host and port of an RTSP URL, and whether it is inside TLS; raises SourceLost."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme, 554)
    except ValueError:
        raise SourceLost(f"no host and port in the address {url!r}") from None
    if not host:
        raise SourceLost(f"no host in the address {url!r}")
    zoned = host.replace("%25", "%", 1) if ":" in host else host  # as URLs write it (RFC 6874 §2)
    return zoned, port, parts.scheme == "rtsps"


async def _secured(host: str, found: list[Found], trust: Trust) -> TlsLink:
    """Connect to a host and make TLS's handshake; the certificate is yet to be admitted."""
    connected = await _connected(host, found)
    try:
        context = await asyncio.to_thread(trust.context)
        _, link = await asyncio.get_running_loop().create_connection(
            TlsLink, sock=connected, ssl=context, server_hostname=host
        )
    except BaseException:
        connected.close()
        raise
    return link


async def _shown(host: str, found: list[Found]) -> str:
    """Which certificate a host shows, in words; a handshake that fails does not tell. Empty if unknown."""
    try:
        async with asyncio.timeout(SECOND_LOOK_S):
            link = await _secured(host, found, Trust(verify=False))
    except (OSError, Unreachable):  # TimeoutError is one
        return ""
    link.close()
    return _told(link.certificate)


def _told(certificate: bytes) -> str:
    return f"; its SHA-256 fingerprint is {fingerprint_of(certificate)}"


async def _connected(host: str, found: list[Found]) -> socket.socket:
    """Connect to the first of a host's addresses that takes us; each gets its share of the time."""
    loop = asyncio.get_running_loop()
    problem: OSError = OSError(f"{host} has no address")
    for family, kind, _, _, address in found:
        try:
            connecting = socket.socket(family, kind)
        except OSError as error:  # a machine without IPv6 still learns such addresses
            problem = error
            continue
        connecting.settimeout(0.0)
        try:
            async with asyncio.timeout(CONNECT_S / len(found)):
                await loop.sock_connect(connecting, address)
        except OSError as error:  # TimeoutError is one
            problem = error
            connecting.close()
        except BaseException:
            connecting.close()
            raise
        else:
            connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connecting
    raise problem


def _end(name: tuple[Any, ...]) -> tuple[str, int]:
    """The host of one end, and the number of its interface where it is an address of a link, else 0."""
    return name[0], name[3] if len(name) == 4 else 0


def _reason(error: OSError) -> str:
    """The system's words for what went wrong; the event loop has others, which name its calls, or none."""
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return "no TLS is spoken there; try rtsp://"
    if not str(error):  # what the loop says of a handshake that the other side has left
        return CLOSED
    if isinstance(error, ssl.SSLError):
        return said_of_tls(error)
    if isinstance(error, socket.gaierror) or not error.errno:
        return error.strerror or str(error)
    return os.strerror(error.errno)
