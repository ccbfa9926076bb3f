"""A whole server: in this process for what it answers, as a process of its own for how it ends."""

import asyncio
import os
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from vedette.device.settings.document import CameraSettings, Settings
from vedette.device.settings.store import SettingsStore
from vedette.security.passwords import vault_at
from vedette.server.assemble import Server
from vedette.server.config import Config, FirmwareConfig, ServerConfig

PASSWORD = "correct-horse-9"
WAIT_S = 10.0


class Site:
    """A running server and an HTTP client that is logged in as its administrator."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.base = f"http://127.0.0.1:{server.http_address.port}"
        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody, so nothing is read for it
        login = httpx2.DigestAuth("admin", PASSWORD)
        self.client = httpx2.AsyncClient(base_url=self.base, auth=login, verify=nobody)
        self.stranger = httpx2.AsyncClient(base_url=self.base, verify=nobody)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Let the loop run until `is_so`."""
        async with asyncio.timeout(WAIT_S):
            while not is_so():  # noqa: ASYNC110 (what is waited for has no event)
                await asyncio.sleep(0.005)


@asynccontextmanager
async def _running(
    folder: Path,
    *cameras: CameraSettings,
    release_keys: tuple[str, ...] = (),
    release_server: str = "",
    **settings: Any,
) -> AsyncIterator[Site]:
    config = Config(
        firmware=FirmwareConfig(keys=release_keys, server=release_server),
        server=ServerConfig(host="127.0.0.1", http_port=0, rtsp_port=0, discovery=False, **settings),
        cameras=cameras,
    )
    store = SettingsStore.open(folder / "settings.json", Settings)
    server = Server(config, folder, store, vault_at(folder / "key"))
    await server.accounts.set_administrator(PASSWORD)
    server.open_archive()
    listens = asyncio.Event()
    task = asyncio.create_task(server.run(lambda _: listens.set()))
    waiting = asyncio.create_task(listens.wait())
    await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    site = Site(server)
    try:
        yield site
    finally:
        await site.client.aclose()
        await site.stranger.aclose()
        task.cancel()
        _, hanging = await asyncio.wait((task,), timeout=WAIT_S)
        assert not hanging, asyncio.all_tasks()


Running = Callable[..., AbstractAsyncContextManager[Site]]


@pytest.fixture
def running(tmp_path: Path) -> Running:
    """`async with running(*cameras, **server settings) as site`: a server in this process.

    `release_keys` are those whose releases it takes, `release_server` is where it fetches them.
    """
    (tmp_path / "data").mkdir()
    return lambda *cameras, **settings: _running(tmp_path / "data", *cameras, **settings)


@pytest.fixture
def play() -> Callable[[Any], None]:
    """Run a scene to its end, bounded in time."""

    def run(scene: Any) -> None:
        async def timed() -> None:
            async with asyncio.timeout(20):
                await scene

        asyncio.run(timed())

    return run


class Process:
    """`vedette serve` in a process of its own."""

    def __init__(self, running: "subprocess.Popen[str]", data: Path) -> None:
        self.running = running
        self.data = data
        self.output: list[str] = []

    def welcome(self) -> str:
        """Wait for what it says once it listens."""
        assert self.running.stdout is not None
        for line in self.running.stdout:
            self.output.append(line)
            if "/onvif/device_service" in line:
                break
        return "".join(self.output)

    @property
    def http_port(self) -> int:
        """The port of the page."""
        found = re.search(r"page +http://[\w.]+:(\d+)/", "".join(self.output))
        assert found is not None, self.output
        return int(found[1])

    def ends_within_s(self, limit_s: float, number: int = signal.SIGTERM) -> int:
        """Send a signal; the exit status, if it comes in time."""
        began_s = time.monotonic()
        self.running.send_signal(number)
        status = self.running.wait(limit_s + 5)
        assert time.monotonic() - began_s < limit_s
        return status

    def log(self) -> str:
        """All it has written to standard error; it must have ended."""
        assert self.running.stderr is not None
        return self.running.stderr.read()


@contextmanager
def _process(data: Path, *arguments: str, environment: dict[str, str]) -> Iterator[Process]:
    command = [sys.executable, "-m", "vedette", "serve", "--data", str(data), "--host", "127.0.0.1"]
    ports = ["--http-port", "0", "--rtsp-port", "0", "--admin-password", PASSWORD]
    with subprocess.Popen(
        [*command, *ports, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
    ) as running:
        try:
            yield Process(running, data)
        finally:
            running.kill()


@pytest.fixture
def start_process(tmp_path: Path) -> Any:
    """`with start_process(*arguments, **environment) as process`: the command as an operator runs it."""
    return lambda *arguments, **environment: _process(tmp_path / "data", *arguments, environment=environment)
