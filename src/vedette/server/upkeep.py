"""What looks after the device itself, put together: restart, reset, logs, support, backups, upgrades."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from vedette.base.clock import Clock
from vedette.contract.topics.device import DEVICE_OPERATION_MODE_SHUTDOWN_INITIATED
from vedette.device.access_policy import AccessPolicy
from vedette.device.addresses import StreamAddresses
from vedette.device.auxiliary import Auxiliaries
from vedette.device.backup import Backups
from vedette.device.cameras import Cameras
from vedette.device.certificates import Certificates
from vedette.device.cloud_upgrade import CloudUpgrades
from vedette.device.events import EventBroker
from vedette.device.failure_warnings import FailureWarnings
from vedette.device.firmware import Firmware, UploadStatus
from vedette.device.firmware_archive import public_key
from vedette.device.firmware_releases import Releases
from vedette.device.geo import Places
from vedette.device.identity import DeviceIdentity
from vedette.device.jobs import Recorder
from vedette.device.journal import Journal
from vedette.device.maintenance import Maintenance
from vedette.device.media.drawn import DrawnEncoders
from vedette.device.monitoring import Monitor
from vedette.device.offer import Offer
from vedette.device.release_server import ReleaseServer
from vedette.device.remote_user import RemoteUser
from vedette.device.restart import Restart
from vedette.device.roles import Roles
from vedette.device.security_policies import SecurityPolicies
from vedette.device.services.device.auxiliary import AuxiliaryHandlers
from vedette.device.services.device.certificates import CertificateHandlers
from vedette.device.services.device.firmware import CloudUpgradeHandlers, FirmwareHandlers
from vedette.device.services.device.maintenance import MaintenanceHandlers
from vedette.device.services.device.places import PlaceHandlers
from vedette.device.services.device.roles import RemoteUserHandlers, RoleHandlers
from vedette.device.services.device.security_policies import SecurityPolicyHandlers
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.device.support import SupportReport
from vedette.device.uploads import Uploads
from vedette.security.audit import Audit
from vedette.security.authentication import Authenticator
from vedette.security.passwords import Vault
from vedette.server.browser.login import PageLogin
from vedette.server.chosen_tls import why_unusable
from vedette.server.hosts import interface_facing
from vedette.server.logs import TextFormatter
from vedette.server.system_files import SystemFiles


class Upkeep:
    """Made before the services, since it hears the log from the first line; `handlers` gives it the rest."""

    def __init__(
        self,
        store: SettingsStore,
        vault: Vault,
        folder: Path,
        clock: Clock,
        *,
        release_keys: tuple[str, ...] = (),
        release_server: str = "",
    ) -> None:
        self.restart = Restart()
        self.journal = Journal()
        self.journal.setFormatter(TextFormatter())
        self.uploads = Uploads(clock)
        self.access = AccessPolicy(store)
        self.roles = Roles(store, self.access.allows)
        self.remote_user = RemoteUser(store, vault)
        self.policies = SecurityPolicies(store)
        self.certificates = Certificates(store, vault, clock, partial(why_unusable, folder=folder))
        self.warnings: FailureWarnings
        self.auxiliaries: Auxiliaries
        self.monitor: Monitor
        self.support: SupportReport
        self.maintenance: Maintenance
        self.firmware: Firmware | None = None
        self._cloud: CloudUpgrades | None = None
        self._release_server = release_server
        self._release_keys = tuple(public_key(each) for each in release_keys)
        self._store = store
        self._vault = vault
        self._folder = folder
        self._clock = clock

    def equip(self, cameras: Cameras, drawn: DrawnEncoders) -> None:
        """Say which cameras there are to be lit."""
        self.auxiliaries = Auxiliaries(cameras, drawn)

    def handlers(
        self,
        *,
        identity: DeviceIdentity,
        cameras: Cameras,
        recorder: Recorder,
        offer: Offer,
        broker: EventBroker,
        addresses: StreamAddresses,
    ) -> tuple[object, ...]:
        """What answers the operations of upkeep, for this device; `equip` must have been called."""
        self.support = SupportReport(
            identity=identity,
            store=self._store,
            cameras=cameras,
            recorder=recorder,
            offer=offer,
            journal=self.journal,
            folder=self._folder,
            clock=self._clock,
        )
        backups = Backups(self._store, self._vault, identity, self._clock)
        self.maintenance = Maintenance(self._store, self.restart, backups, self._clock)
        self.warnings = FailureWarnings(self._store, broker, self._clock, interface_facing)
        self.monitor = Monitor(broker, self._store, self._clock)
        places = Places(self._store)
        places.tell(broker)
        broker.declare(DEVICE_OPERATION_MODE_SHUTDOWN_INITIATED)
        self.restart.watch(lambda: broker.publish(DEVICE_OPERATION_MODE_SHUTDOWN_INITIATED))
        return (
            *self._upgrade_handlers(identity, broker, addresses),
            AuxiliaryHandlers(self.auxiliaries),
            CertificateHandlers(self.certificates),
            MaintenanceHandlers(self.maintenance, self.journal, self.support, self.uploads, addresses),
            PlaceHandlers(places),
            SecurityPolicyHandlers(self.policies, self.access),
            RoleHandlers(self.roles, offer),
            RemoteUserHandlers(self.remote_user),
        )

    def _upgrade_handlers(
        self, identity: DeviceIdentity, broker: EventBroker, addresses: StreamAddresses
    ) -> tuple[object, ...]:
        if not self._release_keys:
            return ()
        releases = Releases(self._folder)
        self.firmware = Firmware(
            releases,
            self._release_keys,
            self.restart,
            running=identity.firmware_version,
            status=UploadStatus(broker),
        )
        brought = FirmwareHandlers(self.firmware, self.uploads, addresses)
        if not self._release_server:
            return (brought,)
        self._cloud = CloudUpgrades(
            self.firmware,
            ReleaseServer(self._release_server, self._clock),
            releases,
            broker,
            endpoint=identity.endpoint,
            running=identity.firmware_version,
        )
        return (brought, CloudUpgradeHandlers(self._cloud))

    async def run(self) -> None:
        """Fetch releases as clients ask until cancelled; return where there is no server to ask."""
        if self._cloud is not None:
            await self._cloud.run()

    def guard(self, authenticator: Authenticator) -> None:
        """Have logins follow the settings, and failed ones told of; `handlers` must have been called."""

        def follow(_before: Settings, _after: Settings) -> None:
            authenticator.algorithms = self.policies.algorithms

        authenticator.algorithms = self.policies.algorithms
        self._store.watch(follow)
        authenticator.watch_failures(self.warnings.failed)

    def watch_access(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` whenever somebody may do other things than before, the users being the same."""

        def look(before: Settings, after: Settings) -> None:
            was, now = before.security, after.security
            if (was.policy, was.roles) != (now.policy, now.roles):
                watcher()

        self._store.watch(look)

    def files(self, login: PageLogin, audit: Audit) -> SystemFiles:
        """What answers below `/system/`; `handlers` must have been called."""
        return SystemFiles(
            login=login,
            journal=self.journal,
            support=self.support,
            maintenance=self.maintenance,
            firmware=self.firmware,
            uploads=self.uploads,
            audit=audit,
        )
