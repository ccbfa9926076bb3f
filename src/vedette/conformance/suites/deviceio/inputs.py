"""Digital inputs: what there is, what it can be set to, and that it takes it."""

from vedette.client.events import Event
from vedette.conformance.case import case
from vedette.conformance.run import Run
from vedette.conformance.suites.base.monitoring import PullPoint
from vedette.conformance.suites.deviceio.relays import device_io
from vedette.conformance.suites.deviceio.triggers import is_active
from vedette.conformance.verdicts import CaseFailed
from vedette.contract.schema.io import DigitalIdleState, DigitalInput
from vedette.contract.schema.items import PropertyOperation
from vedette.contract.topics.device import DEVICE_TRIGGER_DIGITAL_INPUT


async def _inputs(run: Run) -> tuple[DigitalInput, ...]:
    told = (await device_io(run).get_digital_inputs()).digital_inputs
    run.expect(told, "there is a digital input")
    return told


async def _idle_states(run: Run, token: str | None) -> tuple[DigitalIdleState, ...]:
    answer = await device_io(run).get_digital_input_configuration_options(token=token)
    found = answer.digital_input_options.idle_states
    run.expect(found, f"an idle state is offered for {token or 'inputs as such'}")
    return found


@case("DEVICEIO-3-1-1")
async def told(run: Run) -> None:
    """Digital inputs with tokens of their own."""
    run.step("ask for the digital inputs")
    tokens = [each.token for each in await _inputs(run)]
    run.expect(len(set(tokens)) == len(tokens), "every token is given once")


@case("DEVICEIO-3-1-2")
async def counted(run: Run) -> None:
    """As many digital inputs as the capabilities say."""
    run.step("ask for the capabilities")
    said = (await device_io(run).get_service_capabilities()).capabilities.digital_inputs or 0
    run.step("ask for the digital inputs")
    count = len(await _inputs(run))
    run.expect(said == count, f"both say {count} ({said})")


@case("DEVICEIO-3-1-3")
async def options(run: Run) -> None:
    """What inputs as such, and each of them, can be set to."""
    run.step("ask for the digital inputs")
    inputs = await _inputs(run)
    run.step("ask what inputs can be set to")
    await _idle_states(run, None)
    for each in inputs:
        run.step(f"ask what {each.token} can be set to")
        await _idle_states(run, each.token)


@case("DEVICEIO-3-1-4")
async def settings(run: Run) -> None:
    """Every idle state that is offered, on every input; what the first one tells follows."""
    run.step("ask for the digital inputs")
    for number, each in enumerate(await _inputs(run)):
        run.step(f"ask what {each.token} can be set to")
        offered = await _idle_states(run, each.token)
        _keep(run, each)
        for idle in (DigitalIdleState.CLOSED, DigitalIdleState.OPEN):
            if idle in offered:
                run.step(f"set {each.token} to idle when {idle.value}")
                await _set(run, each.token, idle)
        if number == 0 and len(set(offered)) > 1 and run.is_supported("Event/PullPoint"):
            await _look_at_event(run, each.token)


def _keep(run: Run, present: DigitalInput) -> None:
    if present.idle_state is None:
        run.warn(f"{present.token} tells no idle state; it cannot be put back")
        return
    run.restore(
        f"input {present.token}",
        lambda: device_io(run).set_digital_input_configurations(digital_inputs=(present,)),
    )


async def _set(run: Run, token: str, idle: DigitalIdleState) -> None:
    wanted = DigitalInput(token=token, idle_state=idle)
    await device_io(run).set_digital_input_configurations(digital_inputs=(wanted,))
    now = next((each for each in await _inputs(run) if each.token == token), None)
    if now is None:
        run.fail(f"the input {token} is told no more")
    run.expect(now.idle_state is idle, f"the idle state is told as set ({now.idle_state})")


async def _look_at_event(run: Run, token: str) -> None:
    """An input that idles in the other state has become active, or idle; only warns where that is not told.

    Source: Device IO, DigitalInput State Change (26.06 §5.10.1).
    """
    point = PullPoint(run, DEVICE_TRIGGER_DIGITAL_INPUT)
    await point.subscribe()
    operation = PropertyOperation.INITIALIZED
    before: bool | None = None

    def is_meant(event: Event) -> bool:
        is_ours = event.source.get("InputToken") == token and event.operation is operation
        return is_ours and is_active(event) is not before

    try:
        run.step(f"wait for the state of {token}")
        before = is_active(await point.next(is_meant))
        run.step(f"let {token} idle in the other state")
        operation = PropertyOperation.CHANGED
        await _set(run, token, DigitalIdleState.CLOSED)
        await point.next(is_meant)
    except CaseFailed as failed:
        run.warn(f"the event of {token} does not follow its idle state: {failed}")
