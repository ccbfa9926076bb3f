"""The device management service."""

from vedette.contract.device.capabilities import Offers
from vedette.contract.device.certificates import Certificates
from vedette.contract.device.dot1x import PortAccess
from vedette.contract.device.network import Network
from vedette.contract.device.network_interfaces import NetworkInterfaces
from vedette.contract.device.relays import Relays
from vedette.contract.device.scopes import Scopes
from vedette.contract.device.storage import Storage
from vedette.contract.device.system import System
from vedette.contract.device.users import Users
from vedette.contract.operation import Service
from vedette.wire.namespaces import TDS


class Device(
    Offers,
    Network,
    NetworkInterfaces,
    System,
    Scopes,
    Users,
    PortAccess,
    Certificates,
    Storage,
    Relays,
    Service,
):
    """The device management service."""

    namespace = TDS
