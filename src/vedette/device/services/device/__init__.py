"""The handlers of the device management service, one file a chapter."""

from vedette.device.accounts import Accounts
from vedette.device.capabilities import Announcement
from vedette.device.identity import DeviceIdentity
from vedette.device.network_domain import NetworkDomain
from vedette.device.scopes import ScopeList
from vedette.device.services.device.network import network_handlers
from vedette.device.services.device.offers import OfferHandlers
from vedette.device.services.device.scopes import ScopeHandlers
from vedette.device.services.device.system import SystemHandlers
from vedette.device.services.device.users import UserHandlers


def device_handlers(
    *,
    announcement: Announcement,
    identity: DeviceIdentity,
    scopes: ScopeList,
    accounts: Accounts,
    network: NetworkDomain,
) -> tuple[object, ...]:
    """Everything that answers the device service; each is to be added to the announcement's offer."""
    return (
        OfferHandlers(announcement, identity),
        SystemHandlers(identity),
        ScopeHandlers(scopes),
        UserHandlers(accounts),
        *network_handlers(network),
    )
