"""An RTSP camera as a source, against a scripted camera with the quirks of real ones."""

import asyncio
import random
import re
import socket
import struct
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from vedette.base.clock import ManualClock
from vedette.base.timestamps import ntp_from_utc_us
from vedette.client.rtsp import reading
from vedette.client.rtsp.source import RtspSource
from vedette.media.codecs import codec_named
from vedette.media.hub import Stream
from vedette.media.sources.source import Backoff
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.batch import interleaved
from vedette.protocols.rtp.rtcp import goodbye, sender_report
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


class Camera:
    """One scripted camera; what `answers` has for a method goes before what it would say itself."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.sets_in_sdp = True
        self.sets_in_band = True
        self.audio = True
        self.codec = "H264"
        self.content_base = ""
        self.channel = 0
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.connections = 0
        self.url = ""
        self.playing = asyncio.Event()
        self.client_port = (0, 0)
        self.udp: tuple[socket.socket, socket.socket] | None = None
        self.sender = RtpSender(ssrc=0xCA, payload_type=96, first_sequence=65_500, timestamp_offset=1 << 31)
        self.writer: asyncio.StreamWriter | None = None
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"rtsp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/cam"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for each in self.udp or ():
            each.close()
        if self.writer is not None:
            self.writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writer = writer
        try:
            while True:
                while (first := await reader.readexactly(1)) == b"$":
                    _, size = struct.unpack(">BH", await reader.readexactly(3))
                    await reader.readexactly(size)
                head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
                self._request(head, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _request(self, head: str, writer: asyncio.StreamWriter) -> None:
        line, *rest = head.strip().split("\r\n")
        method, url, _ = line.split(" ")
        headers = {n.lower(): v for n, _, v in (each.partition(": ") for each in rest)}
        self.requests.append((method, url, headers))
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

    def send(self, *units: AccessUnit) -> None:
        """Send pictures inside the connection."""
        for unit in units:
            self.write(interleaved(self.packets(unit), self.channel))

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
        self.stream = Stream("hall/main")
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


def test_parameter_sets_may_come_in_the_description_alone(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        camera.sets_in_band = False
        async with staged(camera) as stage:
            await stage.play(*TEN)
            assert await stage.hear(10) == list(range(10))
            assert stage.heard.tracks[0][0].setup == SETUP
            assert [track.codec for track in stage.heard.tracks[0]] == ["H264", "PCMU"]

    play(run())


def test_parameter_sets_may_come_in_band_alone(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        camera.sets_in_sdp = False
        async with staged(camera) as stage:
            await stage.play(*TEN)
            assert await stage.hear(10) == list(range(10))
            assert stage.heard.tracks[0][0].setup == SETUP

    play(run())


async def left_to_wait(stage: Stage) -> Listener:
    """A recorder that has heard eleven pictures; two more wait for its turn to be read."""
    recorder = Listener(stage.stream, is_patient=True)
    await stage.play(*TEN)
    await stage.hear(10)
    stage.stream.detach(stage.heard)
    stage.camera.send(picture(10))  # read at once: it tells the source that nobody watches
    await recorder.until(lambda: len(recorder.units) >= 11)
    stage.camera.send(picture(11), picture(12))
    await asyncio.sleep(0.05)
    assert len(recorder.units) == 11
    return recorder


def test_who_begins_to_watch_does_not_wait_for_the_recorders_turn(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENT_S", 3600.0)

    async def run() -> None:
        async with staged(Camera()) as stage:
            await left_to_wait(stage)
            viewer = Listener(stage.stream)
            await viewer.until(lambda: len(viewer.units) >= 2)
            assert viewer.frames == [11, 12]

    play(run())


def test_what_waits_is_recorded_when_the_source_is_wanted_no_more(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENT_S", 3600.0)

    async def run() -> None:
        async with staged(Camera()) as stage:
            recorder = await left_to_wait(stage)
            await stage.end()
            assert recorder.frames[11:] == [11, 12]

    play(run())


def test_nothing_is_published_before_a_key_frame(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        async with staged(camera) as stage:
            await stage.play(*(picture(i) for i in range(7, 13)))
            assert await stage.hear(3) == [10, 11, 12]
            assert stage.heard.units[0].is_key

    play(run())


def test_bidirectional_pictures_keep_their_order_of_decoding(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        async with staged(camera) as stage:
            order = [(0, 0), (1, 3), (2, 1), (3, 2), (4, 6), (5, 4), (6, 5)]
            await stage.play(*(picture(frame, shown=shown) for frame, shown in order))
            assert await stage.hear(7) == list(range(7))
            pts = [(unit.pts - stage.heard.units[0].pts) // 3600 for unit in stage.heard.units]
            assert pts == [0, 3, 1, 2, 6, 4, 5]
            utc = [unit.utc_us for unit in stage.heard.units]
            assert sorted(utc) == [utc[i] for i in (0, 2, 3, 1, 5, 6, 4)]

    play(run())


def test_marker_bits_may_be_missing(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        async with staged(camera) as stage:
            await camera.playing.wait()
            for unit in [*TEN, picture(10)]:
                bare = [p[:1] + bytes([p[1] & 0x7F]) + p[2:] for p in camera.packets(unit)]
                camera.write(interleaved(bare, 0))
            assert await stage.hear(10) == list(range(10))
            assert {len(unit.data) for unit in stage.heard.units} == {len(TEN[0].data)}

    play(run())


def test_a_picture_may_have_several_slices(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        async with staged(camera) as stage:
            units = [picture(i, slices=4) for i in range(10)]
            await stage.play(*units)
            assert await stage.hear(10) == list(range(10))
            assert [unit.data for unit in stage.heard.units] == [unit.data for unit in units]

    play(run())


def test_a_content_base_of_another_network_is_not_followed(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        camera.content_base = "rtsp://192.0.2.77:554/other/"
        async with staged(camera) as stage:
            await stage.play(*TEN)
            assert await stage.hear(10) == list(range(10))

    play(run())


def test_channels_may_be_renumbered(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        camera.channel = 10
        async with staged(camera) as stage:
            await stage.play(*TEN)
            assert await stage.hear(10) == list(range(10))

    play(run())


def test_a_session_that_expires_early_is_set_up_again(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        camera.answers["GET_PARAMETER"] = lambda *_: "454 Session Not Found\r\n\r\n"
        async with staged(camera) as stage:
            await stage.play(*TEN)
            await stage.hear(10)
            camera.playing.clear()
            for _ in range(8):  # there are media all the time
                stage.clock.advance(5)
                camera.send(picture(10))
                await asyncio.sleep(0.01)
            stage.clock.advance(25)
            await stage.play(*(picture(i) for i in range(20, 30)))
            await stage.heard.until(lambda: 29 in stage.heard.frames)
            assert stage.source.connects_total == 2

    play(run())


def digest(camera: Camera, nonces: list[str]) -> Answer:
    """Ask for a login with the first of the nonces; take only that one."""

    def answer(_: Camera, url: str, headers: dict[str, str]) -> str | None:
        if f'nonce="{nonces[0]}"' in headers.get("authorization", ""):
            return None
        stale = ", stale=true" if "authorization" in headers else ""
        challenge = f'Digest realm="cam", nonce="{nonces[0]}"{stale}'
        return f"401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\n\r\n"

    return answer


def test_a_nonce_that_has_become_stale_is_replaced_in_the_session(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        nonces = ["one"]
        for method in ("DESCRIBE", "SETUP", "PLAY", "GET_PARAMETER"):
            camera.answers[method] = digest(camera, nonces)
        async with staged(camera, user="u", password="p") as stage:
            await stage.play(*TEN)
            await stage.hear(10)
            nonces[0] = "two"
            frame = 10
            while not any('nonce="two"' in h.get("authorization", "") for _, _, h in camera.requests):
                stage.clock.advance(5)
                camera.send(picture(frame))
                frame += 1
                await asyncio.sleep(0.02)
            camera.send(picture(frame))
            await stage.heard.until(lambda: frame in stage.heard.frames)
            assert stage.source.connects_total == 1

    play(run())


@pytest.mark.parametrize("own", [{}, {"user": "own", "password": "p"}])
def test_only_a_camera_without_a_login_of_its_own_gets_the_fallback(play: Any, own: dict[str, str]) -> None:
    async def run() -> None:
        camera = Camera()
        camera.answers["DESCRIBE"] = digest(camera, ["one"])
        async with staged(camera, fallback=lambda: ("remote", "q"), **own) as stage:
            await stage.play(*TEN)
            await stage.hear(10)
        shown = [headers["authorization"] for _, _, headers in camera.requests if "authorization" in headers]
        assert shown
        assert all(f'username="{own.get("user", "remote")}"' in each for each in shown)

    play(run())


def test_a_wrong_password_is_told_and_never_sent_in_the_clear(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        refuse = 'Digest realm="cam", nonce="n"\r\nWWW-Authenticate: Basic realm="cam"'
        camera.answers["DESCRIBE"] = lambda *_: f"401 Unauthorized\r\nWWW-Authenticate: {refuse}\r\n\r\n"
        async with staged(camera, user="u", password="secret") as stage:
            await stage.heard.until(lambda: bool(stage.stream.problem))
            assert "not authorized" in stage.stream.problem
            assert "secret" not in stage.stream.problem
            logins = [h["authorization"] for _, _, h in camera.requests if "authorization" in h]
            assert len(logins) == 1
            assert logins[0].startswith("Digest ")

    play(run())


def test_a_redirection_is_followed(play: Any) -> None:
    async def run() -> None:
        camera, door = Camera(), Camera()
        await door.start()
        async with staged(camera, url=door.url) as stage:
            moved = f"302 Found\r\nLocation: {camera.url}\r\n\r\n"
            door.answers["DESCRIBE"] = lambda *_: moved
            await stage.play(*TEN)
            assert await stage.hear(10) == list(range(10))
        await door.stop()

    play(run())


def test_a_camera_that_closes_is_found_again_and_the_time_line_goes_on(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        async with staged(camera) as stage:
            await stage.play(*TEN)
            await stage.hear(10)
            camera.playing.clear()
            assert camera.writer is not None
            camera.writer.close()
            stage.clock.advance(3)
            await camera.playing.wait()
            camera.sender = RtpSender(ssrc=9, payload_type=96, first_sequence=7, timestamp_offset=99)
            camera.send(*TEN)  # its timestamps begin afresh
            await stage.hear(20)
            pts = [unit.pts for unit in stage.heard.units]
            utc = [unit.utc_us for unit in stage.heard.units]
            assert pts == sorted(set(pts))
            assert utc == sorted(utc)
            assert abs((pts[10] - pts[9]) / 90_000 - 3) < 0.5
            assert stage.heard.units[10].is_discontinuous
            assert len(stage.heard.tracks) == 1  # nobody has to begin again

    play(run())


def test_silence_and_goodbye_lead_to_another_connection(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        async with staged(camera) as stage:
            await stage.play(*TEN)
            await stage.hear(10)
            camera.playing.clear()
            stage.clock.advance(11)
            await stage.play(*TEN)
            await stage.hear(20)
            assert stage.source.connects_total == 2
            camera.playing.clear()
            bye = goodbye(0xCA)
            camera.write(struct.pack(">cBH", b"$", 1, len(bye)) + bye)
            await stage.play(*TEN)
            await stage.hear(30)
            assert stage.source.connects_total == 3

    play(run())


def test_a_new_codec_after_a_reconnection_is_announced(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        camera.audio = False
        async with staged(camera) as stage:
            await stage.play(*TEN)
            await stage.hear(10)
            camera.playing.clear()
            camera.audio = True
            assert camera.writer is not None
            camera.writer.close()
            await stage.play(*TEN)
            await stage.hear(20)
            assert [len(tracks) for tracks in stage.heard.tracks] == [1, 2]

    play(run())


def test_rubbish_between_frames_costs_no_more_than_a_frame(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        async with staged(camera) as stage:
            await stage.play(*TEN)
            camera.write(b"\x00\xffrubbish that is no frame\x00" * 3)
            await stage.play(*(picture(i) for i in range(10, 40)))
            await stage.heard.until(lambda: bool(stage.heard.frames) and stage.heard.frames[-1] == 39)
            assert set(range(20, 40)) <= set(stage.heard.frames)
            assert stage.source.connects_total == 1

    play(run())


def test_what_a_camera_sends_at_once_behind_a_report_is_dated_by_the_report(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        async with staged(camera) as stage:
            await camera.playing.wait()
            begun_us = stage.clock.utc_us() - 1_500_000
            report = sender_report(
                ssrc=0xCA,
                ntp=ntp_from_utc_us(begun_us),
                rtp_time=camera.sender.rtp_time(0),
                packets=1,
                octets=1,
                cname="cam",
            )
            group = b"".join(interleaved(camera.packets(each), 0) for each in TEN)
            camera.write(struct.pack(">cBH", b"$", 1, len(report)) + report + group)
            await stage.hear(10)
            assert [unit.utc_us - begun_us for unit in stage.heard.units] == [i * 40_000 for i in range(10)]

    play(run())


def test_a_camera_that_sets_its_clock_leaves_our_time_alone(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        async with staged(camera) as stage:
            await camera.playing.wait()
            for frame in range(60):
                if frame % 20 == 0:
                    year_us = 365 * 86_400_000_000 * (frame // 20)
                    report = sender_report(
                        ssrc=0xCA,
                        ntp=ntp_from_utc_us(stage.clock.utc_us() + year_us),
                        rtp_time=camera.sender.rtp_time(frame * 3600),
                        packets=1,
                        octets=1,
                        cname="cam",
                    )
                    camera.write(struct.pack(">cBH", b"$", 1, len(report)) + report)
                camera.send(picture(frame))
                await stage.hear(frame + 1)
                stage.clock.advance(0.04)
            assert stage.heard.frames == list(range(60))
            for frame, unit in enumerate(stage.heard.units):
                assert abs(unit.utc_us - (1_700_000_000_000_000 + frame * 40_000)) < 200_000

    play(run())


def test_udp_is_put_in_order_and_loss_is_marked(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        camera.audio = False
        async with staged(camera, is_udp=True) as stage:
            await camera.playing.wait()
            sending = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            packets = [packet for unit in TEN for packet in camera.packets(unit)]
            for first in range(0, len(packets) - 1, 2):
                packets[first], packets[first + 1] = packets[first + 1], packets[first]
            lossy = [camera.packets(picture(i)) for i in range(10, 30)]
            del lossy[2][1]
            for batch in [packets, *lossy]:
                for packet in batch:
                    sending.sendto(packet, ("127.0.0.1", camera.client_port[0]))
                await asyncio.sleep(0.002)
                stage.clock.advance(0.04)
            await stage.heard.until(lambda: bool(stage.heard.frames) and stage.heard.frames[-1] == 29)
            heard = {unit.data for unit in stage.heard.units}
            whole = [picture(i).data in heard for i in range(30)]
            assert [i for i, is_whole in enumerate(whole) if not is_whole] == [12]
            marked = [
                f for f, u in zip(stage.heard.frames, stage.heard.units, strict=True) if u.is_discontinuous
            ]
            assert set(marked) & {12, 13}
            sending.close()

    play(run())
