"""WS-BaseNotification, WS-Topics and WS-Addressing types that events are carried in."""

from vedette.contract.schema.items import Message
from vedette.wire.message import PrefixedText, XmlElement, anything, attribute, element, message, text
from vedette.wire.namespaces import TT, WSA, WSNT, WSTOP


@message(WSNT)
class Filter:
    """Filter."""

    content: tuple[XmlElement, ...] = anything()


@message(WSA)
class ReferenceParameters:
    """Reference parameters."""

    content: tuple[XmlElement, ...] = anything()


@message(WSA)
class EndpointReference:
    """Endpoint reference."""

    address: str
    reference_parameters: ReferenceParameters | None = None


@message(WSTOP)
class TopicSet:
    """Topic set."""

    content: tuple[XmlElement, ...] = anything()


@message(WSNT)
class TopicExpression:
    """Topic expression."""

    dialect: str = attribute("Dialect")
    value: PrefixedText = text()


@message(WSNT)
class NotificationContent:
    """Notification content."""

    message: Message | None = element(namespace=TT, default=None)


@message(WSNT)
class NotificationMessage:
    """Notification message."""

    subscription_reference: EndpointReference | None = None
    topic: TopicExpression | None = None
    producer_reference: EndpointReference | None = None
    message: NotificationContent


@message(WSNT)
class SubscriptionTerms:
    """Subscription terms."""

    content: tuple[XmlElement, ...] = anything()
