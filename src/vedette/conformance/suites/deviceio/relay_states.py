"""Relay outputs switched, and the events that tell it."""

from vedette.client.events import Event
from vedette.conformance.case import case
from vedette.conformance.run import Run
from vedette.conformance.suites.base.monitoring import PullPoint
from vedette.conformance.suites.deviceio.relays import delay_of, device_io, keep, options_of, relays, set_to
from vedette.contract.deviceio.contacts import RelayOutputOptions
from vedette.contract.schema.io import RelayIdleState, RelayLogicalState, RelayMode, RelayOutput
from vedette.contract.schema.items import PropertyOperation
from vedette.contract.topics.device import DEVICE_TRIGGER_RELAY

_BISTABLE = {
    "DEVICEIO-1-2-1": RelayIdleState.OPEN,
    "DEVICEIO-1-2-2": RelayIdleState.CLOSED,
}
_MONOSTABLE = {
    "DEVICEIO-1-2-3": RelayIdleState.OPEN,
    "DEVICEIO-1-2-4": RelayIdleState.CLOSED,
}
_OTHER = {
    RelayLogicalState.ACTIVE: RelayLogicalState.INACTIVE,
    RelayLogicalState.INACTIVE: RelayLogicalState.ACTIVE,
}


class Watched:
    """A relay, and a subscription to what it tells; `begin` makes the subscription."""

    def __init__(self, run: Run, relay: RelayOutput) -> None:
        self._run = run
        self._relay = relay
        self._point = PullPoint(run, DEVICE_TRIGGER_RELAY)

    async def begin(self) -> RelayLogicalState:
        """Subscribe; the state it is told to be in."""
        await self._point.subscribe()
        self._run.step(f"wait for the state of {self._relay.token}")
        event = await self._point.next(lambda each: self._is_told(each, PropertyOperation.INITIALIZED))
        return RelayLogicalState(event.data["LogicalState"])

    async def switch(self, state: RelayLogicalState) -> None:
        """Switch it, and see it told."""
        self._run.step(f"make {self._relay.token} {state.value}")
        await device_io(self._run).set_relay_output_state(
            relay_output_token=self._relay.token, logical_state=state
        )
        await self.expect(state)

    async def expect(self, state: RelayLogicalState) -> None:
        """See a state told as changed; another told first is worth a warning. Raises CaseFailed."""
        self._run.step(f"wait until {self._relay.token} is told {state.value}")

        def is_meant(event: Event) -> bool:
            if not self._is_told(event, PropertyOperation.CHANGED):
                return False
            came = event.data.get("LogicalState")
            if came != state.value:
                self._run.warn(f"{self._relay.token} was told {came} before it was told {state.value}")
            return came == state.value

        await self._point.next(is_meant)

    def _is_told(self, event: Event, operation: PropertyOperation) -> bool:
        return event.source.get("RelayToken") == self._relay.token and event.operation is operation


async def _chosen(run: Run, mode: RelayMode) -> tuple[RelayOutput, RelayOutputOptions]:
    """The first relay with that mode, which is put back when the case ends; raises CaseFailed."""
    run.step(f"choose a relay that can be {mode.value}")
    for relay in await relays(run):
        options = await options_of(run, relay)
        if mode in options.modes:
            keep(run, relay)
            return relay, options
    run.fail(f"no relay offers the mode {mode.value}")


@case(*_BISTABLE)
async def bistable(run: Run) -> None:
    """A latching relay is switched to the other state and back."""
    relay, _ = await _chosen(run, RelayMode.BISTABLE)
    watched = Watched(run, relay)
    first = await watched.begin()
    run.restore(f"state of {relay.token}", lambda: _put(run, relay, first))
    run.step(f"set it to Bistable, {_BISTABLE[run.id].value}")
    await set_to(run, relay, RelayMode.BISTABLE, _BISTABLE[run.id], relay.properties.delay_time)
    await watched.switch(_OTHER[first])
    await watched.switch(first)


@case(*_MONOSTABLE)
async def monostable(run: Run) -> None:
    """A pulsing relay becomes active and falls back by itself."""
    relay, options = await _chosen(run, RelayMode.MONOSTABLE)
    delay = delay_of(run, options)
    run.step(f"set it to Monostable, {_MONOSTABLE[run.id].value}")
    await set_to(run, relay, RelayMode.MONOSTABLE, _MONOSTABLE[run.id], delay)
    await _rest(run, relay)
    watched = Watched(run, relay)
    state = await watched.begin()
    run.expect(state is RelayLogicalState.INACTIVE, f"it is told to rest ({state.value})")
    await watched.switch(RelayLogicalState.ACTIVE)
    run.step(f"wait {delay} for it to fall back")
    await run.pause(delay.total_seconds())
    await watched.expect(RelayLogicalState.INACTIVE)


async def _rest(run: Run, relay: RelayOutput) -> None:
    """Make a relay inactive, whatever it was before."""
    watched = Watched(run, relay)
    if await watched.begin() is RelayLogicalState.ACTIVE:
        await watched.switch(RelayLogicalState.INACTIVE)


async def _put(run: Run, relay: RelayOutput, state: RelayLogicalState) -> None:
    await device_io(run).set_relay_output_state(relay_output_token=relay.token, logical_state=state)
