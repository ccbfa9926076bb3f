"""The client's side of a connection, against what cameras send."""

import pytest

from vedette.base.errors import CallerError
from vedette.protocols.http1.digest import DigestAuthorization, parse_authorization, verify
from vedette.protocols.rtsp.client import ANSWER_S, ClientConnection
from vedette.protocols.rtsp.client_events import (
    Answered,
    AuthenticationFailed,
    ConnectionLost,
    DescribeAnswered,
    OptionsAnswered,
    PlayAnswered,
    Redirected,
    RequestRefused,
    SessionLost,
    SetupAnswered,
)
from vedette.protocols.rtsp.headers import ClockRange, LowerTransport, RtpInfo, Transport
from vedette.protocols.rtsp.message import Method, Request, Response
from vedette.protocols.rtsp.parser import Interleaved, Parser, Skipped
from vedette.protocols.rtsp.play import PlayParameters

TCP = Transport(lower=LowerTransport.TCP, interleaved=(0, 1))
SDP = (
    "v=0\r\no=- 1 1 IN IP4 10.0.0.8\r\ns=Media Server\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n"
    "m=video 0 RTP/AVP 96\r\na=control:trackID=0\r\na=rtpmap:96 H264/90000\r\n"
    "m=audio 0 RTP/AVP 8\r\na=control:trackID=1\r\n"
)


class Camera:
    """Answers in text; keeps what the client sent."""

    def __init__(self, client: ClientConnection) -> None:
        self.client = client
        self._parser = Parser()

    def requests(self) -> list:
        return self._parser.receive(b"".join(self.client.outgoing()))

    def request(self) -> Request:
        (only,) = self.requests()
        assert isinstance(only, Request)
        return only

    def answer(self, first: str, *lines: str, body: str = "", now_s: float = 1.0) -> list:
        if body:
            lines = (*lines, f"Content-Length: {len(body)}")
        return self.client.receive(
            ("\r\n".join((f"RTSP/1.0 {first}", *lines, "", "")) + body).encode(), now_s
        )

    def cseq(self) -> str:
        return f"CSeq: {self.request().headers.get('CSeq')}"


@pytest.fixture
def camera() -> Camera:
    return Camera(ClientConnection("rtsp://admin:p%40ss@10.0.0.8/cam?channel=1&subtype=0", cnonce="c0ffee"))


def set_up(camera: Camera, session: str = "Session: 99;timeout=60", now_s: float = 1.0) -> None:
    camera.client.setup(now_s, "rtsp://10.0.0.8/v", [TCP])
    (event,) = camera.answer(
        "200 OK", camera.cseq(), session, "Transport: RTP/AVP/TCP;interleaved=0-1", now_s=now_s
    )
    assert isinstance(event, SetupAnswered)


def test_a_camera_is_played_from_options_to_teardown(camera: Camera) -> None:
    client = camera.client
    ticket = client.options(0.0)
    request = camera.request()
    assert request.url == "rtsp://10.0.0.8/cam?channel=1&subtype=0"
    assert camera.answer("200 OK", "CSeq: 1", "Public: OPTIONS, DESCRIBE, GET_PARAMETER") == [
        OptionsAnswered(ticket, ("OPTIONS", "DESCRIBE", "GET_PARAMETER"))
    ]

    ticket = client.describe(0.0)
    assert camera.request().headers.get("Accept") == "application/sdp"
    challenge = 'WWW-Authenticate: Digest realm="Login to 1", nonce="abc", qop="auth"'
    assert camera.answer("401 Unauthorized", "CSeq: 2", challenge) == []
    again = camera.request()
    assert again.headers.get("CSeq") == "3"
    authorization = parse_authorization(again.headers.get("Authorization") or "")
    assert isinstance(authorization, DigestAuthorization)
    assert authorization.uri == again.url
    assert verify(authorization, "DESCRIBE", "p@ss")
    (described,) = camera.answer("200 OK", "CSeq: 3", "Content-Type: application/sdp", body=SDP)
    assert isinstance(described, DescribeAnswered)
    assert described.ticket == ticket
    assert described.track_urls == (
        "rtsp://10.0.0.8/cam?channel=1&subtype=0/trackID=0",
        "rtsp://10.0.0.8/cam?channel=1&subtype=0/trackID=1",
    )
    assert described.aggregate_url == "rtsp://10.0.0.8/cam?channel=1&subtype=0"

    ticket = client.setup(0.0, described.track_urls[0], [TCP])
    setup = camera.request()
    second = parse_authorization(setup.headers.get("Authorization") or "")
    assert isinstance(second, DigestAuthorization)
    assert second.count == 2
    assert setup.headers.get("Transport") == "RTP/AVP/TCP;unicast;interleaved=0-1"
    transport = "Transport: RTP/AVP/TCP;unicast;interleaved=4-5;ssrc=1A2B3C4D;mode=play"
    (answered,) = camera.answer("200 OK", "CSeq: 4", "Session:  123456 ; timeout = 30", transport)
    assert isinstance(answered, SetupAnswered)
    assert answered.transport.interleaved == (4, 5)
    assert answered.transport.ssrc == 0x1A2B3C4D
    assert (answered.session_id, answered.timeout_s) == ("123456", 30.0)

    ticket = client.play(2.0)
    assert camera.request().headers.get("Session") == "123456"
    media = b"$\x04\x00\x02ab"
    head = (
        "RTSP/1.0 200 OK\r\nCSeq: 5\r\nSession: 123456\r\nRange: clock=20261120T100000.5Z-\r\n"
        f"RTP-Info: url={described.track_urls[0]};seq=7;rtptime=8\r\n\r\n"
    )
    played, packets = client.receive(head.encode() + media, 2.0)
    assert played == PlayAnswered(
        ticket,
        5,
        ClockRange(start_utc_us=1_795_168_800_500_000),
        (RtpInfo(url=described.track_urls[0], sequence=7, rtp_time=8),),
        None,
    )
    assert isinstance(packets, Interleaved)
    assert [bytes(each) for each in packets.packets] == [b"ab"]

    client.send_interleaved(5, b"report")
    assert client.outgoing() == [b"$\x05\x00\x06report"]
    ticket = client.teardown(3.0)
    assert camera.answer("200 OK", camera.cseq()) == [Answered(ticket, Method.TEARDOWN, b"")]
    assert client.session_id is None
    assert client.deadline_s is None


def test_wrong_credentials_are_tried_once(camera: Camera) -> None:
    ticket = camera.client.describe(0.0)
    challenge = 'WWW-Authenticate: Digest realm="r", nonce="{}"'
    assert camera.answer("401 No", camera.cseq(), challenge.format("a")) == []
    (event,) = camera.answer("401 No", camera.cseq(), challenge.format("b"))

    assert isinstance(event, AuthenticationFailed)
    assert event.ticket == ticket
    assert camera.requests() == []


def test_a_stale_nonce_is_answered_with_a_fresh_one(camera: Camera) -> None:
    camera.client.describe(0.0)
    assert (
        camera.answer("401 No", camera.cseq(), 'WWW-Authenticate: Digest realm="r", nonce="a", qop="auth"')
        == []
    )
    stale = 'WWW-Authenticate: Digest realm="r", nonce="b", qop="auth", stale=true'
    assert camera.answer("401 No", camera.cseq(), stale) == []
    request = camera.request()
    authorization = parse_authorization(request.headers.get("Authorization") or "")
    assert isinstance(authorization, DigestAuthorization)
    assert (authorization.nonce, authorization.count) == ("b", 1)
    (event,) = camera.answer("401 No", f"CSeq: {request.headers.get('CSeq')}", stale)
    assert isinstance(event, AuthenticationFailed)


def test_a_nonce_that_expires_in_the_middle_is_renewed_even_if_not_called_stale(camera: Camera) -> None:
    camera.client.describe(0.0)
    camera.answer("401 No", camera.cseq(), 'WWW-Authenticate: Digest realm="r", nonce="a"')
    camera.answer("200 OK", camera.cseq(), body=SDP)
    camera.client.setup(0.0, "rtsp://10.0.0.8/v", [TCP])
    assert camera.answer("401 No", camera.cseq(), 'WWW-Authenticate: Digest realm="r", nonce="b"') == []
    assert 'nonce="b"' in (camera.request().headers.get("Authorization") or "")


def test_without_credentials_a_login_fails_at_once() -> None:
    camera = Camera(ClientConnection("rtsp://10.0.0.8/", cnonce="c"))
    camera.client.describe(0.0)
    (event,) = camera.answer("401 No", camera.cseq(), 'WWW-Authenticate: Basic realm="r"')

    assert isinstance(event, AuthenticationFailed)


def test_the_password_is_not_sent_in_the_clear_unless_allowed(camera: Camera) -> None:
    camera.client.describe(0.0)
    (event,) = camera.answer("401 No", camera.cseq(), 'WWW-Authenticate: Basic realm="r"')
    assert isinstance(event, AuthenticationFailed)
    assert "in the clear (Basic), which it gets over rtsps alone" in event.reason

    allowed = Camera(ClientConnection("rtsp://h/", cnonce="c", user="u", password="p", is_basic_allowed=True))
    allowed.client.describe(0.0)
    assert allowed.answer("401 No", allowed.cseq(), 'WWW-Authenticate: Basic realm="r"') == []
    assert allowed.request().headers.get("Authorization") == "Basic dTpw"


def test_a_scheme_that_is_not_known_is_named(camera: Camera) -> None:
    camera.client.describe(0.0)
    challenge = 'WWW-Authenticate: Digest realm="r", nonce="n", algorithm=SHA-3'
    (event,) = camera.answer("401 No", camera.cseq(), challenge)
    assert isinstance(event, AuthenticationFailed)
    assert "a login by Digest SHA-3" in event.reason


def test_the_session_is_kept_alive_by_the_method_the_camera_knows(camera: Camera) -> None:
    set_up(camera)
    assert camera.client.deadline_s == 31.0
    assert camera.client.pass_time(30.9) == []
    assert camera.requests() == []
    camera.client.pass_time(31.0)
    request = camera.request()
    assert (request.method, request.headers.get("Session")) == ("OPTIONS", "99")
    assert camera.answer("200 OK", f"CSeq: {request.headers.get('CSeq')}", now_s=31.1) == []

    camera.client.options(32.0)
    camera.answer("200 OK", camera.cseq(), "Public: OPTIONS, GET_PARAMETER", now_s=32.0)
    camera.client.pass_time(62.0)
    request = camera.request()
    assert request.method == "GET_PARAMETER"
    assert camera.answer("501 No", f"CSeq: {request.headers.get('CSeq')}", now_s=62.1) == []
    camera.client.pass_time(92.0)
    assert camera.request().method == "OPTIONS"


def test_a_short_session_is_kept_alive_more_often(camera: Camera) -> None:
    set_up(camera, "Session: 99;timeout=10")

    assert camera.client.deadline_s == 6.0


def test_a_forgotten_session_is_reported(camera: Camera) -> None:
    set_up(camera)
    camera.client.pass_time(31.0)
    (event,) = camera.answer("454 Session Not Found", camera.cseq(), now_s=31.0)

    assert isinstance(event, SessionLost)
    assert camera.client.session_id is None


def test_an_answer_that_does_not_come_ends_the_connection(camera: Camera) -> None:
    camera.client.describe(5.0)
    assert camera.client.deadline_s == 5.0 + ANSWER_S
    assert camera.client.pass_time(14.9) == []
    (event,) = camera.client.pass_time(15.0)

    assert event == ConnectionLost("no answer to DESCRIBE for 10 s", None)
    assert camera.client.deadline_s is None
    with pytest.raises(CallerError):
        camera.client.options(16.0)


def test_media_counts_as_a_sign_of_life(camera: Camera) -> None:
    set_up(camera)
    camera.client.pause(2.0)
    camera.client.receive(b"$\x00\x00\x01x", 11.0)

    assert camera.client.pass_time(12.0) == []
    assert isinstance(camera.client.pass_time(21.0)[0], ConnectionLost)


def test_keep_alives_that_are_never_answered_do_not_pile_up(camera: Camera) -> None:
    set_up(camera)
    for second in range(2, 2000):
        camera.client.receive(b"$\x00\x00\x01x", float(second))
        assert camera.client.pass_time(float(second)) == []
    assert len(camera.client._waiting) == 1


def test_an_answer_without_cseq_belongs_to_the_oldest_request(camera: Camera) -> None:
    first = camera.client.options(0.0)
    second = camera.client.describe(0.0)

    assert camera.answer("200 OK", "Public: PLAY") == [OptionsAnswered(first, ("PLAY",))]
    (event,) = camera.answer("200", "CSeq: 77", body=SDP)
    assert event.ticket == second
    assert camera.answer("200 OK", "CSeq: 1") == []


def test_a_redirection_and_a_refusal_are_told_apart(camera: Camera) -> None:
    first = camera.client.describe(0.0)
    assert camera.answer("302 Moved", camera.cseq(), "Location: rtsp://10.0.0.9/") == [
        Redirected(first, "rtsp://10.0.0.9/")
    ]
    second = camera.client.describe(0.0)
    (event,) = camera.answer("404 Not Found", camera.cseq())
    assert isinstance(event, RequestRefused)
    assert (event.ticket, event.method, event.status) == (second, Method.DESCRIBE, 404)


def test_a_setup_answered_without_transport_is_what_was_asked_for(camera: Camera) -> None:
    camera.client.setup(0.0, "rtsp://10.0.0.8/v", [TCP])
    (event,) = camera.answer("200 OK", camera.cseq(), "Session: 1;timeout=soon")
    assert event.transport == TCP
    assert event.timeout_s == 60.0
    camera.client.setup(0.0, "rtsp://10.0.0.8/a", [TCP])
    (event,) = camera.answer("200 OK", camera.cseq(), "Session: 1", "Transport: RTP/AVP/TCP;unicast")
    assert event.transport == TCP


def test_unreadable_play_headers_are_left_out(camera: Camera) -> None:
    set_up(camera)
    ticket = camera.client.play(1.0, PlayParameters(scale=-1.0, is_immediate=True), requires=["onvif-replay"])
    request = camera.request()
    assert request.headers.get("Scale") == "-1.0"
    assert request.headers.get("Immediate") == "yes"
    assert request.headers.get("Require") == "onvif-replay"
    cseq = request.headers.get("CSeq")
    (event,) = camera.answer("200 OK", f"CSeq: {cseq}", "Range: smpte=0-", "Scale: x", "RTP-Info: nothing")

    assert event == PlayAnswered(ticket, int(cseq or 0), None, (), None)


def test_a_camera_may_ask_questions_itself(camera: Camera) -> None:
    ask = "{} rtsp://10.0.0.8/ RTSP/1.0\r\nCSeq: 5\r\n\r\n"
    for method, status in (("OPTIONS", 200), ("SET_PARAMETER", 200), ("ANNOUNCE", 200), ("RECORD", 501)):
        assert camera.client.receive(ask.format(method).encode(), 1.0) == []
        (answer,) = camera.requests()
        assert isinstance(answer, Response)
        assert (answer.status, answer.headers.get("CSeq")) == (status, "5")
    (event,) = camera.client.receive(ask.format("REDIRECT").encode(), 1.0)
    assert isinstance(event, Redirected)
    (event,) = camera.client.receive(ask.format("TEARDOWN").encode(), 1.0)
    assert isinstance(event, SessionLost)


def test_rubbish_between_frames_is_passed_over(camera: Camera) -> None:
    events = camera.client.receive(b"\x00\x01garbage$\x00\x00\x05\x80abcd", 1.0)

    assert [type(each) for each in events] == [Skipped, Interleaved]


def test_a_body_that_is_no_description_ends_the_connection(camera: Camera) -> None:
    camera.client.describe(0.0)
    (event,) = camera.answer("200 OK", camera.cseq(), body="<html>")

    assert isinstance(event, ConnectionLost)
    assert event.error is not None


def test_the_end_of_the_stream_ends_the_connection(camera: Camera) -> None:
    assert camera.client.receive(b"", 1.0) == [ConnectionLost("closed by the server", None)]
    assert camera.client.receive(b"RTSP/1.0 200 OK\r\n\r\n", 1.0) == []
