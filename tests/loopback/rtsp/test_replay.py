"""Recordings replayed over a real connection; see docs/design/replay.md."""

import asyncio
from itertools import pairwise
from typing import Any

import msgspec
import pytest

PATH = "/replay/hall"
FREE = {"Rate_Control": "no", "Require": "onvif-replay"}


def clock_range(scene: Any, first: int, last: int | None = None) -> str:
    """A Range header by frame numbers."""

    def stamp(frame: int) -> str:
        frame_us = scene.START_US + frame * scene.FRAME_US
        seconds, us = divmod(frame_us - 1_700_000_000_000_000, 1_000_000)
        minutes, seconds = divmod(20 + seconds, 60)  # 2023-11-14T22:13:20Z
        return f"20231114T22{13 + minutes:02}{seconds:02}.{us:06}Z"

    return f"clock={stamp(first)}-{'' if last is None else stamp(last)}"


def frames(scene: Any, viewer: Any, channel: int = 0, cseq: int | None = None) -> list[int]:
    """The frames a viewer got, by the replay extension."""
    return [
        round((each.stamp.utc_us - scene.START_US) / scene.FRAME_US)
        for each in viewer.stamped(channel)
        if cseq is None or each.stamp.cseq == cseq
    ]


def is_gap_free(viewer: Any, channel: int = 0) -> bool:
    numbers = [each.rtp.sequence for each in viewer.packets if each.channel == channel]
    return all((after - before) & 0xFFFF == 1 for before, after in pairwise(numbers))


def terminal(viewer: Any, channel: int = 0) -> bool:
    """Whether the last unit of a channel has arrived; looks at the newest packets alone."""
    newest = (each for each in reversed(viewer.packets[-200:]) if each.channel == channel and each.stamp)
    return any(each.stamp.is_terminal for each in newest)


def newest(scene: Any, viewer: Any) -> int:
    """The frame of the packet that came last, -1 before any."""
    stamp = viewer.packets[-1].stamp if viewer.packets else None
    return -1 if stamp is None else round((stamp.utc_us - scene.START_US) / scene.FRAME_US)


def test_a_description_names_the_tracks_of_the_recording(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            site.record(scene.footage(1))
            viewer = await site.viewer()
            reply = await viewer.ask("DESCRIBE", PATH, Require="onvif-replay")
            assert "a=x-onvif-track:VIDEO000\r\n" in reply.body
            assert "a=x-onvif-track:AUDIO001\r\n" in reply.body
            assert reply.body.count("m=") == reply.body.count("a=x-onvif-track:") == 2
            # GStreamer counts by the first of them, FFmpeg by the last, live555 by both.
            assert "a=range:clock=20231114T221320.000000Z-\r\na=range:npt=0.000000-1.00000" in reply.body

    play(run())


def test_what_is_not_recorded_is_not_found(play: Any, serve: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.viewer()
            assert (await viewer.ask("DESCRIBE", PATH)).status == 404  # nothing in it
            assert (await viewer.ask("DESCRIBE", "/replay/other")).status == 404
            assert (await viewer.ask("DESCRIBE", "/replay/..%2Fhall")).status == 404

    play(run())


def test_the_replay_tag_is_accepted_and_an_unknown_one_named(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            site.record(scene.footage(1))
            viewer = await site.viewer()
            await viewer.setup(PATH, 0, Require="onvif-replay")
            assert (await viewer.ask("PLAY", PATH, **FREE)).status == 200
            refused = await viewer.ask("PLAY", PATH, Require="onvif-dance")
            assert (refused.status, refused.headers["unsupported"]) == (551, "onvif-dance")

    play(run())


def test_every_packet_of_every_track_is_stamped(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(2), 0, 1)
            await viewer.ask("PLAY", PATH, **FREE)
            await viewer.until(lambda: terminal(viewer) and terminal(viewer, 2))
            assert frames(scene, viewer) == frames(scene, viewer, 2) == list(range(50))
            stamps = [each.stamp for each in viewer.stamped()]
            assert [s.utc_us for s in stamps] == [scene.START_US + i * 40_000 for i in range(50)]
            assert [i for i, s in enumerate(stamps) if s.is_clean_point] == [0, 25]
            assert [i for i, s in enumerate(stamps) if s.is_section_end] == [49]
            assert {s.cseq for s in stamps} == {viewer.cseq & 0xFF}
            marked = [each for each in viewer.packets if each.channel == 0 and each.rtp.marker]
            assert len(marked) == 50
            assert is_gap_free(viewer)
            order = [each.stamp.utc_us for each in viewer.packets if each.stamp is not None]
            assert order == sorted(order)

    play(run())


def test_the_answer_to_play_and_the_first_packets_agree(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(2), 0, 1)
            reply = await viewer.ask("PLAY", PATH, Range=clock_range(scene, 30), **FREE)
            await viewer.until(lambda: terminal(viewer) and terminal(viewer, 2))
            assert reply.headers["range"] == clock_range(scene, 25)
            (sequence, rtp_time), (sound_sequence, sound_time) = scene.rtp_info(reply)
            first, sound = viewer.stamped()[0], viewer.stamped(2)[0]
            assert (first.rtp.sequence, first.rtp.timestamp) == (sequence, rtp_time)
            assert sound.rtp.sequence == sound_sequence
            assert (sound.rtp.timestamp - sound_time) & 0xFFFFFFFF <= 1  # captured 5 µs later

    play(run())


def test_rtp_times_without_rate_control_are_the_same_in_both_directions(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(2), 0)
            await viewer.ask("PLAY", PATH, **FREE)
            await viewer.until(lambda: terminal(viewer))
            there = {each.stamp.utc_us: each.rtp.timestamp for each in viewer.stamped()}
            forward, seen = len(viewer.stamped()), len(viewer.packets)
            await viewer.ask(
                "PLAY", PATH, Range=clock_range(scene, 60), Scale="-1.0", Immediate="yes", **FREE
            )
            await viewer.until(lambda: any(each.stamp.is_terminal for each in viewer.packets[seen:]))
            back = viewer.stamped()[forward:]
            assert {each.stamp.utc_us: each.rtp.timestamp for each in back} == there
            assert frames(scene, viewer)[forward:] == [*range(25, 50), *range(25)]
            assert [i for i, each in enumerate(back) if each.stamp.is_discontinuous] == [0, 25]
            assert is_gap_free(viewer)

    play(run())


def test_a_new_range_takes_the_place_of_the_old_one_at_once(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(20), 0, 1)
            await viewer.ask("PLAY", PATH, Range=clock_range(scene, 0))
            await viewer.until(lambda: len(viewer.stamped()) > 1)
            reply = await viewer.ask("PLAY", PATH, Range=clock_range(scene, 250), Immediate="yes")
            second = viewer.cseq
            await viewer.until(lambda: len(frames(scene, viewer, 0, second)) > 1)
            seen = viewer.stamped()
            first_new = next(each for each in seen if each.stamp.cseq == second)
            assert frames(scene, viewer, 0, second)[0] == 250
            assert first_new.stamp.is_discontinuous
            assert first_new.rtp.sequence == scene.rtp_info(reply)[0][0]
            assert is_gap_free(viewer)
            assert is_gap_free(viewer, 2)

    play(run())


def test_pause_stops_and_play_without_a_range_goes_on_with_its_own_number(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(40), 0)
            await viewer.ask("PLAY", PATH)
            first = viewer.cseq
            await viewer.until(lambda: len(viewer.stamped()) > 1)
            assert (await viewer.ask("PAUSE", PATH)).status == 200
            assert (await viewer.ask("GET_PARAMETER", PATH)).status == 200
            before = len(viewer.packets)
            reply = await viewer.ask("PLAY", PATH)
            assert len(viewer.packets) == before  # nothing came while it was paused
            await viewer.until(lambda: len(viewer.packets) > before + 3)
            played = frames(scene, viewer)
            assert played == list(range(len(played)))
            assert frames(scene, viewer, 0, first) == played[: len(frames(scene, viewer, 0, first))]
            assert frames(scene, viewer, 0, viewer.cseq)
            resumed = next(each for each in viewer.stamped() if each.stamp.cseq == viewer.cseq)
            assert (resumed.rtp.sequence, resumed.rtp.timestamp) == scene.rtp_info(reply)[0]
            assert not resumed.stamp.is_discontinuous
            assert is_gap_free(viewer)

    play(run())


def test_a_track_that_is_set_up_in_a_pause_is_played_with_the_others(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(4), 0)
            until = {"Range": clock_range(scene, 60)}
            await together(viewer, ("PLAY", {"Rate-Control": "no"}), ("PAUSE", until))
            await site.until(lambda: site.rtsp.sessions.sessions[0].state == "Ready")
            tcp = {"Transport": "RTP/AVP/TCP;unicast;interleaved=2-3"}
            assert (await viewer.ask("SETUP", f"{PATH}/trackID=1", **tcp)).status == 200
            await viewer.ask("PLAY", PATH, **FREE)
            await viewer.until(lambda: terminal(viewer) and terminal(viewer, 2))
            assert frames(scene, viewer) == [*range(60), *range(50, 100)]
            assert frames(scene, viewer, 2) == list(range(50, 100))

    play(run())


def test_a_play_without_a_range_while_playing_changes_nothing(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(40), 0)
            await viewer.ask("PLAY", PATH)
            await viewer.until(lambda: len(viewer.stamped()) > 1)
            assert (await viewer.ask("PLAY", PATH)).status == 200
            await viewer.until(lambda: len(viewer.stamped()) > 4)
            assert frames(scene, viewer)[:5] == list(range(5))
            assert {each.stamp.cseq for each in viewer.stamped()} == {viewer.cseq - 1}

    play(run())


async def together(viewer: Any, *requests: tuple[str, dict[str, str]]) -> list[Any]:
    """Send requests in one piece, so that the second is there before the first one's footage; the answers."""
    for method, headers in requests:
        viewer.cseq += 1
        lines = [f"{method} rtsp://{viewer.host}{PATH} RTSP/1.0", f"CSeq: {viewer.cseq}"]
        lines += [f"Session: {viewer.session}", *(f"{name}: {value}" for name, value in headers.items())]
        viewer.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    replies: list[Any] = []
    while len(replies) < len(requests):
        if (reply := await viewer.hear()) is not None:
            replies.append(reply)
    return replies


@pytest.mark.parametrize("pace", ["yes", "no"])
def test_a_pause_at_an_instant_stops_before_it_and_play_goes_on_from_there(
    play: Any, serve: Any, scene: Any, pace: str
) -> None:
    async def run() -> None:
        async with serve(is_real=True) as site:
            viewer = await site.replay(scene.footage(1), 0, 1)
            point = clock_range(scene, 8).rstrip("-")
            replies = await together(
                viewer,
                ("PLAY", {"Range": clock_range(scene, 0), "Rate-Control": pace}),
                ("PAUSE", {"Range": point}),
            )
            assert [each.status for each in replies] == [200, 200]
            session = site.rtsp.sessions.sessions[0]
            await site.until(lambda: session.state == "Ready")
            await viewer.ask("GET_PARAMETER", PATH)  # its answer comes behind what was sent
            assert frames(scene, viewer) == frames(scene, viewer, 2) == list(range(8))
            assert (await viewer.ask("PAUSE", PATH)).status == 455  # it is paused

            await viewer.ask("PLAY", PATH, Rate_Control=pace)
            await viewer.until(lambda: terminal(viewer) and terminal(viewer, 2))
            assert frames(scene, viewer) == frames(scene, viewer, 2) == list(range(25))
            assert is_gap_free(viewer)
            assert is_gap_free(viewer, 2)

    play(run())


def test_a_pause_at_an_instant_backward_stops_before_its_group(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(3), 0)
            backward = {"Range": clock_range(scene, 74), "Scale": "-1.0", "Rate-Control": "no"}
            await together(viewer, ("PLAY", backward), ("PAUSE", {"Range": clock_range(scene, 40)}))
            await site.until(lambda: site.rtsp.sessions.sessions[0].state == "Ready")
            await viewer.ask("GET_PARAMETER", PATH)
            assert frames(scene, viewer) == list(range(50, 75))
            await viewer.ask("PLAY", PATH, Scale="-1.0", Rate_Control="no")
            await viewer.until(lambda: terminal(viewer))
            assert frames(scene, viewer) == [*range(50, 75), *range(25, 50), *range(25)]

    play(run())


def test_a_pause_point_that_playback_does_not_come_to_is_refused_and_changes_nothing(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(40), 0)
            await viewer.ask("PLAY", PATH, Range=clock_range(scene, 100, 500))
            await viewer.until(lambda: len(viewer.stamped()) > 1)
            for point in (clock_range(scene, 10), clock_range(scene, 600), clock_range(scene, 200, 300)):
                assert (await viewer.ask("PAUSE", PATH, Range=point)).status == 457
            assert (await viewer.ask("PAUSE", PATH, Range="npt=1.0-")).status == 457  # frame 25
            seen = len(viewer.packets)
            await viewer.until(lambda: len(viewer.packets) > seen + 1)
            assert (await viewer.ask("PAUSE", PATH, Range=clock_range(scene, 450))).status == 200
            assert site.rtsp.sessions.sessions[0].state == "Playing"
            assert (await viewer.ask("PAUSE", PATH)).status == 200  # at once after all
            assert (await viewer.ask("PAUSE", PATH, Range=clock_range(scene, 450))).status == 455

    play(run())


def test_a_new_play_forgets_the_pause_point_of_the_old_one(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(2), 0)
            await together(
                viewer,
                ("PLAY", {"Rate-Control": "no"}),
                ("PAUSE", {"Range": clock_range(scene, 20)}),
                ("PLAY", {"Rate-Control": "no"}),
            )
            await viewer.until(lambda: terminal(viewer))
            assert frames(scene, viewer) == list(range(50))

    play(run())


def test_a_range_without_a_start_goes_on_from_where_playback_is(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(4), 0)

            def until(frame: int) -> str:
                return clock_range(scene, frame).rstrip("-").replace("clock=", "clock=-")

            reply = await viewer.ask("PLAY", PATH, Range=until(24), Rate_Control="no")
            assert reply.headers["range"] == clock_range(scene, 0, 24)
            await viewer.until(lambda: terminal(viewer))
            assert frames(scene, viewer) == list(range(25))
            await viewer.ask("PLAY", PATH, Range=clock_range(scene, 50, 60), Rate_Control="no")
            await viewer.until(lambda: len(viewer.stamped()) == 36)
            await viewer.ask("PLAY", PATH, Range=until(74), Rate_Control="no")
            await viewer.until(lambda: len(viewer.stamped()) == 61)
            assert frames(scene, viewer, 0, viewer.cseq) == list(range(50, 75))
            assert (await viewer.ask("PLAY", PATH, Range=until(24), Rate_Control="no")).status == 457
            assert (await viewer.ask("PLAY", PATH, Range="clock", Rate_Control="no")).status == 200

    play(run())


def test_footage_that_was_never_is_refused_also_while_recording(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            writer, viewer = await site.replay_of_more(scene.footage(2), 0)
            long_ago = "clock=20200101T000000Z-20200101T000100Z"
            assert (await viewer.ask("PLAY", PATH, Range=long_ago)).status == 457
            assert (await viewer.ask("PLAY", PATH, Range=clock_range(scene, 5000))).status == 200
            await asyncio.to_thread(site.stop, writer)

    play(run())


def test_footage_is_never_sent_under_a_description_that_does_not_fit(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve(is_real=True) as site:
            later_us = scene.START_US + 2_000_000
            site.record(scene.footage(1))
            alaw = msgspec.structs.replace(scene.AUDIO, codec="PCMA")
            site.record(scene.footage(1, start_us=later_us), (scene.VIDEO, alaw))
            viewer = await site.viewer()
            described = await viewer.setup(PATH, 0, 1)
            assert "a=rtpmap:8 PCMA/8000" in described.body
            reply = await viewer.ask("PLAY", PATH, **FREE)
            assert reply.headers["range"] == clock_range(scene, 50)
            await viewer.until(lambda: terminal(viewer) and terminal(viewer, 2))
            assert frames(scene, viewer) == frames(scene, viewer, 2) == list(range(50, 75))
            old = clock_range(scene, 20)
            assert (await viewer.ask("PLAY", PATH, Range=old, Scale="-1.0", **FREE)).status == 457

            only_video = await site.viewer()
            await only_video.setup(PATH, 0)
            await only_video.ask("PLAY", PATH, **FREE)
            await only_video.until(lambda: terminal(only_video))
            assert frames(scene, only_video) == [*range(25), *range(50, 75)]

    play(run())


def test_a_play_time_since_1900_is_an_instant(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(2), 0)
            since_1900_s = scene.START_US // 1_000_000 + 2_208_988_800
            reply = await viewer.ask("PLAY", PATH, Range=f"npt={since_1900_s + 1}-", Rate_Control="no")
            assert reply.headers["range"] == clock_range(scene, 25)
            await viewer.until(lambda: terminal(viewer))
            assert frames(scene, viewer) == list(range(25, 50))

    play(run())


def test_playback_waits_at_the_end_and_goes_on_with_what_is_recorded(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            writer, viewer = await site.replay_of_more(scene.footage(2), 0)
            await viewer.ask("PLAY", PATH, **FREE)
            await viewer.until(lambda: len(frames(scene, viewer)) >= 25)
            more = scene.footage(4)[100:]
            writer.receive(more)
            await asyncio.to_thread(site.stop, writer)
            await viewer.until(lambda: terminal(viewer))
            assert frames(scene, viewer) == list(range(100))
            assert [i for i, each in enumerate(viewer.stamped()) if each.stamp.is_section_end] == [99]
            assert (await viewer.ask("PAUSE", PATH)).status == 200  # it was still playing

    play(run())


def test_playback_from_now_goes_on_with_what_is_recorded_next(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            writer, viewer = await site.replay_of_more(scene.footage(2), 0)
            reply = await viewer.ask("PLAY", PATH, Range=clock_range(scene, 60), **FREE)
            assert reply.headers["range"] == clock_range(scene, 60)
            writer.receive(scene.footage(4)[100:])
            await asyncio.to_thread(site.stop, writer)
            await viewer.until(lambda: terminal(viewer))
            assert frames(scene, viewer) == list(range(50, 100))

    play(run())


def test_a_pause_at_the_end_of_what_is_recorded_does_not_delay_what_comes_next(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve(is_real=True) as site:
            writer, viewer = await site.replay_of_more(scene.footage(8), 0)
            await viewer.ask("PLAY", PATH, Scale="8.0")
            await viewer.until(lambda: newest(scene, viewer) == 199)
            await viewer.ask("PAUSE", PATH)
            reply = await viewer.ask("PLAY", PATH, Scale="8.0")
            assert reply.headers["range"] == clock_range(scene, 199)
            before_s = asyncio.get_running_loop().time()
            writer.receive(scene.footage(9)[400:])
            await asyncio.to_thread(site.stop, writer)
            await viewer.until(lambda: terminal(viewer))
            assert frames(scene, viewer) == list(range(225))
            assert asyncio.get_running_loop().time() - before_s < 0.7  # not after as long as it had played

    play(run())


def test_scale_and_speed_are_said_again_and_what_cannot_be_is_refused(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(2), 0)
            reply = await viewer.ask("PLAY", PATH, Scale="4.0", Speed="2.0")
            assert (reply.headers["scale"], reply.headers["speed"]) == ("4.0", "2.0")
            assert (await viewer.ask("PLAY", PATH, Scale="0.001")).status == 456
            assert (await viewer.ask("PLAY", PATH, Scale="1000")).status == 456
            assert (await viewer.ask("PLAY", PATH, Scale="2.0", Rate_Control="no")).status == 456
            assert (await viewer.ask("PLAY", PATH, Range="smpte=0:10:00-")).status == 457
            backward = clock_range(scene, 30, 10)
            assert (await viewer.ask("PLAY", PATH, Range=backward)).status == 457
            assert (await viewer.ask("PLAY", PATH, Range=backward, Scale="-1.0")).status == 200
            behind = clock_range(scene, 5000)
            assert (await viewer.ask("PLAY", PATH, Range=behind)).status == 457

    play(run())


def test_replay_over_udp_is_paced_and_complete(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve(is_real=True) as site:
            site.record(scene.footage(2))
            viewer = await site.viewer()
            rtp, rtcp = scene.udp_pair()
            reply = await viewer.ask("SETUP", f"{PATH}/trackID=0", Transport=scene.over_udp(rtp))
            assert "server_port=" in reply.headers["transport"]
            inside = await viewer.ask(
                "SETUP", f"{PATH}/trackID=1", Transport="RTP/AVP/TCP;unicast;interleaved=0-1"
            )
            assert inside.status == 461
            await viewer.ask("PLAY", PATH, Speed="20")
            loop = asyncio.get_running_loop()
            packets: list[Any] = []
            while not any(each.stamp and each.stamp.is_terminal for each in packets):
                packets.append(scene.arrived(0, await loop.sock_recv(rtp, 2000)))
            stamped = scene.unit_starts(packets)
            assert len(stamped) == 50
            times = [(each.rtp.timestamp - stamped[0].rtp.timestamp) & 0xFFFFFFFF for each in stamped]
            assert times == [i * 3600 for i in range(50)]
            rtp.close()
            rtcp.close()

    play(run())


def test_a_viewer_that_stops_reading_is_waited_for(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            big = [scene.picture(i, size=60_000) for i in range(250)]
            site.record(big, (scene.VIDEO,))
            viewer = await site.viewer()
            await viewer.setup(PATH, 0)
            await viewer.ask("PLAY", PATH, **FREE)
            viewer.writer.transport.pause_reading()
            channel = next(iter(site.rtsp._connections))._duplex
            await site.until(lambda: bool(channel._waiters))  # the session waits for the queue
            assert 512 << 10 <= channel.queued_bytes < 1 << 20
            viewer.writer.transport.resume_reading()
            await viewer.until(lambda: terminal(viewer))
            assert frames(scene, viewer) == list(range(250))

    play(run())
