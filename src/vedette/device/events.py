"""The event broker: keeps the state of every property, tells subscribers, writes the log."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future
from functools import partial
from typing import Protocol

import msgspec

from vedette.base.clock import Clock, until_tick
from vedette.base.errors import CallerError
from vedette.contract.schema.items import PropertyOperation
from vedette.contract.topics import Topic
from vedette.contract.topics.device import EVENT_BUFFER_BEGIN
from vedette.device.notifications import Event, event_from_log
from vedette.device.retention_clock import RetentionClock
from vedette.storage.errors import StorageError
from vedette.storage.events import EventLog, EventSubject, Items

_log = logging.getLogger(__name__)

PRUNE_INTERVAL_S = 600.0
LOOK_S = 2.0
RETRY_S = 30.0
AGAIN_S = 600.0  # a log that is damaged sooner than that stays so: each time a file is kept aside
OWED_MOST = 10_000  # events that the log has refused
SETTLED_AFTER_S = 60.0  # by then every property that still exists has been told since the start


class EventLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How long events are kept, and how many at the most."""

    keep_s: int = 90 * 86_400
    most: int = 1_000_000


class Subscriber(Protocol):
    """Hears of every event. The call comes on the event loop and must neither block nor raise."""

    def receive(self, event: Event) -> None:
        """Something happened."""
        ...


class EventBroker:
    """Takes every event of this device and hands it on. Lives on one event loop.

    Topics are declared before anything is published on them: what GetEventProperties offers is what
    is really sent. `log` may be missing, and then nothing is kept.

    Source: Core, Event Notifications (26.06 §9.4).
    """

    def __init__(
        self, clock: Clock, log: EventLog | None = None, *, limits: EventLimits | None = None
    ) -> None:
        self.log = log
        self._clock = clock
        self._retention_clock = RetentionClock(clock, "event")
        self._limits = limits or EventLimits()
        self._topics: dict[str, Topic] = {}
        self._states: dict[EventSubject, Event] = {}
        self._subscribers: tuple[Subscriber, ...] = ()
        self._last_logged: Future[int] | None = None
        self._owed: deque[Event] = deque(maxlen=OWED_MOST)
        self._anew_from_s = 0.0  # when a damaged log may be begun anew
        self.events_total = 0
        self.not_logged_total = 0
        self.log_problem = ""  # why the log takes nothing now
        if log is not None:
            self.declare(EVENT_BUFFER_BEGIN)  # what a seek meets at its end

    @property
    def clock(self) -> Clock:
        """By which events are dated."""
        return self._clock

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Every topic that is published here."""
        return tuple(self._topics.values())

    def declare(self, *topics: Topic) -> None:
        """Say that these topics will be published on; saying it twice changes nothing."""
        self._topics.update((each.path, each) for each in topics)

    def publish(
        self,
        topic: Topic,
        *,
        source: Items = (),
        key: Items = (),
        data: Items = (),
        utc_us: int | None = None,
        recording: str = "",
        track: str = "",
    ) -> Event | None:
        """Tell that something happened, now or at `utc_us`; the result is what subscribers get.

        Of a property, the first event is Initialized, every other Changed; a state that is the same as
        before is not told again, and the result is None. Raises CallerError for a topic that was not
        declared.
        """
        event = self._event(topic, source, key, data, utc_us, recording, track)
        if topic.is_property:
            before = self._states.get(event.subject)
            if before is not None and before.data == data:
                return None
            operation = PropertyOperation.INITIALIZED if before is None else PropertyOperation.CHANGED
            event = msgspec.structs.replace(event, operation=operation)
            self._states[event.subject] = event
        self._hand_on(event)
        return event

    def forget(
        self, topic: Topic, *, source: Items = (), key: Items = (), recording: str = "", track: str = ""
    ) -> Event | None:
        """Tell that a property is gone; None when there was none."""
        event = self._event(topic, source, key, (), None, recording, track)
        if self._states.pop(event.subject, None) is None:
            return None
        event = msgspec.structs.replace(event, operation=PropertyOperation.DELETED)
        self._hand_on(event)
        return event

    def record(self, event: Event) -> None:
        """Write an event of the past into the log alone."""
        self._write(event)

    def states(self) -> list[Event]:
        """Every property that exists, as Initialized, with the time when it took that state."""
        return [
            msgspec.structs.replace(each, operation=PropertyOperation.INITIALIZED)
            for each in self._states.values()
        ]

    def attach(self, subscriber: Subscriber) -> None:
        """Tell a subscriber of everything from now on."""
        if subscriber not in self._subscribers:
            self._subscribers = (*self._subscribers, subscriber)

    def detach(self, subscriber: Subscriber) -> None:
        """No longer tell a subscriber; an unknown one is ignored."""
        self._subscribers = tuple(each for each in self._subscribers if each is not subscriber)

    async def written(self) -> None:
        """Wait until everything that was published can be found in the log."""
        if self._last_logged is not None:
            logged = asyncio.wrap_future(self._last_logged)
            logged.add_done_callback(_look_at)
            await asyncio.wait((logged,))

    async def run(self) -> None:
        """Keep the log until cancelled: within its limits, and true to what is gone since an earlier run."""
        if self.log is None:
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look_after(self.log), name="the event log's file")
            await self._prune(self.log)
            await asyncio.sleep(SETTLED_AFTER_S)
            await self.forget_untold()
            while True:
                await asyncio.sleep(PRUNE_INTERVAL_S)
                await self._prune(self.log)

    async def forget_untold(self) -> None:
        """Write into the log that the properties are gone that were told by an earlier run only.

        They would count as they were then for good: a camera that was taken out of the file while nothing
        ran, as recorded.
        """
        if self.log is None:
            return
        try:
            known = await asyncio.to_thread(self.log.states, self._clock.utc_us() + 1)
        except StorageError as problem:
            _log.error("event log: %s", problem)
            return
        for event in map(event_from_log, known):
            if event is not None and event.subject not in self._states:
                gone = msgspec.structs.replace(
                    event, utc_us=self._clock.utc_us(), data=(), operation=PropertyOperation.DELETED
                )
                self.record(gone)

    async def _look_after(self, log: EventLog) -> None:
        """Begin a log anew that is damaged or was taken away, and write what it refused meanwhile."""
        while True:
            await asyncio.sleep(until_tick(LOOK_S))
            await asyncio.to_thread(log.look)
            now_s = self._clock.monotonic_s()
            if log.is_damaged and now_s >= self._anew_from_s:
                is_anew = await self._begin_anew(log)
                self._anew_from_s = now_s + (AGAIN_S if is_anew else RETRY_S)
            for _ in range(1 if self.log_problem else len(self._owed)):  # one, to see whether it is over
                if self._owed:
                    self.not_logged_total -= 1
                    self._write(self._owed.popleft())

    async def _begin_anew(self, log: EventLog) -> bool:
        """Put the log's file aside and write the states of all properties into another, if that can be."""
        try:
            aside = await asyncio.to_thread(log.begin_anew)
        except StorageError as problem:
            self._note(problem)
            return False
        except OSError as error:
            self._note(StorageError(f"it cannot be put aside: {error.strerror}"))
            return False
        kept = "" if aside is None else f"; what is left of it is kept as {aside.name}"
        _log.error("event log: it was damaged or taken away, and a new one is begun%s", kept)
        # The log's thread may add to them meanwhile.
        owed = {(event.subject, event.utc_us) for event in tuple(self._owed)}
        for event in self.states():
            if (event.subject, event.utc_us) not in owed:
                self._write(event)
        return True

    async def _prune(self, log: EventLog) -> None:
        before_us = self._retention_clock.utc_us() - self._limits.keep_s * 1_000_000
        try:
            gone = await asyncio.wrap_future(log.prune(before_us, self._limits.most))
        except StorageError as problem:
            self._note(problem)
        else:
            _log.debug("event log: %d events deleted", gone)

    def _event(
        self,
        topic: Topic,
        source: Items,
        key: Items,
        data: Items,
        utc_us: int | None,
        recording: str,
        track: str,
    ) -> Event:
        if topic.path not in self._topics:
            raise CallerError(f"topic {topic.path} was not declared")
        return Event(
            topic=topic,
            utc_us=self._clock.utc_us() if utc_us is None else utc_us,
            source=source,
            key=key,
            data=data,
            recording=recording,
            track=track,
        )

    def _hand_on(self, event: Event) -> None:
        self.events_total += 1
        self._write(event)
        for subscriber in self._subscribers:
            subscriber.receive(event)

    def _write(self, event: Event) -> None:
        if self.log is None:
            return
        operation = event.operation.value if event.operation else ""
        self._last_logged = self.log.append(event.utc_us, event.subject, event.data, operation)
        self._last_logged.add_done_callback(partial(self._logged, event))

    def _logged(self, event: Event, future: "Future[int]") -> None:
        problem = future.exception()
        if problem is not None:
            self.not_logged_total += 1
            self._owed.append(event)
        self._note(problem)

    def _note(self, problem: BaseException | None) -> None:
        """Say once what keeps events from being logged, and once that it is over."""
        before, self.log_problem = self.log_problem, "" if problem is None else str(problem)
        if self.log_problem and not before:
            _log.error("event log: %s", problem)
        elif before and not self.log_problem:
            _log.warning("event log: events are kept again; not kept so far: %d", self.not_logged_total)


def _look_at(logged: "asyncio.Future[int]") -> None:
    """What the log has refused was told of already."""
    if not logged.cancelled():
        logged.exception()


def declared_names(topics: Iterable[Topic]) -> frozenset[str]:
    """The names of all items that messages on these topics carry."""
    return frozenset(item.name for topic in topics for item in (*topic.source, *topic.key, *topic.data))
