"""Monitoring events: described as the standard says, and told to whoever subscribes."""

from collections.abc import Callable
from datetime import datetime, timedelta

from vedette.base.errors import PeerError
from vedette.base.timestamps import datetime_from_utc_us
from vedette.client.addresses import XAddrPolicy, usable_xaddr
from vedette.client.events import Event, event_of, filter_element
from vedette.conformance.case import case
from vedette.conformance.probing import Prober
from vedette.conformance.run import Run
from vedette.conformance.suites.base.discovery import AFTER_HELLO_S, expect_hello, reboot, wait_until_back
from vedette.conformance.suites.base.network import keep_ntp
from vedette.conformance.suites.base.system import GOOD_ZONE, follow, keep_time, stamp_of
from vedette.conformance.trees import children, find_all
from vedette.contract.events import Events, PullPointSubscription
from vedette.contract.schema.io import RelayLogicalState
from vedette.contract.schema.items import MessageDescription, PropertyOperation
from vedette.contract.schema.notification import Filter
from vedette.contract.schema.system import SetDateTimeType, TimeZone
from vedette.contract.topics import device as topics
from vedette.contract.topics.topic import Topic
from vedette.wire import scalars
from vedette.wire.codec import decode
from vedette.wire.filters import CONCRETE_SET
from vedette.wire.message import XmlElement

PULL = timedelta(seconds=5)
TOPICS: dict[str, Topic] = {
    "DEVICE-9-1-1": topics.MONITORING_PROCESSOR_USAGE,
    "DEVICE-9-1-2": topics.MONITORING_OPERATING_TIME_LAST_RESET,
    "DEVICE-9-1-5": topics.MONITORING_OPERATING_TIME_LAST_CLOCK_SYNCHRONIZATION,
    "DEVICE-9-1-8": topics.MONITORING_BACKUP_LAST,
    "DEVICE-9-1-9": topics.DEVICE_HARDWARE_FAILURE_FAN_FAILURE,
    "DEVICE-9-1-10": topics.DEVICE_HARDWARE_FAILURE_POWER_SUPPLY_FAILURE,
    "DEVICE-9-1-11": topics.DEVICE_HARDWARE_FAILURE_STORAGE_FAILURE,
    "DEVICE-9-1-12": topics.DEVICE_HARDWARE_FAILURE_TEMPERATURE_CRITICAL,
}
CLOCK = topics.MONITORING_OPERATING_TIME_LAST_CLOCK_SYNCHRONIZATION
REBOOT = topics.MONITORING_OPERATING_TIME_LAST_REBOOT
_READERS = {
    "xs:float": scalars.read_float,
    "xs:boolean": scalars.read_bool,
    "xs:dateTime": scalars.read_datetime,
    "tt:ReferenceToken": scalars.read_str,
    "tt:RelayLogicalState": RelayLogicalState,
}


def _node(topic_set: tuple[XmlElement, ...], topic: Topic) -> XmlElement | None:
    """The topic in a topic set, whose levels below the root have no namespace."""
    root, *rest = topic.name
    nodes = [each for each in topic_set if each.tag == root.clark]
    for level in rest:
        nodes = [child for node in nodes for name, child in children(node) if name == level.local]
    return nodes[0] if nodes else None


async def expect_description(run: Run, topic: Topic) -> None:
    """The topic is described with the standard's items, as a property."""
    run.step("ask how events look")
    told = await run.target.service(Events).get_event_properties()
    node = _node(told.topic_set.content, topic)
    run.expect(node is not None, f"{topic.path} is described")
    found = [] if node is None else find_all(node, "MessageDescription")
    run.expect(found, "its message is described")
    description = decode(MessageDescription, found[0])
    run.expect(description.is_property, "it is a property")
    for items, told_items in ((topic.source, description.source), (topic.data, description.data)):
        simple = () if told_items is None else told_items.simple_item_descriptions
        types = {each.name: each.type for each in simple}
        for item in items:
            run.expect(
                types.get(item.name) == item.type_name, f"the item {item.name} is described as {item.type}"
            )


class PullPoint:
    """A subscription to one topic; `subscribe` makes it, and it ends with the case."""

    def __init__(self, run: Run, topic: Topic) -> None:
        self._run = run
        self._topic = topic
        self._point: PullPointSubscription | None = None

    async def subscribe(self) -> None:
        """Subscribe to the topic alone."""
        run = self._run
        run.step(f"subscribe to {self._topic.path}")
        made = await run.target.service(Events).create_pull_point_subscription(
            filter=Filter(content=(filter_element("TopicExpression", CONCRETE_SET, self._topic.path),))
        )
        reference = made.subscription_reference
        parameters = reference.reference_parameters
        point = run.target.at(
            PullPointSubscription,
            usable_xaddr(reference.address, run.target.url, XAddrPolicy.WHEN_INNER),
            () if parameters is None else parameters.content,
        )
        self._point = point
        run.restore("subscription", self.end)

    async def end(self) -> None:
        """Unsubscribe, once."""
        point, self._point = self._point, None
        if point is not None:
            await point.unsubscribe()

    async def expect(self, operation: PropertyOperation) -> Event:
        """The next event of that kind, with the standard's items and values; raises CaseFailed."""
        self._run.step(f"wait for an event that is {operation.value}")
        return await self.next(lambda event: event.operation is operation)

    async def next(self, is_meant: Callable[[Event], bool]) -> Event:
        """The next event that is meant, with the standard's items and values; raises CaseFailed."""
        run = self._run
        clock = run.target.clock
        end_s = clock.monotonic_s() + run.environment.delay_s
        while self._point is not None and clock.monotonic_s() < end_s:
            answer = await self._point.pull_messages(timeout=PULL, message_limit=1)
            for event in map(event_of, answer.notification_messages):
                if event is not None and is_meant(event):
                    self._judge(event)
                    return event
            if not answer.notification_messages:
                await run.pause(0.1)
        run.fail(f"no such event within {run.environment.delay_s:.0f} s")

    def _judge(self, event: Event) -> None:
        run, topic = self._run, self._topic
        path = topic.path.partition(":")[2]
        run.expect(event.topic == path, f"the topic is {topic.path} ({event.topic})")
        for items, told in ((topic.source, event.source), (topic.data, event.data)):
            for item in items:
                run.expect(item.name in told, f"the item {item.name} is told")
                run.expect(_is_of(item.type, told.get(item.name, "")), f"{item.name} is of type {item.type}")
        if topic is topics.MONITORING_PROCESSOR_USAGE:
            usage = scalars.read_float(event.data["Value"])
            run.expect(0 <= usage <= 100, f"the usage is between 0 and 100 ({usage})")


def _is_of(kind: str, text: str) -> bool:
    try:
        _READERS[kind](text)
    except (ValueError, PeerError):
        return False
    return bool(text) or kind == "tt:ReferenceToken"


@case(*TOPICS)
async def told(run: Run) -> None:
    """A property: described, and told to a new subscriber as it stands."""
    topic = TOPICS[run.id]
    await expect_description(run, topic)
    point = PullPoint(run, topic)
    await point.subscribe()
    await point.expect(PropertyOperation.INITIALIZED)


async def _stamp(point: PullPoint, operation: PropertyOperation) -> datetime:
    """The time that the next event of that kind tells."""
    event = await point.expect(operation)
    return scalars.read_datetime(event.data["Status"])


@case("DEVICE-9-1-4")
async def rebooted(run: Run) -> None:
    """After a reboot a later time of the last reboot is told."""
    await keep_ntp(run)
    async with run.environment.surroundings.time_server() as server:
        await follow(run, server.address)
        await expect_description(run, REBOOT)
        before = await _last_reboot(run)
        if run.is_supported("Discovery"):
            prober = Prober(run)
            await prober.know()
            async with run.link.listening() as ear:
                await reboot(run)
                await expect_hello(run, ear, prober, run.environment.reboot_s)
        else:
            await reboot(run)
            await run.pause(run.environment.reboot_s)
        await wait_until_back(run)
        await run.pause(AFTER_HELLO_S)
        after = await _last_reboot(run)
    run.expect(after > before, f"the time told is a later one ({before.isoformat()}, {after.isoformat()})")


async def _last_reboot(run: Run) -> datetime:
    point = PullPoint(run, REBOOT)
    await point.subscribe()
    told = await _stamp(point, PropertyOperation.INITIALIZED)
    await point.end()
    return told


@case("DEVICE-9-1-7")
async def clock_synchronized(run: Run) -> None:
    """Following a time server is told as a synchronization, with a later time."""
    await keep_ntp(run)
    before = await keep_time(run)
    async with run.environment.surroundings.time_server() as server:
        if before.date_time_type is SetDateTimeType.NTP:
            run.step("have the clock follow nobody")
            now = datetime_from_utc_us(run.target.clock.utc_us())
            await run.device.set_system_date_and_time(
                date_time_type=SetDateTimeType.MANUAL,
                daylight_savings=False,
                utc_date_time=before.utc_date_time or stamp_of(now),
            )
        await follow(run, server.address)
        await expect_description(run, CLOCK)
        point = PullPoint(run, CLOCK)
        await point.subscribe()
        first = await _stamp(point, PropertyOperation.INITIALIZED)
        await run.pause(1.0)
        run.step("have the clock follow the time server")
        await run.device.set_system_date_and_time(
            date_time_type=SetDateTimeType.NTP, daylight_savings=False, time_zone=TimeZone(tz=GOOD_ZONE)
        )
        second = await _stamp(point, PropertyOperation.CHANGED)
    run.expect(second > first, f"the time told is a later one ({first.isoformat()}, {second.isoformat()})")


@case("DEVICE-9-1-6")
async def clock_set(run: Run) -> None:
    """Setting the time is told as a synchronization."""
    await keep_time(run)
    await expect_description(run, CLOCK)
    point = PullPoint(run, CLOCK)
    await point.subscribe()
    await point.expect(PropertyOperation.INITIALIZED)
    run.step("set the time")
    now = datetime_from_utc_us(run.target.clock.utc_us())
    await run.device.set_system_date_and_time(
        date_time_type=SetDateTimeType.MANUAL, daylight_savings=False, utc_date_time=stamp_of(now)
    )
    await point.expect(PropertyOperation.CHANGED)
