"""The pull loop: renewing, losing, coming back, and never a storm."""

import asyncio
import random
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from vedette.client.errors import Unreachable
from vedette.client.events import BACK_OFF_MOST_S, BackOff, Event, PullOptions, _life_s, pull_events
from vedette.contract.events import (
    CreatePullPointSubscriptionResponse,
    PullMessagesResponse,
    RenewResponse,
    SetSynchronizationPointResponse,
    UnsubscribeResponse,
)
from vedette.contract.faults import InvalidTopicExpressionFault, NotAuthorized, ResourceUnknownFault
from vedette.contract.schema.items import ItemList, Message, PropertyOperation, SimpleItem
from vedette.contract.schema.notification import (
    EndpointReference,
    NotificationContent,
    NotificationMessage,
    TopicExpression,
)
from vedette.wire.message import PrefixedText
from vedette.wire.namespaces import TNS1

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def notification(number: int) -> NotificationMessage:
    topic = PrefixedText("tns1:RuleEngine/CellMotionDetector/tns1:Motion", (("tns1", TNS1),))
    message = Message(
        utc_time=NOW,
        property_operation=PropertyOperation.CHANGED,
        source=ItemList(simple_items=(SimpleItem(name="Source", value="main"),)),
        data=ItemList(simple_items=(SimpleItem(name="Number", value=str(number)),)),
    )
    return NotificationMessage(
        topic=TopicExpression(dialect="x", value=topic), message=NotificationContent(message=message)
    )


class Broker:
    """Scripted answers of a toy device's event service: each pull takes the next of `script`."""

    def __init__(self, device: Any, script: list[Any]) -> None:
        self.script = script
        self.calls: list[str] = []
        self.number = 0
        for name in ("CreatePullPointSubscription", "PullMessages", "Renew", "Unsubscribe"):
            device.handlers[name] = getattr(self, f"_{name.lower()}")
        device.handlers["SetSynchronizationPoint"] = self._synchronize
        self.filters: list[bytes] = []

    async def _createpullpointsubscription(self, request: Any) -> CreatePullPointSubscriptionResponse:
        self.calls.append("create")
        self.number += 1
        self.request = request
        reference = EndpointReference(address=f"http://192.0.2.7/onvif/subscription/{self.number}")
        return CreatePullPointSubscriptionResponse(
            subscription_reference=reference, current_time=NOW, termination_time=NOW
        )

    async def _pullmessages(self, _: Any) -> PullMessagesResponse:
        self.calls.append("pull")
        assert self.script, "one pull too many"
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        return PullMessagesResponse(
            current_time=NOW,
            termination_time=NOW,
            notification_messages=tuple(notification(number) for number in step),
        )

    async def _renew(self, _: Any) -> RenewResponse:
        self.calls.append("renew")
        return RenewResponse(termination_time=NOW)

    async def _unsubscribe(self, _: Any) -> UnsubscribeResponse:
        self.calls.append("unsubscribe")
        return UnsubscribeResponse()

    async def _synchronize(self, _: Any) -> SetSynchronizationPointResponse:
        self.calls.append("synchronize")
        return SetSynchronizationPointResponse()


Pull = Callable[..., tuple[list[Event], list[float], list[Exception]]]


@pytest.fixture
def pull() -> Pull:
    """`pull(device, wanted)`: the first events, the waits between tries, and the losses on the way."""

    def run(device: Any, wanted: int, **options: Any) -> tuple[list[Event], list[float], list[Exception]]:
        events: list[Event] = []
        waits: list[float] = []
        losses: list[Exception] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        async def scene() -> None:
            async with device.camera() as camera:
                source = pull_events(
                    camera,
                    PullOptions(**options),
                    on_loss=losses.append,
                    sleep=sleep,
                    chance=random.Random(1),
                )
                async with aclosing(source) as found:
                    async for event in found:
                        events.append(event)
                        if len(events) == wanted:
                            return

        asyncio.run(scene())
        return events, waits, losses

    return run


def test_events_come_in_plain_form_and_the_subscription_is_given_back(toy: Any, pull: Pull) -> None:
    device = toy()
    broker = Broker(device, [[1, 2], [], [3]])
    events, waits, _ = pull(device, 3)
    assert [each.data for each in events] == [{"Number": "1"}, {"Number": "2"}, {"Number": "3"}]
    assert events[0].topic == "RuleEngine/CellMotionDetector/Motion"
    assert events[0].source == {"Source": "main"}
    assert events[0].operation is PropertyOperation.CHANGED
    assert broker.calls == ["create", "pull", "pull", "pull", "unsubscribe"]
    assert waits == []


def test_an_iterator_that_was_left_is_ended_with_the_camera(toy: Any) -> None:
    device = toy()
    broker = Broker(device, [[1, 2, 3]])

    async def scene() -> None:
        async with device.camera() as camera:
            async for _ in camera.pull_events():
                break
            assert broker.calls == ["create", "pull"]

    asyncio.run(scene())
    assert broker.calls == ["create", "pull", "unsubscribe"]


def test_a_lost_subscription_is_made_anew_and_synchronized(toy: Any, pull: Pull) -> None:
    device = toy()
    broker = Broker(device, [[1], ResourceUnknownFault("gone"), [2]])
    events, waits, losses = pull(device, 2)
    assert len(events) == 2
    assert broker.calls == [
        "create",
        "pull",
        "pull",
        "unsubscribe",
        "create",
        "synchronize",
        "pull",
        "unsubscribe",
    ]
    assert [type(each) for each in losses] == [ResourceUnknownFault]
    assert len(waits) == 1


def test_waits_grow_until_it_goes_well_again(toy: Any, pull: Pull) -> None:
    device = toy()
    gone = [Unreachable("no") for _ in range(4)]
    Broker(device, [[1], *gone, [2], Unreachable("no"), [3]])
    _, waits, _ = pull(device, 3)
    assert len(waits) == 5
    assert waits[0] <= 1.0 < waits[2] <= 4.0
    assert waits[-1] <= 1.0


def test_a_subscription_is_renewed_before_its_end(toy: Any, pull: Pull) -> None:
    device = toy()
    broker = Broker(device, [[1], [2], [3]])
    pull(device, 3, life_s=0.0)
    assert broker.calls.count("renew") >= 1


def test_a_shorter_life_than_was_asked_for_is_renewed_before_its_end(toy: Any, pull: Pull) -> None:
    device = toy()
    broker = Broker(device, [[1], [2], [3]])
    create = broker._createpullpointsubscription
    pulled: list[timedelta] = []

    async def grant_little(request: Any) -> CreatePullPointSubscriptionResponse:
        made = await create(request)
        return msgspec.structs.replace(made, termination_time=NOW + timedelta(seconds=4))

    async def take_time(request: Any) -> PullMessagesResponse:
        pulled.append(request.timeout)
        await asyncio.sleep(1.1)
        return await broker._pullmessages(request)

    device.handlers["CreatePullPointSubscription"] = grant_little
    device.handlers["PullMessages"] = take_time
    pull(device, 3)
    assert broker.calls[:4] == ["create", "pull", "pull", "renew"]
    assert pulled[0] <= timedelta(seconds=2)


@pytest.mark.parametrize(("granted_s", "life_s"), [(60, 60), (600, 120), (1, 2), (0, 120), (-3600, 120)])
def test_an_end_that_lies_in_the_past_says_nothing_of_the_life(granted_s: int, life_s: int) -> None:
    assert _life_s(NOW, NOW + timedelta(seconds=granted_s), PullOptions(life_s=120.0)) == life_s


def test_a_refused_filter_is_raised_and_not_tried_again(toy: Any, pull: Pull) -> None:
    device = toy()
    broker = Broker(device, [])

    async def refuse(_: Any) -> None:
        broker.calls.append("create")
        raise InvalidTopicExpressionFault("what is that?")

    device.handlers["CreatePullPointSubscription"] = refuse
    with pytest.raises(InvalidTopicExpressionFault):
        pull(device, 1, topic="tns1:Nonsense")
    assert broker.calls == ["create"]


def test_a_refused_login_is_raised_even_later(toy: Any, pull: Pull) -> None:
    device = toy()
    refusal = NotAuthorized("not any more")
    Broker(device, [[1], refusal, refusal])  # once without and once with a token
    with pytest.raises(NotAuthorized):
        pull(device, 2)


def test_filters_declare_the_prefixes_they_use(toy: Any, pull: Pull) -> None:
    device = toy()
    broker = Broker(device, [[1]])
    pull(device, 1, topic="tns1:RuleEngine//.", message='boolean(//tt:SimpleItem[@Name="State"])')
    topic, message = broker.request.filter.content
    assert topic.text == "tns1:RuleEngine//."
    assert topic.nsmap["tns1"] == TNS1
    assert "tt" in message.nsmap


def test_a_device_that_answers_at_once_with_nothing_is_slowed_down(
    toy: Any, pull: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = toy()
    naps: list[float] = []
    real_sleep = asyncio.sleep

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        await real_sleep(0)

    monkeypatch.setattr("vedette.client.events.asyncio.sleep", nap)
    Broker(device, [*[[] for _ in range(30)], [1]])
    pull(device, 1)
    assert naps.count(1.0) == 10


def test_back_off_doubles_to_a_minute_with_a_random_part() -> None:
    back_off = BackOff(random.Random(7))
    waits = [back_off.wait_s() for _ in range(12)]
    for number, wait_s in enumerate(waits):
        limit_s = min(2.0**number, BACK_OFF_MOST_S)
        assert limit_s / 2 <= wait_s <= limit_s
    back_off.reset()
    assert back_off.wait_s() <= 1.0
