"""Topics: complete declarations, and the topic set in the form the standard prints."""

import re

import pytest

from vedette.contract.topics import TOPICS, Topic, topic_set
from vedette.contract.topics.media import VIDEO_SOURCE_MOTION_ALARM
from vedette.wire.filters import CONCRETE_SET, TopicFilter, parse_topic
from vedette.wire.message import PrefixedText, XmlName
from vedette.wire.namespaces import TNS1, TT, WSTOP, XS

TOPIC = f"{{{WSTOP}}}topic"
DESCRIPTION = f"{{{TT}}}MessageDescription"


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.path)
def test_a_topic_is_declared_wholly(topic: Topic) -> None:
    assert re.fullmatch(r"tns1:[A-Za-z]+(/[A-Za-z]+)*", topic.path)
    assert re.search(r"\(\d\d\.\d\d (§|Annex )\S+\)$", topic.clause), topic.clause
    items = (*topic.source, *topic.key, *topic.data)
    assert len({each.name for each in items}) == len(items)
    assert all(each.type_name.local for each in items)
    assert topic.is_property or not topic.key
    assert parse_topic(topic.expression) == topic.name


def test_there_are_133_topics() -> None:
    assert len(TOPICS) == 133


def test_motion_is_a_property_of_a_video_source() -> None:
    topic = TOPICS["tns1:VideoSource/MotionAlarm"]
    assert topic is VIDEO_SOURCE_MOTION_ALARM
    assert topic.is_property
    assert topic.name == (XmlName(TNS1, "VideoSource"), XmlName("", "MotionAlarm"))
    assert [(each.name, each.type_name) for each in topic.data] == [("State", XmlName(XS, "boolean"))]


def test_only_roots_of_the_topic_set_have_a_namespace() -> None:
    roots = topic_set(TOPICS.values())
    assert {root.tag for root in roots} == {topic.name[0].clark for topic in TOPICS.values()}
    for root in roots:
        for element in root.iterdescendants():
            if element.getparent() is None or str(element.getparent().tag).startswith(f"{{{TT}}}"):
                continue
            assert not str(element.tag).startswith("{") or element.tag == DESCRIPTION


def test_exactly_the_topics_that_are_sent_are_marked_and_described() -> None:
    roots = topic_set(TOPICS.values())
    marked = set()
    for root in roots:
        for element in root.iter():
            if element.get(TOPIC) == "true":
                path = [element.tag, *(each.tag for each in element.iterancestors())]
                marked.add("/".join(str(each).rpartition("}")[2] for each in reversed(path)))
                assert element.find(DESCRIPTION) is not None
            else:
                assert element.find(DESCRIPTION) is None
    assert {f"tns1:{each}" for each in marked} == set(TOPICS)


def test_a_description_names_items_and_types() -> None:
    (root,) = topic_set([VIDEO_SOURCE_MOTION_ALARM])
    description = root.find(f"MotionAlarm/{DESCRIPTION}")
    assert description is not None
    assert description.get("IsProperty") == "true"
    item = description.find(f"{{{TT}}}Data/{{{TT}}}SimpleItemDescription")
    assert item is not None
    assert (item.get("Name"), item.get("Type"), item.nsmap["xs"]) == ("State", "xs:boolean", XS)


def test_a_subtree_expression_selects_the_topics_below() -> None:
    chosen = TopicFilter(PrefixedText("tns1:RuleEngine//."), CONCRETE_SET)
    selected = {path for path, topic in TOPICS.items() if chosen.matches(topic.name)}
    assert selected == {path for path in TOPICS if path.startswith("tns1:RuleEngine/")}
