"""All RTSP connections and sessions of one server."""

import asyncio
import logging
import random
import secrets
from collections.abc import Coroutine
from typing import Any

from vedette.base.clock import Clock, until_tick
from vedette.protocols.rtsp.play import REPLAY_TAG
from vedette.protocols.rtsp.session import Session, SessionTable
from vedette.server.channel import Channel, Duplex
from vedette.server.live.viewers import DatagramPort
from vedette.server.rtsp.connection import Conversation, RtspConnection, take_feedback
from vedette.server.rtsp.gate import Gate
from vedette.server.rtsp.media import MediaDirectory, MediaSession

_log = logging.getLogger(__name__)

SWEEP_S = 1.0
FEEDBACK_MOST_BYTES = 2048


class RtspService:
    """Makes a connection's driver, keeps the table of sessions, and ends what has timed out."""

    features: frozenset[str] = frozenset({REPLAY_TAG})

    def __init__(self, directory: MediaDirectory, gate: Gate, clock: Clock) -> None:
        self.directory = directory
        self.gate = gate
        self.chance = random.Random()
        self.sessions = SessionTable()
        self.sessions_total = 0
        self._clock = clock
        self._connections: set[RtspConnection] = set()
        self._owners: dict[Session, RtspConnection] = {}
        self._of_media: dict[MediaSession, Session] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._endings: set[asyncio.Task[None]] = set()  # of sessions that still close files

    @property
    def connections_now(self) -> int:
        """How many RTSP connections are open."""
        return len(self._connections)

    def now_s(self) -> float:
        """Monotonic time."""
        return self._clock.monotonic_s()

    def now_us(self) -> int:
        """The civil time (UTC)."""
        return self._clock.utc_us()

    def take(self, channel: Channel, seen: bytes) -> None:
        """Take a connection over whose first bytes are RTSP."""
        self.converse(channel).receive(seen)

    def take_stream(self, duplex: Duplex) -> None:
        """Take over what carries bytes both ways, such as a WebSocket or a tunnel."""
        self.converse(duplex)

    def converse(self, duplex: Duplex) -> RtspConnection:
        """Speak RTSP over anything that carries bytes both ways."""
        connection = RtspConnection(self, duplex)
        self._connections.add(connection)
        return connection

    def forget(self, connection: RtspConnection) -> None:
        """A connection is gone."""
        self._connections.discard(connection)

    def drop_users(self, names: frozenset[str]) -> None:
        """End what these users watch, and have them log in anew."""
        self._drop(
            [each for each in self._connections if each.user_name in names],
            [each for each, owner in self._owners.items() if owner.user_name in names],
            "its user was changed",
        )

    def drop_forbidden(self) -> None:
        """End what is watched by those who may not any more."""
        ended = [each for each, owner in self._owners.items() if not owner.may_have(each)]
        owners = {self._owners[each] for each in ended}
        self._drop([each for each in owners if each in self._connections], ended, "its user may not any more")

    def _drop(self, connections: list[RtspConnection], sessions: list[Session], why: str) -> None:
        for connection in connections:
            connection.drop(why)
        for session in sessions:
            self.sessions.close(session)  # over UDP, with a connection or without
            self.end(session, why)

    def new_session_id(self) -> str:
        """An id that nobody can guess. Source: RFC 2326 §3.4."""
        return secrets.token_hex(8)

    def sdp_head(self, title: str, host: str) -> str:
        """The session part of a description."""
        family = "IP6" if ":" in host else "IP4"
        anywhere = "::" if ":" in host else "0.0.0.0"
        lines = (
            "v=0",
            f"o=- {self._clock.utc_us()} 1 IN {family} {host}",
            f"s={title}",
            f"c=IN {family} {anywhere}",
            "t=0 0",
            "a=control:*",
        )
        return "\r\n".join(lines) + "\r\n"

    def start(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """Run `work` as a task that ends with the service."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def opened(self, session: Session, conversation: Conversation, owner: RtspConnection) -> None:
        """A session has begun on a connection."""
        self.sessions_total += 1
        self._owners[session] = owner
        self._of_media[conversation.media] = session
        conversation.media.on_lost = lambda why: self._lose(session, why)

    def watch_port(self, port: DatagramPort, media: MediaSession) -> None:
        """Hear the receiver reports that come to a UDP port."""
        loop, descriptor = asyncio.get_running_loop(), port.rtcp.fileno()
        loop.add_reader(descriptor, self._hear, port, media)

        def forget() -> None:
            loop.remove_reader(descriptor)

        port.on_close = forget

    def end(self, session: Session, why: str) -> None:
        """A session has ended: its media stop."""
        self._owners.pop(session, None)
        conversation = session.context
        if not isinstance(conversation, Conversation):
            return
        session.context = None
        self._of_media.pop(conversation.media, None)
        ending = conversation.media.close()
        if ending is not None:
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)
        _log.debug("session on %s ended: %s", conversation.path, why)

    async def run(self) -> None:
        """End sessions whose connection has gone and whose time is over, until cancelled."""
        while True:
            await asyncio.sleep(until_tick(SWEEP_S))
            for session in self.sessions.pass_time(self.now_s()):
                self.end(session, "silent too long")

    async def close(self) -> None:
        """End every session, with its files closed, and stop every task."""
        for session in self.sessions.sessions:
            self.end(session, "the server ends")
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*self._endings, return_exceptions=True)

    def _hear(self, port: DatagramPort, media: MediaSession) -> None:
        try:
            packet = port.rtcp.recv(FEEDBACK_MOST_BYTES)
        except OSError:
            return  # its host refused our report: the time-out will end the session
        session = self._of_media.get(media)
        if session is not None:
            session.touch(self.now_s())
        take_feedback(packet, media)

    def _lose(self, session: Session, why: str) -> None:
        owner = self._owners.get(session)
        self.sessions.close(session)
        self.end(session, why)
        if owner is not None and owner in self._connections:
            owner.drop(why)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("task %s failed", task.get_name(), exc_info=error)
