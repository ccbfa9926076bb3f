"""The Linux host against mocked system services."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vedette.base.clock import ManualClock
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import Chapter, ClockFixed
from vedette.device.hardware.linux_clock import TIMEDATE, TIMESYNC
from vedette.device.hardware.linux_host import HOSTNAME, LinuxHost
from vedette.device.hardware.system_bus import SystemBus
from vedette.device.network import HostNetwork
from vedette.device.settings.document import Settings
from vedette.device.settings.network import TimeServerSettings
from vedette.device.settings.store import SettingsStore
from vedette.security.passwords import Vault

HOSTNAME_PATH = "/org/freedesktop/hostname1"
TIMEDATE_PATH = "/org/freedesktop/timedate1"
TIMESYNC_PATH = "/org/freedesktop/timesync1"
MANAGER = f"{TIMESYNC}.Manager"
POLKIT = "org.freedesktop.PolicyKit1"
OnBus = Callable[[Any], None]


async def found(bus: SystemBus, folder: Path) -> LinuxHost:
    store = SettingsStore.open(folder / "settings.json", Settings)
    return await LinuxHost.found(
        bus,
        HostNetwork(folder),
        ManualClock(),
        machine_name=lambda: "kernel",
        store=store,
        vault=Vault(bytes(32)),
    )


async def with_name(mocked: Any) -> None:
    await mocked.start(HOSTNAME, HOSTNAME, HOSTNAME_PATH, HOSTNAME)
    name = mocked.bus.variant("s", "old")
    await mocked.property(HOSTNAME, HOSTNAME_PATH, HOSTNAME, "StaticHostname", name)


async def with_time_client(mocked: Any) -> None:
    await mocked.start(TIMESYNC, TIMESYNC, TIMESYNC_PATH, MANAGER)
    for name, servers in (("SystemNTPServers", ["pool.example"]), ("LinkNTPServers", ["192.0.2.1"])):
        value = mocked.bus.variant("as", servers)
        await mocked.property(TIMESYNC, TIMESYNC_PATH, MANAGER, name, value)
    await mocked.method(TIMESYNC, TIMESYNC_PATH, MANAGER, "SetRuntimeNTPServers", "as", "", "")


def test_name_and_clock_are_set_by_the_services(on_bus: OnBus, tmp_path: Path) -> None:
    async def scene(mocked: Any) -> None:
        await asyncio.gather(with_name(mocked), mocked.start(TIMEDATE, "--template", "timedated"))
        code = f"self.Set('{HOSTNAME}', 'StaticHostname', args[0])"
        await mocked.method(HOSTNAME, HOSTNAME_PATH, HOSTNAME, "SetStaticHostname", "sb", "", code)
        host = await found(mocked.bus, tmp_path)
        assert host.settable == {Chapter.NAME, Chapter.CLOCK, Chapter.DYNAMIC_NAME}
        assert (await host.hostname()).name == "old"
        await host.set_hostname("gate")
        assert (await host.hostname()).name == "gate"
        assert await host.follows_time_server()
        await host.set_clock(1_800_000_000_000_000, follows_time_server=False)
        assert not await host.follows_time_server()
        times = await mocked.calls(TIMEDATE, TIMEDATE_PATH, "SetTime")
        assert times == [[1_800_000_000_000_000, False, False]]

    on_bus(scene)


def test_what_a_service_refuses_is_told(on_bus: OnBus, tmp_path: Path) -> None:
    async def scene(mocked: Any) -> None:
        await with_name(mocked)
        host = await found(mocked.bus, tmp_path)
        with pytest.raises(HardwareFailed, match="SetStaticHostname"):
            await host.set_hostname("gate")  # the mock knows no such method

    on_bus(scene)


def test_a_clock_that_cannot_be_set_follows_what_it_followed(on_bus: OnBus, tmp_path: Path) -> None:
    async def scene(mocked: Any) -> None:
        await mocked.start(TIMEDATE, "--template", "timedated")
        refusal = "raise dbus.exceptions.DBusException('no', name='org.example.Refused')"
        await mocked.method(TIMEDATE, TIMEDATE_PATH, TIMEDATE, "SetTime", "xbb", "", refusal)
        host = await found(mocked.bus, tmp_path)
        with pytest.raises(HardwareFailed, match="Refused"):
            await host.set_clock(1_800_000_000_000_000, follows_time_server=False)
        assert await host.follows_time_server()

    on_bus(scene)


def test_what_polkit_forbids_is_not_offered(on_bus: OnBus, tmp_path: Path) -> None:
    async def scene(mocked: Any) -> None:
        await asyncio.gather(
            with_name(mocked),
            mocked.start(TIMEDATE, "--template", "timedated"),
            mocked.start(POLKIT, "--template", "polkitd"),
        )
        allowed = [f"{TIMEDATE}.set-time", f"{TIMEDATE}.set-ntp"]
        path = f"/{POLKIT.replace('.', '/')}/Authority"
        await mocked.bus.call(POLKIT, path, "org.freedesktop.DBus.Mock.SetAllowed", "as", allowed)
        host = await found(mocked.bus, tmp_path)
        assert host.settable == {Chapter.CLOCK, Chapter.DYNAMIC_NAME}
        assert (await host.hostname()).name == "kernel"

    on_bus(scene)


def test_time_servers_hold_over_restarts_of_program_and_time_client(on_bus: OnBus, tmp_path: Path) -> None:
    wanted = TimeServerSettings(manual=("192.0.2.7", "time.example"))

    async def followed(mocked: Any) -> Any:
        return await mocked.calls(TIMESYNC, TIMESYNC_PATH, "SetRuntimeNTPServers")

    async def scene(mocked: Any) -> None:
        await asyncio.gather(with_time_client(mocked), mocked.start(TIMEDATE, "--template", "timedated"))
        host = await found(mocked.bus, tmp_path)
        assert Chapter.TIME_SERVERS in host.settable
        assert (await host.time_servers()).in_use == ("pool.example",)
        await host.set_time_servers(wanted)
        assert (await host.time_servers()).in_use == wanted.manual
        again = await found(mocked.bus, tmp_path)
        assert (await again.time_servers()).in_use == wanted.manual
        await again.set_clock(None, follows_time_server=True)
        assert await followed(mocked) == [[list(wanted.manual)]] * 3
        await again.set_time_servers(TimeServerSettings(from_dhcp=True))
        assert (await again.time_servers()).in_use == ("192.0.2.1",)

    on_bus(scene)


def test_without_services_only_the_registration_of_the_name_is_offered(on_bus: OnBus, tmp_path: Path) -> None:
    async def scene(mocked: Any) -> None:
        host = await found(mocked.bus, tmp_path)
        assert host.settable == {Chapter.DYNAMIC_NAME}
        assert host.time_servers_most == 0
        assert (await host.hostname()).name == "kernel"
        await host.set_clock(ManualClock().utc_us(), follows_time_server=False)
        with pytest.raises(ClockFixed):
            await host.set_clock(0, follows_time_server=False)
        with pytest.raises(HardwareFailed, match="cannot be set"):
            await host.set_gateways(())

    on_bus(scene)


def test_a_bus_that_was_left_is_joined_again(on_bus: OnBus) -> None:
    async def scene(mocked: Any) -> None:
        mocked.bus.close()
        assert not await mocked.bus.runs(HOSTNAME)

    on_bus(scene)


def test_a_bus_that_is_not_there_is_told() -> None:
    with pytest.raises(HardwareFailed, match="cannot be joined"):
        asyncio.run(SystemBus.joined("unix:path=/nonexistent/bus"))
