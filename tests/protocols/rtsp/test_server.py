"""The server's side of a connection: what it answers alone, what it asks its driver, and in which order."""

import pytest

from vedette.base.errors import CallerError, LimitExceeded
from vedette.protocols.rtsp.headers import (
    ClockRange,
    FrameKind,
    FrameSelection,
    LowerTransport,
    NptRange,
    RtpInfo,
    Transport,
)
from vedette.protocols.rtsp.message import Response
from vedette.protocols.rtsp.parser import Parser
from vedette.protocols.rtsp.server import IDLE_S, UNANSWERED_MOST, ServerConnection
from vedette.protocols.rtsp.server_events import (
    ConnectionClosed,
    DescribeRequested,
    InterleavedReceived,
    ParameterRequested,
    PauseRequested,
    PlayRequested,
    SessionExpired,
    SetupRequested,
    TeardownRequested,
)
from vedette.protocols.rtsp.session import Session, SessionTable, State

URL = "rtsp://10.0.0.2:8554/main"
INTERLEAVED = Transport(lower=LowerTransport.TCP, interleaved=(0, 1))
UDP = Transport(client_port=(5000, 5001), server_port=(6000, 6001))
SDP = "v=0\r\ns=main\r\n"


class Peer:
    """A client that speaks in text, and a driver that says yes."""

    def __init__(self, table: SessionTable | None = None, now_s: float = 0.0) -> None:
        self.table = table or SessionTable()
        self.connection = ServerConnection(self.table, now_s=now_s)
        self.cseq = 0
        self._parser = Parser(is_lenient=True)

    def send(self, method: str, url: str = URL, *lines: str, body: str = "", now_s: float = 1.0) -> list:
        self.cseq += 1
        head = [f"{method} {url} RTSP/1.0", f"CSeq: {self.cseq}", *lines]
        if body:
            head.append(f"Content-Length: {len(body)}")
        return self.connection.receive(("\r\n".join([*head, "", ""]) + body).encode(), now_s)

    def answers(self) -> list[Response]:
        parsed = self._parser.receive(b"".join(self.connection.outgoing()))
        assert all(isinstance(each, Response) for each in parsed)
        return parsed

    def answer(self) -> Response:
        (only,) = self.answers()
        return only

    def set_up(
        self, transport: Transport = INTERLEAVED, session_id: str = "s1", track: str = "video"
    ) -> Session:
        (event,) = self.send("SETUP", f"{URL}/{track}", f"Transport: {transport.to_header()}")
        session = self.connection.accept_setup(event.request, transport, session_id)
        assert session is not None
        self.answers()
        return session

    def play(self, session: Session, now_s: float = 1.0) -> None:
        (event,) = self.send("PLAY", URL, f"Session: {session.id}", now_s=now_s)
        self.connection.accept_play(event.request)
        self.answers()


@pytest.fixture
def peer() -> Peer:
    return Peer()


def test_a_player_watches_a_stream_from_options_to_teardown(peer: Peer) -> None:
    assert peer.send("OPTIONS") == []
    answer = peer.answer()
    assert answer.status == 200
    assert "GET_PARAMETER" in (answer.headers.get("Public") or "")
    assert answer.headers.get("CSeq") == "1"
    assert answer.headers.get("Server") == "Vedette"

    (described,) = peer.send("DESCRIBE", URL, "Accept: application/sdp")
    assert isinstance(described, DescribeRequested)
    assert described.url == URL
    peer.connection.accept_describe(described.request, SDP, URL + "/")
    answer = peer.answer()
    assert answer.body == SDP.encode()
    assert answer.headers.get("Content-Base") == URL + "/"

    (setup,) = peer.send("SETUP", URL + "/video", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
    assert isinstance(setup, SetupRequested)
    assert setup.transports == (INTERLEAVED,)
    assert setup.session is None
    assert not setup.is_replay
    session = peer.connection.accept_setup(setup.request, setup.transports[0], "abc")
    assert session is not None
    answer = peer.answer()
    assert answer.headers.get("Session") == "abc;timeout=60"
    assert answer.headers.get("Transport") == "RTP/AVP/TCP;unicast;interleaved=0-1"

    (played,) = peer.send("PLAY", URL, "Session: abc", "Range: npt=now-")
    assert isinstance(played, PlayRequested)
    assert played.play.cseq == 4
    assert played.play.is_rate_controlled
    peer.connection.accept_play(
        played.request,
        range=ClockRange(start_utc_us=1_266_417_440_257_000),
        rtp_info=[RtpInfo(url=URL + "/video", sequence=1234, rtp_time=3450012)],
    )
    answer = peer.answer()
    assert answer.headers.get("Range") == "clock=20100217T143720.257000Z-"
    assert answer.headers.get("RTP-Info") == f"url={URL}/video;seq=1234;rtptime=3450012"
    assert session.state is State.PLAYING

    (again,) = peer.send("PLAY", URL, "Session: abc", "Range: npt=1.5-")
    assert isinstance(again, PlayRequested)
    peer.connection.accept_play(
        again.request, range=ClockRange(start_utc_us=0), play_time=NptRange(start_us=1_500_000)
    )
    ranges = ("clock=19700101T000000.000000Z-", "npt=1.500000-")  # players take the last line
    assert peer.answer().headers.all("Range") == ranges

    (report,) = peer.connection.receive(b"$\x01\x00\x04\x80\xc9\x00\x01", 2.0)
    assert isinstance(report, InterleavedReceived)
    assert report.session is session
    assert [bytes(each) for each in report.packets] == [b"\x80\xc9\x00\x01"]

    (ended,) = peer.send("TEARDOWN", URL, "Session: abc")
    assert isinstance(ended, TeardownRequested)
    assert ended.ends_session
    peer.connection.accept(ended.request)
    assert peer.answer().status == 200
    assert peer.table.sessions == ()
    assert session.is_ended


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("NONSENSE rtsp://h/ RTSP/1.0\r\nCSeq: 7", 501),
        ("RECORD rtsp://h/ RTSP/1.0\r\nCSeq: 7", 405),
        ("ANNOUNCE rtsp://h/ RTSP/1.0\r\nCSeq: 7", 405),
        ("REDIRECT rtsp://h/ RTSP/1.0\r\nCSeq: 7", 405),
        ("OPTIONS rtsp://h/ RTSP/2.0\r\nCSeq: 7", 505),
        ("GET / HTTP/1.1\r\nCSeq: 7", 505),
        ("OPTIONS * RTSP/1.0", 400),
        ("OPTIONS * RTSP/1.0\r\nCSeq: seven", 400),
        ("OPTIONS * RTSP/1.0\r\nCSeq: 7\r\nSession: gone", 454),
        ("PLAY rtsp://h/ RTSP/1.0\r\nCSeq: 7", 454),
        ("PLAY rtsp://h/ RTSP/1.0\r\nCSeq: 7\r\nSession: gone", 454),
        ("TEARDOWN rtsp://h/ RTSP/1.0\r\nCSeq: 7\r\nSession: gone", 454),
        ("GET_PARAMETER rtsp://h/ RTSP/1.0\r\nCSeq: 7\r\nSession: gone", 454),
        ("SETUP rtsp://h/ RTSP/1.0\r\nCSeq: 7", 400),
        ("SETUP rtsp://h/ RTSP/1.0\r\nCSeq: 7\r\nTransport: RAW/RAW/SCTP", 461),
        ("SETUP rtsp://h/ RTSP/1.0\r\nCSeq: 7\r\nTransport: RTP/AVP;unicast;mode=RECORD", 461),
        ("DESCRIBE rtsp://h/ RTSP/1.0\r\nCSeq: 7\r\nAccept: text/html", 406),
        ("DESCRIBE rtsp://h/" + "x" * 2100 + " RTSP/1.0\r\nCSeq: 7", 414),
        ("DESCRIBE rtsp://h/ RTSP/1.0\r\nCSeq: 7\r\nRequire: time-travel", 551),
        ("DESCRIBE rtsp://h/ RTSP/1.0\r\nCSeq: 7\r\nProxy-Require: time-travel", 551),
    ],
)
def test_what_needs_no_driver_is_refused_at_once(peer: Peer, lines: str, status: int) -> None:
    assert peer.connection.receive(f"{lines}\r\n\r\n".encode(), 1.0) == []

    answer = peer.answer()
    assert answer.status == status
    assert answer.headers.get("CSeq") == ("7" if "CSeq: 7" in lines else None)
    if status == 551:
        assert answer.headers.get("Unsupported") == "time-travel"
    if status == 405:
        assert "DESCRIBE" in (answer.headers.get("Allow") or "")
    assert not peer.connection.is_closed


def test_garbage_is_answered_400_and_ends_the_connection(peer: Peer) -> None:
    (closed,) = peer.connection.receive(b"\x16\x03\x01\x02\x00\x01\x00", 1.0)

    assert isinstance(closed, ConnectionClosed)
    assert closed.error is not None
    assert peer.answer().status == 400
    assert peer.connection.deadline_s is None
    assert peer.connection.receive(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", 1.0) == []


def test_an_oversized_body_is_answered_413(peer: Peer) -> None:
    head = b"SET_PARAMETER * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 99999999\r\n\r\n"
    (closed,) = peer.connection.receive(head, 1.0)

    assert isinstance(closed.error, LimitExceeded)
    assert peer.answer().status == 413


def test_a_login_is_asked_for_and_given(peer: Peer) -> None:
    (first,) = peer.send("DESCRIBE")
    assert first.request.authorization is None
    peer.connection.refuse(first.request, 401, www_authenticate=['Digest realm="a"', 'Digest realm="b"'])
    answer = peer.answer()
    assert answer.status == 401
    assert answer.headers.all("WWW-Authenticate") == ('Digest realm="a"', 'Digest realm="b"')

    (second,) = peer.send("DESCRIBE", URL, 'Authorization: Digest username="u"')
    assert second.request.authorization == 'Digest username="u"'


def test_answers_leave_in_the_order_of_the_requests(peer: Peer) -> None:
    (first,) = peer.send("DESCRIBE")
    (second,) = peer.send("DESCRIBE", URL + "2")
    assert peer.send("OPTIONS") == []
    assert peer.answers() == []

    peer.connection.refuse(second.request, 404)
    assert peer.answers() == []
    peer.connection.accept_describe(first.request, SDP, URL)
    assert [each.headers.get("CSeq") for each in peer.answers()] == ["1", "2", "3"]


def test_a_request_is_answered_only_once(peer: Peer) -> None:
    (event,) = peer.send("DESCRIBE")
    peer.connection.refuse(event.request, 404)

    with pytest.raises(CallerError):
        peer.connection.accept_describe(event.request, SDP, URL)
    with pytest.raises(CallerError):
        peer.connection.refuse(event.request, 200)


def test_requests_without_answers_are_bounded(peer: Peer) -> None:
    for _ in range(UNANSWERED_MOST):
        assert len(peer.send("DESCRIBE")) == 1
    (closed,) = peer.send("DESCRIBE")

    assert isinstance(closed, ConnectionClosed)
    assert isinstance(closed.error, LimitExceeded)


def test_a_request_out_of_turn_is_answered_455_and_changes_nothing(peer: Peer) -> None:
    session = peer.set_up()

    assert peer.send("PAUSE", URL, f"Session: {session.id}") == []
    assert peer.answer().status == 455
    assert session.state is State.READY


def test_a_refused_play_leaves_the_session_ready(peer: Peer) -> None:
    session = peer.set_up()
    (event,) = peer.send("PLAY", URL, f"Session: {session.id}")
    assert session.expected_state is State.PLAYING
    peer.connection.refuse(event.request, 401)

    assert session.state is State.READY
    assert session.expected_state is State.READY


def test_pause_and_play_may_follow_before_the_answer_to_play(peer: Peer) -> None:
    session = peer.set_up()
    (play,) = peer.send("PLAY", URL, f"Session: {session.id}")
    (pause,) = peer.send("PAUSE", URL, f"Session: {session.id}")
    (again,) = peer.send("PLAY", URL, f"Session: {session.id}", "Immediate: yes")
    assert isinstance(pause, PauseRequested)
    assert again.play.is_immediate

    peer.connection.accept_play(play.request)
    assert session.state is State.PLAYING
    peer.connection.accept(pause.request)
    assert session.state is State.READY
    peer.connection.accept_play(again.request)
    assert session.state is State.PLAYING


@pytest.mark.parametrize(
    ("value", "point"),
    [
        ("clock=20261120T100000Z", ClockRange(start_utc_us=1_795_168_800_000_000)),
        ("clock=20261120T100000Z-", ClockRange(start_utc_us=1_795_168_800_000_000)),
        ("clock=20261120T100000Z;time=20261120T100000Z", ClockRange(start_utc_us=1_795_168_800_000_000)),
        ("npt=12.5", NptRange(start_us=12_500_000)),
        ("npt=now-", NptRange()),
    ],
)
def test_a_pause_at_an_instant_leaves_the_session_playing_until_then(
    peer: Peer, value: str, point: object
) -> None:
    session = peer.set_up()
    peer.play(session)
    (pause,) = peer.send("PAUSE", URL, f"Session: {session.id}", f"Range: {value}")

    assert pause.point == point
    peer.connection.accept(pause.request)
    assert peer.answer().status == 200
    assert session.state is State.PLAYING
    peer.connection.paused(session)
    assert session.state is State.READY


@pytest.mark.parametrize(
    "value", ["clock=20261120T100000Z-20261120T110000Z", "npt=1-2", "smpte=0:10:20", "clock", "soon"]
)
def test_a_pause_at_what_is_no_instant_is_refused(peer: Peer, value: str) -> None:
    session = peer.set_up()
    peer.play(session)

    assert peer.send("PAUSE", URL, f"Session: {session.id}", f"Range: {value}") == []
    assert peer.answer().status == 457
    assert session.expected_state is State.PLAYING


def test_a_pause_at_an_instant_out_of_turn_is_refused(peer: Peer) -> None:
    session = peer.set_up()

    assert peer.send("PAUSE", URL, f"Session: {session.id}", "Range: npt=12-") == []
    assert peer.answer().status == 455


def test_a_seek_plays_on_in_the_same_session(peer: Peer) -> None:
    session = peer.set_up()
    peer.play(session)
    (seek,) = peer.send(
        "PLAY",
        URL,
        f"Session: {session.id}",
        "Require: onvif-replay",
        "Range: clock=20261120T100000.5Z-20261120T090000Z",
        "Scale: -1.0",
        "Rate-Control: no",
        "Frames: intra/4000",
        "Immediate: yes",
    )

    assert seek.play.is_reverse
    assert seek.play.frames == FrameSelection(kind=FrameKind.INTRA, interval_ms=4000)
    assert not seek.play.is_rate_controlled
    assert isinstance(seek.play.range, ClockRange)
    peer.connection.accept_play(seek.request, scale=-1.0, range=seek.play.range)
    assert peer.answer().headers.get("Scale") == "-1.0"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["Range: smpte=0:10:20-"], 457),
        (["Range: clock=yesterday-"], 457),
        (["Range: clock=20261120T100000Z-20261120T090000Z"], 457),
        (["Range: clock=20261120T090000Z-20261120T100000Z", "Scale: -1.0"], 457),
        (["Scale: fast"], 400),
        (["Speed: -1"], 400),
        (["Frames: all/20"], 400),
        (["Immediate: perhaps"], 400),
        (["Rate-Control: no", "Scale: 2.0"], 456),
    ],
)
def test_a_play_that_makes_no_sense_is_refused(peer: Peer, lines: list[str], status: int) -> None:
    session = peer.set_up()

    assert peer.send("PLAY", URL, f"Session: {session.id}", *lines) == []
    assert peer.answer().status == status
    assert session.expected_state is State.READY


def test_another_session_on_the_same_track_gets_channels_of_its_own(peer: Peer) -> None:
    session = peer.set_up()
    track = session.tracks[0]
    taken = track.transport.interleaved

    assert peer.connection.channels_for(taken, track.url, session) == taken  # asked for once more
    assert peer.connection.channels_for(taken, track.url, None) == (2, 3)
    assert peer.connection.channels_for(taken, f"{URL}/audio", session) == (2, 3)


def test_several_tracks_play_only_together(peer: Peer) -> None:
    session = peer.set_up()
    (event,) = peer.send(
        "SETUP", f"{URL}/audio", "Transport: RTP/AVP/TCP;interleaved=2-3", f"Session: {session.id}"
    )
    assert event.session is session
    assert peer.connection.free_channels == (2, 3)
    assert peer.connection.accept_setup(event.request, event.transports[0], "ignored") is session
    assert peer.connection.free_channels == (4, 5)
    assert peer.answer().headers.get("Session") == "s1;timeout=60"

    assert peer.send("PLAY", f"{URL}/audio", f"Session: {session.id}") == []
    assert peer.answer().status == 460
    peer.play(session)
    assert peer.send("PAUSE", f"{URL}/audio", f"Session: {session.id}") == []
    assert peer.answer().status == 460

    (event,) = peer.send("TEARDOWN", f"{URL}/audio", f"Session: {session.id}")
    assert not event.ends_session
    peer.connection.accept(event.request)
    assert peer.answer().status == 200
    assert [track.url for track in session.tracks] == [f"{URL}/video"]
    assert peer.connection.free_channels == (2, 3)
    assert session.state is State.PLAYING


def test_a_single_track_may_be_named_itself(peer: Peer) -> None:
    session = peer.set_up()
    (event,) = peer.send("PLAY", f"{URL}/video/", f"Session: {session.id}")

    assert isinstance(event, PlayRequested)


def test_the_transport_changes_before_play_and_not_after(peer: Peer) -> None:
    session = peer.set_up()
    (event,) = peer.send(
        "SETUP", f"{URL}/video", "Transport: RTP/AVP;client_port=5000", f"Session: {session.id}"
    )
    peer.connection.accept_setup(event.request, UDP, "ignored")
    peer.answers()
    assert [track.transport for track in session.tracks] == [UDP]
    assert peer.connection.free_channels == (0, 1)

    peer.play(session)
    assert peer.send("SETUP", f"{URL}/video", "Transport: RTP/AVP/TCP", f"Session: {session.id}") == []
    assert peer.answer().status == 455


def test_the_only_session_need_not_be_named(peer: Peer) -> None:
    session = peer.set_up()
    (event,) = peer.send("PLAY", URL)

    assert event.session is session


def test_an_empty_parameter_request_keeps_alive_and_a_full_one_surfaces(peer: Peer) -> None:
    session = peer.set_up()
    assert peer.send("SET_PARAMETER", URL, f"Session: {session.id}", now_s=50.0) == []
    assert peer.answer().status == 200
    assert session.deadline_s == 110.0
    (event,) = peer.send("GET_PARAMETER", URL, f"Session: {session.id}", body="position\r\n", now_s=51.0)
    assert isinstance(event, ParameterRequested)
    assert event.body == b"position\r\n"
    peer.connection.accept(
        event.request, headers=[("Content-Type", "text/parameters")], body=b"position: 1\r\n"
    )
    assert peer.answer().body == b"position: 1\r\n"


def test_every_request_but_teardown_keeps_alive(peer: Peer) -> None:
    session = peer.set_up()
    peer.send("OPTIONS", "*", now_s=30.0)
    assert session.deadline_s == 90.0
    (event,) = peer.send("TEARDOWN", URL, f"Session: {session.id}", now_s=40.0)
    assert session.deadline_s == 90.0
    peer.connection.refuse(event.request, 401)
    peer.connection.touch(session, 45.0)
    assert session.deadline_s == 105.0


def test_silence_ends_a_playing_session(peer: Peer) -> None:
    session = peer.set_up()
    peer.play(session, now_s=2.0)
    assert peer.connection.deadline_s == 62.0

    assert peer.connection.pass_time(61.9) == []
    assert peer.connection.pass_time(62.0) == [SessionExpired(session)]
    assert peer.table.sessions == ()
    assert peer.connection.deadline_s == 62.0 + IDLE_S
    assert peer.send("PLAY", URL, "Session: s1", now_s=63.0) == []
    assert peer.answer().status == 454


def test_a_session_that_ends_while_its_play_waits_is_answered_454(peer: Peer) -> None:
    session = peer.set_up()
    (event,) = peer.send("PLAY", URL, f"Session: {session.id}", now_s=1.0)
    assert peer.connection.pass_time(62.0) == [SessionExpired(session)]
    peer.connection.accept_play(event.request)

    assert peer.answer().status == 454


def test_a_connection_without_a_session_is_not_kept_for_ever(peer: Peer) -> None:
    peer.send("OPTIONS", now_s=10.0)

    assert peer.connection.deadline_s == 10.0 + IDLE_S
    (closed,) = peer.connection.pass_time(10.0 + IDLE_S)
    assert isinstance(closed, ConnectionClosed)


def test_an_interleaved_session_ends_with_its_connection(peer: Peer) -> None:
    session = peer.set_up()
    stranger = Peer(peer.table)
    assert stranger.send("PLAY", URL, f"Session: {session.id}") == []
    assert stranger.answer().status == 454

    assert peer.connection.receive(b"", 5.0) == [ConnectionClosed("closed by the client", None, (session,))]
    assert peer.table.sessions == ()


def test_a_udp_session_outlives_its_connection_and_obeys_another(peer: Peer) -> None:
    session = peer.set_up(UDP)
    assert peer.table.deadline_s is None
    assert peer.connection.receive(b"", 5.0) == [ConnectionClosed("closed by the client", None, ())]
    assert peer.table.sessions == (session,)
    assert peer.table.deadline_s == 61.0

    other = Peer(peer.table)
    other.play(session, now_s=6.0)
    assert session.state is State.PLAYING
    assert peer.table.pass_time(65.9) == []
    assert peer.table.pass_time(66.0) == [session]
    assert session.is_ended


def test_an_answer_after_the_client_has_gone_changes_nothing(peer: Peer) -> None:
    session = peer.set_up(UDP)
    (play,) = peer.send("PLAY", URL, f"Session: {session.id}")
    (setup,) = peer.send("SETUP", URL + "/2", "Transport: RTP/AVP;client_port=7000")
    peer.connection.close("shutting down")

    peer.connection.accept_play(play.request)
    assert peer.connection.accept_setup(setup.request, UDP, "new") is None
    assert session.state is State.READY
    assert session.expected_state is State.READY
    assert peer.table.sessions == (session,)
    assert peer.connection.outgoing() == []


def test_a_full_table_is_answered_503() -> None:
    peer = Peer(SessionTable(most=1))
    (early,) = peer.send("SETUP", URL + "/2", "Transport: RTP/AVP;client_port=7000")
    peer.connection.accept_setup(early.request, UDP, "first")
    assert peer.answer().status == 200

    assert peer.send("SETUP", URL + "/3", "Transport: RTP/AVP;client_port=7002") == []
    assert peer.answer().status == 503


def test_media_and_requests_may_alternate(peer: Peer) -> None:
    session = peer.set_up()
    peer.play(session)
    data = b"$\x01\x00\x01a$\x01\x00\x01bOPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n$\x05\x00\x01c"
    first, second = peer.connection.receive(data, 3.0)

    assert [bytes(each) for each in first.packets] == [b"a", b"b"]
    assert second.session is None
    assert second.channel == 5
    assert peer.answer().headers.get("CSeq") == "9"
