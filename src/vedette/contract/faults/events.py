"""Faults of event subscriptions and discovery."""

from vedette.contract.faults.fault import Fault, ReceiverFault, SenderFault
from vedette.wire.namespaces import TEV, WSNT, WSRF_RW, D


class SubscribeCreationFailedFault(ReceiverFault):
    """The subscription could not be made."""

    subcodes = ("SubscribeCreationFailedFault",)
    namespace = WSNT


class InvalidFilterFault(ReceiverFault):
    """A filter of the subscription is not understood or not supported."""

    subcodes = ("InvalidFilterFault",)
    namespace = WSNT


class TopicExpressionDialectUnknownFault(ReceiverFault):
    """The dialect of the topic expression is not known."""

    subcodes = ("TopicExpressionDialectUnknownFault",)
    namespace = WSNT


class InvalidTopicExpressionFault(ReceiverFault):
    """The topic expression is malformed."""

    subcodes = ("InvalidTopicExpressionFault",)
    namespace = WSNT


class TopicNotSupportedFault(ReceiverFault):
    """No such topic is offered."""

    subcodes = ("TopicNotSupportedFault",)
    namespace = WSNT


class InvalidProducerPropertiesExpressionFault(ReceiverFault):
    """The expression on the producer's properties is not acceptable."""

    subcodes = ("InvalidProducerPropertiesExpressionFault",)
    namespace = WSNT


class InvalidMessageContentExpressionFault(ReceiverFault):
    """The expression on the message's content is not acceptable."""

    subcodes = ("InvalidMessageContentExpressionFault",)
    namespace = WSNT


class UnrecognizedPolicyRequestFault(ReceiverFault):
    """A subscription policy is not known."""

    subcodes = ("UnrecognizedPolicyRequestFault",)
    namespace = WSNT


class UnsupportedPolicyRequestFault(ReceiverFault):
    """A subscription policy is known but not supported."""

    subcodes = ("UnsupportedPolicyRequestFault",)
    namespace = WSNT


class NotifyMessageNotSupportedFault(ReceiverFault):
    """Notifications cannot be sent the way the subscriber wants them."""

    subcodes = ("NotifyMessageNotSupportedFault",)
    namespace = WSNT


class UnacceptableInitialTerminationTimeFault(ReceiverFault):
    """The wanted end of a new subscription is not acceptable; the detail gives the bounds."""

    subcodes = ("UnacceptableInitialTerminationTimeFault",)
    namespace = WSNT


class PullMessagesFaultResponse(ReceiverFault):
    """The wanted waiting time of a pull is too long; the detail gives the longest."""

    subcodes = ("PullMessagesFaultResponse",)
    namespace = TEV


class UnableToGetMessagesFault(ReceiverFault):
    """Another pull already waits on this subscription."""

    subcodes = ("UnableToGetMessagesFault",)
    namespace = WSNT


class UnacceptableTerminationTimeFault(ReceiverFault):
    """The wanted end of a subscription is not acceptable; the detail gives the bounds."""

    subcodes = ("UnacceptableTerminationTimeFault",)
    namespace = WSNT


class ResourceUnknownFault(ReceiverFault):
    """The subscription does not exist, or no longer."""

    subcodes = ("ResourceUnknownFault",)
    namespace = WSRF_RW


class NoCurrentMessageOnTopicFault(ReceiverFault):
    """Nothing has been said on that topic yet."""

    subcodes = ("NoCurrentMessageOnTopicFault",)
    namespace = WSNT


class MatchingRuleNotSupported(SenderFault):
    """Scopes cannot be compared by that rule."""

    subcodes = ("MatchingRuleNotSupported",)
    namespace = D


class TooManyEventBrokers(ReceiverFault):
    """No more event brokers fit."""

    subcodes = ("Action", "TooManyEventBrokers")


class InvalidAddress(SenderFault):
    """The event broker's address is not acceptable, or not known."""

    subcodes = ("InvalidArgVal", "InvalidAddress")


class InvalidProtocol(SenderFault):
    """That protocol to an event broker is not supported."""

    subcodes = ("InvalidArgVal", "InvalidProtocol")


class InvalidFilter(SenderFault):
    """The topic filter is not understood."""

    subcodes = ("InvalidArgVal", "InvalidFilter")


EVENTS: tuple[type[Fault], ...] = (
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
    PullMessagesFaultResponse,
    UnableToGetMessagesFault,
    UnacceptableTerminationTimeFault,
    ResourceUnknownFault,
    NoCurrentMessageOnTopicFault,
    MatchingRuleNotSupported,
    TooManyEventBrokers,
    InvalidAddress,
    InvalidProtocol,
    InvalidFilter,
)
