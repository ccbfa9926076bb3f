"""Events: properties, pull points and basic notification."""

from datetime import datetime, timedelta
from enum import StrEnum
from types import NoneType

from vedette.contract.faults import (
    InvalidAddress,
    InvalidFilter,
    InvalidFilterFault,
    InvalidMessageContentExpressionFault,
    InvalidProducerPropertiesExpressionFault,
    InvalidProtocol,
    InvalidTopicExpressionFault,
    NoCurrentMessageOnTopicFault,
    NotifyMessageNotSupportedFault,
    PullMessagesFaultResponse,
    ResourceUnknownFault,
    SubscribeCreationFailedFault,
    TooManyEventBrokers,
    TopicExpressionDialectUnknownFault,
    TopicNotSupportedFault,
    UnableToGetMessagesFault,
    UnacceptableInitialTerminationTimeFault,
    UnacceptableTerminationTimeFault,
    UnrecognizedPolicyRequestFault,
    UnsupportedPolicyRequestFault,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.notification import (
    EndpointReference,
    Filter,
    NotificationMessage,
    SubscriptionTerms,
    TopicExpression,
    TopicSet,
)
from vedette.wire.message import XmlElement, anything, attribute, element, message
from vedette.wire.namespaces import TEV, WSNT, WSNTW, WSTOP


@message(TEV)
class Capabilities:
    """What the event service offers."""

    ws_subscription_policy_support: bool | None = attribute("WSSubscriptionPolicySupport", default=None)
    ws_pausable_subscription_manager_interface_support: bool | None = attribute(
        "WSPausableSubscriptionManagerInterfaceSupport", default=None
    )
    max_notification_producers: int | None = attribute("MaxNotificationProducers", default=None)
    max_pull_points: int | None = attribute("MaxPullPoints", default=None)
    persistent_notification_storage: bool | None = attribute("PersistentNotificationStorage", default=None)
    event_broker_protocols: str | None = attribute("EventBrokerProtocols", default=None)
    max_event_brokers: int | None = attribute("MaxEventBrokers", default=None)
    metadata_over_mqtt: bool | None = attribute("MetadataOverMQTT", default=None)


@message(TEV)
class PullPointPolicy:
    """Wishes about how a pull point delivers."""

    content: tuple[XmlElement, ...] = anything()


@message(TEV)
class EventBrokerConfig:
    """A broker that the device publishes events to."""

    address: str
    topic_prefix: str
    user_name: str | None = None
    password: str | None = None
    certificate_id: str | None = element("CertificateID", default=None)
    publish_filter: Filter | None = None
    qos: int | None = element("QoS", default=None)
    status: str | None = None
    cert_path_validation_policy_id: str | None = element("CertPathValidationPolicyID", default=None)
    metadata_filter: Filter | None = None


class EventBrokerProtocol(StrEnum):
    """The ways to talk to an event broker."""

    MQTT = "mqtt"
    MQTTS = "mqtts"
    WS = "ws"
    WSS = "wss"


class ConnectionStatus(StrEnum):
    """Whether the device is connected to an event broker."""

    OFFLINE = "Offline"
    CONNECTING = "Connecting"
    CONNECTED = "Connected"


@message(TEV)
class GetServiceCapabilities:
    """Asks what the service offers."""


@message(TEV)
class GetServiceCapabilitiesResponse:
    """Answers with what the service offers."""

    capabilities: Capabilities


@message(TEV)
class CreatePullPointSubscription:
    """Asks for a pull point."""

    filter: Filter | None = None
    initial_termination_time: str | None = None
    subscription_policy: PullPointPolicy | None = None


@message(TEV)
class CreatePullPointSubscriptionResponse:
    """Answers with the address of the pull point and its end."""

    subscription_reference: EndpointReference
    current_time: datetime = element(namespace=WSNT)
    termination_time: datetime = element(namespace=WSNT)


@message(TEV)
class GetEventProperties:
    """Asks which topics, dialects and schemas there are."""


@message(TEV)
class GetEventPropertiesResponse:
    """Answers with topics, dialects and schemas."""

    topic_namespace_locations: tuple[str, ...] = element("TopicNamespaceLocation")
    fixed_topic_set: bool = element(namespace=WSNT)
    topic_set: TopicSet = element(namespace=WSTOP)
    topic_expression_dialects: tuple[str, ...] = element("TopicExpressionDialect", namespace=WSNT)
    message_content_filter_dialects: tuple[str, ...] = element("MessageContentFilterDialect")
    producer_properties_filter_dialects: tuple[str, ...] = element(
        "ProducerPropertiesFilterDialect", default=()
    )
    message_content_schema_locations: tuple[str, ...] = element("MessageContentSchemaLocation")


@message(TEV)
class AddEventBroker:
    """Adds the event broker."""

    event_broker: EventBrokerConfig


@message(TEV)
class AddEventBrokerResponse:
    """Tells that the event broker was added."""


@message(TEV)
class DeleteEventBroker:
    """Deletes the event broker."""

    address: str


@message(TEV)
class DeleteEventBrokerResponse:
    """Tells that the event broker was deleted."""


@message(TEV)
class GetEventBrokers:
    """Asks for the event brokers."""

    address: str | None = None


@message(TEV)
class GetEventBrokersResponse:
    """Answers with the event brokers."""

    event_brokers: tuple[EventBrokerConfig, ...] = element("EventBroker", default=())


@message(TEV)
class PullMessages:
    """Asks for the messages that wait, and waits for the first."""

    timeout: timedelta
    message_limit: int


@message(TEV)
class PullMessagesResponse:
    """Answers with messages and the new end of the subscription."""

    current_time: datetime
    termination_time: datetime
    notification_messages: tuple[NotificationMessage, ...] = element(
        "NotificationMessage", namespace=WSNT, default=()
    )


@message(TEV)
class Seek:
    """Moves the pull point to a time in the past."""

    utc_time: datetime
    reverse: bool | None = None


@message(TEV)
class SeekResponse:
    """Tells that the pull point was moved."""


@message(TEV)
class SetSynchronizationPoint:
    """Asks for the state of everything, as if it began now."""


@message(TEV)
class SetSynchronizationPointResponse:
    """Tells that the state will be sent."""


@message(WSNT)
class Unsubscribe:
    """Ends a subscription."""


@message(WSNT)
class UnsubscribeResponse:
    """Tells that the subscription ended."""


@message(WSNT)
class Renew:
    """Prolongs a subscription."""

    termination_time: str


@message(WSNT)
class RenewResponse:
    """Answers with the new end of the subscription."""

    termination_time: datetime
    current_time: datetime | None = None


@message(WSNT)
class Subscribe:
    """Asks to be notified at an address."""

    consumer_reference: EndpointReference
    filter: Filter | None = None
    initial_termination_time: str | None = None
    subscription_policy: SubscriptionTerms | None = None


@message(WSNT)
class SubscribeResponse:
    """Answers with the address of the subscription."""

    subscription_reference: EndpointReference
    current_time: datetime | None = None
    termination_time: datetime | None = None


@message(WSNT)
class GetCurrentMessage:
    """Asks for the current message."""

    topic: TopicExpression


@message(WSNT)
class GetCurrentMessageResponse:
    """Answers with the current message."""

    content: tuple[XmlElement, ...] = anything()


@message(WSNT)
class Notify:
    """Carries notifications to a subscriber."""

    notification_messages: tuple[NotificationMessage, ...] = element("NotificationMessage")


@message(TEV, name="PullMessagesFaultResponse")
class PullMessagesLimits:
    """The limits that a PullMessages request went beyond; a detail of its fault."""

    max_timeout: timedelta
    max_message_limit: int


class Events(Service):
    """Event properties, pull points and event brokers."""

    namespace = TEV
    title = "Event"

    get_service_capabilities = Operation(
        GetServiceCapabilities,
        GetServiceCapabilitiesResponse,
        access=Access.PRE_AUTH,
        source="Core, GetServiceCapabilities (26.06 §9.8)",
        iec="IEC 60839-11-31 10.9",
        action="http://www.onvif.org/ver10/events/wsdl/EventPortType/GetServiceCapabilitiesRequest",
    )

    create_pull_point_subscription = Operation(
        CreatePullPointSubscription,
        CreatePullPointSubscriptionResponse,
        access=Access.READ_MEDIA,
        faults=(
            SubscribeCreationFailedFault,
            InvalidFilterFault,
            TopicExpressionDialectUnknownFault,
            InvalidTopicExpressionFault,
            TopicNotSupportedFault,
            InvalidProducerPropertiesExpressionFault,
            InvalidMessageContentExpressionFault,
            UnrecognizedPolicyRequestFault,
            UnsupportedPolicyRequestFault,
            NotifyMessageNotSupportedFault,
            UnacceptableInitialTerminationTimeFault,
        ),
        source="Core, CreatePullPointSubscription (26.06 §9.1.1)",
        iec="IEC 60839-11-31 10.2.2",
        action="http://www.onvif.org/ver10/events/wsdl/EventPortType/CreatePullPointSubscriptionRequest",
    )

    get_event_properties = Operation(
        GetEventProperties,
        GetEventPropertiesResponse,
        access=Access.READ_MEDIA,
        source="Core, GetEventProperties (26.06 §9.7)",
        iec="IEC 60839-11-31 10.8",
        action="http://www.onvif.org/ver10/events/wsdl/EventPortType/GetEventPropertiesRequest",
    )

    add_event_broker = Operation(
        AddEventBroker,
        AddEventBrokerResponse,
        access=Access.WRITE_SYSTEM,
        faults=(TooManyEventBrokers, InvalidAddress, InvalidProtocol, InvalidFilter),
        source="Core, AddEventBroker (26.06 §9.12.2)",
        action="http://www.onvif.org/ver10/events/wsdl/EventPortType/AddEventBrokerRequest",
    )

    delete_event_broker = Operation(
        DeleteEventBroker,
        DeleteEventBrokerResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidAddress,),
        source="Core, DeleteEventBroker (26.06 §9.12.3)",
        action="http://www.onvif.org/ver10/events/wsdl/EventPortType/DeleteEventBrokerRequest",
    )

    get_event_brokers = Operation(
        GetEventBrokers,
        GetEventBrokersResponse,
        access=Access.READ_MEDIA,
        faults=(InvalidAddress,),
        source="Core, GetEventBrokers (26.06 §9.12.4)",
        action="http://www.onvif.org/ver10/events/wsdl/EventPortType/GetEventBrokersRequest",
    )


class SubscriptionLife(Service):
    """What every kind of subscription answers: it can be prolonged and ended."""

    renew = Operation(
        Renew,
        RenewResponse,
        access=Access.READ_MEDIA,
        faults=(UnacceptableTerminationTimeFault, ResourceUnknownFault),
        source="Core, Renew (26.06 §9.1.3)",
        iec="IEC 60839-11-31 10.2.4; 10.3.3",
        action="http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/RenewRequest",
    )

    unsubscribe = Operation(
        Unsubscribe,
        UnsubscribeResponse,
        access=Access.READ_MEDIA,
        faults=(ResourceUnknownFault,),
        source="Core, Unsubscribe (26.06 §9.1.4)",
        iec="IEC 60839-11-31 10.2.5; 10.3.3",
        action="http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/UnsubscribeRequest",
    )


class SubscriptionManager(SubscriptionLife, Service):
    """The manager of a basic notification subscription."""

    namespace = WSNTW
    title = "Event, subscription manager"


class PullPointSubscription(SubscriptionLife, Service):
    """A pull point: the subscriber fetches the messages."""

    namespace = TEV
    title = "Event, pull point subscription"

    pull_messages = Operation(
        PullMessages,
        PullMessagesResponse,
        access=Access.READ_MEDIA,
        faults=(PullMessagesFaultResponse, UnableToGetMessagesFault, ResourceUnknownFault),
        source="Core, PullMessages (26.06 §9.1.2)",
        iec="IEC 60839-11-31 10.2.3",
        action="http://www.onvif.org/ver10/events/wsdl/PullPointSubscription/PullMessagesRequest",
    )

    seek = Operation(
        Seek,
        SeekResponse,
        access=Access.READ_MEDIA,
        faults=(ResourceUnknownFault,),
        source="Core, Seek (26.06 §9.1.5)",
        iec="IEC 60839-11-31 10.2.6",
        action="http://www.onvif.org/ver10/events/wsdl/PullPointSubscription/SeekRequest",
    )

    set_synchronization_point = Operation(
        SetSynchronizationPoint,
        SetSynchronizationPointResponse,
        access=Access.READ_MEDIA,
        faults=(ResourceUnknownFault,),
        source="Core, SetSynchronizationPoint (26.06 §9.5)",
        iec="IEC 60839-11-31 10.6",
        action="http://www.onvif.org/ver10/events/wsdl/PullPointSubscription/SetSynchronizationPointRequest",
    )


class NotificationProducer(Service):
    """Subscribing to be notified."""

    namespace = WSNTW
    listed_as = TEV  # no service of its own: what the event service answers besides
    title = "Event, notification producer"

    subscribe = Operation(
        Subscribe,
        SubscribeResponse,
        access=Access.READ_MEDIA,
        faults=(
            SubscribeCreationFailedFault,
            InvalidFilterFault,
            TopicExpressionDialectUnknownFault,
            InvalidTopicExpressionFault,
            TopicNotSupportedFault,
            InvalidProducerPropertiesExpressionFault,
            InvalidMessageContentExpressionFault,
            UnrecognizedPolicyRequestFault,
            UnsupportedPolicyRequestFault,
            NotifyMessageNotSupportedFault,
            UnacceptableInitialTerminationTimeFault,
        ),
        source="Core, Subscribe (26.06 §9.3.2)",
        iec="IEC 60839-11-31 10.3.3",
        action="http://docs.oasis-open.org/wsn/bw-2/NotificationProducer/SubscribeRequest",
    )

    get_current_message = Operation(
        GetCurrentMessage,
        GetCurrentMessageResponse,
        access=Access.READ_MEDIA,
        faults=(NoCurrentMessageOnTopicFault,),
        source="Core, GetCurrentMessage (26.06 §9.3.2)",
        iec="IEC 60839-11-31 10.3.3",
        action="http://docs.oasis-open.org/wsn/bw-2/NotificationProducer/GetCurrentMessageRequest",
    )


class NotificationConsumer(Service):
    """The side that is notified."""

    namespace = WSNTW
    title = "Event, notification consumer"

    notify = Operation(
        Notify,
        NoneType,
        access=Access.PRE_AUTH,
        source="Core, Notify (26.06 §9.3.2)",
        iec="IEC 60839-11-31 10.3.3",
        action="http://docs.oasis-open.org/wsn/bw-2/NotificationConsumer/Notify",
    )
