"""What an RTSP client's connection reports to its driver. A `ticket` is what the command returned."""

from typing import NamedTuple

from vedette.base.errors import PeerError
from vedette.protocols.http1.digest import Challenge
from vedette.protocols.rtsp.headers import Range, RtpInfo, Transport
from vedette.protocols.rtsp.message import Headers, Method
from vedette.protocols.rtsp.parser import Interleaved, Skipped
from vedette.protocols.sdp import SessionDescription


class OptionsAnswered(NamedTuple):
    """The methods the server names; empty when it names none."""

    ticket: int
    public: tuple[str, ...]


class DescribeAnswered(NamedTuple):
    """The streams: `track_urls` goes with `sdp.media`, `aggregate_url` controls them together.

    `date_us` is the server's time, in whole seconds; None where it does not tell.
    """

    ticket: int
    sdp: SessionDescription
    base_url: str
    aggregate_url: str
    track_urls: tuple[str, ...]
    date_us: int | None


class SetupAnswered(NamedTuple):
    """A stream is set up; `transport` is the server's: channels and ports may differ from those asked."""

    ticket: int
    url: str
    transport: Transport
    session_id: str | None
    timeout_s: float


class PlayAnswered(NamedTuple):
    """Media follows (some may have come before). `cseq` is what replay stamps on its data.

    Headers that were missing or unreadable are empty or None.
    """

    ticket: int
    cseq: int
    range: Range | None
    rtp_info: tuple[RtpInfo, ...]
    scale: float | None


class Answered(NamedTuple):
    """PAUSE, TEARDOWN, GET_PARAMETER or SET_PARAMETER succeeded."""

    ticket: int
    method: Method
    body: bytes


class RequestRefused(NamedTuple):
    """A command was answered with an error; the connection stays."""

    ticket: int
    method: Method
    status: int
    reason: str
    headers: Headers


class Redirected(NamedTuple):
    """Try again at `location`; `ticket` is None when the server said so by itself."""

    ticket: int | None
    location: str


class AuthenticationFailed(NamedTuple):
    """The server wants credentials that we do not have or does not accept those we have."""

    ticket: int
    reason: str
    challenges: tuple[Challenge, ...]


class SessionLost(NamedTuple):
    """The server has forgotten or ended the session: set up again."""

    reason: str


class ConnectionLost(NamedTuple):
    """The last event. `error` is set when the peer broke the rules."""

    reason: str
    error: PeerError | None


ClientEvent = (
    OptionsAnswered
    | DescribeAnswered
    | SetupAnswered
    | PlayAnswered
    | Answered
    | RequestRefused
    | Redirected
    | AuthenticationFailed
    | SessionLost
    | ConnectionLost
    | Interleaved
    | Skipped
)
