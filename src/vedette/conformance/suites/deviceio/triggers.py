"""How the states of inputs and relays are described, and told to whoever subscribes."""

from vedette.client.events import Event
from vedette.conformance.case import case
from vedette.conformance.run import Run
from vedette.conformance.suites.base.monitoring import PullPoint, expect_description
from vedette.conformance.trees import is_true
from vedette.contract.schema.items import PropertyOperation
from vedette.contract.topics.device import DEVICE_TRIGGER_DIGITAL_INPUT, DEVICE_TRIGGER_RELAY

TOGGLED = "input-toggles"


def is_active(event: Event) -> bool:
    """Whether an event of a digital input tells it active."""
    return is_true(event.data.get("LogicalState", ""))


@case("DEVICEIO-2-1-1")
async def input_told(run: Run) -> None:
    """Described, and told to a new subscriber; and told again where somebody toggles an input meanwhile."""
    await expect_description(run, DEVICE_TRIGGER_DIGITAL_INPUT)
    point = PullPoint(run, DEVICE_TRIGGER_DIGITAL_INPUT)
    await point.subscribe()
    first = await point.expect(PropertyOperation.INITIALIZED)
    if TOGGLED not in run.environment.abilities:
        return
    states = {first.source["InputToken"]: is_active(first)}

    def is_other(event: Event) -> bool:
        before = states.setdefault(event.source.get("InputToken", ""), is_active(event))
        return event.operation is PropertyOperation.CHANGED and is_active(event) is not before

    run.step("wait for an input to be toggled")
    await point.next(is_other)


@case("DEVICEIO-2-1-2")
async def relay_described(run: Run) -> None:
    """The event of relays is described as a property."""
    await expect_description(run, DEVICE_TRIGGER_RELAY)
