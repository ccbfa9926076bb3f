"""The whole device in this process, to be asked without a socket by its administrator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from vedette.client.ntp import NoTimeAnswer
from vedette.contract.schema.security import UserLevel
from vedette.device.dispatch import Dispatcher
from vedette.device.settings.document import CameraSettings, Settings
from vedette.device.settings.store import SettingsStore
from vedette.media.unit import Track, TrackKind
from vedette.security.audit import Audit
from vedette.security.authentication import Identity, Login
from vedette.security.passwords import vault_at
from vedette.server.assemble import Server
from vedette.server.config import Config, ServerConfig

ADMIN = Identity(user_name="admin", level=UserLevel.ADMINISTRATOR, login=Login.DIGEST)
CAMERAS = (
    CameraSettings(name="yard", title="Yard", source="drawn:?seed=1"),
    CameraSettings(name="gate", source="rtsp://192.0.2.6/h265"),
)
TRACKS = (
    Track(number=0, kind=TrackKind.VIDEO, codec="H265", clock_hz=90_000, width=2560, height=1440),
    Track(number=1, kind=TrackKind.AUDIO, codec="AAC", clock_hz=48_000, channels=2),
)


async def _forever(*_: Any) -> None:
    await asyncio.Event().wait()


async def _no_answer(server: str, *_: Any) -> Any:
    server.encode("idna")  # as the resolver does; a name it cannot take should not have come so far
    raise NoTimeAnswer(server)


def _calm(server: Server, patch: pytest.MonkeyPatch) -> None:
    """Nothing of it goes on by itself or beyond this machine: what changes is what was asked for."""
    patch.setattr(server.cameras, "run", _forever)
    patch.setattr("vedette.device.media.facts.StreamFacts.run", _forever)
    patch.setattr("vedette.server.services.ask_time", _no_answer)


class WholeDevice(NamedTuple):
    """A server, what asks it directly, and the task in which it runs."""

    server: Server
    dispatcher: Dispatcher
    running: "asyncio.Task[None]"


@asynccontextmanager
async def whole_device(folder: Path, patch: pytest.MonkeyPatch) -> AsyncIterator[WholeDevice]:
    """A server as `vedette serve` makes it; raises what ended it before its time."""
    config = Config(
        server=ServerConfig(host="127.0.0.1", http_port=0, rtsp_port=0, allow_clock_offset=True),
        cameras=CAMERAS,
    )
    store = SettingsStore.open(folder / "settings.json", Settings)
    server = Server(config, folder, store, vault_at(folder / "key"))
    await server.accounts.set_administrator("correct-horse-9")
    server.open_archive()
    _calm(server, patch)
    listens = asyncio.Event()

    def ready(running: Server) -> None:
        patch.setattr(running.services.discovery, "run", _forever)
        running.hub.require("gate/main").announce(TRACKS)
        listens.set()

    task = asyncio.create_task(server.run(ready), name="whole device")
    waiting = asyncio.create_task(listens.wait())
    await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    dispatcher = Dispatcher(server.services.offer, server.authenticator(), Audit(server.clock))
    try:
        yield WholeDevice(server, dispatcher, task)
    finally:
        task.cancel()
        await asyncio.wait((task,))
        if not task.cancelled():
            await task
