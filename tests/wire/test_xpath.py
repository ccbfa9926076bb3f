"""The part of XPath that is understood, its bounds, and agreement with a full implementation."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.base.errors import LimitExceeded
from vedette.wire.namespaces import TT
from vedette.wire.parser import parse
from vedette.wire.xpath import UnsupportedExpression, XPathFilter

RECORDING = parse(
    f'<RecordingInformation xmlns="{TT}"><RecordingToken>r1</RecordingToken><Source><Name>Front door</Name>'
    "<Location>Basement</Location></Source><EarliestRecording>2026-11-20T10:00:00Z</EarliestRecording>"
    '<Track id="1"><TrackToken>v</TrackToken><TrackType>Video</TrackType></Track>'
    '<Track id="2"><TrackToken>a</TrackToken><TrackType>Audio</TrackType></Track>'
    "<RecordingStatus>Recording</RecordingStatus></RecordingInformation>".encode()
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('boolean(//Track[TrackType = "Video"])', True),
        ('boolean(//Track[TrackType = "Metadata"])', False),
        ('boolean(//Source[Location = "Basement"]) and boolean(//Track[TrackType = "Video"])', True),
        ("boolean(//Source[Location = “Basement”]) and boolean(//Track[TrackType = “Video”])", True),
        ("boolean(//tt:Track[tt:TrackType = 'Audio'])", True),
        ("boolean(/RecordingInformation/Source[Name = 'Front door'])", True),
        ("boolean(/Source[Name = 'Front door'])", True),
        ("contains(/Source/Location, 'base')", False),
        ("contains(/Source/Location, 'Base')", True),
        ("starts-with(//Name, 'Front')", True),
        ("//Track/@id = 2", True),
        ("//Track[@id > 2]", False),
        ("//Track[@id >= 2 and TrackType != 'Video']", True),
        ("//Track//TrackType = 'Audio'", True),
        ("//@id = '1'", True),
        ("RecordingStatus = 'Recording' or false()", True),
        ("not(Source) or (true() and Missing)", False),
        ("//EarliestRecording < '2026-11-20T12:00:00+01:00'", True),
        ("//EarliestRecording > '2026-11-20T12:00:00Z'", False),
        ("*[. = 'Recording']", True),
        ("tt:*", True),
        ("1.0 = 1", True),
    ],
)
def test_an_expression_holds_or_does_not(expression: str, *, expected: bool) -> None:
    assert XPathFilter(expression, {}).matches(RECORDING) is expected


NOT_UNDERSTOOD = (
    *("", "(", "//", "a and", "a b", "count(//a)", "//a[1]", "..", "a/..", "x:y", "ancestor::a", "a | b"),
    *(
        "a + 1",
        "'open",
        "not(a",
        "not()",
        "contains(a)",
        "@",
        "$v",
        "document('http://127.0.0.1/')",
        "#",
        "a[b",
    ),
)


@pytest.mark.parametrize("expression", NOT_UNDERSTOOD)
def test_what_is_not_understood_is_refused_with_its_place(expression: str) -> None:
    with pytest.raises(UnsupportedExpression, match="expression"):
        XPathFilter(expression, {})


@pytest.mark.parametrize("expression", ["a" * 5000, "(" * 40 + "a" + ")" * 40, "not(" * 40 + "a" + ")" * 40])
def test_long_and_deep_expressions_are_refused(expression: str) -> None:
    with pytest.raises(LimitExceeded):
        XPathFilter(expression, {})


def test_an_expression_that_takes_too_much_work_is_stopped() -> None:
    document = parse(b"<a>" + b"<b><c/></b>" * 3000 + b"</a>")
    with pytest.raises(LimitExceeded):
        XPathFilter("//b[//c[//b[//c = 'x']]]", {}).matches(document)
    with pytest.raises(LimitExceeded):  # few elements, but all of them with all others
        XPathFilter("//b != //b", {}).matches(parse(b"<a>" + b"<b/>" * 1000 + b"</a>"))


@pytest.mark.parametrize(
    "term",
    [
        "''",
        "Missing",
        "@Missing",
        "not('a')",
        "contains(., 'x')",
        "starts-with('', 'x')",
        "./" * 7 + "Missing",
    ],
)
def test_terms_that_look_at_no_element_are_counted_too(term: str) -> None:
    """They cost nothing: one filter of a subscriber held the event loop up for a second at each event."""
    document = parse(b"<a>" + b"<b/>" * 8 + b"</a>")
    short = f"//*[//*[//*[{term}]]]"
    long = f"//*[//*[//*[{' or '.join([term] * (4000 // (len(term) + 4)))}]]]"
    assert XPathFilter(short, {}).matches(document) is XPathFilter(f"boolean({short})", {}).matches(document)
    with pytest.raises(LimitExceeded):
        XPathFilter(long, {}).matches(document)


PATHS = st.sampled_from(["//Track", "//TrackType", "Source", "Source/Name", "//Track/@id", "//*", "Missing"])
VALUES = st.sampled_from(["'Video'", "'Front door'", "1", "2", "'1'", "''"])
COMPARED = st.builds("{} {} {}".format, PATHS, st.sampled_from(["=", "!="]), VALUES)
TERMS = st.builds("boolean({})".format, PATHS) | COMPARED
EXPRESSIONS = st.recursive(
    TERMS,
    lambda inner: (
        st.builds("({} and {})".format, inner, inner)
        | st.builds("({} or {})".format, inner, inner)
        | st.builds("not({})".format, inner)
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(EXPRESSIONS)
def test_it_agrees_with_a_full_implementation(expression: str) -> None:
    plain = parse(
        b"<R><Source><Name>Front door</Name></Source><Track id='1'><TrackType>Video</TrackType></Track>"
        b"<Track id='2'><TrackType>Audio</TrackType></Track></R>"
    )
    assert XPathFilter(expression, {}).matches(plain) is plain.xpath(f"boolean({expression})")


@settings(max_examples=200, deadline=None)
@given(st.text("ab/@[]()='\"<>!*. :0and or not,|“”", max_size=30))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    try:
        XPathFilter(text, {}).matches(RECORDING)
    except (UnsupportedExpression, LimitExceeded):
        return
