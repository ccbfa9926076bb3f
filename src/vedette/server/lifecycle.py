"""From the command line's options to a running server, and to its end."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from vedette.base.errors import VedetteError
from vedette.device.accounts import Accounts
from vedette.device.settings.document import CameraSettings
from vedette.device.settings.store import SettingsStore
from vedette.security.passwords import PasswordUnreadable, generated_password, vault_at
from vedette.server.assemble import Server
from vedette.server.config import Config, ConfigurationError, read
from vedette.server.data_folder import (
    KEY_FILE,
    SETTINGS_FILE,
    announce,
    clear_leftovers,
    locked,
    withdraw,
)
from vedette.server.early_end import EarlyEnd
from vedette.server.hosts import facing_address
from vedette.server.notify import ServiceManager
from vedette.server.options import ServeOptions
from vedette.server.process import (
    StopSignal,
    allow_files,
    begin_anew,
    calm_collector,
    lay_memory_together,
    spare_memory,
)
from vedette.server.releases import Trial
from vedette.server.services import fresh_settings
from vedette.storage.check import Progressed

_log = logging.getLogger(__name__)


def serve(options: ServeOptions, config: Config, say: Callable[[str], None], early: EarlyEnd) -> None:
    """Run a server until SIGTERM, SIGINT or SIGHUP; `say` takes what the operator should read at the start.

    When a client asks for a restart, the process ends cleanly and is replaced by a new one.

    `config` is what `configured(options)` gave. Raises VedetteError with what keeps it from starting.
    """
    early.note()
    spare_memory()
    allow_files()
    trial = Trial(data_folder(options, config))
    wants_restart = False
    with trial:
        wants_restart = asyncio.run(_run(options, config, say, trial, early))
    if wants_restart or trial.has_failed:
        begin_anew()


def configured(options: ServeOptions) -> Config:
    """The operator's file with the command line laid over it; raises ConfigurationError."""
    config = read(options.config) if options.config is not None else Config()
    server = config.server
    for name in ("host", "http_port", "rtsp_port"):
        value = getattr(options, name)
        if value is not None:
            server = msgspec.structs.replace(server, **{name: value})
    drawn = tuple(
        CameraSettings(name=f"demo{number}", title=f"Demo {number}", source=f"drawn:?seed={number}")
        for number in range(1, (options.demo or 0) + 1)
    )
    taken = {camera.name for camera in config.cameras} & {camera.name for camera in drawn}
    if taken:
        raise ConfigurationError(
            f"{options.config}: camera {min(taken)!r} has the name of one that --demo draws; rename it"
        )
    return msgspec.structs.replace(config, server=server, cameras=(*config.cameras, *drawn))


def data_folder(options: ServeOptions, config: Config) -> Path:
    """Where recordings and settings lie: as asked for, else `data` in the working directory."""
    return (options.data or Path(config.server.data or "data")).absolute()


async def _run(
    options: ServeOptions, config: Config, say: Callable[[str], None], trial: Trial, early: EarlyEnd
) -> bool:
    """Serve; whether it is to begin anew."""
    folder = data_folder(options, config)
    stop = StopSignal(lambda: withdraw(folder))
    stop.listen(early)
    with locked(folder), Said(say) as news:
        clear_leftovers(folder)
        manager = ServiceManager()
        try:
            server = await _made(options, config, folder, news, _while_wanted(manager.indexing, stop))
        except _NotWanted:
            return False
        stop.last_words.insert(0, server.tell_unsure)

        def ready(running: Server) -> None:
            news.welcome(running)
            announce(folder, running.base, running.http_address.port, running.rtsp_address.port)
            manager.ready("serving")
            trial.passed()
            calm_collector()
            lay_memory_together()

        if stop.is_told:  # before anything was begun
            await asyncio.to_thread(server.close_archive)
            return False
        try:
            return await _until_stopped(server, ready, stop, manager)
        finally:
            withdraw(folder)


class Said:
    """What the operator is told: the welcome, with the administrator's password if it was made up here.

    A context: a start that fails after a password was made tells the password too, since the next start
    finds an administrator and tells nothing.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self.password = ""
        self._say = say

    def welcome(self, running: Server) -> None:
        """Everything listens."""
        password, self.password = self.password, ""
        self._say(welcome(running, password))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.password:
            self._say(_login(self.password))


class _NotWanted(VedetteError):
    """The end was asked for while footage was being entered into the index; the next start goes on."""


def _while_wanted(progressed: Progressed, stop: StopSignal) -> Progressed:
    def still_wanted(done: int, files: int) -> None:
        if stop.is_told:
            raise _NotWanted("told to end")
        progressed(done, files)

    return still_wanted


async def _made(
    options: ServeOptions, config: Config, folder: Path, news: Said, progressed: Progressed
) -> Server:
    """The server on its data; `news` learns the administrator's password if it was made up here."""
    key, settings = folder / KEY_FILE, folder / SETTINGS_FILE
    vault = vault_at(key)
    store = SettingsStore.open(settings, fresh_settings)
    try:
        server = Server(config, folder, store, vault)
        news.password = await _administrator(server.accounts, options.admin_password)
    except PasswordUnreadable as error:
        raise PasswordUnreadable(
            f"{error}: {key} is not the key of {settings}; put the right one back, or move both away"
            " to begin with new users"
        ) from error
    await asyncio.to_thread(server.open_archive, progressed)
    return server


async def _administrator(accounts: Accounts, wanted: str | None) -> str:
    """Make sure that there is an administrator; the password if it was made up here."""
    if wanted is not None:
        await accounts.set_administrator(wanted)
        return ""
    if accounts.users.has_administrator:
        return ""
    password = generated_password()
    await accounts.set_administrator(password)
    return password


async def _until_stopped(
    server: Server, ready: Callable[[Server], None], stop: StopSignal, manager: ServiceManager
) -> bool:
    """Serve until a signal or a client ends it; whether that client wants it to begin anew."""
    task = asyncio.create_task(server.run(ready), name="server")
    alive = asyncio.create_task(manager.run(), name="signs of life")
    stopping = asyncio.create_task(stop.wait(), name="signals")
    restarting = asyncio.create_task(server.upkeep.restart.wait(), name="restart")
    await asyncio.wait((task, stopping, restarting), return_when=asyncio.FIRST_COMPLETED)
    wants_restart = restarting.done() and not stopping.done() and not task.done()
    if wants_restart:
        stop.ask("restart")
        manager.restarting()
    else:
        manager.stopping()
    stopping.cancel()
    restarting.cancel()
    server.stop_recording()  # before all else: what follows may have to be cut short
    task.cancel()
    await asyncio.wait((task,))
    alive.cancel()
    if not task.cancelled():
        _tell(task.exception())
    return wants_restart and not stop.is_told


def _tell(error: BaseException | None) -> None:
    """Raise what ended the server; a refusal alone in its group without the group around it."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    if isinstance(error, VedetteError):
        raise error
    if error is not None:
        _log.critical("the server ended by a defect", exc_info=error)
        raise VedetteError("ended by a defect of this program; its log has the trace") from error


def welcome(server: Server, password: str) -> str:
    """What the operator reads at the start."""
    host = _own_host(server.config.server.advertised_host or server.config.server.host)
    scheme = "https" if server.https_port else "http"
    http = f"{scheme}://{host}:{server.https_port or server.http_address.port}"
    rtsp = f"{host}:{server.rtsp_address.port}"
    lines = [f"Vedette is running. Data: {server.folder}", "", f"  page    {http}/"]
    lines.append(f"  ONVIF   {http}/onvif/device_service")
    if server.addresses.rtsp_port is None:
        lines.append("  RTSP    off: a client switched it off (SetNetworkProtocols)")
    else:
        streams = (stream.name for camera in server.cameras for stream in camera.streams)
        lines += [f"  RTSP    rtsp://{rtsp}/live/{name}" for name in streams]
    if not len(server.cameras):
        lines += ["", "No camera yet (--demo draws one). To add one:"]
        lines.append(f"  vedette camera add NAME rtsp://… --camera-user NAME --user admin --server {http}")
    if password:
        lines += ["", _login(password)]
    return "\n".join(lines)


def _login(password: str) -> str:
    return f"  user    admin, password {password}  (shown this once)"


def _own_host(host: str) -> str:
    reached = facing_address() if host in ("", "0.0.0.0", "::") else host
    return f"[{reached}]" if ":" in reached and not reached.startswith("[") else reached
