"""Packets of one unit: numbered, framed for TCP, grouped for UDP."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from vedette.protocols.rtp.packet import parse_packet
from vedette.protocols.rtp.payload import Payload, PayloadRun
from vedette.protocols.rtp.replay_extension import ReplayStamp, split_extension
from vedette.protocols.rtp.runs import Run, interleaved, uniform_runs
from vedette.protocols.rtp.sender import RtpSender

STAMP = ReplayStamp(
    1_700_000_000_000_000,
    is_clean_point=True,
    is_section_end=False,
    is_discontinuous=True,
    is_terminal=True,
    cseq=5,
)


def test_sequence_and_timestamp_wrap() -> None:
    sender = RtpSender(9, 96, 0xFFFF, 0xFFFF_FFF0)
    packets = sender.packets([Payload(b"a", marker=False), Payload(b"b", marker=True, ticks=5)], 0x20)
    parsed = [parse_packet(memoryview(packet)) for packet in packets]
    assert [(each.sequence, each.timestamp, each.marker, each.ssrc) for each in parsed] == [
        (0xFFFF, 0x10, False, 9),
        (0, 0x15, True, 9),
    ]
    assert (sender.next_sequence, sender.packets_sent, sender.payload_bytes_sent) == (1, 2, 2)
    sender.skip(0xFFFF)
    assert sender.next_sequence == 0
    assert sender.rtp_time(0x20) == 0x10


def test_the_replay_extension_joins_that_of_jpeg() -> None:
    jpeg = b"\xff\xd8\0\1abcd"
    payloads = [Payload(b"a", marker=True, extension=jpeg)]
    (packet,) = RtpSender(1, 26, 0, 0).packets(payloads, 0, STAMP)
    extension = parse_packet(memoryview(packet)).extension
    assert extension is not None
    assert struct.unpack_from(">HH", extension) == (0xABAC, 5)
    stamp, found = split_extension(extension)
    assert stamp == STAMP
    assert bytes(found or b"") == jpeg


def test_every_packet_tells_the_time_the_first_a_jump_and_the_last_the_end() -> None:
    payloads = [Payload(b"a", marker=False), Payload(b"b", marker=False), Payload(b"c", marker=True)]
    packets = RtpSender(1, 96, 0, 0).packets(payloads, 0, STAMP)
    extensions = [parse_packet(memoryview(packet)).extension for packet in packets]
    stamps = [split_extension(each)[0] for each in extensions if each is not None]
    assert stamps == [
        STAMP._replace(is_terminal=False),
        STAMP._replace(is_terminal=False, is_discontinuous=False),
        STAMP._replace(is_discontinuous=False),
    ]


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=20), st.integers(0, 255))
def test_interleaved_frames_hold_every_packet(packets: list[bytes], channel: int) -> None:
    data, found = interleaved(packets, channel), []
    while data:
        assert data[0] == 0x24
        assert data[1] == channel
        size = int.from_bytes(data[2:4], "big")
        found.append(data[4 : 4 + size])
        data = data[4 + size :]
    assert found == packets


@given(st.lists(st.integers(1, 2000), max_size=200))
def test_runs_hold_every_packet_and_only_end_with_a_shorter_one(sizes: list[int]) -> None:
    packets = [bytes([place % 251]) * size for place, size in enumerate(sizes)]
    found = []
    for run in uniform_runs(packets):
        assert len(run.data) <= 65_000
        assert 1 <= run.packet_count <= 64
        cut = [run.data[at : at + run.segment_bytes] for at in range(0, len(run.data), run.segment_bytes)]
        assert len(cut) == run.packet_count
        found += cut
    assert found == packets


def _cut(run: Run) -> list[bytes]:
    return [run.data[at : at + run.segment_bytes] for at in range(0, len(run.data), run.segment_bytes)]


PAYLOADS = st.builds(
    Payload, st.binary(min_size=1, max_size=60), st.booleans(), st.sampled_from([b"", b"\xab\xac\0\0"])
)
RUNS = st.builds(
    lambda size, count, fill, over, marker: PayloadRun(
        b"\x7c\x85", b"\x7c\x05", b"\x7c\x45", [fill.ljust(size, b".")] * count + [bytes(over)], marker
    ),
    st.integers(20, 1400),
    st.integers(1, 140),
    st.binary(max_size=20),
    st.integers(1, 20),
    st.booleans(),
)


@given(st.lists(PAYLOADS | RUNS, min_size=1, max_size=6), st.sampled_from([0, 65_530]), st.integers(0, 255))
def test_a_batch_holds_the_same_packets_in_every_form(
    payloads: list[Payload | PayloadRun], first_sequence: int, channel: int
) -> None:
    one_by_one = RtpSender(7, 96, first_sequence, 90)
    at_once = RtpSender(7, 96, first_sequence, 90)
    packets = one_by_one.packets(payloads, 5)

    batch = at_once.batch(payloads, 5)

    assert batch.interleaved(channel) == interleaved(packets, channel)
    runs = batch.runs()
    assert [packet for run in runs for packet in _cut(run)] == packets
    assert all(run.packet_count == len(_cut(run)) <= 64 and len(run.data) <= 65_000 for run in runs)
    assert vars(at_once) == vars(one_by_one)


def test_fragments_and_the_last_of_them_are_one_run() -> None:
    payloads: list[Payload | PayloadRun] = [
        PayloadRun(b"\x7c\x81", b"\x7c\x01", b"\x7c\x41", [bytes(1386)] * 13 + [bytes(88)], marker=True)
    ]
    (run,) = RtpSender(7, 96, 0, 0).batch(payloads, 0).runs()
    assert (run.segment_bytes, run.packet_count) == (1400, 14)


def test_a_frame_of_equal_fragments_is_one_run() -> None:
    packets = [b"x" * 1400] * 14 + [b"x" * 900]
    assert [(run.segment_bytes, run.packet_count) for run in uniform_runs(packets)] == [(1400, 15)]
