"""Any bytes are taken or refused with a documented exception: RTP and RTCP."""

from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.errors import PeerError
from vedette.media.codecs import CODECS
from vedette.media.codecs.aac import audio_config
from vedette.media.unit import Track
from vedette.protocols.rtp.clock import CameraClock, ReplayClock, TrackClock
from vedette.protocols.rtp.packet import MalformedPacket, build_packet, parse_packet
from vedette.protocols.rtp.receiver import RtpReceiver
from vedette.protocols.rtp.rtcp import parse_rtcp

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
@given(PACKETS, st.booleans(), st.booleans(), st.integers(1, 10))
def test_no_packet_upsets_a_receiver(packets: list[bytes], reorder: bool, replay: bool, each: int) -> None:
    for codec in CODECS:
        setup = (audio_config(8000, 1),) if codec.name == "AAC" else ()
        track = Track(number=0, kind=codec.kind, codec=codec.name, clock_hz=8000, channels=1, setup=setup)
        times = ReplayClock(8000) if replay else TrackClock(8000, CameraClock())
        receiver = RtpReceiver(codec.depacketizer(track), 8000, times, payload_type=96)
        for start in range(0, len(packets), each):
            views = [memoryview(packet) for packet in packets[start : start + each]]
            now_us = 1_700_000_000_000_000 + start
            assert all(unit.data for unit in receiver.receive(views, now_us, reorder=reorder))
        receiver.report_block(1_700_000_000_000_000)


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
