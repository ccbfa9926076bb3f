"""Relay outputs by the device service."""

from datetime import timedelta
from itertools import product

from vedette.conformance.case import case
from vedette.conformance.envelopes import request_element
from vedette.conformance.run import Run
from vedette.conformance.trees import values
from vedette.conformance.verdicts import CaseSkipped
from vedette.contract import faults
from vedette.contract.schema.io import (
    RelayIdleState,
    RelayLogicalState,
    RelayMode,
    RelayOutput,
    RelayOutputSettings,
)
from vedette.wire.namespaces import TDS

UNKNOWN_TOKEN = "no-such-relay"
DELAY = timedelta(seconds=10)
_SWITCHED = {
    "DEVICE-5-1-5": (RelayMode.BISTABLE, RelayIdleState.OPEN),
    "DEVICE-5-1-6": (RelayMode.BISTABLE, RelayIdleState.CLOSED),
    "DEVICE-5-1-7": (RelayMode.MONOSTABLE, RelayIdleState.OPEN),
    "DEVICE-5-1-8": (RelayMode.MONOSTABLE, RelayIdleState.CLOSED),
}


async def _relays(run: Run) -> tuple[RelayOutput, ...]:
    relays = (await run.device.get_relay_outputs()).relay_outputs
    run.expect(relays, "there is a relay")
    return relays


def _settings(mode: RelayMode, idle: RelayIdleState) -> RelayOutputSettings:
    return RelayOutputSettings(mode=mode, delay_time=DELAY, idle_state=idle)


def _has(run: Run, mode: RelayMode, idle: RelayIdleState) -> bool:
    return run.is_supported(f"Device/IO/RelayOutputs/{mode.value}/{idle.value.capitalize()}")


async def _first(run: Run) -> RelayOutput:
    """The first relay, to be put back as it is."""
    run.step("ask for the relays")
    relay = (await _relays(run))[0]
    _keep(run, relay)
    return relay


def _keep(run: Run, relay: RelayOutput) -> None:
    run.restore(
        f"relay {relay.token}",
        lambda: run.device.set_relay_output_settings(
            relay_output_token=relay.token, properties=relay.properties
        ),
    )


async def _set(run: Run, relay: RelayOutput, mode: RelayMode, idle: RelayIdleState) -> None:
    await run.device.set_relay_output_settings(
        relay_output_token=relay.token, properties=_settings(mode, idle)
    )
    now = next((each for each in await _relays(run) if each.token == relay.token), None)
    run.expect(now, "the relay is still told")
    if now is not None:
        run.expect(now.properties.mode is mode, f"the mode is told as set ({now.properties.mode})")
        run.expect(
            now.properties.idle_state is idle, f"the idle state is told as set ({now.properties.idle_state})"
        )
        is_timed = mode is RelayMode.MONOSTABLE  # a bistable relay has no use for a delay
        run.expect(not is_timed or now.properties.delay_time == DELAY, "the delay is told as set")


async def _switch(run: Run, relay: RelayOutput, state: RelayLogicalState) -> None:
    run.step(f"make it {state.value}")
    await run.device.set_relay_output_state(relay_output_token=relay.token, logical_state=state)


@case("DEVICE-5-1-1")
async def told(run: Run) -> None:
    """Relays with tokens of their own."""
    run.step("ask for the relays")
    tokens = [each.token for each in await _relays(run)]
    run.expect(len(set(tokens)) == len(tokens), "every token is given once")


@case("DEVICE-5-1-2")
async def counted(run: Run) -> None:
    """As many relays as GetCapabilities says."""
    run.step("ask for the capabilities")
    request = request_element(TDS, "GetCapabilities")
    category = request_element(TDS, "Category")
    category.text = "Device"
    request.append(category)
    answer = await run.target.ask(run.target.url, request)
    said = values(answer, "Capabilities/Device/IO/RelayOutputs")
    run.step("ask for the relays")
    count = len(await _relays(run))
    run.expect(said == [str(count)], f"both say {count} ({', '.join(said) or 'nothing'})")


@case("DEVICE-5-1-3")
async def settings(run: Run) -> None:
    """Every mode and idle state the device has, on every relay."""
    run.step("ask for the relays")
    relays = await _relays(run)
    kinds = [kind for kind in product(RelayMode, RelayIdleState) if _has(run, *kind)]
    run.expect(kinds, "the device has some mode")
    for relay in relays:
        _keep(run, relay)
        for mode, idle in kinds:
            run.step(f"set {relay.token} to {mode.value}, {idle.value}")
            await _set(run, relay, mode, idle)


@case(*_SWITCHED)
async def switched(run: Run) -> None:
    """A relay of one kind is switched."""
    mode, idle = _SWITCHED[run.id]
    relay = await _first(run)
    run.step(f"set it to {mode.value}, {idle.value}")
    await _set(run, relay, mode, idle)
    await _switch(run, relay, RelayLogicalState.ACTIVE)
    if mode is RelayMode.BISTABLE:
        await _switch(run, relay, RelayLogicalState.INACTIVE)
    else:
        run.step("wait until it has fallen back")
        await run.pause(DELAY.total_seconds())


@case("DEVICE-5-1-9")
async def early(run: Run) -> None:
    """A monostable relay is made inactive before its time."""
    relay = await _first(run)
    kinds = [idle for idle in RelayIdleState if _has(run, RelayMode.MONOSTABLE, idle)]
    if not kinds:
        raise CaseSkipped("the device has no monostable relays")
    for idle in kinds:
        run.step(f"set it to Monostable, {idle.value}")
        await _set(run, relay, RelayMode.MONOSTABLE, idle)
        await _switch(run, relay, RelayLogicalState.ACTIVE)
        await _switch(run, relay, RelayLogicalState.INACTIVE)
        await run.pause(DELAY.total_seconds())


@case("DEVICE-5-1-11")
async def unknown_settings(run: Run) -> None:
    """Settings for a relay that does not exist are refused."""
    run.step("set an unknown relay")
    wanted = _settings(RelayMode.BISTABLE, RelayIdleState.OPEN)
    await run.refused(
        run.device.set_relay_output_settings(relay_output_token=UNKNOWN_TOKEN, properties=wanted),
        faults.RelayToken,
        is_lenient=True,
    )


@case("DEVICE-5-1-12")
async def unknown_switch(run: Run) -> None:
    """Switching a relay that does not exist is refused."""
    run.step("switch an unknown relay")
    await run.refused(
        run.device.set_relay_output_state(
            relay_output_token=UNKNOWN_TOKEN, logical_state=RelayLogicalState.ACTIVE
        ),
        faults.RelayToken,
        is_lenient=True,
    )
