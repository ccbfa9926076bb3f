"""The server's side of one RTSP connection, plain or tunnelled: bytes and time in, events and bytes out.

What needs no knowledge of streams or users is answered here; the rest surfaces as an event with the
request to be answered. Answers leave in the order of the requests, whenever the driver gives them.
"""

from collections import deque
from collections.abc import Iterable, Sequence

from vedette.base.errors import CallerError, LimitExceeded, PeerError
from vedette.protocols.rtsp.headers import (
    BadHeader,
    NptRange,
    Range,
    RtpInfo,
    SessionHeader,
    Transport,
    UnsupportedRange,
    format_decimal,
    format_list,
    format_rtp_info,
    parse_count,
    parse_list,
    parse_session,
    parse_transports,
)
from vedette.protocols.rtsp.message import REASONS, VERSION, Headers, Method, Request, Response
from vedette.protocols.rtsp.parser import Broken, Interleaved, Limits, Parser
from vedette.protocols.rtsp.play import (
    BACKCHANNEL_TAG,
    REPLAY_TAG,
    HeaderNotValid,
    parse_pause_point,
    parse_play,
)
from vedette.protocols.rtsp.server_events import (
    ConnectionClosed,
    DescribeRequested,
    IncomingRequest,
    InterleavedReceived,
    ParameterRequested,
    PauseRequested,
    PlayRequested,
    RequestEvent,
    ServerEvent,
    SessionExpired,
    SetupRequested,
    TeardownRequested,
)
from vedette.protocols.rtsp.session import (
    TRACKS_MOST,
    MethodNotValidInState,
    Session,
    SessionTable,
    SessionTrack,
    State,
    is_due,
)

# Streaming, RTSP methods (26.06 §5.2.2.1 table 2)
OFFERED = (
    Method.OPTIONS,
    Method.DESCRIBE,
    Method.SETUP,
    Method.PLAY,
    Method.PAUSE,
    Method.TEARDOWN,
    Method.GET_PARAMETER,
    Method.SET_PARAMETER,
)
PUBLIC = format_list(method.value for method in OFFERED)
IDLE_S = 60.0
UNANSWERED_MOST = 64
URL_MOST_CHARACTERS = 2048


class _Refused(PeerError):
    """A request that is answered here with an error."""

    def __init__(self, status: int, why: str, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(why)
        self.status = status
        self.headers = headers


class ServerConnection:
    """One client's connection; see `Machine` for the verbs.

    `sessions` is the server's table, shared by its connections. `features` are the Require tags that
    some stream of the server understands; others are answered 551. `now_s` is the monotonic time at
    which the connection was opened. A connection without a session is closed after `IDLE_S` of silence.
    """

    def __init__(
        self,
        sessions: SessionTable,
        *,
        now_s: float,
        server_name: str = "Vedette",
        features: Iterable[str] = (REPLAY_TAG, BACKCHANNEL_TAG),
        limits: Limits | None = None,
    ) -> None:
        self.is_closed = False
        self._sessions = sessions
        self._now_s = now_s
        self._server_name = server_name
        self._features = frozenset(features)
        self._parser = Parser(limits)
        self._unanswered: deque[IncomingRequest] = deque()
        self._outgoing: list[bytes] = []
        self._channels: dict[int, Session] = {}
        self._made: list[Session] = []
        self._idle_deadline_s = now_s + IDLE_S

    @property
    def deadline_s(self) -> float | None:
        """When `pass_time` wants to be called next; None once closed."""
        if self.is_closed:
            return None
        deadlines = [each.deadline_s for each in self.sessions if each.deadline_s is not None]
        return min(deadlines, default=self._idle_deadline_s)

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The sessions this connection made and which still live."""
        if any(each.connection is not self for each in self._made):
            self._made = [each for each in self._made if each.connection is self]
        return tuple(self._made)

    @property
    def free_channels(self) -> tuple[int, int]:
        """The lowest even pair of interleaved channels not in use; raises LimitExceeded when none is left."""
        for first in range(0, 256, 2):
            if first not in self._channels and first + 1 not in self._channels:
                return first, first + 1
        raise LimitExceeded("all 256 interleaved channels are in use")

    def channels_for(
        self, wanted: tuple[int, int] | None, url: str, session: Session | None
    ) -> tuple[int, int]:
        """The interleaved channels wanted for a session's track, or free ones where another track has them.

        The same track of another session is another one. So for wanted ones that do not follow each other:
        reports go on the channel behind that of the media. Raises LimitExceeded when none is left.
        """
        if wanted is None or wanted[1] != wanted[0] + 1:
            return self.free_channels
        taken = {
            channel
            for each in self.sessions
            for track in each.tracks
            if each is not session or track.url.rstrip("/") != url.rstrip("/")
            for channel in track.transport.interleaved or ()
        }
        return self.free_channels if taken.intersection(wanted) else wanted

    def receive(self, data: bytes, now_s: float) -> list[ServerEvent]:
        """Take bytes from the client; empty says that it closed its side."""
        if self.is_closed:
            return []
        self._now_s = now_s
        if not data:
            return self.close("closed by the client")
        events: list[ServerEvent] = []
        for parsed in self._parser.receive(data):
            if isinstance(parsed, Interleaved):
                session = self._channels.get(parsed.channel)
                events.append(InterleavedReceived(parsed.channel, parsed.packets, session))
            elif isinstance(parsed, Request):
                events += self._request(parsed)
            elif isinstance(parsed, Broken):
                events += self._break(parsed.error)
            if self.is_closed:
                break
        return events

    def pass_time(self, now_s: float) -> list[ServerEvent]:
        """End sessions that were silent too long, and the connection when it is idle without any."""
        if self.is_closed:
            return []
        self._now_s = max(now_s, self._now_s)
        mine = self.sessions
        events: list[ServerEvent] = []
        for session in mine:
            if is_due(session, now_s):
                self._end(session)
                events.append(SessionExpired(session))
                self._idle_deadline_s = now_s + IDLE_S
        if not mine and now_s >= self._idle_deadline_s:
            events += self.close(f"silent for {IDLE_S:g} s without a session")
        return events

    def outgoing(self) -> list[bytes]:
        """Take the answers to be written, in order; write them before media that they announce."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def close(self, reason: str) -> list[ServerEvent]:
        """End the conversation: interleaved sessions end, those over UDP live on in the table."""
        return self._close(reason, None)

    def touch(self, session: Session, now_s: float) -> None:
        """A receiver report came for this session: it lives."""
        session.touch(now_s)

    def paused(self, session: Session) -> None:
        """A session has reached the point at which a PAUSE with a range was to take effect."""
        session.paused()

    def accept_describe(
        self,
        request: IncomingRequest,
        sdp: str,
        content_base: str,
        *,
        headers: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Answer DESCRIBE; relative control URLs in `sdp` are relative to `content_base`."""
        lines = [("Content-Type", "application/sdp"), ("Content-Base", content_base), *headers]
        self._answer(request, 200, lines, sdp.encode("utf-8"))

    def accept_setup(
        self,
        request: IncomingRequest,
        transport: Transport,
        session_id: str,
        *,
        timeout_s: float | None = None,
        headers: Iterable[tuple[str, str]] = (),
    ) -> Session | None:
        """Answer SETUP with what was chosen: the session, or None when it cannot be any more.

        That is when client or session have gone meanwhile, or others have filled the table.

        `session_id` is unguessable and new (CallerError if in use); it is ignored where the request named
        a session, which then gets one more track or another transport for the same URL. `timeout_s` is how
        long a new session may be silent, where it is not the table's.
        """
        self._check_unanswered(request)
        if self.is_closed:
            return None
        session = request.session
        if session is None:
            if self._sessions.is_full:
                self._answer(request, 503)
                return None
            session = self._open(request, session_id, timeout_s)
        if session.is_ended:
            self._answer(request, 454)
            return None
        self._free_channels_of(session, request.url)
        session.add_track(SessionTrack(url=request.url, transport=transport))
        for channel in transport.interleaved or ():
            self._channels[channel] = session
        self._answer(request, 200, [("Transport", transport.to_header()), *headers])
        return session

    def accept_play(
        self,
        request: IncomingRequest,
        *,
        range: Range | None = None,
        play_time: NptRange | None = None,
        rtp_info: Sequence[RtpInfo] = (),
        scale: float | None = None,
        speed: float | None = None,
        headers: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Answer PLAY. `range` begins with the instant that the RTP times of `rtp_info` stand for.

        `play_time` says the same for who asked in such units, in a header line of its own behind it: players
        take the last line (FFmpeg, live555, Media3), and Media3 refuses one that tells the clock beside it.

        Source: Streaming, RTSP audio and video synchronization (26.06 §5.2.2.3); RFC 2326 §12.29.
        """
        lines = [("Range", each.to_header()) for each in (range, play_time) if each is not None]
        if rtp_info:
            lines.append(("RTP-Info", format_rtp_info(rtp_info)))
        if scale is not None:
            lines.append(("Scale", format_decimal(scale)))
        if speed is not None:
            lines.append(("Speed", format_decimal(speed)))
        self._answer(request, 200, [*lines, *headers])

    def accept(
        self, request: IncomingRequest, *, headers: Iterable[tuple[str, str]] = (), body: bytes = b""
    ) -> None:
        """Answer PAUSE, TEARDOWN, GET_PARAMETER or SET_PARAMETER with success."""
        self._answer(request, 200, headers, body)

    def refuse(
        self,
        request: IncomingRequest,
        status: int,
        *,
        headers: Iterable[tuple[str, str]] = (),
        www_authenticate: Iterable[str] = (),
    ) -> None:
        """Answer with an error; nothing changes in the session. 401 names its challenges, best first."""
        if status < 300:
            raise CallerError(f"status {status} refuses nothing")
        challenges = [("WWW-Authenticate", challenge) for challenge in www_authenticate]
        self._answer(request, status, [*challenges, *headers])

    def _open(self, request: IncomingRequest, session_id: str, timeout_s: float | None) -> Session:
        session = self._sessions.open(session_id, self._now_s, timeout_s)
        session.connection = self
        session.request(Method.SETUP)
        request.session, request.turn = session, Method.SETUP
        self._made.append(session)
        return session

    def _request(self, message: Request) -> list[ServerEvent]:
        self._idle_deadline_s = self._now_s + IDLE_S
        request = IncomingRequest(message)
        self._unanswered.append(request)
        if len(self._unanswered) > UNANSWERED_MOST:
            return self._close_for(LimitExceeded(f"more than {UNANSWERED_MOST} requests without an answer"))
        try:
            event = self._understood(request)
        except _Refused as refusal:
            self._answer(request, refusal.status, refusal.headers)
        except UnsupportedRange:
            self._answer(request, 457)
        except HeaderNotValid:
            self._answer(request, 456)
        except MethodNotValidInState:
            self._answer(request, 455)
        except BadHeader:
            self._answer(request, 400)
        else:
            return [] if event is None else [event]
        return []

    def _understood(self, request: IncomingRequest) -> RequestEvent | None:
        """Check what every request must satisfy, then hand it to its method; None when it is answered."""
        message = request.message
        cseq = message.headers.get("CSeq")
        if cseq is not None:
            request.cseq = parse_count("CSeq", cseq)
        if message.version != VERSION:
            raise _Refused(505, message.version)
        if request.cseq is None:
            raise _Refused(400, "no CSeq")
        if len(message.url) > URL_MOST_CHARACTERS:
            raise _Refused(414, f"URL of {len(message.url)} characters")
        method = _method(message.method)
        request.requires = self._known_features(message.headers)
        request.session = self._named_session(message, method)
        if method is not Method.TEARDOWN:
            self._keep_alive(request.session)
        match method:
            case Method.OPTIONS:
                self._answer(request, 200, [("Public", PUBLIC)])
                return None
            case Method.DESCRIBE:
                return _describe(request)
            case Method.SETUP:
                return self._setup(request)
            case Method.GET_PARAMETER | Method.SET_PARAMETER:
                return self._parameter(request)
        return self._control(request, method)

    def _known_features(self, headers: Headers) -> tuple[str, ...]:
        required = parse_list(headers.joined("Require"))
        wanted = (*required, *parse_list(headers.joined("Proxy-Require")))
        unknown = [tag for tag in wanted if tag not in self._features]
        if unknown:
            raise _Refused(551, f"tags {unknown}", [("Unsupported", format_list(unknown))])
        return required

    def _keep_alive(self, named: Session | None) -> None:
        # Clients that keep alive by OPTIONS often leave the session out: then every one of theirs is meant.
        for session in self.sessions if named is None else (named,):
            session.touch(self._now_s)

    def _named_session(self, message: Request, method: Method) -> Session | None:
        value = message.headers.get("Session")
        if value is None:
            # A client with one session that forgets to name it can only mean that one.
            mine = self.sessions
            is_clear = len(mine) == 1 and method in (Method.PLAY, Method.PAUSE, Method.TEARDOWN)
            return mine[0] if is_clear else None
        session = self._sessions.find(parse_session(value).id)
        if session is None or (session.is_interleaved and session.connection is not self):
            raise _Refused(454, f"Session {value[:80]!r}")
        return session

    def _setup(self, request: IncomingRequest) -> SetupRequested:
        value = request.headers.joined("Transport")
        if value is None:
            raise _Refused(400, "SETUP without Transport")
        try:
            transports = tuple(each for each in parse_transports(value) if each.mode in ("PLAY", "RECEIVE"))
        except BadHeader as error:
            raise _Refused(461, str(error)) from None
        if not transports:
            raise _Refused(461, "no transport that plays")
        session = request.session
        if session is None:
            if self._sessions.is_full:
                raise _Refused(503, "too many sessions")
        else:
            track = session.track(request.url)
            if track is None and len(session.tracks) >= TRACKS_MOST:
                raise _Refused(503, f"more than {TRACKS_MOST} tracks in a session")
            if track is not None and session.expected_state is State.PLAYING:
                raise MethodNotValidInState("a playing track keeps its transport")
            self._take_turn(request, session, Method.SETUP)
        return SetupRequested(request, request.url, transports, session, REPLAY_TAG in request.requires)

    def _parameter(self, request: IncomingRequest) -> ParameterRequested | None:
        body = request.message.body
        if not body.strip():
            self._answer(request, 200)
            return None
        return ParameterRequested(request, request.session, request.url, body)

    def _control(self, request: IncomingRequest, method: Method) -> RequestEvent:
        session, url = request.session, request.url
        if session is None:
            raise _Refused(454, f"{method.value} without a session")
        is_part = session.track(url) is not None and len(session.tracks) > 1
        if method is Method.TEARDOWN:
            self._take_turn(request, session, None if is_part else method)
            return TeardownRequested(request, session, url, not is_part)
        if is_part:
            raise _Refused(460, f"{method.value} on one of {len(session.tracks)} tracks")
        if method is Method.PAUSE:
            point = parse_pause_point(request.headers)
            if point is None:
                self._take_turn(request, session, method)
            else:
                session.check(method)  # the state stays until the point is reached
            return PauseRequested(request, session, url, point)
        play = parse_play(request.headers, request.cseq or 0)
        self._take_turn(request, session, method)
        return PlayRequested(request, session, url, play)

    def _take_turn(self, request: IncomingRequest, session: Session, method: Method | None) -> None:
        if method is not None:
            session.request(method)
            request.turn = method

    def _check_unanswered(self, request: IncomingRequest) -> None:
        if request.is_answered:
            raise CallerError(f"{request!r} is answered already")

    def _answer(
        self,
        request: IncomingRequest,
        status: int,
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> None:
        self._check_unanswered(request)
        session = request.session
        if self.is_closed:
            request.is_answered = True
            return
        if status == 200 and session is not None and session.is_ended:
            status, headers, body = 454, (), b""  # it ended while the driver was thinking
        lines: list[tuple[str, str]] = []
        if request.cseq is not None:
            lines.append(("CSeq", str(request.cseq)))
        lines.append(("Server", self._server_name))
        if status == 200 and session is not None:
            lines.append(("Session", _session_header(session, request.method)))
        if status == 405:
            lines.append(("Allow", PUBLIC))
        reply = Response(
            status=status, reason=REASONS.get(status, ""), headers=Headers([*lines, *headers]), body=body
        )
        request.answer = reply.to_bytes()
        request.is_answered = True
        if session is not None:
            self._settle(request, session, is_success=status < 300)
        while self._unanswered and self._unanswered[0].is_answered:
            self._outgoing.append(self._unanswered.popleft().answer)

    def _settle(self, request: IncomingRequest, session: Session, *, is_success: bool) -> None:
        if request.turn is not None:
            if is_success:
                session.accept(request.turn)
            else:
                session.refuse(request.turn)
        if is_success and request.method == Method.TEARDOWN:
            if request.turn is Method.TEARDOWN:
                self._end(session)
            else:
                self._free_channels_of(session, request.url)
                session.remove_track(request.url)

    def _end(self, session: Session) -> None:
        self._channels = {number: each for number, each in self._channels.items() if each is not session}
        self._sessions.close(session)

    def _free_channels_of(self, session: Session, url: str) -> None:
        track = session.track(url)
        for channel in (track.transport.interleaved or ()) if track is not None else ():
            self._channels.pop(channel, None)

    def _break(self, error: PeerError) -> list[ServerEvent]:
        status = 413 if isinstance(error, LimitExceeded) else 400
        reply = Response(status=status, headers=Headers([("Server", self._server_name)]))
        self._outgoing.append(reply.to_bytes())
        return self._close_for(error)

    def _close_for(self, error: PeerError) -> list[ServerEvent]:
        return self._close(str(error), error)

    def _close(self, reason: str, error: PeerError | None) -> list[ServerEvent]:
        if self.is_closed:
            return []
        for request in self._unanswered:
            if request.session is not None and request.turn is not None:
                request.session.refuse(request.turn)
        ended = tuple(each for each in self.sessions if each.is_interleaved)
        for session in ended:
            self._end(session)
        for session in self.sessions:
            session.connection = None
        self.is_closed = True
        self._made = []
        self._unanswered.clear()
        return [ConnectionClosed(reason, error, ended)]


def _method(name: str) -> Method:
    try:
        method = Method(name)
    except ValueError:
        raise _Refused(501, f"method {name[:40]!r}") from None
    if method not in OFFERED:
        raise _Refused(405, f"method {name}")
    return method


def _describe(request: IncomingRequest) -> DescribeRequested:
    accepted = request.headers.joined("Accept")
    if accepted is not None and not any(
        kind.split(";")[0].strip().lower() in ("application/sdp", "application/*", "*/*", "*")
        for kind in accepted.split(",")
    ):
        raise _Refused(406, f"Accept {accepted[:80]!r}")
    return DescribeRequested(request, request.url)


def _session_header(session: Session, method: str) -> str:
    timeout_s = round(session.timeout_s) if method == Method.SETUP else None
    return SessionHeader(id=session.id, timeout_s=timeout_s).to_header()
