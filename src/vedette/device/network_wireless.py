"""Wireless networks: what may be set."""

import re
from collections.abc import Callable, Iterable

from vedette.contract.faults import (
    InvalidArgVal,
    InvalidSecurityMode,
    InvalidStationMode,
    MissingDot1X,
    MissingDot11,
    MissingPSK,
)
from vedette.contract.schema.network_interfaces import (
    Dot11Cipher,
    Dot11Configuration,
    Dot11SecurityConfiguration,
    Dot11SecurityMode,
    Dot11StationMode,
)
from vedette.device.settings.network import WIRELESS_SEALED_FOR, PortAccessSettings, WirelessNetwork
from vedette.security.passwords import Vault

NETWORKS_MOST = 8
SSID_MOST_BYTES = 32
KEY_BYTES = 32
PRIORITY_MOST = 31
ALIAS_MOST_CHARS = 64

_PASSPHRASE = re.compile(r"[ -~]{8,63}")  # IEEE 802.11, annex on passphrases
_CIPHERS = (Dot11Cipher.CCMP, Dot11Cipher.TKIP, Dot11Cipher.ANY)
_MODES = (Dot11SecurityMode.NONE, Dot11SecurityMode.PSK, Dot11SecurityMode.DOT1X)


class WirelessNetworks:
    """What a radio may be set to. `port_access` are the 802.1X configurations that exist.

    Source: Core, IEEE 802.11 configuration (26.06 §8.2.22).
    """

    def __init__(self, vault: Vault, port_access: Callable[[], Iterable[PortAccessSettings]]) -> None:
        self._vault = vault
        self._port_access = port_access

    def checked(
        self, wanted: tuple[Dot11Configuration, ...], before: tuple[WirelessNetwork, ...]
    ) -> tuple[WirelessNetwork, ...]:
        """The networks in the form they are kept in; a key that is left out stays as it was `before`.

        Raises InvalidArgVal, InvalidStationMode, InvalidSecurityMode, MissingDot11, MissingPSK,
        MissingDot1X and IncompatibleDot1X.
        """
        if len(wanted) > NETWORKS_MOST:
            raise InvalidArgVal(f"{len(wanted)} wireless networks, {NETWORKS_MOST} fit")
        aliases = [each.alias for each in wanted]
        if len(set(aliases)) < len(aliases):
            raise InvalidArgVal("an alias is there twice")
        known = {each.alias: each for each in before}
        return tuple(self._network(each, known.get(each.alias)) for each in wanted)

    def _network(self, wanted: Dot11Configuration, before: WirelessNetwork | None) -> WirelessNetwork:
        if not 1 <= len(wanted.alias) <= ALIAS_MOST_CHARS:
            raise InvalidArgVal(f"an Alias of {len(wanted.alias)} characters, not 1 to {ALIAS_MOST_CHARS}")
        if not 1 <= len(wanted.ssid) <= SSID_MOST_BYTES:
            raise InvalidArgVal(f"an SSID of {len(wanted.ssid)} bytes, not 1 to {SSID_MOST_BYTES}")
        if wanted.mode is not Dot11StationMode.INFRASTRUCTURE:
            raise InvalidStationMode(f"station mode {wanted.mode.value} is not supported")
        if not 0 <= wanted.priority <= PRIORITY_MOST:
            raise InvalidArgVal(f"Priority {wanted.priority} is not from 0 to {PRIORITY_MOST}")
        security = wanted.security
        if security.mode not in _MODES:
            raise InvalidSecurityMode(f"security mode {security.mode.value} is not supported")
        if security.algorithm is not None and security.algorithm not in _CIPHERS:
            raise InvalidSecurityMode(f"the algorithm {security.algorithm.value} is not supported")
        if security.mode is Dot11SecurityMode.NONE and security.algorithm is not None:
            raise MissingDot11("an algorithm without a security mode to go with it")
        key, is_passphrase = self._key(wanted.alias, security, before)
        return WirelessNetwork(
            alias=wanted.alias,
            ssid=wanted.ssid.hex(),
            station_mode=wanted.mode.value,
            priority=wanted.priority,
            security=security.mode.value,
            cipher=security.algorithm.value if security.algorithm else None,
            key=key,
            is_passphrase=is_passphrase,
            port_access=self._port_access_of(security),
        )

    def _key(
        self, alias: str, security: Dot11SecurityConfiguration, before: WirelessNetwork | None
    ) -> tuple[str, bool]:
        if security.mode is not Dot11SecurityMode.PSK:
            return "", False
        psk = security.psk
        if psk is not None and psk.key is not None:
            if len(psk.key) != KEY_BYTES:
                raise InvalidArgVal(f"a Key of {len(psk.key)} bytes, not {KEY_BYTES}")
            return self._vault.seal(psk.key.hex(), WIRELESS_SEALED_FOR + alias), False
        if psk is not None and psk.passphrase is not None:
            if not _PASSPHRASE.fullmatch(psk.passphrase):
                raise InvalidArgVal("a Passphrase is of 8 to 63 characters of ASCII")
            return self._vault.seal(psk.passphrase, WIRELESS_SEALED_FOR + alias), True
        if before is None or not before.key:
            raise MissingPSK(f"the network {alias!r} has no PSK")
        return before.key, before.is_passphrase

    def _port_access_of(self, security: Dot11SecurityConfiguration) -> str:
        if security.mode is not Dot11SecurityMode.DOT1X:
            return ""
        known = {each.token for each in self._port_access()}
        if not security.dot1x or security.dot1x not in known:
            raise MissingDot1X(f"there is no 802.1X configuration {(security.dot1x or '')[:64]!r}")
        return security.dot1x
