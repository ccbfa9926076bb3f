"""RTSP sessions: the legal moves as a table, the time-out, and the table of all sessions of a server."""

from collections.abc import Hashable
from enum import StrEnum

import msgspec

from vedette.base.errors import CallerError, PeerError
from vedette.protocols.rtsp.headers import Transport
from vedette.protocols.rtsp.message import Method

DEFAULT_TIMEOUT_S = 60.0  # RFC 2326 §12.37
SESSIONS_MOST = 4096
TRACKS_MOST = 32


class State(StrEnum):
    """Where a session stands. Source: RFC 2326 A.2."""

    INIT = "Init"
    READY = "Ready"
    PLAYING = "Playing"


# RFC 2326 A.2: (state, method) → next state. A pair that is missing is answered 455.
TRANSITIONS = {
    (State.INIT, Method.SETUP): State.READY,
    (State.INIT, Method.TEARDOWN): State.INIT,
    (State.READY, Method.SETUP): State.READY,
    (State.READY, Method.PLAY): State.PLAYING,
    (State.READY, Method.TEARDOWN): State.INIT,
    (State.PLAYING, Method.SETUP): State.PLAYING,
    (State.PLAYING, Method.PLAY): State.PLAYING,
    (State.PLAYING, Method.PAUSE): State.READY,
    (State.PLAYING, Method.TEARDOWN): State.INIT,
}


class MethodNotValidInState(PeerError):
    """A request that the session's state does not allow."""


class SessionTrack(msgspec.Struct, frozen=True, kw_only=True):
    """One set-up stream of a session, by the URL its SETUP named."""

    url: str
    transport: Transport


class Session:
    """One RTSP session's state; never reads a clock, never touches a socket.

    A request is checked when it arrives (`request`), against the state that all requests before it will
    lead to, and takes effect when it is accepted (`accept`) or not at all (`refuse`), since the answer
    may take its time. `owner` and `context` belong to the driver: whose session it is, what it plays.
    """

    def __init__(self, session_id: str, *, timeout_s: float = DEFAULT_TIMEOUT_S, now_s: float = 0.0) -> None:
        self.id = session_id
        self.timeout_s = timeout_s
        self.state = State.INIT
        self.tracks: tuple[SessionTrack, ...] = ()
        self.deadline_s: float | None = now_s + timeout_s
        self.connection: Hashable | None = None  # which ServerConnection made it, while that is open
        self.owner: object = None
        self.context: object = None
        self._pending: list[Method] = []

    @property
    def is_interleaved(self) -> bool:
        """Some track travels inside the RTSP connection: the session ends with that connection."""
        return any(track.transport.interleaved is not None for track in self.tracks)

    @property
    def is_ended(self) -> bool:
        """Torn down or expired: it is in no table any more."""
        return self.deadline_s is None

    @property
    def expected_state(self) -> State:
        """The state after every request that waits for its answer."""
        state = self.state
        for method in self._pending:
            state = TRANSITIONS.get((state, method), state)
        return state

    def track(self, url: str) -> SessionTrack | None:
        """The track that was set up under that URL, a trailing slash aside."""
        wanted = url.rstrip("/")
        return next((track for track in self.tracks if track.url.rstrip("/") == wanted), None)

    def touch(self, now_s: float) -> None:
        """The peer lives: a request, or a receiver report of a unicast stream.

        Source: Streaming, Timeout and keep-alive handling (26.06 §5.2.2.2).
        """
        if self.deadline_s is not None:
            self.deadline_s = now_s + self.timeout_s

    def request(self, method: Method) -> None:
        """Take a request into account; out of turn, raise MethodNotValidInState and change nothing."""
        self.check(method)
        self._pending.append(method)

    def check(self, method: Method) -> None:
        """Raise MethodNotValidInState for a request that is out of turn."""
        expected = self.expected_state
        if (expected, method) not in TRANSITIONS:
            raise MethodNotValidInState(f"{method.value} in state {expected.value}")

    def paused(self) -> None:
        """Playing came to the point at which it was to pause. Source: RFC 2326 §10.6."""
        if self.state is State.PLAYING:
            self.state = State.READY

    def accept(self, method: Method) -> None:
        """The request is answered with success: the state follows."""
        self._settle(method)
        self.state = TRANSITIONS.get((self.state, method), self.state)

    def refuse(self, method: Method) -> None:
        """The request is answered with a refusal: the state stays."""
        self._settle(method)

    def add_track(self, track: SessionTrack) -> None:
        """Add a track, or replace the one of the same URL."""
        others = tuple(each for each in self.tracks if each.url.rstrip("/") != track.url.rstrip("/"))
        self.tracks = (*others, track)

    def remove_track(self, url: str) -> None:
        """Forget a track; an unknown URL is ignored."""
        self.tracks = tuple(each for each in self.tracks if each.url.rstrip("/") != url.rstrip("/"))

    def end(self) -> None:
        """Nothing is set up any more."""
        self.state = State.INIT
        self.tracks = ()
        self.deadline_s = None
        self.connection = None

    def _settle(self, method: Method) -> None:
        if method in self._pending:
            self._pending.remove(method)


class SessionTable:
    """Every session of one server, shared by its connections; the server owns it.

    A session over UDP may be controlled from any connection and outlives its own; one that is
    interleaved belongs to its connection. `pass_time` ends sessions whose connection is gone; those
    of an open connection are ended by that connection.
    """

    def __init__(self, *, timeout_s: float = DEFAULT_TIMEOUT_S, most: int = SESSIONS_MOST) -> None:
        self.timeout_s = timeout_s
        self._most = most
        self._sessions: dict[str, Session] = {}

    @property
    def sessions(self) -> tuple[Session, ...]:
        """Every session, oldest first."""
        return tuple(self._sessions.values())

    @property
    def is_full(self) -> bool:
        """No further session may be made."""
        return len(self._sessions) >= self._most

    @property
    def deadline_s(self) -> float | None:
        """When `pass_time` wants to be called next."""
        return min(
            (
                each.deadline_s
                for each in self._sessions.values()
                if _is_orphan(each) and each.deadline_s is not None
            ),
            default=None,
        )

    def find(self, session_id: str) -> Session | None:
        """The session of that id."""
        return self._sessions.get(session_id)

    def open(self, session_id: str, now_s: float, timeout_s: float | None = None) -> Session:
        """Make a session, with a timeout of its own or the table's.

        An id in use or a full table is our own mistake (CallerError).
        """
        if session_id in self._sessions:
            raise CallerError(f"session id {session_id!r} is in use")
        if self.is_full:
            raise CallerError(f"more than {self._most} sessions")
        session = Session(session_id, timeout_s=timeout_s or self.timeout_s, now_s=now_s)
        self._sessions[session_id] = session
        return session

    def close(self, session: Session) -> None:
        """End a session and forget it; a second time changes nothing."""
        session.end()
        if self._sessions.get(session.id) is session:
            del self._sessions[session.id]

    def pass_time(self, now_s: float) -> list[Session]:
        """End the sessions without a connection that have been silent too long; returns them."""
        due = [each for each in self._sessions.values() if _is_orphan(each) and is_due(each, now_s)]
        for session in due:
            self.close(session)
        return due


def is_due(session: Session, now_s: float) -> bool:
    """The session has been silent for its time-out."""
    return session.deadline_s is not None and now_s >= session.deadline_s


def _is_orphan(session: Session) -> bool:
    return session.connection is None
