"""Subscriptions whose notifications are sent: what arrives, what is sent again, and who gets nothing."""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import etree
from tests.certificates import Identity, wanting_a_certificate

from vedette.base.clock import ManualClock
from vedette.client.notify import NotDelivered, NotifyClient
from vedette.client.trust import tls_context
from vedette.contract import faults
from vedette.contract.events import (
    Events,
    NotificationProducer,
    Notify,
    PullPointSubscription,
)
from vedette.contract.schema.items import Message
from vedette.contract.schema.notification import (
    EndpointReference,
    Filter,
    ReferenceParameters,
    TopicExpression,
)
from vedette.contract.topics.device import DEVICE_TRIGGER_RELAY
from vedette.device import pushes as under_test
from vedette.device.addresses import SUBSCRIPTION_PATH, StreamAddresses
from vedette.device.events import EventBroker
from vedette.device.pull_points import MOST_PULL_POINTS, PullPoints
from vedette.device.pushes import PUSHES_MOST, Pushes, consumer_of
from vedette.device.services.events import EventHandlers
from vedette.wire.codec import decode, to_element
from vedette.wire.filters import CONCRETE_SET
from vedette.wire.message import PrefixedText, XmlName
from vedette.wire.namespaces import WSNT

CONSUMER = "http://192.0.2.9:9000/events"


class Postbox:
    """Takes messages in the place of a network; refuses while told to."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, str, bytes]] = []
        self.attempts = 0
        self.is_refusing = False
        self.more = asyncio.Event()

    async def post(self, url: str, address: str, body: bytes, headers: Mapping[str, str]) -> None:
        self.attempts += 1
        self.more.set()
        if self.is_refusing:
            raise NotDelivered("nobody is there")
        assert headers["Content-Type"].endswith('NotificationConsumer/Notify"')
        self.posts.append((url, address, body))

    async def attempted(self, times: int) -> None:
        while self.attempts < times:
            self.more.clear()
            await self.more.wait()


class Scene:
    def __init__(self, loop_of: Any, oracle: Any) -> None:
        self.clock = ManualClock()
        self.broker = EventBroker(self.clock)
        self.broker.declare(DEVICE_TRIGGER_RELAY)
        points = PullPoints(self.broker, self.clock)
        self.postbox = Postbox()
        self.pushes = Pushes(points, self.clock, self.postbox, first_wait_s=0.001)
        self.loop = loop_of(EventHandlers(points, StreamAddresses(), self.clock, self.pushes))
        self.oracle = oracle

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.pushes.run())
        await asyncio.sleep(0)
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def relay(self, state: str) -> None:
        source, data = (("RelayToken", "r1"),), (("LogicalState", state),)
        self.broker.publish(DEVICE_TRIGGER_RELAY, source=source, data=data)

    async def subscribe(self, address: str = CONSUMER, **fields: Any) -> Any:
        reference = EndpointReference(address=address, **fields.pop("reference", {}))
        answer = await self.loop.call(NotificationProducer.subscribe, consumer_reference=reference, **fields)
        path = answer.subscription_reference.address
        self.at = msgspec.structs.replace(self.loop.context, path=path[path.index(SUBSCRIPTION_PATH) :])
        return answer

    def told(self) -> list[str]:
        """Operation and state of everything that arrived, in order."""
        found = []
        for _, _, body in self.postbox.posts:
            assert self.oracle.problems(body) == []
            content = etree.fromstring(body).find("{*}Body")[0]
            for each in decode(Notify, content).notification_messages:
                message = each.message.message
                assert each.subscription_reference is not None
                found.append(f"{message.property_operation} {message.data.simple_items[0].value}")
        return found


@pytest.fixture
def scene(loop_of: Any, oracle: Any) -> Scene:
    return Scene(loop_of, oracle)


def test_states_come_first_then_what_happens(scene: Scene, play: Any) -> None:
    async def run() -> None:
        async with scene.running():
            scene.relay("active")
            answer = await scene.subscribe(initial_termination_time="PT10M")
            assert (answer.termination_time - answer.current_time).total_seconds() == 600
            await scene.postbox.attempted(1)
            scene.relay("inactive")
            await scene.postbox.attempted(2)
            assert scene.told() == ["Initialized active", "Changed inactive"]
            assert scene.postbox.posts[0][:2] == (CONSUMER, "192.0.2.9")
            capabilities = (await scene.loop.call(Events.get_service_capabilities)).capabilities
            assert capabilities.max_notification_producers == PUSHES_MOST

    play(run())


def test_what_did_not_arrive_is_sent_again_in_order(scene: Scene, play: Any) -> None:
    async def run() -> None:
        async with scene.running():
            scene.postbox.is_refusing = True
            await scene.subscribe(initial_termination_time="PT10M")
            scene.relay("active")
            await scene.postbox.attempted(3)
            scene.relay("inactive")
            scene.postbox.is_refusing = False
            while len(scene.postbox.posts) < 2:
                await scene.postbox.attempted(scene.postbox.attempts + 1)
            assert scene.told() == ["Initialized active", "Changed inactive"]

    play(run())


def test_who_cannot_be_reached_for_long_is_given_up(
    scene: Scene, play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, "GIVEN_UP_AFTER_S", 0.0)

    async def run() -> None:
        async with scene.running():
            scene.postbox.is_refusing = True
            await scene.subscribe(initial_termination_time="PT10M")
            scene.relay("active")
            await scene.postbox.attempted(1)
            await asyncio.sleep(0)
            with pytest.raises(faults.ResourceUnknownFault):
                await scene.loop.call(PullPointSubscription.unsubscribe, context=scene.at)

    play(run())


def test_a_subscription_is_unknown_from_its_end_on_though_nothing_had_to_be_sent(
    scene: Scene, play: Any
) -> None:
    async def run() -> None:
        async with scene.running():
            await scene.subscribe(initial_termination_time="PT10S")
            (point,) = scene.pushes._open
            while not point._is_pulling:  # noqa: ASYNC110 (what is waited for has no event)
                await asyncio.sleep(0)
            scene.clock.advance(10)
            with pytest.raises(faults.ResourceUnknownFault):
                await scene.loop.call(PullPointSubscription.unsubscribe, context=scene.at)

    play(run())


def test_who_cannot_be_reached_is_tried_less_and_less_often_for_ten_minutes(
    scene: Scene, play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits_s: list[float] = []

    async def passed(waiting: Any, seconds: float) -> None:
        waiting.close()
        waits_s.append(seconds)
        scene.clock.advance(seconds)
        raise TimeoutError

    async def run() -> None:
        async with scene.running():
            scene.pushes._first_wait_s = 1.0
            monkeypatch.setattr(asyncio, "wait_for", passed)
            scene.postbox.is_refusing = True
            await scene.subscribe(initial_termination_time="PT1H")
            scene.relay("active")
            await scene.postbox.attempted(16)
            monkeypatch.undo()
            assert waits_s == [1, 2, 4, 8, 16, 32, *[60] * 9]
            await asyncio.sleep(0)
            with pytest.raises(faults.ResourceUnknownFault):
                await scene.loop.call(PullPointSubscription.unsubscribe, context=scene.at)

    play(run())


def test_a_defect_that_one_consumer_brings_to_light_costs_its_subscription_alone(
    scene: Scene, play: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    post = scene.postbox.post

    async def defective(url: str, *rest: Any) -> None:
        if url == CONSUMER:
            raise KeyError(url)
        await post(url, *rest)

    monkeypatch.setattr(scene.postbox, "post", defective)

    async def run() -> None:
        async with scene.running():
            await scene.subscribe()
            ended = scene.at
            await scene.subscribe("http://192.0.2.10:9000/events")
            for times, state in enumerate(("active", "inactive"), start=1):
                scene.relay(state)
                await scene.postbox.attempted(times)
            with pytest.raises(faults.ResourceUnknownFault):
                await scene.loop.call(PullPointSubscription.unsubscribe, context=ended)

    play(run())
    assert caplog.text.count("is ended by a defect") == 1


def test_a_subscription_ends_at_its_time_although_it_delivers(scene: Scene, play: Any) -> None:
    async def run() -> None:
        async with scene.running():
            await scene.subscribe(initial_termination_time="PT30S")
            scene.relay("active")
            await scene.postbox.attempted(1)
            scene.clock.advance(20)
            await scene.loop.call(PullPointSubscription.renew, context=scene.at, termination_time="PT30S")
            scene.clock.advance(20)
            scene.relay("inactive")
            await scene.postbox.attempted(2)
            scene.clock.advance(11)
            scene.relay("active")
            await asyncio.sleep(0.01)
            assert len(scene.told()) == 2
            with pytest.raises(faults.ResourceUnknownFault):
                await scene.loop.call(PullPointSubscription.renew, context=scene.at, termination_time="PT30S")

    play(run())


def test_the_headers_that_a_consumer_wants_repeated_are(scene: Scene, play: Any) -> None:
    async def run() -> None:
        async with scene.running():
            header = etree.fromstring('<x:Id xmlns:x="urn:x">7</x:Id>')
            await scene.subscribe(reference={"reference_parameters": ReferenceParameters(content=(header,))})
            scene.relay("active")
            await scene.postbox.attempted(1)
            document = etree.fromstring(scene.postbox.posts[0][2])
            assert document.findtext("{*}Header/{urn:x}Id") == "7"
            await scene.loop.call(PullPointSubscription.unsubscribe, context=scene.at)
            scene.relay("inactive")
            await asyncio.sleep(0.01)
            assert scene.postbox.attempts == 1

    play(run())


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/x",
        "http://[::1]/x",
        "http://[::ffff:127.0.0.1]/x",
        "http://169.254.169.254/latest",
        "http://[fe80::1]/x",
        "http://224.0.0.1/x",
        "http://0.0.0.0/x",
        "http://255.255.255.255/",
        "ftp://192.0.2.7/x",
        "http://user:word@192.0.2.7/x",
        "http://192.0.2.7:0/x",
        "http://192.0.2.7:99999/x",
        "http:///x",
        "http://192.0.2.7/a b",
        "http://" + "a" * 2000,
        "",
    ],
)
def test_nothing_is_sent_where_only_this_machine_reaches(scene: Scene, play: Any, address: str) -> None:
    async def run() -> None:
        async with scene.running():
            with pytest.raises(faults.SubscribeCreationFailedFault, match="ConsumerReference"):
                await scene.subscribe(address)

    play(run())


def test_names_that_nobody_answers_for_hold_nobody_else_up(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few of them took every thread that replay, pages and retention share, for up to half a minute."""
    answered, real = threading.Event(), socket.getaddrinfo

    def slow(host: str, *arguments: Any, **more: Any) -> Any:
        if host.endswith(".lan") and not more.get("flags"):
            answered.wait(10)
            raise socket.gaierror(socket.EAI_AGAIN, "nobody answers")
        return real(host, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    monkeypatch.setattr(under_test, "LOOK_UP_S", 0.2)

    async def run() -> None:
        asking = [
            asyncio.create_task(consumer_of(EndpointReference(address=f"http://no-{n}.lan/"), "192.0.2.1"))
            for n in range(40)
        ]
        try:
            async with asyncio.timeout(5):
                await asyncio.to_thread(int)
                told = await asyncio.gather(*asking, return_exceptions=True)
        finally:
            answered.set()
        assert {type(each) for each in told} == {faults.SubscribeCreationFailedFault}

    play(run())


def test_the_address_that_asks_is_always_allowed(play: Any) -> None:
    async def run() -> None:
        for address, peer in (("127.0.0.1", "127.0.0.1"), ("[::1]", "::1"), ("169.254.3.4", "169.254.3.4")):
            consumer = await consumer_of(EndpointReference(address=f"http://{address}:81/"), peer)
            assert consumer.address == peer

    play(run())


def test_there_is_an_end_to_subscriptions(scene: Scene, play: Any) -> None:
    async def run() -> None:
        async with scene.running():
            for _ in range(PUSHES_MOST):
                await scene.subscribe()
            with pytest.raises(faults.SubscribeCreationFailedFault):
                await scene.subscribe()

    play(run())


def test_a_message_under_way_when_its_subscription_ends_is_finished_and_the_last(
    scene: Scene, play: Any
) -> None:
    """It was cut off in the middle, and the consumer got half a message."""

    async def run() -> None:
        async with scene.running():
            may_arrive, arrived = asyncio.Event(), asyncio.Event()
            post = scene.postbox.post

            async def slowly(url: str, address: str, body: bytes, headers: Mapping[str, str]) -> None:
                await post(url, address, b"", headers)
                await may_arrive.wait()
                scene.postbox.posts[-1] = (url, address, body)
                arrived.set()

            scene.postbox.post = slowly  # type: ignore[method-assign]
            scene.relay("active")
            await scene.subscribe(initial_termination_time="PT30S")
            await scene.postbox.attempted(1)
            scene.relay("inactive")
            await scene.loop.call(PullPointSubscription.unsubscribe, context=scene.at)
            await asyncio.sleep(0.01)
            may_arrive.set()
            async with asyncio.timeout(1):
                await arrived.wait()
            await asyncio.sleep(0.01)
            assert scene.told() == ["Initialized active"]
            assert not scene.pushes._open

    play(run())


@pytest.mark.parametrize("is_unsubscribed", [True, False])
def test_a_subscription_that_ended_leaves_its_room_and_waits_for_no_consumer(
    scene: Scene, play: Any, monkeypatch: pytest.MonkeyPatch, *, is_unsubscribed: bool
) -> None:
    """Its end is not to wait for who does not answer, nor for the next attempt to reach who is not there."""
    monkeypatch.setattr(under_test, "FINISH_S", 0.01)
    given_up = asyncio.Semaphore(0)

    async def hang(url: str, address: str, body: bytes, headers: Mapping[str, str]) -> None:
        scene.postbox.attempts += 1
        scene.postbox.more.set()
        if url.endswith("/dead"):
            raise NotDelivered("nobody is there")
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            given_up.release()

    async def run() -> None:
        async with scene.running():
            scene.pushes._first_wait_s = 3600.0
            scene.postbox.post = hang  # type: ignore[method-assign]
            scene.relay("active")
            for number in range(PUSHES_MOST):
                name = "dead" if number % 2 else "silent"
                await scene.subscribe(f"{CONSUMER}/{name}", initial_termination_time="PT30S")
                if is_unsubscribed:
                    await scene.postbox.attempted(number + 1)
                    await scene.loop.call(PullPointSubscription.unsubscribe, context=scene.at)
            await scene.postbox.attempted(PUSHES_MOST)
            scene.clock.advance(31)
            await scene.subscribe(f"{CONSUMER}/dead")
            await scene.postbox.attempted(PUSHES_MOST + 1)
            async with asyncio.timeout(5):
                for _ in range(PUSHES_MOST // 2):
                    await given_up.acquire()

    play(run())


def test_subscriptions_take_no_room_from_pull_points(scene: Scene, play: Any) -> None:
    async def run() -> None:
        async with scene.running():
            for _ in range(PUSHES_MOST):
                await scene.subscribe()
            for _ in range(MOST_PULL_POINTS):
                await scene.loop.call(Events.create_pull_point_subscription)
            with pytest.raises(faults.SubscribeCreationFailedFault, match="pull points"):
                await scene.loop.call(Events.create_pull_point_subscription)
            await scene.loop.call(PullPointSubscription.unsubscribe, context=scene.at)
            await scene.subscribe()

    play(run())


def test_what_is_sent_cannot_be_fetched_as_well(scene: Scene, play: Any) -> None:
    async def run() -> None:
        async with scene.running():
            scene.postbox.is_refusing = True
            scene.relay("active")
            await scene.subscribe()
            await scene.postbox.attempted(1)
            scene.relay("inactive")
            with pytest.raises(faults.ActionNotSupported):
                await scene.loop.call(
                    PullPointSubscription.pull_messages,
                    context=scene.at,
                    timeout=timedelta(),
                    message_limit=9,
                )
            scene.postbox.is_refusing = False
            await scene.postbox.attempted(scene.postbox.attempts + 2)
            assert scene.told() == ["Initialized active", "Changed inactive"]

    play(run())


def test_the_current_message_is_the_latest_state_on_a_topic(scene: Scene, play: Any) -> None:
    def topic(text: str) -> TopicExpression:
        return TopicExpression(dialect=CONCRETE_SET, value=PrefixedText(text))

    async def run() -> None:
        with pytest.raises(faults.NoCurrentMessageOnTopicFault):
            await scene.loop.call(
                NotificationProducer.get_current_message, topic=topic("tns1:Device/Trigger/Relay")
            )
        scene.relay("active")
        answer = await scene.loop.call(
            NotificationProducer.get_current_message, topic=topic("tns1:Device//.")
        )
        assert decode(Message, answer.content[0]).data.simple_items[0].value == "active"

    play(run())


def test_a_filter_chooses_what_is_sent(scene: Scene, play: Any) -> None:
    async def run() -> None:
        async with scene.running():
            other = TopicExpression(dialect=CONCRETE_SET, value=PrefixedText("tns1:VideoSource//."))
            wanted = Filter(content=(to_element(other, XmlName(WSNT, "TopicExpression")),))
            await scene.subscribe(filter=wanted)
            scene.relay("active")
            await asyncio.sleep(0.01)
            assert scene.postbox.attempts == 0

    play(run())


def test_messages_travel_to_the_address_under_the_name_of_the_url(play: Any) -> None:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heard.append(head + await reader.readexactly(5))
        status = b"204 No Content" if head.startswith(b"POST /good") else b"302 Found\r\nLocation: /good"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, NotifyClient(timeout_s=2) as client:
            url = f"http://consumer.example:{port}"
            await client.post(f"{url}/good?a=1", "127.0.0.1", b"hello", {"Content-Type": "text/plain"})
            with pytest.raises(NotDelivered, match="302"):
                await client.post(f"{url}/bad", "127.0.0.1", b"hello", {})
        with pytest.raises(NotDelivered):
            async with NotifyClient(timeout_s=2) as client:
                await client.post(f"http://consumer.example:{port}/", "127.0.0.1", b"hello", {})
        assert heard[0].startswith(b"POST /good?a=1 HTTP/1.1\r\n")
        assert f"host: consumer.example:{port}\r\n".encode() in heard[0].lower()
        assert len(heard) == 2

    play(run())


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_consumer_that_wants_a_certificate_of_ours_costs_a_delivery_and_no_more(
    play: Any, tmp_path: Path, version: ssl.TLSVersion
) -> None:
    """TLS 1.3 says so after the handshake; the error got past everybody and ended the whole program."""
    identity = Identity(tmp_path / "consumer.pem")

    async def run(port: int) -> None:
        async with NotifyClient(timeout_s=5, tls=tls_context(ca_file=identity.path)) as client:
            with pytest.raises(NotDelivered, match="it wants a certificate of ours"):
                await client.post(f"https://127.0.0.1:{port}/", "127.0.0.1", b"hello", {})

    with wanting_a_certificate(identity, version) as port:
        play(run(port))


def test_cookies_of_a_consumer_are_not_kept(play: Any) -> None:
    """One that is no ASCII could not be sent back, and the next notification ended the whole program."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nSet-Cookie: a=\xff\r\n\r\n")
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with server, NotifyClient(timeout_s=2) as client:
            for _ in range(2):
                await client.post(url, "127.0.0.1", b"", {})

    play(run())
    assert len(heard) == 2
    assert b"cookie" not in heard[1].lower()


def test_an_answer_that_dribbles_is_not_waited_for_without_end(play: Any) -> None:
    hung_up = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        with suppress(ConnectionError):
            while True:
                writer.write(b"a")
                await writer.drain()
                await asyncio.sleep(0.02)
        writer.close()
        hung_up.set()

    async def run() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, NotifyClient(timeout_s=0.2, whole_s=0.3) as client, asyncio.timeout(5):
            with pytest.raises(NotDelivered, match="took longer than"):
                await client.post(f"http://consumer.example:{port}/", "127.0.0.1", b"hello", {})
            await hung_up.wait()

    play(run())
