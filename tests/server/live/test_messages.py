"""Many viewers over UDP: their datagrams go in one system call each, and trouble of one is its own."""

import ctypes
import errno
import socket
import struct
from collections.abc import Callable, Iterator

import pytest

from vedette.base.clock import ManualClock
from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.runs import Run
from vedette.server.live import group as group_module
from vedette.server.live.group import TOGETHER_LEAST, LiveGroup
from vedette.server.live.messages import Messages, send_together
from vedette.server.live.viewers import MOST_REFUSALS, DatagramPort, DatagramViewer

SETUP = (bytes.fromhex("6742c01eda0508"), bytes.fromhex("68ce3c80"))
VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000, setup=SETUP)


def picture(frame: int, size: int = 9000) -> AccessUnit:
    nals = (b"\x06\x05\x04abcd\x80", bytes([0x65 if frame % 50 == 0 else 0x41, 0x88]) + bytes([frame]) * size)
    data = b"".join(struct.pack(">I", len(nal)) + nal for nal in nals)
    return AccessUnit(track=0, utc_us=frame * 40_000, pts=frame * 3600, data=data, is_key=frame % 50 == 0)


class Watcher:
    """A viewer's two sides."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        rtp.connect(self.socket.getsockname())
        rtp.setblocking(False)
        rtcp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        rtcp.connect(("127.0.0.1", 9))
        self.port = DatagramPort(rtp, rtcp)
        self.viewer = DatagramViewer({0: self.port})

    def received(self) -> list[int]:
        """The sequence numbers of what has come."""
        numbers = []
        while True:
            try:
                numbers.append(struct.unpack_from(">H", self.socket.recv(2000), 2)[0])
            except BlockingIOError:
                return numbers

    def close(self) -> None:
        self.socket.close()
        self.port.close()


class Stage:
    """A live group with as many viewers as are sent to together."""

    def __init__(self) -> None:
        self.stream = Stream("hall/main")
        self.stream.announce((VIDEO,))
        self.gone: list[object] = []
        self.clock = ManualClock()
        self.later: list[Callable[[], None]] = []
        self.group = LiveGroup(
            self.stream,
            clock=self.clock,
            loop=self,  # type: ignore[arg-type]
            identity=lambda: (77, 0, 5),
            on_gone=lambda viewer, _: self.gone.append(viewer),
        )
        self.group.open()
        self.watchers = [Watcher() for _ in range(TOGETHER_LEAST)]
        for watcher in self.watchers:
            self.group.join_datagram(watcher.viewer)
        self.count = 0

    def call_later(self, _: float, call: Callable[[], None]) -> None:
        self.later.append(call)

    def publish(self, count: int = 1, **how: int) -> None:
        for _ in range(count):
            self.clock.advance(0.04)
            self.stream.publish([picture(self.count, **how)])
            self.count += 1


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    for watcher in made.watchers:
        watcher.close()


def test_messages_carry_single_datagrams_and_runs() -> None:
    assert send_together is not None
    watcher = Watcher()
    messages = Messages([Run(b"small", 5, 1), Run(b"a" * 250, 100, 3), Run(b"end", 3, 1)])
    assert send_together(watcher.port.descriptor, messages.address, messages.count, 0) == 3
    sizes = [len(watcher.socket.recv(2000)) for _ in range(5)]
    assert sizes == [5, 100, 100, 50, 3]
    watcher.close()


def test_every_viewer_gets_every_packet_once(stage: Stage) -> None:
    stage.publish(5)
    expected = stage.watchers[0].received()
    assert expected == list(range(len(expected)))
    assert len(expected) > 5 * 7
    assert all(watcher.received() == expected for watcher in stage.watchers[1:])


def test_what_the_system_did_not_take_is_sent_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert send_together is not None
    real, partly, busy, refused = send_together, *(each.port.descriptor for each in stage.watchers[:3])

    def send(descriptor: int, address: int, count: int, flags: int) -> int:
        if descriptor == partly:
            return real(descriptor, address, 1, flags)
        if descriptor in (busy, refused):
            ctypes.set_errno(errno.EAGAIN if descriptor == busy else errno.ECONNREFUSED)
            return -1
        return real(descriptor, address, count, flags)

    monkeypatch.setattr(group_module, "send_together", send)
    stage.publish(2)  # the first goes one by one, as it ends the wait for a key frame
    expected = stage.watchers[-1].received()
    assert all(watcher.received() == expected for watcher in stage.watchers[:-1])
    assert [watcher.port.is_easy for watcher in stage.watchers[:4]] == [True, True, False, True]


def test_nothing_overtakes_a_large_picture_that_leaves_in_slices(stage: Stage) -> None:
    stage.publish(3)  # the first goes one by one, as it ends the wait for a key frame
    stage.publish(1, size=200_000)
    stage.publish(3)
    received = [watcher.received() for watcher in stage.watchers]
    while stage.later:
        stage.later.pop(0)()
        for watcher, numbers in zip(stage.watchers, received, strict=True):
            numbers += watcher.received()
    stage.publish()
    for watcher, numbers in zip(stage.watchers, received, strict=True):
        numbers += watcher.received()
        assert numbers == list(range(len(numbers)))
        assert len(numbers) > 200_000 // 1400 + 7 * 7


def test_a_route_that_cannot_segment_gets_datagrams_one_by_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(descriptor: int, address: int, count: int, flags: int) -> int:
        ctypes.set_errno(errno.EIO)
        return -1

    monkeypatch.setattr(group_module, "send_together", send)
    stage.publish(2)
    received = [watcher.received() for watcher in stage.watchers]
    assert received[0] == list(range(len(received[0])))
    assert all(each == received[0] for each in received)
    assert not any(watcher.port.can_segment for watcher in stage.watchers)


def test_a_viewer_whose_host_refuses_is_given_up_and_the_others_go_on(stage: Stage) -> None:
    leaver, *others = stage.watchers
    leaver.socket.close()
    for _ in range(MOST_REFUSALS):
        stage.publish()
        for watcher in others:
            watcher.received()
    assert stage.gone == [leaver.viewer]
    stage.publish()
    assert all(watcher.received() for watcher in others)


@pytest.mark.parametrize(
    ("error", "is_refused"),
    [(errno.ECONNREFUSED, True), (errno.ENETUNREACH, False), (errno.EHOSTUNREACH, False)],
)
def test_a_viewer_is_given_up_by_its_own_word_and_not_for_a_way_that_is_down(
    error: int, is_refused: bool
) -> None:
    watcher = Watcher()
    for _ in range(MOST_REFUSALS):
        assert watcher.port.note(error) is False
    assert watcher.port.is_refused is is_refused
    assert watcher.port.send([Run(b"again", 5, 1)]) == ()
    assert watcher.socket.recv(100) == b"again"
    assert watcher.port.is_easy is not is_refused
    watcher.close()
