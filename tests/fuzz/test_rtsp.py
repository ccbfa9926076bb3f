"""Any bytes, cut anywhere, at either end of an RTSP connection: events, or a named end."""

from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.errors import PeerError
from vedette.protocols.rtsp import client_events, server_events
from vedette.protocols.rtsp.client import ClientConnection
from vedette.protocols.rtsp.headers import (
    Transport,
    parse_frames,
    parse_range,
    parse_rtp_info,
    parse_session,
    parse_transports,
)
from vedette.protocols.rtsp.server import ServerConnection
from vedette.protocols.rtsp.session import SessionTable

METHODS = st.sampled_from(
    [
        "OPTIONS",
        "DESCRIBE",
        "SETUP",
        "PLAY",
        "PAUSE",
        "TEARDOWN",
        "GET_PARAMETER",
        "SET_PARAMETER",
        "RECORD",
        "FLY",
    ]
)
URLS = st.sampled_from(["*", "rtsp://h/p", "rtsp://h/p/1", "rtsp://h/p/2", "/", "rtsp://h/p\u00e9"])
LINES = st.sampled_from(
    [
        "CSeq: 1",
        "CSeq: 2",
        "CSeq: x",
        "Session: s0",
        "Session: s1",
        "Session: ;timeout=3",
        "Transport: RTP/AVP/TCP;interleaved=0-1",
        "Transport: RTP/AVP;unicast;client_port=1-2",
        "Transport: ,;=",
        "Range: clock=20260101T000000Z-",
        "Range: npt=now-",
        "Range: smpte=1-",
        "Scale: -1",
        "Scale: 0",
        "Rate-Control: no",
        "Frames: intra/5",
        "Require: onvif-replay",
        "Require: x",
        "Content-Length: 3",
        "Content-Length: 1, 2",
        "Content-Base: rtsp://h/\u00e9",
        'WWW-Authenticate: Digest realm="a", nonce="b", stale=true',
        "WWW-Authenticate: ,,=",
        "RTP-Info: url=a;seq=b, url=c;rtptime=1",
        "Public: OPTIONS, GET_PARAMETER",
        "Location: x",
    ]
)
BODIES = st.sampled_from([b"", b"abc", b"v=0\r\nm=video 0 RTP/AVP 96\r\n"])


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    lines = [*draw(st.sampled_from([["CSeq: 7"], ["CSeq: 8"], []])), *draw(st.lists(LINES, max_size=6))]
    return "\r\n".join([f"{draw(METHODS)} {draw(URLS)} RTSP/1.0", *lines, "", ""]).encode() + draw(BODIES)


@st.composite
def responses(draw: st.DrawFn) -> bytes:
    status = draw(st.sampled_from([100, 200, 200, 200, 301, 401, 454, 500]))
    body = draw(BODIES)
    lines = [*draw(st.lists(LINES, max_size=6)), *([f"Content-Length: {len(body)}"] if body else [])]
    return "\r\n".join([f"RTSP/1.0 {status} X", *lines, "", ""]).encode() + body


FRAMES = st.builds(
    lambda channel, packet: b"$" + bytes([channel]) + len(packet).to_bytes(2, "big") + packet,
    st.integers(0, 255),
    st.binary(max_size=8),
)
TO_SERVER = st.lists(requests() | FRAMES | st.binary(max_size=10), max_size=8)
TO_CLIENT = st.lists(responses() | requests() | FRAMES | st.binary(max_size=10), max_size=8)


@given(TO_SERVER, st.lists(st.integers(0, 6), max_size=8), st.integers(1, 50))
@settings(max_examples=100, deadline=None)
def test_a_server_survives_any_client(chunks: list[bytes], replies: list[int], size: int) -> None:
    table = SessionTable(timeout_s=5.0)
    connection = ServerConnection(table, now_s=0.0)
    data = b"".join(chunks)
    waiting: list[server_events.RequestEvent] = []
    now_s = 0.0
    closed = 0
    for number, start in enumerate(range(0, len(data), size)):
        now_s += 0.2
        events = [*connection.receive(data[start : start + size], now_s), *connection.pass_time(now_s)]
        waiting += [event for event in events if hasattr(event, "request")]
        closed += sum(isinstance(event, server_events.ConnectionClosed) for event in events)
        if waiting and replies:
            answer(
                connection,
                waiting.pop(replies[number % len(replies)] % len(waiting)),
                f"s{number}",
                number % 3,
            )
        assert all(isinstance(each, bytes) for each in connection.outgoing())
    closed += len(connection.receive(b"", now_s))
    assert closed == 1
    assert all(session.connection is None for session in table.sessions)
    table.pass_time(now_s + 5.0)
    assert table.sessions == ()


def answer(
    connection: ServerConnection, event: server_events.RequestEvent, session_id: str, choice: int
) -> None:
    """Say yes or no, as a driver would."""
    if choice == 0:
        connection.refuse(event.request, 401, www_authenticate=["Basic"])
    elif isinstance(event, server_events.SetupRequested):
        connection.accept_setup(event.request, event.transports[0], session_id)
    elif isinstance(event, server_events.PlayRequested):
        connection.accept_play(event.request, range=event.play.range, scale=event.play.scale)
    elif isinstance(event, server_events.DescribeRequested):
        connection.accept_describe(event.request, "v=0\r\n", event.url)
    else:
        connection.accept(event.request)


@given(TO_CLIENT, st.integers(1, 50))
@settings(max_examples=100, deadline=None)
def test_a_client_survives_any_server(chunks: list[bytes], size: int) -> None:
    client = ClientConnection("rtsp://u:p@h/p", cnonce="c")
    client.options(0.0)
    client.describe(0.0)
    client.setup(0.0, "rtsp://h/p/1", [Transport()])
    client.play(0.0)
    data = b"".join(chunks)
    now_s = 0.0
    lost = 0
    for start in range(0, len(data), size):
        now_s += 0.2
        events = [*client.receive(data[start : start + size], now_s), *client.pass_time(now_s)]
        lost += sum(isinstance(event, client_events.ConnectionLost) for event in events)
        assert client.is_closed == bool(lost)
        assert all(isinstance(each, bytes) for each in client.outgoing())
        assert client.deadline_s is None or client.deadline_s > now_s
    assert lost + len(client.receive(b"", now_s)) == 1


@given(
    st.text(max_size=40)
    | st.text("RTP/AVP;TCP,=interlavdpo0123-_", max_size=60)
    | st.text("clocknpt=0123TZ.:-", max_size=40)
)
@settings(max_examples=100, deadline=None)
def test_any_header_value_is_read_or_refused(value: str) -> None:
    for read in (parse_transports, parse_range, parse_session, parse_frames, parse_rtp_info):
        for prefix in ("", "clock=", "npt=", "RTP/AVP;"):
            try:
                read(prefix + value)
            except PeerError:
                continue
