"""The parts of WS-BaseNotification that the standard binds but does not build on."""

from types import NoneType

from vedette.contract.events import Notify, Renew, RenewResponse, Unsubscribe, UnsubscribeResponse
from vedette.contract.faults import ResourceUnknownFault, UnacceptableTerminationTimeFault
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.notification import EndpointReference, NotificationMessage
from vedette.wire.message import element, message
from vedette.wire.namespaces import TEV, WSNT, WSNTW


@message(WSNT)
class GetMessages:
    """Asks for the messages."""

    maximum_number: int | None = None


@message(WSNT)
class GetMessagesResponse:
    """Answers with the messages."""

    notification_messages: tuple[NotificationMessage, ...] = element("NotificationMessage", default=())


@message(WSNT)
class DestroyPullPoint:
    """Ends a pull point."""


@message(WSNT)
class DestroyPullPointResponse:
    """Tells that the pull point ended."""


@message(WSNT)
class CreatePullPoint:
    """Makes a new pull point."""


@message(WSNT)
class CreatePullPointResponse:
    """Answers with the address of the pull point."""

    pull_point: EndpointReference


@message(WSNT)
class PauseSubscription:
    """Pauses a subscription."""


@message(WSNT)
class PauseSubscriptionResponse:
    """Tells that the subscription is paused."""


@message(WSNT)
class ResumeSubscription:
    """Lets a paused subscription go on."""


@message(WSNT)
class ResumeSubscriptionResponse:
    """Tells that the subscription goes on."""


class PausableSubscriptionManager(Service):
    """The manager of a subscription that can be paused."""

    namespace = WSNTW
    title = "Event, pausable subscription manager"

    renew = Operation(
        Renew,
        RenewResponse,
        access=Access.READ_MEDIA,
        faults=(UnacceptableTerminationTimeFault, ResourceUnknownFault),
        source="Core, Renew (26.06 §9.1.3)",
        iec="IEC 60839-11-31 10.2.4; 10.3.3",
        action="http://docs.oasis-open.org/wsn/bw-2/PausableSubscriptionManager/RenewRequest",
    )

    unsubscribe = Operation(
        Unsubscribe,
        UnsubscribeResponse,
        access=Access.READ_MEDIA,
        faults=(ResourceUnknownFault,),
        source="Core, Unsubscribe (26.06 §9.1.4)",
        iec="IEC 60839-11-31 10.2.5; 10.3.3",
        action="http://docs.oasis-open.org/wsn/bw-2/PausableSubscriptionManager/UnsubscribeRequest",
    )

    pause_subscription = Operation(
        PauseSubscription,
        PauseSubscriptionResponse,
        access=Access.READ_MEDIA,
        source="Core, PauseSubscription (26.06 §9.3.2)",
        iec="IEC 60839-11-31 10.3.3",
        action="http://docs.oasis-open.org/wsn/bw-2/PausableSubscriptionManager/PauseSubscriptionRequest",
    )

    resume_subscription = Operation(
        ResumeSubscription,
        ResumeSubscriptionResponse,
        access=Access.READ_MEDIA,
        source="Core, ResumeSubscription (26.06 §9.3.2)",
        iec="IEC 60839-11-31 10.3.3",
        action="http://docs.oasis-open.org/wsn/bw-2/PausableSubscriptionManager/ResumeSubscriptionRequest",
    )


class PullPoint(Service):
    """The pull point of WS-BaseNotification, which the standard binds but does not use."""

    namespace = WSNTW
    title = "Event, pull point"

    get_messages = Operation(
        GetMessages,
        GetMessagesResponse,
        access=Access.READ_MEDIA,
        source="WS-BaseNotification 1.3, GetMessages",
        action="http://docs.oasis-open.org/wsn/bw-2/PullPoint/GetMessagesRequest",
    )

    destroy_pull_point = Operation(
        DestroyPullPoint,
        DestroyPullPointResponse,
        access=Access.READ_MEDIA,
        source="WS-BaseNotification 1.3, DestroyPullPoint",
        action="http://docs.oasis-open.org/wsn/bw-2/PullPoint/DestroyPullPointRequest",
    )

    notify = Operation(
        Notify,
        NoneType,
        access=Access.PRE_AUTH,
        source="WS-BaseNotification 1.3, Notify",
        action="http://docs.oasis-open.org/wsn/bw-2/PullPoint/Notify",
    )


class PullPointFactory(Service):
    """Making pull points of WS-BaseNotification."""

    namespace = WSNTW
    listed_as = TEV
    title = "Event, pull point factory"

    create_pull_point = Operation(
        CreatePullPoint,
        CreatePullPointResponse,
        access=Access.READ_MEDIA,
        source="WS-BaseNotification 1.3, CreatePullPoint",
        action="http://docs.oasis-open.org/wsn/bw-2/CreatePullPoint/CreatePullPointRequest",
    )
