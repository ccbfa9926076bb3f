"""The PTZ service."""

from vedette.contract.operation import Service
from vedette.contract.ptz.movement import Movement
from vedette.contract.ptz.nodes import Nodes
from vedette.contract.ptz.presets import Presets
from vedette.contract.ptz.tours import Tours
from vedette.wire.namespaces import TPTZ


class PTZ(Nodes, Presets, Tours, Movement, Service):
    """The PTZ service."""

    namespace = TPTZ
