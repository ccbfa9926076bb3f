"""Pull points: what waits for each subscriber, and how long it still may."""

import asyncio
import secrets
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress

from vedette.base.clock import Clock
from vedette.contract.faults import (
    ResourceUnknownFault,
    SubscribeCreationFailedFault,
    UnableToGetMessagesFault,
)
from vedette.contract.schema.items import PropertyOperation
from vedette.contract.topics.device import EVENT_BUFFER_BEGIN
from vedette.device.event_filters import EventFilter
from vedette.device.events import EventBroker
from vedette.device.notifications import Event, event_from_log
from vedette.storage.events import EventLog, EventPage, EventPlace, LoggedEvent

MOST_PULL_POINTS = 64
MOST_WAITING = 2000  # events that wait for one subscriber
LAST_US = 1 << 62
PAGE_LEAST = 200  # events read from the log at once, though only few of them may pass the filter


class _Past:
    """Where a pull point reads the log after a seek; the buffer's begin is told once for each.

    Forward, what was logged up to then comes in the order of time, what is logged from then on in that of
    logging: a clock that is set back would hide it until its old time comes again.
    """

    def __init__(self, from_us: int, *, is_reverse: bool, newest_id: int, least_us: int) -> None:
        self.from_us = from_us
        self.is_reverse = is_reverse
        self.newest_id = newest_id  # at the seek, then of what was read in the order of logging
        self.least_us = least_us  # of what is logged from the seek on
        self.place: EventPlace | None = None
        self.is_caught_up = False
        self.is_begin_told = False
        self.is_started = False
        self.begin_us = 0


class PullPoint:
    """One subscription whose events are fetched. Times of its end are of the monotonic clock.

    When more than MOST_WAITING events wait, the oldest are dropped and counted. One that does not live by
    being pulled ends at its time unless it is renewed.
    """

    def __init__(
        self,
        token: str,
        broker: EventBroker,
        clock: Clock,
        wanted: EventFilter,
        *,
        life_s: float,
        changed_only: bool = False,
        lives_by_pulling: bool = True,
    ) -> None:
        self.token = token
        self.ends_s = clock.monotonic_s() + life_s
        self.dropped_total = 0
        self._life_s = life_s
        self._broker = broker
        self._clock = clock
        self._wanted = wanted
        self._changed_only = changed_only
        self.lives_by_pulling = lives_by_pulling
        self._waiting: deque[Event] = deque()
        self._past: _Past | None = None
        self._wake = asyncio.Event()
        self._is_pulling = False
        self._closed = asyncio.Event()

    @property
    def ends_utc_us(self) -> int:
        """When it ends, unless it is pulled or renewed before."""
        left_s = self.ends_s - self._clock.monotonic_s()
        return self._clock.utc_us() + round(left_s * 1_000_000)

    @property
    def is_over(self) -> bool:
        """Whether it was closed or nobody has pulled for too long."""
        is_kept = self._is_pulling and self.lives_by_pulling
        return self._closed.is_set() or (not is_kept and self._clock.monotonic_s() >= self.ends_s)

    @property
    def waiting(self) -> int:
        """How many events wait."""
        return len(self._waiting)

    def receive(self, event: Event) -> None:
        """Take what the broker tells."""
        if self._past is None and self._passes(event):
            self._put((event,))
        self._wake.set()

    def synchronize(self) -> None:
        """Put the state of every property behind what waits; after a seek this tells nothing."""
        if self._past is None and not self._changed_only:
            self._put(each for each in self._broker.states() if self._wanted.passes(each))
            self._wake.set()

    async def seek(self, utc_us: int, *, is_reverse: bool) -> None:
        """Forget what waits and read the log from an instant on, or back from it."""
        log = self._broker.log
        await self._broker.written()
        newest_id = 0 if log is None else await asyncio.to_thread(log.newest_id)
        least_us = utc_us if utc_us > self._clock.utc_us() else 0
        self._waiting.clear()
        self._past = _Past(utc_us, is_reverse=is_reverse, newest_id=newest_id, least_us=least_us)
        self._wake.set()

    def renew(self, life_s: float) -> None:
        """Let it end in `life_s` from now."""
        self._life_s = life_s
        self.ends_s = self._clock.monotonic_s() + life_s

    def close(self) -> None:
        """End it; who waits on it is told."""
        self._closed.set()
        self._wake.set()

    async def ended(self) -> None:
        """Wait until it is closed, which is some time after its end where that is merely reached."""
        await self._closed.wait()

    async def pull(self, timeout_s: float, most: int) -> list[Event]:
        """Up to `most` events that wait; if there are none, those that come within `timeout_s`.

        Raises UnableToGetMessagesFault while another pull waits, ResourceUnknownFault when the pull
        point is closed meanwhile.
        """
        if self._is_pulling:
            raise UnableToGetMessagesFault("another PullMessages request waits on this subscription")
        self._is_pulling = True
        try:
            return await self._pulled(timeout_s, most)
        finally:
            self._is_pulling = False
            if self.lives_by_pulling:
                self.ends_s = max(self.ends_s, self._clock.monotonic_s() + max(timeout_s, self._life_s))

    async def _pulled(self, timeout_s: float, most: int) -> list[Event]:
        until_s = self._clock.monotonic_s() + timeout_s
        await self._fill(most, until_s)
        with suppress(TimeoutError):
            async with asyncio.timeout(until_s - self._clock.monotonic_s()):
                while not self._waiting:
                    await self._wake.wait()
                    await self._fill(most, until_s)
        return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    async def _fill(self, most: int, until_s: float) -> None:
        self._wake.clear()
        if self._closed.is_set():
            raise ResourceUnknownFault("the subscription was ended")
        past, log = self._past, self._broker.log
        if past is not None and log is not None:
            await self._read_back(log, past, most, until_s)

    def _passes(self, event: Event) -> bool:
        if self._changed_only and event.operation in (
            PropertyOperation.INITIALIZED,
            PropertyOperation.DELETED,
        ):
            return False
        return self._wanted.passes(event)

    def _put(self, events: Iterable[Event]) -> None:
        for event in events:
            if len(self._waiting) >= MOST_WAITING:
                self._waiting.popleft()
                self.dropped_total += 1
            self._waiting.append(event)

    async def _read_back(self, log: EventLog, past: _Past, most: int, until_s: float) -> None:
        """Let the next events of the log wait, as far as they are found until `until_s`."""
        await self._broker.written()
        await self._begin_reading(log, past)
        while self._past is past and len(self._waiting) < most:
            page = await asyncio.to_thread(_next_page, log, past, max(most, PAGE_LEAST))
            if self._past is not past:
                return
            for logged in page.events:
                event = event_from_log(logged) if _is_in_turn(past, logged) else None
                if event is not None and self._passes(event):
                    self._waiting.append(event)
            if page.after is None:
                if past.is_reverse:
                    self._tell_begin(past)
                if past.is_reverse or past.is_caught_up:
                    return
                past.is_caught_up = True
                continue
            if self._clock.monotonic_s() >= until_s:
                return  # the next pull goes on from here

    async def _begin_reading(self, log: EventLog, past: _Past) -> None:
        """Tell the buffer's begin to who seeks it or what was before.

        It is dated as the oldest event: what is told is in the order of time, and who seeks that instant is
        at the begin again. Source: Core, Seek, BeginOfBuffer (26.06 §9.1.5, §9.11.1).
        """
        if past.is_started:
            return
        oldest = (await asyncio.to_thread(log.find, 0, LAST_US, most=1)).events
        past.is_started = True
        past.begin_us = oldest[0].utc_us if oldest else self._clock.utc_us()
        is_there = past.from_us == past.begin_us and not past.is_reverse
        if self._past is past and (is_there or past.from_us < past.begin_us or not oldest):
            self._tell_begin(past)

    def _tell_begin(self, past: _Past) -> None:
        event = Event(topic=EVENT_BUFFER_BEGIN, utc_us=past.begin_us)
        if not past.is_begin_told and self._wanted.passes(event):
            self._waiting.append(event)
        past.is_begin_told = True


def _next_page(log: EventLog, past: _Past, most: int) -> EventPage:
    if past.is_caught_up:
        return log.logged_after(past.newest_id, most)
    return log.find(past.from_us, 0 if past.is_reverse else LAST_US, after=past.place, most=most)


def _is_in_turn(past: _Past, logged: LoggedEvent) -> bool:
    """Go on to an event; whether it is to be told now."""
    if past.is_caught_up:
        past.newest_id = logged.id
        return logged.utc_us >= past.least_us
    past.place = EventPlace(logged.utc_us, logged.id)
    return past.is_reverse or logged.id <= past.newest_id


class PullPoints:
    """All pull points by token; at most MOST_PULL_POINTS that live by being pulled, at a time."""

    def __init__(self, broker: EventBroker, clock: Clock) -> None:
        self.broker = broker
        self._clock = clock
        self._open: dict[str, PullPoint] = {}
        broker.attach(self)

    def __len__(self) -> int:
        self._forget_old()
        return len(self._open)

    def __iter__(self) -> Iterator[PullPoint]:
        self._forget_old()
        return iter(tuple(self._open.values()))

    def receive(self, event: Event) -> None:
        """Hand an event to every pull point that still lives."""
        self._forget_old()
        for each in self._open.values():
            each.receive(event)

    def create(
        self, wanted: EventFilter, *, life_s: float, changed_only: bool = False, lives_by_pulling: bool = True
    ) -> PullPoint:
        """A new pull point, which first tells the state of every property it is to hear of.

        Raises SubscribeCreationFailedFault when there are too many; who makes one that does not live by
        being pulled counts those.
        """
        self._forget_old()
        pulled = sum(each.lives_by_pulling for each in self._open.values())
        if lives_by_pulling and pulled >= MOST_PULL_POINTS:
            raise SubscribeCreationFailedFault(f"there are {MOST_PULL_POINTS} pull points already")
        token = secrets.token_hex(8)
        made = PullPoint(
            token,
            self.broker,
            self._clock,
            wanted,
            life_s=life_s,
            changed_only=changed_only,
            lives_by_pulling=lives_by_pulling,
        )
        self._open[token] = made
        made.synchronize()
        return made

    def require(self, token: str) -> PullPoint:
        """The pull point of a token; raises ResourceUnknownFault."""
        found = self._open.get(token)
        if found is None or found.is_over:
            raise ResourceUnknownFault(f"no subscription {token[:40]!r}")
        return found

    def end(self, token: str) -> None:
        """End a pull point; raises ResourceUnknownFault."""
        self.require(token).close()
        del self._open[token]

    def _forget_old(self) -> None:
        for each in [each for each in self._open.values() if each.is_over]:
            each.close()
            del self._open[each.token]
