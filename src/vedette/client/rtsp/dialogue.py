"""One conversation with a camera: the protocol core on a connection, its commands as coroutines."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from vedette.base.clock import Clock, until_tick
from vedette.base.errors import VedetteError
from vedette.client.rtsp.link import Link
from vedette.media.sources.source import SourceLost
from vedette.protocols.rtsp.client import ClientConnection
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
from vedette.protocols.rtsp.headers import Transport
from vedette.protocols.rtsp.parser import Skipped
from vedette.protocols.rtsp.play import PlayParameters
from vedette.protocols.rtsp.url import BadUrl, without_credentials

TICK_S = 0.5
STILL_S = 1.0  # a tick is so late: this process stood still, not the camera

Answer = TypeVar("Answer")


class NotAuthorized(SourceLost):
    """The camera wants other credentials than those given."""


class Refused(SourceLost):
    """The camera answered a request with an error; `status` is the RTSP status."""

    def __init__(self, status: int, what: str) -> None:
        super().__init__(f"the camera refuses {what} with {status}")
        self.status = status


class Moved(SourceLost):
    """The camera says that its media are at `location`."""

    def __init__(self, location: str) -> None:
        super().__init__(f"the camera sends us to {_shown(location)}")
        self.location = location


def _shown(location: str) -> str:
    """An address as it may be told: without the login that may stand in it."""
    try:
        return without_credentials(location).url
    except BadUrl:
        return location.rpartition("@")[2]


class Dialogue:
    """Drives a `ClientConnection`; interleaved packets of channels that nobody took over are passed over.

    Whoever has started the link hands what comes on it to `receive`.
    `chunk_taken` is called after each chunk from the camera: what it completed may be published;
    `passed_over` with the number of bytes that were neither message nor packet.

    `ended` is resolved with the reason when the conversation is over, whoever ended it.
    """

    def __init__(self, core: ClientConnection, link: Link, clock: Clock) -> None:
        self.core = core
        self.chunk_taken: Callable[[], None] | None = None
        self.passed_over: Callable[[int], None] | None = None
        self._link = link
        self._clock = clock
        self._answers: dict[int, asyncio.Future[object]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._due_s = 0.0  # the next tick, by the loop's clock
        self._phase_s = 0.0
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def describe(self) -> DescribeAnswered:
        """Ask for the streams; raises SourceLost and its kinds, as all commands do."""
        return await self._ask(self.core.describe(self._now_s()), DescribeAnswered)

    async def options(self) -> OptionsAnswered:
        """Ask for the methods."""
        return await self._ask(self.core.options(self._now_s()), OptionsAnswered)

    async def setup(self, url: str, transports: Sequence[Transport]) -> SetupAnswered:
        """Set up one track."""
        return await self._ask(self.core.setup(self._now_s(), url, transports), SetupAnswered)

    async def play(self, parameters: PlayParameters | None = None) -> PlayAnswered:
        """Start the media."""
        return await self._ask(self.core.play(self._now_s(), parameters), PlayAnswered)

    def receive(self, data: bytes) -> None:
        """Take a chunk from the camera; empty says that it closed."""
        self._take(self.core.receive(data, self._now_s()))
        if self.chunk_taken is not None:
            self.chunk_taken()

    def send(self, channel: int, packet: bytes) -> None:
        """Send one packet inside the connection."""
        self.core.send_interleaved(channel, packet)
        self._flush()

    async def watch(self, tick: Callable[[], None], phase_s: float = 0.0) -> None:
        """Let time pass until the conversation ends, then raise why; `tick` runs twice a second.

        `phase_s` is how far into each half second it does, for those that are not to do it all at once.
        After this process stood still, what the camera has sent meanwhile is read before anybody asks whether
        it was silent.
        """
        self._due_s = asyncio.get_running_loop().time()
        self._phase_s = phase_s
        try:
            self._pass_time(tick)
            await self._ended
        finally:
            if self._timer is not None:
                self._timer.cancel()

    async def hang_up(self) -> None:
        """Say goodbye if we can, and close."""
        if not self.core.is_closed and self.core.session_id is not None:
            self.core.teardown(self._now_s())
            self._flush()
        self._link.close()
        if not self._ended.done():
            self._ended.cancel()

    async def _ask(self, ticket: int, kind: type[Answer]) -> Answer:
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._answers[ticket] = future
        self._flush()
        try:
            while not future.done():
                await asyncio.wait((future, self._ended), timeout=TICK_S, return_when=asyncio.FIRST_COMPLETED)
                if future.done():
                    break
                if self._ended.done():
                    self._ended.result()
                self._take(self.core.pass_time(self._now_s()))
        finally:
            self._answers.pop(ticket, None)
        answer = future.result()
        if not isinstance(answer, kind):
            raise SourceLost(f"an answer of another kind: {answer!r}")
        return answer

    def _pass_time(self, tick: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        has_stood_still = now_s - self._due_s > STILL_S
        self._due_s = now_s + (TICK_S if has_stood_still else until_tick(TICK_S, now_s - self._phase_s))
        self._timer = loop.call_at(self._due_s, self._pass_time, tick)
        if has_stood_still:
            self._link.catch_up()
            return
        try:
            tick()  # which may bring what was heard: that is to count
            self._take(self.core.pass_time(self._now_s()))
        except VedetteError as problem:
            self._end(problem)

    def _take(self, events: list[ClientEvent]) -> None:
        for event in events:
            self._take_word(event)
        self._flush()

    def _take_word(self, event: ClientEvent) -> None:
        match event:
            case DescribeAnswered() | SetupAnswered() | PlayAnswered() | OptionsAnswered() | Answered():
                self._resolve(event.ticket, event)
            case RequestRefused():
                self._fail(event.ticket, Refused(event.status, event.method.value))
            case AuthenticationFailed():
                self._fail(event.ticket, NotAuthorized(f"not authorized: {event.reason}"))
            case Redirected():
                self._fail(event.ticket, Moved(event.location))
            case SessionLost():
                self._end(SourceLost(f"the session is lost: {event.reason}"))
            case Skipped() if self.passed_over is not None:
                self.passed_over(event.size_bytes)
            case ConnectionLost():
                self._end(SourceLost(f"the connection is lost: {self._link.problem or event.reason}"))

    def _resolve(self, ticket: int, answer: object) -> None:
        future = self._answers.get(ticket)
        if future is not None and not future.done():
            future.set_result(answer)

    def _fail(self, ticket: int | None, problem: SourceLost) -> None:
        future = None if ticket is None else self._answers.get(ticket)
        if future is None:
            self._end(problem)
        elif not future.done():
            future.set_exception(problem)

    def _end(self, problem: VedetteError) -> None:
        if not self._ended.done():
            self._ended.set_exception(problem)
            self._ended.exception()  # it is no defect when nobody waits for the end

    def _flush(self) -> None:
        for data in self.core.outgoing():
            self._link.write(data)

    def _now_s(self) -> float:
        return self._clock.monotonic_s()
