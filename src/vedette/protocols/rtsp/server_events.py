"""What an RTSP server's connection reports to its driver, and the handle of a request to be answered."""

from typing import NamedTuple

from vedette.base.errors import PeerError
from vedette.protocols.rtsp.headers import Range, Transport
from vedette.protocols.rtsp.message import Headers, Method, Request
from vedette.protocols.rtsp.play import PlayParameters
from vedette.protocols.rtsp.session import Session


class IncomingRequest:
    """A request that waits for its answer: hand it to one `accept…` or `refuse` of its connection, once.

    `cseq` is None only where the peer gave none, which is refused already. `requires` are the feature
    tags it insists on, all among those the connection was told to offer. `session` is the one it names.
    """

    __slots__ = ("answer", "cseq", "is_answered", "message", "method", "requires", "session", "turn")

    def __init__(self, message: Request) -> None:
        self.message = message
        self.method = message.method
        self.cseq: int | None = None
        self.requires: tuple[str, ...] = ()
        self.session: Session | None = None
        self.turn: Method | None = None  # what the session waits to have settled
        self.answer = b""
        self.is_answered = False

    @property
    def url(self) -> str:
        """The URL as the request names it; `*` stands for the server."""
        return self.message.url

    @property
    def headers(self) -> Headers:
        """Every header line."""
        return self.message.headers

    @property
    def authorization(self) -> str | None:
        """The Authorization header, for the driver to check."""
        return self.message.headers.get("Authorization")

    def __repr__(self) -> str:
        return f"IncomingRequest({self.method} {self.url}, CSeq {self.cseq})"


class DescribeRequested(NamedTuple):
    """Answer with `accept_describe`, or `refuse` (401, 404, 551 …)."""

    request: IncomingRequest
    url: str


class SetupRequested(NamedTuple):
    """Answer with `accept_setup`, or `refuse` (401, 404, 459 on an aggregate, 461 for no usable transport).

    `session` is None for a new one. `transports` are the peer's alternatives, most wanted first.
    """

    request: IncomingRequest
    url: str
    transports: tuple[Transport, ...]
    session: Session | None
    is_replay: bool


class PlayRequested(NamedTuple):
    """Answer with `accept_play`, or `refuse`; in a playing session it is a seek or a change of pace."""

    request: IncomingRequest
    session: Session
    url: str
    play: PlayParameters


class PauseRequested(NamedTuple):
    """Answer with `accept`, or `refuse`.

    With a `point` the session goes on playing up to that instant, the start of the range; call `paused` of
    the connection when it is reached, or refuse (457) what this PLAY does not come to.
    """

    request: IncomingRequest
    session: Session
    url: str
    point: Range | None


class TeardownRequested(NamedTuple):
    """Answer with `accept`, or `refuse`. `ends_session` is false when only the track `url` goes."""

    request: IncomingRequest
    session: Session
    url: str
    ends_session: bool


class ParameterRequested(NamedTuple):
    """GET_PARAMETER or SET_PARAMETER with a body: answer with `accept`, or `refuse` (451)."""

    request: IncomingRequest
    session: Session | None
    url: str
    body: bytes


class InterleavedReceived(NamedTuple):
    """Packets from the peer in one channel; `session` is None when nothing is set up there."""

    channel: int
    packets: list[memoryview]
    session: Session | None


class SessionExpired(NamedTuple):
    """The peer was silent too long: the session has ended, stop its streams."""

    session: Session


class ConnectionClosed(NamedTuple):
    """The last event: write what `outgoing` has left, then close. `sessions` ended with the connection."""

    reason: str
    error: PeerError | None
    sessions: tuple[Session, ...]


RequestEvent = (
    DescribeRequested
    | SetupRequested
    | PlayRequested
    | PauseRequested
    | TeardownRequested
    | ParameterRequested
)
ServerEvent = RequestEvent | InterleavedReceived | SessionExpired | ConnectionClosed
