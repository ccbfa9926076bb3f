"""Pictures that are forwarded as they came reach viewers and recorders like those that are taken apart."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.protocols.rtp.packets import damaged_packet
from tests.server.live.way import (
    GROUP,
    HEADS,
    Box,
    Recorder,
    Way,
    packets_for,
    seen_by,
    track_of,
    unit_of,
)

from vedette.client.rtsp import shortcut
from vedette.media.codecs import codec_named
from vedette.protocols.rtp.forwarding import ForwardedBatch
from vedette.protocols.rtp.packet import HEADER_BYTES
from vedette.protocols.rtp.payload import Payload
from vedette.protocols.rtp.rtcp import SenderReport, parse_rtcp
from vedette.protocols.rtp.runs import interleaved, uniform_runs
from vedette.protocols.rtp.sender import RtpSender
from vedette.protocols.rtsp.parser import Parser
from vedette.server.browser.player import LiveFeed
from vedette.server.live.group import DATAGRAM_MOST_BYTES
from vedette.server.live.viewers import DatagramViewer, StreamViewer

JOINING: dict[str, Callable[[Way], StreamViewer | DatagramViewer]] = {
    "join": Way.watch,
    "other channel": lambda way: way.watch(4),
    "udp": Way.watch_apart,
}


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


def told(units: Sequence[Any]) -> list[tuple[bytes, bool]]:
    return [(each.data, each.is_key) for each in units]


def wire_of(codec: str, numbers: Sequence[int], sender: RtpSender, data: st.DataObject) -> tuple[bytes, bool]:
    """What a camera sends: some frames are lost, doubled or damaged in their heads, and that is told; reports
    and rubbish are among them."""
    track, packets = track_of(codec), []
    most = data.draw(st.integers(100, 1500))
    for number in numbers:
        unit = unit_of(codec, number, data.draw(st.lists(st.integers(1, 5000), min_size=1, max_size=3)))
        payloads = codec_named(codec).payloads(track, unit, most)
        if data.draw(st.integers(0, 4)) == 0:
            delimiter = Payload(HEADS[codec][4], marker=False)
            payloads = [delimiter, *payloads]
        packets += sender.packets(payloads, unit.pts)
    some = st.sets(st.integers(0, len(packets) - 1), max_size=2)
    lost, doubled, damaged, littered = (data.draw(some) for _ in range(4))
    wire = b""
    for place, packet in enumerate(packets):
        arrived = packet
        if place in damaged:
            arrived = damaged_packet(packet, data)
        if place not in lost:
            wire += interleaved([arrived] * (2 if place in doubled else 1), 0)
        if place in littered:
            wire += data.draw(st.binary(min_size=1, max_size=24))
        if place % 29 == 0:
            wire += interleaved([b"\x80\xc8\x00\x00"], 1)
    return wire, bool(damaged)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whoever_joins_whenever_gets_every_unit_once_and_in_order(
    loop: asyncio.AbstractEventLoop, data: st.DataObject
) -> None:
    codec = data.draw(st.sampled_from(["H264", "H265"]))
    track = track_of(codec)
    sender = RtpSender(9, 96, data.draw(st.sampled_from([0, 65_400, 65_530])), 90)
    wire, is_damaged = wire_of(codec, range(data.draw(st.integers(1, 20))), sender, data)

    plain = Way(track, loop)
    first = plain.watch()
    plain.deliver(wire)

    way = Way(track, loop, data.draw(st.sampled_from([1, 65_500])))
    viewers: list[StreamViewer | DatagramViewer] = []
    cuts = sorted(data.draw(st.sets(st.integers(0, len(wire)), max_size=12)) | {0, len(wire)})
    for start, end in pairwise(cuts):
        match data.draw(
            st.sampled_from(["", "", "", "join", "other channel", "udp", "leave", "bring", "tick", "sink"])
        ):
            case "join" | "other channel" | "udp" as how:
                viewers.append(JOINING[how](way))
            case "leave" if viewers:
                way.group.leave(viewers.pop())
            case "bring":
                way.stream.bring()
            case "tick":
                way.shortcut.bring()
                way.shortcut.open()
            case "sink":
                page = Recorder()
                way.stream.attach(page)
                group, recorded = way.stream.kept_group, way.recorder.units
                assert told(group) == told(recorded[len(recorded) - len(group) :])
                if data.draw(st.booleans()):
                    way.stream.detach(page)
        way.shortcut.receive(wire[start:end])
    way.shortcut.bring()

    assert told(way.recorder.units) == told(plain.recorder.units)
    assert [each.pts for each in way.recorder.units] == [each.pts for each in plain.recorder.units]
    assert [each.is_discontinuous for each in way.recorder.units] == [
        each.is_discontinuous for each in plain.recorder.units
    ]
    everything = told(seen_by(first, track))
    for viewer in viewers:
        seen = told(seen_by(viewer, track))
        assert not seen or seen == everything[-len(seen) :]
        assert seen or viewer.waits_for_key
        assert not seen or seen[0][1] or is_damaged  # a head that is damaged may be that of a key frame


class Stand(Way):
    """A way on which two pictures have been taken apart, and a viewer has seen them."""

    def __init__(self, loop: asyncio.AbstractEventLoop, codec: str = "H264") -> None:
        super().__init__(track_of(codec), loop)
        self.codec = codec
        self.sender = RtpSender(9, 96, 1, 90)
        self.viewer = self.watch()
        self.send(0, 1)
        self.tick()

    def tick(self) -> None:
        """Half a second is over."""
        self.shortcut.bring()
        self.shortcut.open()

    def inside(self, number: int, sizes: Sequence[int] = (3000,)) -> bytes:
        """A picture, as sent inside the connection."""
        track, unit = track_of(self.codec), unit_of(self.codec, number, sizes)
        return interleaved(
            self.sender.packets(codec_named(self.codec).payloads(track, unit, 1200), unit.pts), 0
        )

    def send(self, *numbers: int) -> None:
        for number in numbers:
            self.shortcut.receive(self.inside(number))

    @property
    def seen(self) -> list[int]:
        """The pictures that the viewer was sent."""
        return frames(seen_by(self.viewer, track_of(self.codec)))

    @property
    def recorded(self) -> list[int]:
        return frames(self.recorder.units)


def frames(units: Sequence[Any]) -> list[int]:
    """Their numbers, which their last slices tell."""
    return [unit.data[-1] - 1 for unit in units]


@pytest.mark.parametrize("codec", ["H264", "H265"])
def test_a_picture_is_sent_at_once_and_taken_apart_later(loop: asyncio.AbstractEventLoop, codec: str) -> None:
    stand = Stand(loop, codec)
    chunks = stand.chunks

    stand.send(2, 3, 4)

    assert stand.seen == [0, 1, 2, 3, 4]
    assert stand.recorded == [0, 1]
    assert stand.chunks == chunks
    stand.shortcut.bring()
    assert stand.recorded == [0, 1, 2, 3, 4]
    assert stand.chunks == chunks + 1


def test_a_picture_in_pieces_is_sent_when_it_is_whole(loop: asyncio.AbstractEventLoop) -> None:
    stand = Stand(loop)
    chunks = stand.chunks
    picture, following = stand.inside(2), stand.inside(3)

    for at in range(0, len(picture) - 1, 500):
        stand.shortcut.receive(picture[at : min(at + 500, len(picture) - 1)])
        assert stand.seen == [0, 1]
    stand.shortcut.receive(picture[-1:] + following)

    assert stand.seen == [0, 1, 2, 3]
    assert stand.chunks == chunks


@pytest.mark.parametrize("size", [3, 600, 2000])
def test_part_of_a_picture_goes_the_other_way_when_the_half_second_is_over(
    loop: asyncio.AbstractEventLoop, size: int
) -> None:
    stand = Stand(loop)
    stand.send(2)
    picture = stand.inside(3)
    stand.shortcut.receive(picture[:size])

    stand.tick()
    stand.shortcut.receive(picture[size:])

    assert stand.seen == stand.recorded == [0, 1, 2, 3]
    stand.send(4)
    assert stand.seen == [0, 1, 2, 3, 4]


def test_a_picture_without_its_end_is_sent_like_any_other(loop: asyncio.AbstractEventLoop) -> None:
    stand = Stand(loop)
    track, unit = track_of("H264"), unit_of("H264", 2, (600,))
    (payload,) = codec_named("H264").payloads(track, unit, 1200)
    assert isinstance(payload, Payload)
    packets = stand.sender.packets([payload._replace(marker=False)], unit.pts)

    stand.shortcut.receive(interleaved(packets, 0))
    stand.tick()
    stand.send(3, 4)
    stand.tick()
    stand.send(5)

    assert stand.seen == [0, 1, 2, 3, 4, 5]
    assert stand.recorded[:5] == [0, 1, 2, 3, 4]


def test_a_key_frame_is_taken_apart_behind_what_was_kept_back(loop: asyncio.AbstractEventLoop) -> None:
    stand = Stand(loop)

    stand.send(*range(2, GROUP + 3))

    assert stand.recorded == list(range(GROUP + 1))
    assert stand.seen == list(range(GROUP + 3))
    assert frames(stand.stream.kept_group) == [GROUP, GROUP + 1, GROUP + 2]


def test_what_was_kept_back_is_there_when_the_connection_ends(loop: asyncio.AbstractEventLoop) -> None:
    stand = Stand(loop)
    stand.send(2)
    stand.shortcut.receive(stand.inside(3)[:1500])
    delivered: list[bytes] = []
    stand.shortcut._deliver = delivered.append

    stand.shortcut.receive(b"")

    assert [len(each) for each in delivered] == [len(stand.inside(2)), 1500, 0]


def test_somebody_who_wants_units_at_once_gets_them_from_the_next_on(
    loop: asyncio.AbstractEventLoop,
) -> None:
    stand = Stand(loop)
    stand.send(2, 3)
    page = Recorder()

    stand.stream.attach(page)
    assert frames(stand.stream.kept_group) == [0, 1, 2, 3]
    stand.send(4, 5)
    assert frames(page.units) == [4, 5]
    stand.stream.detach(page)
    stand.send(7, 8, 9)

    assert frames(page.units) == [4, 5]
    assert stand.recorded == [0, 1, 2, 3, 4, 5, 7]
    assert stand.seen == [0, 1, 2, 3, 4, 5, 7, 8, 9]


def test_a_browser_that_comes_gets_the_group_without_a_hole(loop: asyncio.AbstractEventLoop) -> None:
    stand = Stand(loop)
    stand.send(2, 3)

    feed = LiveFeed(stand.stream)
    stand.stream.attach(feed)
    stand.send(4)

    assert frames(loop.run_until_complete(feed.next())) == [0, 1, 2, 3, 4]


def test_a_viewer_over_udp_gets_what_was_forwarded_before_and_later(loop: asyncio.AbstractEventLoop) -> None:
    stand = Stand(loop)
    stand.send(2, 3)

    watcher = stand.watch_apart()
    assert stand.recorded == stand.seen == [0, 1, 2, 3]
    stand.send(4)  # in the usual way, which opens the other
    stand.send(5)

    assert stand.recorded == [0, 1, 2, 3, 4]
    assert frames(seen_by(watcher, track_of("H264"))) == stand.seen == [0, 1, 2, 3, 4, 5]


def test_a_viewer_over_udp_gets_no_larger_packets_than_are_cut_for_it(
    loop: asyncio.AbstractEventLoop,
) -> None:
    stand = Stand(loop)
    watcher = stand.watch_apart()
    stand.send(2)
    for number, most in ((3, DATAGRAM_MOST_BYTES), (4, DATAGRAM_MOST_BYTES + 1)):
        codec, unit = codec_named("H264"), unit_of("H264", number, (5000,))
        packets = stand.sender.packets(codec.payloads(track_of("H264"), unit, most - HEADER_BYTES), unit.pts)
        assert len(packets[0]) == most
        stand.shortcut.receive(interleaved(packets, 0))
        assert stand.recorded[-1] == (2 if number == 3 else 4)

    assert max(map(len, packets_for(watcher))) == DATAGRAM_MOST_BYTES
    assert frames(seen_by(watcher, track_of("H264"))) == stand.seen == [0, 1, 2, 3, 4]


def test_reports_go_on_while_pictures_are_forwarded(loop: asyncio.AbstractEventLoop) -> None:
    stand = Stand(loop)
    assert isinstance(stand.viewer.outbox, Box)
    stand.viewer.outbox.data.clear()
    for number in range(2, 6):
        stand.clock.advance(3)
        stand.send(number)
        stand.tick()

    reports = [e for e in Parser().receive(bytes(stand.viewer.outbox.data)) if e.channel == 1]  # type: ignore[union-attr]
    (report,) = parse_rtcp(reports[-1].packets[-1])[:1]  # type: ignore[union-attr]
    assert isinstance(report, SenderReport)
    assert len(reports) == 2
    assert report.rtp_time == stand.group._senders[0].rtp_time(stand.recorder.units[-1].pts)
    assert report.packets == (stand.group._senders[0].next_sequence - 1) & 0xFFFF


def test_what_is_kept_back_may_be_brought_while_a_picture_is_forwarded(
    loop: asyncio.AbstractEventLoop,
) -> None:
    stand = Stand(loop)
    stand.send(2)
    stand.viewer.outbox.write = lambda data: stand.stream.bring()  # type: ignore[method-assign]

    stand.shortcut.receive(stand.inside(3) + stand.inside(4))

    assert stand.recorded == [0, 1, 2, 3, 4]


def test_a_stream_that_is_removed_brings_what_was_kept_back_first(loop: asyncio.AbstractEventLoop) -> None:
    stand = Stand(loop)
    stand.send(2, 3)

    stand.stream.end()

    assert stand.recorded == [0, 1, 2, 3]
    assert stand.gone == ["the stream has ended"]
    stand.send(4, 5)  # nobody is left who would mind


def test_the_way_is_opened_less_often_where_it_is_not_worth_it(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand = Stand(loop)
    opened = []
    numbering = stand.group.numbering
    monkeypatch.setattr(stand.group, "numbering", lambda track: opened.append(track) or numbering(track))
    report = interleaved([b"\x80\xc8\x00\x00"], 1)

    for number in range(2, 400):
        if number % GROUP:
            stand.shortcut.receive(report + stand.inside(number))
    assert len(opened) < 20

    for number in range(601, 1200):  # and as before when it is worth it again
        if number % GROUP:
            stand.shortcut.receive(stand.inside(number))
    del opened[:]
    chunks = stand.chunks
    stand.send(1201, 1202, 1203, 1204)
    assert stand.chunks == chunks

    for number in range(1205, 1600):
        if number % GROUP:
            stand.shortcut.receive(report + stand.inside(number))
    assert len(opened) < 20


def test_what_is_kept_back_is_bounded(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortcut, "KEPT_BACK_MOST_BYTES", 10_000)
    stand = Stand(loop)

    stand.send(2, 3, 4)
    assert stand.recorded == [0, 1]
    stand.send(5)
    assert stand.recorded == [0, 1, 2, 3, 4, 5]
    stand.send(7)
    assert stand.recorded[-1] == 7
    stand.send(8, 9, 10)
    assert stand.recorded[-1] == 7


def test_a_large_picture_in_many_pieces_is_not_waited_for(loop: asyncio.AbstractEventLoop) -> None:
    stand = Stand(loop)
    picture = stand.inside(2, (200_000,))
    chunks = stand.chunks

    for at in range(0, len(picture), 2000):
        stand.shortcut.receive(picture[at : at + 2000])

    assert 30 < stand.chunks - chunks < 40
    assert stand.recorded == stand.seen == [0, 1, 2]


def test_packets_larger_than_ethernet_carries_are_cut_anew(loop: asyncio.AbstractEventLoop) -> None:
    stand = Stand(loop)
    unit = unit_of("H264", 2, (5000,))
    packets = stand.sender.packets(codec_named("H264").payloads(track_of("H264"), unit, 4000), unit.pts)

    stand.shortcut.receive(interleaved(packets, 0))

    assert stand.recorded == stand.seen == [0, 1, 2]


def test_a_forwarded_unit_has_the_forms_of_any_other() -> None:
    sender = RtpSender(9, 96, 65_534, 90)
    unit = unit_of("H264", 1, (5000,))
    packets = sender.packets(codec_named("H264").payloads(track_of("H264"), unit, 1200), unit.pts)

    batch = ForwardedBatch(interleaved(packets, 0), len(packets), 0, 65_534, 90)

    assert batch.packets() == packets
    assert batch.runs() == uniform_runs(packets)
    assert batch.interleaved(0) == interleaved(packets, 0)
    assert batch.interleaved(6) == interleaved(packets, 6)


def test_nothing_is_forwarded_before_a_first_unit_tells_the_times(loop: asyncio.AbstractEventLoop) -> None:
    way = Way(track_of("H264"), loop)
    assert way.group.numbering(0) is None
    assert way.group.numbering(1) is None


def test_who_has_not_set_up_the_pictures_gets_none(loop: asyncio.AbstractEventLoop) -> None:
    stand = Stand(loop)
    listener = StreamViewer(Box(), ((1, 2),))
    stand.group.join_stream(listener)
    stand.send(2, 3)
    assert stand.seen == [0, 1, 2, 3]
    assert isinstance(listener.outbox, Box)
    assert not listener.outbox.data
