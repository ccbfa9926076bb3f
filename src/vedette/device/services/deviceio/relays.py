"""Relays in the standard's words, for the two services that speak of them."""

from datetime import timedelta

from vedette.contract.schema.io import (
    RelayIdleState,
    RelayMode,
    RelayOutput,
    RelayOutputSettings,
)
from vedette.device.io_relays import Relay
from vedette.device.settings.io import RelaySettings

_US = timedelta(microseconds=1)


def told(relay: Relay) -> RelayOutput:
    """A relay and how it behaves."""
    settings = relay.settings
    return RelayOutput(
        token=relay.token,
        properties=RelayOutputSettings(
            mode=RelayMode.MONOSTABLE if settings.is_monostable else RelayMode.BISTABLE,
            delay_time=timedelta(microseconds=settings.delay_us),
            idle_state=RelayIdleState.CLOSED if settings.is_idle_closed else RelayIdleState.OPEN,
        ),
    )


def wanted(token: str, properties: RelayOutputSettings) -> RelaySettings:
    """How a relay shall behave."""
    return RelaySettings(
        token=token,
        is_monostable=properties.mode is RelayMode.MONOSTABLE,
        delay_us=properties.delay_time // _US,
        is_idle_closed=properties.idle_state is RelayIdleState.CLOSED,
    )
