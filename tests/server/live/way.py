"""A camera's bytes on their way to viewers and a recorder, and what each of them got."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from tests.protocols.rtp.packets import receiver_of

from vedette.base.clock import ManualClock
from vedette.client.rtsp.shortcut import Shortcut
from vedette.client.rtsp.tracks import Offered, TrackReceiver
from vedette.media.codecs import codec_named
from vedette.media.hub import Stream
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.clock import CameraClock, TrackClock
from vedette.protocols.rtp.receiver import Received
from vedette.protocols.rtsp.parser import Parser
from vedette.server.live.group import LiveGroup
from vedette.server.live.viewers import DatagramViewer, StreamViewer

NOW_US = 1_700_000_000_000_000
GROUP = 6  # pictures from one key frame to the next
HEADS = {  # of a key frame's first slice, of others', of a further slice, of a message, of a delimiter
    "H264": (b"\x65\x88", b"\x41\x9a", b"\x41\x20", b"\x06\x05\x04\1\2\3\4\x80", b"\x09\xf0"),
    "H265": (
        b"\x26\x01\xaf",
        b"\x02\x01\xd0",
        b"\x02\x01\x20",
        b"\x4e\x01\x05\x04\1\2\3\4\x80",
        b"\x46\x01\x50",
    ),
}
SETS = {
    "H264": (
        bytes.fromhex("6742c01fd9005005bb0110000003001000000303c0f1832480"),
        bytes.fromhex("68cb83cb20"),
    ),
    "H265": (b"\x40\x01\x0c\x01\xff", b"\x42\x01\x01\x01\x60", b"\x44\x01\xc1\x73"),
}


def track_of(codec: str) -> Track:
    return Track(number=0, kind=TrackKind.VIDEO, codec=codec, clock_hz=90_000, setup=SETS[codec])


def unit_of(codec: str, number: int, sizes: Sequence[int] = (3000,)) -> AccessUnit:
    """A picture of slices with these sizes, with a message now and then."""
    key, other, further, message, _ = HEADS[codec]
    is_key = number % GROUP == 0
    nals = [message] if number % 4 == 1 else []
    for place, size in enumerate(sizes):
        head = further if place else key if is_key else other
        nals.append(head + number.to_bytes(2, "big") + bytes([number % 251 + 1]) * size)
    data = b"".join(len(each).to_bytes(4, "big") + each for each in nals)
    return AccessUnit(track=0, utc_us=0, pts=number * 3600, data=data, is_key=is_key)


class Box:
    """What a viewer was sent; its bytes go through `write`, as inside TLS."""

    fd = -1
    queued_bytes = 0

    def __init__(self) -> None:
        self.watchers: set[Callable[[], None]] = set()
        self.data = bytearray()

    def write(self, data: bytes | memoryview) -> None:
        self.data += data

    async def drain(self, below_bytes: int) -> None:
        raise AssertionError


class Port:
    """A viewer's sockets that take everything."""

    is_easy = can_segment = is_refused = False
    descriptor = -1

    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self.rtcp = self

    def send(self, runs: Any) -> Sequence[Any]:
        if not isinstance(runs, bytes):  # a report
            for data, size, _ in runs:
                self.packets += [data[at : at + size] for at in range(0, len(data), size)]
        return ()


class Recorder:
    """Hears what is published, as late as that may be."""

    def __init__(self) -> None:
        self.units: list[AccessUnit] = []

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None: ...

    def receive(self, units: Sequence[AccessUnit]) -> None:
        self.units += units


class Way:
    """From a camera's bytes to viewers and a recorder, with the short way between."""

    def __init__(self, track: Track, loop: asyncio.AbstractEventLoop, sequence: int = 1) -> None:
        codec = codec_named(track.codec)
        self.clock = ManualClock()
        self.stream = Stream("yard/main", self.clock)
        self.stream.announce((track,))
        self.recorder = Recorder()
        self.stream.attach(self.recorder, is_patient=True)
        self.gone: list[str] = []
        self.group = LiveGroup(
            self.stream,
            clock=self.clock,
            loop=loop,
            identity=lambda: (7, sequence, 1000),
            on_gone=lambda viewer, why: self.gone.append(why),
        )
        self.group.open()
        lines = TrackClock(90_000, CameraClock())
        self.receiver = TrackReceiver(Offered(track, codec, 96, ""), lines)
        self.parser = Parser(is_lenient=True)
        self.parser.takers[0] = lambda chunk, at: self.receiver.receive_frames(chunk, at, 0, NOW_US)
        self.chunks = 0
        self.shortcut = Shortcut(self.stream, self.deliver, lambda: self.parser.is_between)
        self.shortcut.follow(self.receiver, 0)
        self.stream.on_kept_back(self.shortcut.bring)

    def deliver(self, chunk: bytes) -> None:
        self.chunks += 1
        self.parser.receive(chunk)
        units: list[AccessUnit] = []

        def changed() -> None:
            self.stream.publish(tuple(units))
            units.clear()

        self.receiver.units(units, changed)
        self.stream.announce((self.receiver.track,))
        self.stream.publish(units)

    def watch(self, channel: int = 0) -> StreamViewer:
        viewer = StreamViewer(Box(), ((0, channel),))
        self.group.join_stream(viewer)
        return viewer

    def watch_apart(self) -> DatagramViewer:
        """Over UDP."""
        viewer = DatagramViewer({0: Port()})  # type: ignore[dict-item]
        self.group.join_datagram(viewer)
        return viewer


def packets_for(viewer: StreamViewer | DatagramViewer) -> list[bytes]:
    """What a viewer was sent of the pictures."""
    if isinstance(viewer, DatagramViewer):
        while viewer.has_backlog:
            viewer.send_backlog()
        port = viewer.ports[0]
        assert isinstance(port, Port)
        return port.packets
    assert isinstance(viewer.outbox, Box)
    (_, channel), found = viewer.channels[0], []
    for event in Parser().receive(bytes(viewer.outbox.data)):
        event_channel, packets = event.channel, event.packets  # type: ignore[union-attr]
        if event_channel == channel:
            found += [bytes(each) for each in packets]
        else:
            assert event_channel == channel + 1  # a report
    return found


def seen_by(viewer: StreamViewer | DatagramViewer, track: Track) -> list[Received]:
    """The units that a viewer was sent, each once and whole, under numbers without a gap."""
    receiver = receiver_of(track)
    found = list(receiver.receive([memoryview(each) for each in packets_for(viewer)], NOW_US))
    found += receiver.finish(NOW_US)  # after two pictures of one instant the last waits for the next one
    assert (receiver.packets_lost, receiver.packets_refused) == (0, 0)
    return found
