"""What happened, as a value, as a notification and as a row of the event log."""

import msgspec

from vedette.base.timestamps import datetime_from_utc_us
from vedette.contract.schema.items import ElementItem, ItemList, Message, PropertyOperation, SimpleItem
from vedette.contract.schema.notification import (
    EndpointReference,
    NotificationContent,
    NotificationMessage,
    TopicExpression,
)
from vedette.contract.topics import TOPICS, Item, Topic
from vedette.storage.events import EventSubject, Items, LoggedEvent
from vedette.wire.codec import encode
from vedette.wire.filters import CONCRETE
from vedette.wire.parser import parse


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event. Items are pairs of name and value; that of an element item is XML text (`element_value`).

    `operation` is None unless the topic is a property. `recording` and `track` are the tokens of the
    footage it belongs to, or empty.
    """

    topic: Topic
    utc_us: int
    source: Items = ()
    key: Items = ()
    data: Items = ()
    operation: PropertyOperation | None = None
    recording: str = ""
    track: str = ""

    @property
    def subject(self) -> EventSubject:
        """What it is about: two events of one subject tell of the same thing."""
        return EventSubject(self.topic.path, self.source + self.key, self.recording, self.track)


def element_value(value: object) -> str:
    """A message as the value of an element item."""
    return encode(value).decode()


def message_of(event: Event) -> Message:
    """The event as the standard's message."""
    topic = event.topic
    return Message(
        utc_time=datetime_from_utc_us(event.utc_us),
        property_operation=event.operation,
        source=_item_list(event.source, topic.source),
        key=_item_list(event.key, topic.key),
        data=_item_list(event.data, topic.data),
    )


def notification_of(event: Event, producer: EndpointReference | None = None) -> NotificationMessage:
    """The event as subscribers and searchers get it, or in a stream, which has to name its producer."""
    return NotificationMessage(
        topic=TopicExpression(dialect=CONCRETE, value=event.topic.expression),
        producer_reference=producer,
        message=NotificationContent(message=message_of(event)),
    )


def event_from_log(logged: LoggedEvent) -> Event | None:
    """The event of a row; None for a topic that is no longer known."""
    subject = logged.subject
    topic = TOPICS.get(subject.topic)
    if topic is None:
        return None
    keys = {each.name for each in topic.key}
    return Event(
        topic=topic,
        utc_us=logged.utc_us,
        source=tuple(each for each in subject.source if each[0] not in keys),
        key=tuple(each for each in subject.source if each[0] in keys),
        data=logged.data,
        operation=PropertyOperation(logged.operation) if logged.operation else None,
        recording=subject.recording,
        track=subject.track,
    )


def _item_list(items: Items, declared: tuple[Item, ...]) -> ItemList | None:
    if not items:
        return None
    structured = {each.name for each in declared if each.is_element}
    return ItemList(
        simple_items=tuple(
            SimpleItem(name=name, value=value) for name, value in items if name not in structured
        ),
        element_items=tuple(
            ElementItem(name=name, content=(parse(value.encode()),))
            for name, value in items
            if name in structured
        ),
    )
