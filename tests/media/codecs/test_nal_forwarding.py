"""Which pictures are ordinary enough to be forwarded where they lie, and what they become."""

import struct
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from tests.protocols.rtp.packets import receiver_of

from vedette.media.codecs import codec_named
from vedette.media.codecs.nal import NalFormat
from vedette.media.codecs.nal_forwarding import NalForwarding
from vedette.media.unit import Track, TrackKind
from vedette.protocols.rtp.forwarding import Numbering
from vedette.protocols.rtp.payload import FrameOpening

LATEST, SOURCE, EXPECTED, CHANNEL = 90_000, 0xCA, 700, 4
NUMBERING = Numbering(payload_type=97, ssrc=7, sequence=65_535, timestamp_offset=5)
LEAD = 1000


class Frame(NamedTuple):
    """One interleaved frame in its parts."""

    payload: bytes
    sequence: int
    marker: bool = False
    timestamp: int = LATEST + 3600
    channel: int = CHANNEL
    mark: int = 0x24
    flags: int = 0x80
    payload_type: int = 96
    source: int = SOURCE

    def __bytes__(self) -> bytes:
        kind = self.payload_type | (0x80 if self.marker else 0)
        size = 12 + len(self.payload)
        head = (self.mark, self.channel, size, self.flags, kind, self.sequence, self.timestamp, self.source)
        return struct.pack(">BBHBBHII", *head) + self.payload


class Kinds(NamedTuple):
    """Payloads of one codec."""

    message: bytes
    begins: bytes
    goes_on: bytes
    ends: bytes
    slice: bytes
    first_slice: bytes
    key_slice: bytes
    key_begins: bytes
    parameters: bytes
    aggregate: bytes
    delimiter: bytes
    filler: bytes
    message_begins: bytes
    begins_and_ends: bytes
    begins_amid: bytes
    begins_empty: bytes


BODY = bytes(range(100, 200))
KINDS = {
    "H264": Kinds(
        message=b"\x06\x05\x04\1\2\3\4\x80",
        begins=b"\x5c\x81\x9a" + BODY,
        goes_on=b"\x5c\x01" + BODY,
        ends=b"\x5c\x41" + BODY,
        slice=b"\x41\x20" + BODY,
        first_slice=b"\x41\x9a" + BODY,
        key_slice=b"\x65\x88" + BODY,
        key_begins=b"\x7c\x85\x88" + BODY,
        parameters=b"\x67\x4d\0\x28",
        aggregate=b"\x78\0\x04\x41\x9a\1\2",
        delimiter=b"\x09\xf0",
        filler=b"\x0c\xff\xff\xff\x80",
        message_begins=b"\x1c\x86\x05" + BODY,
        begins_and_ends=b"\x5c\xc1\x9a" + BODY,
        begins_amid=b"\x5c\x81\x20" + BODY,
        begins_empty=b"\x5c\x81",
    ),
    "H265": Kinds(
        message=b"\x4e\x01\x05\x04\1\2\3\4\x80",
        begins=b"\x62\x01\x81\xd0" + BODY,
        goes_on=b"\x62\x01\x01" + BODY,
        ends=b"\x62\x01\x41" + BODY,
        slice=b"\x02\x01\x20" + BODY,
        first_slice=b"\x02\x01\xd0" + BODY,
        key_slice=b"\x26\x01\xaf" + BODY,
        key_begins=b"\x62\x01\x93\xaf" + BODY,
        parameters=b"\x42\x01\x01\x01\x60",
        aggregate=b"\x60\x01\0\x05\x02\x01\xd0\1\2",
        delimiter=b"\x46\x01\x50",
        filler=b"\x4c\x01\xff\xff\xff\x80",
        message_begins=b"\x62\x01\xa7\x05" + BODY,
        begins_and_ends=b"\x62\x01\xc1\xd0" + BODY,
        begins_amid=b"\x62\x01\x81\x20" + BODY,
        begins_empty=b"\x62\x01\x81",
    ),
}


def forwarding(codec: str) -> NalForwarding:
    form = codec_named(codec)
    assert isinstance(form, NalFormat)
    opening = FrameOpening(0x24 << 8 | CHANNEL, 0x80 << 8 | 96, EXPECTED, LATEST << 32 | SOURCE)
    return NalForwarding(form, opening, NUMBERING, LEAD, 90_000)


def picture(*payloads: bytes) -> list[Frame]:
    """Their frames, the last with the marker."""
    last = len(payloads) - 1
    return [Frame(each, EXPECTED + n, marker=n == last) for n, each in enumerate(payloads)]


def wire(frames: list[Frame]) -> bytes:
    return b"".join(map(bytes, frames))


Payloads = Callable[[Kinds], tuple[bytes, ...]]
ORDINARY: dict[str, Payloads] = {
    "a slice": lambda k: (k.first_slice,),
    "fragments": lambda k: (k.begins, k.goes_on, k.goes_on, k.ends),
    "two fragments": lambda k: (k.begins, k.ends),
    "slices": lambda k: (k.first_slice, k.slice, k.slice),
    "slices in fragments": lambda k: (k.begins, k.ends, k.begins_amid, k.goes_on, k.ends, k.slice),
    "a message before": lambda k: (k.message, k.begins, k.ends),
    "a delimiter before": lambda k: (k.delimiter, k.message, k.begins, k.ends),
    "a message behind": lambda k: (k.begins, k.ends, k.message),
}
OTHER: dict[str, Payloads] = {
    "a key frame": lambda k: (k.key_slice,),
    "a key frame in fragments": lambda k: (k.key_begins, k.goes_on, k.ends),
    "a key slice among others": lambda k: (k.first_slice, k.key_slice),
    "parameters": lambda k: (k.parameters, k.first_slice),
    "an aggregate": lambda k: (k.aggregate,),
    "filler": lambda k: (k.first_slice, k.filler),
    "messages alone": lambda k: (k.message, k.message),
    "not its first slice": lambda k: (k.slice,),
    "not its first slice, in fragments": lambda k: (k.begins_amid, k.ends),
    "a slice that goes on": lambda k: (k.goes_on, k.ends),
    "a slice that ends": lambda k: (k.ends,),
    "a slice that ends twice": lambda k: (k.begins, k.ends, k.ends),
    "a slice that begins twice": lambda k: (k.begins, k.begins, k.ends),
    "a slice without an end": lambda k: (k.begins, k.goes_on),
    "a slice within a slice": lambda k: (k.begins, k.slice, k.ends),
    "a message within a slice": lambda k: (k.begins, k.message, k.ends),
    "a fragment that is all": lambda k: (k.begins_and_ends,),
    "a message in fragments": lambda k: (k.message_begins, k.goes_on, k.ends),
    "a fragment of nothing": lambda k: (k.begins_empty, k.goes_on, k.ends),
    "a fragment of nothing at the end": lambda k: (k.first_slice, k.begins_empty),
    "a piece of nothing that began": lambda k: (k.first_slice, k.goes_on),
    "a start code": lambda k: (b"\0\0\0\1" + k.first_slice,),
    "zeros": lambda k: (b"\0\0\xd0" + BODY,),
    "nothing": lambda k: (k.first_slice[:1], k.first_slice),
    "nothing between slices": lambda k: (k.first_slice, b"", k.slice),
}


@pytest.mark.parametrize("codec", KINDS)
@pytest.mark.parametrize("what", ORDINARY)
def test_an_ordinary_picture_gets_other_numbers(codec: str, what: str) -> None:
    frames = picture(*ORDINARY[what](KINDS[codec]))
    data, found = wire(frames), forwarding(codec)

    batch = found.next(b"??" + data + b"$", 2)

    assert batch is not None
    assert found.after == 2 + len(data)
    numbered = [
        each._replace(
            sequence=65_535 + n & 0xFFFF,
            timestamp=LATEST + 3600 + LEAD + 5,
            channel=0,
            payload_type=97,
            source=7,
        )
        for n, each in enumerate(frames)
    ]
    assert batch.data == wire(numbered)
    assert (batch.sequence, batch.rtp_time) == (65_535, LATEST + 3600 + LEAD + 5)
    assert (batch.count, batch.payload_bytes) == (len(frames), sum(len(each.payload) for each in frames))

    following = [
        each._replace(sequence=each.sequence + len(frames), timestamp=LATEST + 7200) for each in frames
    ]
    assert (batch := found.next(wire(following), 0)) is not None
    assert batch.sequence == 65_535 + len(frames) & 0xFFFF
    assert found.is_ordinary

    further = [each._replace(sequence=each.sequence + len(frames)) for each in following]
    assert found.next(wire(further), 0) is None  # of the same instant
    assert not found.is_ordinary


@pytest.mark.parametrize("codec", KINDS)
@pytest.mark.parametrize("what", ORDINARY)
def test_it_is_waited_for_until_it_is_whole(codec: str, what: str) -> None:
    data, found = wire(picture(*ORDINARY[what](KINDS[codec]))), forwarding(codec)
    for size in range(1, len(data)):
        assert found.next(data[:size], 0) is None
        assert found.is_ordinary
    assert found.next(data, 0) is not None


@pytest.mark.parametrize("codec", KINDS)
@pytest.mark.parametrize("what", OTHER)
def test_what_is_more_than_a_picture_goes_the_other_way(codec: str, what: str) -> None:
    found = forwarding(codec)
    assert found.next(wire(picture(*OTHER[what](KINDS[codec]))), 0) is None
    assert not found.is_ordinary


def changed(place: int, **fields: Any) -> Callable[[list[Frame]], list[Frame]]:
    def change(frames: list[Frame]) -> list[Frame]:
        frames[place] = frames[place]._replace(**fields)
        return frames

    return change


def everywhere(**fields: Any) -> Callable[[list[Frame]], list[Frame]]:
    return lambda frames: [each._replace(**fields) for each in frames]


@pytest.mark.parametrize("codec", KINDS)
@pytest.mark.parametrize(
    "change",
    [
        changed(0, channel=CHANNEL + 1),
        changed(2, channel=CHANNEL + 1),
        changed(1, mark=0x52),
        changed(1, marker=True),
        changed(2, flags=0x90),
        changed(2, flags=0xA0),
        changed(2, flags=0x81),
        changed(2, payload_type=97),
        changed(3, payload_type=97),
        changed(2, sequence=EXPECTED + 3),
        changed(2, sequence=EXPECTED + 1),
        changed(2, source=SOURCE + 1),
        changed(2, timestamp=LATEST + 3601),
        everywhere(source=SOURCE + 1),
        everywhere(timestamp=LATEST),
        everywhere(timestamp=LATEST - 3600),
        everywhere(timestamp=LATEST + 180_001),
        lambda frames: frames[1:],
        lambda frames: [*changed(3, marker=False)(frames), frames[3]._replace(timestamp=LATEST + 7200)],
        lambda frames: [*frames[:2], frames[2]._replace(payload=frames[2].payload + bytes(1472)), frames[3]],
    ],
)  # fmt: skip
def test_frames_that_do_not_follow_each_other_go_the_other_way(
    codec: str, change: Callable[[list[Frame]], list[Frame]]
) -> None:
    kinds, found = KINDS[codec], forwarding(codec)
    frames = change(picture(kinds.begins, kinds.goes_on, kinds.goes_on, kinds.ends))
    assert found.next(wire(frames), 0) is None
    assert not found.is_ordinary


@pytest.mark.parametrize("codec", KINDS)
def test_pictures_are_told_from_where_a_marker_has_ended_one(codec: str) -> None:
    kinds, track = KINDS[codec], Track(number=0, kind=TrackKind.VIDEO, codec=codec, clock_hz=90_000)
    receiver = receiver_of(track)
    told = []
    for frame in picture(kinds.begins, kinds.goes_on, kinds.ends):
        told.append(receiver.forwarding(CHANNEL, NUMBERING))
        receiver.receive_frames(bytes(frame), 0, CHANNEL, 1_700_000_000_000_000, [])
    assert told == [None, None, None]

    found = receiver.forwarding(CHANNEL, NUMBERING)
    assert found is not None
    following = [Frame(kinds.first_slice, EXPECTED + 3, marker=True, timestamp=LATEST + 7200)]
    assert (batch := found.next(wire(following), 0)) is not None
    assert batch.rtp_time == LATEST + 7200 + NUMBERING.timestamp_offset


def test_a_recovery_point_makes_a_key_frame() -> None:
    found = forwarding("H264")
    assert found.next(wire(picture(b"\x06\x06\x01\xc4\x80", KINDS["H264"].first_slice)), 0) is None
    assert not found.is_ordinary


def test_an_answer_between_pictures_goes_the_other_way_at_once() -> None:
    found = forwarding("H264")
    assert found.next(b"RTSP", 0) is None
    assert not found.is_ordinary


@pytest.mark.parametrize("codec", KINDS)
def test_sequence_numbers_that_begin_anew_go_the_other_way(codec: str) -> None:
    form = codec_named(codec)
    assert isinstance(form, NalFormat)
    opening = FrameOpening(0x24 << 8 | CHANNEL, 0x80 << 8 | 96, 65_535, LATEST << 32 | SOURCE)
    found = NalForwarding(form, opening, NUMBERING, LEAD, 90_000)
    kinds = KINDS[codec]
    frames = [Frame(kinds.begins, 65_535), Frame(kinds.ends, 0, marker=True)]
    assert found.next(wire(frames), 0) is None
    assert not found.is_ordinary
