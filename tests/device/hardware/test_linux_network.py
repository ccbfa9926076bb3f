"""The links of a Linux host against mocked network services."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vedette.client.interfaces import InterfaceAddress
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import Chapter
from vedette.device.hardware.linux_network import LinuxNetwork
from vedette.device.hardware.linux_networkd import NAME as NETWORKD
from vedette.device.hardware.linux_networkd import PATH as NETWORKD_PATH
from vedette.device.hardware.linux_networkd import Networkd
from vedette.device.hardware.linux_networkmanager import NAME, PATH, SETTINGS, NetworkManager
from vedette.device.network import HostInterface, HostNetwork
from vedette.device.settings.network import InterfaceSettings, NameServerSettings, Prefixed

MOCK = "org.freedesktop.DBus.Mock"
DEVICE = f"{PATH}/Devices/eth0"
BY_HAND = InterfaceSettings(
    token="eth0", ipv4_dhcp=False, ipv4_manual=(Prefixed("192.0.2.9", 24),), mtu_bytes=1400
)
OnBus = Callable[[Any], None]


class Machine(HostNetwork):
    """A machine with one link and a gateway."""

    def interfaces(self) -> tuple[HostInterface, ...]:
        return (
            HostInterface(
                name="eth0",
                index=2,
                hardware_address="02:00:00:00:00:01",
                mtu_bytes=1500,
                kind=6,
                is_up=True,
                addresses=(InterfaceAddress(2, "192.0.2.5", 24),),
            ),
        )

    def gateways(self) -> tuple[str, ...]:
        return ("192.0.2.1",)


async def with_manager(mocked: Any, *, permission: str = "yes") -> str:
    """A NetworkManager with an Ethernet device that an automatic profile runs; the profile's path."""
    bus = mocked.bus
    await mocked.start(NAME, "--template", "networkmanager")
    variant = bus.variant
    version = ("org.freedesktop.DBus.Properties.Set", "ssv", NAME, "Version", variant("s", "1.42.4"))
    await bus.call(NAME, PATH, *version)
    code = f"ret = {{'{NAME}.settings.modify.system': '{permission}'}}"
    await mocked.method(NAME, PATH, NAME, "GetPermissions", "", "a{ss}", code)
    await bus.call(NAME, PATH, f"{MOCK}.AddEthernetDevice", "ssi", "eth0", "eth0", 100)
    for name, signature in (("Reapply", "a{sa{sv}}tu"), ("Disconnect", "")):
        await mocked.method(NAME, DEVICE, f"{NAME}.Device", name, signature, "", "")
    profile = {
        "connection": {"id": variant("s", "wired"), "type": variant("s", "802-3-ethernet")},
        "ipv4": {"method": variant("s", "auto")},
    }
    method = f"{NAME}.Settings.AddConnection"
    path = str((await bus.call(NAME, SETTINGS, method, "a{sa{sv}}", profile))[0])
    await bus.call(NAME, PATH, f"{MOCK}.AddActiveConnection", "assssu", [DEVICE], path, "/", "0", 2)
    return path


def test_networkmanager_keeps_a_setting_at_once_and_enforces_it_later(on_bus: OnBus, tmp_path: Path) -> None:
    async def scene(mocked: Any) -> None:
        profile = await with_manager(mocked)
        manager = await NetworkManager.found(mocked.bus)
        assert manager is not None
        assert Chapter.ZERO_CONFIGURATION in manager.settable
        network = LinuxNetwork(manager, Machine(tmp_path))
        await network.set_interface(BY_HAND)
        kept = (await manager.profiles())[profile]
        assert (kept["ipv4"]["method"], kept["ipv4"]["gateway"]) == ("manual", "192.0.2.1")
        assert kept["ipv4"]["address-data"] == [{"address": "192.0.2.9", "prefix": 24}]
        assert kept["802-3-ethernet"]["mtu"] == 1400
        assert kept["connection"]["id"] == "wired"
        assert await mocked.calls(NAME, DEVICE, "Reapply") == []
        await network.set_name_servers(NameServerSettings(manual=("192.0.2.53",), search_domains=("a.net",)))
        assert (await network.name_servers()).manual == ("192.0.2.53",)
        await network.set_gateways(("192.0.2.2",))
        assert await network.gateways() == ("192.0.2.2",)
        await network.aclose()
        assert await mocked.calls(NAME, DEVICE, "Reapply") == [[{}, 0, 0]]

    on_bus(scene)


def test_a_link_that_is_turned_off_is_disconnected(on_bus: OnBus, tmp_path: Path) -> None:
    async def scene(mocked: Any) -> None:
        await with_manager(mocked)
        manager = await NetworkManager.found(mocked.bus)
        assert manager is not None
        network = LinuxNetwork(manager, Machine(tmp_path))
        await network.set_interface(InterfaceSettings(token="eth0", is_enabled=False))
        assert not (await network.plans())["eth0"].is_enabled
        await network.aclose()
        assert await mocked.calls(NAME, DEVICE, "Disconnect") == [[]]

    on_bus(scene)


def test_a_link_that_somebody_else_brought_up_is_shown_as_on(on_bus: OnBus, tmp_path: Path) -> None:
    async def scene(mocked: Any) -> None:
        profile = await with_manager(mocked)
        manager = await NetworkManager.found(mocked.bus)
        assert manager is not None
        sections = await manager.profile(profile)
        sections["connection"]["autoconnect"] = mocked.bus.variant("b", value=False)
        await manager.replace_profile(profile, sections)
        assert (await manager.plans())["eth0"].is_enabled

    on_bus(scene)


def test_without_permission_networkmanager_is_only_read(on_bus: OnBus, tmp_path: Path) -> None:
    async def scene(mocked: Any) -> None:
        await with_manager(mocked, permission="auth")
        manager = await NetworkManager.found(mocked.bus)
        assert manager is not None
        assert manager.settable == frozenset()
        assert (await manager.plans())["eth0"].ipv4_dhcp

    on_bus(scene)


def test_what_networkmanager_refuses_changes_nothing(on_bus: OnBus, tmp_path: Path) -> None:
    async def scene(mocked: Any) -> None:
        profile = await with_manager(mocked)
        refusal = f"raise dbus.exceptions.DBusException('no', name='{NAME}.PermissionDenied')"
        method = (f"{NAME}.Settings.Connection", "Update", "a{sa{sv}}", "", refusal)
        await mocked.method(NAME, profile, *method)
        manager = await NetworkManager.found(mocked.bus)
        assert manager is not None
        network = LinuxNetwork(manager, Machine(tmp_path))
        before = await network.plans()
        with pytest.raises(HardwareFailed, match="PermissionDenied"):
            await network.set_interface(BY_HAND)
        assert await network.plans() == before
        await network.aclose()
        assert await mocked.calls(NAME, DEVICE, "Reapply") == []

    on_bus(scene)


async def with_networkd(mocked: Any, folder: Path) -> None:
    """A networkd that runs `eth0` by a file of the operator's."""
    manager = f"{NETWORKD}.Manager"
    await mocked.start(NETWORKD, NETWORKD, NETWORKD_PATH, manager)
    (folder / "10-all.network").write_text("[Match]\nName=e*\n[Network]\nDHCP=ipv4\nLLDP=yes\n")
    described = {
        "AdministrativeState": "configured",
        "NetworkFile": str(folder / "10-all.network"),
        "DNS": [
            {"Family": 2, "Address": [192, 0, 2, 1], "ConfigSource": "DHCPv4"},
            {"Family": 2, "Address": [192, 0, 2, 9], "ConfigSource": "static"},
        ],
    }
    for name, taken, given, code in (
        ("ListLinks", "", "a(iso)", "ret = [(1, 'lo', '/l/1'), (2, 'eth0', '/l/2')]"),
        ("GetLinkByName", "s", "io", "ret = (2, '/l/2')"),
        ("DescribeLink", "i", "s", f"ret = {json.dumps(described)!r}"),
        ("Reload", "", "", ""),
        ("ReconfigureLink", "i", "", ""),
    ):
        await mocked.method(NETWORKD, NETWORKD_PATH, manager, name, taken, given, code)


def test_networkd_gets_a_file_at_once_and_reads_it_later(on_bus: OnBus, tmp_path: Path) -> None:
    folder = tmp_path / "etc/systemd/network"
    folder.mkdir(parents=True)
    additions = tmp_path / "run/systemd/network/10-all.network.d"
    additions.mkdir(parents=True)
    (additions / "more.conf").write_text("[Network]\nIPForward=yes\n")

    async def scene(mocked: Any) -> None:
        await with_networkd(mocked, folder)
        networkd = await Networkd.found(mocked.bus, folder)
        assert networkd is not None
        network = LinuxNetwork(networkd, Machine(tmp_path))
        told = await network.name_servers()
        assert (told.from_dhcp, told.given) == (True, ("192.0.2.1",))
        await network.set_interface(BY_HAND)
        await network.set_zero_configuration("eth0", is_on=True)
        text = (folder / "00-vedette-eth0.network").read_text()
        for line in (
            "Name=eth0",
            "Address=192.0.2.9/24",
            "Gateway=192.0.2.1",
            "LLDP=yes",
            "IPForward=yes",
            "MTUBytes=1400",
            "LinkLocalAddressing=yes",
        ):
            assert line in text
        assert (folder / "00-vedette-eth0.network").stat().st_mode & 0o444 == 0o444
        assert await mocked.calls(NETWORKD, NETWORKD_PATH, "Reload") == []
        await network.aclose()
        assert await mocked.calls(NETWORKD, NETWORKD_PATH, "ReconfigureLink") == [[2]]

    on_bus(scene)


def test_a_folder_that_cannot_be_written_leaves_networkd_to_be_read(on_bus: OnBus, tmp_path: Path) -> None:
    folder = tmp_path / "etc/systemd/network"
    folder.mkdir(parents=True)

    async def scene(mocked: Any) -> None:
        await with_networkd(mocked, folder)
        networkd = await Networkd.found(mocked.bus, folder / "nowhere")
        assert networkd is not None
        assert networkd.settable == frozenset()
        assert (await networkd.plans())["eth0"].ipv4_dhcp

    on_bus(scene)
