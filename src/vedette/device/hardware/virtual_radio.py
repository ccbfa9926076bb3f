"""A simulated radio in simulated air: it scans, joins, proves who it is, and fails as real ones do."""

from collections.abc import Iterator

import msgspec

from vedette.base.clock import Clock
from vedette.device.hardware.host import AccessPoint, RadioPhase, RadioState
from vedette.device.hardware.virtual_host import RADIO
from vedette.device.settings.document import Settings
from vedette.device.settings.network import (
    PORT_ACCESS_SEALED_FOR,
    WIRELESS_SEALED_FOR,
    NetworkSettings,
    PortAccessSettings,
    WirelessNetwork,
)
from vedette.device.settings.store import SettingsStore
from vedette.security.passwords import PasswordUnreadable, Vault

SCAN_S = 2.0
ASSOCIATE_S = 1.0
AUTHENTICATE_S = 1.0
RETRY_S = 30.0


class SimulatedPoint(msgspec.Struct, frozen=True, kw_only=True):
    """An access point and what it takes to join it."""

    point: AccessPoint
    passphrase: str = ""
    key: str = ""  # in hexadecimal digits, where the passphrase is not known
    identity: str = ""
    password: str = ""


AIR = (
    SimulatedPoint(
        point=AccessPoint(ssid=b"Vedette Open", bssid="02:00:5e:10:00:01", strength="Good"),
    ),
    SimulatedPoint(
        point=AccessPoint(
            ssid=b"Vedette PSK",
            bssid="02:00:5e:10:00:02",
            security="PSK",
            cipher="CCMP",
            strength="Very Good",
        ),
        passphrase="simulated air",
        key="00112233445566778899aabbccddeeff" * 2,
    ),
    SimulatedPoint(
        point=AccessPoint(
            ssid=b"Vedette 802.1X", bssid="02:00:5e:10:00:03", security="Dot1X", cipher="CCMP", strength="Bad"
        ),
        identity="camera",
        password="simulated port",
    ),
)


class _Step(msgspec.Struct, frozen=True):
    state: RadioState
    lasts_s: float | None  # None: until something changes


class VirtualRadio:
    """The radio of the virtual host. What is due follows from the clock: there is no task.

    It tries the networks that were set, the highest priority first; the first that lets it in is joined.
    When none does, it begins again after a while.
    """

    def __init__(
        self, store: SettingsStore, vault: Vault, clock: Clock, air: tuple[SimulatedPoint, ...] = AIR
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._air = air
        self._begun_s = clock.monotonic_s()
        self._steps = tuple(self._life(store.current.network))
        store.watch(self._changed)

    async def state(self, token: str) -> RadioState:
        """What the radio is doing; `token` is its own, there is no other."""
        past_s = self._clock.monotonic_s() - self._begun_s
        round_s = sum(each.lasts_s or 0.0 for each in self._steps)
        if self._steps[-1].lasts_s is not None:
            past_s %= round_s
        for step in self._steps:
            if step.lasts_s is None or past_s < step.lasts_s:
                return step.state
            past_s -= step.lasts_s
        return self._steps[-1].state

    async def scan(self, token: str) -> tuple[AccessPoint, ...]:
        """The access points in reach."""
        return tuple(each.point for each in self._air)

    def _changed(self, before: Settings, after: Settings) -> None:
        if _concerning(before.network) == _concerning(after.network):
            return
        self._begun_s = self._clock.monotonic_s()
        self._steps = tuple(self._life(after.network))

    def _life(self, settings: NetworkSettings) -> Iterator[_Step]:
        own = settings.interface(RADIO)
        if own.is_enabled is False or not own.wireless:
            yield _Step(RadioState(phase=RadioPhase.IDLE), None)
            return
        yield _Step(RadioState(phase=RadioPhase.SCANNING), SCAN_S)
        for network in sorted(own.wireless, key=lambda each: -each.priority):
            found = next((each for each in self._air if each.point.ssid.hex() == network.ssid), None)
            if found is None:
                continue
            joining = RadioState(phase=RadioPhase.ASSOCIATING, network=network, point=found.point)
            yield _Step(joining, ASSOCIATE_S)
            if network.security != "None":
                yield _Step(msgspec.structs.replace(joining, phase=RadioPhase.AUTHENTICATING), AUTHENTICATE_S)
            if self._lets_in(found, network, settings):
                yield _Step(msgspec.structs.replace(joining, phase=RadioPhase.CONNECTED), None)
                return
        yield _Step(RadioState(phase=RadioPhase.FAILED), RETRY_S)

    def _lets_in(self, found: SimulatedPoint, network: WirelessNetwork, settings: NetworkSettings) -> bool:
        if found.point.security != network.security:
            return False
        if network.cipher == "TKIP" and found.point.cipher == "CCMP":
            return False
        if network.security == "PSK":
            key = self._opened(network.key, WIRELESS_SEALED_FOR + network.alias)
            return key == (found.passphrase if network.is_passphrase else found.key)
        if network.security == "Dot1X":
            access = next((each for each in settings.port_access if each.token == network.port_access), None)
            return access is not None and self._proves(access, found)
        return True

    def _proves(self, access: PortAccessSettings, found: SimulatedPoint) -> bool:
        password = self._opened(access.password, PORT_ACCESS_SEALED_FOR + access.token)
        return (access.identity, password) == (found.identity, found.password)

    def _opened(self, sealed: str, name: str) -> str:
        try:
            return self._vault.open(sealed, name) if sealed else ""
        except PasswordUnreadable:
            return ""


def _concerning(settings: NetworkSettings) -> object:
    own = settings.interface(RADIO)
    return own.is_enabled, own.wireless, settings.port_access
