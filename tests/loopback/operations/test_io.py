"""Inputs and outputs of a whole server: the hand on simulated circuits, and what listeners hear of it."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from vedette.contract.topics.device import DEVICE_TRIGGER_DIGITAL_INPUT, DEVICE_TRIGGER_RELAY

Play = Callable[[Any], None]


def test_a_simulated_circuit_is_closed_over_json_and_told_as_an_event(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running() as site:
            broker = site.server.services.broker
            await site.until(lambda: len(broker.states()) >= 4)
            assert {DEVICE_TRIGGER_DIGITAL_INPUT, DEVICE_TRIGGER_RELAY} <= set(broker.topics)
            done = await site.client.put("/api/io/inputs/input1", json={"closed": True})
            assert done.status_code == 204
            states = (await site.client.get("/api/io")).json()
            assert states["inputs"][0] == {
                "token": "input1",
                "active": True,
                "closed": True,
                "virtual": True,
            }
            assert states["relays"][1] == {"token": "relay2", "active": False, "closed": False}
            told = [each for each in broker.states() if each.source == (("InputToken", "input1"),)]
            assert [each.data for each in told] == [(("LogicalState", "true"),)]

    play(scene())


def test_the_other_end_of_the_simulated_port_can_be_opened(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running() as site:
            (port,) = site.server.services.io.serial
            await site.until(lambda: bool(port.path))
            (told,) = (await site.client.get("/api/io")).json()["serial"]
            assert told == {"token": "serial1", "type": "Generic", "path": port.path}
            end = os.open(told["path"], os.O_RDWR | os.O_NOCTTY)
            os.write(end, b"hello")
            await site.until(lambda: port.open().received == b"hello")
            os.close(end)

    play(scene())


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/api/io/inputs/attic", '{"closed": true}', 404),
        ("PUT", "/api/io/inputs/input1", '{"closed": 1}', 400),
        ("PUT", "/api/io/inputs/input1", '{"closed": true, "open": false}', 400),
        ("POST", "/api/io", "", 405),
        ("GET", "/api/io/inputs/input1", "", 405),
        ("GET", "/api/io/outputs", "", 404),
    ],
)
def test_what_cannot_be_done_says_so(
    running: Any, play: Play, method: str, path: str, body: str, status: int
) -> None:
    async def scene() -> None:
        async with running() as site:
            answer = await site.client.request(method, path, content=body)
            assert answer.status_code == status
            assert answer.json()["problem"]

    play(scene())


def test_strangers_neither_see_nor_touch(running: Any, play: Play) -> None:
    async def scene() -> None:
        async with running() as site:
            assert (await site.stranger.get("/api/io")).status_code == 401
            put = await site.stranger.put("/api/io/inputs/input1", json={"closed": True})
            assert put.status_code == 401

    play(scene())
