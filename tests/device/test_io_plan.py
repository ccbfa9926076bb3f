"""What the operator may plan, and that the plan becomes a device that runs and ends."""

import asyncio
import contextlib
from pathlib import Path

import msgspec
import pytest

from vedette.base.clock import ManualClock
from vedette.device.events import EventBroker
from vedette.device.hardware.gpio import GpioLine
from vedette.device.io import DeviceIO
from vedette.device.io_plan import (
    SIMULATED,
    InputPlan,
    IOPlan,
    RelayPlan,
    SerialPlan,
    Webhook,
    problems,
)
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore

HOOK = Webhook(closed_url="http://192.0.2.7/on", open_url="http://192.0.2.7/off")
LINE = GpioLine(chip="/dev/gpiochip99", line=17)


def test_the_simulated_plan_is_in_order() -> None:
    assert list(problems(SIMULATED)) == []


@pytest.mark.parametrize(
    ("plan", "named"),
    [
        (IOPlan(relays=(RelayPlan(token="a"), RelayPlan(token="a"))), "relay 'a' is there twice"),
        (IOPlan(inputs=(InputPlan(token="a b"),)), "input 'a b' is no token"),
        (IOPlan(serial=tuple(SerialPlan(token=f"s{n}") for n in range(65))), "65 of them"),
        (IOPlan(relays=(RelayPlan(token="a", gpio=LINE, webhook=HOOK),)), "both gpio and webhook"),
        (
            IOPlan(relays=(RelayPlan(token="a", webhook=msgspec.structs.replace(HOOK, method="BREW")),)),
            "BREW",
        ),
        (
            IOPlan(relays=(RelayPlan(token="a", webhook=msgspec.structs.replace(HOOK, open_url="ftp://x")),)),
            "ftp://x",
        ),
        (
            IOPlan(
                relays=(RelayPlan(token="a", webhook=msgspec.structs.replace(HOOK, open_url="http://[")),)
            ),
            "no http",
        ),
        (IOPlan(inputs=(InputPlan(token="a", gpio=GpioLine(chip="c", line=1, bias="up")),)), "bias 'up'"),
        (
            IOPlan(inputs=(InputPlan(token="a", gpio=GpioLine(chip="c", line=1, debounce_ms=-1)),)),
            "debounce_ms",
        ),
    ],
)
def test_a_wrong_plan_is_told_by_its_entry(plan: IOPlan, named: str) -> None:
    (found,) = problems(plan)
    assert named in found


def test_hardware_that_is_missing_does_not_exist_and_the_rest_does(tmp_path: Path) -> None:
    async def scene() -> None:
        plan = IOPlan(
            relays=(RelayPlan(token="hook", webhook=HOOK), RelayPlan(token="lost", gpio=LINE)),
            inputs=(InputPlan(token="here"), InputPlan(token="lost", gpio=LINE)),
            serial=(SerialPlan(token="unplugged", device=str(tmp_path / "ttyUSB0")),),
        )
        clock = ManualClock()
        store = SettingsStore.open(tmp_path / "settings.json", Settings)
        io = DeviceIO.planned(plan, store, EventBroker(clock), clock)
        assert [each.token for each in io.relays] == ["hook"]
        assert [each.token for each in io.inputs] == ["here"]
        assert [each.token for each in io.serial] == ["unplugged"]
        for relay in io.relays:
            await relay.close()

    asyncio.run(scene())


def test_a_simulated_device_runs_and_gives_everything_back(tmp_path: Path) -> None:
    async def scene() -> None:
        clock = ManualClock()
        store = SettingsStore.open(tmp_path / "settings.json", Settings)
        broker = EventBroker(clock)
        io = DeviceIO.planned(SIMULATED, store, broker, clock)
        running = asyncio.create_task(io.run())
        (port,) = io.serial
        for _ in range(20):
            await asyncio.sleep(0)
        assert port.path
        assert {each.data[0][1] for each in broker.states()} == {"inactive", "false"}
        relay = io.relays.require("relay1")
        await relay.set(msgspec.structs.replace(relay.settings, is_monostable=True))
        await relay.switch(is_active=True)
        clock.advance(1.5)
        await relay.switch(is_active=True)  # wakes the one that waits, with a delay from now
        clock.advance(1.5)
        await relay.pass_time(clock.monotonic_s())
        assert not relay.is_active
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        assert not port.path

    asyncio.run(scene())
