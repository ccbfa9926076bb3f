"""WS-BaseNotification, WS-Topics and WS-Addressing types that events are carried in."""

from vedette.contract.schema.items import Message
from vedette.wire.message import PrefixedText, XmlElement, anything, attribute, element, message, text
from vedette.wire.namespaces import TT, WSA, WSNT, WSTOP


@message(WSNT)
class Filter:
    """What a subscription lets through: topic and content expressions."""

    content: tuple[XmlElement, ...] = anything()


@message(WSA)
class ReferenceParameters:
    """Headers that a message to the address must repeat."""

    content: tuple[XmlElement, ...] = anything()


@message(WSA)
class EndpointReference:
    """An address that messages can be sent to."""

    address: str
    reference_parameters: ReferenceParameters | None = None


@message(WSTOP)
class TopicSet:
    """The topics that exist, as a tree of elements."""

    content: tuple[XmlElement, ...] = anything()


@message(WSNT)
class TopicExpression:
    """A topic, or a pattern of topics, in one of the dialects."""

    dialect: str = attribute("Dialect")
    value: PrefixedText = text()


@message(WSNT)
class NotificationContent:
    """What a notification carries; None when it is no message of this standard."""

    message: Message | None = element(namespace=TT, default=None)


@message(WSNT)
class NotificationMessage:
    """One notification: its topic and its message."""

    subscription_reference: EndpointReference | None = None
    topic: TopicExpression | None = None
    producer_reference: EndpointReference | None = None
    message: NotificationContent


@message(WSNT)
class SubscriptionTerms:
    """Wishes about how a subscription delivers."""

    content: tuple[XmlElement, ...] = anything()
