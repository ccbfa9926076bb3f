"""What the faults of event subscriptions carry in their detail."""

from datetime import datetime

from vedette.contract.faults.fault import Fault
from vedette.contract.schema.notification import EndpointReference
from vedette.wire.codec import to_element
from vedette.wire.message import XmlElement, XmlName, anything, attribute, element, message, text
from vedette.wire.namespaces import WSNT, WSRF_BF, XML


@message(WSRF_BF)
class ErrorCode:
    """A code of what went wrong, in a dialect."""

    dialect: str = attribute("dialect")


@message(WSRF_BF)
class Description:
    """What went wrong, in words."""

    lang: str | None = attribute("lang", namespace=XML, default=None)
    text: str = text()


@message(WSRF_BF)
class FaultCause:
    """What led to the fault."""

    content: tuple[XmlElement, ...] = anything()


@message(WSRF_BF)
class BaseFault:
    """When something was refused, and why."""

    timestamp: datetime
    originator: EndpointReference | None = None
    error_code: ErrorCode | None = None
    descriptions: tuple[Description, ...] = element("Description", default=())
    fault_cause: FaultCause | None = None


@message(WSNT, name="UnacceptableTerminationTimeFault")
class TerminationTimeBounds(BaseFault):
    """The earliest and latest end that a subscription may have."""

    minimum_time: datetime
    maximum_time: datetime | None = None


@message(WSNT, name="InvalidFilterFault")
class UnknownFilters(BaseFault):
    """The filters that are not known."""

    unknown_filters: tuple[XmlName, ...] = element("UnknownFilter")


def fault_detail(fault: type[Fault], detail: BaseFault) -> tuple[XmlElement, ...]:
    """The detail of a fault of WS-BaseNotification, under the fault's own name."""
    return (to_element(detail, XmlName(fault.namespace, fault.subcodes[-1])),)
