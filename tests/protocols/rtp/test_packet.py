"""RTP headers: written and read back, cut off and refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.rtp.packets import build_packet

from vedette.protocols.rtp.packet import MalformedPacket, parse_packet


@given(
    st.binary(max_size=50),
    st.integers(0, 127),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFF_FFFF),
    st.integers(0, 0xFFFF_FFFF),
    st.booleans(),
    st.sampled_from((b"", b"\xab\xac\0\1wxyz", b"\xff\xd8\0\0")),
)
def test_what_is_built_is_parsed(
    payload: bytes, kind: int, sequence: int, timestamp: int, ssrc: int, marker: bool, extension: bytes
) -> None:
    packet = build_packet(
        payload,
        payload_type=kind,
        sequence=sequence,
        timestamp=timestamp,
        ssrc=ssrc,
        marker=marker,
        extension=extension,
    )
    parsed = parse_packet(memoryview(packet))
    assert parsed[:5] == (marker, kind, sequence, timestamp, ssrc)
    assert bytes(parsed.payload) == payload
    assert bytes(parsed.extension or b"") == extension


def test_sources_and_padding_are_passed_over() -> None:
    packet = bytes([0xA2, 96]) + bytes(10) + bytes(8) + b"payload" + b"\0\0\3"
    assert bytes(parse_packet(memoryview(packet)).payload) == b"payload"


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\x80" * 11,
        b"\x40" + bytes(11),
        b"\x90" + bytes(11),
        b"\x90" + bytes(11) + b"\xab\xac\0\2abcd",
        b"\x8f" + bytes(20),
        b"\xa0" + bytes(11) + b"ab\x09",
    ],
)
def test_what_ends_within_its_header_is_refused(packet: bytes) -> None:
    with pytest.raises(MalformedPacket):
        parse_packet(memoryview(packet))
