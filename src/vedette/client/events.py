"""Events of a device, without end: a pull point that is renewed, and made anew when it is lost."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from lxml import etree

from vedette.base.errors import PeerError
from vedette.client.camera import Endpoint
from vedette.client.errors import ClientError, ConnectionClosed, ServiceMissing
from vedette.contract.events import PullPointSubscription
from vedette.contract.faults import Fault, NotAuthorized, ResourceUnknownFault
from vedette.contract.schema.items import ItemList, PropertyOperation
from vedette.contract.schema.notification import Filter, NotificationMessage
from vedette.wire.filters import CONCRETE_SET, ITEM_FILTER
from vedette.wire.message import XmlElement
from vedette.wire.namespaces import PREFIXES, WSNT

if TYPE_CHECKING:
    from vedette.client.camera import Camera

BACK_OFF_FIRST_S = 1.0
BACK_OFF_MOST_S = 60.0
PULL_SLACK_S = 10.0  # by which an answer to PullMessages may be later than its timeout
QUICK_PULLS_MOST = 20  # empty answers long before their time, after which a device is slowed down
_NAMESPACES = {prefix: namespace for namespace, prefix in PREFIXES.items()}


class PullOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask for, and how.

    `topic` is a topic expression of the ConcreteSet dialect with the standard's prefixes, `message` a
    content filter of the ItemFilter dialect; empty means everything. `timeout_s` is how long a pull waits
    for the first event, `life_s` the life of the subscription, renewed long before its end.
    """

    topic: str = ""
    message: str = ""
    timeout_s: float = 20.0
    life_s: float = 120.0
    batch: int = 100


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event.

    `topic` is as sent but without prefixes: `RuleEngine/LineDetector/Crossed`. `operation` is None for a
    mere message, INITIALIZED for a state told anew. `source`, `key` and `data` hold the simple items;
    elements are in `notification`.
    """

    topic: str
    utc_time: datetime
    operation: PropertyOperation | None
    source: dict[str, str]
    key: dict[str, str]
    data: dict[str, str]
    notification: NotificationMessage


class BackOff:
    """How long to wait before the next try: twice as long each time, less a random part, up to a minute."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._next_s = BACK_OFF_FIRST_S

    def reset(self) -> None:
        """It went well: begin anew."""
        self._next_s = BACK_OFF_FIRST_S

    def wait_s(self) -> float:
        """The next wait."""
        limit_s, self._next_s = self._next_s, min(2 * self._next_s, BACK_OFF_MOST_S)
        return limit_s * self._chance.uniform(0.5, 1.0)


async def pull_events(
    camera: "Camera",
    options: PullOptions,
    *,
    on_loss: Callable[[Exception], None] | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    chance: random.Random | None = None,
) -> AsyncGenerator[Event, None]:
    """Events as they happen. Ends only when the caller closes it, which ends the subscription too.

    A lost subscription, connection or device is `on_loss`, then tried again after a while; all states are
    then asked for anew, so nothing is missed but what passed in between. Raises at once what trying again
    cannot mend: NotAuthorized, ServiceMissing, ConnectionClosed, and the first refusal of the filter.
    """
    back_off = BackOff(chance or random.Random())
    is_known_good = False
    while True:
        try:
            async with aclosing(_subscription(camera, options, is_again=is_known_good)) as batches:
                async for batch in batches:
                    is_known_good = True
                    back_off.reset()
                    for event in map(event_of, batch):
                        if event is not None:
                            yield event
        except (NotAuthorized, ServiceMissing, ConnectionClosed):
            raise
        except (ClientError, PeerError, Fault) as loss:
            if isinstance(loss, Fault) and not is_known_good:
                raise
            if on_loss is not None:
                on_loss(loss)
        await sleep(back_off.wait_s())


async def _subscription(
    camera: "Camera", options: PullOptions, *, is_again: bool
) -> AsyncGenerator[tuple[NotificationMessage, ...], None]:
    """The batches of one subscription until it is lost, which raises."""
    made = await camera.events.create_pull_point_subscription(
        filter=_filter(options), initial_termination_time=_seconds(options.life_s)
    )
    reference = made.subscription_reference
    parameters = reference.reference_parameters
    pull_point = PullPointSubscription(
        Endpoint(
            camera,
            camera.xaddr(reference.address),
            reference_parameters=() if parameters is None else parameters.content,
            answer_timeout_s=options.timeout_s + PULL_SLACK_S,
        )
    )
    loop = asyncio.get_running_loop()
    renew_at_s = loop.time() + _life_s(made.current_time, made.termination_time, options) / 2
    quick = 0
    try:
        if is_again:
            await _synchronize(pull_point)
        while True:
            begin_s = loop.time()
            wait_s = options.timeout_s
            if begin_s + wait_s > renew_at_s:  # the subscription is not to end while the device waits
                wait_s = min(wait_s, max(1.0, float(int(renew_at_s - begin_s))))
            answer = await pull_point.pull_messages(
                timeout=timedelta(seconds=wait_s), message_limit=options.batch
            )
            yield answer.notification_messages
            is_quick = not answer.notification_messages and loop.time() - begin_s < wait_s / 4
            quick = quick + 1 if is_quick else 0
            if quick > QUICK_PULLS_MOST:
                await asyncio.sleep(1.0)  # it does not wait as it is told to; neither must we make a storm
            if loop.time() >= renew_at_s:
                renew_at_s = loop.time() + await _renewed_s(pull_point, options) / 2
    except ResourceUnknownFault:
        raise  # it is gone already
    finally:
        await _end(pull_point)


async def _synchronize(pull_point: PullPointSubscription) -> None:
    try:
        await pull_point.set_synchronization_point()
    except NotAuthorized:
        raise
    except Fault:
        return  # optional in old devices, which tell all states to a new subscription anyway


async def _renewed_s(pull_point: PullPointSubscription, options: PullOptions) -> float:
    """Renew; the life left. A device whose pulls renew by themselves may refuse, which changes nothing."""
    try:
        answer = await pull_point.renew(termination_time=_seconds(options.life_s))
    except NotAuthorized:
        raise
    except ResourceUnknownFault:
        raise
    except Fault:
        return options.life_s
    if answer.current_time is None:
        return options.life_s
    return _life_s(answer.current_time, answer.termination_time, options)


def _life_s(now: datetime, end: datetime, options: PullOptions) -> float:
    """The life a device grants, at least 2 s; an end that lies in the past says nothing of it."""
    left_s = (end - now).total_seconds()
    return min(max(left_s, 2.0), options.life_s) if left_s > 0 else options.life_s


async def _end(pull_point: PullPointSubscription) -> None:
    """Give the subscription back, since devices have few; it may be gone, and time is short."""
    try:
        async with asyncio.timeout(2.0):
            await pull_point.unsubscribe()
    except (TimeoutError, ClientError, PeerError, Fault):
        return


def event_of(notification: NotificationMessage) -> Event | None:
    """A notification in plain form; None when it carries no message of the standard."""
    message = notification.message.message
    if message is None:
        return None
    topic = "" if notification.topic is None else notification.topic.value.text
    return Event(
        topic="/".join(step.rpartition(":")[2] for step in topic.strip().split("/")),
        utc_time=message.utc_time,
        operation=message.property_operation,
        source=_items(message.source),
        key=_items(message.key),
        data=_items(message.data),
        notification=notification,
    )


def _items(items: ItemList | None) -> dict[str, str]:
    return {} if items is None else {each.name: each.value for each in items.simple_items}


def _seconds(length_s: float) -> str:
    return f"PT{round(length_s)}S"


def _filter(options: PullOptions) -> Filter | None:
    content = []
    if options.topic:
        content.append(filter_element("TopicExpression", CONCRETE_SET, options.topic))
    if options.message:
        content.append(filter_element("MessageContent", ITEM_FILTER, options.message))
    return Filter(content=tuple(content)) if content else None


def filter_element(local: str, dialect: str, text: str) -> XmlElement:
    """A part of a subscription's filter; the standard's prefixes that occur in it are declared."""
    used = {prefix: name for prefix, name in _NAMESPACES.items() if f"{prefix}:" in text and prefix != "xml"}
    element = etree.Element(f"{{{WSNT}}}{local}", nsmap={"wsnt": WSNT, **used}, Dialect=dialect)
    element.text = text
    return element
