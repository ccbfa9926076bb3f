"""The radios of a Linux host: the networks they may join, and what they do, through NetworkManager."""

import asyncio
from typing import Any
from uuid import uuid4

from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import AccessPoint, RadioPhase, RadioState
from vedette.device.hardware.linux_networkmanager import (
    NAME,
    NOBODY,
    WIRELESS,
    Device,
    NetworkManager,
    Sections,
    is_own,
    own_id,
)
from vedette.device.settings.network import (
    PORT_ACCESS_SEALED_FOR,
    WIRELESS_SEALED_FOR,
    PortAccessSettings,
    WirelessNetwork,
)
from vedette.device.settings.store import SettingsStore
from vedette.security.passwords import PasswordUnreadable, Vault

SCAN_S, LOOK_S = 4.0, 0.25  # a scan takes a few seconds; how often it is asked for its end
TTLS = 21  # IANA, EAP method types
_PSK, _PORT_ACCESS = 0x100, 0x200  # NM80211ApSecurityFlags
_TKIP, _CCMP = 0x4, 0x8
_STRENGTHS = ((80, "Very Good"), (55, "Good"), (30, "Bad"), (1, "Very Bad"), (0, "None"))
_PHASES = (  # NMDeviceState, from the highest down
    (120, RadioPhase.FAILED),
    (100, RadioPhase.CONNECTED),
    (60, RadioPhase.AUTHENTICATING),
    (40, RadioPhase.ASSOCIATING),
    (0, RadioPhase.IDLE),
)


class LinuxRadio:
    """Keeps a profile for each wireless network that clients set, and tells what the radio does."""

    def __init__(self, manager: NetworkManager, store: SettingsStore, vault: Vault) -> None:
        self._manager = manager
        self._store = store
        self._vault = vault

    async def tokens(self) -> tuple[str, ...]:
        """The radios."""
        return tuple(each.token for each in await self._manager.devices() if each.kind == WIRELESS)

    async def keep(self, token: str, networks: tuple[WirelessNetwork, ...]) -> None:
        """Write a profile for each network, so that the radio may join it; raises HardwareFailed."""
        known = await self._own(token)
        plan = (await self._manager.plans())[token]
        for network in networks:
            path = known.get(network.alias)
            sections = self._sections(token, network)
            if path is None:
                await self._manager.add_profile(self._manager.sections(plan, sections))
            else:
                before = await self._manager.profile(path)
                sections["connection"]["uuid"] = before["connection"]["uuid"]
                radio = sections["802-11-wireless"]
                sections["802-11-wireless"] = {**before.get("802-11-wireless", {}), **radio}
                sections.update({name: before[name] for name in ("ipv4", "ipv6") if name in before})
                await self._manager.replace_profile(path, sections)

    async def agree(self, token: str) -> None:
        """Have profiles for exactly the networks of the settings; raises HardwareFailed."""
        networks = self._store.current.network.interface(token).wireless
        if token not in await self.tokens():
            return
        await self.keep(token, networks)
        wanted = {each.alias for each in networks}
        for alias, path in (await self._own(token)).items():
            if alias not in wanted:
                await self._manager.delete_profile(path)

    async def state(self, token: str) -> RadioState:
        """What the radio is doing; raises HardwareFailed."""
        device = await self._manager.device(token)
        phase = next(phase for least, phase in _PHASES if device.state >= least)
        if device.active == NOBODY:
            return RadioState(phase=phase)
        radio = await self._manager.properties(device.path, "Device.Wireless")
        joined = str(radio.get("ActiveAccessPoint", NOBODY))
        point = None if joined == NOBODY else await self._point(joined)
        return RadioState(phase=phase, network=await self._network(device), point=point)

    async def scan(self, token: str) -> tuple[AccessPoint, ...]:
        """The access points in reach, after a new look where the radio is willing; raises HardwareFailed."""
        device = await self._manager.device(token)
        before = await self._last_scan(device)
        try:
            await self._manager.call(device.path, f"{NAME}.Device.Wireless.RequestScan", "a{sv}", {})
        except HardwareFailed:  # it has just looked, or is looking
            before = None
        if before is not None:
            await self._scanned(device, before)
        paths = (await self._manager.call(device.path, f"{NAME}.Device.Wireless.GetAllAccessPoints"))[0]
        return tuple([await self._point(str(path)) for path in paths])

    async def _scanned(self, device: Device, before: int) -> None:
        try:
            async with asyncio.timeout(SCAN_S):
                while await self._last_scan(device) == before:  # noqa: ASYNC110 (another program's property)
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            return  # what was heard until now

    async def _last_scan(self, device: Device) -> int | None:
        found: int | None = (await self._manager.properties(device.path, "Device.Wireless")).get("LastScan")
        return found

    async def _network(self, device: Device) -> WirelessNetwork:
        """The network that the radio joins: a client's, or one that somebody else made a profile for."""
        profile = await self._manager.plain_profile(device.profile)
        ssid = bytes(profile.get("802-11-wireless", {}).get("ssid", b"")).hex()
        own = self._store.current.network.interface(device.token).wireless
        alias = _alias(device.token, profile)
        other = WirelessNetwork(alias=str(profile["connection"]["id"])[:64], ssid=ssid)
        return next((each for each in own if each.alias == alias), other)

    async def _point(self, path: str) -> AccessPoint:
        said = await self._manager.properties(path, "AccessPoint")
        flags = said["WpaFlags"] | said["RsnFlags"]
        security = "Dot1X" if flags & _PORT_ACCESS else "PSK" if flags & _PSK else "None"
        cipher = "CCMP" if flags & _CCMP else "TKIP" if flags & _TKIP else ""
        return AccessPoint(
            ssid=bytes(said["Ssid"]),
            bssid=said["HwAddress"],
            security=security,
            cipher=cipher,
            strength=next(word for least, word in _STRENGTHS if said["Strength"] >= least),
        )

    async def _own(self, token: str) -> dict[str, str]:
        """The paths of the profiles that were made here, by alias."""
        found = {_alias(token, each): path for path, each in (await self._manager.profiles()).items()}
        return {alias: path for alias, path in found.items() if alias}

    def _sections(self, token: str, network: WirelessNetwork) -> Sections:
        """The profile of a network. Source: NetworkManager, nm-settings-dbus(5)."""
        variant = self._manager.variant
        sections: Sections = {
            "connection": {
                "id": variant("s", own_id(token, network.alias)),
                "uuid": variant("s", str(uuid4())),
                "type": variant("s", "802-11-wireless"),
                "interface-name": variant("s", token),
                "autoconnect-priority": variant("i", network.priority),
            },
            "802-11-wireless": {
                "ssid": variant("ay", bytes.fromhex(network.ssid)),
                "mode": variant("s", "infrastructure"),
            },
        }
        if network.security == "None":
            return sections
        security = {"key-mgmt": variant("s", "wpa-psk" if network.security == "PSK" else "wpa-eap")}
        if network.cipher in ("CCMP", "TKIP"):
            security["pairwise"] = variant("as", [network.cipher.lower()])
        if network.security == "PSK":
            key = self._opened(network.key, WIRELESS_SEALED_FOR + network.alias)
            security["psk"] = variant("s", key)
        else:
            sections["802-1x"] = self._port_access(network.port_access)
        sections["802-11-wireless-security"] = security
        return sections

    def _port_access(self, token: str) -> dict[str, Any]:
        """The 802.1X part of a profile; raises HardwareFailed where there is no such configuration."""
        every: tuple[PortAccessSettings, ...] = self._store.current.network.port_access
        access = next((each for each in every if each.token == token), None)
        if access is None:
            raise HardwareFailed(f"there is no 802.1X configuration {token!r}")
        password = self._opened(access.password, PORT_ACCESS_SEALED_FOR + token)
        texts = {"identity": access.identity, "password": password, "phase2-auth": "mschapv2"}
        if access.anonymous_id is not None:
            texts["anonymous-identity"] = access.anonymous_id
        variant = self._manager.variant
        method = "ttls" if access.eap_method == TTLS else "peap"
        return {
            "eap": variant("as", [method]),
            **{name: variant("s", text) for name, text in texts.items()},
        }

    def _opened(self, sealed: str, name: str) -> str:
        try:
            return self._vault.open(sealed, name) if sealed else ""
        except PasswordUnreadable as error:
            raise HardwareFailed(str(error)) from error


def _alias(token: str, profile: Sections) -> str:
    """The alias of a profile that was made here, empty for another."""
    return str(profile["connection"]["id"])[len(own_id(token, "")) :] if is_own(token, profile) else ""
