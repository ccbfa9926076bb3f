"""Header values: what is formatted is read back, and what real peers send is understood."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.protocols.rtsp.headers import (
    BadHeader,
    ClockRange,
    FrameKind,
    FrameSelection,
    LowerTransport,
    NptRange,
    Range,
    RtpInfo,
    SessionHeader,
    Transport,
    UnsupportedRange,
    format_date,
    format_decimal,
    format_list,
    format_rtp_info,
    format_transports,
    parse_count,
    parse_date,
    parse_decimal,
    parse_frames,
    parse_list,
    parse_range,
    parse_rtp_info,
    parse_session,
    parse_speed,
    parse_transports,
    parse_yes_no,
)
from vedette.protocols.rtsp.message import Headers
from vedette.protocols.rtsp.play import HeaderNotValid, PlayParameters, parse_play

HOSTS = st.sampled_from(["10.0.0.1", "239.1.2.3", "camera.example", "[fe80::1]"])
PORTS = st.none() | st.tuples(st.integers(0, 65535), st.integers(0, 65535))
UDP = st.builds(
    Transport,
    profile=st.sampled_from(["RTP/AVP", "RTP/SAVP", "RTP/AVPF"]),
    is_multicast=st.booleans(),
    destination=st.none() | HOSTS,
    source=st.none() | HOSTS,
    port=PORTS,
    client_port=PORTS,
    server_port=PORTS,
    ttl=st.none() | st.integers(0, 255),
    ssrc=st.none() | st.integers(0, 0xFFFF_FFFF),
    mode=st.sampled_from(["PLAY", "RECORD"]),
)
TCP = st.builds(
    Transport,
    lower=st.just(LowerTransport.TCP),
    interleaved=st.none() | st.tuples(st.integers(0, 255), st.integers(0, 255)),
    ssrc=st.none() | st.integers(0, 0xFFFF_FFFF),
)
INSTANTS = st.integers(-2_208_988_800_000_000, 253_402_300_799_999_999)


@given(st.lists(UDP | TCP, min_size=1, max_size=4).map(tuple))
@settings(max_examples=60, deadline=None)
def test_transports_are_read_back(transports: tuple[Transport, ...]) -> None:
    assert parse_transports(format_transports(transports)) == transports


@given(
    st.builds(ClockRange, start_utc_us=st.none() | INSTANTS, end_utc_us=st.none() | INSTANTS)
    | st.builds(
        NptRange, start_us=st.none() | st.integers(0, 10**15), end_us=st.none() | st.integers(0, 10**15)
    )
)
@settings(max_examples=60, deadline=None)
def test_ranges_are_read_back(asked: Range) -> None:
    assert parse_range(asked.to_header()) == asked


@given(
    st.lists(
        st.builds(
            RtpInfo,
            url=st.sampled_from(["rtsp://h/p", "rtsp://h/p?a=1;b=2,3", "trackID=1"]),
            sequence=st.none() | st.integers(0, 0xFFFF),
            rtp_time=st.none() | st.integers(0, 0xFFFF_FFFF),
            ssrc=st.none() | st.integers(0, 0xFFFF_FFFF),
        ),
        max_size=4,
    ).map(tuple)
)
@settings(max_examples=60, deadline=None)
def test_rtp_info_is_read_back(entries: tuple[RtpInfo, ...]) -> None:
    assert parse_rtp_info(format_rtp_info(entries)) == entries


@given(st.integers(-(10**8), 10**8).filter(bool).map(lambda millionths: millionths / 1_000_000))
@settings(max_examples=60, deadline=None)
def test_decimals_are_read_back(number: float) -> None:
    assert parse_decimal("Scale", format_decimal(number)) == number


@given(
    st.builds(
        PlayParameters,
        range=st.none() | st.builds(ClockRange, start_utc_us=INSTANTS),
        scale=st.sampled_from([None, 1.0, -1.0]),
        speed=st.sampled_from([None, 0.5, 4.0]),
        is_rate_controlled=st.booleans(),
        frames=st.sampled_from(
            [
                FrameSelection(),
                FrameSelection(kind=FrameKind.INTRA),
                FrameSelection(kind=FrameKind.INTRA, interval_ms=4000),
                FrameSelection(kind=FrameKind.PREDICTED),
            ]
        ),
        is_immediate=st.booleans(),
        cseq=st.integers(0, 10**9),
    )
)
@settings(max_examples=60, deadline=None)
def test_play_parameters_are_read_back(play: PlayParameters) -> None:
    assert parse_play(Headers(play.to_headers()), play.cseq) == play


def test_a_range_that_names_its_unit_alone_asks_for_no_place() -> None:
    assert parse_play(Headers([("Range", "clock")]), 1).range is None


def test_transports_of_real_peers_are_understood() -> None:
    ffmpeg = "RTP/AVP/UDP;unicast;client_port=27440-27441,rtp/avp/tcp;UNICAST;interleaved=0-1"
    assert parse_transports(ffmpeg) == (
        Transport(client_port=(27440, 27441)),
        Transport(lower=LowerTransport.TCP, interleaved=(0, 1)),
    )
    camera = ' RTP/AVP ; multicast; destination=239.1.2.3 ;port=7000;ttl="5";ssrc=-17;mode="Play";layers=1'
    assert parse_transports(camera) == (
        Transport(is_multicast=True, destination="239.1.2.3", port=(7000, 7001), ttl=5),
    )
    assert parse_transports("RTP/AVP;interleaved=6")[0] == Transport(
        lower=LowerTransport.TCP, interleaved=(6, 7)
    )
    assert parse_transports("MP2T/H2221/UDP, RAW/RAW/SCTP, nothing")[0].profile == "MP2T/H2221"


@pytest.mark.parametrize(
    "value",
    [
        "",
        ",",
        "RTP",
        "RTP/AVP/SCTP",
        "RTP/AVP;client_port=65535",
        "RTP/AVP;interleaved=300-301",
        "RTP/AVP;ttl=256",
    ],
)
def test_a_transport_without_a_readable_alternative_is_refused(value: str) -> None:
    with pytest.raises(BadHeader):
        parse_transports(value)


def test_session_headers_of_real_peers_are_understood() -> None:
    assert parse_session(" 12345678 ; Timeout = 60 ") == SessionHeader(id="12345678", timeout_s=60)
    assert parse_session("a$-_.+;timeout=0;x") == SessionHeader(id="a$-_.+")
    assert parse_session("1;timeout=9999999999").timeout_s == 86400
    assert parse_session(SessionHeader(id="1", timeout_s=5).to_header()).timeout_s == 5
    for value in ("", ";timeout=60", "a b", "x" * 129):
        with pytest.raises(BadHeader):
            parse_session(value)


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        ("clock=19700101T000000Z-", ClockRange(start_utc_us=0)),
        ("clock=-19700101T000000.5Z", ClockRange(end_utc_us=500_000)),
        ("Clock", ClockRange()),
        (
            "Clock = 19700101t000001.123456789z - 19700101T000002Z",
            ClockRange(start_utc_us=1_123_456, end_utc_us=2_000_000),
        ),
        ("clock=20161231T235960Z-", ClockRange(start_utc_us=1_483_228_800_000_000)),
        ("clock=19700101T000000Z-;time=19970123T143720Z", ClockRange(start_utc_us=0)),
        ("npt=now-", NptRange()),
        ("npt=0-", NptRange(start_us=0)),
        ("npt=0.000-", NptRange(start_us=0)),
        ("npt=1:02:03.5-4000.25", NptRange(start_us=3_723_500_000, end_us=4_000_250_000)),
        ("npt=-5", NptRange(start_us=0, end_us=5_000_000)),
        ("npt=1.5-,clock=19700101T000000Z-", NptRange(start_us=1_500_000)),
        ("smpte=0:10:00-, clock=19700101T000000Z-;time=19970123T143720Z", ClockRange(start_utc_us=0)),
    ],
)
def test_ranges_of_real_peers_are_understood(value: str, asked: Range) -> None:
    assert parse_range(value) == asked


@pytest.mark.parametrize(
    "value",
    [
        "",
        "clock=",
        "clock=-",
        "clock=-soon",
        "clock=19701301T000000Z-",
        "clock=19700101T000061Z-",
        "clock=99991231T235960Z-",
        "clock=00010101T000000Z-",
        "clock=19700101T000000.1234567890Z-",
        "smpte=0:10:00-",
        "npt=soon-",
        "npt=1:60:00-",
        "npt=soon-,smpte=0:10:00-",
        ",",
    ],
)
def test_other_ranges_are_refused(value: str) -> None:
    with pytest.raises(UnsupportedRange):
        parse_range(value)


@pytest.mark.parametrize(
    "value",
    [
        "Sun, 22 Nov 2026 19:50:07 GMT",
        "Sun, Nov 22 2026 19:50:07 GMT",  # live555 and what is built on it
        "22 Nov 2026 19:50:07",
        format_date(1_795_377_007_900_000),
    ],
)
def test_dates_of_real_peers_are_understood(value: str) -> None:
    assert parse_date(value) == 1_795_377_007_000_000


@pytest.mark.parametrize(
    "value",
    [
        "",
        "now",
        "Sun, 32 Nov 2026 19:50:07 GMT",
        "Sun, 22 Foo 2026 19:50:07 GMT",
        "Sun, Nov Nov 2026 19:50:07",
    ],
)
def test_what_is_no_date_tells_none(value: str) -> None:
    assert parse_date(value) is None


def test_small_values_are_read_or_refused() -> None:
    assert parse_yes_no("Immediate", " YES ")
    assert not parse_yes_no("Immediate", "no")
    assert parse_frames("Intra / 40") == FrameSelection(kind=FrameKind.INTRA, interval_ms=40)
    assert parse_speed("2") == 2.0
    assert parse_decimal("Scale", "-.5") == -0.5
    assert parse_count("CSeq", " 7 ") == 7
    assert parse_list("a, ,b,") == ("a", "b")
    assert parse_list(None) == ()
    assert format_list(("a", "b")) == "a, b"
    assert format_decimal(2) == "2.0"
    for read, value in (
        (parse_speed, "-1"),
        (parse_frames, "predicted/3"),
        (parse_frames, "intra/-3"),
        (lambda each: parse_yes_no("Immediate", each), "maybe"),
        (lambda each: parse_decimal("Scale", each), "0"),
        (lambda each: parse_decimal("Scale", each), "nan"),
        (lambda each: parse_decimal("Scale", each), "1e9"),
        (lambda each: parse_count("CSeq", each), "-1"),
        (lambda each: parse_count("CSeq", each), "١"),
    ):
        with pytest.raises(BadHeader):
            read(value)
    with pytest.raises(ValueError, match="nan"):
        format_decimal(float("nan"))


def test_rtp_info_of_real_peers_is_understood() -> None:
    camera = 'url="rtsp://h/p/trackID=1" ; seq=1 ; rtptime=4294967296, URL=trackID=2;rtptime=5;seq=99999'

    assert parse_rtp_info(camera) == (
        RtpInfo(url="rtsp://h/p/trackID=1", sequence=1),
        RtpInfo(url="trackID=2", rtp_time=5),
    )
    assert parse_rtp_info("seq=1") == ()


def test_a_scale_that_needs_rate_control_is_refused_without() -> None:
    with pytest.raises(HeaderNotValid):
        parse_play(Headers([("Scale", "4"), ("Rate-Control", "no")]), 1)
    assert parse_play(Headers([("Scale", "4")]), 1).scale == 4.0


@pytest.mark.parametrize("limits", ["npt={}-{}", "clock=19700101T00000{}Z-19700101T00000{}Z"])
def test_a_closed_range_against_the_direction_of_play_is_refused(limits: str) -> None:
    for scale, first, last in (("1.0", 3, 5), ("-1.0", 5, 3), ("-1.0", 4, 4)):
        assert parse_play(Headers([("Range", limits.format(first, last)), ("Scale", scale)]), 1).range
    for scale, first, last in (("1.0", 5, 3), ("-1.0", 3, 5)):
        with pytest.raises(UnsupportedRange):
            parse_play(Headers([("Range", limits.format(first, last)), ("Scale", scale)]), 1)
