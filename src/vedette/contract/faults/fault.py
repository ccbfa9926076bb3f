"""The base of all faults."""

from typing import Literal

from vedette.base.errors import VedetteError
from vedette.wire.message import XmlElement
from vedette.wire.namespaces import TER

Side = Literal["Sender", "Receiver", "VersionMismatch", "MustUnderstand", "DataEncodingUnknown"]


class Fault(VedetteError):
    """A refusal that crosses the wire; its text is the reason the peer reads.

    `side` is the SOAP fault code, `subcodes` the local names of its subcodes, outermost first, and
    `namespace` the one they belong to. A fault that no class stands for arrives as a SenderFault or
    ReceiverFault that carries its own subcodes. `detail` holds the children of the fault's detail.

    Source: Core, SOAP errors (26.06 §5.8.2).
    """

    side: Side = "Receiver"
    subcodes: tuple[str, ...] = ()
    namespace: str = TER

    def __init__(self, reason: str = "", *, detail: tuple[XmlElement, ...] = ()) -> None:
        super().__init__(reason or (type(self).__doc__ or "").partition("\n")[0])
        self.detail = detail


class SenderFault(Fault):
    """The request is at fault."""

    side = "Sender"


class ReceiverFault(Fault):
    """The device is at fault, or not able."""

    side = "Receiver"
