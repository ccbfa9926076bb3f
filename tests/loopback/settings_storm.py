"""Changes of settings over SOAP from many connections while the server is killed, and what must hold then."""

import asyncio
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from vedette.base.errors import VedetteError
from vedette.client.camera import Camera
from vedette.contract.media import Media
from vedette.contract.schema.network import IPAddress, IPType, NetworkHost, NetworkHostType
from vedette.device.settings.store import decode

PASSWORD = "storm-in-a-teacup"
CAMERAS = 4
SCOPE = "onvif://www.onvif.org/"
LOOPBACK_NET = 0x7F000000
START_MOST_S = 60.0
LATE_MOST_S = 20.0
ANY_MOMENT_S = 0.02  # so that the kill meets every stage of a change

Change = Callable[[Camera, int], Awaitable[object]]
Read = Callable[[Camera], Awaitable[set[int]]]


class Setting:
    """A setting that holds one number, most of them in several places that must agree.

    After a kill it may hold `acknowledged`, or what was `sent` and never answered.
    """

    def __init__(self, name: str, change: Change, read: Read) -> None:
        self.name = name
        self.change = change
        self.read = read
        self.acknowledged = 0
        self.sent = 0


def settings() -> list[Setting]:
    """One for each connection; nobody else changes it."""
    cameras = [Setting(f"camera {number}", *_camera_name(number)) for number in range(CAMERAS)]
    return [
        *cameras,
        Setting("host name", lambda camera, n: camera.device.set_hostname(name=f"h{n}"), _read_host_name),
        Setting("name servers", _set_dns, _read_dns),
        Setting("time servers", _set_ntp, _read_ntp),
        Setting("scopes", _set_scopes, _read_scopes),
    ]


def _address(number: int) -> str:
    return str(IPv4Address(LOOPBACK_NET + number))


def _number(address: str | None) -> int:
    return int(IPv4Address(address or "0.0.0.0")) - LOOPBACK_NET


def _camera_name(camera_number: int) -> tuple[Change, Read]:
    kept: list[Any] = []

    async def found(camera: Camera) -> object:
        everything = await camera.service(Media).get_video_source_configurations()
        return next(each for each in everything.configurations if each.token.endswith(f"c{camera_number}"))

    async def change(camera: Camera, n: int) -> object:
        if not kept:
            kept.append(await found(camera))
        wanted = msgspec.structs.replace(kept[0], name=f"n{n}")
        return await camera.service(Media).set_video_source_configuration(
            configuration=wanted, force_persistence=True
        )

    async def read(camera: Camera) -> set[int]:
        return {int(str(getattr(await found(camera), "name", ""))[1:] or 0)}

    return change, read


async def _read_host_name(camera: Camera) -> set[int]:
    told = await camera.device.get_hostname()
    return {int((told.hostname_information.name or "")[1:])}


async def _set_dns(camera: Camera, n: int) -> object:
    servers = tuple(IPAddress(type=IPType.IPV4, ipv4_address=_address(each)) for each in (n, n + 1_000_000))
    return await camera.device.set_dns(from_dhcp=False, search_domains=(f"d{n}.example",), dns_manual=servers)


async def _read_dns(camera: Camera) -> set[int]:
    told = (await camera.device.get_dns()).dns_information
    first, second = (_number(each.ipv4_address) for each in told.dns_manual)
    return {first, second - 1_000_000, int(told.search_domains[0].partition(".")[0][1:])}


async def _set_ntp(camera: Camera, n: int) -> object:
    hosts = tuple(
        NetworkHost(type=NetworkHostType.IPV4, ipv4_address=_address(each)) for each in (n, n + 1_000_000)
    )
    return await camera.device.set_ntp(from_dhcp=False, ntp_manual=hosts)


async def _read_ntp(camera: Camera) -> set[int]:
    told = (await camera.device.get_ntp()).ntp_information
    first, second = (_number(each.ipv4_address) for each in told.ntp_manual)
    return {first, second - 1_000_000}


async def _set_scopes(camera: Camera, n: int) -> object:
    return await camera.device.set_scopes(scopes=(f"{SCOPE}name/s{n}", f"{SCOPE}location/s{n}"))


async def _read_scopes(camera: Camera) -> set[int]:
    told = [each.scope_item for each in (await camera.device.get_scopes()).scopes]
    return {int(each.rpartition("/s")[2]) for each in told if "/name/s" in each or "/location/s" in each}


class Storm:
    """A server in a process of its own, in `folder`, and what was asked of it.

    `problems` are what must not be; `taken` counts changes that were answered, in `taken_in_s` seconds.
    """

    def __init__(self, folder: Path, chance: random.Random, *, changes_per_s: float) -> None:
        self.settings = settings()
        self.taken = 0
        self.unanswered = 0
        self.restarts_s: list[float] = []
        self.problems: list[str] = []
        self.taken_in_s = 0.0
        self._enough = 0
        self._is_enough = asyncio.Event()
        self._folder = folder
        self._chance = chance
        self._step_s = len(self.settings) / changes_per_s
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "vedette.toml").write_text(_configuration(self._port, _free_port()), encoding="utf-8")

    async def blow(self, kills: int, changes: tuple[int, int]) -> None:
        """Kill so many times, each time after some changes from `changes` on up to it; compare after each."""
        try:
            await self._start()
            for _ in range(kills):
                await self._spell(self._chance.randint(*changes))
                await self._start()
                await self._compare()
        finally:
            self._kill()

    async def _spell(self, changes: int) -> None:
        """Change everything until the server is killed under it."""
        ready = asyncio.Barrier(len(self.settings) + 1)
        tasks = [asyncio.create_task(self._change_on(each, ready)) for each in self.settings]
        try:
            await ready.wait()
        except asyncio.BrokenBarrierError:
            await asyncio.wait(tasks)
            raise next(
                each.exception() for each in tasks if isinstance(each.exception(), VedetteError)
            ) from None
        began_s, self._enough = time.monotonic(), self.taken + changes
        self._is_enough.clear()
        reached = asyncio.create_task(self._is_enough.wait())
        await asyncio.wait((reached, *tasks), return_when=asyncio.FIRST_COMPLETED)
        reached.cancel()
        await asyncio.sleep(self._chance.uniform(0.0, ANY_MOMENT_S))
        self._kill()
        self.taken_in_s += time.monotonic() - began_s
        done, late = await asyncio.wait(tasks, timeout=LATE_MOST_S)
        for task in late:
            task.cancel()
            self.problems.append("a connection outlived the server")
        for task in done:
            task.result()

    async def _change_on(self, setting: Setting, ready: asyncio.Barrier) -> None:
        """Count up, at most so fast, until there is nobody to answer."""
        try:
            async with self._connected() as camera:
                await ready.wait()
                due_s = time.monotonic() + self._chance.uniform(0, self._step_s)
                while True:
                    await asyncio.sleep(max(0.0, due_s - time.monotonic()))
                    due_s = max(due_s + self._step_s, time.monotonic() - self._step_s)
                    setting.sent = max(setting.sent, setting.acknowledged) + 1
                    await setting.change(camera, setting.sent)
                    setting.acknowledged = setting.sent
                    self.taken += 1
                    if self.taken >= self._enough:
                        self._is_enough.set()
        except VedetteError:
            if self._process is not None:
                await ready.abort()  # the others wait for this one
                raise
            self.unanswered += setting.sent > setting.acknowledged

    async def _compare(self) -> None:
        """Hold what is there against what was answered."""
        path = self._folder / "data" / "settings.json"
        decode(path.read_bytes(), path)
        async with self._connected() as camera:
            for each in self.settings:
                found = await each.read(camera)
                if len(found) != 1:
                    self.problems.append(f"{each.name}: a mixture of {sorted(found)}")
                (held,) = {max(found)}
                if not each.acknowledged <= held <= each.sent:
                    self.problems.append(f"{each.name}: {held}, but {each.acknowledged} was answered")
                each.acknowledged = each.sent = max(held, each.sent)

    def _connected(self):  # type: ignore[no-untyped-def]
        return Camera.connect(f"http://127.0.0.1:{self._port}", user="admin", password=PASSWORD)

    async def _start(self) -> None:
        began_s = time.monotonic()
        process = self._process = self._started()
        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody, so nothing is read for it
        async with httpx2.AsyncClient(trust_env=False, verify=nobody) as client:
            while not await self._answers(client):
                if process.poll() is not None or time.monotonic() - began_s > START_MOST_S:
                    last = (self._folder / "log").read_text(errors="replace")[-600:]
                    raise AssertionError(f"the server did not start: {last}")
                await asyncio.sleep(0.02)
        self.restarts_s.append(time.monotonic() - began_s)

    def _started(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "vedette", "serve", "--config", str(self._folder / "vedette.toml")]
        command += ["--data", str(self._folder / "data"), "--admin-password", PASSWORD]
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    async def _answers(self, client: httpx2.AsyncClient) -> bool:
        try:
            answer = await client.get(f"http://127.0.0.1:{self._port}/healthz", timeout=5.0)
        except httpx2.HTTPError:
            return False
        return answer.text.strip() != "starting"

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _configuration(http_port: int, rtsp_port: int) -> str:
    lines = ["[server]", 'host = "127.0.0.1"', f"http_port = {http_port}", f"rtsp_port = {rtsp_port}"]
    lines += ["discovery = false", ""]
    for number in range(CAMERAS):
        lines += [
            "[[camera]]",
            f'name = "c{number}"',
            'source = "rtsp://127.0.0.1:1/none"',
            "record = false",
            "",
        ]
    return "\n".join(lines)
