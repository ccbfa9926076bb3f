"""Streams whose metadata are what a metadata configuration asks for, events of the device among them."""

import asyncio
from collections.abc import Sequence

import msgspec

from vedette.contract.schema.metadata import EventStream, MetadataStream
from vedette.contract.schema.notification import EndpointReference, Filter
from vedette.device.event_filters import EventFilter
from vedette.device.events import EventBroker
from vedette.device.media.configurations import Configurations
from vedette.device.notifications import Event, notification_of
from vedette.device.settings.media import MetadataSettings
from vedette.media.hub import FindForwarder, Sink, Stream
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.wire.codec import encode
from vedette.wire.parser import parse

STATES_INTERVAL_S = 1.0  # newcomers within it share one document of states
WAITING_MOST = 1000  # events of one turn of the event loop
BACK_MOST_US = 3_000_000  # by which a document may lag behind the one before; beyond it a clock was set back


class ChosenStream(Stream):
    """A stream's media as they are, and of its metadata what was chosen.

    It follows its source only while it has sinks. Events of one turn of the event loop become one
    document; the states of all properties are told to everybody when somebody asks for them. `producer` is
    the device's endpoint, which every event names. The metadata track has a time line of its own, that of
    sending: what the source says of an earlier instant than an event sent before it is dated as that event.

    Source: Streaming, Metadata stream (26.06 §5.1.2.1.1); Media2, Metadata Configuration (26.06 §5.2.8);
    Core, Notification Streaming Interface (26.06 §9.2).
    """

    def __init__(
        self, name: str, source: Stream, broker: EventBroker, wanted: MetadataSettings, *, producer: str
    ) -> None:
        super().__init__(name)
        self.source = source
        self._broker = broker
        self._producer = EndpointReference(address=producer)
        self._listener = _Listener(self)
        self._waiting: list[Event] = []
        self._is_due = False
        self._states_at_s = 0.0
        self._states_timer: asyncio.TimerHandle | None = None
        self._metadata: Track | None = None
        self._last_utc_us = 0  # of the metadata
        self._filter: EventFilter | None = None
        self._wanted: MetadataSettings | None = None
        self.choose(wanted)

    def choose(self, wanted: MetadataSettings) -> None:
        """Ask for something else from now on; what does not differ changes nothing."""
        if wanted == self._wanted:
            return
        self._wanted = wanted
        self._filter = None
        if wanted.events is not None:
            content = tuple(parse(each.encode()) for each in wanted.events)
            self._filter = EventFilter(Filter(content=content), frozenset())
            self.tell_states()

    @property
    def kept_group(self) -> tuple[AccessUnit, ...]:
        """See Stream; it is what the source keeps, without the events of that time. Empty without sinks."""
        return tuple(self._chosen(self.source.kept_group)) if self.sinks else ()

    @property
    def has_group(self) -> bool:
        """See Stream."""
        return bool(self.sinks) and self.source.has_group

    def attach(self, sink: Sink, *, is_patient: bool = False, forwarder: FindForwarder | None = None) -> None:
        """See Stream; the first one has this stream follow its source."""
        if not self.sinks:
            self.source.attach(self, forwarder=lambda: self.forwarder)
            self._broker.attach(self._listener)
        super().attach(sink, is_patient=is_patient, forwarder=forwarder)

    def detach(self, sink: Sink) -> None:
        """See Stream; without sinks nothing is followed."""
        super().detach(sink)
        if self.sinks:
            return
        self.source.detach(self)
        self._broker.detach(self._listener)
        self.withdraw("nobody watches")
        self._waiting = []
        if self._states_timer is not None:
            self._states_timer.cancel()
            self._states_timer = None

    def request_key_frame(self) -> bool:
        """See Stream."""
        return self.source.request_key_frame()

    def bring(self) -> None:
        """See Stream."""
        self.source.bring()

    def publish(self, units: Sequence[AccessUnit]) -> None:
        """See Stream; the source keeps the group and counts."""
        for sink in self.sinks:
            sink.receive(units)

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        """Hear from the source."""
        self._metadata = next((each for each in tracks if each.kind is TrackKind.METADATA), None)
        if tracks:
            self.announce(tracks)
        else:
            self.end()

    def receive(self, units: Sequence[AccessUnit]) -> None:
        """Hear from the source."""
        chosen = self._chosen(units)
        if chosen:
            self.publish(chosen)

    def happened(self, event: Event) -> None:
        """Hear from the broker."""
        if self._filter is None or len(self._waiting) >= WAITING_MOST or not self._filter.passes(event):
            return
        self._waiting.append(event)
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._flush)

    def tell_states(self) -> None:
        """Tell the state of every property that was chosen, at most once in STATES_INTERVAL_S."""
        if self._filter is None or not self.sinks or self._states_timer is not None:
            return
        loop = asyncio.get_running_loop()
        wait_s = max(0.0, self._states_at_s + STATES_INTERVAL_S - loop.time())
        self._states_timer = loop.call_later(wait_s, self._tell_states)

    def _tell_states(self) -> None:
        self._states_timer = None
        self._states_at_s = asyncio.get_running_loop().time()
        chosen = self._filter
        if chosen is not None:
            self._flush()  # what happened before the states goes before them
            self._publish_events([each for each in self._broker.states() if chosen.passes(each)])

    def _flush(self) -> None:
        self._is_due = False
        events, self._waiting = self._waiting, []
        self._publish_events(events)

    def _publish_events(self, events: list[Event]) -> None:
        if not events or self._metadata is None or not self.sinks:
            return
        document = event_document(events, self._producer)
        unit = AccessUnit(self._metadata.number, self._broker.clock.utc_us(), 0, document, is_key=True)
        self.publish((self._dated(unit, self._metadata),))

    def _chosen(self, units: Sequence[AccessUnit]) -> Sequence[AccessUnit]:
        """What is sent of the source's units."""
        metadata = self._metadata
        if metadata is None or metadata.number not in [unit.track for unit in units]:
            return units
        is_scene_sent = self._wanted is None or bool(self._wanted.analytics)
        return [
            unit if unit.track != metadata.number else self._dated(unit, metadata)
            for unit in units
            if is_scene_sent or unit.track != metadata.number
        ]

    def _dated(self, unit: AccessUnit, track: Track) -> AccessUnit:
        """A unit of the metadata on the stream's own time line, which takes no small step back."""
        is_late = self._last_utc_us - BACK_MOST_US < unit.utc_us < self._last_utc_us
        utc_us = self._last_utc_us if is_late else unit.utc_us
        self._last_utc_us = utc_us
        return msgspec.structs.replace(unit, utc_us=utc_us, pts=utc_us * track.clock_hz // 1_000_000)


class _Listener:
    """A chosen stream's ear at the broker."""

    def __init__(self, stream: ChosenStream) -> None:
        self._stream = stream

    def receive(self, event: Event) -> None:
        """See Subscriber."""
        self._stream.happened(event)


class ChosenStreams:
    """One stream for each source and metadata configuration that somebody watches or has watched.

    Also where the configuration asks for just what the source has: once it asks for more, or less, those
    who watch already are to get that.
    """

    def __init__(self, configurations: Configurations) -> None:
        self._configurations = configurations
        self._broker: EventBroker | None = None
        self._producer = ""
        self._made: dict[tuple[str, str], ChosenStream] = {}

    def hear(self, broker: EventBroker, producer: str) -> None:
        """Events come from here, the device `producer`; until then every stream is as its source makes it."""
        self._broker = broker
        self._producer = producer
        self._configurations.watch(lambda _kind, token: self._changed(token))

    def of(self, source: Stream, token: str) -> Stream:
        """The stream to send where a metadata configuration is held; the source while no events are heard."""
        found = self._made.get((source.name, token))
        if found is not None and found.source is source:
            return found
        if self._broker is None:
            return source
        wanted = self._configurations.metadata(token)
        name = f"{source.name}#{token}"
        made = ChosenStream(name, source, self._broker, wanted, producer=self._producer)
        self._made[source.name, token] = made
        return made

    def tell_states(self, source: Stream) -> None:
        """Tell whoever watches a stream the states that were chosen."""
        for each in self._made.values():
            if each.source is source:
                each.tell_states()

    def _changed(self, token: str) -> None:
        for (_, configuration), stream in self._made.items():
            if configuration == token:
                stream.choose(self._configurations.metadata(token))


def event_document(events: Sequence[Event], producer: EndpointReference) -> bytes:
    """One document of the metadata stream with these events."""
    stream = EventStream(notification_messages=tuple(notification_of(each, producer) for each in events))
    return encode(MetadataStream(events=(stream,)))
