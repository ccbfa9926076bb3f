"""Relay outputs: logical states, contacts, and the pulses of monostable relays."""

import asyncio
import logging
from collections.abc import Iterator, Mapping

import msgspec

from vedette.base.clock import Clock
from vedette.contract.faults import Action, ModeError, RelayToken
from vedette.contract.schema.io import RelayLogicalState
from vedette.contract.topics.device import DEVICE_TRIGGER_RELAY
from vedette.device.events import EventBroker
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.relays import RelayDriver
from vedette.device.settings.document import Settings
from vedette.device.settings.io import DELAY_LEAST_US, DELAY_MOST_US, RelaySettings
from vedette.device.settings.store import SettingsStore

_log = logging.getLogger(__name__)

RETRY_LEAST_S = 1.0  # until a contact that would not fall back is told again; doubled each time
RETRY_MOST_S = 60.0


class Relay:
    """One relay. Its contact is closed when it is active, the other way round if it idles closed.

    A relay is idle when the program starts, whatever it was before. Source: Device IO,
    SetRelayOutputSettings and SetRelayOutputState (26.06 §5.6.3, §5.6.4).
    """

    def __init__(
        self, token: str, driver: RelayDriver, store: SettingsStore, broker: EventBroker, clock: Clock
    ) -> None:
        self.token = token
        self.is_active = False
        self._driver = driver
        self._store = store
        self._broker = broker
        self._clock = clock
        self._turn = asyncio.Lock()  # one command at a time, however slow the driver is
        self._is_poked = asyncio.Event()
        self._retry_s = RETRY_LEAST_S
        self.deadline_s: float | None = 0.0  # at once: the contact is in nobody knows which state

    @property
    def settings(self) -> RelaySettings:
        """How it behaves."""
        return self._store.current.io.relay(self.token)

    @property
    def is_closed(self) -> bool:
        """Whether the contact was last told to be closed."""
        return self.is_active != self.settings.is_idle_closed

    async def set(self, settings: RelaySettings) -> None:
        """Behave in another way, keeping the logical state; a relay that becomes monostable falls back.

        The contact is moved first. Raises ModeError for a delay that is not offered (of a bistable relay
        it is ignored and the old one kept), Action when the contact cannot be moved, SettingsNotSaved;
        then nothing has changed.
        """
        if not DELAY_LEAST_US <= settings.delay_us <= DELAY_MOST_US:
            if settings.is_monostable:
                least, most = DELAY_LEAST_US / 1_000_000, DELAY_MOST_US / 1_000_000
                raise ModeError(f"DelayTime of {self.token} is not between {least} s and {most} s")
            settings = msgspec.structs.replace(settings, delay_us=self.settings.delay_us)

        def edit(document: Settings) -> Settings:
            return msgspec.structs.replace(document, io=document.io.with_relay(settings))

        async with self._turn:
            before_closed, is_closed = self.is_closed, self.is_active != settings.is_idle_closed
            if is_closed != before_closed:
                await self._put(is_closed=is_closed)
            try:
                await self._store.change(edit)
            except BaseException:
                if is_closed != before_closed:
                    await self._put(is_closed=before_closed)
                raise
            self._count_down(settings)

    async def switch(self, *, is_active: bool) -> None:
        """Become active or inactive; an active monostable relay starts its delay anew.

        Raises Action when the contact cannot be moved, and then the state is as before.
        """
        async with self._turn:
            await self._switch(is_active=is_active)

    async def start(self) -> None:
        """Put the contact to idle and tell the state; trouble is logged and tried again by `run`."""
        self.tell()
        await self.pass_time(self._clock.monotonic_s())

    async def run(self) -> None:
        """Fall back when it is time, until cancelled."""
        await self.start()
        while True:
            self._is_poked.clear()
            wait_s = None
            if self.deadline_s is not None:
                wait_s = max(self.deadline_s - self._clock.monotonic_s(), 0.0)
            try:
                async with asyncio.timeout(wait_s):
                    await self._is_poked.wait()
            except TimeoutError:
                await self.pass_time(self._clock.monotonic_s())

    async def pass_time(self, now_s: float) -> None:
        """Fall back if the delay is over at `now_s`."""
        async with self._turn:
            if self.deadline_s is None or now_s < self.deadline_s:
                return
            try:
                await self._switch(is_active=False)
            except Action:
                self.deadline_s = now_s + self._retry_s
                self._retry_s = min(self._retry_s * 2, RETRY_MOST_S)

    async def close(self) -> None:
        """Give back the driver."""
        await self._driver.close()

    def tell(self) -> None:
        """Publish the state."""
        state = RelayLogicalState.ACTIVE if self.is_active else RelayLogicalState.INACTIVE
        self._broker.publish(
            DEVICE_TRIGGER_RELAY,
            source=(("RelayToken", self.token),),
            data=(("LogicalState", state.value),),
        )

    async def _switch(self, *, is_active: bool) -> None:
        settings = self.settings
        await self._put(is_closed=is_active != settings.is_idle_closed)
        self.is_active = is_active
        self._retry_s = RETRY_LEAST_S
        self._count_down(settings)
        self.tell()

    def _count_down(self, settings: RelaySettings) -> None:
        self.deadline_s = None
        if self.is_active and settings.is_monostable:
            self.deadline_s = self._clock.monotonic_s() + settings.delay_us / 1_000_000
        self._is_poked.set()

    async def _put(self, *, is_closed: bool) -> None:
        try:
            await self._driver.put(is_closed=is_closed)
        except HardwareFailed as error:
            _log.error("relay %s: %s", self.token, error)
            raise Action(f"the contact of relay {self.token} could not be moved") from error


class Relays:
    """Every relay there is."""

    def __init__(
        self,
        drivers: Mapping[str, RelayDriver],
        store: SettingsStore,
        broker: EventBroker,
        clock: Clock,
    ) -> None:
        if drivers:
            broker.declare(DEVICE_TRIGGER_RELAY)
        self._relays = {
            token: Relay(token, driver, store, broker, clock) for token, driver in drivers.items()
        }

    def __iter__(self) -> Iterator[Relay]:
        return iter(self._relays.values())

    def __len__(self) -> int:
        return len(self._relays)

    def require(self, token: str) -> Relay:
        """The relay of that token; raises RelayToken."""
        try:
            return self._relays[token]
        except KeyError:
            raise RelayToken(f"no relay {token!r}") from None
