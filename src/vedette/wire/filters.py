"""What a subscriber or searcher wants to hear about: topic expressions and content filters."""

import re
from collections.abc import Mapping

from vedette.base.errors import LimitExceeded, PeerError
from vedette.wire.message import PrefixedText, XmlElement, XmlName
from vedette.wire.namespaces import PREFIXES
from vedette.wire.xpath import MOST_VISITS, UnsupportedExpression, XPathFilter

SIMPLE = "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Simple"
CONCRETE = "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete"
CONCRETE_SET = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
ITEM_FILTER = "http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter"
SEARCH_FILTER = "http://www.onvif.org/ver10/tse/searchFilter"

MOST_CHARS = 4096
MOST_LEVELS = 32

_NAME = re.compile(r"(?:([^\W\d][\w.-]*):)?([^\W\d][\w.-]*)")
_BY_PREFIX = {prefix: namespace for namespace, prefix in PREFIXES.items()}

TopicName = tuple[XmlName, ...]
"""A topic from its root down; a level written without prefix has an empty namespace."""


class UnknownDialect(PeerError):
    """The peer's expression is in a dialect that is not spoken here."""


class InvalidTopicExpression(PeerError):
    """The peer's topic expression does not follow its dialect."""


def parse_topic(text: PrefixedText) -> TopicName:
    """The topic that a notification names; raises InvalidTopicExpression."""
    return _levels(text.text.strip(), dict(text.namespaces), text.text)


class TopicFilter:
    """Which topics a topic expression selects.

    A concrete expression is one path; a ConcreteSet is several between `|`, each of which may end in
    `//.` for a topic and all below it; a simple one is a root topic alone. A prefix that is not
    declared is taken for the standard's own; a root without prefix matches in any namespace.

    Raises UnknownDialect, InvalidTopicExpression or LimitExceeded. Source: Core, Topic Filter
    (26.06 §9.6.3).
    """

    def __init__(self, expression: PrefixedText, dialect: str) -> None:
        text = expression.text
        if len(text) > MOST_CHARS:
            raise LimitExceeded(
                f"a topic expression of {len(text)} characters, at most {MOST_CHARS} are allowed"
            )
        if dialect not in (SIMPLE, CONCRETE, CONCRETE_SET):
            raise UnknownDialect(f"topic expression dialect {dialect!r}"[:300])
        namespaces = dict(expression.namespaces)
        self.text = text
        self._paths: list[tuple[TopicName, bool]] = []
        for part in text.split("|") if dialect == CONCRETE_SET else [text]:
            path = part.strip()
            is_subtree = dialect == CONCRETE_SET and path.endswith("//.")
            levels = _levels(path.removesuffix("//.") if is_subtree else path, namespaces, text)
            if dialect == SIMPLE and len(levels) > 1:
                raise InvalidTopicExpression(f"{text[:120]!r}: a simple expression is a root topic alone")
            self._paths.append((levels, is_subtree))

    @property
    def roots(self) -> tuple[XmlName, ...]:
        """The root topic of each path; one without prefix has an empty namespace."""
        return tuple(levels[0] for levels, _ in self._paths)

    def matches(self, topic: TopicName) -> bool:
        """Whether a topic is selected."""
        return any(_covers(path, topic, is_subtree=is_subtree) for path, is_subtree in self._paths)


def _levels(path: str, namespaces: Mapping[str, str], whole: str) -> TopicName:
    parts = path.split("/")
    if len(parts) > MOST_LEVELS:
        raise LimitExceeded(f"a topic of {len(parts)} levels, at most {MOST_LEVELS} are allowed")
    return tuple(_level(part.strip(), namespaces, whole) for part in parts)


def _level(part: str, namespaces: Mapping[str, str], whole: str) -> XmlName:
    match = _NAME.fullmatch(part)
    if match is None:
        raise InvalidTopicExpression(f"{whole[:120]!r}: {part[:60]!r} is no topic name")
    prefix, local = match.groups()
    if prefix is None:
        return XmlName("", local)
    namespace = namespaces.get(prefix) or _BY_PREFIX.get(prefix)
    if namespace is None:
        raise InvalidTopicExpression(f"{whole[:120]!r}: undeclared prefix {prefix!r}"[:300])
    return XmlName(namespace, local)


def _covers(path: TopicName, topic: TopicName, *, is_subtree: bool) -> bool:
    if len(path) > len(topic) or (len(path) < len(topic) and not is_subtree):
        return False
    return all(
        wanted.local == given.local
        and (wanted.namespace == given.namespace or not wanted.namespace or not given.namespace)
        for wanted, given in zip(path, topic, strict=False)
    )


class ContentFilter:
    """Which messages a content filter lets through.

    `is_accepting(element)` asks for an element such as tt:Message. Raises UnknownDialect for a dialect
    that is not in `dialects`, UnsupportedExpression for what `wire.xpath` does not understand,
    LimitExceeded for expressions too long or too deep.
    """

    def __init__(
        self, expression: PrefixedText, dialect: str, dialects: frozenset[str] = frozenset((ITEM_FILTER,))
    ) -> None:
        if dialect not in dialects:
            raise UnknownDialect(f"message content dialect {dialect!r}"[:300])
        self._filter = XPathFilter(expression.text, dict(expression.namespaces))

    @property
    def elements(self) -> frozenset[XmlName]:
        """The names of the elements that are asked for; see XPathFilter."""
        return self._filter.elements

    @property
    def attributes(self) -> frozenset[XmlName]:
        """The names of the attributes that are asked for."""
        return self._filter.attributes

    def is_accepting(self, element: XmlElement, *, most_visits: int = MOST_VISITS) -> bool:
        """Whether the filter holds for a message; raises LimitExceeded if that takes too much work."""
        return self._filter.matches(element, most_visits=most_visits)


__all__ = [
    "CONCRETE",
    "CONCRETE_SET",
    "ITEM_FILTER",
    "SEARCH_FILTER",
    "SIMPLE",
    "ContentFilter",
    "InvalidTopicExpression",
    "TopicFilter",
    "TopicName",
    "UnknownDialect",
    "UnsupportedExpression",
    "XPathFilter",
    "parse_topic",
]
