"""Puts the parts together: the one file that knows which there are."""

import asyncio
import fcntl
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import IO, Any

import msgspec

from vedette.base.clock import SystemClock
from vedette.base.errors import VedetteError
from vedette.client.rtsp.source import RtspSource
from vedette.device.accounts import Accounts
from vedette.device.addresses import StreamAddresses
from vedette.device.cameras import Camera, Cameras
from vedette.device.dispatch import Dispatcher
from vedette.device.jobs import JobState, Recorder
from vedette.device.media.domain import MediaDomain
from vedette.device.media.drawn import DrawnEncoders
from vedette.device.network import OpenPorts
from vedette.device.settings.document import CameraSettings, Settings
from vedette.device.settings.store import SettingsStore
from vedette.device.sources import SourceMaker
from vedette.media.hub import Hub, Stream
from vedette.media.snapshot import Snapshots
from vedette.media.sources.source import Source
from vedette.media.unit import TrackKind
from vedette.security.audit import Audit
from vedette.security.authentication import Authenticator
from vedette.security.lockout import Lockout
from vedette.security.nonces import DigestNonces, UsedTokens
from vedette.security.passwords import Vault, generated_password, vault_at
from vedette.security.policy import ViewingPolicy
from vedette.server.application import Application
from vedette.server.browser.admin import Admin
from vedette.server.browser.login import PageLogin
from vedette.server.browser.player import Player
from vedette.server.channel import Address
from vedette.server.config import Config, ServerConfig, read
from vedette.server.figures import figures_of
from vedette.server.http import HttpService, TrustedProxies
from vedette.server.listener import Listener, ListenerLimits
from vedette.server.live.resource import LiveGroups
from vedette.server.live.selection import ProfileStreams
from vedette.server.notify import ServiceManager
from vedette.server.options import ServeOptions
from vedette.server.replay import ReplayDirectory
from vedette.server.rtsp.gate import Gate
from vedette.server.rtsp.media import MediaResource
from vedette.server.rtsp.service import RtspService
from vedette.server.rtsp.tunnel import Tunnels
from vedette.server.services import Services, ensure_identity
from vedette.server.soap import SoapService
from vedette.server.tls import server_context
from vedette.storage.archive import Archive
from vedette.storage.check import opened
from vedette.storage.errors import IndexDamaged, StorageError
from vedette.storage.events import EventLog
from vedette.storage.retention import RetentionLimits
from vedette.storage.writer import WriterOptions

_log = logging.getLogger(__name__)

SHUTDOWN_S = 3.0
RUNNING_FILE = "running.json"
EVENTS_FILE = "events.sqlite"


class AlreadyRunning(VedetteError):
    """Another process works on the data directory."""


class Directory:
    """Finds what an RTSP URL leads to: live streams and recordings."""

    def __init__(self, finders: list[Callable[[str], MediaResource | None]]) -> None:
        self._finders = finders

    def find(self, path: str) -> MediaResource | None:
        """The first finder's resource."""
        return next((found for finder in self._finders if (found := finder(path)) is not None), None)


class Server:
    """Everything of one running Vedette; made by `open_server`, run by `run`."""

    def __init__(self, config: Config, folder: Path, store: SettingsStore, vault: Vault) -> None:
        self.config = config
        self.folder = folder
        self.clock = SystemClock()
        self.hub = Hub()
        self.store = store
        self.vault = vault
        self.accounts = Accounts(store, vault)
        drawn = DrawnEncoders(store)
        sources = SourceMaker(self.clock, self._rtsp_source, drawn)
        self.cameras = Cameras(self.hub, store, config.cameras, sources)
        self.recorder: Recorder
        self.archive: Archive
        self.event_log: EventLog
        self.services: Services
        self._application: Application
        self.addresses = StreamAddresses(
            rtsp_port=config.server.rtsp_port, advertised_host=config.server.advertised_host
        )
        self.media = MediaDomain.over(self.cameras, store, drawn, self.addresses)
        self.http_address = Address("", 0)
        self.rtsp_address = Address("", 0)

    def _rtsp_source(self, url: str, stream: Stream, camera: Camera) -> Source:
        settings = camera.settings
        password = settings.password
        if password and not camera.is_fixed:
            password = self.vault.open(password, settings.name)
        kinds = [kind for kind in TrackKind if settings.audio or kind is not TrackKind.AUDIO]
        return RtspSource(
            url,
            stream,
            clock=self.clock,
            user=settings.user or None,
            password=password or None,
            is_udp=settings.transport == "udp",
            kinds=kinds,
        )

    def open_archive(self) -> None:
        """Open the recordings and finish what a crash interrupted; blocks. Raises StorageError."""
        storage = self.config.storage

        def report(recording: str, problem: StorageError | None) -> None:
            self.recorder.report(recording, problem)

        def make() -> Archive:
            return Archive(
                self.folder,
                report=report,
                options=WriterOptions(segment_us=round(storage.segment_s * 1_000_000)),
                sync_interval_s=storage.sync_s,
            )

        self.archive, findings = opened(self.folder, make)
        self.event_log = open_event_log(self.folder / EVENTS_FILE)
        for finding in findings:
            _log.warning("%s: %s", finding.path, finding.problem)
        self.recorder = Recorder(
            self.archive,
            self.cameras,
            self.clock,
            limits=RetentionLimits(
                keep_s=round(storage.retention_days * 86_400),
                most_bytes=round(storage.most_gib * (1 << 30)),
                least_free_bytes=round(storage.free_floor_gib * (1 << 30)),
            ),
        )

    def health(self) -> list[str]:
        """What an operator has to look at; empty when all is well."""
        return [
            f"recording {job.recording}: {job.problem}"
            for job in self.recorder.jobs
            if job.state is JobState.ERROR
        ]

    def authenticator(self) -> Authenticator:
        """The one check of logins for every way in."""
        return Authenticator(
            lambda: self.accounts.users,
            self.clock,
            nonces=DigestNonces(),
            tokens=UsedTokens(),
            lockout=Lockout(),
            audit=Audit(self.clock),
        )

    async def run(self, ready: Callable[["Server"], None]) -> None:
        """Serve until cancelled; `ready` is called once everything listens."""
        config = self.config.server
        authenticator = self.authenticator()
        policy = ViewingPolicy(is_open=config.anonymous_viewing)
        groups = LiveGroups(self.hub, self.clock)
        replays = ReplayDirectory(self.archive, self.clock)
        profiles = ProfileStreams(self.media.uris, groups)
        directory = Directory([profiles.find, groups.find, replays.find])
        rtsp = RtspService(directory, Gate(authenticator, policy), self.clock)
        tunnels = Tunnels(rtsp.converse, self.clock)
        http = HttpService(
            lambda request: self._application(request),
            self.clock,
            tunnel=tunnels.take,
            websocket=lambda request: self._application.websocket(request),
            trusted=TrustedProxies(config.trusted_proxies),
        )
        listener = self._listen(http, rtsp)  # first: the services tell which ports are open
        await ensure_identity(self.store)
        self._application = self._assembled(authenticator, policy, groups, rtsp)
        await self.recorder.start()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.cameras.run(), name="cameras")
                group.create_task(self.recorder.run(), name="recorder")
                group.create_task(self.media.run(), name="media")
                group.create_task(rtsp.run(), name="rtsp")
                group.create_task(tunnels.run(), name="tunnels")
                ready(self)
        finally:
            self.recorder.close()
            await rtsp.close()
            await listener.close(grace_s=1.0)
            await asyncio.to_thread(self.archive.close)
            await asyncio.to_thread(self.event_log.close)

    def _assembled(
        self, authenticator: Authenticator, policy: ViewingPolicy, groups: LiveGroups, rtsp: RtspService
    ) -> Application:
        has_tls = self.config.tls is not None
        self.services = Services(
            store=self.store,
            accounts=self.accounts,
            cameras=self.cameras,
            media=self.media,
            archive=self.archive,
            recorder=self.recorder,
            event_log=self.event_log,
            addresses=self.addresses,
            ports=OpenPorts(
                http=self.http_address.port,
                https=self.http_address.port if has_tls else None,
                rtsp=self.rtsp_address.port,
            ),
            has_discovery=self.config.server.discovery,
            clock=self.clock,
        )
        dispatcher = Dispatcher(self.services.offer, authenticator, Audit(self.clock))
        return Application(
            soap=SoapService(dispatcher, self.addresses),
            admin=Admin(
                cameras=self.cameras,
                groups=groups,
                archive=self.archive,
                vault=self.vault,
                clock=self.clock,
            ),
            player=Player(self.archive, self.clock),
            login=PageLogin(authenticator, policy, self.accounts.level_of, self.clock),
            cameras=self.cameras,
            snapshots=Snapshots(self.clock),
            metrics=figures_of(self.cameras, groups, self.recorder, rtsp, dispatcher),
            rtsp=rtsp,
            health=self.health,
        )

    def _listen(self, http: HttpService, rtsp: RtspService) -> Listener:
        config = self.config
        tls = None
        if config.tls is not None:
            tls = server_context(Path(config.tls.certificate), Path(config.tls.key))
        limits = ListenerLimits(
            connections_most=config.server.most_connections,
            per_address_most=config.server.most_connections_per_address,
        )
        listener = Listener(http, rtsp=rtsp.take, tls=tls, limits=limits)
        host = "" if config.server.host == ServerConfig().host else config.server.host
        self.http_address = listener.listen(host, config.server.http_port)
        self.rtsp_address = listener.listen(host, config.server.rtsp_port)
        self.addresses.rtsp_port = self.rtsp_address.port
        return listener


def open_event_log(path: Path) -> EventLog:
    """The event log; a damaged one is moved aside, since what happens now must be logged."""
    try:
        return EventLog(path)
    except IndexDamaged as damage:
        aside = path.with_name(f"{path.name}.damaged")
        _log.error("%s; it is kept as %s, a new one is begun", damage, aside)
        path.replace(aside)
        for rest in ("-wal", "-shm"):
            path.with_name(path.name + rest).unlink(missing_ok=True)
        return EventLog(path)


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
    return msgspec.structs.replace(config, server=server, cameras=(*config.cameras, *drawn))


def data_folder(options: ServeOptions, config: Config) -> Path:
    """Where recordings and settings lie: as asked for, else `data` in the working directory."""
    return (options.data or Path(config.server.data or "data")).absolute()


def locked(folder: Path) -> IO[str]:
    """Make the data directory ours for as long as the result is open; raises AlreadyRunning."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        lock = (folder / "lock").open("w", encoding="ascii")
    except OSError as error:
        raise StorageError(f"cannot use the data directory {folder}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise AlreadyRunning(
            f"another Vedette works on {folder}; stop it, or name another directory with --data"
        ) from None
    return lock


async def serve(options: ServeOptions, say: Callable[[str], None]) -> None:
    """Run a server until SIGTERM or SIGINT; `say` takes what the operator should read at the start.

    Raises VedetteError with what keeps it from starting.
    """
    config = configured(options)
    folder = data_folder(options, config)
    with locked(folder):
        vault = vault_at(folder / "key")
        server = Server(config, folder, SettingsStore.open(folder / "settings.json", Settings), vault)
        password = await _administrator(server.accounts, options.admin_password)
        await asyncio.to_thread(server.open_archive)
        manager = ServiceManager()

        def ready(running: Server) -> None:
            say(welcome(running, password))
            _announce_address(running)
            manager.ready("serving")

        await _until_signal(server.run(ready), manager)


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


async def _until_signal(running: Coroutine[Any, Any, None], manager: ServiceManager) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    task = asyncio.create_task(running, name="server")
    stopping = asyncio.create_task(stop.wait(), name="signals")
    await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
    manager.stopping()
    stopping.cancel()
    if task.done():
        task.result()
        return
    task.cancel()
    done, _ = await asyncio.wait((task,), timeout=SHUTDOWN_S)
    if not done:
        _log.error("not everything ended within %.0f s", SHUTDOWN_S)
        sys.stdout.flush()
        os._exit(1)


def _announce_address(server: Server) -> None:
    """Leave a note for `vedette camera` and others on this machine."""
    note = {"pid": os.getpid(), "http_port": server.http_address.port, "rtsp_port": server.rtsp_address.port}
    (server.folder / RUNNING_FILE).write_bytes(msgspec.json.encode(note))


def welcome(server: Server, password: str) -> str:
    """What the operator reads at the start."""
    host = server.config.server.advertised_host or _own_host(server.config.server.host)
    http, rtsp = f"{host}:{server.http_address.port}", f"{host}:{server.rtsp_address.port}"
    lines = [f"Vedette is running. Data: {server.folder}", "", f"  page    http://{http}/"]
    lines.append(f"  ONVIF   http://{http}/onvif/device_service")
    for camera in server.cameras:
        for stream in camera.streams:
            lines.append(f"  RTSP    rtsp://{rtsp}/live/{stream.name}")
    if not len(server.cameras):
        lines += ["", "No camera yet: vedette camera add NAME rtsp://… (or start with --demo)"]
    if password:
        lines += ["", f"  user    admin, password {password}  (shown this once)"]
    return "\n".join(lines)


def _own_host(host: str) -> str:
    from vedette.server.hosts import facing_address

    return facing_address() if host in ("", "0.0.0.0", "::") else host
