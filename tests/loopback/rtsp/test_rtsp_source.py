"""An RTSP camera as a source, against a scripted camera with the quirks of real ones."""

import asyncio
import random
import socket
from itertools import pairwise
from typing import Any

import pytest
from tests.loopback.rtsp.scripted_camera import (
    NEXT_TEN,
    SETUP,
    TEN,
    THIRD_TEN,
    Answer,
    Camera,
    picture,
    showing,
    staged,
)

from vedette.client.rtsp.source import MOVES_MOST
from vedette.media.sources.source import Backoff
from vedette.protocols.rtp.payload import Payload
from vedette.protocols.rtp.rtcp import goodbye
from vedette.protocols.rtp.runs import interleaved
from vedette.protocols.rtp.sender import RtpSender


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


def test_a_key_frame_that_was_wished_for_too_early_is_asked_for_once_there_are_pictures(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        async with staged(camera) as stage:
            await camera.playing.wait()
            await stage.heard.until(
                lambda: stage.stream.request_key_frame()
            )  # nobody knows what it sends yet
            await stage.play(*(picture(i) for i in range(3, 9)))
            await stage.heard.until(lambda: camera.key_frames_asked > 0)
            assert stage.heard.units == []

    play(run())


@pytest.mark.parametrize(("first", "times"), [(0, 0), (3, 1)])
def test_a_camera_that_begins_amid_a_group_is_asked_for_a_key_frame_and_no_other(
    play: Any, first: int, times: int
) -> None:
    async def run() -> None:
        camera = Camera()
        async with staged(camera) as stage:
            await stage.play(*(picture(i) for i in range(first, 9)))
            await stage.heard.until(lambda: len(camera.feedback) >= times)
            camera.send(*(picture(i) for i in range(10, 20)))
            await stage.heard.until(lambda: 18 in stage.heard.frames)
            assert camera.key_frames_asked == times

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


@pytest.mark.parametrize("by_s", [3600, -3600, 4])
def test_media_time_goes_on_when_this_machines_clock_is_set_although_the_camera_never_reports(
    play: Any, by_s: int
) -> None:
    async def run() -> None:
        camera = Camera()
        async with showing(camera) as stage:
            stage.clock.step(by_s)
            await stage.play(*(picture(i) for i in range(10, 20)))
            assert await stage.hear(20) == list(range(20))
            units = stage.heard.units
            assert [unit.pts - units[0].pts for unit in units] == [frame * 3600 for frame in range(20)]
            assert [frame for frame, unit in enumerate(units) if unit.is_discontinuous] == [10]
            assert abs(units[10].utc_us - units[9].utc_us - by_s * 1_000_000) < 500_000

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
        async with showing(camera) as stage:
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
        async with showing(camera, user="u", password="p") as stage:
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


def test_an_address_with_a_wrong_path_is_told_with_what_to_look_at(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        camera.answers["DESCRIBE"] = lambda *_: "404 Not Found\r\n\r\n"
        async with staged(camera) as stage:
            await stage.heard.until(lambda: bool(stage.stream.problem))
            assert stage.stream.problem == (
                "the camera refuses DESCRIBE with 404; check the path of its address"
            )

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


class Noted(Backoff):
    """Notes each wait, and how often the camera had been asked by then."""

    def __init__(self, camera: Camera) -> None:
        super().__init__(random.Random(1), first_s=0.005, most_s=60.0)
        self.asked: list[int] = []
        self.waits_s: list[float] = []
        self._camera = camera

    def wait_s(self) -> float:
        self.asked.append(self._camera.connections)
        self.waits_s.append(super().wait_s())
        return self.waits_s[-1]


def test_a_camera_that_sends_us_in_a_circle_is_asked_less_and_less_often(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        camera.answers["DESCRIBE"] = lambda *_: f"302 Found\r\nLocation: {camera.url}\r\n\r\n"
        async with staged(camera) as stage:
            stage.source._backoff = noted = Noted(camera)
            await stage.heard.until(lambda: len(noted.asked) == 4)
            assert noted.asked == [(MOVES_MOST + 1) * turn for turn in range(1, 5)]
            assert all(later_s > 1.5 * former_s for former_s, later_s in pairwise(noted.waits_s))
            del camera.answers["DESCRIBE"]
            await stage.play(*TEN)
            assert await stage.hear(10) == list(range(10))

    play(run())


def test_a_redirection_to_no_address_is_a_problem_in_words(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        camera.answers["DESCRIBE"] = lambda *_: "302 Found\r\nLocation: rtsp://cam:99999/\r\n\r\n"
        async with staged(camera) as stage:
            await stage.heard.until(lambda: "no host and port" in stage.stream.problem)
            del camera.answers["DESCRIBE"]
            await stage.play(*TEN)
            assert await stage.hear(10) == list(range(10))

    play(run())


def test_a_camera_that_closes_is_found_again_and_the_time_line_goes_on(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        async with showing(camera) as stage:
            camera.playing.clear()
            camera.hang_up()
            stage.clock.advance(3)
            await camera.playing.wait()
            camera.sender = RtpSender(ssrc=9, payload_type=96, first_sequence=7, timestamp_offset=99)
            camera.send(*NEXT_TEN)  # its timestamps begin afresh
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
        async with showing(camera) as stage:
            camera.playing.clear()
            stage.clock.advance(11)
            await stage.play(*NEXT_TEN)
            await stage.hear(20)
            assert stage.source.connects_total == 2
            camera.playing.clear()
            camera.write(interleaved([goodbye(0xCA)], 1))
            stage.clock.advance(1)
            await stage.play(*THIRD_TEN)
            await stage.hear(30)
            assert stage.source.connects_total == 3

    play(run())


def test_sound_alone_does_not_keep_a_camera_whose_pictures_stopped(play: Any) -> None:
    async def run() -> None:
        camera, sound = Camera(), RtpSender(ssrc=1, payload_type=0, first_sequence=1, timestamp_offset=0)
        async with showing(camera) as stage:
            camera.playing.clear()
            while camera.connections == 1:
                stage.clock.advance(1)
                now = int(stage.clock.monotonic_s() * 8000)
                camera.write(interleaved(sound.packets([Payload(b"\x7f" * 160, marker=False)], now), 2))
                await asyncio.sleep(0.05)
            assert stage.stream.problem == "no pictures for 10 s"
            await stage.play(*NEXT_TEN)
            await stage.hear(20)

    play(run())


@pytest.mark.parametrize(
    ("sets", "frames", "missing"), [(True, 0, "media"), (True, 9, "key frame"), (False, 9, "parameter sets")]
)
def test_a_camera_that_plays_and_shows_nothing_is_a_problem_in_words(
    play: Any, sets: bool, frames: int, missing: str
) -> None:
    async def run() -> None:
        camera = Camera()
        camera.sets_in_sdp = camera.sets_in_band = sets
        async with staged(camera) as stage:
            await stage.play(*(picture(1 + number) for number in range(frames)))
            await asyncio.sleep(0.1)
            stage.clock.advance(6)
            await stage.heard.until(lambda: bool(stage.stream.problem))
            assert stage.stream.problem == f"connected; no {missing} yet"
            camera.sets_in_band = True
            camera.send(*(picture(10 + number) for number in range(11)))
            await stage.hear(10)
            assert not stage.stream.problem

    play(run())


def test_a_new_codec_after_a_reconnection_is_announced(play: Any) -> None:
    async def run() -> None:
        camera = Camera(audio=False)
        async with showing(camera) as stage:
            camera.playing.clear()
            camera.audio = True
            camera.hang_up()
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


def test_what_was_missed_is_told_also_where_a_camera_comes_back_amid_a_group(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        async with showing(camera) as stage:
            camera.playing.clear()
            camera.hang_up()
            await camera.playing.wait()
            stage.clock.advance(4)
            camera.send(*(picture(i) for i in range(105, 108)))
            await asyncio.sleep(0.01)
            camera.send(*(picture(i) for i in range(108, 120)))
            assert (await stage.hear(20))[10:] == list(range(110, 120))
            marks = [unit.is_discontinuous for unit in stage.heard.units]
            assert marks == [each == 10 for each in range(20)]

    play(run())


def test_what_a_camera_sends_at_once_behind_a_report_is_dated_by_the_report(play: Any) -> None:
    async def run() -> None:
        camera = Camera()
        async with staged(camera) as stage:
            await camera.playing.wait()
            begun_us = stage.clock.utc_us() - 1_500_000
            camera.write(camera.report(begun_us) + camera.inside(*TEN))
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
                    camera.write(camera.report(stage.clock.utc_us() + year_us, frame * 3600))
                camera.send(picture(frame))
                await stage.hear(frame + 1)
                stage.clock.advance(0.04)
            assert stage.heard.frames == list(range(60))
            for frame, unit in enumerate(stage.heard.units):
                assert abs(unit.utc_us - (1_700_000_000_000_000 + frame * 40_000)) < 200_000

    play(run())


def test_udp_is_put_in_order_and_loss_is_marked(play: Any) -> None:
    async def run() -> None:
        camera = Camera(audio=False)
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


def test_a_camera_that_never_answers_keep_alives_is_kept_for_its_datagrams(play: Any) -> None:
    async def run() -> None:
        camera = Camera(audio=False)
        async with staged(camera, is_udp=True) as stage:
            await camera.playing.wait()
            camera.is_mute = True
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
                for frame in range(60):
                    for packet in camera.packets(picture(frame)):
                        sending.sendto(packet, ("127.0.0.1", camera.client_port[0]))
                    await stage.hear(frame)
                    await asyncio.sleep(0.02)
                    stage.clock.advance(1)
            await asyncio.sleep(0.6)  # a tick
            assert {method for method, _, _ in camera.requests[4:]} == {"GET_PARAMETER"}
            assert camera.connections == 1
            assert not stage.stream.problem

    play(run())
