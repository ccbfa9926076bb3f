"""One RTSP connection on a socket, TLS, tunnel or WebSocket: runs the protocol core and answers it."""

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING

from vedette.base.errors import LimitExceeded, PeerError, VedetteError
from vedette.protocols.rtp.rtcp import KeyFrameRequest, parse_rtcp
from vedette.protocols.rtsp.headers import (
    LowerTransport,
    NptRange,
    RtpInfo,
    Transport,
    format_date,
    format_list,
)
from vedette.protocols.rtsp.server import ServerConnection
from vedette.protocols.rtsp.server_events import (
    ConnectionClosed,
    DescribeRequested,
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
from vedette.protocols.rtsp.session import Session, State
from vedette.security.authentication import Identity
from vedette.server.channel import NEVER, Duplex, Taker
from vedette.server.live.outbox import MOST_QUEUED_BYTES
from vedette.server.live.viewers import DatagramPort
from vedette.server.rtsp.gate import Refused
from vedette.server.rtsp.media import Interleave, MediaRefused, MediaResource, MediaSession, PausesLater
from vedette.server.rtsp.ports import numbers_of, open_ports
from vedette.server.rtsp.urls import base_of, path_of

if TYPE_CHECKING:
    from vedette.server.rtsp.service import RtspService

_log = logging.getLogger(__name__)


class Conversation:
    """What an RTSP session means to the driver: its media, and the URL of each track."""

    def __init__(self, resource: MediaResource, media: MediaSession, path: str) -> None:
        self.resource = resource
        self.media = media
        self.path = path
        self.urls: dict[int, str] = {}


class RtspConnection(Taker):
    """Drives one `ServerConnection`. Requests are answered one after the other, in their order."""

    def __init__(self, service: "RtspService", duplex: Duplex) -> None:
        self._service = service
        self._duplex = duplex
        self._core = ServerConnection(service.sessions, now_s=service.now_s(), features=service.features)
        self._waiting: deque[RequestEvent] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._identity: Identity | None = None
        self._has_served = False  # a session at least
        self._is_deaf = False  # while a tunnel has no way in
        duplex.hand_to(self)
        duplex.deadline_s = self._core.deadline_s or NEVER

    @property
    def user_name(self) -> str:
        """Who has logged in here; empty when nobody has."""
        return "" if self._identity is None else self._identity.user_name

    def may_have(self, session: Session) -> bool:
        """Whether who has logged in here may still have what a session of theirs plays."""
        conversation, identity = session.context, self._identity
        if identity is None or not isinstance(conversation, Conversation):
            return True  # nobody has been asked for a login, or there is nothing left to end
        return self._service.gate.may_have(identity, conversation.path)

    # -- the connection's side -------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """Bytes from the viewer."""
        self._is_deaf = False
        if 0 < self._duplex.queued_bytes <= MOST_QUEUED_BYTES and self._is_replaying():
            # Without rate control a viewer pauses by not reading (Streaming, RTSP Keepalive, 26.06 §6.7).
            self._duplex.heard()
        self._take(self._core.receive(data, self._service.now_s()))

    def _is_replaying(self) -> bool:
        contexts = (session.context for session in self._core.sessions)
        return any(isinstance(each, Conversation) and each.media.is_replay for each in contexts)

    def input_ended(self) -> None:
        """The viewer closed its side."""
        self._take(self._core.receive(b"", self._service.now_s()))

    def way_in_lost(self) -> None:
        """See Taker; who has given back what it watched asks no more."""
        self._is_deaf = True
        self._leave()

    def _leave(self) -> None:
        is_busy = self._core.sessions or self._waiting or self._worker is not None
        if self._is_deaf and self._has_served and not is_busy:
            self._take(self._core.close("nothing is watched any more"))

    def overdue(self, now_s: float) -> None:
        """Sessions may have expired; one that plays inside a living connection has not.

        There are players that neither ask nor report, and only read. Who has gone is found out by the
        system, which gets no acknowledgement, and who does not read by the listener.
        """
        for session in self._core.sessions:
            if session.is_interleaved and session.state is State.PLAYING:
                self._core.touch(session, self._service.now_s())
        self._take(self._core.pass_time(self._service.now_s()))

    def finish(self) -> None:
        """The server ends."""
        self._take(self._core.close("the server ends"))

    def lost(self, reason: str) -> None:
        """The connection is gone."""
        self._take(self._core.close(reason))
        if self._worker is not None:
            self._worker.cancel()
        self._service.forget(self)

    # -- the core's side -------------------------------------------------------------------------

    def _take(self, events: list[ServerEvent]) -> None:
        for event in events:
            match event:
                case InterleavedReceived():
                    self._feedback(event)
                case SessionExpired():
                    self._service.end(event.session, "silent too long")
                case ConnectionClosed():
                    for session in event.sessions:
                        self._service.end(session, event.reason)
                    if event.error is not None:
                        _log.info("RTSP from %s: %s", self._duplex.peer.host, event.error)
                case _:
                    self._waiting.append(event)
        self._flush()
        if self._waiting and self._worker is None and not self._core.is_closed:
            self._worker = self._service.start(self._work(), f"RTSP from {self._duplex.peer.host}")

    def _flush(self) -> None:
        for data in self._core.outgoing():
            self._duplex.write(data)
        if self._core.is_closed:
            self._duplex.close()
        else:
            self._duplex.deadline_s = self._core.deadline_s or NEVER

    async def _work(self) -> None:
        is_done = False
        try:
            while self._waiting:
                event = self._waiting.popleft()
                try:
                    await self._answer(event)
                except MediaRefused as refusal:
                    _log.info("%s %s refused: %s", event.request.method, event.url, refusal)
                    if not event.request.is_answered:
                        tags = refusal.unsupported
                        headers = (("Unsupported", format_list(tags)),) if tags else ()
                        self._core.refuse(event.request, refusal.status, headers=headers)
                except VedetteError as error:
                    _log.warning("%s %s failed: %s", event.request.method, event.url, error)
                    if not event.request.is_answered:
                        self._core.refuse(event.request, 500)
                self._flush()
            is_done = True
        finally:
            self._worker = None
            if not is_done:  # the service logs the exception; a viewer must not wait for ever
                self._duplex.abort("an error of the server")
        self._leave()

    async def _answer(self, event: RequestEvent) -> None:
        if not self._admit(event):
            return
        match event:
            case DescribeRequested():
                await self._describe(event)
            case SetupRequested():
                await self._setup(event)
            case PlayRequested():
                await self._play(event)
            case PauseRequested():
                await self._pause(event)
            case TeardownRequested():
                self._teardown(event)
            case ParameterRequested():
                self._core.refuse(event.request, 451)

    def _admit(self, event: RequestEvent) -> bool:
        """Ask for a login where one is needed."""
        request = event.request
        try:
            self._identity = self._service.gate.admit(
                request.method, request.url, request.authorization, self._duplex.peer.host, self._identity
            )
        except Refused as refusal:
            _log.debug("%s %s not admitted: %s", request.method, request.url, refusal)
            status = 401 if refusal.challenges else 403
            self._core.refuse(request, status, www_authenticate=refusal.challenges)
            return False
        return True

    def _resource(self, path: str, requires: tuple[str, ...]) -> MediaResource:
        resource = self._service.directory.find(path)
        if resource is None:
            raise MediaRefused(404, f"nothing at {path}")
        _check_features(resource, requires)
        return resource

    async def _describe(self, event: DescribeRequested) -> None:
        path, _ = path_of(event.url)
        resource = self._resource(path, event.request.requires)
        body = await resource.describe()
        sdp = self._service.sdp_head(resource.title, self._duplex.local.host) + body
        date = format_date(self._service.now_us())  # tells the age of old pictures from a slow clock
        self._core.accept_describe(event.request, sdp, base_of(event.url), headers=[("Date", date)])

    async def _setup(self, event: SetupRequested) -> None:
        path, number = path_of(event.url)
        if event.session is None:
            resource = self._resource(path, event.request.requires)
            tracks = await resource.tracks()
            media = resource.open()
            media.peer = self._duplex.peer.host
            conversation = Conversation(resource, media, path)
        else:
            conversation = self._conversation(event.session)
            if path != conversation.path:
                raise MediaRefused(459, "one session plays one resource")
            _check_features(conversation.resource, event.request.requires)
            tracks = await conversation.resource.tracks()
        try:
            if number is None:
                if len(tracks) != 1:
                    raise MediaRefused(459, "name the track to set up")
                number = tracks[0].number
            elif all(track.number != number for track in tracks):
                raise MediaRefused(404, f"{conversation.resource.title} has no track {number}")
            transport = self._deliver(event, conversation.media, number)
            session = self._core.accept_setup(
                event.request,
                transport,
                self._service.new_session_id(),
                timeout_s=conversation.resource.session_timeout_s,
            )
        except VedetteError:
            if event.session is None:
                conversation.media.close()
            raise
        if session is None or session.is_ended:
            conversation.media.close()
            return
        conversation.urls[number] = event.url
        if event.session is None:
            session.context = conversation
            self._has_served = True
            self._service.opened(session, conversation, self)

    def _deliver(self, event: SetupRequested, media: MediaSession, number: int) -> Transport:
        """Take the first transport that we have; raises MediaRefused (461)."""
        for wanted in event.transports:
            profile = wanted.profile.upper()
            if wanted.is_multicast or profile not in ("RTP/AVP", "RTP/AVPF"):
                continue
            if wanted.lower is LowerTransport.TCP or wanted.interleaved is not None:
                try:
                    channels = self._core.channels_for(wanted.interleaved, event.url, event.session)
                except LimitExceeded as error:
                    raise MediaRefused(503, str(error)) from error
                ssrc = media.add_track(number, Interleave(self._duplex, channels[0]))
                return Transport(profile=profile, lower=LowerTransport.TCP, interleaved=channels, ssrc=ssrc)
            if wanted.client_port is not None:
                peer, local, chance = self._duplex.peer.host, self._duplex.local.host, self._service.chance
                port = open_ports(local, peer, wanted.client_port, chance, link=self._duplex.link)
                try:
                    ssrc = media.add_track(number, port)
                except MediaRefused:
                    port.close()
                    raise
                self._service.watch_port(port, media)
                return Transport(
                    profile=profile,
                    client_port=wanted.client_port,
                    server_port=numbers_of(port),
                    ssrc=ssrc,
                )
        raise MediaRefused(461, "neither TCP interleaved nor UDP unicast")

    async def _play(self, event: PlayRequested) -> None:
        conversation = self._conversation(event.session)
        _check_features(conversation.resource, event.request.requires)
        started = await conversation.media.play(event.play)
        rtp_info = [
            RtpInfo(url=conversation.urls[each.track], sequence=each.sequence, rtp_time=each.rtp_time)
            for each in started.tracks
            if each.track in conversation.urls
        ]
        self._core.accept_play(
            event.request,
            range=started.range,
            play_time=started.play_time,
            rtp_info=rtp_info,
            scale=started.scale,
            speed=started.speed,
        )
        self._flush()
        if not event.session.is_ended:
            conversation.media.begin()

    async def _pause(self, event: PauseRequested) -> None:
        media, session, point = self._conversation(event.session).media, event.session, event.point
        if point is None or (isinstance(point, NptRange) and (point.start_us is None or not media.is_replay)):
            media.pause()  # live media call their time line "now" alone
            if point is not None:
                self._core.paused(session)
        elif isinstance(media, PausesLater):
            await media.pause_at(point, lambda: self._core.paused(session))
        else:
            raise MediaRefused(457, "live media pause at once")
        self._core.accept(event.request)

    def _teardown(self, event: TeardownRequested) -> None:
        conversation = self._conversation(event.session)
        if not event.ends_session:
            _, number = path_of(event.url)
            if number is not None:
                conversation.media.remove_track(number)
        self._core.accept(event.request)
        if event.session.is_ended:
            self._service.end(event.session, "torn down")

    def _conversation(self, session: Session) -> Conversation:
        if not isinstance(session.context, Conversation):
            raise MediaRefused(454, "the session has no media")
        return session.context

    def _feedback(self, event: InterleavedReceived) -> None:
        if event.session is None:
            return
        self._core.touch(event.session, self._service.now_s())
        if isinstance(event.session.context, Conversation):
            for packet in event.packets:
                take_feedback(packet, event.session.context.media)

    def drop(self, why: str) -> None:
        """Close, because what this viewer watches is gone."""
        _log.info("RTSP to %s closed: %s", self._duplex.peer.host, why)
        self._take(self._core.close(why))


def _check_features(resource: MediaResource, requires: tuple[str, ...]) -> None:
    unknown = [tag for tag in requires if tag not in resource.features]
    if unknown:
        raise MediaRefused(551, f"{resource.title} does not know {unknown}", unsupported=unknown)


def take_feedback(packet: memoryview | bytes, media: MediaSession) -> None:
    """Hear what a viewer says by RTCP; rubbish is ignored."""
    try:
        reports = parse_rtcp(packet)
    except PeerError:
        return
    if any(isinstance(report, KeyFrameRequest) for report in reports):
        media.key_frame_wanted()


__all__ = ["Conversation", "DatagramPort", "RtspConnection", "take_feedback"]
