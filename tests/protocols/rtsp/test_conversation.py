"""Our client and our server, byte by byte, with nothing between them."""

import pytest

from vedette.protocols.http1.digest import (
    Algorithm,
    DigestAuthorization,
    DigestChallenge,
    parse_authorization,
    verify,
)
from vedette.protocols.rtsp.client import ClientConnection
from vedette.protocols.rtsp.client_events import (
    Answered,
    AuthenticationFailed,
    DescribeAnswered,
    OptionsAnswered,
    PlayAnswered,
    SetupAnswered,
)
from vedette.protocols.rtsp.headers import ClockRange, LowerTransport, RtpInfo, Transport
from vedette.protocols.rtsp.parser import Interleaved
from vedette.protocols.rtsp.play import PlayParameters
from vedette.protocols.rtsp.server import ServerConnection
from vedette.protocols.rtsp.server_events import (
    DescribeRequested,
    InterleavedReceived,
    PlayRequested,
    SetupRequested,
)
from vedette.protocols.rtsp.session import SessionTable
from vedette.protocols.sdp import Attribute, MediaDescription, SessionDescription

SDP = SessionDescription(
    name="attic",
    attributes=(Attribute("control", "*"),),
    media=(
        MediaDescription(kind="video", formats=("96",), attributes=(Attribute("control", "track0"),)),
        MediaDescription(kind="audio", formats=("0",), attributes=(Attribute("control", "track1"),)),
    ),
)
ASKED = Transport(lower=LowerTransport.TCP, interleaved=(0, 1))
START = ClockRange(start_utc_us=1_795_168_800_500_000)


class Conversation:
    """A client, a server and a driver that knows one user; `step` is how many bytes travel at a time."""

    def __init__(self, step: int, password: str = "secret") -> None:
        self.table = SessionTable()
        self.server = ServerConnection(self.table, now_s=0.0)
        self.client = ClientConnection(f"rtsp://viewer:{password}@cam/attic", cnonce="0a4f113b")
        self.received: list[InterleavedReceived] = []
        self._step = step
        self._ids = iter(("s1", "s2"))

    def run(self) -> list:
        """Carry bytes until both are silent; what the client reports."""
        events: list = []
        while True:
            to_server = b"".join(self.client.outgoing())
            for piece in self._pieces(to_server):
                for event in self.server.receive(piece, 1.0):
                    self._drive(event)
            to_client = b"".join(self.server.outgoing())
            for piece in self._pieces(to_client):
                events += self.client.receive(piece, 1.0)
            if not to_server and not to_client:
                return events

    def _pieces(self, data: bytes) -> list[bytes]:
        return [data[start : start + self._step] for start in range(0, len(data), self._step)]

    def _drive(self, event: object) -> None:
        if isinstance(event, InterleavedReceived):
            self.received.append(event)
            return
        request = event.request  # type: ignore[attr-defined]
        if not self._is_known(request):
            challenges = [
                DigestChallenge(realm="cam", nonce="n", algorithm=each).to_header()
                for each in (Algorithm.SHA256, Algorithm.MD5)
            ]
            self.server.refuse(request, 401, www_authenticate=challenges)
        elif isinstance(event, DescribeRequested):
            self.server.accept_describe(request, SDP.to_text(), event.url + "/")
        elif isinstance(event, SetupRequested):
            first, second = self.server.free_channels
            chosen = Transport(lower=LowerTransport.TCP, interleaved=(first, second), ssrc=1)
            self.server.accept_setup(request, chosen, next(self._ids))
        elif isinstance(event, PlayRequested):
            info = [RtpInfo(url=track.url, sequence=5, rtp_time=90000) for track in event.session.tracks]
            self.server.accept_play(request, range=event.play.range, rtp_info=info, scale=event.play.scale)
        else:
            self.server.accept(request)

    def _is_known(self, request: object) -> bool:
        value = request.authorization  # type: ignore[attr-defined]
        if value is None:
            return False
        authorization = parse_authorization(value)
        assert isinstance(authorization, DigestAuthorization)
        assert authorization.algorithm is Algorithm.SHA256
        return verify(authorization, request.method, "secret")  # type: ignore[attr-defined]


@pytest.mark.parametrize("step", [1, 3, 64, 100_000])
def test_a_recording_is_found_played_sought_and_left(step: int) -> None:
    talk = Conversation(step)
    talk.client.options(0.0)
    talk.client.describe(0.0)
    options, described = talk.run()
    assert isinstance(options, OptionsAnswered)
    assert isinstance(described, DescribeAnswered)
    assert described.sdp == SDP
    assert described.track_urls == ("rtsp://cam/attic/track0", "rtsp://cam/attic/track1")

    found = []
    for url in described.track_urls:
        talk.client.setup(0.0, url, [ASKED], requires=["onvif-replay"])
        (answered,) = talk.run()
        assert isinstance(answered, SetupAnswered)
        found.append(answered.transport.interleaved)
    assert found == [(0, 1), (2, 3)]

    for scale in (None, -1.0):
        play = PlayParameters(range=START, scale=scale, is_rate_controlled=False, is_immediate=True)
        talk.client.play(0.0, play, requires=["onvif-replay"])
        (played,) = talk.run()
        assert isinstance(played, PlayAnswered)
        assert (played.range, played.scale) == (START, scale)
        assert [info.sequence for info in played.rtp_info] == [5, 5]

    talk.client.send_interleaved(3, b"\x80\xc9report")
    talk.run()
    assert [bytes(packet) for event in talk.received for packet in event.packets] == [b"\x80\xc9report"]
    (media,) = talk.client.receive(b"$\x00\x00\x02ab", 1.0)
    assert isinstance(media, Interleaved)

    talk.client.pause(0.0)
    talk.client.teardown(0.0)
    assert [type(event) for event in talk.run()] == [Answered] * 2
    assert talk.table.sessions == ()


def test_a_wrong_password_is_refused_once() -> None:
    talk = Conversation(100, password="guess")
    talk.client.describe(0.0)
    (failed,) = talk.run()

    assert isinstance(failed, AuthenticationFailed)
