"""Our server core goes through the conversations that players had with it: each request means the same."""

from pathlib import Path

import pytest
from tests.transcripts.transcript import Turn, found, read

from vedette.protocols.http1.digest import DigestAuthorization, parse_authorization, verify
from vedette.protocols.rtsp.headers import parse_decimal, parse_range, parse_rtp_info, parse_transports
from vedette.protocols.rtsp.message import Response
from vedette.protocols.rtsp.parser import Parser
from vedette.protocols.rtsp.server import ServerConnection
from vedette.protocols.rtsp.server_events import DescribeRequested, PlayRequested, SetupRequested
from vedette.protocols.rtsp.session import SessionTable

PASSWORD = "interop-4-all"
VIEWERS = [path for maker in ("ffmpeg", "gstreamer-1", "vlc") for path in found(f"{maker}*/*.txt")]


def response(turn: Turn) -> Response:
    (only,) = Parser(is_lenient=True).receive(turn.data())
    assert isinstance(only, Response)
    return only


class Stage:
    """A server that decides as it decided when the conversation was recorded."""

    def __init__(self) -> None:
        self.core = ServerConnection(SessionTable(), now_s=0.0)
        self.logins = 0

    def answer(self, asked: bytes, told: Response) -> bytes:
        """What the core sends in answer to a request, led by what was decided then."""
        for event in self.core.receive(asked, 1.0):
            self._decide(event, told)
        return b"".join(self.core.outgoing())

    def _decide(self, event: object, told: Response) -> None:
        core, headers = self.core, told.headers
        request = event.request  # type: ignore[attr-defined]
        self._check_login(request)
        if not told.is_success:
            core.refuse(request, told.status, www_authenticate=headers.all("WWW-Authenticate"))
        elif isinstance(event, DescribeRequested):
            core.accept_describe(request, told.body.decode(), headers.get("Content-Base") or "")
        elif isinstance(event, SetupRequested):
            (transport,) = parse_transports(headers.get("Transport") or "")
            assert any(each.lower is transport.lower for each in event.transports)
            session_id, _, _ = (headers.get("Session") or "").partition(";")
            core.accept_setup(request, transport, session_id)
        elif isinstance(event, PlayRequested):
            said = headers.get("Range")
            scale = headers.get("Scale")
            core.accept_play(
                request,
                range=None if said is None else parse_range(said),
                rtp_info=parse_rtp_info(headers.joined("RTP-Info") or ""),
                scale=None if scale is None else parse_decimal("Scale", scale),
            )
        else:
            core.accept(request)

    def _check_login(self, request: object) -> None:
        value = request.authorization  # type: ignore[attr-defined]
        if value is not None:
            login = parse_authorization(value)
            assert isinstance(login, DigestAuthorization)
            assert verify(login, request.method, PASSWORD)  # type: ignore[attr-defined]
            self.logins += 1


@pytest.mark.parametrize("path", VIEWERS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_player_is_answered_as_it_was(path: Path) -> None:
    stage = Stage()
    pairs = read(path).answered()
    for asked, told in pairs:
        before = response(told)
        again = stage.answer(asked.data(), before)
        (now,) = Parser().receive(again)
        assert isinstance(now, Response)
        assert (now.status, now.headers.get("CSeq")) == (before.status, before.headers.get("CSeq"))
        assert sorted(name for name, _ in now.headers) == sorted(name for name, _ in before.headers), asked
        assert now.body == before.body
    assert stage.logins >= 3, "described, set up and played with a login that holds"


@pytest.mark.parametrize("path", found("gstreamer-1*/replay*.txt"), ids=lambda path: path.stem)
def test_a_replay_is_asked_for_as_it_was(path: Path) -> None:
    core = ServerConnection(SessionTable(), now_s=0.0)
    plays = []
    stage = Stage()
    stage.core = core
    for asked, told in read(path).answered():
        for event in core.receive(asked.data(), 1.0):
            if isinstance(event, PlayRequested):
                plays.append(event.play)
            stage._decide(event, response(told))
        core.outgoing()
    first = plays[0]
    assert first.range is not None
    assert first.is_rate_controlled is (path.stem == "replay")
    assert (first.scale or 1.0) == (1.0 if path.stem == "replay" else -1.0)
