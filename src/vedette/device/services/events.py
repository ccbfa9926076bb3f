"""Answers of the event service, and of the pull points it makes."""

from datetime import timedelta

from vedette.base.clock import Clock
from vedette.base.timestamps import datetime_from_utc_us, utc_us_from_datetime
from vedette.contract.base_faults import (
    BaseFault,
    Description,
    TerminationTimeBounds,
    UnknownFilters,
    fault_detail,
)
from vedette.contract.events import (
    Capabilities,
    CreatePullPointSubscription,
    CreatePullPointSubscriptionResponse,
    Events,
    GetCurrentMessage,
    GetCurrentMessageResponse,
    GetEventProperties,
    GetEventPropertiesResponse,
    GetServiceCapabilities,
    GetServiceCapabilitiesResponse,
    NotificationProducer,
    PullMessages,
    PullMessagesLimits,
    PullMessagesResponse,
    PullPointPolicy,
    PullPointSubscription,
    Renew,
    RenewResponse,
    Seek,
    SeekResponse,
    SetSynchronizationPoint,
    SetSynchronizationPointResponse,
    Subscribe,
    SubscribeResponse,
    Unsubscribe,
    UnsubscribeResponse,
)
from vedette.contract.faults import (
    ActionNotSupported,
    Fault,
    InvalidFilterFault,
    InvalidMessageContentExpressionFault,
    InvalidProducerPropertiesExpressionFault,
    InvalidTopicExpressionFault,
    NoCurrentMessageOnTopicFault,
    PullMessagesFaultResponse,
    ResourceUnknownFault,
    SubscribeCreationFailedFault,
    TopicExpressionDialectUnknownFault,
    UnableToGetMessagesFault,
    UnacceptableInitialTerminationTimeFault,
    UnacceptableTerminationTimeFault,
    UnrecognizedPolicyRequestFault,
)
from vedette.contract.operation import answers
from vedette.contract.schema.notification import EndpointReference, Filter, SubscriptionTerms, TopicSet
from vedette.contract.topics import topic_set
from vedette.device.addresses import SUBSCRIPTION_PATH, StreamAddresses
from vedette.device.context import RequestContext
from vedette.device.event_filters import EventFilter, UnknownFilterFault
from vedette.device.events import declared_names
from vedette.device.notifications import message_of, notification_of
from vedette.device.pull_points import MOST_PULL_POINTS, PullPoint, PullPoints
from vedette.device.pushes import PUSHES_MOST, Pushes, consumer_of
from vedette.wire.codec import to_element
from vedette.wire.filters import CONCRETE, CONCRETE_SET, ITEM_FILTER
from vedette.wire.message import XmlName
from vedette.wire.namespaces import TEV, WSNT
from vedette.wire.scalars import read_datetime, read_duration

LIFE_S = 60.0  # of a pull point that was made without an end
LEAST_LIFE_S = 1.0
MOST_LIFE_S = 86_400.0
MOST_TIMEOUT_S = 600.0
MOST_MESSAGES = 1000

TOPIC_NAMESPACE = "http://www.onvif.org/onvif/ver10/topics/topicns.xml"
MESSAGE_SCHEMA = "http://www.onvif.org/onvif/ver10/schema/onvif.xsd"
_CHANGED_ONLY = f"{{{TEV}}}ChangedOnly"
_FILTER_FAULTS = (
    InvalidMessageContentExpressionFault,
    InvalidProducerPropertiesExpressionFault,
    InvalidTopicExpressionFault,
    TopicExpressionDialectUnknownFault,
)


class EventHandlers:
    """The event service; each pull point is reached under an address of its own."""

    def __init__(
        self,
        pull_points: PullPoints,
        addresses: StreamAddresses,
        clock: Clock,
        pushes: Pushes | None = None,
    ) -> None:
        self._pull_points = pull_points
        self._pushes = pushes
        self._broker = pull_points.broker
        self._addresses = addresses
        self._clock = clock

    @answers(Events.get_service_capabilities)
    async def get_service_capabilities(
        self, request: GetServiceCapabilities
    ) -> GetServiceCapabilitiesResponse:
        """What this event service can do."""
        return GetServiceCapabilitiesResponse(
            capabilities=Capabilities(
                ws_subscription_policy_support=False,
                ws_pausable_subscription_manager_interface_support=False,
                max_notification_producers=0 if self._pushes is None else PUSHES_MOST,
                max_pull_points=MOST_PULL_POINTS,
                persistent_notification_storage=self._broker.log is not None,
                max_event_brokers=0,
                metadata_over_mqtt=False,
            )
        )

    @answers(Events.get_event_properties)
    async def get_event_properties(self, request: GetEventProperties) -> GetEventPropertiesResponse:
        """Which topics are published, and how they can be filtered."""
        return GetEventPropertiesResponse(
            topic_namespace_locations=(TOPIC_NAMESPACE,),
            fixed_topic_set=True,
            topic_set=TopicSet(content=topic_set(self._broker.topics)),
            topic_expression_dialects=(CONCRETE, CONCRETE_SET),
            message_content_filter_dialects=(ITEM_FILTER,),
            message_content_schema_locations=(MESSAGE_SCHEMA,),
        )

    @answers(Events.create_pull_point_subscription)
    async def create_pull_point_subscription(
        self, request: CreatePullPointSubscription, context: RequestContext
    ) -> CreatePullPointSubscriptionResponse:
        """Make a pull point."""
        wanted = self._filter(request.filter)
        life_s = self._life_s(request.initial_termination_time, UnacceptableInitialTerminationTimeFault)
        changed_only = self._changed_only(request.subscription_policy)
        now_us = self._clock.utc_us()  # told as CurrentTime: the end must not lie nearer to it than was asked
        made = self._pull_points.create(wanted, life_s=life_s, changed_only=changed_only)
        address = self._addresses.http(context, SUBSCRIPTION_PATH + made.token)
        return CreatePullPointSubscriptionResponse(
            subscription_reference=EndpointReference(address=address),
            current_time=datetime_from_utc_us(now_us),
            termination_time=datetime_from_utc_us(made.ends_utc_us),
        )

    @answers(NotificationProducer.subscribe)
    async def subscribe(self, request: Subscribe, context: RequestContext) -> SubscribeResponse:
        """Send events to an address from now on."""
        if self._pushes is None:
            raise ActionNotSupported("events are not sent from here, only fetched")
        wanted = self._filter(request.filter)
        life_s = self._life_s(request.initial_termination_time, UnacceptableInitialTerminationTimeFault)
        changed_only = self._changed_only(request.subscription_policy)

        def reference(token: str) -> str:
            return self._addresses.http(context, SUBSCRIPTION_PATH + token)

        try:
            with self._pushes.asked_by(context.identity) as asker:
                consumer = await consumer_of(request.consumer_reference, context.peer)
                now_us = self._clock.utc_us()
                made = self._pushes.create(
                    consumer,
                    wanted,
                    life_s=life_s,
                    changed_only=changed_only,
                    reference=reference,
                    asker=asker,
                )
        except SubscribeCreationFailedFault as fault:
            raise self._refusal(SubscribeCreationFailedFault, str(fault)) from fault
        return SubscribeResponse(
            subscription_reference=EndpointReference(address=reference(made.token)),
            current_time=datetime_from_utc_us(now_us),
            termination_time=datetime_from_utc_us(made.ends_utc_us),
        )

    @answers(NotificationProducer.get_current_message)
    async def get_current_message(self, request: GetCurrentMessage) -> GetCurrentMessageResponse:
        """The latest state of a property that a topic expression selects."""
        content = (to_element(request.topic, XmlName(WSNT, "TopicExpression")),)
        wanted = self._filter(Filter(content=content))
        states = [each for each in self._broker.states() if wanted.passes(each)]
        if not states:
            topic = request.topic.value.text[:80]
            raise self._refusal(NoCurrentMessageOnTopicFault, f"no state is known of {topic!r}")
        latest = max(states, key=lambda each: each.utc_us)
        return GetCurrentMessageResponse(content=(to_element(message_of(latest)),))

    @answers(PullPointSubscription.pull_messages)
    async def pull_messages(self, request: PullMessages, context: RequestContext) -> PullMessagesResponse:
        """Give what waits, or wait for it."""
        found = self._require_pulled(context)
        timeout_s = max(0.0, request.timeout.total_seconds())
        if timeout_s > MOST_TIMEOUT_S:
            limits = PullMessagesLimits(
                max_timeout=timedelta(seconds=MOST_TIMEOUT_S), max_message_limit=MOST_MESSAGES
            )
            raise PullMessagesFaultResponse(
                f"a Timeout of {timeout_s:.0f} s, at most {MOST_TIMEOUT_S:.0f} s are allowed",
                detail=(to_element(limits),),
            )
        most = min(max(1, request.message_limit), MOST_MESSAGES)
        try:
            events = await context.while_wanted(found.pull(timeout_s, most), [])
        except (UnableToGetMessagesFault, ResourceUnknownFault) as fault:
            raise self._refusal(type(fault), str(fault)) from fault
        return PullMessagesResponse(
            current_time=datetime_from_utc_us(self._clock.utc_us()),
            termination_time=datetime_from_utc_us(found.ends_utc_us),
            notification_messages=tuple(notification_of(each) for each in events),
        )

    @answers(PullPointSubscription.set_synchronization_point)
    async def set_synchronization_point(
        self, request: SetSynchronizationPoint, context: RequestContext
    ) -> SetSynchronizationPointResponse:
        """Repeat the state of every property."""
        self._require(context).synchronize()
        return SetSynchronizationPointResponse()

    @answers(PullPointSubscription.seek)
    async def seek(self, request: Seek, context: RequestContext) -> SeekResponse:
        """Go on from an instant in the past; without a log there is none."""
        if self._broker.log is None:
            raise ActionNotSupported("events are not kept here")
        utc_us = utc_us_from_datetime(request.utc_time)
        await self._require_pulled(context).seek(utc_us, is_reverse=request.reverse is True)
        return SeekResponse()

    @answers(PullPointSubscription.renew)
    async def renew(self, request: Renew, context: RequestContext) -> RenewResponse:
        """Set a new end of a pull point."""
        found = self._require(context)
        life_s = self._life_s(request.termination_time, UnacceptableTerminationTimeFault)
        now_us = self._clock.utc_us()
        found.renew(life_s)
        return RenewResponse(
            termination_time=datetime_from_utc_us(found.ends_utc_us),
            current_time=datetime_from_utc_us(now_us),
        )

    @answers(PullPointSubscription.unsubscribe)
    async def unsubscribe(self, request: Unsubscribe, context: RequestContext) -> UnsubscribeResponse:
        """End a pull point."""
        self._pull_points.end(self._require(context).token)
        return UnsubscribeResponse()

    def _require(self, context: RequestContext) -> PullPoint:
        try:
            return self._pull_points.require(_token(context))
        except ResourceUnknownFault as fault:
            raise self._refusal(ResourceUnknownFault, str(fault)) from fault

    def _require_pulled(self, context: RequestContext) -> PullPoint:
        """The pull point of a request; what is sent to a consumer cannot be fetched as well."""
        found = self._require(context)
        if not found.lives_by_pulling:
            raise ActionNotSupported("the notifications of this subscription are sent, not fetched")
        return found

    def _filter(self, wanted: Filter | None) -> EventFilter:
        """The filter of a subscription; a refusal tells when and why, as WS-BaseNotification demands."""
        try:
            made = EventFilter(wanted, declared_names(self._broker.topics))
            made.require_root_topics()
        except UnknownFilterFault as fault:
            detail = UnknownFilters(
                timestamp=datetime_from_utc_us(self._clock.utc_us()),
                descriptions=(Description(text=str(fault)),),
                unknown_filters=(fault.name,),
            )
            raise InvalidFilterFault(str(fault), detail=fault_detail(InvalidFilterFault, detail)) from fault
        except _FILTER_FAULTS as fault:
            raise self._refusal(type(fault), str(fault)) from fault
        return made

    def _changed_only(self, policy: PullPointPolicy | SubscriptionTerms | None) -> bool:
        """Whether Initialized and Deleted are to be left out; any other policy is refused."""
        content = () if policy is None else policy.content
        for each in content:
            if each.tag != _CHANGED_ONLY:
                raise self._refusal(UnrecognizedPolicyRequestFault, f"policy {str(each.tag)[:80]!r}")
        return bool(content)

    def _life_s(self, wanted: str | None, fault: type[Fault]) -> float:
        """Seconds from now to an end that is told as a duration or an instant."""
        if wanted is None:
            return LIFE_S
        if not wanted.strip():  # of Renew, also xsi:nil, by which WS-BaseNotification asks for no end at all
            raise self._out_of_bounds(fault, f"no end is told, it has to be within {MOST_LIFE_S:.0f} s")
        now_us = self._clock.utc_us()
        try:
            if wanted.strip().lstrip("-").startswith("P"):
                life_s = read_duration(wanted).total_seconds()
            else:
                life_s = (utc_us_from_datetime(read_datetime(wanted)) - now_us) / 1_000_000
        except ValueError as error:
            raise self._out_of_bounds(fault, f"{wanted[:80]!r}: {error}") from error
        if not LEAST_LIFE_S <= life_s <= MOST_LIFE_S:
            raise self._out_of_bounds(
                fault, f"{wanted[:80]!r} is not between {LEAST_LIFE_S:.0f} s and {MOST_LIFE_S:.0f} s from now"
            )
        return life_s

    def _out_of_bounds(self, fault: type[Fault], reason: str) -> Fault:
        now = datetime_from_utc_us(self._clock.utc_us())
        bounds = TerminationTimeBounds(
            timestamp=now,
            descriptions=(Description(text=reason),),
            minimum_time=now + timedelta(seconds=LEAST_LIFE_S),
            maximum_time=now + timedelta(seconds=MOST_LIFE_S),
        )
        return fault(reason, detail=fault_detail(fault, bounds))

    def _refusal(self, fault: type[Fault], reason: str) -> Fault:
        now = datetime_from_utc_us(self._clock.utc_us())
        detail = BaseFault(timestamp=now, descriptions=(Description(text=reason),))
        return fault(reason, detail=fault_detail(fault, detail))


def _token(context: RequestContext) -> str:
    """The token of the subscription that a request is for: from its path, else from its wsa:To."""
    for address in (context.path, context.addressing.to):
        _, found, token = address.partition(SUBSCRIPTION_PATH)
        if found:
            return token.partition("?")[0]
    return ""
