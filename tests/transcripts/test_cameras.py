"""Our client core goes through conversations with cameras: every oddity is understood or named."""

from pathlib import Path

import pytest
from tests.transcripts.transcript import Turn, found, read

from vedette.client.rtsp.tracks import chosen_tracks
from vedette.protocols.rtsp.client import ClientConnection
from vedette.protocols.rtsp.client_events import (
    AuthenticationFailed,
    ClientEvent,
    ConnectionLost,
    DescribeAnswered,
    RequestRefused,
    SetupAnswered,
)
from vedette.protocols.rtsp.headers import LowerTransport, Transport
from vedette.protocols.rtsp.message import Request
from vedette.protocols.rtsp.parser import Parser

CAMERAS = [path for path in found("*/*.txt") if "RTSP/1.0" in path.read_text(encoding="utf-8")]
CAMERAS = [path for path in CAMERAS if read(path).is_reconstructed or "-server-" in path.parent.name]

# What each camera has for us: the codecs of its tracks, and the channels that they come on.
TRACKS: dict[str, tuple[tuple[str, ...], tuple[tuple[int, int], ...]]] = {
    "axis-companion": (("H264",), ((0, 1),)),
    "gstreamer-rtsp-server-1.22.0": (("H264", "PCMU"), ((0, 1), (2, 3))),
    "hikvision-ipc-unknown": (("H264",), ()),
    "hikvision-media-server-5.03": (("H264", "AAC"), ()),
    "honeywell-ipc-unknown": (("H264", "METADATA"), ()),
    "majorkernelpanic-server": (("H264",), ((0, 1),)),
    "streaming-server-2.9": (("H264", "PCMU"), ((0, 1), (4, 5))),
    "tp-link-ipc-unknown": (("H265", "PCMA"), ()),
    "tp-link-tapo-c200": (("H264", "PCMA"), ()),
    "tp-link-tapo-c210": (("H264",), ()),
    "triax-tss-400": (("H264",), ((0, 1),)),
    "uniview-ipc-unknown": (("H264", "METADATA"), ((0, 1), (2, 3))),
    "uniview-ipc2122lb": (("H264",), ()),
    "unknown-camera": (("H264",), ((0, 1),)),
    "unknown-webcam": (("H264",), ((0, 1),)),
    "vstarcam-ipc-unknown": (("H264",), ((0, 1),)),
    "xiongmai-unknown": (("JPEG",), ((0, 1),)),
}


class Conversation:
    """Asks what was asked then, and hears what was answered then."""

    def __init__(self, first: Turn) -> None:
        url = first.first_line.split()[1].replace("rtsp://", "rtsp://admin:geheim@", 1)
        self.core = ClientConnection(url, cnonce="0a4f113b")
        self.events: list[ClientEvent] = []
        self._parser = Parser()
        self._channels = 0

    def ask(self, turn: Turn) -> Request:
        """Send the request of a turn, unless it is on its way already (a login); it as it was sent."""
        sent = self._sent()
        if not sent:
            method, url, _ = turn.first_line.split()
            self._command(method, url)
            sent = self._sent()
        (only,) = sent
        return only

    def hear(self, turn: Turn) -> None:
        """Take an answer."""
        self.events += self.core.receive(turn.data(), 1.0)

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    def _command(self, method: str, url: str) -> None:
        core = self.core
        if method == "SETUP":
            channels = (self._channels, self._channels + 1)
            self._channels += 2
            core.setup(1.0, url, [Transport(lower=LowerTransport.TCP, interleaved=channels)])
        else:
            {
                "OPTIONS": core.options,
                "DESCRIBE": core.describe,
                "PLAY": core.play,
                "TEARDOWN": core.teardown,
            }[method](1.0)

    def _sent(self) -> list[Request]:
        parsed = self._parser.receive(b"".join(self.core.outgoing()))
        assert all(isinstance(each, Request) for each in parsed)
        return parsed  # type: ignore[return-value]


@pytest.mark.parametrize("path", CAMERAS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_camera_s_answers_are_understood(path: Path) -> None:
    transcript = read(path)
    talk = Conversation(transcript.turns[0])
    for asked, told in transcript.answered():
        request = talk.ask(asked)
        assert f"{request.method} {request.url} RTSP/1.0" == asked.first_line
        talk.hear(told)

    assert talk.of(ConnectionLost) + talk.of(RequestRefused) + talk.of(AuthenticationFailed) == []
    (described,) = talk.of(DescribeAnswered)
    tracks, _ = chosen_tracks(described.sdp, described.track_urls)
    codecs, channels = TRACKS[path.parent.name]
    assert tuple(each.track.codec for each in tracks) == codecs
    set_up = talk.of(SetupAnswered)
    assert tuple(each.transport.interleaved for each in set_up) == channels
    offered = {each.url for each in tracks}
    assert all(each.url in offered for each in set_up), "what was set up is what the description names"
    assert all(each.session_id for each in set_up)


@pytest.mark.parametrize("path", found("*/login.txt"), ids=lambda path: path.parent.name)
def test_a_password_is_never_sent_in_the_clear(path: Path) -> None:
    transcript = read(path)
    talk = Conversation(transcript.turns[0])
    logins = []
    for asked, told in transcript.answered():
        logins.append(talk.ask(asked).headers.get("Authorization") or "")
        talk.hear(told)
    assert [each.partition(" ")[0] for each in logins] == ["", "Digest"]


def test_every_camera_s_transcript_is_expected() -> None:
    assert {path.parent.name for path in CAMERAS} == set(TRACKS)
