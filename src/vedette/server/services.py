"""Which services this device offers, and from what each is made."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import uuid4

import msgspec

from vedette.base.clock import Clock
from vedette.client.dns import register
from vedette.client.notify import NotifyClient
from vedette.client.ntp import ask_time
from vedette.device.accounts import Accounts
from vedette.device.addresses import StreamAddresses
from vedette.device.cameras import Cameras
from vedette.device.capabilities import Abilities, Announcement
from vedette.device.events import EventBroker
from vedette.device.exports import FORMAT, Exports
from vedette.device.identity import identity_of, made_identity
from vedette.device.io import DeviceIO
from vedette.device.io_plan import IOPlan
from vedette.device.jobs import Recorder
from vedette.device.links import LinkMonitor
from vedette.device.media.domain import MediaDomain
from vedette.device.network_discovery import RemoteDiscovery
from vedette.device.network_domain import NetworkDomain
from vedette.device.network_protocols import OpenPorts, Spoken
from vedette.device.offer import Offer
from vedette.device.pull_points import PullPoints
from vedette.device.pushes import Pushes
from vedette.device.recordings import Recordings
from vedette.device.reports import Reporter
from vedette.device.scopes import ScopeList, fixed_scopes
from vedette.device.search import Searches
from vedette.device.services.device import device_handlers
from vedette.device.services.device.network_discovery import RemoteDiscoveryHandlers
from vedette.device.services.device.storage import StorageHandlers
from vedette.device.services.deviceio import deviceio_handlers
from vedette.device.services.events import EventHandlers
from vedette.device.services.exports import ExportHandlers
from vedette.device.services.media import media_handlers
from vedette.device.services.media2 import media2_handlers
from vedette.device.services.recording import RecordingHandlers
from vedette.device.services.replay import ReplayHandlers
from vedette.device.services.search import SearchHandlers
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.device.storage_configurations import StorageConfigurations
from vedette.server.discovery import DiscoveryService, Reach, discovery_of
from vedette.server.supervisor import Supervisor
from vedette.server.upkeep import Upkeep
from vedette.storage.archive import Archive
from vedette.storage.events import EventLog


class Services:
    """The device as its clients see it: the offer of operations, and what stands behind them.

    `ensure_identity` must have been called on the settings before. `reach` is what discovery tells;
    None where the operator does not want the device to be discovered.
    """

    def __init__(
        self,
        *,
        store: SettingsStore,
        accounts: Accounts,
        cameras: Cameras,
        media: MediaDomain,
        archive: Archive,
        recorder: Recorder,
        storage: StorageConfigurations,
        event_log: EventLog,
        addresses: StreamAddresses,
        network: NetworkDomain,
        upkeep: Upkeep,
        reach: Reach | None,
        io: IOPlan,
        clock: Clock,
    ) -> None:
        self.offer = Offer()
        self._supervisor = Supervisor(clock)
        self.upkeep = upkeep
        self.identity = identity_of(store.current.system)
        self.broker = EventBroker(clock, event_log)
        self.pull_points = PullPoints(self.broker, clock)
        self.notifier = NotifyClient()
        self.pushes = Pushes(self.pull_points, clock, self.notifier)
        self.scopes = ScopeList(
            store, lambda: fixed_scopes(self.identity, self.offer), has_discovery=reach is not None
        )
        self.reporter = Reporter(self.broker, recorder, cameras)
        self.links = LinkMonitor(self.broker, network.host)
        self.io = DeviceIO.planned(io, store, self.broker, clock)
        recordings = Recordings(archive, recorder, cameras, store)
        self.network = network
        abilities = Abilities(
            has_tls=lambda: network.protocols.now.https is not None,
            has_ipv6=network.has_ipv6,
            has_discovery=reach is not None,
            auxiliary_commands=lambda: upkeep.auxiliaries.commands,
            time_servers=network.host.time_servers_most,
            storage_places=storage.most,
        )
        searches = Searches(recordings, self.broker, clock)
        self.exports = Exports(archive, storage, self.broker, clock)
        can_export = storage.most > 1
        self.announcement = Announcement(self.offer, addresses, abilities)
        for handler in (
            *device_handlers(
                announcement=self.announcement,
                identity=self.identity,
                scopes=self.scopes,
                accounts=accounts,
                network=network,
            ),
            *upkeep.handlers(
                identity=self.identity,
                cameras=cameras,
                recorder=recorder,
                offer=self.offer,
                broker=self.broker,
                addresses=addresses,
            ),
            *media_handlers(media),
            *media2_handlers(media),
            *deviceio_handlers(self.io, media),
            EventHandlers(self.pull_points, addresses, clock, self.pushes),
            StorageHandlers(storage),
            RecordingHandlers(recordings, self.broker, export_formats=(FORMAT,) if can_export else ()),
            *((ExportHandlers(self.exports, searches),) if can_export else ()),
            SearchHandlers(recordings, searches, clock),
            ReplayHandlers(recordings, addresses, store),
        ):
            self.offer.add(handler)
        media.tell(self.broker, self.identity.endpoint)
        network.clock.watch(upkeep.monitor.note_clock)
        self.discovery: DiscoveryService | None = None
        if reach is not None:
            self.discovery = discovery_of(
                identity=self.identity,
                scopes=self.scopes,
                store=store,
                reach=reach,
                clock=clock,
                network=network,
            )
            self.offer.add(RemoteDiscoveryHandlers(RemoteDiscovery(store)))
            network.protocols.watch(self._moved)

    def _moved(self, ports: OpenPorts) -> None:
        if self.discovery is not None:
            self.discovery.moved_to(http_port=ports.first(Spoken.HTTP), https_port=ports.first(Spoken.HTTPS))

    @property
    def problems(self) -> list[str]:
        """What is wrong with them now, in words."""
        log, log_problem = self.broker.log, self.broker.log_problem
        found = [f"the event log: {log_problem}"] if log_problem else []
        if log is not None and log.is_damaged:
            found.append("the event log is damaged; a new one is begun, though not twice in ten minutes")
        return [*found, *self._supervisor.problems]

    async def run(self) -> None:
        """Tell what changes, and answer discovery, until cancelled; a defect in one of them ends no other."""
        tasks: dict[str, Callable[[], Awaitable[None]]] = {
            "pushes": self.pushes.run,
            "reports": self.reporter.run,
            "event log": self.broker.run,
            "monitoring": self.upkeep.monitor.run,
            "links": self.links.run,
            "exports": self.exports.run,
            "time servers": partial(self.network.clock.run, ask_time),
            "name registration": partial(self.network.registration.run, register),
        }
        if self.discovery is not None:
            tasks["discovery"] = self.discovery.run
        async with self.notifier, asyncio.TaskGroup() as group:
            group.create_task(self.io.run(), name="inputs and outputs")  # it gives its hardware back for good
            for name, run in tasks.items():
                group.create_task(self._supervisor.keep(name, run), name=name)


def fresh_settings() -> Settings:
    """What a first start begins with, under an identity of its own."""
    fresh = Settings()
    return msgspec.structs.replace(fresh, system=made_identity(fresh.system, uuid4()))


async def ensure_identity(store: SettingsStore) -> None:
    """Make the endpoint and serial number, for good, where a command made the settings before any start."""

    def edit(settings: Settings) -> Settings:
        return msgspec.structs.replace(settings, system=made_identity(settings.system, uuid4()))

    if not store.current.system.endpoint:
        await store.change(edit)
