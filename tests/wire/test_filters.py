"""Topic expressions and content filters."""

import pytest

from vedette.base.errors import LimitExceeded
from vedette.wire.filters import (
    CONCRETE,
    CONCRETE_SET,
    ITEM_FILTER,
    SIMPLE,
    ContentFilter,
    InvalidTopicExpression,
    TopicFilter,
    UnknownDialect,
    parse_topic,
)
from vedette.wire.message import PrefixedText, XmlName
from vedette.wire.namespaces import TNS1, TT
from vedette.wire.parser import parse


@pytest.mark.parametrize(
    ("expression", "dialect", "topic", "expected"),
    [
        ("tns1:A/B", CONCRETE, "tns1:A/B", True),
        ("tns1:A/B", CONCRETE, "tns1:A/B/C", False),
        ("tns1:A/B", CONCRETE, "tns1:A", False),
        ("tns1:A/B//.", CONCRETE_SET, "tns1:A/B", True),
        ("tns1:A/B//.", CONCRETE_SET, "tns1:A/B/C/D", True),
        ("tns1:A/B//.", CONCRETE_SET, "tns1:A/BC", False),
        (" tns1:A//. | tns1:C/D ", CONCRETE_SET, "tns1:C/D", True),
        ("tns1:A//.|tns1:C/D", CONCRETE_SET, "tns1:C", False),
        ("mine:A", CONCRETE_SET, "tns1:A", True),
        ("other:A", CONCRETE_SET, "tns1:A", False),
        ("tns1:A/other:B", CONCRETE_SET, "tns1:A/B", True),
        ("A//.", CONCRETE_SET, "tns1:A/B", True),
        ("tns1:A", SIMPLE, "tns1:A", True),
    ],
)
def test_a_topic_expression_selects(expression: str, dialect: str, topic: str, *, expected: bool) -> None:
    namespaces = (("mine", TNS1), ("other", "urn:other"))
    chosen = TopicFilter(PrefixedText(expression, namespaces), dialect)
    assert chosen.matches(parse_topic(PrefixedText(topic, (("tns1", TNS1),)))) is expected


@pytest.mark.parametrize(
    ("expression", "dialect", "error"),
    [
        ("tns1:A", "urn:unknown", UnknownDialect),
        ("tns1:A", "", UnknownDialect),
        ("", CONCRETE_SET, InvalidTopicExpression),
        ("tns1:A|", CONCRETE_SET, InvalidTopicExpression),
        ("tns1:A|tns1:B", CONCRETE, InvalidTopicExpression),
        ("tns1:A//.", CONCRETE, InvalidTopicExpression),
        ("tns1:A//B", CONCRETE_SET, InvalidTopicExpression),
        ("tns1:*", CONCRETE_SET, InvalidTopicExpression),
        ("nobody:A", CONCRETE_SET, InvalidTopicExpression),
        ("tns1:A/B", SIMPLE, InvalidTopicExpression),
        ("tns1:A|" * 1000, CONCRETE_SET, LimitExceeded),
        ("tns1:" + "A/" * 40, CONCRETE_SET, LimitExceeded),
    ],
)
def test_a_topic_expression_that_does_not_follow_its_dialect_is_refused(
    expression: str, dialect: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        TopicFilter(PrefixedText(expression), dialect)


def test_a_topic_is_read_with_the_senders_prefixes() -> None:
    text = PrefixedText(" t:VideoSource/v:Special ", (("t", TNS1), ("v", "urn:v")))
    assert parse_topic(text) == (XmlName(TNS1, "VideoSource"), XmlName("urn:v", "Special"))


MESSAGE = parse(
    f'<m:Message xmlns:m="{TT}"><m:Source><m:SimpleItem Name="VideoSourceConfigurationToken" Value="1"/>'
    '<m:SimpleItem Name="Rule" Value="myImportantField"/></m:Source>'
    '<m:Data><m:SimpleItem Name="IsInside" Value="true"/><m:ElementItem Name="Object"/></m:Data>'
    "</m:Message>".encode()
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('boolean(//tt:SimpleItem[@Name="VideoSourceConfigurationToken" and @Value="1"])', True),
        ('boolean(//tt:SimpleItem[@Name="VideoSourceConfigurationToken" and @Value="2"])', False),
        ('not( boolean(//tt:SimpleItem[@Name="VideoAnalyticsConfigurationToken"] ) )', True),
        ("boolean(//tt:SimpleItem[@Name=”IsInside” and @Value=”true”] ) and boolean(//SimpleItem)", True),
        ('boolean(//tt:ElementItem[@Name="Object"]) and not(boolean(//tt:ElementItem[@Value]))', True),
        ('boolean(//tt:SimpleItem[@Name="Rule" and (@Value="a" or @Value="myImportantField")])', True),
    ],
)
def test_a_content_filter_lets_through(expression: str, *, expected: bool) -> None:
    chosen = ContentFilter(PrefixedText(expression, (("tt", TT),)), ITEM_FILTER)
    assert chosen.is_accepting(MESSAGE) is expected


def test_a_content_filter_in_a_foreign_dialect_is_refused() -> None:
    with pytest.raises(UnknownDialect):
        ContentFilter(PrefixedText("true()"), "http://www.w3.org/TR/1999/REC-xpath-19991116")
