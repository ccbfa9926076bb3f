"""What a pull point hears of relays and inputs."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from vedette.contract.deviceio import DeviceIO
from vedette.contract.events import Events, PullPointSubscription
from vedette.contract.schema.io import RelayLogicalState

Play = Callable[[Coroutine[Any, Any, None]], None]


async def pulled(rig: Any, path: str) -> list[tuple[str, str, str]]:
    """The last level of the topic, the operation and the values of each message that waits."""
    context = msgspec.structs.replace(rig.loop.context, path=path)
    response = await rig.call(
        PullPointSubscription.pull_messages, context=context, timeout=timedelta(0), message_limit=100
    )
    found = []
    for each in response.notification_messages:
        message = each.message.message
        items = (*message.source.simple_items, *message.data.simple_items)
        topic = each.topic.value.text.rpartition("/")[2]
        found.append((topic, str(message.property_operation), " ".join(item.value for item in items)))
    return found


def test_states_are_told_to_begin_with_and_whenever_they_change(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.start()
        created = await rig.call(Events.create_pull_point_subscription)
        path = "/onvif" + created.subscription_reference.address.partition("/onvif")[2]
        assert sorted(await pulled(rig, path)) == [
            ("DigitalInput", "Initialized", "door false"),
            ("DigitalInput", "Initialized", "tamper false"),
            ("Relay", "Initialized", "bell inactive"),
            ("Relay", "Initialized", "gate inactive"),
        ]
        for state in (RelayLogicalState.ACTIVE, RelayLogicalState.ACTIVE, RelayLogicalState.INACTIVE):
            await rig.call(DeviceIO.set_relay_output_state, relay_output_token="gate", logical_state=state)
        rig.io.inputs.require("tamper").put(is_closed=True)
        assert await pulled(rig, path) == [
            ("Relay", "Changed", "gate active"),
            ("Relay", "Changed", "gate inactive"),
            ("DigitalInput", "Changed", "tamper true"),
        ]

    play(scene())


def test_a_running_relay_wakes_by_itself_when_its_delay_is_over(
    rig: Any, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        relay = rig.io.relays.require("bell")
        running = asyncio.create_task(relay.run())
        await relay.set(msgspec.structs.replace(relay.settings, is_monostable=True, delay_us=500_000))
        monkeypatch.setattr(rig.clock, "monotonic_s", asyncio.get_running_loop().time)
        has_fallen = asyncio.Event()
        monkeypatch.setattr(rig, "receive", lambda event: rig.events.append(event) or _set(has_fallen, rig))
        await relay.switch(is_active=True)
        await has_fallen.wait()
        assert not rig.contacts["bell"].is_closed
        running.cancel()

    play(scene())


def _set(has_fallen: asyncio.Event, rig: Any) -> None:
    if rig.states("bell")[-2:] == ["active", "inactive"]:
        has_fallen.set()
