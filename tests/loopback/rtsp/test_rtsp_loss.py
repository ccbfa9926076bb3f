"""What is lost on the way from a camera: mended soon, and nothing else is lost with it."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from tests.loopback.rtsp.scripted_camera import (
    TEN,
    Camera,
    Stage,
    asks_for_a_key_frame,
    picture,
    showing,
    staged,
)

from vedette.media.unit import AccessUnit
from vedette.protocols.rtp.runs import interleaved


class DatagramCamera(Camera):
    """A camera of pictures alone, by UDP; `asked` are its wishes for a key frame."""

    def __init__(self) -> None:
        super().__init__(audio=False)
        self.sending, self.reports = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self.reports.bind(("127.0.0.1", 0))
        self.reports.setblocking(False)
        self.asked = 0

    def _transport(self, url: str, asked: str) -> str:
        answer = super()._transport(url, asked)
        return answer.replace("50000-50001", f"50000-{self.reports.getsockname()[1]}")

    def send_packets(self, *packets: bytes) -> None:
        for packet in packets:
            self.sending.sendto(packet, ("127.0.0.1", self.client_port[0]))

    def send(self, *units: AccessUnit) -> None:
        for unit in units:
            self.send_packets(*self.packets(unit))

    def hear_reports(self) -> int:
        """How often it was asked for a key frame so far."""
        while True:
            try:
                self.asked += asks_for_a_key_frame(self.reports.recv(2000))
            except BlockingIOError:
                return self.asked


@pytest.fixture
def camera() -> Iterator[DatagramCamera]:
    made = DatagramCamera()
    yield made
    made.sending.close()
    made.reports.close()


def test_a_key_frame_is_asked_for_after_a_loss_once_a_second_though_nobody_watches(
    play: Any, camera: DatagramCamera
) -> None:
    async def run() -> None:
        async with showing(camera, is_udp=True) as stage:
            assert camera.hear_reports() == 0
            for first in (11, 14):
                packets = camera.packets(picture(first))
                camera.send_packets(*packets[:1], *packets[2:])
                await until_given_up(stage)
                camera.send(picture(first + 1), picture(first + 2))
                await stage.heard.until(lambda last=first + 2: stage.heard.frames[-1] == last)  # type: ignore[misc]
            await stage.heard.until(lambda: camera.hear_reports() > 0)
            await asyncio.sleep(0.1)
            assert camera.hear_reports() == 1
            stage.clock.advance(1)
            await stage.heard.until(lambda: camera.hear_reports() == 2)

    play(run())


def test_a_loss_that_a_key_frame_follows_at_once_is_mended_by_that(play: Any) -> None:
    async def run() -> None:
        camera = Camera(audio=False)
        async with showing(camera) as stage:
            missing = camera.packets(picture(9))
            assert len(missing) > 1
            camera.write(interleaved(missing[1:] + camera.packets(picture(10)), 0))
            await stage.hear(11)
            await asyncio.sleep(0.05)
            assert camera.key_frames_asked == 0
            camera.packets(picture(11))
            camera.send(picture(12))
            await stage.hear(12)
            await stage.heard.until(lambda: camera.key_frames_asked > 0)

    play(run())


def test_pictures_that_wait_for_a_lost_packet_are_not_lost_at_the_end_of_a_session(
    play: Any, camera: DatagramCamera
) -> None:
    async def run() -> None:
        async with showing(camera, is_udp=True) as stage:
            late = camera.packets(picture(11))
            camera.send_packets(*late[1:])
            camera.send(picture(12), picture(13))
            await asyncio.sleep(0.05)
            assert stage.heard.frames[10:] == []
            camera.hang_up()
            await stage.hear(12)
            assert stage.heard.frames[10:12] == [12, 13]

    play(run())


def test_what_waits_is_given_when_no_further_datagram_comes(play: Any, camera: DatagramCamera) -> None:
    async def run() -> None:
        async with showing(camera, is_udp=True) as stage:
            camera.packets(picture(11))
            camera.send(picture(12))
            await until_given_up(stage)
            assert (await stage.hear(11))[-1] == 12
            assert camera.connections == 1

    play(run())


def test_the_last_picture_of_a_camera_without_markers_is_not_lost(play: Any) -> None:
    async def run() -> None:
        camera = Camera(audio=False)
        async with staged(camera) as stage:
            await camera.playing.wait()
            for unit in TEN:
                camera.write(
                    interleaved([p[:1] + bytes([p[1] & 0x7F]) + p[2:] for p in camera.packets(unit)], 0)
                )
            await stage.hear(9)
            camera.hang_up()
            assert await stage.hear(10) == list(range(10))

    play(run())


@pytest.mark.parametrize(("amid", "rest_at"), [(b"", 340), (b"HTTP/1.0 200 OK\r\n\r\n", 300)])
def test_a_picture_that_is_not_what_was_sent_is_left_out_and_told(
    play: Any, caplog: pytest.LogCaptureFixture, amid: bytes, rest_at: int
) -> None:
    """A camera that forgets the rest of what was taken in part, or writes other things amid a packet."""

    async def run() -> None:
        camera = Camera(audio=False)
        async with showing(camera) as stage:
            for first in (11, 14):
                spoilt = camera.inside(picture(first))
                camera.write(spoilt[:300] + amid + spoilt[rest_at:])
                camera.send(picture(first + 1), picture(first + 2))
            await stage.hear(14)
            assert stage.heard.frames[10:] == [12, 13, 15, 16]
            assert [unit.is_discontinuous for unit in stage.heard.units[10:]] == [True, False, True, False]
            await stage.heard.until(lambda: camera.key_frames_asked > 0)
            assert camera.connections == 1

    play(run())
    told = [each.getMessage() for each in caplog.records if "no part of any message" in each.getMessage()]
    assert len(told) == 1
    assert "hall/main" in told[0]


def test_nothing_is_lost_to_an_answer_that_a_camera_writes_amid_a_packet(play: Any) -> None:
    async def run() -> None:
        camera = Camera(audio=False)
        usual = camera.usual
        camera.answers["SETUP"] = lambda _, *asked: usual("SETUP", *asked).replace("timeout=60", "timeout=10")
        async with showing(camera) as stage:
            camera.is_mute = True
            asked = len(camera.requests)
            stage.clock.advance(6)
            await stage.heard.until(lambda: len(camera.requests) > asked)
            tangled = camera.inside(picture(11))
            answer = f"RTSP/1.0 200 OK\r\nCSeq: {camera.requests[-1][2]['cseq']}\r\n\r\n".encode()
            camera.write(tangled[:300] + answer + tangled[300:])
            camera.send(picture(12), picture(13))
            await stage.hear(13)
            assert stage.heard.frames[10:] == [11, 12, 13]
            assert not any(unit.is_discontinuous for unit in stage.heard.units[10:])
            assert stage.heard.units[10].data == picture(11).data

    play(run())


async def until_given_up(stage: Stage) -> None:
    """Let the time pass that datagrams wait for one that is missing."""
    await asyncio.sleep(0.05)
    stage.clock.advance(0.3)
    await asyncio.sleep(0.6)  # a tick
