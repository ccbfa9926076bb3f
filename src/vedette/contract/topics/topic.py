"""What a topic declares, and the topic set a device offers."""

from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree

from vedette.contract.schema.items import (
    ElementItemDescription,
    ItemListDescription,
    MessageDescription,
    SimpleItemDescription,
)
from vedette.wire.codec import to_element
from vedette.wire.filters import TopicName
from vedette.wire.message import PrefixedText, XmlElement, XmlName
from vedette.wire.namespaces import PREFIXES, TNS1, TT, WSTOP, XS

_BY_PREFIX = {prefix: namespace for namespace, prefix in PREFIXES.items()}


class Item(NamedTuple):
    """One item of a topic's messages; `type` under the standard's prefixes (`tt:ReferenceToken`).

    A simple item carries its value as text, an element item as an element of that type.
    """

    name: str
    type: str
    is_element: bool = False
    is_optional: bool = False
    is_repeated: bool = False

    @property
    def type_name(self) -> XmlName:
        """The type with its namespace."""
        prefix, _, local = self.type.partition(":")
        return XmlName(_BY_PREFIX[prefix], local)


class Topic(NamedTuple):
    """One topic under the standard's prefix, and the items its messages carry.

    `is_property`: the messages describe a state, which a new subscriber gets as Initialized.
    `clause` cites the defining text by title, with release and number, `iec` the IEC clause.
    """

    path: str
    is_property: bool = False
    source: tuple[Item, ...] = ()
    key: tuple[Item, ...] = ()
    data: tuple[Item, ...] = ()
    clause: str = ""
    iec: str = ""

    @property
    def name(self) -> TopicName:
        """The levels from the root down, the root in the standard's topic namespace."""
        root, *rest = self.path.partition(":")[2].split("/")
        return (XmlName(TNS1, root), *(XmlName("", each) for each in rest))

    @property
    def expression(self) -> PrefixedText:
        """The topic as it stands in a notification."""
        return PrefixedText(self.path, (("tns1", TNS1),))

    def description(self) -> MessageDescription:
        """What GetEventProperties tells about the topic's messages."""
        return MessageDescription(
            is_property=True if self.is_property else None,
            source=_described(self.source),
            key=_described(self.key),
            data=_described(self.data),
        )


def _described(items: tuple[Item, ...]) -> ItemListDescription | None:
    if not items:
        return None
    return ItemListDescription(
        simple_item_descriptions=tuple(
            SimpleItemDescription(name=each.name, type=each.type_name)
            for each in items
            if not each.is_element
        ),
        element_item_descriptions=tuple(
            ElementItemDescription(name=each.name, type=each.type_name) for each in items if each.is_element
        ),
    )


def topic_set(topics: Iterable[Topic]) -> tuple[XmlElement, ...]:
    """The children of a wstop:TopicSet that offers these topics.

    Only root topics carry a namespace, the levels below them none, and every topic that is sent is
    marked. Source: Core, Topic Type Information (26.06 §9.6.2); WS-Topics 1.3 §7.2.
    """
    declared = {"tns1": TNS1, "wstop": WSTOP, "tt": TT, "xs": XS}
    roots: dict[str, XmlElement] = {}
    for topic in topics:
        root, *rest = topic.name
        node = roots.get(root.local)
        if node is None:
            node = roots[root.local] = etree.Element(root.clark, nsmap=declared)
        for level in rest:
            child = node.find(level.local)
            node = etree.SubElement(node, level.local) if child is None else child
        node.set(f"{{{WSTOP}}}topic", "true")
        node.insert(0, to_element(topic.description()))
    return tuple(roots.values())
