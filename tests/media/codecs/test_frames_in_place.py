"""Frames taken where they lie in the chunk give the same units as packets taken one by one."""

from itertools import pairwise, product

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.protocols.rtp.packets import damaged_packet, receiver_of

from vedette.media.codecs import codec_named
from vedette.media.codecs.nal_runs import cut_nal, cut_run
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.protocols.rtp.payload import FrameOpening, Payload
from vedette.protocols.rtp.receiver import Received
from vedette.protocols.rtp.runs import interleaved
from vedette.protocols.rtp.sender import RtpSender
from vedette.protocols.rtsp.parser import Interleaved, Parser

NOW_US = 1_700_000_000_000_000
SLICE_HEADS = {
    "H264": (b"\x65\x88", b"\x41\x9a", b"\x06\x05"),
    "H265": (b"\x26\x01\xaf", b"\x02\x01\xd0", b""),
}
DELIMITERS = {"H264": b"\x09\xf0", "H265": b"\x46\x01\x50"}
SETS = {
    "H264": (
        bytes.fromhex("6742c01fd9005005bb0110000003001000000303c0f1832480"),
        bytes.fromhex("68cb83cb20"),
    ),
    "H265": (b"\x40\x01\x0c\x01\xff", b"\x44\x01\xc1\x73"),
}


def made(codec: str) -> Track:
    return Track(
        number=0,
        kind=TrackKind.VIDEO,
        codec=codec,
        clock_hz=90_000,
        setup=SETS[codec] if codec == "H264" else (),
    )


def unit_of(codec: str, sizes: list[int], number: int) -> AccessUnit:
    """A picture of slices with these sizes; the first of the first picture decodes alone."""
    key, other, message = SLICE_HEADS[codec]
    body = b""
    for place, size in enumerate(sizes):
        head = (key if number == 0 else other) if place == 0 else other[: len(other) - 1] + b"\x20"
        nal = head + bytes([number % 251 + 1]) * size
        body += len(nal).to_bytes(4, "big") + nal
    if message and number % 3 == 0:
        note = message + bytes([4, 1, 2, 3, 4, 0x80])
        body = len(note).to_bytes(4, "big") + note + body
    return AccessUnit(track=0, utc_us=0, pts=number * 3600, data=body, is_key=number == 0)


def wire_of(packets: list[bytes], data: st.DataObject) -> list[tuple[int, bytes]]:
    """The channel and bytes of what arrives: some are lost, doubled, damaged in their heads, or reports."""
    some = st.sets(st.integers(0, len(packets) - 1), max_size=2)
    lost, doubled, damaged = data.draw(some), data.draw(some), data.draw(some)
    wire: list[tuple[int, bytes]] = []
    for place, packet in enumerate(packets):
        arrived = packet
        if place in damaged:
            arrived = damaged_packet(packet, data)
        if place not in lost:
            wire += [(0, arrived)] * (2 if place in doubled else 1)
        if data.draw(st.booleans()) and place % 7 == 0:
            wire.append((1, b"\x80\xc8\x00\x00"))
    return wire


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_units_do_not_depend_on_how_their_frames_are_taken(data: st.DataObject) -> None:
    codec_name = data.draw(st.sampled_from(["H264", "H265"]))
    track, codec = made(codec_name), codec_named(codec_name)
    sender = RtpSender(7, 96, data.draw(st.sampled_from([0, 65_500, 65_530])), 90)
    packets: list[bytes] = []
    before = {
        "delimiter": (DELIMITERS[codec_name],),
        "sets": SETS[codec_name],
        "other set": (SETS[codec_name][-1] + b"\x80",),
    }
    for number in range(data.draw(st.integers(1, 5))):
        sizes = data.draw(st.lists(st.integers(1, 9000), min_size=1, max_size=3))
        unit = unit_of(codec_name, sizes, number)
        bare = msgspec.structs.replace(unit, is_key=False)  # the sets are drawn
        payloads = codec.payloads(track, bare, data.draw(st.integers(100, 1400)))
        for what in data.draw(st.lists(st.sampled_from(sorted(before)), max_size=2, unique=True)):
            payloads = [*(Payload(each, marker=False) for each in before[what]), *payloads]
        packets += sender.packets(payloads, unit.pts)
    wire = wire_of(packets, data)
    stream = b"".join(interleaved([packet], channel) for channel, packet in wire)

    one_by_one = receiver_of(track)
    expected: list[Received] = []
    for channel, packet in wire:
        if channel == 0:
            expected += one_by_one.receive([memoryview(packet)], NOW_US)

    in_place = receiver_of(track)
    found: list[Received] = []
    parser = Parser()
    parser.takers[0] = lambda chunk, at: in_place.receive_frames(chunk, at, 0, NOW_US, found)
    others = 0
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=6)) | {0, len(stream)})
    for start, end in pairwise(cuts):
        for event in parser.receive(stream[start:end]):
            assert isinstance(event, Interleaved)
            assert event.channel == 1
            others += len(event.packets)

    # Units that arrive together are dated together; see the tests of the clock.
    assert [each._replace(utc_us=0) for each in found] == [each._replace(utc_us=0) for each in expected]
    assert others == sum(channel for channel, _ in wire)
    assert in_place.packets_lost == one_by_one.packets_lost
    assert in_place.packets_refused == one_by_one.packets_refused


@pytest.mark.parametrize("codec_name", ["H264", "H265"])
def test_ordinary_pictures_are_taken_whole(codec_name: str) -> None:
    track, codec = made(codec_name), codec_named(codec_name)
    sender = RtpSender(7, 96, 65_200, 0)
    depacketizer = codec.depacketizer(track)
    first, *others = (unit_of(codec_name, [12_000, 900, 30_000], number) for number in (0, 3, 4, 5))
    for packet in sender.packets(codec.payloads(track, first, 1400), first.pts):
        depacketizer.receive(memoryview(packet)[12:], first.pts, marker=bool(packet[1] & 0x80), lost=False)
    opening = FrameOpening(0x2400, 0x8060, sender.next_sequence, others[0].pts << 32 | 7)
    packets = [sender.packets(codec.payloads(track, each, 1400), each.pts) for each in others]
    one, two, three = (interleaved(each, 0) for each in packets)

    assert depacketizer.take_units(one[:-1], 0, opening) is None
    taken = depacketizer.take_units(one + two + three[:-1], 0, opening)

    assert taken is not None
    assert (taken.after, taken.frames) == (len(one + two), len(packets[0] + packets[1]))
    assert taken.bodies == [each.data for each in others[:2]]
    assert taken.rtp_timestamps == [each.pts for each in others[:2]]
    assert (taken.keys, taken.is_discontinuous, taken.setup) == ([False, False], False, None)


def test_more_kinds_of_beginnings_than_are_kept_are_taken_whole() -> None:
    track, codec = made("H264"), codec_named("H264")
    sender = RtpSender(7, 96, 100, 0)
    depacketizer = codec.depacketizer(track)
    first = unit_of("H264", [900], 0)
    for packet in sender.packets(codec.payloads(track, first, 1400), first.pts):
        depacketizer.receive(memoryview(packet)[12:], first.pts, marker=bool(packet[1] & 0x80), lost=False)
    heads = [
        bytes((head | importance,)) for head in (6, 10, 11, 13, 14, 15) for importance in (0, 32, 64, 96)
    ]
    nals = [head + bytes((byte, 1)) for head in heads for byte in range(256) if byte != 6] + [b"\x41\x9a\1"]
    opening = FrameOpening(0x2400, 0x8060, sender.next_sequence, 3600 << 32 | 7)
    packets = sender.packets([Payload(nal, marker=nal is nals[-1]) for nal in nals], 3600)
    taken = depacketizer.take_units(interleaved(packets, 0), 0, opening)
    assert taken is not None
    assert taken.bodies == [b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals)]
    assert (taken.frames, taken.keys) == (len(nals), [False])


def test_a_key_picture_behind_sets_that_are_known_is_taken_whole() -> None:
    track, codec = made("H264"), codec_named("H264")
    sender = RtpSender(7, 96, 100, 0)
    depacketizer = codec.depacketizer(track)
    first, key, other = (unit_of("H264", [12_000, 900], number) for number in (1, 0, 2))
    for packet in sender.packets(codec.payloads(track, first, 1400), first.pts):
        depacketizer.receive(memoryview(packet)[12:], first.pts, marker=bool(packet[1] & 0x80), lost=False)
    for sets, unit, is_taken in ((SETS["H264"], key, True), (SETS["H264"][:1], other, False)):
        pts = unit.pts + 36_000
        opening = FrameOpening(0x2400, 0x8060, sender.next_sequence, pts << 32 | 7)
        bare = msgspec.structs.replace(unit, is_key=False)
        payloads = [Payload(each, marker=False) for each in sets] + codec.payloads(track, bare, 1400)
        taken = depacketizer.take_units(interleaved(sender.packets(payloads, pts), 0), 0, opening)
        assert (taken is not None) is is_taken  # what only may be a key picture is looked at more closely
        assert taken is None or (taken.bodies, taken.keys, taken.setup) == ([unit.data], [True], None)


def run_of(sizes: list[int], *, first: int = 100, flags: list[int] | None = None) -> bytes:
    """Frames of fragments with these sizes."""
    bodies = [bytes([number + 1]) * size for number, size in enumerate(sizes)]
    whole = b""
    for number, body in enumerate(bodies):
        head = b"\x80\x60" + (first + number & 0xFFFF).to_bytes(2, "big") + bytes(8) + b"\x5c"
        packet = head + bytes(((flags or [1] * len(sizes))[number],)) + body
        whole += b"$\0" + len(packet).to_bytes(2, "big") + packet
    return whole


@pytest.mark.parametrize(
    ("data", "taken"),
    [
        (run_of([50] * 10), 10),
        (run_of([50] * 10, flags=[0x81] + [1] * 9), 0),
        (run_of([50] * 9 + [50], flags=[1] * 9 + [0x41]), 9),
        (run_of([50] * 6 + [20] * 6), 6),
        (run_of([50] * 3 + [20] * 6), 0),
        (run_of([50] * 10, first=65_530), 6),
        (run_of([50] * 5) + run_of([50] * 5, first=106), 5),
        (run_of([50]) + run_of([50] * 9, first=102), 0),
        (run_of([50] * 10)[:-1], 9),
        (run_of([50] * 120), 96),
    ],
)
def test_a_run_is_of_frames_that_count_up_and_are_alike(data: bytes, taken: int) -> None:
    size = int.from_bytes(data[2:4], "big")
    cut = cut_run(data, 0, size, 18)
    assert cut == tuple(bytes([number + 1]) * (size - 14) for number in range(taken))


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (run_of([50] * 4, flags=[0x81, 1, 1, 0x41]), 4),
        (run_of([50, 50, 50, 7], flags=[0x81, 1, 1, 0x41]), 4),
        (run_of([50, 9], flags=[0x81, 0x41]), 2),
        (run_of([50] * 97, flags=[0x81] + [1] * 95 + [0x41]), 97),
        (run_of([50] * 4, flags=[0x81, 1, 1, 0x41]) + run_of([50] * 2, flags=[0x81, 0x41], first=104), 4),
        (run_of([50] * 98, flags=[0x81] + [1] * 96 + [0x41]), 0),  # too many
        (run_of([50] * 4, flags=[0x81, 1, 1, 0x41])[:-1], 0),  # not whole
        (run_of([50, 50, 51], flags=[0x81, 1, 0x41]), 0),  # a last one that is larger
        (run_of([50, 40, 50, 50], flags=[0x81, 1, 1, 0x41]), 0),
        (run_of([50, 50, 0], flags=[0x81, 1, 0x41]), 0),  # nothing in the last one
        (run_of([50, 50], flags=[0xC1, 1]), 0),  # begins and ends at once
        (run_of([50, 50], flags=[1, 0x41]), 0),  # does not begin
        (run_of([50, 50], flags=[1, 0xC1]), 0),
        (run_of([50, 50, 50], flags=[0x81, 1, 0x42]), 0),  # the end of another kind
        (run_of([0, 0], flags=[0x81, 0x41]), 0),  # nothing in any
        (run_of([50] * 4, flags=[0x81, 1, 1, 0x41], first=65_534), 0),  # wraps
        (run_of([50]) + run_of([50], first=102), 0),
    ],
)
def test_a_nal_unit_is_cut_when_its_frames_are_alike_but_for_a_shorter_end(data: bytes, count: int) -> None:
    size = int.from_bytes(data[2:4], "big")
    cut = cut_nal(data, 0, size, 18)
    if not count:
        assert cut is None
        return
    assert cut is not None
    pieces, after, frames, is_marked = cut
    assert [piece[0] for piece in pieces] == list(range(1, count + 1))
    assert (frames, is_marked) == (count, False)
    assert b"".join(pieces) == b"".join(data[at + 18 : at + size + 4] for at in range(0, after, size + 4))


@pytest.mark.parametrize("size", range(14))
def test_frames_shorter_than_their_heads_are_not_cut(size: int) -> None:
    for flags in (0x80, 0x81):
        data = bytearray(b"$\0\0" + bytes([size]) + bytes(60))
        data[17], data[17 + size + 4] = flags, flags ^ 0xC0  # so the one seems to begin, the other to end
        assert cut_nal(bytes(data), 0, size, 18) is None


@pytest.mark.parametrize("count", range(2, 8))
def test_a_nal_unit_with_any_one_wrong_bit_in_its_heads_is_not_cut(count: int) -> None:
    good = run_of([30] * (count - 1) + [11], flags=[0x81] + [1] * (count - 2) + [0x41])
    size = int.from_bytes(good[2:4], "big")
    for frame, byte, bit in product(range(count), range(18), range(8)):
        if frame == 0 and byte in {2, 3}:
            continue  # the first one's size is what is asked for
        whole = bytearray(good)
        whole[frame * (size + 4) + byte] ^= 1 << bit
        cut = cut_nal(bytes(whole), 0, size, 18)
        where = (frame, byte, bit)
        if frame == count - 1 and (byte, bit) == (5, 7):
            assert cut is not None, where
            assert cut[3], where  # that is the marker
        elif frame == count - 1 and byte in {2, 3}:
            assert cut is None or cut[1] < len(whole), where  # what follows a shorter end is no frame
        elif 0 < frame < count - 1 and (byte, bit) == (17, 6):
            assert cut is not None, where
            assert cut[1:] == ((frame + 1) * (size + 4), frame + 1, False), where  # it ends there
        else:
            assert cut is None, where
