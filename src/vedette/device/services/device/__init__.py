"""The handlers of the device management service, one file a chapter."""

from vedette.device.accounts import Accounts
from vedette.device.capabilities import Announcement
from vedette.device.identity import DeviceIdentity
from vedette.device.network import HostNetwork, OpenPorts
from vedette.device.scopes import ScopeList
from vedette.device.services.device.network import NetworkHandlers
from vedette.device.services.device.offers import OfferHandlers
from vedette.device.services.device.scopes import ScopeHandlers
from vedette.device.services.device.system import SystemHandlers
from vedette.device.services.device.users import UserHandlers
from vedette.device.system import DeviceClock, HostName


def device_handlers(
    *,
    announcement: Announcement,
    identity: DeviceIdentity,
    clock: DeviceClock,
    scopes: ScopeList,
    accounts: Accounts,
    hostname: HostName,
    network: HostNetwork,
    ports: OpenPorts,
) -> tuple[object, ...]:
    """Everything that answers the device service; each is to be added to the announcement's offer."""
    return (
        OfferHandlers(announcement, identity),
        SystemHandlers(identity, clock),
        ScopeHandlers(scopes),
        UserHandlers(accounts),
        NetworkHandlers(hostname, network, ports),
    )
