"""What a metadata configuration chooses is what its stream carries: the scene, events, their states."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from vedette.base.clock import ManualClock
from vedette.contract.schema.metadata import MetadataStream
from vedette.contract.schema.notification import EndpointReference
from vedette.contract.topics.device import DEVICE_TRIGGER_DIGITAL_INPUT, DEVICE_TRIGGER_RELAY
from vedette.device.events import EventBroker
from vedette.device.media import metadata_streams
from vedette.device.media.metadata_streams import ChosenStream
from vedette.device.settings.media import MetadataSettings
from vedette.media.hub import Hub
from vedette.media.unit import AccessUnit, Track, TrackKind
from vedette.wire.codec import decode
from vedette.wire.parser import parse

VIDEO = Track(number=0, kind=TrackKind.VIDEO, codec="H264", clock_hz=90_000)
METADATA = Track(number=2, kind=TrackKind.METADATA, codec="METADATA", clock_hz=90_000)
RELAYS = (
    '<w:TopicExpression xmlns:w="http://docs.oasis-open.org/wsn/b-2" xmlns:tns1="http://www.onvif.org/ver10/topics"'
    ' Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">tns1:Device/Trigger/Relay'
    "</w:TopicExpression>"
)
EVERYTHING = MetadataSettings(token="md", analytics=True, events=())
ENVELOPE = b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>%s</e:Body></e:Envelope>'
DEVICE = "urn:uuid:00000000-0000-4000-8000-000000000001"
SCENE = b"<tt:MetadataStream/>"


class Viewer:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.tracks: tuple[Track, ...] = ()
        self.units: list[AccessUnit] = []

    def tracks_changed(self, tracks: tuple[Track, ...]) -> None:
        self.tracks = tracks

    def receive(self, units: Sequence[AccessUnit]) -> None:
        self.units += units


class Scene:
    def __init__(self, oracle: Any) -> None:
        self.oracle = oracle
        self.source = Hub().open("gate/main")
        self.source.announce((VIDEO, METADATA))
        self.broker = EventBroker(ManualClock(utc_us=10_000_000))
        self.broker.declare(DEVICE_TRIGGER_RELAY, DEVICE_TRIGGER_DIGITAL_INPUT)
        self.viewer = Viewer()

    def chosen(self, wanted: MetadataSettings) -> ChosenStream:
        return ChosenStream("gate/main#md", self.source, self.broker, wanted, producer=DEVICE)

    def film(self, utc_us: int, first_pts: int = 0) -> None:
        pts = first_pts + utc_us * 9 // 100
        self.source.publish(
            (
                AccessUnit(track=0, utc_us=utc_us, pts=pts, data=b"picture", is_key=True),
                AccessUnit(track=2, utc_us=utc_us, pts=pts, data=SCENE, is_key=True),
            )
        )

    def relay(self, state: str) -> None:
        source, data = (("RelayToken", "r1"),), (("LogicalState", state),)
        self.broker.publish(DEVICE_TRIGGER_RELAY, source=source, data=data)

    def button(self, state: str) -> None:
        source, data = (("InputToken", "i1"),), (("LogicalState", state),)
        self.broker.publish(DEVICE_TRIGGER_DIGITAL_INPUT, source=source, data=data)

    def told(self) -> list[list[str]]:
        """Topic, operation and state of each event in each document of events."""
        found = []
        for unit in self.viewer.units:
            if unit.track == METADATA.number and unit.data != SCENE:
                assert self.oracle.problems(ENVELOPE % unit.data) == []
                (events,) = decode(MetadataStream, parse(unit.data)).events
                for each in events.notification_messages:
                    assert each.producer_reference == EndpointReference(address=DEVICE)
                    assert each.subscription_reference is None
                found.append([_line(each) for each in events.notification_messages])
        return found


def _line(notification: Any) -> str:
    message = notification.message.message
    topic = notification.topic.value.text.rpartition("/")[2]
    return f"{topic} {message.property_operation} {message.data.simple_items[0].value}"


@pytest.fixture
def scene(oracle: Any, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(metadata_streams, "STATES_INTERVAL_S", 0.01)
    return Scene(oracle)


def run(act: Callable[[], Awaitable[None]]) -> None:
    async def timed() -> None:
        async with asyncio.timeout(5):
            await act()

    asyncio.run(timed())


def test_events_of_one_turn_are_one_valid_document_beside_the_media(scene: Scene) -> None:
    async def act() -> None:
        stream = scene.chosen(EVERYTHING)
        stream.attach(scene.viewer)
        assert scene.viewer.tracks == (VIDEO, METADATA)
        scene.film(10_000_000)
        scene.relay("active")
        scene.button("true")
        await asyncio.sleep(0)
        scene.relay("inactive")
        await asyncio.sleep(0)
        assert scene.told() == [
            ["Relay Initialized active", "DigitalInput Initialized true"],
            ["Relay Changed inactive"],
        ]
        assert [unit.data for unit in scene.viewer.units[:2]] == [b"picture", SCENE]
        assert scene.viewer.units[2].pts == 900_000

    run(act)


def test_the_time_of_the_metadata_never_goes_back_where_events_stand_between_scenes(scene: Scene) -> None:
    """Scenes are dated as their pictures, some while before they come; and the first of them may be late."""

    async def act() -> None:
        stream = scene.chosen(EVERYTHING)
        stream.attach(scene.viewer)
        scene.relay("active")  # before anything is known of the source's time
        await asyncio.sleep(0)
        scene.film(9_900_000, first_pts=77)
        scene.relay("inactive")
        await asyncio.sleep(0)
        scene.film(9_990_000, first_pts=77)
        scene.film(10_200_000, first_pts=77)
        metadata = [unit for unit in scene.viewer.units if unit.track == METADATA.number]
        assert [unit.utc_us for unit in metadata] == [10_000_000] * 4 + [10_200_000]
        assert [unit.pts for unit in metadata] == [900_000] * 4 + [918_000]
        pictures = [unit for unit in scene.viewer.units if unit.track == VIDEO.number]
        assert [unit.utc_us for unit in pictures] == [9_900_000, 9_990_000, 10_200_000]
        scene.film(5_000_000)  # the clock was set back
        assert scene.viewer.units[-1].utc_us == 5_000_000

    run(act)


def test_only_what_was_chosen_is_sent(scene: Scene) -> None:
    async def act() -> None:
        stream = scene.chosen(MetadataSettings(token="md", analytics=False, events=(RELAYS,)))
        stream.attach(scene.viewer)
        scene.film(10_000_000)
        scene.button("true")
        scene.relay("active")
        await asyncio.sleep(0)
        assert scene.told() == [["Relay Initialized active"]]
        assert SCENE not in [unit.data for unit in scene.viewer.units]
        stream.choose(MetadataSettings(token="md", analytics=True))
        scene.film(11_000_000)
        scene.relay("inactive")
        await asyncio.sleep(0)
        assert scene.told() == [["Relay Initialized active"]]
        assert scene.viewer.units[-1].data == SCENE

    run(act)


def test_newcomers_share_one_document_of_the_states_that_were_chosen(scene: Scene) -> None:
    async def act() -> None:
        scene.relay("active")
        scene.button("false")
        stream = scene.chosen(MetadataSettings(token="md", analytics=True, events=(RELAYS,)))
        stream.attach(scene.viewer)
        for _ in range(5):
            stream.tell_states()
        await asyncio.sleep(0.005)
        stream.tell_states()
        await asyncio.sleep(0.03)
        assert scene.told() == [["Relay Initialized active"]] * 2

    run(act)


def test_what_sends_pictures_on_to_its_viewers_does_so_for_the_source(scene: Scene) -> None:
    chosen, brought = scene.chosen(MetadataSettings(token="md")), list[str]()
    scene.source.on_kept_back(lambda: brought.append("brought"))
    forwarder: Any = object()

    chosen.attach(scene.viewer, forwarder=lambda: forwarder)
    assert scene.source.forwarder is forwarder
    assert brought
    brought.clear()
    another = Viewer()
    chosen.attach(another)
    assert scene.source.forwarder is None
    assert brought
    chosen.detach(scene.viewer)
    assert scene.source.forwarder is None


def test_a_stream_that_nobody_watches_costs_nothing(scene: Scene) -> None:
    async def act() -> None:
        stream = scene.chosen(EVERYTHING)
        assert scene.source.sinks == ()
        stream.attach(scene.viewer)
        assert scene.source.sinks == (stream,)
        stream.tell_states()
        stream.detach(scene.viewer)
        assert scene.source.sinks == ()
        scene.relay("active")
        scene.film(10_000_000)
        assert scene.viewer.units == []
        assert stream.kept_group == ()

    run(act)


def test_a_newcomer_begins_with_the_key_frame_that_the_source_kept(scene: Scene) -> None:
    async def act() -> None:
        scene.film(10_000_000)
        stream = scene.chosen(MetadataSettings(token="md", analytics=False, events=()))
        stream.attach(scene.viewer)
        assert [unit.data for unit in stream.kept_group] == [b"picture"]
        scene.source.end()
        assert scene.viewer.tracks == ()

    run(act)


def test_a_source_that_is_gone_leaves_no_old_picture_to_begin_with(scene: Scene) -> None:
    async def act() -> None:
        chosen = scene.chosen(MetadataSettings(token="md", analytics=False))
        chosen.attach(scene.viewer)
        scene.film(10_000_000)
        assert chosen.has_group
        assert [unit.track for unit in chosen.kept_group] == [0]
        scene.source.withdraw("gone")
        assert not chosen.has_group
        assert chosen.kept_group == ()

    run(act)
