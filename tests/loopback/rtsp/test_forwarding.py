"""What is forwarded of a camera's pictures is recorded like all else, however the connection ends."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.loopback.rtsp.scripted_camera import TEN, VIDEO, Camera, Listener, Stage, picture, staged
from tests.loopback.rtsp.test_rtsp_again import begin

from vedette.client.rtsp import dialogue
from vedette.client.rtsp.reading import PATIENT_S, TOGETHER, SharedReader
from vedette.media import hub
from vedette.protocols.rtp.forwarding import ForwardedBatch, Numbering
from vedette.protocols.rtp.sender import RtpSender


class Viewers:
    """Those who watch a stream, and can be sent what the camera sent."""

    def __init__(self) -> None:
        self.sender = RtpSender(7, 96, 1, 0)
        self.forwarded: list[int] = []
        self.heard: list[int] = []
        self.sent: list[int] = []  # both
        self.is_settling = False

    def tracks_changed(self, tracks: Any) -> None: ...

    def receive(self, units: Any) -> None:
        if not self.is_settling:
            numbers = [int.from_bytes(unit.data[6:10], "big") for unit in units]
            self.heard += numbers
            self.sent += numbers

    def numbering(self, track: int) -> Numbering:
        assert track == VIDEO.number
        return self.sender.numbering

    def forward(self, track: int, batch: ForwardedBatch) -> None:
        self.sender.count(batch)
        number = batch.packets()[0][18]  # in a slice's first fragment
        self.forwarded.append(number)
        self.sent.append(number)

    def settle(self, publish: Callable[[], None]) -> None:
        self.is_settling = True
        publish()
        self.is_settling = False


async def forwarding(stage: Stage) -> tuple[Listener, Viewers]:
    """A recorder and viewers, on a camera that has sent ten pictures and two that were forwarded."""
    recorder, viewers = Listener(stage.stream, is_patient=True), Viewers()
    stage.camera.sender.next_sequence = 1
    await stage.play(*TEN)
    await stage.hear(10)
    stage.stream.detach(stage.heard)
    stage.stream.attach(viewers, forwarder=lambda: viewers)
    stage.camera.send(picture(10))
    await recorder.until(lambda: len(recorder.units) == 11)
    stage.camera.send(picture(11), picture(12))
    await recorder.until(lambda: len(viewers.forwarded) == 2)
    assert len(recorder.units) == 11
    return recorder, viewers


@pytest.fixture(autouse=True)
def no_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "TICK_S", 3600.0)


def test_what_was_forwarded_is_recorded_when_the_camera_hangs_up_amid_a_picture(play: Any) -> None:
    async def run() -> None:
        async with staged(Camera(audio=False)) as stage:
            recorder, viewers = await forwarding(stage)
            stage.camera.write(stage.camera.inside(picture(13))[:-100])
            stage.camera.hang_up()
            await recorder.until(lambda: len(recorder.units) == 13)
            assert recorder.frames == list(range(13))
            assert viewers.heard == [10]
            assert viewers.forwarded == [11, 12]

    play(run())


def test_what_was_forwarded_is_recorded_when_the_source_is_wanted_no_more(play: Any) -> None:
    async def run() -> None:
        async with staged(Camera(audio=False)) as stage:
            recorder, _ = await forwarding(stage)
            await stage.end()
            assert recorder.frames == list(range(13))

    play(run())


def test_a_chunk_that_ends_amid_the_next_pictures_first_packet_is_no_place_to_begin(play: Any) -> None:
    async def run() -> None:
        async with staged(Camera(audio=False)) as stage:
            recorder, viewers = await forwarding(stage)
            stage.stream.bring()
            picture_13, picture_14 = stage.camera.inside(picture(13)), stage.camera.inside(picture(14))
            stage.camera.write(picture_13 + picture_14[:9])
            await recorder.until(lambda: len(recorder.units) == 14)
            await asyncio.sleep(0.01)
            stage.camera.write(picture_14[9:])
            await recorder.until(lambda: len(viewers.sent) == 5)
            await stage.end()
            assert viewers.sent == list(range(10, 15))
            assert recorder.frames == list(range(15))

    play(run())


def test_a_group_that_is_sent_again_is_not_forwarded(play: Any) -> None:
    async def run() -> None:
        async with staged(Camera(audio=False)) as stage:
            recorder, viewers = Listener(stage.stream, is_patient=True), Viewers()
            stage.stream.detach(stage.heard)
            stage.stream.attach(viewers, forwarder=lambda: viewers)
            await begin(stage, stage.clock.utc_us(), *TEN[:8])
            await recorder.until(lambda: len(recorder.units) == 8)
            begun_us = recorder.units[0].utc_us
            stage.camera.hang_up()
            stage.camera.sender = RtpSender(ssrc=0xCA, payload_type=96, first_sequence=7, timestamp_offset=99)
            stage.clock.advance(1.5)

            await begin(stage, begun_us, TEN[0])
            for number in range(1, 16):
                stage.camera.send(picture(number))
                await asyncio.sleep(0.005)

            await recorder.until(lambda: viewers.sent[-1] == 15)
            await stage.end()
            assert viewers.sent == recorder.frames == list(range(16))
            assert viewers.forwarded

    play(run())


@pytest.mark.parametrize("most_kept", [hub.KEPT_GROUP_MOST_UNITS, 2])
def test_nothing_is_forwarded_before_the_first_key_frame_of_a_connection(
    play: Any, monkeypatch: pytest.MonkeyPatch, most_kept: int
) -> None:
    monkeypatch.setattr(hub, "KEPT_GROUP_MOST_UNITS", most_kept)  # of what was too long nothing is sent again

    async def run() -> None:
        async with staged(Camera(audio=False)) as stage:
            recorder, viewers = await forwarding(stage)
            stage.camera.hang_up()
            stage.camera.playing.clear()
            await stage.camera.playing.wait()
            for number in (23, 24, 25, 30, 31):
                stage.camera.send(picture(number))
                await asyncio.sleep(0.01)
            await recorder.until(lambda: viewers.sent[-1] == 31)
            await stage.end()
            assert viewers.sent == [10, 11, 12, 30, 31]
            assert recorder.frames == [*range(13), 30, 31]

    play(run())


def test_an_answer_between_pictures_is_heard(play: Any) -> None:
    async def run() -> None:
        async with staged(Camera(audio=False)) as stage:
            recorder, viewers = await forwarding(stage)
            session = stage.source._session
            assert session is not None
            options = asyncio.create_task(session._dialogue.options())  # type: ignore[union-attr]
            await options
            assert recorder.frames == list(range(13))
            stage.camera.send(picture(13), picture(14))
            await recorder.until(lambda: len(viewers.forwarded) + len(viewers.heard) == 5)
            await stage.end()
            assert recorder.frames == list(range(15))

    play(run())


def test_a_camera_with_sound_goes_the_other_way(play: Any) -> None:
    async def run() -> None:
        async with staged(Camera()) as stage:
            recorder, viewers = Listener(stage.stream, is_patient=True), Viewers()
            await stage.play(*TEN)
            await stage.hear(10)
            stage.stream.detach(stage.heard)
            stage.stream.attach(viewers, forwarder=lambda: viewers)
            for number in range(10, 15):
                stage.camera.send(picture(number))
                await recorder.until(lambda number=number: len(recorder.units) > number)  # type: ignore[misc]
            assert viewers.heard == [10, 11, 12, 13, 14]
            assert not viewers.forwarded

    play(run())


def test_half_a_second_later_what_was_forwarded_is_recorded(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with staged(Camera(audio=False)) as stage:
            recorder, viewers = await forwarding(stage)
            session = stage.source._session
            assert session is not None
            session._tick()
            assert recorder.frames == list(range(13))
            stage.camera.send(picture(13))
            await recorder.until(lambda: len(viewers.forwarded) == 3)
            assert len(recorder.units) == 13

    play(run())


def test_not_all_cameras_of_a_wall_are_taken_apart_at_the_same_instant(play: Any) -> None:
    async def run() -> None:
        reader = SharedReader()
        for _ in range(TOGETHER):
            reader.next_phase_s()
        async with staged(Camera(audio=False), reader=reader) as stage:
            await stage.play(*TEN)
            await stage.hear(10)
            session = stage.source._session
            assert session is not None
            assert session._dialogue is not None
            assert session._dialogue._due_s % dialogue.TICK_S == pytest.approx(PATIENT_S / 2)
        reader.close()

    play(run())


def test_an_overdue_answer_does_not_hide_what_came_and_was_kept_back(play: Any) -> None:
    """The connection is given up when there was no sign of life for ten seconds; pictures are one."""

    async def run() -> None:
        async with staged(Camera(audio=False)) as stage:
            recorder, _ = await forwarding(stage)
            session = stage.source._session
            assert session is not None
            assert session._dialogue is not None
            stage.camera.is_mute = True
            asking = asyncio.create_task(session._dialogue.options())
            await asyncio.sleep(0)
            stage.clock.advance(11)
            session._dialogue._timer.cancel()  # type: ignore[union-attr]
            session._dialogue._pass_time(session._tick)
            assert recorder.frames == list(range(13))
            assert not session._core.is_closed
            asking.cancel()

    play(run())
