"""The radio of a Linux host against a mocked NetworkManager."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from vedette.base.clock import ManualClock
from vedette.device.hardware.host import Chapter, RadioPhase
from vedette.device.hardware.linux_host import LinuxHost
from vedette.device.hardware.linux_networkmanager import NAME, PATH, NetworkManager
from vedette.device.network import HostInterface, HostNetwork
from vedette.device.settings.document import Settings
from vedette.device.settings.network import (
    PORT_ACCESS_SEALED_FOR,
    WIRELESS_SEALED_FOR,
    InterfaceSettings,
    PortAccessSettings,
    WirelessNetwork,
)
from vedette.device.settings.store import SettingsStore
from vedette.security.passwords import Vault

MOCK = "org.freedesktop.DBus.Mock"
DEVICE = f"{PATH}/Devices/wlan0"
VAULT = Vault(bytes(32))
HOME = WirelessNetwork(
    alias="home",
    ssid=b"Home".hex(),
    security="PSK",
    cipher="CCMP",
    priority=3,
    key=VAULT.seal("open sesame", f"{WIRELESS_SEALED_FOR}home"),
    is_passphrase=True,
)
WORK = WirelessNetwork(alias="work", ssid=b"Work".hex(), security="Dot1X", port_access="staff")
STAFF = PortAccessSettings(
    token="staff",
    identity="gate",
    anonymous_id="nobody",
    eap_method=25,
    password=VAULT.seal("secret", f"{PORT_ACCESS_SEALED_FOR}staff"),
)
OnBus = Callable[[Any], None]


class Machine(HostNetwork):
    """A machine with a radio alone."""

    def interfaces(self) -> tuple[HostInterface, ...]:
        return (
            HostInterface(
                name="wlan0",
                index=3,
                hardware_address="02:00:00:00:00:03",
                mtu_bytes=1500,
                kind=71,
                is_up=True,
                addresses=(),
            ),
        )


async def with_radio(mocked: Any, folder: Path) -> tuple[LinuxHost, SettingsStore, NetworkManager]:
    await mocked.start(NAME, "--template", "networkmanager")
    await mocked.bus.call(NAME, PATH, f"{MOCK}.AddWiFiDevice", "ssi", "wlan0", "wlan0", 30)
    add = (NAME, PATH, f"{MOCK}.AddAccessPoint", "ssssuuuyu", DEVICE)
    for name, strength, security in (("Home", 90, 0x108), ("Open", 20, 0), ("Work", 60, 0x208)):
        number = len(name) + strength
        address = f"02:00:00:00:01:{number % 100:02}"
        await mocked.bus.call(*add, f"ap{name}", name, address, 2, 2412, 54, strength, security)
    store = SettingsStore.open(folder / "settings.json", Settings)

    def with_staff(document: Settings) -> Settings:
        network = msgspec.structs.replace(document.network, port_access=(STAFF,))
        return msgspec.structs.replace(document, network=network)

    await store.change(with_staff)
    host = await LinuxHost.found(
        mocked.bus, Machine(folder), ManualClock(), machine_name=str, store=store, vault=VAULT
    )
    manager = await NetworkManager.found(mocked.bus)
    assert manager is not None
    return host, store, manager


async def profiles(manager: NetworkManager) -> dict[str, Any]:
    return {each["connection"]["id"]: each for each in (await manager.profiles()).values()}


def test_networks_become_profiles_and_what_is_left_out_goes(on_bus: OnBus, tmp_path: Path) -> None:
    async def scene(mocked: Any) -> None:
        host, store, manager = await with_radio(mocked, tmp_path)
        assert Chapter.WIRELESS in host.settable
        await host.set_interface(InterfaceSettings(token="wlan0", wireless=(HOME, WORK)))
        (state,) = await host.interfaces()
        assert (state.wireless, state.link) == ((HOME, WORK), None)
        found = await profiles(manager)
        home, work = found["vedette wlan0 home"], found["vedette wlan0 work"]
        assert home["802-11-wireless-security"] == {
            "key-mgmt": "wpa-psk",
            "pairwise": ["ccmp"],
            "psk": "open sesame",
        }
        assert bytes(home["802-11-wireless"]["ssid"]) == b"Home"
        assert home["connection"]["autoconnect-priority"] == 3
        assert work["802-1x"] == {
            "eap": ["peap"],
            "identity": "gate",
            "anonymous-identity": "nobody",
            "password": "secret",
            "phase2-auth": "mschapv2",
        }
        assert "open sesame" not in store.path.read_text()
        await host.set_interface(InterfaceSettings(token="wlan0", wireless=(WORK,)))
        await host.aclose()
        assert set(await profiles(manager)) == {"vedette wlan0 work"}

    on_bus(scene)


def test_another_identity_reaches_the_profiles_that_use_it(on_bus: OnBus, tmp_path: Path) -> None:
    async def scene(mocked: Any) -> None:
        host, store, manager = await with_radio(mocked, tmp_path)
        await host.set_interface(InterfaceSettings(token="wlan0", wireless=(WORK,)))
        other = msgspec.structs.replace(STAFF, identity="door")

        def edit(document: Settings) -> Settings:
            network = msgspec.structs.replace(document.network, port_access=(other,))
            return msgspec.structs.replace(document, network=network)

        await store.change(edit)
        await host.aclose()
        assert (await profiles(manager))["vedette wlan0 work"]["802-1x"]["identity"] == "door"

    on_bus(scene)


def test_the_radio_tells_what_it_hears_and_joins(on_bus: OnBus, tmp_path: Path) -> None:
    async def scene(mocked: Any) -> None:
        host, _, _ = await with_radio(mocked, tmp_path)
        radio = host.radio
        assert radio is not None
        heard = await radio.scan("wlan0")
        told = {(each.ssid, each.security, each.cipher, each.strength) for each in heard}
        assert told == {
            (b"Home", "PSK", "CCMP", "Very Good"),
            (b"Open", "None", "", "Very Bad"),
            (b"Work", "Dot1X", "CCMP", "Good"),
        }
        assert (await radio.state("wlan0")).phase is RadioPhase.IDLE
        await host.set_interface(InterfaceSettings(token="wlan0", wireless=(HOME,)))
        point = f"{PATH}/AccessPoint/apHome"  # the mock joins at once
        active = mocked.bus.variant("o", point)
        await mocked.property(NAME, DEVICE, f"{NAME}.Device.Wireless", "ActiveAccessPoint", active)
        now = await radio.state("wlan0")
        assert (now.phase, now.network) == (RadioPhase.CONNECTED, HOME)
        assert now.point is not None
        assert now.point.ssid == b"Home"

    on_bus(scene)
