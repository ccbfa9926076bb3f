"""Relay outputs as clients meet them, by both services, and what their contacts do."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from vedette.contract.device import Device
from vedette.contract.deviceio import DeviceIO
from vedette.contract.faults import Action, ModeError, NotAuthorized, RelayToken
from vedette.contract.schema.io import (
    RelayIdleState,
    RelayLogicalState,
    RelayMode,
    RelayOutput,
    RelayOutputSettings,
)
from vedette.contract.schema.security import UserLevel
from vedette.device.settings.store import SettingsNotSaved, SettingsStore

Play = Callable[[Coroutine[Any, Any, None]], None]
ACTIVE, INACTIVE = RelayLogicalState.ACTIVE, RelayLogicalState.INACTIVE


def properties(
    mode: RelayMode = RelayMode.BISTABLE, seconds: float = 1.0, idle: RelayIdleState = RelayIdleState.OPEN
) -> RelayOutputSettings:
    return RelayOutputSettings(mode=mode, delay_time=timedelta(seconds=seconds), idle_state=idle)


PULSE = properties(RelayMode.MONOSTABLE, 5.0)


async def set_bell(rig: Any, wanted: RelayOutputSettings) -> None:
    await rig.call(
        DeviceIO.set_relay_output_settings, relay_output=RelayOutput(token="bell", properties=wanted)
    )


async def switch_bell(rig: Any, state: RelayLogicalState) -> None:
    await rig.call(DeviceIO.set_relay_output_state, relay_output_token="bell", logical_state=state)


async def bell(rig: Any) -> RelayOutputSettings:
    response = await rig.call(DeviceIO.get_relay_outputs)
    return next(each.properties for each in response.relay_outputs if each.token == "bell")


def test_both_services_tell_the_same_relays(rig: Any, play: Play) -> None:
    async def scene() -> None:
        first = await rig.call(Device.get_relay_outputs)
        second = await rig.call(DeviceIO.get_relay_outputs)
        assert [each.token for each in first.relay_outputs] == ["bell", "gate"]
        assert first == second

    play(scene())


def test_options_name_two_modes_and_a_range_of_delays(rig: Any, play: Play) -> None:
    async def scene() -> None:
        every = await rig.call(DeviceIO.get_relay_output_options)
        assert [each.token for each in every.relay_output_options] == ["bell", "gate"]
        one = await rig.call(DeviceIO.get_relay_output_options, relay_output_token="gate")
        (options,) = one.relay_output_options
        assert (options.token, set(options.modes)) == ("gate", set(RelayMode))
        assert options.delay_times == (0.5, 3600.0)
        assert options.discrete is False
        with pytest.raises(RelayToken, match="attic"):
            await rig.call(DeviceIO.get_relay_output_options, relay_output_token="attic")

    play(scene())


def test_a_bistable_relay_stays_as_it_is_put(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.start()
        await switch_bell(rig, ACTIVE)
        await rig.pass_time(10_000)
        assert rig.contacts["bell"].is_closed
        await switch_bell(rig, ACTIVE)
        await switch_bell(rig, INACTIVE)
        assert not rig.contacts["bell"].is_closed
        assert rig.states("bell") == ["inactive", "active", "inactive"]
        assert not rig.contacts["gate"].is_closed

    play(scene())


def test_a_monostable_relay_falls_back_after_its_delay(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.start()
        await set_bell(rig, PULSE)
        await switch_bell(rig, ACTIVE)
        await rig.pass_time(4.9)
        assert rig.contacts["bell"].is_closed
        await rig.pass_time(0.2)
        assert not rig.contacts["bell"].is_closed
        assert rig.states("bell") == ["inactive", "active", "inactive"]

    play(scene())


def test_another_trigger_begins_the_delay_anew(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.start()
        await set_bell(rig, PULSE)
        await switch_bell(rig, ACTIVE)
        await rig.pass_time(3)
        await switch_bell(rig, ACTIVE)
        await rig.pass_time(3)
        assert rig.contacts["bell"].is_closed
        await rig.pass_time(2)
        assert not rig.contacts["bell"].is_closed

    play(scene())


def test_a_pulse_can_be_cut_short(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.start()
        await set_bell(rig, PULSE)
        await switch_bell(rig, ACTIVE)
        await switch_bell(rig, INACTIVE)
        moves = rig.contacts["bell"].moves
        await rig.pass_time(60)
        assert rig.contacts["bell"].moves == moves

    play(scene())


def test_an_active_relay_that_becomes_monostable_falls_back_too(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.start()
        await switch_bell(rig, ACTIVE)
        await set_bell(rig, PULSE)
        await rig.pass_time(5)
        assert rig.states("bell") == ["inactive", "active", "inactive"]

    play(scene())


def test_the_contact_of_a_relay_that_idles_closed_is_the_other_way_round(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.start()
        await set_bell(rig, properties(idle=RelayIdleState.CLOSED))
        assert rig.contacts["bell"].is_closed
        await switch_bell(rig, ACTIVE)
        assert not rig.contacts["bell"].is_closed
        assert rig.states("bell") == ["inactive", "active"]

    play(scene())


def test_settings_of_a_relay_outlive_the_process_but_not_its_state(rig: Any, play: Play) -> None:
    async def scene() -> None:
        wanted = properties(RelayMode.MONOSTABLE, 2.5, RelayIdleState.CLOSED)
        await rig.start()
        await rig.call(Device.set_relay_output_settings, relay_output_token="bell", properties=wanted)
        assert await bell(rig) == wanted
        again = SettingsStore.open(rig.store.path, type(rig.store.current))
        assert again.current.io == rig.store.current.io

    play(scene())


@pytest.mark.parametrize("seconds", [0.0, 0.4, -1.0, 3600.5, 1e9])
def test_a_delay_that_is_not_offered_is_refused_and_changes_nothing(
    rig: Any, play: Play, seconds: float
) -> None:
    async def scene() -> None:
        before = await bell(rig)
        wrong = properties(RelayMode.MONOSTABLE, seconds, RelayIdleState.CLOSED)
        with pytest.raises(ModeError, match="DelayTime of bell"):
            await set_bell(rig, wrong)
        with pytest.raises(ModeError):
            await rig.call(Device.set_relay_output_settings, relay_output_token="bell", properties=wrong)
        assert await bell(rig) == before
        assert not rig.contacts["bell"].is_closed

    play(scene())


def test_the_delay_of_a_bistable_relay_is_ignored(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await set_bell(rig, properties(seconds=0.0, idle=RelayIdleState.CLOSED))
        assert await bell(rig) == properties(seconds=1.0, idle=RelayIdleState.CLOSED)

    play(scene())


def test_an_unknown_relay_is_refused_by_name(rig: Any, play: Play) -> None:
    async def scene() -> None:
        nowhere = RelayOutput(token="attic", properties=PULSE)
        with pytest.raises(RelayToken, match="attic"):
            await rig.call(DeviceIO.set_relay_output_settings, relay_output=nowhere)
        with pytest.raises(RelayToken, match="attic"):
            await rig.call(Device.set_relay_output_settings, relay_output_token="attic", properties=PULSE)
        for operation in (Device.set_relay_output_state, DeviceIO.set_relay_output_state):
            with pytest.raises(RelayToken, match="attic"):
                await rig.call(operation, relay_output_token="attic", logical_state=ACTIVE)

    play(scene())


def test_a_contact_that_does_not_move_is_a_fault_and_no_change(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.start()
        rig.contacts["bell"].is_stuck = True
        with pytest.raises(Action, match="bell"):
            await switch_bell(rig, ACTIVE)
        with pytest.raises(Action):
            await set_bell(rig, properties(idle=RelayIdleState.CLOSED))
        assert rig.states("bell") == ["inactive"]
        assert (await bell(rig)).idle_state is RelayIdleState.OPEN

    play(scene())


def test_settings_that_cannot_be_kept_put_the_contact_back(
    rig: Any, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(edit: Any) -> None:
        raise SettingsNotSaved("no space")

    async def scene() -> None:
        await rig.start()
        monkeypatch.setattr(rig.store, "change", full)
        relay = rig.io.relays.require("bell")
        with pytest.raises(SettingsNotSaved):
            await relay.set(type(relay.settings)(token="bell", is_idle_closed=True))
        assert not rig.contacts["bell"].is_closed
        assert rig.contacts["bell"].moves == 3

    play(scene())


def test_a_contact_that_does_not_fall_back_is_told_again_and_again(rig: Any, play: Play) -> None:
    async def scene() -> None:
        await rig.start()
        await set_bell(rig, PULSE)
        await switch_bell(rig, ACTIVE)
        rig.contacts["bell"].is_stuck = True
        await rig.pass_time(5)
        await rig.pass_time(1)
        assert rig.states("bell") == ["inactive", "active"]
        rig.contacts["bell"].is_stuck = False
        await rig.pass_time(2)
        assert rig.states("bell")[-1] == "inactive"
        assert not rig.contacts["bell"].is_closed

    play(scene())


def test_who_may_only_watch_cannot_switch(rig: Any, play: Play) -> None:
    async def scene() -> None:
        with pytest.raises(NotAuthorized):
            await rig.call(
                DeviceIO.set_relay_output_state,
                level=UserLevel.USER,
                relay_output_token="bell",
                logical_state=ACTIVE,
            )
        assert rig.contacts["bell"].moves == 0

    play(scene())
