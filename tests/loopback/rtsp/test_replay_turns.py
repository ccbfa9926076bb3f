"""Requests that come amid a unit, behind the end of a range, or while footage is looked for in vain."""

import asyncio
import struct
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from tests.loopback.rtsp.test_replay import FREE, PATH, clock_range, frames, is_gap_free, terminal, together

from vedette.device.playback import Sequencer
from vedette.server import replay
from vedette.server.live.viewers import DatagramPort
from vedette.server.pacing import AT_ONCE_BYTES, LINK_BYTES_PER_S, SLICE_S, SLICES_MOST
from vedette.storage.errors import StorageError
from vedette.storage.reader import StoredFragment
from vedette.storage.retention import Deleted, delete_segments


def test_play_without_a_range_goes_on_behind_the_end_of_the_last_one(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(4), 0)
            await viewer.ask("PLAY", PATH, Range=clock_range(scene, 0, 30), **FREE)
            await viewer.until(lambda: terminal(viewer))
            assert (await viewer.ask("PAUSE", PATH)).status == 200
            reply = await viewer.ask("PLAY", PATH, **FREE)
            assert reply.headers["range"] == clock_range(scene, 25)  # the clean point before the end
            await viewer.until(lambda: frames(scene, viewer)[-1] == 99)
            assert frames(scene, viewer, 0, viewer.cseq) == list(range(25, 100))
            assert is_gap_free(viewer)

            backward = {"Range": clock_range(scene, 80, 60), "Scale": "-1.0", **FREE}
            await viewer.ask("PLAY", PATH, **backward)
            await viewer.until(lambda: frames(scene, viewer)[-1] == 74)
            await viewer.ask("PLAY", PATH, Scale="-1.0", **FREE)
            await viewer.until(lambda: frames(scene, viewer)[-1] == 24)
            assert frames(scene, viewer, 0, viewer.cseq) == [*range(50, 61), *range(25, 50), *range(25)]

    play(run())


def test_play_without_a_range_behind_the_last_footage_that_fits_is_refused(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(2), 0, 1)
            alaw = msgspec.structs.replace(scene.AUDIO, codec="PCMA")
            site.record(scene.footage(2, start_us=scene.START_US + 2_000_000), (scene.VIDEO, alaw))
            for backward in ({}, {"Scale": "-1.0"}):
                await viewer.ask("PLAY", PATH, Range=clock_range(scene, 30), **FREE, **backward)
                await viewer.until(lambda: terminal(viewer))
                assert (await viewer.ask("PLAY", PATH, **FREE, **backward)).status == 200  # it is alive
                assert (await viewer.ask("PAUSE", PATH)).status == 200
                assert (await viewer.ask("PLAY", PATH, **FREE, **backward)).status == 457
            assert (await viewer.ask("PLAY", PATH, Range=clock_range(scene, 25), **FREE)).status == 200

    play(run())


def test_a_viewer_at_the_end_of_recording_is_told_when_another_codec_comes(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            writer = site.begin(scene.footage(2))
            writer.flush()
            viewer, only_video = await site.viewer(), await site.viewer()
            while (await viewer.ask("DESCRIBE", PATH)).status != 200:
                pass
            await viewer.setup(PATH, 0, 1)
            await only_video.setup(PATH, 0)
            for each in (viewer, only_video):
                await each.ask("PLAY", PATH, **FREE)
                await each.until(lambda each=each: frames(scene, each)[-1:] == [49])
            writer.tracks_changed((scene.VIDEO, msgspec.structs.replace(scene.AUDIO, codec="PCMA")))
            writer.receive(scene.footage(4)[100:])
            await asyncio.to_thread(site.stop, writer)
            assert await viewer.ended()
            assert not terminal(viewer)
            assert frames(scene, viewer)[-1] == 49
            await only_video.until(lambda: terminal(only_video))
            assert frames(scene, only_video) == list(range(100))

    play(run())


def test_a_start_that_is_still_to_come_is_told_with_its_own_place_on_the_time_line(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            writer, viewer = await site.replay_of_more(scene.footage(2), 0)
            reply = await viewer.ask("PLAY", PATH, Range=clock_range(scene, 60))
            assert reply.headers["range"] == clock_range(scene, 60)
            writer.receive(scene.footage(4)[100:])
            await asyncio.to_thread(site.stop, writer)
            await viewer.until(lambda: len(viewer.stamped()) > 1)
            first = viewer.stamped()[0]
            assert frames(scene, viewer)[0] == 50
            ((sequence, rtp_time),) = scene.rtp_info(reply)
            assert first.rtp.sequence == sequence
            assert (rtp_time - first.rtp.timestamp) & 0xFFFFFFFF == 10 * 3600

    play(run())


def test_with_rate_control_the_rtp_times_go_on_across_seeks(play: Any, serve: Any, scene: Any) -> None:
    ways = [
        (300, "4.0", "yes"),
        (100, "2.0", "yes"),
        (200, "-8.0", "yes"),
        (50, "1.0", "no"),
        (400, "1.0", "yes"),
    ]

    async def run() -> None:
        async with serve(is_real=True) as site:
            viewer = await site.replay(scene.footage(20), 0)
            newest = None
            for first, scale, pace in ways:
                there = {"Range": clock_range(scene, first), "Scale": scale, "Rate_Control": pace}
                reply = await viewer.ask("PLAY", PATH, **there)
                number, at = viewer.cseq, len(viewer.packets)
                await viewer.until(lambda at=at: len(viewer.packets) > at + 12)
                await viewer.ask("PAUSE", PATH)
                ((_, told),) = scene.rtp_info(reply)
                times = [each.rtp.timestamp for each in viewer.stamped() if each.stamp.cseq == number]
                if newest is not None and pace == "yes":
                    passed = [(each - newest) & 0xFFFFFFFF for each in (told, *times)]
                    assert 0 < min(passed) <= 3600
                    assert max(passed) < 90_000
                newest = (
                    times[-1] if pace == "no" else max(times, key=lambda each: (each - told) & 0xFFFFFFFF)
                )

    play(run())


def test_a_play_at_another_pace_goes_on_from_where_the_last_one_has_not_sent_anything_yet(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(4), 0)
            ranged = {"Range": clock_range(scene, 60), "Scale": "1.0"}
            replies = await together(viewer, ("PLAY", ranged), ("PLAY", {"Scale": "2.0"}))
            assert [each.headers["range"] for each in replies] == [clock_range(scene, 50)] * 2
            replies = await together(viewer, ("PLAY", ranged), ("PAUSE", {}), ("PLAY", {"Frames": "intra"}))
            assert replies[2].headers["range"] == clock_range(scene, 50)

    play(run())


def test_the_end_of_a_range_is_told_of_play_time_too_and_again_after_a_pause(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            site.record(scene.footage(4))
            viewer = await site.viewer()
            await viewer.setup(PATH, 0)
            reply = await viewer.ask("PLAY", PATH, Range="npt=1-2.4")
            assert reply.ranges == (clock_range(scene, 25, 60), "npt=1.000000-2.400000")
            assert (await viewer.ask("PAUSE", PATH, Range=clock_range(scene, 70))).status == 457
            await viewer.ask("PAUSE", PATH)
            reply = await viewer.ask("PLAY", PATH)
            assert reply.ranges[0].endswith(clock_range(scene, 0, 60).partition("-")[2])

    play(run())


def test_who_asks_in_play_time_is_told_it_too(play: Any, serve: Any, scene: Any) -> None:
    """Players count on from it (VLC, FFmpeg); the standard wants the clock (26.06 §5.2.2.3).

    Each in a line: players take the last one, and Media3 ends where that tells anything else.
    """

    async def run() -> None:
        async with serve() as site:
            site.record(scene.footage(4))
            viewer = await site.viewer()
            await viewer.setup(PATH, 0)
            reply = await viewer.ask("PLAY", PATH, Range="npt=0.000-")
            assert reply.ranges == (clock_range(scene, 0), "npt=0.000000-")
            reply = await viewer.ask("PLAY", PATH, Range="npt=2.5-")  # it begins with the key frame before
            assert reply.ranges == (clock_range(scene, 50), "npt=2.000000-")
            await viewer.ask("PAUSE", PATH)
            clock, units = (await viewer.ask("PLAY", PATH)).ranges
            assert clock.startswith("clock=2023")
            assert units.startswith("npt=2.")
            backward = await viewer.ask("PLAY", PATH, Range="npt=3.0-1.0", Scale="-1.0")
            assert backward.ranges == (clock_range(scene, 75, 25), "npt=3.000000-1.000000")
            reply = await viewer.ask("PLAY", PATH, Range=clock_range(scene, 25))
            assert reply.ranges == (clock_range(scene, 25),)

    play(run())


def test_play_time_keeps_its_origin_when_retention_takes_the_beginning(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve() as site:
            site.record(scene.footage(2))
            site.record(scene.footage(2, start_us=scene.START_US + 2_000_000))
            viewer = await site.viewer()
            await viewer.setup(PATH, 0)
            await viewer.ask("PLAY", PATH, Range="npt=0.000-")
            oldest = site.archive.index.after(1, 0)
            delete_segments(site.archive, {1: "hall"}, lambda: oldest, Deleted())
            reply = await viewer.ask("PLAY", PATH, Range="npt=3.0-")
            assert reply.ranges == (clock_range(scene, 75), "npt=3.000000-")

    play(run())


def test_a_play_that_is_refused_leaves_the_one_in_force_as_it_is(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve(is_real=True) as site:
            viewer = await site.replay(scene.footage(4), 0, 1)
            await viewer.ask("PLAY", PATH, Scale="4.0")
            number = viewer.cseq
            await viewer.until(lambda: len(viewer.stamped()) > 5)
            behind = clock_range(scene, 5000)
            assert (await viewer.ask("PLAY", PATH, Range=behind, Immediate="yes")).status == 457
            seen = len(viewer.packets)
            await viewer.until(lambda: len(viewer.packets) > seen + 20)
            await viewer.ask("PAUSE", PATH)
            assert (await viewer.ask("PLAY", PATH, Range=behind)).status == 457
            seen = len(viewer.packets)
            assert (await viewer.ask("GET_PARAMETER", PATH)).status == 200
            assert len(viewer.packets) == seen  # it is still paused
            assert (await viewer.ask("PLAY", PATH, Scale="4.0")).status == 200
            await viewer.until(lambda: terminal(viewer) and terminal(viewer, 2))
            assert frames(scene, viewer) == frames(scene, viewer, 2) == list(range(100))
            assert {each.stamp.cseq for each in viewer.stamped()} == {number, viewer.cseq}
            assert is_gap_free(viewer)
            assert is_gap_free(viewer, 2)

    play(run())


def test_a_track_that_is_torn_down_is_silent_at_once_and_may_be_set_up_again(
    play: Any, serve: Any, scene: Any
) -> None:
    async def run() -> None:
        async with serve(is_real=True) as site:
            viewer = await site.replay(scene.footage(4), 0, 1)
            await viewer.ask("PLAY", PATH, Scale="4.0")
            await viewer.until(lambda: len(viewer.stamped(2)) > 5)
            assert (await viewer.ask("TEARDOWN", f"{PATH}/trackID=1")).status == 200
            heard = len(frames(scene, viewer, 2))
            seen = len(frames(scene, viewer))
            await viewer.until(lambda: len(frames(scene, viewer)) > seen + 5)
            assert len(frames(scene, viewer, 2)) == heard

            inside = "RTP/AVP/TCP;unicast;interleaved=6-7"
            assert (await viewer.ask("SETUP", f"{PATH}/trackID=1", Transport=inside)).status == 200
            reply = await viewer.ask("PLAY", PATH, Scale="4.0")
            await viewer.until(lambda: terminal(viewer) and terminal(viewer, 6))
            assert len(frames(scene, viewer, 2)) == heard
            again = viewer.stamped(6)
            assert again[0].rtp.sequence == scene.rtp_info(reply)[1][0]
            assert is_gap_free(viewer, 6)
            assert is_gap_free(viewer)

    play(run())


def test_a_seek_amid_a_unit_over_udp_uses_no_sequence_number_twice(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve(is_real=True) as site:
            site.record([scene.picture(i, size=300_000) for i in range(25)], (scene.VIDEO,))
            viewer = await site.viewer()
            rtp, rtcp = scene.udp_pair()
            await viewer.ask("SETUP", f"{PATH}/trackID=0", Transport=scene.over_udp(rtp))
            loop = asyncio.get_running_loop()
            packets: list[Any] = []
            for _ in range(5):  # each PLAY meets the key frame of the one before it
                begun = len(packets)
                await viewer.ask("PLAY", PATH, Range=clock_range(scene, 0), Immediate="yes")
                while len(packets) < begun + 40:
                    packets.append(scene.arrived(0, await loop.sock_recv(rtp, 2000)))
            await viewer.ask("PAUSE", PATH)
            seen = {each.rtp.sequence: each.stamp.cseq for each in packets}
            assert len(seen) == len(packets)
            rtp.close()
            rtcp.close()

    play(run())


@pytest.mark.parametrize("is_controlled", [True, False])
def test_large_pictures_leave_over_udp_no_faster_than_receive_buffers_are_emptied(
    play: Any, serve: Any, scene: Any, monkeypatch: pytest.MonkeyPatch, is_controlled: bool
) -> None:
    sent: list[tuple[float, int]] = []
    real_sleep = asyncio.sleep

    async def run() -> None:
        async with serve() as site:

            async def sleep(delay_s: float) -> None:
                site.clock.advance(delay_s)
                await real_sleep(0)

            def send(_: DatagramPort, runs: Any) -> Any:
                sent.append((site.clock.monotonic_s(), sum(len(run.data) for run in runs)))
                return ()

            monkeypatch.setattr(replay, "asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": sleep}))
            monkeypatch.setattr(DatagramPort, "send", send)
            site.record([scene.picture(i, size=600_000) for i in range(25)], (scene.VIDEO,))
            viewer = await site.viewer()
            rtp, rtcp = scene.udp_pair()
            await viewer.ask("SETUP", f"{PATH}/trackID=0", Transport=scene.over_udp(rtp))
            await viewer.ask("PLAY", PATH, Range=clock_range(scene, 0), **({} if is_controlled else FREE))
            await site.until(lambda: sum(size for _, size in sent) > 25 * 600_000)
            rtp.close()
            rtcp.close()

    play(run())
    took_s = sent[-1][0] - sent[0][0]
    if is_controlled:  # it is in time although 15 MB a second is more than the usual pace
        assert 24 * 0.04 <= took_s < 24 * 0.04 + 2 * SLICES_MOST * SLICE_S + 0.04
    else:
        assert 1.18 < took_s < 1.24  # 100 Mbit/s
    for at, (begun_s, _) in enumerate(sent):
        within = [size for at_s, size in sent[at:] if at_s < begun_s + SLICE_S]
        assert sum(within) < AT_ONCE_BYTES + 0.0101 * LINK_BYTES_PER_S * (2 if is_controlled else 1)


def test_a_fragment_that_is_not_found_ends_the_section_before_it(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            site.record([scene.picture(i) for i in range(150)], (scene.VIDEO,))
            with site.archive.reader("hall") as reader:
                fragments = [*iter(reader.forward(0).next, None)]
                file = site.archive.file_of("hall", fragments[1].place.segment)
            first, lost = (len(each.samples) for each in fragments[:2])
            at = file.read_bytes().rindex(b"moof", 0, fragments[1].samples[0].offset)
            with file.open("r+b") as opened:
                opened.seek(at)
                opened.write(b"mooX")
            viewer = await site.viewer()
            await viewer.setup(PATH, 0)
            await viewer.ask("PLAY", PATH, **FREE)
            await viewer.until(lambda: terminal(viewer))
            assert frames(scene, viewer) == [*range(first), *range(first + lost, 150)]
            ends = [each.stamp.is_section_end for each in viewer.stamped()]
            assert [i for i, is_end in enumerate(ends) if is_end] == [first - 1, 149 - lost]

    play(run())


def test_footage_that_cannot_be_read_is_passed_over_once_it_is_told(
    play: Any, serve: Any, scene: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    whole = StoredFragment.units

    def units(fragment: StoredFragment) -> Any:
        if 2 <= fragment.place.number <= 3:
            raise StorageError("segment 1 cannot be read: Input/output error")
        return whole(fragment)

    async def run() -> None:
        async with serve() as site:
            site.record([scene.picture(i) for i in range(250)], (scene.VIDEO,))
            with site.archive.reader("hall") as reader:
                count = [len(each.samples) for each in iter(reader.forward(0).next, None)]
            monkeypatch.setattr(StoredFragment, "units", units)
            viewer = await site.viewer()
            await viewer.setup(PATH, 0)
            await viewer.ask("PLAY", PATH, **FREE)
            await viewer.until(lambda: terminal(viewer))
            begin = sum(count[:4])
            assert frames(scene, viewer) == [*range(sum(count[:2])), *range(begin, 250)]
            jumps = [each.stamp.is_discontinuous for each in viewer.stamped()]
            assert [i for i, is_jump in enumerate(jumps) if is_jump] == [sum(count[:2])]

    play(run())
    assert caplog.text.count("Input/output error") == 1


def test_a_damaged_unit_is_left_out_and_the_rest_is_played(play: Any, serve: Any, scene: Any) -> None:
    async def run() -> None:
        async with serve() as site:
            units = [scene.picture(i) for i in range(50)]
            for frame in (0, 30):
                data = struct.pack(">I", 1 << 24) + units[frame].data[4:]
                units[frame] = msgspec.structs.replace(units[frame], data=data)
            site.record(units, (scene.VIDEO,))
            viewer = await site.viewer()
            await viewer.setup(PATH, 0)
            assert (await viewer.ask("PLAY", PATH, **FREE)).status == 200
            await viewer.until(lambda: terminal(viewer))
            assert frames(scene, viewer) == [*range(1, 30), *range(31, 50)]
            assert is_gap_free(viewer)
            viewer.packets.clear()
            await viewer.ask("PLAY", PATH, Range=clock_range(scene, 0), **FREE)
            await viewer.until(lambda: terminal(viewer))
            assert frames(scene, viewer) == [*range(1, 30), *range(31, 50)]
            assert viewer.packets[0].stamp.is_discontinuous  # in the place of the one that is left out

    play(run())


def test_footage_that_is_looked_for_in_vain_keeps_nobody_waiting(
    play: Any, serve: Any, scene: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(2), 0)
            monkeypatch.setattr(Sequencer, "next", lambda _: [])  # of a recording without an end
            reply = await viewer.ask("PLAY", PATH, Range=clock_range(scene, 10), **FREE)
            assert (reply.status, reply.headers["range"]) == (200, clock_range(scene, 10))
            assert (await viewer.ask("PAUSE", PATH)).status == 200
            assert (await viewer.ask("PLAY", PATH, **FREE)).status == 200
            assert (await viewer.ask("TEARDOWN", PATH)).status == 200
            await site.until(lambda: not any("replay" in t.get_name() for t in asyncio.all_tasks()))

    play(run())


def test_sound_alone_backward_is_refused_without_going_over_the_recording(
    play: Any, serve: Any, scene: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with serve() as site:
            viewer = await site.replay(scene.footage(8), 1)
            looked: list[object] = []
            ask = Sequencer.next

            def counted(sequencer: Sequencer) -> Any:
                looked.append(None)
                return ask(sequencer)

            monkeypatch.setattr(Sequencer, "next", counted)
            assert (await viewer.ask("PLAY", PATH, Scale="-1.0", **FREE)).status == 457
            assert len(looked) == 1

    play(run())
