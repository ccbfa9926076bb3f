"""Events whose values are elements: links and places, through pull points, the log and searches."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from vedette.base.clock import ManualClock
from vedette.base.timestamps import datetime_from_utc_us
from vedette.contract.device import Device
from vedette.contract.events import Events, PullPointSubscription
from vedette.contract.schema.geometry import GeoLocation, LocationEntity
from vedette.contract.schema.items import PropertyOperation
from vedette.contract.schema.network_interfaces import Duplex, NetworkInterfaceConnectionSetting
from vedette.device.addresses import SUBSCRIPTION_PATH, StreamAddresses
from vedette.device.events import EventBroker
from vedette.device.geo import Places
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import Host, InterfaceState, LinkState
from vedette.device.links import LinkMonitor
from vedette.device.pull_points import PullPoints
from vedette.device.services.device.places import PlaceHandlers
from vedette.device.services.events import EventHandlers
from vedette.device.settings.document import Settings
from vedette.device.settings.network import LinkSettings
from vedette.device.settings.store import SettingsStore
from vedette.storage.events import EventLog
from vedette.wire.codec import decode

GIGABIT = LinkSettings(auto_negotiation=True, speed_mbps=1000, is_full_duplex=True)


class OneInterface:
    """A host with one interface, or none, or no answer."""

    def __init__(self) -> None:
        self.link: LinkState | None = LinkState(wanted=GIGABIT, actual=GIGABIT)
        self.is_there = True
        self.is_silent = False

    async def interfaces(self) -> tuple[InterfaceState, ...]:
        if self.is_silent:
            raise HardwareFailed("no answer")
        state = InterfaceState(
            token="eth0",
            hardware_address="02:00:00:00:00:01",
            mtu_bytes=1500,
            kind=6,
            is_enabled=True,
            link=self.link,
        )
        return (state,) if self.is_there else ()


class Scene:
    def __init__(self, folder: Path, loop_of: Any) -> None:
        self.folder = folder
        self.host = OneInterface()
        self.log = EventLog(folder / "events.sqlite")
        self.broker = EventBroker(ManualClock(), self.log)
        self.store = SettingsStore.open(folder / "settings.json", Settings)
        self.links = LinkMonitor(self.broker, cast("Host", self.host), folder)
        places = Places(self.store)
        places.tell(self.broker)
        pull_points = PullPoints(self.broker, ManualClock())
        events = EventHandlers(pull_points, StreamAddresses(), ManualClock())
        self.loop = loop_of(events, PlaceHandlers(places))
        self.at = ""

    def carrier(self, text: str) -> None:
        path = self.folder / "sys/class/net/eth0/carrier"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")

    async def subscribe(self) -> None:
        made = await self.loop.call(Events.create_pull_point_subscription)
        address = made.subscription_reference.address
        self.at = address[address.index(SUBSCRIPTION_PATH) :]

    async def pulled(self) -> list[tuple[str, str, Any]]:
        """Operation, token and element of every message that waits."""
        context = msgspec.structs.replace(self.loop.context, path=self.at)
        answer = await self.loop.call(
            PullPointSubscription.pull_messages, context=context, timeout=timedelta(), message_limit=100
        )
        messages = [each.message.message for each in answer.notification_messages]
        return [
            (
                each.property_operation,
                each.source.simple_items[0].value,
                each.data.element_items[0].content[0] if each.data else None,
            )
            for each in messages
            if each.source is not None
        ]

    async def speeds(self) -> list[tuple[str, int]]:
        """Operation and speed of what waits."""
        found = await self.pulled()
        return [
            (operation, -1 if element is None else decode(NetworkInterfaceConnectionSetting, element).speed)
            for operation, _, element in found
        ]


@pytest.fixture
def scene(tmp_path: Path, loop_of: Any) -> Iterator[Scene]:
    made = Scene(tmp_path, loop_of)
    yield made
    made.log.close()


def test_a_link_is_told_with_its_speed_when_it_comes_changes_and_goes(scene: Scene, play: Any) -> None:
    async def run() -> None:
        scene.carrier("1\n")
        await scene.links.report()
        await scene.subscribe()
        assert await scene.speeds() == [("Initialized", 1000)]
        await scene.links.report()
        assert await scene.speeds() == []
        scene.carrier("0\n")
        await scene.links.report()
        scene.carrier("1\n")
        slow = LinkSettings(auto_negotiation=False, speed_mbps=100, is_full_duplex=False)
        scene.host.link = LinkState(wanted=slow, actual=slow)
        await scene.links.report()
        scene.host.is_silent = True
        await scene.links.report()
        assert await scene.speeds() == [("Changed", 0), ("Changed", 100)]
        scene.host.is_silent, scene.host.is_there = False, False
        await scene.links.report()
        assert await scene.speeds() == [("Deleted", -1)]

    play(run())


def test_a_link_that_is_switched_off_has_no_speed(scene: Scene, play: Any) -> None:
    async def run() -> None:
        scene.host.link = LinkState(wanted=GIGABIT, actual=GIGABIT, is_up=False)
        await scene.links.report()
        await scene.subscribe()
        ((_, token, element),) = await scene.pulled()
        setting = decode(NetworkInterfaceConnectionSetting, element)
        assert (token, setting.speed, setting.duplex) == ("eth0", 0, Duplex.FULL)

    play(run())


def test_a_host_without_wired_links_tells_of_none(scene: Scene, play: Any) -> None:
    async def run() -> None:
        scene.host.link = None
        await scene.links.report()
        assert [each.path for each in scene.broker.topics if "Link" in each.path] == []

    play(run())


def test_places_are_told_live_and_again_from_the_log(scene: Scene, play: Any) -> None:
    lund, malmo = GeoLocation(lon=13.2, lat=55.7, elevation=80.0), GeoLocation(lon=13.0, lat=55.6)

    async def run() -> None:
        await scene.subscribe()
        for where in (lund, malmo):
            place = LocationEntity(entity="VideoSource", token="hall", geo_location=where)
            await scene.loop.call(Device.set_geo_location, locations=(place,))
        named = LocationEntity(entity="VideoSource", token="hall")
        await scene.loop.call(Device.delete_geo_location, locations=(named,))
        live = await scene.pulled()
        assert [each[:2] for each in live] == [
            (PropertyOperation.INITIALIZED, "hall"),
            (PropertyOperation.CHANGED, "hall"),
            (PropertyOperation.DELETED, "hall"),
        ]
        assert [decode(GeoLocation, each[2]) for each in live[:2]] == [lund, malmo]

        context = msgspec.structs.replace(scene.loop.context, path=scene.at)
        start = datetime_from_utc_us(0)
        await scene.loop.call(PullPointSubscription.seek, context=context, utc_time=start)
        again = await scene.pulled()
        located = [decode(GeoLocation, each[2]) for each in again if each[2] is not None]
        assert located == [lund, malmo]

    play(run())
