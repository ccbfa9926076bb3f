"""The event service behind its door, as the tests of events subscribe to it and pull."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from vedette.base.clock import ManualClock
from vedette.contract.events import (
    CreatePullPointSubscription,
    CreatePullPointSubscriptionResponse,
    Events,
    PullMessages,
    PullMessagesResponse,
    PullPointSubscription,
)
from vedette.contract.schema.notification import Filter, TopicExpression
from vedette.contract.topics.media import VIDEO_SOURCE_SIGNAL_LOSS
from vedette.contract.topics.recording import (
    RECORDING_CONFIG_CREATE_RECORDING,
    RECORDING_HISTORY_RECORDING_STATE,
)
from vedette.device.addresses import StreamAddresses
from vedette.device.events import EventBroker
from vedette.device.pull_points import PullPoints
from vedette.device.services.events import EventHandlers
from vedette.storage.events import EventLog
from vedette.wire.codec import to_element
from vedette.wire.filters import CONCRETE_SET, ITEM_FILTER
from vedette.wire.message import PrefixedText, XmlName
from vedette.wire.namespaces import WSNT

MINUTE = timedelta(minutes=1)
NOTHING = timedelta()


class Device:
    """The event service behind its door, with a broker to publish to."""

    def __init__(self, clock: ManualClock, door_to: Any, log: EventLog | None = None) -> None:
        self.clock = clock
        self.broker = EventBroker(clock, log)
        self.broker.declare(
            VIDEO_SOURCE_SIGNAL_LOSS, RECORDING_HISTORY_RECORDING_STATE, RECORDING_CONFIG_CREATE_RECORDING
        )
        self.pull_points = PullPoints(self.broker, clock)
        self.call = door_to(EventHandlers(self.pull_points, StreamAddresses(), clock))

    def lose(self, source: str, *, lost: bool) -> None:
        self.broker.publish(
            VIDEO_SOURCE_SIGNAL_LOSS,
            source=(("Source", source),),
            data=(("State", "true" if lost else "false"),),
        )

    def create(self, token: str) -> None:
        self.broker.publish(RECORDING_CONFIG_CREATE_RECORDING, source=(("RecordingToken", token),))

    async def subscribe(self, *filters: Any, time: str | None = "PT1M") -> str:
        wanted = Filter(content=tuple(filters)) if filters else None
        response = await self.call(
            Events.create_pull_point_subscription,
            CreatePullPointSubscription(filter=wanted, initial_termination_time=time),
        )
        return path_of(response)

    def pull(
        self, path: str, timeout: timedelta = NOTHING, limit: int = 100
    ) -> Awaitable[PullMessagesResponse]:
        return self.call(
            PullPointSubscription.pull_messages, PullMessages(timeout=timeout, message_limit=limit), path
        )


def path_of(response: CreatePullPointSubscriptionResponse) -> str:
    address = response.subscription_reference.address
    assert address.startswith("http://nvr.example:8080/onvif/subscription/")
    return address.removeprefix("http://nvr.example:8080")


def topics(text: str, dialect: str = CONCRETE_SET) -> Any:
    expression = TopicExpression(dialect=dialect, value=PrefixedText(text))
    return to_element(expression, XmlName(WSNT, "TopicExpression"))


def content(text: str, dialect: str = ITEM_FILTER) -> Any:
    expression = TopicExpression(dialect=dialect, value=PrefixedText(text))
    return to_element(expression, XmlName(WSNT, "MessageContent"))


def told(response: PullMessagesResponse) -> list[tuple[str, str, str]]:
    """Topic, operation and all values of each message."""
    found = []
    for each in response.notification_messages:
        assert each.topic is not None
        message = each.message.message
        assert message is not None
        items = [item for part in (message.source, message.data) if part for item in part.simple_items]
        topic = each.topic.value.text.rpartition("/")[2]
        found.append((topic, message.property_operation or "", " ".join(item.value for item in items)))
    return found
