"""What the viewers of a live stream get, with outboxes that can be held up."""

import os
import struct
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.clock import ManualClock
from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.packet import Packet, parse_packet
from vedette.server.live.group import LiveGroup
from vedette.server.live.viewers import DatagramViewer, StreamViewer
from vedette.server.pacing import AT_ONCE_BYTES, FIRST_SLICE_BYTES, MORE_SLICE_BYTES, SLICE_BYTES

SETUP = (bytes.fromhex("6742c01eda0508"), bytes.fromhex("68ce3c80"))
VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, setup=SETUP)
AUDIO = Track(number=1, kind=TrackKind.AUDIO, codec="PCMU", clock_hz=8_000, channels=1)


def picture(frame: int, size: int = 2000) -> AccessUnit:
    is_key = frame % 10 == 0
    nal = bytes([0x65 if is_key else 0x41]) + struct.pack(">I", frame) + bytes(size)
    data = struct.pack(">I", len(nal)) + nal
    return AccessUnit(track=0, utc_us=frame * 40_000, pts=frame * 3600, data=data, is_key=is_key)


def sound(frame: int) -> AccessUnit:
    return AccessUnit(track=1, utc_us=frame * 40_000, pts=frame * 320, data=bytes(320), is_key=True)


class HeldOutbox:
    """Takes everything at once, or queues while it is held; there is no descriptor to write to."""

    def __init__(self) -> None:
        self.fd = -1
        self.queued_bytes = 0
        self.is_held = False
        self.data = bytearray()
        self.watchers: set[Callable[[], None]] = set()

    def write(self, data: bytes | memoryview) -> None:
        self.data += data
        if self.is_held:
            self.queued_bytes += len(data)
            for watcher in self.watchers:
                watcher()

    def release(self) -> None:
        self.is_held = False
        self.queued_bytes = 0

    async def drain(self, below_bytes: int) -> None:
        raise NotImplementedError

    def packets(self, channel: int = 0) -> list[Packet]:
        """The RTP packets of a channel."""
        found, at = [], 0
        while at < len(self.data):
            marker, number, size = struct.unpack_from(">BBH", self.data, at)
            assert marker == 0x24
            if number == channel:
                found.append(parse_packet(memoryview(bytes(self.data[at + 4 : at + 4 + size]))))
            at += 4 + size
        return found


def frames(packets: list[Packet]) -> list[int]:
    """The pictures that begin in these packets."""
    found = []
    for packet in packets:
        payload = bytes(packet.payload)
        if payload[0] & 31 == 28 and payload[1] & 0x80:
            found.append(struct.unpack_from(">I", payload, 2)[0])
        elif payload[0] & 31 in (1, 5):
            found.append(struct.unpack_from(">I", payload, 1)[0])
    return found


class Stage:
    """One stream with its live group."""

    def __init__(self) -> None:
        self.stream = Stream("hall/main")
        self.stream.announce((VIDEO, AUDIO))
        self.gone: list[str] = []
        self.clock = ManualClock()
        self.loop = Calls()
        self.group = LiveGroup(
            self.stream,
            clock=self.clock,
            loop=self.loop,  # type: ignore[arg-type]
            identity=lambda: (77, 65_530, 5),
            on_gone=lambda _, why: self.gone.append(why),
        )
        self.group.open()

    def join(self, *channels: tuple[int, int]) -> tuple[StreamViewer, HeldOutbox]:
        outbox = HeldOutbox()
        viewer = StreamViewer(outbox, channels or ((0, 0),))
        self.group.join_stream(viewer)
        return viewer, outbox

    def publish(self, *range_of_frames: int, size: int = 2000) -> None:
        for frame in range(*range_of_frames):
            self.stream.publish([picture(frame, size), sound(frame)])


class Calls:
    """The part of an event loop that a group uses; calls wait until they are asked for."""

    def __init__(self) -> None:
        self.waiting: list[Any] = []

    def call_soon(self, call: Any) -> None:
        self.waiting.append(call)

    def call_later(self, _: float, call: Any) -> None:
        self.waiting.append(call)

    def run_one(self) -> None:
        self.waiting.pop(0)()


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_viewers_of_a_lane_get_identical_bytes_and_other_channels_the_same_packets(stage: Stage) -> None:
    (_, one), (_, two), (_, other) = stage.join(), stage.join(), stage.join((0, 4))
    stage.publish(0, 30)
    assert one.data == two.data
    assert [bytes(p.payload) for p in other.packets(4)] == [bytes(p.payload) for p in one.packets()]


def test_sequence_numbers_are_shared_and_have_no_hole(stage: Stage) -> None:
    _, early = stage.join((0, 0), (1, 2))
    stage.publish(0, 25)
    _, late = stage.join((0, 0), (1, 2))
    stage.publish(25, 60)
    for channel in (0, 2):
        numbers = [packet.sequence for packet in early.packets(channel)]
        assert all((after - before) & 0xFFFF == 1 for before, after in pairwise(numbers))
        joined = [packet.sequence for packet in late.packets(channel)]
        assert joined == numbers[-len(joined) :]


def test_a_new_viewer_starts_with_the_kept_group_at_once(stage: Stage) -> None:
    stage.publish(0, 25)
    _, outbox = stage.join()
    assert frames(outbox.packets()) == [20, 21, 22, 23, 24]


def test_sound_from_before_the_key_frame_that_came_behind_it_is_not_for_new_viewers(stage: Stage) -> None:
    _, early = stage.join((0, 0), (1, 2))
    stage.publish(0, 10)
    key_us = picture(10).utc_us
    late = [msgspec.structs.replace(sound(9), utc_us=key_us - left_us) for left_us in (40_000, 1)]
    stage.stream.publish([picture(10), *late])
    stage.publish(11, 13)
    _, new = stage.join((0, 0), (1, 2))
    firsts = stage.group.first_packets(frozenset((0, 1)))
    assert [first.utc_us for first in firsts] == [key_us, picture(11).utc_us]
    assert frames(new.packets()) == [10, 11, 12]
    assert [p.sequence for p in new.packets(2)] == [p.sequence for p in early.packets(2)][-2:]
    assert new.packets(2)[0].sequence == firsts[1].sequence


def test_a_viewer_without_a_kept_group_waits_for_a_key_frame() -> None:
    stage = Stage()
    stage.publish(3, 5)
    _, outbox = stage.join()
    stage.publish(5, 12)
    assert frames(outbox.packets()) == [10, 11]


def test_a_slow_viewer_misses_whole_units_up_to_a_key_frame_and_others_nothing(stage: Stage) -> None:
    (slow, held), (_, quick) = stage.join(), stage.join()
    held.is_held = True
    stage.publish(0, 150, size=60_000)
    assert held.queued_bytes <= slow.most_queued_bytes
    assert slow.dropped_total > 0
    held.release()
    stage.publish(150, 175)
    seen = frames(held.packets())
    hole = next(i for i, (a, b) in enumerate(pairwise(seen)) if b != a + 1)
    assert seen[: hole + 1] == list(range(hole + 1))
    assert seen[hole + 1 :] == list(range(150, 175))
    assert held.packets()[-1].marker
    assert frames(quick.packets()) == list(range(175))


def test_a_slow_viewer_that_never_reads_costs_a_bounded_queue(stage: Stage) -> None:
    slow, held = stage.join()
    held.is_held = True
    stage.publish(0, 500, size=60_000)
    assert held.queued_bytes <= slow.most_queued_bytes < 5 << 20


def test_a_slow_viewer_of_sound_alone_misses_some_of_it_and_goes_on(stage: Stage) -> None:
    listener, held = stage.join((1, 0))
    listener.most_queued_bytes = 300_000
    held.is_held = True
    stage.publish(0, 1000)
    held.release()
    stage.publish(1000, 1003)
    times = [packet.timestamp - 5 for packet in held.packets()]
    assert listener.dropped_total > 0
    assert times[-3:] == [320 * frame for frame in (1000, 1001, 1002)]


def test_who_comes_while_the_publisher_is_gone_gets_no_old_picture(stage: Stage) -> None:
    stage.join()
    stage.publish(0, 3)
    stage.stream.withdraw("gone")
    (first,) = stage.group.first_packets(frozenset({0}))
    _, outbox = stage.join()
    assert first.utc_us == stage.clock.utc_us()
    assert outbox.packets() == []
    stage.stream.announce((VIDEO, AUDIO))
    stage.publish(8, 12)
    assert frames(outbox.packets()) == [10, 11]


def test_a_track_of_another_codec_is_reported_from_its_own_packets_on(stage: Stage) -> None:
    stage.publish(0, 3)
    stage.stream.announce((VIDEO, msgspec.structs.replace(AUDIO, codec="AAC", clock_hz=48_000)))
    (first,) = stage.group.first_packets(frozenset({1}))
    _, outbox = stage.join((1, 0))
    assert first.sequence == stage.group._senders[1].next_sequence
    assert outbox.packets(1) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=12))
def test_however_a_viewer_reads_it_sees_whole_pictures_that_can_be_decoded(
    steps: list[tuple[int, bool]],
) -> None:
    stage = Stage()
    stage.publish(0, 1)
    slow, held = stage.join()
    slow.most_queued_bytes = 20_000
    frame = 1
    for count, is_held in steps:
        if not is_held:
            held.release()
        held.is_held = is_held
        stage.publish(frame, frame + count)
        frame += count
    seen = frames(held.packets())
    assert seen[0] == 0
    assert all(after == before + 1 or after % 10 == 0 for before, after in pairwise(seen))
    packets = held.packets()
    assert all(
        after.marker or after.timestamp == before.timestamp or before.marker
        for before, after in pairwise(packets)
    )
    assert slow.dropped_total == frame - len(seen)


def test_new_parameter_sets_go_on_and_another_codec_ends_the_viewers_of_that_track(stage: Stage) -> None:
    stage.join()
    _, listener = stage.join((1, 0))
    stage.publish(0, 3)
    stage.stream.announce((Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000), AUDIO))
    assert not stage.gone
    stage.stream.announce((Track(number=0, kind=TrackKind.VIDEO, codec="H265", clock_hz=90_000), AUDIO))
    assert stage.gone == ["the stream changed its codecs"]
    stage.stream.publish([sound(3)])
    assert len(listener.packets()) == 4
    stage.stream.end()
    assert stage.gone[1:] == ["the stream has ended"]
    assert stage.group.viewers == ()


def test_sound_of_another_setup_ends_its_viewers_who_know_the_former_from_the_description(
    stage: Stage,
) -> None:
    sound_before = msgspec.structs.replace(AUDIO, codec="AAC", clock_hz=48_000, setup=(b"\x11\x88",))
    stage.stream.announce((VIDEO, sound_before))
    stage.join()
    stage.join((1, 0))
    stage.stream.announce((VIDEO, msgspec.structs.replace(sound_before, setup=(b"\x2b\x11\x88\x00",))))
    assert stage.gone == ["the stream changed its codecs"]
    assert [viewer.tracks for viewer in stage.group.viewers] == [{0}]


def test_a_write_that_is_taken_in_part_is_finished_through_the_queue(stage: Stage) -> None:
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    _, outbox = stage.join()
    outbox.fd = write_end
    stage.group.leave(stage.group.viewers[0])
    viewer = StreamViewer(outbox, ((0, 0),))
    stage.group.join_stream(viewer)
    outbox.is_held = True
    sent = bytearray()
    stage.publish(0, 12, size=20_000)
    os.set_blocking(read_end, False)
    while True:
        try:
            sent += os.read(read_end, 1 << 20)
        except BlockingIOError:
            break
    os.close(read_end)
    os.close(write_end)
    outbox.data[:] = sent + outbox.data
    assert frames(outbox.packets()) == list(range(12))


class Port:
    """A UDP port that counts, and is full when told."""

    def __init__(self) -> None:
        self.is_full = False
        self.is_refused = False
        self.room = 1000  # how many runs it takes at once
        self.sent: list[bytes] = []
        self.reports = 0
        self.rtcp = self

    @property
    def sent_bytes(self) -> int:
        return sum(map(len, self.sent))

    def send(self, what: Any) -> Any:
        if isinstance(what, bytes):
            self.reports += 1
            return ()
        room = 0 if self.is_full else self.room
        self.sent += [run.data for run in what[:room]]
        return what[room:]


def joined(stage: Stage) -> tuple[DatagramViewer, Port]:
    """A viewer over UDP that has been sent the first slice of what was kept."""
    port = Port()
    viewer = DatagramViewer({0: port})  # type: ignore[dict-item]
    stage.group.join_datagram(viewer)
    stage.loop.run_one()
    return viewer, port


def shown_in(port: Port, count: int) -> list[int]:
    """Where the pictures begin in what a port was sent; each of them has to be there."""
    whole = b"".join(port.sent)
    places = [whole.find(struct.pack(">I", frame) + bytes(50)) for frame in range(count)]
    assert all(place > 0 for place in places)
    return places


def caught_up(stage: Stage, port: Port) -> list[int]:
    """How much a viewer over UDP had been sent after each slice, until nothing waits any more."""
    sent = []
    while stage.loop.waiting:
        stage.loop.run_one()
        sent.append(port.sent_bytes)
    return sent


def test_a_udp_viewer_gets_its_first_group_in_slices_and_live_units_behind_it(stage: Stage) -> None:
    stage.publish(0, 9, size=30_000)
    port = Port()
    viewer = DatagramViewer({0: port})  # type: ignore[dict-item]
    stage.group.join_datagram(viewer)
    stage.publish(9, 10, size=30_000)

    sent = caught_up(stage, port)

    assert AT_ONCE_BYTES * 0.97 < sent[0] <= AT_ONCE_BYTES
    for slices, so_far in enumerate(sent):
        more = slices * FIRST_SLICE_BYTES + slices * (slices + 1) // 2 * MORE_SLICE_BYTES
        assert so_far <= AT_ONCE_BYTES + more
    assert shown_in(port, 10) == sorted(shown_in(port, 10))


def test_a_large_live_picture_leaves_in_slices_to_udp_and_what_follows_waits_behind_it(stage: Stage) -> None:
    stage.publish(0, 1)
    _, port = joined(stage)
    before = port.sent_bytes

    stage.publish(1, 2, size=600_000)
    at_once = port.sent_bytes - before
    stage.publish(2, 4)

    assert AT_ONCE_BYTES * 0.97 < at_once <= AT_ONCE_BYTES
    sent = [size - before for size in caught_up(stage, port)]
    steps = [b - a for a, b in pairwise([at_once, *sent])]
    assert all(step <= SLICE_BYTES * 2 for step in steps)
    assert 6 <= len(steps) <= 14
    assert shown_in(port, 4) == sorted(shown_in(port, 4))
    assert port.sent_bytes < 620_000


def test_a_large_picture_of_which_the_udp_buffer_takes_the_beginning_stays_in_order(stage: Stage) -> None:
    stage.publish(0, 1)
    _, port = joined(stage)
    large, message = picture(1, size=600_000), b"\x06\x05\x04abcd\x80"
    port.room = 1
    stage.stream.publish([msgspec.structs.replace(large, data=struct.pack(">I", 8) + message + large.data)])
    while stage.loop.waiting:
        stage.loop.run_one()
    numbers = [
        struct.unpack_from(">H", data, at + 2)[0] for data in port.sent for at in range(0, len(data), 1412)
    ]
    assert numbers == [(65_530 + i) & 0xFFFF for i in range(len(numbers))]
    assert len(numbers) > 600_000 // 1400


def test_a_large_picture_for_which_the_udp_buffer_has_no_room_is_dropped(stage: Stage) -> None:
    stage.publish(0, 1)
    viewer, port = joined(stage)
    port.is_full = True
    stage.publish(1, 2, size=600_000)
    assert (viewer.dropped_total, viewer.has_backlog) == (1, False)


def test_a_udp_buffer_that_was_full_is_not_sent_more_at_once_afterwards(stage: Stage) -> None:
    stage.publish(0, 1, size=600_000)
    _, port = joined(stage)
    port.is_full = True
    for _ in range(20):
        stage.loop.run_one()
    port.is_full = False
    before = port.sent_bytes
    stage.loop.run_one()
    assert port.sent_bytes - before <= FIRST_SLICE_BYTES + 22 * MORE_SLICE_BYTES


@pytest.mark.parametrize("is_together", [True, False])
def test_pictures_of_one_moment_leave_in_slices_to_udp(stage: Stage, is_together: bool) -> None:
    stage.publish(0, 1)
    _, port = joined(stage)
    before = port.sent_bytes

    stage.clock.advance(1)
    pictures = [picture(frame, size=30_000) for frame in range(1, 10)]
    for units in [pictures] if is_together else [[each] for each in pictures]:
        stage.stream.publish(units)

    assert AT_ONCE_BYTES * 0.97 < port.sent_bytes - before <= AT_ONCE_BYTES
    caught_up(stage, port)
    assert shown_in(port, 10) == sorted(shown_in(port, 10))


def test_a_udp_viewer_whose_host_refuses_while_much_waits_for_it_is_given_up(stage: Stage) -> None:
    stage.publish(0, 1, size=600_000)
    _, port = joined(stage)
    port.is_refused = True
    stage.loop.run_one()
    assert len(stage.gone) == 1
    assert not stage.group.viewers
    assert not stage.loop.waiting


def test_a_full_udp_buffer_drops_up_to_the_next_key_frame(stage: Stage) -> None:
    stage.publish(0, 1)
    viewer, port = joined(stage)
    port.is_full = True
    stage.publish(1, 2)
    port.is_full = False
    before = len(port.sent)
    stage.publish(2, 10)
    assert len(port.sent) == before
    stage.publish(10, 11)
    assert len(port.sent) > before
    assert viewer.dropped_total == 9


@pytest.mark.parametrize("room", [1, 2])
def test_a_picture_that_the_udp_buffer_cannot_hold_is_sent_piece_by_piece(stage: Stage, room: int) -> None:
    port = Port()
    port.room = room
    viewer = DatagramViewer({0: port})  # type: ignore[dict-item]
    stage.publish(0, 2, size=300_000)
    stage.group.join_datagram(viewer)
    for frame in (2, 3):  # while it catches up, and when it has
        stage.publish(frame, frame + 1, size=300_000)
        while stage.loop.waiting:
            stage.loop.run_one()
    assert shown_in(port, 4) == sorted(shown_in(port, 4))
    assert port.sent_bytes < 4 * 310_000
    assert viewer.dropped_total == 0
    assert not viewer.has_backlog


def test_what_waits_for_a_udp_viewer_is_bounded_and_goes_on_with_a_key_frame(stage: Stage) -> None:
    port = Port()
    viewer = DatagramViewer({0: port})  # type: ignore[dict-item]
    stage.publish(0, 1, size=300_000)
    stage.group.join_datagram(viewer)
    port.is_full = True
    stage.publish(1, 58, size=300_000)
    assert viewer.queued_bytes <= viewer.most_queued_bytes < 5 << 20
    port.is_full = False
    while viewer.has_backlog:
        stage.loop.run_one()
    caught_up = b"".join(port.sent)
    stage.clock.advance(1)
    stage.publish(58, 62)
    later = b"".join(port.sent)[len(caught_up) :]
    assert caught_up.find(struct.pack(">I", 57) + bytes(50)) < 0
    shown = [later.find(struct.pack(">I", frame) + bytes(50)) >= 0 for frame in range(58, 62)]
    assert shown == [False, False, True, True]
    assert viewer.dropped_total > 30


def test_reports_come_every_five_seconds(stage: Stage) -> None:
    _, outbox = stage.join((0, 0))
    for second in range(11):
        stage.publish(second * 10, second * 10 + 10)
        stage.clock.advance(1)
    assert 2 <= sum(1 for _ in _reports(outbox)) <= 4


def _reports(outbox: HeldOutbox) -> Any:
    return (at for at, channel in _sent(outbox) if channel == 1)


def _sent(outbox: HeldOutbox) -> Any:
    """Where each packet begins, and its channel."""
    at = 0
    while at < len(outbox.data):
        _, channel, size = struct.unpack_from(">BBH", outbox.data, at)
        yield at, channel
        at += 4 + size


def test_a_track_that_begins_later_is_reported_before_its_first_packet(stage: Stage) -> None:
    stage.stream.publish([picture(0)])
    _, outbox = stage.join((0, 0), (1, 2))
    port = Port()
    stage.group.join_datagram(DatagramViewer({1: port}))  # type: ignore[dict-item]
    assert [channel for _, channel in _sent(outbox) if channel > 1] == []
    stage.stream.publish([sound(1), sound(2)])
    stage.stream.publish([sound(3)])
    assert [channel for _, channel in _sent(outbox) if channel > 1] == [3, 2, 2, 2]
    assert port.reports == 1


def test_a_group_that_is_closed_begins_afresh(stage: Stage) -> None:
    stage.publish(0, 5)
    stage.group.close()
    assert not stage.stream.sinks
    stage.publish(5, 8)
    stage.group.open()
    _, outbox = stage.join()
    assert frames(outbox.packets()) == list(range(8))
    assert outbox.packets()[0].sequence == 65_530
