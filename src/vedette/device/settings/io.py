"""The section of inputs and outputs: what each was set to; one that is not named is as it came."""

from typing import Annotated

import msgspec
from msgspec import Meta

DELAY_LEAST_US = 500_000
DELAY_MOST_US = 3_600_000_000


class RelaySettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a relay behaves. `delay_us` is how long a monostable one stays active."""

    token: str
    is_monostable: bool = False
    delay_us: Annotated[int, Meta(ge=DELAY_LEAST_US, le=DELAY_MOST_US)] = 1_000_000
    is_idle_closed: bool = False


class InputSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which state of a digital input is its idle one."""

    token: str
    is_idle_closed: bool = False


class SerialSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a serial line is framed; `parity` in the standard's words (`None`, `Even`, `Odd`)."""

    token: str
    baud: int = 9600
    parity: Annotated[str, Meta(pattern="^(None|Even|Odd)$")] = "None"
    bits: Annotated[int, Meta(ge=5, le=8)] = 8
    stop_bits: Annotated[int, Meta(ge=1, le=2)] = 1


class IOSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The section."""

    relays: tuple[RelaySettings, ...] = ()
    inputs: tuple[InputSettings, ...] = ()
    serial: tuple[SerialSettings, ...] = ()

    def relay(self, token: str) -> RelaySettings:
        """What a relay was set to."""
        return next((each for each in self.relays if each.token == token), RelaySettings(token=token))

    def input(self, token: str) -> InputSettings:
        """What a digital input was set to."""
        return next((each for each in self.inputs if each.token == token), InputSettings(token=token))

    def serial_port(self, token: str) -> SerialSettings:
        """What a serial port was set to."""
        return next((each for each in self.serial if each.token == token), SerialSettings(token=token))

    def with_relay(self, settings: RelaySettings) -> "IOSettings":
        """The section after a relay was set."""
        others = tuple(each for each in self.relays if each.token != settings.token)
        return msgspec.structs.replace(self, relays=(*others, settings))

    def with_inputs(self, settings: tuple[InputSettings, ...]) -> "IOSettings":
        """The section after digital inputs were set."""
        tokens = {each.token for each in settings}
        others = tuple(each for each in self.inputs if each.token not in tokens)
        return msgspec.structs.replace(self, inputs=(*others, *settings))

    def with_serial_port(self, settings: SerialSettings) -> "IOSettings":
        """The section after a serial port was set."""
        others = tuple(each for each in self.serial if each.token != settings.token)
        return msgspec.structs.replace(self, serial=(*others, settings))
