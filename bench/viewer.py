"""A small RTSP viewer over TCP, for what is timed per request rather than per core."""

import socket
import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from bench.figures import BenchError

CHUNK_BYTES = 1 << 20
HEAD_MOST_BYTES = 64 << 10


class Reply(NamedTuple):
    """An RTSP response; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: str


class Packet(NamedTuple):
    """The head of one RTP packet of the video track, and when its chunk was received (monotonic)."""

    timestamp: int
    is_last: bool
    size: int
    received_s: float


class Viewer:
    """One RTSP session over one TCP connection; the first video track only."""

    def __init__(self, url: str, *, timeout_s: float = 10.0) -> None:
        parts = urlsplit(url)
        self.url = url
        self.session = ""
        self._sequence = 0
        self._unread = b""  # what was received …
        self._at = 0  # … and how much of it is taken
        self._received_s = 0.0
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout=timeout_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection, which ends a session over TCP."""
        self._socket.close()

    def request(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Send and wait for the answer; media that come in between are dropped."""
        self.send(method, url, headers)
        return self.reply()

    def send(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> None:
        """Send without waiting."""
        self._sequence += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._sequence}"]
        if self.session:
            lines.append(f"Session: {self.session}")
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def reply(self) -> Reply:
        """The next RTSP response."""
        while self._peek(4)[:1] == b"$":
            self._take_frame()
        while (end := self._unread.find(b"\r\n\r\n", self._at)) < 0:
            if len(self._unread) - self._at > HEAD_MOST_BYTES:
                raise BenchError(f"{self.url}: no end of the RTSP response")
            self._receive()
        status_line, *lines = self._take(end + 4 - self._at).decode().rstrip().split("\r\n")
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
        }
        body = self._take(int(headers.get("content-length", "0"))).decode()
        return Reply(int(status_line.split()[1]), headers, body)

    def set_up(self, headers: Mapping[str, str] | None = None) -> str:
        """DESCRIBE and SETUP of the video track; returns the URL to PLAY."""
        described = self.request("DESCRIBE", self.url, {"Accept": "application/sdp", **(headers or {})})
        _require_ok("DESCRIBE", self.url, described)
        base = described.headers.get("content-base", self.url).rstrip("/")
        control = _video_control(described.body)
        track = control if control.startswith("rtsp://") else f"{base}/{control}"
        transport = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1", **(headers or {})}
        answered = self.request("SETUP", track, transport)
        _require_ok("SETUP", track, answered)
        self.session = answered.headers.get("session", "").partition(";")[0]
        return base

    def play(self, base: str, headers: Mapping[str, str] | None = None) -> Reply:
        """PLAY the session; returns the answer, refuses anything but 200."""
        answered = self.request("PLAY", base, headers)
        _require_ok("PLAY", base, answered)
        return answered

    def packets(self) -> Iterator[Packet]:
        """RTP packets of the video track as they come; ends when the server closes."""
        while True:
            try:
                channel, frame = self._take_frame()
            except ConnectionError:
                return
            if channel == 0 and len(frame) >= 12:
                timestamp = int.from_bytes(frame[4:8], "big")
                yield Packet(timestamp, bool(frame[1] & 0x80), len(frame), self._received_s)

    def wait_for_frame(self) -> float:
        """Monotonic time at which the next whole frame had come in."""
        for packet in self.packets():
            if packet.is_last:
                return packet.received_s
        raise BenchError(f"{self.url}: closed before the first frame")

    def _take_frame(self) -> tuple[int, bytes]:
        while (head := self._peek(4))[:1] != b"$":
            self.reply()
        frame = self._take(4 + int.from_bytes(head[2:4], "big"))
        return head[1], frame[4:]

    def _peek(self, length: int) -> bytes:
        while len(self._unread) - self._at < length:
            self._receive()
        return self._unread[self._at : self._at + length]

    def _take(self, length: int) -> bytes:
        taken = self._peek(length)
        self._at += length
        return taken

    def _receive(self) -> None:
        chunk = self._socket.recv(CHUNK_BYTES)
        if not chunk:
            raise ConnectionError(f"{self.url}: closed by the server")
        self._received_s = time.monotonic()
        self._unread = self._unread[self._at :] + chunk
        self._at = 0


def wait_until_live(url: str, *, within_s: float = 15.0) -> None:
    """Return once DESCRIBE of a live stream is answered 200."""
    end_s = time.monotonic() + within_s
    status = "no connection"
    while time.monotonic() < end_s:
        try:
            with Viewer(url, timeout_s=2) as viewer:
                status = str(viewer.request("DESCRIBE", url, {"Accept": "application/sdp"}).status)
        except OSError as error:
            status = str(error)
        if status == "200":
            return
        time.sleep(0.05)
    raise BenchError(f"{url} is not live after {within_s:g} s ({status})")


def _video_control(sdp: str) -> str:
    _, found, media = sdp.partition("m=video")
    if not found:
        raise BenchError("the session description has no video")
    for line in media.splitlines()[1:]:
        if line.startswith("m="):
            break
        if line.startswith("a=control:"):
            return line.removeprefix("a=control:").strip()
    raise BenchError("the video has no control URL")


def _require_ok(method: str, url: str, reply: Reply) -> None:
    if reply.status != 200:
        raise BenchError(f"{method} {url} was answered {reply.status}")
