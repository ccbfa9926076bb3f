"""Relay outputs: what there is, what it can be set to, and that it takes it."""

from datetime import timedelta

from vedette.conformance.case import case
from vedette.conformance.run import Run
from vedette.contract import faults
from vedette.contract.deviceio import DeviceIO
from vedette.contract.deviceio.contacts import RelayOutputOptions
from vedette.contract.schema.io import RelayIdleState, RelayMode, RelayOutput, RelayOutputSettings

UNKNOWN_TOKEN = "no-such-relay"
DELAY_WANTED = timedelta(seconds=5)  # as near to this as the relay can come


def device_io(run: Run) -> DeviceIO:
    """The device's input and output service."""
    return run.target.service(DeviceIO)


async def relays(run: Run) -> tuple[RelayOutput, ...]:
    """The relays; there is one at least, and no token is given twice. Raises CaseFailed."""
    told = (await device_io(run).get_relay_outputs()).relay_outputs
    run.expect(told, "there is a relay")
    tokens = [each.token for each in told]
    run.expect(len(set(tokens)) == len(tokens), "every token is given once")
    return told


async def options_of(run: Run, relay: RelayOutput) -> RelayOutputOptions:
    """What one relay can be set to; raises CaseFailed for none, several, or another relay's."""
    told = (
        await device_io(run).get_relay_output_options(relay_output_token=relay.token)
    ).relay_output_options
    run.expect(len(told) == 1, f"one entry of options is told for {relay.token} ({len(told)})")
    run.expect(told[0].token == relay.token, f"the options are those of {relay.token} ({told[0].token})")
    return told[0]


def delay_of(run: Run, options: RelayOutputOptions) -> timedelta:
    """The delay nearest to DELAY_WANTED that is offered; raises CaseFailed where none is told."""
    times = [timedelta(seconds=each) for each in options.delay_times]
    run.expect(times, "delays are offered with the mode Monostable")
    if options.discrete:
        return min(times, key=lambda each: abs(each - DELAY_WANTED))
    run.expect(len(times) == 2, f"the range of delays has two ends ({len(times)})")
    least, most = times
    run.expect(least <= most, f"the range of delays ascends ({least} to {most})")
    return min(max(DELAY_WANTED, least), most)


def keep(run: Run, relay: RelayOutput) -> None:
    """Put a relay back as it is now when the case ends."""
    run.restore(f"relay {relay.token}", lambda: device_io(run).set_relay_output_settings(relay_output=relay))


def is_offered(run: Run, mode: RelayMode, idle: RelayIdleState) -> bool:
    """Whether the device has relays of that kind."""
    return run.is_supported(f"DeviceIO/RelayOutputs/{mode.value}/{idle.value.capitalize()}")


async def set_to(
    run: Run, relay: RelayOutput, mode: RelayMode, idle: RelayIdleState, delay: timedelta
) -> None:
    """Set a relay and look whether it is told so; the delay counts for monostable ones. Raises CaseFailed."""
    wanted = RelayOutputSettings(mode=mode, delay_time=delay, idle_state=idle)
    await device_io(run).set_relay_output_settings(
        relay_output=RelayOutput(token=relay.token, properties=wanted)
    )
    now = next((each.properties for each in await relays(run) if each.token == relay.token), None)
    if now is None:
        run.fail(f"the relay {relay.token} is told no more")
    run.expect(now.mode is mode, f"the mode is told as set ({now.mode})")
    run.expect(now.idle_state is idle, f"the idle state is told as set ({now.idle_state})")
    if mode is RelayMode.MONOSTABLE:
        run.expect(now.delay_time == delay, f"the delay is told as set, {delay} ({now.delay_time})")


@case("DEVICEIO-1-1-1")
async def told(run: Run) -> None:
    """Relays with tokens of their own."""
    run.step("ask for the relays")
    await relays(run)


@case("DEVICEIO-1-1-2")
async def counted(run: Run) -> None:
    """As many relays as the capabilities say."""
    run.step("ask for the capabilities")
    said = (await device_io(run).get_service_capabilities()).capabilities.relay_outputs or 0
    run.step("ask for the relays")
    count = len(await relays(run))
    run.expect(said == count, f"both say {count} ({said})")


@case("DEVICEIO-1-1-3")
async def options(run: Run) -> None:
    """What the first relay can be set to."""
    run.step("ask for the relays")
    first = (await relays(run))[0]
    run.step(f"ask what {first.token} can be set to")
    found = await options_of(run, first)
    run.expect(found.modes, "a mode is offered")


@case("DEVICEIO-1-1-4")
async def settings(run: Run) -> None:
    """Every mode that is offered, on every relay."""
    run.step("ask for the relays")
    for relay in await relays(run):
        run.step(f"ask what {relay.token} can be set to")
        found = await options_of(run, relay)
        keep(run, relay)
        if RelayMode.BISTABLE in found.modes:
            idle = (
                RelayIdleState.OPEN if is_offered(run, RelayMode.BISTABLE, RelayIdleState.OPEN) else _CLOSED
            )
            run.step(f"set {relay.token} to Bistable, {idle.value}")
            await set_to(run, relay, RelayMode.BISTABLE, idle, relay.properties.delay_time)
        if RelayMode.MONOSTABLE in found.modes:
            idle = _CLOSED if is_offered(run, RelayMode.MONOSTABLE, _CLOSED) else RelayIdleState.OPEN
            run.step(f"set {relay.token} to Monostable, {idle.value}")
            await set_to(run, relay, RelayMode.MONOSTABLE, idle, delay_of(run, found))


@case("DEVICEIO-1-1-5")
async def unknown(run: Run) -> None:
    """Settings for a relay that does not exist are refused."""
    run.step("set an unknown relay")
    wanted = RelayOutputSettings(
        mode=RelayMode.BISTABLE, delay_time=DELAY_WANTED, idle_state=RelayIdleState.OPEN
    )
    await run.refused(
        device_io(run).set_relay_output_settings(
            relay_output=RelayOutput(token=UNKNOWN_TOKEN, properties=wanted)
        ),
        faults.RelayToken,
    )


_CLOSED = RelayIdleState.CLOSED
