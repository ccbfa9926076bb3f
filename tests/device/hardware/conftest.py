"""A bus of the tests' own with mocked system services on it (python-dbusmock)."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vedette.device.hardware.system_bus import SystemBus, plain

MOCK = "org.freedesktop.DBus.Mock"
MOCKING_PYTHON = "/usr/bin/python3"  # where Debian's python3-dbusmock lies
Scene = Callable[["Mocked"], Awaitable[None]]


def _can_mock() -> bool:
    if shutil.which("dbus-daemon") is None or not Path(MOCKING_PYTHON).exists():
        return False
    asked = subprocess.run((MOCKING_PYTHON, "-c", "import dbusmock"), capture_output=True, check=False)
    return asked.returncode == 0


@pytest.fixture(scope="session")
def can_mock() -> bool:
    return _can_mock()


@pytest.fixture
def bus_address(can_mock: bool) -> Iterator[str]:
    """A bus on which nobody is yet."""
    if not can_mock:
        pytest.skip("needs dbus-daemon and python3-dbusmock")
    command = ("dbus-daemon", "--session", "--nofork", "--print-address=1")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
        daemon.terminate()


class Mocked:
    """A connection to the bus, and how to make and question mocks there."""

    def __init__(self, bus: SystemBus, start: Callable[..., None]) -> None:
        self.bus = bus
        self._start = start

    async def start(self, service: str, *arguments: str) -> None:
        """Have a mock of a service: a template, or its path and interface."""
        self._start(*arguments)
        async with asyncio.timeout(10):
            while not await self.bus.runs(service):  # noqa: ASYNC110 (another process)
                await asyncio.sleep(0.02)

    async def property(self, service: str, path: str, interface: str, name: str, value: Any) -> None:
        """Give a mock a property, a variant."""
        await self.bus.call(service, path, f"{MOCK}.AddProperty", "ssv", interface, name, value)

    async def method(self, service: str, path: str, interface: str, name: str, *told: str) -> None:
        """Give a mock a method: signatures of arguments and answer, and code."""
        await self.bus.call(service, path, f"{MOCK}.AddMethod", "sssss", interface, name, *told)

    async def calls(self, service: str, path: str, method: str) -> list[list[Any]]:
        """The arguments of the calls that a mocked method has had."""
        raw = (await self.bus.call(service, path, f"{MOCK}.GetMethodCalls", "s", method))[0]
        return [plain(arguments) for _, arguments in raw]


@pytest.fixture
def on_bus(bus_address: str) -> Iterator[Callable[[Scene], None]]:
    """`on_bus(scene)` plays a scene on the bus; the mocks it starts end with the test."""
    environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": bus_address}
    running: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> None:
        command = (MOCKING_PYTHON, "-m", "dbusmock", "--system", *arguments)
        running.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))

    def play(scene: Scene) -> None:
        async def run() -> None:
            bus = await SystemBus.joined(bus_address)
            try:
                async with asyncio.timeout(20):
                    await scene(Mocked(bus, start))
            finally:
                bus.close()
                await asyncio.sleep(0)

        asyncio.run(run())

    yield play
    for each in running:
        each.terminate()
        each.wait()
