"""The Linux host against mocked system services on a bus of its own (python-dbusmock)."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vedette.base.clock import ManualClock
from vedette.device.hardware.errors import HardwareFailed
from vedette.device.hardware.host import Chapter, ClockFixed
from vedette.device.hardware.linux_host import HOSTNAME, TIMEDATE, LinuxHost
from vedette.device.hardware.system_bus import SystemBus
from vedette.device.network import HostNetwork
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore

MOCK = "org.freedesktop.DBus.Mock"
HOSTNAME_PATH = "/org/freedesktop/hostname1"
TIMEDATE_PATH = "/org/freedesktop/timedate1"
MOCKING_PYTHON = "/usr/bin/python3"  # where Debian's python3-dbusmock lies


def can_mock() -> bool:
    if shutil.which("dbus-daemon") is None or not Path(MOCKING_PYTHON).exists():
        return False
    asked = subprocess.run((MOCKING_PYTHON, "-c", "import dbusmock"), capture_output=True, check=False)
    return asked.returncode == 0


pytestmark = pytest.mark.skipif(not can_mock(), reason="needs dbus-daemon and python3-dbusmock")


@pytest.fixture
def bus_address() -> Iterator[str]:
    """A bus on which nobody is yet."""
    command = ("dbus-daemon", "--session", "--nofork", "--print-address=1")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
        daemon.terminate()


@pytest.fixture
def mocks(bus_address: str) -> Iterator[str]:
    """The bus with hostname1 and timedate1 on it."""
    environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": bus_address}
    base = (MOCKING_PYTHON, "-m", "dbusmock", "--system")
    services = (
        (*base, HOSTNAME, HOSTNAME_PATH, HOSTNAME),
        (*base, "--template", "timedated"),
    )
    running = [subprocess.Popen(each, env=environment, stdout=subprocess.DEVNULL) for each in services]
    yield bus_address
    for each in running:
        each.terminate()
        each.wait()


async def both_there(bus: SystemBus) -> None:
    async with asyncio.timeout(10):
        while not (await bus.has(HOSTNAME) and await bus.has(TIMEDATE)):  # noqa: ASYNC110 (another process)
            await asyncio.sleep(0.02)


def on_bus(address: str, scene: Callable[[SystemBus], Awaitable[None]]) -> None:
    async def run() -> None:
        bus = await SystemBus.joined(address)
        try:
            await scene(bus)
        finally:
            bus.close()
            await asyncio.sleep(0)

    asyncio.run(run())


async def found(bus: SystemBus, folder: Path) -> LinuxHost:
    store = SettingsStore.open(folder / "settings.json", Settings)
    return await LinuxHost.found(
        bus, HostNetwork(folder), ManualClock(), machine_name=lambda: "kernel", store=store
    )


async def calls(bus: SystemBus, service: str, path: str, method: str) -> list[list[Any]]:
    """The arguments of the calls that a mocked method has had."""
    raw = (await bus.call(service, path, f"{MOCK}.GetMethodCalls", "s", method))[0]
    return [[argument.value for argument in arguments] for _, arguments in raw]


def test_name_and_clock_are_set_by_the_services(mocks: str, tmp_path: Path) -> None:
    from dbus_fast import Variant

    async def scene(bus: SystemBus) -> None:
        await both_there(bus)
        name = Variant("s", "old")
        await bus.call(
            HOSTNAME, HOSTNAME_PATH, f"{MOCK}.AddProperty", "ssv", HOSTNAME, "StaticHostname", name
        )
        code = f"self.Set('{HOSTNAME}', 'StaticHostname', args[0])"
        await bus.call(
            HOSTNAME,
            HOSTNAME_PATH,
            f"{MOCK}.AddMethod",
            "sssss",
            HOSTNAME,
            "SetStaticHostname",
            "sb",
            "",
            code,
        )
        host = await found(bus, tmp_path)
        assert host.settable == {Chapter.NAME, Chapter.CLOCK}
        assert (await host.hostname()).name == "old"
        await host.set_hostname("gate")
        assert (await host.hostname()).name == "gate"
        assert await host.follows_time_server()
        await host.set_clock(1_800_000_000_000_000, follows_time_server=False)
        assert not await host.follows_time_server()
        times = await calls(bus, TIMEDATE, TIMEDATE_PATH, "SetTime")
        assert times == [[1_800_000_000_000_000, False, False]]

    on_bus(mocks, scene)


def test_what_a_service_refuses_is_told(mocks: str, tmp_path: Path) -> None:
    async def scene(bus: SystemBus) -> None:
        await both_there(bus)
        host = await found(bus, tmp_path)
        with pytest.raises(HardwareFailed, match="SetStaticHostname"):
            await host.set_hostname("gate")  # the mock knows no such method

    on_bus(mocks, scene)


def test_without_services_nothing_is_offered(bus_address: str, tmp_path: Path) -> None:
    async def scene(bus: SystemBus) -> None:
        host = await found(bus, tmp_path)
        assert host.settable == frozenset()
        assert (await host.hostname()).name == "kernel"
        await host.set_clock(ManualClock().utc_us(), follows_time_server=False)
        with pytest.raises(ClockFixed):
            await host.set_clock(0, follows_time_server=False)
        with pytest.raises(HardwareFailed, match="gateways"):
            await host.set_gateways(())

    on_bus(bus_address, scene)


def test_a_bus_that_is_not_there_is_told() -> None:
    with pytest.raises(HardwareFailed, match="cannot be joined"):
        asyncio.run(SystemBus.joined("unix:path=/nonexistent/bus"))
