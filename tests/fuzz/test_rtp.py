"""Any bytes are taken or refused with a documented exception: RTP and RTCP."""

from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.protocols.rtp.packets import build_packet

from vedette.base.errors import PeerError
from vedette.media.codecs import CODECS, codec_named
from vedette.media.codecs.aac import audio_config
from vedette.media.unit import AccessUnit, Track
from vedette.protocols.rtp.clock import CameraClock, TrackClock
from vedette.protocols.rtp.packet import MalformedPacket, parse_packet
from vedette.protocols.rtp.receiver import Received, RtpReceiver
from vedette.protocols.rtp.rtcp import parse_rtcp
from vedette.protocols.rtp.runs import interleaved
from vedette.protocols.rtp.sender import RtpSender

NOW_US = 1_700_000_000_000_000

PAYLOADS = st.one_of(
    st.binary(max_size=60),
    st.builds(
        bytes.__add__,
        st.sampled_from(
            (
                b"|\x85",
                b"|\x05",
                b"|E",
                b"x\x00\x03",
                b"g",
                b"b\x01\x93",
                b"b\x01\x13",
                b"`\x01\x00\x03",
                b"\x00\x10",
                b"\x00\x00\x00\x00\x01\xffP<",
                b"\x00\x00\x00\x00\x012P<",
                b"<a>",
                b"\x1f\x8b\x08",
                b"</MetadataStream>",
                b"\x00\x00\x01g",
            )
        ),
        st.binary(max_size=60),
    ),
)
PACKETS = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.builds(
            build_packet,
            PAYLOADS,
            payload_type=st.just(96),
            sequence=st.integers(0, 200),
            timestamp=st.sampled_from((0, 1, 3600, 0x8000_0000, 0xFFFF_FFFF)),
            ssrc=st.integers(0, 1),
            marker=st.booleans(),
            extension=st.sampled_from(
                (
                    b"",
                    b"\xff\xd8\0\1\xff\xdb\0\1",
                    b"\xff\xff\0\0",
                    b"\xab\xac\0\3" + bytes(12),
                    b"\xff\xd8\0\0",
                )
            ),
        ),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(PACKETS, st.booleans(), st.integers(1, 10))
def test_no_packet_upsets_a_receiver(packets: list[bytes], reorder: bool, each: int) -> None:
    for codec in CODECS:
        setup = (audio_config(8000, 1),) if codec.name == "AAC" else ()
        track = Track(number=0, kind=codec.kind, codec=codec.name, clock_hz=8000, channels=1, setup=setup)
        times = TrackClock(8000, CameraClock())
        receiver = RtpReceiver(codec.depacketizer(track), 8000, times, payload_type=96)
        for start in range(0, len(packets), each):
            views = [memoryview(packet) for packet in packets[start : start + each]]
            now_us = NOW_US + start
            assert all(unit.data for unit in receiver.receive(views, now_us, reorder=reorder))
        receiver.report_block(NOW_US)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_packet_or_refused(data: bytes) -> None:
    try:
        parse_packet(memoryview(data))
    except MalformedPacket:
        return


@given(st.one_of(st.binary(max_size=80), st.binary(max_size=80).map(lambda data: b"\x81\xc8\0\x0c" + data)))
def test_any_bytes_are_reports_or_refused(data: bytes) -> None:
    try:
        parse_rtcp(data)
    except PeerError:
        return


PICTURES = st.lists(
    st.lists(st.sampled_from((3000, 600, 10)), min_size=1, max_size=2), min_size=3, max_size=4
)
DAMAGE = st.tuples(st.floats(0, 1), st.integers(0, 20), st.one_of(st.integers(0, 255), st.integers(0, 16)))


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(("H264", "H265")),
    pictures=PICTURES,
    damage=st.lists(DAMAGE, min_size=1, max_size=4),
    are_short=st.booleans(),
    fill=st.sampled_from((b"\x41", b"\x01", b"\0")),  # as a fragment's flags, in its middle and at its end
)
def test_no_frame_upsets_a_receiver_that_takes_pictures_where_they_lie(
    name: str,
    pictures: list[list[int]],
    damage: list[tuple[float, int, int]],
    *,
    are_short: bool,
    fill: bytes,
) -> None:
    codec, sender = codec_named(name), RtpSender(1, 96, 100, 0)
    track = Track(number=0, kind=codec.kind, codec=name, clock_hz=90_000)
    slice_head, flags_at = (b"\x41\x9a", 13) if name == "H264" else (b"\x02\x01\x9a", 14)
    packets: list[bytes] = []
    for number, sizes in enumerate(pictures):
        nals = [slice_head + fill * size for size in sizes]
        data = b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals)
        unit = AccessUnit(track=0, utc_us=0, pts=number * 3600, data=data, is_key=False)
        packets += sender.packets(codec.payloads(track, unit, 500), unit.pts)
    stream = bytearray(interleaved(packets, 0))
    starts = list(accumulate((len(packet) + 4 for packet in packets), initial=0))
    begun = [start for start, packet in zip(starts, packets, strict=False) if packet[flags_at] & 0x80]
    for where, place, value in damage:
        if are_short and begun:  # shorter than their own heads, where a slice begins
            start = begun[int(where * (len(begun) - 1))]
            stream[start + 2 : start + 4] = (value % 24).to_bytes(2, "big")
        else:
            start = starts[int(where * (len(packets) - 1))]
            stream[min(start + place, len(stream) - 1)] = value
    receiver = RtpReceiver(
        codec.depacketizer(track), 90_000, TrackClock(90_000, CameraClock()), payload_type=96
    )
    units: list[Received] = []
    after = receiver.receive_frames(bytes(stream), 0, 0, NOW_US, units)
    assert 0 <= after <= len(stream)
    assert all(unit.data for unit in units)
