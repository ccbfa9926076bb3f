"""Puts the parts together: the one file that knows which there are."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from socket import gethostname, has_dualstack_ipv6

from vedette.base.clock import Clock, OffsetClock, SystemClock
from vedette.client.rtsp.reading import SharedReader
from vedette.client.rtsp.source import RtspSource
from vedette.device.accounts import Accounts
from vedette.device.addresses import StreamAddresses
from vedette.device.cameras import Camera, Cameras, trust_of
from vedette.device.dispatch import Dispatcher
from vedette.device.hardware.host import Host, Radio
from vedette.device.hardware.linux_host import LinuxHost
from vedette.device.hardware.system_bus import SystemBus
from vedette.device.hardware.virtual_host import VirtualHost
from vedette.device.hardware.virtual_radio import VirtualRadio
from vedette.device.jobs import Recorder, log_finding, wanted_by
from vedette.device.media.domain import MediaDomain
from vedette.device.media.drawn import DrawnEncoders
from vedette.device.network import HostNetwork
from vedette.device.network_domain import NetworkDomain
from vedette.device.network_filter import AddressFilter
from vedette.device.network_protocols import NetworkProtocols, OpenPorts, Spoken
from vedette.device.settings.store import SettingsStore
from vedette.device.sources import SourceMaker
from vedette.device.storage_configurations import StorageConfigurations
from vedette.media.hub import Hub, Stream
from vedette.media.snapshot import Snapshots
from vedette.media.sources.source import Source
from vedette.media.unit import TrackKind
from vedette.security.audit import Audit
from vedette.security.authentication import Authenticator
from vedette.security.lockout import Lockout
from vedette.security.nonces import DigestNonces, UsedTokens
from vedette.security.passwords import Vault
from vedette.security.policy import AccessRule
from vedette.security.users import User
from vedette.server.application import Application
from vedette.server.browser.admin import Admin
from vedette.server.browser.io_admin import IOAdmin
from vedette.server.browser.login import PageLogin
from vedette.server.browser.player import Player
from vedette.server.channel import Address
from vedette.server.chosen_tls import ChosenTls
from vedette.server.config import Config, ServerConfig
from vedette.server.data_folder import announce
from vedette.server.discovery import Reach
from vedette.server.figures import figures_of
from vedette.server.health import Health
from vedette.server.http import HttpRequest, HttpResponse, HttpService, TrustedProxies, plain_response
from vedette.server.listener import Listener, ListenerLimits
from vedette.server.live.resource import LiveGroups
from vedette.server.live.selection import ProfileStreams
from vedette.server.live.sessions import ActiveSessions
from vedette.server.ports import ListeningPorts, listened
from vedette.server.process import connections_room, give_memory_back
from vedette.server.replay import ReplayDirectory
from vedette.server.rtsp.gate import Gate
from vedette.server.rtsp.media import MediaResource
from vedette.server.rtsp.service import RtspService
from vedette.server.rtsp.tunnel import Tunnels
from vedette.server.services import Services, ensure_identity
from vedette.server.soap import SoapService
from vedette.server.upkeep import Upkeep
from vedette.storage.archive import Archive
from vedette.storage.check import Progressed, opened
from vedette.storage.database import damage_mark, move_aside
from vedette.storage.errors import IndexDamaged, StorageError
from vedette.storage.events import EVENTS_FILE, EventLog
from vedette.storage.retention import RetentionLimits
from vedette.storage.writer import WriterOptions

_log = logging.getLogger(__name__)


class Directory:
    """Finds what an RTSP URL leads to: live streams and recordings."""

    def __init__(self, finders: list[Callable[[str], MediaResource | None]]) -> None:
        self._finders = finders

    def find(self, path: str) -> MediaResource | None:
        """The first finder's resource."""
        return next((found for finder in self._finders if (found := finder(path)) is not None), None)


class Server:
    """Everything of one running Vedette; call `open_archive`, then `run`."""

    def __init__(self, config: Config, folder: Path, store: SettingsStore, vault: Vault) -> None:
        self.config = config
        self.folder = folder
        self.clock = clock_for(config.server, store)
        self.hub = Hub(self.clock)
        self.store = store
        self.vault = vault
        self.accounts = Accounts(store, vault)
        firmware = config.firmware
        self.upkeep = Upkeep(
            store, vault, folder, self.clock, release_keys=firmware.keys, release_server=firmware.server
        )
        self.storage = StorageConfigurations(
            store,
            folder=folder,
            roots=tuple(folder / each for each in config.storage.export_roots),
            least_free_bytes=round(config.storage.free_floor_gib * (1 << 30)),
        )
        drawn = DrawnEncoders(store)
        sources = SourceMaker(self.clock, self._rtsp_source, drawn)
        self.cameras = Cameras(self.hub, store, config.cameras, sources)
        self.recorder: Recorder
        self.archive: Archive
        self.event_log: EventLog
        self.services: Services
        self._application: Application | None = None
        self._watching: ActiveSessions
        self.addresses = StreamAddresses(
            rtsp_port=config.server.rtsp_port, advertised_host=config.server.advertised_host
        )
        self.media = MediaDomain.over(self.cameras, store, drawn, self.addresses)
        self.upkeep.equip(self.cameras, drawn)
        self._reader = SharedReader()
        self.http_address = Address("", 0)
        self.rtsp_address = Address("", 0)
        self.https_port: int | None = None  # while TLS is spoken
        self._is_plain_spoken = True

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
            fallback=self.upkeep.remote_user.login,
            is_udp=settings.transport == "udp",
            kinds=kinds,
            trust=trust_of(settings),
            reader=self._reader,
        )

    def open_archive(self, progressed: Progressed | None = None) -> None:
        """Open the recordings and finish what a crash interrupted; blocks. Raises StorageError.

        `progressed` hears of the files of recordings that the index did not know: minutes for many.
        """
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

        self.archive, findings = opened(self.folder, make, progressed)
        self.event_log = open_event_log(self.folder / EVENTS_FILE)
        for finding in findings:
            log_finding(finding)
        self.recorder = Recorder(
            self.archive,
            self.cameras,
            self.clock,
            is_wanted=wanted_by(self.store),
            limits=RetentionLimits(
                keep_s=round(storage.retention_days * 86_400),
                most_bytes=round(storage.most_gib * (1 << 30)),
                least_free_bytes=round(storage.free_floor_gib * (1 << 30)),
            ),
        )

    def close_archive(self) -> None:
        """Close what `open_archive` opened; blocks."""
        self.archive.close()
        self.event_log.close()

    def tell_unsure(self) -> None:
        """Log what an end by force may take; from any thread."""
        unsure = self.archive.unsure
        if unsure:
            _log.error("%s", unsure)

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
        rule = AccessRule(
            allows=self.upkeep.access.allows,
            grants=self.upkeep.roles.grants,
            is_viewing_open=config.anonymous_viewing,
        )
        groups = LiveGroups(self.hub, self.clock)
        replays = ReplayDirectory(
            self.archive, self.clock, lambda: self.store.current.recording.replay_timeout_s
        )
        profiles = ProfileStreams(self.media.uris, groups)
        directory = Directory([profiles.find, groups.find, replays.find])
        rtsp = RtspService(directory, Gate(authenticator, rule), self.clock)
        tunnels = Tunnels(rtsp.converse, self.clock)
        http = HttpService(
            self._answer,
            self.clock,
            tunnel=tunnels.take,
            websocket=lambda request: self._application.websocket(request) if self._application else None,
            upload_most_bytes=lambda request: (
                self._application.upload_most_bytes(request) if self._application else 0
            ),
            trusted=TrustedProxies(config.trusted_proxies),
        )
        async with AsyncExitStack() as ending:
            logging.getLogger().addHandler(self.upkeep.journal)
            ending.callback(logging.getLogger().removeHandler, self.upkeep.journal)
            ending.push_async_callback(asyncio.to_thread, self.close_archive)
            listener = self._listener(http, rtsp)
            ending.push_async_callback(listener.close, grace_s=1.0)
            ending.push_async_callback(rtsp.close)
            ending.callback(self.stop_recording)
            self._listen(listener)  # before the services are made: they tell which ports are open
            await ensure_identity(self.store)
            health = Health(
                cameras=self.cameras,
                recorder=self.recorder,
                archive=self.archive,
                elsewhere=lambda: self.services.problems,
                folder=self.folder,
                clock=self.clock,
            )
            network = self._network(listener, await self._host(ending))
            self._application = self._assembled(authenticator, rule, groups, rtsp, health, network)
            self._follow_rights(rule, rtsp, self._application)
            await self.recorder.start()
            async with asyncio.TaskGroup() as group:
                group.create_task(self.cameras.run(), name="cameras")
                group.create_task(self.recorder.run(), name="recorder")
                group.create_task(health.run(), name="health")
                group.create_task(self.media.run(), name="media")
                group.create_task(self.services.run(), name="services")
                group.create_task(self.upkeep.run(), name="upkeep")
                group.create_task(self._tls.run(listener), name="certificate files")
                group.create_task(rtsp.run(), name="rtsp")
                group.create_task(self._watching.run(), name="active sessions")
                group.create_task(tunnels.run(), name="tunnels")
                ready(self)

    def _follow_rights(self, rule: AccessRule, rtsp: RtspService, application: Application) -> None:
        """Have what goes on end with the right to it."""
        pushes = self.services.pushes
        for each in (rtsp, application, pushes):
            self.accounts.watch(each.drop_users)
        self.upkeep.watch_access(rtsp.drop_forbidden)
        self.upkeep.watch_access(application.drop_forbidden)
        self.upkeep.watch_access(lambda: pushes.drop_forbidden(rule))

    async def _answer(self, request: HttpRequest) -> HttpResponse:
        if self._application is None:  # the ports are open before the services are made
            return plain_response(503, "starting", {"Retry-After": "1"})
        return await self._application(request)

    def _user_named(self, name: str) -> User | None:
        return self.accounts.users.get(name)

    def stop_recording(self) -> None:
        """Have what has come written and sealed; nothing is recorded any more."""
        try:
            self._reader.catch_up()
        finally:
            self.recorder.close()

    def _assembled(
        self,
        authenticator: Authenticator,
        rule: AccessRule,
        groups: LiveGroups,
        rtsp: RtspService,
        health: Health,
        network: NetworkDomain,
    ) -> Application:
        ports = network.protocols.now
        server = self.config.server
        reach = Reach(
            http_port=ports.first(Spoken.HTTP),
            https_port=ports.first(Spoken.HTTPS),
            host=server.host,
            has_ipv6=network.has_ipv6,
        )
        self.services = Services(
            store=self.store,
            accounts=self.accounts,
            cameras=self.cameras,
            media=self.media,
            archive=self.archive,
            recorder=self.recorder,
            storage=self.storage,
            event_log=self.event_log,
            addresses=self.addresses,
            network=network,
            upkeep=self.upkeep,
            reach=reach if server.discovery else None,
            io=self.config.io,
            clock=self.clock,
        )
        self._watching = ActiveSessions(groups, self.media.configurations, self.services.broker)
        audit = Audit(self.clock)
        self.upkeep.guard(authenticator)
        dispatcher = Dispatcher(self.services.offer, authenticator, audit, rule=rule)
        login = PageLogin(authenticator, rule, self._user_named, self.clock)
        player = Player(self.archive, self.clock)

        def viewers_of(stream: Stream) -> int:
            return groups.viewers_of(stream) + player.viewers_of(stream)

        return Application(
            soap=SoapService(dispatcher, self.addresses),
            admin=Admin(
                cameras=self.cameras,
                viewers_of=viewers_of,
                known_of=self.media.facts.of,
                job_of=self.recorder.job_of,
                archive=self.archive,
                vault=self.vault,
                io=IOAdmin(self.services.io),
                clock=self.clock,
            ),
            player=player,
            login=login,
            system=self.upkeep.files(login, audit),
            cameras=self.cameras,
            snapshots=Snapshots(self.clock, when_quiet=give_memory_back),
            metrics=figures_of(self.cameras, groups, self.recorder, rtsp, dispatcher, viewers_of),
            rtsp=rtsp,
            health=lambda: health.problems,
            audit=audit,
        )

    def _listener(self, http: HttpService, rtsp: RtspService) -> Listener:
        config = self.config
        self._tls = tls = ChosenTls(config.tls, self.upkeep.certificates, self.store, self.folder)
        limits = ListenerLimits(
            connections_most=config.server.most_connections,
            files_most=connections_room(),
            per_address_most=config.server.most_connections_per_address,
        )
        listener = Listener(http, rtsp=rtsp.take, tls=tls.first_context(), limits=limits)
        tls.follow(listener)
        return listener

    def _listen(self, listener: Listener) -> None:
        server = self.config.server
        self._ports = listened(
            listener,
            host=self._listening_host,
            configured=(server.http_port, server.rtsp_port),
            chosen=self.store.current.network.ports,
            has_tls=listener.tls is not None,
        )
        self._follow_ports(self._ports)

    def _follow_ports(self, ports: OpenPorts) -> None:
        self.http_address = Address(self._listening_host, ports.http.ports[0])
        self.rtsp_address = Address(self._listening_host, ports.rtsp.ports[0])
        self.https_port = ports.first(Spoken.HTTPS)
        self._is_plain_spoken = ports.first(Spoken.HTTP) is not None
        self.addresses.rtsp_port = ports.first(Spoken.RTSP)

    @property
    def base(self) -> str:
        """Where programs on this machine reach the page, without a slash at the end."""
        host = self._listening_host
        if host in ("", "::"):
            host = "127.0.0.1"
        scheme, port = ("https", self.https_port) if not self._is_plain_spoken else ("http", None)
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port or self.http_address.port}"

    @property
    def _listening_host(self) -> str:
        host = self.config.server.host
        return "" if host == ServerConfig().host else host

    async def _host(self, ending: AsyncExitStack) -> Host:
        machine = HostNetwork()
        if self.config.server.host_driver == "virtual":
            return VirtualHost(self.store, machine, machine_name=gethostname, clock=self.clock)
        bus = await SystemBus.joined()
        ending.callback(bus.close)
        host = await LinuxHost.found(
            bus, machine, self.clock, machine_name=gethostname, store=self.store, vault=self.vault
        )
        ending.push_async_callback(host.aclose)
        return host

    def _radio(self, host: Host) -> Radio | None:
        if isinstance(host, LinuxHost):
            return host.radio
        return VirtualRadio(self.store, self.vault, self.clock)

    def _network(self, listener: Listener, host: Host) -> NetworkDomain:
        server = self.config.server
        address_filter = AddressFilter(self.store)
        listener.admits = address_filter.admits
        address_filter.watch(listener.drop_refused)
        protocols = NetworkProtocols(
            self.store,
            ListeningPorts(listener, self._listening_host),
            configured=(server.http_port, server.rtsp_port),
            now=self._ports,
        )
        protocols.watch(self._follow_ports)
        self._tls.watch(lambda has_tls: protocols.follow_tls(has_tls=has_tls))
        protocols.watch(
            lambda _: announce(self.folder, self.base, self.http_address.port, self.rtsp_address.port)
        )
        return NetworkDomain.over(
            host,
            store=self.store,
            vault=self.vault,
            clock=self.clock,
            protocols=protocols,
            address_filter=address_filter,
            radio=self._radio(host),
            has_ipv6=":" in server.host or (not self._listening_host and has_dualstack_ipv6()),
        )


def clock_for(server: ServerConfig, store: SettingsStore) -> Clock:
    """The clock of everything here: the machine's, moved where the operator lets clients set the time."""
    if not server.allow_clock_offset:
        return SystemClock()
    return OffsetClock(SystemClock(), store.current.network.clock_offset_us)


def open_event_log(path: Path) -> EventLog:
    """The event log; a damaged one is moved aside, since what happens now must be logged."""
    try:
        if damage_mark(path).exists():
            raise IndexDamaged(f"{path.name} was found to be damaged")
        return EventLog(path)
    except IndexDamaged as damage:
        _log.error("%s; it is kept as %s, a new one is begun", damage, move_aside(path))
        return EventLog(path)
