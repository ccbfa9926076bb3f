"""Digital inputs: circuits, and what counts as their idle state."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from vedette.contract.faults import NoConfig, SettingsInvalid
from vedette.contract.topics.device import DEVICE_TRIGGER_DIGITAL_INPUT
from vedette.device.events import EventBroker
from vedette.device.hardware.inputs import InputDriver, NotSimulated, VirtualInput
from vedette.device.settings.document import Settings
from vedette.device.settings.io import InputSettings
from vedette.device.settings.store import SettingsStore
from vedette.wire.scalars import write_bool


class Input:
    """One digital input. It is active while its circuit is not in the idle state.

    Source: Device IO, DigitalInput State Change (26.06 §5.10.1).
    """

    def __init__(self, token: str, driver: InputDriver, store: SettingsStore, broker: EventBroker) -> None:
        self.token = token
        self._driver = driver
        self._store = store
        self._broker = broker

    @property
    def settings(self) -> InputSettings:
        """Which state is the idle one."""
        return self._store.current.io.input(self.token)

    @property
    def is_closed(self) -> bool:
        """Whether the circuit is closed."""
        return self._driver.is_closed

    @property
    def is_active(self) -> bool:
        """Whether the circuit is in the state that is not idle."""
        return self.is_closed != self.settings.is_idle_closed

    @property
    def is_virtual(self) -> bool:
        """Whether its circuit is simulated."""
        return isinstance(self._driver, VirtualInput)

    def put(self, *, is_closed: bool) -> None:
        """Close or open a simulated circuit; raises NotSimulated for a real one."""
        if not isinstance(self._driver, VirtualInput):
            raise NotSimulated(f"input {self.token} shows a real circuit")
        self._driver.put(is_closed=is_closed)

    def start(self) -> None:
        """Tell the state, now and whenever it changes."""
        self._driver.start(self.tell)
        self.tell()

    def close(self) -> None:
        """Give back the driver."""
        self._driver.close()

    def tell(self) -> None:
        """Publish the state."""
        self._broker.publish(
            DEVICE_TRIGGER_DIGITAL_INPUT,
            source=(("InputToken", self.token),),
            data=(("LogicalState", write_bool(self.is_active)),),
        )


class Inputs:
    """Every digital input there is."""

    def __init__(self, drivers: Mapping[str, InputDriver], store: SettingsStore, broker: EventBroker) -> None:
        if drivers:
            broker.declare(DEVICE_TRIGGER_DIGITAL_INPUT)
        self._store = store
        self._inputs = {token: Input(token, driver, store, broker) for token, driver in drivers.items()}

    def __iter__(self) -> Iterator[Input]:
        return iter(self._inputs.values())

    def __len__(self) -> int:
        return len(self._inputs)

    def require(self, token: str) -> Input:
        """The input of that token; raises NoConfig."""
        try:
            return self._inputs[token]
        except KeyError:
            raise NoConfig(f"no digital input {token!r}") from None

    async def set(self, wanted: Iterable[InputSettings]) -> None:
        """Set all of these or none; raises NoConfig, SettingsInvalid for one named twice, SettingsNotSaved.

        Source: Device IO, SetDigitalInputConfigurations (26.06 §5.7.3).
        """
        settings = tuple(wanted)
        changed = {each.token: self.require(each.token) for each in settings}
        if len(changed) != len(settings):
            twice = next(each.token for each in settings if sum(each.token == o.token for o in settings) > 1)
            raise SettingsInvalid(f"digital input {twice!r} is set twice")

        def edit(document: Settings) -> Settings:
            return msgspec.structs.replace(document, io=document.io.with_inputs(settings))

        await self._store.change(edit)
        for each in changed.values():
            each.tell()
