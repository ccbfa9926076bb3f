"""A server on a loopback port, and a viewer that speaks raw RTSP to it."""

import asyncio
import re
import socket
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from tests.storage.conftest import sample_entry

from vedette.base.clock import ManualClock, SystemClock
from vedette.media.hub import Hub, Stream
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.packet import Packet, parse_packet
from vedette.protocols.rtp.replay_extension import ReplayStamp, split_extension
from vedette.security.authentication import ANONYMOUS
from vedette.server.http import HttpResponse, HttpService
from vedette.server.listener import Listener
from vedette.server.live.resource import LiveGroups
from vedette.server.replay import ReplayDirectory
from vedette.server.rtsp.service import RtspService
from vedette.server.rtsp.tunnel import Tunnels
from vedette.storage.archive import Archive
from vedette.storage.recordings import RecordingInfo
from vedette.storage.writer import RecordingWriter

START_US = 1_700_000_000_000_000
FRAME_US = 40_000
SETUP = (bytes.fromhex("6742c01eda0508"), bytes.fromhex("68ce3c80"))
VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, setup=SETUP, width=64, height=48)
AUDIO = Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8_000, channels=1)
BOTH = (VIDEO, AUDIO)


def picture(frame: int, *, group: int = 25, start_us: int = START_US, size: int = 3000) -> AccessUnit:
    is_key = frame % group == 0
    nal = bytes([0x65 if is_key else 0x41]) + frame.to_bytes(4, "big") + bytes([frame % 251]) * size
    return AccessUnit(
        track=0,
        utc_us=start_us + frame * FRAME_US,
        pts=frame * 3600,
        data=struct.pack(">I", len(nal)) + nal,
        is_key=is_key,
    )


def sound(frame: int, *, start_us: int = START_US) -> AccessUnit:
    return AccessUnit(
        track=1, utc_us=start_us + frame * FRAME_US + 5, pts=frame * 320, data=b"\xd5" * 320, is_key=True
    )


def footage(seconds: float, *, start_us: int = START_US) -> list[AccessUnit]:
    frames = range(round(seconds * 25))
    return [unit for i in frames for unit in (picture(i, start_us=start_us), sound(i, start_us=start_us))]


class Reply(NamedTuple):
    """One answer."""

    status: int
    headers: dict[str, str]
    body: str
    ranges: tuple[str, ...] = ()  # each line of that header


class Arrived(NamedTuple):
    """One RTP packet that came inside the connection or by UDP."""

    channel: int
    rtp: Packet
    stamp: ReplayStamp | None


def arrived(channel: int, data: bytes) -> Arrived:
    rtp = parse_packet(memoryview(data))
    stamp = None if rtp.extension is None else split_extension(rtp.extension)[0]
    return Arrived(channel, rtp, stamp)


def unit_starts(packets: Sequence[Arrived]) -> list[Arrived]:
    """The first packet of each unit of replay among those of one track; every packet has to be stamped."""
    starts: list[Arrived] = []
    before: tuple[int, ReplayStamp] | None = None
    for each in packets:
        assert each.stamp is not None
        unit = each.rtp.timestamp, each.stamp._replace(is_discontinuous=False, is_terminal=False)
        if unit != before:
            starts.append(each)
        before = unit
    return starts


class Viewer:
    """One RTSP connection; what arrives in it is kept in `packets`, RTCP in `reports`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self.host = host
        self.session = ""
        self.cseq = 0
        self.packets: list[Arrived] = []
        self.raw: list[bytes] = []
        self.reports: list[bytes] = []
        self._reader = reader
        self.writer = writer

    async def ask(self, method: str, path: str, **headers: object) -> Reply:
        """Send a request and wait for its answer; `Rate_Control` becomes `Rate-Control`."""
        self.cseq += 1
        lines = [f"{method} rtsp://{self.host}{path} RTSP/1.0", f"CSeq: {self.cseq}"]
        if self.session:
            lines.append(f"Session: {self.session}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        while (reply := await self.hear()) is None:
            pass
        if "session" in reply.headers:
            self.session = reply.headers["session"].partition(";")[0]
        return reply

    async def hear(self) -> Reply | None:
        """Take one packet (None) or answer."""
        first = await self._reader.readexactly(1)
        if first == b"$":
            channel, size = struct.unpack(">BH", await self._reader.readexactly(3))
            data = await self._reader.readexactly(size)
            self.raw.append(data)
            if channel % 2:
                self.reports.append(data)
            else:
                self.packets.append(arrived(channel, data))
            return None
        head = (first + await self._reader.readuntil(b"\r\n\r\n")).decode()
        line, *rest = head.strip().split("\r\n")
        lines = [(name.lower(), value) for name, _, value in (each.partition(": ") for each in rest)]
        headers = dict(lines)
        body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        ranges = tuple(value for name, value in lines if name == "range")
        return Reply(int(line.split()[1]), headers, body.decode(), ranges)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Take packets until `is_so`."""
        while not is_so():
            assert await self.hear() is None

    async def setup(self, path: str, *numbers: int, **headers: object) -> Reply:
        """Describe, and set tracks up inside the connection."""
        described = await self.ask("DESCRIBE", path, **headers)
        assert described.status == 200
        for number in numbers:
            transport = f"RTP/AVP/TCP;unicast;interleaved={2 * number}-{2 * number + 1}"
            reply = await self.ask("SETUP", f"{path}/trackID={number}", Transport=transport, **headers)
            assert reply.status == 200
        return described

    def stamped(self, channel: int = 0) -> list[Arrived]:
        """The packets of a channel that begin a unit of replay."""
        return unit_starts([each for each in self.packets if each.channel == channel])

    async def ended(self) -> bool:
        """Whether the server closes the connection."""
        try:
            while True:
                await self.hear()
        except (asyncio.IncompleteReadError, ConnectionError):
            return True


def rtp_info(reply: Reply) -> list[tuple[int, int]]:
    """The sequence number and RTP time of each track."""
    found = re.findall(r"seq=(\d+);rtptime=(\d+)", reply.headers["rtp-info"])
    return [(int(sequence), int(time)) for sequence, time in found]


def udp_pair() -> tuple[socket.socket, socket.socket]:
    """Two sockets on an even port and the next one."""
    while True:
        rtp, rtcp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        rtp.bind(("127.0.0.1", 0))
        port = rtp.getsockname()[1]
        try:
            if port % 2 == 0:
                rtcp.bind(("127.0.0.1", port + 1))
                rtp.settimeout(0.0)
                rtcp.settimeout(0.0)
                return rtp, rtcp
        except OSError:
            pass
        rtp.close()
        rtcp.close()


def over_udp(rtp: socket.socket) -> str:
    """The Transport that asks for packets to this socket of a `udp_pair`."""
    port = rtp.getsockname()[1]
    return f"RTP/AVP;unicast;client_port={port}-{port + 1}"


class OpenGate:
    """Lets everybody in."""

    def admit(self, *_: object) -> object:
        """Nobody needs a login."""
        return ANONYMOUS


class Site:
    """A server with live streams and one recording."""

    def __init__(self, archive: Archive, clock: Any) -> None:
        self.archive = archive
        self.clock = clock
        self.hub = Hub(clock)
        self.groups = LiveGroups(self.hub, clock)
        replays = ReplayDirectory(archive, clock)

        class Directory:
            def find(_, path: str) -> Any:
                return self.groups.find(path) or replays.find(path)

        self.rtsp = RtspService(Directory(), OpenGate(), clock)  # type: ignore[arg-type]
        self.tunnels = Tunnels(self.rtsp.converse, clock)

        async def nothing(_: Any) -> HttpResponse:
            return HttpResponse(404, (), b"")

        http = HttpService(nothing, clock, tunnel=self.tunnels.take)
        self.listener = Listener(http, rtsp=self.rtsp.take, sweep_s=0.02)
        self.address = self.listener.listen("127.0.0.1", 0)
        self._viewers: list[Viewer] = []

    async def viewer(self) -> Viewer:
        """A new connection."""
        streams = await asyncio.open_connection(*self.address, limit=4 << 20)
        viewer = Viewer(*streams, host=f"{self.address.host}:{self.address.port}")
        self._viewers.append(viewer)
        return viewer

    async def replay(self, units: list[AccessUnit], *numbers: int) -> Viewer:
        """Record into `hall`; a viewer that has set up these tracks of it."""
        self.record(units)
        viewer = await self.viewer()
        await viewer.setup("/replay/hall", *numbers)
        return viewer

    async def replay_of_more(self, units: list[AccessUnit], *numbers: int) -> tuple[RecordingWriter, Viewer]:
        """Begin to record into `hall`; its writer, and a viewer that has set up these tracks of it."""
        writer = self.begin(units)
        writer.flush()
        viewer = await self.viewer()
        while (await viewer.ask("DESCRIBE", "/replay/hall")).status != 200:
            pass
        await viewer.setup("/replay/hall", *numbers)
        return writer, viewer

    def record(self, units: list[AccessUnit], tracks: tuple[Track, ...] = BOTH) -> None:
        """Record into `hall` and wait until it is sealed."""
        self.stop(self.begin(units, tracks))

    def begin(self, units: list[AccessUnit], tracks: tuple[Track, ...] = BOTH) -> RecordingWriter:
        """Begin to record into `hall`."""
        writer = self.archive.writer("hall")
        writer.tracks_changed(tracks)
        writer.receive(units)
        return writer

    def stop(self, writer: RecordingWriter) -> None:
        """Stop recording."""
        self.archive.release(writer)
        writer.close().result(10)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Let the loop run until `is_so`."""
        while not is_so():  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.001)

    async def close(self) -> None:
        """End everything."""
        for viewer in self._viewers:
            viewer.writer.close()
        await self.rtsp.close()
        await self.listener.close(grace_s=0.5)


def open_stream(site: "Site") -> Stream:
    """The live stream that `publish` fills."""
    stream = site.hub.open("hall/main")
    stream.announce(BOTH)
    return stream


def publish(stream: Stream, first: int, last: int, **how: Any) -> None:
    """Pictures and sound of these frames."""
    for frame in range(first, last):
        stream.publish([picture(frame, **how), sound(frame)])


def last_frame(viewer: Viewer) -> int:
    """The frame of the newest first packet of a picture, or -1."""
    for each in reversed(viewer.packets):
        payload = bytes(each.rtp.payload[:7])
        if each.channel == 0 and payload[0] & 31 == 28 and payload[1] & 0x80:
            return int.from_bytes(payload[2:6], "big")
    return -1


MakeSite = Callable[..., AbstractAsyncContextManager[Site]]


@pytest.fixture
def serve(tmp_path_factory: pytest.TempPathFactory) -> MakeSite:
    """`async with serve() as site`; with a ManualClock unless `is_real`."""

    @asynccontextmanager
    async def served(*, is_real: bool = False) -> AsyncIterator[Site]:
        archive = Archive(
            tmp_path_factory.mktemp("archive"),
            report=lambda *_: None,
            sync_interval_s=0.01,
            sample_entry=sample_entry,
        )
        archive.create(RecordingInfo(token="hall", content="the hall"))
        site = Site(archive, SystemClock() if is_real else ManualClock())
        try:
            async with asyncio.timeout(10):
                yield site
        finally:
            await site.close()
            await asyncio.to_thread(archive.close)

    return served


@pytest.fixture
def scene() -> Any:
    """The builders above, for tests: `scene.picture(0)`, `scene.footage(2)`."""
    return SimpleNamespace(
        START_US=START_US,
        FRAME_US=FRAME_US,
        VIDEO=VIDEO,
        AUDIO=AUDIO,
        BOTH=BOTH,
        picture=picture,
        sound=sound,
        footage=footage,
        udp_pair=udp_pair,
        over_udp=over_udp,
        rtp_info=rtp_info,
        arrived=arrived,
        unit_starts=unit_starts,
        open_stream=open_stream,
        publish=publish,
        last_frame=last_frame,
    )
