"""Keeps the device's name registered where a client said that the device registers it itself."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from vedette.base.clock import Clock
from vedette.client.dns import NotRegistered
from vedette.client.interfaces import InterfaceAddress
from vedette.contract.faults import Action
from vedette.contract.schema.network import DynamicDNSType
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import Host
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.protocols.dns_update import TTL_USUAL_S

_log = logging.getLogger(__name__)

LOOK_S = 30.0  # how often the addresses are looked at
RENEW_S = 3600.0  # servers that clear old names away wait for days
RETRY_S = 60.0


class Register(Protocol):
    """Has a name lead to addresses; raises NotRegistered."""

    def __call__(
        self, name: str, addresses: tuple[str, ...], *, ttl_s: int, servers: tuple[str, ...]
    ) -> Awaitable[None]:
        """Register at whichever of the name servers leads to the zone."""
        ...


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """A name and what it is to lead to."""

    name: str
    addresses: tuple[str, ...]
    ttl_s: int


class NameRegistration:
    """Registers the name when it is set, when the addresses change, and once in an hour.

    `reached` are the addresses that the device is reached at. Source: Core, SetDynamicDNS (26.06 §8.2.9);
    RFC 2136.
    """

    def __init__(
        self,
        host: Host,
        store: SettingsStore,
        clock: Clock,
        reached: Callable[[], Awaitable[tuple[InterfaceAddress, ...]]],
    ) -> None:
        self._host = host
        self._clock = clock
        self._reached = reached
        self._woken = asyncio.Event()
        self._registered: Registration | None = None
        self._tried: Registration | None = None
        self._due_s = 0.0
        self._problem = ""  # the latest one that was told
        store.watch(self._changed)

    async def run(self, register: Register) -> None:
        """Keep what is registered as it is wanted, until cancelled."""
        while True:
            self._woken.clear()
            try:
                await self._agree(register)
            except (HardwareFailed, Action, OSError) as error:
                _log.warning("the name is not looked after: %s", error)
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def _agree(self, register: Register) -> None:
        wanted, now_s = await self._wanted(), self._clock.monotonic_s()
        before = self._registered
        if before is not None and (wanted is None or wanted.name != before.name):
            self._registered = None
            await self._told(register, msgspec.structs.replace(before, addresses=()))
        if wanted is None:
            self._tried = None
            return
        if wanted == self._tried and now_s < self._due_s:
            return
        is_done = await self._told(register, wanted)
        self._tried = wanted
        self._registered = wanted if is_done else self._registered
        self._due_s = now_s + (RENEW_S if is_done else RETRY_S)

    async def _wanted(self) -> Registration | None:
        """What is to be registered now; None for nothing."""
        said = await self._host.dynamic_name()
        if said.kind != DynamicDNSType.CLIENT_UPDATES.value or not said.name:
            return None
        name = said.name.rstrip(".")
        domains = (await self._host.name_servers()).search_domains
        if "." not in name and domains:
            name = f"{name}.{domains[0]}"
        routable = [each for each in await self._reached() if not each.is_link_local and not each.is_loopback]
        return Registration(
            name=name,
            addresses=tuple(dict.fromkeys(each.address for each in routable)),
            ttl_s=TTL_USUAL_S if said.ttl_s is None else said.ttl_s,
        )

    async def _told(self, register: Register, what: Registration) -> bool:
        servers = (await self._host.name_servers()).in_use
        try:
            await register(what.name, what.addresses, ttl_s=what.ttl_s, servers=servers)
        except NotRegistered as error:
            _log.log(logging.DEBUG if str(error) == self._problem else logging.WARNING, "%s", error)
            self._problem = str(error)
            return False
        self._problem = ""
        _log.info("registered: %s leads to %s", what.name, ", ".join(what.addresses) or "nothing")
        return True

    def _changed(self, before: Settings, after: Settings) -> None:
        if before.network != after.network:
            self._woken.set()
