"""The event service: pull points, their filters, their life, and what they say when refused."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from tests.loopback.recorder.event_service import MINUTE, Device, content, path_of, told, topics

from vedette.base.clock import ManualClock
from vedette.base.timestamps import datetime_from_utc_us
from vedette.contract.events import (
    CreatePullPointSubscription,
    Events,
    GetCurrentMessage,
    GetEventProperties,
    GetServiceCapabilities,
    NotificationProducer,
    PullMessages,
    PullPointPolicy,
    PullPointSubscription,
    Renew,
    Seek,
    SetSynchronizationPoint,
    Unsubscribe,
)
from vedette.contract.faults import (
    ActionNotSupported,
    Fault,
    InvalidFilterFault,
    InvalidMessageContentExpressionFault,
    InvalidProducerPropertiesExpressionFault,
    InvalidTopicExpressionFault,
    PullMessagesFaultResponse,
    ResourceUnknownFault,
    SubscribeCreationFailedFault,
    TopicExpressionDialectUnknownFault,
    UnableToGetMessagesFault,
    UnacceptableInitialTerminationTimeFault,
    UnacceptableTerminationTimeFault,
)
from vedette.contract.schema.items import Message, PropertyOperation
from vedette.contract.schema.notification import TopicExpression
from vedette.contract.topics.media import VIDEO_SOURCE_SIGNAL_LOSS
from vedette.device.pull_points import MOST_PULL_POINTS, MOST_WAITING
from vedette.device.services.events import MOST_MESSAGES
from vedette.storage.events import EventLog
from vedette.wire.codec import decode, to_element
from vedette.wire.filters import CONCRETE, CONCRETE_SET
from vedette.wire.message import PrefixedText, XmlName
from vedette.wire.namespaces import ENV, TEV, WSNT

Scene = Callable[[], Coroutine[Any, Any, None]]


@pytest.fixture
def device(clock: ManualClock, door_to: Any) -> Device:
    return Device(clock, door_to)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    log = EventLog(tmp_path / "events.sqlite")
    yield log
    log.close()


def test_a_new_pull_point_is_told_the_state_of_every_property(device: Device) -> None:
    async def scene() -> None:
        device.lose("hall", lost=True)
        device.lose("door", lost=True)
        device.lose("door", lost=False)
        device.create("old")
        path = await device.subscribe()

        assert told(await device.pull(path)) == [
            ("SignalLoss", "Initialized", "hall true"),
            ("SignalLoss", "Initialized", "door false"),
        ]

        device.lose("hall", lost=False)
        device.lose("hall", lost=False)
        device.create("new")

        assert told(await device.pull(path)) == [
            ("SignalLoss", "Changed", "hall false"),
            ("CreateRecording", "", "new"),
        ]

    asyncio.run(scene())


def test_a_pull_waits_for_the_first_event_and_no_longer(device: Device) -> None:
    async def scene() -> None:
        path = await device.subscribe()
        pulling = asyncio.ensure_future(device.pull(path, MINUTE))
        await asyncio.sleep(0)
        assert not pulling.done()
        device.create("one")
        device.create("two")

        assert told(await pulling) == [("CreateRecording", "", "one"), ("CreateRecording", "", "two")]

    asyncio.run(scene())


def test_a_pull_ends_empty_after_its_timeout(device: Device) -> None:
    async def scene() -> None:
        path = await device.subscribe()

        response = await device.pull(path, timedelta(milliseconds=20))

        assert response.notification_messages == ()

    asyncio.run(scene())


def test_what_does_not_fit_in_one_answer_comes_in_the_next(device: Device) -> None:
    async def scene() -> None:
        path = await device.subscribe()
        for number in range(5):
            device.create(str(number))

        got = [told(await device.pull(path, limit=2)) for _ in range(4)]

        assert [[each[2] for each in page] for page in got] == [["0", "1"], ["2", "3"], ["4"], []]

    asyncio.run(scene())


def test_no_answer_holds_more_than_the_most_messages_whatever_is_asked_for(device: Device) -> None:
    async def scene() -> None:
        path = await device.subscribe()
        for number in range(MOST_MESSAGES + 1):
            device.create(str(number))

        assert len(told(await device.pull(path, limit=2 * MOST_MESSAGES))) == MOST_MESSAGES
        assert len(told(await device.pull(path))) == 1

    asyncio.run(scene())


def test_a_subscription_is_found_by_the_path_or_the_address_that_a_request_names(device: Device) -> None:
    async def scene() -> None:
        path = await device.subscribe()
        request = Renew(termination_time="PT1M")
        await device.call(PullPointSubscription.renew, request, f"{path}?from=here")
        await device.call(
            PullPointSubscription.renew, request, "/onvif/event_service", to=f"http://nvr.example{path}"
        )
        with pytest.raises(ResourceUnknownFault):
            await device.call(PullPointSubscription.renew, request, "/onvif/event_service")

    asyncio.run(scene())


def test_the_current_message_is_the_newest_of_several_states(device: Device, clock: ManualClock) -> None:
    async def scene() -> None:
        expression = TopicExpression(dialect=CONCRETE_SET, value=PrefixedText("tns1:VideoSource//."))
        for newest, lost in (("hall", True), ("door", True), ("hall", False)):
            clock.advance(1)
            device.lose(newest, lost=lost)
            answer = await device.call(
                NotificationProducer.get_current_message, GetCurrentMessage(topic=expression)
            )
            message = decode(Message, answer.content[0])
            assert message.source is not None
            assert message.source.simple_items[0].value == newest

    asyncio.run(scene())


def test_a_synchronization_point_repeats_the_state(device: Device) -> None:
    async def scene() -> None:
        path = await device.subscribe()
        device.lose("hall", lost=True)
        await device.pull(path)
        await device.call(PullPointSubscription.set_synchronization_point, SetSynchronizationPoint(), path)

        assert told(await device.pull(path)) == [("SignalLoss", "Initialized", "hall true")]

    asyncio.run(scene())


def test_a_property_that_is_gone_is_told_as_deleted_and_not_again(device: Device) -> None:
    async def scene() -> None:
        device.lose("hall", lost=True)
        path = await device.subscribe()
        await device.pull(path)
        device.broker.forget(VIDEO_SOURCE_SIGNAL_LOSS, source=(("Source", "hall"),))

        assert told(await device.pull(path)) == [("SignalLoss", "Deleted", "hall")]
        assert told(await device.pull(await device.subscribe())) == []

    asyncio.run(scene())


def test_changed_only_leaves_initialized_and_deleted_out(device: Device) -> None:
    async def scene() -> None:
        device.lose("hall", lost=True)
        policy = PullPointPolicy(content=(etree.Element(f"{{{TEV}}}ChangedOnly"),))
        path = path_of(
            await device.call(
                Events.create_pull_point_subscription,
                CreatePullPointSubscription(subscription_policy=policy),
            )
        )
        device.lose("hall", lost=False)
        device.broker.forget(VIDEO_SOURCE_SIGNAL_LOSS, source=(("Source", "hall"),))

        assert [each[1] for each in told(await device.pull(path))] == [PropertyOperation.CHANGED]

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ((topics("tns1:VideoSource/SignalLoss", CONCRETE),), {"SignalLoss"}),
        ((topics("tns1:VideoSource//.|tns1:RecordingConfig//."),), {"SignalLoss", "CreateRecording"}),
        ((topics("tns1:PTZController//."),), set()),
        ((content('boolean(//tt:SimpleItem[@Name="RecordingToken" and @Value="x"])'),), {"CreateRecording"}),
        ((content('boolean(//tt:SimpleItem[@Name="RecordingToken" and @Value="y"])'),), set()),
        (
            (topics("tns1:VideoSource//."), content('boolean(//tt:SimpleItem[@Value="x"])')),
            set(),
        ),
    ],
)
def test_a_filter_lets_through_what_it_says(device: Device, filters: Any, expected: set[str]) -> None:
    async def scene() -> None:
        path = await device.subscribe(*filters)
        device.lose("hall", lost=True)
        device.create("x")

        assert {each[0] for each in told(await device.pull(path))} == expected

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        (topics("tns1:A", "urn:x"), TopicExpressionDialectUnknownFault),
        (
            topics('boolean(//tt:SimpleItem[@Name="xyz" and @Value="xyz"])'),
            InvalidTopicExpressionFault,
        ),
        (
            content('boolean(//tt:SimpleItem[@Name="xyz" and @Value="xyz"])'),
            InvalidMessageContentExpressionFault,
        ),
        (content("count(//tt:SimpleItem) > 1"), InvalidMessageContentExpressionFault),
        (content("true()", "urn:x"), InvalidFilterFault),
        (etree.Element("{urn:x}Any"), InvalidFilterFault),
        (topics("xyz"), InvalidTopicExpressionFault),
        (topics("xyz//.|abc/VideoSource"), InvalidTopicExpressionFault),
        (etree.Element(f"{{{WSNT}}}ProducerProperties"), InvalidProducerPropertiesExpressionFault),
    ],
)
def test_a_filter_that_is_not_understood_is_refused_with_time_and_reason(
    device: Device, wanted: Any, fault: type[Fault], oracle: Any
) -> None:
    with pytest.raises(fault) as refusal:
        asyncio.run(device.subscribe(wanted))

    (detail,) = refusal.value.detail
    assert etree.QName(detail).localname == fault.subcodes[-1]
    assert [etree.QName(each).localname for each in detail][:2] == ["Timestamp", "Description"]
    assert detail[1].text == str(refusal.value)
    envelope = etree.Element(f"{{{ENV}}}Envelope")
    etree.SubElement(envelope, f"{{{ENV}}}Body").append(detail)
    assert oracle.problems(etree.tostring(envelope)) == []


@pytest.mark.parametrize(
    "wanted", ["VideoSource/SignalLoss", "UserAlarm|VideoSource//.", "tns1:UserAlarm//.", "own:Alarm"]
)
def test_a_topic_that_others_may_know_can_be_asked_for(device: Device, wanted: str) -> None:
    expression = TopicExpression(dialect=CONCRETE_SET, value=PrefixedText(wanted, (("own", "urn:own"),)))
    asyncio.run(device.subscribe(to_element(expression, XmlName(WSNT, "TopicExpression"))))


@pytest.mark.parametrize(
    ("time", "life_s"),
    [("PT10S", 10), ("P1D", 86_400), ("2023-11-14T22:14:20Z", 60), (None, 60)],
)
def test_the_end_is_as_asked(device: Device, time: str | None, life_s: int) -> None:
    async def scene() -> None:
        response = await device.call(
            Events.create_pull_point_subscription,
            CreatePullPointSubscription(initial_termination_time=time),
        )

        assert response.termination_time - response.current_time == timedelta(seconds=life_s)

    asyncio.run(scene())


class Running(ManualClock):
    """A clock that runs on whenever it is read, as a real one does."""

    def utc_us(self) -> int:
        self.advance(0.0001)
        return super().utc_us()

    def monotonic_s(self) -> float:
        self.advance(0.0001)
        return super().monotonic_s()


def test_no_end_is_nearer_to_the_current_time_than_was_asked(door_to: Any) -> None:
    async def scene() -> None:
        device = Device(Running(), door_to)
        life = timedelta(seconds=10)
        made = await device.call(
            Events.create_pull_point_subscription,
            CreatePullPointSubscription(initial_termination_time="PT10S"),
        )
        renewed = await device.call(
            PullPointSubscription.renew, Renew(termination_time="PT10S"), path_of(made)
        )

        assert made.termination_time >= made.current_time + life
        assert renewed.termination_time >= renewed.current_time + life

    asyncio.run(scene())


@pytest.mark.parametrize("time", ["PT0S", "-PT5S", "P2D", "2023-11-14T22:13:19Z", "2123-11-14T22:13:19Z"])
def test_an_end_that_cannot_be_is_refused_with_the_bounds(device: Device, time: str) -> None:
    async def scene() -> None:
        with pytest.raises(UnacceptableInitialTerminationTimeFault) as refusal:
            await device.subscribe(time=time)

        names = [etree.QName(each).localname for each in refusal.value.detail[0]]
        assert names == ["Timestamp", "Description", "MinimumTime", "MaximumTime"]

    asyncio.run(scene())


@pytest.mark.parametrize("time", ["soon", "PT", ""])
def test_an_end_that_is_no_time_is_refused(device: Device, time: str) -> None:
    with pytest.raises(Fault):
        asyncio.run(device.subscribe(time=time))


def test_a_pull_point_lives_while_it_is_pulled(device: Device, clock: ManualClock) -> None:
    async def scene() -> None:
        path = await device.subscribe(time="PT10S")
        for _ in range(5):
            clock.advance(9)
            response = await device.pull(path)
            assert response.termination_time - response.current_time == timedelta(seconds=10)
        clock.advance(10)

        with pytest.raises(ResourceUnknownFault) as refusal:
            await device.pull(path)

        assert etree.QName(refusal.value.detail[0]).localname == "ResourceUnknownFault"
        assert len(device.pull_points) == 0

    asyncio.run(scene())


def test_a_pull_point_can_be_renewed(device: Device, clock: ManualClock) -> None:
    async def scene() -> None:
        path = await device.subscribe(time="PT10S")
        response = await device.call(PullPointSubscription.renew, Renew(termination_time="PT1H"), path)
        clock.advance(3599)

        assert response.termination_time - response.current_time == timedelta(hours=1)
        await device.pull(path)
        with pytest.raises(UnacceptableTerminationTimeFault):
            await device.call(PullPointSubscription.renew, Renew(termination_time="PT0S"), path)

    asyncio.run(scene())


def test_nothing_is_known_of_a_pull_point_after_unsubscribe(device: Device) -> None:
    async def scene() -> None:
        path = await device.subscribe()
        pulling = asyncio.ensure_future(device.pull(path, MINUTE))
        await asyncio.sleep(0)
        await device.call(PullPointSubscription.unsubscribe, Unsubscribe(), path)

        with pytest.raises(ResourceUnknownFault):
            await pulling
        for operation, request in (
            (PullPointSubscription.unsubscribe, Unsubscribe()),
            (PullPointSubscription.renew, Renew(termination_time="PT1M")),
            (PullPointSubscription.set_synchronization_point, SetSynchronizationPoint()),
        ):
            with pytest.raises(ResourceUnknownFault):
                await device.call(operation, request, path)

    asyncio.run(scene())


def test_two_pulls_at_a_time_are_one_too_many(device: Device) -> None:
    async def scene() -> None:
        path = await device.subscribe()
        pulling = asyncio.ensure_future(device.pull(path, MINUTE))
        await asyncio.sleep(0)

        with pytest.raises(UnableToGetMessagesFault):
            await device.pull(path, MINUTE)

        device.create("x")
        assert len((await pulling).notification_messages) == 1

    asyncio.run(scene())


def test_a_client_that_is_gone_makes_room_for_the_next_pull(device: Device) -> None:
    async def scene() -> None:
        gone = asyncio.Event()
        path = await device.subscribe()
        request = PullMessages(timeout=MINUTE, message_limit=10)
        pulling = asyncio.ensure_future(
            device.call(PullPointSubscription.pull_messages, request, path, abandoned=gone.wait)
        )
        await asyncio.sleep(0)
        gone.set()
        await pulling
        device.create("x")

        assert len(told(await device.pull(path))) == 1

    asyncio.run(scene())


def test_a_timeout_beyond_the_limit_is_refused_with_the_limits(device: Device) -> None:
    async def scene() -> None:
        path = await device.subscribe()

        with pytest.raises(PullMessagesFaultResponse) as refusal:
            await device.pull(path, timedelta(hours=1))

        assert [each.text for each in refusal.value.detail[0]] == ["PT600S", "1000"]
        await device.pull(path, limit=1_000_000)

    asyncio.run(scene())


def test_there_are_only_so_many_pull_points(device: Device) -> None:
    async def scene() -> None:
        for _ in range(MOST_PULL_POINTS):
            await device.subscribe()
        with pytest.raises(SubscribeCreationFailedFault):
            await device.subscribe()
        device.clock.advance(61)
        await device.subscribe()

    asyncio.run(scene())


def test_a_subscriber_that_does_not_pull_loses_the_oldest_and_it_is_counted(device: Device) -> None:
    async def scene() -> None:
        path = await device.subscribe()
        for number in range(MOST_WAITING + 3):
            device.create(str(number))

        (point,) = device.pull_points
        assert (point.waiting, point.dropped_total) == (MOST_WAITING, 3)
        assert told(await device.pull(path, limit=1)) == [("CreateRecording", "", "3")]

    asyncio.run(scene())


def test_the_topic_set_is_what_is_published(device: Device) -> None:
    async def scene() -> None:
        response = await device.call(Events.get_event_properties, GetEventProperties())

        assert sorted(str(each.tag).rpartition("}")[2] for each in response.topic_set.content) == [
            "RecordingConfig",
            "RecordingHistory",
            "VideoSource",
        ]
        assert CONCRETE in response.topic_expression_dialects
        assert CONCRETE_SET in response.topic_expression_dialects

    asyncio.run(scene())


def test_capabilities_say_whether_there_is_a_log(clock: ManualClock, door_to: Any, log: EventLog) -> None:
    async def scene() -> None:
        for device, expected in ((Device(clock, door_to), False), (Device(clock, door_to, log), True)):
            response = await device.call(Events.get_service_capabilities, GetServiceCapabilities())
            assert response.capabilities.persistent_notification_storage is expected
            assert response.capabilities.max_pull_points == MOST_PULL_POINTS

    asyncio.run(scene())


def test_without_a_log_there_is_no_seek(device: Device) -> None:
    async def scene() -> None:
        path = await device.subscribe()
        request = Seek(utc_time=datetime_from_utc_us(device.clock.utc_us()))
        with pytest.raises(ActionNotSupported):
            await device.call(PullPointSubscription.seek, request, path)
        device.create("x")
        assert len(told(await device.pull(path))) == 1

    asyncio.run(scene())
