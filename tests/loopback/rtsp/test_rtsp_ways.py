"""How media come, and where from, when a camera does not offer what was asked for."""

import asyncio
import re
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from tests.certificates import Identity
from tests.loopback.rtsp.scripted_camera import (
    NEXT_TEN,
    SESSION,
    TEN,
    Camera,
    Stage,
    picture,
    showing,
    staged,
)
from tests.open_files import open_files

from vedette.base.clock import SystemClock
from vedette.client.first_frame import first_frame
from vedette.client.rtsp.dialogue import Moved
from vedette.client.rtsp.source import TRUST_ADVICE
from vedette.client.trust import Trust
from vedette.media.sources.source import SourceLost
from vedette.protocols.rtp.rtcp import goodbye
from vedette.protocols.rtp.runs import interleaved


async def sent_as_datagrams(stage: Stage, source: str = "127.0.0.1") -> None:
    """Send pictures from an address until ten have come."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
        sending.bind((source, 0))
        for frame in range(11):
            for packet in stage.camera.packets(picture(frame)):
                sending.sendto(packet, ("127.0.0.1", stage.camera.client_port[0]))
            await asyncio.sleep(0.002)
        assert await stage.hear(10) == list(range(10))


def test_a_camera_that_has_no_tcp_is_asked_for_udp(play: Any) -> None:
    def refuse_tcp(_: Camera, url: str, headers: dict[str, str]) -> str | None:
        return "461 Unsupported Transport\r\n\r\n" if "TCP" in headers["transport"] else None

    async def run() -> None:
        camera = Camera()
        camera.answers["SETUP"] = refuse_tcp
        async with staged(camera) as stage:
            await camera.playing.wait()
            await sent_as_datagrams(stage)
        asked = [headers["transport"] for method, _, headers in camera.requests if method == "SETUP"]
        assert ["TCP" in each for each in asked] == [True, False, False]  # the sound by UDP at once

    play(run())


@pytest.mark.parametrize("is_udp", [False, True])
def test_a_camera_that_refuses_both_ways_is_a_problem_in_words(play: Any, is_udp: bool) -> None:
    async def run() -> None:
        camera = Camera()
        camera.answers["SETUP"] = lambda *_: "461 Unsupported Transport\r\n\r\n"
        async with staged(camera, is_udp=is_udp) as stage:
            await stage.heard.until(lambda: "refuses SETUP with 461" in stage.stream.problem)

    play(run())


@pytest.mark.parametrize("is_udp", [False, True])
@pytest.mark.parametrize("status", [404, 459, 461])
def test_sound_that_a_camera_describes_and_does_not_give_is_left_out(
    play: Any, caplog: pytest.LogCaptureFixture, status: int, is_udp: bool
) -> None:
    async def run() -> None:
        camera = Camera()
        camera.answers["SETUP"] = lambda _, url, __: f"{status} No\r\n\r\n" if url.endswith("1") else None
        async with staged(camera, is_udp=is_udp) as stage:
            if is_udp:
                await camera.playing.wait()
                await sent_as_datagrams(stage)
            else:
                await stage.play(*TEN)
                assert await stage.hear(10) == list(range(10))
            assert [track.codec for track in stage.heard.tracks[0]] == ["H264"]
            assert f"without its audio track PCMU: the camera refuses SETUP with {status}" in caplog.text

    play(run())


def test_sound_that_a_camera_cannot_give_just_now_is_asked_for_again(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        camera.answers["SETUP"] = lambda camera, url, _: (
            "503 Later\r\n\r\n" if url.endswith("1") and camera.connections < 3 else None
        )
        async with showing(camera) as stage:
            assert [track.codec for track in stage.heard.tracks[0]] == ["H264", "PCMU"]

    play(run())


def test_a_camera_that_answers_udp_by_tcp_is_listened_to_there(play: Any) -> None:
    async def run() -> None:
        camera = Camera(audio=False)
        camera.answers["SETUP"] = lambda *_: (
            f"200 OK\r\n{SESSION}\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
        )
        async with staged(camera, is_udp=True) as stage:
            await stage.play(*TEN)
            assert await stage.hear(10) == list(range(10))

    play(run())


def test_media_and_reports_may_come_on_one_channel(play: Any) -> None:
    async def run() -> None:
        camera = Camera(audio=False)
        camera.answers["SETUP"] = lambda *_: (
            f"200 OK\r\n{SESSION}\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-0\r\n\r\n"
        )
        async with staged(camera) as stage:
            await camera.playing.wait()
            begun_us = stage.clock.utc_us() - 1_500_000
            report = camera.report(begun_us, channel=0)
            camera.write(b"$\0\0\0" + report + camera.inside(*TEN))
            assert await stage.hear(10) == list(range(10))
            assert [unit.utc_us - begun_us for unit in stage.heard.units] == [i * 40_000 for i in range(10)]
            camera.write(interleaved([goodbye(0xCA)], 0))
            await stage.heard.until(lambda: camera.connections == 2)

    play(run())


@pytest.mark.parametrize("source", ["127.0.0.1", "127.0.0.2"])
def test_datagrams_are_taken_from_the_address_that_the_camera_names(play: Any, source: str) -> None:
    def named(camera: Camera, url: str, headers: dict[str, str]) -> str:
        low, high = map(int, re.findall(r"client_port=(\d+)-(\d+)", headers["transport"])[0])
        camera.client_port = (low, high)
        ways = f"RTP/AVP;unicast;client_port={low}-{high};source=127.0.0.2;server_port=50000-50001"
        return f"200 OK\r\n{SESSION}\r\nTransport: {ways}\r\n\r\n"

    async def run() -> None:
        camera = Camera(audio=False)
        camera.answers["SETUP"] = named
        async with staged(camera, is_udp=True) as stage:
            await camera.playing.wait()
            await sent_as_datagrams(stage, source)

    play(run())


def test_a_redirection_may_be_a_mere_path_and_its_login_is_not_told(
    play: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        camera, door = Camera(), Camera()
        await door.start()
        async with staged(camera, url=door.url) as stage:
            inside = camera.url.replace("rtsp://", "rtsp://me:geheim@")
            door.answers["DESCRIBE"] = lambda *_: f"302 Found\r\nLocation: {inside}\r\n\r\n"
            camera.answers["DESCRIBE"] = lambda _, url, __: (
                "302 Found\r\nLocation: /inside\r\n\r\n" if url.endswith("/cam") else None
            )
            await stage.play(*TEN)
            assert await stage.hear(10) == list(range(10))
            assert f"sends us to {camera.url};" in caplog.text
            assert f"sends us to {camera.url.removesuffix('cam')}inside;" in caplog.text
            assert "geheim" not in caplog.text
        await door.stop()

    play(run())


def test_the_first_picture_is_looked_for_where_a_camera_sends_us(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        await camera.start()
        moved = "302 Found\r\nLocation: /inside\r\n\r\n"
        camera.answers["DESCRIBE"] = lambda _, url, __: moved if url.endswith("/cam") else None

        async def send() -> None:
            await camera.playing.wait()
            camera.send(*TEN)

        sending = asyncio.create_task(send())
        found = await first_frame(camera.url, user="", password="", clock=SystemClock())
        assert [each.codec for each in found.tracks] == ["H264", "PCMU"]
        await sending
        camera.answers["DESCRIBE"] = lambda *_: moved
        with pytest.raises(Moved):
            await first_frame(camera.url, user="", password="", clock=SystemClock())
        await camera.stop()

    play(run())


def test_cameras_that_cannot_be_connected_to_leave_nothing_open(play: Any) -> None:
    async def run() -> None:
        for _ in range(3):
            with pytest.raises(SourceLost, match="refused"):
                await first_frame("rtsp://127.0.0.1:1/", user="", password="", clock=SystemClock())
            kept.append(len(open_files("eventpoll")))
        assert kept[0] == kept[-1]

    kept: list[int] = []
    play(run())


@pytest.mark.parametrize("url", ["", "/live", "rtsp://", "rtsp://a b/"])
def test_an_address_that_is_none_gives_no_first_picture(play: Any, url: str) -> None:
    async def run() -> None:
        with pytest.raises(SourceLost, match="its address is"):
            await first_frame(url, user="", password="", clock=SystemClock())

    play(run())


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_camera_behind_tls_is_read_again_while_it_shows_the_certificate_that_was_named(
    play: Any, tmp_path: Path, newest: ssl.TLSVersion
) -> None:
    async def run() -> None:
        first, renewed = Identity(tmp_path / "first.pem"), Identity(tmp_path / "renewed.pem")
        camera = Camera()
        camera.tls = first.server(newest=newest)
        async with staged(camera, trust=Trust(fingerprint=first.fingerprint)) as stage:
            for times, ten in enumerate((TEN, NEXT_TEN), 1):
                await stage.play(*ten)
                assert await stage.hear(10 * times) == list(range(10 * times))
                camera.playing.clear()
                await camera.stop()
                await stage.heard.until(lambda: "refused" in stage.stream.problem)
                stage.clock.advance(1)
                await camera.start()
            await camera.playing.wait()
            await camera.stop()
            camera.tls = renewed.server(newest=newest)
            camera.requests.clear()
            await camera.start()
            await stage.heard.until(lambda: "is not the one that was named" in stage.stream.problem)
            assert f"fingerprint is {renewed.fingerprint}" in stage.stream.problem
            assert TRUST_ADVICE in stage.stream.problem
            assert camera.requests == []

    play(run())
