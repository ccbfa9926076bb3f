"""Streams hand on what is published and keep the current group of pictures."""

from collections.abc import Sequence
from typing import Any

import pytest

from vedette.media import hub
from vedette.media.hub import Hub, NoSuchStream, Stream, StreamState
from vedette.media.unit import AccessUnit, Track, TrackKind

VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000)
AUDIO = Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8_000)


class Ear:
    def __init__(self) -> None:
        self.heard: list[object] = []

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        self.heard.append(tracks)

    def receive(self, units: Sequence[AccessUnit]) -> None:
        self.heard.append(units)


def unit(number: int, track: int = 0, *, is_key: bool = False, size: int = 10) -> AccessUnit:
    return AccessUnit(track=track, utc_us=number, pts=number, data=bytes(size), is_key=is_key)


def test_every_sink_gets_the_same_sequence_and_late_ones_the_tracks() -> None:
    stream, one, late = Stream("a"), Ear(), Ear()
    stream.attach(one)
    stream.announce((VIDEO,))
    stream.attach(late)
    units = [unit(1, is_key=True)]
    stream.publish(units)
    assert one.heard == late.heard == [(VIDEO,), units]
    assert one.heard[1] is late.heard[1] is units


def test_attaching_twice_and_detaching_a_stranger_change_nothing() -> None:
    stream, ear = Stream("a"), Ear()
    stream.announce((VIDEO,))
    stream.attach(ear)
    stream.attach(ear)
    stream.detach(Ear())
    assert stream.sinks == (ear,)
    assert ear.heard == [(VIDEO,)]


def test_the_publisher_is_told_when_its_units_become_awaited() -> None:
    stream, told = Stream("a"), list[int]()
    stream.on_awaited(lambda: told.append(len(stream.sinks)))
    stream.attach(Ear(), is_patient=True)
    first = Ear()
    for viewer in (first, Ear()):
        stream.attach(viewer)
    assert told == [2]
    for viewer in stream.sinks[1:]:
        stream.detach(viewer)
    stream.attach(first)
    assert told == [2, 2]


def test_a_stream_is_awaited_while_a_sink_is_not_patient() -> None:
    stream, recorder, viewer = Stream("a"), Ear(), Ear()
    stream.attach(recorder, is_patient=True)
    assert not stream.is_awaited
    stream.attach(viewer)
    assert stream.is_awaited
    stream.detach(viewer)
    assert not stream.is_awaited
    stream.detach(recorder)
    assert not stream.is_awaited


def test_a_picture_may_be_sent_on_before_it_is_a_unit_while_nobody_else_awaits_units() -> None:
    stream, recorder, viewers, page = Stream("a"), Ear(), Ear(), Ear()
    forwarder: Any = object()
    stream.attach(recorder, is_patient=True)
    assert stream.forwarder is None
    stream.attach(viewers, forwarder=lambda: forwarder)
    assert stream.forwarder is forwarder
    stream.attach(page)
    assert stream.forwarder is None
    stream.detach(viewers)
    assert stream.forwarder is None
    stream.detach(page)
    stream.attach(viewers)
    assert stream.forwarder is None


def test_what_the_publisher_keeps_back_is_brought_before_somebody_comes_or_goes() -> None:
    stream, brought = Stream("a"), list[int]()
    stream.on_kept_back(lambda: brought.append(len(stream.sinks)))
    ear, stranger = Ear(), Ear()
    stream.attach(ear)
    stream.detach(stranger)
    stream.detach(ear)
    assert brought == [0, 1]
    stream.attach(ear)
    stream.end()
    assert brought == [0, 1, 0, 1]
    assert not stream.kept_group
    assert brought.pop() == 1
    stream.on_kept_back(None)
    stream.bring()
    assert brought == [0, 1, 0, 1]


def test_the_kept_group_begins_with_the_latest_key_frame_and_has_all_tracks() -> None:
    stream = Stream("a")
    stream.announce((VIDEO, AUDIO))
    stream.publish([unit(1), unit(2, is_key=True), unit(3, 1, is_key=True), unit(4)])
    assert [each.pts for each in stream.kept_group] == [2, 3, 4]
    stream.publish([unit(5, is_key=True)])
    assert [each.pts for each in stream.kept_group] == [5]


def test_a_group_without_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "KEPT_GROUP_MOST_BYTES", 100)
    stream = Stream("a")
    stream.announce((VIDEO,))
    stream.publish([unit(1, is_key=True), *(unit(n) for n in range(2, 30))])
    assert stream.kept_group == ()
    stream.publish([unit(40, is_key=True)])
    assert len(stream.kept_group) == 1


def test_the_same_tracks_again_are_no_change_and_others_start_afresh() -> None:
    stream, ear = Stream("a"), Ear()
    stream.attach(ear)
    stream.announce((VIDEO,))
    stream.publish([unit(1, is_key=True)])
    stream.announce((VIDEO,))
    assert len(stream.kept_group) == 1
    stream.announce((VIDEO, AUDIO))
    assert stream.kept_group == ()
    assert [each for each in ear.heard if isinstance(each, tuple)] == [(VIDEO,), (VIDEO, AUDIO)]


def test_a_withdrawn_stream_says_why_and_keeps_its_tracks() -> None:
    stream = Stream("a")
    stream.announce((VIDEO,))
    stream.withdraw("no route to camera")
    assert (stream.state, stream.problem, stream.tracks) == (
        StreamState.WAITING,
        "no route to camera",
        (VIDEO,),
    )
    stream.announce((VIDEO,))
    assert (stream.state, stream.problem) == (StreamState.LIVE, "")


def test_a_key_frame_is_asked_of_the_publisher_if_it_can_be() -> None:
    stream, asked = Stream("a"), []
    assert not stream.request_key_frame()
    stream.on_key_frame_wanted(lambda: asked.append(1))
    assert stream.request_key_frame()
    assert asked == [1]


def test_a_closed_stream_ends_for_its_sinks_and_is_gone() -> None:
    streams, ear = Hub(), Ear()
    stream = streams.open("a")
    assert streams.open("a") is stream is streams.require("a")
    stream.announce((VIDEO,))
    stream.attach(ear)
    streams.close("a")
    streams.close("a")
    assert ear.heard == [(VIDEO,), ()]
    assert streams.streams == ()
    with pytest.raises(NoSuchStream, match="'a'"):
        streams.require("a")
