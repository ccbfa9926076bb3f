"""How much an event filter may cost: it is asked of every event, on the event loop."""

import pytest
from lxml import etree

from vedette.contract.faults import InvalidFilterFault, InvalidMessageContentExpressionFault
from vedette.contract.schema.notification import Filter
from vedette.contract.topics.media import VIDEO_SOURCE_SIGNAL_LOSS
from vedette.device.event_filters import MOST_CHARS, MOST_EXPRESSIONS, MOST_VISITS, EventFilter
from vedette.device.notifications import Event
from vedette.wire import xpath
from vedette.wire.filters import ITEM_FILTER
from vedette.wire.message import XmlElement
from vedette.wire.namespaces import WSNT

LOSS = Event(
    topic=VIDEO_SOURCE_SIGNAL_LOSS, utc_us=0, source=(("Source", "hall"),), data=(("State", "true"),)
)
PLAIN = 'boolean(//tt:SimpleItem[@Name="State" and @Value="true"])'
NESTED = "//*[not(//*[not(//*[not(//nothing)])])] = 'x'"


def content(text: str) -> XmlElement:
    element = etree.Element(f"{{{WSNT}}}MessageContent", Dialect=ITEM_FILTER)
    element.text = text
    return element


@pytest.mark.parametrize(("expressions", "passes"), [([PLAIN] * 32, True), ([f"not({NESTED})"] * 32, False)])
def test_all_expressions_together_look_at_no_more_of_an_event_than_one_may(
    expressions: list[str], monkeypatch: pytest.MonkeyPatch, *, passes: bool
) -> None:
    """One viewer's filter of 32 costly ones held everybody's pictures up for seconds."""
    assert len(expressions) == MOST_EXPRESSIONS
    spent = 0
    spend = xpath._Evaluation.spend

    def count(run: xpath._Evaluation, visits: int) -> None:
        nonlocal spent
        spent += visits
        spend(run, visits)

    monkeypatch.setattr(xpath._Evaluation, "spend", count)
    wanted = EventFilter(Filter(content=tuple(map(content, expressions))), frozenset(("State",)))
    assert wanted.passes(LOSS) is passes
    assert spent <= MOST_VISITS


@pytest.mark.parametrize(
    ("expressions", "told"),
    [([PLAIN] * (MOST_EXPRESSIONS + 1), "33 expressions"), ([PLAIN + " " * MOST_CHARS], "characters")],
)
def test_a_filter_of_too_much_is_refused(expressions: list[str], told: str) -> None:
    with pytest.raises(InvalidFilterFault, match=told):
        EventFilter(Filter(content=tuple(map(content, expressions))), frozenset(("State",)))


@pytest.mark.parametrize(
    "text",
    [
        'not(boolean(//tt:SimpleItem[@Name="VideoAnalyticsConfigurationToken"]))',
        'not( boolean(//tt:SimpleItem[@Name="VideoAnalyticsConfigurationToken"] ) )',
        'boolean(//tt:SimpleItem[@Name="Plate"]) or not(boolean(//tt:ElementItem[@Name="Face"]))',
        'boolean(//tt:SimpleItem[not(@Name="Plate")])',
    ],
)
def test_a_filter_against_items_that_no_event_carries_lets_everything_through(text: str) -> None:
    """The standard's own example, without analytics, was refused (Core 26.06 §9.4.4)."""
    assert EventFilter(Filter(content=(content(text),)), frozenset(("Source", "State"))).passes(LOSS)


@pytest.mark.parametrize(
    "text",
    [
        *("foo", "boolean(foo)", "//foo", 'not(boolean(//foo[@Name="State"]))', "'foo'", "1", "true()"),
        *(
            '//tt:SimpleItem[Name="State"]',
            '//tt:SimpleItem[@State="true"]',
            "//trt:SimpleItem",
            "//@tt:Name",
        ),
    ],
)
def test_what_no_message_can_hold_is_refused(text: str) -> None:
    """A bare word was taken for the name of an element, and nothing was delivered."""
    with pytest.raises(InvalidMessageContentExpressionFault, match="message"):
        EventFilter(Filter(content=(content(text),)), frozenset(("Source", "State")))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "boolean(//SimpleItem)",
            "/tt:Message/tt:Data/tt:SimpleItem/@Value = 'true'",
            "Source//@Name",
            "//*",
        ),
        *("@UtcTime < '2026-11-22T10:00:00Z'", "//tt:Data/tt:SimpleItem or //tt:ElementItem//tt:Object"),
    ],
)
def test_any_part_of_a_message_can_be_asked_for(text: str) -> None:
    assert EventFilter(Filter(content=(content(text),)), frozenset(("Source", "State"))).passes(LOSS)


def test_all_expressions_together_are_of_bounded_length() -> None:
    """32 of the longest held everybody up for more than half a second, by being read alone."""
    long = content(" or ".join([PLAIN] * 60))
    with pytest.raises(InvalidFilterFault, match="characters"):
        EventFilter(Filter(content=(long,) * 6), frozenset(("State",)))
    assert EventFilter(Filter(content=(long,) * 4), frozenset(("State",))).passes(LOSS)


def test_a_filter_for_items_that_no_event_carries_is_refused() -> None:
    wanted = content('boolean (//tt:SimpleItem[@Name="xyz" and @Value="xyz"])')
    with pytest.raises(InvalidMessageContentExpressionFault, match="xyz"):
        EventFilter(Filter(content=(wanted,)), frozenset(("Source", "State")))
