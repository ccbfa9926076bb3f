"""A scripted camera, the source that reads it, and who listens."""

import asyncio
import random
import re
import socket
import ssl
import struct
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from vedette.base.clock import ManualClock
from vedette.base.timestamps import ntp_from_utc_us
from vedette.client.rtsp.source import RtspSource
from vedette.media.codecs import codec_named
from vedette.media.hub import Stream
from vedette.media.sources.source import Backoff
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.rtcp import KeyFrameRequest, parse_rtcp, sender_report
from vedette.protocols.rtp.runs import interleaved
from vedette.protocols.rtp.sender import RtpSender

SETUP = (bytes.fromhex("6764000aacb208f420000003002000000641e244c9"), bytes.fromhex("68ebc3cb22c0"))
VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, setup=SETUP)
BARE = msgspec.structs.replace(VIDEO, setup=())
SESSION = "Session: 12345678;timeout=60"

Answer = Callable[["Camera", str, dict[str, str]], str | None]


def nal(kind: int, frame: int, size: int = 3000) -> bytes:
    data = bytes([kind]) + b"\x88" + frame.to_bytes(4, "big") + bytes([frame % 251]) * size
    return struct.pack(">I", len(data)) + data


def picture(frame: int, *, shown: int | None = None, slices: int = 1, size: int = 3000) -> AccessUnit:
    is_key = frame % 10 == 0
    pieces = [nal(0x65 if is_key else 0x41, frame, size // slices) for _ in range(slices)]
    pts = (frame if shown is None else shown) * 3600
    return AccessUnit(track=0, utc_us=0, pts=pts, data=b"".join(pieces), is_key=is_key)


def asks_for_a_key_frame(report: bytes) -> bool:
    return any(isinstance(each, KeyFrameRequest) for each in parse_rtcp(report))


class Camera:
    """One scripted camera; what `answers` has for a method goes before what it would say itself."""

    def __init__(self, *, audio: bool = True) -> None:
        self.answers: dict[str, Answer] = {}
        self.sets_in_sdp = True
        self.sets_in_band = True
        self.audio = audio
        self.is_mute = False  # whether it leaves requests unanswered
        self.codec = "H264"
        self.content_base = ""
        self.channel = 0
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.connections = 0
        self.feedback: list[bytes] = []  # what it was sent inside the connection
        self.url = ""
        self.playing = asyncio.Event()
        self.tls: ssl.SSLContext | None = None
        self.port = 0  # any
        self.client_port = (0, 0)
        self.udp: tuple[socket.socket, socket.socket] | None = None
        self.sender = RtpSender(ssrc=0xCA, payload_type=96, first_sequence=65_500, timestamp_offset=1 << 31)
        self.writer: asyncio.StreamWriter | None = None
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'rtsp' if self.tls is None else 'rtsps'}://127.0.0.1:{self.port}/cam"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for each in self.udp or ():
            each.close()
        if self.writer is not None:
            self.writer.close()

    def hang_up(self) -> None:
        """Close the connection."""
        assert self.writer is not None
        self.writer.close()

    @property
    def key_frames_asked(self) -> int:
        """How often it was asked for a key frame inside the connection."""
        return sum(map(asks_for_a_key_frame, self.feedback))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writer = writer
        try:
            while True:
                while (first := await reader.readexactly(1)) == b"$":
                    _, size = struct.unpack(">BH", await reader.readexactly(3))
                    self.feedback.append(await reader.readexactly(size))
                head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
                self._request(head, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _request(self, head: str, writer: asyncio.StreamWriter) -> None:
        line, *rest = head.strip().split("\r\n")
        method, url, _ = line.split(" ")
        headers = {n.lower(): v for n, _, v in (each.partition(": ") for each in rest)}
        self.requests.append((method, url, headers))
        if self.is_mute:
            return
        answer = self.answers.get(method)
        reply = answer(self, url, headers) if answer is not None else None
        if reply is None:
            reply = self.usual(method, url, headers)
        status, _, more = reply.partition("\r\n")
        writer.write(f"RTSP/1.0 {status}\r\nCSeq: {headers['cseq']}\r\n{more}".encode())
        if method == "PLAY" and status.startswith("200"):
            self.playing.set()

    def usual(self, method: str, url: str, headers: dict[str, str]) -> str:
        """What it says by itself."""
        if method == "OPTIONS":
            return "200 OK\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n\r\n"
        if method == "DESCRIBE":
            sdp = self.sdp()
            base = self.content_base or f"{url}/"
            head = f"200 OK\r\nContent-Base: {base}\r\nContent-Type: application/sdp\r\n"
            return f"{head}Content-Length: {len(sdp)}\r\n\r\n{sdp}"
        if method == "SETUP":
            return f"200 OK\r\n{SESSION}\r\nTransport: {self._transport(url, headers['transport'])}\r\n\r\n"
        return f"200 OK\r\n{SESSION}\r\n\r\n"

    def _transport(self, url: str, asked: str) -> str:
        if "interleaved" in asked:
            channel = self.channel + (2 if url.endswith("1") else 0)
            return f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}"
        low, high = map(int, re.findall(r"client_port=(\d+)-(\d+)", asked)[0])
        if not url.endswith("1"):
            self.client_port = (low, high)
        return f"RTP/AVP;unicast;client_port={low}-{high};server_port=50000-50001"

    def sdp(self) -> str:
        sets = ",".join(b64encode(each).decode() for each in SETUP)
        fmtp = f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={sets}\r\n" if self.sets_in_sdp else ""
        audio = "m=audio 0 RTP/AVP 0\r\na=control:track1\r\n" if self.audio else ""
        video = f"m=video 0 RTP/AVP 96\r\na=rtpmap:96 {self.codec}/90000\r\n{fmtp}a=control:track0\r\n"
        return f"v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=cam\r\nt=0 0\r\n{video}{audio}"

    # -- media -------------------------------------------------------------------------------------

    def packets(self, unit: AccessUnit) -> list[bytes]:
        track = VIDEO if self.sets_in_band else BARE
        return self.sender.packets(codec_named("H264").payloads(track, unit, 1200), unit.pts)

    def report(self, utc_us: int, pts: int = 0, *, channel: int = 1) -> bytes:
        """A sender report, as sent inside the connection: what has this `pts` was captured then."""
        report = sender_report(
            ssrc=0xCA,
            ntp=ntp_from_utc_us(utc_us),
            rtp_time=self.sender.rtp_time(pts),
            packets=1,
            octets=1,
            cname="cam",
        )
        return interleaved([report], channel)

    def inside(self, *units: AccessUnit) -> bytes:
        """Pictures, as sent inside the connection."""
        return b"".join(interleaved(self.packets(unit), self.channel) for unit in units)

    def send(self, *units: AccessUnit) -> None:
        """Send pictures inside the connection."""
        self.write(self.inside(*units))

    def write(self, data: bytes) -> None:
        assert self.writer is not None
        self.writer.write(data)


class Listener:
    """Hears what a stream publishes."""

    def __init__(self, stream: Stream, *, is_patient: bool = False) -> None:
        self.units: list[AccessUnit] = []
        self.tracks: list[tuple[Track, ...]] = []
        stream.attach(self, is_patient=is_patient)

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        self.tracks.append(tracks)

    def receive(self, units: Any) -> None:
        self.units += [unit for unit in units if unit.track == 0]

    @property
    def frames(self) -> list[int]:
        return [int.from_bytes(unit.data[6:10], "big") for unit in self.units]

    async def until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.001)


class Stage:
    """A camera, the source that reads it, and who listens."""

    def __init__(self, camera: Camera, **how: Any) -> None:
        self.camera = camera
        self.clock = ManualClock()
        self.stream = Stream("hall/main", self.clock)
        self.heard = Listener(self.stream)
        chance = random.Random(1)
        url = how.pop("url", camera.url)
        self.source = RtspSource(url, self.stream, clock=self.clock, chance=chance, **how)
        self.source._backoff = Backoff(chance, first_s=0.005, most_s=0.01)
        self.running: asyncio.Task[None]

    async def end(self) -> None:
        """Want the source no more."""
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)

    async def play(self, *units: AccessUnit) -> None:
        """Wait for PLAY, then send pictures and one more that completes the last of them."""
        await self.camera.playing.wait()
        self.camera.send(*units)

    async def hear(self, count: int) -> list[int]:
        await self.heard.until(lambda: len(self.heard.units) >= count)
        return self.heard.frames[:count]


@asynccontextmanager
async def staged(camera: Camera, **how: Any) -> AsyncIterator[Stage]:
    await camera.start()
    stage = Stage(camera, **how)
    stage.running = asyncio.create_task(stage.source.run())
    try:
        yield stage
    finally:
        await stage.end()
        await camera.stop()


TEN = [picture(i) for i in range(10)]
NEXT_TEN = [picture(i) for i in range(10, 20)]
THIRD_TEN = [picture(i) for i in range(20, 30)]


@asynccontextmanager
async def showing(camera: Camera, **how: Any) -> AsyncIterator[Stage]:
    """A stage on which the first ten pictures have been heard."""
    async with staged(camera, **how) as stage:
        await stage.play(*TEN)
        assert await stage.hear(10) == list(range(10))
        yield stage
