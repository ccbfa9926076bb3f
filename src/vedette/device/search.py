"""Searches: for recordings and for events, each a session that is asked again until it is exhausted."""

import asyncio
import secrets
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import msgspec

from vedette.base.clock import Clock
from vedette.base.errors import LimitExceeded, VedetteError
from vedette.contract.schema.items import PropertyOperation
from vedette.contract.schema.search import RecordingInformation, SearchScope
from vedette.contract.topics import TOPICS
from vedette.device.event_filters import EventFilter
from vedette.device.events import EventBroker, declared_names
from vedette.device.footage import HISTORY, TOLD_BY_FOOTAGE, history, state_event
from vedette.device.notifications import Event, event_from_log
from vedette.device.recordings import Recording, Recordings, recorded_profile
from vedette.storage.archive import Archive
from vedette.storage.events import EventLog, EventPlace, EventSubject
from vedette.wire.codec import to_element
from vedette.wire.filters import UnsupportedExpression, XPathFilter

MOST_SESSIONS = 64
LEAST_LIFE_S = 1.0
MOST_LIFE_S = 600.0
MOST_RESULTS = 500  # in one answer
MOST_WAIT_S = 60.0
PAGE = 500  # events read at once
PAGES_AT_ONCE = 20


class UnknownSearch(VedetteError):
    """No search has that token, or it has ended."""


class TooManySearches(VedetteError):
    """No more searches can be run."""


class UnknownScope(VedetteError):
    """The scope names a recording that does not exist."""


class UnknownSource(VedetteError):
    """The scope names a source that nothing was recorded from."""


class InvalidSearchFilter(VedetteError):
    """The filter of recordings is not understood."""


class FoundEvent(NamedTuple):
    """An event and the recording it belongs to; `is_start_state` marks what was not itself an event."""

    event: Event
    recording: Recording
    is_start_state: bool = False

    @property
    def track(self) -> str:
        """The token of the track it belongs to: its own, else the recording's first."""
        if self.event.track or not self.recording.tracks:
            return self.event.track
        return self.recording.tracks[0].token


class Session:
    """One search. It ends when it is exhausted, is ended, or is not asked for `life_s`."""

    def __init__(self, life_s: float) -> None:
        self.life_s = life_s
        self.ends_s = 0.0
        self.turn = asyncio.Lock()

    @property
    def reached_us(self) -> int | None:
        """How far along the time line it came; None if it does not follow one."""
        return None


class RecordingSearch(Session):
    """A search for recordings, which were all found when it began."""

    def __init__(self, found: Sequence[Recording], life_s: float) -> None:
        super().__init__(life_s)
        self._left = list(found)

    def take(self, most: int) -> tuple[list[RecordingInformation], bool]:
        """Up to `most` of what is left, and whether that was all."""
        taken, self._left = self._left[:most], self._left[most:]
        return [each.information() for each in taken], not self._left


class Span(NamedTuple):
    """Where a search for events begins and ends; it runs backward when it ends before it begins."""

    start_us: int
    end_us: int

    @property
    def is_backward(self) -> bool:
        """Whether the newest come first."""
        return self.end_us < self.start_us

    def holds(self, utc_us: int) -> bool:
        """Whether an instant lies within, both ends included."""
        return min(self) <= utc_us <= max(self)


class EventSearch(Session):
    """A search for events: those of the footage, and those of the log, merged in order of time.

    Of the log only what happened between the ends of a recording is an event of it.
    """

    def __init__(
        self,
        log: EventLog | None,
        scope: Sequence[Recording],
        wanted: EventFilter,
        span: Span,
        life_s: float,
        *,
        most: int | None,
    ) -> None:
        super().__init__(life_s)
        self._log = log
        self._scope = {each.token: each for each in scope}
        self._ends = {each.token: each.ends for each in scope}
        self._wanted = wanted
        self._span = span
        self._most = most
        self._opening: list[FoundEvent] = []  # start states; of each list the next one stands last
        self._footage: list[FoundEvent] = []
        self._logged: list[FoundEvent] = []  # as far as it is read
        self._closing: list[FoundEvent] = []  # start states at the far end of a backward search
        self._place: EventPlace | None = None
        self._is_log_read = log is None
        self._reached_us = span.start_us

    @property
    def reached_us(self) -> int:
        """The instant of the last event that was given, or where it begins."""
        return self._reached_us

    def prepare(self, archive: Archive, now_us: int, *, with_states: bool) -> None:
        """Read what the footage tells, where that is wanted; blocks."""
        is_read = any(self._wanted.wants(topic.name) for topic in TOLD_BY_FOOTAGE)
        events = [
            FoundEvent(event, recording)
            for recording in (self._scope.values() if is_read else ())
            for event in history(archive, recording, min(self._span), max(self._span), now_us)
        ]
        events.sort(key=lambda found: found.event.utc_us)
        self._footage = [each for each in events if self._is_wanted(each)]
        if not self._span.is_backward:
            self._footage.reverse()
        if with_states:
            self._opening = self._states(events, self._span.start_us)
            self._opening.reverse()
            if self._span.is_backward:
                self._closing = self._states(events, self._span.end_us)
                self._closing.reverse()

    def take(self, most: int) -> tuple[list[FoundEvent], bool]:
        """Up to `most` events in order, and whether those were the last; blocks.

        No more than PAGES_AT_ONCE pages of the log are read, so that there may be fewer, or none, though
        others follow.
        """
        taken: list[FoundEvent] = []
        pages = PAGES_AT_ONCE
        most = most if self._most is None else min(most, self._most)
        while len(taken) < most:
            while not self._logged and not self._is_log_read and pages:
                self._read_log()
                pages -= 1
            found = self._next()
            if found is None:
                break
            taken.append(found)
            self._reached_us = found.event.utc_us
        if self._most is not None:
            self._most -= len(taken)
        return taken, self._is_exhausted()

    def _is_exhausted(self) -> bool:
        if self._most == 0:
            return True
        if not self._logged and not self._is_log_read:
            self._read_log()
        is_left = self._opening or self._footage or self._logged or self._closing
        return self._is_log_read and not is_left

    def _next(self) -> FoundEvent | None:
        if self._opening:
            return self._opening.pop()
        if not self._logged and not self._is_log_read:
            return None
        if self._footage and self._logged:
            footage_us, logged_us = self._footage[-1].event.utc_us, self._logged[-1].event.utc_us
            is_log_first = logged_us > footage_us if self._span.is_backward else logged_us < footage_us
            return (self._logged if is_log_first else self._footage).pop()
        left = self._footage or self._logged or self._closing
        return left.pop() if left else None

    def _read_log(self) -> None:
        if self._log is None:
            return
        page = self._log.find(*self._span, wanted=self._may_be_wanted, after=self._place, most=PAGE)
        self._place = page.after
        self._is_log_read = page.after is None
        events = filter(None, (event_from_log(each) for each in page.events))
        found = [FoundEvent(event, self._scope[event.recording]) for event in events]
        self._logged = [each for each in reversed(found) if self._is_within(each) and self._is_wanted(each)]

    def _may_be_wanted(self, subject: EventSubject) -> bool:
        if subject.recording not in self._scope or subject.topic in HISTORY:
            return False
        topic = TOPICS.get(subject.topic)
        return topic is not None and self._wanted.wants(topic.name)

    def _is_wanted(self, found: FoundEvent) -> bool:
        return self._span.holds(found.event.utc_us) and self._wanted.passes(found.event)

    def _is_within(self, found: FoundEvent) -> bool:
        first_us, last_us = self._ends[found.recording.token]
        return first_us <= found.event.utc_us <= last_us

    def _states(self, events: Iterable[FoundEvent], at_us: int) -> list[FoundEvent]:
        """What every property was at one end of the span; events at the span's lower end do not count."""
        is_lower = at_us == min(self._span)
        present: dict[tuple[str, str], bool] = {}
        for found in events:
            event = found.event
            if event.utc_us < at_us or (event.utc_us == at_us and not is_lower):
                present[event.recording, event.track] = event.data[0][1] == "true"
        states = []
        for recording in self._scope.values():
            for track in ("", *(each.token for each in recording.tracks)):
                event = state_event(
                    recording,
                    track,
                    at_us,
                    is_present=present.get((recording.token, track), False),
                    operation=PropertyOperation.INITIALIZED,
                )
                states.append(FoundEvent(event, recording, is_start_state=True))
        return [
            each
            for each in chain(states, self._logged_states(at_us, is_lower=is_lower))
            if self._wanted.passes(each.event)
        ]

    def _logged_states(self, at_us: int, *, is_lower: bool) -> list[FoundEvent]:
        if self._log is None:
            return []
        logged = self._log.states(at_us if is_lower else at_us + 1, self._may_be_wanted)
        return [
            FoundEvent(
                msgspec.structs.replace(event, utc_us=at_us, operation=PropertyOperation.INITIALIZED),
                self._scope[event.recording],
                is_start_state=True,
            )
            for event in map(event_from_log, logged)
            if event is not None
        ]


class Searches:
    """All sessions by token; at most MOST_SESSIONS at a time."""

    def __init__(self, recordings: Recordings, broker: EventBroker, clock: Clock) -> None:
        self._recordings = recordings
        self._broker = broker
        self._clock = clock
        self._sessions: dict[str, Session] = {}

    def __len__(self) -> int:
        self._forget_old()
        return len(self._sessions)

    async def find_recordings(self, scope: SearchScope, *, most: int | None, life_s: float) -> str:
        """Begin a search for recordings; the result is its token.

        Raises TooManySearches, UnknownScope, UnknownSource or InvalidSearchFilter.
        """
        found = await self.in_scope(scope)
        return self._add(RecordingSearch(found[:most], _bounded(life_s)))

    async def find_events(
        self,
        span: Span,
        scope: SearchScope,
        wanted: EventFilter,
        *,
        with_states: bool,
        most: int | None,
        life_s: float,
    ) -> str:
        """Begin a search for events; the result is its token. Raises like `find_recordings`."""
        found = await self.in_scope(scope)
        await self._broker.written()
        session = EventSearch(self._broker.log, found, wanted, span, _bounded(life_s), most=most)
        now_us = self._clock.utc_us()
        archive = self._recordings.archive
        await asyncio.to_thread(session.prepare, archive, now_us, with_states=with_states)
        return self._add(session)

    async def recording_results(
        self, token: str, most: int | None
    ) -> tuple[list[RecordingInformation], bool]:
        """What comes next, and whether that ended the search; raises UnknownSearch."""
        session = self._require(token)
        if not isinstance(session, RecordingSearch):
            raise UnknownSearch(f"search {token[:40]!r} is not for recordings")
        found, is_over = session.take(_asked(most))
        self._after(token, session, is_over=is_over)
        return found, is_over

    async def event_results(
        self, token: str, *, least: int | None, most: int | None, wait_s: float
    ) -> tuple[list[FoundEvent], bool]:
        """Up to `most` events, and whether that ended the search.

        Waits for `least` of them (for `most` without), but no longer than `wait_s`. Raises UnknownSearch.
        """
        session = self._require(token)
        if not isinstance(session, EventSearch):
            raise UnknownSearch(f"search {token[:40]!r} is not for events")
        wanted = _asked(most)
        enough = wanted if least is None else min(least, wanted)
        deadline_s = self._clock.monotonic_s() + min(max(wait_s, 0.0), MOST_WAIT_S)
        session.ends_s = deadline_s + session.life_s
        found: list[FoundEvent] = []
        async with session.turn:
            is_over = False
            while not is_over and (len(found) < enough or not found):
                self._require(token)
                more, is_over = await asyncio.to_thread(session.take, wanted - len(found))
                found += more
                if self._clock.monotonic_s() >= deadline_s:
                    break
        self._after(token, session, is_over=is_over)
        return found, is_over

    def end(self, token: str) -> int | None:
        """End a search; the instant it came to, if it follows the time line. Raises UnknownSearch."""
        session = self._require(token)
        del self._sessions[token]
        return session.reached_us

    async def in_scope(self, scope: SearchScope) -> list[Recording]:
        """The recordings that a scope names, or all.

        Source: Recording Search, Search Scope (26.06 §5.2.4).
        """
        recordings = await self._recordings.all()
        named = set(scope.included_recordings)
        unknown = named - {each.token for each in recordings}
        if unknown:
            raise UnknownScope(f"no recording {min(unknown)[:60]!r}")
        sources = {each.token for each in scope.included_sources}
        unknown = sources.difference(*(_sources(each) for each in recordings))
        if unknown:
            raise UnknownSource(f"no source {min(unknown)[:60]!r}")
        if named or sources:
            recordings = [each for each in recordings if each.token in named or sources & _sources(each)]
        text = (scope.recording_information_filter or "").strip()
        return await asyncio.to_thread(_filtered, recordings, text) if text else recordings

    def _add(self, session: Session) -> str:
        self._forget_old()
        if len(self._sessions) >= MOST_SESSIONS:
            raise TooManySearches(f"{MOST_SESSIONS} searches are open already")
        token = secrets.token_hex(8)
        session.ends_s = self._clock.monotonic_s() + session.life_s
        self._sessions[token] = session
        return token

    def _require(self, token: str) -> Session:
        self._forget_old()
        session = self._sessions.get(token)
        if session is None:
            raise UnknownSearch(f"no search {token[:40]!r}")
        return session

    def _after(self, token: str, session: Session, *, is_over: bool) -> None:
        session.ends_s = self._clock.monotonic_s() + session.life_s
        if is_over:
            self._sessions.pop(token, None)

    def _forget_old(self) -> None:
        now_s = self._clock.monotonic_s()
        for token in [token for token, each in self._sessions.items() if each.ends_s <= now_s]:
            del self._sessions[token]


def search_filter_names() -> frozenset[str]:
    """The items that events of any topic carry."""
    return declared_names(TOPICS.values())


def _bounded(life_s: float) -> float:
    return min(max(life_s, LEAST_LIFE_S), MOST_LIFE_S)


def _asked(most: int | None) -> int:
    return MOST_RESULTS if most is None or most <= 0 else min(most, MOST_RESULTS)


def _sources(recording: Recording) -> set[str]:
    """By which tokens a recording's source goes."""
    camera = recording.camera
    names = {recording.info.source_id, recording.token}
    return names if camera is None else names | {camera.name, recorded_profile(camera)}


def _filtered(recordings: list[Recording], text: str) -> list[Recording]:
    try:
        wanted = XPathFilter(text, {})
        return [each for each in recordings if wanted.matches(to_element(each.information()))]
    except (UnsupportedExpression, LimitExceeded) as error:
        raise InvalidSearchFilter(str(error)) from error
