"""RTCP: what is built is parsed, what is odd is passed over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.protocols.rtp.packet import MalformedPacket
from vedette.protocols.rtp.rtcp import (
    Description,
    Goodbye,
    KeyFrameRequest,
    ReceiverReport,
    ReportBlock,
    SenderReport,
    description,
    goodbye,
    is_rtcp,
    parse_rtcp,
    picture_loss,
    receiver_report,
    sender_report,
)

WORD = st.integers(0, 0xFFFF_FFFF)
BLOCKS = st.lists(
    st.builds(
        ReportBlock, WORD, st.integers(0, 255), st.integers(-(1 << 23), (1 << 23) - 1), WORD, WORD, WORD, WORD
    ),
    max_size=5,
)


@given(WORD, st.integers(0, (1 << 64) - 1), WORD, WORD, WORD, st.text(max_size=300), BLOCKS)
def test_a_sender_report_is_read_back(
    ssrc: int, ntp: int, rtp_time: int, packets: int, octets: int, cname: str, blocks: list[ReportBlock]
) -> None:
    whole = sender_report(
        ssrc=ssrc, ntp=ntp, rtp_time=rtp_time, packets=packets, octets=octets, cname=cname, blocks=blocks
    )
    assert len(whole) % 4 == 0
    report, named = parse_rtcp(whole)
    assert report == SenderReport(ssrc, ntp, rtp_time, packets, octets, tuple(blocks))
    assert isinstance(named, Description)
    assert named.ssrc == ssrc
    if len(cname.encode()) <= 255:
        assert named.cname == cname


@given(WORD, BLOCKS)
def test_a_receiver_report_is_read_back(ssrc: int, blocks: list[ReportBlock]) -> None:
    report, named = parse_rtcp(receiver_report(ssrc=ssrc, blocks=blocks, cname="me"))
    assert report == ReceiverReport(ssrc, tuple(blocks))
    assert named == Description(ssrc, "me")


def test_requests_for_key_frames_and_farewells_are_read_back() -> None:
    report = receiver_report(ssrc=1, blocks=(), cname="me")
    assert parse_rtcp(report + picture_loss(1, 2))[2:] == [KeyFrameRequest(1, 2)]
    full_intra_request = bytes.fromhex("84ce0004 00000001 00000000 00000002 07000000")  # RFC 5104 §4.3.1
    assert parse_rtcp(report + full_intra_request)[2:] == [KeyFrameRequest(1, 2, 7)]
    assert parse_rtcp(report + goodbye(1))[2:] == [Goodbye((1,))]
    assert parse_rtcp(picture_loss(1, 2)) == [KeyFrameRequest(1, 2)]


def test_a_farewell_may_say_why() -> None:
    assert parse_rtcp(b"\x81\xcb\0\3\0\0\0\1\6reboot\0") == [Goodbye((1,), "reboot")]


def test_what_is_unknown_or_cut_off_inside_is_passed_over() -> None:
    application = b"\x80\xcc\0\2\0\0\0\1name"
    assert parse_rtcp(application + description(5, "x") + b"\x80\xc8\0\6abc") == [Description(5, "x")]
    assert parse_rtcp(b"\x85\xc9\0\1\0\0\0\7") == [ReceiverReport(7)]


def test_what_is_no_rtcp_is_refused() -> None:
    for data in (b"", b"\x80\xc8", b"\x80\x60\0\0", b"\x40\xc8\0\0"):
        assert not is_rtcp(data)
        with pytest.raises(MalformedPacket):
            parse_rtcp(data)
