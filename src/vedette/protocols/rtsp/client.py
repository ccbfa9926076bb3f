"""The client's side of one RTSP connection: commands in, requests out, answers and media as events.

Logs in when asked to, keeps its session alive, and is tolerant of what cameras get wrong.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from vedette.base.errors import CallerError, PeerError
from vedette.protocols.http1.digest import (
    BasicChallenge,
    Challenge,
    DigestChallenge,
    authorize,
    parse_challenges,
    preferred,
    schemes_asked,
)
from vedette.protocols.rtsp.client_events import (
    Answered,
    AuthenticationFailed,
    ClientEvent,
    ConnectionLost,
    DescribeAnswered,
    OptionsAnswered,
    PlayAnswered,
    Redirected,
    RequestRefused,
    SessionLost,
    SetupAnswered,
)
from vedette.protocols.rtsp.headers import (
    BadHeader,
    LowerTransport,
    Range,
    Transport,
    UnsupportedRange,
    format_list,
    format_transports,
    parse_count,
    parse_date,
    parse_decimal,
    parse_list,
    parse_range,
    parse_rtp_info,
    parse_session,
    parse_transports,
)
from vedette.protocols.rtsp.message import Headers, Method, Request, Response
from vedette.protocols.rtsp.parser import Broken, FrameTaker, Limits, Parser
from vedette.protocols.rtsp.play import PlayParameters
from vedette.protocols.rtsp.session import DEFAULT_TIMEOUT_S
from vedette.protocols.rtsp.url import aggregate_url, base_url, moved_url, track_urls, without_credentials
from vedette.protocols.sdp import parse_sdp

ANSWER_S = 10.0  # silence after a request that counts as a lost connection
KEEP_ALIVE_MOST_S = 30.0  # cameras forget sessions earlier than they say
_LOGINS_MOST = 2


@dataclass
class _Exchange:
    """One command on its way, through as many requests as the login takes."""

    ticket: int
    method: Method
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    sent_s: float
    is_keep_alive: bool = False
    logins: int = 0
    transports: tuple[Transport, ...] = ()


class ClientConnection:
    """One connection to a server; see `Machine` for the verbs, commands return the ticket of their answer.

    Credentials in `url` are used unless `user` and `password` are given. `cnonce` is fresh randomness.
    Basic authentication sends the password in the clear: only when `is_basic_allowed`. A command may be
    given while another waits for its answer; servers that cannot cope need the driver's patience.
    """

    def __init__(
        self,
        url: str,
        *,
        cnonce: str,
        user: str | None = None,
        password: str | None = None,
        is_basic_allowed: bool = False,
        user_agent: str = "Vedette",
        limits: Limits | None = None,
    ) -> None:
        target = without_credentials(url)
        self.url = target.url
        self.is_closed = False
        self.session_id: str | None = None
        self.timeout_s = DEFAULT_TIMEOUT_S
        self.public: tuple[str, ...] = ()
        self.aggregate_url = target.url
        self.quiet_most_s: float | None = None  # without a byte: then the server is asked whether it lives
        self._user = target.user if user is None else user
        self._password = (target.password if password is None else password) or ""
        self._is_basic_allowed = is_basic_allowed
        self._cnonce = cnonce
        self._user_agent = user_agent
        self._parser = Parser(limits, is_lenient=True)
        self._outgoing: list[bytes] = []
        self._cseq = 0
        self._tickets = 0
        self._waiting: dict[int, _Exchange] = {}  # by CSeq, oldest first
        self._parser.due = self._waiting
        self._challenges: tuple[Challenge, ...] = ()
        self._nonce = ""
        self._nonce_count = 0
        self._heard_s = 0.0
        self._keep_alive_due_s: float | None = None

    @property
    def deadline_s(self) -> float | None:
        """When `pass_time` wants to be called next: a keep-alive is due, or an answer overdue."""
        if self.is_closed:
            return None
        deadlines = [] if self._keep_alive_due_s is None else [self._keep_alive_due_s]
        if (overdue_s := self._overdue_s) is not None:
            deadlines.append(overdue_s)
        elif self.quiet_most_s is not None:
            deadlines.append(self._heard_s + self.quiet_most_s)
        return min(deadlines, default=None)

    @property
    def is_between(self) -> bool:
        """Whether the next byte from the server begins a message or a frame."""
        return not self.is_closed and self._parser.is_between

    def options(self, now_s: float) -> int:
        """Ask for the methods: OptionsAnswered."""
        return self._command(now_s, Method.OPTIONS, self.aggregate_url)

    def describe(self, now_s: float, *, requires: Iterable[str] = ()) -> int:
        """Ask for the streams: DescribeAnswered."""
        return self._command(
            now_s, Method.DESCRIBE, self.url, [("Accept", "application/sdp")], requires=requires
        )

    def setup(
        self, now_s: float, track_url: str, transports: Sequence[Transport], *, requires: Iterable[str] = ()
    ) -> int:
        """Set up one stream by one of these transports, most wanted first: SetupAnswered."""
        if not transports:
            raise CallerError("SETUP needs a transport")
        headers = [("Transport", format_transports(transports))]
        return self._command(
            now_s, Method.SETUP, track_url, headers, requires=requires, transports=tuple(transports)
        )

    def play(self, now_s: float, play: PlayParameters | None = None, *, requires: Iterable[str] = ()) -> int:
        """Play what is set up, or seek while it plays: PlayAnswered."""
        headers = [] if play is None else play.to_headers()
        return self._command(now_s, Method.PLAY, self.aggregate_url, headers, requires=requires)

    def pause(self, now_s: float, *, requires: Iterable[str] = ()) -> int:
        """Pause: Answered."""
        return self._command(now_s, Method.PAUSE, self.aggregate_url, requires=requires)

    def teardown(self, now_s: float, *, requires: Iterable[str] = ()) -> int:
        """End the session: Answered. Nothing is kept alive from here on."""
        ticket = self._command(now_s, Method.TEARDOWN, self.aggregate_url, requires=requires)
        self._keep_alive_due_s = None
        return ticket

    def send_interleaved(self, channel: int, packet: bytes) -> None:
        """Send one packet of at most 65535 bytes inside the connection: a report, back channel audio."""
        if not 0 <= channel <= 255 or len(packet) > 0xFFFF:
            raise CallerError(f"{len(packet)} bytes on channel {channel}")
        if not self.is_closed:
            self._outgoing.append(b"$" + bytes((channel,)) + len(packet).to_bytes(2, "big") + packet)

    def take_channel(self, channel: int, taker: FrameTaker | None) -> None:
        """Have an interleaved channel's frames taken where they lie (see Parser), or as events again."""
        if taker is None:
            self._parser.takers.pop(channel, None)
        else:
            self._parser.takers[channel] = taker

    def on_garbage(self, doubt: Callable[[], None]) -> None:
        """Call `doubt` where garbage begins: the frame before it may not be what the server meant to send."""
        self._parser.doubt = doubt

    def hear(self, now_s: float) -> None:
        """The server's media came another way (UDP): a sign of life like bytes here."""
        self._heard_s = now_s

    def receive(self, data: bytes, now_s: float) -> list[ClientEvent]:
        """Take bytes from the server; empty says that it closed its side."""
        if self.is_closed:
            return []
        if not data:
            return self._lost("closed by the server")
        self._heard_s = now_s
        events: list[ClientEvent] = []
        for parsed in self._parser.receive(data):
            if isinstance(parsed, Response):
                events += self._response(parsed, now_s)
            elif isinstance(parsed, Request):
                events += self._request(parsed)
            elif isinstance(parsed, Broken):
                events += self._lost(str(parsed.error), parsed.error)
            else:
                events.append(parsed)
            if self.is_closed:
                break
        return events

    def pass_time(self, now_s: float) -> list[ClientEvent]:
        """Send a keep-alive when it is due; give up when an answer is overdue and nothing else came."""
        if self.is_closed:
            return []
        overdue_s = self._overdue_s
        if overdue_s is not None and now_s >= overdue_s:
            method = next(iter(self._waiting.values())).method
            return self._lost(f"no answer to {method.value} for {ANSWER_S:g} s")
        is_quiet = self.quiet_most_s is not None and now_s >= self._heard_s + self.quiet_most_s
        is_due = self._keep_alive_due_s is not None and now_s >= self._keep_alive_due_s
        if is_due or (is_quiet and not self._waiting):
            self._keep_alive(now_s)
        return []

    def outgoing(self) -> list[bytes]:
        """Take the bytes to be written, in order."""
        taken, self._outgoing = self._outgoing, []
        return taken

    @property
    def _overdue_s(self) -> float | None:
        # Replay without rate control may hold answers back behind media: any byte counts as a sign of life.
        if not self._waiting:
            return None
        oldest = next(iter(self._waiting.values()))
        return max(oldest.sent_s, self._heard_s) + ANSWER_S

    def _command(
        self,
        now_s: float,
        method: Method,
        url: str,
        headers: Iterable[tuple[str, str]] = (),
        *,
        requires: Iterable[str] = (),
        body: bytes = b"",
        transports: tuple[Transport, ...] = (),
        is_keep_alive: bool = False,
    ) -> int:
        if self.is_closed:
            raise CallerError(f"{method.value} on a connection that is lost")
        tags = format_list(requires)
        self._tickets += 1
        exchange = _Exchange(
            ticket=self._tickets,
            method=method,
            url=url,
            headers=(*headers, *([("Require", tags)] if tags else [])),
            body=body,
            sent_s=now_s,
            is_keep_alive=is_keep_alive,
            transports=transports,
        )
        self._send(exchange, now_s)
        return exchange.ticket

    def _send(self, exchange: _Exchange, now_s: float) -> None:
        self._cseq += 1
        lines = [("CSeq", str(self._cseq)), ("User-Agent", self._user_agent)]
        if self.session_id is not None:
            lines.append(("Session", self.session_id))
        authorization = self._authorization(exchange)
        if authorization is not None:
            lines.append(("Authorization", authorization))
        request = Request(
            method=exchange.method.value,
            url=exchange.url,
            headers=Headers([*lines, *exchange.headers]),
            body=exchange.body,
        )
        self._outgoing.append(request.to_bytes())
        exchange.sent_s = now_s
        self._waiting[self._cseq] = exchange
        if self._keep_alive_due_s is not None:
            self._await_keep_alive(now_s)

    def _authorization(self, exchange: _Exchange) -> str | None:
        if self._user is None or not self._challenges:
            return None
        self._nonce_count += 1
        return authorize(
            self._challenges,
            exchange.method.value,
            exchange.url,
            self._user,
            self._password,
            cnonce=self._cnonce,
            count=self._nonce_count,
            is_basic_allowed=self._is_basic_allowed,
            body=exchange.body,
        )

    def _await_keep_alive(self, now_s: float) -> None:
        self._keep_alive_due_s = now_s + min(self.timeout_s / 2, KEEP_ALIVE_MOST_S)

    def _keep_alive(self, now_s: float) -> None:
        is_known = Method.GET_PARAMETER.value in self.public
        method = Method.GET_PARAMETER if is_known else Method.OPTIONS
        # A camera that never answers these, and sends media all the same, must not fill the table.
        for cseq in [cseq for cseq, each in self._waiting.items() if each.is_keep_alive]:
            del self._waiting[cseq]
        self._command(now_s, method, self.aggregate_url, is_keep_alive=True)

    def _request(self, request: Request) -> list[ClientEvent]:
        """A server that asks: some cameras do, to see whether we live."""
        lines = [("CSeq", request.headers.get("CSeq") or "0")]
        known = ("OPTIONS", "GET_PARAMETER", "SET_PARAMETER", "ANNOUNCE", "REDIRECT", "TEARDOWN")
        if request.method == "OPTIONS":
            lines.append(("Public", format_list(known)))
        status = 200 if request.method in known else 501
        self._outgoing.append(Response(status=status, headers=Headers(lines)).to_bytes())
        if request.method == "REDIRECT":
            return [Redirected(None, moved_url(self.url, request.headers.get("Location") or self.url))]
        if request.method == "TEARDOWN":
            return self._session_lost("ended by the server")
        return []

    def _response(self, response: Response, now_s: float) -> list[ClientEvent]:
        if response.status < 200:
            return []
        cseq = self._matching_cseq(response)
        if cseq is None:
            return []
        exchange = self._waiting.pop(cseq)
        if response.status == 401:
            return self._log_in(exchange, response, now_s)
        if exchange.is_keep_alive:
            return self._kept_alive(response)
        if response.status in (301, 302, 303, 305) and (location := response.headers.get("Location")):
            return [Redirected(exchange.ticket, moved_url(exchange.url, location))]
        if not response.is_success:
            return [_refused(exchange, response)]
        return self._succeeded(exchange, cseq, response, now_s)

    def _succeeded(
        self, exchange: _Exchange, cseq: int, response: Response, now_s: float
    ) -> list[ClientEvent]:
        match exchange.method:
            case Method.DESCRIBE:
                return self._described(exchange, response)
            case Method.SETUP:
                return [self._set_up(exchange, response, now_s)]
            case Method.PLAY:
                return [_played(exchange, cseq, response)]
            case Method.OPTIONS:
                self.public = tuple(each.upper() for each in parse_list(response.headers.joined("Public")))
                return [OptionsAnswered(exchange.ticket, self.public)]
            case Method.TEARDOWN:
                self._forget_session()
        return [Answered(exchange.ticket, exchange.method, response.body)]

    def _matching_cseq(self, response: Response) -> int | None:
        """The request that a response answers: by CSeq, else the oldest, since servers answer in order."""
        oldest = next(iter(self._waiting), None)
        try:
            cseq = parse_count("CSeq", response.headers.get("CSeq") or "")
        except BadHeader:
            return oldest
        if cseq in self._waiting:
            return cseq
        is_late = oldest is not None and cseq < oldest
        return None if is_late else oldest

    def _log_in(self, exchange: _Exchange, response: Response, now_s: float) -> list[ClientEvent]:
        try:
            challenges = parse_challenges(response.headers.all("WWW-Authenticate"))
        except PeerError as error:
            return [AuthenticationFailed(exchange.ticket, str(error), ())]
        chosen = preferred(challenges, is_basic_allowed=self._is_basic_allowed)
        if self._user is None:
            return [
                AuthenticationFailed(
                    exchange.ticket, "the server asks for credentials, and none were given", challenges
                )
            ]
        if chosen is None:
            return [AuthenticationFailed(exchange.ticket, _unanswerable(response, challenges), challenges)]
        is_stale = isinstance(chosen, DigestChallenge) and chosen.is_stale
        if exchange.logins >= (_LOGINS_MOST if is_stale else 1):
            return [
                AuthenticationFailed(
                    exchange.ticket, "the server refuses the credentials: wrong user or password", challenges
                )
            ]
        self._challenges = (chosen,)
        nonce = chosen.nonce if isinstance(chosen, DigestChallenge) else ""
        if nonce != self._nonce:
            self._nonce, self._nonce_count = nonce, 0
        exchange.logins += 1
        self._send(exchange, now_s)
        return []

    def _kept_alive(self, response: Response) -> list[ClientEvent]:
        if response.status == 454:
            return self._session_lost("the server does not know the session any more")
        if not response.is_success:
            self.public = tuple(each for each in self.public if each != Method.GET_PARAMETER.value)
        return []

    def _described(self, exchange: _Exchange, response: Response) -> list[ClientEvent]:
        try:
            sdp = parse_sdp(response.body)
        except PeerError as error:
            return self._lost(str(error), error)
        headers = response.headers
        base = base_url(exchange.url, headers.get("Content-Base"), headers.get("Content-Location"))
        self.aggregate_url = aggregate_url(base, sdp)
        urls, date_us = track_urls(base, sdp), parse_date(headers.get("Date") or "")
        return [DescribeAnswered(exchange.ticket, sdp, base, self.aggregate_url, urls, date_us)]

    def _set_up(self, exchange: _Exchange, response: Response, now_s: float) -> SetupAnswered:
        session = response.headers.get("Session")
        if session is not None:
            try:
                parsed = parse_session(session)
            except BadHeader:
                parsed = None
            if parsed is not None:
                self.session_id = parsed.id
                self.timeout_s = float(parsed.timeout_s or DEFAULT_TIMEOUT_S)
        self._await_keep_alive(now_s)
        transport = _agreed(exchange.transports, response.headers.get("Transport"))
        return SetupAnswered(exchange.ticket, exchange.url, transport, self.session_id, self.timeout_s)

    def _session_lost(self, reason: str) -> list[ClientEvent]:
        self._forget_session()
        return [SessionLost(reason)]

    def _forget_session(self) -> None:
        self.session_id = None
        self._keep_alive_due_s = None

    def _lost(self, reason: str, error: PeerError | None = None) -> list[ClientEvent]:
        self.is_closed = True
        self._waiting.clear()
        return [ConnectionLost(reason, error)]


def _agreed(asked: tuple[Transport, ...], answer: str | None) -> Transport:
    """The transport in force: the server's, completed by what we asked for."""
    try:
        agreed = parse_transports(answer or "")[0]
    except BadHeader:
        return asked[0]
    if agreed.lower is LowerTransport.TCP and agreed.interleaved is None:
        return next((each for each in asked if each.interleaved is not None), agreed)
    return agreed


def _played(exchange: _Exchange, cseq: int, response: Response) -> PlayAnswered:
    headers = response.headers
    found_range: Range | None = None
    scale: float | None = None
    if (value := headers.get("Range")) is not None:
        try:
            found_range = parse_range(value)
        except UnsupportedRange:
            found_range = None
    if (value := headers.get("Scale")) is not None:
        try:
            scale = parse_decimal("Scale", value)
        except BadHeader:
            scale = None
    rtp_info = parse_rtp_info(headers.joined("RTP-Info") or "")
    return PlayAnswered(exchange.ticket, cseq, found_range, rtp_info, scale)


def _unanswerable(response: Response, challenges: tuple[Challenge, ...]) -> str:
    """Why none of the challenges is answered, in words."""
    if any(isinstance(each, BasicChallenge) for each in challenges):
        return "the server wants the password in the clear (Basic), which it gets over rtsps alone"
    asked = " or ".join(schemes_asked(response.headers.all("WWW-Authenticate")))
    return f"the server wants a login by {asked or 'no scheme that it names'}, which is not known here"


def _refused(exchange: _Exchange, response: Response) -> RequestRefused:
    return RequestRefused(
        exchange.ticket, exchange.method, response.status, response.reason, response.headers
    )
