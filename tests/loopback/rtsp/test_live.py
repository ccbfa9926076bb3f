"""Live streams over real connections: what every viewer gets, and how sessions begin and end."""

import asyncio
import re
import struct
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from vedette.base.timestamps import utc_us_from_ntp
from vedette.protocols.rtp.rtcp import SenderReport, parse_rtcp, picture_loss, receiver_report
from vedette.protocols.rtsp.headers import parse_date
from vedette.server.live.viewers import MOST_REFUSALS
from vedette.server.rtsp.connection import RtspConnection

PATH = "/live/hall/main"


def numbers(viewer: Any, channel: int = 0) -> list[int]:
    return [each.rtp.sequence for each in viewer.packets if each.channel == channel]


def is_gap_free(sequence: list[int]) -> bool:
    return all((after - before) & 0xFFFF == 1 for before, after in pairwise(sequence))


async def watching(site: Any, *tracks: int) -> Any:
    viewer = await site.viewer()
    await viewer.setup(PATH, *tracks)
    assert (await viewer.ask("PLAY", PATH)).status == 200
    return viewer


def test_viewers_of_the_same_tracks_get_identical_bytes(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 3)
            viewers = [await watching(site, 0, 1) for _ in range(4)]
            scene.publish(stream, 3, 30)
            for viewer in viewers:
                await viewer.until(lambda viewer=viewer: scene.last_frame(viewer) == 29)
            media = [[(e.channel, bytes(e.rtp.payload)) for e in v.packets] for v in viewers]
            assert media[0] == media[1] == media[2] == media[3]
            assert len({tuple(numbers(viewer)) for viewer in viewers}) == 1
            assert all(is_gap_free(numbers(v)) and is_gap_free(numbers(v, 2)) for v in viewers)

    play(run())


def test_a_new_viewer_gets_the_kept_group_at_once_as_the_answer_said(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 40)
            viewer = await site.viewer()
            await viewer.setup(PATH, 0, 1)
            reply = await viewer.ask("PLAY", PATH)
            await viewer.until(lambda: scene.last_frame(viewer) == 39)  # nothing was published since
            video = next(each.rtp for each in viewer.packets if each.channel == 0)
            sound = next(each.rtp for each in viewer.packets if each.channel == 2)
            assert bytes(video.payload)[0] & 31 in (7, 24)  # parameter sets go before the key frame
            said = [(video.sequence, video.timestamp), (sound.sequence, sound.timestamp)]
            assert scene.rtp_info(reply) == said

    play(run())


def test_rtp_times_of_the_answer_to_play_stand_for_its_instant(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            late = msgspec.structs.replace(scene.sound(3), pts=960)  # 120 ms behind the key frame
            stream.publish([scene.picture(0), late])
            viewer = await site.viewer()
            await viewer.setup(PATH, 0, 1)
            reply = await viewer.ask("PLAY", PATH)
            await viewer.until(lambda: len(numbers(viewer, 2)) == 1)
            video, sound = (
                next(each.rtp for each in viewer.packets if each.channel == channel) for channel in (0, 2)
            )
            assert reply.headers["range"] == "clock=20231114T221320.000000Z-"
            said = [(video.sequence, video.timestamp), (sound.sequence, (sound.timestamp - 960) & 0xFFFFFFFF)]
            assert scene.rtp_info(reply) == said

    play(run())


@pytest.mark.parametrize("asked", ["", "npt=now-", "clock=20231114T221320Z-", "npt=0.000-", "npt=0-"])
def test_a_player_that_counts_in_play_time_is_told_it_in_the_last_line(
    play: Any, serve: Any, scene: Any, asked: str
) -> None:
    """Media3 ends where that is told by the clock; the standard wants the clock (26.06 §5.2.2.3)."""

    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            stream.publish([scene.picture(0)])
            viewer = await site.viewer()
            await viewer.setup(PATH, 0)
            reply = await viewer.ask("PLAY", PATH, **({"Range": asked} if asked else {}))
            more = ("npt=now-",) if asked.startswith("npt=0") else ()
            assert reply.ranges == ("clock=20231114T221320.000000Z-", *more)

    play(run())


def test_a_further_play_tells_what_comes_next(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 10)
            viewer = await watching(site, 0)
            await viewer.until(lambda: scene.last_frame(viewer) == 9)
            reply = await viewer.ask("PLAY", PATH)
            assert scene.rtp_info(reply)[0][0] == (numbers(viewer)[-1] + 1) & 0xFFFF

    play(run())


def test_a_track_that_is_set_up_while_others_play_joins_them(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 5)
            viewer = await watching(site, 0)
            await viewer.setup(PATH, 1)
            reply = await viewer.ask("PLAY", PATH)
            scene.publish(stream, 5, 9)
            await viewer.until(lambda: scene.last_frame(viewer) == 8 and len(numbers(viewer, 2)) >= 9)
            assert is_gap_free(numbers(viewer))
            assert is_gap_free(numbers(viewer, 2))
            assert scene.rtp_info(reply)[1][0] == numbers(viewer, 2)[0]

    play(run())


def test_a_track_that_is_torn_down_is_sent_no_more_and_the_others_go_on(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 5)
            viewer = await watching(site, 0, 1)
            await viewer.until(lambda: len(numbers(viewer, 2)) == 5)
            assert (await viewer.ask("TEARDOWN", f"{PATH}/trackID=1")).status == 200
            scene.publish(stream, 5, 9)
            await viewer.until(lambda: scene.last_frame(viewer) == 8)
            assert len(numbers(viewer, 2)) == 5
            assert is_gap_free(numbers(viewer))

    play(run())


def test_a_first_sender_report_maps_rtp_time_to_capture_time(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 10)
            viewer = await watching(site, 0, 1)
            await viewer.until(lambda: scene.last_frame(viewer) == 9)
            report = next(r for r in parse_rtcp(viewer.reports[0]) if isinstance(r, SenderReport))
            newest = [each.rtp for each in viewer.packets if each.channel == 0][-1]
            assert abs(utc_us_from_ntp(report.ntp) - (scene.START_US + 9 * scene.FRAME_US)) <= 1
            assert report.rtp_time == newest.timestamp
            assert report.ssrc == newest.ssrc

    play(run())


def test_new_parameter_sets_go_on_and_a_new_codec_ends_the_viewers(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await watching(site, 0)
            await viewer.until(lambda: scene.last_frame(viewer) == 1)
            changed = msgspec.structs.replace(
                scene.VIDEO, setup=(scene.VIDEO.setup[0] + b"\1", b"\x68\1\2\3")
            )
            stream.announce((changed, scene.AUDIO))
            stream.publish([scene.picture(25)])
            await viewer.until(lambda: scene.last_frame(viewer) == 25)
            assert is_gap_free(numbers(viewer))
            assert any(b"\x68\1\2\3" in bytes(each.rtp.payload) for each in viewer.packets)
            stream.announce((msgspec.structs.replace(scene.VIDEO, codec="H265"), scene.AUDIO))
            assert await viewer.ended()
            assert site.groups.viewers_of(stream) == 0

    play(run())


def test_a_removed_stream_ends_its_viewers(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await watching(site, 0)
            site.hub.close("hall/main")
            assert await viewer.ended()
            assert not stream.sinks

    play(run())


def test_a_publisher_that_reconnects_keeps_its_viewers(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await watching(site, 0)
            stream.withdraw("gone for a moment")
            stream.announce(scene.BOTH)
            scene.publish(stream, 25, 27)
            await viewer.until(lambda: scene.last_frame(viewer) == 26)
            assert is_gap_free(numbers(viewer))

    play(run())


def test_a_description_comes_with_our_time(play: Any, serve: Any, scene: Any) -> None:
    """A recorder that begins with old pictures of ours knows by it that our clock is right."""

    async def run() -> None:
        async with serve() as site:
            scene.publish(scene.open_stream(site), 0, 2)
            described = await (await site.viewer()).ask("DESCRIBE", PATH)
            said_us = parse_date(described.headers["date"])
            assert said_us == site.clock.utc_us() // 1_000_000 * 1_000_000

    play(run())


def test_what_cannot_be_done_is_answered_with_its_status(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await site.viewer()
            tcp = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"}
            assert (await viewer.ask("DESCRIBE", "/live/none/main")).status == 404
            assert (await viewer.ask("SETUP", f"{PATH}/trackID=7", **tcp)).status == 404
            assert (await viewer.ask("SETUP", PATH, **tcp)).status == 459
            multicast = {"Transport": "RTP/AVP;multicast;port=5000-5001"}
            assert (await viewer.ask("SETUP", f"{PATH}/trackID=0", **multicast)).status == 461
            assert (await viewer.ask("PLAY", PATH)).status == 454
            assert (await viewer.ask("SETUP", f"{PATH}/trackID=0", **tcp)).status == 200
            other = await viewer.ask("SETUP", "/live/other/main/trackID=1", **tcp)
            assert other.status == 459
            udp = {"Transport": "RTP/AVP;unicast;client_port=50000-50001"}
            assert (await viewer.ask("SETUP", f"{PATH}/trackID=1", **udp)).status == 461
            assert (await viewer.ask("PAUSE", PATH)).status in (200, 455)
            assert (await viewer.ask("ANNOUNCE", PATH)).status in (405, 501)
            viewer.session = "unknown"
            assert (await viewer.ask("PLAY", PATH)).status == 454

    play(run())


def test_a_viewer_whose_request_fails_here_is_not_left_waiting(
    play: Any, serve: Any, scene: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> object:
        raise OSError("Too many open files")

    async def run() -> None:
        async with serve() as site:
            scene.publish(scene.open_stream(site), 0, 2)
            viewer = await site.viewer()
            monkeypatch.setattr(RtspConnection, "_describe", fails)
            viewer.writer.write(b"DESCRIBE rtsp://127.0.0.1%b RTSP/1.0\r\nCSeq: 1\r\n\r\n" % PATH.encode())
            assert await viewer.ended()
            assert (await (await site.viewer()).ask("OPTIONS", PATH)).status == 200

    play(run())


def test_the_transport_answered_is_of_the_profile_asked_for(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await site.viewer()
            for wanted, told in (
                ("RTP/SAVP/TCP;unicast;interleaved=0-1,RTP/AVP/TCP;unicast;interleaved=2-3", "RTP/AVP/TCP;"),
                ("RTP/AVPF/TCP;unicast;interleaved=4-5", "RTP/AVPF/TCP;"),
                ("RTP/AVPF;unicast;client_port=50000-50001", "RTP/AVPF;"),
            ):
                viewer.session = ""
                reply = await viewer.ask("SETUP", f"{PATH}/trackID=0", Transport=wanted)
                assert (reply.status, reply.headers["transport"].startswith(told)) == (200, True)
            secure = "RTP/SAVP/TCP;unicast;interleaved=0-1"
            assert (await viewer.ask("SETUP", f"{PATH}/trackID=1", Transport=secure)).status == 461

    play(run())


def test_two_tracks_that_want_the_same_channels_get_different_ones(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await site.viewer()
            tcp = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"}
            told = []
            for number in (0, 1, 0):
                reply = await viewer.ask("SETUP", f"{PATH}/trackID={number}", **tcp)
                told.append(reply.headers["transport"].partition("interleaved=")[2].partition(";")[0])
            assert told == ["0-1", "2-3", "0-1"]

    play(run())


def test_channels_that_do_not_follow_each_other_are_replaced(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            scene.publish(scene.open_stream(site), 0, 2)
            for wanted in ("9-8", "7-7", "2-5"):
                viewer = await site.viewer()
                tcp = {"Transport": f"RTP/AVP/TCP;unicast;interleaved={wanted}"}
                reply = await viewer.ask("SETUP", f"{PATH}/trackID=0", **tcp)
                assert "interleaved=0-1;" in reply.headers["transport"]

    play(run())


def test_a_connection_whose_channels_are_all_in_use_is_told(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await site.viewer()
            tcp = {"Transport": "RTP/AVP/TCP;unicast"}
            statuses = []
            for _ in range(130):
                viewer.session = ""
                statuses.append((await viewer.ask("SETUP", f"{PATH}/trackID=0", **tcp)).status)
            assert statuses == [200] * 128 + [503] * 2
            assert len(site.groups._sessions[stream.name]) == len(site.rtsp.sessions.sessions) == 128

    play(run())


def test_live_media_pause_at_once_or_not_at_all(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await watching(site, 0)
            session = site.rtsp.sessions.sessions[0]
            assert (await viewer.ask("PAUSE", PATH, Range="clock=20261120T100000Z-")).status == 457
            assert session.state == "Playing"
            assert (await viewer.ask("PAUSE", PATH, Range="npt=now-")).status == 200
            assert session.state == "Ready"

    play(run())


def test_a_tag_that_live_media_do_not_know_is_named(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await watching(site, 0)
            tcp = {"Transport": "RTP/AVP/TCP;unicast;interleaved=2-3"}
            for method, path, headers in (
                ("DESCRIBE", PATH, {}),
                ("SETUP", f"{PATH}/trackID=1", tcp),
                ("PLAY", PATH, {}),
            ):
                refused = await viewer.ask(method, path, Require="onvif-replay", **headers)
                assert (refused.status, refused.headers["unsupported"]) == (551, "onvif-replay")

    play(run())


def test_a_viewer_may_choose_some_of_the_tracks(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await watching(site, 1)
            scene.publish(stream, 2, 10)
            await viewer.until(lambda: len(numbers(viewer, 2)) == 10)
            assert {each.channel for each in viewer.packets} == {2}

    play(run())


def test_a_silent_session_ends_and_one_with_reports_or_requests_does_not(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            asks, reports, paused, reports_paused = [await watching(site, 0) for _ in range(4)]
            for viewer in (paused, reports_paused):
                assert (await viewer.ask("PAUSE", PATH)).status == 200
            for _ in range(3):
                site.clock.advance(30)
                rr = receiver_report(ssrc=1, blocks=(), cname="v")
                for viewer in (reports, reports_paused):
                    viewer.writer.write(struct.pack(">cBH", b"$", 1, len(rr)) + rr)
                await asks.ask("GET_PARAMETER", PATH)
                await asyncio.sleep(0.05)  # the listener looks at its deadlines
            assert len(site.rtsp.sessions.sessions) == 3
            assert (await paused.ask("PLAY", PATH)).status == 454
            assert (await reports_paused.ask("PLAY", PATH)).status == 200
            scene.publish(stream, 25, 27)
            for viewer in (asks, reports, reports_paused):
                await viewer.until(lambda viewer=viewer: scene.last_frame(viewer) == 26)

    play(run())


def test_taking_its_packets_is_a_sign_of_life(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await watching(site, 0)
            for second in range(0, 200, 20):
                site.clock.advance(20)
                stream.publish([scene.picture(25 + second)])
                await viewer.until(lambda second=second: scene.last_frame(viewer) == 25 + second)
                await asyncio.sleep(0.03)
            assert site.groups.viewers_of(stream) == 1

    play(run())


def test_a_picture_loss_report_asks_the_source_for_a_key_frame_once_a_second(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            asked: list[float] = []
            stream.on_key_frame_wanted(lambda: asked.append(site.clock.monotonic_s()))
            scene.publish(stream, 0, 2)
            viewer, other = await watching(site, 0), await watching(site, 0)
            pli = receiver_report(ssrc=1, blocks=(), cname="v") + picture_loss(1, 2)
            for each in (viewer, other, viewer):
                each.writer.write(struct.pack(">cBH", b"$", 1, len(pli)) + pli)
                await each.ask("OPTIONS", PATH)
            assert len(asked) == 1
            site.clock.advance(2)
            viewer.writer.write(struct.pack(">cBH", b"$", 1, len(pli)) + pli)
            viewer.writer.write(struct.pack(">cBH", b"$", 1, 5) + b"trash")
            await viewer.ask("OPTIONS", PATH)
            assert len(asked) == 2

    play(run())


def test_tracks_over_udp_come_and_go_while_others_play(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer, loop = await site.viewer(), asyncio.get_running_loop()
            pairs = [scene.udp_pair() for _ in range(2)]

            async def set_up(number: int) -> None:
                where = {"Transport": scene.over_udp(pairs[number][0])}
                assert (await viewer.ask("SETUP", f"{PATH}/trackID={number}", **where)).status == 200
                assert (await viewer.ask("PLAY", PATH)).status == 200

            async def heard(number: int, count: int) -> list[int]:
                coming = [loop.sock_recv(pairs[number][0], 2000) for _ in range(count)]
                return [scene.arrived(number, await each).rtp.sequence for each in coming]

            await set_up(0)
            first = await heard(0, 6)
            await set_up(1)
            sound = await heard(1, 2)
            scene.publish(stream, 2, 4)
            sound += await heard(1, 2)
            assert (await viewer.ask("TEARDOWN", f"{PATH}/trackID=1")).status == 200
            scene.publish(stream, 4, 6)
            first += await heard(0, 12)
            assert is_gap_free(first)
            assert is_gap_free(sound)
            for pair in pairs:
                for each in pair:
                    each.close()

    play(run())


def test_a_udp_session_outlives_its_connection_until_its_time_is_over(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            sweeping = asyncio.create_task(site.rtsp.run())
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await site.viewer()
            rtp, rtcp = scene.udp_pair()
            where = {"Transport": scene.over_udp(rtp)}
            assert (await viewer.ask("SETUP", f"{PATH}/trackID=0", **where)).status == 200
            assert (await viewer.ask("PLAY", PATH)).status == 200
            loop = asyncio.get_running_loop()
            viewer.writer.close()
            await site.until(lambda: site.rtsp.connections_now == 0)
            scene.publish(stream, 25, 26)
            seen = [scene.arrived(0, await loop.sock_recv(rtp, 2000)) for _ in range(8)]
            assert is_gap_free([each.rtp.sequence for each in seen])
            assert site.groups.viewers_of(stream) == 1
            site.clock.advance(90)
            await site.until(lambda: site.groups.viewers_of(stream) == 0)
            assert not site.rtsp.sessions.sessions
            sweeping.cancel()
            rtp.close()
            rtcp.close()

    play(run())


def test_a_track_may_be_set_up_anew_and_its_old_ports_are_given_back(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            asked: list[int] = []
            stream.on_key_frame_wanted(lambda: asked.append(1))
            scene.publish(stream, 0, 2)
            viewer = await site.viewer()
            pairs = [scene.udp_pair() for _ in range(4)]
            for rtp, _ in pairs:
                where = {"Transport": scene.over_udp(rtp)}
                reply = await viewer.ask("SETUP", f"{PATH}/trackID=0", **where)
                assert reply.status == 200
            found = re.search(r"server_port=\d+-(\d+)", reply.headers["transport"])
            assert found is not None
            assert (await viewer.ask("PLAY", PATH)).status == 200
            assert await asyncio.get_running_loop().sock_recv(pairs[-1][0], 2000)
            pli = receiver_report(ssrc=1, blocks=(), cname="v") + picture_loss(1, 2)
            pairs[-1][1].sendto(pli, ("127.0.0.1", int(found[1])))
            await site.until(lambda: bool(asked))
            assert (await viewer.ask("TEARDOWN", PATH)).status == 200
            for each in (each for pair in pairs for each in pair):
                each.close()

    play(run())


def test_a_udp_viewer_whose_host_refuses_is_given_up(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await site.viewer()
            rtp, rtcp = scene.udp_pair()
            where = {"Transport": scene.over_udp(rtp)}
            assert (await viewer.ask("SETUP", f"{PATH}/trackID=0", **where)).status == 200
            assert (await viewer.ask("PLAY", PATH)).status == 200
            rtp.close()
            rtcp.close()
            for frame in range(25, 26 + 4 * MOST_REFUSALS):
                stream.publish([scene.picture(frame, size=20)])
                if not site.groups.viewers_of(stream):
                    break
            assert site.groups.viewers_of(stream) == 0
            assert not site.rtsp.sessions.sessions

    play(run())


def test_teardown_gives_everything_back(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            stream = scene.open_stream(site)
            scene.publish(stream, 0, 2)
            viewer = await watching(site, 0, 1)
            assert len(stream.sinks) == 1
            assert (await viewer.ask("TEARDOWN", PATH)).status == 200
            assert not stream.sinks
            assert not site.rtsp.sessions.sessions
            viewer.session = ""
            await viewer.setup(PATH, 0)  # the connection serves another session
            assert (await viewer.ask("PLAY", PATH)).status == 200

    play(run())
