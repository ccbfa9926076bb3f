"""What a subscriber or a searcher wants to hear of, from the filter it sent."""

import re

from vedette.base.errors import LimitExceeded, PeerError
from vedette.contract.faults import (
    InvalidFilterFault,
    InvalidMessageContentExpressionFault,
    InvalidProducerPropertiesExpressionFault,
    InvalidTopicExpressionFault,
    TopicExpressionDialectUnknownFault,
)
from vedette.contract.schema.notification import Filter, TopicExpression
from vedette.contract.topics import TOPICS
from vedette.device.notifications import Event, message_of
from vedette.wire.codec import decode, to_element
from vedette.wire.filters import (
    ITEM_FILTER,
    ContentFilter,
    InvalidTopicExpression,
    TopicFilter,
    TopicName,
    UnknownDialect,
)
from vedette.wire.message import XmlElement, XmlName
from vedette.wire.namespaces import TT, WSNT
from vedette.wire.soap import name_of
from vedette.wire.xpath import UnsupportedExpression

MOST_EXPRESSIONS = 32
MOST_CHARS = 16_384  # of all expressions together: they are read on the event loop
MOST_VISITS = 2_000  # elements of one event that all expressions look at: it is done on the event loop
_MESSAGE_ELEMENTS = frozenset(("Message", "Source", "Key", "Data", "SimpleItem", "ElementItem", "Extension"))
_MESSAGE_ATTRIBUTES = frozenset(("UtcTime", "PropertyOperation", "Name", "Value"))
_OPEN = frozenset(
    (XmlName("", "*"), XmlName("", "ElementItem"), XmlName(TT, "ElementItem"), XmlName(TT, "*"))
)
_ROOTS = frozenset(topic.name[0].local for topic in TOPICS.values())
_ITEM_NAME = re.compile(r"@Name\s*=\s*[\"'“”‘]([^\"'“”’]*)[\"'“”’]")
_NEGATION = re.compile(r"\bnot\s*\(|!=")


class UnknownFilterFault(InvalidFilterFault):
    """A filter that is not known here; `name` is that of its element."""

    def __init__(self, reason: str, name: XmlName) -> None:
        super().__init__(reason)
        self.name = name


class EventFilter:
    """Which events are let through: all its topic and content expressions must hold.

    `names` are the items that messages can carry: a content expression that needs others can never hold
    and is refused, unless it denies something: what is missing makes `not(boolean(…))` hold. Content is
    asked for in one of `dialects`, and can only be what a tt:Message holds. Raises the faults of Subscribe.

    Source: Core, Create pull point subscription, Event Notifications (26.06 §9.1.1, §9.4).
    """

    def __init__(
        self,
        wanted: Filter | None,
        names: frozenset[str],
        *,
        dialects: frozenset[str] = frozenset((ITEM_FILTER,)),
    ) -> None:
        self._dialects = dialects
        self._topics: list[TopicFilter] = []
        self._contents: list[ContentFilter] = []
        expressions = () if wanted is None else wanted.content
        if len(expressions) > MOST_EXPRESSIONS:
            raise UnknownFilterFault(
                f"{len(expressions)} expressions, at most {MOST_EXPRESSIONS} are taken",
                name_of(expressions[MOST_EXPRESSIONS]),
            )
        chars = sum(len(each.text or "") for each in expressions)
        if chars > MOST_CHARS:
            raise UnknownFilterFault(
                f"expressions of {chars} characters together, at most {MOST_CHARS} are taken",
                name_of(expressions[0]),
            )
        for each in expressions:
            self._add(each, names)

    def require_root_topics(self) -> None:
        """Raises InvalidTopicExpressionFault for an expression none of whose paths begins with a root topic.

        A prefix says which topic namespace is meant, and what others define is not known here; without
        one the root has to be among the standard's own.

        Source: Core, Topic Filter (26.06 §9.6.3).
        """
        for each in self._topics:
            if not any(root.namespace or root.local in _ROOTS for root in each.roots):
                raise InvalidTopicExpressionFault(f"{each.text[:120]!r}: there is no such root topic")

    def wants(self, topic: TopicName) -> bool:
        """Whether events on a topic may pass."""
        return all(each.matches(topic) for each in self._topics)

    @property
    def looks_inside(self) -> bool:
        """Whether passing depends on an event's content."""
        return bool(self._contents)

    def passes(self, event: Event) -> bool:
        """Whether an event passes; one whose content takes too long to look at does not."""
        if not self.wants(event.topic.name):
            return False
        if not self._contents:
            return True
        message = to_element(message_of(event))
        try:
            most_visits = MOST_VISITS // len(self._contents)
            return all(each.is_accepting(message, most_visits=most_visits) for each in self._contents)
        except LimitExceeded:
            return False

    def _add(self, element: XmlElement, names: frozenset[str]) -> None:
        match name_of(element):
            case XmlName(namespace=namespace, local="TopicExpression") if namespace == WSNT:
                self._topics.append(_topic_filter(element))
            case XmlName(namespace=namespace, local="MessageContent") if namespace == WSNT:
                self._contents.append(_content_filter(element, names, self._dialects))
            case XmlName(namespace=namespace, local="ProducerProperties") if namespace == WSNT:
                raise InvalidProducerPropertiesExpressionFault("producer properties cannot be asked for")
            case other:
                raise UnknownFilterFault(f"{other.local[:80]!r} is no filter that is known here", other)


def _topic_filter(element: XmlElement) -> TopicFilter:
    expression = decode(TopicExpression, element)
    try:
        return TopicFilter(expression.value, expression.dialect)
    except UnknownDialect as error:
        raise TopicExpressionDialectUnknownFault(str(error)) from error
    except (InvalidTopicExpression, LimitExceeded) as error:
        raise InvalidTopicExpressionFault(str(error)) from error


def _require_parts_of_a_message(wanted: ContentFilter, text: str) -> None:
    """Refuse what asks for no part of a message, or for one that none has, such as a bare word.

    Below an ElementItem there may be anything. Source: Core, Message Content Filter (26.06 §9.4.4).
    """
    if not wanted.elements and not wanted.attributes:
        raise InvalidMessageContentExpressionFault(f"expression {text[:120]!r} asks for no part of a message")
    if wanted.elements & _OPEN:
        return
    for name in sorted(wanted.elements):
        if name.local not in _MESSAGE_ELEMENTS or name.namespace not in ("", TT):
            raise InvalidMessageContentExpressionFault(f"a message has no element {name.clark[:120]!r}")
    for name in sorted(wanted.attributes):
        if name.local not in _MESSAGE_ATTRIBUTES or name.namespace:
            raise InvalidMessageContentExpressionFault(f"a message has no attribute {name.clark[:120]!r}")


def _content_filter(element: XmlElement, names: frozenset[str], dialects: frozenset[str]) -> ContentFilter:
    expression = decode(TopicExpression, element)
    try:
        found = ContentFilter(expression.value, expression.dialect, dialects)
    except UnknownDialect as error:
        raise UnknownFilterFault(str(error), name_of(element)) from error
    except (UnsupportedExpression, PeerError) as error:
        raise InvalidMessageContentExpressionFault(str(error)) from error
    _require_parts_of_a_message(found, expression.value.text)
    asked = set(_ITEM_NAME.findall(expression.value.text))
    if asked and names.isdisjoint(asked) and not _NEGATION.search(expression.value.text):
        raise InvalidMessageContentExpressionFault(
            f"no event carries an item {', '.join(sorted(asked))[:200]}"
        )
    return found
