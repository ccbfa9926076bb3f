"""Subscriptions that are refused for what happens while they are asked for."""

from typing import Any

import pytest
from tests.loopback.test_pushes import Scene

from vedette.contract import faults
from vedette.device import pushes as under_test


@pytest.fixture
def scene(loop_of: Any, oracle: Any) -> Scene:
    return Scene(loop_of, oracle)


def test_who_loses_the_right_while_a_consumer_is_looked_up_is_refused(
    scene: Scene, play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def looked_up(host: str, port: int) -> list[Any]:
        scene.pushes.drop_users(frozenset({"admin"}))
        return [(0, 0, 0, "", ("192.0.2.77", port))]

    async def run() -> None:
        async with scene.running():
            with pytest.raises(faults.NotAuthorized):
                await scene.subscribe("http://consumer.example:9000/events")
            assert not scene.pushes._open

    monkeypatch.setattr(under_test, "look_up", looked_up)
    play(run())


def test_nobody_can_subscribe_while_the_device_begins_or_ends(scene: Scene, play: Any) -> None:
    async def run() -> None:
        async with scene.running():
            await scene.subscribe()
        with pytest.raises(faults.SubscribeCreationFailedFault, match="begins or ends"):
            await scene.subscribe()

    play(run())
