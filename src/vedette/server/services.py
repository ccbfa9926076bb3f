"""Which services this device offers, and from what each is made."""

from uuid import uuid4

import msgspec

from vedette.base.clock import Clock
from vedette.device.accounts import Accounts
from vedette.device.addresses import StreamAddresses
from vedette.device.cameras import Cameras
from vedette.device.capabilities import Abilities, Announcement
from vedette.device.events import EventBroker
from vedette.device.identity import identity_of, made_identity
from vedette.device.jobs import Recorder
from vedette.device.media.domain import MediaDomain
from vedette.device.network import HostNetwork, OpenPorts
from vedette.device.offer import Offer
from vedette.device.pull_points import PullPoints
from vedette.device.scopes import ScopeList, fixed_scopes
from vedette.device.services.device import device_handlers
from vedette.device.services.events import EventHandlers
from vedette.device.services.media import media_handlers
from vedette.device.services.media2 import media2_handlers
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.device.system import DeviceClock, HostName
from vedette.storage.archive import Archive
from vedette.storage.events import EventLog


class Services:
    """The device as its clients see it: the offer of operations, and what stands behind them.

    `ensure_identity` must have been called on the settings before.
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
        event_log: EventLog,
        addresses: StreamAddresses,
        ports: OpenPorts,
        has_discovery: bool,
        clock: Clock,
    ) -> None:
        self.offer = Offer()
        self.identity = identity_of(store.current.system)
        self.broker = EventBroker(clock, event_log)
        self.pull_points = PullPoints(self.broker, clock)
        self.scopes = ScopeList(store, lambda: fixed_scopes(self.identity, self.offer))
        network = HostNetwork()
        abilities = Abilities(has_tls=ports.https is not None, has_discovery=has_discovery)
        self.announcement = Announcement(self.offer, addresses, abilities)
        for handler in (
            *device_handlers(
                announcement=self.announcement,
                identity=self.identity,
                clock=DeviceClock(store, clock, network),
                scopes=self.scopes,
                accounts=accounts,
                hostname=HostName(store),
                network=network,
                ports=ports,
            ),
            *media_handlers(media),
            *media2_handlers(media),
            EventHandlers(self.pull_points, addresses, clock),
        ):
            self.offer.add(handler)
        media.tell(self.broker)


async def ensure_identity(store: SettingsStore) -> None:
    """At the first start: make the device's endpoint and serial number, for good."""

    def edit(settings: Settings) -> Settings:
        return msgspec.structs.replace(settings, system=made_identity(settings.system, uuid4()))

    if not store.current.system.endpoint:
        await store.change(edit)
